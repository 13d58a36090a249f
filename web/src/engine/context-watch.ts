// SPDX-License-Identifier: MIT
/**
 * One context under watch, from reading to reading: what the kernel says of it, when it ended, and whether its number is another's now.
 * Its files, its processes and its network contexts are of one snapshot. What was last true of it stays when it has ended.
 */
import { parseFields, type ProcFiles, type ProcSnapshot } from './proc-virtual.js';
import { PROCESSES, processesOf, type Process } from './processes.js';

export interface ContextReading {
  /** Guest uptime in seconds. */
  readonly at: number;
  /** Guest uptime at its creation; undefined: this kernel does not tell. */
  readonly created: number | undefined;
  /** Text by name: `info`, `status`. */
  readonly files: ReadonlyMap<string, string>;
  readonly processes: readonly Process[];
  readonly networks: readonly NetworkReading[];
}

export interface NetworkReading {
  readonly nid: number;
  readonly files: ReadonlyMap<string, string>;
}

export type WatchedContext =
  | { readonly name: 'waiting' }
  /** There was none of that number when it was first looked for. */
  | { readonly name: 'absent' }
  | { readonly name: 'alive'; readonly reading: ContextReading }
  /** `at`: the guest uptime of the first reading without it; `again`: another context has its number. */
  | {
      readonly name: 'ended';
      readonly reading: ContextReading;
      readonly at: number;
      readonly again: boolean;
    };

export class ContextWatch {
  #state: WatchedContext = { name: 'waiting' };
  /** Whose files are read: those of its processes, known one reading later. */
  #nids: readonly number[] = [];
  #identity = '';

  readonly #ownFiles: string;

  constructor(readonly xid: number) {
    this.#ownFiles = `virtual/${xid}/*`;
  }

  get state(): WatchedContext {
    return this.#state;
  }

  /** What has to be read of /proc. */
  get patterns(): readonly string[] {
    const networks = [...new Set([this.xid, ...this.#nids])];
    return [this.#ownFiles, PROCESSES, ...networks.map((nid) => `virtnet/${nid}/*`)];
  }

  /** Takes a snapshot; one that was `asked` for before this context was tells nothing of it. */
  learn({ uptime, files }: ProcSnapshot, asked: readonly string[]): void {
    if (!asked.includes(this.#ownFiles) || !asked.includes(PROCESSES)) return;
    const own = filesIn(files, `virtual/${this.xid}`);
    const processes = processesOf(files) ?? [];
    const identity = identityOf(own);
    const there = own.has('status');
    const before = this.#state;
    if (before.name === 'ended') {
      this.#state = { ...before, again: there };
    } else if (before.name === 'alive' && (!there || identity !== this.#identity)) {
      this.#state = { name: 'ended', reading: before.reading, at: uptime, again: there };
    } else if (there) {
      this.#identity = identity;
      this.#state = { name: 'alive', reading: this.#read(uptime, files, own, processes) };
    } else {
      this.#state = { name: 'absent' };
    }
  }

  #read(
    at: number,
    files: ProcFiles,
    own: ReadonlyMap<string, string>,
    all: readonly Process[],
  ): ContextReading {
    const processes = all.filter(({ xid }) => xid === this.xid);
    this.#nids = [...new Set(processes.flatMap(({ nid }) => (nid ? [nid] : [])))];
    const networks = [...new Set([...this.#nids, this.xid])]
      .map((nid) => ({ nid, files: filesIn(files, `virtnet/${nid}`) }))
      .filter((network) => network.files.size > 0);
    const bias = Number(parseFields(own.get('cvirt') ?? '').get('BiasUptime') ?? NaN);
    return { at, created: Number.isFinite(bias) ? bias : undefined, files: own, processes, networks };
  }
}

/** The files of a folder that could be read, by name. */
function filesIn(files: ProcFiles, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of files) {
    const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
    if (name !== '' && !name.includes('/') && typeof text === 'string') found.set(name, text);
  }
  return found;
}

/** Two contexts of one number differ in their address or, where that was used again, in when they were made. */
function identityOf(files: ReadonlyMap<string, string>): string {
  const [info, cvirt] = ['info', 'cvirt'].map((name) => parseFields(files.get(name) ?? ''));
  return `${info?.get('Info')} ${cvirt?.get('BiasUptime')}`;
}
