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
  MAX_PAYLOAD,
  PayloadWriter,
  SNAPSHOT_BYTES,
  SNAPSHOT_FILE_BYTES,
  Type,
} from './protocol.js';
import type { Pty } from './pty.js';
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
  const hear = (frames: Frame[]): void => listener(Uint8Array.from(Buffer.concat(frames.map(encodeFrame))));
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
  return { client, received, hear, say, last, welcome, open, tick, timers };
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

  it('takes no more of an answer than the cap, and no more of the one that is over it', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const reading = client.readFile('/x', { capBytes: 4 });
    const { id } = last(Type.READ);
    say(Type.DATA, id, encodeUtf8('1234'), FLAG_MORE);
    say(Type.DATA, id, encodeUtf8('5'), FLAG_MORE);
    await expect(reading).rejects.toThrow('the answer has more than 4 bytes');
    say(Type.DATA, id, encodeUtf8('6'));
    const running = client.exec('yes', { capBytes: 4 });
    for (const text of ['1abc', '2def', '1gh']) {
      const payload = encodeUtf8(text);
      payload[0]! -= 0x30;
      say(Type.EXEC_OUT, last(Type.EXEC).id, payload);
    }
    await expect(running).rejects.toThrow('the answer has more than 4 bytes');
  });

  it('keeps to the cap of the agent when none is given', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const running = client.exec('yes');
    for (let i = 0; i < 274; i++) say(Type.EXEC_OUT, last(Type.EXEC).id, new Uint8Array(3840).fill(1));
    await expect(running).rejects.toThrow('more than 1048576 bytes');
    const snapshot = client.snapshot();
    for (let i = 0; i < 1097; i++) say(Type.DATA, last(Type.SNAPSHOT).id, new Uint8Array(3840), FLAG_MORE);
    await expect(snapshot).rejects.toThrow(`more than ${SNAPSHOT_BYTES} bytes`);
  });

  it('tells which files of a snapshot are cut, and takes no more of one than there may be', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const snapshot = client.snapshot();
    const answer = new PayloadWriter().u64(2n).u64(1n);
    const CUT = 0x80000000;
    for (const [path, length, size] of [
      ['short', 3, 3],
      ['cut', CUT + 3, 3],
      ['over', 8193, 8193],
    ] as const)
      answer.u16(path.length).text(path).u32(length).bytes(new Uint8Array(size));
    answer.u16(4).text('none').u32(0xffffffff).u32(13);
    const { id } = last(Type.SNAPSHOT);
    const bytes = answer.finish();
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD)
      say(Type.DATA, id, bytes.subarray(at, at + MAX_PAYLOAD), FLAG_MORE);
    say(Type.DATA, id);
    expect((await snapshot).files).toEqual(
      new Map<string, unknown>([
        ['short', { bytes: new Uint8Array(3) }],
        ['cut', { bytes: new Uint8Array(3), cut: true }],
        ['over', { bytes: new Uint8Array(SNAPSHOT_FILE_BYTES), cut: true }],
        ['none', { errno: 13 }],
      ]),
    );
  });

  it('rejects a call whose answer is too short, and goes on', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const calls = [client.exec('true'), client.openPty({ rows: 1, cols: 1 }), client.readFile('/x')];
    say(Type.EXEC_EXIT, last(Type.EXEC).id);
    say(Type.PTY_OPENED, last(Type.PTY_OPEN).id);
    say(Type.ERROR, last(Type.READ).id);
    for (const call of calls) await expect(call).rejects.toThrow('payload ends');
    const snapshot = client.snapshot();
    say(Type.DATA, last(Type.SNAPSHOT).id, Uint8Array.of(1));
    await expect(snapshot).rejects.toThrow('payload ends');
  });

  it('drops a frame that is too short, and reads what came with it', async () => {
    const { client, hear, last, welcome } = setUp();
    const opened = client.openSession();
    const short = [Type.WELCOME, Type.ACK, Type.PTY_CREDIT, Type.PTY_EXIT];
    hear(short.map((type) => ({ type, flags: 0, id: 0, payload: new Uint8Array(0) })));
    welcome();
    await opened;
    const reading = client.readFile('/x');
    hear([
      ...short.map((type) => ({ type, flags: 0, id: 0, payload: new Uint8Array(0) })),
      { type: Type.DATA, flags: 0, id: last(Type.READ).id, payload: encodeUtf8('text') },
    ]);
    expect((await reading).bytes).toEqual(encodeUtf8('text'));
  });

  it('leaves an error of a listener to whoever has given the bytes', () => {
    const { client, say } = setUp();
    client.onBoot(() => {
      throw new RangeError('Invalid array length');
    });
    expect(() => say(Type.BOOT)).toThrow('Invalid array length');
  });

  it('lets others hear what comes of a pty, until they have heard enough', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const heard: string[] = [];
    const stop = client.onPtyOutput((pty, bytes) => heard.push(`${pty} ${Buffer.from(bytes).toString()}`));
    void client.openPty({ rows: 24, cols: 80 });
    say(Type.PTY_OPENED, last(Type.PTY_OPEN).id, new PayloadWriter().u32(7).u32(0).u16(24).u16(80).finish());
    say(Type.PTY_DATA, 7, encodeUtf8('abc'));
    stop();
    say(Type.PTY_DATA, 7, encodeUtf8('def'));
    expect(heard).toEqual(['7 abc']);
  });

  it.each<[how: string, end: object, act: (all: ReturnType<typeof setUp>, pty: Pty) => unknown]>([
    [
      'it exits',
      { kind: 'exited', exitCode: 3 },
      ({ say }) => say(Type.PTY_EXIT, 7, new PayloadWriter().u32(0x300).finish()),
    ],
    ['it is closed from here', { kind: 'lost', reason: 'closed' }, (_, pty) => void pty.close()],
    ['the session is lost', { kind: 'lost' }, ({ client }) => client.close()],
  ])('forgets a pty, and lets others hear that it ended, when %s', async (_, end, act) => {
    const all = setUp();
    await all.open();
    const heard: string[] = [];
    all.client.onPtyEnd((id) => heard.push(`end of ${id}`));
    all.client.onPtyOutput((id) => heard.push(`output of ${id}`));
    const opening = all.client.openPty({ rows: 24, cols: 80 });
    all.say(
      Type.PTY_OPENED,
      all.last(Type.PTY_OPEN).id,
      new PayloadWriter().u32(7).u32(0).u16(24).u16(80).finish(),
    );
    const pty = await opening;
    pty.write(encodeUtf8('waits for credit'));
    act(all, pty);
    expect(await pty.exited).toMatchObject(end);
    all.say(Type.PTY_DATA, 7, encodeUtf8('on its way'));
    expect([heard, pty.queued]).toEqual([['end of 7'], 0]);
  });

  it('shows no output of a pty beyond the credit', async () => {
    const { client, open, say, last } = setUp();
    await open();
    const opening = client.openPty({ rows: 24, cols: 80, credit: 4 });
    say(Type.PTY_OPENED, last(Type.PTY_OPEN).id, new PayloadWriter().u32(7).u32(0).u16(24).u16(80).finish());
    const pty = await opening;
    let shown = '';
    pty.onData((bytes) => (shown += Buffer.from(bytes).toString()));
    for (const text of ['abc', 'de']) say(Type.PTY_DATA, 7, encodeUtf8(text));
    expect(shown).toBe('abc');
    pty.credit(3);
    say(Type.PTY_DATA, 7, encodeUtf8('fghi'));
    expect(shown).toBe('abcfghi');
  });
});
