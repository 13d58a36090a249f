// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { Cancellation } from './cancellation.js';

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
