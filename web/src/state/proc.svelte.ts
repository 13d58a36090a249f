// SPDX-License-Identifier: MIT
/** What the panels show of /proc/virtual, read only while they can be seen. */
import { SvelteSet } from 'svelte/reactivity';
import { CreationTimes } from '../engine/creation-times.js';
import { ProcPoll, type ProcReader, type Timers } from '../engine/proc-poll.js';
import {
  contextRows,
  procTree,
  type ContextRow,
  type ProcNode,
  type ProcSnapshot,
} from '../engine/proc-virtual.js';
import { contextPatterns, FIRST_SELECTED, treePatterns } from './panel-patterns.js';

const ENOENT = 2;
const EISDIR = 21;

export class ProcState {
  #snapshot = $state.raw<ProcSnapshot>();
  /** Why nothing can be read; what was read before is not shown then. */
  #refusal = $state<string>();
  /** Not a rune: what it knows changes only with the snapshot. */
  readonly #creation = new CreationTimes();
  selected = $state(FIRST_SELECTED);
  readonly expanded = new SvelteSet<string>();
  /** The contexts, why they cannot be read, or undefined before the first answer. */
  readonly rows: readonly ContextRow[] | string | undefined = $derived(
    this.#refusal ?? (this.#snapshot && contextRows(this.#snapshot, this.#creation.times)),
  );
  /** As `rows`. */
  readonly tree: readonly ProcNode[] | string | undefined = $derived(
    this.#refusal ?? (this.#snapshot && procTree(existing(this.#snapshot))),
  );
  /** Whether the snapshot was asked for after the choice of the file. */
  #fresh = $state(false);
  /** The chosen file: its text, the errno of reading it, or undefined before the first answer. */
  readonly contents: string | number | undefined = $derived(
    this.#refusal === undefined
      ? (this.#snapshot?.files.get(this.selected) ?? (this.#fresh ? ENOENT : undefined))
      : undefined,
  );
  readonly #poll: ProcPoll;
  #contextsVisible = false;
  #treeVisible = false;

  constructor(timers: Timers) {
    this.#poll = new ProcPoll(timers, {
      snapshot: (snapshot) => {
        this.#creation.learn(snapshot.files);
        this.#snapshot = snapshot;
        this.#refusal = undefined;
        this.#fresh = true;
        this.#wantContexts();
      },
      refused: (why) => (this.#refusal = why),
    });
  }

  /** Undefined: there is nobody to ask, or nobody looks. */
  readFrom(reader: ProcReader | undefined): void {
    this.#poll.readFrom(reader);
  }

  /** What was read is of a guest that is gone. */
  forget(): void {
    this.#snapshot = undefined;
    this.#refusal = undefined;
    this.#fresh = false;
    this.expanded.clear();
    this.#wantTree();
  }

  showContexts(visible: boolean): void {
    this.#contextsVisible = visible;
    this.#wantContexts();
  }

  showTree(visible: boolean): void {
    this.#treeVisible = visible;
    this.#wantTree();
  }

  select(path: string): void {
    this.selected = path;
    this.#fresh = false;
    this.#wantTree();
  }

  toggle(path: string, open: boolean): void {
    if (open) this.expanded.add(path);
    else this.expanded.delete(path);
    this.#wantTree();
  }

  #wantContexts(): void {
    this.#poll.want('contexts', this.#contextsVisible ? contextPatterns(this.#creation) : []);
  }

  #wantTree(): void {
    this.#poll.want('tree', this.#treeVisible ? treePatterns(this.expanded, this.selected) : []);
  }
}

/** What was asked for by its name is in the answer even when it is not there, or is no file. */
function existing({ files }: ProcSnapshot): string[] {
  return [...files].filter(([, file]) => file !== ENOENT && file !== EISDIR).map(([path]) => path);
}
