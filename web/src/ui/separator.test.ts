// SPDX-License-Identifier: MIT
import { expect, test, vi } from 'vitest';
import { separator, type Separator } from './separator.js';

const onvalue = vi.fn<(value: number) => void>();
const BAR: Separator = {
  label: 'Share of pane 1',
  upright: true,
  value: 40,
  min: 15,
  max: 85,
  step: 5,
  valueAt: ({ clientX }, { left }) => clientX - left,
  onvalue,
};

/** What the bar is moved to by a key; undefined: it is no key of its. */
function pressed(key: string, changes: Partial<Separator> = {}): number | undefined {
  onvalue.mockClear();
  const preventDefault = vi.fn();
  separator({ ...BAR, ...changes }).onkeydown({ key, preventDefault } as unknown as KeyboardEvent);
  expect(preventDefault).toHaveBeenCalledTimes(onvalue.mock.calls.length);
  return onvalue.mock.calls[0]?.[0];
}

test('it says what it is, and where it stands', () => {
  expect(separator(BAR)).toMatchObject({
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'vertical',
    'aria-label': 'Share of pane 1',
    'aria-valuenow': 40,
    'aria-valuemin': 15,
    'aria-valuemax': 85,
  });
  expect(separator({ ...BAR, upright: false })['aria-orientation']).toBe('horizontal');
});

test.each<[key: string, first: number | undefined, second: number | undefined, flat: number | undefined]>([
  ['ArrowRight', 45, 35, undefined],
  ['ArrowLeft', 35, 45, undefined],
  ['ArrowDown', undefined, undefined, 45],
  ['ArrowUp', undefined, undefined, 35],
  ['Home', 15, 85, 15],
  ['End', 85, 15, 85],
  ['Enter', undefined, undefined, undefined],
])('%s moves the bar, whichever part its value is of', (key, first, second, flat) => {
  expect(pressed(key)).toBe(first);
  expect(pressed(key, { ofSecond: true })).toBe(second);
  expect(pressed(key, { upright: false })).toBe(flat);
});

test('its value keeps to its bounds, by keys and by the pointer, which moves it while it holds it', () => {
  expect(pressed('ArrowRight', { value: 83 })).toBe(85);
  expect(pressed('ArrowLeft', { value: 17 })).toBe(15);
  onvalue.mockClear();
  let held = false;
  const bar = {
    hasPointerCapture: () => held,
    parentElement: { getBoundingClientRect: () => ({ left: 100 }) },
  };
  const move = (clientX: number) =>
    separator(BAR).onpointermove({ clientX, pointerId: 1, currentTarget: bar } as unknown as PointerEvent);
  move(150);
  held = true;
  for (const x of [150.4, 90, 500]) move(x);
  expect(onvalue.mock.calls).toEqual([[50], [15], [85]]);
});
