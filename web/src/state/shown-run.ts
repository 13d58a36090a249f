// SPDX-License-Identifier: MIT
/** A run of a test as the page shows it. */
import type { TapTally, TapTest } from '../engine/tap-parser.js';
import type { TestReport } from '../engine/test-run.js';
import type { TestHost, TestStep } from '../engine/test-runner.js';

/** How a test runs, or ran last. */
export interface TestRunView extends TapTally {
  readonly file: string;
  readonly host: TestHost;
  /** Whether its text was not the shipped one. */
  readonly edited: boolean;
  /** What it is at; undefined when it has ended. */
  readonly step: TestStep | undefined;
  readonly report: TestReport | undefined;
  /** Why it did not run. */
  readonly failure: string | undefined;
  /** From the test's own start; 0 before. */
  readonly seconds: number;
}

export interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  now(): number;
}

/** Checks come by the hundred: so often are they shown. */
const SHOW_MS = 100;
const NOTHING: TapTally = { tests: [], passed: 0, failed: 0 };

/** Gathers what comes of a run, and shows it now and then. */
export class ShownRun {
  view: TestRunView;
  readonly #timers: Timers;
  readonly #show: (view: TestRunView) => void;
  #tally = NOTHING;
  #shown: TapTest[] = [];
  #timer: unknown;
  #start: number | undefined;

  constructor(
    timers: Timers,
    what: Pick<TestRunView, 'file' | 'host' | 'edited'>,
    show: (view: TestRunView) => void,
  ) {
    this.#timers = timers;
    this.#show = show;
    const step = { name: 'installing' } as const;
    this.view = {
      ...what,
      ...NOTHING,
      step,
      report: undefined,
      failure: undefined,
      seconds: 0,
    };
    this.#change({});
  }

  readonly onStep = (step: TestStep): void => {
    if (step.name === 'running') this.#start = this.#timers.now();
    this.#change({ step });
  };

  readonly onTests = (tally: TapTally): void => {
    this.#tally = tally;
    this.#timer ??= this.#timers.setTimeout(() => {
      this.#timer = undefined;
      this.#change(this.#counted());
    }, SHOW_MS);
  };

  end(report: TestReport): void {
    this.#tally = report;
    this.#change({ ...this.#counted(), step: undefined, report });
  }

  fail(failure: string): void {
    this.#change({ ...this.#counted(), step: undefined, failure });
  }

  #counted(): Partial<TestRunView> {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
    // The last that was shown may have got more to say since; what is shown is never changed in place.
    const settled = this.#shown.slice(0, -1);
    const { tests, passed, failed } = this.#tally;
    const fresh = tests
      .slice(settled.length)
      .map((test) => ({ ...test, diagnostics: [...test.diagnostics] }));
    this.#shown = [...settled, ...fresh];
    const since = this.#start ?? this.#timers.now();
    return {
      tests: this.#shown,
      passed,
      failed,
      seconds: (this.#timers.now() - since) / 1000,
    };
  }

  #change(change: Partial<TestRunView>): void {
    this.view = { ...this.view, ...change };
    this.#show(this.view);
  }
}
