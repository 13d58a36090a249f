// SPDX-License-Identifier: GPL-2.0-only
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Guest, MACHINES, run, Screen, shutDown, text } from './guest.ts';

describe.each(MACHINES)('vcontext in %s', (name) => {
  let guest: Guest;
  beforeAll(async () => void (guest = await boot(name)));
  afterAll(() => shutDown(guest));
  const outcome = async (command: string) => {
    const { exitCode, stdout, stderr } = await guest.client.exec(command);
    return [exitCode, text(stdout), text(stderr)];
  };

  it('runs a command in a new context, past its setup, and exits as the command does', async () => {
    const [exitCode, stdout] = await outcome(
      "vcontext --create --xid 42 -- sh -c 'cat /proc/self/vinfo; exit 9'",
    );
    expect(exitCode).toBe(9);
    expect(stdout).toMatch(/^XID:\t42\n/);
  });

  it('takes a free xid without --xid', async () => {
    const [exitCode, stdout] = await outcome('vcontext --create cat /proc/self/vinfo');
    expect(exitCode).toBe(0);
    expect(Number(/^XID:\t(\d+)$/m.exec(stdout as string)![1])).toBeGreaterThanOrEqual(49152);
  });

  it('shows a context in the agent’s snapshot from its first task to its last', async () => {
    const { client } = guest;
    const screen = new Screen(
      await client.openPty({
        rows: 24,
        cols: 80,
        argv: ['vcontext', '--create', '--xid', '77', '--', 'sh', '-c', 'echo up; read x'],
      }),
    );
    await screen.until(/up\r\n/);
    const during = await client.snapshot();
    expect([...during.files.keys()]).toEqual(
      expect.arrayContaining(['virtual/info', 'virtual/77/status', 'virtual/77/cvirt']),
    );
    expect((await client.snapshot(['virtual/*/status'])).files.has('virtual/77/status')).toBe(true);
    screen.type('\n');
    await screen.pty.exited;
    expect([...(await client.snapshot()).files.keys()].filter((path) => path.includes('/77/'))).toEqual([]);
  });

  it('exits 254 when the context exists, and says which', async () => {
    expect(await outcome('vcontext --create --xid 43 -- vcontext --create --xid 43 true')).toEqual([
      1,
      '',
      expect.any(String),
    ]);
    const screen = new Screen(
      await guest.client.openPty({
        rows: 24,
        cols: 80,
        argv: ['vcontext', '--create', '--xid', '44', '--', 'sh', '-c', 'echo up; read x'],
      }),
    );
    await screen.until(/up\r\n/);
    expect(await outcome('vcontext --create --xid 44 true')).toEqual([
      254,
      '',
      'vcontext: create context 44: File exists\n',
    ]);
    await screen.pty.close();
  });

  it.each([
    ['1', 'Invalid argument'],
    ['70000', 'Invalid argument'],
  ])('names the refusal of xid %s', async (xid, reason) => {
    expect(await outcome(`vcontext --create --xid ${xid} true`)).toEqual([
      1,
      '',
      `vcontext: create context ${xid}: ${reason}\n`,
    ]);
  });

  it.each([
    '',
    '--create',
    '--xid 5 true',
    '--create --xid five true',
    '--create --xid -1 true',
    '--create --xid 4294967338 true',
    '--nonsense true',
  ])('exits 2 on wrong usage: %s', async (args) => {
    const [exitCode, , stderr] = await outcome(`vcontext ${args}`);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('usage: vcontext --create [--xid N] [--] COMMAND...'),
    ]);
  });

  it('names a command that it cannot run', async () => {
    expect(await outcome('vcontext --create no-such-command')).toEqual([
      127,
      '',
      'vcontext: no-such-command: No such file or directory\n',
    ]);
    expect(await run(guest.client, 'echo on')).toBe('on\n');
  });
});
