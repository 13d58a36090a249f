// SPDX-License-Identifier: MIT
/** window.playground (docs/playground-api.md). */
import { expect, test } from '../fixtures.js';

test.beforeEach(async ({ playground }) => playground.open());

test('exec gives exit code, stdout and stderr', async ({ playground }) => {
  const outcome = await playground.exec('echo out; echo "grüße" >&2; exit 3');
  expect(outcome).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'grüße\n' });
});

test('exec of a command killed by a signal gives 128 + signal', async ({ playground }) => {
  expect((await playground.exec('kill -TERM $$')).exitCode).toBe(143);
});

test('readFile gives bytes, and the error of the guest', async ({ playground }) => {
  await playground.exec("printf '\\377\\000a' > /tmp/bytes");
  expect(await playground.readFile('/tmp/bytes')).toEqual([255, 0, 97]);
  await expect(playground.readFile('/none')).rejects.toThrow('No such file or directory');
});

test('write types into the terminal', async ({ playground }) => {
  await playground.write('echo typed $((40 + 2))\r');
  await expect(playground.screen).toContainText('typed 42');
});

test('waitFor waits for what is to be true of the guest, and says what it saw when it is not', async ({
  playground,
}) => {
  const there = playground.waitFor('ctx(42).tasks == 1 and ctx(42).flags lacks state_setup');
  await playground.exec('chcontext --silent --xid 42 -- sleep 1000 > /dev/null 2>&1 &');
  await there;
  await expect(playground.waitFor('ctx(42).tasks > 1', { timeout: 500 })).rejects.toThrow(
    'ctx(42).tasks > 1 has not become true within 0.5 s; last seen: ctx(42).tasks is 1',
  );
  await playground.exec('killall sleep');
  await playground.waitFor('not ctx(42) exists and run("pidof sleep").exit == 1');
  await expect(playground.waitFor('ctx(42).flags has locks')).rejects.toThrow("'locks' is no context flag");
});

test('reset puts the guest back', async ({ playground }) => {
  await playground.command('echo mark > /tmp/mark; echo written');
  await expect(playground.screen).toContainText('written');
  await playground.reset();
  expect((await playground.exec('ls /tmp/mark')).exitCode).toBe(1);
  await playground.prompt();
  await expect(playground.screen).not.toContainText('mark');
  await playground.command('echo again $((40 + 2))');
  await expect(playground.screen).toContainText('again 42');
});

test('what waits for an answer is told when the guest is reset', async ({ playground }) => {
  const waiting = playground.exec('sleep 1000').then(
    () => 'an answer',
    (error: Error) => error.message,
  );
  await playground.exec('while ! pidof sleep; do :; done');
  await playground.reset();
  expect(await waiting).toContain('a new session was opened');
});
