// SPDX-License-Identifier: MIT
/** A machine for tests alone: made for the first of them, put back for each, and standing still between them. */
import type { AgentClient } from './agent-client.js';
import type { Failure } from './failures.js';
import { Playground, type Environment, type Phase } from './playground.js';

const nobodyHears: (phase: Phase) => void = () => undefined;

/** Who has an agent to talk to. */
export interface AgentKeeper {
  /** Calls with the agent of the guest, when it is up, and keeps the guest awake meanwhile. */
  withAgent<T>(call: (agent: AgentClient) => Promise<T>): Promise<T>;
}

export class TestMachine implements AgentKeeper {
  readonly #environment: Environment;
  #playground: Playground | undefined;
  #onPhase = nobodyHears;
  #failure: Failure | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Why it is gone, if it is. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Resolves when its guest is as if no test had run there; rejects with the reason when it does not come up. */
  async putBack(onPhase: (phase: Phase) => void): Promise<void> {
    this.#onPhase = onPhase;
    this.#failure = undefined;
    if (this.#playground) {
      this.#playground.setVisible(true);
      return this.#playground.reset();
    }
    const playground = this.#make();
    this.#playground = playground;
    // One that is ended while it comes up never ends its start.
    await Promise.race([playground.start(), playground.ready]);
    return playground.ready;
  }

  withAgent<T>(call: (agent: AgentClient) => Promise<T>): Promise<T> {
    if (!this.#playground) return Promise.reject(new Error('the machine for tests was ended'));
    return this.#playground.withAgent(call);
  }

  /** Nobody waits for it now, and nobody hears of it: another agent may come up when the one before was lost. */
  rest(): void {
    this.#onPhase = nobodyHears;
    this.#playground?.setVisible(false);
  }

  /** Ends it and frees its memory; whoever waits for it hears of it. */
  end(): void {
    this.#playground?.end();
    this.#playground = undefined;
  }

  #make(): Playground {
    return new Playground(this.#environment, {
      phase: (phase) => {
        if (phase.name === 'failed') this.#failure = phase.failure;
        this.#onPhase(phase);
      },
      stall: () => undefined,
      session: () => undefined,
      sessionLost: () => undefined,
    });
  }
}
