// SPDX-License-Identifier: MIT
import { describe, expect, test } from 'vitest';
import { planData, readPlanSources } from '../../../scripts/lib/plan-data.js';
import { countFound, entryOf, searchPlan } from './plan.js';

const plan = planData(readPlanSources());
const found = (query: string) =>
  searchPlan(plan, query).flatMap((category) => category.found.map(({ entry }) => entry.id));
const all = plan.entries.map(({ id }) => id);

describe('the search', () => {
  test('nothing asked for is everything, by category and in order', () => {
    expect(found('  ')).toEqual(all);
    expect(searchPlan(plan, '').map(({ digit }) => digit)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  test('an id finds itself alone, in either case', () => {
    expect(found('1c')).toEqual(['1c']);
    expect(found(' 1C ')).toEqual(['1c']);
  });

  test('every word has to be there, wherever', () => {
    expect(found('token bucket')).toContain('5a');
    expect(found('bucket zebra')).toEqual([]);
    expect(found('ptrace')).toEqual(['2f']);
  });

  test.each([
    ['a command word', 'set_dlimit', '6c', ['set_dlimit']],
    ['a file of /proc', '/proc/sys/kernel/vshelper', '3f', ['/proc/sys/kernel/vshelper']],
    ['a command', 'vhistory', '1e', ['vhistory']],
    ['a patch', 'oldest tools', '1b', ['add the words of the oldest tools']],
  ])('%s finds its id, and is said', (_, query, id, because) => {
    const [category] = searchPlan(plan, query);
    expect(found(query)).toEqual([id]);
    expect(category!.found[0]!.because).toEqual(because);
  });

  test('of many reasons some are said', () => {
    const [reasons] = searchPlan(plan, 'enter_').flatMap((category) => category.found);
    expect(reasons!.because).toEqual(['enter_space_v0', 'enter_space_v1', 'enter_space']);
    const words = searchPlan(plan, '_v').flatMap((category) => category.found);
    expect(words.find(({ entry }) => entry.id === '1b')!.because.at(-1)).toMatch(/^\d+ more$/);
  });

  test('status is text, and can be asked for', () => {
    expect(found('planned')).toEqual(
      plan.entries.filter(({ status }) => status === 'planned').map(({ id }) => id),
    );
  });
});

test('the count is a sentence', () => {
  const done = plan.entries.filter(({ status }) => status === 'done').length;
  const say = (query: string) => countFound(plan, searchPlan(plan, query));
  expect(say('')).toBe(`39 features: ${done} done, ${39 - done} planned`);
  expect(say('ptrace')).toBe('1 of 39 features');
  expect(say('zebra')).toBe('No feature has all of these words');
});

test('an entry has its neighbours', () => {
  expect(entryOf(plan, '0a')).toMatchObject({ entry: { id: '0a' }, before: undefined, after: { id: '0b' } });
  expect(entryOf(plan, '3i')!.before!.id).toBe('3g');
  expect(entryOf(plan, '6c')!.after).toBeUndefined();
  expect(entryOf(plan, '3h')).toBeUndefined();
});
