// SPDX-License-Identifier: MIT
/** A lesson as web/lesson-compiler makes it of its index.md: data, and all that the page knows of it. */

/** Prose is a tree and no HTML: what shows it makes an element of each, and nothing of a lesson is ever parsed by the browser. */
export interface LessonElement {
  readonly tag: 'p' | 'em' | 'strong' | 'code' | 'a' | 'ul' | 'ol' | 'li' | 'pre' | 'blockquote';
  /** Of `a`: an https address, or that of a page of the guide, `#/...` (route.ts). */
  readonly href?: string;
  readonly children: readonly LessonNode[];
}

export type LessonNode = string | LessonElement;

/** Commands that a click types, a line each, into the terminal of that name. */
export interface LessonCommands {
  readonly tag: 'run';
  readonly terminal: string;
  readonly commands: readonly string[];
}

export type LessonBlock = LessonElement | LessonCommands;

export interface LessonHint {
  /** The predicate that says when it is shown. */
  readonly when: string;
  readonly body: readonly LessonElement[];
}

export interface LessonStep {
  /** Made of the title; the same in no other step of the lesson. */
  readonly slug: string;
  readonly title: string;
  readonly body: readonly LessonBlock[];
  /** The predicate that says whether it is done. */
  readonly check: string;
  /** Steps before it that have to have been done before it counts. */
  readonly needs: readonly string[];
  /** Steps before it that stay done although it takes away what they have made. */
  readonly undoes: readonly string[];
  readonly hints: readonly LessonHint[];
  /** Commands that do it, a line each, none of which waits for keys. */
  readonly answer: readonly string[];
}

/** What the list of lessons says of one. */
export interface LessonEntry {
  /** The name of its folder, `<id>-<slug>`. */
  readonly name: string;
  /** An id of plan.json, or `tour`. */
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  /** Names of lessons to be read before. */
  readonly needs: readonly string[];
  readonly stepCount: number;
}

export interface Lesson extends LessonEntry {
  readonly intro: readonly LessonElement[];
  readonly steps: readonly LessonStep[];
  /** For whom all steps are done; may be empty. */
  readonly outro: readonly LessonElement[];
}
