// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Cancellation } from '../engine/cancellation.js';
import { FakeServer } from './fake-server.js';
import { findTestArchives } from './load-tests.js';

const BASE = 'http://localhost/tests/';
const encode = (text: string) => new TextEncoder().encode(text);
const entry = (path: string, text: string) => ({
  path,
  size: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
});
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
  describe({ perl: entry('perl.tgz', 'a perl'), tests: entry('tests.tgz', 'some tests') });
  server.files.set('perl.tgz', { chunks: [encode('a perl')] });
  server.files.set('tests.tgz', { chunks: [encode('no tests!!')] });
});
afterEach(() => void vi.unstubAllGlobals());

function describe(value: unknown): void {
  server.files.set('tests.json', { type: 'application/json', chunks: [encode(JSON.stringify(value))] });
}

test('an archive is fetched when it is asked for, told as it comes, and believed by its hash', async () => {
  const told: string[] = [];
  const [perl, tests] = await findTestArchives(
    BASE,
    (...progress) => told.push(progress.join(' ')),
    new Cancellation(),
  );
  expect(server.asked).toEqual(['tests.json']);
  expect(await perl?.bytes()).toEqual(encode('a perl'));
  expect(told).toEqual(['perl.tgz 6 6']);
  await expect(tests?.bytes()).rejects.toMatchObject({ failure: { kind: 'damaged' } });
});

test('what describes no archives is refused', async () => {
  describe({ perl: entry('../perl', 'a perl') });
  await expect(findTestArchives(BASE, () => undefined, new Cancellation())).rejects.toMatchObject({
    failure: { kind: 'bad-description', detail: 'tests.json: perl: path is not a plain file name.' },
  });
});

test.each(['tests.json', 'perl.tgz'])(
  'who is cancelled lets go of %s, and asks for nothing after it',
  async (name) => {
    const given = server.files.get(name);
    server.files.set(name, { ...given, end: 'stalled' });
    const signal = new Cancellation();
    const loading = findTestArchives(BASE, () => undefined, signal).then(([perl]) => perl?.bytes());
    const refused = expect(loading).rejects.toMatchObject({
      failure: { detail: expect.stringContaining('it is not wanted any more') as string },
    });
    await expect.poll(() => server.asked).toContain(name);
    signal.abort();
    await refused;
    expect(server.dropped).toEqual([name]);
    const { length } = server.asked;
    await expect(findTestArchives(BASE, () => undefined, signal)).rejects.toThrow();
    expect(server.asked).toHaveLength(length);
  },
);
