// SPDX-License-Identifier: MIT
/**
 * Gathers output and gives it to xterm.js once per animation frame, so that a flood costs one parse per picture. In a hidden
 * page there are no frames; there it goes by timer.
 */
export interface WritableTerminal {
  write(data: Uint8Array, callback?: () => void): void;
}

const HIDDEN_MS = 100;

export class TerminalWriter {
  readonly #terminal: WritableTerminal;
  #parts: Uint8Array[] = [];
  #done: (() => void)[] = [];
  #cancel: (() => void) | undefined;

  constructor(terminal: WritableTerminal) {
    this.#terminal = terminal;
  }

  /** Shows `bytes` with the next frame and then calls `done`. */
  write(bytes: Uint8Array, done: () => void): void {
    this.#parts.push(bytes);
    this.#done.push(done);
    this.#cancel ??= schedule(() => this.#flush());
  }

  /** Forgets what is not shown yet. Whoever waits for it is told that it is over. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#parts = [];
    for (const done of this.#done.splice(0)) done();
  }

  #flush(): void {
    this.#cancel = undefined;
    const done = this.#done.splice(0);
    const parts = this.#parts.splice(0);
    const last = parts.pop();
    for (const part of parts) this.#terminal.write(part);
    if (last) this.#terminal.write(last, () => done.forEach((callback) => callback()));
  }
}

function schedule(flush: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(flush, HIDDEN_MS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(flush);
  return () => cancelAnimationFrame(frame);
}
