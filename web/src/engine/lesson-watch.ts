// SPDX-License-Identifier: MIT
/** A lesson on a machine: watches the predicates of the steps that can be done, and keeps the reader's progress in step with them. */
import { LessonProgress, type ProgressBook, type StepProgress, type StepReading } from './lesson-progress.js';
import type { Lesson } from './lesson.js';
import { PredicateWatch } from './predicate-watch.js';
import type { Facts } from './predicate-facts.js';
import type { PredicateReader } from './predicate-reading.js';
import { unanswered } from './predicate-verdict.js';
import { parsePredicate } from './predicate.js';
import type { Timers } from './proc-poll.js';

export interface LessonListener {
  /** Where the reader is now; told first when the lesson is opened. */
  progress(steps: readonly StepProgress[], complete: boolean): void;
}

export class LessonWatch {
  readonly #lesson: Lesson;
  readonly #progress: LessonProgress;
  readonly #listener: LessonListener;
  readonly #watch: PredicateWatch;
  /** By its slug what each step is judged together with. */
  readonly #units: ReadonlyMap<string, string>;
  /** What was said last of each predicate, by the key that it is watched as. */
  readonly #truths = new Map<string, boolean>();

  constructor(lesson: Lesson, book: ProgressBook, timers: Timers, listener: LessonListener) {
    this.#lesson = lesson;
    this.#progress = new LessonProgress(lesson, book);
    this.#listener = listener;
    this.#units = unitsOf(lesson);
    this.#watch = new PredicateWatch(timers, {
      truth: (key, holds) => this.#truths.set(key, holds),
      // What one reading says of a step, and of those that it undoes, counts at once: none is judged by halves.
      read: (found, units) => {
        if (!(found instanceof Error)) this.#settle(found, units);
      },
    });
    this.#tell();
  }

  /** Undefined: there is no session, or nobody looks. */
  readFrom(reader: PredicateReader | undefined): void {
    this.#watch.readFrom(reader);
  }

  /** The machine is another one: nothing of the lesson holds in it. */
  machineRestored(): void {
    this.#progress.machineRestored();
    this.#restart();
  }

  /** Forgets what was done on other visits, too. */
  startOver(): void {
    this.#progress.startOver();
    this.#restart();
  }

  #restart(): void {
    for (const key of this.#truths.keys()) this.#watch.watch(key, undefined);
    this.#truths.clear();
    this.#tell();
  }

  #settle(facts: Facts, units: ReadonlySet<string>): void {
    const readings = new Map<string, StepReading>();
    for (const step of this.#lesson.steps) {
      if (!units.has(this.#unit(step.slug))) continue;
      // By its words a predicate is false, or true behind a `not`, of a command that took too long: no step is done by that, and
      // no hint comes.
      const without = (text: string) => unanswered(parsePredicate(text), facts);
      const hints = step.hints.map(({ when }, index) => {
        const holds = this.#truths.get(hintKey(step.slug, index));
        return holds === undefined || without(when) !== undefined ? undefined : holds;
      });
      const check = this.#truths.get(step.slug);
      const command = check === undefined ? undefined : without(step.check);
      readings.set(
        step.slug,
        command === undefined ? { check, hints } : { check: undefined, hints, unanswered: command },
      );
    }
    if (this.#progress.update(readings)) this.#tell();
  }

  #tell(): void {
    const { steps, complete } = this.#progress;
    steps.forEach(({ slug, state }, index) => {
      const step = this.#lesson.steps[index]!;
      // A step that is done is watched on: it may go again. One that waits could only be true by accident.
      this.#want(slug, slug, state === 'waiting' ? undefined : step.check);
      step.hints.forEach(({ when }, hint) =>
        this.#want(slug, hintKey(slug, hint), state === 'open' || state === 'lost' ? when : undefined),
      );
    });
    this.#listener.progress(steps, complete);
  }

  #want(slug: string, key: string, text: string | undefined): void {
    if (text === undefined) this.#truths.delete(key);
    this.#watch.watch(key, text === undefined ? undefined : parsePredicate(text), this.#unit(slug));
  }

  #unit(slug: string): string {
    return this.#units.get(slug) ?? slug;
  }
}

/** No slug has this sign in it. */
function hintKey(slug: string, index: number): string {
  return `${slug}#${index}`;
}

/** A step that counts undoes others: were it told later than what it takes away from them, they would be lost for a moment. */
function unitsOf({ steps }: Lesson): Map<string, string> {
  const units = new Map(steps.map(({ slug }) => [slug, slug]));
  for (const { slug, undoes } of steps)
    for (const undone of undoes) {
      const [joins, joined] = [units.get(undone), units.get(slug)];
      if (joined !== undefined) for (const [one, unit] of units) if (unit === joins) units.set(one, joined);
    }
  return units;
}
