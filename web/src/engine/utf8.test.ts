// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { encodeUtf8, Utf8Stream } from './utf8.js';

test('a stream gives out each character when it is whole, wherever it was cut', () => {
  const bytes = encodeUtf8('a世🐧');
  const stream = new Utf8Stream();
  expect(Array.from(bytes, (_, at) => stream.push(bytes.subarray(at, at + 1))).join('|')).toBe(
    'a|||世||||🐧',
  );
  expect(stream.end()).toBe('');
});

test('what never became whole is told by a sign', () => {
  const stream = new Utf8Stream();
  expect(stream.push(encodeUtf8('世').subarray(0, 2))).toBe('');
  expect(stream.end()).toBe('\ufffd');
});
