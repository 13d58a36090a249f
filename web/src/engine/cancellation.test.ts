// SPDX-License-Identifier: MIT
import { expect, test, vi } from 'vitest';
import { Cancellation } from './cancellation.js';
import { deferred } from './deferred.js';

test('those who listen hear of it once; who listens no more does not', () => {
  const cancellation = new Cancellation();
  const heard: string[] = [];
  const late = () => heard.push('late');
  cancellation.addEventListener('abort', () => heard.push('a'));
  cancellation.addEventListener('abort', late);
  cancellation.removeEventListener('abort', late);
  expect(cancellation.aborted).toBe(false);
  cancellation.abort();
  cancellation.abort();
  expect(cancellation.aborted).toBe(true);
  expect(heard).toEqual(['a']);
});

test('what is waited for ends with it, or with the cancellation, and is not begun after that', async () => {
  const cancellation = new Cancellation();
  expect(await cancellation.race(() => Promise.resolve(3))).toBe(3);
  await expect(cancellation.race(() => Promise.reject(new Error('none')))).rejects.toThrow('none');
  const work = deferred<number>();
  const run = cancellation.race(() => work.promise);
  cancellation.abort();
  await expect(run).rejects.toThrow('cancelled');
  // Nobody waits for it: its failure is nobody's.
  work.reject(new Error('too late'));
  const unbegun = vi.fn(() => Promise.resolve());
  await expect(cancellation.race(unbegun)).rejects.toThrow('cancelled');
  expect(unbegun).not.toHaveBeenCalled();
});
