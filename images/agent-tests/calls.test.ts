// SPDX-License-Identifier: GPL-2.0-only
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/project.ts';
import { boot, bytes, type Guest, MACHINES, run, sample, sha256, shutDown, text } from './guest.ts';

describe.each(MACHINES)('agent in %s: calls', (name) => {
  let guest: Guest;
  beforeAll(async () => void (guest = await boot(name)));
  afterAll(() => shutDown(guest));
  const client = () => guest.client;

  describe('EXEC', () => {
    it('returns exit code, stdout and stderr apart', async () => {
      const result = await client().exec('echo out; echo err >&2; exit 7');
      expect([text(result.stdout), text(result.stderr)]).toEqual(['out\n', 'err\n']);
      expect(result).toMatchObject({
        exitCode: 7,
        signal: null,
        reason: 'exited',
        stdoutCapped: false,
        stderrCapped: false,
      });
    });

    it('returns bytes as they are', async () => {
      const data = sample(5000);
      await client().writeFile('/tmp/bytes', data);
      expect((await client().exec('cat /tmp/bytes')).stdout).toEqual(data);
    });

    it('tells of a signal', async () => {
      expect(await client().exec('kill -SEGV $$')).toMatchObject({ exitCode: 139, signal: 11 });
    });

    it('closes stdin, opens a session of its own, and gives the environment of the contract', async () => {
      expect(
        await run(client(), 'wc -c; test $(cut -d" " -f6 /proc/$$/stat) = $$ && echo leads; env | sort'),
      ).toBe(
        '0\nleads\nHOME=/root\nLANG=C.UTF-8\nPATH=/sbin:/usr/sbin:/bin:/usr/bin\nPWD=/root\nSHLVL=1\nTERM=xterm-256color\n',
      );
    });

    it('protects the agent from the OOM killer, and nothing that it starts', async () => {
      expect(await run(client(), 'cat /proc/$(pidof agent)/oom_score_adj /proc/self/oom_score_adj')).toBe(
        '-1000\n0\n',
      );
    });

    it('kills the whole process group at the timeout', async () => {
      const result = await client().exec('echo started; sleep 1234 & sleep 1234', { timeoutMs: 300 });
      expect(result).toMatchObject({ reason: 'timeout', signal: 9 });
      expect(text(result.stdout)).toBe('started\n');
      expect((await client().exec('ps | grep "[s]leep 1234"')).exitCode).toBe(1);
    });

    it('kills it when cancelled', async () => {
      const controller = new AbortController();
      const result = await client().exec('echo ready; sleep 2345', {
        signal: controller.signal,
        onOutput: () => controller.abort(),
      });
      expect(result).toMatchObject({ reason: 'cancelled', signal: 9 });
      expect((await client().exec('ps | grep "[s]leep 2345"')).exitCode).toBe(1);
    });

    it('cuts each stream at its cap and says which', async () => {
      const result = await client().exec('head -c 200000 /dev/zero; echo fine >&2', { capBytes: 1000 });
      expect(result).toMatchObject({ exitCode: 0, stdoutCapped: true, stderrCapped: false });
      expect(result.stdout).toHaveLength(1000);
    });

    it('caps at 1 MiB by itself, without blocking the command', async () => {
      const result = await client().exec('head -c 1500000 /dev/zero && echo done >&2');
      expect(result).toMatchObject({ exitCode: 0, stdoutCapped: true });
      expect(result.stdout).toHaveLength(1024 * 1024);
      expect(text(result.stderr)).toBe('done\n');
    });

    it('does not wait for background children that hold the pipes', async () => {
      const result = await client().exec('sleep 3456 & echo $!');
      expect(result).toMatchObject({ exitCode: 0, reason: 'exited' });
      await run(client(), `kill ${text(result.stdout)}`);
    });

    it('runs many at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, i) => client().exec(`echo ${i}; exit ${i}`)),
      );
      expect(results.map((result) => [text(result.stdout), result.exitCode])).toEqual(
        Array.from({ length: 40 }, (_, i) => [`${i}\n`, i]),
      );
    });

    it('takes a command of 150 KB and refuses one over 160 KiB', async () => {
      const long = (length: number): string => `: ${'x'.repeat(100)}\n`.repeat(length / 103);
      expect((await client().exec(`${long(120_000)}exit 5`)).exitCode).toBe(5);
      await expect(client().exec(long(170_000))).rejects.toMatchObject({ name: 'AgentError', errno: 7 });
    });
  });

  describe('READ and WRITE', () => {
    it('carries 3 MB there and back', async () => {
      const data = sample(3_000_000);
      await client().writeFile('/tmp/large', data);
      expect(await run(client(), 'sha256sum < /tmp/large')).toBe(`${sha256(data)}  -\n`);
      const { bytes: back, capped } = await client().readFile('/tmp/large');
      expect(capped).toBe(false);
      expect(sha256(back)).toBe(sha256(data));
      await run(client(), 'rm /tmp/large');
    });

    it('sets the mode, truncates, and appends', async () => {
      await client().writeFile('/tmp/file', bytes('a longer line\n'), { mode: 0o750 });
      await client().writeFile('/tmp/file', bytes('one\n'));
      await client().writeFile('/tmp/file', bytes('two\n'), { append: true });
      expect(await run(client(), 'stat -c %a /tmp/file; cat /tmp/file')).toBe('750\none\ntwo\n');
    });

    it('says where a capped file was cut, and only then', async () => {
      await client().writeFile('/tmp/ten', bytes('0123456789'));
      expect(await client().readFile('/tmp/ten', { capBytes: 4 })).toEqual({
        bytes: bytes('0123'),
        capped: true,
      });
      expect(await client().readFile('/tmp/ten', { capBytes: 10 })).toEqual({
        bytes: bytes('0123456789'),
        capped: false,
      });
    });

    it('reads an empty file, and one of /proc, whose size says nothing', async () => {
      await client().writeFile('/tmp/empty', new Uint8Array(0));
      expect((await client().readFile('/tmp/empty')).bytes).toHaveLength(0);
      expect(text((await client().readFile('/proc/sys/kernel/ostype')).bytes)).toBe('Linux\n');
    });

    it('writes to /proc', async () => {
      await client().writeFile('/proc/sys/kernel/domainname', bytes('example\n'));
      expect(await run(client(), 'cat /proc/sys/kernel/domainname')).toBe('example\n');
    });

    it.each([
      ['/none', 2, 'read /none: No such file or directory'],
      ['/tmp', 21, 'read: Is a directory'],
      [`/${'x'.repeat(300)}`, 36, `read /${'x'.repeat(300)}: Filename too long`],
    ])('refuses to read %s', async (path, errno, message) => {
      await expect(client().readFile(path)).rejects.toMatchObject({ errno, message });
    });

    it('does not wait for the other end of a fifo', async () => {
      await run(client(), 'mkfifo /tmp/fifo');
      expect((await client().readFile('/tmp/fifo')).bytes).toHaveLength(0);
      await expect(client().writeFile('/tmp/fifo', bytes('x'))).rejects.toMatchObject({ errno: 6 });
    });

    it('names a full file system', async () => {
      await run(client(), 'mkdir /tmp/small && mount -t tmpfs -o size=64k none /tmp/small');
      await expect(client().writeFile('/tmp/small/file', sample(200_000))).rejects.toMatchObject({
        errno: 28,
        message: 'write /tmp/small/file: No space left on device',
      });
    });
  });

  describe('SNAPSHOT', () => {
    it('follows patterns, and tells the time of both clocks', async () => {
      const { files, boottimeNs, monotonicNs } = await client().snapshot([
        '*/comm',
        'sys/kernel/ostype',
        'nothing/here',
      ]);
      expect(files.get('1/comm')).toEqual({ bytes: bytes('init\n') });
      expect(files.get('sys/kernel/ostype')).toEqual({ bytes: bytes('Linux\n') });
      expect(files.get('nothing/here')).toEqual({ errno: 2 });
      expect([...files.keys()].filter((path) => !/^(\d+\/comm|sys.*|nothing.*)$/.test(path))).toEqual([]);
      expect(boottimeNs).toBeGreaterThanOrEqual(monotonicNs);
      const uptime = Number(await run(client(), 'cut -d" " -f1 /proc/uptime'));
      expect(Math.abs(uptime - Number(boottimeNs) / 1e9)).toBeLessThan(5);
    });

    it('reads all of a tree that is larger than any buffer', async () => {
      const { files } = await client().snapshot(['*/smaps', '*/status', '*/maps']);
      expect(files.size).toBeGreaterThan(50);
      const status = files.get('1/status') as { bytes: Uint8Array };
      expect(text(status.bytes)).toMatch(/^Name:\tinit\n/);
    });

    describe('of long files in the place of the kernel’s', () => {
      beforeAll(async () => void (await run(client(), 'mount -t tmpfs none /proc/virtual')));
      afterAll(async () => void (await run(client(), 'umount -l /proc/virtual')));

      it('has the first 8 KiB of each, and says which are cut, kept open or not', async () => {
        const data = sample(8193);
        const start = data.subarray(0, 8192);
        await client().writeFile('/proc/virtual/long', data);
        await client().writeFile('/proc/virtual/full', start);
        for (let reading = 0; reading < 2; reading++) {
          const { files } = await client().snapshot(['virtual/*']);
          expect(files.get('virtual/long')).toEqual({ bytes: start, cut: true });
          expect(files.get('virtual/full')).toEqual({ bytes: start });
        }
        await run(client(), 'echo >> /proc/virtual/full');
        const { files } = await client().snapshot(['virtual/full']);
        expect(files.get('virtual/full')).toEqual({ bytes: start, cut: true });
      });

      it('is refused when it is too large in all, and the next one is not', async () => {
        await run(client(), 'cd /proc/virtual; for i in $(seq 520); do cp long $i; done');
        const refusal = { errno: 27, message: 'snapshot: File too large' };
        await expect(client().snapshot(['virtual/*'])).rejects.toMatchObject(refusal);
        expect((await client().snapshot(['virtual/1'])).files.size).toBe(1);
      });
    });

    it('does not leave /proc', async () => {
      const { files } = await client().snapshot(['../etc/passwd', '/etc/passwd']);
      expect([...files.keys()]).toEqual([]);
    });

    it('forks nothing and keeps no more open than after the first', async () => {
      const state = async (): Promise<string> =>
        text((await client().readFile('/proc/stat')).bytes).match(/^processes .*/m)![0];
      const open = 'ls /proc/$(pidof agent)/fd | wc -l';
      await client().snapshot(['*/status']);
      const before = [await run(client(), open), await state()];
      for (let i = 0; i < 20; i++) await client().snapshot(['*/status']);
      const after = await state();
      expect([await run(client(), open), after]).toEqual(before);
    });
  });

  it('CLOCK sets the time to the millisecond and accepts a seed', async () => {
    const then = Date.UTC(2031, 4, 6, 7, 8, 9, 123);
    await client().setClock(then, sample(32));
    const now = Number(await run(client(), 'date +%s'));
    expect(now).toBeGreaterThanOrEqual(Math.floor(then / 1000));
    expect(now).toBeLessThan(then / 1000 + 10);
    await client().setClock(Date.now(), sample(32));
  });

  it('every applet of busybox has its link', async () => {
    const applets = (await run(client(), 'busybox --list-full')).split('\n');
    const wanted = applets
      .filter((path) => path && !['linuxrc', 'sbin/init', 'bin/busybox'].includes(path))
      .sort();
    expect(readFileSync(join(ROOT, 'images/applets.txt'), 'utf8').split('\n').filter(Boolean).sort()).toEqual(
      wanted,
    );
  });
});
