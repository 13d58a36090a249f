// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { TapParser, type TapLimits } from './tap-parser.js';

const LIMITS = { line: 20, passed: 2, failed: 1, diagnostics: 3, problems: 2 };

function parse(text: string, limits?: TapLimits) {
  const parser = new TapParser(limits);
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

  it('counts as it reads', () => {
    const parser = new TapParser();
    parser.feed('ok 1 - a\nnot ok 2 - b\nok 3');
    expect([parser.passed, parser.failed, parser.tests.length]).toEqual([1, 1, 2]);
    parser.feed('\n1..3\n');
    expect(parser.finish()).toMatchObject({ passed: 2, failed: 1, notes: [] });
  });

  it('keeps all without limits', () => {
    const title = 'x'.repeat(100_000);
    const { tests, problems } = parse(`ok 1 - ${title}\n1..1\n`);
    expect(tests[0]!.title).toBe(title);
    expect(problems).toEqual([]);
  });

  it('cuts a line that is too long, and says so', () => {
    const { tests, problems } = parse(`1..2\nok 1 - ${'a'.repeat(13)}\nok 2 - ${'b'.repeat(14)}`, LIMITS);
    expect(tests.map(({ title }) => title)).toEqual(['a'.repeat(13), 'b'.repeat(13)]);
    expect(problems).toEqual(['Line 3 was cut: it has more than 20 characters.']);
  });

  it('counts checks beyond the limits and does not keep them, and the plan is of all', () => {
    const lines = ['1..6', ...[1, 2, 3, 4].map((n) => `ok ${n} - a`), 'not ok 5 - b', 'not ok 6 - c'];
    const { tests, passed, failed, problems, notes } = parse(`${lines.join('\n')}\n`, LIMITS);
    expect(tests.map(({ number }) => number)).toEqual([1, 2, 5]);
    expect({ passed, failed, problems }).toEqual({ passed: 4, failed: 2, problems: [] });
    expect(notes).toEqual(['Checks that were counted and are not listed: 3.']);
  });

  it('gives the diagnostics of a check that is not kept to none, and counts those beyond the limit', () => {
    const { tests, notes } = parse(
      'not ok 1 - a\n# 1\nnot ok 2 - b\n# 2\nok 3 - c\n# 3\n# 4\n# 5\n1..3\n',
      LIMITS,
    );
    expect(tests.map(({ diagnostics }) => diagnostics)).toEqual([['1'], ['3', '4']]);
    expect(notes).toEqual([
      'Checks that were counted and are not listed: 1.',
      'Lines of diagnostics that are not kept: 2.',
    ]);
  });

  it('counts problems beyond the limit, and tells what is wrong with the whole even so', () => {
    expect(parse('one\ntwo\nthree\nfour\n', LIMITS).problems).toEqual([
      'It printed a line that is no TAP: one',
      'It printed a line that is no TAP: two',
      'Problems that are not listed: 2.',
      'It has no plan.',
    ]);
  });
});
