// SPDX-License-Identifier: MIT
/**
 * Parsers of what the kernel prints under /proc/virtual. A file is `Key:<TAB>value` lines; later kernels add lines and
 * files, so what is not known is kept out of the way and never an error.
 */
import { namesOfBits } from './bit-names.js';

/** The contents of files by their path relative to /proc, or the errno of those that could not be read. */
export type ProcFiles = ReadonlyMap<string, string | number>;

/** One state of the guest: all files were read at one time. */
export interface ProcSnapshot {
  /** CLOCK_BOOTTIME of the guest in seconds, the clock that BiasUptime is of. */
  readonly uptime: number;
  readonly files: ProcFiles;
}

export interface ContextRow {
  readonly xid: number;
  readonly tasks: number;
  readonly usecnt: number;
  readonly flags: bigint;
  readonly flagNames: readonly string[];
  /** Guest uptime at its creation; undefined while that is not known. */
  readonly created: number | undefined;
  /** Seconds since then. */
  readonly uptime: number | undefined;
}

const LINE = /^(#?[A-Za-z_][\w[\]]*):(.*)$/;
/** An xid as the kernel writes it, so that no two paths stand for one number. */
export const CONTEXT_STATUS = /^virtual\/(0|[1-9]\d{0,9})\/status$/;

/** The `Key: value` lines of a file, in order. */
export function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) fields.set(match[1], match[2].trim());
  }
  return fields;
}

/** 16 hexadecimal digits; undefined when it is anything else. */
export function parseFlags(value: string | undefined): bigint | undefined {
  return value !== undefined && /^[0-9a-f]{1,16}$/i.test(value) ? BigInt(`0x${value}`) : undefined;
}

/**
 * The table of contexts, by xid; `created` holds the uptime of the guest at the creation of each. A context whose status cannot
 * be read has just gone: it is left out.
 */
export function contextRows(snapshot: ProcSnapshot, created: ReadonlyMap<number, number>): ContextRow[] {
  const rows: ContextRow[] = [];
  const statusOf = statusReader();
  for (const [path, text] of snapshot.files) {
    const number = CONTEXT_STATUS.exec(path)?.[1];
    const status = number !== undefined && typeof text === 'string' ? statusOf(text) : undefined;
    if (!status) continue;
    const xid = Number(number);
    const at = created.get(xid);
    const uptime = at === undefined ? undefined : Math.max(0, snapshot.uptime - at);
    rows.push({ xid, ...status, created: at, uptime });
  }
  return rows.sort((a, b) => a.xid - b.xid);
}

type Status = Pick<ContextRow, 'tasks' | 'usecnt' | 'flags' | 'flagNames'>;

/** Of thousands of contexts most say the same: each text is read once. */
function statusReader(): (text: string) => Status | undefined {
  const read = new Map<string, Status | undefined>();
  return (text) => {
    if (!read.has(text)) read.set(text, readStatus(text));
    return read.get(text);
  };
}

function readStatus(text: string): Status | undefined {
  const fields = parseFields(text);
  const tasks = fields.get('Tasks');
  const flags = parseFlags(fields.get('Flags'));
  if (tasks === undefined || !/^\d{1,10}$/.test(tasks) || flags === undefined) return undefined;
  const usecnt = Number(fields.get('UseCnt'));
  return { tasks: Number(tasks), usecnt, flags, flagNames: namesOfBits('cflags', flags) };
}

/** A directory or file of the tree; `children` is undefined for a file. */
export interface ProcNode {
  readonly name: string;
  readonly path: string;
  readonly children?: readonly ProcNode[];
}

/** The directories of /proc that the tree has. */
export const TREE_ROOTS = ['virtual', 'virtnet'] as const;

/** Those of a snapshot that the tree may show. */
export function treeFiles(files: ProcFiles): ProcFiles {
  return new Map([...files].filter(([path]) => TREE_ROOTS.some((root) => path.startsWith(`${root}/`))));
}

/**
 * The trees below /proc/virtual and /proc/virtnet, files first and contexts in the order of their ids. A name is there once: a
 * directory before a file.
 */
export function procTree(paths: Iterable<string>): ProcNode[] {
  const all = new Set(paths);
  return TREE_ROOTS.map((root) => ({ name: root, path: root, children: subtree(root, all) })).filter(
    ({ children }) => children.length > 0,
  );
}

function subtree(root: string, paths: Iterable<string>): ProcNode[] {
  const files: ProcNode[] = [];
  const contexts = new Map<string, ProcNode[]>();
  for (const path of paths) {
    const [top, first, second] = path.split('/');
    if (top !== root || first === undefined) continue;
    if (second === undefined) {
      files.push({ name: first, path });
    } else {
      const children = contexts.get(first) ?? [];
      children.push({ name: second, path });
      contexts.set(first, children);
    }
  }
  const directories = [...contexts].sort(([a], [b]) => Number(a) - Number(b));
  return [
    ...files.filter(({ name }) => !contexts.has(name)).sort(byName),
    ...directories.map(([name, children]) => ({
      name,
      path: `${root}/${name}`,
      children: children.sort(byName),
    })),
  ];
}

function byName(a: ProcNode, b: ProcNode): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** `0:07`, `12:34`, `1:02:03` or `2d 03:04:05`. */
export function formatUptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const [d, h, m, s] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return `${d}d ${two(h)}:${two(m)}:${two(s)}`;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
