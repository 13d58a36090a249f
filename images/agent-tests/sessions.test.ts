// SPDX-License-Identifier: GPL-2.0-only
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cobsEncode } from '../../web/src/engine/cobs.ts';
import { FrameSplitter } from '../../web/src/engine/cobs.ts';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  MAX_ENCODED,
  MAX_PAYLOAD,
  PayloadReader,
  Type,
} from '../../web/src/engine/protocol.ts';
import { connectAgent } from '../../scripts/machines/guest-machine.ts';
import { startV86, type V86Machine } from '../../scripts/machines/v86.ts';
import { boot, bytes, type Guest, MACHINES, run, sample, sha256, Screen, shutDown, text } from './guest.ts';

describe.each(MACHINES)('agent in %s: malformed input', (name) => {
  let guest: Guest;
  const frames: Frame[] = [];
  let arrived: () => void = () => {};
  beforeAll(async () => {
    guest = await boot(name);
    const splitter = new FrameSplitter(MAX_ENCODED, (encoded) => {
      const frame = encoded && decodeFrame(encoded);
      if (frame) frames.push(frame);
      arrived();
    });
    guest.machine.agent.onData((chunk) => splitter.push(chunk));
  });
  afterAll(() => shutDown(guest));
  beforeEach(() => void frames.splice(0));

  /** Sends bytes past the client's window: chunks are small and few here. */
  const inject = (data: Uint8Array): void => guest.machine.agent.send(data);
  /** The next answer of that type. */
  const next = async (type: number): Promise<Frame> => {
    for (;;) {
      const found = frames.find((frame) => frame.type === type);
      if (found) return found;
      await new Promise<void>((resolve) => (arrived = resolve));
    }
  };
  const frame = (type: number, id: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array =>
    encodeFrame({ type, flags: 0, id, payload });
  const header = (type: number, length: number, id: number): Uint8Array =>
    Uint8Array.of(type, 0, length & 0xff, length >> 8, id, 0, 0, 0);

  const EBADMSG = 74;
  const EMSGSIZE = 90;
  const ENOSYS = 38;
  const EINVAL = 22;
  it.each([
    ['bad COBS', Uint8Array.of(9, 1, 2, 0), 0, EBADMSG],
    ['a short header', cobsEncode(Uint8Array.of(0x10, 0, 0)), 0, EBADMSG],
    ['a length that is too large', cobsEncode(header(0x10, 5, 0x33)), 0x33, EBADMSG],
    ['a length that is too small', cobsEncode(new Uint8Array([...header(0x10, 0, 0x34), 1])), 0x34, EBADMSG],
    [
      'an oversized payload',
      cobsEncode(
        new Uint8Array([...header(0x10, MAX_PAYLOAD + 1, 0x35), ...new Uint8Array(MAX_PAYLOAD + 1)]),
      ),
      0x35,
      EBADMSG,
    ],
    ['an unknown type', frame(0x77, 0x36), 0x36, ENOSYS],
    ['an EXEC without its fields', frame(Type.EXEC, 0x37), 0x37, EINVAL],
    ['a READ without a path', frame(Type.READ, 0x38, new Uint8Array(4)), 0x38, EINVAL],
    ['a WRITE whose path ends too early', frame(Type.WRITE, 0x39, new Uint8Array(18).fill(9)), 0x39, EINVAL],
    ['a SNAPSHOT pattern without end', frame(Type.SNAPSHOT, 0x3a, bytes('virtual/info')), 0x3a, EINVAL],
    ['a CLOCK of the wrong length', frame(Type.CLOCK, 0x3b, new Uint8Array(9)), 0x3b, EINVAL],
    ['a CANCEL of nothing', frame(Type.CANCEL, 0x3c, new Uint8Array(4)), 0x3c, 3],
    ['a PTY_OPEN whose argv has no end', frame(Type.PTY_OPEN, 0x3d, bytes('12345678sh')), 0x3d, EINVAL],
    ['input of no pty', frame(Type.PTY_DATA, 0x7f, bytes('x')), 0x7f, 2],
  ])('answers %s by an error, and goes on', async (_, data, id, errno) => {
    inject(data);
    const answer = await next(Type.ERROR);
    expect([answer.id, new PayloadReader(answer.payload).u32()]).toEqual([id, errno]);
    expect(await run(guest.client, 'echo on')).toBe('on\n');
  });

  it('answers an endless frame once, and finds the next', async () => {
    for (let i = 0; i < 5; i++) inject(new Uint8Array(4096).fill(7));
    inject(Uint8Array.of(0));
    expect(await run(guest.client, 'echo on')).toBe('on\n');
    const errors = frames
      .filter((one) => one.type === Type.ERROR)
      .map((one) => new PayloadReader(one.payload).u32());
    expect(errors).toEqual([EMSGSIZE]);
  });

  it('refuses pty input over the credit', async () => {
    const pty = await guest.client.openPty({ rows: 24, cols: 80, argv: ['sleep', '1000'] });
    // Whole lines: of a line without end the kernel's terminal throws away what is over 4,095 bytes, and takes for ever.
    const lines = bytes(`${'x'.repeat(99)}\n`.repeat(30));
    for (let i = 0; i < 40; i++) {
      inject(frame(Type.PTY_DATA, pty.id, lines));
      if (i % 8 === 7) await run(guest.client, 'true');
    }
    const answer = await next(Type.ERROR);
    expect(new PayloadReader(answer.payload).u32()).toBe(105);
    await pty.close();
  });

  it('survives random bytes', async () => {
    const random = sample(200_000, 99);
    for (let round = 0; round < 60; round++) {
      // Some are noise, some are well-formed frames of noise, which reach the handlers.
      for (let i = 0; i < 6; i++) {
        const at = (round * 6 + i) * 400;
        const noise = random.subarray(at, at + 20 + (random[at]! % 200));
        const type = [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x20, 0x22, 0x23, 0x24, 0x30, 0x31, 0x77][
          random[at + 1]! % 13
        ]!;
        inject(
          i % 2 ? noise : encodeFrame({ type, flags: random[at + 2]! & 1, id: 0x1000 + i, payload: noise }),
        );
      }
      await guest.client.openSession();
    }
    expect(await run(guest.client, 'echo on; dmesg | grep -c "agent.*segfault"; pidof agent | wc -w')).toBe(
      'on\n0\n1\n',
    );
  });
});

describe('agent in v86: restore', () => {
  let machine: V86Machine;
  beforeAll(async () => void (machine = await startV86()));
  afterAll(() => machine.stop());

  it('opens a new session in the middle of a transfer of 1 MB, and the guest is the one of before', async () => {
    const client = await connectAgent(machine);
    const data = sample(1_000_000);
    await client.writeFile('/tmp/data', data);
    await run(client, 'echo before > /tmp/mark');
    const shell = new Screen(await client.openPty({ rows: 24, cols: 80 }));
    await shell.until(/# /);
    const { id } = shell.pty;

    // A state in the middle of both directions.
    let outward = 0;
    const stop = machine.agent.onData((chunk) => (outward += chunk.length));
    const reading = client.readFile('/tmp/data');
    const writing = client.writeFile('/tmp/other', data);
    const lost = Promise.allSettled([reading, writing]);
    while (outward < 300_000) await new Promise((resolve) => setImmediate(resolve));
    const back = await machine.checkpoint();
    stop();
    expect((await lost).map((one) => one.status)).toEqual(['fulfilled', 'fulfilled']);
    await run(client, 'echo after > /tmp/mark');

    for (let round = 0; round < 3; round++) {
      const pending = client.readFile('/tmp/data');
      const ended = expect(pending).rejects.toMatchObject({ name: 'SessionLostError' });
      await back();
      const welcome = await client.openSession();
      await ended;
      expect(welcome.ptys).toEqual([{ id, rows: 24, cols: 80 }]);
      await client.setClock(Date.now(), sample(32, round));
      expect(await run(client, 'cat /tmp/mark')).toBe('before\n');
      expect(sha256((await client.readFile('/tmp/data')).bytes)).toBe(sha256(data));
      const again = new Screen(await client.attachPty(id));
      again.type('echo attached $((6 * 7))\n');
      await again.until(/attached 42\r\n/);
    }
    client.close();
  });

  it('has other random numbers after each restore', async () => {
    const client = await connectAgentAgain(machine);
    const back = await machine.checkpoint();
    const seen = new Set<string>();
    for (let round = 0; round < 2; round++) {
      await back();
      await client.openSession();
      await client.setClock(Date.now(), sample(32, 100 + round));
      seen.add(await run(client, 'head -c 16 /dev/urandom | sha256sum'));
    }
    expect(seen.size).toBe(2);
    client.close();
  });
});

/** A session with a guest that is long up: its agent does not say BOOT again. */
async function connectAgentAgain(machine: V86Machine) {
  const { AgentClient } = await import('../../web/src/engine/agent-client.ts');
  const { nodeEnvironment } = await import('../../scripts/machines/guest-machine.ts');
  const client = new AgentClient(machine.agent, nodeEnvironment);
  await client.openSession();
  return client;
}

describe.each(MACHINES)('agent in %s: hard times', (name) => {
  let guest: Guest;
  beforeEach(async () => {
    guest = await boot(name);
    return () => shutDown(guest);
  });

  it('is back after kill -9 -1', async () => {
    const { client } = guest;
    const first = await client.openSession();
    const pty = await client.openPty({ rows: 24, cols: 80 });
    const session = new Promise<{ agentStart: bigint; ptys: unknown[] }>((resolve) =>
      client.onSession(resolve),
    );
    pty.write(bytes('kill -9 -1\n'));
    const second = await session;
    expect(second.agentStart).toBeGreaterThan(first.agentStart);
    expect(second.ptys).toEqual([]);
    expect(await pty.exited).toMatchObject({ kind: 'lost' });
    expect(await run(client, 'echo on')).toBe('on\n');
  });

  it('answers with /tmp full', async () => {
    const { client } = guest;
    await client.exec('cat /dev/zero > /tmp/all');
    await expect(client.writeFile('/tmp/more', sample(5000))).rejects.toMatchObject({ errno: 28 });
    expect((await client.snapshot(['1/status'])).files.size).toBe(1);
    const screen = new Screen(await client.openPty({ rows: 24, cols: 80 }));
    await screen.until(/# /);
    screen.type('rm /tmp/all; echo room $((1 + 1))\n');
    await screen.until(/room 2\r\n/);
    await client.writeFile('/tmp/more', sample(5000));
  });

  it('answers SNAPSHOT through a fork bomb, and everything when it is killed', async () => {
    const { client } = guest;
    const pty = await client.openPty({ rows: 24, cols: 80 });
    pty.write(bytes('bomb() { bomb | bomb & }; bomb\n'));
    const tasks = async (): Promise<number> => {
      const { files } = await client.snapshot(['loadavg']);
      return Number(/\/(\d+) /.exec(text((files.get('loadavg') as { bytes: Uint8Array }).bytes))![1]);
    };
    while ((await tasks()) < 300) await new Promise((resolve) => setImmediate(resolve));
    expect((await client.snapshot(['1/status'])).files.get('1/status')).toHaveProperty('bytes');
    // Only what runs without a fork can end it: the agent, at the page's wish, or SysRq, which spares init.
    const session = new Promise<unknown>((resolve) => client.onSession(resolve));
    client.writeFile('/proc/sysrq-trigger', bytes('i')).catch(() => {}); // kills the agent as well
    await session;
    expect(await run(client, 'echo on')).toBe('on\n');
  });
});

describe.each(MACHINES)('init in %s', (name) => {
  let guest: Guest;
  beforeEach(async () => {
    guest = await boot(name);
    return () => shutDown(guest);
  });
  const consoleSays = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(guest.machine.console())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it.each([
    ['poweroff', /reboot: (Power down|Power off not available)/],
    ['halt', /reboot: System halted/],
    ['reboot', /reboot: Restarting system/],
    ['kill -ABRT 1', /Kernel panic - not syncing: Attempted to kill init!/],
  ])('%s ends the machine, and the console says so', async (command, line) => {
    guest.machine.ended.catch(() => {});
    guest.client.exec(command).catch(() => {});
    await consoleSays(line);
  });
});
