// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { filesOfPlan, missingLines } from './missing-lines.js';
import type { Plan, PlanEntry } from './plan.js';

function entry(id: string, status: PlanEntry['status'], proc: Record<string, string[]>): PlanEntry {
  const none = { title: '', text: '', prose: [], needs: [], patches: [], tests: [], words: [], commands: [] };
  return {
    ...none,
    id,
    status,
    proc: Object.entries(proc).map(([path, labels]) => ({ path, labels, toCome: [] })),
  };
}

const PLAN: Plan = {
  categories: [],
  entries: [
    entry('1c', 'done', {
      'virtual/*/info': ['ID'],
      'virtual/*/cvirt': ['BiasUptime'],
      'virtual/info': ['VCIVersion'],
    }),
    entry('4a', 'planned', { 'virtual/*/cvirt': ['nr_threads', 'nr_running'] }),
    entry('5a', 'planned', { 'virtual/*/sched': ['TokensMin', 'cpu %d'] }),
  ],
};

test('a file that is there lacks what later ids bring', () => {
  expect(missingLines(PLAN, 'virtual/*/cvirt', ['BiasUptime'])).toEqual([
    { id: '4a', status: 'planned', labels: ['nr_threads', 'nr_running'] },
  ]);
  expect(missingLines(PLAN, 'virtual/*/cvirt', ['BiasUptime', 'nr_threads'])[0]?.labels).toEqual([
    'nr_running',
  ]);
  expect(missingLines(PLAN, 'virtual/*/cvirt', ['BiasUptime', 'nr_threads', 'nr_running'])).toEqual([]);
});

test('a file that is not there comes with its ids, and one that is built may be left out of this kernel', () => {
  expect(missingLines(PLAN, 'virtual/*/sched', undefined).map(({ id, status }) => `${id} ${status}`)).toEqual(
    ['5a planned'],
  );
  expect(missingLines(PLAN, 'virtual/*/info', undefined)).toEqual([
    { id: '1c', status: 'done', labels: ['ID'] },
  ]);
});

test('a label stands for all the numbers that it is printed with', () => {
  expect(missingLines(PLAN, 'virtual/*/sched', ['TokensMin', 'cpu 0', 'cpu 1'])).toEqual([]);
  expect(missingLines(PLAN, 'virtual/*/sched', ['TokensMin', 'cpu x'])[0]?.labels).toEqual(['cpu %d']);
});

test('the files of a folder', () => {
  expect(filesOfPlan(PLAN, 'virtual/*')).toEqual(['info', 'cvirt', 'sched']);
  expect(filesOfPlan(PLAN, 'virtual')).toEqual(['info']);
});
