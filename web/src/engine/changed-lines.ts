// SPDX-License-Identifier: MIT
/**
 * Which lines and words of a file have changed lately. Lines are compared by what they begin with, so that one that comes or goes does
 * not change those below it. A mark stays for some readings: one of a quarter of a second would be gone before it is seen.
 */

/** Readings that a mark stays for: two seconds. */
export const MARKED_READINGS = 8;

export interface MarkedWord {
  readonly text: string;
  readonly changed: boolean;
}

export interface MarkedLine {
  readonly changed: boolean;
  /** With the blanks between them: together they are the line. */
  readonly words: readonly MarkedWord[];
}

interface Remembered {
  readonly words: readonly string[];
  /** For each word the reading in which it changed. */
  readonly at: readonly number[];
}

const NEVER = -Infinity;

export class ChangedLines {
  readonly #files = new Map<string, Map<string, Remembered>>();
  #reading = 0;

  /** Takes a reading; a file that is not in it is forgotten. */
  learn(files: ReadonlyMap<string, string | number>): void {
    this.#reading++;
    for (const path of this.#files.keys()) if (typeof files.get(path) !== 'string') this.#files.delete(path);
    for (const [path, text] of files) if (typeof text === 'string') this.#learnFile(path, text);
  }

  forget(): void {
    this.#files.clear();
  }

  /** The files of which anything is marked. */
  paths(): Set<string> {
    const marked = [...this.#files].filter(([, lines]) =>
      [...lines.values()].some(({ at }) => at.some((when) => this.#isLate(when))),
    );
    return new Set(marked.map(([path]) => path));
  }

  /** The lines of `text`, which is what was learnt of `path` last. */
  mark(path: string, text: string): MarkedLine[] {
    const known = this.#files.get(path);
    const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
    return keyed(lines).map(([key, line]) => {
      const at = known?.get(key)?.at ?? [];
      const words = split(line).map((word, index) => ({
        text: word,
        changed: this.#isLate(at[index] ?? NEVER),
      }));
      return { changed: words.some(({ changed }) => changed), words };
    });
  }

  #isLate(when: number): boolean {
    return this.#reading - when < MARKED_READINGS;
  }

  #learnFile(path: string, text: string): void {
    const before = this.#files.get(path);
    const now = new Map<string, Remembered>();
    for (const [key, line] of keyed(text.split('\n'))) {
      const words = split(line);
      const old = before?.get(key);
      const at = words.map((word, index) => {
        if (!before || old?.words[index] === word) return old?.at[index] ?? NEVER;
        return this.#reading;
      });
      now.set(key, { words, at });
    }
    this.#files.set(path, now);
  }
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
