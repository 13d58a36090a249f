// SPDX-License-Identifier: MIT
/**
 * Which lines and words of a file have changed lately. Lines are compared by what they begin with, so that one that comes or goes does
 * not change those below it. A mark stays for a while: until the next reading it would be gone before it is seen. What the
 * guest's root puts in the place of the kernel's files may be long, and change with each reading: there is a bound to all of this.
 */

export const MARKED_SECONDS = 2;

export interface MarkedWord {
  readonly text: string;
  readonly changed: boolean;
}

export interface MarkedLine {
  readonly changed: boolean;
  /** With the blanks between them: together they are the line. */
  readonly words: readonly MarkedWord[];
}

/** A longer file is neither compared nor taken apart. The kernel's have not half of either, and every line and word is to be drawn. */
export const MARKED_CHARACTERS = 4096;
export const MARKED_LINES = 256;
/** Characters, old and new, that are compared by words in one reading; of files that are over it nothing is marked. */
export const COMPARED_CHARACTERS = 128 * 1024;

interface Remembered {
  readonly text: string;
  /** By the key of a line of which a word has changed lately: for each word the second in which it did. */
  readonly marks: ReadonlyMap<string, readonly number[]>;
}

const NEVER = -Infinity;
const UNMARKED: Remembered['marks'] = new Map();

export class ChangedLines {
  readonly #files = new Map<string, Remembered>();
  /** Of the last reading. */
  #now = 0;

  /**
   * Takes a reading of the second `now` of the guest's clock; a file that is not in it is forgotten. Most files are as they were, and
   * these cost a comparison of two texts.
   */
  learn(files: ReadonlyMap<string, string | number>, now: number): void {
    this.#now = now;
    for (const path of this.#files.keys()) if (typeof files.get(path) !== 'string') this.#files.delete(path);
    const changed: [path: string, before: Remembered, text: string][] = [];
    for (const [path, text] of files) {
      if (typeof text !== 'string') continue;
      const before = this.#files.get(path);
      if (before?.text === text) this.#files.set(path, { text, marks: this.#late(before.marks) });
      else if (before && !isTooLong(text) && !isTooLong(before.text)) changed.push([path, before, text]);
      else this.#files.set(path, { text, marks: UNMARKED });
    }
    this.#learnChanged(changed);
  }

  /** The shortest first, which the kernel's own are. */
  #learnChanged(changed: readonly (readonly [path: string, before: Remembered, text: string])[]): void {
    const size = (before: Remembered, text: string) => before.text.length + text.length;
    let left = COMPARED_CHARACTERS;
    for (const [path, before, text] of [...changed].sort((a, b) => size(a[1], a[2]) - size(b[1], b[2]))) {
      left -= size(before, text);
      this.#files.set(path, { text, marks: left >= 0 ? this.#compare(before, text) : UNMARKED });
    }
  }

  forget(): void {
    this.#files.clear();
  }

  /** The files of which anything is marked. */
  paths(): Set<string> {
    return new Set([...this.#files].filter(([, { marks }]) => marks.size > 0).map(([path]) => path));
  }

  /**
   * The lines of `text`, which is what was learnt of `path` last. One in which nothing is marked is one piece; a text that is too long to
   * be marked comes back as it is.
   */
  mark(path: string, text: string): MarkedLine[] | string {
    if (isTooLong(text)) return text;
    const marks = this.#files.get(path)?.marks ?? UNMARKED;
    const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
    return keyed(lines).map(([key, line]) => {
      const at = marks.get(key);
      if (!at) return { changed: false, words: line === '' ? [] : [{ text: line, changed: false }] };
      const words = split(line).map((word, index) => ({
        text: word,
        changed: this.#isLate(at[index] ?? NEVER),
      }));
      return { changed: true, words };
    });
  }

  #isLate(when: number): boolean {
    return this.#now - when < MARKED_SECONDS;
  }

  /** Those marks that are still shown. */
  #late(marks: Remembered['marks']): Remembered['marks'] {
    if (marks.size === 0) return marks;
    return new Map([...marks].filter(([, at]) => at.some((when) => this.#isLate(when))));
  }

  #compare(before: Remembered, text: string): Remembered['marks'] {
    const lines = new Map(keyed(before.text.split('\n')));
    const marks = new Map<string, readonly number[]>();
    for (const [key, line] of keyed(text.split('\n'))) {
      const [old, at] = [lines.get(key), before.marks.get(key)];
      if (old !== line) marks.set(key, this.#compareLine(old, at, line));
      else if (at) marks.set(key, at);
    }
    return this.#late(marks);
  }

  #compareLine(old: string | undefined, at: readonly number[] | undefined, line: string): number[] {
    const words = old === undefined ? [] : split(old);
    return split(line).map((word, index) => (words[index] === word ? (at?.[index] ?? NEVER) : this.#now));
  }
}

function isTooLong(text: string): boolean {
  return text.length > MARKED_CHARACTERS || text.split('\n', MARKED_LINES + 2).length > MARKED_LINES + 1;
}

/** Each line with what it is known by: its label, and how many of that label were before it. */
function keyed(lines: readonly string[]): [key: string, line: string][] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const colon = line.indexOf(':');
    const label = colon < 0 ? '' : line.slice(0, colon);
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    return [`${label}:${count}`, line];
  });
}

function split(line: string): string[] {
  return line.match(/\s+|\S+/g) ?? [];
}
