// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import type { Token } from './code.js';
import { keepColours } from './edited-lines.js';

const coloured = (text: string): Token[] => [{ text, kind: 'string' }];
const LINES = ['a', 'b', 'c', 'b'].map(coloured);

/** Lines as text, those that have lost their colour with a mark. */
function kept(text: string): string[] {
  return keepColours(LINES, text).map((line) =>
    line.map((token) => (token.kind ? token.text : `?${token.text}`)).join(''),
  );
}

test.each([
  ['nothing', 'a\nb\nc\nb', ['a', 'b', 'c', 'b']],
  ['a letter', 'a\nbx\nc\nb', ['a', '?bx', 'c', 'b']],
  ['a line more', 'a\nb\nb\nc\nb', ['a', 'b', '?b', 'c', 'b']],
  ['a line less', 'a\nb\nb', ['a', 'b', 'b']],
  ['the last line', 'a\nb\nc\nb\n', ['a', 'b', 'c', 'b', '?']],
  ['all of it', '', ['?']],
])('a change of %s takes the colours of nothing else', (_, text, wanted) => {
  expect(kept(text)).toEqual(wanted);
});
