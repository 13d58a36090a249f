// SPDX-License-Identifier: MIT
/** Where the reader of a lesson comes to by a link, and back. */
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { Lesson } from '../engine/lesson.js';
import LessonView from './LessonView.svelte';

const HUNK = '#/1a/patches/x.patch/kernel/fork.c:vs_dup_task()';
const lesson: Lesson = {
  name: '1a-core',
  id: '1a',
  slug: 'core',
  title: 'Contexts',
  summary: 'What they are.',
  minutes: 1,
  needs: [],
  stepCount: 1,
  intro: [{ tag: 'p', children: [{ tag: 'a', href: 'https://example.org/', children: ['elsewhere'] }] }],
  steps: [
    {
      slug: 'one',
      title: 'One',
      body: [{ tag: 'p', children: [{ tag: 'a', href: HUNK, children: ['the hunk'] }] }],
      check: 'ctx(100) exists',
      needs: [],
      undoes: [],
      hints: [],
      answer: ['true'],
    },
  ],
  outro: [],
};

async function show(cameFrom: string): Promise<void> {
  await render(LessonView, {
    lesson,
    steps: [{ slug: 'one', state: 'open', before: false, hints: [] }],
    complete: false,
    ready: true,
    arrives: true,
    cameFrom,
    onrun: vi.fn(),
    onstartover: vi.fn(),
  });
}

test('who comes from elsewhere is at the heading', async () => {
  await show('#/');
  await expect.element(page.getByRole('heading', { name: 'Contexts' })).toHaveFocus();
});

test('who comes back from a hunk is at the link that led there', async () => {
  await show(HUNK);
  await expect.element(page.getByRole('link', { name: 'the hunk' })).toHaveFocus();
});

test('a page of the guide opens in its place, another site beside the page', async () => {
  await show('#/');
  await expect.element(page.getByRole('link', { name: 'the hunk' })).not.toHaveAttribute('target');
  await expect.element(page.getByRole('link', { name: 'elsewhere' })).toHaveAttribute('target', '_blank');
});
