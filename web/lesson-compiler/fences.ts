// SPDX-License-Identifier: MIT
/** The fenced blocks of a lesson: commands, checks, hints, answers, and text that is only shown. */
import type { LessonCommands } from '../src/engine/lesson.js';
import type { Problems } from './problems.js';

/** Throws what is wrong with a predicate; `column`, counted from 1, is where. */
export type CheckPredicate = (text: string) => void;

export interface Fence {
  /** Its first word: `sh`, `check`, `hint`, `answer` ... */
  readonly kind: string;
  /** What stands behind that. */
  readonly rest: string;
  readonly text: string;
  /** Of the line with the fence; the text begins in the next. */
  readonly line: number;
}

/** Where commands are typed that name no terminal. */
export const FIRST_TERMINAL = 'host';

const FENCE = /^ {0,3}(?:`{3,}|~{3,})\s*(\S*)\s*(.*?)\s*$/;

/**
 * Reads the line of a fence as it is written, for Markdown takes backslashes and entities out of it; undefined for a block that
 * is code because it is indented.
 */
export function readFence(source: string, text: string, line: number): Fence | undefined {
  const match = FENCE.exec(source);
  return match ? { kind: match[1]!, rest: match[2]!, text, line } : undefined;
}

/** `key=value` words; what is none, or of another key, is a problem. */
export function readAttributes(
  { kind, rest, line }: Fence,
  keys: readonly string[],
  problems: Problems,
): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const word of rest.split(/\s+/).filter(Boolean)) {
    const [, key, value] = /^([a-z]+)=(\S+)$/.exec(word) ?? [];
    const known = keys.length ? keys.map((one) => `${one}=...`).join(' and ') : 'nothing';
    if (key === undefined || !keys.includes(key))
      problems.add(line, `"${word}" is not known here: behind ${kind} there may be ${known}`);
    else if (attributes.has(key)) problems.add(line, `${key} is said twice`);
    else attributes.set(key, value!);
  }
  return attributes;
}

/** ```sh run terminal=NAME */
export function readCommands(fence: Fence, problems: Problems): LessonCommands | undefined {
  const [, rest] = /^run(?:\s+(.*))?$/.exec(fence.rest) ?? [];
  if (!/^run\b/.test(fence.rest)) {
    problems.add(
      fence.line,
      'say "sh run" for commands that a click types, or "text" for what is only shown',
    );
    return undefined;
  }
  const attributes = readAttributes({ ...fence, kind: 'sh run', rest: rest ?? '' }, ['terminal'], problems);
  const terminal = attributes.get('terminal') ?? FIRST_TERMINAL;
  if (!/^[a-z][a-z0-9-]*$/.test(terminal))
    problems.add(fence.line, `terminal=${terminal}: a name has small letters, digits and dashes`);
  return { tag: 'run', terminal, commands: readLines(fence, problems) };
}

/** The commands of a block, a line each. */
export function readLines({ kind, text, line }: Fence, problems: Problems): string[] {
  const lines = text.split('\n');
  if (text.trim() === '') {
    problems.add(line, `there is no command in this ${kind}: write one, or take the block out`);
    return [];
  }
  for (const [index, command] of lines.entries()) {
    const refusal = refuse(command);
    if (refusal) problems.add(line + 1 + index, refusal);
  }
  return lines.map((command) => command.trim());
}

/** Why a line cannot be typed as it is. */
function refuse(command: string): string | undefined {
  if (command.trim() === '') return 'an empty line among commands: take it out';
  if (/^\s*#/.test(command)) return 'a comment is no command: say it in the prose, or behind a command';
  if (/^\s*\$\s/.test(command)) return 'a command stands there without a prompt';
  if (command.endsWith('\\')) return 'a command is one line: a click types no half of one';
  if (/\p{Cc}/u.test(command)) return 'there is a control character, perhaps a tab: write blanks';
  return undefined;
}

/** Judges a predicate; `line` is that of its first line. */
export function judgePredicate(text: string, line: number, check: CheckPredicate, problems: Problems): void {
  if (text.trim() === '') {
    problems.add(line, 'there is no predicate: say what is true of the machine then, e.g. ctx(100) exists');
    return;
  }
  try {
    check(text);
  } catch (error) {
    const column = (error as { column?: unknown }).column;
    const before = text.slice(0, typeof column === 'number' ? Math.max(0, column - 1) : 0);
    const at = line + before.split('\n').length - 1;
    problems.add(at, `predicate: ${error instanceof Error ? error.message : String(error)}`);
  }
}
