// SPDX-License-Identifier: MIT
/** What the panels show of /proc, read only while they can be seen. All of it is of one snapshot. */
import { SvelteSet } from 'svelte/reactivity';
import { ChangedLines, type MarkedLine } from '../engine/changed-lines.js';
import { CreationTimes } from '../engine/creation-times.js';
import { PROCESSES, processGroups, type ProcessGroup } from '../engine/processes.js';
import { ProcPoll, type ProcReader, type Timers } from '../engine/proc-poll.js';
import {
  contextRows,
  procTree,
  treeFiles,
  type ProcNode,
  type ProcSnapshot,
} from '../engine/proc-virtual.js';
import { ContextPageState } from './context-page.svelte.js';
import { contextPatterns, FIRST_EXPANDED, FIRST_SELECTED, treePatterns } from './panel-patterns.js';

const ENOENT = 2;
const EISDIR = 21;
const NOTHING: ReadonlySet<string> = new SvelteSet<string>();

/** The processes are many files, so they are read once a second, and not with every poll. */
const PROCESSES_MS = 1000;
/** A poll that comes by so much too early has them all the same: the next one would be late by a whole one. */
const EARLY_MS = 100;

/** What can be seen of /proc, each with patterns of its own. */
type Part = 'contexts' | 'tree';

export class ProcState {
  #snapshot = $state.raw<ProcSnapshot>();
  /** Why nothing can be read; what was read before is not shown then. */
  #refusal = $state<string>();
  /** Not runes: what these know changes only with the snapshot. */
  readonly #creation = new CreationTimes();
  readonly #changes = new ChangedLines();
  #visible: readonly Part[] = [];
  readonly #timers: Timers;
  /** When the processes, or the page of a context, are to be read again. */
  #due = -Infinity;
  /** What the list shows: while it shows processes, only of snapshots that have them, so that all of it is of one instant. */
  #listed = $state.raw<ProcSnapshot>();
  readonly page = new ContextPageState();
  /** Groups of processes that are open, by their key. */
  readonly openGroups = new SvelteSet<string>();
  selected = $state(FIRST_SELECTED);
  readonly expanded = new SvelteSet<string>([FIRST_EXPANDED]);
  /** Contexts and processes, why they cannot be read, or undefined before the first answer. */
  readonly groups: readonly ProcessGroup[] | string | undefined = $derived(
    this.#refusal ?? (this.#listed && processGroups(this.#listed, this.#creation.times)),
  );
  /** As `groups`. */
  readonly tree: readonly ProcNode[] | string | undefined = $derived(
    this.#refusal ?? (this.#snapshot && procTree(existing(this.#snapshot))),
  );
  /** Files of the tree in which something has changed lately. */
  readonly changed: ReadonlySet<string> = $derived(this.#snapshot ? this.#changes.paths() : NOTHING);
  /** Whether the snapshot was asked for after the choice of the file. */
  #fresh = $state(false);
  /** The chosen file: its lines, its text if that is too long to be marked, the errno of reading it, or undefined before the first answer. */
  readonly contents: readonly MarkedLine[] | string | number | undefined = $derived.by(() => {
    if (this.#refusal !== undefined) return undefined;
    const text = this.#snapshot?.files.get(this.selected) ?? (this.#fresh ? ENOENT : undefined);
    return typeof text === 'string' ? this.#changes.mark(this.selected, text) : text;
  });
  readonly #poll: ProcPoll;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#poll = new ProcPoll(timers, {
      snapshot: (snapshot, asked) => this.#learn(snapshot, asked),
      refused: (why) => (this.#refusal = why),
    });
  }

  /** Undefined: there is nobody to ask, or nobody looks. */
  readFrom(reader: ProcReader | undefined): void {
    this.#poll.readFrom(reader);
  }

  /** A terminal shows something: more may have changed. */
  stir(): void {
    this.#poll.stir();
  }

  /** What was read is of a guest that is gone. */
  forget(): void {
    this.#snapshot = undefined;
    this.#listed = undefined;
    this.#refusal = undefined;
    this.#fresh = false;
    this.#changes.forget();
    this.page.forget();
    this.openGroups.clear();
    this.expanded.clear();
    this.expanded.add(FIRST_EXPANDED);
    this.#want();
  }

  show(part: Part, visible: boolean): void {
    this.#visible = [...this.#visible.filter((one) => one !== part), ...(visible ? [part] : [])];
    this.#want();
  }

  /** Opens the page of a context; undefined: closes it. */
  openPage(xid: number | undefined): void {
    if (xid === undefined) this.page.close();
    else this.page.open(xid);
    this.#due = -Infinity;
    this.#want();
  }

  toggleGroup(key: string, open: boolean): void {
    if (open) this.openGroups.add(key);
    else this.openGroups.delete(key);
    this.#due = -Infinity;
    this.#want();
  }

  select(path: string): void {
    this.selected = path;
    this.#fresh = false;
    this.#want();
  }

  toggle(path: string, open: boolean): void {
    if (open) this.expanded.add(path);
    else this.expanded.delete(path);
    this.#want();
  }

  #learn(snapshot: ProcSnapshot, asked: readonly string[]): void {
    this.#creation.learn(snapshot, asked);
    if (this.#visible.includes('tree')) this.#changes.learn(treeFiles(snapshot.files), snapshot.uptime);
    else this.#changes.forget();
    this.page.learn(snapshot, asked, () => contextRows(snapshot, this.#creation.times));
    this.#snapshot = snapshot;
    const hasProcesses = asked.includes(PROCESSES);
    if (hasProcesses) this.#due = this.#timers.now() + PROCESSES_MS;
    if (hasProcesses || this.openGroups.size === 0) this.#listed = snapshot;
    this.#refusal = undefined;
    if (hasProcesses) this.#closeGroupsThatWent();
    this.#fresh = true;
    this.#want();
  }

  #closeGroupsThatWent(): void {
    const { groups } = this;
    if (typeof groups !== 'object') return;
    for (const open of [...this.openGroups])
      if (!groups.some(({ key }) => key === open)) this.openGroups.delete(open);
  }

  #ofContexts(): readonly string[] {
    // What is asked for now is read with the next poll, which may come a little early.
    if (this.#timers.now() + this.#poll.every < this.#due - EARLY_MS) return [];
    if (this.page.xid !== undefined) return this.page.patterns;
    return this.openGroups.size > 0 ? [PROCESSES] : [];
  }

  /** Asks for what can be seen. Patterns that are as they were start no reading. */
  #want(): void {
    const wanted: Readonly<Record<Part, () => readonly string[]>> = {
      // The counts of all are kept while one has its page open, for the page that is opened next.
      contexts: () => [...contextPatterns(this.#creation), ...this.#ofContexts()],
      tree: () => treePatterns(this.expanded, this.selected),
    };
    for (const part of Object.keys(wanted) as Part[])
      this.#poll.want(part, this.#visible.includes(part) ? wanted[part]() : []);
  }
}

/** What was asked for by its name is in the answer even when it is not there, or is no file. */
function existing({ files }: ProcSnapshot): string[] {
  return [...files].filter(([, file]) => file !== ENOENT && file !== EISDIR).map(([path]) => path);
}
