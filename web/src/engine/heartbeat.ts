// SPDX-License-Identifier: MIT
/**
 * Tells whether the machine is alive. Three signs are watched, at every beat:
 * - the emulator answers (else its Worker is gone, or gets no turn),
 * - the guest executes instructions (else its CPU was stopped: an idle guest still serves 100 timer interrupts a second),
 * - the agent says something (else the guest is hung, or so busy that nobody gets a turn).
 * Measured on a loaded host: beside one spinning task the agent answers in 0.03 s (95 of 100), beside twenty in 0.3 s and never
 * later than 1.2 s; a fork bomb keeps it silent for seconds. Hence silence is told, with the sign that is
 * missing, and is no failure: it may end.
 * Time is counted in beats that came on time, so a machine that was suspended, or a page that was held up, is not taken for
 * a dead guest.
 */
import type { AgentEnvironment } from './agent-client.js';

export const BEAT_MS = 400;
/** Beats without a sign, after which it counts as missing: at most 2 s after the last one. */
export const PATIENCE = 3;
/** A Worker that has not answered for 10 s is dead; before that it may be a computer with too much to do. */
export const GONE_MS = 10_000;

export type Pulse = 'emulator-gone' | 'cpu-stopped' | 'emulator-silent' | 'agent-silent' | 'alive';

export interface Body {
  /** Guest instructions so far. */
  instructions(): Promise<number>;
  /** Asks the agent for anything. */
  askAgent(): Promise<unknown>;
}

export class Heartbeat {
  readonly #body: Body;
  readonly #environment: AgentEnvironment;
  readonly #onPulse: (pulse: Pulse) => void;
  #timer: unknown;
  #missed = { emulator: 0, cpu: 0, agent: 0 };
  #waiting = { emulator: false, agent: false };
  #lastCount = -1;
  /** Answers to questions of an earlier start are not of this one. */
  #era = 0;

  constructor(body: Body, environment: AgentEnvironment, onPulse: (pulse: Pulse) => void) {
    this.#body = body;
    this.#environment = environment;
    this.#onPulse = onPulse;
  }

  start(): void {
    this.stop();
    this.#schedule();
  }

  stop(): void {
    this.#environment.clearTimeout(this.#timer);
    this.#era++;
    this.#missed = { emulator: 0, cpu: 0, agent: 0 };
    this.#waiting = { emulator: false, agent: false };
    this.#lastCount = -1;
  }

  #schedule(): void {
    const era = this.#era;
    this.#timer = this.#environment.setTimeout(() => {
      this.#beat();
      if (era === this.#era) this.#schedule();
    }, BEAT_MS);
  }

  #beat(): void {
    const { emulator, agent } = this.#waiting;
    if (emulator) this.#missed.emulator++;
    if (agent) this.#missed.agent++;
    if (!emulator) this.#askEmulator();
    if (!agent) this.#askAgent();
    if (this.#missed.emulator * BEAT_MS >= GONE_MS) this.#onPulse('emulator-gone');
    else if (this.#missed.emulator >= PATIENCE) this.#onPulse('emulator-silent');
    else if (this.#missed.agent >= PATIENCE) this.#onPulse('agent-silent');
  }

  #askEmulator(): void {
    const era = this.#era;
    this.#waiting.emulator = true;
    this.#body.instructions().then(
      (count) => {
        if (era !== this.#era) return;
        this.#waiting.emulator = false;
        this.#missed.emulator = 0;
        this.#missed.cpu = count === this.#lastCount ? this.#missed.cpu + 1 : 0;
        this.#lastCount = count;
        if (this.#missed.cpu >= PATIENCE) this.#onPulse('cpu-stopped');
      },
      () => undefined, // the machine has failed, and says so itself
    );
  }

  #askAgent(): void {
    const era = this.#era;
    this.#waiting.agent = true;
    // An error is an answer as well.
    const answered = () => {
      if (era !== this.#era) return;
      this.#waiting.agent = false;
      this.#missed.agent = 0;
      this.#onPulse('alive');
    };
    this.#body.askAgent().then(answered, answered);
  }
}
