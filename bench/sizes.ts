// SPDX-License-Identifier: MIT
/** What the machine weighs: kernel, initramfs and snapshot, as they are kept and as they are inflated. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from '../scripts/lib/image.ts';
import { ROOT, ScriptError } from '../scripts/lib/project.ts';
import { readMachineFiles } from '../scripts/machines/v86.ts';
import type { Benchmark, Figure } from './figures.ts';

const SNAPSHOT = join(ROOT, 'web/public/machine/snapshot.zst');

function size(id: string, what: string, bytes: number): Figure {
  return { id: `size-${id}`, what: `size: ${what}`, unit: 'MB', values: [bytes / 1e6] };
}

export const SIZES: Benchmark = {
  name: 'sizes',
  run: () => {
    if (!existsSync(SNAPSHOT)) throw new ScriptError('there is no snapshot; run: npm run build-snapshot');
    const { files } = readMachineFiles(DIST);
    return Promise.resolve([
      size('kernel', 'kernel (bzImage)', files.bzimage.size),
      size('initramfs', 'initramfs, gzip', files.initrd.size),
      size('initramfs-inflated', 'initramfs, inflated', files.initrd.inflated.size),
      size('snapshot', 'snapshot, zstd', statSync(SNAPSHOT).size),
    ]);
  },
};
