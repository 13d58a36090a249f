// SPDX-License-Identifier: MIT
/**
 * Decides when the guest stands still: a page that nobody sees costs nothing, unless somebody waits for an answer of the guest.
 */
export interface Pausable {
  pause(): void;
  resume(): void;
}

export class Pauser {
  readonly #target: Pausable;
  #visible = true;
  #calls = 0;
  #running = false;
  #paused = false;

  constructor(target: Pausable) {
    this.#target = target;
  }

  get paused(): boolean {
    return this.#paused;
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#decide();
  }

  /** A machine that boots or is gone is left alone; one with a session may be paused. */
  setRunning(running: boolean): void {
    this.#running = running;
    if (!running) this.#paused = false;
    this.#decide();
  }

  /** Keeps the guest awake until `call` has settled. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#calls++;
    this.#decide();
    try {
      return await call();
    } finally {
      this.#calls--;
      this.#decide();
    }
  }

  #decide(): void {
    const pause = this.#running && !this.#visible && this.#calls === 0;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#target.pause();
    else if (this.#running) this.#target.resume();
  }
}
