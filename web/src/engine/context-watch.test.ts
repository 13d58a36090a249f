// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { ContextWatch } from './context-watch.js';

interface Made {
  readonly info?: string;
  readonly bias?: string;
  readonly tasks?: number;
}

function context(
  xid: number,
  { info = 'd7a3c000', bias = '81.17', tasks = 1 }: Made = {},
): Record<string, string> {
  return {
    [`virtual/${xid}/info`]: `ID:\t${xid}\nInfo:\t${info}\nInit:\t0\n`,
    [`virtual/${xid}/status`]: `UseCnt:\t3\nTasks:\t${tasks}\nFlags:\t0000000000000000\n`,
    [`virtual/${xid}/cvirt`]: `BiasUptime:\t${bias}\n`,
  };
}

function process(pid: number, xid: number, nid = 0): Record<string, string> {
  const text = `Name:\tsleep\nState:\tS (sleeping)\nUid:\t0\t0\t0\t0\nThreads:\t1\nVxID:\t${xid}\nNxID:\t${nid}\n`;
  return { [`${pid}/status`]: text };
}

const HOST = process(1, 0);

function watch(...readings: Record<string, string>[]): ContextWatch {
  const watched = new ContextWatch(42);
  readings.forEach((files, i) =>
    watched.learn({ uptime: 100 + i, files: new Map(Object.entries(files)) }, watched.patterns),
  );
  return watched;
}

test('its files, its own processes and when it was made, of one reading', () => {
  const { state } = watch({ ...HOST, ...context(42), ...context(4), ...process(9, 42), ...process(8, 4) });
  expect(state).toMatchObject({ name: 'alive', reading: { at: 100, created: 81.17 } });
  if (state.name !== 'alive') return;
  expect([...state.reading.files.keys()]).toEqual(['info', 'status', 'cvirt']);
  expect(state.reading.processes.map(({ pid }) => pid)).toEqual([9]);
});

test('the network contexts of its processes are read, and the one of its number', () => {
  const network = { 'virtnet/7/status': 'UseCnt:\t1\n' };
  const watched = watch({ ...HOST, ...context(42), ...process(9, 42, 7) });
  expect(watched.patterns).toEqual(['virtual/42/*', '*/status', 'virtnet/42/*', 'virtnet/7/*']);
  watched.learn(
    {
      uptime: 101,
      files: new Map(Object.entries({ ...HOST, ...context(42), ...process(9, 42, 7), ...network })),
    },
    watched.patterns,
  );
  expect(watched.state).toMatchObject({ reading: { networks: [{ nid: 7 }] } });
});

test('when it ends, what was last true stays, with the time', () => {
  const { state } = watch({ ...HOST, ...context(42, { tasks: 5 }) }, HOST, HOST);
  expect(state).toMatchObject({ name: 'ended', at: 101, again: false });
  expect(state.name === 'ended' && state.reading.files.get('status')).toContain('Tasks:\t5');
});

test.each([
  ['made later', { bias: '101.50' }],
  ['at another address', { info: 'c0ffee00' }],
])('another context of its number is another one: %s', (_, other) => {
  const { state } = watch({ ...HOST, ...context(42) }, { ...HOST, ...context(42, { ...other, tasks: 9 }) });
  expect(state).toMatchObject({ name: 'ended', at: 101, again: true });
  expect(state.name === 'ended' && state.reading.files.get('status')).toContain('Tasks:\t1');
});

test('one that ends after it has ended, ends nothing more', () => {
  const { state } = watch(
    { ...HOST, ...context(42) },
    HOST,
    { ...HOST, ...context(42, { bias: '101.50' }) },
    HOST,
  );
  expect(state).toMatchObject({ name: 'ended', at: 101, again: false });
});

test('one that never was is absent, and may come yet', () => {
  expect(watch(HOST).state).toEqual({ name: 'absent' });
  expect(watch(HOST, { ...HOST, ...context(42) }).state.name).toBe('alive');
});

test('a reading that was asked for before tells nothing', () => {
  const watched = new ContextWatch(42);
  const files = new Map(Object.entries({ ...HOST, ...context(42) }));
  watched.learn({ uptime: 100, files }, ['*/status', 'virtual/*/status']);
  expect(watched.state).toEqual({ name: 'waiting' });
});
