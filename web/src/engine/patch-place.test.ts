// SPDX-License-Identifier: MIT
import { describe, expect, test } from 'vitest';
import { plainLines } from './code.js';
import { findPlace } from './patch-place.js';
import { readPatch } from './patch.js';

const PATCH = [
  'Subject: [PATCH] x',
  '',
  'diff --git a/kernel/a.c b/kernel/a.c',
  '--- a/kernel/a.c',
  '+++ b/kernel/a.c',
  '@@ -1,2 +1,5 @@',
  ' #include <a.h>',
  '+/* Calls make_it() */',
  '+void make_it(int x,',
  '+             int y);',
  ' struct other;',
  '@@ -20,3 +23,6 @@ int run(struct other *one)',
  ' {',
  '-	old_call(one);',
  '+	int it = make_it(1);',
  '+',
  '+	if (it < 0)',
  '+		return -EINVAL;',
  ' }',
  '@@ -40,2 +46,6 @@ int run_more(void)',
  ' }',
  '+void make_it(int x,',
  '+             int y)',
  '+{',
  '+}',
  ' struct third;',
  '@@ -60,3 +70,2 @@ int last(void)',
  ' {',
  '-	return 0;',
  ' }',
  '',
].join('\n');
const { files } = readPatch(PATCH, '2a-x.patch', { ids: [], highlight: plainLines });

/** Head of the hunk, and the text of the line. */
const find = (name: string) => {
  const place = findPlace(files, { file: 'kernel/a.c', name });
  return place && [place.hunk!.range, place.line?.text.trim()];
};

describe('a name leads to', () => {
  test.each([
    [
      'a definition before all else: no comment, no prototype, no call',
      'make_it()',
      46,
      'void make_it(int x,',
    ],
    ['a line that is added', 'it < 0', 23, 'if (it < 0)'],
    ['a line that is removed', 'old_call()', 23, 'old_call(one);'],
    ['the hunk in a function', 'run_more()', 46, undefined],
    ['the hunk in a function: a whole word', 'run()', 23, undefined],
    ['a line that is removed before a function', 'return 0', 70, 'return 0;'],
  ])('%s', (_, name, after, text) => {
    const [range, line] = find(name)!;
    expect(range).toContain(`+${after},`);
    expect(line).toBe(text);
  });
});

test.each(['struct third', 'make', 'EINVA', 'include'])('%s is nothing that the patch does', (name) => {
  expect(find(name)).toBeUndefined();
});

test('each hunk has a name that leads to it, what it defines first', () => {
  expect(files[0]!.hunks.map(({ name }) => name)).toEqual([
    '/* Calls make_it() */',
    'old_call()',
    'make_it()',
    'last()',
  ]);
});

test('a line leads to its hunk, one between hunks to the hunk before it', () => {
  const at = (line: number) => {
    const place = findPlace(files, { file: 'kernel/a.c', line })!;
    return [place.hunk!.line, place.line?.text.trim()];
  };
  expect(at(26)).toEqual([23, 'if (it < 0)']);
  expect(at(33)).toEqual([23, undefined]);
  expect(at(0)).toEqual([1, undefined]);
});

test('a file leads to the whole of it, another nowhere', () => {
  expect(findPlace(files, { file: 'kernel/a.c' })).toEqual({ file: files[0] });
  expect(findPlace(files, { file: 'kernel/b.c', name: 'make_it()' })).toBeUndefined();
});
