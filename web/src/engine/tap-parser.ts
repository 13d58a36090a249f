// SPDX-License-Identifier: MIT
/**
 * Reads TAP as the guest's tests print it, strictly: one plan, tests numbered in order, and neither skip nor todo, because a
 * check that did not run has not passed.
 */

export interface TapTest {
  readonly number: number;
  readonly ok: boolean;
  readonly title: string;
  /** The comment lines behind it, without the hash. */
  readonly diagnostics: string[];
}

export interface TapResult {
  readonly tests: readonly TapTest[];
  /** What is wrong with the stream itself, as sentences. */
  readonly problems: readonly string[];
}

const TEST = /^(not )?ok\b(?: (\d+))?(?: - ?| )?(.*)$/;
const PLAN = /^1\.\.(\d+)(.*)$/;

export class TapParser {
  readonly #tests: TapTest[] = [];
  readonly #problems: string[] = [];
  #plan: number | undefined;
  #line = '';

  /** Takes text as it comes; returns the tests whose result line is now complete. */
  feed(text: string): TapTest[] {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!;
    return lines.map((line) => this.#read(line)).filter((test) => test !== undefined);
  }

  /** Ends the stream and judges it as a whole. */
  finish(): TapResult {
    if (this.#line !== '') this.feed('\n');
    const count = this.#tests.length;
    if (this.#plan === undefined) this.#problems.push('It has no plan.');
    else if (this.#plan !== count)
      this.#problems.push(`Its plan says ${this.#plan} tests, and it ran ${count}.`);
    else if (count === 0) this.#problems.push('It tests nothing.');
    return { tests: this.#tests, problems: this.#problems };
  }

  #read(line: string): TapTest | undefined {
    const plan = PLAN.exec(line);
    if (plan) this.#readPlan(Number(plan[1]), plan[2]!.trim());
    const test = TEST.exec(line);
    if (test) return this.#readTest(test);
    if (line.startsWith('#')) this.#tests.at(-1)?.diagnostics.push(line.replace(/^# ?/, ''));
    else if (/^Bail out!/.test(line)) this.#problems.push(`It gave up: ${line}`);
    else if (!plan && line.trim() !== '') this.#problems.push(`It printed a line that is no TAP: ${line}`);
    return undefined;
  }

  #readPlan(count: number, rest: string): void {
    if (this.#plan !== undefined) this.#problems.push('It has two plans.');
    if (rest !== '') this.#problems.push(`Its plan skips: ${rest}`);
    this.#plan = count;
  }

  #readTest([, not, number, title]: RegExpExecArray): TapTest {
    const expected = this.#tests.length + 1;
    const test = { number: expected, ok: not === undefined, title: title!, diagnostics: [] };
    if (Number(number) !== expected)
      this.#problems.push(`Test ${expected} is numbered ${number ?? 'not at all'}.`);
    if (/# *(skip|todo)\b/i.test(title!))
      this.#problems.push(`Test ${expected} is skipped or to do: ${title}`);
    this.#tests.push(test);
    return test;
  }
}
