// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { V86, type V86Options } from 'v86';
import { afterEach, expect, test } from 'vitest';
import { keepFreshMemory } from './fresh-memory.js';

const MiB = 1024 * 1024;
const require = createRequire(import.meta.url);
const wasm = await WebAssembly.compile(readFileSync(require.resolve('v86/build/v86.wasm')));
let v86: V86 | undefined;

afterEach(() => v86?.destroy());

/** A machine that has been made and has not run; what its memory is asked through. */
async function machine(): Promise<(address: number, bytes: number) => boolean> {
  let exports: WebAssembly.Exports = {};
  v86 = new V86({
    memory_size: 16 * MiB,
    vga_memory_size: MiB,
    virtio_console: true,
    wasm_fn: async (imports: WebAssembly.Imports) =>
      (exports = (await WebAssembly.instantiate(wasm, imports)).exports),
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
  } as unknown as V86Options);
  const made = v86;
  await new Promise<void>((resolve) => made.add_listener('emulator-loaded', () => resolve()));
  return (address, bytes) =>
    Boolean((exports['is_memory_zeroed'] as (...of: number[]) => number)(address, bytes));
}

test('v86 writes nothing above the first MiB of a machine that has nothing to boot from', async () => {
  const isZero = await machine();
  expect(isZero(MiB, 15 * MiB)).toBe(true);
  expect(isZero(0, 16 * MiB), 'and below it does, so the check sees what is written').toBe(false);
});

test('the first clearing of the whole memory is that of its first MiB', () => {
  const calls: [number, number][] = [];
  const exports = { zero_memory: (...call: [number, number]) => calls.push(call), other: () => 7 };
  const kept = keepFreshMemory(exports, 16 * MiB) as typeof exports;
  kept.zero_memory(4096, 4096);
  kept.zero_memory(0, 16 * MiB);
  kept.zero_memory(0, 16 * MiB);
  expect(calls).toEqual([
    [4096, 4096],
    [0, MiB],
    [0, 16 * MiB],
  ]);
  expect(kept.other()).toBe(7);
});
