// SPDX-License-Identifier: MIT
/** Debian's Perl with its libraries, as an archive that is unpacked at a guest's root. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Abi } from '../../web/src/engine/guest-tests.ts';
import { unpackedPackage } from './packages.ts';

/** Where an ABI's libraries are in a Debian system, its loader, and where its perl is put in the guest. */
const ABIS = {
  i386: { triplet: 'i386-linux-gnu', loader: 'lib/ld-linux.so.2', perl: 'usr/bin/perl' },
  amd64: {
    triplet: 'x86_64-linux-gnu',
    loader: 'lib64/ld-linux-x86-64.so.2',
    perl: 'usr/lib/perl-amd64/bin/perl',
  },
};
const PACKAGES = ['perl-base', 'libc6', 'libcrypt1'] as const;
/** Half of Debian's Perl: the tables of Unicode and the debugger of patterns. Tests are about bytes, and this goes to a tab. */
const UNUSED = ['unicore', 'auto/re', 're.pm'];

/** A gzipped tar archive; the same packages give the same bytes. */
export function packPerl(abi: Abi): Buffer {
  return packStage((stage) => stagePerl(stage, abi));
}

/** Packs what `fill` puts into a folder: owned by root, of the epoch, in the order of names. */
export function packStage(fill: (stage: string) => void): Buffer {
  const stage = mkdtempSync(join(tmpdir(), 'vserver-archive-'));
  try {
    // The archive's top is the guest's root, which an ordinary user must be able to enter.
    chmodSync(stage, 0o755);
    fill(stage);
    const form = ['--format=gnu', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    const tar = execFileSync('tar', ['-C', stage, ...form, '--mode=u+rw,go+rX,go-w', '-cf', '-', '.'], {
      maxBuffer: 1 << 28,
    });
    return execFileSync('gzip', ['-9nc'], { input: tar, maxBuffer: 1 << 28 });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function stagePerl(stage: string, abi: Abi): void {
  const { triplet, loader, perl } = ABIS[abi];
  const folders = Object.fromEntries(PACKAGES.map((name) => [name, unpackedPackage(name, abi)]));
  const copy = (name: (typeof PACKAGES)[number], path: string, to = path): void => {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    cpSync(join(folders[name]!, path), join(stage, to), { recursive: true, verbatimSymlinks: true });
  };
  copy('perl-base', 'usr/bin/perl', perl);
  copy('perl-base', `usr/lib/${triplet}/perl-base`);
  for (const path of UNUSED)
    rmSync(join(stage, `usr/lib/${triplet}/perl-base`, path), { recursive: true, force: true });
  copy('libc6', loader);
  copy('libc6', `lib/${triplet}/${abi === 'i386' ? 'ld-linux.so.2' : 'ld-linux-x86-64.so.2'}`);
  for (const library of ['libc.so.6', 'libm.so.6']) copy('libc6', `lib/${triplet}/${library}`);
  for (const library of ['libcrypt.so.1', 'libcrypt.so.1.1.0'])
    copy('libcrypt1', `lib/${triplet}/${library}`);
  // Who sends the page sends this, and has to send the licences with it.
  for (const name of PACKAGES) copy(name, `usr/share/doc/${name}/copyright`);
}
