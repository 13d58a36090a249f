// SPDX-License-Identifier: MIT
/** Compares a folder like images/dist with its manifest, with the sources of today, and with what they build. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostTools } from './guest-tools.ts';
import type { Manifest } from './image.ts';
import type { GuestPackage } from './packages.ts';
import { sha256File } from './project.ts';

export interface Finding {
  what: string;
  /** What is wrong and the next step; undefined when nothing is. */
  problem?: string;
}

export const NEXT = 'run scripts/build-kernel v86, npm run build-image, and commit images/dist';

function finding(what: string, problem: string | false): Finding {
  return problem === false ? { what } : { what, problem };
}

/** Whether the folder holds the manifest's files, byte for byte, and no other. */
export function checkFiles(folder: string, manifest: Manifest): Finding[] {
  const present = readdirSync(folder).filter((name) => name !== 'manifest.json');
  return [...new Set([...present, ...Object.keys(manifest.files)])].map((name) => {
    const wanted = manifest.files[name];
    const path = join(folder, name);
    if (wanted === undefined) return finding(name, 'manifest.json does not know it; remove it');
    if (!existsSync(path)) return finding(name, 'missing; git checkout images/dist, or npm run build-image');
    return finding(name, sha256File(path) !== wanted && `not the file of manifest.json; ${NEXT}`);
  });
}

/** Whether the manifest was written for these sources (sourceHashes) and packages of the guest. */
export function checkSources(
  manifest: Manifest,
  sources: Record<string, string>,
  packages: readonly GuestPackage[],
): Finding[] {
  const groups = Object.entries(sources).map(([group, hash]) =>
    finding(
      `sources of the ${group}`,
      hash !== manifest.sources[group] && `changed since the image was built; ${NEXT}`,
    ),
  );
  const versions = packages.map(({ name, architecture, version }) => {
    const key = `${name}:${architecture}`;
    const built = manifest.packages[key] ?? 'nothing';
    return finding(
      key,
      built !== version && `the image has ${built}, images/packages.json says ${version}; ${NEXT}`,
    );
  });
  return [...groups, ...versions];
}

/** Why a rebuild with these tools cannot be expected to have the manifest's bytes; undefined when it can. */
export function otherTools(
  manifest: Manifest,
  here: HostTools,
  kernel: Pick<HostTools, 'compiler' | 'linker'>,
): string | undefined {
  const pairs = [
    [manifest.compiler, here.compiler],
    [manifest.linker, here.linker],
    [manifest.headers, here.headers],
    [manifest.manual, here.manual],
    [manifest.kernel.compiler, kernel.compiler],
    [manifest.kernel.linker, kernel.linker],
  ];
  const differ = pairs.filter(([built, now]) => built !== now);
  return differ.length === 0
    ? undefined
    : differ.map(([built, now]) => `built with ${built}, here is ${now}`).join('; ');
}

/** Whether every file of the rebuilt folder is in the other one with the same bytes. */
export function checkSame(rebuilt: string, folder: string): Finding[] {
  return readdirSync(rebuilt).map((name) => {
    const there = join(folder, name);
    const same = existsSync(there) && readFileSync(join(rebuilt, name)).equals(readFileSync(there));
    return finding(`${name}, rebuilt`, !same && `other bytes than in images/dist; ${NEXT}`);
  });
}
