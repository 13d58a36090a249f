// SPDX-License-Identifier: MIT
/** fetch-kernel with an apt of ours: a version that is pinned, and what becomes of it when the mirror no longer has it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, sha256 } from './lib/project.ts';

const CONTENT = 'the package\n';
const NAME = 'linux-source-6.12_6.12.1-1_all.deb';
let folder: string;
let deb: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vserver-fetch-'));
  deb = join(folder, 'cache/source', NAME);
  mkdirSync(join(folder, 'kernel-build'));
  mkdirSync(join(folder, 'scripts/lib'), { recursive: true });
  for (const name of ['fetch-kernel', 'lib/kernel-env.sh'])
    cpSync(join(ROOT, 'scripts', name), join(folder, 'scripts', name));
  pin(CONTENT);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Pins version 6.12.1-1 of the package with this content. */
function pin(content: string): void {
  const source = { package: 'linux-source-6.12', version: '6.12.1-1', sha256: sha256(content) };
  writeFileSync(join(folder, 'kernel-build/source.json'), JSON.stringify(source, null, 2) + '\n');
}

/** A mirror with these versions; only 6.12.1-1 can be downloaded, and every command is written down. */
function mirror(...versions: string[]): void {
  const program = (name: string, text: string): void => {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(
      join(folder, 'bin', name),
      `#!/bin/bash\necho "${name} $*" >>${folder}/commands\n${text}\n`,
      {
        mode: 0o755,
      },
    );
  };
  const lists = versions
    .map((version) => ` linux-source-6.12 | ${version} | mirror bookworm/main`)
    .join('\n');
  program('apt-cache', `cat <<'EOT'\n${lists}\nEOT`);
  const found = versions.includes('6.12.1-1') ? `printf '%s' '${CONTENT}' >${NAME}` : 'exit 100';
  program('apt-get', `case "$*" in *download*) ${found} ;; esac`);
}

function fetch(env: Record<string, string> = {}): { code: number | null; path: string; said: string } {
  const result = spawnSync(join(folder, 'scripts/fetch-kernel'), {
    env: {
      ...process.env,
      KERNEL_SOURCE: '',
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      VSERVER_CACHE: join(folder, 'cache'),
      ...env,
    },
    encoding: 'utf8',
  });
  return { code: result.status, path: result.stdout.trim(), said: result.stderr };
}

describe('fetch-kernel', () => {
  it('downloads the pinned version once, and prints where it is', () => {
    mirror('6.12.2-1', '6.12.1-1');
    expect(fetch()).toMatchObject({ code: 0, path: deb });
    expect(readFileSync(deb, 'utf8')).toBe(CONTENT);
    rmSync(join(folder, 'commands'));
    expect(fetch()).toMatchObject({ code: 0, path: deb, said: '' });
    expect(existsSync(join(folder, 'commands'))).toBe(false);
  });

  it('lists the versions that the mirror has when the pinned one is gone, and takes none of them', () => {
    mirror('6.12.3-1', '6.12.2-1');
    const { code, path, said } = fetch();
    expect([code, path]).toEqual([1, '']);
    expect(said).toContain('the mirror does not have linux-source-6.12 6.12.1-1');
    expect(said).toContain('It has:\n  6.12.3-1\n  6.12.2-1\nTo move to one of them: set "version"');
    expect(said).toContain('To keep the pinned one: KERNEL_SOURCE=');
    expect(existsSync(deb)).toBe(false);
    const downloads = readFileSync(join(folder, 'commands'), 'utf8').match(/download .*/g);
    expect(new Set(downloads)).toEqual(new Set(['download linux-source-6.12=6.12.1-1']));
  });

  it('says so when apt knows no version at all', () => {
    mirror();
    expect(fetch()).toMatchObject({
      code: 1,
      path: '',
      said: expect.stringContaining('apt knows no version of linux-source-6.12 at all') as string,
    });
  });

  it('refuses and removes a file with another sha256', () => {
    mirror('6.12.1-1');
    pin('something else');
    const { code, path, said } = fetch();
    expect([code, path]).toEqual([1, '']);
    expect(said).toContain(
      `sha256 is ${sha256(CONTENT)}, kernel-build/source.json says ${sha256('something else')}`,
    );
    expect(existsSync(deb)).toBe(false);
  });

  it('downloads anew when the file in the cache is damaged', () => {
    mirror('6.12.1-1');
    mkdirSync(join(folder, 'cache/source'), { recursive: true });
    writeFileSync(deb, CONTENT.slice(1));
    expect(fetch()).toMatchObject({ code: 0, path: deb });
    expect(readFileSync(deb, 'utf8')).toBe(CONTENT);
  });

  it('takes KERNEL_SOURCE in place of a download, if it is a file of the right kind', () => {
    const own = join(folder, 'own.tar.xz');
    expect(fetch({ KERNEL_SOURCE: own })).toMatchObject({
      code: 1,
      said: expect.stringContaining('no such file') as string,
    });
    writeFileSync(own, '');
    expect(fetch({ KERNEL_SOURCE: own })).toEqual({ code: 0, path: own, said: '' });
    writeFileSync(join(folder, 'own.zip'), '');
    expect(fetch({ KERNEL_SOURCE: join(folder, 'own.zip') }).code).toBe(1);
  });
});
