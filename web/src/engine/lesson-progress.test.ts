// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, it } from 'vitest';
import type { LessonStep } from './lesson.js';
import { LessonProgress, ProgressBook } from './lesson-progress.js';

function step(
  slug: string,
  rules: Partial<Pick<LessonStep, 'needs' | 'undoes'>> = {},
  hintCount = 0,
): LessonStep {
  const hints = Array.from({ length: hintCount }, () => ({ when: 'x', body: [] }));
  return { slug, title: slug, body: [], check: 'x', answer: ['x'], needs: [], undoes: [], hints, ...rules };
}

/** Build, start, limit, stop: as the tour goes. */
const LESSON = {
  name: 'tour-x',
  steps: [
    step('build'),
    step('start', { needs: ['build'] }, 2),
    step('limit', { needs: ['start'] }),
    step('stop', { needs: ['limit'], undoes: ['start', 'limit'] }),
  ],
};

let stored: string | null;
const store = { read: () => stored, write: (text: string) => void (stored = text) };
let progress: LessonProgress;

beforeEach(() => {
  stored = null;
  progress = new LessonProgress(LESSON, new ProgressBook(store));
});

/** Says of these steps that their checks hold, and of no other. */
function holds(...slugs: string[]): boolean {
  const readings = LESSON.steps.map(
    ({ slug }) => [slug, { check: slugs.includes(slug), hints: [] }] as const,
  );
  return progress.update(new Map(readings));
}

function states(): string {
  return progress.steps.map(({ state }) => state).join(' ');
}

describe('LessonProgress', () => {
  it('begins at the first step', () => {
    expect(states()).toBe('open waiting waiting waiting');
    expect(progress.current).toBe('build');
  });

  it('goes on when a check holds, and back when it does not', () => {
    expect(holds('build')).toBe(true);
    expect(states()).toBe('done open waiting waiting');
    expect(holds('build')).toBe(false);
    expect(holds()).toBe(true);
    expect(states()).toBe('lost open waiting waiting');
    expect(progress.current).toBe('build');
    holds('build');
    expect(states()).toBe('done open waiting waiting');
  });

  it('does not count what holds before its time', () => {
    holds('stop', 'limit');
    expect(states()).toBe('open waiting waiting waiting');
    holds('stop', 'build');
    expect(states()).toBe('done open waiting waiting');
  });

  it('takes several steps at once', () => {
    holds('build', 'start', 'limit');
    expect(states()).toBe('done done done open');
  });

  it('leaves done what a step undoes, for as long as that is done', () => {
    holds('build', 'start');
    holds('build', 'start', 'limit');
    holds('build', 'stop');
    expect(states()).toBe('done done done done');
    expect(progress.complete).toBe(true);
    holds('build', 'start');
    expect(states()).toBe('done done lost lost');
    expect(progress.current).toBe('limit');
    expect(progress.complete).toBe(false);
  });

  it('shows what is gone when nothing has undone it', () => {
    holds('build', 'start');
    holds('build', 'stop');
    expect(states()).toBe('done lost open waiting');
  });

  it('leaves a step as it was while its check is not known', () => {
    holds('build');
    progress.update(new Map([['build', { check: undefined, hints: [] }]]));
    progress.update(new Map());
    expect(states()).toBe('done open waiting waiting');
  });

  it('tells which command kept a check from being known, until the check is known or the machine is another one', () => {
    const stuck = () =>
      progress.update(new Map([['start', { check: undefined, hints: [], unanswered: 'awk' }]]));
    const told = () => progress.steps[1]!.unanswered;
    stuck();
    expect(told()).toBeUndefined();
    expect(holds('build')).toBe(true);
    expect(stuck()).toBe(true);
    expect(told()).toBe('awk');
    expect(states()).toBe('done open waiting waiting');
    expect(holds('build')).toBe(true);
    expect(told()).toBeUndefined();
    stuck();
    progress.machineRestored();
    holds('build');
    expect(told()).toBeUndefined();
  });

  it('shows hints of a step that can be done, while they hold', () => {
    const hint = (...hints: (boolean | undefined)[]) =>
      progress.update(new Map([['start', { check: false, hints }]]));
    const shown = () => progress.steps[1]!.hints;
    hint(true, false);
    expect(shown()).toEqual([]);
    holds('build');
    expect(hint(false, true)).toBe(true);
    expect(shown()).toEqual([1]);
    hint(true, undefined);
    expect(shown()).toEqual([0, 1]);
    hint(false, false);
    expect(shown()).toEqual([]);
    progress.update(new Map([['start', { check: true, hints: [true, true] }]]));
    expect(shown()).toEqual([]);
  });

  it('keeps what was done, and not that it holds', () => {
    holds('build');
    holds('build', 'start');
    progress = new LessonProgress(LESSON, new ProgressBook(store));
    expect(states()).toBe('open waiting waiting waiting');
    expect(progress.steps.map(({ before }) => before)).toEqual([true, true, false, false]);
  });

  it('knows of a lesson that was finished once, whatever comes later', () => {
    holds('build', 'start', 'limit');
    expect(new ProgressBook(store).finished('tour-x')).toBe(false);
    holds('build', 'stop');
    holds();
    expect(new ProgressBook(store).finished('tour-x')).toBe(true);
  });

  it('begins anew with the machine, and remembers', () => {
    holds('build', 'start', 'limit');
    progress.machineRestored();
    expect(states()).toBe('open waiting waiting waiting');
    expect(progress.steps[0]).toMatchObject({ before: true });
    // What holds on a machine that has not been stopped is no stop.
    holds('build', 'stop');
    expect(states()).toBe('done open waiting waiting');
  });

  it('starts over, and forgets', () => {
    const other = new LessonProgress({ ...LESSON, name: '1a-x' }, new ProgressBook(store));
    other.update(new Map([['build', { check: true, hints: [] }]]));
    progress = new LessonProgress(LESSON, new ProgressBook(store));
    holds('build');
    progress.startOver();
    expect(states()).toBe('open waiting waiting waiting');
    expect(progress.steps[0]).toMatchObject({ before: false });
    expect(new ProgressBook(store).of('1a-x').done).toEqual(['build']);
    expect(new ProgressBook(store).of('tour-x').done).toEqual([]);
  });

  it('writes only what is new', () => {
    holds('build');
    stored = 'untouched';
    holds('build');
    holds();
    expect(stored).toBe('untouched');
  });

  it('forgets steps that the lesson has no more', () => {
    stored = JSON.stringify({ version: 1, lessons: { 'tour-x': { done: ['old'], finished: false } } });
    progress = new LessonProgress(LESSON, new ProgressBook(store));
    holds('build');
    expect(new ProgressBook(store).of('tour-x').done).toEqual(['build']);
  });
});

describe('ProgressBook', () => {
  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['null', 'null'],
    ['another version', '{"version":2,"lessons":{"tour-x":{"done":["build"],"finished":true}}}'],
    ['no version', '{"lessons":{"tour-x":{"done":["build"],"finished":true}}}'],
    ['no lessons', '{"version":1}'],
    ['lessons that are none', '{"version":1,"lessons":{"tour-x":"build"}}'],
    ['steps that are none', '{"version":1,"lessons":{"tour-x":{"done":[1],"finished":true}}}'],
    ['half a lesson', '{"version":1,"lessons":{"tour-x":{"done":["build"]}}}'],
  ])('takes %s for nothing', (_, text) => {
    stored = text;
    expect(new ProgressBook(store).of('tour-x')).toEqual({ done: [], finished: false });
  });

  it('keeps one lesson beside a damaged one', () => {
    stored = '{"version":1,"lessons":{"a":{"done":["build"],"finished":true},"b":7}}';
    expect(new ProgressBook(store).finished('a')).toBe(true);
    expect(new ProgressBook(store).finished('b')).toBe(false);
  });

  it('is changed by the lesson, whatever other tabs have kept of others meanwhile', () => {
    const [one, other] = [new ProgressBook(store), new ProgressBook(store)];
    one.keep('a', () => ({ done: ['x'], finished: true }));
    other.keep('b', () => ({ done: ['y'], finished: false }));
    expect(new ProgressBook(store).of('a')).toEqual({ done: ['x'], finished: true });
    one.forget('a');
    expect(new ProgressBook(store).of('b').done).toEqual(['y']);
    other.forget('b');
    expect([...'ab'].map((lesson) => new ProgressBook(store).of(lesson).done)).toEqual([[], []]);
  });

  it('has the steps of both tabs that are in one lesson', () => {
    const tabs = [new ProgressBook(store), new ProgressBook(store)];
    const [one, other] = tabs.map((book) => new LessonProgress(LESSON, book));
    one?.update(new Map([['build', { check: true, hints: [] }]]));
    one?.update(new Map([['start', { check: true, hints: [] }]]));
    other?.update(new Map([['build', { check: true, hints: [] }]]));
    expect(new ProgressBook(store).of('tour-x').done).toEqual(['build', 'start']);
  });

  it('is of this visit where nothing can be kept', () => {
    const book = new ProgressBook({ read: () => null, write: () => undefined });
    book.keep('a', () => ({ done: ['x'], finished: false }));
    book.keep('b', () => ({ done: [], finished: true }));
    expect(book.of('a').done).toEqual(['x']);
    book.forget('a');
    expect([book.of('a').done, book.finished('b')]).toEqual([[], true]);
  });
});
