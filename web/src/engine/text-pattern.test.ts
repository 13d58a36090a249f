// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { MAX_PATTERN, PatternError } from './text-pattern-parser.js';
import { TextPattern } from './text-pattern.js';

const TEXTS = [
  ...['', 'a', 'b', 'ab', 'aab', 'abab', 'ba', 'a b', 'a\nb', '\n', '\n\n', 'a_1 -', 'uid=0(root) gid=0'],
  ...[
    'ä',
    'aä',
    '😀',
    'a😀b',
    '\ud83d',
    'a.b',
    'a/b',
    '[a]',
    '{}',
    'Tasks:\t12\nFlags:\t0',
    'foo bar foobar',
    '\\',
    '$',
  ],
];

/** What has the same meaning in a RegExp. */
test.each([
  ...[
    'a',
    'ab',
    'a|b',
    'ab|ba|',
    '|',
    '',
    'a*',
    'a+',
    'a?',
    'a*?b',
    'a+?b',
    'a??b',
    '(ab)*',
    '(ab)+$',
    '(?:a|b)+',
  ],
  ...[
    '^a',
    'a$',
    '^$',
    '^',
    '$',
    '^a$',
    '^(a|b)$',
    '\\ba',
    'b\\b',
    '\\b',
    '(^|b)a',
    '(a|b$)+',
    '(a*)*b',
    '(a|a)*b',
  ],
  ...[
    '.',
    '^.$',
    'a.b',
    '.*b',
    '\\.',
    '\\/',
    '/',
    '\\[a\\]',
    '\\{\\}',
    '\\\\',
    '\\$',
    '\\n',
    'a\\sb',
    '\\S\\s\\S',
  ],
  ...[
    '[ab]',
    '[^ab]',
    '[]',
    '[^]',
    '[a-b]+',
    '[\\]a]',
    '[\\w-]+$',
    '[^\\n]+',
    '\\d+',
    '\\D',
    '\\w+\\W\\w+',
    '[ä😀]',
  ],
  ...[
    '^uid=\\d+\\(root\\)',
    'Tasks:\\s+\\d+$',
    '^Flags:',
    'foo\\b.*\\bbar',
    'x|',
    '-',
    'a(b|)',
    '()',
    '(|a)+b',
  ],
])('/%s/ finds what a RegExp finds', (source) => {
  const pattern = new TextPattern(source);
  const expected = new RegExp(source, 'mu');
  for (const text of TEXTS) expect([text, pattern.test(text)]).toEqual([text, expected.test(text)]);
});

test.each<[source: string, at: number, message: string]>([
  ['(a', 0, "there is no ')' to this '('"],
  ['a(b(c)', 1, "there is no ')' to this '('"],
  ['a)', 1, "there is no '(' to this ')'"],
  ['[a', 0, "there is no ']' to this '['"],
  ['a[b\\]', 1, "there is no ']' to this '['"],
  ['a]', 1, "']' means nothing here"],
  ['*', 0, "there is nothing to repeat before this '*'"],
  ['a**', 2, "there is nothing to repeat before this '*'"],
  ['(+)', 1, "there is nothing to repeat before this '+'"],
  ['a{3}', 1, "counts are not known here; '\\{' is the sign itself"],
  ['(a)\\1', 3, "'\\1' means nothing here"],
  ['(?=a)', 0, "after '(?' only ':' may come"],
  ['(?<n>a)', 0, "after '(?' only ':' may come"],
  ['\\B', 0, "'\\B' means nothing here"],
  ['a\\', 1, "'\\' means nothing here"],
  ['\\a', 0, "'\\a' means nothing here"],
  ['\\p', 0, "'\\p' means nothing here"],
  ['[b-a]', 0, "'[b-a]' means nothing here"],
])('wrong: /%s/', (source, at, message) => {
  expect(() => new TextPattern(source)).toThrow(PatternError);
  expect(() => new TextPattern(source)).toThrow(message);
  expect(() => new TextPattern(source)).toThrow(expect.objectContaining({ at }));
});

/** Each of them would keep a RegExp busy for longer than anybody lives. */
test.each([
  '(a+)+b',
  '(a|a)*b',
  '(a*)*b',
  '((a?)*)*b',
  `${'a*'.repeat(49)}b`,
  `${'a?'.repeat(49)}b`,
  '(.*a)*b',
  '(a|aa)+$b',
])('/%s/ ends', (source) => {
  const text = 'a'.repeat(64 * 1024);
  expect(new TextPattern(source).test(text)).toBe(false);
  expect(new TextPattern(source).test(`${text}b`)).toBe(!source.includes('$'));
});

test('a pattern has so many characters at most, however they are nested', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}${')'.repeat(depth)}`;
  expect(new TextPattern(nested(MAX_PATTERN / 2)).test('')).toBe(true);
  expect(() => new TextPattern(nested(100_000))).toThrow('a pattern has at most 100 characters');
});
