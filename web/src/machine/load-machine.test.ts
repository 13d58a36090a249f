// SPDX-License-Identifier: MIT
/** What the machine is made of, from a server that is not there. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseMachineFiles, snapshotKeyText } from '../engine/machine-files.js';
import { Downloads, loadColdFiles, loadDescription, loadSnapshot } from './load-machine.js';
import { FakeServer, type FakeFile } from './fake-server.js';

const BASE = 'http://localhost/machine/';
const encode = (text: string) => new TextEncoder().encode(text);
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const entry = (path: string, bytes: Uint8Array) => ({ path, size: bytes.length, sha256: sha256(bytes) });

const INITRAMFS = encode('the files of the guest');
const FILES = {
  'bios.bin': encode('bios'),
  'vgabios.bin': encode('vga'),
  bzImage: encode('the kernel'),
  'initramfs.gz': new Uint8Array(gzipSync(INITRAMFS)),
  'snapshot.zst': encode('a state'),
};
const DESCRIPTION = {
  v86: { memory_size: 1 },
  files: {
    bios: entry('bios.bin', FILES['bios.bin']),
    vga_bios: entry('vgabios.bin', FILES['vgabios.bin']),
    bzimage: entry('bzImage', FILES.bzImage),
    initrd: {
      ...entry('initramfs.gz', FILES['initramfs.gz']),
      inflated: { size: INITRAMFS.length, sha256: sha256(INITRAMFS) },
    },
  },
};
const machine = parseMachineFiles(DESCRIPTION);
const SNAPSHOT = {
  ...entry('snapshot.zst', FILES['snapshot.zst']),
  key: sha256(snapshotKeyText(machine, '1.2.3')),
  v86: '1.2.3',
};

let server: FakeServer;
let progress: string[];
let downloads: Downloads;

const json = (value: unknown): FakeFile => ({
  type: 'application/json',
  chunks: [encode(JSON.stringify(value))],
});
const snapshot = () => loadSnapshot(BASE, Promise.resolve(machine), '1.2.3', downloads);
const cold = () => loadColdFiles(BASE, machine, downloads);

beforeEach(() => {
  server = new FakeServer();
  for (const [name, bytes] of Object.entries(FILES)) server.files.set(name, { chunks: [bytes] });
  server.files.set('machine.json', json(DESCRIPTION));
  server.files.set('snapshot.json', json(SNAPSHOT));
  progress = [];
  downloads = new Downloads((file, loaded, total) => progress.push(`${file} ${loaded}/${total}`));
  vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => void vi.unstubAllGlobals());

test('the description is read, and what is none is refused', async () => {
  expect(await loadDescription(BASE)).toEqual(machine);
  server.files.set('machine.json', json({ v86: {} }));
  await expect(loadDescription(BASE)).rejects.toMatchObject({ failure: { kind: 'bad-description' } });
  server.files.delete('machine.json');
  await expect(loadDescription(BASE)).rejects.toMatchObject({ failure: { kind: 'download-failed' } });
});

test('a snapshot comes alone, and its bytes are added to what comes beside it', async () => {
  const beside = downloads.add({ path: 'v86.wasm', size: 100, sha256: '' });
  beside(40);
  const found = await snapshot();
  expect('state' in found && new Uint8Array(found.state)).toEqual(FILES['snapshot.zst']);
  expect(server.asked).toEqual(['snapshot.json', 'snapshot.zst']);
  expect(progress).toEqual(['v86.wasm 40/100', 'snapshot.zst 47/107']);
});

test.each<[what: string, name: string, file: FakeFile | undefined, why: string]>([
  ['its description is missing', 'snapshot.json', undefined, 'snapshot.json: the server answered 404.'],
  ['its description is a page', 'snapshot.json', { type: 'text/html' }, '200 with an HTML page'],
  ['it is missing', 'snapshot.zst', undefined, 'snapshot.zst: the server answered 404.'],
  ['it is altered', 'snapshot.zst', { chunks: [encode('A state')] }, 'snapshot.zst: its sha256 is'],
  ['it is cut', 'snapshot.zst', { chunks: [encode('a sta')] }, 'ended after 5 of 7 bytes'],
  ['another v86 saved it', 'snapshot.json', json({ ...SNAPSHOT, v86: '1' }), 'it was saved by v86 1,'],
  ['it is of another machine', 'snapshot.json', json({ ...SNAPSHOT, key: '' }), 'it is of another machine'],
])('a snapshot is not used when %s, and this is no failure', async (_, name, file, why) => {
  if (file) server.files.set(name, file);
  else server.files.delete(name);
  const found = await snapshot();
  expect('why' in found && found.why).toContain(why);
  // What came of it counts no more.
  await cold();
  const total = Object.entries(FILES).reduce(
    (n, [path, { length }]) => n + (path === 'snapshot.zst' ? 0 : length),
    0,
  );
  expect(progress.at(-1)).toContain(`${total}/${total}`);
});

test('a machine that cannot be described has no snapshot either', async () => {
  const described = Promise.reject(new Error('no description'));
  await expect(loadSnapshot(BASE, described, '1.2.3', downloads)).rejects.toThrow('no description');
});

test('a cold boot gets every file, the initramfs unpacked', async () => {
  const files = await cold();
  expect(new Uint8Array(files.bzimage)).toEqual(FILES.bzImage);
  expect(new Uint8Array(files.initrd)).toEqual(INITRAMFS);
});

test.each<[what: string, name: string, file: FakeFile | undefined, kind: string]>([
  ['is missing', 'bzImage', undefined, 'download-failed'],
  ['meets a broken server', 'bzImage', { status: 500 }, 'download-failed'],
  ['is a page', 'bzImage', { type: 'text/html' }, 'not-the-file'],
  ['is altered', 'bios.bin', { chunks: [encode('BIOS')] }, 'damaged'],
  ['breaks off', 'initramfs.gz', { end: 'broken' }, 'download-failed'],
])('a file of a cold boot that %s is a failure', async (_, name, file, kind) => {
  if (file) server.files.set(name, file);
  else server.files.delete(name);
  await expect(cold()).rejects.toMatchObject({ failure: { kind } });
});

test('an initramfs that inflates to something else is a failure', async () => {
  const other = { ...machine.files.initrd, inflated: { size: 1, sha256: '0'.repeat(64) } };
  const altered = { ...machine, files: { ...machine.files, initrd: other } };
  await expect(loadColdFiles(BASE, altered, downloads)).rejects.toMatchObject({
    failure: { kind: 'damaged', detail: expect.stringContaining('does not inflate') as string },
  });
});
