// SPDX-License-Identifier: MIT
/**
 * Every file that the kernel has of a context, taken apart into tables for the page (/proc/virtual/XID/*, /proc/virtnet/NID/*,
 * and the files about contexts in /proc/PID). A line that is not known is a row all the same: a later kernel needs no other page.
 */
import { namedBits, type NamedBit } from './bit-meanings.js';
import type { BitKind } from './bit-names.js';
import { parseFlags } from './proc-virtual.js';

export interface FileRow {
  /** As the kernel prints it, without the colon. */
  readonly label: string;
  /** A value for each column of the table; one without columns. */
  readonly values: readonly string[];
  /** What the line tells. */
  readonly says?: string;
  /** A value that is worth a line over time. */
  readonly number?: number;
  /** The set bits, when the value is a word of them. */
  readonly bits?: readonly NamedBit[];
}

export interface FileTable {
  /** What heads the values; none for lines of one value. */
  readonly columns: readonly string[];
  readonly rows: readonly FileRow[];
}

type Words = Readonly<Record<string, BitKind>>;

/** The words of bits, by file and label. */
const WORDS: Readonly<Record<string, Words>> = {
  'virtual/*/status': { Flags: 'cflags', BCaps: 'bcaps', CCaps: 'ccaps', Umask: 'spaces', Wmask: 'spaces' },
  'virtnet/*/status': { Flags: 'nflags', NCaps: 'ncaps' },
  'PID/vinfo': { BCaps: 'bcaps', CCaps: 'ccaps', CFlags: 'cflags' },
  'PID/ninfo': { NCaps: 'ncaps', NFlags: 'nflags' },
};

const SAYS: Readonly<Record<string, string>> = {
  ID: 'Its number.',
  Info: 'Stands for its address in the kernel: another context has another.',
  Init: 'The process that is its init, as the host numbers it; 0 is none.',
  OOM: 'Added to the badness of its processes when memory runs out.',
  UseCnt: "References to it; one is this reading's own.",
  Tasks: 'Claims on it: one of each thread, and one for being persistent.',
  Flags: 'What it is, and how its members see the machine.',
  BCaps: 'The capabilities that its members can have at most.',
  CCaps: 'What root of it may do although a capability is missing.',
  NCaps: 'What root of it may do on the network.',
  Umask: 'The namespaces that its members may make.',
  Wmask: 'Kept beside the umask; nothing reads it.',
  Spaces: 'The namespaces that it keeps, as masks: first and second set.',
  BiasUptime: 'When it was made, in seconds since the boot.',
  nr_threads: 'Its threads.',
  nr_running: 'Those that run, or could.',
  nr_unintr: 'Those that wait and cannot be interrupted.',
  nr_onhold: 'Those that wait for tokens.',
  load_updates: 'How often its load was computed.',
  loadavg: 'Its load over 1, 5 and 15 minutes.',
  total_forks: 'Threads that it has made.',
  NSProxy: 'The namespaces: all, then mounts, host name, and IPC.',
  Namespace: 'The mount namespace, and references to it.',
  RootPath: 'The root directory that is kept.',
  FillRate: 'Tokens that are added at a time; the second is for idle time.',
  Interval: 'Ticks between two such times; the second is for idle time.',
  TokensMin: 'Tokens that end a wait.',
  TokensMax: 'Tokens that the bucket holds.',
  PrioBias: 'Added to the priority of its processes.',
  VaVaVoom: 'The last change of a priority by its tokens.',
  SEMS: 'Limits of semaphores, and how many are used.',
  MSG: 'Limits of message queues.',
  SHM: 'Limits of shared memory, and how much is used.',
  Bcast: 'Its broadcast address.',
  Lback: 'Its loopback address.',
};

const PAGES = 'pages';
const UNITS: Readonly<Record<string, string>> = {
  PROC: 'processes',
  VM: `${PAGES} of address space`,
  VML: `locked ${PAGES}`,
  RSS: `resident ${PAGES}`,
  ANON: `anonymous ${PAGES}`,
  RMAP: `mapped ${PAGES}`,
  FILES: 'open files',
  OFD: 'descriptors',
  LOCKS: 'file locks',
  SOCK: 'sockets',
  MSGQ: 'bytes of message queues',
  SHM: `${PAGES} of shared memory`,
  SEMA: 'sets of semaphores',
  SEMS: 'semaphores',
  DENT: 'directory entries',
};

/** How each file is printed, by its path in interface.json. */
const PARSERS: Readonly<Record<string, (lines: readonly Line[]) => FileTable[]>> = {
  'virtual/*/limit': limits,
  'virtual/*/sched': scheduler,
  'virtual/*/cacct': accounting,
};

interface Line {
  readonly label: string;
  readonly rest: string;
}

/** Takes apart what `file`, a path of interface.json, holds; no table for an empty file. */
export function parseFile(file: string, text: string): FileTable[] {
  const lines = splitLines(text);
  const tables = own(PARSERS, file)?.(lines) ?? [plain(file, lines)];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Labels are the guest's: none of them is `toString`. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** What the lines of a file begin with, in order: a label before a colon, or the head of a table before a TAB. */
export function labelsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => /^([^:\t]{1,64})[:\t]/.exec(line)?.[1] ?? []);
}

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    // Spelled out: a pattern that backtracks would let a guest's line take long.
    const colon = line.indexOf(':');
    if (colon > 0) lines.push({ label: line.slice(0, colon), rest: line.slice(colon + 1) });
  }
  return lines;
}

function plain(file: string, lines: readonly Line[]): FileTable {
  const words = own(WORDS, file) ?? {};
  return {
    columns: [],
    rows: lines.map(({ label, rest }) => {
      const value = rest.trim().replaceAll('\t', '  ');
      const kind = own(words, label);
      const word = kind && parseFlags(value);
      const bits = kind && word !== undefined ? namedBits(kind, word) : undefined;
      return row(label, [value], { says: own(SAYS, label), number: moving(label, value), bits });
    }),
  };
}

/** A row without what is undefined, as exact optional properties want it. */
function row(
  label: string,
  values: readonly string[],
  more: {
    says?: string | undefined;
    number?: number | undefined;
    bits?: readonly NamedBit[] | undefined;
  } = {},
): FileRow {
  const { says, number, bits } = more;
  return {
    label,
    values,
    ...(says === undefined ? {} : { says }),
    ...(number === undefined ? {} : { number }),
    ...(bits === undefined ? {} : { bits }),
  };
}

/** Numbers that go up and down. The others are names, addresses and settings. */
const MOVING = /^(UseCnt|Tasks|nr_\w+|loadavg|total_forks|load_updates)$/;

function moving(label: string, value: string): number | undefined {
  const [first = ''] = value.split(' ');
  return MOVING.test(label) && /^\d+(\.\d+)?$/.test(first) ? Number(first) : undefined;
}

function limits(lines: readonly Line[]): FileTable[] {
  const rows = lines.map(({ label, rest }) => {
    const [current = '', range = '', bounds = '', hits = ''] = rest
      .split('\t')
      .filter((field) => field.trim() !== '')
      .map((field) => field.trim());
    const values = [current, ...pair(range), ...pair(bounds).map(bound), hits];
    return row(label, values, { says: own(UNITS, label), number: whole(current) });
  });
  return [{ columns: ['now', 'least', 'most', 'soft', 'hard', 'hits'], rows }];
}

function pair(text: string): [string, string] {
  const slash = text.indexOf('/');
  return slash < 0 ? [text, ''] : [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
}

const bound = (value: string): string => (value === '-1' ? 'none' : value);

function whole(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const TICKS = ['user', 'system', 'on hold'];
const BUCKET = [
  ...TICKS,
  'token time',
  'idle time',
  'state',
  'tokens',
  'min',
  'max',
  'rate/interval',
  'idle rate/interval',
];
/** What follows `cpu N:`, by the number of fields. */
const CPU_COLUMNS: readonly (readonly string[])[] = [
  [...TICKS, 'priority bias'],
  BUCKET,
  [...BUCKET, 'priority bias', 'bonus'],
];

function scheduler(lines: readonly Line[]): FileTable[] {
  const cpus = lines.filter(({ label }) => label.startsWith('cpu '));
  const rows = cpus.map(({ label, rest }) => {
    const values = rest.trim().split(/ +/);
    return row(label, values, { says: 'In ticks.', number: whole(values[0] ?? '') });
  });
  const width = rows[0]?.values.length ?? 0;
  const columns =
    CPU_COLUMNS.find(({ length }) => length === width) ?? Array.from({ length: width }, (_, i) => `${i + 1}`);
  const settings = lines.filter((line) => !cpus.includes(line));
  return [plain('virtual/*/sched', settings), { columns, rows }];
}

const OUTCOMES = ['out of memory', 'bus error', 'minor', 'major'];
const ORIGINS = ['unknown', 'anonymous', 'no page', 'file', 'swap', 'write-protected'];

function accounting(lines: readonly Line[]): FileTable[] {
  const of = (pattern: RegExp) => lines.filter(({ label }) => pattern.test(label));
  const numbers = ({ rest }: Line) => rest.trim().split(/\s+/);
  const sockets = of(/^[A-Z0-9]+$/).map((line) => {
    const values = line.rest
      .split('\t')
      .filter((field) => field.trim() !== '')
      .flatMap(pair);
    return row(line.label, values, { number: whole(values[1] ?? '') });
  });
  const slab = of(/^slab$/).map((line) =>
    row(line.label, numbers(line), { says: 'Bytes of kernel objects.' }),
  );
  const pages = of(/^page\[\d+\]$/).map((line) => {
    const origin = ORIGINS[Number(/\d+/.exec(line.label)?.[0])];
    return row(line.label, numbers(line), { says: origin && `Page faults: ${origin}.` });
  });
  const directions = ['received', 'sent', 'failed'];
  return [
    { columns: directions.flatMap((what) => [what, 'bytes']), rows: sockets },
    { columns: ['index 1', 'index 4', 'index 0', 'index 2'], rows: slab },
    { columns: ['', 'writable: '].flatMap((how) => OUTCOMES.map((outcome) => how + outcome)), rows: pages },
  ];
}
