// SPDX-License-Identifier: MIT
/**
 * Checks that images/dist is what the sources build: its files are the manifest's, and the manifest's sources are today's.
 * Usage: tsx scripts/check-dist.ts [--rebuild]
 *
 * --rebuild also builds it again, from the kernel in the cache, and compares every byte, when the compilers here are the
 * manifest's. Ends with "N passed, N failed".
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilerVersion } from './lib/guest-tools.ts';
import { buildImage, DIST, KERNEL_OUT, type Manifest, sourceHashes } from './lib/image.ts';
import { guestPackages } from './lib/packages.ts';
import { readJson, runScript, ScriptError, sha256File } from './lib/project.ts';

const NEXT = 'run scripts/build-kernel v86, npm run build-image, and commit images/dist';
let passed = 0;
let failed = 0;

function check(what: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else failed++;
  console.log(problem === undefined ? `ok      ${what}` : `FAILED  ${what}: ${problem}`);
}

function checkFiles(manifest: Manifest): void {
  const present = readdirSync(DIST).filter((name) => name !== 'manifest.json');
  for (const name of new Set([...present, ...Object.keys(manifest.files)])) {
    const wanted = manifest.files[name];
    const path = join(DIST, name);
    if (wanted === undefined) check(name, 'manifest.json does not know it; remove it');
    else if (!existsSync(path)) check(name, 'missing; git checkout images/dist, or npm run build-image');
    else check(name, sha256File(path) === wanted ? undefined : `not the file of manifest.json; ${NEXT}`);
  }
}

function checkSources(manifest: Manifest): void {
  for (const [group, hash] of Object.entries(sourceHashes())) {
    check(
      `sources of the ${group}`,
      hash === manifest.sources[group] ? undefined : `changed since the image was built; ${NEXT}`,
    );
  }
  for (const one of guestPackages('image')) {
    const key = `${one.name}:${one.architecture}`;
    const built = manifest.packages[key] ?? 'nothing';
    check(
      key,
      built === one.version
        ? undefined
        : `the image has ${built}, images/packages.json says ${one.version}; ${NEXT}`,
    );
  }
}

/** Why a rebuild cannot be compared here; undefined when it can. */
function otherCompiler(manifest: Manifest): string | undefined {
  const kernel = join(KERNEL_OUT, 'build.json');
  if (!existsSync(kernel))
    throw new ScriptError('no kernel for v86 in the cache; run scripts/build-kernel v86');
  const here = [compilerVersion(), readJson<{ compiler: string }>(kernel).compiler];
  const there = [manifest.compiler, manifest.kernel.compiler];
  return here.join() === there.join()
    ? undefined
    : `built with ${there.join(' and ')}, here are ${here.join(' and ')}`;
}

function checkRebuild(manifest: Manifest): void {
  const reason = otherCompiler(manifest);
  if (reason !== undefined) {
    console.log(`note    bytes not compared: ${reason}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'vserver-dist-'));
  try {
    buildImage(folder);
    for (const name of readdirSync(folder)) {
      const same =
        existsSync(join(DIST, name)) &&
        readFileSync(join(folder, name)).equals(readFileSync(join(DIST, name)));
      check(`${name}, rebuilt`, same ? undefined : `other bytes than in images/dist; ${NEXT}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runScript('check-dist', () => {
  const path = join(DIST, 'manifest.json');
  if (!existsSync(path)) throw new ScriptError(`images/dist has no manifest.json; ${NEXT}`);
  const manifest = readJson<Manifest>(path);
  checkFiles(manifest);
  checkSources(manifest);
  if (process.argv.includes('--rebuild')) checkRebuild(manifest);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});
