// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { linesToShow, testsToShow } from './test-parts.js';

const of = (count: number, title: string, diagnostics: string[] = []) =>
  Array.from({ length: count }, (_, index) => ({ number: index + 1, ok: true, title, diagnostics }));

test('short checks come 200 at a time', () => {
  const tests = of(450, 'a check of the usual length, which says what it is');
  expect([1, 2, 3, 4].map((parts) => testsToShow(tests, parts))).toEqual([200, 400, 450, 450]);
  expect(testsToShow([], 1)).toBe(0);
});

test('of long ones fewer come at a time, and one at least', () => {
  const tests = of(200, 'x'.repeat(8192));
  const first = testsToShow(tests, 1);
  expect(first).toBeGreaterThan(1);
  expect(first).toBeLessThan(10);
  expect(testsToShow(tests, 2)).toBe(2 * first);
  expect(testsToShow(of(2, 'x'.repeat(1_000_000)), 1)).toBe(1);
});

test('what a check says counts, as far as it is shown, and so does its being many lines', () => {
  expect(testsToShow(of(200, 'a', ['x'.repeat(8192)]), 1)).toBeLessThan(10);
  expect(testsToShow(of(200, 'a', Array<string>(100).fill('')), 1)).toBeLessThan(50);
  const lines = Array<string>(10_000).fill('x'.repeat(8192));
  expect(testsToShow(of(200, 'a', lines), 1)).toBe(testsToShow(of(200, 'a', lines.slice(0, 100)), 1));
});

test('of lines 100 are shown, fewer of long ones, and one at least', () => {
  const lines = (count: number, length: number) => Array<string>(count).fill('x'.repeat(length));
  expect(linesToShow([])).toBe(0);
  expect(linesToShow(lines(99, 80))).toBe(99);
  expect(linesToShow(lines(101, 80))).toBe(100);
  expect(linesToShow(lines(100, 8192))).toBeLessThan(4);
  expect(linesToShow(lines(2, 65_536))).toBe(1);
});
