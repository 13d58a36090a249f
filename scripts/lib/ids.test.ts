// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { checkIds, type Tree } from './ids.ts';

const patch = (id: string, more = '') => `Subject: [PATCH] vserver: x\n\nPlan-id: ${id}\n${more}`;

/** A tree without a fault: 1a in the kernel with two patches, 1b done, 1c planned. */
function tree(change: (tree: Tree) => void = () => undefined): Tree {
  const sound: Tree = {
    plan: [
      { id: '1a', slug: 'core', title: 'core', needs: [], status: 'kernel' },
      { id: '1b', slug: 'syscall', title: 'switch', needs: ['1a'], status: 'done' },
      { id: '1c', slug: 'proc', title: '/proc', needs: ['1a', '1b'], status: 'planned' },
    ],
    series: '# contexts\n1a-1-objects.patch\n1a-2-tasks.patch\n\n1b-syscall.patch\n',
    patches: new Map([
      ['1a-1-objects.patch', patch('1a')],
      ['1a-2-tasks.patch', patch('1a', 'Depends-on: 1a\n')],
      ['1b-syscall.patch', patch('1b', 'Depends-on: 1a\n')],
    ]),
    files: new Set([
      'images/tests/1a-core.t',
      'images/tests/1b-syscall.t',
      'images/tests/1b-syscall-more.t',
      'images/tests/1c-proc.t',
      'web/src/lessons/1b-syscall/index.md',
      'e2e/tests/1b-syscall.spec.ts',
      'e2e/tests/boot.spec.ts',
    ]),
    todos: [{ file: 'web/src/x.ts', id: '1c' }],
  };
  change(sound);
  return sound;
}

const problems = (change?: (tree: Tree) => void) =>
  checkIds(tree(change)).flatMap((finding) => finding.problems);

describe('check-ids', () => {
  it('finds nothing in a sound tree', () => {
    expect(problems()).toEqual([]);
  });

  it.each<[string, (tree: Tree) => void, string]>([
    [
      'a done row without its lesson',
      (t) => t.files.delete('web/src/lessons/1b-syscall/index.md'),
      'index.md is missing',
    ],
    [
      'a done row without its end-to-end test',
      (t) => t.files.delete('e2e/tests/1b-syscall.spec.ts'),
      'spec.ts is missing',
    ],
    [
      'a kernel row without its guest test',
      (t) => t.files.delete('images/tests/1a-core.t'),
      '1a-core.t is missing',
    ],
    ['a kernel row without a patch', (t) => (t.plan[2]!.status = 'kernel'), 'no patch in the series'],
    ['a planned row with a patch', (t) => (t.plan[1]!.status = 'planned'), 'its status is planned'],
    ['a row whose need is planned', (t) => (t.plan[0]!.status = 'planned'), 'needs 1a, which is planned'],
    ['a status of no meaning', (t) => (t.plan[0]!.status = 'nearly'), 'is none of planned, kernel, done'],
    ['an id twice', (t) => t.plan.push(t.plan[0]!), '1a is there twice'],
    ['a need below its row', (t) => t.plan[0]!.needs.push('1c'), '1a needs 1c, which is not above it'],
    ['a test of an unknown id', (t) => t.files.add('images/tests/9z-x.t'), '9z is not in plan.json'],
    ['a test with another slug', (t) => t.files.add('images/tests/1a-kern.t'), 'the slug of 1a is core'],
    [
      'a lesson of an unknown id',
      (t) => t.files.add('web/src/lessons/9z-x/index.md'),
      '9z is not in plan.json',
    ],
    [
      'a patch of an unknown id',
      (t) => t.patches.set('9z-x.patch', patch('9z')),
      '9z-x.patch begins with no id',
    ],
    [
      'a patch that is not in the series',
      (t) => (t.series = t.series.replace('1b-syscall.patch\n', '')),
      'is not in the series',
    ],
    [
      'a series line without a file',
      (t) => (t.series += '1c-proc.patch\n'),
      '1c-proc.patch, which does not exist',
    ],
    [
      'a patch above what it depends on',
      (t) => (t.series = '1b-syscall.patch\n1a-1-objects.patch\n1a-2-tasks.patch\n'),
      'depends on 1a',
    ],
    [
      'patches of an id out of order',
      (t) => (t.series = '1a-2-tasks.patch\n1a-1-objects.patch\n1b-syscall.patch\n'),
      'should begin with 1a-1-',
    ],
    [
      'a trailer that is not the name’s id',
      (t) => t.patches.set('1b-syscall.patch', patch('1c')),
      '1b-syscall.patch: Plan-id is 1c',
    ],
    [
      'a TODO without an id',
      (t) => t.todos.push({ file: 'web/src/y.ts', id: 'later' }),
      'TODO(later) names no id',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(problems(change).join('\n')).toContain(message);
  });
});
