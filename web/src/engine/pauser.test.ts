// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { Pauser } from './pauser.js';

function recorded(): { pauser: Pauser; did: string[] } {
  const did: string[] = [];
  return { pauser: new Pauser({ pause: () => did.push('pause'), resume: () => did.push('resume') }), did };
}

test('a hidden page pauses its guest, once, and a visible one lets it go on', () => {
  const { pauser, did } = recorded();
  pauser.setRunning(true);
  pauser.setVisible(false);
  pauser.setVisible(false);
  pauser.setVisible(true);
  expect(did).toEqual(['pause', 'resume']);
});

test('a guest that boots in a hidden page is paused when it is up', () => {
  const { pauser, did } = recorded();
  pauser.setVisible(false);
  expect(did).toEqual([]);
  pauser.setRunning(true);
  expect(did).toEqual(['pause']);
});

test('a call wakes the guest until it has its answer', async () => {
  const { pauser, did } = recorded();
  pauser.setRunning(true);
  pauser.setVisible(false);
  await pauser.during(async () => expect(did).toEqual(['pause', 'resume']));
  await expect(pauser.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(did).toEqual(['pause', 'resume', 'pause', 'resume', 'pause']);
});

test('a machine that is gone is not told anything', () => {
  const { pauser, did } = recorded();
  pauser.setRunning(true);
  pauser.setVisible(false);
  pauser.setRunning(false);
  pauser.setVisible(true);
  expect(did).toEqual(['pause']);
  expect(pauser.paused).toBe(false);
});
