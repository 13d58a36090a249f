// SPDX-License-Identifier: MIT
/**
 * A command of the guest that goes on and on, read line by line while somebody looks: started when there is a session, ended when
 * nobody looks, and started again when it ends by itself.
 */
import { messageOf } from './message-of.js';
import { type AgentClient, SessionLostError } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { LineCutter } from './line-cutter.js';
import type { Timers } from './proc-poll.js';
import { decodeUtf8, Utf8Stream } from './utf8.js';

export type LineReader = Pick<AgentClient, 'exec'>;

export interface LineListener {
  /** Whole lines without their ends, as many as have come at once. */
  lines(lines: readonly string[]): void;
  /** It has ended by itself before it said a line, with so many words why; it is tried again. */
  ended(why: string): void;
}

export const AGAIN_MS = 1000;
/** Characters; a longer line is cut: nothing that is read has any nearly so long. */
export const LONGEST_LINE = 8192;
/** The agent sends no more than this of one command, so another takes its place then. */
export const CAP_BYTES = 1024 * 1024;

export class ExecLines {
  readonly #command: string;
  readonly #timers: Timers;
  readonly #listener: LineListener;
  #reader: LineReader | undefined;
  #wanted = false;
  #running: Cancellation | undefined;
  #timer: unknown;

  constructor(command: string, timers: Timers, listener: LineListener) {
    this.#command = command;
    this.#timers = timers;
    this.#listener = listener;
  }

  /** Undefined: there is nobody to ask. */
  readFrom(reader: LineReader | undefined): void {
    if (reader === this.#reader) return;
    this.#reader = reader;
    this.#restart();
  }

  /** Whether anybody looks. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#restart();
  }

  #restart(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = undefined;
    if (this.#wanted && this.#reader) void this.#run(this.#reader);
  }

  async #run(reader: LineReader): Promise<void> {
    const signal = new Cancellation();
    this.#running = signal;
    const printed = new Utf8Stream();
    const cutter = new LineCutter(LONGEST_LINE);
    let left = CAP_BYTES;
    let why: string;
    let heard = false;
    try {
      const { exitCode, stderr } = await reader.exec(this.#command, {
        capBytes: CAP_BYTES,
        signal,
        onOutput: (stream, bytes) => {
          if (stream !== 'stdout' || signal !== this.#running) return;
          const lines = cutter.push(printed.push(bytes)).map(({ text }) => text);
          if (lines.length > 0) {
            heard = true;
            this.#listener.lines(lines);
          }
          left -= bytes.length;
          if (left <= 0) this.#restart();
        },
      });
      why = decodeUtf8(stderr).trim() || `${this.#command}: it ended with code ${exitCode}`;
    } catch (error) {
      // A lost session is followed by another, whose owner comes by `readFrom`.
      if (error instanceof SessionLostError) return;
      why = messageOf(error);
    }
    if (signal !== this.#running) return;
    this.#running = undefined;
    // What was overtaken, or stopped by somebody, is only begun again.
    if (!heard) this.#listener.ended(why);
    this.#timer = this.#timers.setTimeout(() => this.#restart(), AGAIN_MS);
  }
}
