// SPDX-License-Identifier: MIT
/**
 * Reads what is visible of /proc, four times a second, and nothing when nothing is. A panel asks for patterns while it can be
 * seen; all panels share one request, so that what they show is of one moment.
 */
import type { AgentClient } from './agent-client.js';
import type { ProcSnapshot } from './proc-virtual.js';
import { decodeUtf8 } from './utf8.js';

export const POLL_MS = 250;

export type ProcReader = Pick<AgentClient, 'snapshot'>;

export interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  now(): number;
}

export class ProcPoll {
  readonly #timers: Timers;
  readonly #onSnapshot: (snapshot: ProcSnapshot) => void;
  readonly #wanted = new Map<string, readonly string[]>();
  #reader: ProcReader | undefined;
  #timer: unknown;
  #busy = false;
  #nextAt = 0;

  constructor(timers: Timers, onSnapshot: (snapshot: ProcSnapshot) => void) {
    this.#timers = timers;
    this.#onSnapshot = onSnapshot;
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
    this.#reader = reader;
    this.#schedule(0);
  }

  #schedule(at: number): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy || !this.#reader || this.#wanted.size === 0) return;
    this.#timer = this.#timers.setTimeout(() => void this.#poll(), Math.max(0, at - this.#timers.now()));
  }

  async #poll(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const patterns = [...new Set([...this.#wanted.values()].flat())].sort();
    this.#busy = true;
    this.#nextAt = this.#timers.now() + POLL_MS;
    try {
      const snapshot = await reader.snapshot(patterns);
      if (reader === this.#reader) this.#onSnapshot(readable(snapshot));
    } catch {
      // The session is lost or the agent refused; the session's owner hears of it and starts another.
    } finally {
      this.#busy = false;
      this.#schedule(this.#nextAt);
    }
  }
}

function readable(snapshot: Awaited<ReturnType<ProcReader['snapshot']>>): ProcSnapshot {
  const files = new Map<string, string | number>();
  for (const [path, file] of snapshot.files)
    files.set(path, 'bytes' in file ? decodeUtf8(file.bytes) : file.errno);
  return { uptime: Number(snapshot.boottimeNs) / 1e9, files };
}
