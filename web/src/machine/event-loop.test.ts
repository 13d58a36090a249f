// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { V86 } from 'v86';
import { expect, test, vi } from 'vitest';
import { type EventLoop, sleepWholeMilliseconds, TURNS_BY_TASKS } from './event-loop.js';

const require = createRequire(import.meta.url);

/** What v86 has beside what its types tell, of the version that is installed. */
interface Loop extends EventLoop {
  next_tick(ms: number): void;
}

test('v86 sleeps for whole milliseconds, and not at all when it has something to run', async () => {
  const wasm = await WebAssembly.compile(readFileSync(require.resolve('v86/build/v86.wasm')));
  const v86 = new V86({
    memory_size: 16 * 1024 * 1024,
    wasm_fn: async (imports: WebAssembly.Imports) => (await WebAssembly.instantiate(wasm, imports)).exports,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
  });
  await new Promise<void>((resolve) => v86.add_listener('emulator-loaded', () => resolve()));
  const { v86: loop } = v86 as unknown as { v86: Loop };
  const asked = vi.spyOn(loop, 'yield').mockImplementation(() => {});
  sleepWholeMilliseconds(loop);

  for (const ms of [9.4, 0.2, 0, 10]) loop.next_tick(ms);

  expect(asked.mock.calls.map(([ms]) => ms)).toEqual([10, 1, 0, 10]);
  await v86.destroy();
});

test('v86 knows the word by which it is to take turns by tasks', () => {
  expect(readFileSync(require.resolve('v86'), 'utf8')).toContain(
    `location.href.includes("${TURNS_BY_TASKS.slice(1)}")`,
  );
});
