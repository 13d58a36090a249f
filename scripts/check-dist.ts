// SPDX-License-Identifier: MIT
/**
 * Checks that images/dist is what the sources build: its files are the manifest's, and the manifest's sources are today's.
 * Usage: tsx scripts/check-dist.ts [--rebuild]
 *
 * --rebuild also builds it again, from the kernel in the cache, and compares every byte, when compilers, linkers and headers here
 * are the manifest's. Ends with "N passed, N failed".
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFiles, checkSame, checkSources, type Finding, NEXT, otherTools } from './lib/dist-check.ts';
import { hostTools } from './lib/guest-tools.ts';
import { buildImage, DIST, KERNEL_OUT, type Manifest, sourceHashes } from './lib/image.ts';
import { guestPackages } from './lib/packages.ts';
import { readJson, runScript, ScriptError } from './lib/project.ts';

/** Builds the image again and compares it, where the tools are the manifest's. */
function checkRebuild(manifest: Manifest): Finding[] {
  const kernel = join(KERNEL_OUT, 'build.json');
  if (!existsSync(kernel))
    throw new ScriptError('no kernel for v86 in the cache; run scripts/build-kernel v86');
  const reason = otherTools(manifest, hostTools(), readJson(kernel));
  if (reason !== undefined) {
    console.log(`note    bytes not compared: ${reason}`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'vserver-dist-'));
  try {
    buildImage(folder);
    return checkSame(folder, DIST);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runScript('check-dist', () => {
  const path = join(DIST, 'manifest.json');
  if (!existsSync(path)) throw new ScriptError(`images/dist has no manifest.json; ${NEXT}`);
  const manifest = readJson<Manifest>(path);
  const findings = [
    ...checkFiles(DIST, manifest),
    ...checkSources(manifest, sourceHashes(), guestPackages('image')),
    ...(process.argv.includes('--rebuild') ? checkRebuild(manifest) : []),
  ];
  for (const { what, problem } of findings)
    console.log(problem === undefined ? `ok      ${what}` : `FAILED  ${what}: ${problem}`);
  const failed = findings.filter(({ problem }) => problem !== undefined).length;
  console.log(`${findings.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});
