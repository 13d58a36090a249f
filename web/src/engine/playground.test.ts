// SPDX-License-Identifier: MIT
/** The whole engine over a machine that is not there, by a clock that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeMachine } from '../machine/fake-machine.js';
import { deferred } from './deferred.js';
import { failure } from './failures.js';
import { Playground, type Phase } from './playground.js';
import { Type } from './protocol.js';
import { TOO_LONG_MS, TOO_MANY_INSTRUCTIONS } from './start-watch.js';

let machines: FakeMachine[];
let told: string[];
let phase: Phase;
let prepare: (machine: FakeMachine) => void;
let playground: Playground;

const machine = () => machines.at(-1)!;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  machines = [];
  told = [];
  prepare = () => undefined;
  playground = new Playground(
    {
      random: (count) => crypto.getRandomValues(new Uint8Array(count)),
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (handle) => clearTimeout(handle as number),
      now: () => Date.now(),
      createMachine: () => {
        const made = new FakeMachine();
        made.agent.files.set('/proc/uptime', '100.00 99.00\n');
        prepare(made);
        machines.push(made);
        return made;
      },
    },
    {
      phase: (next) => {
        phase = next;
        told.push(next.name);
      },
      stall: (stall) => told.push(stall?.kind ?? 'heard'),
      session: (_, __, restored) => told.push(restored ? 'new session' : 'session again'),
      sessionLost: (guestToo) => told.push(guestToo ? 'guest lost' : 'session lost'),
    },
  );
});

afterEach(() => void vi.useRealTimers());

const failedWith = () => (phase.name === 'failed' ? phase.failure.kind : phase.name);

test('a start goes from loading to ready, and sets clock and randomness before anybody hears of the session', async () => {
  await playground.start();
  await playground.ready;
  expect(told.filter((word) => !/lost|heard/.test(word))).toEqual([
    'loading',
    'booting',
    'new session',
    'ready',
  ]);
  expect(machine().agent.asked[0]).toBe('type 15');
});

test('progress is told while files come', async () => {
  const starting = playground.start();
  machine().emit({ type: 'progress', file: 'snapshot.zst', loaded: 1, total: 2 });
  expect(phase).toEqual({ name: 'loading', file: 'snapshot.zst', loaded: 1, total: 2 });
  await starting;
});

test('exec gives text, readFile bytes, and errors are those of the guest', async () => {
  prepare = ({ agent }) => {
    agent.commands.set('true', { exitCode: 3, stdout: 'grüße', stderr: 'e' });
  };
  void playground.start();
  expect(await playground.exec('true')).toEqual({ exitCode: 3, stdout: 'grüße', stderr: 'e' });
  expect(await playground.readFile('/proc/uptime')).toEqual(new TextEncoder().encode('100.00 99.00\n'));
  await expect(playground.readFile('/none')).rejects.toThrow('read /none: No such file or directory');
});

test('what is cut is told: output by a sign, a file by a refusal', async () => {
  await playground.start();
  const { agent } = machine();
  for (const capped of [1, 2]) {
    agent.commands.set('yes', { stdout: 'y', capped });
    expect(await playground.exec('yes')).toEqual({ exitCode: 0, stdout: 'y', stderr: '', truncated: true });
  }
  agent.files.set('/long', 'x');
  agent.cappedFiles.add('/long');
  await expect(playground.readFile('/long')).rejects.toThrow('read /long: it has more than 16 MiB');
});

test('waitFor resolves when what it says is true of the guest, and wakes a guest that nobody sees', async () => {
  void playground.start();
  const waiting = playground.waitFor('ctx(42).tasks == 1');
  await vi.advanceTimersByTimeAsync(1000);
  playground.setVisible(false);
  expect(machine().done).toEqual(['start']);
  machine().agent.files.set('/proc/virtual/42/status', 'UseCnt:\t2\nTasks:\t1\n');
  await vi.advanceTimersByTimeAsync(100);
  await waiting;
  expect(machine().done).toEqual(['start', 'pause']);
});

test('waitFor rejects: at once what is no predicate, in time what is not true, and with the guest that is reset', async () => {
  await expect(playground.waitFor('ctx(42).flags has locks')).rejects.toThrow(
    "column 19: 'locks' is no context flag",
  );
  await playground.start();
  const late = playground.waitFor('ctx(42) exists', { timeout: 500 }).catch(String);
  await vi.advanceTimersByTimeAsync(500);
  expect(await late).toContain('has not become true within 0.5 s; last seen: ctx(42) is not there');
  const lost = playground.waitFor('ctx(42) exists').catch(String);
  await settle();
  await playground.reset();
  expect(await lost).toContain('a new session was opened');
});

test('a machine that does not start is a failure with its reason, and the next start may succeed', async () => {
  prepare = (made) => (made.boots = failure('damaged', 'bzImage: its sha256 is wrong.'));
  await playground.start();
  expect(failedWith()).toBe('damaged');
  await expect(playground.ready).rejects.toThrow('bzImage: its sha256 is wrong.');
  prepare = () => undefined;
  await playground.start();
  expect(phase.name).toBe('ready');
});

test('a panic is told at once, with the last words of the kernel, and ends the machine', async () => {
  await playground.start();
  machine().emit({ type: 'console', text: 'BUG: something\nKernel panic - not syncing: Fatal exception\n' });
  expect(failedWith()).toBe('panic');
  expect(phase.name === 'failed' && phase.console).toContain('BUG: something');
  expect(machine().done).toContain('dispose');
});

test('a guest that executes nothing is told within 2 s', async () => {
  await playground.start();
  await vi.advanceTimersByTimeAsync(1000);
  machine().executes = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect(failedWith()).toBe('halted');
});

test('a Worker that does not answer is told within 2 s, and given up after 10', async () => {
  await playground.start();
  await vi.advanceTimersByTimeAsync(1000);
  machine().answers = false;
  machine().agent.silent = true;
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('emulator-silent');
  expect(phase.name).toBe('ready');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(failedWith()).toBe('worker-gone');
});

test('a silent agent is told within 2 s, and is no failure', async () => {
  await playground.start();
  await vi.advanceTimersByTimeAsync(1000);
  machine().agent.silent = true;
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('agent-silent');
  expect(phase.name).toBe('ready');
});

test('a start that stands still is told within 2 s by what is missing, and taken back when it moves', async () => {
  prepare = (made) => (made.comesUp = false);
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('download-stalled');
  machine().emit({ type: 'progress', file: 'snapshot.zst', loaded: 1, total: 2 });
  expect(told.slice(-2)).toEqual(['heard', 'loading']);
  machine().emit({ type: 'loaded' });
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('emulator-starting');
  machine().answers = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(phase.name).toBe('loading');
});

test('a start that stands still can be started again', async () => {
  prepare = (made) => (made.comesUp = false);
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  const [first] = machines;
  prepare = () => undefined;
  await playground.start();
  expect(first?.done).toEqual(['start', 'dispose']);
  expect(phase.name).toBe('ready');
  expect(told.at(-1)).toBe('ready');
});

test('a restored guest that does not answer is told within 2 s, at the start and after a reset', async () => {
  prepare = ({ agent }) => (agent.silent = true);
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('restore-silent');
  machine().agent.silent = false;
  await vi.advanceTimersByTimeAsync(4000);
  expect(phase.name).toBe('ready');
  expect(told).toContain('heard');
  machine().agent.silent = true;
  playground.reset().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('restore-silent');
});

test('what the console tells and what the start rejects with is the phase without any timer', async () => {
  await playground.start();
  machine().emit({ type: 'console', text: 'reboot: Restarting system\n' });
  expect(failedWith()).toBe('rebooted');
  prepare = (made) => (made.boots = failure('download-failed', 'bzImage: the server answered 500.'));
  const before = Date.now();
  await playground.start();
  expect(failedWith()).toBe('download-failed');
  expect(Date.now()).toBe(before); // nobody turns the clock here
});

test('a guest that idles and whose agent never answers is given up after two minutes', async () => {
  prepare = ({ agent }) => (agent.silent = true);
  void playground.start();
  await vi.advanceTimersByTimeAsync(TOO_LONG_MS - 400);
  expect(phase.name).toBe('booting');
  await vi.advanceTimersByTimeAsync(400);
  expect(failedWith()).toBe('no-agent');
});

test('a guest that works and works without an answer is given up when it has done more than any boot', async () => {
  prepare = (made) => {
    made.agent.silent = true;
    made.speed = TOO_MANY_INSTRUCTIONS / 5;
  };
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(phase.name).toBe('booting');
  await vi.advanceTimersByTimeAsync(400);
  expect(failedWith()).toBe('no-agent');
});

test('a Worker that goes while the guest boots is told within 2 s, and given up after 10', async () => {
  prepare = (made) => {
    made.agent.silent = true;
    made.answers = false;
  };
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('emulator-silent');
  await vi.advanceTimersByTimeAsync(8000);
  expect(failedWith()).toBe('worker-gone');
});

test('reset restores in place, rejects what waits, and opens a new session', async () => {
  prepare = ({ agent }) => agent.commands.set('sleep', undefined);
  await playground.start();
  const waiting = playground.exec('sleep');
  await settle();
  const reset = playground.reset();
  expect(told.at(-1)).toBe('guest lost'); // at once: what is typed from here on is for the next one
  await expect(waiting).rejects.toThrow('a new session was opened');
  await reset;
  expect(machines).toHaveLength(1);
  expect(machine().done).toEqual(['start', 'restore']);
  expect(told.filter((word) => word === 'new session')).toHaveLength(2);
});

test('reset of a machine that was booted cold boots another', async () => {
  prepare = (made) => (made.boots = { from: 'cold', why: 'no snapshot' });
  for (const start of [() => playground.start(), () => playground.reset()]) {
    const started = start();
    await settle();
    expect(phase.name).toBe('booting');
    machine().agent.boot();
    await started;
    expect(phase.name).toBe('ready');
  }
  expect(machines).toHaveLength(2);
});

test('a machine that is to boot cold boots cold after a reset and a failure, too', async () => {
  const bootsCold = async (started: Promise<void>) => {
    await settle();
    expect(machine().done).toEqual(['start cold']);
    machine().agent.boot();
    await started;
    expect(phase.name).toBe('ready');
  };
  await bootsCold(playground.start({ cold: true }));
  await bootsCold(playground.reset());
  machine().fail('halted', '');
  await bootsCold(playground.start());
});

test('another agent is a session again, of the same guest', async () => {
  await playground.start();
  machine().agent.boot();
  await settle();
  expect(told.slice(-2)).toEqual(['session again', 'ready']);
});

test('an agent that starts once more is no stall', async () => {
  await playground.start();
  await vi.advanceTimersByTimeAsync(1000);
  told.length = 0;
  machine().agent.boot();
  await vi.advanceTimersByTimeAsync(4000);
  expect(told).toEqual(['session lost', 'session again', 'ready']);
});

test.each([
  ['idle', 1000],
  ['busy', TOO_MANY_INSTRUCTIONS / 2],
])(
  'an agent of a guest that is %s starts over and over: told within 2 s, given up after two minutes',
  async (_, speed) => {
    await playground.start();
    machine().speed = speed;
    await vi.advanceTimersByTimeAsync(1000);
    for (let ms = 0; ms < 2200; ms += 200) {
      machine().agent.boot();
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(told).toContain('agent-silent');
    expect(told.slice(told.indexOf('agent-silent'))).not.toContain('heard');
    expect(told).not.toContain('failed');
    for (let ms = 0; ms < TOO_LONG_MS; ms += 200) {
      machine().agent.boot();
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(phase.name === 'failed' && phase.failure.detail).toContain('For 120 s');
  },
);

test('an agent that opens a session and says no more is told within 2 s, and given up after two minutes', async () => {
  prepare = ({ agent }) => (agent.answersOnly = [Type.HELLO]);
  void playground.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(told.at(-1)).toBe('agent-silent');
  await vi.advanceTimersByTimeAsync(TOO_LONG_MS);
  expect(failedWith()).toBe('no-agent');
});

test('a restored guest is told as such when its first agent goes before the clock is set', async () => {
  await playground.start();
  machine().agent.answersOnly = [Type.HELLO];
  const reset = playground.reset();
  await settle();
  machine().agent.answersOnly = undefined;
  machine().agent.boot();
  await reset;
  expect(told.slice(-2)).toEqual(['new session', 'ready']);
});

test('between two agents ready is another promise, and exec waits for it', async () => {
  await playground.start();
  const first = playground.ready;
  const { agent } = machine();
  agent.commands.set('true', {});
  agent.boot();
  agent.silent = true;
  await settle();
  expect(playground.ready).not.toBe(first);
  const waiting = playground.exec('true');
  await settle();
  agent.silent = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect((await waiting).exitCode).toBe(0);
});

test('an agent that starts before anything was ready leaves those who wait with their promise', async () => {
  prepare = ({ agent }) => (agent.silent = true);
  void playground.start();
  await settle();
  const first = playground.ready;
  machine().agent.silent = false;
  machine().agent.boot();
  await vi.advanceTimersByTimeAsync(1000);
  await first;
  expect(playground.ready).toBe(first);
});

test('no session of the guest that goes makes a reset ready', async () => {
  await playground.start();
  const restored = deferred<void>();
  machine().restores = restored.promise;
  machine().agent.answersOnly = [Type.HELLO];
  machine().agent.boot(); // and its session waits for the clock
  await settle();
  const clock = machine().agent.asked.length;
  machine().agent.answersOnly = undefined;
  const reset = playground.reset();
  told.length = 0;
  machine().agent.boot();
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([]);
  expect(machine().agent.asked).toHaveLength(clock);
  restored.resolve();
  await reset;
  expect(told).toEqual(['new session', 'ready']);
});

test('the last words of the guest that goes do not end the one that comes', async () => {
  await playground.start();
  const restored = deferred<void>();
  machine().restores = restored.promise;
  const reset = playground.reset();
  machine().emit({ type: 'console', text: 'reboot: Restarting system\n' });
  machine().emit({ type: 'console', text: 'Kernel panic - not syncing: ' });
  restored.resolve();
  await reset;
  machine().emit({ type: 'console', text: 'x\n' });
  expect(phase.name).toBe('ready');
});

test('a reset during another takes its place: the first rejects, and one session comes', async () => {
  await playground.start();
  told.length = 0;
  const restored = deferred<void>();
  machine().restores = restored.promise;
  const first = playground.reset();
  const refused = expect(first).rejects.toThrow('the machine was reset');
  machine().restores = new Promise((resolve) => setTimeout(resolve, 500));
  const second = playground.reset();
  restored.resolve();
  await refused;
  await settle();
  expect(told).not.toContain('ready');
  await vi.advanceTimersByTimeAsync(500);
  await second;
  await playground.ready;
  expect(told.filter((word) => /session$|ready/.test(word))).toEqual(['new session', 'ready']);
});

test('a start during a reset takes its place, and the reset rejects with that', async () => {
  await playground.start();
  machine().restores = new Promise(() => undefined);
  const refused = expect(playground.reset()).rejects.toThrow('the machine was started again');
  await playground.start();
  await refused;
  expect(phase.name).toBe('ready');
});

test('a machine that fails during its reset is not asked any more', async () => {
  await playground.start();
  const restored = deferred<void>();
  machine().restores = restored.promise;
  const reset = playground.reset();
  machine().fail('halted', 'It was given up.');
  restored.resolve();
  await expect(reset).rejects.toThrow('It was given up.');
  told.length = 0;
  await vi.advanceTimersByTimeAsync(2 * TOO_LONG_MS);
  expect(told).toEqual([]);
});

test('an agent of another version is told at once, at the start and later', async () => {
  prepare = ({ agent }) => (agent.version = 2);
  await playground.start();
  const words =
    'The agent of the guest cannot be used. It cannot be talked to: the agent speaks version 2 of';
  await expect(playground.ready).rejects.toThrow(words);
  prepare = () => undefined;
  await playground.start();
  machine().agent.version = 2;
  machine().agent.boot();
  await settle();
  await expect(playground.ready).rejects.toThrow(words);
  expect(failedWith()).toBe('no-agent');
});

test('a hidden page pauses the guest but not what a script waits for, and sets the clock when it is back', async () => {
  await playground.start();
  playground.setVisible(false);
  expect(machine().done).toEqual(['start', 'pause']);
  machine().agent.commands.set('true', {});
  await playground.exec('true');
  expect(machine().done).toEqual(['start', 'pause', 'resume', 'pause']);
  const clocks = () => machine().agent.asked.filter((word) => word === 'type 15').length;
  const before = clocks();
  playground.setVisible(true);
  await settle();
  expect(clocks()).toBe(before + 1);
});

test('nothing is asked of a paused guest, and it is not taken for a dead one', async () => {
  await playground.start();
  playground.setVisible(false);
  machine().executes = false;
  told.length = 0;
  await vi.advanceTimersByTimeAsync(2 * TOO_LONG_MS);
  expect(told).toEqual([]);
});
