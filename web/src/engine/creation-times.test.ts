// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { CreationTimes } from './creation-times.js';

const files = (entries: Record<string, string | number>) => new Map(Object.entries(entries));
const CVIRT = ['virtual/*/cvirt'];

test('a new context is asked for at once, a known one with every fourth poll', () => {
  const creation = new CreationTimes();
  expect(creation.patterns).toEqual(CVIRT);
  creation.learn(files({ 'virtual/7/status': '' }));
  expect(creation.patterns).toEqual(CVIRT);
  creation.learn(files({ 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\t81.17\n' }));
  expect(creation.times.get(7)).toBe(81.17);
  const asked = Array.from({ length: 8 }, () => {
    creation.learn(files({ 'virtual/7/status': '' }));
    return creation.patterns.length;
  });
  expect(asked).toEqual([0, 1, 0, 0, 0, 1, 0, 0]);
});

test('a context that is gone is forgotten, and its id may come again', () => {
  const creation = new CreationTimes();
  creation.learn(files({ 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\t1.00\n' }));
  creation.learn(files({}));
  expect(creation.times.size).toBe(0);
  creation.learn(files({ 'virtual/7/status': '' }));
  expect(creation.patterns).toEqual(CVIRT);
});

test('what is no BiasUptime is not one', () => {
  const creation = new CreationTimes();
  creation.learn(files({ 'virtual/7/status': '', 'virtual/7/cvirt': 'BiasUptime:\tsoon\n' }));
  creation.learn(files({ 'virtual/8/status': '', 'virtual/8/cvirt': 2 }));
  expect(creation.times.size).toBe(0);
});
