// SPDX-License-Identifier: MIT
/** v86 under Node: images/dist booted with the options that the page uses, or a state of it restored. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { V86, type V86Options } from 'v86';
import type { ByteTransport } from '../../web/src/engine/agent-client.ts';
import { type MachineFiles, parseMachineFiles } from '../../web/src/engine/machine-files.ts';
import { DIST } from '../lib/image.ts';
import { readJson, ScriptError, sha256 } from '../lib/project.ts';
import { type GuestMachine, Listeners, type MachineOptions } from './guest-machine.ts';

const require = createRequire(import.meta.url);
export const V86_VERSION = readJson<{ version: string }>(require.resolve('v86/package.json')).version;

interface Bus {
  send(name: string, value: unknown): void;
}
type Listen = (name: string, listener: (value: never) => void) => void;

/** What only v86 can do. */
export interface V86Machine extends GuestMachine {
  readonly name: 'v86';
  saveState(): Promise<Uint8Array>;
  restoreState(state: Uint8Array): Promise<void>;
  checkpoint(): Promise<() => Promise<void>>;
  instructions(): number;
  /** Makes a file of the 9p file system, which the guest can mount as host9p. */
  createFile(path: string, data: Uint8Array): Promise<void>;
  /** A view of guest memory at a physical address: what one turn of the event loop reads is of one instant. */
  memory(address: number, length: number): Uint8Array;
}

export function readMachineFiles(folder = DIST): MachineFiles {
  return parseMachineFiles(readJson(join(folder, 'machine.json')));
}

/** Reads the files of a cold boot and checks what they are. */
function readBuffers(machine: MachineFiles, folder: string): Record<string, { buffer: ArrayBuffer }> {
  return Object.fromEntries(
    Object.entries(machine.files).map(([name, entry]) => {
      let data: Buffer = readFileSync(join(folder, entry.path));
      if (sha256(data) !== entry.sha256)
        throw new ScriptError(`${join(folder, entry.path)} is not what machine.json says`);
      if (name === 'initrd') data = gunzipSync(data);
      return [name, { buffer: new Uint8Array(data).buffer }];
    }),
  );
}

/** Boots the machine in `folder`; it is up when the agent answers (connectAgent). */
export async function startV86({
  folder = DIST,
  otherKernel,
  append,
}: { folder?: string } & MachineOptions = {}): Promise<V86Machine> {
  const machine = readMachineFiles(folder);
  const buffers = readBuffers(machine, folder);
  if (otherKernel !== undefined)
    buffers['bzimage'] = { buffer: new Uint8Array(readFileSync(otherKernel)).buffer };
  const wasm = await WebAssembly.compile(readFileSync(require.resolve('v86/build/v86.wasm')));
  const v86 = new V86({
    ...machine.v86,
    ...(append === undefined ? {} : { cmdline: `${String(machine.v86['cmdline'])} ${append}` }),
    ...(buffers as Partial<V86Options>),
    wasm_fn: async (imports) => (await WebAssembly.instantiate(wasm, imports)).exports,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
  });
  const listen = v86.add_listener.bind(v86) as unknown as Listen;
  await new Promise<void>((resolve) => listen('emulator-loaded', () => resolve()));
  /** A port of the virtio console device. */
  const port = (number: number): ByteTransport => {
    const listeners = new Listeners();
    listen(`virtio-console${number}-output-bytes`, (bytes: Uint8Array) => listeners.tell(bytes.slice()));
    return {
      send: (chunk) =>
        (v86 as unknown as { bus: Bus }).bus.send(`virtio-console${number}-input-bytes`, chunk),
      onData: listeners.add,
    };
  };
  const [rescue, agent] = [port(0), port(1)];
  let console = '';
  listen('serial0-output-byte', (byte: number) => (console += String.fromCharCode(byte)));
  await v86.run();

  const saveState = async (): Promise<Uint8Array> => new Uint8Array(await v86.save_state());
  const restoreState = async (state: Uint8Array): Promise<void> => {
    await v86.stop();
    await v86.restore_state(new Uint8Array(state).buffer);
    console = '';
    await v86.run();
  };
  return {
    name: 'v86',
    agent,
    rescue,
    console: () => console,
    ended: new Promise<never>(() => {}), // v86 does not tell: the console does
    saveState,
    restoreState,
    checkpoint: async () => {
      const state = await saveState();
      return () => restoreState(state);
    },
    instructions: () => v86.get_instruction_counter(),
    createFile: (path, data) => v86.create_file(path, data),
    memory: (address, length) => v86.read_memory(address, length),
    stop: () => v86.destroy(),
  };
}
