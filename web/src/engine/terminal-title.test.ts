// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { cleanTitle } from './terminal-title.js';

test.each([
  ['vi /etc/passwd', 'vi /etc/passwd'],
  ['  a \t b\n', 'a b'],
  ['日本語 🐧', '日本語 🐧'],
  ['a\u202Egpj.exe\u2066b', 'a gpj.exe b'],
  ['\u200B\uFEFF\u00AD', ''],
  ['\x1b[31mred\x07', '[31mred'],
  ['one\u2028two', 'one two'],
  [`e${'\u0301'.repeat(500)}`, 'e\u0301\u0301'],
  ['', ''],
])('%j is shown as %j', (title, shown) => {
  expect(cleanTitle(title)).toBe(shown);
});

test('a long title is cut between characters, however long it is', () => {
  expect(cleanTitle('🐧'.repeat(1_000_000))).toBe(`${'🐧'.repeat(47)}…`);
  expect(cleanTitle('x'.repeat(48))).toBe('x'.repeat(48));
});

test('half a character at the end of what is looked at is none', () => {
  expect(cleanTitle(`${' '.repeat(1023)}🐧`)).toBe('');
});
