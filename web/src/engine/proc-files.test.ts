// SPDX-License-Identifier: MIT
/** The samples are those of the interface's description, byte for byte, and those of the lines that later kernels print. */
import { expect, test } from 'vitest';
import { labelsOf, parseFile, type FileTable } from './proc-files.js';

/** The values of each row by its label. */
function valuesOf(tables: readonly FileTable[]): Record<string, readonly string[]> {
  return Object.fromEntries(tables.flatMap(({ rows }) => rows.map(({ label, values }) => [label, values])));
}

function bitsOf(tables: readonly FileTable[], label: string): string[] | undefined {
  const row = tables.flatMap(({ rows }) => rows).find((one) => one.label === label);
  return row?.bits?.map(({ name }) => name);
}

test('virtual/info', () => {
  const text = 'VCIVersion:\t0002:0001\nVCISyscall:\t236\nVCIKernel:\t03000116\n';
  expect(valuesOf(parseFile('virtual/info', text))).toEqual({
    VCIVersion: ['0002:0001'],
    VCISyscall: ['236'],
    VCIKernel: ['03000116'],
  });
});

test.each([
  ['of old', '#CTotal:\t3\n#CActive:\t2\n', { '#CTotal': ['3'], '#CActive': ['2'] }],
  [
    'with namespaces',
    '#CTotal:\t0\n#CActive:\t0\n#NSProxy:\t2\t27 2 1 1 1 1\n#InitTask:\t2\t55 30\n',
    { '#CTotal': ['0'], '#CActive': ['0'], '#NSProxy': ['2  27 2 1 1 1 1'], '#InitTask': ['2  55 30'] },
  ],
])('virtual/status %s', (_, text, values) => {
  expect(valuesOf(parseFile('virtual/status', text))).toEqual(values);
});

test.each([
  [
    'of old',
    'ID:\t49152\nInfo:\td7a3c000\nInit:\t1234\n',
    { ID: ['49152'], Info: ['d7a3c000'], Init: ['1234'] },
  ],
  [
    'with the bias',
    'ID:\t7\nInfo:\t0\nInit:\t0\nOOM:\t-17\n',
    { ID: ['7'], Info: ['0'], Init: ['0'], OOM: ['-17'] },
  ],
])('virtual/*/info %s', (_, text, values) => {
  expect(valuesOf(parseFile('virtual/*/info', text))).toEqual(values);
});

const STATUS = `UseCnt:\t27
Tasks:\t12
Flags:\t0000001000020110
BCaps:\t00000000344c04ff
CCaps:\t0000000000000101
`;

test('virtual/*/status: words of bits by name, numbers that move', () => {
  const tables = parseFile('virtual/*/status', STATUS);
  expect(valuesOf(tables)).toEqual({
    UseCnt: ['27'],
    Tasks: ['12'],
    Flags: ['0000001000020110'],
    BCaps: ['00000000344c04ff'],
    CCaps: ['0000000000000101'],
  });
  expect(bitsOf(tables, 'Flags')).toEqual(['fakeinit', 'sched_hard', 'virt_uptime', 'sc_helper']);
  expect(bitsOf(tables, 'CCaps')).toEqual(['set_utsname', 'raw_icmp']);
  expect(bitsOf(tables, 'BCaps')?.slice(0, 9)).toEqual(
    'chown dac_override dac_read_search fowner fsetid kill setgid setuid net_bind_service'.split(' '),
  );
  expect(bitsOf(tables, 'UseCnt')).toBeUndefined();
  expect(tables[0]?.rows.map(({ number }) => number)).toEqual([27, 12, undefined, undefined, undefined]);
});

test('virtual/*/status: masks that are padded with blanks, and two masks in a line', () => {
  const text = `${STATUS}Umask:\t        2e020200\nWmask:\t               0\nSpaces:\t0c020200 00000000\n`;
  const tables = parseFile('virtual/*/status', text);
  expect(bitsOf(tables, 'Umask')).toEqual(['fs', 'newns', 'newcgroup', 'newuts', 'newipc', 'newpid']);
  expect(bitsOf(tables, 'Wmask')).toEqual([]);
  expect(valuesOf(tables)['Spaces']).toEqual(['0c020200 00000000']);
});

const LIMIT = `Limit\t current\t     min/max\t\t    soft/hard\t\thits
PROC:\t      12\t       0/      15\t     100/     100\t     0
VM:\t   20480\t       0/   22016\t      -1/      -1\t     0
VML:\t       0\t       0/       0\t      -1/      -1\t     0
RSS:\t    3120\t       0/    3344\t   20000/   40000\t     0
ANON:\t    2210\t       0/    2400\t      -1/      -1\t     0
FILES:\t      61\t       0/      88\t      -1/      -1\t     0
OFD:\t      54\t       0/      70\t      -1/      -1\t     0
LOCKS:\t       3\t       0/       4\t      -1/      -1\t     0
SOCK:\t       7\t       0/       9\t      -1/      -1\t     0
MSGQ:\t       0\t       0/       0\t      -1/      -1\t     0
SHM:\t       0\t       0/       0\t      -1/      -1\t     0
SEMA:\t       0\t       0/       0\t      -1/      -1\t     0
SEMS:\t       0\t       0/       0\t      -1/      -1\t     0
`;

test('virtual/*/limit: a row a resource, with what it counts and no limit where there is none', () => {
  const tables = parseFile('virtual/*/limit', LIMIT);
  expect(tables).toHaveLength(1);
  expect(tables[0]?.columns).toEqual(['now', 'least', 'most', 'soft', 'hard', 'hits']);
  const labels = 'PROC VM VML RSS ANON FILES OFD LOCKS SOCK MSGQ SHM SEMA SEMS'.split(' ');
  expect(tables[0]?.rows.map(({ label }) => label)).toEqual(labels);
  expect(labelsOf(LIMIT)).toEqual(['Limit', ...labels]);
  const values = valuesOf(tables);
  expect(values['PROC']).toEqual(['12', '0', '15', '100', '100', '0']);
  expect(values['RSS']).toEqual(['3120', '0', '3344', '20000', '40000', '0']);
  expect(values['VM']).toEqual(['20480', '0', '22016', 'none', 'none', '0']);
  expect(tables[0]?.rows[3]).toMatchObject({ says: 'resident pages', number: 3120 });
});

const SETTINGS = `FillRate:\t       1,1
Interval:\t       4,8
TokensMin:\t      62
TokensMax:\t     500
PrioBias:\t       0
`;

test('virtual/*/sched of the first kernels', () => {
  const text = `${SETTINGS}VaVaVoom:\t      -4
cpu 0: 1201 322 0 381 0 R- 480 62 500 1/4 1/8
cpu 1: 980 277 40 315 0 H- 12 62 500 1/4 1/8
`;
  const [settings, cpus] = parseFile('virtual/*/sched', text);
  expect(valuesOf([settings!])).toMatchObject({ FillRate: ['1,1'], TokensMax: ['500'], VaVaVoom: ['-4'] });
  expect(cpus?.columns).toHaveLength(11);
  expect(cpus?.rows.map(({ label, number }) => [label, number])).toEqual([
    ['cpu 0', 1201],
    ['cpu 1', 980],
  ]);
  expect(cpus?.rows[1]?.values[cpus.columns.indexOf('state')]).toBe('H-');
});

test.each([
  [
    'with the bonus of each processor',
    `${SETTINGS}cpu 0: 1 2 3 4 5 RI 6 7 8 1/4 1/8 9 -4\n`,
    13,
    'bonus',
    '-4',
  ],
  ['of the last kernels', 'PrioBias:\t       0\ncpu 0: 1201 322 0 -5\n', 4, 'priority bias', '-5'],
  ['of kernels to come', 'cpu 0: 1 2 3\n', 3, '3', '3'],
])('virtual/*/sched %s', (_, text, width, column, value) => {
  const cpus = parseFile('virtual/*/sched', text).at(-1);
  expect(cpus?.columns).toHaveLength(width);
  expect(cpus?.rows[0]?.values).toHaveLength(width);
  expect(cpus?.rows[0]?.values[cpus.columns.indexOf(column)]).toBe(value);
});

test('virtual/*/cvirt', () => {
  const text = `BiasUptime:\t81243.17
SysName:\tLinux
NodeName:\tguest1
Release:\t2.6.15-vs2.1.1
Version:\t#1 SMP Sat Feb 18 12:00:00 UTC 2006
Machine:\ti686
DomainName:\t(none)
nr_threads:\t12
nr_running:\t1
nr_unintr:\t0
nr_onhold:\t0
load_updates:\t48213
loadavg:\t0.07 0.03 0.01
total_forks:\t911
`;
  const [table] = parseFile('virtual/*/cvirt', text);
  expect(table?.rows).toHaveLength(14);
  expect(valuesOf([table!])).toMatchObject({
    Version: ['#1 SMP Sat Feb 18 12:00:00 UTC 2006'],
    loadavg: ['0.07 0.03 0.01'],
  });
  const numbers = Object.fromEntries(table!.rows.map(({ label, number }) => [label, number]));
  expect(numbers).toMatchObject({ nr_threads: 12, loadavg: 0.07, total_forks: 911, BiasUptime: undefined });
});

const NONE = '         0/0         ';
const CACCT = `Type\t    recv #/bytes\t\t   send #/bytes\t\t    fail #/bytes
UNSPEC:\t${NONE}\t${NONE}\t${NONE}
UNIX:\t        15/1234      \t        15/1234      \t${NONE}
INET:\t       210/18452     \t       190/99321     \t         2/0         
INET6:\t${NONE}\t${NONE}\t${NONE}
OTHER:\t${NONE}\t${NONE}\t${NONE}

slab:\t        0        0        0        0

page[0]:\t        0        0        0        0\t        0        0        0        0
page[1]:\t        0        0      842        0\t        0        0        0        0
page[2]:\t        0        0        0        0\t        0        0        0        0
page[3]:\t        0        0        0        0\t        0        0        0        0
page[4]:\t        0        0        0        0\t        0        0        0        0
`;

test('virtual/*/cacct: sockets, slab and page faults', () => {
  const [sockets, slab, pages] = parseFile('virtual/*/cacct', CACCT);
  expect(sockets?.rows.map(({ label }) => label)).toEqual(['UNSPEC', 'UNIX', 'INET', 'INET6', 'OTHER']);
  expect(sockets?.rows[2]).toMatchObject({
    values: ['210', '18452', '190', '99321', '2', '0'],
    number: 18452,
  });
  expect(slab?.rows[0]?.values).toEqual(['0', '0', '0', '0']);
  expect(pages?.rows).toHaveLength(5);
  expect(pages?.columns).toHaveLength(8);
  expect(pages?.rows[1]?.values[pages.columns.indexOf('minor')]).toBe('842');
  expect(pages?.rows[1]?.says).toBe('Page faults: anonymous.');
});

test('virtual/*/nsproxy, and an empty one', () => {
  const text = `NSProxy:\t697d53e2 [12345678,23456789,3456789a]
Namespace:\t12345678 [#3]
RootPath:\t/vservers/guest1
SysName:\tLinux
NodeName:\tguest1
Release:\t6.12.117
Version:\t#1
Machine:\ti686
DomainName:\t(none)
SEMS:\t\t32000 1024000000 500 32000  0
MSG:\t\t8192 16384 32000
SHM:\t\t4278190079 4278190079  4096 0
`;
  const tables = parseFile('virtual/*/nsproxy', text);
  expect(tables[0]?.rows).toHaveLength(12);
  expect(valuesOf(tables)).toMatchObject({
    NSProxy: ['697d53e2 [12345678,23456789,3456789a]'],
    RootPath: ['/vservers/guest1'],
    SEMS: ['32000 1024000000 500 32000  0'],
  });
  expect(parseFile('virtual/*/nsproxy1', '')).toEqual([]);
});

test('virtnet/*/info: addresses of old and of late', () => {
  const old = valuesOf(
    parseFile('virtnet/*/info', 'ID:\t42\nInfo:\td7a3c000\n0:\t192.168.1.2/255.255.255.0\n'),
  );
  expect(old['0']).toEqual(['192.168.1.2/255.255.255.0']);
  const late =
    'ID:\t42\nInfo:\t1\nBcast:\t192.168.1.255\nLback:\t127.0.0.1\n0:\t[10.0.0.1-10.0.0.9/255.0.0.0:0001]\n';
  expect(valuesOf(parseFile('virtnet/*/info', late))).toMatchObject({
    Lback: ['127.0.0.1'],
    0: ['[10.0.0.1-10.0.0.9/255.0.0.0:0001]'],
  });
});

test('virtnet/*/status', () => {
  const text = 'UseCnt:\t3\nTasks:\t1\nFlags:\t0000000002000400\nNCaps:\t0000000000000100\n';
  const tables = parseFile('virtnet/*/status', text);
  expect(bitsOf(tables, 'Flags')).toEqual(['lback_allow', 'hide_netif']);
  expect(bitsOf(tables, 'NCaps')).toEqual(['raw_icmp']);
});

test('PID/vinfo', () => {
  const text = `XID:\t42
BCaps:\t00000000344c04ff
CCaps:\t0000000000000101
CFlags:\t0000001000020110
CIPid:\t1234
`;
  const tables = parseFile('PID/vinfo', text);
  expect(valuesOf(tables)).toMatchObject({ XID: ['42'], CIPid: ['1234'] });
  expect(bitsOf(tables, 'CFlags')).toEqual(['fakeinit', 'sched_hard', 'virt_uptime', 'sc_helper']);
});

test.each([
  ['of old', 'NID:\t42\nV4Root[0]:\t192.168.1.2/255.255.255.0\nV4Root[bcast]:\t192.168.1.255\n', 3],
  ['of late', 'NID:\t42\nNCaps:\t0000000000000100\nNFlags:\t0000000002000000\nV6Root[0]:\t[fe80::1/64]\n', 4],
  ['without a network context', 'NID:\t0\n', 1],
])('PID/ninfo %s', (_, text, rows) => {
  const tables = parseFile('PID/ninfo', text);
  expect(tables[0]?.rows).toHaveLength(rows);
  expect(valuesOf(tables)['NID']).toHaveLength(1);
});

test('PID/task/TID/nsproxy', () => {
  const text =
    'Proxy:\t697d53e2(I)\nCount:\t55\nuts:\t1(I)\nipc:\t2(-)\nmnt:\t3(I)\npid:\t4(I)\nnet:\t5(I)\n';
  expect(valuesOf(parseFile('PID/task/TID/nsproxy', text))).toMatchObject({ Count: ['55'], ipc: ['2(-)'] });
});

test('a line and a file that nobody knows are shown as they are', () => {
  expect(valuesOf(parseFile('virtual/*/status', 'Colour:\tgreen\nno line\n'))).toEqual({ Colour: ['green'] });
  expect(valuesOf(parseFile('virtual/*/later', 'toString:\t1\n'))).toEqual({ toString: ['1'] });
});
