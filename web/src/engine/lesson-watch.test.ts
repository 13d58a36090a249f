// SPDX-License-Identifier: MIT
import { describe, expect, it, vi } from 'vitest';
import { LessonWatch } from './lesson-watch.js';
import { ProgressBook, type StepProgress } from './lesson-progress.js';
import type { Lesson, LessonStep } from './lesson.js';
import type { PredicateReader } from './predicate-reading.js';

const step = (slug: string, check: string, more: Partial<LessonStep> = {}): LessonStep => ({
  ...{ slug, title: slug, body: [], check, needs: [], undoes: [], hints: [], answer: ['true'] },
  ...more,
});

const LESSON: Lesson = {
  ...{
    name: '1a-core',
    id: '1a',
    slug: 'core',
    title: 'Core',
    summary: '',
    minutes: 1,
    needs: [],
    stepCount: 2,
  },
  intro: [],
  outro: [],
  steps: [
    step('make', 'file("/made") exists', {
      hints: [{ when: 'file("/almost") exists', body: [{ tag: 'p', children: ['Nearly.'] }] }],
    }),
    step('end', 'file("/ended") exists', { needs: ['make'] }),
  ],
};

/** A guest that has files, and one command, which may take too long. */
function guestWith(files: Set<string>, hangs: () => boolean): PredicateReader & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    snapshot: () => Promise.resolve({ boottimeNs: 0n, files: new Map() } as never),
    exec: () =>
      Promise.resolve({
        ...{ reason: hangs() ? 'timeout' : 'exited', exitCode: 0 },
        ...{ stdout: new Uint8Array(), stderr: new Uint8Array() },
      } as never),
    readFile: (path: string) => {
      asked.push(path);
      return files.has(path)
        ? Promise.resolve({ bytes: new Uint8Array(), capped: false } as never)
        : Promise.reject(Object.assign(new Error('No such file'), { errno: 2 }));
    },
  };
}

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as never),
  now: () => Date.now(),
};

function openLesson(files: Set<string>, lesson = LESSON, hangs = () => false) {
  const told: { steps: readonly StepProgress[]; complete: boolean }[] = [];
  let kept: string | null = null;
  const book = new ProgressBook({ read: () => kept, write: (text) => (kept = text) });
  const watch = new LessonWatch(lesson, book, timers, {
    progress: (steps, complete) => told.push({ steps, complete }),
  });
  const guest = guestWith(files, hangs);
  watch.readFrom(guest);
  const states = () =>
    told
      .at(-1)
      ?.steps.map(({ state }) => state)
      .join(' ');
  return { watch, guest, told, states, kept: () => kept };
}

describe('a lesson on a machine', () => {
  it('tells where the reader is before anything is read', () => {
    const { states } = openLesson(new Set());
    expect(states()).toBe('open waiting');
  });

  it('turns steps done as the machine says, and undone again', async () => {
    const files = new Set(['/made']);
    const { states, told } = openLesson(files);
    await vi.waitFor(() => expect(states()).toBe('done open'));
    files.add('/ended');
    await vi.waitFor(() => expect(states()).toBe('done done'));
    expect(told.at(-1)?.complete).toBe(true);
    files.delete('/made');
    await vi.waitFor(() => expect(states()).toBe('lost done'));
    expect(told.at(-1)?.complete).toBe(false);
  });

  it('asks nothing of a step that waits, though it would be true', async () => {
    const files = new Set(['/ended']);
    const { states, guest } = openLesson(files);
    await vi.waitFor(() => expect(guest.asked.filter((path) => path === '/made').length).toBeGreaterThan(2));
    expect(guest.asked).not.toContain('/ended');
    expect(states()).toBe('open waiting');
  });

  it('shows a hint while its own predicate is true', async () => {
    const files = new Set(['/almost']);
    const { told } = openLesson(files);
    await vi.waitFor(() => expect(told.at(-1)?.steps[0]?.hints).toEqual([0]));
    files.add('/made');
    await vi.waitFor(() => expect(told.at(-1)?.steps[0]?.hints).toEqual([]));
  });

  it('begins anew on another machine, and remembers what was done before', async () => {
    const files = new Set(['/made']);
    const { watch, states, told } = openLesson(files);
    await vi.waitFor(() => expect(states()).toBe('done open'));
    files.clear();
    watch.machineRestored();
    expect(states()).toBe('open waiting');
    expect(told.at(-1)?.steps[0]?.before).toBe(true);
  });

  it('forgets that, too, when the reader starts over', async () => {
    const files = new Set(['/made']);
    const { watch, states, told } = openLesson(files);
    await vi.waitFor(() => expect(states()).toBe('done open'));
    files.clear();
    watch.startOver();
    expect(told.at(-1)?.steps[0]?.before).toBe(false);
  });

  it('reads nothing when there is no session', async () => {
    const { watch, guest, states } = openLesson(new Set(['/made']));
    await vi.waitFor(() => expect(states()).toBe('done open'));
    watch.readFrom(undefined);
    const { length } = guest.asked;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(guest.asked.length).toBe(length);
  });

  it('leaves a step as it was while the command of its check hangs, says so, and goes on with the others', async () => {
    const files = new Set<string>();
    let hangs = true;
    const asking = step('ask', 'not run("pidof tail").exit == 1');
    const lesson = { ...LESSON, steps: [asking, step('make', 'file("/made") exists')] };
    const { states, told } = openLesson(files, lesson, () => hangs);
    await vi.waitFor(() => expect(told.at(-1)?.steps[0]?.unanswered).toBe('pidof tail'));
    files.add('/made');
    await vi.waitFor(() => expect(states()).toBe('open done'));
    hangs = false;
    await vi.waitFor(() => expect(states()).toBe('done done'));
    expect(told.at(-1)?.steps[0]?.unanswered).toBeUndefined();
    hangs = true;
    await vi.waitFor(() => expect(told.at(-1)?.steps[0]?.unanswered).toBe('pidof tail'));
    expect(states()).toBe('done done');
  });

  it('shows no hint for a command that hangs', async () => {
    const files = new Set<string>();
    const hints = [{ when: 'not run("pidof tail").exit == 0', body: LESSON.steps[0]!.hints[0]!.body }];
    const lesson = { ...LESSON, steps: [step('make', 'file("/made") exists', { hints })] };
    const { states, told, guest } = openLesson(files, lesson, () => true);
    await vi.waitFor(() => expect(guest.asked.filter((path) => path === '/made').length).toBeGreaterThan(2));
    files.add('/made');
    await vi.waitFor(() => expect(states()).toBe('done'));
    expect(told.map(({ steps }) => steps[0]?.hints)).toEqual(told.map(() => []));
  });

  it('goes on with other steps while a command hangs, and with none that counts together with its own', async () => {
    const files = new Set<string>();
    const steps = [
      step('ask', 'run("hangs").exit == 0'),
      step('make', 'file("/made") exists', { hints: LESSON.steps[0]!.hints }),
      step('end', 'file("/made") exists', { undoes: ['ask'] }),
    ];
    const { states, told, watch, guest } = openLesson(files, { ...LESSON, steps });
    let answer = () => {};
    watch.readFrom({
      ...guest,
      exec: () =>
        new Promise((resolve) => {
          answer = () =>
            resolve({
              reason: 'exited',
              exitCode: 0,
              stdout: new Uint8Array(),
              stderr: new Uint8Array(),
            } as never);
        }),
    });
    files.add('/almost');
    await vi.waitFor(() => expect(told.at(-1)?.steps[1]?.hints).toEqual([0]));
    files.add('/made');
    await vi.waitFor(() => expect(states()).toBe('open done open'));
    answer();
    await vi.waitFor(() => expect(states()).toMatch(/^done done/));
  });
});
