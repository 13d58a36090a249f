// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { LEAST_SHARE, panes, place, remove, share, split, type Layout } from './split-layout.js';

const ONE: Layout = { pane: 1 };
const TWO = split(ONE, 1, 'right', 2, 10);
/** 1 | 2 above 3. */
const THREE = split(TWO, 2, 'below', 3, 11);

const rectangle = (layout: Layout, pane: number): number[] => {
  const found = place(layout).panes.get(pane);
  return found ? [found.left, found.top, found.width, found.height] : [];
};

test('one pane has all', () => {
  expect(rectangle(ONE, 1)).toEqual([0, 0, 100, 100]);
  expect(place(ONE).bars).toEqual([]);
});

test('a pane that is split keeps half, and only it is touched', () => {
  expect(panes(THREE)).toEqual([1, 2, 3]);
  expect(rectangle(THREE, 1)).toEqual([0, 0, 50, 100]);
  expect(rectangle(THREE, 2)).toEqual([50, 0, 50, 50]);
  expect(rectangle(THREE, 3)).toEqual([50, 50, 50, 50]);
  expect(split(THREE, 9, 'right', 4, 12)).toBe(THREE);
});

test('a bar moves within limits, and what is inside moves with it', () => {
  const moved = share(share(THREE, 10, 30), 11, 80);
  expect(rectangle(moved, 1)).toEqual([0, 0, 30, 100]);
  expect(rectangle(moved, 2)).toEqual([30, 0, 70, 80]);
  expect(rectangle(moved, 3)).toEqual([30, 80, 70, 20]);
  expect(rectangle(share(TWO, 10, -5), 1)[2]).toBe(LEAST_SHARE);
  expect(rectangle(share(TWO, 10, 400), 1)[2]).toBe(100 - LEAST_SHARE);
  expect(place(moved).bars.map(({ split: { id }, area }) => [id, area.width])).toEqual([
    [10, 100],
    [11, 70],
  ]);
});

test('the place of a pane that goes falls to its neighbour; the last one stays', () => {
  expect(rectangle(remove(THREE, 2), 3)).toEqual([50, 0, 50, 100]);
  expect(panes(remove(THREE, 1))).toEqual([2, 3]);
  expect(rectangle(remove(THREE, 1), 2)).toEqual([0, 0, 100, 50]);
  expect(remove(ONE, 1)).toBe(ONE);
  expect(remove(THREE, 9)).toBe(THREE);
});
