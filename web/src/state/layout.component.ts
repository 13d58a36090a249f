// SPDX-License-Identifier: MIT
/** How wide the areas are after what was kept, which may be anything. In the browser's project for its runes. */
import { beforeEach, expect, test } from 'vitest';
import { GUIDE, LayoutState, PANELS } from './layout.svelte.js';

beforeEach(() => localStorage.clear());

function widths(guide: string, panels: string): number[] {
  localStorage.setItem(GUIDE.key, guide);
  localStorage.setItem(PANELS.key, panels);
  const { guideWidth, panelsWidth } = new LayoutState(1440, false);
  return [guideWidth, panelsWidth];
}

test('a width is what was set', () => {
  expect(widths('500', '600.4')).toEqual([500, 600]);
});

test('one that is out of bounds is the least or the most that there is', () => {
  expect(widths('-1e9', '1e9')).toEqual([GUIDE.min, PANELS.max]);
});

test.each(['Infinity', '-Infinity', 'NaN', 'wide', '', ' '])('%j is none', (text) => {
  localStorage.clear();
  const { guideWidth, panelsWidth } = new LayoutState(1440, false);
  expect(widths(text, text)).toEqual([guideWidth, panelsWidth]);
});
