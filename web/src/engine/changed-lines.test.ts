// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { ChangedLines, COMPARED_CHARACTERS, MARKED_READINGS } from './changed-lines.js';

const FILE = 'virtual/42/status';

function learnt(...texts: string[]): ChangedLines {
  const changes = new ChangedLines();
  for (const text of texts) changes.learn(new Map([[FILE, text]]));
  return changes;
}

function changed(changes: ChangedLines, text: string): string[] {
  return changes
    .mark(FILE, text)
    .flatMap(({ words }) => words.filter((word) => word.changed).map((word) => word.text));
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
  expect(changes.mark(FILE, text).map((line) => line.changed)).toEqual([false, true]);
  expect(changes.paths().has(FILE)).toBe(true);
});

test('the words are the text, blanks and all', () => {
  const text = 'PROC:\t      12\t       0/      15\n\npage[0]: 1';
  const lines = learnt(text).mark(FILE, text);
  expect(lines.map(({ words }) => words.map((word) => word.text).join('')).join('\n')).toBe(text);
});

test('a mark stays for some readings after the last change', () => {
  const changes = learnt('Tasks:\t1\n', 'Tasks:\t2\n');
  for (let reading = 0; reading < MARKED_READINGS; reading++) {
    expect(changed(changes, 'Tasks:\t2\n')).toEqual(['2']);
    changes.learn(new Map([[FILE, 'Tasks:\t2\n']]));
  }
  expect(changed(changes, 'Tasks:\t2\n')).toEqual([]);
});

test('a line that comes is marked, and those below it are not', () => {
  const text = 'ID:\t42\nOOM:\t0\nInit:\t0\n';
  expect(changed(learnt('ID:\t42\nInit:\t0\n', text), text).join('')).toBe('OOM:\t0');
});

test('a file that was gone is new again', () => {
  const changes = learnt('Tasks:\t1\n');
  changes.learn(new Map([[FILE, 2]]));
  changes.learn(new Map([[FILE, 'Tasks:\t2\n']]));
  expect(changes.paths().has(FILE)).toBe(false);
});

/** As root can put them there: 250 files of 64 KiB, all words. */
function longFiles(word: string): Map<string, string> {
  const text = `${word} `.repeat(32 * 1024);
  return new Map(Array.from({ length: 250 }, (_, index) => [`virtual/f${index}`, text]));
}

test('of many long files that all change, as much is compared as costs little, and short ones still are', () => {
  const changes = new ChangedLines();
  for (const word of 'ab') changes.learn(longFiles(word));
  const compared = changes.paths().size;
  expect(compared).toBeGreaterThan(0);
  expect(compared * 2 * 64 * 1024).toBeLessThanOrEqual(COMPARED_CHARACTERS);
  changes.learn(longFiles('b').set(FILE, 'Tasks:\t1\n'));
  changes.learn(longFiles('a').set(FILE, 'Tasks:\t2\n'));
  expect(changes.paths().has(FILE)).toBe(true);
  for (let reading = 0; reading <= MARKED_READINGS; reading++) changes.learn(longFiles('a'));
  expect(changes.paths().size).toBe(0);
  changes.learn(longFiles('a').set('virtual/f249', 'c '.repeat(32 * 1024)));
  expect([...changes.paths()]).toEqual(['virtual/f249']);
});

test('of a line in which nothing has changed there is one piece, however long it is', () => {
  const text = 'a '.repeat(32 * 1024);
  expect(learnt(text).mark(FILE, text)).toEqual([{ changed: false, words: [{ text, changed: false }] }]);
});
