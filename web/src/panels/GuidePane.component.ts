// SPDX-License-Identifier: MIT
/** The frame that lessons are put into. */
import { createRawSnippet } from 'svelte';
import { plan } from 'virtual:plan';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { GuideState } from '../state/guide.svelte.js';
import { MatrixState } from '../state/matrix.svelte.js';
import { PlaygroundState } from '../state/playground.svelte.js';
import GuidePane from './GuidePane.svelte';

let guide: GuideState;

beforeEach(async () => {
  guide = new GuideState(plan, '');
  const { tests } = new PlaygroundState(() => {
    throw new Error('nothing is started here');
  });
  await render(GuidePane, {
    guide,
    tests,
    matrix: new MatrixState(
      plan,
      tests,
      () => Promise.resolve(''),
      () => 0,
    ),
    covered: false,
    readsWide: true,
    lessons: [
      { slug: 'first', id: 'tour', title: 'A first guest' },
      { slug: 'proc', id: '1c', title: 'What /proc shows' },
    ],
    lesson: createRawSnippet((slug: () => string) => ({ render: () => `<p>the lesson ${slug()}</p>` })),
    onwide: vi.fn(),
    onclose: vi.fn(),
    ontype: vi.fn(),
  });
});

test('lessons of no id are there to begin with, those of an id on its page', async () => {
  await expect
    .element(page.getByRole('region', { name: 'Start here' }).getByRole('link'))
    .toHaveAttribute('href', '#/lesson/first');
  guide.follow('#/1c');
  await expect
    .element(page.getByRole('link', { name: 'What /proc shows' }))
    .toHaveAttribute('href', '#/lesson/proc');
  guide.follow('#/1d');
  await expect.element(page.getByText('There is none of 1d yet.')).toBeVisible();
});

test('what a feature says that a patch does is a link to it; who comes back is at its words', async () => {
  guide.follow('#/1c');
  const link = page.getByRole('link', { name: 'ninfo', exact: true });
  await expect
    .element(link)
    .toHaveAttribute('href', expect.stringMatching(/^#\/1c\/patches\/1c-2-.*proc_pid_ninfo/));
  const href = link.element().getAttribute('href') ?? '';
  guide.follow(href);
  await expect.element(link).not.toBeInTheDocument();
  guide.follow('#/1c');
  await expect.element(link).toHaveFocus();
  guide.follow('#/1b');
  await expect.element(page.getByRole('heading', { name: /^1b/ })).toHaveFocus();
});

test('a page begins at its top, wherever the one before was left', async () => {
  const scrolls = page.getByRole('region', { name: 'Guide' }).element().querySelector('.page')!;
  // As low as a window can be, so that both pages are longer.
  (scrolls as HTMLElement).style.maxHeight = '100px';
  guide.follow('#/1b');
  await expect.element(page.getByRole('heading', { name: /^1b/ })).toBeInTheDocument();
  scrolls.scrollTo(0, 150);
  expect(scrolls.scrollTop).toBe(150);
  guide.follow('#/1c');
  await expect.element(page.getByRole('heading', { name: /^1c/ })).toBeInTheDocument();
  expect(scrolls.scrollTop).toBe(0);
});

test('a lesson has its page, and the way to it', async () => {
  guide.follow('#/lesson/proc');
  await expect.element(page.getByText('the lesson proc')).toBeVisible();
  const way = page.getByRole('navigation', { name: 'Where you are in the guide' });
  await expect.element(way.getByRole('link', { name: '1c' })).toHaveAttribute('href', '#/1c');
  await expect
    .element(way.getByRole('link', { name: 'What /proc shows' }))
    .toHaveAttribute('aria-current', 'page');
  guide.follow('#/lesson/first');
  await expect.element(page.getByText('the lesson first')).toBeVisible();
});

test('another is not there, and that is said', async () => {
  guide.follow('#/lesson/none');
  await expect.element(page.getByText('There is no lesson none.')).toBeVisible();
});

describe('a hunk of a patch', () => {
  const PATCH = '#/1a/patches/1a-2-make-tasks-members-of-contexts.patch/kernel/fork.c';
  const marked = () => [...document.querySelectorAll('[aria-current="location"]')];

  test('is marked by a word and a frame when its address is followed, by name or by line', async () => {
    for (const place of ['vs_dup_task()', '2262']) {
      guide.follow('#/1a');
      guide.follow(`${PATCH}:${place}`);
      await expect.element(page.getByText('The link leads here')).toBeVisible();
      const [hunk, line] = marked();
      expect(hunk).toHaveTextContent('@@ -2257,6 +2259,7 @@');
      expect(hunk).toHaveFocus();
      expect(line).toHaveTextContent('vs_dup_task(p);');
      expect(marked()).toHaveLength(2);
    }
  });

  test('has a link with its name, which holds when lines move', async () => {
    guide.follow(PATCH);
    await expect
      .element(page.getByRole('link', { name: '@@ -2591,6 +2594,7 @@' }))
      .toHaveAttribute('href', `${PATCH}:vs_fork_task()`);
    expect(marked()).toEqual([]);
  });

  test('that is not there is told, with the focus, above all that is', async () => {
    guide.follow(`${PATCH}:no_such_thing()`);
    await expect
      .element(page.getByText('The patch does nothing with no_such_thing() in kernel/fork.c,'))
      .toHaveFocus();
    await expect.element(page.getByRole('link', { name: '@@ -2591,6 +2594,7 @@' })).toBeVisible();
  });
});
