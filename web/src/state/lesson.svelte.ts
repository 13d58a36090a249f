// SPDX-License-Identifier: MIT
/** The lesson that is open, as runes: its text, and how far the reader is in it on the machine of now. */
import { messageOf } from '../engine/message-of.js';
import { lessons, loadLesson } from 'virtual:lessons';
import { ProgressBook, type StepProgress } from '../engine/lesson-progress.js';
import { LessonWatch } from '../engine/lesson-watch.js';
import type { Lesson, LessonEntry } from '../engine/lesson.js';
import type { PredicateReader } from '../engine/predicate-reading.js';
import type { Timers } from '../engine/proc-poll.js';
import { readStored, writeStored } from '../stored.js';

const PROGRESS_KEY = 'playground.lessons';

export class LessonState {
  readonly entries: readonly LessonEntry[] = lessons;
  lesson = $state.raw<Lesson>();
  steps = $state.raw<readonly StepProgress[]>([]);
  complete = $state(false);
  /** Why the lesson that was asked for is not shown. */
  failure = $state<string>();
  /** Names of lessons all of whose steps were done at one time. */
  finished = $state.raw<readonly string[]>([]);
  readonly #book = new ProgressBook({
    read: () => readStored(PROGRESS_KEY),
    write: (text) => writeStored(PROGRESS_KEY, text),
  });
  readonly #timers: Timers;
  #wanted: string | undefined;
  #shown = false;
  #watch: LessonWatch | undefined;
  #reader: PredicateReader | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#noteFinished();
  }

  /**
   * Shows the lesson of that name; undefined: it is put aside, and nothing is asked of the machine until it is shown again. Showing
   * one whose text could not be fetched tries again.
   */
  show(name: string | undefined): void {
    this.#shown = name !== undefined;
    this.#read();
    if (name === undefined || (name === this.#wanted && this.failure === undefined)) return;
    this.#close();
    this.#wanted = name;
    void this.#open(name);
  }

  /** Undefined: there is nobody to ask, or nobody looks. */
  readFrom(reader: PredicateReader | undefined): void {
    this.#reader = reader;
    this.#read();
  }

  /** What was done was done on a machine that is gone. */
  machineRestored(): void {
    this.#watch?.machineRestored();
  }

  /** Forgets the progress in the open lesson. The machine is for others to restore. */
  startOver(): void {
    this.#watch?.startOver();
    this.#noteFinished();
  }

  async #open(name: string): Promise<void> {
    try {
      const lesson = await loadLesson(name);
      // Another may have been asked for meanwhile.
      if (this.#wanted !== name) return;
      this.#watch = new LessonWatch(lesson, this.#book, this.#timers, {
        progress: (steps, complete) => {
          this.steps = steps;
          this.complete = complete;
          this.#noteFinished();
        },
      });
      this.lesson = lesson;
      this.#read();
    } catch (error) {
      if (this.#wanted === name) this.failure = messageOf(error);
    }
  }

  #read(): void {
    this.#watch?.readFrom(this.#shown ? this.#reader : undefined);
  }

  #close(): void {
    this.#watch?.readFrom(undefined);
    this.#watch = undefined;
    this.lesson = undefined;
    this.failure = undefined;
    this.steps = [];
    this.complete = false;
  }

  #noteFinished(): void {
    this.finished = this.entries.filter(({ name }) => this.#book.finished(name)).map(({ name }) => name);
  }
}
