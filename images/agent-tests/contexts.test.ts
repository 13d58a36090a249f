// SPDX-License-Identifier: GPL-2.0-only
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Guest, MACHINES, Screen, shutDown } from './guest.ts';

describe.each(MACHINES)('contexts in %s', (name) => {
  let guest: Guest;
  beforeAll(async () => void (guest = await boot(name)));
  afterAll(() => shutDown(guest));

  it('are in the agent’s snapshot from their first task to their last', async () => {
    const { client } = guest;
    const argv = ['chcontext', '--xid', '77', '--', 'sh', '-c', 'echo up; read x'];
    const screen = new Screen(await client.openPty({ rows: 24, cols: 80, argv }));
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
});
