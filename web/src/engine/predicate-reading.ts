// SPDX-License-Identifier: MIT
/**
 * Reads what predicates need: files first, since one may say in which context a guest runs; then all of /proc in one
 * snapshot, so that it is of one instant; then the commands that still decide something, one at a time.
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

/**
 * The facts that say of each of `predicates` whether it is true; `signal` ends a command, and the reading after it. Throws what
 * the reader throws, but for a file that cannot be read.
 */
export async function readFacts(
  predicates: readonly Predicate[],
  reader: PredicateReader,
  signal: CancelSignal,
): Promise<Facts> {
  const files = new Map<string, string | undefined>();
  for (const path of needsOf(predicates).files) files.set(path, await readText(reader, path));
  const patterns = needsOf(predicates, files).proc;
  // No pattern at all would ask for every file.
  const proc: ProcFiles = patterns.length > 0 ? readable(await reader.snapshot(patterns)).files : new Map();
  const commands = new Map<string, CommandResult | undefined>();
  const facts = { proc, files, commands };
  for (
    let command = awaited(predicates, facts);
    command !== undefined && !signal.aborted;
    command = awaited(predicates, facts)
  )
    commands.set(command, await run(reader, command, signal));
  return facts;
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
