// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { groupsFound, parseProcess, processesOf, processGroups } from './processes.js';

/** As Linux 6.12 with the series prints it, shortened in the middle. */
function status(name: string, xid: number | undefined, more: Record<string, string> = {}): string {
  const ids = xid === undefined ? {} : { VxID: String(xid), NxID: '0' };
  const fields = {
    Name: name,
    State: 'S (sleeping)',
    Uid: '0\t0\t0\t0',
    Kthread: '0',
    VmRSS: '    1328 kB',
    Threads: '1',
    ...ids,
    ...more,
  };
  return Object.entries(fields)
    .map(([label, value]) => `${label}:\t${value}\n`)
    .join('');
}

const CONTEXT = 'UseCnt:\t4\nTasks:\t1\nFlags:\t0000000000000000\n';

function groups(files: Record<string, string | number>) {
  return processGroups({ uptime: 100, files: new Map(Object.entries(files)) }, new Map());
}

test('a process, from the one file that has all of it', () => {
  expect(
    parseProcess(58, status('cat', 42, { State: 'R (running)', Uid: '1000\t1000\t0\t0', NxID: '7' })),
  ).toEqual({
    pid: 58,
    name: 'cat',
    state: 'R (running)',
    uid: 1000,
    threads: 1,
    rss: 1328,
    kernel: false,
    xid: 42,
    nid: 7,
  });
});

test('a name may hold what it likes but a line end', () => {
  expect(parseProcess(9, status('a: b\\n (x)', 0))?.name).toBe('a: b\\n (x)');
});

test('what was cut short as its process went is no process', () => {
  expect(parseProcess(58, '')).toBeUndefined();
  expect(parseProcess(58, status('cat', 0).slice(0, 30))).toBeUndefined();
});

test('only processes are processes, and one that is gone is left out', () => {
  const files = new Map<string, string | number>([
    ['10/status', status('ten', 0)],
    ['9/status', status('nine', 0)],
    ['11/status', 3],
    ['virtual/status', '#CTotal:\t1\n'],
    ['virtual/9/status', CONTEXT],
    ['self/status', status('self', 0)],
  ]);
  expect(processesOf(files)?.map(({ pid }) => pid)).toEqual([9, 10]);
});

test('who was not asked for is not known, which is another thing than none', () => {
  expect(groups({ 'virtual/42/status': CONTEXT }).map(({ processes }) => processes)).toEqual([
    undefined,
    undefined,
  ]);
  expect(groups({ 'virtual/42/status': CONTEXT, '1/status': status('init', 0) })[1]?.processes).toEqual([]);
});

test('host, spectator, contexts by number, ended ones, and those that hide', () => {
  const all = groups({
    'virtual/100/status': CONTEXT,
    'virtual/7/status': CONTEXT,
    '1/status': status('init', 0),
    '2/status': status('kthreadd', 0, { Kthread: '1' }),
    '20/status': status('sleep', 100),
    '21/status': status('vserver-stat', 1),
    '22/status': status('true', 42, { State: 'Z (zombie)' }),
    '23/status': status('secret', undefined),
  });
  expect(all.map(({ kind, xid, processes }) => [kind, xid, processes?.map(({ pid }) => pid)])).toEqual([
    ['host', 0, [1, 2]],
    ['spectator', 1, [21]],
    ['context', 7, []],
    ['ended', 42, [22]],
    ['context', 100, [20]],
    ['hidden', undefined, [23]],
  ]);
  expect(all[0]?.processes?.map(({ kernel }) => kernel)).toEqual([false, true]);
});

test('of many contexts those are found whose xid begins as typed, the exact one first', () => {
  const all = groups({
    'virtual/420/status': CONTEXT,
    'virtual/42/status': CONTEXT,
    'virtual/142/status': CONTEXT,
  });
  const found = (typed: string) => groupsFound(all, typed).map(({ xid }) => xid);
  expect(found(' 42 ')).toEqual([42, 420]);
  expect(found('7')).toEqual([]);
  expect(groupsFound(all, '')).toBe(all);
});
