// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { AgentClient } from './agent-client.js';
import { FrameSplitter } from './cobs.js';
import {
  decodeFrame,
  encodeFrame,
  FLAG_MORE,
  type Frame,
  MAX_ENCODED,
  PayloadWriter,
  Type,
} from './protocol.js';
import { encodeUtf8 } from './utf8.js';

/** A client and the agent's end of its wire, worked by hand; timers run when the test says so. */
function setUp() {
  const received: Frame[] = [];
  const timers = new Map<number, () => void>();
  let listener: (bytes: Uint8Array) => void = () => {};
  let count = 0;
  const splitter = new FrameSplitter(MAX_ENCODED, (encoded) => received.push(decodeFrame(encoded!)!));
  const client = new AgentClient(
    {
      send: (chunk) => splitter.push(chunk),
      onData: (heard) => {
        listener = heard;
        return () => (listener = () => {});
      },
    },
    {
      random: (length) => new Uint8Array(length).fill(++count),
      setTimeout: (callback) => {
        timers.set(++count, callback);
        return count;
      },
      clearTimeout: (handle) => timers.delete(handle as number),
    },
  );
  const say = (type: number, id = 0, payload: Uint8Array = new Uint8Array(0), flags = 0): void =>
    listener(encodeFrame({ type, flags, id, payload }));
  const last = (type: number): Frame => received.filter((frame) => frame.type === type).at(-1)!;
  const welcome = (hello = last(Type.HELLO)): void =>
    say(Type.WELCOME, 0, new PayloadWriter().u32(1).bytes(hello.payload.subarray(4)).u64(5n).finish());
  const open = async (): Promise<void> => {
    const opened = client.openSession();
    welcome();
    await opened;
  };
  const tick = (): void => [...timers].forEach(([handle, callback]) => timers.delete(handle) && callback());
  return { client, received, say, last, welcome, open, tick, timers };
}

const lost = { name: 'SessionLostError' };

describe('AgentClient', () => {
  it('asks again, with another nonce, and takes only the answer to the last', async () => {
    const { client, received, tick, welcome } = setUp();
    const opened = client.openSession();
    tick();
    const [first, second] = received.filter((frame) => frame.type === Type.HELLO);
    expect(first!.payload).not.toEqual(second!.payload);
    welcome(first);
    expect(client.state).toBe('opening');
    welcome(second);
    expect(await opened).toMatchObject({ version: 1, agentStart: 5n, ptys: [] });
    expect(client.state).toBe('open');
  });

  it('says nothing to a booting guest before BOOT', async () => {
    const { client, received, say, welcome, tick } = setUp();
    const opened = client.openSession({ booting: true });
    tick();
    expect(received).toEqual([]);
    say(Type.BOOT);
    welcome();
    await opened;
  });

  it('opens a new session when another agent starts, and tells of it', async () => {
    const { client, open, say, welcome } = setUp();
    await open();
    const pending = client.exec('sleep 1');
    const pty = client.openPty({ rows: 1, cols: 1 });
    const sessions: unknown[] = [];
    client.onSession((session) => sessions.push(session));
    say(Type.BOOT);
    await expect(pending).rejects.toMatchObject(lost);
    await expect(pty).rejects.toMatchObject(lost);
    welcome();
    expect(sessions).toHaveLength(1);
  });

  it('drops what comes before WELCOME', async () => {
    const { client, open, say, last, welcome } = setUp();
    await open();
    const first = client.readFile('/a');
    const { id } = last(Type.READ);
    const opened = client.openSession();
    await expect(first).rejects.toMatchObject(lost);
    say(Type.DATA, id, encodeUtf8('stale'));
    welcome();
    await opened;
    const second = client.readFile('/b');
    say(Type.DATA, last(Type.READ).id, encodeUtf8('fr'), FLAG_MORE);
    say(Type.DATA, last(Type.READ).id, encodeUtf8('esh'));
    expect((await second).bytes).toEqual(encodeUtf8('fresh'));
  });

  it('rejects calls without a session, and everything at close', async () => {
    const { client, open, timers } = setUp();
    await expect(client.exec('true')).rejects.toMatchObject(lost);
    await open();
    const pending = client.exec('true');
    const opening = client.openSession();
    client.close();
    await expect(pending).rejects.toMatchObject(lost);
    await expect(opening).rejects.toMatchObject(lost);
    expect(timers.size).toBe(0);
  });

  it('turns ERROR into an AgentError', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const reading = client.readFile('/none');
    say(
      Type.ERROR,
      last(Type.READ).id,
      new PayloadWriter().u32(2).text('read /none: No such file or directory').finish(),
    );
    await expect(reading).rejects.toMatchObject({
      name: 'AgentError',
      errno: 2,
      message: 'read /none: No such file or directory',
    });
  });

  it('sends input of a pty only on credit, and keeps the rest', async () => {
    const { client, open, say, last, received } = setUp();
    await open();
    const opening = client.openPty({ rows: 24, cols: 80 });
    say(Type.PTY_OPENED, last(Type.PTY_OPEN).id, new PayloadWriter().u32(7).u32(3).u16(24).u16(80).finish());
    const pty = await opening;
    pty.write(encodeUtf8('abcdef'));
    const input = (): string =>
      Buffer.concat(
        received.filter((frame) => frame.type === Type.PTY_DATA).map((frame) => frame.payload),
      ).toString();
    expect([input(), pty.queued]).toEqual(['abc', 3]);
    say(Type.PTY_CREDIT, 7, new PayloadWriter().u32(2).finish());
    expect([input(), pty.queued]).toEqual(['abcde', 1]);
    say(Type.PTY_EXIT, 7, new PayloadWriter().u32(9).finish());
    expect(await pty.exited).toEqual({ kind: 'exited', exitCode: 137, signal: 9 });
  });

  it('joins small pieces of input into frames', async () => {
    const { client, open, say, last, received } = setUp();
    await open();
    const opening = client.openPty({ rows: 24, cols: 80 });
    say(Type.PTY_OPENED, last(Type.PTY_OPEN).id, new PayloadWriter().u32(7).u32(0).u16(24).u16(80).finish());
    const pty = await opening;
    for (let i = 0; i < 5000; i++) pty.write(Uint8Array.of(i));
    expect(pty.queued).toBe(5000);
    say(Type.PTY_CREDIT, 7, new PayloadWriter().u32(10_000).finish());
    const input = received.filter((frame) => frame.type === Type.PTY_DATA).map((frame) => frame.payload);
    expect(input.map((bytes) => bytes.length)).toEqual([3840, 1160]);
    expect(Buffer.concat(input)).toEqual(Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 0xff)));
    expect(pty.queued).toBe(0);
  });
});
