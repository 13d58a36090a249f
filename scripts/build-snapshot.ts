// SPDX-License-Identifier: MIT
/**
 * Boots images/dist in v86 under Node, saves its state once the agent answers, and lays both out for the page in
 * web/public/machine/. Does nothing when the snapshot there is of this machine already.
 * Usage: tsx scripts/build-snapshot.ts [--force]
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Zstd } from '@hpcc-js/wasm-zstd';
import {
  type MachineFiles,
  parseMachineFiles,
  parseSnapshotFile,
  snapshotKeyText,
} from '../web/src/engine/machine-files.ts';
import { DIST } from './lib/image.ts';
import { readJson, ROOT, runMachineScript, sha256, sha256File } from './lib/project.ts';
import { connectAgent } from './machines/guest-machine.ts';
import { readMachineFiles, startV86, V86_VERSION } from './machines/v86.ts';

const TARGET = join(ROOT, 'web/public/machine');
const SNAPSHOT = 'snapshot.zst';
/** Measured on a state of 12.8 MB: level 3 0.1 s and 4.4 MB, 15 1.8 s and 4.1 MB, 19 4.2 s and 3.7 MB. */
const LEVEL = 19;

function isCurrent(machine: MachineFiles, key: string): boolean {
  const description = join(TARGET, 'snapshot.json');
  if (!existsSync(description)) return false;
  try {
    const snapshot = parseSnapshotFile(readJson(description));
    const laidOut = parseMachineFiles(readJson(join(TARGET, 'machine.json')));
    return (
      snapshot.key === key &&
      snapshotKeyText(laidOut, V86_VERSION) === snapshotKeyText(machine, V86_VERSION) &&
      [snapshot, ...Object.values(machine.files)].every(
        (entry) => sha256File(join(TARGET, entry.path)) === entry.sha256,
      )
    );
  } catch {
    return false; // whatever is wrong with what is there, it is made anew
  }
}

/** Boots, lets the page cache go, and saves. */
async function saveState(): Promise<Uint8Array> {
  const machine = await startV86();
  try {
    const client = await connectAgent(machine);
    await client.writeFile('/proc/sys/vm/drop_caches', new TextEncoder().encode('3\n'));
    client.close();
    return await machine.saveState();
  } finally {
    await machine.stop();
  }
}

runMachineScript('build-snapshot', async () => {
  const machine = readMachineFiles();
  const key = sha256(snapshotKeyText(machine, V86_VERSION));
  if (!process.argv.includes('--force') && isCurrent(machine, key)) return;
  const start = Date.now();
  const state = await saveState();
  const packed = (await Zstd.load()).compress(state, LEVEL);
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  for (const name of [
    'machine.json',
    'bios-copyright.txt',
    ...Object.values(machine.files).map((one) => one.path),
  ]) {
    copyFileSync(join(DIST, name), join(TARGET, name));
  }
  // Who serves the page gives away kernel and BIOS, and has to give their licences with them.
  cpSync(join(ROOT, 'LICENSES'), join(TARGET, 'LICENSES'), { recursive: true });
  writeFileSync(join(TARGET, SNAPSHOT), packed);
  const description = { path: SNAPSHOT, size: packed.length, sha256: sha256(packed), key, v86: V86_VERSION };
  // Last: a folder with snapshot.json is complete.
  writeFileSync(join(TARGET, 'snapshot.json'), `${JSON.stringify(description, null, 2)}\n`);
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `snapshot: ${size(state.length)}, packed ${size(packed.length)}, in ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
});
