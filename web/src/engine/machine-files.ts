// SPDX-License-Identifier: MIT
/**
 * Reads machine.json (what the machine is: v86's options and the files they need) and snapshot.json (a state of it that was
 * saved after boot). scripts/build-image and scripts/build-snapshot write them.
 */
import { failure, MachineError } from './failures.js';

export interface FileEntry {
  /** Relative to machine.json. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** The initramfs is stored packed by gzip and given to the emulator unpacked. */
export interface PackedFileEntry extends FileEntry {
  readonly inflated: { readonly size: number; readonly sha256: string };
}

export interface MachineFiles {
  /** Options of v86's constructor that are no files. */
  readonly v86: Readonly<Record<string, unknown>>;
  readonly files: {
    readonly bios: FileEntry;
    readonly vga_bios: FileEntry;
    readonly bzimage: FileEntry;
    readonly initrd: PackedFileEntry;
  };
}

export interface SnapshotFile extends FileEntry {
  /** Names the machine that the state is of. */
  readonly key: string;
  /** The version of v86 that saved it; no other one can read it. */
  readonly v86: string;
}

type Json = Record<string, unknown>;

/** Checks the shape of machine.json; throws a MachineError that names what is wrong. */
export function parseMachineFiles(value: unknown): MachineFiles {
  const machine = object(value, 'machine.json');
  const files = object(machine['files'], 'machine.json: files');
  const initrd = object(files['initrd'], 'machine.json: files.initrd');
  return {
    v86: object(machine['v86'], 'machine.json: v86'),
    files: {
      bios: fileEntry(files['bios'], 'machine.json: files.bios'),
      vga_bios: fileEntry(files['vga_bios'], 'machine.json: files.vga_bios'),
      bzimage: fileEntry(files['bzimage'], 'machine.json: files.bzimage'),
      initrd: {
        ...fileEntry(initrd, 'machine.json: files.initrd'),
        inflated: sizeAndHash(initrd['inflated'], 'machine.json: files.initrd.inflated'),
      },
    },
  };
}

/** What tests.json describes: archives for a guest that is to run tests. */
export interface TestFiles {
  readonly perl: FileEntry;
  readonly tests: FileEntry;
}

/** Checks the shape of tests.json. */
export function parseTestFiles(value: unknown): TestFiles {
  const { perl, tests } = object(value, 'tests.json');
  return { perl: fileEntry(perl, 'tests.json: perl'), tests: fileEntry(tests, 'tests.json: tests') };
}

/** Checks the shape of snapshot.json. */
export function parseSnapshotFile(value: unknown): SnapshotFile {
  const snapshot = object(value, 'snapshot.json');
  const { key, v86 } = snapshot;
  if (typeof key !== 'string' || typeof v86 !== 'string')
    throw bad('snapshot.json', 'it has no key or no v86 version');
  return { ...fileEntry(snapshot, 'snapshot.json'), key, v86 };
}

/**
 * What names the state of a machine, to be hashed: the description, which holds the hashes of kernel, initramfs and BIOS, and
 * the emulator. The same where the snapshot is made and where it is used.
 */
export function snapshotKeyText(machine: MachineFiles, v86Version: string): string {
  return JSON.stringify({ v86: machine.v86, files: machine.files, version: v86Version });
}

function fileEntry(value: unknown, where: string): FileEntry {
  const { path } = object(value, where);
  if (typeof path !== 'string' || !/^[\w][\w.-]*$/.test(path))
    throw bad(where, 'path is not a plain file name');
  return { path, ...sizeAndHash(value, where) };
}

function sizeAndHash(value: unknown, where: string): { size: number; sha256: string } {
  const { size, sha256 } = object(value, where);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size <= 0)
    throw bad(where, 'size is not a positive number');
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    throw bad(where, 'sha256 is not 64 hexadecimal digits');
  return { size, sha256 };
}

function object(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(where, 'not an object');
  return value as Json;
}

function bad(where: string, what: string): MachineError {
  return new MachineError(failure('bad-description', `${where}: ${what}.`));
}
