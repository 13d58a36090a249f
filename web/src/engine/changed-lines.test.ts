// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import {
  ChangedLines,
  COMPARED_CHARACTERS,
  MARKED_CHARACTERS,
  MARKED_LINES,
  MARKED_SECONDS,
  type MarkedLine,
} from './changed-lines.js';

const FILE = 'virtual/42/status';

/** Seconds from one reading to the next. */
const EVERY = 0.5;
let now = 100;

function learn(changes: ChangedLines, files: ReadonlyMap<string, string | number>): void {
  changes.learn(files, (now += EVERY));
}

function learnt(...texts: string[]): ChangedLines {
  const changes = new ChangedLines();
  for (const text of texts) learn(changes, new Map([[FILE, text]]));
  return changes;
}

function marked(changes: ChangedLines, text: string): MarkedLine[] {
  const lines = changes.mark(FILE, text);
  if (typeof lines === 'string') throw new Error('it is too long to be marked');
  return lines;
}

function changed(changes: ChangedLines, text: string): string[] {
  return marked(changes, text).flatMap(({ words }) =>
    words.filter((word) => word.changed).map((word) => word.text),
  );
}

test('what is read for the first time has not changed', () => {
  const changes = learnt('Tasks:\t1\n');
  expect(changes.paths().has(FILE)).toBe(false);
  expect(changed(changes, 'Tasks:\t1\n')).toEqual([]);
});

test('the words that differ are marked, and their lines', () => {
  const text = 'Tasks:\t2\nloadavg:\t0.07 0.05 0.01\n';
  const changes = learnt('Tasks:\t2\nloadavg:\t0.06 0.05 0.01\n', text);
  expect(changed(changes, text)).toEqual(['0.07']);
  expect(marked(changes, text).map((line) => line.changed)).toEqual([false, true]);
  expect(changes.paths().has(FILE)).toBe(true);
});

test('the words are the text, blanks and all', () => {
  const text = 'PROC:\t      12\t       0/      15\n\npage[0]: 1';
  const lines = marked(learnt(text), text);
  expect(lines.map(({ words }) => words.map((word) => word.text).join('')).join('\n')).toBe(text);
});

test('a mark stays for some seconds after the last change, however many readings that is', () => {
  const changes = learnt('Tasks:\t1\n', 'Tasks:\t2\n');
  for (let reading = 0; reading < MARKED_SECONDS / EVERY; reading++) {
    expect(changed(changes, 'Tasks:\t2\n')).toEqual(['2']);
    learn(changes, new Map([[FILE, 'Tasks:\t2\n']]));
  }
  expect(changed(changes, 'Tasks:\t2\n')).toEqual([]);
});

test('a line that comes is marked, and those below it are not', () => {
  const text = 'ID:\t42\nOOM:\t0\nInit:\t0\n';
  expect(changed(learnt('ID:\t42\nInit:\t0\n', text), text).join('')).toBe('OOM:\t0');
});

test('a file that was gone is new again', () => {
  const changes = learnt('Tasks:\t1\n');
  learn(changes, new Map([[FILE, 2]]));
  learn(changes, new Map([[FILE, 'Tasks:\t2\n']]));
  expect(changes.paths().has(FILE)).toBe(false);
});

const WORDS = MARKED_CHARACTERS / 2;

/** As root can put them there: many that are as long as is compared, all words. */
function fullFiles(word: string): Map<string, string> {
  const text = `${word} `.repeat(WORDS);
  return new Map(Array.from({ length: 250 }, (_, index) => [`virtual/f${index}`, text]));
}

test('of many full files that all change, as much is compared as costs little, and short ones still are', () => {
  const changes = new ChangedLines();
  for (const word of 'ab') learn(changes, fullFiles(word));
  const compared = changes.paths().size;
  expect(compared).toBeGreaterThan(0);
  expect(compared * 2 * MARKED_CHARACTERS).toBeLessThanOrEqual(COMPARED_CHARACTERS);
  learn(changes, fullFiles('b').set(FILE, 'Tasks:\t1\n'));
  learn(changes, fullFiles('a').set(FILE, 'Tasks:\t2\n'));
  expect(changes.paths().has(FILE)).toBe(true);
  for (let reading = 0; reading <= MARKED_SECONDS / EVERY; reading++) learn(changes, fullFiles('a'));
  expect(changes.paths().size).toBe(0);
  learn(changes, fullFiles('a').set('virtual/f249', 'c '.repeat(WORDS)));
  expect([...changes.paths()]).toEqual(['virtual/f249']);
});

test.each([
  ['characters', (word: string) => `${word} `.repeat(WORDS + 1)],
  ['lines', (word: string) => `${word}\n`.repeat(MARKED_LINES + 1)],
])('a file of too many %s is not compared, and not taken apart', (_, long) => {
  const changes = learnt(long('a'), long('b'));
  expect(changes.paths().size).toBe(0);
  expect(changes.mark(FILE, long('b'))).toBe(long('b'));
  // Of one that has become short there is nothing to compare it with.
  learn(changes, new Map([[FILE, 'Tasks:\t1\n']]));
  expect(changed(changes, 'Tasks:\t1\n')).toEqual([]);
});

test('a file of as many lines as may be is marked', () => {
  const text = 'b\n'.repeat(MARKED_LINES);
  expect(changed(learnt('a\n'.repeat(MARKED_LINES), text), text)).toHaveLength(MARKED_LINES);
});

test('of a line in which nothing has changed there is one piece, however long it is', () => {
  const text = 'a '.repeat(WORDS);
  expect(learnt(text).mark(FILE, text)).toEqual([{ changed: false, words: [{ text, changed: false }] }]);
});
