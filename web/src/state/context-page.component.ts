// SPDX-License-Identifier: MIT
/** The page of a context, without a machine. In the browser's project for its runes. */
import { expect, test } from 'vitest';
import { PROCESSES } from '../engine/processes.js';
import { KEPT_SECONDS } from '../engine/value-history.js';
import { ContextPageState } from './context-page.svelte.js';

const XID = 42;

/** A second of the guest's, in which the context has so many tasks, or is not there. */
function second(page: ContextPageState, uptime: number, tasks?: number): void {
  const files = new Map<string, string>();
  const rows = tasks === undefined ? [] : [{ xid: XID, created: 5, tasks, usecnt: 3, flags: 0n }];
  if (tasks !== undefined) {
    files.set(`virtual/${XID}/status`, `UseCnt:\t3\nTasks:\t${tasks}\n`);
    files.set(`virtual/${XID}/cvirt`, 'BiasUptime:\t5.00\n');
  }
  page.learn({ uptime, files }, [`virtual/${XID}/*`, PROCESSES], () => rows as never);
}

test('the lines of a context that ended stay as they were at its end', () => {
  const page = new ContextPageState();
  page.open(XID);
  for (const [at, tasks] of [1, 2, 3].entries()) second(page, 10 + at, tasks);
  const values = () => page.points('virtual/*/status', 'Tasks').map(({ value }) => value);
  expect(values()).toEqual([1, 2, 3]);
  for (let at = 0; at < 3 * KEPT_SECONDS; at++) second(page, 20 + at);
  expect(page.state.name).toBe('ended');
  expect(values()).toEqual([1, 2, 3]);
  page.close();
  expect(values()).toEqual([]);
});
