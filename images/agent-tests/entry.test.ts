// SPDX-License-Identifier: GPL-2.0-only
/** The page's way into a context, as the program of a pty: it becomes a member, and leaves none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOf, type Place } from '../../web/src/engine/places.ts';
import { boot, type Guest, MACHINES, run, Screen, shutDown } from './guest.ts';

const CAGE = `mkdir -p /tmp/cage/bin /tmp/cage/proc; cp $(readlink -f /bin/busybox) /tmp/cage/bin/busybox
for name in sh sleep head cat ls tr; do ln -sf busybox /tmp/cage/bin/$name; done; mount -t proc proc /tmp/cage/proc`;

/** What keeps the context alive, and what a shell in it sees of its root directory. */
const KINDS = [
  { what: 'keeps no mounts', xid: 42, made: 'chcontext --xid 42 --disconnect sleep 9999', root: /\binit\b/ },
  {
    what: 'is bounded',
    xid: 43,
    made: 'chcontext --xid 43 --secure --disconnect sleep 9999',
    root: /\binit\b/,
  },
  {
    what: 'keeps a root to which it was chrooted',
    xid: 44,
    made: `${CAGE}; cd /tmp/cage; vcontext --create --xid 44 --chroot --namespace --disconnect -- sleep 9999`,
    root: /^bin proc $/,
  },
  {
    what: 'keeps mounts with the root of the host',
    xid: 46,
    made: 'cd /tmp; vcontext --create --xid 46 --disconnect -- vnamespace --new -- vnamespace --set -- sleep 9999',
    root: /\binit\b/,
  },
  {
    what: 'is of a guest',
    xid: 49152,
    guest: 'web',
    made: 'vserver web build -m busybox && vserver web start',
    root: /^bin dev etc home mnt proc root run sbin tmp usr var $/,
  },
] as const;

describe.each(MACHINES)('a shell of a terminal in %s', (name) => {
  let guest: Guest;
  beforeAll(async () => void (guest = await boot(name)));
  afterAll(() => shutDown(guest));

  const open = async (place: Place): Promise<Screen> =>
    new Screen(await guest.client.openPty({ rows: 31, cols: 77, argv: programOf(place) }));
  const openIn = (xid: number): Promise<Screen> => open({ xid, guest: undefined });
  const members = (xid: number): Promise<string> => run(guest.client, `vps | awk '$2 == ${xid}' | wc -l`);
  const until = async (xid: number, count: string): Promise<void> => {
    while ((await members(xid)) !== count);
  };

  it.each(KINDS)(
    'enters a context that $what, and leaves no member',
    async ({ xid, made, root, ...kind }) => {
      const guestName = 'guest' in kind ? kind.guest : undefined;
      await run(guest.client, made);
      // A context keeps its namespaces when its first program says so.
      await until(xid, xid === 46 ? '2\n' : '1\n');
      const before = await members(xid);
      for (const way of ['exit', 'close'] as const) {
        const screen = await open({ xid, guest: guestName });
        await screen.until(/[#$] /);
        screen.type(`head -1 /proc/self/vinfo; ls / | tr '\\n' ' '; echo; echo e''nd\n`);
        const [, seen] = await screen.until(new RegExp(`XID:\\t${xid}\\r\\n([^\\r]*)\\r\\nend`));
        expect(seen).toMatch(root);
        screen.type(`sleep 8888 & sleep 7777 & ${way === 'close' ? 'sleep 6666' : "echo e''nd"}\n`);
        // In a guest the leader of the session is a member, and what waits for its end, and the other end of its pipe.
        await until(
          xid,
          `${Number(before) + 3 + (way === 'close' ? 1 : 0) + (guestName === undefined ? 0 : 3)}\n`,
        );
        if (way === 'exit') {
          screen.type('exit 5\n');
          expect(await screen.pty.exited).toEqual({ kind: 'exited', exitCode: 5, signal: null });
        } else {
          await screen.pty.close();
        }
        await until(xid, before);
      }
    },
  );

  it('has the size of its terminal, and is told of another', async () => {
    const screen = await openIn(42);
    await screen.until(/# /);
    screen.type('stty size\n');
    await screen.until(/31 77\r\n/);
    await screen.pty.resize(20, 50);
    screen.type('stty size\n');
    await screen.until(/20 50\r\n/);
    await screen.pty.close();
    await until(42, '1\n');
  });

  it.each(['setsid sleep 6666', "(trap '' HUP; exec sleep 6666)"])(
    'leaves alone what asks to stay: %s',
    async (stays) => {
      const screen = await openIn(42);
      await screen.until(/# /);
      screen.type(`${stays} &\n`);
      // From then on the signal does not reach it.
      while ((await run(guest.client, 'ps -o args | grep -cx "sleep 6666"; true')) !== '1\n');
      screen.type('exit\n');
      await screen.pty.exited;
      expect(await members(42)).toBe('2\n');
      await run(guest.client, 'kill $(ps -o pid,args | sed -n "s/^ *\\([0-9]*\\) sleep 6666$/\\1/p")');
      await until(42, '1\n');
    },
  );

  it('is none where there is no such context', async () => {
    const screen = await openIn(99);
    await screen.until(/There is no context 99\.\r\n/);
    expect(await screen.pty.exited).toMatchObject({ exitCode: 1 });
  });
});
