// SPDX-License-Identifier: MIT
/** States of the machine as the page gets them: packed, and described beside. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Zstd } from '@hpcc-js/wasm-zstd';
import type { AgentClient } from '../../web/src/engine/agent-client.ts';
import { parseSnapshotFile, snapshotKeyText } from '../../web/src/engine/machine-files.ts';
import { connectAgent } from '../machines/guest-machine.ts';
import { readMachineFiles, startV86, V86_VERSION } from '../machines/v86.ts';
import { readJson, sha256, sha256File } from './project.ts';

const SNAPSHOT = 'snapshot.zst';
const DESCRIPTION = 'snapshot.json';
/** Measured on a state of 12.8 MB: level 3 0.1 s and 4.4 MB, 15 1.8 s and 4.1 MB, 19 4.2 s and 3.7 MB. */
const LEVEL = 19;

/** Names the machine of images/dist, which a state of it is bound to. */
export function machineKey(): string {
  return sha256(snapshotKeyText(readMachineFiles(), V86_VERSION));
}

/** Whether `folder` holds a whole snapshot of the machine, described with `marks`. */
export function hasSnapshot(folder: string, marks: Record<string, string> = {}): boolean {
  const path = join(folder, DESCRIPTION);
  if (!existsSync(path)) return false;
  try {
    const described = readJson<Record<string, unknown>>(path);
    const snapshot = parseSnapshotFile(described);
    return (
      snapshot.key === machineKey() &&
      Object.entries(marks).every(([name, value]) => described[name] === value) &&
      sha256File(join(folder, snapshot.path)) === snapshot.sha256
    );
  } catch {
    return false; // whatever is wrong with what is there, it is made anew
  }
}

/** Boots, lets `prepare` do its work in the guest and the page cache go, and saves the state into `folder`. */
export async function makeSnapshot(
  folder: string,
  {
    marks = {},
    prepare,
  }: { marks?: Record<string, string>; prepare?: (agent: AgentClient) => Promise<void> } = {},
): Promise<string> {
  const start = Date.now();
  const state = await saveState(prepare);
  const packed = (await Zstd.load()).compress(state, LEVEL);
  writeFileSync(join(folder, SNAPSHOT), packed);
  const description = {
    path: SNAPSHOT,
    size: packed.length,
    sha256: sha256(packed),
    key: machineKey(),
    v86: V86_VERSION,
    ...marks,
  };
  // Last: a folder with snapshot.json is complete.
  writeFileSync(join(folder, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${size(state.length)}, packed ${size(packed.length)}, in ${((Date.now() - start) / 1000).toFixed(1)} s`;
}

async function saveState(prepare?: (agent: AgentClient) => Promise<void>): Promise<Uint8Array> {
  const machine = await startV86();
  try {
    const client = await connectAgent(machine);
    await prepare?.(client);
    await client.writeFile('/proc/sys/vm/drop_caches', new TextEncoder().encode('3\n'));
    client.close();
    return await machine.saveState();
  } finally {
    await machine.stop();
  }
}
