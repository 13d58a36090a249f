// SPDX-License-Identifier: GPL-2.0-only
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, type Guest, MACHINES, run, Screen, shutDown, text } from './guest.ts';

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

  const make = (xid: number, ...more: string[]): Promise<string> =>
    run(guest.client, `chcontext --silent --xid ${xid} ${more.join(' ')} --disconnect sleep 9999`);
  const end = (xid: number): Promise<string> =>
    run(guest.client, `vkill --xid ${xid} -s 9; until [ ! -e /proc/virtual/${xid} ]; do usleep 1000; done`);
  const statusOf = async (pattern: string, xid: number): Promise<string | number | undefined> => {
    const file = (await guest.client.snapshot([pattern])).files.get(`virtual/${xid}/status`);
    return file && ('bytes' in file ? text(file.bytes) : file.errno);
  };

  it.each(['virtual/*/status', 'virtual/50/status'])(
    'whose files were read before are not taken for the next of their number: %s',
    async (pattern) => {
      const ENOENT = 2;
      await make(50);
      const first = await statusOf(pattern, 50);
      expect(await statusOf(pattern, 50)).toBe(first);
      await end(50);
      expect(await statusOf(pattern, 50)).toBe(pattern.includes('*') ? undefined : ENOENT);
      await make(50, '--flag', 'hide_mount');
      const second = await statusOf(pattern, 50);
      expect(second).toMatch(/^Flags:\t/m);
      expect(second).not.toBe(first);
      expect(second).toBe(await run(guest.client, 'cat /proc/virtual/50/status'));
      await end(50);
    },
  );

  it.each([
    [
      'tmpfs',
      '55/status',
      'mkdir -p /tmp/over && mount -t tmpfs none /tmp/over && mkdir /tmp/over/55 && echo none > /tmp/over/55/status && mount --bind /tmp/over /proc/virtual',
      // Not busy: nobody has what is there open.
      'umount /proc/virtual /tmp/over',
    ],
    ['proc', 'status', 'mount --bind /proc/virtnet /proc/virtual', 'umount -l /proc/virtual'],
  ])('are the kernel’s again when what lay over them, of %s, is gone', async (_, name, cover, uncover) => {
    const path = `virtual/${name}`;
    const shown = async (): Promise<string> => {
      const file = (await guest.client.snapshot([path])).files.get(path);
      return file && 'bytes' in file ? bare(text(file.bytes)) : '';
    };
    // Of the counts some are of who reads.
    const bare = (lines: string): string => lines.replace(/\d+/g, '');
    const truth = async (): Promise<string> => bare(await run(guest.client, `cat /proc/${path}`));
    await make(55);
    await run(guest.client, cover);
    const covered = await truth();
    expect([await shown(), await shown()]).toEqual([covered, covered]);
    await run(guest.client, uncover);
    expect(await truth()).not.toBe(covered);
    expect(await shown()).toBe(await truth());
    await end(55);
  });

  it('are counted by the kernel as if nobody read them', async () => {
    await make(51);
    for (let i = 0; i < 3; i++) await statusOf('virtual/51/*', 51);
    const before = await statusOf('virtual/51/status', 51);
    expect(await run(guest.client, 'cat /proc/virtual/51/status')).toBe(before);
    await end(51);
  });

  it('are read all, when there are more than files that the agent keeps open', async () => {
    const xids = Array.from({ length: 150 }, (_, i) => 1000 + i);
    await run(
      guest.client,
      'for xid in $(seq 1000 1149); do chcontext --silent --xid $xid --disconnect sleep 9999 || exit; done',
    );
    for (let i = 0; i < 2; i++) {
      const { files } = await guest.client.snapshot(['virtual/*/status', 'virtual/*/info']);
      expect(xids.filter((xid) => !files.has(`virtual/${xid}/status`))).toEqual([]);
      for (const xid of xids) {
        const info = files.get(`virtual/${xid}/info`);
        expect(info && 'bytes' in info && text(info.bytes)).toMatch(new RegExp(`^ID:\t${xid}$`, 'm'));
      }
    }
    const open = Number(await run(guest.client, 'ls /proc/$(pidof agent)/fd | wc -l'));
    expect(open).toBeLessThan(160);
    await run(guest.client, 'killall sleep');
  });
});
