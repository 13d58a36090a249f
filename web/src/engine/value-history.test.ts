// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { KEPT_SECONDS, MOST_SERIES, ValueHistory } from './value-history.js';

test('a point a second, for two minutes', () => {
  const history = new ValueHistory();
  for (let quarter = 0; quarter < 4 * 300; quarter++) history.record(quarter / 4, [['tasks', quarter]]);
  const points = history.of('tasks');
  expect(points).toHaveLength(KEPT_SECONDS + 1);
  expect(points.at(-1)).toEqual({ at: 299, value: 4 * 299 });
  expect(points[0]?.at).toBe(299 - KEPT_SECONDS);
});

test('what is not there any more is forgotten with time', () => {
  const history = new ValueHistory();
  history.record(0, [['a', 1]]);
  history.record(60, [['b', 1]]);
  expect(history.of('a')).toEqual([{ at: 0, value: 1 }]);
  history.record(KEPT_SECONDS + 1, []);
  expect([history.of('a'), history.of('b').length]).toEqual([[], 1]);
});

test('there are only so many', () => {
  const history = new ValueHistory();
  const names = Array.from({ length: MOST_SERIES + 10 }, (_, i) => [`value ${i}`, i] as const);
  history.record(0, names);
  expect(names.filter(([name]) => history.of(name).length > 0)).toHaveLength(MOST_SERIES);
});

test('a guest whose clock is behind is another one', () => {
  const history = new ValueHistory();
  history.record(50, [['tasks', 7]]);
  history.record(2, [['tasks', 1]]);
  expect(history.of('tasks')).toEqual([{ at: 2, value: 1 }]);
});
