// SPDX-License-Identifier: MIT
/**
 * unpack-kernel, export-patches, build-kernel and check-series on a kernel of a few files: what they carry over, what they refuse
 * to throw away, and what they say of the kernels that they built.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

function run(script: string, ...args: string[]): { code: number | null; said: string; stdout: string } {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    VSERVER_CACHE: join(folder, 'cache'),
    KERNEL_SOURCE: join(folder, 'linux.tar.xz'),
  };
  const result = spawnSync(join(repository, 'scripts', script), args, { env, encoding: 'utf8' });
  return { code: result.status, said: result.stderr, stdout: result.stdout };
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

/**
 * Programs that stand for the compiler and its helpers: make "builds" the file kernel/fork.c of the tree that it is given. What
 * tsx is asked to do is in the file `asked`, a line each.
 */
function fakeToolchain(): void {
  const program = (path: string, text: string): void => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  };
  for (const name of ['bc', 'flex', 'bison', 'ccache', 'lz4', 'i686-linux-gnu-gcc', 'i686-linux-gnu-ld'])
    program(join(folder, 'bin', name), `echo ${name} 1.0`);
  program(
    join(folder, 'bin/make'),
    `for word; do case $before in -C) tree=$word ;; esac; case $word in O=*) build=\${word#O=} ;; esac; before=$word; done
    case $word in
      bzImage) mkdir -p "$build/arch/x86/boot"; cat "$tree/kernel/fork.c" >"$build/arch/x86/boot/bzImage"; : >"$build/System.map"
        ! grep '#error' "$tree/kernel/fork.c" >&2 ;;
      *) : >"$KCONFIG_CONFIG" ;;
    esac`,
  );
  program(
    join(repository, 'node_modules/.bin/tsx'),
    `case $1 in
      */make-offsets.ts) echo "{}" >"$3/offsets.json" ;;
      */prove.ts) kernel=\${3#--kernel=}; echo "$2 $4 call=$VS_CALL: $(cat "$kernel")" >>"${join(folder, 'asked')}"
        ! grep panic "$kernel" ;;
    esac`,
  );
  for (const name of [
    'build-kernel',
    'check-series',
    'lib/kernel-make.sh',
    'lib/series-steps.sh',
    'make-offsets.ts',
  ])
    cpSync(join(ROOT, 'scripts', name), join(repository, 'scripts', name));
  mkdirSync(join(repository, 'kernel-build/config'));
  for (const name of ['config/base.config', 'config/i386.config', 'config/vserver.config', 'offsets.c'])
    writeFileSync(join(repository, 'kernel-build', name), '');
}

describe('build-kernel', () => {
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

describe('check-series', () => {
  beforeEach(() => {
    fakeToolchain();
    exportedSeries();
    writePin('1', git('rev-parse', 'base^{tree}'));
  });

  const names = ['1a-1-add-objects.patch', '1a-2-use-objects.patch', '1b-syscall.patch'];
  /** The patches that are recorded. */
  const recorded = (): string[] =>
    readFileSync(join(repository, 'kernel-build/series-checked'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ')[1]!);
  /** What tsx was asked for since the last time. */
  function asked(): string[] {
    const path = join(folder, 'asked');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
    rmSync(path, { force: true });
    return lines;
  }
  /** Changes the commit of a patch and exports the series. */
  function amend(index: number, change: () => void): void {
    const later = git('rev-list', '--reverse', 'base..HEAD')
      .split('\n')
      .slice(index + 1);
    git('reset', '-q', '--hard', `HEAD~${later.length}`);
    change();
    for (const one of later) git('cherry-pick', one);
    expect(run('export-patches')).toMatchObject({ code: 0 });
  }
  const config = (text: string): void =>
    writeFileSync(join(repository, 'kernel-build/config/vserver.config'), text);

  it('builds and boots the kernel after each patch, once', () => {
    expect(run('check-series', '--check')).toMatchObject({ code: 1 });
    expect(run('check-series')).toMatchObject({ code: 0 });
    expect(asked()).toEqual([
      '--machine=qemu 0 call=absent: int fork;',
      '--machine=qemu 0 call=absent: int fork, object;',
      '--machine=qemu 0 call=absent: int fork, object;',
    ]);
    expect(recorded()).toEqual(names);
    expect(run('check-series', '--check')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('4 passed, 0 failed') as string,
    });
    expect(run('check-series').said).toContain('0 patches were built and booted, 3 had been before');
    expect(asked()).toEqual([]);
  });

  it('does it again for a patch that has changed and for those behind it', () => {
    run('check-series');
    asked();
    amend(1, () => {
      writeFileSync(join(tree, 'kernel/fork.c'), 'int fork, other;\n');
      git('commit', '-q', '-a', '--amend', '--no-edit');
    });
    const { code, stdout, said } = run('check-series', '--check');
    expect(code).toBe(1);
    expect(stdout).toContain(`ok - ${names[0]} was built`);
    expect(stdout).toContain(`not ok - ${names[1]} was built`);
    expect(stdout).toContain(`not ok - ${names[2]} was built`);
    expect(said).toContain('run scripts/check-series');
    expect(run('check-series')).toMatchObject({ code: 0 });
    expect(asked()).toEqual([
      '--machine=qemu 0 call=absent: int fork, other;',
      '--machine=qemu 0 call=absent: int fork, other;',
    ]);
    expect(run('check-series', '--check')).toMatchObject({ code: 0 });
  });

  it('lets a message change, and wants no more than the new name of its patch', () => {
    run('check-series');
    asked();
    amend(1, () => git('commit', '-q', '--amend', '-m', 'vserver: touch objects\n\nPlan-id: 1a'));
    expect(run('check-series', '--check')).toMatchObject({ code: 1 });
    expect(run('check-series')).toMatchObject({ code: 0 });
    expect(asked()).toEqual([]);
    expect(recorded()).toEqual([names[0], '1a-2-touch-objects.patch', names[2]]);
    expect(run('check-series', '--check')).toMatchObject({ code: 0 });
  });

  it.each([
    ['build', '#error no', 'does not build', []],
    ['boot', 'panic', 'does not boot', ['--machine=qemu 0 call=absent: panic']],
  ])(
    'ends at the first that does not %s, with what was said, and goes on there',
    (_, text, reason, booted) => {
      amend(1, () => {
        writeFileSync(join(tree, 'kernel/fork.c'), `${text}\n`);
        git('commit', '-q', '-a', '--amend', '--no-edit');
      });
      const { code, stdout } = run('check-series');
      expect(code).toBe(1);
      expect(stdout).toContain(`not ok - ${names[1]} ${reason}`);
      expect(stdout).toContain(`\n    ${text}\n`);
      expect(asked().slice(1)).toEqual(booted);
      expect(recorded()).toEqual([names[0]]);
      amend(1, () => {
        writeFileSync(join(tree, 'kernel/fork.c'), 'int fork, mended;\n');
        git('commit', '-q', '-a', '--amend', '--no-edit');
      });
      expect(run('check-series')).toMatchObject({ code: 0 });
      expect(asked()).toHaveLength(2);
      expect(recorded()).toEqual(names);
    },
  );

  it('asks the system call of a kernel that has it', () => {
    amend(2, () => {
      mkdirSync(join(tree, 'include/uapi/linux'), { recursive: true });
      writeFileSync(join(tree, 'include/uapi/linux/vserver.h'), '#define VCMD_get_version 0\n');
      git('add', '.');
      git('commit', '-q', '--amend', '--no-edit');
    });
    expect(run('check-series')).toMatchObject({ code: 0 });
    expect(asked().map((line) => /call=\w+/.exec(line)?.[0])).toEqual([
      'call=absent',
      'call=absent',
      'call=there',
    ]);
  });

  it('asks a symbol only of the patch that brings it and of those behind', () => {
    amend(1, () => {
      writeFileSync(join(tree, 'kernel/Kconfig'), 'config OBJECTS\n\tbool "objects"\n');
      git('add', '.');
      git('commit', '-q', '--amend', '--no-edit');
    });
    // The made-up kernel has no symbol at all, so what is asked for is missing.
    config('# Of 1a.\nCONFIG_OBJECTS=y\n');
    expect(run('check-series')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /1a-2\S* does not build[^]*CONFIG_OBJECTS is n, the fragments ask for y/,
      ) as string,
    });
    expect(recorded()).toEqual([names[0]]);
    config('# Another remark.\n# CONFIG_OBJECTS is not set\n');
    expect(run('check-series')).toMatchObject({ code: 0 });
    expect(asked()).toHaveLength(3);
  });

  it('records nothing about a source that is not the pinned one', () => {
    writePin('1', '0123456789012345678901234567890123456789');
    expect(run('check-series')).toMatchObject({
      code: 1,
      said: expect.stringContaining('not made from the pinned source') as string,
    });
    expect(recorded()).toEqual([]);
  });

  it('counts another compiler', () => {
    run('check-series');
    writeFileSync(join(folder, 'bin/i686-linux-gnu-gcc'), '#!/bin/sh\necho i686-linux-gnu-gcc 2.0\n');
    expect(run('check-series', '--check')).toMatchObject({
      code: 1,
      said: expect.stringContaining('i686-linux-gnu-gcc 2.0') as string,
    });
  });
});
