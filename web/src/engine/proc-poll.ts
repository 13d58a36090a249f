// SPDX-License-Identifier: MIT
/**
 * Reads what is visible of /proc: four times a second while a terminal shows something new, else twice, and nothing when nothing is
 * visible. A panel asks for patterns while it can be seen; all panels share one request, so that what they show is of one moment.
 */
import { messageOf } from './message-of.js';
import { type AgentClient, SessionLostError } from './agent-client.js';
import type { ProcSnapshot } from './proc-virtual.js';
import type { SnapshotFile } from './protocol.js';
import { decodeUtf8 } from './utf8.js';

export const POLL_MS = 250;
/** Nobody types and nothing is said: a reading costs the guest as much as before, and finds less. */
export const QUIET_POLL_MS = 500;
/** What a command does to contexts may come after what it says. */
const STIRRED_MS = 1000;
/** So many readings in a row that fail are told. */
export const PATIENCE = 4;

export type ProcReader = Pick<AgentClient, 'snapshot'>;

export interface ProcListener {
  /** `asked`: the patterns of the request. */
  snapshot(snapshot: ProcSnapshot, asked: readonly string[]): void;
  /** What was read last is not true any more, and why no more is read. */
  refused(why: string): void;
}

export interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  now(): number;
}

export class ProcPoll {
  readonly #timers: Timers;
  readonly #listener: ProcListener;
  readonly #wanted = new Map<string, readonly string[]>();
  #reader: ProcReader | undefined;
  #timer: unknown;
  #busy = false;
  #refusals = 0;
  /** When the next reading is to begin, while `#timer` waits for it. */
  #due = 0;
  #started = 0;
  #ended = 0;
  #stirred = -Infinity;

  constructor(timers: Timers, listener: ProcListener) {
    this.#timers = timers;
    this.#listener = listener;
  }

  /** Sets what `panel` shows now; no patterns: it shows nothing. */
  want(panel: string, patterns: readonly string[]): void {
    if (String(patterns) === String(this.#wanted.get(panel) ?? [])) return;
    if (patterns.length > 0) this.#wanted.set(panel, patterns);
    else this.#wanted.delete(panel);
    this.#schedule(0);
  }

  /** Reads from `reader` from now on; undefined: there is no session, or nobody looks. */
  readFrom(reader: ProcReader | undefined): void {
    if (reader !== this.#reader) this.#refusals = 0; // those were of another guest, or of the time before a break
    this.#reader = reader;
    this.#schedule(0);
  }

  /** Something happens in the guest. */
  stir(): void {
    const now = this.#timers.now();
    const quiet = now - this.#stirred >= STIRRED_MS;
    this.#stirred = now;
    if (quiet && this.#timer !== undefined) this.#schedule(Math.min(this.#due, this.#nextAt()));
  }

  #schedule(at: number): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy || !this.#reader || this.#wanted.size === 0) return;
    this.#due = at;
    this.#timer = this.#timers.setTimeout(() => void this.#poll(), Math.max(0, at - this.#timers.now()));
  }

  async #poll(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const patterns = [...new Set([...this.#wanted.values()].flat())].sort();
    this.#busy = true;
    this.#started = this.#timers.now();
    try {
      const snapshot = await reader.snapshot(patterns);
      this.#refusals = 0;
      if (reader === this.#reader) this.#listener.snapshot(readable(snapshot), patterns);
    } catch (error) {
      if (reader === this.#reader) this.#refuse(error);
    } finally {
      this.#busy = false;
      this.#ended = this.#timers.now();
      this.#schedule(this.#nextAt());
    }
  }

  /** Milliseconds from one reading to the next, as things are. */
  get every(): number {
    return this.#timers.now() - this.#stirred < STIRRED_MS ? POLL_MS : QUIET_POLL_MS;
  }

  /** The agent runs before every other process: after a long reading the guest gets as much time for itself. */
  #nextAt(): number {
    const { every } = this;
    return Math.max(this.#started + every, this.#ended + Math.min(this.#ended - this.#started, every));
  }

  #refuse(error: unknown): void {
    if (error instanceof SessionLostError) return; // the session's owner hears of it, and another follows
    this.#refusals++;
    const why = messageOf(error);
    if (this.#refusals >= PATIENCE) this.#listener.refused(why);
  }
}

/** A snapshot as the panels have it: text, or the errno of a file that cannot be read. */
export function readable(snapshot: Awaited<ReturnType<ProcReader['snapshot']>>): ProcSnapshot {
  const files = new Map<string, string | number>();
  for (const [path, file] of snapshot.files) files.set(path, 'bytes' in file ? shown(file) : file.errno);
  return { uptime: Number(snapshot.boottimeNs) / 1e9, files };
}

function shown({ bytes, cut }: SnapshotFile): string {
  const text = decodeUtf8(bytes);
  return cut ? `${text}\n[cut: the first ${bytes.length} bytes of it]\n` : text;
}
