// SPDX-License-Identifier: MIT
/**
 * Which processes there are and in which context each is, from /proc/PID/status: one file has all of a process, so that no row is
 * torn, and the agent reads all of them in one go with the contexts.
 */
import {
  contextRows,
  parseFields,
  type ContextRow,
  type ProcFiles,
  type ProcSnapshot,
} from './proc-virtual.js';

export const PROCESSES = '*/status';

export interface Process {
  readonly pid: number;
  readonly name: string;
  /** As the kernel says it: `S (sleeping)`. */
  readonly state: string;
  /** The real user's id. */
  readonly uid: number;
  readonly threads: number;
  /** Resident memory in KiB; undefined for what has none. */
  readonly rss: number | undefined;
  readonly kernel: boolean;
  /** Undefined: its context does not tell. */
  readonly xid: number | undefined;
  readonly nid: number | undefined;
}

/** What processes are grouped by. */
export interface ProcessGroup {
  readonly key: string;
  readonly kind: 'host' | 'spectator' | 'context' | 'ended' | 'hidden';
  readonly xid: number | undefined;
  /** Of a context that is there. */
  readonly context: ContextRow | undefined;
  /** Undefined: they are not read. */
  readonly processes: readonly Process[] | undefined;
}

const PATH = /^([1-9]\d{0,9})\/status$/;
const [HOST, SPECTATOR] = [0, 1];

/** The processes of a snapshot, by pid; undefined when it was not asked for any. One that was gone before it was read is left out. */
export function processesOf(files: ProcFiles): Process[] | undefined {
  const found: Process[] = [];
  let asked = false;
  for (const [path, text] of files) {
    const pid = PATH.exec(path)?.[1];
    if (pid === undefined) continue;
    asked = true;
    const process = typeof text === 'string' ? parseProcess(Number(pid), text) : undefined;
    if (process) found.push(process);
  }
  return asked ? found.sort((a, b) => a.pid - b.pid) : undefined;
}

/** Reads /proc/PID/status; undefined: it was cut short, as the process went. */
export function parseProcess(pid: number, text: string): Process | undefined {
  const fields = parseFields(text);
  const number = (key: string) => {
    const value = /^\d+/.exec(fields.get(key) ?? '')?.[0];
    return value === undefined ? undefined : Number(value);
  };
  const [name, state] = [fields.get('Name'), fields.get('State')];
  const [uid, threads] = [number('Uid'), number('Threads')];
  if (name === undefined || state === undefined || uid === undefined || threads === undefined)
    return undefined;
  const kernel = number('Kthread') === 1;
  return {
    pid,
    name,
    state,
    uid,
    threads,
    rss: number('VmRSS'),
    kernel,
    xid: number('VxID'),
    nid: number('NxID'),
  };
}

/**
 * The contexts with their processes, all of one snapshot: the host first, then by xid. A context that has ended and that a process
 * still belongs to (a zombie that nobody has waited for) has a group of its own.
 */
export function processGroups(snapshot: ProcSnapshot, created: ReadonlyMap<number, number>): ProcessGroup[] {
  const processes = processesOf(snapshot.files);
  const contexts = new Map(contextRows(snapshot, created).map((row) => [row.xid, row]));
  const members = new Map<number | undefined, Process[]>();
  for (const process of processes ?? []) {
    const group = members.get(process.xid);
    if (group) group.push(process);
    else members.set(process.xid, [process]);
  }
  const xids = new Set<number | undefined>([HOST, ...contexts.keys(), ...members.keys()]);
  return [...xids].sort(hiddenLast).map((xid) => ({
    key: String(xid ?? 'hidden'),
    kind: kindOf(xid, xid !== undefined && contexts.has(xid)),
    xid,
    context: xid === undefined ? undefined : contexts.get(xid),
    processes: processes && (members.get(xid) ?? []),
  }));
}

/** Those whose xid begins with what was typed; all when nothing was. */
export function groupsFound(groups: readonly ProcessGroup[], typed: string): readonly ProcessGroup[] {
  const start = typed.trim();
  return start === '' ? groups : groups.filter(({ xid }) => String(xid ?? '').startsWith(start));
}

function kindOf(xid: number | undefined, exists: boolean): ProcessGroup['kind'] {
  if (xid === undefined) return 'hidden';
  if (exists) return 'context';
  return xid === HOST ? 'host' : xid === SPECTATOR ? 'spectator' : 'ended';
}

function hiddenLast(a: number | undefined, b: number | undefined): number {
  return (a ?? Infinity) - (b ?? Infinity);
}
