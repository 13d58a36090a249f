// SPDX-License-Identifier: MIT
/** v86 behind the few verbs that the Worker needs. The only file that imports v86. */
import { messageOf } from '../engine/message-of.js';
import { V86, type V86Options } from 'v86';
import fallbackWasm from 'v86/build/v86-fallback.wasm?entry';
import wasm from 'v86/build/v86.wasm?entry';
import { failure, MachineError } from '../engine/failures.js';
import type { MachineFiles } from '../engine/machine-files.js';
import { fetchModule } from './download.js';
import { type EventLoop, sleepWholeMilliseconds } from './event-loop.js';
import { keepFreshMemory } from './fresh-memory.js';
import type { ColdFiles, Downloads } from './load-machine.js';

export { version as V86_VERSION } from 'v86/package.json';

/** The agent's port: the second of the four on v86's virtio console device. */
const AGENT_OUTPUT = 'virtio-console1-output-bytes';
const AGENT_INPUT = 'virtio-console1-input-bytes';

/** What v86 has and its types do not tell. */
interface Bus {
  send(name: string, value: unknown): void;
}
type Listen = (name: string, listener: (value: never) => void) => void;

export interface EmulatorOutput {
  agent(bytes: Uint8Array): void;
  consoleByte(byte: number): void;
}

/** Fetches, verifies and compiles v86's WebAssembly; a browser that refuses it gets the fallback, which uses fewer features. */
export async function compileV86(downloads: Downloads): Promise<WebAssembly.Module> {
  try {
    return await compile(wasm, downloads);
  } catch (error) {
    if (error instanceof MachineError) throw error;
    return compile(fallbackWasm, downloads);
  }
}

async function compile(file: typeof wasm, downloads: Downloads): Promise<WebAssembly.Module> {
  const { href, pathname } = new URL(file.url, self.location.href);
  const entry = { ...file, path: pathname.slice(pathname.lastIndexOf('/') + 1) };
  return fetchModule(href, entry, downloads.add(entry));
}

export class Emulator {
  readonly #v86: V86;
  readonly #loaded: Promise<void>;
  #lastCount = 0;
  #instructions = 0;

  /** Without `cold` the machine has nothing to boot from: it waits for `restore`. */
  constructor(
    machine: MachineFiles,
    wasm: WebAssembly.Module,
    cold: ColdFiles | undefined,
    output: EmulatorOutput,
  ) {
    const buffers = Object.entries(cold ?? {}).map(([name, buffer]) => [
      name,
      { buffer: buffer as ArrayBuffer },
    ]);
    this.#v86 = new V86({
      ...machine.v86,
      ...(Object.fromEntries(buffers) as Partial<V86Options>),
      wasm_fn: async (imports) => {
        const { exports } = await WebAssembly.instantiate(wasm, imports);
        return cold ? exports : keepFreshMemory(exports, machine.v86['memory_size'] as number);
      },
      autostart: false,
      disable_keyboard: true,
      disable_mouse: true,
      disable_speaker: true,
    });
    const listen = this.#v86.add_listener.bind(this.#v86) as unknown as Listen;
    this.#loaded = new Promise((resolve) =>
      listen('emulator-loaded', () => {
        sleepWholeMilliseconds((this.#v86 as unknown as { v86: EventLoop }).v86);
        resolve();
      }),
    );
    listen(AGENT_OUTPUT, (bytes: Uint8Array) => output.agent(bytes));
    listen('serial0-output-byte', (byte: number) => output.consoleByte(byte));
  }

  /** Puts the machine into a saved state, raw or packed by zstd; throws when v86 refuses it. */
  async restore(state: ArrayBuffer): Promise<void> {
    await this.#loaded;
    const wasRunning = this.#v86.is_running();
    await this.#v86.stop();
    await this.#v86.restore_state(state);
    this.#lastCount = this.#v86.get_instruction_counter();
    if (wasRunning) await this.#v86.run();
  }

  async run(): Promise<void> {
    await this.#loaded;
    await this.#v86.run();
  }

  stop(): Promise<void> {
    return this.#v86.stop();
  }

  destroy(): Promise<void> {
    return this.#v86.destroy();
  }

  sendToAgent(bytes: Uint8Array): void {
    (this.#v86 as unknown as { bus: Bus }).bus.send(AGENT_INPUT, bytes);
  }

  /** Instructions so far; v86's own counter wraps at 2^32, so ask more often than it does (every 2.8 s at 1,500 million a second). */
  instructions(): number {
    const count = this.#v86.get_instruction_counter();
    this.#instructions += (count - this.#lastCount) >>> 0;
    this.#lastCount = count;
    return this.#instructions;
  }
}

/** v86 wants a state of its own version; anything it throws on restore is said in these words. */
export function refusedState(error: unknown): string {
  return `the emulator refused it (${messageOf(error)}).`;
}

export function cannotStart(error: unknown): MachineError {
  if (error instanceof MachineError) return error;
  return new MachineError(failure('worker-gone', messageOf(error)));
}
