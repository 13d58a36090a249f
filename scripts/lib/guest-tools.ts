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
import type { Abi } from '../../web/src/engine/guest-tests.ts';

const CC = 'i686-linux-gnu-gcc';
const LD = 'i686-linux-gnu-ld';
/** Debian's, of /usr/i686-linux-gnu/include. */
const HEADERS = 'linux-libc-dev-i386-cross';
export const TOOLS = join(ROOT, 'images/tools');
const MANUAL = join(ROOT, 'images/man');

/** The commands of an administrator, by what the program can be called. */
const COMMANDS = [
  ...['chcontext', 'chroot-sh', 'exec-cd', 'nattribute', 'ncontext', 'reducecap', 'vattribute', 'vcontext'],
  ...[
    'vhistory',
    'vkill',
    'vnamespace',
    'vps',
    'vserver',
    'vserver-info',
    'vserver-stat',
    'vspace',
    'vtop',
    'vwait',
  ],
];

/** Where the program is in the guest by the names that it can be called. */
export const TOOL_LINKS = [
  'sbin/init',
  'sbin/agent',
  'usr/bin/man',
  ...COMMANDS.map((name) => `usr/sbin/${name}`),
];

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
  /** The package of what sets the manual's pages. */
  manual: string;
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

function packageVersion(name: string): string {
  return firstLine('dpkg-query', '-W', '-f', '${Package} ${Version}', name);
}

export function hostTools(): HostTools {
  return {
    compiler: firstLine(CC, '--version'),
    linker: firstLine(LD, '--version'),
    headers: packageVersion(HEADERS),
    manual: packageVersion('mandoc'),
  };
}

/** The manual's pages (images/man) as text, by their names: what a terminal would print over is left out. */
export function buildManual(): Map<string, Buffer> {
  const pages = readdirSync(MANUAL).sort();
  return new Map(
    pages.map((name) => {
      const run = spawnSync('mandoc', ['-Tascii', '-Wwarning,stop', name], { cwd: MANUAL, encoding: 'utf8' });
      if (run.error || run.status !== 0)
        throw new ScriptError(`images/man/${name} is no page for mandoc:\n${run.stderr ?? ''}`);
      return [name, Buffer.from(run.stdout.replaceAll(/.[\b]/g, ''))];
    }),
  );
}

/** Compiles the C files of images/tools and the folders in it; returns the program's bytes. */
export function buildTools(): Buffer {
  const files = readdirSync(TOOLS, { encoding: 'utf8', recursive: true });
  return compileGuest(
    TOOLS,
    files.filter((name) => name.endsWith('.c')),
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
