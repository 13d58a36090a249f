// SPDX-License-Identifier: MIT
/** What has to be known of the machine for a predicate, and what a thing of which it speaks is then. */
import { bitKindOf, FOLDERS, lineOf, type Field } from './predicate-fields.js';
import { testsOf, type Group, type Predicate, type Subject } from './predicate-tree.js';
import { parseFlags, type ProcFiles } from './proc-virtual.js';

/** Where `vserver` keeps in which context a guest runs: two lines, its xid and its nid. */
const GUEST_RUNS = '/run/vservers';

export interface CommandResult {
  readonly exit: number;
  readonly out: string;
}

/** What is known of the machine. */
export interface Facts {
  /** Of one snapshot, by their path from /proc on. */
  readonly proc: ProcFiles;
  /** By their path; undefined: it cannot be read. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** What commands came to; undefined: it took too long. One that is not here has not been run. */
  readonly commands: ReadonlyMap<string, CommandResult | undefined>;
}

export interface Needs {
  /** Patterns for one snapshot. */
  readonly proc: readonly string[];
  readonly files: readonly string[];
}

/**
 * The files that predicates speak of. In which context a guest runs is in one of `files`: what is to be read of it in /proc
 * is known only when that is. Commands are told by `decide` (predicate-verdict.ts), one by one, since not all may be needed.
 */
export function needsOf(predicates: Iterable<Predicate>, known: Facts['files'] = new Map()): Needs {
  const [proc, files] = [new Set<string>(), new Set<string>()];
  for (const { expression } of predicates) {
    for (const { subject } of testsOf(expression)) {
      if (subject.kind === 'file') files.add(subject.path);
      if ('group' in subject && typeof subject.group.id === 'string') files.add(runFile(subject.group.id));
      const path = procFile(subject, known);
      if (path !== undefined) proc.add(path);
    }
  }
  return { proc: [...proc], files: [...files] };
}

/** What a subject is, as text, a word of bits as 0x...; undefined: it is not there, or not known. */
export function valueOf(subject: Subject, facts: Facts): string | undefined {
  const path = procFile(subject, facts.files);
  const file = path === undefined ? undefined : facts.proc.get(path);
  // One that ends while its file is open leaves an empty one.
  const text = typeof file === 'string' && file !== '' ? file : undefined;
  switch (subject.kind) {
    case 'group':
      return text;
    case 'field':
      return text && fieldOf(text, subject.field);
    case 'count':
      return text && lineOf(text, '#CActive');
    case 'file':
      return facts.files.get(subject.path);
    case 'proc': {
      if (subject.line === undefined || text === undefined) return text;
      const line = lineOf(text, subject.line);
      return subject.column === undefined ? line : line?.split(/[\s,/]+/)[subject.column - 1];
    }
    case 'run': {
      const result = facts.commands.get(subject.command);
      return subject.part === 'out' ? result?.out : result && String(result.exit);
    }
  }
}

function fieldOf(text: string, field: Field): string | undefined {
  const value = lineOf(text, field.line);
  if (field.as === 'process') return value === '0' ? undefined : value;
  if (!bitKindOf(field)) return value;
  const bits = parseFlags(value);
  return bits === undefined ? undefined : `0x${bits.toString(16)}`;
}

/** The file below /proc that tells of it, if one does and it is known which. */
function procFile(subject: Subject, files: Facts['files']): string | undefined {
  if (subject.kind === 'proc') return subject.path;
  if (subject.kind === 'count') return `${FOLDERS[subject.of]}/status`;
  if (subject.kind !== 'group' && subject.kind !== 'field') return undefined;
  const id = idOf(subject.group, files);
  const name = subject.kind === 'field' ? subject.field.file : 'status';
  return id === undefined ? undefined : `${FOLDERS[subject.group.kind]}/${id}/${name}`;
}

function idOf({ kind, id }: Group, files: Facts['files']): number | undefined {
  if (typeof id === 'number') return id;
  const line = files.get(runFile(id))?.split('\n')[kind === 'ctx' ? 0 : 1] ?? '';
  return /^[1-9]\d{0,4}$/.test(line) ? Number(line) : undefined;
}

function runFile(guest: string): string {
  return `${GUEST_RUNS}/${guest}`;
}
