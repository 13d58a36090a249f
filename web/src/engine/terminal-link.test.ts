// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeAgent } from '../machine/fake-agent.js';
import { AgentClient, AgentError } from './agent-client.js';
import { ShortPayloadError } from './protocol.js';
import { TAKE_BACK, TerminalLink } from './terminal-link.js';

const timers = {
  random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
};
const settle = () => vi.advanceTimersByTimeAsync(0);

let fake: FakeAgent;
let agent: AgentClient;
let link: TerminalLink;
let shown: string;
let resets: number;

beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeAgent();
  agent = new AgentClient(fake, timers);
  link = new TerminalLink(timers);
  shown = '';
  resets = 0;
  link.show({
    write: (bytes, done) => {
      shown += new TextDecoder().decode(bytes);
      done();
    },
    reset: () => resets++,
  });
});
afterEach(() => void vi.useRealTimers());

async function connect(restored: boolean): Promise<void> {
  const welcome = await agent.openSession();
  await link.connect(agent, welcome, restored);
  await settle();
}

test('what is typed before there is a shell is not lost', async () => {
  link.write('early ');
  await connect(true);
  link.write('late');
  await settle();
  expect(shown).toBe('fake:~# early late');
});

test('the shell gets the size of the screen, and hears of a drag once', async () => {
  link.resize(30, 100);
  await connect(true);
  for (let cols = 100; cols < 150; cols++) link.resize(30, cols);
  await vi.advanceTimersByTimeAsync(1000);
  expect(fake.asked).toEqual(['resize 30 149']);
});

test('a size that changes while the shell opens is told afterwards', async () => {
  const welcome = await agent.openSession();
  const connecting = link.connect(agent, welcome, true);
  link.resize(40, 120);
  await connecting;
  await vi.advanceTimersByTimeAsync(1000);
  expect(fake.asked).toContain('resize 40 120');
});

test('after a lost session the same shell is attached again, and the screen kept', async () => {
  await connect(true);
  await connect(false);
  link.write('on');
  await settle();
  expect(shown).toBe('fake:~# on');
  expect(resets).toBe(1);
});

test('a restored guest means a new shell on an empty screen', async () => {
  await connect(true);
  fake.restore();
  await connect(true);
  expect(resets).toBe(2);
  expect(shown).toBe('fake:~# fake:~# ');
});

test('a shell that is in the snapshot is attached again by its id, in the size of the screen', async () => {
  await connect(true);
  fake.save();
  link.resize(40, 120);
  await vi.advanceTimersByTimeAsync(1000);
  const other = new TerminalLink(timers);
  await other.connect(agent, await agent.openSession(), false);
  fake.restore();
  fake.asked.length = 0;
  const welcome = await agent.openSession();
  await Promise.all([link.connect(agent, welcome, true), other.connect(agent, welcome, true)]);
  await settle();
  // The other terminal's shell is younger than the snapshot: it gets a new one.
  expect(fake.asked).toEqual(['attach 1', 'resize 40 120']);
  shown = '';
  link.write('on');
  await settle();
  expect(shown).toBe('on');
});

test('a new agent means a new shell, and what was asked of the terminal before is taken back', async () => {
  await connect(true);
  fake.boot();
  await settle();
  await connect(false);
  expect(shown).toBe(`fake:~# ${TAKE_BACK}fake:~# `);
});

test('what is typed between two agents goes to the next shell', async () => {
  await connect(true);
  fake.boot();
  await settle();
  link.write('between');
  await connect(false);
  expect(shown).toBe(`fake:~# ${TAKE_BACK}fake:~# between`);
});

test('what was typed for a guest that is gone is not typed into the next one', async () => {
  await connect(true);
  fake.boot();
  await settle();
  link.write('rm -r /tmp/old');
  link.leave();
  await connect(true);
  expect(shown).not.toContain('rm');
});

test('what is typed while the guest is being reset goes to the next one', async () => {
  await connect(true);
  link.leave();
  link.write('for the next');
  await settle();
  expect(fake.typed).toBe('');
  fake.restore();
  await connect(true);
  expect(fake.typed).toBe('for the next');
});

test('what is typed while the guest is being reset goes to the shell that is in the snapshot', async () => {
  await connect(true);
  fake.save();
  link.leave();
  link.write('on');
  fake.restore();
  await connect(true);
  expect(fake.asked).toContain('attach 1');
  expect(fake.typed).toBe('on');
});

test('after an exit, too, what is typed while the guest is being reset goes to the next one', async () => {
  await connect(true);
  fake.exit(1, 0);
  await settle();
  link.leave();
  link.write('ls\r');
  await settle();
  expect(fake.typed).toBe('');
  fake.restore();
  await connect(true);
  expect(fake.typed).toBe('ls\r');
});

test('a shell that opens while its guest is being reset gets nothing', async () => {
  const connecting = link.connect(agent, await agent.openSession(), true);
  link.leave();
  link.write('for the next');
  await connecting;
  await settle();
  expect(fake.typed).toBe('');
});

test('a shell that ends says so, and Enter opens the next, with no empty line in it', async () => {
  await connect(true);
  fake.exit(1, 3);
  await settle();
  expect(shown).toContain(TAKE_BACK);
  expect(shown).toContain('The shell ended with code 3. Press Enter, or type on, for a new one.');
  shown = '';
  link.write('\r');
  await settle();
  expect(shown).toBe('fake:~# ');
});

test('what is typed after the exit goes to the next shell, from the first key on', async () => {
  await connect(true);
  fake.exit(1, 0);
  await settle();
  shown = '';
  for (const key of 'ls\r') link.write(key);
  await settle();
  link.write('on');
  await settle();
  expect(shown).toBe('fake:~# ls\r\non');
});

test('100 KB pasted after the exit go to the next shell whole', async () => {
  await connect(true);
  fake.exit(1, 0);
  await settle();
  shown = '';
  const text = 'Grüße, κόσμε 🐧\n'.repeat(5000);
  link.write(text);
  await settle();
  expect(Buffer.byteLength(text)).toBeGreaterThan(100_000);
  expect(fake.typed).toBe(text);
});

test('what the terminal says by itself starts no shell, nor is it typed into the next one', async () => {
  link.write('\x1b[I');
  await connect(true);
  expect(fake.typed).toBe('');
  link.write('\x1b[O');
  await settle();
  expect(fake.typed).toBe('\x1b[O');
  fake.exit(1, 0);
  await settle();
  shown = '';
  for (const report of ['\x1b[I', '\x1b[O', '\x1b[24;80R', '\x1b[<0;1;1M']) link.write(report);
  link.writeBinary('\x1b[M !!');
  await settle();
  expect(shown).toBe('');
  link.write('x');
  await settle();
  expect(shown).toBe('fake:~# x');
});

test('a mouse report of old is bytes', async () => {
  await connect(true);
  link.writeBinary('\x1b[M \x81\xff');
  await settle();
  expect([...fake.typedBytes]).toEqual([27, 0x5b, 0x4d, 0x20, 0x81, 0xff]);
});

test('a program that asks the terminal and does not read fills nothing; what is typed is kept whole', async () => {
  fake.reads = false;
  await connect(true);
  const report = '\x1b[24;80R';
  for (let i = 0; i < 100_000; i++) link.write(report);
  await settle();
  const text = 'typed '.repeat(50_000);
  link.write(text);
  for (let i = 0; i < 100_000; i++) link.write(report);
  fake.read();
  await settle();
  expect(fake.typed.replaceAll(report, '')).toBe(text);
  expect(fake.typed.length).toBeLessThan(text.length + 100_000);
});

test('a shell that was closed stays closed', async () => {
  await connect(true);
  link.close();
  await settle();
  expect(fake.asked).toEqual(['type 24']);
});

test('a shell that opens when its terminal is closed already is hung up', async () => {
  const connecting = link.connect(agent, await agent.openSession(), true);
  link.close();
  await connecting;
  await settle();
  expect(fake.asked).toEqual(['type 24']);
});

test('an answer that cannot be read is told as one that refuses is', async () => {
  const welcome = await agent.openSession();
  const broken = {
    openPty: () => Promise.reject(new ShortPayloadError('payload ends 4 bytes too early')),
    attachPty: agent.attachPty.bind(agent),
  };
  await link.connect(broken, welcome, true);
  expect(shown).toContain('No shell: payload ends 4 bytes too early. Press Enter');
});

test('a shell that cannot be opened says why, and what is typed tries again', async () => {
  let refusals = 1;
  const welcome = await agent.openSession();
  const refusing = {
    openPty: (size: { rows: number; cols: number }) =>
      refusals-- > 0 ? Promise.reject(new AgentError('open a pty: fork: busy', 11)) : agent.openPty(size),
    attachPty: agent.attachPty.bind(agent),
  };
  await link.connect(refusing, welcome, true);
  expect(shown).toContain('No shell: open a pty: fork: busy. Press Enter, or type on, to try again.');
  link.write('x');
  await settle();
  expect(shown).toContain('fake:~# x');
});

test('a shell that cannot be attached again says why, and what is typed opens another', async () => {
  await connect(true);
  const welcome = await agent.openSession();
  const refusing = {
    openPty: agent.openPty.bind(agent),
    attachPty: () => Promise.reject(new AgentError('attach pty 1: it is gone', 3)),
  };
  await link.connect(refusing, welcome, false);
  expect(shown).toContain('No shell: attach pty 1: it is gone. Press Enter, or type on, to try again.');
  link.write('x');
  await settle();
  expect(shown).toContain('fake:~# x');
});
