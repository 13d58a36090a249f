// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import {
  contextRows,
  formatUptime,
  parseFields,
  parseFlags,
  procTree,
  type ProcNode,
  type ProcSnapshot,
} from './proc-virtual.js';

const STATUS = `UseCnt:\t27
Tasks:\t12
Flags:\t0000001000020110
BCaps:\t00000000344c04ff
CCaps:\t0000000000000101
`;

function snapshot(files: Record<string, string | number>, uptime = 100): ProcSnapshot {
  return { uptime, files: new Map(Object.entries(files)) };
}

test('info: the words of the announcement', () => {
  const info = parseFields('VCIVersion:\t0002:0001\nVCISyscall:\t273\nVCIKernel:\t07000000\n');
  expect([...info]).toEqual([
    ['VCIVersion', '0002:0001'],
    ['VCISyscall', '273'],
    ['VCIKernel', '07000000'],
  ]);
});

test('status: keys with a hash sign, numbers and blank-padded masks', () => {
  expect(parseFields('#CTotal:\t3\n#CActive:\t2\n').get('#CActive')).toBe('2');
  expect(parseFields('Umask:\t               f\n').get('Umask')).toBe('f');
});

test('a line that the guest made up to take long does not', () => {
  const value = `x${' '.repeat(1_000_000)}x`;
  expect(parseFields(`Tasks:${value}\n`).get('Tasks')).toBe(value);
});

test.each(['', '99999999999999999999999', '-1', '1 2', 'many'])(
  'a status that says %j tasks is none',
  (tasks) => {
    const status = STATUS.replace('12', tasks);
    expect(contextRows(snapshot({ 'virtual/42/status': status }), new Map([[42, 81.17]]))).toEqual([]);
  },
);

test('a context is a row with tasks, flags by name and uptime since its creation', () => {
  const [row] = contextRows(snapshot({ 'virtual/42/status': STATUS }), new Map([[42, 81.17]]));
  expect(row).toMatchObject({
    xid: 42,
    tasks: 12,
    flagNames: ['fakeinit', 'sched_hard', 'virt_uptime', 'sc_helper'],
  });
  expect(row?.uptime).toBeCloseTo(18.83);
});

test('rows come in the order of xids, and a context that is going is left out', () => {
  const rows = contextRows(
    snapshot({
      'virtual/100/status': STATUS,
      'virtual/7/status': STATUS,
      'virtual/8/status': 2,
      'virtual/9/status': '',
      'virtual/status': '#CTotal:\t2\n#CActive:\t2\n',
    }),
    new Map(),
  );
  expect(rows.map((row) => row.xid)).toEqual([7, 100]);
  expect(rows[0]?.uptime).toBeUndefined();
});

test('only a number as the kernel writes it is a context: no two rows have one xid', () => {
  const paths = ['7', '07', '007', '9007199254740992', '9007199254740993', '0', '-1'].map(
    (xid) => `virtual/${xid}/status`,
  );
  const rows = contextRows(snapshot(Object.fromEntries(paths.map((path) => [path, STATUS]))), new Map());
  expect(rows.map((row) => row.xid)).toEqual([0, 7]);
});

test('an uptime is never negative: the bias is rounded, the clock is not', () => {
  const [row] = contextRows(snapshot({ 'virtual/2/status': STATUS }, 100.009), new Map([[2, 100.01]]));
  expect(row?.uptime).toBe(0);
});

test('a word of bits has 64; anything else is refused', () => {
  expect(parseFlags('8000000000000001')).toBe((1n << 63n) | 1n);
  expect(parseFlags('0x1')).toBeUndefined();
  expect(parseFlags(undefined)).toBeUndefined();
});

test('the tree: files first, contexts by number', () => {
  const tree = procTree([
    'virtual/status',
    'virtual/info',
    'virtual/100/status',
    'virtual/9/status',
    'virtual/9/info',
    'virtnet/info',
    'uptime',
  ]);
  expect(tree.map((node) => node.name)).toEqual(['virtual', 'virtnet']);
  const [virtual, virtnet] = tree.map((node) => node.children ?? []);
  expect(virtual?.map((node) => node.name)).toEqual(['info', 'status', '9', '100']);
  expect(virtual?.[2]?.children?.map((node) => node.path)).toEqual(['virtual/9/info', 'virtual/9/status']);
  expect(virtnet?.map((node) => node.path)).toEqual(['virtnet/info']);
});

test('no two nodes of the tree have one path, whatever the agent says', () => {
  const tree = procTree([
    'virtual/a',
    'virtual/a/',
    'virtual/a/x',
    'virtual/a/x',
    'virtual/',
    'virtual//y',
    'virtual/a',
  ]);
  const pathsOf = (node: ProcNode): string[] => [node.path, ...(node.children ?? []).flatMap(pathsOf)];
  const all = tree.flatMap(pathsOf);
  expect(all.sort()).toEqual([...new Set(all)]);
  expect(tree[0]?.children?.map((node) => node.name).sort()).toEqual(['', 'a']);
});

test.each([
  [0.4, '0:00'],
  [75, '1:15'],
  [3723, '1:02:03'],
  [183845, '2d 03:04:05'],
])('%d s is %s', (seconds, text) => {
  expect(formatUptime(seconds)).toBe(text);
});
