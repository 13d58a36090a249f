// SPDX-License-Identifier: MIT
/** The page of one context: what was read of it last, and what its numbers were over the last two minutes. */
import { ContextWatch, type WatchedContext } from '../engine/context-watch.js';
import { parseFile } from '../engine/proc-files.js';
import type { ContextRow, ProcSnapshot } from '../engine/proc-virtual.js';
import { ValueHistory, type Point } from '../engine/value-history.js';

export class ContextPageState {
  #watch = $state.raw<ContextWatch>();
  #state = $state.raw<WatchedContext>({ name: 'waiting' });
  readonly #values = new ValueHistory();
  /** What the lines were when the context ended: the history forgets it. */
  #atEnd: ReadonlyMap<string, readonly Point[]> | undefined;

  /** The context that is looked at; undefined: none is. */
  get xid(): number | undefined {
    return this.#watch?.xid;
  }

  get state(): WatchedContext {
    return this.#state;
  }

  /** What the page needs of /proc; nothing when none is open. */
  get patterns(): readonly string[] {
    return this.#watch?.patterns ?? [];
  }

  open(xid: number): void {
    this.#watch = new ContextWatch(xid);
    this.#state = this.#watch.state;
    this.#atEnd = undefined;
  }

  close(): void {
    this.#watch = undefined;
    this.#atEnd = undefined;
  }

  /**
   * `rows` gives the contexts of the snapshot, and is asked once a second: their counts are kept, so that a page that opens has a
   * past to show.
   */
  learn(snapshot: ProcSnapshot, asked: readonly string[], rows: () => readonly ContextRow[]): void {
    this.#watch?.learn(snapshot, asked);
    if (this.#watch) this.#state = this.#watch.state;
    if (this.xid !== undefined && this.#state.name === 'ended')
      this.#atEnd ??= this.#values.beginningWith(seriesOf(this.xid, this.#state.reading.created));
    this.#values.record(snapshot.uptime, this.#numbers(rows));
  }

  /** The last two minutes of a line, the oldest first. */
  points(file: string, label: string): readonly Point[] {
    const state = this.#state;
    if (this.xid === undefined || (state.name !== 'alive' && state.name !== 'ended')) return [];
    const name = seriesName(this.xid, state.reading.created, file, label);
    return this.#atEnd ? (this.#atEnd.get(name) ?? []) : this.#values.of(name);
  }

  /** Another guest. */
  forget(): void {
    this.#values.forget();
    this.close();
  }

  *#numbers(rows: () => readonly ContextRow[]): Generator<[string, number]> {
    const state = this.#state;
    const own = this.#watch && state.name === 'alive' ? this.#watch.xid : undefined;
    for (const { xid, created, tasks, usecnt } of rows()) {
      if (xid === own || created === undefined) continue;
      yield [seriesName(xid, created, 'virtual/*/status', 'Tasks'), tasks];
      yield [seriesName(xid, created, 'virtual/*/status', 'UseCnt'), usecnt];
    }
    if (own === undefined || state.name !== 'alive') return;
    for (const [name, text] of state.reading.files) {
      const file = `virtual/*/${name}`;
      for (const { label, number } of parseFile(file, text).flatMap((table) => table.rows))
        if (number !== undefined) yield [seriesName(own, state.reading.created, file, label), number];
    }
  }
}

/** Another context of that number was made at another time. */
function seriesOf(xid: number, created: number | undefined): string {
  return `${xid} ${created} `;
}

function seriesName(xid: number, created: number | undefined, file: string, label: string): string {
  return `${seriesOf(xid, created)}${file} ${label}`;
}
