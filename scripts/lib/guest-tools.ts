// SPDX-License-Identifier: MIT
/** Compiles the guest's C tools (images/tools) into one static i386 program, the same bytes from the same compiler. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { unpackedPackage } from './packages.ts';
import { ROOT, ScriptError } from './project.ts';

const CC = 'i686-linux-gnu-gcc';
const LD = 'i686-linux-gnu-ld';
/** Debian's, of /usr/i686-linux-gnu/include. */
const HEADERS = 'linux-libc-dev-i386-cross';
export const TOOLS = join(ROOT, 'images/tools');

/** Every tool that the program can be called as, and where it is in the guest. */
export const TOOL_LINKS = { init: 'sbin/init', agent: 'sbin/agent', vcontext: 'usr/sbin/vcontext' };

const FLAGS = [
  ...['-std=gnu11', '-D_GNU_SOURCE', '-Os', '-march=i686', '-fno-pie', '-fno-asynchronous-unwind-tables'],
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

/** Compiles the C files `sources` of `folder` into one static i386 program; returns its bytes. */
export function compileGuest(folder: string, sources: string[]): Buffer {
  hostTools(); // says which is missing
  const musl = unpackedPackage('musl-dev', 'i386');
  const libraries = join(musl, 'usr/lib/i386-linux-musl');
  const ask = (option: string): string => execFileSync(CC, [option], { encoding: 'utf8' }).trim();
  const target = mkdtempSync(join(tmpdir(), 'vserver-tools-'));
  const output = join(target, 'program');
  const include = [
    '-isystem',
    join(musl, 'usr/include/i386-linux-musl'),
    '-isystem',
    ask('-print-file-name=include'),
  ];
  // The kernel's headers come last: where musl has a header of that name, it is the one.
  include.push('-idirafter', '/usr/i686-linux-gnu/include');
  const start = ['crt1.o', 'crti.o'].map((name) => join(libraries, name));
  const end = [join(libraries, 'libc.a'), ask('-print-libgcc-file-name'), join(libraries, 'crtn.o')];
  try {
    const run = spawnSync(CC, [...FLAGS, ...include, '-o', output, ...start, ...sources.toSorted(), ...end], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new ScriptError(`${relative(ROOT, folder)} does not compile:\n${run.stderr}`);
    return readFileSync(output);
  } finally {
    rmSync(target, { recursive: true });
  }
}
