// SPDX-License-Identifier: MIT
/**
 * unpack-kernel, export-patches and build-kernel on a kernel of a few files: what they carry over, what they refuse to throw
 * away, and what they say of the kernel that they built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './lib/project.ts';

// Some forty processes a test.
let folder: string;
let repository: string;
let tree: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vserver-tree-'));
  repository = join(folder, 'repository');
  tree = join(folder, 'cache/work/linux');
  mkdirSync(join(repository, 'kernel-build/patches'), { recursive: true });
  mkdirSync(join(repository, 'scripts/lib'), { recursive: true });
  for (const name of ['fetch-kernel', 'unpack-kernel', 'export-patches', 'lib/kernel-env.sh'])
    cpSync(join(ROOT, 'scripts', name), join(repository, 'scripts', name));
  writeFileSync(
    join(repository, 'plan.json'),
    '[{"id": "1a", "slug": "core"}, {"id": "1b", "slug": "syscall"}]',
  );
  writePin('1');
  const source = join(folder, 'linux');
  mkdirSync(join(source, 'kernel'), { recursive: true });
  mkdirSync(join(source, 'scripts/kconfig'), { recursive: true });
  writeFileSync(join(source, 'kernel/fork.c'), 'int fork;\n');
  writeFileSync(join(source, 'scripts/kconfig/merge_config.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(source, '.gitignore'), '*.o\n\n#\n# Debian packaging: ignore everything\n#\n/*\n');
  execFileSync('tar', ['-cJf', join(folder, 'linux.tar.xz'), '-C', folder, 'linux']);
});

afterEach(() => rmSync(folder, { recursive: true }));

function writePin(sha256: string, baseTree = ''): void {
  const pin = {
    package: 'linux-source-6.12',
    version: '1',
    linux: '6.12',
    date: '2026-01-01T00:00:00Z',
    sha256,
    tree: baseTree,
  };
  writeFileSync(join(repository, 'kernel-build/source.json'), JSON.stringify(pin, null, 2) + '\n');
}

function run(script: string, ...args: string[]): { code: number | null; said: string } {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    VSERVER_CACHE: join(folder, 'cache'),
    KERNEL_SOURCE: join(folder, 'linux.tar.xz'),
  };
  const result = spawnSync(join(repository, 'scripts', script), args, { env, encoding: 'utf8' });
  return { code: result.status, said: result.stderr };
}

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', tree, '-c', 'user.name=x', '-c', 'user.email=x@localhost', ...args], {
    encoding: 'utf8',
  }).trim();
const patchPath = (name: string): string => join(repository, 'kernel-build/patches', name);
const patches = (): string[] => readdirSync(patchPath('.')).filter((name) => name.endsWith('.patch'));
const series = (): string => readFileSync(patchPath('series'), 'utf8');

/** Adds a commit that writes a file of the kernel. */
function commit(id: string, subject: string, file: string, text: string): void {
  writeFileSync(join(tree, file), text);
  git('add', '.');
  git('commit', '-q', '-m', `vserver: ${subject}\n\nProblem: none.\n\nPlan-id: ${id}`);
}

/** A tree with an exported series: two patches of 1a, one of 1b, and a heading above each id. */
function exportedSeries(): void {
  expect(run('unpack-kernel').code).toBe(0);
  commit('1a', 'add objects', 'kernel/object.c', 'int object;\n');
  commit('1a', 'use objects', 'kernel/fork.c', 'int fork, object;\n');
  commit('1b', 'add the call', 'kernel/call.c', 'int call;\n');
  writeFileSync(patchPath('series'), '# contexts\n1a-core.patch\n\n# the call\n1b-syscall.patch\n');
  expect(run('export-patches')).toMatchObject({ code: 0 });
}

describe('export-patches', () => {
  it('names patches by id, and keeps the headings with their ids', () => {
    exportedSeries();
    expect(series()).toBe(
      '# contexts\n1a-1-add-objects.patch\n1a-2-use-objects.patch\n\n# the call\n1b-syscall.patch\n',
    );
  });

  it('makes files from which unpack-kernel makes the same tree, and always the same commits', () => {
    exportedSeries();
    const exported = git('rev-parse', 'HEAD^{tree}');
    const unpackAnew = () => {
      rmSync(tree, { recursive: true });
      expect(run('unpack-kernel').code).toBe(0);
      return git('rev-parse', 'HEAD');
    };
    const tip = unpackAnew();
    expect(git('rev-parse', 'HEAD^{tree}')).toBe(exported);
    expect(run('export-patches', '--check').code).toBe(0);
    // Committer and dates are fixed, so the ids of commits repeat.
    expect(unpackAnew()).toBe(tip);
  });

  it('refuses a commit without a Plan-id, and one whose id is not in the plan', () => {
    exportedSeries();
    writeFileSync(join(tree, 'kernel/x.c'), '');
    git('add', '.');
    git('commit', '-q', '-m', 'vserver: nothing');
    expect(run('export-patches')).toMatchObject({
      code: 1,
      said: expect.stringContaining('no Plan-id') as string,
    });
    git('commit', '-q', '--amend', '-m', 'vserver: nothing\n\nPlan-id: 9z');
    expect(run('export-patches')).toMatchObject({
      code: 1,
      said: expect.stringContaining('9z is not in plan.json') as string,
    });
    expect(patches()).toHaveLength(3);
  });

  it('--check tells a file that was changed by hand, and writes nothing', () => {
    exportedSeries();
    const name = patchPath('1b-syscall.patch');
    const changed = readFileSync(name, 'utf8').replace('int call;', 'int hand;');
    writeFileSync(name, changed);
    expect(run('export-patches', '--check')).toMatchObject({
      code: 1,
      said: expect.stringContaining('int hand;') as string,
    });
    expect(readFileSync(name, 'utf8')).toBe(changed);
  });
});

describe('unpack-kernel', () => {
  it('does not hide new files from git as Debian’s .gitignore would', () => {
    run('unpack-kernel');
    writeFileSync(join(tree, 'kernel/new.c'), '');
    expect(git('status', '--porcelain')).toBe('?? kernel/new.c');
  });

  it('keeps the commits of patches that did not change', () => {
    exportedSeries();
    const kept = git('rev-parse', 'HEAD^');
    const name = patchPath('1b-syscall.patch');
    writeFileSync(name, readFileSync(name, 'utf8').replace('int call;', 'int hand;'));
    expect(run('unpack-kernel')).toMatchObject({
      code: 0,
      said: expect.stringContaining('2 of them kept') as string,
    });
    expect(git('rev-parse', 'HEAD^')).toBe(kept);
    expect(readFileSync(join(tree, 'kernel/call.c'), 'utf8')).toBe('int hand;\n');
  });

  it('takes away patches that left the series', () => {
    exportedSeries();
    writeFileSync(patchPath('series'), '1a-1-add-objects.patch\n');
    expect(run('unpack-kernel').code).toBe(0);
    expect(git('log', '--format=%s', 'base..HEAD')).toBe('vserver: add objects');
  });

  it.each([
    ['changes that are not committed', () => writeFileSync(join(tree, 'kernel/fork.c'), 'int mine;\n')],
    ['a file that git does not know', () => writeFileSync(join(tree, 'kernel/mine.c'), '')],
    ['commits that are not exported', () => commit('1b', 'mine', 'kernel/mine.c', 'int mine;\n')],
  ])('refuses to throw away %s', (_, work) => {
    exportedSeries();
    work();
    const before = [git('rev-parse', 'HEAD'), git('status', '--porcelain')];
    writeFileSync(patchPath('series'), '1a-1-add-objects.patch\n');
    expect(run('unpack-kernel')).toMatchObject({
      code: 1,
      said: expect.stringContaining('export-patches') as string,
    });
    writePin('2');
    expect(run('unpack-kernel').code).toBe(1);
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain')]).toEqual(before);
  });

  it('leaves the tree as it was when a patch does not apply', () => {
    exportedSeries();
    const before = git('rev-parse', 'HEAD');
    writeFileSync(patchPath('series'), '1a-2-use-objects.patch\n1b-syscall.patch\n1b-syscall.patch\n');
    expect(run('unpack-kernel')).toMatchObject({
      code: 1,
      said: expect.stringContaining('does not apply') as string,
    });
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain')]).toEqual([before, '']);
  });

  it('says which file of the series is missing', () => {
    exportedSeries();
    rmSync(patchPath('1b-syscall.patch'));
    expect(run('unpack-kernel')).toMatchObject({
      code: 1,
      said: expect.stringContaining('1b-syscall.patch does not exist') as string,
    });
  });
});

describe('build-kernel', () => {
  /** Programs that stand for the compiler and its helpers; make writes what a kernel build leaves behind. */
  function fakeToolchain(): void {
    const program = (path: string, text: string): void => {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    };
    for (const name of ['bc', 'flex', 'bison', 'ccache', 'lz4', 'i686-linux-gnu-gcc', 'i686-linux-gnu-ld'])
      program(join(folder, 'bin', name), `echo ${name} 1.0`);
    program(
      join(folder, 'bin/make'),
      `for word; do case $word in O=*) build=\${word#O=} ;; esac; done
      case $word in
        bzImage) mkdir -p "$build/arch/x86/boot"; cat "$build/../../work/linux/kernel/fork.c" >"$build/arch/x86/boot/bzImage"; : >"$build/System.map" ;;
        *) : >"$KCONFIG_CONFIG" ;;
      esac`,
    );
    program(join(repository, 'node_modules/.bin/tsx'), 'echo "{}" >"$3/offsets.json"');
    for (const name of ['build-kernel', 'lib/kernel-make.sh', 'make-offsets.ts'])
      cpSync(join(ROOT, 'scripts', name), join(repository, 'scripts', name));
    mkdirSync(join(repository, 'kernel-build/config'));
    for (const name of ['config/base.config', 'config/i386.config', 'config/vserver.config', 'offsets.c'])
      writeFileSync(join(repository, 'kernel-build', name), '');
  }

  /** What build.json says of the kernel that is built now. */
  function build(): Record<string, unknown> {
    expect(run('build-kernel', 'v86')).toMatchObject({ code: 0 });
    const written = readFileSync(join(folder, 'cache/out/v86/build.json'), 'utf8');
    return JSON.parse(written) as Record<string, unknown>;
  }

  beforeEach(() => {
    fakeToolchain();
    exportedSeries();
    writePin('1', git('rev-parse', 'base^{tree}'));
  });

  it('says that a kernel is the series when the tree is that and nothing else, on the pinned source', () => {
    expect(build()).toMatchObject({
      series: true,
      source: 'linux-source-6.12 1',
      compiler: 'i686-linux-gnu-gcc 1.0',
      linker: 'i686-linux-gnu-ld 1.0',
    });
    expect(run('build-kernel', 'v86').said).toContain('v86 is up to date');
  });

  it.each([
    ['committed', () => writeFileSync(join(tree, 'kernel/fork.c'), 'int mine;\n')],
    ['exported', () => commit('1b', 'mine', 'kernel/mine.c', 'int mine;\n')],
  ])('does not say so with work that is not %s', (_, work) => {
    work();
    expect(build()).toMatchObject({ series: false });
  });

  it.each([
    ['of another version', '0123456789012345678901234567890123456789'],
    ['that nobody has pinned', ''],
  ])('does not say so of a source %s, nor that it is the pinned one', (_, pinned) => {
    writePin('1', pinned);
    const { series, source } = build();
    expect(series).toBe(false);
    expect(source).toBe(`not the pinned one: its tree is ${git('rev-parse', 'base^{tree}')}`);
  });

  it('builds anew when a script, the offsets or the linker has changed', () => {
    build();
    const write = (path: string, text: string): void => {
      writeFileSync(path, text);
      expect(run('build-kernel', 'v86').said).toContain('building v86');
    };
    for (const name of [
      'scripts/lib/kernel-env.sh',
      'scripts/lib/kernel-make.sh',
      'kernel-build/offsets.c',
    ]) {
      const path = join(repository, name);
      write(path, `${readFileSync(path, 'utf8')}\n# another\n`);
    }
    write(join(folder, 'bin/i686-linux-gnu-ld'), '#!/bin/sh\necho i686-linux-gnu-ld 2.0\n');
  });
});
