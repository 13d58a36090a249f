// SPDX-License-Identifier: MIT
/**
 * Keeps an eye on predicates: tells when one becomes true, and when it is true no more; or waits until one is. All that are
 * watched share each reading, and a reading begins when the one before has ended and the guest has had time for itself. A command
 * that takes long holds up those alone that cannot be told without it: the others are read on meanwhile.
 */
import { SessionLostError, type AgentClient, type CancelSignal } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { deferred } from './deferred.js';
import type { Facts } from './predicate-facts.js';
import { Reading, Turns, type PredicateReader } from './predicate-reading.js';
import type { Predicate } from './predicate-tree.js';
import { describe, evaluate } from './predicate-verdict.js';
import type { Timers } from './proc-poll.js';

/** From the end of a reading to the next one; as long as the reading took if that is longer, ... */
export const WATCH_MS = 100;
/** ... which commands may make it, and never longer than this. */
export const LONGEST_REST_MS = 1000;
/** A reading whose commands take longer goes on without the next ones waiting for it. */
export const SHARED_MS = 500;
/** So many commands run at a time, of all readings. */
export const COMMANDS_AT_ONCE = 4;
export const DEFAULT_TIMEOUT_MS = 30_000;
/** A timer of a browser that is set to more goes off at once. */
const LONGEST_TIMEOUT_MS = 0x7fffffff;

export interface PredicateListener {
  /** The predicate that is watched as `key` has become true, or is true no more. Told first when it is first known. */
  truth(key: string, holds: boolean): void;
  /**
   * What was found of all that is watched in `units`, after it has been told; or why nothing was. After a SessionLostError
   * nothing is read until `readFrom`.
   */
  read?(found: Facts | Error, units: ReadonlySet<string>): void;
}

interface Watched {
  readonly predicate: Predicate;
  readonly unit: string;
}

/** A reading, and what it is for. */
interface Round {
  readonly reader: PredicateReader;
  readonly cancellation: Cancellation;
  readonly start: number;
  /** By their names what is watched in each, by key, as it was when this began. */
  readonly units: ReadonlyMap<string, ReadonlyMap<string, Predicate>>;
  /** Whether the next one waits for all of this. */
  shared: boolean;
}

export class PredicateWatch {
  readonly #timers: Timers;
  readonly #listener: PredicateListener;
  readonly #watched = new Map<string, Watched>();
  readonly #truths = new Map<string, boolean>();
  readonly #turns = new Turns(COMMANDS_AT_ONCE);
  /** Units whose last reading has not ended: no other begins for them. */
  readonly #held = new Set<string>();
  /** When the next reading of a unit begins; at once without it. */
  readonly #dueAt = new Map<string, number>();
  #reader: PredicateReader | undefined;
  /** Of all readings from `#reader`. */
  #cancellation = new Cancellation();
  #timer: unknown;
  /** Whether there is a round that the next one waits for. */
  #busy = false;

  constructor(timers: Timers, listener: PredicateListener) {
    this.#timers = timers;
    this.#listener = listener;
  }

  /**
   * Watches `predicate` as `key` in place of what was watched so; undefined: nothing any more. All predicates of a `unit`, each its
   * own without one, are told by the same reading, when that says enough of each of them.
   */
  watch(key: string, predicate: Predicate | undefined, unit = key): void {
    const before = this.#watched.get(key);
    if (predicate?.text === before?.predicate.text && (!predicate || unit === before?.unit)) return;
    this.#truths.delete(key);
    if (predicate) this.#watched.set(key, { predicate, unit });
    else this.#watched.delete(key);
    this.#dueAt.delete(unit);
    this.#schedule();
  }

  /**
   * Reads from `reader` from now on; undefined: there is no session, or nobody looks. What was true counts as true until the
   * next reading. Commands that run are ended.
   */
  readFrom(reader: PredicateReader | undefined): void {
    if (reader === this.#reader) return;
    this.#reader = reader;
    this.#cancellation.abort();
    this.#cancellation = new Cancellation();
    this.#dueAt.clear();
    this.#schedule();
  }

  #schedule(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    const idle = [...this.#watched.values()].filter(({ unit }) => !this.#held.has(unit));
    if (this.#busy || !this.#reader || idle.length === 0) return;
    const at = Math.min(...idle.map(({ unit }) => this.#dueAt.get(unit) ?? 0));
    this.#timer = this.#timers.setTimeout(() => void this.#read(), Math.max(0, at - this.#timers.now()));
  }

  async #read(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const start = this.#timers.now();
    const units = this.#unitsAt(start);
    const round: Round = { reader, cancellation: this.#cancellation, start, units, shared: true };
    for (const unit of units.keys()) this.#held.add(unit);
    this.#busy = true;
    let timer: unknown;
    try {
      const all = [...units.values()].flatMap((unit) => [...unit.values()]);
      const reading = await Reading.begin(all, reader, round.cancellation, this.#turns);
      timer = this.#timers.setTimeout(() => this.#part(round), SHARED_MS);
      const said = new Set<string>();
      for (const [name, unit] of units) if (reading.says([...unit.values()])) said.add(name);
      this.#tell(round, said, reading.facts);
      this.#end(round, said);
      const open = [...units.keys()].filter((name) => !said.has(name));
      await Promise.all(open.map((name) => this.#decide(round, reading, name)));
    } catch (error) {
      this.#fail(round, new Set(units.keys()), toError(error));
    } finally {
      this.#timers.clearTimeout(timer);
      if (round.shared) {
        // All at one time: the next reading is of all of them again.
        this.#end(round, units.keys());
        this.#busy = false;
        this.#schedule();
      }
    }
  }

  /** What is idle, and due now or so soon that it is read together. */
  #unitsAt(now: number): Round['units'] {
    const units = new Map<string, Map<string, Predicate>>();
    for (const [key, { predicate, unit }] of this.#watched) {
      if (this.#held.has(unit) || (this.#dueAt.get(unit) ?? 0) > now + WATCH_MS) continue;
      units.set(unit, (units.get(unit) ?? new Map<string, Predicate>()).set(key, predicate));
    }
    return units;
  }

  /** The commands of the round take long: the next one begins, of what has been told. One that is over waits for its commands to end. */
  #part(round: Round): void {
    if (this.#isOver(round)) return;
    round.shared = this.#busy = false;
    this.#schedule();
  }

  async #decide(round: Round, reading: Reading, name: string): Promise<void> {
    const names = new Set([name]);
    try {
      await reading.decide([...(round.units.get(name)?.values() ?? [])]);
      this.#tell(round, names, reading.facts);
    } catch (error) {
      this.#fail(round, names, toError(error));
    } finally {
      this.#end(round, names);
    }
  }

  #end(round: Round, names: Iterable<string>): void {
    for (const name of names) {
      this.#held.delete(name);
      this.#dueAt.set(name, nextAt(round.start, this.#timers.now()));
    }
    this.#schedule();
  }

  #isOver({ cancellation, reader }: Round): boolean {
    return cancellation.aborted || reader !== this.#reader;
  }

  #tell(round: Round, names: ReadonlySet<string>, facts: Facts): void {
    if (names.size === 0) return;
    for (const name of names)
      for (const [key, predicate] of round.units.get(name) ?? []) {
        // Who hears of one may watch another, or read no more.
        if (this.#watched.get(key)?.predicate !== predicate || this.#isOver(round)) continue;
        const holds = evaluate(predicate, facts);
        if (holds === this.#truths.get(key)) continue;
        this.#truths.set(key, holds);
        this.#listener.truth(key, holds);
      }
    if (!this.#isOver(round)) this.#listener.read?.(facts, names);
  }

  #fail(round: Round, names: ReadonlySet<string>, error: Error): void {
    if (this.#isOver(round)) return;
    if (error instanceof SessionLostError) this.#reader = undefined;
    this.#listener.read?.(error, names);
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
