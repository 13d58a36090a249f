// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { filterRecords, formatRecord, KernelLog, MOST_RECORDS, parseRecord } from './kernel-log.js';

const line = (seq: number, text = 'x', priority = 6) => `${priority},${seq},${seq * 1000},-;${text}`;

test('a record has its level, number and time', () => {
  expect(parseRecord('4,157,1486302,-;vserver: context 42: no memory')).toEqual({
    seq: 157,
    level: 'warn',
    at: 1.486302,
    text: 'vserver: context 42: no memory',
    fromProgram: false,
  });
});

test.each([
  [
    '12,339,5140900,-,caller=T1;written by hand',
    { level: 'warn', fromProgram: true, text: 'written by hand' },
  ],
  ['6,1,2,c;tab\\x09and \\x5c and \\x1b[31m; more', { text: 'tab\tand \\ and \\x1b[31m; more' }],
])('%s', (text, record) => {
  expect(parseRecord(text)).toMatchObject(record);
});

test.each(['', ' SUBSYSTEM=acpi', ' DEVICE=+acpi:PNP0A03:00', 'no record'])('%j is none', (text) => {
  expect(parseRecord(text)).toBeUndefined();
});

test('records come once, and what was replaced before it was read is counted', () => {
  const log = new KernelLog();
  log.add([line(5), line(6)]);
  log.add([line(5), line(6), ' SUBSYSTEM=x', line(7), line(10)]);
  expect(log.records.map(({ seq }) => seq)).toEqual([5, 6, 7, 10]);
  expect(log.lost).toBe(2);
  log.forget();
  log.add([line(0)]);
  expect([log.records.length, log.lost]).toEqual([1, 0]);
});

test('a flood leaves the last ones', () => {
  const log = new KernelLog();
  log.add(Array.from({ length: 5 * MOST_RECORDS }, (_, seq) => line(seq)));
  expect(log.records).toHaveLength(MOST_RECORDS);
  expect(log.records[0]?.seq).toBe(4 * MOST_RECORDS);
});

test('they are filtered by level and text, and told as dmesg does', () => {
  const log = new KernelLog();
  log.add([line(1, 'Linux version', 5), line(2, 'vserver: VX', 3), line(3, 'details', 7)]);
  const found = (least: 'err' | 'debug', text: string) =>
    filterRecords(log.records, { least, text }).map(({ seq }) => seq);
  expect(found('debug', '')).toEqual([1, 2, 3]);
  expect(found('err', '')).toEqual([2]);
  expect(found('debug', 'vx')).toEqual([2]);
  expect(formatRecord(log.records[0]!)).toBe('[    0.001000] Linux version');
});
