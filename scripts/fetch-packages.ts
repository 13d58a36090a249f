// SPDX-License-Identifier: MIT
/**
 * Downloads the Debian packages pinned in images/packages.json into the cache (debs/) and checks their sha256.
 * Usage: tsx scripts/fetch-packages.ts [image|tests]   (both without an argument)
 *
 * apt-get works in a state directory of its own, so neither root nor a foreign architecture of the system is needed; it
 * uses the system's package sources.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debPath, DEBS, type GuestPackage, guestPackages, isCached } from './lib/packages.ts';
import { CACHE, runScript, ScriptError, sha256File } from './lib/project.ts';

const STATE = join(CACHE, 'apt/guest');

function apt(
  program: 'apt-get' | 'apt-cache',
  args: string[],
): { status: number; stdout: string; stderr: string } {
  const options = [
    `Dir::State=${STATE}`,
    `Dir::State::lists=${STATE}/lists`,
    `Dir::State::status=${STATE}/status`,
    `Dir::Cache=${STATE}/cache`,
    'APT::Architecture=i386',
    'APT::Architectures=i386,amd64',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
  ].flatMap((option) => ['-o', option]);
  const run = spawnSync(program, ['-q', ...options, ...args], { cwd: DEBS, encoding: 'utf8' });
  if (run.error)
    throw new ScriptError(`${program} cannot be run (${run.error.message}); guest packages come from Debian`);
  return { status: run.status ?? 1, stdout: run.stdout, stderr: run.stderr };
}

function prepareState(): void {
  mkdirSync(join(STATE, 'lists/partial'), { recursive: true });
  mkdirSync(join(STATE, 'cache/archives/partial'), { recursive: true });
  mkdirSync(DEBS, { recursive: true });
  writeFileSync(join(STATE, 'status'), '');
}

function spec(one: GuestPackage): string {
  return one.architecture === 'all' ? one.name : `${one.name}:${one.architecture}`;
}

/** Says which versions the mirror has in place of a pinned one that it has no longer. */
function missingMessage(one: GuestPackage, aptSaid: string): string {
  const versions = apt('apt-cache', ['madison', spec(one)])
    .stdout.split('\n')
    .map((line) => line.split('|')[1]?.trim())
    .filter((version) => version !== undefined);
  const hash = /^SHA256: (\w+)/m.exec(apt('apt-cache', ['show', '--no-all-versions', spec(one)]).stdout)?.[1];
  if (versions.length === 0) return `no package source has ${spec(one)}; apt said:\n${aptSaid.trim()}`;
  return (
    `${spec(one)} ${one.version} is pinned, but the mirror has ${[...new Set(versions)].join(', ')}.\n` +
    `To choose one, set its version and sha256 in images/packages.json (${versions[0]}: ${hash ?? 'unknown'}), ` +
    'then run scripts/build-image.ts and the tests.'
  );
}

function download(one: GuestPackage): void {
  rmSync(debPath(one), { force: true });
  const said = apt('apt-get', ['download', `${spec(one)}=${one.version}`]);
  if (said.status !== 0 || !existsSync(debPath(one))) throw new ScriptError(missingMessage(one, said.stderr));
  const actual = sha256File(debPath(one));
  if (actual !== one.sha256) {
    rmSync(debPath(one));
    throw new ScriptError(
      `${spec(one)} ${one.version} has sha256 ${actual}, but images/packages.json says ${one.sha256}`,
    );
  }
  console.log(`fetched ${spec(one)} ${one.version}`);
}

runScript('fetch-packages', () => {
  const use = process.argv[2];
  if (use !== undefined && use !== 'image' && use !== 'tests')
    throw new ScriptError(`unknown set ${use}: say image or tests`);
  const wanted = [
    ...(use === 'tests' ? [] : guestPackages('image')),
    ...(use === 'image' ? [] : guestPackages('tests')),
  ];
  const missing = wanted.filter((one) => !isCached(one));
  if (missing.length === 0) return;
  prepareState();
  // One suite may be out of step while the pinned versions are in another: the downloads decide, not the update.
  const update = apt('apt-get', ['update']);
  if (update.status !== 0)
    console.error(`fetch-packages: some package lists are out of date:\n${update.stderr.trim()}`);
  for (const one of missing) download(one);
});
