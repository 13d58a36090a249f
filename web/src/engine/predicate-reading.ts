// SPDX-License-Identifier: MIT
/**
 * Reads what predicates need: files first, since one may say in which context a guest runs; then all of /proc in one
 * snapshot, so that it is of one instant; then the commands that still decide something, beside each other.
 */
import { SessionLostError, type AgentClient, type CancelSignal } from './agent-client.js';
import { needsOf, type CommandResult, type Facts } from './predicate-facts.js';
import type { Predicate } from './predicate-tree.js';
import { decide } from './predicate-verdict.js';
import { readable } from './proc-poll.js';
import type { ProcFiles } from './proc-virtual.js';
import { decodeUtf8 } from './utf8.js';

/** A command that takes longer is killed. */
export const COMMAND_MS = 5000;
/** So much of a file, and of what a command writes, is looked at. */
export const READ_BYTES = 64 * 1024;

export type PredicateReader = Pick<AgentClient, 'snapshot' | 'readFile' | 'exec'>;

/** Lets so many run at a time; who comes then waits for one to end. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

/** What is read of the machine at one time. */
export class Reading {
  readonly #reader: PredicateReader;
  readonly #signal: CancelSignal;
  readonly #turns: Turns;
  readonly #commands = new Map<string, CommandResult | undefined>();
  readonly #running = new Map<string, Promise<void>>();
  /** What commands came to is added as they end; what was said of a predicate without them stays as it is. */
  readonly facts: Facts;

  private constructor(
    reader: PredicateReader,
    signal: CancelSignal,
    turns: Turns,
    model: Omit<Facts, 'commands'>,
  ) {
    this.#reader = reader;
    this.#signal = signal;
    this.#turns = turns;
    this.facts = { ...model, commands: this.#commands };
  }

  /** Reads the files and /proc. Throws what the reader throws, but for a file that cannot be read. `signal` ends commands. */
  static async begin(
    predicates: readonly Predicate[],
    reader: PredicateReader,
    signal: CancelSignal,
    turns: Turns,
  ): Promise<Reading> {
    const files = new Map<string, string | undefined>();
    for (const path of needsOf(predicates).files) files.set(path, await readText(reader, path));
    const patterns = needsOf(predicates, files).proc;
    // No pattern at all would ask for every file.
    const proc: ProcFiles = patterns.length > 0 ? readable(await reader.snapshot(patterns)).files : new Map();
    return new Reading(reader, signal, turns, { proc, files });
  }

  /** Whether the facts say of each of them whether it is true. */
  says(predicates: readonly Predicate[]): boolean {
    return awaited(predicates, this.facts) === undefined;
  }

  /**
   * Runs commands, one after the other, until the facts say of each whether it is true, or the signal ends it. One that is
   * asked for by others meanwhile is run once. Throws what the reader throws.
   */
  async decide(predicates: readonly Predicate[]): Promise<void> {
    for (
      let command = awaited(predicates, this.facts);
      command !== undefined && !this.#signal.aborted;
      command = awaited(predicates, this.facts)
    )
      await this.#once(command);
  }

  #once(command: string): Promise<void> {
    let running = this.#running.get(command);
    if (!running) {
      running = this.#turns.take(async () => {
        if (!this.#signal.aborted)
          this.#commands.set(command, await run(this.#reader, command, this.#signal));
      });
      this.#running.set(command, running);
    }
    return running;
  }
}

/** The facts that say of each of `predicates` whether it is true; `signal` ends a command, and the reading after it. */
export async function readFacts(
  predicates: readonly Predicate[],
  reader: PredicateReader,
  signal: CancelSignal,
): Promise<Facts> {
  const reading = await Reading.begin(predicates, reader, signal, new Turns(1));
  await reading.decide(predicates);
  return reading.facts;
}

async function readText(reader: PredicateReader, path: string): Promise<string | undefined> {
  try {
    return decodeUtf8((await reader.readFile(path, { capBytes: READ_BYTES })).bytes);
  } catch (error) {
    if (error instanceof SessionLostError) throw error;
    return undefined;
  }
}

/** A command without which a predicate is undecided. */
function awaited(predicates: readonly Predicate[], facts: Facts): string | undefined {
  for (const { expression } of predicates) {
    const verdict = decide(expression, facts);
    if (typeof verdict !== 'boolean') return verdict.awaits;
  }
  return undefined;
}

async function run(
  reader: PredicateReader,
  command: string,
  signal: CancelSignal,
): Promise<CommandResult | undefined> {
  const limits = { timeoutMs: COMMAND_MS, capBytes: READ_BYTES, signal };
  const { reason, exitCode, stdout } = await reader.exec(command, limits);
  return reason === 'exited' ? { exit: exitCode, out: decodeUtf8(stdout) } : undefined;
}
