// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { readPlanSources } from '../../../scripts/lib/plan-data.js';
import { highlight } from './highlight.js';

const text = (lines: { text: string }[][]) => lines.map((line) => line.map((token) => token.text).join(''));

test('C has its colours, and a comment of two lines has one', () => {
  const lines = highlight('/* a <b> &\n   c */\nstatic int x = "s" ? 1 : 2;', 'a.c');
  expect(lines[0]).toEqual([{ text: '/* a <b> &', kind: 'comment' }]);
  expect(lines[1]).toEqual([{ text: '   c */', kind: 'comment' }]);
  expect(lines[2]).toContainEqual({ text: '"s"', kind: 'string' });
  expect(lines[2]).toContainEqual({ text: '1', kind: 'number' });
});

test('a file of another kind is plain', () => {
  expect(highlight('config VSERVER\n\tbool', 'kernel/vserver/Kconfig')).toEqual([
    [{ text: 'config VSERVER', kind: '' }],
    [{ text: '\tbool', kind: '' }],
  ]);
});

test('no character is lost or made up: every test of the series comes out as it is', () => {
  for (const [name, code] of readPlanSources().tests)
    expect(text(highlight(code, name)), name).toEqual(code.split('\n'));
});

test('nor in code that is none', () => {
  const code = `a\n\n"'&lt;<span class="x">\\\n'"\n@@ };;(((`;
  for (const path of ['a.c', 'Makefile', 'a.sh', 'a.t', 'a.txt'])
    expect(text(highlight(code, path))).toEqual(code.split('\n'));
});
