// SPDX-License-Identifier: MIT
/**
 * Keeps an eye on predicates: tells when one becomes true, and when it is true no more; or waits until one is. All that are
 * watched share each reading, and a reading begins when the one before has ended and the guest has had time for itself.
 */
import { SessionLostError, type AgentClient, type CancelSignal } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { deferred } from './deferred.js';
import type { Facts } from './predicate-facts.js';
import { readFacts, type PredicateReader } from './predicate-reading.js';
import type { Predicate } from './predicate-tree.js';
import { describe, evaluate } from './predicate-verdict.js';
import type { Timers } from './proc-poll.js';

/** From the end of a reading to the next one; as long as the reading took if that is longer, ... */
export const WATCH_MS = 100;
/** ... which commands may make it, and never longer than this. */
export const LONGEST_REST_MS = 1000;
export const DEFAULT_TIMEOUT_MS = 30_000;
/** A timer of a browser that is set to more goes off at once. */
const LONGEST_TIMEOUT_MS = 0x7fffffff;

export interface PredicateListener {
  /** The predicate that is watched as `key` has become true, or is true no more. Told first when it is first known. */
  truth(key: string, holds: boolean): void;
  /** After each reading: what was found, or why nothing was. After a SessionLostError nothing is read until `readFrom`. */
  read?(found: Facts | Error): void;
}

export class PredicateWatch {
  readonly #timers: Timers;
  readonly #listener: PredicateListener;
  readonly #watched = new Map<string, Predicate>();
  readonly #truths = new Map<string, boolean>();
  #reader: PredicateReader | undefined;
  #cancellation = new Cancellation();
  #timer: unknown;
  #busy = false;

  constructor(timers: Timers, listener: PredicateListener) {
    this.#timers = timers;
    this.#listener = listener;
  }

  /** Watches `predicate` as `key` in place of what was watched so; undefined: nothing any more. */
  watch(key: string, predicate: Predicate | undefined): void {
    if (predicate?.text === this.#watched.get(key)?.text) return;
    this.#truths.delete(key);
    if (predicate) this.#watched.set(key, predicate);
    else this.#watched.delete(key);
    this.#schedule(0);
  }

  /**
   * Reads from `reader` from now on; undefined: there is no session, or nobody looks. What was true counts as true until the
   * next reading. A command that runs is ended.
   */
  readFrom(reader: PredicateReader | undefined): void {
    if (reader === this.#reader) return;
    this.#reader = reader;
    this.#cancellation.abort();
    this.#schedule(0);
  }

  #schedule(at: number): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#busy || !this.#reader || this.#watched.size === 0) return;
    this.#timer = this.#timers.setTimeout(() => void this.#read(), Math.max(0, at - this.#timers.now()));
  }

  async #read(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const watched = [...this.#watched];
    const cancellation = new Cancellation();
    this.#cancellation = cancellation;
    this.#busy = true;
    const start = this.#timers.now();
    try {
      const predicates = watched.map(([, predicate]) => predicate);
      const found = await readFacts(predicates, reader, cancellation).catch(toError);
      if (cancellation.aborted) return;
      if (found instanceof SessionLostError) this.#reader = undefined;
      this.#listener.read?.(found);
      if (!(found instanceof Error)) this.#tell(watched, found, cancellation);
    } finally {
      this.#busy = false;
      this.#schedule(nextAt(start, this.#timers.now()));
    }
  }

  #tell(watched: [string, Predicate][], facts: Facts, cancellation: Cancellation): void {
    for (const [key, predicate] of watched) {
      // Who hears of one may watch another, or read no more.
      if (this.#watched.get(key) !== predicate || cancellation.aborted) continue;
      const holds = evaluate(predicate, facts);
      if (holds === this.#truths.get(key)) continue;
      this.#truths.set(key, holds);
      this.#listener.truth(key, holds);
    }
  }
}

/** It also tells of sessions: one that opens is of another guest, or of what is left of this one. */
export type WaitReader = PredicateReader & Pick<AgentClient, 'onSession'>;

export interface WaitOptions {
  /** 30 s without it. */
  readonly timeoutMs?: number;
  /** Gives the wait up. */
  readonly signal?: CancelSignal;
}

/**
 * Resolves when `predicate` is true. Rejects with a sentence that says what was seen last when it is not in time, with the
 * session's error when that is lost, and when `signal` aborts.
 */
export async function waitFor(
  predicate: Predicate,
  reader: WaitReader,
  timers: Timers,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitOptions = {},
): Promise<void> {
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS))
    throw new RangeError(`a wait takes from 1 to ${LONGEST_TIMEOUT_MS} ms, and not ${timeoutMs}`);
  const outcome = deferred<void>();
  let last: Facts | Error | undefined;
  const failWith = (what: string) =>
    outcome.reject(new Error(`${predicate.text} ${what}; ${inWords(predicate, last)}`));
  const watch = new PredicateWatch(timers, {
    truth: (_, holds) => {
      if (holds) outcome.resolve();
    },
    read: (found) => {
      if (found instanceof SessionLostError) outcome.reject(found);
      last = found;
    },
  });
  const timer = timers.setTimeout(
    () => failWith(`has not become true within ${timeoutMs / 1000} s`),
    timeoutMs,
  );
  const cancel = () => failWith(`is waited for no more`);
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel);
  const unhear = reader.onSession(() => outcome.reject(new SessionLostError('a new session was opened')));
  watch.watch('', predicate);
  watch.readFrom(reader);
  try {
    await outcome.promise;
  } finally {
    watch.readFrom(undefined);
    unhear();
    timers.clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

function inWords(predicate: Predicate, found: Facts | Error | undefined): string {
  if (!found) return 'the guest has not answered';
  return `last seen: ${found instanceof Error ? found.message : describe(predicate, found)}`;
}

function nextAt(start: number, end: number): number {
  return end + Math.min(Math.max(end - start, WATCH_MS), LONGEST_REST_MS);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
