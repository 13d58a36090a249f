// SPDX-License-Identifier: MIT
/** The feature matrix as runes: what is recorded, and what runs in this tab, file by file. */
import { messageOf } from '../engine/message-of.js';
import { SvelteMap } from 'svelte/reactivity';
import { built, recorded } from 'virtual:feature-matrix';
import {
  exportMatrix,
  featureMatrix,
  isoDate,
  tabFiles,
  type Built,
  type Recorded,
  type TabResult,
} from '../engine/feature-matrix.js';
import type { Plan, PlanEntry } from '../engine/plan.js';
import type { TestRunView, TestsState } from './tests.svelte.js';

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
  readonly #results = new SvelteMap<string, TabResult>();
  readonly #readText: (file: string) => Promise<string>;
  readonly #now: () => number;
  readonly rows = $derived.by(() => featureMatrix(this.#plan, this.recorded, this.built, this.#results));

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

  /** Runs the tests of all entries in the machine for tests, one after the other. */
  async run(entries: readonly PlanEntry[]): Promise<void> {
    if (this.queue.length > 0) return;
    const files = entries.flatMap(tabFiles);
    this.queue = files;
    this.failure = undefined;
    this.summary = '';
    const views: TestRunView[] = [];
    while (this.queue[0] !== undefined) {
      const view = await this.#runFile(this.queue[0]);
      if (view) views.push(view);
      this.queue = this.queue.slice(1);
    }
    const sum = (key: 'passed' | 'failed') => views.reduce((n, view) => n + view[key], 0);
    this.summary = `${views.length} of ${files.length} test files ran: ${sum('passed')} checks passed, ${sum('failed')} failed.`;
  }

  /** Stops what runs, and what waits. */
  stop(): void {
    this.queue = this.queue.slice(0, 1);
    this.tests.stop('own');
  }

  export(): string {
    const value = exportMatrix(this.#plan, this.recorded, this.built, this.#results, this.#now());
    return `${JSON.stringify(value, null, 2)}\n`;
  }

  /** The view of a run that came to its end; undefined otherwise, and then the rest does not run either. */
  async #runFile(file: string): Promise<TestRunView | undefined> {
    try {
      const text = await this.#readText(file);
      // Stopped meanwhile.
      if (!this.queue.includes(file)) return undefined;
      const view = await this.tests.runText(file, text, { host: 'own', edited: false });
      if (view.report?.end === 'stopped') return undefined;
      if (!view.report) throw new Error(view.failure);
      const failed = view.failed + view.report.faults.length;
      this.#results.set(file, {
        passed: view.passed,
        failed,
        date: isoDate(this.#now()),
      });
      return { ...view, failed };
    } catch (error) {
      this.failure = `${file}: ${messageOf(error)}`;
      this.queue = this.queue.slice(0, 1);
      return undefined;
    }
  }
}
