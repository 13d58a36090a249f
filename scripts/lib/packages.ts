// SPDX-License-Identifier: MIT
/** The pinned Debian packages of the guest (images/packages.json) and where they are in the cache. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, readJson, ROOT, ScriptError, sha256File } from './project.ts';

export interface GuestPackage {
  name: string;
  architecture: 'i386' | 'amd64' | 'all';
  version: string;
  sha256: string;
  /** `image`: in images/dist or needed to build it; `tests`: sent to the x86_64 machine, which the page does not have. */
  for: 'image' | 'tests';
}

export const PACKAGES_FILE = join(ROOT, 'images/packages.json');
export const DEBS = join(CACHE, 'debs');

export function guestPackages(use: GuestPackage['for']): GuestPackage[] {
  return readJson<{ packages: GuestPackage[] }>(PACKAGES_FILE).packages.filter((one) => one.for === use);
}

/** The file name apt gives a package. */
export function debPath(one: GuestPackage): string {
  return join(DEBS, `${one.name}_${one.version.replaceAll(':', '%3a')}_${one.architecture}.deb`);
}

export function isCached(one: GuestPackage): boolean {
  return existsSync(debPath(one)) && sha256File(debPath(one)) === one.sha256;
}

/** Unpacks a cached package, once, and returns the folder. */
export function unpackedPackage(name: string, architecture: GuestPackage['architecture']): string {
  const all = [...guestPackages('image'), ...guestPackages('tests')];
  const one = all.find((entry) => entry.name === name && entry.architecture === architecture);
  if (!one) throw new ScriptError(`images/packages.json has no ${name} for ${architecture}`);
  if (!isCached(one))
    throw new ScriptError(`${name}:${architecture} is not in the cache; run scripts/fetch-packages.ts`);
  const folder = join(DEBS, 'unpacked', one.sha256);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    execFileSync('dpkg-deb', ['-x', debPath(one), partial]);
    try {
      renameSync(partial, folder);
    } catch {
      rmSync(partial, { recursive: true }); // another script was quicker
    }
  }
  return folder;
}
