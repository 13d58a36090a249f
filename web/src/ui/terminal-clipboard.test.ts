// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { CLIPBOARD_MAX, clipboardRequest, preview } from './terminal-clipboard.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each(['hello', 'Grüße, 世界 🐧', 'two\nlines\tand a tab'])('%j is asked for as it is', (text) => {
  expect(clipboardRequest(`c;${base64(text)}`)).toEqual({ kind: 'write', text });
  expect(clipboardRequest(`;${base64(text)}`)).toEqual({ kind: 'write', text });
});

test('keys are not text', () => {
  const asked = clipboardRequest(`c;${base64('rm -rf /\x1b[201~\x03\u009b\r\n')}`);
  expect(asked).toEqual({ kind: 'write', text: 'rm -rf /[201~\r\n' });
});

test.each([
  ['a question', 'c;?'],
  ['a question for the selection', 'p;?'],
  ['nothing', 'c;'],
  ['no semicolon', 'aGVsbG8='],
  ['other letters', 'x;aGVsbG8='],
  ['no base64', 'c;a b'],
  ['base64 that ends early', 'c;aGVsb'],
  ['bytes that are no UTF-8', `c;${Buffer.from([0xff, 0xfe]).toString('base64')}`],
  ['controls alone', `c;${base64('\x1b\x00')}`],
])('%s is none', (_, data) => {
  expect(clipboardRequest(data)).toEqual({ kind: 'none' });
});

test('the longest that is asked for, and one more', () => {
  const longest = '世'.repeat(CLIPBOARD_MAX);
  expect(clipboardRequest(`c;${base64(longest)}`)).toEqual({ kind: 'write', text: longest });
  expect(clipboardRequest(`c;${base64(`${longest}x`)}`)).toEqual({ kind: 'too-long' });
  expect(clipboardRequest(`c;${'A'.repeat(8_000_000)}`)).toEqual({ kind: 'too-long' });
});

test('what is not seen is seen in the preview, which is short', () => {
  expect(preview('ls\nrm\u202E\u200B x')).toBe('ls⏎rm�� x');
  expect(preview('🐧'.repeat(121))).toBe(`${'🐧'.repeat(120)}…`);
  expect(preview('x'.repeat(100_000))).toHaveLength(121);
});
