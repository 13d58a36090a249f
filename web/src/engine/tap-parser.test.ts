// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { TapParser } from './tap-parser.js';

function parse(text: string) {
  const parser = new TapParser();
  for (const character of text) parser.feed(character);
  return parser.finish();
}

describe('TapParser', () => {
  it('reads results, titles and diagnostics', () => {
    const { tests, problems } = parse(
      '1..2\nok 1 - 1b: first\nnot ok 2 - second\n# got: 1\n#   expected: 2\n',
    );
    expect(problems).toEqual([]);
    expect(tests).toEqual([
      { number: 1, ok: true, title: '1b: first', diagnostics: [] },
      { number: 2, ok: false, title: 'second', diagnostics: ['got: 1', '  expected: 2'] },
    ]);
  });

  it('tells of a test as soon as its line is complete', () => {
    const parser = new TapParser();
    expect(parser.feed('ok 1 - a')).toEqual([]);
    expect(parser.feed('b\nok')).toMatchObject([{ number: 1, title: 'ab' }]);
  });

  it('takes a plan at the end', () => {
    expect(parse('ok 1 - a\n1..1\n').problems).toEqual([]);
  });

  it.each([
    ['no plan', 'ok 1 - a\n', /no plan/],
    ['a plan of more', '1..2\nok 1 - a\n', /says 2 tests, and it ran 1/],
    ['a plan of fewer', '1..1\nok 1 - a\nok 2 - b\n', /says 1 tests, and it ran 2/],
    ['two plans', '1..1\nok 1 - a\n1..1\n', /two plans/],
    ['an empty plan', '1..0\n', /tests nothing/],
    ['a skipped plan', '1..0 # SKIP no kernel\n', /skips/],
    ['a skip', '1..1\nok 1 - a # skip not here\n', /skipped/],
    ['a todo', '1..1\nnot ok 1 - a # TODO later\n', /to do/],
    ['a gap', '1..2\nok 1 - a\nok 3 - b\n', /Test 2 is numbered 3/],
    ['no number', '1..1\nok - a\n', /not at all/],
    ['a bail out', '1..1\nok 1 - a\nBail out! no memory\n', /gave up/],
    ['other text', '1..1\nSegmentation fault\nok 1 - a\n', /no TAP: Segmentation fault/],
    ['nothing', '', /no plan/],
  ])('refuses %s', (_, text, problem) => {
    expect(parse(text).problems.join('\n')).toMatch(problem);
  });
});
