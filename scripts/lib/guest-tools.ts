// SPDX-License-Identifier: MIT
/**
 * Compiles C for the guest into static programs, the same bytes from the same compiler: its own tools (images/tools) for i386,
 * what a test sends to the x86_64 machine for amd64, too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { unpackedPackage } from './packages.ts';
import { ROOT, ScriptError } from './project.ts';
import type { Abi } from './test-bundle.ts';

const CC = 'i686-linux-gnu-gcc';
const LD = 'i686-linux-gnu-ld';
/** Debian's, of /usr/i686-linux-gnu/include. */
const HEADERS = 'linux-libc-dev-i386-cross';
export const TOOLS = join(ROOT, 'images/tools');

/** Every tool that the program can be called as, and where it is in the guest. */
export const TOOL_LINKS = { init: 'sbin/init', agent: 'sbin/agent', vcontext: 'usr/sbin/vcontext' };

/** The compiler of an ABI, the name of its musl, and Debian's headers of its kernel; amd64 has no program that wants them. */
const TARGETS: Record<Abi, { cc: string; musl: string; options: string[] }> = {
  i386: {
    cc: CC,
    musl: 'i386-linux-musl',
    options: ['-march=i686', '-idirafter', '/usr/i686-linux-gnu/include'],
  },
  amd64: { cc: 'x86_64-linux-gnu-gcc', musl: 'x86_64-linux-musl', options: [] },
};

const FLAGS = [
  ...['-std=gnu11', '-D_GNU_SOURCE', '-Os', '-fno-pie', '-fno-asynchronous-unwind-tables'],
  ...['-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
  ...['-ffunction-sections', '-fdata-sections', '-static', '-no-pie', '-nostdlib', '-nostdinc'],
  ...['-Wl,--gc-sections', '-Wl,--build-id=none', '-s'],
];

/** What of this host's decides the bytes of a guest program, a line each, as the manifest keeps it. */
export interface HostTools {
  compiler: string;
  linker: string;
  /** The package of the kernel's headers. */
  headers: string;
}

/** The first line that a program of the host says; throws when it is not there. */
function firstLine(program: string, ...parameters: string[]): string {
  const run = spawnSync(program, parameters, { encoding: 'utf8' });
  if (run.error || run.status !== 0)
    throw new ScriptError(
      `${[program, ...parameters].join(' ')} does not run: scripts/install-packages installs what it needs`,
    );
  return run.stdout.split('\n')[0]!;
}

export function hostTools(): HostTools {
  return {
    compiler: firstLine(CC, '--version'),
    linker: firstLine(LD, '--version'),
    headers: firstLine('dpkg-query', '-W', '-f', '${Package} ${Version}', HEADERS),
  };
}

/** Compiles the C files of images/tools; returns the program's bytes. */
export function buildTools(): Buffer {
  return compileGuest(
    TOOLS,
    readdirSync(TOOLS).filter((name) => name.endsWith('.c')),
  );
}

/** Compiles the C files `sources` of `folder` into one static program; returns its bytes. */
export function compileGuest(folder: string, sources: string[], abi: Abi = 'i386'): Buffer {
  const { cc, musl, options } = TARGETS[abi];
  if (abi === 'i386')
    hostTools(); // says which is missing
  else firstLine(cc, '--version');
  const unpacked = unpackedPackage('musl-dev', abi);
  const libraries = join(unpacked, 'usr/lib', musl);
  const ask = (option: string): string => execFileSync(cc, [option], { encoding: 'utf8' }).trim();
  const target = mkdtempSync(join(tmpdir(), 'vserver-tools-'));
  const output = join(target, 'program');
  // The kernel's headers come last: where musl has a header of that name, it is the one.
  const include = [
    ...['-isystem', join(unpacked, 'usr/include', musl)],
    ...['-isystem', ask('-print-file-name=include')],
    ...options,
  ];
  const start = ['crt1.o', 'crti.o'].map((name) => join(libraries, name));
  const end = [join(libraries, 'libc.a'), ask('-print-libgcc-file-name'), join(libraries, 'crtn.o')];
  try {
    const run = spawnSync(cc, [...FLAGS, ...include, '-o', output, ...start, ...sources.toSorted(), ...end], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new ScriptError(`${relative(ROOT, folder)} does not compile:\n${run.stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(target, { recursive: true });
  }
}
