// SPDX-License-Identifier: MIT
import type { Timers } from './proc-poll.js';

/** Does once, a little later, what is asked for many times: a flood from the guest is no flood of work for the page. */
export class Throttle {
  readonly #timers: Pick<Timers, 'setTimeout'>;
  readonly #ms: number;
  readonly #act: () => void;
  #asked = false;

  constructor(timers: Pick<Timers, 'setTimeout'>, ms: number, act: () => void) {
    this.#timers = timers;
    this.#ms = ms;
    this.#act = act;
  }

  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#timers.setTimeout(() => {
      this.#asked = false;
      this.#act();
    }, this.#ms);
  }
}
