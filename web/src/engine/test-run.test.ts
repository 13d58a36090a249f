// SPDX-License-Identifier: MIT
/** Tests in a machine that is not there, by a clock that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeMachine } from '../machine/fake-machine.js';
import { deferred } from './deferred.js';
import { failure } from './failures.js';
import { testCommand } from './guest-tests.js';
import { Playground } from './playground.js';
import { Type } from './protocol.js';
import type { TapTest } from './tap-parser.js';
import { LOST, messageSplitter, STOPPED, verdictOf, type TestReport } from './test-run.js';
import { STOP_MS, TestRunner, type TestHost, type TestStep } from './test-runner.js';

const FILE = '1c-proc.t';
const ENDED: TestReport = { ...LOST, end: 'ended' };
const TEXT = '#!/usr/bin/perl\nok(1);\n';
const COMMAND = testCommand({ file: FILE, machine: 'v86', abi: 'i386' });
const MARK = `/run/archive-${'ab'.repeat(8)}`;
/** Enough for its client to ask again. */
const AGENT_COMES_MS = 200;
const UNPACK = `tar -xzf /run/archive.tgz -C / && rm /run/archive.tgz && touch ${MARK}`;

let made: FakeMachine[];
let readers: FakeMachine;
let runner: TestRunner;
let steps: TestStep[];
let seen: readonly TapTest[];
let fetched: number;
let dropped: number;
/** What a download of the archive waits for. */
let download: Promise<void>;

/** Hears nothing of a playground. */
const NOBODY = {
  phase: () => undefined,
  stall: () => undefined,
  session: () => undefined,
  sessionLost: () => undefined,
};
const settle = () => vi.advanceTimersByTimeAsync(0);
const own = () => made.at(-1)!;
const environment = (createMachine: () => FakeMachine) => ({
  random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
  createMachine,
});

function prepare(machine: FakeMachine): FakeMachine {
  machine.agent.files.set('/proc/uptime', '100.00 99.00\n');
  machine.agent.commands.set(`test -e ${MARK}`, { exitCode: 1 });
  machine.agent.commands.set(UNPACK, { exitCode: 0 });
  machine.agent.commands.set(COMMAND, undefined);
  return machine;
}

function start(host: TestHost, text = TEXT): Promise<TestReport> {
  const run = runner.run(
    host,
    { file: FILE, text },
    {
      onStep: (step) => steps.push(step),
      onTests: ({ tests }) => (seen = tests),
    },
  );
  run.catch(() => undefined);
  return run;
}

beforeEach(async () => {
  vi.useFakeTimers({ now: 0 });
  made = [];
  steps = [];
  seen = [];
  fetched = 0;
  dropped = 0;
  download = Promise.resolve();
  readers = prepare(new FakeMachine());
  const reader = new Playground(
    environment(() => readers),
    NOBODY,
  );
  await reader.start();
  runner = new TestRunner(
    environment(() => {
      made.push(prepare(new FakeMachine()));
      return own();
    }),
    async (onProgress, signal) => [
      {
        name: 'Perl',
        sha256: 'ab'.repeat(32),
        bytes: async () => {
          fetched++;
          signal.addEventListener('abort', () => dropped++);
          onProgress('perl.tgz', 1, 3);
          await download;
          onProgress('perl.tgz', 3, 3);
          return Uint8Array.of(1, 2, 3);
        },
      },
    ],
    reader,
  );
});
afterEach(() => void vi.useRealTimers());

test('checks are told as they come, cut anywhere, and what failed has its diagnostics', async () => {
  const run = start('own');
  await settle();
  own().agent.output(COMMAND, 'ok 1 - one\nnot ok 2 - t');
  await settle();
  expect(seen).toMatchObject([{ number: 1, ok: true, title: 'one' }]);
  own().agent.output(COMMAND, 'wö\n# failed at 1c-proc.t line 2\n');
  own().agent.output(COMMAND, '1..2\n');
  own().agent.end(COMMAND, { exitCode: 1, stderr: 'a word' });
  expect(await run).toEqual({
    tests: [
      { number: 1, ok: true, title: 'one', diagnostics: [] },
      { number: 2, ok: false, title: 'twö', diagnostics: ['failed at 1c-proc.t line 2'] },
    ],
    passed: 1,
    failed: 1,
    faults: ['It exited with 1.'],
    notes: [],
    stderr: 'a word',
    end: 'ended',
  });
});

test('the guest gets Perl once, the text each time, and the machine is put back between runs', async () => {
  for (const text of ['one\n', 'two\n']) {
    const run = start('own', text);
    await settle();
    expect(own().agent.files.get(`/tests/${FILE}`)).toBe(text);
    own().agent.end(COMMAND, {});
    expect((await run).faults).toEqual(['It has no plan.']);
    own().agent.commands.set(`test -e ${MARK}`, { exitCode: 0 });
  }
  expect(made).toHaveLength(1);
  expect(own().done.filter((what) => /start|restore/.test(what))).toEqual(['start', 'restore']);
  expect(fetched).toBe(1);
  expect(steps.map(({ name }) => name)).toContain('loading');
  // Nobody waits for it: it stands still.
  expect(own().done.at(-1)).toBe('pause');
});

test('the machine of the reader is not touched by a run in another, and is not put back by its own', async () => {
  const before = readers.agent.asked.length;
  const first = start('own');
  await settle();
  own().agent.end(COMMAND, {});
  await first;
  expect(readers.agent.asked.slice(before)).toEqual([]);
  const second = start('reader');
  await settle();
  readers.agent.output(COMMAND, 'ok 1 - here\n1..1\n');
  readers.agent.end(COMMAND, {});
  expect(await second).toMatchObject({ faults: [], end: 'ended', tests: [{ title: 'here' }] });
  expect(readers.done).not.toContain('restore');
});

test('one runs at a time in a machine, and two machines do not mind each other', async () => {
  const first = start('own');
  const beside = start('reader');
  await settle();
  await expect(start('own')).rejects.toThrow('1c-proc.t runs there');
  own().agent.end(COMMAND, {});
  readers.agent.end(COMMAND, {});
  expect([(await first).end, (await beside).end]).toEqual(['ended', 'ended']);
});

test('a stop is heard by the guest, and is no fault of the plan', async () => {
  const run = start('reader');
  await settle();
  readers.agent.output(COMMAND, 'ok 1 - one\n');
  await settle();
  runner.stop('reader');
  expect(await run).toMatchObject({ end: 'stopped', faults: ['It was stopped.'], tests: [{ number: 1 }] });
  expect(readers.agent.asked).toContain('cancel');
});

test('a guest that does not heed it loses its machine, and the next run has another', async () => {
  const run = start('own');
  await settle();
  own().agent.heedsCancel = false;
  runner.stop('own');
  await vi.advanceTimersByTimeAsync(STOP_MS - 1);
  expect(own().done).not.toContain('dispose');
  await vi.advanceTimersByTimeAsync(1);
  expect(await run).toMatchObject({ end: 'stopped', faults: ['It was stopped.'] });
  expect(own().done).toContain('dispose');
  void start('own');
  await settle();
  expect(made).toHaveLength(2);
  expect(steps.at(-1)).toEqual({ name: 'running' });
});

test('a stop while the machine comes up ends it at once', async () => {
  const slow = new FakeMachine();
  slow.comesUp = false;
  runner = new TestRunner(
    environment(() => slow),
    async () => [],
    { withAgent: () => Promise.reject(new Error()) },
  );
  const run = start('own');
  await settle();
  runner.stop('own');
  expect((await run).end).toBe('stopped');
  expect(slow.done).toContain('dispose');
});

test.each(['own', 'reader'] as const)(
  'a stop during the download of what %s needs ends both at once, and nothing comes of the download',
  async (host) => {
    const held = deferred<void>();
    download = held.promise;
    const run = start(host);
    await settle();
    expect(steps.at(-1)).toEqual({ name: 'loading', file: 'perl.tgz', loaded: 1, total: 3 });
    runner.stop(host);
    expect(await run).toMatchObject({ end: 'stopped' });
    expect(dropped).toBe(1);
    const guest = host === 'own' ? own() : readers;
    held.resolve();
    await settle();
    expect(guest.agent.files.has('/run/archive.tgz')).toBe(false);
    expect(steps.at(-1)).toMatchObject({ loaded: 1 });
    void start(host);
    await settle();
    expect(steps.at(-1)).toEqual({ name: 'running' });
  },
);

test('a stop while the guest unpacks ends the unpacking, and a run that was not begun is none', async () => {
  readers.agent.commands.set(UNPACK, undefined);
  const run = start('reader');
  await settle();
  expect(readers.agent.asked.at(-1)).toBe(`exec ${UNPACK}`);
  runner.stop('reader');
  expect(await run).toMatchObject({ end: 'stopped' });
  expect(readers.agent.asked.at(-1)).toBe('cancel');
});

test('a stop does not wait for a machine of the reader that is not up', async () => {
  readers.agent.silent = true;
  const late = new Playground(
    environment(() => readers),
    NOBODY,
  );
  void late.start();
  runner = new TestRunner(
    environment(() => own()),
    async () => [],
    late,
  );
  const run = start('reader');
  await settle();
  runner.stop('reader');
  expect(await run).toMatchObject({ end: 'stopped' });
});

test('a machine that dies while it gets Perl says of what', async () => {
  const run = start('own');
  own().agent.commands.set(UNPACK, undefined);
  await settle();
  own().fail('panic', 'Kernel panic - not syncing: test');
  expect(await run).toMatchObject({
    end: 'lost',
    tests: [],
    faults: [expect.stringContaining('The kernel panicked. Kernel panic - not syncing: test')],
  });
});

test('a machine that dies under the test says of what, and what was checked is kept', async () => {
  const run = start('own');
  await settle();
  own().agent.output(COMMAND, 'ok 1 - one\n');
  await settle();
  own().fail('panic', 'Kernel panic - not syncing: test');
  const report = await run;
  expect(report).toMatchObject({ end: 'lost', tests: [{ number: 1 }] });
  expect(report.faults.join()).toContain('The kernel panicked. Kernel panic - not syncing: test');
});

test('an agent that starts again has lost the test, in the machine of the reader too', async () => {
  const run = start('reader');
  await settle();
  readers.agent.boot();
  expect(await run).toMatchObject({
    end: 'lost',
    faults: ['The machine went away under the test, or its agent did.'],
  });
});

test('what its machine does when a run has ended is no step of that run', async () => {
  const run = start('own');
  await settle();
  own().agent.boot();
  own().agent.silent = true;
  expect(await run).toMatchObject({ end: 'lost' });
  const heard = [...steps];
  own().agent.silent = false;
  await vi.advanceTimersByTimeAsync(AGENT_COMES_MS);
  expect(own().agent.asked.at(-1)).toBe(`type ${Type.CLOCK.toString(16)}`);
  expect(steps).toEqual(heard);
  void start('own');
  await settle();
  expect(steps.at(-1)).toEqual({ name: 'running' });
});

test('a machine that does not come up is told with its reason, and the next run tries again', async () => {
  runner = new TestRunner(
    environment(() => {
      const machine = prepare(new FakeMachine());
      if (made.length === 0) machine.boots = failure('worker-gone', 'could not allocate memory');
      made.push(machine);
      return machine;
    }),
    async () => [],
    { withAgent: () => Promise.reject(new Error()) },
  );
  await expect(start('own')).rejects.toThrow('could not allocate memory');
  const again = start('own');
  await settle();
  own().agent.end(COMMAND, {});
  expect((await again).end).toBe('ended');
});

test('an archive that cannot be unpacked is named', async () => {
  readers.agent.commands.set(UNPACK, { exitCode: 1, stderr: 'tar: no space left\n' });
  await expect(start('reader')).rejects.toThrow(
    'Perl could not be unpacked in the guest: tar: no space left',
  );
});

test('of a test that prints without end so much is kept, all is counted, and a pass is a pass', async () => {
  const run = start('reader');
  await settle();
  for (let number = 1; number <= 30_000; number++)
    readers.agent.output(COMMAND, `ok ${number} - it\n# it is\n`);
  readers.agent.output(COMMAND, '1..30000\n');
  readers.agent.end(COMMAND, {});
  const report = await run;
  expect(report.tests).toHaveLength(10_000);
  expect(report).toMatchObject({ passed: 30_000, failed: 0, faults: [] });
  expect(report.notes).toEqual([
    'Checks that were counted and are not listed: 20000.',
    'Lines of diagnostics that are not kept: 20000.',
  ]);
  expect(verdictOf({ ...report, report, failure: undefined })).toBe('Passed');
});

test('a line without end is cut as it comes, and standard error too', async () => {
  const run = start('reader');
  await settle();
  readers.agent.output(COMMAND, '1..1\nok 1 - ');
  for (let count = 0; count < 100; count++) {
    readers.agent.output(COMMAND, 'x'.repeat(1000));
    readers.agent.output(COMMAND, 'y'.repeat(1000), 2);
  }
  readers.agent.end(COMMAND, {});
  const report = await run;
  expect(report.tests[0]?.title).toHaveLength(8185);
  expect(report.faults).toEqual(['Line 2 was cut: it has more than 8192 characters.']);
  expect(report.stderr).toBe('y'.repeat(65_536));
  expect(report.notes).toEqual(['Bytes of standard error that are not kept: 34464.']);
});

test('output beyond the cap is told', async () => {
  const run = start('reader');
  await settle();
  readers.agent.output(COMMAND, 'ok 1 - one\n1..1\n');
  readers.agent.end(COMMAND, { capped: 2 });
  expect((await run).faults).toEqual(['It printed more than 8 MiB; what came after is missing.']);
});

test.each([
  ['failed at 1c-proc.t line 33', ['failed at 1c-proc.t ', 33, '']],
  ['died at /tests/1c-proc.t line 7.', ['died at /tests/1c-proc.t ', 7, '.']],
  ['died at 1c-proc.t line 3, <$in> line 33.', ['died at 1c-proc.t ', 3, ', <$in> line 33.']],
  ['line 5: see 1c-proc.t line 5', ['line 5: see 1c-proc.t ', 5, '']],
  ['failed at lib/TAP.pm line 3', undefined],
  ['failed at 21c-proc.t line 3', undefined],
  ['1c-procxt line 3', undefined],
])('%s is split around the line that it names', (message, split) => {
  const [before, line, after] = split ?? [message, undefined, ''];
  expect(messageSplitter(FILE)(message)).toEqual({ before, line, after });
});

test.each([
  ['It could not run', { failure: 'no machine' }],
  ['Stopped', { report: STOPPED }],
  ['Broken off', { report: { ...LOST, faults: ['It is gone.'] } }],
  ['Failed', { report: ENDED, failed: 1 }],
  ['Failed', { report: { ...ENDED, faults: ['It exited with 1.'] } }],
  ['Passed', { report: ENDED }],
] as const)('the verdict is "%s" of %o', (verdict, run) => {
  expect(verdictOf({ failure: undefined, report: undefined, failed: 0, ...run })).toBe(verdict);
});
