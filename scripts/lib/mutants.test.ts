// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import {
  doubles,
  judgeTest,
  type Mutant,
  mutate,
  outcomeOf,
  parseMutants,
  report,
  survived,
} from './mutants.ts';
import type { FileResult } from './prover.ts';

const TEXT = `# A remark.

mutant count
file: kernel/a.c
tests: 1a-core 1b-syscall
why: nobody would count
 	if (a)
-		count++;
+		;

mutant gone
file: kernel/b.c
tests: 1a-core kmemleak
why: nothing would be given back
machine: debug
ends: stuck
-	put(a);
`;
const [count, gone] = parseMutants(TEXT, 'x.mutants') as [Mutant, Mutant];

/** The result of a file whose tests have these titles; "!" before one that failed. */
function result(titles: string[], rest: Partial<FileResult> = {}): FileResult {
  const tests = titles.map((title, index) => ({
    number: index + 1,
    ok: !title.startsWith('!'),
    title: title.replace('!', ''),
    diagnostics: [],
  }));
  return { tests, faults: [], stderr: '', loss: undefined, ...rest };
}

describe('parseMutants', () => {
  it('reads what is replaced by what, and how it is noticed', () => {
    expect(count).toEqual({
      id: 'count',
      file: 'kernel/a.c',
      before: '\tif (a)\n\t\tcount++;\n',
      after: '\tif (a)\n\t\t;\n',
      tests: ['1a-core', '1b-syscall'],
      why: 'nobody would count',
      machine: 'qemu',
      ends: 'red',
    });
    expect(gone).toMatchObject({ before: '\tput(a);\n', after: '', machine: 'debug', ends: 'stuck' });
  });

  const block = (...lines: string[]): string =>
    ['mutant m', 'file: a.c', 'tests: 1a-core', 'why: because', ...lines, ''].join('\n');
  it.each([
    ['file: a.c\n', 'x:1: a mutant begins with "mutant ID"'],
    [block('-a', 'else'), 'x:6: no "key: value"'],
    [block('color: red', '-a'), 'x:5: no key is called color'],
    [block('why: why', '-a'), 'x:5: why is there twice'],
    ['\nmutant m\nfile: a.c\n-a\n', 'x:2: m: it has no "tests:"'],
    [block('machine: v86', '-a'), 'x:1: m: machine is v86, and not one of qemu, debug'],
    [block('ends: left', '-a'), 'x:1: m: ends is left, and not one of'],
    [block(), 'x:1: m: it changes nothing'],
    [block(' a', '-b', '+b'), 'x:1: m: it changes nothing'],
    [TEXT.replace('machine: debug\n', ''), 'x:11: gone: kmemleak needs machine: debug'],
  ])('refuses %j', (text, message) => {
    expect(() => parseMutants(text, 'x')).toThrow(message);
  });
});

describe('doubles', () => {
  it('names ids that are there twice', () => {
    expect(doubles([count, gone])).toEqual([]);
    expect(doubles([count, gone, count, count])).toEqual(['count']);
  });
});

describe('mutate', () => {
  it('replaces whole lines, at the start of the file too', () => {
    expect(mutate('x\n\tif (a)\n\t\tcount++;\ny\n', count)).toBe('x\n\tif (a)\n\t\t;\ny\n');
    expect(mutate('\tput(a);\n', gone)).toBe('');
    expect(mutate('\tput(a);\nx\n', gone)).toBe('x\n');
  });

  it('refuses lines that are not there, in part, or more than once', () => {
    expect(() => mutate('\tput(b);\n', gone)).toThrow('stale: kernel/b.c');
    expect(() => mutate('\t\tput(a);\n', gone)).toThrow('stale');
    expect(() => mutate('\tput(a); x\n', gone)).toThrow('stale');
    expect(() => mutate('\tput(a);\nx\n\tput(a);\n', gone)).toThrow('more than once');
    expect(() => mutate('\tput(a);\n\tput(a);\n', gone)).toThrow('more than once');
  });
});

describe('outcomeOf', () => {
  it('is the first failed check, whatever else is wrong', () => {
    const failed = result(['a', '!b', '!c'], { faults: ['The kernel complained'], loss: 'left' });
    expect(outcomeOf(failed)).toEqual({ end: 'red', said: 'b' });
  });

  it('is red for a file that ends badly or a kernel that complains', () => {
    const faulty = result(['a'], { faults: ['The kernel complained:\nWARNING: x\nmore'] });
    expect(outcomeOf(faulty)).toEqual({ end: 'red', said: 'The kernel complained: WARNING: x' });
  });

  it('tells a machine that is lost from a red test', () => {
    for (const loss of ['stuck', 'ended', 'silent'] as const)
      expect(outcomeOf(result(['a'], { faults: ['x'], loss })).end).toBe(loss);
  });

  it('is green without a fault', () => {
    expect(outcomeOf(result(['a', 'b'])).end).toBe('green');
  });
});

describe('judgeTest', () => {
  it('counts a red test, and goes on behind a green one', () => {
    expect(judgeTest(count, '1a-core', result(['a']))).toBeUndefined();
    expect(judgeTest(count, '1a-core', result(['!a']))).toEqual({
      id: 'count',
      killed: true,
      test: '1a-core',
      said: 'a',
    });
  });

  it('counts a lost machine only where the mutant says so', () => {
    const lost = result(['a'], { faults: ['It did not end in 9 s.'], loss: 'stuck' });
    expect(judgeTest(gone, '1a-core', lost)?.killed).toBe(true);
    expect(judgeTest(count, '1a-core', lost)).toMatchObject({
      killed: false,
      said: expect.stringContaining('it ends stuck, and not red') as string,
    });
    // And a mutant that says so is not killed by something else.
    expect(judgeTest(gone, '1a-core', result(['!a']))?.killed).toBe(false);
  });
});

describe('report', () => {
  it('has a row a mutant, and counts those that were killed', () => {
    const verdicts = [{ id: 'count', killed: true, test: '1a-core', said: 'a | b' }, survived(gone)];
    const text = report([count, gone], new Map(verdicts.map((one) => [one.id, one])), {
      date: '2026-01-02',
      tree: 'aa',
      kernels: { qemu: 'bb', debug: 'cc' },
    });
    expect(text).toContain('1 of 2 killed, 2026-01-02.');
    expect(text).toContain('- series: tree aa\n- qemu: bzImage bb\n- debug: bzImage cc\n');
    expect(text).toContain('| count | kernel/a.c | nobody would count | 1a-core | a \\| b |');
    expect(text).toContain('| gone | kernel/b.c | nothing would be given back | **not killed** | SURVIVED');
  });
});
