// SPDX-License-Identifier: MIT
/** Downloads from a server that is not there, by a clock that the test turns. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FailureKind } from '../engine/failures.js';
import type { FileEntry } from '../engine/machine-files.js';
import { fetchFile, fetchJson, fetchModule, inflate, STALL_MS } from './download.js';
import { FakeServer, type FakeFile } from './fake-server.js';

const BASE = 'http://localhost/machine/';
const BYTES = new TextEncoder().encode('the bytes of a kernel');
/** The smallest module. */
const WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const ignore = () => undefined;

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function entryOf(bytes: Uint8Array, path = 'kernel'): FileEntry {
  return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Settles with what the page would say, without any turn of the clock. */
async function refusal(download: Promise<unknown>): Promise<{ kind: FailureKind; detail: string }> {
  const error = await download.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'MachineError' });
  return (error as { failure: { kind: FailureKind; detail: string } }).failure;
}

test('what comes whole and right is given out, and its progress told', async () => {
  server.files.set('kernel', { chunks: [BYTES.slice(0, 5), BYTES.slice(5)] });
  const progress: number[] = [];
  const bytes = await fetchFile(BASE, entryOf(BYTES), (n) => progress.push(n));
  expect(new Uint8Array(bytes)).toEqual(BYTES);
  expect(progress).toEqual([5, BYTES.length]);
});

test.each<[what: string, file: FakeFile, kind: FailureKind, says: string]>([
  ['is not there', { status: 404 }, 'download-failed', '/machine/kernel: the server answered 404.'],
  ['meets a broken server', { status: 503 }, 'download-failed', '/machine/kernel: the server answered 503.'],
  ['is a page', { type: 'text/html; charset=utf-8' }, 'not-the-file', '200 with an HTML page'],
  ['is text', { type: 'text/plain' }, 'not-the-file', '200 with a file of type text/plain'],
  ['is JSON', { type: 'application/json' }, 'not-the-file', 'of type application/json'],
  ['is too short', { chunks: [BYTES.slice(1)] }, 'download-failed', 'ended after 20 of 21 bytes'],
  ['is too long', { chunks: [BYTES, BYTES] }, 'damaged', 'longer than the 21 bytes'],
  ['is another', { chunks: [new Uint8Array(21)] }, 'damaged', 'kernel: its sha256 is'],
  [
    'breaks off',
    { chunks: [BYTES.slice(0, 7)], end: 'broken' },
    'download-failed',
    'broken off after 7 of 21',
  ],
  ['has no server', { end: 'refused' }, 'download-failed', '/machine/kernel: connection refused.'],
])('a file that %s is refused without any turn of the clock', async (_, file, kind, says) => {
  server.files.set('kernel', { chunks: [BYTES], ...file });
  const told = await refusal(fetchFile(BASE, entryOf(BYTES), ignore));
  expect(told.kind).toBe(kind);
  expect(told.detail).toContain(says);
});

test.each<[what: string, cached: FakeFile]>([
  ['another file', { chunks: [new Uint8Array(21)] }],
  ['a shorter one', { chunks: [BYTES.slice(1)] }],
  ['a longer one', { chunks: [BYTES, BYTES] }],
])('a cache that holds %s for ever does not keep the right one away', async (_, cached) => {
  server.cache.set('kernel', cached);
  server.files.set('kernel', { chunks: [BYTES] });
  expect(new Uint8Array(await fetchFile(BASE, entryOf(BYTES), ignore))).toEqual(BYTES);
  expect(server.asked).toEqual(['kernel']);
});

test('a wrong file is asked for once more, and not again', async () => {
  server.files.set('kernel', { chunks: [new Uint8Array(21)] });
  expect((await refusal(fetchFile(BASE, entryOf(BYTES), ignore))).kind).toBe('damaged');
  expect(server.asked).toEqual(['kernel', 'kernel']);
});

test('a server that accepts and never answers is given up', async () => {
  server.files.set('kernel', { end: 'silent' });
  const told = refusal(fetchFile(BASE, entryOf(BYTES), ignore));
  await vi.advanceTimersByTimeAsync(STALL_MS);
  expect((await told).detail).toBe('/machine/kernel: nothing came for 10 s.');
});

test('a body that stands still is given up, and so is JSON', async () => {
  server.files.set('kernel', { chunks: [BYTES.slice(0, 7)], end: 'stalled' });
  server.files.set('machine.json', { type: 'application/json', chunks: [BYTES], end: 'stalled' });
  const file = refusal(fetchFile(BASE, entryOf(BYTES), ignore));
  const json = refusal(fetchJson(`${BASE}machine.json`));
  await vi.advanceTimersByTimeAsync(STALL_MS);
  expect((await file).detail).toContain('broken off after 7 of 21 bytes (nothing came for 10 s)');
  expect((await json).detail).toContain('broken off (nothing came for 10 s)');
});

test('one that waits for its turn behind another that moves is not given up', async () => {
  const slow = server.slowly('slow', BYTES);
  server.files.set('kernel', { end: 'silent' });
  let given = false;
  const waiting = refusal(fetchFile(BASE, entryOf(BYTES), ignore)).finally(() => (given = true));
  const moving = fetchFile(BASE, entryOf(BYTES, 'slow'), ignore);
  for (let i = 0; i < BYTES.length; i++) {
    await vi.advanceTimersByTimeAsync(STALL_MS - 1);
    slow.next();
  }
  expect(new Uint8Array(await moving)).toEqual(BYTES);
  expect(given).toBe(false);
  await vi.advanceTimersByTimeAsync(STALL_MS);
  expect((await waiting).kind).toBe('download-failed');
});

test('JSON is JSON by its type and by its contents', async () => {
  const text = (words: string) => [new TextEncoder().encode(words)];
  server.files.set('a.json', { type: 'application/json', chunks: text('{"a":1}') });
  server.files.set('b.json', { type: 'application/json', chunks: text('{"a":') });
  server.files.set('c.json', { type: 'text/html', chunks: text('{}') });
  expect(await fetchJson(`${BASE}a.json`)).toEqual({ a: 1 });
  expect((await refusal(fetchJson(`${BASE}b.json`))).kind).toBe('damaged');
  expect((await refusal(fetchJson(`${BASE}c.json`))).kind).toBe('not-the-file');
});

test('a module is compiled of verified bytes only, and must be called one', async () => {
  const wasm = entryOf(WASM, 'v86.wasm');
  server.files.set('v86.wasm', { type: 'application/wasm', chunks: [WASM] });
  expect(await fetchModule(BASE, wasm, ignore)).toBeInstanceOf(WebAssembly.Module);
  const altered = { ...wasm, sha256: '0'.repeat(64) };
  expect((await refusal(fetchModule(BASE, altered, ignore))).kind).toBe('damaged');
  server.files.set('v86.wasm', { type: 'application/octet-stream', chunks: [WASM] });
  expect((await refusal(fetchModule(BASE, wasm, ignore))).kind).toBe('not-the-file');
});

test('what does not inflate to what was promised is damaged', async () => {
  const packed = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)).buffer;
  vi.useRealTimers(); // the streams of Node take turns by timers
  expect(new Uint8Array(await inflate(packed(BYTES), entryOf(BYTES)))).toEqual(BYTES);
  expect((await refusal(inflate(packed(WASM), entryOf(BYTES)))).kind).toBe('damaged');
  expect((await refusal(inflate(BYTES.slice().buffer, entryOf(BYTES)))).kind).toBe('damaged');
});
