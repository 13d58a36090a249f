// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { checkTable, parsePlaces, parseTable } from './callers.ts';

const GREP = `base:kernel/sys.c=233=SYSCALL_DEFINE3(setpriority, int, which, int, who, int, niceval)
base:kernel/sys.c:250:			p = find_task_by_vpid(who);
base:kernel/sys.c:251:			q = find_task_by_vpid(who);
base:kernel/sys.c:258:			pgrp = find_vpid(who);
--
base:kernel/pid.c=322=EXPORT_SYMBOL_GPL(find_pid_ns);
base:kernel/pid.c:324:struct pid *find_vpid(int nr)
base:kernel/pid.c:326:	return find_pid_ns(nr, task_active_pid_ns(current));
base:kernel/pid.c:330: * find_vpid() is asked by everybody
base:kernel/events/core.c=4901=find_lively_task_by_vpid(pid_t vpid)
base:kernel/events/core.c:4909:		task = find_task_by_vpid(vpid);
base:drivers/a.h=94=static inline void before(struct net_device *pnetdev)
base:drivers/a.h:99:#define reach(pid, sig) kill_pid(find_vpid((pid)), (sig), 1)
base:include/b.h:4:extern struct pid *find_vpid(int nr);
base:include/b.h:9:		task_tgid_vnr(current))
`;

const places = [
  { file: 'kernel/sys.c', within: 'setpriority(2)', callee: 'find_task_by_vpid' },
  { file: 'kernel/sys.c', within: 'setpriority(2)', callee: 'find_vpid' },
  { file: 'kernel/pid.c', within: 'find_vpid', callee: 'find_pid_ns' },
  { file: 'kernel/events/core.c', within: 'find_lively_task_by_vpid', callee: 'find_task_by_vpid' },
  { file: 'drivers/a.h', within: 'before', callee: 'kill_pid' },
  { file: 'drivers/a.h', within: 'before', callee: 'find_vpid' },
  { file: 'include/b.h', within: 'a macro', callee: 'task_tgid_vnr' },
];

test('a place is a function that calls something, once however often it does', () => {
  expect(parsePlaces(GREP)).toEqual(places);
});

const TABLE = [
  'file\twithin\tcalls\trule\tids\twhy',
  'kernel/sys.c\tsetpriority(2)\tfind_task_by_vpid\tfiltered\t2a 2g\tA | B',
  'kernel/sys.c\tsetpriority(2)\tfind_vpid\tchecked\t2g\teach of the group',
  '',
].join('\n');

test('a row of the table is a place and what is done about it', () => {
  expect(parseTable(TABLE)).toEqual([
    { line: 2, ...places[0], rule: 'filtered', ids: ['2a', '2g'], why: 'A | B' },
    { line: 3, ...places[1], rule: 'checked', ids: ['2g'], why: 'each of the group' },
  ]);
});

test('what nobody has judged is told, and what is judged twice, or not there', () => {
  const ids = new Set(['2a', '2g']);
  const rows = parseTable(TABLE);
  expect(checkTable(rows, places.slice(0, 2), ids)).toEqual([]);
  expect(checkTable(rows, places.slice(0, 3), ids)).toEqual([
    'kernel/pid.c find_vpid find_pid_ns: nobody has judged this; give it a row',
  ]);
  expect(checkTable(rows, places.slice(0, 1), ids)).toEqual([
    'line 3, kernel/sys.c setpriority(2) find_vpid: the kernel has no such call',
  ]);
  expect(checkTable([...rows, rows[0]!], places.slice(0, 2), ids)).toEqual([
    'line 2, kernel/sys.c setpriority(2) find_task_by_vpid: it is judged twice',
  ]);
});

test('a row has a rule that there is, an id of the plan where something is done, and a reason', () => {
  const row = parseTable(TABLE)[0]!;
  const told = (change: object): string[] =>
    checkTable([{ ...row, ...change }], [places[0]!], new Set(['2a', '2g'])).map((problem) =>
      problem.replace(/^line 2, [^:]*: /, ''),
    );
  expect(told({ rule: 'ignored' })).toEqual(['"ignored" is no rule; there are filtered, checked, free, own']);
  expect(told({ ids: [] })).toEqual(['no id brings what it says']);
  expect(told({ rule: 'free', ids: [] })).toEqual([]);
  expect(told({ ids: ['9z'] })).toEqual(['the plan has no id 9z']);
  expect(told({ why: '' })).toEqual(['it does not say why']);
});
