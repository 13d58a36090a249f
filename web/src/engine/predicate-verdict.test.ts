// SPDX-License-Identifier: MIT
/** Predicates on what the kernel prints (the lines are those of the tests of 1c). */
import { expect, test } from 'vitest';
import { needsOf, type CommandResult, type Facts } from './predicate-facts.js';
import { decide, describe, evaluate, unanswered } from './predicate-verdict.js';
import { parsePredicate } from './predicate.js';

const STATUS = `UseCnt:\t27
Tasks:\t12
Flags:\t0000004000020111
BCaps:\t00000000344c04ff
CCaps:\t0000000000000101
Umask:\t         c000000
Wmask:\t               0
Spaces:\t0c000000 00000000
`;
const PROC: Record<string, string | number> = {
  'virtual/status': '#CTotal:\t3\n#CActive:\t2\n#NSProxy:\t4\t4 4 4 4 4 4\n#InitTask:\t49\t49 1\n',
  'virtual/info': 'VCIVersion:\t0002:0001\nVCISyscall:\t236\nVCIKernel:\t03000116\n',
  'virtual/100/status': STATUS,
  'virtual/100/info': 'ID:\t100\nInfo:\td7a3c000\nInit:\t1234\nOOM:\t-17\n',
  'virtual/100/cvirt': 'BiasUptime:\t81243.17\nloadavg:\t0.07 0.03 2.01\n',
  'virtual/100/limit':
    'Limit\t current\t     min/max\t\t    soft/hard\t\thits\n' +
    'PROC:\t      12\t       0/      15\t     100/     100\t     3\n' +
    'VM:\t   20480\t       0/   22016\t      -1/      -1\t     0\n',
  'virtual/100/sched': 'FillRate:\t       1,4\ncpu 0: 1201 322 0 381 0 R- 480 62 500 1/4 1/8\n',
  'virtual/100/nsproxy1': '',
  'virtual/101/status': STATUS.replace('12', '0').replace('4000020111', '0000000000'),
  'virtual/101/info': 'ID:\t101\nInfo:\td7a3c000\nInit:\t0\nOOM:\t0\n',
  'virtual/102/status': 2,
  'virtual/103/status': '',
  'virtual/103/info': '',
  'virtnet/status': '#CTotal:\t1\n#CActive:\t1\n',
  'virtnet/77/status': 'UseCnt:\t3\nTasks:\t1\nFlags:\t0000000400000100\nNCaps:\t0000000000001000\n',
  'virtnet/77/info': 'ID:\t77\nInfo:\t00000000\n0:\t[10.0.0.1-0.0.0.0/255.255.255.0:0010]\n',
};
const FILES: Record<string, string | undefined> = {
  '/run/vservers/web': '100\n77\nc000000\n1\n',
  '/run/vservers/odd': '+100\n0\n',
  '/etc/hostname': 'vserver\n',
  '/empty': '',
  '/none': undefined,
};
const COMMANDS: Record<string, CommandResult | undefined> = {
  true: { exit: 0, out: '' },
  id: { exit: 0, out: 'uid=0(root)\ngid=0(root)\n' },
  killed: { exit: 137, out: '' },
  long: undefined,
};
const facts: Facts = {
  proc: new Map(Object.entries(PROC)),
  files: new Map(Object.entries(FILES)),
  commands: new Map(Object.entries(COMMANDS)),
};
const holds = (text: string) => evaluate(parsePredicate(text), facts);

test.each([
  ...[
    'ctx(100) exists',
    'not ctx(102) exists',
    'not ctx(103) exists',
    'not ctx(104) exists',
    'net(77) exists',
  ],
  ...['ctx("web") exists', 'net("web").tasks == 1', 'not ctx("odd") exists', 'not net("odd") exists'],
  ...['not ctx("gone") exists', 'ctx(100).tasks == 12', 'ctx(100).tasks >= 0xc', 'ctx(100).tasks < 13'],
  ...['ctx(100).tasks != 11', 'ctx(100).tasks > 11', 'ctx(100).tasks <= 12', 'ctx(100).usecnt == 27'],
  ...['ctx(100).flags has persistent', 'ctx(100).flags has lock, fakeinit, sched_hard, virt_uptime'],
  ...['not ctx(100).flags has lock, private', 'ctx(100).flags lacks private, state_setup'],
  ...['not ctx(100).flags lacks private, lock', 'ctx(100).flags == 0x4000020111', 'ctx(101).flags == 0'],
  ...[
    'ctx(100).flags != 0',
    'ctx(100).bcaps lacks net_raw',
    'ctx(100).bcaps has chown, net_bind_service',
    'ctx(100).ccaps has raw_icmp',
  ],
  ...['ctx(100).umask has newuts, newipc', 'ctx(100).umask lacks newpid', 'ctx(100).wmask == 0'],
  ...[
    'ctx(100).init exists',
    'not ctx(101).init exists',
    'ctx(100).initpid == 1234',
    'ctx(101).initpid == 0',
  ],
  ...[
    'ctx(100).oom == -17',
    'ctx(100).oom < -16',
    'ctx(101).oom >= 0',
    'net(77).flags has single_ip, state_admin',
  ],
  ...[
    'net(77).ncaps has multicast',
    'net(77).usecnt == 3',
    'count(ctx) == 2',
    'count(net) >= 1',
    'count(net) != 2',
  ],
  ...['proc("virtual/status")."#CTotal" == 3', 'proc("virtual/status")."#CTotal" == "3"'],
  ...['proc("virtual/info")."VCIVersion" == "0002:0001"', 'proc("virtual/info")."VCIKernel" matches /^0300/'],
  ...['proc("virtual/100/limit")."PROC"[1] == 12', 'proc("virtual/100/limit")."PROC"[3] == 15'],
  ...['proc("virtual/100/limit")."PROC"[6] == 3', 'proc("virtual/100/limit")."VM"[5] == -1'],
  ...['proc("virtual/100/sched")."FillRate"[2] == 4', 'proc("virtual/100/sched")."cpu 0"[6] == "R-"'],
  ...['proc("virtual/100/cvirt")."BiasUptime" > 81243', 'proc("virtual/100/cvirt")."loadavg"[1] < 1'],
  ...['proc("virtual/100/cvirt")."loadavg"[3] > 2', 'proc("virtnet/77/info")."0" contains "10.0.0.1"'],
  ...['proc("virtual/100/limit") contains "hits"', 'proc("virtual/info") matches /^VCISyscall:\\t236$/'],
  ...[
    'proc("virtual/info") exists',
    'proc("virtual/status")."#CTotal" exists',
    'not proc("virtual/status")."x" exists',
  ],
  ...['not proc("virtual/100/nsproxy1") exists', 'not proc("virtual/102/status") exists'],
  ...[
    'run("true").exit == 0',
    'run("killed").exit == 137',
    'run("id").out contains "root"',
    'run("true").out == ""',
  ],
  ...['run("id").out == "uid=0(root)\\ngid=0(root)"', 'run("id").out matches /^gid=\\d+\\(root\\)$/'],
  ...[
    'file("/etc/hostname") == "vserver"',
    'file("/etc/hostname") != "other"',
    'file("/etc/hostname") exists',
  ],
  ...[
    'file("/empty") exists',
    'file("/empty") == ""',
    'not file("/none") exists',
    'not file("/unread") exists',
  ],
])('true: %s', (text) => {
  expect(holds(text)).toBe(true);
});

test.each([
  ...['ctx(102)', 'ctx(103)', 'ctx(104)', 'ctx("gone")', 'ctx("odd")'].flatMap((ctx) =>
    [
      'exists',
      '.flags has lock',
      '.flags lacks lock',
      '.flags != 0',
      '.tasks >= 0',
      '.init exists',
      '.oom != 1',
    ].map((rest) => (rest.startsWith('.') ? `${ctx}${rest}` : `${ctx} ${rest}`)),
  ),
  ...[
    'proc("virtual/none")',
    'proc("virtual/102/status")',
    'proc("virtual/100/nsproxy1")',
    'file("/none")',
  ].flatMap((file) => [`${file} exists`, `${file} != "x"`, `${file} contains ""`, `${file} matches /x*/`]),
  ...['proc("virtual/status")."x" != 1', 'proc("virtual/100/limit")."PROC"[9] != 1', 'file("/none") == ""'],
  // What the kernel writes as hexadecimal, or several numbers, is no number.
  ...['proc("virtual/100/status")."Flags" >= 0', 'proc("virtual/100/status")."Flags" != 1'],
  ...['proc("virtual/100/limit")."PROC" >= 0', 'proc("virtual/info")."VCIVersion" != 3'],
  ...['run("long").exit != 1', 'run("long").out != "x"', 'run("never run").exit != 1'],
  ...['file("/etc/hostname") == "vserver\\n"', 'run("id").out matches /^root/'],
])('false: %s', (text) => {
  expect(holds(text)).toBe(false);
});

test.each(['ctx(100) exists', 'ctx(104) exists'])('and, or and not are what they are: %s', (p) => {
  for (const [q, truth] of [
    ['ctx(100) exists', true],
    ['ctx(104) exists', false],
  ] as const) {
    // prettier-ignore
    expect(holds(`${p} and ${q}`)).toBe(holds(p) && truth);
    expect(holds(`${p} or ${q}`)).toBe(holds(p) || truth);
    expect(holds(`not (${p} and ${q})`)).toBe(!(holds(p) && truth));
    expect(holds(`not ${p} or not ${q}`)).toBe(!holds(p) || !truth);
  }
});

test('a status that somebody made up is no more than false', () => {
  for (const status of [
    'x',
    'Flags:\nTasks:\n',
    'Flags:\t0x1\nTasks:\t1e3\n',
    `Tasks:\t${'9'.repeat(60_000)}\n`,
  ]) {
    const made = { ...facts, proc: new Map([['virtual/100/status', status]]) };
    for (const text of ['ctx(100).flags has lock', 'ctx(100).flags lacks lock', 'ctx(100).tasks > 0']) {
      expect(evaluate(parsePredicate(text), made)).toBe(false);
      expect(describe(parsePredicate(text), made)).toContain('ctx(100).');
    }
  }
});

test('a command is asked for only while the rest leaves it open', () => {
  const open = (text: string) => decide(parsePredicate(text).expression, { ...facts, commands: new Map() });
  expect(open('run("a").exit == 0')).toEqual({ awaits: 'a' });
  expect(open('not run("a").exit == 0')).toEqual({ awaits: 'a' });
  expect(open('ctx(100) exists and run("a").exit == 0')).toEqual({ awaits: 'a' });
  expect(open('run("a").exit == 0 and run("b").exit == 0')).toEqual({ awaits: 'a' });
  expect(open('ctx(104) exists and run("a").exit == 0')).toBe(false);
  expect(open('run("a").exit == 0 and ctx(104) exists')).toBe(false);
  expect(open('run("a").exit == 0 or ctx(100) exists')).toBe(true);
  expect(open('not (run("a").exit == 0 or ctx(100) exists)')).toBe(false);
});

test('a command that took too long is told where the rest leaves it open, and behind a not as well', () => {
  const commands = new Map<string, CommandResult | undefined>([
    ['hangs', undefined],
    ['works', { exit: 0, out: '' }],
  ]);
  const stuck: Facts = { ...facts, commands };
  const asked = (text: string) => unanswered(parsePredicate(text), stuck);
  expect(asked('run("hangs").exit == 0')).toBe('hangs');
  expect(asked('not run("hangs").exit == 0 and run("works").exit == 0')).toBe('hangs');
  expect(asked('run("works").exit == 0')).toBeUndefined();
  expect(asked('run("hangs").exit == 0 and run("works").exit == 1')).toBeUndefined();
  expect(asked('run("hangs").exit == 0 or ctx(100) exists')).toBeUndefined();
});

test('what has to be read is each file once, and no pattern is a wildcard', () => {
  const predicates = [
    'ctx(100).tasks > 1 and ctx(100).flags has lock and ctx(100).init exists or count(ctx) == 1',
    'net(77) exists and proc("virtual/9/limit")."PROC"[1] == 1 and file("/a") exists and run("x").exit == 0',
    'ctx("web").tasks > 1 and net("web") exists',
  ].map(parsePredicate);
  const files = ['/a', '/run/vservers/web'];
  const proc = [
    'virtual/100/status',
    'virtual/100/info',
    'virtual/status',
    'virtnet/77/status',
    'virtual/9/limit',
  ];
  expect(needsOf(predicates)).toEqual({ proc, files });
  const known = new Map([['/run/vservers/web', '42\n43\n']]);
  const guest = ['virtual/42/status', 'virtnet/43/status'];
  expect(needsOf(predicates, known)).toEqual({ proc: [...proc, ...guest], files });
});

test('what was seen is told in words', () => {
  const seen = (text: string) => describe(parsePredicate(text), facts);
  expect(seen('ctx(100).tasks > 20 and ctx(100) exists and not ctx(100).tasks > 30')).toBe(
    'ctx(100).tasks is 12, ctx(100) is there',
  );
  expect(seen('ctx("web").flags has private')).toBe(
    'ctx("web").flags is lock, fakeinit, sched_hard, virt_uptime, persistent',
  );
  expect(seen('ctx(101).flags has private or ctx(102).flags has private')).toBe(
    'ctx(101).flags is empty, ctx(102).flags is not there',
  );
  expect(seen('ctx(100).init exists and count(ctx) == 1')).toBe('ctx(100).init is 1234, count(ctx) is 2');
  expect(seen('file("/etc/hostname") == "x" or file("/none") exists')).toBe(
    'file("/etc/hostname") is "vserver", file("/none") is not there',
  );
  expect(seen('run("id").exit == 1 or run("long").exit == 1 or run("no").exit == 1')).toBe(
    'run("id").exit is 0, run("long").exit is not ended in time, run("no").exit is not run',
  );
  const long = { ...facts, files: new Map([['/a', 'x\n'.repeat(100)]]) };
  const cut = `file("/a") is "${'x\\n'.repeat(40)}" and more`;
  expect(describe(parsePredicate('file("/a") exists'), long)).toBe(cut);
});
