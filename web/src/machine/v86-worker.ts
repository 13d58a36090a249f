// SPDX-License-Identifier: MIT
/** The Worker that runs v86. It serves one life of one machine; the page ends it by `terminate`. */
import { failure } from '../engine/failures.js';
import type { MachineFiles } from '../engine/machine-files.js';
import type { BootReport } from '../engine/machine.js';
import { cannotStart, compileV86, Emulator, refusedState, V86_VERSION } from './emulator.js';
import { Downloads, loadColdFiles, loadDescription, loadSnapshot } from './load-machine.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** What `self` is here; the DOM library calls it a window. */
const worker = self as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(
    type: string,
    listener: (event: MessageEvent<ToWorker> & PromiseRejectionEvent) => void,
  ): void;
};

/** Console bytes come one by one and leave together. */
const CONSOLE_FLUSH_MS = 20;
/** Well under the time in which v86's instruction counter wraps: 2.8 s at 1,500 million a second. */
const COUNT_MS = 1_000;

let emulator: Emulator | undefined;
/** Kept for `restore`: as it came, packed. */
let snapshot: ArrayBuffer | undefined;
let consoleText = '';

const output = {
  agent(bytes: Uint8Array): void {
    const copy = bytes.slice();
    worker.postMessage({ type: 'agent', bytes: copy }, [copy.buffer]);
  },
  consoleByte(byte: number): void {
    if (consoleText === '') setTimeout(flushConsole, CONSOLE_FLUSH_MS);
    consoleText += String.fromCharCode(byte);
  },
};

function flushConsole(): void {
  if (consoleText === '') return;
  worker.postMessage({ type: 'console', text: consoleText });
  consoleText = '';
}

async function start({ base, snapshots, cold }: ToWorker & { type: 'start' }): Promise<BootReport> {
  const downloads = new Downloads((file, loaded, total) =>
    worker.postMessage({ type: 'progress', file, loaded, total }),
  );
  const wasm = compileV86(downloads);
  const described = loadDescription(base);
  // What is needed comes side by side, and whichever fails first is told at once.
  const found = cold
    ? { why: 'you asked for it.' }
    : (await Promise.all([loadSnapshot(snapshots, described, V86_VERSION, downloads), wasm]))[0];
  let why = 'why' in found ? found.why : undefined;
  if ('state' in found) why = await restoreFound(await described, await wasm, found.state);
  if (snapshot === undefined) {
    const coldFiles = described.then((machine) => loadColdFiles(base, machine, downloads));
    const [machine, module, files] = await Promise.all([described, wasm, coldFiles]);
    worker.postMessage({ type: 'loaded' });
    emulator = new Emulator(machine, module, files, output);
  }
  await emulator?.run();
  setInterval(() => emulator?.instructions(), COUNT_MS);
  return why === undefined ? { from: 'snapshot' } : { from: 'cold', why };
}

/** Makes the emulator of a snapshot, or says why it does not take it. */
async function restoreFound(
  machine: MachineFiles,
  module: WebAssembly.Module,
  state: ArrayBuffer,
): Promise<string | undefined> {
  worker.postMessage({ type: 'loaded' });
  emulator = new Emulator(machine, module, undefined, output);
  try {
    await emulator.restore(state);
    snapshot = state;
    return undefined;
  } catch (error) {
    await emulator.destroy();
    return refusedState(error);
  }
}

async function restore(): Promise<boolean> {
  if (!snapshot || !emulator) return false;
  await emulator.restore(snapshot);
  consoleText = ''; // of the guest that is gone: the page takes what comes after the answer for the other's
  return true;
}

async function receive(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message).then(
        (report) => worker.postMessage({ type: 'started', report }),
        (error: unknown) => worker.postMessage({ type: 'not-started', failure: cannotStart(error).failure }),
      );
    case 'agent':
      return emulator?.sendToAgent(message.bytes);
    case 'pause':
      return emulator?.stop();
    case 'resume':
      return emulator?.run();
    case 'restore':
      return worker.postMessage({ type: 'reply', id: message.id, value: await restore() });
    case 'instructions':
      return worker.postMessage({ type: 'reply', id: message.id, value: emulator?.instructions() ?? 0 });
  }
}

worker.addEventListener('message', (event) => void receive(event.data));
worker.addEventListener('unhandledrejection', (event) => {
  worker.postMessage({ type: 'failed', failure: failure('worker-gone', String(event.reason)) });
});
