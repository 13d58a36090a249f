// SPDX-License-Identifier: MIT
/** Tests of the guest as runes: their text as the reader has it, and how they run. */
import { messageOf } from '../engine/message-of.js';
import { SvelteMap } from 'svelte/reactivity';
import type { Token } from '../engine/code.js';
import { keepColours } from '../engine/edited-lines.js';
import { MachineError } from '../engine/failures.js';
import type { TapTest } from '../engine/tap-parser.js';
import type { TestReport } from '../engine/test-run.js';
import type { TestHost, TestRunner, TestStep } from '../engine/test-runner.js';

/** How a test runs, or ran last. */
export interface TestRunView {
  readonly file: string;
  readonly host: TestHost;
  /** Whether its text was not the shipped one. */
  readonly edited: boolean;
  /** What it is at; undefined when it has ended. */
  readonly step: TestStep | undefined;
  readonly tests: readonly TapTest[];
  readonly passed: number;
  readonly failed: number;
  readonly report: TestReport | undefined;
  /** Why it did not run. */
  readonly failure: string | undefined;
  /** From the test's own start; 0 before. */
  readonly seconds: number;
}

/** A text that is not the shipped one, with the colours that it has so far. */
export interface EditedTest {
  readonly text: string;
  readonly lines: readonly (readonly Token[])[];
}

interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  now(): number;
}

/** Checks come by the hundred: so often are they shown. */
const SHOW_MS = 100;
/** After the last key. */
const COLOUR_MS = 300;

export class TestsState {
  /** By file: the last run of each. */
  readonly runs = new SvelteMap<string, TestRunView>();
  readonly edited = new SvelteMap<string, EditedTest>();
  /** The file that runs in a machine. */
  readonly busy = new SvelteMap<TestHost, string>();
  /** Where the next one runs. */
  host = $state<TestHost>('own');
  readonly #timers: Timers;
  readonly #runner: TestRunner;
  #colouring: unknown;

  constructor(timers: Timers, runner: TestRunner) {
    this.#timers = timers;
    this.#runner = runner;
  }

  /** The text of `file` is now `text`, where the site has `shipped`. */
  edit(file: string, text: string, shipped: EditedTest): void {
    if (text === shipped.text) return this.putBack(file);
    const { lines } = this.edited.get(file) ?? shipped;
    this.edited.set(file, { text, lines: keepColours(lines, text) });
    this.#timers.clearTimeout(this.#colouring);
    this.#colouring = this.#timers.setTimeout(() => void this.#colour(file, text), COLOUR_MS);
  }

  /** The shipped text again. */
  putBack(file: string): void {
    this.#timers.clearTimeout(this.#colouring);
    this.edited.delete(file);
  }

  /** Runs `text`, or what the reader has made of it. Resolves when it has ended or could not run: its view tells. */
  async run(file: string, shipped: string, host = this.host): Promise<TestRunView> {
    const text = this.edited.get(file)?.text ?? shipped;
    return this.runText(file, text, { host, edited: text !== shipped });
  }

  async runText(
    file: string,
    text: string,
    { host, edited }: Pick<TestRunView, 'host' | 'edited'>,
  ): Promise<TestRunView> {
    const run = new ShownRun(this.#timers, { file, host, edited }, (view) => this.runs.set(file, view));
    this.busy.set(host, file);
    try {
      run.end(await this.#runner.run(host, { file, text: `${text}\n` }, run));
    } catch (error) {
      run.fail(sentence(error));
    } finally {
      this.busy.delete(host);
    }
    return run.view;
  }

  stop(host: TestHost): void {
    this.#runner.stop(host);
  }

  async #colour(file: string, text: string): Promise<void> {
    const { highlight } = await import('../engine/highlight.js');
    if (this.edited.get(file)?.text === text) this.edited.set(file, { text, lines: highlight(text, file) });
  }
}

function sentence(error: unknown): string {
  if (error instanceof MachineError) return `${error.failure.title} ${error.failure.detail}`;
  return messageOf(error);
}

/** Gathers what comes of a run, and shows it now and then. */
class ShownRun {
  view: TestRunView;
  readonly #timers: Timers;
  readonly #show: (view: TestRunView) => void;
  #tests: readonly TapTest[] = [];
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
      step,
      tests: [],
      passed: 0,
      failed: 0,
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

  readonly onTests = (tests: readonly TapTest[]): void => {
    this.#tests = tests;
    this.#timer ??= this.#timers.setTimeout(() => {
      this.#timer = undefined;
      this.#change(this.#counted());
    }, SHOW_MS);
  };

  end(report: TestReport): void {
    this.#tests = report.tests;
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
    const fresh = this.#tests
      .slice(settled.length)
      .map((test) => ({ ...test, diagnostics: [...test.diagnostics] }));
    this.#shown = [...settled, ...fresh];
    const passed = this.#shown.filter(({ ok }) => ok).length;
    const since = this.#start ?? this.#timers.now();
    return {
      tests: this.#shown,
      passed,
      failed: this.#shown.length - passed,
      seconds: (this.#timers.now() - since) / 1000,
    };
  }

  #change(change: Partial<TestRunView>): void {
    this.view = { ...this.view, ...change };
    this.#show(this.view);
  }
}
