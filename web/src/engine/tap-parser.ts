// SPDX-License-Identifier: MIT
/**
 * Reads TAP as the guest's tests print it, strictly: one plan, tests numbered in order, and neither skip nor todo, because a
 * check that did not run has not passed.
 */
import { LineCutter, type CutLine } from './line-cutter.js';

export interface TapTest {
  readonly number: number;
  readonly ok: boolean;
  readonly title: string;
  /** The comment lines behind it, without the hash. */
  readonly diagnostics: string[];
}

/** What a stream has come to so far. */
export interface TapTally {
  /** Those that are kept. */
  readonly tests: readonly TapTest[];
  /** Of all, kept or not. */
  readonly passed: number;
  readonly failed: number;
}

export interface TapResult extends TapTally {
  /** What is wrong with the stream itself, as sentences. */
  readonly problems: readonly string[];
  /** What of it was not kept, as sentences; nothing is wrong with it for that. */
  readonly notes: readonly string[];
}

/** The most that is kept of a stream. What is more is judged and counted like the rest. */
export interface TapLimits {
  /** Characters of a line; one that is longer is a problem. */
  readonly line: number;
  /** Tests that passed. */
  readonly passed: number;
  /** Tests that failed: none of them is lost for those that passed. */
  readonly failed: number;
  /** Lines of diagnostics, of all tests together. */
  readonly diagnostics: number;
  readonly problems: number;
}

const UNLIMITED: TapLimits = {
  line: Infinity,
  passed: Infinity,
  failed: Infinity,
  diagnostics: Infinity,
  problems: Infinity,
};

const TEST = /^(not )?ok\b(?: (\d+))?(?: - ?| )?(.*)$/;
const PLAN = /^1\.\.(\d+)(.*)$/;

export class TapParser implements TapTally {
  readonly #limits: TapLimits;
  readonly #lines: LineCutter;
  readonly #tests: TapTest[] = [];
  readonly #problems: string[] = [];
  #plan: number | undefined;
  #passed = 0;
  #failed = 0;
  #lineNumber = 0;
  #diagnosticsKept = 0;
  #diagnosticsLost = 0;
  #problemCount = 0;
  /** Kept or not: what comes next is said of it. */
  #last: TapTest | undefined;

  constructor(limits = UNLIMITED) {
    this.#limits = limits;
    this.#lines = new LineCutter(limits.line);
  }

  get tests(): readonly TapTest[] {
    return this.#tests;
  }

  get passed(): number {
    return this.#passed;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Takes text as it comes; returns the tests whose result line is now complete, kept or not. */
  feed(text: string): TapTest[] {
    return this.#readAll(this.#lines.push(text));
  }

  /** Ends the stream and judges it as a whole. */
  finish(): TapResult {
    this.#readAll(this.#lines.end());
    const count = this.#passed + this.#failed;
    const problems = [...this.#problems];
    const problemsLost = this.#problemCount - problems.length;
    if (problemsLost > 0) problems.push(`Problems that are not listed: ${problemsLost}.`);
    if (this.#plan === undefined) problems.push('It has no plan.');
    else if (this.#plan !== count) problems.push(`Its plan says ${this.#plan} tests, and it ran ${count}.`);
    else if (count === 0) problems.push('It tests nothing.');
    const { tests, passed, failed } = this;
    return { tests, passed, failed, problems, notes: this.#notes() };
  }

  #notes(): string[] {
    const notes = [];
    const testsLost = this.#passed + this.#failed - this.#tests.length;
    if (testsLost > 0) notes.push(`Checks that were counted and are not listed: ${testsLost}.`);
    if (this.#diagnosticsLost > 0)
      notes.push(`Lines of diagnostics that are not kept: ${this.#diagnosticsLost}.`);
    return notes;
  }

  #readAll(lines: readonly CutLine[]): TapTest[] {
    return lines.map((line) => this.#read(line)).filter((test) => test !== undefined);
  }

  #read({ text: line, isCut }: CutLine): TapTest | undefined {
    this.#lineNumber++;
    if (isCut)
      this.#problem(`Line ${this.#lineNumber} was cut: it has more than ${this.#limits.line} characters.`);
    const plan = PLAN.exec(line);
    if (plan) this.#readPlan(Number(plan[1]), plan[2]!.trim());
    const test = TEST.exec(line);
    if (test) return this.#readTest(test);
    if (line.startsWith('#')) this.#readDiagnostics(line.replace(/^# ?/, ''));
    else if (/^Bail out!/.test(line)) this.#problem(`It gave up: ${line}`);
    else if (!plan && line.trim() !== '') this.#problem(`It printed a line that is no TAP: ${line}`);
    return undefined;
  }

  #readPlan(count: number, rest: string): void {
    if (this.#plan !== undefined) this.#problem('It has two plans.');
    if (rest !== '') this.#problem(`Its plan skips: ${rest}`);
    this.#plan = count;
  }

  #readTest([, not, number, title]: RegExpExecArray): TapTest {
    const expected = this.#passed + this.#failed + 1;
    const test = { number: expected, ok: not === undefined, title: title!, diagnostics: [] };
    if (Number(number) !== expected) this.#problem(`Test ${expected} is numbered ${number ?? 'not at all'}.`);
    if (/# *(skip|todo)\b/i.test(title!)) this.#problem(`Test ${expected} is skipped or to do: ${title}`);
    const isKept = test.ok ? this.#passed < this.#limits.passed : this.#failed < this.#limits.failed;
    if (isKept) this.#tests.push(test);
    if (test.ok) this.#passed++;
    else this.#failed++;
    this.#last = test;
    return test;
  }

  #readDiagnostics(line: string): void {
    if (!this.#last) return;
    const isKept = this.#last === this.#tests.at(-1) && this.#diagnosticsKept < this.#limits.diagnostics;
    if (!isKept) {
      this.#diagnosticsLost++;
      return;
    }
    this.#last.diagnostics.push(line);
    this.#diagnosticsKept++;
  }

  #problem(sentence: string): void {
    this.#problemCount++;
    if (this.#problemCount <= this.#limits.problems) this.#problems.push(sentence);
  }
}
