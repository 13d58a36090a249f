// SPDX-License-Identifier: MIT
/** Over the fake agent, by a clock that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeAgent } from '../machine/fake-agent.js';
import { AgentClient } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { COMMAND_MS, READ_BYTES } from './predicate-reading.js';
import {
  COMMANDS_AT_ONCE,
  LONGEST_REST_MS,
  PredicateWatch,
  SHARED_MS,
  waitFor,
  WATCH_MS,
  type WaitReader,
} from './predicate-watch.js';
import { parsePredicate } from './predicate.js';
import { Type } from './protocol.js';

const STATUS = '/proc/virtual/100/status';
const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};

let guest: FakeAgent;
let agent: AgentClient;
/** What a watch told. */
let told: string[];
let watch: PredicateWatch;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const asked = (word: string) => guest.asked.filter((what) => what.startsWith(word));
const wait = (text: string, options = {}) => waitFor(parsePredicate(text), agent, timers, options);
/** How a wait has ended so far. */
function outcomeOf(waiting: Promise<void>): { now: string } {
  const outcome = { now: 'waits' };
  waiting.then(
    () => (outcome.now = 'true'),
    (error: unknown) => (outcome.now = String(error)),
  );
  return outcome;
}
const tasks = (count: number) => `UseCnt:\t3\nTasks:\t${count}\nFlags:\t0000000400000000\n`;

beforeEach(async () => {
  vi.useFakeTimers({ now: 0 });
  guest = new FakeAgent();
  agent = new AgentClient(guest, { ...timers, random: (count) => new Uint8Array(count).fill(7) });
  await agent.openSession();
  told = [];
  watch = new PredicateWatch(timers, { truth: (key, holds) => told.push(`${key} ${holds}`) });
});
afterEach(() => void vi.useRealTimers());

test('what is true already is so with the first reading', async () => {
  guest.files.set(STATUS, tasks(1));
  const outcome = outcomeOf(wait('ctx(100) exists'));
  await pass(0);
  expect(outcome.now).toBe('true');
  expect(asked('snapshot')).toEqual(['snapshot virtual/100/status']);
  await pass(5000);
  expect(asked('snapshot')).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('it is looked for again 100 ms after each reading, and found', async () => {
  const outcome = outcomeOf(wait('ctx(100).tasks >= 2'));
  await pass(10 * WATCH_MS);
  expect(asked('snapshot')).toHaveLength(11);
  guest.files.set(STATUS, tasks(1));
  await pass(10 * WATCH_MS);
  expect(outcome.now).toBe('waits');
  guest.files.set(STATUS, tasks(2));
  await pass(WATCH_MS);
  expect(outcome.now).toBe('true');
});

test('all of /proc is read in one snapshot, the file that leads to it before', async () => {
  guest.files.set('/run/vservers/web', '100\n77\n0\n0\n').set(STATUS, tasks(1));
  guest.files.set('/proc/virtual/status', '#CTotal:\t1\n#CActive:\t1\n').set('/etc/hostname', 'a\n');
  const outcome = outcomeOf(
    wait('ctx("web").tasks == 1 and count(ctx) == 1 and file("/etc/hostname") == "a"'),
  );
  await pass(0);
  expect(outcome.now).toBe('true');
  expect(guest.asked).toEqual(['snapshot virtual/100/status virtual/status']);
});

test('what speaks of no file of /proc asks for no snapshot, which would be of all', async () => {
  const outcome = outcomeOf(wait('ctx("web") exists or file("/a") exists'));
  await pass(3 * WATCH_MS);
  guest.files.set('/a', '');
  await pass(WATCH_MS);
  expect(outcome.now).toBe('true');
  expect(asked('snapshot')).toEqual([]);
});

test('a wait that is in vain says for what, how long, and what was seen last', async () => {
  guest.files.set(STATUS, tasks(1));
  const outcome = outcomeOf(wait(' ctx(100).tasks >= 2 and file("/a") exists ', { timeoutMs: 1500 }));
  await pass(1499);
  expect(outcome.now).toBe('waits');
  await pass(1);
  expect(outcome.now).toBe(
    'Error: ctx(100).tasks >= 2 and file("/a") exists has not become true within 1.5 s; ' +
      'last seen: ctx(100).tasks is 1, file("/a") is not there',
  );
  await pass(5000);
  expect(vi.getTimerCount()).toBe(0);
});

test('half a minute is waited when nothing is said, and only a time that a timer can take', async () => {
  const outcome = outcomeOf(wait('ctx(100) exists'));
  await pass(29_999);
  expect(outcome.now).toBe('waits');
  await pass(1);
  expect(outcome.now).toContain('has not become true within 30 s; last seen: ctx(100) is not there');
  for (const timeoutMs of [0, -1, NaN, Infinity, 2 ** 31])
    await expect(wait('ctx(100) exists', { timeoutMs })).rejects.toThrow(
      'a wait takes from 1 to 2147483647 ms',
    );
});

test('a guest that does not answer, or refuses, is waited for, and that is what was seen', async () => {
  guest.answersOnly = [];
  const silent = outcomeOf(wait('ctx(100) exists', { timeoutMs: 1000 }));
  await pass(1000);
  expect(silent.now).toContain('within 1 s; the guest has not answered');
  guest.answersOnly = undefined;
  guest.refusesSnapshots = 'snapshot: Cannot allocate memory';
  const refused = outcomeOf(wait('ctx(100) exists', { timeoutMs: 1000 }));
  await pass(1000);
  expect(refused.now).toContain('within 1 s; last seen: snapshot: Cannot allocate memory');
});

test('a wait ends with the session: closed, lost, or followed by another between two readings', async () => {
  for (const lose of [async () => agent.openSession(), async () => guest.boot(), async () => agent.close()]) {
    const outcome = outcomeOf(wait('ctx(100) exists'));
    const file = outcomeOf(wait('file("/a") exists'));
    await pass(WATCH_MS / 2);
    expect([outcome.now, file.now]).toEqual(['waits', 'waits']);
    await lose();
    await pass(WATCH_MS);
    expect(outcome.now).toMatch(/^SessionLostError: /);
    expect(file.now).toMatch(/^SessionLostError: /);
    expect(vi.getTimerCount()).toBe(0);
  }
});

test('a wait that is cancelled ends at once, and so does its command', async () => {
  guest.commands.set('true', undefined);
  const cancellation = new Cancellation();
  const outcome = outcomeOf(wait('run("true").exit == 0', { signal: cancellation }));
  await pass(WATCH_MS);
  expect(guest.asked).toEqual(['exec true']);
  cancellation.abort();
  await pass(0);
  expect(outcome.now).toMatch(/^Error: run\("true"\).exit == 0 is waited for no more; the guest has not/);
  expect(guest.asked).toEqual(['exec true', 'cancel']);
  await expect(wait('ctx(100) exists', { signal: cancellation })).rejects.toThrow('is waited for no more');
  await pass(5000);
  expect(guest.asked).toHaveLength(2);
});

interface Slow {
  readonly reader: WaitReader;
  /** When which command began. */
  readonly runs: [number, string][];
  /** What it was asked with. */
  readonly limits: unknown[];
  /** The most commands at a time. */
  most: number;
  /** Who hears of sessions. */
  hearers: number;
}

/** An agent whose commands take `takes` ms, and are not ended by who cancels them. */
function slow(takes: number): Slow {
  let running = 0;
  const nothing = new Uint8Array(0);
  const reader: WaitReader = {
    snapshot: (patterns) => agent.snapshot(patterns),
    readFile: (path, options) => {
      machine.limits.push(options);
      return agent.readFile(path, options);
    },
    onSession: (listener) => {
      machine.hearers++;
      const unhear = agent.onSession(listener);
      return () => machine.hearers-- && unhear();
    },
    exec: async (command, { timeoutMs, capBytes } = {}) => {
      machine.most = Math.max(machine.most, ++running);
      machine.runs.push([Date.now(), command]);
      machine.limits.push({ timeoutMs, capBytes });
      await new Promise((resolve) => setTimeout(resolve, takes));
      running--;
      const reason = takes > (timeoutMs ?? Infinity) ? 'timeout' : 'exited';
      const output = { stdout: nothing, stderr: nothing, stdoutCapped: false, stderrCapped: false };
      return { exitCode: 1, signal: null, reason, ...output };
    },
  };
  const machine: Slow = { reader, runs: [], limits: [], most: 0, hearers: 0 };
  return machine;
}

test('a reading runs a command once, beside those of others, with a limit, and the guest has as long for itself after them', async () => {
  const machine = slow(200);
  watch.watch('a', parsePredicate('run("a").exit == 0 or run("b").exit == 0'));
  watch.watch('c', parsePredicate('run("a").exit == 0 or run("c").exit == 0'));
  watch.readFrom(machine.reader);
  await pass(1599);
  const round = (start: number) => [[start, 'a'], [start + 200, 'b'], [start + 200, 'c']]; // prettier-ignore
  expect(machine.runs).toEqual([...round(0), ...round(800)]);
  expect(machine.most).toBe(2);
  expect(machine.limits[0]).toEqual({ timeoutMs: COMMAND_MS, capBytes: READ_BYTES });
});

test('only so many commands run at a time, and each has its turn', async () => {
  const machine = slow(100);
  const names = [...'abcdefghij'];
  for (const name of names) watch.watch(name, parsePredicate(`run("${name}").exit == 1`));
  watch.readFrom(machine.reader);
  await pass(300);
  expect(machine.most).toBe(COMMANDS_AT_ONCE);
  expect(told).toEqual(names.map((name) => `${name} true`));
});

test('a command that hangs holds up what cannot be told without it, and nothing else', async () => {
  const machine = slow(4000);
  watch.watch('hangs', parsePredicate('run("x").exit == 1 and ctx(100).tasks == 1'));
  watch.watch('made', parsePredicate('ctx(100) exists'));
  watch.watch('told', parsePredicate('ctx(100) exists or run("x").exit == 0'));
  guest.files.set(STATUS, tasks(1));
  watch.readFrom(machine.reader);
  await pass(0);
  expect(told.splice(0)).toEqual(['made true', 'told true']);
  guest.files.set(STATUS, tasks(2));
  watch.watch('two', parsePredicate('ctx(100).tasks == 2'));
  await pass(SHARED_MS + 2);
  expect(told.splice(0)).toEqual(['two true']);
  guest.files.delete(STATUS);
  await pass(WATCH_MS + 2);
  // Now that cannot be told without the command either; it runs for this reading, too.
  expect(told.splice(0)).toEqual(['made false', 'two false']);
  await pass(4000 - SHARED_MS - WATCH_MS - 4);
  // By what was there when its reading began.
  expect(told.splice(0)).toEqual(['hangs true']);
  await pass(SHARED_MS + WATCH_MS + 4);
  expect(told.splice(0)).toEqual(['told false']);
  expect(machine.runs.map(([, name]) => name)).toEqual(['x', 'x']);
});

test('what is watched as one is told as one, by one snapshot, when all of it can be told', async () => {
  const machine = slow(2000);
  const units: string[][] = [];
  watch = new PredicateWatch(timers, {
    truth: (key, holds) => told.push(`${key} ${holds}`),
    read: (_, names) => units.push([...names]),
  });
  watch.watch('check', parsePredicate('run("x").exit == 1'), 'step');
  watch.watch('hint', parsePredicate('ctx(100) exists'), 'step');
  watch.watch('other', parsePredicate('not ctx(100) exists'));
  watch.readFrom(machine.reader);
  await pass(0);
  guest.files.set(STATUS, tasks(1));
  await pass(1999);
  expect(told).toEqual(['other true', 'other false']);
  await pass(1);
  expect(told.slice(2)).toEqual(['check true', 'hint false']);
  expect(units.at(-1)).toEqual(['step']);
  expect(new Set(units.slice(0, -1).flat())).toEqual(new Set(['other']));
});

test('no reading begins for what still runs of the last one', async () => {
  const machine = slow(COMMAND_MS);
  watch.watch('a', parsePredicate('run("x").exit == 0'));
  watch.watch('b', parsePredicate('ctx(100) exists'));
  watch.readFrom(machine.reader);
  await pass(COMMAND_MS - 1);
  expect(machine.runs).toHaveLength(1);
  watch.watch('a', parsePredicate('run("y").exit == 0'));
  await pass(1);
  expect(machine.runs).toHaveLength(1);
  // The first of the new one; what the old one came to is not taken for it.
  await pass(LONGEST_REST_MS);
  expect(machine.runs.map(([, name]) => name)).toEqual(['x', 'y']);
  expect(told).toEqual(['b false']);
});

test('no more of a file is asked for than is looked at', async () => {
  const machine = slow(0);
  watch.watch('a', parsePredicate('file("/a") exists'));
  watch.readFrom(machine.reader);
  await pass(0);
  expect(machine.limits).toEqual([{ capBytes: READ_BYTES }]);
});

test('no reading begins while commands of another reader run, whatever is watched meanwhile', async () => {
  const machine = slow(300);
  const other = { ...machine.reader };
  watch.watch('a', parsePredicate('run("a").exit == 0'));
  watch.readFrom(machine.reader);
  await pass(100);
  watch.watch('b', parsePredicate('run("b").exit == 0'));
  watch.readFrom(undefined);
  watch.readFrom(other);
  await pass(2000);
  const [first, ...then] = machine.runs;
  expect(first).toEqual([0, 'a']);
  expect(then.every(([at]) => at >= 300)).toBe(true);
  expect(new Set(then.map(([, name]) => name))).toEqual(new Set(['a', 'b']));
});

test('of a reading that is ended no command follows, and nothing more is told', async () => {
  const machine = slow(300);
  watch.watch('a', parsePredicate('run("a").exit == 0 or run("b").exit == 0'));
  watch.watch('c', parsePredicate('ctx(100) exists'));
  watch.readFrom(machine.reader);
  await pass(100);
  watch.readFrom(undefined);
  await pass(2000);
  expect(machine.runs).toEqual([[0, 'a']]);
  expect(told).toEqual(['c false']);
});

test('who is read from already may be said again: nothing is ended', async () => {
  guest.commands.set('x', undefined);
  watch.watch('a', parsePredicate('run("x").exit == 0'));
  watch.readFrom(agent);
  await pass(WATCH_MS);
  watch.readFrom(agent);
  await pass(WATCH_MS);
  expect(guest.asked).toEqual(['exec x']);
});

test('a listener may end it all: nothing more is told', async () => {
  watch = new PredicateWatch(timers, {
    truth: (key) => {
      told.push(key);
      watch.readFrom(undefined);
    },
  });
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.watch('b', parsePredicate('ctx(100) exists'));
  watch.readFrom(agent);
  await pass(5000);
  expect(told).toEqual(['a']);
});

test('when a wait is over nobody is listened to any more', async () => {
  const machine = slow(0);
  const listening = new Set<unknown>();
  const signal = {
    aborted: false,
    addEventListener: (_: string, listener: unknown) => void listening.add(listener),
    removeEventListener: (_: string, listener: unknown) => void listening.delete(listener),
  };
  const predicate = parsePredicate('not ctx(100) exists');
  const outcome = outcomeOf(waitFor(predicate, machine.reader, timers, { signal }));
  expect([machine.hearers, listening.size]).toEqual([1, 1]);
  await pass(0);
  expect(outcome.now).toBe('true');
  expect([machine.hearers, listening.size]).toEqual([0, 0]);
});

test('after commands that take long it rests no longer than a second; one that is killed is false', async () => {
  const machine = slow(COMMAND_MS + 1);
  watch.watch('a', parsePredicate('run("a").exit != 0'));
  watch.readFrom(machine.reader);
  await pass(COMMAND_MS + 1 + LONGEST_REST_MS);
  expect(machine.runs).toHaveLength(2);
  expect(told).toEqual(['a false']);
});

test('a watch tells each change of truth, and nothing else', async () => {
  watch.watch('made', parsePredicate('ctx(100) exists'));
  watch.watch('two', parsePredicate('ctx(100).tasks == 2'));
  watch.readFrom(agent);
  await pass(5 * WATCH_MS);
  expect(told.splice(0)).toEqual(['made false', 'two false']);
  guest.files.set(STATUS, tasks(1));
  await pass(WATCH_MS);
  expect(told.splice(0)).toEqual(['made true']);
  guest.files.set(STATUS, tasks(2));
  await pass(5 * WATCH_MS);
  expect(told.splice(0)).toEqual(['two true']);
  guest.files.delete(STATUS);
  await pass(5 * WATCH_MS);
  expect(told.splice(0)).toEqual(['made false', 'two false']);
  expect(new Set(asked('snapshot'))).toEqual(new Set(['snapshot virtual/100/status']));
});

test('what is watched no more is not told, and nothing is read when nothing is watched', async () => {
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.readFrom(agent);
  await pass(WATCH_MS);
  watch.watch('a', parsePredicate('ctx(100) exists')); // the same
  await pass(WATCH_MS);
  watch.watch('a', parsePredicate('not ctx(100) exists'));
  await pass(WATCH_MS);
  expect(told).toEqual(['a false', 'a true']);
  watch.watch('a', parsePredicate('not ctx(101) exists')); // another: told first when it is first known
  await pass(WATCH_MS);
  expect(told).toEqual(['a false', 'a true', 'a true']);
  watch.watch('a', undefined);
  const count = guest.asked.length;
  await pass(5000);
  expect(guest.asked).toHaveLength(count);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is put in the place of a predicate while it is read is not taken for it', async () => {
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.watch('b', parsePredicate('ctx(100) exists'));
  const { reader } = slow(0);
  reader.snapshot = (patterns) => {
    watch.watch('b', parsePredicate('not ctx(100) exists'));
    return agent.snapshot(patterns);
  };
  watch.readFrom(reader);
  await pass(0);
  expect(told).toEqual(['a false']);
  await pass(WATCH_MS);
  expect(told).toEqual(['a false', 'b true']);
});

test('while nobody looks nothing is read and nothing is told; then what has changed is', async () => {
  guest.files.set(STATUS, tasks(1));
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.readFrom(agent);
  await pass(WATCH_MS);
  watch.readFrom(undefined);
  guest.files.delete(STATUS);
  await pass(5000);
  expect(told).toEqual(['a true']);
  watch.readFrom(agent);
  await pass(WATCH_MS);
  expect(told).toEqual(['a true', 'a false']);
});

test('what a reader says that is read from no more is not told', async () => {
  guest.commands.set('x', undefined);
  watch.watch('a', parsePredicate('run("x").exit == 0'));
  watch.readFrom(agent);
  await pass(WATCH_MS);
  expect(asked('exec')).toEqual(['exec x']);
  watch.readFrom(undefined);
  await pass(0);
  expect(guest.asked.at(-1)).toBe('cancel');
});

test('after a lost session nothing is read until there is another, and truth is as before until then', async () => {
  const found: string[] = [];
  watch = new PredicateWatch(timers, {
    truth: (key, holds) => told.push(`${key} ${holds}`),
    read: (facts) => found.push(facts instanceof Error ? facts.name : 'facts'),
  });
  guest.files.set(STATUS, tasks(1));
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.readFrom(agent);
  await pass(0);
  guest.answersOnly = [Type.HELLO];
  await pass(WATCH_MS);
  const count = asked('snapshot').length;
  await agent.openSession();
  await pass(5000);
  expect(found).toEqual(['facts', 'SessionLostError']);
  expect(asked('snapshot')).toHaveLength(count);
  guest.answersOnly = undefined;
  guest.files.delete(STATUS);
  watch.readFrom(agent);
  await pass(WATCH_MS);
  expect(told).toEqual(['a true', 'a false']);
});

test('a refusal is told, is no change, and is followed by the next reading', async () => {
  guest.files.set(STATUS, tasks(1));
  watch.watch('a', parsePredicate('ctx(100) exists'));
  watch.readFrom(agent);
  await pass(0);
  guest.refusesSnapshots = 'snapshot: Cannot allocate memory';
  await pass(5 * WATCH_MS);
  expect(told).toEqual(['a true']);
  guest.refusesSnapshots = '';
  guest.files.delete(STATUS);
  await pass(WATCH_MS);
  expect(told).toEqual(['a true', 'a false']);
});
