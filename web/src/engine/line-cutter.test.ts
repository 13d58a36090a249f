// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { LineCutter } from './line-cutter.js';

const MEGABYTE = 1024 * 1024;

test.each([1, 2, 3, 100])(
  'lines come whole from pieces of %i characters, and a last one without its end',
  (size) => {
    const text = 'one\n\ntwo three\nfour';
    const cutter = new LineCutter(100);
    const lines = [];
    for (let at = 0; at < text.length; at += size) lines.push(...cutter.push(text.slice(at, at + size)));
    lines.push(...cutter.end());
    expect(lines).toEqual(['one', '', 'two three', 'four'].map((line) => ({ text: line, isCut: false })));
    expect(cutter.end()).toEqual([]);
  },
);

test.each([1, 2, 3, 100])('a longer line is cut, in pieces of %i characters too', (size) => {
  const text = '1234\n12345\n123456789\n1\n12345';
  const cutter = new LineCutter(4);
  const lines = [];
  for (let at = 0; at < text.length; at += size) lines.push(...cutter.push(text.slice(at, at + size)));
  lines.push(...cutter.end());
  expect(lines).toEqual([
    { text: '1234', isCut: false },
    { text: '1234', isCut: true },
    { text: '1234', isCut: true },
    { text: '1', isCut: false },
    { text: '1234', isCut: true },
  ]);
});

test('of a line that does not end it keeps what it may', () => {
  const cutter = new LineCutter(8);
  for (let count = 0; count < 16; count++) cutter.push('x'.repeat(MEGABYTE / 16));
  expect(cutter.end()).toEqual([{ text: 'xxxxxxxx', isCut: true }]);
});
