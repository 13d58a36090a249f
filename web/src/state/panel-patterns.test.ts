// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { contextPatterns, treePatterns } from './panel-patterns.js';

test.each([
  ['a file at the top', [], 'virtual/info'],
  ['a file at the top of the other', [], 'virtnet/info'],
  ['the status of a context', [], 'virtual/42/status'],
  ['a file of an open context', ['virtual/42'], 'virtual/42/cvirt'],
])('the chosen file is not asked for twice: %s', (_, expanded, selected) => {
  const open = expanded.map((path) => `${path}/*`);
  expect(treePatterns(['virtual', ...expanded], selected)).toEqual([
    'virtual/*',
    'virtnet/*',
    'virtual/*/status',
    ...open,
  ]);
});

test.each([
  ['of a closed context', [], 'virtual/42/info'],
  ['of another than the open one', ['virtual/4'], 'virtual/42/info'],
  ['of another place', ['virtual/42'], 'virtnet/42/info'],
])('the chosen file is asked for where nothing else does: %s', (_, expanded, selected) => {
  expect(treePatterns(['virtual', ...expanded], selected).at(-1)).toBe(selected);
});

test('of a folder that is closed no context is read, open or not', () => {
  expect(treePatterns(['virtual/42'], 'virtual/info')).toEqual(['virtual/*', 'virtnet/*']);
  expect(treePatterns(['virtnet', 'virtnet/42'], 'virtual/info')).toContain('virtnet/42/*');
});

test('the table reads when a context was made as often as it has to', () => {
  expect(contextPatterns({ patterns: [] })).toEqual(['virtual/*/status']);
  expect(contextPatterns({ patterns: ['virtual/*/cvirt'] })).toEqual(['virtual/*/status', 'virtual/*/cvirt']);
});
