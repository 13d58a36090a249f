// SPDX-License-Identifier: MIT
/**
 * How far a reader is in a lesson: which steps are done, which comes next, which hints are shown. It follows what a watch of the
 * machine says, in both directions, and asks nothing itself. What was done on an earlier visit is kept; that it holds now is not,
 * for the machine begins anew.
 */
import type { Lesson, LessonStep } from './lesson.js';

/** What the predicates of a step say now; undefined: it is not known, and stays as it was. */
export interface StepReading {
  readonly check: boolean | undefined;
  readonly hints: readonly (boolean | undefined)[];
  /** The command of its check that did not end in time, so that the check is not known. */
  readonly unanswered?: string | undefined;
}

/**
 * `waiting`: a step that it needs has not been done. `open`: it can be done. `done`. `lost`: it was done on this machine, and what
 * it made is gone.
 */
export type StepState = 'waiting' | 'open' | 'done' | 'lost';

export interface StepProgress {
  readonly slug: string;
  readonly state: StepState;
  /** It has been done before, on this machine or another. */
  readonly before: boolean;
  /** Numbers of the hints that are shown, counted from 0. */
  readonly hints: readonly number[];
  /** The command that did not end in time when its check was last asked for, so that it stays as it was. */
  readonly unanswered: string | undefined;
}

/** Keeps one text, in localStorage or elsewhere; null when there is none. */
export interface ProgressStore {
  read(): string | null;
  write(text: string): void;
}

interface Kept {
  readonly done: readonly string[];
  readonly finished: boolean;
}

const VERSION = 1;
const NOTHING: Kept = { done: [], finished: false };

/**
 * What is kept of all lessons, in one text. One that is damaged or of another version counts as none. Other tabs write it too: what is
 * changed is one lesson of what is there then.
 */
export class ProgressBook {
  readonly #store: ProgressStore;
  #lessons: Map<string, Kept>;

  constructor(store: ProgressStore) {
    this.#store = store;
    this.#lessons = parseBook(store.read());
  }

  of(lesson: string): Kept {
    return this.#lessons.get(lesson) ?? NOTHING;
  }

  /** Whether all steps of it were done at one time. */
  finished(lesson: string): boolean {
    return this.of(lesson).finished;
  }

  /** `change` makes what is to be kept of it of what is kept now. */
  keep(lesson: string, change: (kept: Kept) => Kept): void {
    this.#read();
    this.#lessons.set(lesson, change(this.of(lesson)));
    this.#write();
  }

  forget(lesson: string): void {
    this.#read();
    if (this.#lessons.delete(lesson)) this.#write();
  }

  #read(): void {
    const text = this.#store.read();
    // Where nothing can be kept, what was done on this visit is.
    if (text !== null) this.#lessons = parseBook(text);
  }

  #write(): void {
    this.#store.write(JSON.stringify({ version: VERSION, lessons: Object.fromEntries(this.#lessons) }));
  }
}

export class LessonProgress {
  readonly #lesson: Pick<Lesson, 'name' | 'steps'>;
  readonly #book: ProgressBook;
  /** Steps whose check holds now. */
  readonly #holds = new Set<string>();
  /** Steps that have been done on this machine. */
  readonly #reached = new Set<string>();
  /** Done now, for its check holds, or a step that is done undoes it. */
  readonly #done = new Set<string>();
  readonly #hints = new Map<string, (boolean | undefined)[]>();
  readonly #unanswered = new Map<string, string>();

  constructor(lesson: Pick<Lesson, 'name' | 'steps'>, book: ProgressBook) {
    this.#lesson = lesson;
    this.#book = book;
  }

  get steps(): readonly StepProgress[] {
    const before = new Set(this.#book.of(this.#lesson.name).done);
    return this.#lesson.steps.map((step) => {
      const state = this.#state(step);
      return {
        slug: step.slug,
        state,
        before: before.has(step.slug),
        hints: this.#shown(step, state),
        unanswered: state === 'waiting' ? undefined : this.#unanswered.get(step.slug),
      };
    });
  }

  /** The first step that is not done; undefined when all are. */
  get current(): string | undefined {
    return this.#lesson.steps.find(({ slug }) => !this.#done.has(slug))?.slug;
  }

  /** Whether all steps are done now. */
  get complete(): boolean {
    return this.#lesson.steps.length > 0 && this.current === undefined;
  }

  /** Takes what the predicates of steps say; steps that are not among `readings` stay as they were. Returns whether anything has changed. */
  update(readings: ReadonlyMap<string, StepReading>): boolean {
    const before = JSON.stringify(this.steps);
    for (const { slug, hints } of this.#lesson.steps) {
      const reading = readings.get(slug);
      if (!reading) continue;
      if (reading.check !== undefined) this.#setHolds(slug, reading.check);
      if (reading.unanswered === undefined) this.#unanswered.delete(slug);
      else this.#unanswered.set(slug, reading.unanswered);
      const old = this.#hints.get(slug) ?? [];
      this.#hints.set(
        slug,
        hints.map((_, index) => reading.hints[index] ?? old[index]),
      );
    }
    this.#settle();
    this.#keep();
    return JSON.stringify(this.steps) !== before;
  }

  /** The machine is another one: nothing holds, and what was done is only remembered. */
  machineRestored(): void {
    this.#holds.clear();
    this.#reached.clear();
    this.#done.clear();
    this.#hints.clear();
    this.#unanswered.clear();
  }

  /** Forgets what was done before, too. */
  startOver(): void {
    this.machineRestored();
    this.#book.forget(this.#lesson.name);
  }

  #setHolds(slug: string, holds: boolean): void {
    if (holds) this.#holds.add(slug);
    else this.#holds.delete(slug);
  }

  /** A step needs and undoes steps before it alone: one pass down, and one up. */
  #settle(): void {
    const { steps } = this.#lesson;
    for (const { slug, needs } of steps)
      if (this.#holds.has(slug) && needs.every((need) => this.#reached.has(need))) this.#reached.add(slug);
    this.#done.clear();
    const undone = new Set<string>();
    for (const { slug, undoes } of [...steps].reverse()) {
      if (!this.#reached.has(slug) || !(this.#holds.has(slug) || undone.has(slug))) continue;
      this.#done.add(slug);
      for (const one of undoes) undone.add(one);
    }
  }

  #keep(): void {
    const kept = this.#book.of(this.#lesson.name);
    const { done, finished } = this.#with(kept);
    if (finished !== kept.finished || done.some((slug) => !kept.done.includes(slug)))
      this.#book.keep(this.#lesson.name, (now) => this.#with(now));
  }

  /** What is kept, and what is done here. */
  #with(kept: Kept): Kept {
    const slugs = this.#lesson.steps.map(({ slug }) => slug);
    const done = slugs.filter((slug) => kept.done.includes(slug) || this.#reached.has(slug));
    return { done, finished: kept.finished || this.complete };
  }

  #state({ slug, needs }: LessonStep): StepState {
    if (this.#done.has(slug)) return 'done';
    if (this.#reached.has(slug)) return 'lost';
    return needs.every((need) => this.#reached.has(need)) ? 'open' : 'waiting';
  }

  #shown({ slug }: LessonStep, state: StepState): number[] {
    if (state === 'done' || state === 'waiting') return [];
    const hints = this.#hints.get(slug) ?? [];
    return hints.flatMap((holds, index) => (holds ? [index] : []));
  }
}

function parseBook(text: string | null): Map<string, Kept> {
  try {
    const { version, lessons } = JSON.parse(text ?? '') as { version?: unknown; lessons?: unknown };
    if (version !== VERSION || typeof lessons !== 'object' || lessons === null) return new Map();
    return new Map(Object.entries(lessons).filter((entry): entry is [string, Kept] => isKept(entry[1])));
  } catch {
    return new Map();
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { done, finished } = value as Partial<Record<keyof Kept, unknown>>;
  return Array.isArray(done) && done.every((one) => typeof one === 'string') && typeof finished === 'boolean';
}
