// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { labelOf, listPlaces, nameOf, programOf, type PlaceReader } from './places.js';
import { encodeUtf8 } from './utf8.js';

function reader(proc: Record<string, string | number>, runFiles: string): PlaceReader {
  const files = Object.entries(proc).map(
    ([path, file]) =>
      [path, typeof file === 'number' ? { errno: file } : { bytes: encodeUtf8(file) }] as const,
  );
  return {
    snapshot: () => Promise.resolve({ boottimeNs: 0n, monotonicNs: 0n, files: new Map(files) }),
    exec: () =>
      Promise.resolve({
        exitCode: 0,
        signal: null,
        reason: 'exited' as const,
        stdout: encodeUtf8(runFiles),
        stderr: new Uint8Array(),
        stdoutCapped: false,
        stderrCapped: false,
      }),
  };
}

test('contexts are in order of their numbers, with the name of the guest that runs in one', async () => {
  const proc = {
    'virtual/1000/status': 'Tasks:\t1\n',
    'virtual/100/status': 'Tasks:\t1\n',
    'virtual/7/status': 3, // it has just ended
    'virtual/status': '#CTotal:\t2\n',
  };
  expect(await listPlaces(reader(proc, './web:100\n./old:55\n'))).toEqual([
    { xid: 100, guest: 'web' },
    { xid: 1000, guest: undefined },
  ]);
});

test('what is no name of a guest names none', async () => {
  const proc = { 'virtual/100/status': '' };
  for (const line of ['-x:100', 'a b:100', 'web:', '../web:100', 'web:100:1'])
    expect(await listPlaces(reader(proc, `./${line}\n`)), line).toEqual([{ xid: 100, guest: undefined }]);
});

test('a guest is entered by its name, another context by its number', () => {
  const [web, other] = [
    { xid: 100, guest: 'web' },
    { xid: 42, guest: undefined },
  ];
  expect(programOf(web).slice(0, 3)).toEqual(['vserver', 'web', 'exec']);
  expect(programOf(other).slice(-2)).toEqual(['enter-context', '42']);
  expect([nameOf(web), nameOf(other)]).toEqual(['web (100)', 'context 42']);
  expect([labelOf(web), labelOf(other)]).toEqual(['web', 'context 42']);
});
