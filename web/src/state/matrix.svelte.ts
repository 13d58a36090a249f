// SPDX-License-Identifier: MIT
/** The feature matrix as runes: what is recorded, and what runs in this tab, file by file. */
import { Cancellation } from '../engine/cancellation.js';
import { messageOf } from '../engine/message-of.js';
import { built, recorded } from 'virtual:feature-matrix';
import {
  exportMatrix,
  featureMatrix,
  tabFiles,
  type Built,
  type Recorded,
  type Counts,
} from '../engine/feature-matrix.js';
import type { Plan, PlanEntry } from '../engine/plan.js';
import type { HeldHost, TestsState } from './tests.svelte.js';

export interface MatrixSources {
  readonly recorded: Recorded;
  readonly built: Built;
}

export class MatrixState {
  readonly recorded: Recorded;
  readonly built: Built;
  readonly tests: TestsState;
  /** The files that wait for their turn; the first one runs. */
  queue = $state.raw<readonly string[]>([]);
  /** Why the last file could not run. */
  failure = $state<string>();
  /** What the last round came to; empty while one runs, or before the first. */
  summary = $state('');
  readonly #plan: Plan;
  readonly #readText: (file: string) => Promise<string>;
  readonly #now: () => number;
  /** Of the round. */
  #stopping = new Cancellation();
  readonly rows = $derived.by(() => featureMatrix(this.#plan, this.recorded, this.built, this.tests.results));

  /** `readText` gives a test as the site has it. */
  constructor(
    plan: Plan,
    tests: TestsState,
    readText: (file: string) => Promise<string>,
    now: () => number,
    sources: MatrixSources = { recorded, built },
  ) {
    this.#plan = plan;
    this.tests = tests;
    this.#readText = readText;
    this.#now = now;
    this.recorded = sources.recorded;
    this.built = sources.built;
  }

  /** Whether the tests of an id are under way or wait for it. */
  waits(entry: PlanEntry): boolean {
    return tabFiles(entry).some((file) => this.queue.includes(file));
  }

  /** Runs the tests of all entries in the machine for tests, one after the other; nobody else gets it meanwhile. */
  async run(entries: readonly PlanEntry[]): Promise<void> {
    const files = entries.flatMap(tabFiles);
    const [first] = files;
    if (this.queue.length > 0 || first === undefined) return;
    this.failure = undefined;
    this.summary = '';
    let held: HeldHost;
    try {
      held = this.tests.hold('own', first);
    } catch (error) {
      this.failure = messageOf(error);
      return;
    }
    this.queue = files;
    this.#stopping = new Cancellation();
    const ran: Counts[] = [];
    while (this.queue[0] !== undefined) {
      const counts = await this.#runFile(held, this.queue[0]);
      if (counts) ran.push(counts);
      this.queue = this.queue.slice(1);
    }
    held.release();
    const sum = (key: keyof Counts) => ran.reduce((n, counts) => n + counts[key], 0);
    this.summary = `${ran.length} of ${files.length} test files ran: ${sum('passed')} checks passed, ${sum('failed')} failed.`;
  }

  /** Stops what runs, and what waits. */
  stop(): void {
    this.queue = this.queue.slice(0, 1);
    this.#stopping.abort();
    this.tests.stop('own');
  }

  export(): string {
    const value = exportMatrix(this.#plan, this.recorded, this.built, this.tests.results, this.#now());
    return `${JSON.stringify(value, null, 2)}\n`;
  }

  /**
   * What a run that came to its end came to; undefined otherwise. After one that could not run the rest does not run either, nor after
   * one that was stopped, here or on its own page: who presses Stop there wants the machine to stop, and gets it free.
   */
  async #runFile(held: HeldHost, file: string): Promise<Counts | undefined> {
    const stopping = this.#stopping;
    try {
      held.next(file);
      const text = await stopping.race(() => this.#readText(file));
      const { report, failure } = await held.run(file, text, false);
      if (!report) throw new Error(failure);
      if (report.end !== 'stopped') return this.tests.results.get(file);
      this.queue = this.queue.slice(0, 1);
      return undefined;
    } catch (error) {
      if (stopping.aborted) return undefined;
      this.failure = `${file}: ${messageOf(error)}`;
      this.queue = this.queue.slice(0, 1);
      return undefined;
    }
  }
}
