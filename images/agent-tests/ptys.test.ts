// SPDX-License-Identifier: GPL-2.0-only
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boot, bytes, type Guest, MACHINES, run, Screen, sha256, shutDown } from './guest.ts';

const SIZE = { rows: 24, cols: 80 };
const PROMPT = /root@vserver:~# /;

/** 100 KB of lines that a terminal in line mode takes as they are: UTF-8 of 2, 3 and 4 bytes, and escape sequences. */
function pasteText(): string {
  const line = 'äöü – Grüße aus dem Gast 🐧 \x1b[31mrot\x1b[0m 0123456789\n';
  return line.repeat(Math.ceil(100_000 / Buffer.byteLength(line)));
}

describe.each(MACHINES)('agent in %s: ptys', (name) => {
  let guest: Guest;
  beforeAll(async () => void (guest = await boot(name)));
  afterAll(() => shutDown(guest));
  const client = () => guest.client;
  const openShell = async (): Promise<Screen> => {
    const screen = new Screen(await client().openPty(SIZE));
    await screen.until(PROMPT);
    return screen;
  };

  it('opens a login shell of the given size, in /root', async () => {
    const screen = new Screen(await client().openPty({ rows: 33, cols: 121 }));
    await screen.until(PROMPT);
    screen.type('stty size; pwd; echo $0 $TERM\n');
    await screen.until(/33 121\r\n\/root\r\n-sh xterm-256color\r\n/);
    await screen.pty.close();
  });

  it('runs a command with its arguments and tells how it ended', async () => {
    const pty = await client().openPty({
      ...SIZE,
      argv: ['sh', '-c', 'echo "$1"; exit 9', 'sh', 'two words'],
    });
    const screen = new Screen(pty);
    await screen.until(/two words\r\n/);
    expect(await pty.exited).toEqual({ kind: 'exited', exitCode: 9, signal: null });
  });

  it('ends with its program, whoever else holds the terminal, and all that it wrote has come', async () => {
    const script =
      'set -m; sleep 5555 & echo $!; head -c 30000 /dev/zero | tr "\\000" x; echo; echo end; exit 4';
    const screen = new Screen(await client().openPty({ ...SIZE, argv: ['sh', '-c', script] }));
    expect(await screen.pty.exited).toMatchObject({ exitCode: 4 });
    const [, pid] = await screen.until(/^(\d+)\r\nx{30000}\r\nend\r\n$/);
    expect(await run(client(), `kill ${pid} && echo it ran on`)).toBe('it ran on\n');
  });

  it('tells of a command that does not exist', async () => {
    const screen = new Screen(await client().openPty({ ...SIZE, argv: ['no-such-command'] }));
    await screen.until(/cannot run no-such-command: No such file or directory/);
    expect(await screen.pty.exited).toMatchObject({ exitCode: 127 });
  });

  it('delivers all output before the end', async () => {
    const pty = await client().openPty({
      ...SIZE,
      argv: ['sh', '-c', 'seq 5000; echo the end'],
      credit: 1000,
    });
    let length = 0;
    let last = '';
    pty.onData((chunk) => {
      length += chunk.length;
      last = (last + Buffer.from(chunk).toString()).slice(-20);
      pty.credit(chunk.length);
    });
    expect(await pty.exited).toMatchObject({ exitCode: 0 });
    expect(last).toMatch(/the end\r\n$/);
    expect(length).toBe(
      Buffer.byteLength(Array.from({ length: 5000 }, (_, i) => `${i + 1}\r\n`).join('')) + 9,
    );
  });

  it('sends no byte over the credit', async () => {
    const pty = await client().openPty({ ...SIZE, argv: ['yes'], credit: 5000 });
    let length = 0;
    const received = (count: number): Promise<void> =>
      new Promise((resolve) => pty.onData((chunk) => (length += chunk.length) >= count && resolve()));
    await received(5000);
    // Whatever came too much would come before the answers to these calls.
    await run(client(), 'true');
    await run(client(), 'true');
    expect(length).toBe(5000);
    pty.credit(1);
    await received(5001);
    await run(client(), 'true');
    expect(length).toBe(5001);
    await pty.close();
  });

  it('resizes: the program inside gets SIGWINCH and sees the size', async () => {
    const screen = new Screen(
      await client().openPty({
        ...SIZE,
        argv: ['sh', '-c', 'trap "stty size" WINCH; echo up; while :; do read -t 1 x; done'],
      }),
    );
    await screen.until(/up\r\n/);
    await screen.pty.resize(50, 132);
    await screen.until(/50 132\r\n/);
    await screen.pty.close();
  });

  it('hangs up on close', async () => {
    const screen = new Screen(
      await client().openPty({
        ...SIZE,
        argv: ['sh', '-c', 'trap "echo hup > /tmp/hup; exit" HUP; echo up; cat; :'],
      }),
    );
    await screen.until(/up\r\n/);
    await screen.pty.close();
    expect(await run(client(), 'until test -s /tmp/hup; do usleep 10000; done; cat /tmp/hup')).toBe('hup\n');
  });

  it('passes keys through: Ctrl-C interrupts, Ctrl-D ends', async () => {
    const screen = await openShell();
    // The command itself says that it is in the foreground: an interrupt that comes before is the shell's.
    screen.type(`sh -c 'echo g""o; exec sleep 1000'\n`);
    await screen.until(/^go\r\n/m);
    screen.type('\x03');
    await screen.until(PROMPT);
    screen.type('exit 4\n');
    expect(await screen.pty.exited).toMatchObject({ exitCode: 4 });
  });

  it('keeps many apart', async () => {
    const screens = await Promise.all(Array.from({ length: 20 }, () => openShell()));
    screens.forEach((screen, i) => screen.type(`echo this is $((${i} + 100))\n`));
    await Promise.all(screens.map((screen, i) => screen.until(new RegExp(`this is ${i + 100}\r\n`))));
    await Promise.all(screens.map((screen) => screen.pty.close()));
  });

  it('refuses the 65th, and takes one again after a close', async () => {
    const ptys = await Promise.all(
      Array.from({ length: 64 }, () => client().openPty({ ...SIZE, argv: ['sleep', '1000'] })),
    );
    await expect(client().openPty({ ...SIZE, argv: ['true'] })).rejects.toMatchObject({ errno: 11 });
    await ptys[0]!.close();
    const another = await client().openPty({ ...SIZE, argv: ['true'] });
    expect(await another.exited).toMatchObject({ exitCode: 0 });
    await Promise.all(ptys.slice(1).map((pty) => pty.close()));
  });

  it.each(['sleep 3', 'until test -e /tmp/go; do usleep 10000; done'])(
    'loses nothing of 100 KB pasted during: %s',
    async (pause) => {
      const screen = await openShell();
      const data = bytes(pasteText());
      screen.type(`${pause}; cat > /tmp/pasted\n`);
      await screen.until(/\/tmp\/pasted\r\n/);
      // In pieces that split characters and escape sequences.
      for (let at = 0; at < data.length; at += 777) screen.pty.write(data.subarray(at, at + 777));
      screen.type('\x04');
      if (!pause.startsWith('sleep')) {
        await run(client(), 'true');
        expect(screen.pty.queued).toBeGreaterThan(0); // the guest takes no more while nobody reads
        await run(client(), 'touch /tmp/go');
      }
      await screen.until(PROMPT);
      expect(await run(client(), 'sha256sum < /tmp/pasted')).toBe(`${sha256(data)}  -\n`);
      expect(screen.pty.queued).toBe(0);
      await screen.pty.close();
    },
  );

  it('answers calls and other ptys while one is stuffed', async () => {
    const stuffed = await client().openPty({ ...SIZE, argv: ['sleep', '1000'] });
    stuffed.write(bytes(pasteText()));
    const screen = await openShell();
    screen.type('echo still $((40 + 2))\n');
    await screen.until(/still 42\r\n/);
    expect(stuffed.queued).toBeGreaterThan(0);
    await stuffed.close();
    await screen.pty.close();
  });

  it('lives through a new session and is attached again by its id', async () => {
    const screen = await openShell();
    screen.type('x=kept\n');
    await screen.until(PROMPT);
    const { id } = screen.pty;
    const welcome = await client().openSession();
    expect(await screen.pty.exited).toMatchObject({ kind: 'lost' });
    expect(welcome.ptys).toContainEqual({ id, ...SIZE });
    const again = new Screen(await client().attachPty(id));
    again.type('echo $x\n');
    await again.until(/kept\r\n/);
    await again.pty.close();
    await expect(client().attachPty(id)).rejects.toMatchObject({ errno: 2 });
  });
});
