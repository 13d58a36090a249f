// SPDX-License-Identifier: MIT
/**
 * Builds images/dist, the machine that the page boots, from the kernel in the cache (scripts/build-kernel v86), Debian's
 * packages and images/. The same inputs give the same bytes.
 * Usage: tsx scripts/build-image.ts [--keep-kernel] [FOLDER]
 *
 * --keep-kernel takes the kernel that images/dist has, for who changes only the guest.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildImage, DIST } from './lib/image.ts';
import { ROOT, runScript } from './lib/project.ts';

runScript('build-image', () => {
  const keepKernel = process.argv.includes('--keep-kernel');
  const [argument] = process.argv.slice(2).filter((one) => one !== '--keep-kernel');
  const folder = argument === undefined ? DIST : resolve(argument);
  execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/fetch-packages.ts'), 'image'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  buildImage(folder, { keepKernel });
  for (const name of ['bzImage', 'initramfs.gz']) {
    console.log(`${join(folder, name)}: ${(statSync(join(folder, name)).size / 1024).toFixed(0)} KiB`);
  }
});
