// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { compileLessons } from './lessons.js';
import { readOwnLessons } from './own-lessons.js';

const own = await readOwnLessons();

function lesson(name: string, needs?: string) {
  const text = [
    ...['---', 'title: T', 'summary: S', 'minutes: 1', ...(needs ? [`needs: ${needs}`] : []), '---'],
    ...['## Step', '```check', 'ctx(100) exists', '```', '```answer', 'true', '```'],
  ].join('\n');
  return { path: `lessons/${name}/index.md`, text };
}

function compile(...sources: ReturnType<typeof lesson>[]) {
  return compileLessons(sources, own.options);
}

describe('compileLessons', () => {
  it('orders them: tours first, each behind what it needs', () => {
    const names = compile(
      lesson('1b-syscall'),
      lesson('1a-core', 'tour-second, 1c-proc'),
      lesson('1c-proc'),
      lesson('tour-first', 'tour-second'),
      lesson('tour-second'),
    ).map(({ name }) => name);
    expect(names).toEqual(['tour-second', 'tour-first', '1c-proc', '1a-core', '1b-syscall']);
  });

  it.each([
    [
      'a lesson that is not there',
      [lesson('1a-core', '1b-syscall')],
      '1a-core/index.md:5: needs: there is no lesson 1b-syscall',
    ],
    ['itself', [lesson('1a-core', '1a-core')], '1a-core/index.md:5: needs: a circle, 1a-core needs 1a-core'],
    [
      'each other',
      [lesson('1a-core', '1b-syscall'), lesson('1b-syscall', '1a-core')],
      '1b-syscall/index.md:5: needs: a circle, 1b-syscall needs 1a-core needs 1b-syscall',
    ],
  ])('refuses one that needs %s', (_, sources, complaint) => {
    expect(() => compile(...sources)).toThrow(complaint);
  });

  it('needs no circle for a lesson that leads to one', () => {
    expect(() => compile(lesson('1a-core', '1b-syscall'), lesson('1b-syscall', '1b-syscall'))).toThrow(
      /^lessons\/1b-syscall.*$/,
    );
  });

  it('refuses one slug for two', () => {
    expect(() => compile(lesson('1a-core'), lesson('tour-core'))).toThrow(
      'lessons/tour-core/index.md:1: 1a-core has the slug core too',
    );
  });

  it('says what is wrong with each of them', () => {
    const broken = (name: string) => ({ ...lesson(name), text: '' });
    expect(() => compile(broken('1a-core'), broken('1b-syscall'))).toThrow(/1a-core.*[^]*1b-syscall/);
  });
});

describe('the lessons of this repository', () => {
  const lessons = compileLessons(own.sources, own.options);

  it('begin with the tour', () => {
    expect(lessons[0]?.name).toBe('tour-first-vserver');
  });

  it.each(['1a-core', '1b-syscall', '1c-proc', '1d-debug', '1e-history', 'tour-commands'])(
    'have %s',
    (name) => {
      expect(lessons.map((one) => one.name)).toContain(name);
    },
  );

  it('lead to pages of the guide that are there: a hunk that is not is told with its line', () => {
    const sources = own.sources.map(({ path, text }) => ({
      path,
      text: text.replace('vs_dup_task()', 'vs_dupe_task()'),
    }));
    const core = sources.find(({ path }) => path.endsWith('1a-core/index.md'))!;
    const line = core.text.split('\n').findIndex((one) => one.includes('vs_dupe_task()')) + 1;
    expect(() => compileLessons(sources, own.options)).toThrow(
      new RegExp(
        `1a-core/index\\.md:${line}: .*the patch has no hunk with vs_dupe_task\\(\\) in kernel/fork\\.c`,
      ),
    );
  });

  it.each(['1a-core', '1b-syscall', '1c-proc', '1d-debug', '1e-history'])('%s leads to hunks', (name) => {
    const text = JSON.stringify(lessons.find((one) => one.name === name));
    expect([...text.matchAll(/"#\/\d[a-z]\/patches\/[^"]+:[^"]+"/g)].length).toBeGreaterThanOrEqual(2);
  });

  it.each(lessons)('$name has from 3 to 7 steps', ({ stepCount }) => {
    expect(stepCount).toBeGreaterThanOrEqual(3);
    expect(stepCount).toBeLessThanOrEqual(7);
  });
});
