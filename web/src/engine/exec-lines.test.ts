// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentError, SessionLostError, type ExecOptions, type ExecResult } from './agent-client.js';
import { AGAIN_MS, CAP_BYTES, ExecLines, LONGEST_LINE, type LineReader } from './exec-lines.js';

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};
const encode = (text: string) => new TextEncoder().encode(text);

/** A guest in which each run of the command stands still until it is told what to do. */
class Guest implements LineReader {
  readonly runs: {
    say(text: string | Uint8Array): void;
    exit(code: number, stderr?: string): void;
    fail(error: Error): void;
    cancelled: boolean;
  }[] = [];

  exec(_: string, { onOutput, signal }: ExecOptions = {}): Promise<ExecResult> {
    return new Promise((resolve, reject) => {
      const end = (exitCode: number, stderr = '') =>
        resolve({
          exitCode,
          signal: null,
          reason: 'exited',
          stdout: encode(''),
          stderr: encode(stderr),
          stdoutCapped: false,
          stderrCapped: false,
        });
      const run = {
        say: (text: string | Uint8Array) =>
          onOutput?.('stdout', typeof text === 'string' ? encode(text) : text),
        exit: end,
        fail: reject,
        cancelled: false,
      };
      signal?.addEventListener('abort', () => {
        run.cancelled = true;
        end(137);
      });
      this.runs.push(run);
    });
  }
}

let guest: Guest;
let heard: string[];
let lines: ExecLines;

beforeEach(() => {
  vi.useFakeTimers();
  guest = new Guest();
  heard = [];
  lines = new ExecLines('cat /dev/kmsg', timers, {
    lines: (all) => heard.push(...all),
    ended: (why) => heard.push(`ended: ${why}`),
  });
});
afterEach(() => void vi.useRealTimers());

test('it runs while somebody looks and there is a guest, and not else', async () => {
  lines.readFrom(guest);
  expect(guest.runs).toHaveLength(0);
  lines.want(true);
  expect(guest.runs).toHaveLength(1);
  lines.want(false);
  expect(guest.runs[0]?.cancelled).toBe(true);
  lines.want(true);
  lines.readFrom(undefined);
  await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
  expect(guest.runs.map(({ cancelled }) => cancelled)).toEqual([true, true]);
  expect(heard).toEqual([]);
});

test('lines are whole, however they are cut', () => {
  lines.readFrom(guest);
  lines.want(true);
  for (const piece of ['one\ntw', 'o\nthree', '\n', 'fo']) guest.runs[0]?.say(piece);
  expect(heard).toEqual(['one', 'two', 'three']);
});

test('a character that comes in two pieces is whole', () => {
  lines.readFrom(guest);
  lines.want(true);
  const bytes = encode('Zürich\n');
  for (const piece of [bytes.subarray(0, 2), bytes.subarray(2)]) guest.runs[0]?.say(piece);
  expect(heard).toEqual(['Zürich']);
});

test('a line without end takes no memory to speak of', () => {
  lines.readFrom(guest);
  lines.want(true);
  for (let i = 0; i < 100; i++) guest.runs[0]?.say('x'.repeat(1000));
  guest.runs[0]?.say('\nnext\n');
  expect(heard.map((line) => line.length)).toEqual([LONGEST_LINE, 4]);
});

test('one that ends by itself says why, and is tried again', async () => {
  lines.readFrom(guest);
  lines.want(true);
  guest.runs[0]?.exit(1, 'cat: read error: Broken pipe\n');
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(['ended: cat: read error: Broken pipe']);
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  guest.runs[1]?.fail(new AgentError('exec: Resource temporarily unavailable', 11));
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  expect(heard.at(-1)).toBe('ended: exec: Resource temporarily unavailable');
  expect(guest.runs).toHaveLength(3);
});

test('one that has said something is begun again without a word', async () => {
  lines.readFrom(guest);
  lines.want(true);
  guest.runs[0]?.say('one\n');
  guest.runs[0]?.exit(1, 'cat: read error: Broken pipe\n');
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  expect(heard).toEqual(['one']);
  guest.runs[1]?.exit(127, 'sh: cat: not found\n');
  await vi.advanceTimersByTimeAsync(AGAIN_MS);
  expect(heard).toEqual(['one', 'ended: sh: cat: not found']);
});

test('a lost session is not its end: the next one comes by itself', async () => {
  lines.readFrom(guest);
  lines.want(true);
  guest.runs[0]?.fail(new SessionLostError('a new session was opened'));
  await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
  expect(guest.runs).toHaveLength(1);
  expect(heard).toEqual([]);
  lines.readFrom(undefined);
  lines.readFrom(guest);
  expect(guest.runs).toHaveLength(2);
});

test('before the agent falls silent at its cap another one is started', () => {
  lines.readFrom(guest);
  lines.want(true);
  guest.runs[0]?.say(`${'x'.repeat(CAP_BYTES)}\n`);
  expect(guest.runs.map(({ cancelled }) => cancelled)).toEqual([true, false]);
});
