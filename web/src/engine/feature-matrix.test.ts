// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { exportMatrix, featureMatrix, type Recorded, type TabResults } from './feature-matrix.js';
import type { Plan, PlanEntry } from './plan.js';

function entry(id: string, tests: string[]): PlanEntry {
  return {
    id,
    title: `title of ${id}`,
    text: '',
    prose: [],
    status: tests.length > 0 ? 'done' : 'planned',
    needs: [],
    patches: [],
    tests: tests.map((name) => ({ name, says: '' })),
    words: [],
    proc: [],
    commands: [],
  };
}
const PLAN: Plan = {
  categories: [],
  entries: [entry('1b', ['1b-a.t', '1b-b.t', 'debug/1b-c.t']), entry('1c', ['1c-a.t']), entry('2a', [])],
};
const BUILT = { commit: 'c0ffee', kernel: 'k1', series: 's1' };
const run = { commit: 'c1', date: '2026-11-30', kernel: 'k1', series: 's1' };
const RECORDED: Recorded = {
  v86: { ...run, files: { '1b-a.t': { passed: 5, failed: 0 }, '1b-b.t': { passed: 7, failed: 2 } } },
  qemu: { ...run, kernel: 'k0', files: { '1b-a.t': { passed: 5, failed: 0 } } },
  // Another kernel than the page's, of the same series: today's.
  plain: { ...run, kernel: 'k9', files: { '1c-a.t': { passed: 1, failed: 0 } } },
  debug: { ...run, kernel: 'k8', series: 's0', files: { 'debug/1b-c.t': { passed: 4, failed: 0 } } },
};
const TAB: TabResults = new Map([['1c-a.t', { passed: 3, failed: 1, date: '2026-11-30T00:00:00.000Z' }]]);
const rows = () => featureMatrix(PLAN, RECORDED, BUILT, TAB);

test('a cell has the sum of the files that were run, and says of how many', () => {
  const [b, c] = rows();
  const whole = { name: 'counts', passed: 12, failed: 2, stale: false, files: 2, of: 2 };
  expect(b?.recorded.v86).toEqual(whole);
  expect(c?.tab).toEqual({ name: 'counts', passed: 3, failed: 1, stale: false, files: 1, of: 1 });
  expect(b?.recorded.qemu).toMatchObject({ files: 1, of: 2 });
});

test('what no one has run is missing, what is not built is planned', () => {
  const [b, c, planned] = rows();
  expect(b?.tab).toEqual({ name: 'missing' });
  expect(c?.recorded.v86).toEqual({ name: 'missing' });
  expect(planned?.tab).toEqual({ name: 'planned' });
  expect(planned?.recorded.debug).toEqual({ name: 'planned' });
  expect(featureMatrix(PLAN, {}, BUILT, TAB)[0]?.recorded.debug).toEqual({ name: 'missing' });
});

test('tests in debug/ count on the debug machine alone', () => {
  expect(rows()[0]?.recorded.debug).toMatchObject({ passed: 4, files: 1, of: 3 });
});

test('a record is stale by the kernel where that is the page’s, else by the series', () => {
  const [b, c] = rows();
  expect(b?.recorded.v86).toMatchObject({ stale: false });
  expect(b?.recorded.qemu).toMatchObject({ stale: true });
  expect(c?.recorded.plain).toMatchObject({ stale: false });
  expect(b?.recorded.debug).toMatchObject({ stale: true });
});

test('the export has both kinds of result, with commits, dates, hashes and what is stale', () => {
  const { v86, qemu } = RECORDED;
  const value = exportMatrix(PLAN, { v86: v86!, qemu: qemu! }, BUILT, TAB, 0);
  expect(value).toMatchObject({
    format: 'vserver-feature-matrix-1',
    exported: '1970-01-01T00:00:00.000Z',
    page: BUILT,
    machines: {
      v86: { ...run, stale: false },
      qemu: { ...run, kernel: 'k0', stale: true },
      debug: null,
    },
  });
  expect(value.features.map(({ id, status }) => `${id} ${status}`)).toEqual([
    '1b done',
    '1c done',
    '2a planned',
  ]);
  expect(value.features[1]?.tests).toEqual([
    {
      file: '1c-a.t',
      tab: TAB.get('1c-a.t'),
      recorded: { v86: null, qemu: null, plain: null, debug: null },
    },
  ]);
});

test('a page that was built without git has no commit', () => {
  const value = exportMatrix(PLAN, {}, { kernel: 'k1', series: 's1' }, TAB, 0);
  expect(value.page).toEqual({ commit: null, kernel: 'k1', series: 's1' });
});
