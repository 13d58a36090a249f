// SPDX-License-Identifier: MIT
/**
 * The recipe of images/dist: the initramfs, machine.json, and the manifest that says from what they were built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Entry, packCpio } from './cpio.ts';
import { packPerl } from './guest-perl.ts';
import { buildManual, buildTools, type HostTools, hostTools, TOOL_LINKS } from './guest-tools.ts';
import { guestPackages, unpackedPackage } from './packages.ts';
import { CACHE, readJson, ROOT, ScriptError, sha256, sha256File } from './project.ts';

export const DIST = join(ROOT, 'images/dist');
export const KERNEL_OUT = join(CACHE, 'out/v86');

/**
 * Options of v86's constructor that shape the machine, and so a saved state. 128 MiB: v86 puts an initrd at 64 MiB.
 * filesystem is an empty 9p, tag host9p: a state is bound to its being there.
 * init_on_free keeps freed pages zero, which halves a packed state; quiet and lpj spare the emulated CPU a second of boot.
 */
const V86_OPTIONS = {
  memory_size: 128 * 1024 * 1024,
  vga_memory_size: 1024 * 1024,
  virtio_console: true,
  filesystem: {},
  acpi: false,
  cmdline: 'console=ttyS0 quiet tsc=reliable random.trust_cpu=on init_on_free=1',
};

/** What HostTools has is of the guest's programs and pages; the kernel has its own compiler and linker. */
export interface Manifest extends HostTools {
  packages: Record<string, string>;
  kernel: { compiler: string; linker: string; source: string; sha256: string };
  /** sha256 over the paths and contents of each group of sources. */
  sources: Record<string, string>;
  /** sha256 of every other file of images/dist. */
  files: Record<string, string>;
}

/** All regular files below a folder (or a file itself), relative to the root of the project, sorted. */
function filesBelow(path: string, root = ROOT): string[] {
  const listed = execFileSync('find', [path, '-type', 'f', '-print0'], { cwd: root, encoding: 'utf8' });
  return listed.split('\0').filter(Boolean).sort();
}

/** Groups of sources that decide what images/dist is; a change of any makes it out of date. */
export const SOURCE_GROUPS: Record<string, string[]> = {
  kernel: [
    'kernel-build/source.json',
    'kernel-build/patches',
    'kernel-build/config/base.config',
    'kernel-build/config/i386.config',
    'kernel-build/config/vserver.config',
    'kernel-build/offsets.c',
    'scripts/unpack-kernel',
    'scripts/build-kernel',
    'scripts/lib/kernel-env.sh',
    'scripts/lib/kernel-make.sh',
    'scripts/make-offsets.ts',
  ],
  guest: ['images/tools', 'images/man', 'images/rootfs', 'images/applets.txt', 'images/packages.json'],
  recipe: [
    'scripts/lib/image.ts',
    'scripts/lib/cpio.ts',
    'scripts/lib/guest-tools.ts',
    'scripts/lib/guest-perl.ts',
  ],
};

/** The manifest's `sources`, of the project in `root`. */
export function sourceHashes(root = ROOT): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SOURCE_GROUPS).map(([group, paths]) => {
      const files = paths.flatMap((path) => filesBelow(path, root));
      const lines = files.map((path) => `${sha256File(join(root, path))}  ${path}\n`);
      return [group, sha256(lines.join(''))];
    }),
  );
}

/** The overlay is text: scripts are programs, and nothing is for root's eyes only. */
function overlayEntries(): Map<string, Entry> {
  const top = 'images/rootfs';
  return new Map(
    filesBelow(top).map((path) => {
      const data = readFileSync(join(ROOT, path));
      return [relative(top, path), { kind: 'file', mode: data.indexOf('#!') === 0 ? 0o755 : 0o644, data }];
    }),
  );
}

/** Packs the initramfs; returns it inflated. */
export function buildInitramfs(): Buffer {
  const entries = overlayEntries();
  const busybox = readFileSync(join(unpackedPackage('busybox-static', 'i386'), 'bin/busybox'));
  entries.set('bin/busybox', { kind: 'file', mode: 0o755, data: busybox });
  for (const path of readFileSync(join(ROOT, 'images/applets.txt'), 'utf8').split('\n').filter(Boolean)) {
    entries.set(path, { kind: 'symlink', target: '/bin/busybox' });
  }
  entries.set('sbin/vserver-tools', { kind: 'file', mode: 0o755, data: buildTools() });
  for (const path of [...TOOL_LINKS, 'init']) {
    entries.set(path, { kind: 'symlink', target: '/sbin/vserver-tools' });
  }
  for (const [name, data] of buildManual())
    entries.set(`usr/share/man/${name}`, { kind: 'file', mode: 0o644, data });
  for (const path of ['proc', 'sys', 'dev', 'run', 'mnt', 'home'])
    entries.set(path, { kind: 'directory', mode: 0o755 });
  entries.set('root', { kind: 'directory', mode: 0o700 });
  entries.set('tmp', { kind: 'directory', mode: 0o1777 });
  // The kernel opens it for init's messages before anything is mounted.
  entries.set('dev/console', { kind: 'character device', mode: 0o600, major: 5, minor: 1 });
  return packCpio(entries);
}

function gzip(data: Uint8Array): Buffer {
  const run = spawnSync('gzip', ['-9nc'], { input: data, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new ScriptError(`gzip failed: ${run.stderr.toString()}`);
  return run.stdout;
}

interface Kernel {
  image: Buffer;
  offsets: Buffer;
  build: Manifest['kernel'];
  /** Hash of the sources that it was built from. */
  sources: string;
}

function kernelOfCache(): Kernel {
  const path = (name: string): string => join(KERNEL_OUT, name);
  for (const name of ['bzImage', 'build.json', 'offsets.json']) {
    if (!existsSync(path(name)))
      throw new ScriptError(`no kernel for v86 in the cache (${name}); run scripts/build-kernel v86`);
  }
  const image = readFileSync(path('bzImage'));
  const {
    compiler,
    linker,
    source,
    sha256: hash,
    series,
  } = readJson<Manifest['kernel'] & { series: boolean }>(path('build.json'));
  if (hash !== sha256(image)) {
    throw new ScriptError(
      'the kernel in the cache is not the one its build.json tells of; run scripts/build-kernel v86',
    );
  }
  if (!series) {
    throw new ScriptError(
      'the kernel in the cache was built from work that is not in kernel-build/patches, or from another source than the pinned one: ' +
        'scripts/unpack-kernel says which; mend that, then run scripts/build-kernel v86',
    );
  }
  const sources = sourceHashes()['kernel']!;
  return {
    image,
    offsets: readFileSync(path('offsets.json')),
    build: { compiler, linker, source, sha256: hash },
    sources,
  };
}

/** The kernel that images/dist has already, for who changes only the guest; it stays what its manifest says it is. */
function kernelOfDist(): Kernel {
  const manifest = readJson<Manifest>(join(DIST, 'manifest.json'));
  return {
    image: readFileSync(join(DIST, 'bzImage')),
    offsets: readFileSync(join(DIST, 'offsets.json')),
    build: manifest.kernel,
    sources: manifest.sources['kernel']!,
  };
}

/** Builds everything into `folder`, with the kernel of the cache or the one of images/dist. */
export function buildImage(folder: string, { keepKernel = false } = {}): void {
  const kernel = keepKernel ? kernelOfDist() : kernelOfCache();
  const initramfs = buildInitramfs();
  const seabios = unpackedPackage('seabios', 'all');
  const fromSeabios = (name: string): Buffer => readFileSync(join(seabios, 'usr/share', name));
  const contents: Record<string, Buffer> = {
    'bios.bin': fromSeabios('seabios/bios.bin'),
    'vgabios.bin': fromSeabios('seabios/vgabios-stdvga.bin'),
    'bios-copyright.txt': fromSeabios('doc/seabios/copyright'),
    bzImage: kernel.image,
    'offsets.json': kernel.offsets,
    'initramfs.gz': gzip(initramfs),
    // Sent to a guest that is to run tests: part of the machine that the page gives, and not of its boot.
    'perl.tgz': packPerl('i386'),
  };
  const entry = (path: string): { path: string; size: number; sha256: string } => ({
    path,
    size: contents[path]!.length,
    sha256: sha256(contents[path]!),
  });
  const machine = {
    v86: V86_OPTIONS,
    files: {
      bios: entry('bios.bin'),
      vga_bios: entry('vgabios.bin'),
      bzimage: entry('bzImage'),
      initrd: { ...entry('initramfs.gz'), inflated: { size: initramfs.length, sha256: sha256(initramfs) } },
    },
  };
  contents['machine.json'] = Buffer.from(`${JSON.stringify(machine, null, 2)}\n`);
  const manifest: Manifest = {
    ...hostTools(),
    packages: Object.fromEntries(
      guestPackages('image').map((one) => [`${one.name}:${one.architecture}`, one.version]),
    ),
    kernel: kernel.build,
    sources: { ...sourceHashes(), kernel: kernel.sources },
    files: Object.fromEntries(Object.entries(contents).map(([name, data]) => [name, sha256(data)])),
  };
  contents['manifest.json'] = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) {
    if (!(old in contents)) throw new ScriptError(`${folder}/${old} is no part of the image; remove it`);
  }
  for (const [name, data] of Object.entries(contents)) writeFileSync(join(folder, name), data);
}
