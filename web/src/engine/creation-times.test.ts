// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { CreationTimes } from './creation-times.js';

const CVIRT = ['virtual/*/cvirt'];
let uptime = 100;

/** A reading half a second after the one before, of what was to be read. */
function learn(creation: CreationTimes, entries: Record<string, string | number>): void {
  uptime += 0.5;
  creation.learn({ uptime, files: new Map(Object.entries(entries)) }, creation.patterns);
}

test('a new context is asked for at once, a known one once a second', () => {
  const creation = new CreationTimes();
  expect(creation.patterns).toEqual(CVIRT);
  learn(creation, { 'virtual/7/status': '' });
  expect(creation.patterns).toEqual(CVIRT);
  learn(creation, { 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\t81.17\n' });
  expect(creation.times.get(7)).toBe(81.17);
  const asked = Array.from({ length: 6 }, () => {
    learn(creation, { 'virtual/7/status': '' });
    return creation.patterns.length;
  });
  expect(asked).toEqual([1, 0, 1, 0, 1, 0]);
});

test('a context that is gone is forgotten, and its id may come again', () => {
  const creation = new CreationTimes();
  learn(creation, { 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\t1.00\n' });
  learn(creation, {});
  expect(creation.times.size).toBe(0);
  learn(creation, { 'virtual/7/status': '' });
  expect(creation.patterns).toEqual(CVIRT);
});

test('what is no BiasUptime is not one', () => {
  const creation = new CreationTimes();
  learn(creation, { 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\tsoon\n' });
  learn(creation, { 'virtual/8/status': '', 'virtual/8/cvirt': 2 });
  expect(creation.times.size).toBe(0);
});
