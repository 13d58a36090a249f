// SPDX-License-Identifier: MIT
/** How much of a run is drawn at a time: the browser lays out all that it has, and long lines cost it as much as many. */
import type { TapTest } from './tap-parser.js';

interface Bound {
  readonly count: number;
  /** In characters. */
  readonly size: number;
}

const PART: Bound = { count: 200, size: 64 * 1024 };
const LINES: Bound = { count: 100, size: 16 * 1024 };
/** What a line costs whatever it says, in characters. */
const LINE_SIZE = 40;

/** How many of `lines`, from the first, are drawn: 100, fewer when they are long, and one at least. */
export function linesToShow(lines: readonly string[]): number {
  return countWithin(lines, 0, LINES, sizeOf);
}

/** How many of `tests`, from the first, make up so many parts: 200 each, fewer when they say much, and one at least. */
export function testsToShow(tests: readonly TapTest[], parts: number): number {
  let end = 0;
  for (let part = 0; part < parts; part++) end += countWithin(tests, end, PART, sizeOfTest);
  return end;
}

function countWithin<T>(all: readonly T[], from: number, bound: Bound, size: (one: T) => number): number {
  const most = Math.min(bound.count, all.length - from);
  let sum = 0;
  for (let count = 0; count < most; count++) {
    sum += size(all[from + count]!);
    if (sum > bound.size) return Math.max(count, 1);
  }
  return most;
}

function sizeOf(line: string): number {
  return line.length + LINE_SIZE;
}

function sizeOfTest({ title, diagnostics }: TapTest): number {
  const lines = diagnostics.slice(0, linesToShow(diagnostics));
  return lines.reduce((sum, line) => sum + sizeOf(line), sizeOf(title));
}
