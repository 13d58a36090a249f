// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { checkIds, type Tree } from './ids.ts';
import { guestCatalogue } from './interface.ts';

const patch = (id: string, more = '', diff = '') =>
  `Subject: [PATCH] vserver: x\n\nPlan-id: ${id}\n${more}---\n${diff}`;

/** A patch's part that makes a file. */
const made = (path: string, ...lines: string[]) =>
  `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

const HEADER = made(
  'include/uapi/linux/vserver.h',
  '#define VCMD(category, command, version) \\',
  '#define VCMD_one\tVCMD(1, 2, 0)',
  '#define VCMD_two\t\tVCMD(52, 10, 1)\t/* struct vcmd_two */',
);
const TABLE = made(
  'kernel/vserver/switch.c',
  '\t{ VCMD_one, 0, vc_one },',
  '\t{ VCMD_two, VSC_ADMIN,',
  '\t  vc_two },',
);
const SHOW = made(
  'fs/proc/vserver.c',
  '\tseq_printf(m, "One:\\t%d\\n"',
  '\t\t   "cpu %d: %lu\\n", one(x, ":"), two);',
);
const PARTS = HEADER + TABLE + SHOW;

/** A tree without a fault: 1a in the kernel with two patches, 1b done, 1c planned. */
function tree(change: (tree: Tree) => void = () => undefined): Tree {
  const sound: Tree = {
    plan: [
      { id: '1a', slug: 'core', title: 'core', needs: [], status: 'kernel' },
      {
        id: '1b',
        slug: 'syscall',
        title: 'switch',
        needs: ['1a'],
        status: 'done',
        words: ['one', 'two', 'four'],
        proc: { 'virtual/info': ['One', 'cpu %d', 'Late'] },
        toCome: { words: ['four'], proc: { 'virtual/info': ['Late'] } },
      },
      {
        id: '1c',
        slug: 'proc',
        title: '/proc',
        needs: ['1a', '1b'],
        status: 'planned',
        words: ['three'],
        proc: { 'virtual/info': ['Three'], 'sys/one': [] },
      },
    ],
    interface: {
      words: { one: '0x01020000', two: '0x340A0001', three: '0x03000FFF', four: '0x04000000' },
      reserved: { never: { word: '0x05000000', why: 'declared' } },
      proc: { 'virtual/info': ['One', 'cpu %d', 'Late', 'Three'], 'sys/one': [] },
    },
    guest: {
      binding:
        "\t[one => 0x01020000, ''],\n\t[two => 0x340A0001, ''],\n\t[three => 0x03000FFF, ''],\n\t[four => 0x04000000, ''],\n",
      words:
        'WORD(one, 0x01020000, "1b")\nWORD(two, 0x340A0001, "1b")\nWORD(three, 0x03000FFF, "1c")\n' +
        'WORD(four, 0x04000000, "1b")\nWORD(never, 0x05000000, "-")\n',
      library: 'int vc_one(void);\nint vc_two(void);\nint vc_three(void);\nint vc_four(void);\n',
    },
    series: '# contexts\n1a-1-objects.patch\n1a-2-tasks.patch\n\n1b-syscall.patch\n',
    patches: new Map([
      ['1a-1-objects.patch', patch('1a')],
      ['1a-2-tasks.patch', patch('1a', 'Depends-on: 1a\n')],
      ['1b-syscall.patch', patch('1b', 'Depends-on: 1a\n', PARTS)],
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

/** The kernel of the tree with something else in one of its files. */
const inKernel = (t: Tree, from: string, to: string) => {
  if (!PARTS.includes(from)) throw new Error(`the kernel of the test has no ${from}`);
  t.patches.set('1b-syscall.patch', patch('1b', 'Depends-on: 1a\n', PARTS.replace(from, to)));
};

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
    [
      'a test for the debug machine of an unknown id',
      (t) => t.files.add('images/tests/debug/9z-x.t'),
      '9z is not in plan.json',
    ],
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
    ['a word without an owner', (t) => t.plan[2]!.words!.pop(), 'three has no owner'],
    ['a word with two', (t) => t.plan[2]!.words!.push('one'), 'one has 2 owners: 1b, 1c'],
    [
      'a word that is in no catalogue',
      (t) => t.plan[2]!.words!.push('five'),
      '1c owns five, which is not in interface.json',
    ],
    [
      'a word that is no word',
      (t) => (t.interface.words['three'] = '0x03001000'),
      '0x03001000 is no command word',
    ],
    ['a number twice', (t) => (t.interface.words['three'] = '0x05000000'), 'never and three are both'],
    [
      'a reserved word with an owner',
      (t) => t.plan[2]!.words!.push('never'),
      '1c owns never, which is not in interface.json',
    ],
    [
      'a line without an owner',
      (t) => (t.plan[2]!.proc!['virtual/info'] = []),
      '/proc/virtual/info "Three" has no owner',
    ],
    [
      'a line with two owners',
      (t) => t.plan[2]!.proc!['virtual/info']!.push('One'),
      '/proc/virtual/info "One" has 2 owners: 1b, 1c',
    ],
    ['a file without an owner', (t) => delete t.plan[2]!.proc!['sys/one'], '/proc/sys/one has no owner'],
    [
      'something to come that is another’s',
      (t) => t.plan[1]!.toCome!.words!.push('three'),
      '1b: three is to come, but not its own',
    ],
    [
      'something to come of a planned row',
      (t) => (t.plan[2]!.toCome = { words: ['three'] }),
      '1c is planned: all of it is to come',
    ],
    [
      'a number that is not the catalogue’s',
      (t) => inKernel(t, 'VCMD(52, 10, 1)', 'VCMD(52, 10, 2)'),
      'VCMD_two is 0x340A0002, in interface.json 0x340A0001',
    ],
    [
      'a name that is not the catalogue’s',
      (t) => inKernel(t, 'VCMD_two\t\t', 'VCMD_too\t\t'),
      'VCMD_too is 0x340A0001, in interface.json there is none of this name',
    ],
    [
      'a number that cannot be read',
      (t) => inKernel(t, 'VCMD(1, 2, 0)', '0x01020000'),
      'VCMD_one is "0x01020000": write VCMD(category, command, version)',
    ],
    [
      'a word of a built id that is not dispatched',
      (t) => inKernel(t, '\t{ VCMD_one, 0,', '\t{ VCMD_none, 0,'),
      'one, of 1b, is not dispatched',
    ],
    [
      'a word of a planned id that is',
      (t) => inKernel(t, '\t{ VCMD_one, 0,', '\t{ VCMD_three, 0,'),
      'three is in the kernel, but 1c, its owner, is planned',
    ],
    [
      'a word that has come and is still to come',
      (t) => inKernel(t, '\t{ VCMD_one, 0,', '\t{ VCMD_four, 0,'),
      'four is in the kernel: take it off toCome of 1b',
    ],
    [
      'a word that nobody knows',
      (t) => inKernel(t, '\t{ VCMD_one, 0,', '\t{ VCMD_five, 0,'),
      'five is in the kernel and has no owner',
    ],
    [
      'a word that is dispatched twice',
      (t) => inKernel(t, '\t{ VCMD_two,', '\t{ VCMD_one,'),
      'one is dispatched twice',
    ],
    [
      'a binding with another number',
      (t) => (t.guest.binding = t.guest.binding.replace('01020000', '01020001')),
      'VServer.pm: one is 0x01020001, in interface.json 0x01020000',
    ],
    ['a binding without rows', (t) => (t.guest.binding = '1;\n'), 'VServer.pm has no row of the form'],
    [
      'a binding that lacks a word',
      (t) => (t.guest.binding = t.guest.binding.replace(/.*three.*\n/, '')),
      'VServer.pm has no row for three',
    ],
    [
      'a library with another owner of a word',
      (t) => (t.guest.words = t.guest.words.replace('"1c"', '"1b"')),
      'words.h lacks WORD(three, 0x03000FFF, "1c")',
    ],
    [
      'a library with a word too many',
      (t) => (t.guest.words += 'WORD(five, 0x05000001, "1b")\n'),
      'words.h has WORD(five, 0x05000001, "1b")',
    ],
    [
      'a word without a function',
      (t) => (t.guest.library = t.guest.library.replace('vc_two', 'vc_too')),
      'vserver.h has no function vc_two',
    ],
    [
      'a line of a built id that is not printed',
      (t) => inKernel(t, '"One:', '"on:'),
      '/proc/virtual/info "One", of 1b, is nowhere in the patches',
    ],
    [
      'a line of a planned id that is',
      (t) => inKernel(t, '%lu\\n"', '%lu\\nThree:\\t%d\\n"'),
      '/proc/virtual/info "Three" is in the kernel, but 1c, its owner, is planned',
    ],
    [
      'a line that has come and is still to come',
      (t) => inKernel(t, '"One:', '"Late:\\t%d\\nOne:'),
      '/proc/virtual/info "Late" is in the kernel: take it off toCome of 1b',
    ],
    [
      'a line that nobody knows',
      (t) => inKernel(t, '"One:', '"New:\\t%d\\nOne:'),
      '"New" is in the kernel and has no owner',
    ],
    [
      'patches that do not fit on each other',
      (t) =>
        t.patches.set(
          '1a-2-tasks.patch',
          patch('1a', '', '+++ b/x\n@@ -0,0 +1 @@\n+a\n@@ -1 +1 @@\n-b\n+c\n'),
        ),
      'x:1: the patch wants "b" where "a" is',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(problems(change).join('\n')).toContain(message);
  });
});

describe('guestCatalogue', () => {
  it('says of every item who owns it and whether the kernel has it', () => {
    const { plan, interface: all } = tree();
    expect(guestCatalogue(plan, all).trimEnd().split('\n')).toEqual([
      'word\t0x01020000\tone\t1b\tbuilt',
      'word\t0x340A0001\ttwo\t1b\tbuilt',
      'word\t0x03000FFF\tthree\t1c\tplanned',
      'word\t0x04000000\tfour\t1b\tto come',
      'word\t0x05000000\tnever\t-\treserved',
      'line\tvirtual/info\tOne\t1b\tbuilt',
      'line\tvirtual/info\tcpu %d\t1b\tbuilt',
      'line\tvirtual/info\tLate\t1b\tto come',
      'line\tvirtual/info\tThree\t1c\tplanned',
      'file\tsys/one\t\t1c\tplanned',
    ]);
  });

  it('refuses what has no owner', () => {
    const { plan, interface: all } = tree((t) => t.plan[2]!.words!.pop());
    expect(() => guestCatalogue(plan, all)).toThrow('three has no owner in plan.json');
  });
});
