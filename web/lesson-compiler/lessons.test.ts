// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPredicate } from './check-predicate.js';
import type { PlanId } from './compile.js';
import { compileLessons, readSources } from './lessons.js';

const ROOT = join(import.meta.dirname, '../..');
const plan = JSON.parse(readFileSync(join(ROOT, 'plan.json'), 'utf8')) as PlanId[];

function lesson(name: string, needs?: string) {
  const text = [
    ...['---', 'title: T', 'summary: S', 'minutes: 1', ...(needs ? [`needs: ${needs}`] : []), '---'],
    ...['## Step', '```check', 'ctx(100) exists', '```', '```answer', 'true', '```'],
  ].join('\n');
  return { path: `lessons/${name}/index.md`, text };
}

function compile(...sources: ReturnType<typeof lesson>[]) {
  return compileLessons(sources, { checkPredicate, plan });
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

describe('the lessons of this repository', async () => {
  const sources = await readSources(join(ROOT, 'web/src/lessons'), 'web/src/lessons');
  const lessons = compileLessons(sources, { checkPredicate, plan });

  it('begin with the tour', () => {
    expect(lessons[0]?.name).toBe('tour-first-vserver');
  });

  it.each(['1a-core', '1b-syscall', '1c-proc', '1d-debug', '1e-history', 'tour-commands'])(
    'have %s',
    (name) => {
      expect(lessons.map((one) => one.name)).toContain(name);
    },
  );

  it.each(lessons)('$name has from 3 to 7 steps', ({ stepCount }) => {
    expect(stepCount).toBeGreaterThanOrEqual(3);
    expect(stepCount).toBeLessThanOrEqual(7);
  });
});
