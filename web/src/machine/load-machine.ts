// SPDX-License-Identifier: MIT
/**
 * Decides how the machine comes up and fetches only what that needs: the snapshot alone, or for a cold boot the kernel, the
 * initramfs and the BIOS. A snapshot that cannot be used is a reason that is told, never an error.
 */
import { failure, MachineError } from '../engine/failures.js';
import {
  parseMachineFiles,
  parseSnapshotFile,
  snapshotKeyText,
  type FileEntry,
  type MachineFiles,
  type SnapshotFile,
} from '../engine/machine-files.js';
import { fetchFile, fetchJson, inflate, sha256 } from './download.js';

/** Hears which file has moved, and how much of all that is asked for has come. */
export interface Progress {
  (file: string, loaded: number, total: number): void;
}

/** Adds up what comes of several files: the page has one bar. */
export class Downloads {
  readonly #progress: Progress;
  readonly #parts = new Map<string, { loaded: number; readonly total: number }>();

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** Counts `entry` in; call what is returned with the number of its bytes that have come. */
  add({ path, size }: FileEntry): (loaded: number) => void {
    const part = { loaded: 0, total: size };
    this.#parts.set(path, part);
    return (loaded) => {
      part.loaded = loaded;
      const sum = (key: 'loaded' | 'total') => [...this.#parts.values()].reduce((n, one) => n + one[key], 0);
      this.#progress(path, sum('loaded'), sum('total'));
    };
  }

  /** Counts `entry` no more: it is of no use. */
  drop({ path }: FileEntry): void {
    this.#parts.delete(path);
  }
}

export interface ColdFiles {
  readonly bios: ArrayBuffer;
  readonly vga_bios: ArrayBuffer;
  readonly bzimage: ArrayBuffer;
  readonly initrd: ArrayBuffer;
}

/** machine.json, checked. */
export async function loadDescription(base: string): Promise<MachineFiles> {
  return parseMachineFiles(await fetchJson(new URL('machine.json', base).href));
}

/** The key that the snapshot of this machine has. */
export async function snapshotKey(machine: MachineFiles, v86Version: string): Promise<string> {
  return sha256(new TextEncoder().encode(snapshotKeyText(machine, v86Version)));
}

/** The verified snapshot that the folder at `base` holds, or why there is none. `described` may be under way: the two descriptions are fetched side by side. */
export async function loadSnapshot(
  base: string,
  described: Promise<MachineFiles>,
  v86Version: string,
  downloads: Downloads,
): Promise<{ state: ArrayBuffer } | { why: string }> {
  const fetched = fetchJson(new URL('snapshot.json', base).href);
  fetched.catch(() => undefined); // asked for below, when machine.json is there
  const machine = await described;
  let snapshot: SnapshotFile | undefined;
  try {
    snapshot = parseSnapshotFile(await fetched);
    const why = await mismatch(snapshot, machine, v86Version);
    if (why !== undefined) return { why };
    return { state: await fetchFile(base, snapshot, downloads.add(snapshot)) };
  } catch (error) {
    if (snapshot) downloads.drop(snapshot);
    if (error instanceof MachineError) return { why: error.failure.detail };
    throw error;
  }
}

async function mismatch(
  snapshot: SnapshotFile,
  machine: MachineFiles,
  v86Version: string,
): Promise<string | undefined> {
  if (snapshot.v86 !== v86Version)
    return `it was saved by v86 ${snapshot.v86}, and this is v86 ${v86Version}.`;
  if (snapshot.key !== (await snapshotKey(machine, v86Version)))
    return 'it is of another machine than machine.json describes.';
  return undefined;
}

/** Everything that a cold boot needs, verified, the initramfs unpacked. */
export async function loadColdFiles(
  base: string,
  machine: MachineFiles,
  downloads: Downloads,
): Promise<ColdFiles> {
  const { files } = machine;
  const get = (entry: FileEntry) => fetchFile(base, entry, downloads.add(entry));
  const [bios, vga_bios, bzimage, packed] = await Promise.all([
    get(files.bios),
    get(files.vga_bios),
    get(files.bzimage),
    get(files.initrd),
  ]);
  const initrd = await inflate(packed, { path: files.initrd.path, ...files.initrd.inflated });
  return { bios, vga_bios, bzimage, initrd };
}

/** The reasons for which nothing can work here at all. */
export function checkBrowser(): void {
  if (typeof WebAssembly === 'undefined') {
    throw new MachineError(
      failure(
        'no-webassembly',
        'It may be switched off, or by a policy or a lockdown mode. A current Firefox, Chromium or Safari runs it.',
      ),
    );
  }
  if (typeof crypto === 'undefined' || !('subtle' in crypto)) {
    throw new MachineError(failure('insecure-page', 'Open the page over https, or on localhost.'));
  }
}
