// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import type { CommandRun } from './console-commands.js';
import { EVENT_KINDS, filterEvents, groupByCommands, HistoryLog, type EventKind } from './history-log.js';

const HEAD = 'EVENT  CPU    XID  WHAT      USECNT  TASKS  OF';
const NO_COMMANDS = { during: () => [] };
const ALL = { kinds: new Set(Object.keys(EVENT_KINDS) as EventKind[]), what: '', xid: '', command: '' };

const line = (seq: number, what = 'alloc', xid = '140', of = '-') =>
  `#${(seq & 0xffff).toString(16).padStart(4, '0')}    0  ${xid.padStart(5)}  ${what.padEnd(8)}  ${'4'.padStart(6)}  ${'1'.padStart(5)}  ${of}`;

test('events as vhistory prints them', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add(
    [
      HEAD,
      line(0xc5, 'set', '49171', '@9ba43070'),
      line(0xc6, 'claim', '49171', 'task 9869b0b2'),
      line(0xc7, 'loc', '-', '#42'),
      line(0xc8, 'put'),
    ],
    0,
  );
  expect(log.events).toMatchObject([
    {
      seq: 0xc5,
      cpu: 0,
      xid: 49171,
      what: 'set',
      kind: 'members',
      usecnt: 4,
      tasks: 1,
      of: '@9ba43070',
      at: undefined,
      lostSoFar: 0,
      guessedSoFar: 0,
    },
    { what: 'claim', of: 'task 9869b0b2' },
    { what: 'loc', kind: 'life', xid: undefined, of: '#42' },
    { what: 'put', kind: 'references', of: '' },
  ]);
});

test('a later event has the time of its coming, and the commands that ran then or a moment ago', () => {
  const runs: CommandRun[] = [{ pty: 1, line: 'chcontext -- true', from: 900, to: 950 }];
  const log = new HistoryLog({
    during: (from, to) => runs.filter((run) => run.from <= to && run.to! >= from),
  });
  log.add([HEAD, line(1)], 920);
  log.add([line(2)], 1000);
  log.add([line(3)], 2000);
  expect(log.events.map(({ at, commands }) => [at, ...commands])).toEqual([
    [undefined],
    [1000, 'chcontext -- true'],
    [2000],
  ]);
});

test('a reading that begins anew tells nothing twice, and what nobody read is counted, numbers that go round or not', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(0xfffe), line(0xffff)], 0);
  log.add([HEAD, line(0xffff), line(0x10000), line(0x10005)], 10);
  log.add([line(0x10006)], 200);
  expect(filterEvents(log.events, ALL).map(({ seq, lost, at }) => [seq, lost, at])).toEqual([
    [0xfffe, 0, undefined],
    [0xffff, 0, undefined],
    [0, 0, undefined],
    [5, 4, undefined],
    [6, 0, 200],
  ]);
});

test.each([0x4000, 0x8001, 0xc000, 0xf000])('after %i that nobody read it goes on', (missed) => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(7)], 0);
  const next = 7 + missed + 1;
  log.add([HEAD, line(next), line(next + 1)], 10_000);
  expect(filterEvents(log.events, ALL).map(({ seq, lost }) => [seq, lost])).toEqual([
    [7, 0],
    [next & 0xffff, missed],
    [(next + 1) & 0xffff, 0],
  ]);
});

test.each([3, 0xfff0, 0x10000, 200_000])(
  '%i that vhistory says are lost are so many, and no guess',
  (lost) => {
    const log = new HistoryLog(NO_COMMANDS);
    log.add([HEAD, line(7)], 0);
    const next = 7 + lost + 1;
    log.add([`lost: ${lost} events of CPU 0`, line(next), line(next + 1)], 10_000);
    expect(filterEvents(log.events, ALL).map((event) => [event.seq, event.lost, event.atLeast])).toEqual([
      [7, 0, false],
      [next & 0xffff, lost, false],
      [(next + 1) & 0xffff, 0, false],
    ]);
  },
);

test('after a loss, an event that comes late is known, and no loss of nearly all numbers', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(0x100)], 0);
  log.add(['lost: 5 events of CPU 1', line(0xff), line(0x106)], 10_000);
  expect(filterEvents(log.events, ALL).map(({ seq, lost, atLeast }) => [seq, lost, atLeast])).toEqual([
    [0x100, 0, false],
    [0x106, 5, false],
  ]);
});

test('what was lost on two CPUs is added, and what the numbers lack beyond it was lost at least', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(7)], 0);
  // Of the 12 from 8 on, 3 and 4 are missing; 5 are there.
  const told = ['lost: 3 events of CPU 0', 'lost: 4 events of CPU 1'];
  log.add([...told, ...[11, 12, 17, 18, 19].map((seq) => line(seq))], 10_000);
  // Another reading.
  log.add([HEAD, line(19), line(25)], 20_000);
  expect(filterEvents(log.events, ALL).map(({ seq, lost, atLeast }) => [seq, lost, atLeast])).toEqual([
    [7, 0, false],
    [11, 7, false],
    [12, 0, false],
    [17, 0, false],
    [18, 0, false],
    [19, 0, false],
    [25, 5, true],
  ]);
});

test('what is lost is told before the next event that is shown, though another kind came first, and went', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(0, 'create'), line(10, 'get')], 0);
  for (let seq = 11; seq < 1000; seq++) log.add([line(seq, 'lookup')], seq);
  log.add([line(1000, 'release'), line(1003, 'dealloc')], 1000);
  const kinds = new Set<EventKind>(['life', 'members']);
  expect(filterEvents(log.events, { ...ALL, kinds }).map(({ what, lost }) => [what, lost])).toEqual([
    ['create', 0],
    ['release', 9],
    ['dealloc', 2],
  ]);
});

test('who looks on does not drive out what happened', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(0, 'create')], 0);
  for (let seq = 1; seq < 5000; seq++) log.add([line(seq, 'lookup')], seq);
  expect(log.events[0]).toMatchObject({ what: 'create', seq: 0 });
  expect(log.events.length).toBeLessThan(300);
});

test('another guest has another history', () => {
  const log = new HistoryLog(NO_COMMANDS);
  log.add([HEAD, line(500)], 0);
  log.forget();
  log.add([HEAD, line(3)], 0);
  expect(log.events.map(({ seq }) => seq)).toEqual([3]);
});

test('they are filtered by kind, event, xid and command', () => {
  const log = new HistoryLog({
    during: (from) => (from > 500 ? [{ pty: 1, line: 'vkill --xid 7', from: 0, to: undefined }] : []),
  });
  log.add(
    [HEAD, line(1, 'lookup', '7'), line(2, 'claim', '7', 'task 00000001'), line(3, 'loc', '-', '#7')],
    0,
  );
  log.add([line(4, 'release', '9')], 1000);
  const found = (filter: Partial<typeof ALL>) =>
    filterEvents(log.events, { ...ALL, ...filter }).map(({ seq }) => seq);
  expect(found({})).toEqual([1, 2, 3, 4]);
  expect(found({ kinds: new Set(['members']) })).toEqual([2, 4]);
  expect(found({ what: 'claim' })).toEqual([2]);
  expect(found({ xid: '7' })).toEqual([1, 2, 3]);
  expect(found({ command: 'VKILL' })).toEqual([4]);
});

test('events in a row that came while the same ran are a group', () => {
  const runs: CommandRun[] = [{ pty: 1, line: 'vkill', from: 1000, to: 1500 }];
  const log = new HistoryLog({
    during: (from, to) => runs.filter((run) => run.from <= to && run.to! >= from),
  });
  for (const [seq, at] of [
    [1, 500],
    [2, 1100],
    [3, 1200],
    [4, 3000],
  ] as const)
    log.add([line(seq)], at);
  expect(
    groupByCommands(filterEvents(log.events, ALL)).map(({ number, commands, events }) => [
      number,
      commands,
      events.length,
    ]),
  ).toEqual([
    [0, [], 1],
    [1, ['vkill'], 2],
    [3, [], 1],
  ]);
});
