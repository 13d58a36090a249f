// SPDX-License-Identifier: MIT
/** That an image is refused which is not what its manifest, or the sources, say; and a kernel that is not the series. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkFiles, checkSame, checkSources, type Finding, otherTools } from './dist-check.ts';
import { DIST, type Manifest, SOURCE_GROUPS, sourceHashes } from './image.ts';
import { guestPackages } from './packages.ts';
import { readJson, ROOT, sha256 } from './project.ts';

let folder: string;
let dist: string;
let manifest: Manifest;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vserver-dist-'));
  dist = join(folder, 'dist');
  cpSync(DIST, dist, { recursive: true });
  manifest = readJson(join(DIST, 'manifest.json'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const wrong = (findings: Finding[]): string[] =>
  findings.filter(({ problem }) => problem !== undefined).map(({ what }) => what);

/** Flips a bit in the middle of a file. */
function flip(path: string): void {
  const data = readFileSync(path);
  data[data.length >> 1]! ^= 1;
  writeFileSync(path, data);
}

describe('checkFiles', () => {
  it('finds nothing in images/dist as it is', () => {
    expect(wrong(checkFiles(dist, manifest))).toEqual([]);
    expect(checkFiles(dist, manifest)).toHaveLength(Object.keys(manifest.files).length);
  });

  it.each(['bzImage', 'initramfs.gz', 'machine.json', 'bios.bin', 'offsets.json'])(
    'finds one changed bit in %s',
    (name) => {
      flip(join(dist, name));
      expect(wrong(checkFiles(dist, manifest))).toEqual([name]);
    },
  );

  it('finds a file that is missing and one that nobody knows', () => {
    rmSync(join(dist, 'vgabios.bin'));
    writeFileSync(join(dist, 'stray'), '');
    expect(wrong(checkFiles(dist, manifest)).sort()).toEqual(['stray', 'vgabios.bin']);
  });
});

describe('checkSources', () => {
  /** The sources in a folder of their own, where they can be changed. */
  function copySources(): string {
    const root = join(folder, 'project');
    for (const path of Object.values(SOURCE_GROUPS).flat())
      cpSync(join(ROOT, path), join(root, path), { recursive: true });
    return root;
  }

  it('hashes a copy like the original', () => {
    expect(sourceHashes(copySources())).toEqual(sourceHashes());
  });

  it.each([
    ['kernel', 'kernel-build/patches/series'],
    ['kernel', 'scripts/unpack-kernel'],
    ['kernel', 'scripts/lib/kernel-env.sh'],
    ['kernel', 'kernel-build/config/i386.config'],
    ['guest', 'images/tools/agent.c'],
    ['guest', 'images/rootfs/etc/profile'],
    ['recipe', 'scripts/lib/image.ts'],
  ])('finds that the sources of the %s have changed: %s', (group, path) => {
    const root = copySources();
    const built = { ...manifest, sources: sourceHashes(root) };
    expect(wrong(checkSources(built, sourceHashes(root), guestPackages('image')))).toEqual([]);
    appendFileSync(join(root, path), '\n');
    expect(wrong(checkSources(built, sourceHashes(root), guestPackages('image')))).toEqual([
      `sources of the ${group}`,
    ]);
  });

  it('finds a file that was added to the sources', () => {
    const root = copySources();
    const built = { ...manifest, sources: sourceHashes(root) };
    writeFileSync(join(root, 'images/rootfs/etc/motd'), 'hello\n');
    expect(wrong(checkSources(built, sourceHashes(root), []))).toEqual(['sources of the guest']);
  });

  it('finds another version of a package', () => {
    const [first] = guestPackages('image');
    const other = { ...first!, version: '9' };
    expect(wrong(checkSources(manifest, {}, [other]))).toEqual([`${other.name}:${other.architecture}`]);
  });
});

describe('otherTools', () => {
  const tools = { compiler: 'gcc 1', linker: 'ld 1', headers: 'headers 1', manual: 'mandoc 1' };
  const kernel = { compiler: 'kgcc 1', linker: 'kld 1' };

  it('names each tool that is not the manifest’s, and nothing when all are', () => {
    const built = { ...manifest, ...tools, kernel: { ...manifest.kernel, ...kernel } };
    expect(otherTools(built, tools, kernel)).toBeUndefined();
    expect(otherTools(built, { ...tools, linker: 'ld 2' }, kernel)).toBe('built with ld 1, here is ld 2');
    expect(otherTools(built, { ...tools, headers: 'h 2' }, kernel)).toBe('built with headers 1, here is h 2');
    expect(otherTools(built, { ...tools, manual: 'm 2' }, kernel)).toBe('built with mandoc 1, here is m 2');
    expect(otherTools(built, tools, { compiler: 'kgcc 2', linker: 'kld 2' })).toBe(
      'built with kgcc 1, here is kgcc 2; built with kld 1, here is kld 2',
    );
  });
});

describe('checkSame', () => {
  it('finds what a rebuild made otherwise', () => {
    const rebuilt = join(folder, 'rebuilt');
    cpSync(dist, rebuilt, { recursive: true });
    expect(wrong(checkSame(rebuilt, dist))).toEqual([]);
    flip(join(rebuilt, 'initramfs.gz'));
    rmSync(join(dist, 'bios.bin'));
    expect(wrong(checkSame(rebuilt, dist)).sort()).toEqual(['bios.bin, rebuilt', 'initramfs.gz, rebuilt']);
  });
});

describe('buildImage', () => {
  /** buildImage with a cache whose kernel has this in its build.json. */
  async function buildWith(build: Record<string, unknown>): Promise<void> {
    const out = join(folder, 'cache/out/v86');
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'bzImage'), 'kernel');
    writeFileSync(join(out, 'offsets.json'), '{}');
    writeFileSync(
      join(out, 'build.json'),
      JSON.stringify({ compiler: '', linker: '', source: '', sha256: sha256('kernel'), ...build }),
    );
    vi.stubEnv('VSERVER_CACHE', join(folder, 'cache'));
    vi.resetModules();
    const { buildImage } = await import('./image.ts');
    buildImage(dist);
  }
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['is not the series on the pinned source', { series: false }, /another source than the pinned one/],
    [
      'is not the one that was built',
      { series: true, sha256: sha256('other') },
      /not the one its build.json/,
    ],
  ])('refuses a kernel that %s', async (_, build, message) => {
    await expect(buildWith(build)).rejects.toThrow(message);
    expect(checkFiles(dist, manifest).every(({ problem }) => problem === undefined)).toBe(true);
  });
});
