// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startQemu } from './qemu.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qemu-test-'));
  mkdirSync(join(folder, 'tmp'));
  symlinkSync('/usr/bin/setpriv', join(folder, 'setpriv'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a QEMU that ends before it connects leaves no folder, and nothing that keeps the script alive', async () => {
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;
  const before = servers();
  vi.stubEnv('PATH', folder); // setpriv is there, and QEMU is not
  await expect(startQemu('qemu')).rejects.toThrow('qemu-system-i386 is not installed');
  await expect.poll(servers).toBe(before);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});
