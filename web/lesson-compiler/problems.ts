// SPDX-License-Identifier: MIT
/** What is wrong with lessons: each with its file, its line, and what to do. */

export interface Problem {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** Says all that is wrong, a `file:line: message` each. */
export class LessonError extends Error {
  override readonly name = 'LessonError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, line, message }) => `${path}:${line}: ${message}`).join('\n'));
  }
}

/** Collects what is wrong with one file, so that its author hears of all of it at once. */
export class Problems {
  readonly found: Problem[] = [];

  constructor(readonly path: string) {}

  add(line: number, message: string): void {
    this.found.push({ path: this.path, line, message });
  }
}
