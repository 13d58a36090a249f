// SPDX-License-Identifier: MIT
/** What a terminal is connected to: something that talks like a tty. */
export interface TerminalScreen {
  write(bytes: Uint8Array, done: () => void): void;
  reset(): void;
}

export interface TerminalPort {
  /** Output goes to `screen` from now on. */
  show(screen: TerminalScreen): void;
  write(text: string): void;
  /** A byte for each character. */
  writeBinary(text: string): void;
  resize(rows: number, cols: number): void;
}
