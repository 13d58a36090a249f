// SPDX-License-Identifier: MIT
/**
 * What a machine is sent before tests run in it: Debian's Perl with its libraries, the tests and their modules. It is not part
 * of the image, so an edited test needs no new one.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AgentClient } from '../../web/src/engine/agent-client.ts';
import type { PlanRow } from './ids.ts';
import { guestCatalogue, type Interface } from './interface.ts';
import { unpackedPackage } from './packages.ts';
import { readJson, ROOT, ScriptError } from './project.ts';

export type Abi = 'i386' | 'amd64';

/** Where an ABI's libraries are in a Debian system, its loader, and where its perl is put in the guest. */
const ABIS = {
  i386: { triplet: 'i386-linux-gnu', loader: 'lib/ld-linux.so.2', perl: 'usr/bin/perl' },
  amd64: {
    triplet: 'x86_64-linux-gnu',
    loader: 'lib64/ld-linux-x86-64.so.2',
    perl: 'usr/lib/perl-amd64/bin/perl',
  },
};

/** PATH with the perl of this ABI first. */
export function pathOf(abi: Abi): string {
  return `/${dirname(ABIS[abi].perl)}:/sbin:/usr/sbin:/bin:/usr/bin`;
}

/** Packs Perl for the ABIs, everything of images/tests and images/perl, and who owns what, as a tar archive. */
export function packTests(abis: readonly Abi[]): Buffer {
  const stage = mkdtempSync(join(tmpdir(), 'vserver-tests-'));
  try {
    // The archive's top is the guest's root, which an ordinary user must be able to enter.
    chmodSync(stage, 0o755);
    for (const abi of abis) stagePerl(stage, abi);
    cpSync(join(ROOT, 'images/tests'), join(stage, 'tests'), { recursive: true });
    cpSync(join(ROOT, 'images/perl'), join(stage, 'tests/perl'), { recursive: true });
    writeFileSync(join(stage, 'tests/interface.txt'), catalogue());
    execFileSync('tar', [
      '-C',
      stage,
      '--owner=0',
      '--group=0',
      '-cf',
      join(stage, '.tar'),
      '--exclude=./.tar',
      '.',
    ]);
    return readFileSync(join(stage, '.tar'));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function catalogue(): string {
  const plan = readJson<PlanRow[]>(join(ROOT, 'plan.json'));
  return guestCatalogue(plan, readJson<Interface>(join(ROOT, 'interface.json')));
}

function stagePerl(stage: string, abi: Abi): void {
  const { triplet, loader, perl } = ABIS[abi];
  const [perlBase, libc, libcrypt] = ['perl-base', 'libc6', 'libcrypt1'].map((name) =>
    unpackedPackage(name, abi),
  );
  const copy = (from: string, path: string, to = path): void => {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    cpSync(join(from, path), join(stage, to), { recursive: true, verbatimSymlinks: true });
  };
  copy(perlBase!, 'usr/bin/perl', perl);
  copy(perlBase!, `usr/lib/${triplet}/perl-base`);
  copy(libc!, loader);
  copy(libc!, `lib/${triplet}/${abi === 'i386' ? 'ld-linux.so.2' : 'ld-linux-x86-64.so.2'}`);
  for (const library of ['libc.so.6', 'libm.so.6']) copy(libc!, `lib/${triplet}/${library}`);
  for (const library of ['libcrypt.so.1', 'libcrypt.so.1.1.0']) copy(libcrypt!, `lib/${triplet}/${library}`);
}

/** Sends the archive and unpacks it at the guest's root. */
export async function installTests(client: AgentClient, bundle: Buffer): Promise<void> {
  await client.writeFile('/run/tests.tar', bundle);
  const { exitCode, stderr } = await client.exec('tar -xf /run/tests.tar -C / && rm /run/tests.tar');
  if (exitCode !== 0)
    throw new ScriptError(`the tests could not be unpacked: ${Buffer.from(stderr).toString()}`);
}
