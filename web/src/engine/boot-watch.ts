// SPDX-License-Identifier: MIT
/**
 * Gives up on a guest that does not come up. A slow computer is no reason to, so the measure is the guest's own work: a boot
 * takes 55 million of v86's instruction counts and a restore next to none. Only a guest that idles or stands still, and so never
 * gets there, is given up by the clock.
 */
import type { AgentEnvironment } from './agent-client.js';

export const TOO_MANY_INSTRUCTIONS = 1e9;
export const TOO_LONG_MS = 120_000;
const LOOK_MS = 1000;
/** Looks without an answer of the emulator. */
const PATIENCE = 5;

export class BootWatch {
  readonly #instructions: () => Promise<number>;
  readonly #environment: AgentEnvironment;
  readonly #onLate: (detail: string) => void;
  #timer: unknown;
  /** An answer that was asked for before the last stop is not of this boot. */
  #era = 0;
  #looks = 0;
  #unanswered = 0;
  #first: number | undefined;

  constructor(
    instructions: () => Promise<number>,
    environment: AgentEnvironment,
    onLate: (detail: string) => void,
  ) {
    this.#instructions = instructions;
    this.#environment = environment;
    this.#onLate = onLate;
  }

  start(): void {
    this.stop();
    this.#looks = 0;
    this.#unanswered = 0;
    this.#first = undefined;
    this.#schedule();
  }

  stop(): void {
    this.#environment.clearTimeout(this.#timer);
    this.#era++;
  }

  #schedule(): void {
    this.#timer = this.#environment.setTimeout(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    const era = this.#era;
    this.#looks++;
    this.#schedule();
    if (this.#looks * LOOK_MS >= TOO_LONG_MS) return this.#onLate(`It had ${TOO_LONG_MS / 1000} s to do so.`);
    if (++this.#unanswered > PATIENCE)
      return this.#onLate(`The emulator itself has not answered for ${PATIENCE} s.`);
    this.#instructions().then(
      (count) => {
        if (era === this.#era) this.#judge(count);
      },
      () => undefined, // the machine has failed, and says so itself
    );
  }

  #judge(count: number): void {
    this.#unanswered = 0;
    this.#first ??= count;
    if (count - this.#first < TOO_MANY_INSTRUCTIONS) return;
    this.#onLate(
      `It executed ${TOO_MANY_INSTRUCTIONS / 1e6} million instructions, and a boot takes 60 million.`,
    );
  }
}
