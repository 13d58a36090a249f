// SPDX-License-Identifier: MIT
/** What programs ask of the browser, without a terminal. In the browser's project for its runes. */
import { beforeEach, expect, test } from 'vitest';
import { CLIPBOARD_MAX } from './terminal-clipboard.js';
import { COPY_REFUSED, TerminalQuestions } from './terminal-questions.svelte.js';

const clipboard = (text: string) => `c;${btoa(text)}`;

let done: string[];
let lets: boolean;
let questions: TerminalQuestions;
beforeEach(() => {
  done = [];
  lets = true;
  questions = new TerminalQuestions({
    copy: (text) => {
      done.push(`copy ${text}`);
      return lets ? Promise.resolve() : Promise.reject(new Error('no'));
    },
    openLink: (href) => void done.push(`open ${href}`),
  });
});

test('what a program wants on the clipboard is there when the reader allows it', () => {
  questions.hearClipboard(clipboard('one'));
  expect(questions.question).toMatchObject({ quote: 'one', yes: 'Allow' });
  expect(done).toEqual([]);
  questions.question?.answer(true);
  expect([done, questions.question]).toEqual([['copy one'], undefined]);
});

test('no other question takes the place of one that is asked', () => {
  questions.hearClipboard(clipboard('one'));
  questions.hearClipboard(clipboard('two'));
  expect(questions.followLink('https://a.example/', 'https://b.example/')).toBe(false);
  expect(questions.question?.quote).toBe('one');
  questions.question?.answer(true);
  questions.hearClipboard(clipboard('three'));
  expect(questions.question?.quote).toBe('https://a.example/');
  questions.question?.answer(true);
  expect([done, questions.question]).toEqual([['copy one', 'open https://a.example/'], undefined]);
});

test('what was refused is not heard again before the next Enter', () => {
  questions.hearClipboard(clipboard('one'));
  questions.question?.answer(false);
  questions.hearClipboard(clipboard('two'));
  questions.typed('x');
  questions.hearClipboard(clipboard('two'));
  expect(questions.question).toBeUndefined();
  questions.typed('\r');
  questions.hearClipboard(clipboard('two'));
  expect(questions.question?.quote).toBe('two');
  expect(done).toEqual([]);
});

test('after any answer, and after what was too long, nothing is heard before the next Enter', () => {
  const ways: (() => void)[] = [
    () => {
      questions.hearClipboard(clipboard('one'));
      questions.question?.answer(true);
    },
    () => {
      questions.followLink('https://a.example/', 'b');
      questions.question?.answer(true);
    },
    () => {
      questions.hearClipboard(clipboard('x'.repeat(CLIPBOARD_MAX + 1)));
      expect(questions.refusal).toContain(String(CLIPBOARD_MAX));
      questions.refusal = ''; // the reader has seen it
      questions.hearClipboard(clipboard('x'.repeat(CLIPBOARD_MAX + 1)));
      expect(questions.refusal).toBe('');
    },
  ];
  for (const way of ways) {
    way();
    questions.hearClipboard(clipboard('two'));
    expect(questions.question).toBeUndefined();
    questions.typed('\r');
    questions.hearClipboard(clipboard('two'));
    expect(questions.question?.quote).toBe('two');
    questions.question?.answer(false);
    questions.typed('\r');
  }
});

test('a link that says where it leads is opened at once, and one that leads nowhere on the web is refused', () => {
  questions.followLink('https://a.example/x', 'https://a.example/x');
  expect(done).toEqual(['open https://a.example/x']);
  questions.followLink('javascript:alert(1)', 'click');
  expect([done.length, questions.question]).toEqual([1, undefined]);
  expect(questions.refusal).toContain('not one of the web');
});

test('a browser that keeps the clipboard to itself is told of', async () => {
  lets = false;
  questions.hearClipboard(clipboard('one'));
  questions.question?.answer(true);
  await expect.poll(() => questions.refusal).toBe(COPY_REFUSED);
});

test('another guest has asked for nothing, and been refused nothing', () => {
  questions.hearClipboard(clipboard('one'));
  questions.question?.answer(false);
  questions.followLink('https://a.example/', 'b');
  questions.forget();
  expect(questions.question).toBeUndefined();
  questions.hearClipboard(clipboard('two'));
  expect(questions.question?.quote).toBe('two');
});
