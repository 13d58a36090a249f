// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { runsOf } from './prover.js';

const FILES = ['1a-core.t', '1b-syscall.t', '1e-history.t', 'commands/vps.t', 'debug/1b-syscall-memory.t'];

test('a machine with one Perl runs each file once', () => {
  for (const machine of ['v86', 'qemu'] as const)
    expect(runsOf(machine, FILES)).toEqual(FILES.map((file) => ({ file, abi: 'i386' })));
});

test('the second Perl of the debug machine asks what has a layout for each ABI', () => {
  expect(runsOf('debug', FILES)).toEqual([
    ...FILES.map((file) => ({ file, abi: 'amd64' })),
    { file: '1b-syscall.t', abi: 'i386' },
    { file: '1e-history.t', abi: 'i386' },
  ]);
});
