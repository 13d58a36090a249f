// SPDX-License-Identifier: MIT
/**
 * What a machine is sent before tests run in it: Debian's Perl, the tests and their modules. It is not part of the initramfs, so
 * an edited test needs no new one.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestArchive, Abi } from '../../web/src/engine/guest-tests.ts';
import { packPerl, packStage } from './guest-perl.ts';
import type { PlanRow } from './ids.ts';
import { DIST } from './image.ts';
import { guestCatalogue, type Interface } from './interface.ts';
import { guestPackages, isCached } from './packages.ts';
import { readJson, ROOT, ScriptError, sha256 } from './project.ts';

/** The i386 Perl, which is tracked: the page has it, and is built with Node alone. */
export const PERL_FILE = join(DIST, 'perl.tgz');

/** Perl for the ABIs, and the tests. */
export function testArchives(abis: readonly Abi[]): GuestArchive[] {
  return [...abis.map(perlArchive), archiveOf('the tests', packTests())];
}

/** Packs everything of images/tests and images/perl, and who owns what. */
export function packTests(): Buffer {
  return packStage((stage) => {
    mkdirSync(join(stage, 'tests'));
    cpSync(join(ROOT, 'images/tests'), join(stage, 'tests'), { recursive: true });
    cpSync(join(ROOT, 'images/perl'), join(stage, 'tests/perl'), { recursive: true });
    writeFileSync(join(stage, 'tests/interface.txt'), catalogue());
  });
}

export function archiveOf(name: string, data: Buffer): GuestArchive {
  return { name, sha256: sha256(data), bytes: () => Promise.resolve(data) };
}

export function perlArchive(abi: Abi): GuestArchive {
  if (abi === 'i386') return archiveOf('Perl', readFileSync(PERL_FILE));
  if (!guestPackages('tests').every(isCached))
    throw new ScriptError("the tests' packages for the guest are missing: run scripts/fetch-packages.ts");
  return archiveOf('Perl for amd64', packPerl(abi));
}

function catalogue(): string {
  const plan = readJson<PlanRow[]>(join(ROOT, 'plan.json'));
  return guestCatalogue(plan, readJson<Interface>(join(ROOT, 'interface.json')));
}
