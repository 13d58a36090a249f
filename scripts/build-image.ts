// SPDX-License-Identifier: MIT
/**
 * Builds images/dist, the machine that the page boots, from the kernel in the cache (scripts/build-kernel v86), Debian's
 * packages and images/. The same inputs give the same bytes.
 * Usage: tsx scripts/build-image.ts [FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildImage, DIST } from './lib/image.ts';
import { ROOT, runScript } from './lib/project.ts';

runScript('build-image', () => {
  const folder = process.argv[2] === undefined ? DIST : resolve(process.argv[2]);
  execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts/fetch-packages.ts'), 'image'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  buildImage(folder);
  for (const name of ['bzImage', 'initramfs.gz']) {
    console.log(`${join(folder, name)}: ${(statSync(join(folder, name)).size / 1024).toFixed(0)} KiB`);
  }
});
