// SPDX-License-Identifier: MIT
/** Tests of the guest as runes: their text as the reader has it, and how they run. */
import { messageOf } from '../engine/message-of.js';
import { SvelteMap } from 'svelte/reactivity';
import type { Token } from '../engine/code.js';
import { keepColours } from '../engine/edited-lines.js';
import { MachineError } from '../engine/failures.js';
import { isoDate, type TabResult } from '../engine/feature-matrix.js';
import type { TestHost, TestRunner } from '../engine/test-runner.js';
import { ShownRun, type TestRunView, type Timers } from './shown-run.js';

/** A text that is not the shipped one, with the colours that it has so far. */
export interface EditedTest {
  readonly text: string;
  readonly lines: readonly (readonly Token[])[];
}

/** A machine that is kept for runs of one holder. */
export interface HeldHost {
  /** Which file comes next, while its text does. */
  next(file: string): void;
  /** Resolves when it has ended or could not run: its view tells. */
  run(file: string, text: string, edited: boolean): Promise<TestRunView>;
  release(): void;
}

type RunOf = Pick<TestRunView, 'file' | 'host' | 'edited'>;

/** After the last key. */
const COLOUR_MS = 300;

export class TestsState {
  /** By file: the last run of each. */
  readonly runs = new SvelteMap<string, TestRunView>();
  readonly edited = new SvelteMap<string, EditedTest>();
  /** By file: what its shipped text came to when it last came to an end in a machine of its own. */
  readonly results = new SvelteMap<string, TabResult>();
  /** The file that runs in a machine, or is the next there. */
  readonly busy = new SvelteMap<TestHost, string>();
  /** Where the next one runs. */
  host = $state<TestHost>('own');
  readonly #timers: Timers;
  readonly #runner: TestRunner;
  /** By file: what will colour it, after the last key. */
  readonly #colouring = new SvelteMap<string, unknown>();

  constructor(timers: Timers, runner: TestRunner) {
    this.#timers = timers;
    this.#runner = runner;
  }

  /** The text of `file` is now `text`, where the site has `shipped`. */
  edit(file: string, text: string, shipped: EditedTest): void {
    if (text === shipped.text) return this.putBack(file);
    const { lines } = this.edited.get(file) ?? shipped;
    this.edited.set(file, { text, lines: keepColours(lines, text) });
    this.#timers.clearTimeout(this.#colouring.get(file));
    this.#colouring.set(
      file,
      this.#timers.setTimeout(() => void this.#colour(file, text), COLOUR_MS),
    );
  }

  /** The shipped text again. */
  putBack(file: string): void {
    this.#timers.clearTimeout(this.#colouring.get(file));
    this.edited.delete(file);
  }

  /** Runs `shipped`, or what the reader has made of it. Resolves when it has ended or could not run: its view tells. */
  async run(file: string, shipped: string, host = this.host): Promise<TestRunView> {
    const text = this.edited.get(file)?.text ?? shipped;
    const edited = text !== shipped;
    let held: HeldHost;
    try {
      held = this.hold(host, file);
    } catch (error) {
      return this.#refuse({ file, host, edited }, messageOf(error));
    }
    try {
      return await held.run(file, text, edited);
    } finally {
      held.release();
    }
  }

  /** Keeps a machine for `file`, and for what else its holder runs there before it lets go. Throws when another has it. */
  hold(host: TestHost, file: string): HeldHost {
    const other = this.busy.get(host);
    if (other !== undefined) throw new Error(`${other} runs there; stop it, or wait for its end.`);
    this.busy.set(host, file);
    return {
      next: (one) => this.busy.set(host, one),
      run: (one, text, edited) => this.#run({ file: one, host, edited }, text),
      release: () => this.busy.delete(host),
    };
  }

  stop(host: TestHost): void {
    this.#runner.stop(host);
  }

  async #run(what: RunOf, text: string): Promise<TestRunView> {
    const { file, host, edited } = what;
    if (this.runs.get(file)?.step !== undefined)
      return this.#refuse(what, `${file} runs in the other machine; stop it, or wait for its end.`);
    const run = new ShownRun(this.#timers, what, (view) => this.runs.set(file, view));
    try {
      run.end(await this.#runner.run(host, { file, text: `${text}\n` }, run));
    } catch (error) {
      run.fail(sentence(error));
    }
    if (host === 'own' && !edited) this.#count(run.view);
    return run.view;
  }

  /** A run that does not begin; one of the same file that is under way stays to be seen. */
  #refuse(what: RunOf, why: string): TestRunView {
    const isUnderWay = this.runs.get(what.file)?.step !== undefined;
    const run = new ShownRun(this.#timers, what, (view) => {
      if (!isUnderWay) this.runs.set(what.file, view);
    });
    run.fail(why);
    return run.view;
  }

  #count({ file, passed, failed, report }: TestRunView): void {
    if (!report || report.end === 'stopped') return;
    const date = isoDate(this.#timers.now());
    this.results.set(file, { passed, failed: failed + report.faults.length, date });
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
