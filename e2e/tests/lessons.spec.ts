// SPDX-License-Identifier: MIT
import { compileLessons } from '../../web/lesson-compiler/lessons.js';
import { readOwnLessons } from '../../web/lesson-compiler/own-lessons.js';
import type { Lesson, LessonStep } from '../../web/src/engine/lesson.js';
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';
import type { PlaygroundPage } from '../pages/playground-page.js';

const { sources, options } = await readOwnLessons();
const lessons = compileLessons(sources, options);
const TOUR = 'tour-first-vserver';
const tour = lessons.find(({ name }) => name === TOUR)!;

test.use({ viewport: { width: 1440, height: 900 } });

/** Does a step as its model answer says. */
async function answer(playground: PlaygroundPage, step: LessonStep): Promise<void> {
  for (const command of step.answer) await playground.exec(command);
}

async function openLesson(playground: PlaygroundPage, lesson: Pick<Lesson, 'name'>): Promise<void> {
  await playground.open(`#/lesson/${lesson.name}`);
  await expect(playground.lessonSteps.first()).toHaveAttribute('data-state', 'open');
}

for (const lesson of lessons) {
  test(`${lesson.name}: its model answer turns every step done, and no step comes before its own`, async ({
    playground,
  }) => {
    await openLesson(playground, lesson);
    for (const step of lesson.steps) {
      await expect(playground.lessonStep(step.slug)).toHaveAttribute('data-state', 'open');
      await answer(playground, step);
      await expect(playground.lessonStep(step.slug)).toHaveAttribute('data-state', 'done');
    }
    await expect(playground.guide.getByText('All steps are done.')).toBeVisible();
  });
}

// Of the other lessons scripts/prove-lessons.ts tells that, in a fraction of the time.
test('the tour is not finished when any one step is left out', async ({ playground }) => {
  await openLesson(playground, tour);
  for (const left of tour.steps) {
    for (const step of tour.steps) if (step !== left) await answer(playground, step);
    // By now a reading has begun and ended behind the last command.
    await playground.waitFor('proc("virtual/info") exists');
    await expect(playground.guide.getByText('All steps are done.')).toBeHidden();
    await playground.guide.getByRole('button', { name: 'Start over' }).click();
    await playground.ready();
    await expect(playground.lessonSteps.first()).toHaveAttribute('data-state', 'open');
  }
});

test('a click types a command into the terminal, and the step turns done by what it did', async ({
  playground,
}) => {
  await openLesson(playground, tour);
  await playground.lessonStep('build').getByRole('button', { name: 'vserver web build' }).click();
  await expect(playground.screen).toContainText('vserver web build -m busybox --context 100');
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'done');
  // The keys are the terminal's: whoever has clicked types on there.
  await playground.page.keyboard.type('echo "typed $((6*7))"\n');
  await expect(playground.screen).toContainText('typed 42');
});

test('what a terminal shows proves nothing', async ({ playground }) => {
  await openLesson(playground, tour);
  await playground.command(
    'echo /etc/vservers/web/context 100; echo "Vserver web is running at context 100"',
  );
  await expect(playground.screen).toContainText('is running at context 100');
  await playground.waitFor('not file("/etc/vservers/web/context") exists');
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'open');
});

test('a step that is done goes again with what it made', async ({ playground }) => {
  await openLesson(playground, tour);
  for (const step of tour.steps.slice(0, 2)) await answer(playground, step);
  await expect(playground.lessonStep('start')).toHaveAttribute('data-state', 'done');
  await playground.exec('vserver web stop');
  await expect(playground.lessonStep('start')).toHaveAttribute('data-state', 'lost');
  await playground.exec('vserver web start');
  await expect(playground.lessonStep('start')).toHaveAttribute('data-state', 'done');
});

test('progress is remembered, and a reset machine begins anew', async ({ playground, page }) => {
  await openLesson(playground, tour);
  await answer(playground, tour.steps[0]!);
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'done');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'open');
  await expect(playground.lessonStep('build')).toContainText('done before');
  await page.reload();
  await expect(playground.lessonStep('build')).toContainText('done before');
  await playground.ready();
  await playground.guide.getByRole('button', { name: 'Start over' }).click();
  await expect(playground.lessonStep('build')).not.toContainText('done before');
});

test('a lesson stays open while a patch is read', async ({ playground, page }) => {
  await openLesson(playground, tour);
  await answer(playground, tour.steps[0]!);
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'done');
  await page.evaluate(() => (location.hash = '#/1a'));
  await expect(playground.guide.getByRole('heading', { level: 2 })).toContainText('1a');
  await page.goBack();
  await expect(playground.lessonStep('build')).toHaveAttribute('data-state', 'done');
});

test("a table of words in a lesson is not cut at the guide's edge", async ({ playground, page }) => {
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await playground.goto('#/lesson/1d-debug');
    const table = playground.guide.getByText('debug_misc     signals to contexts');
    await expect(table).toBeVisible();
    const cut = (element: HTMLElement) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect().right - element.closest('.guide')!.getBoundingClientRect().right;
    };
    expect(await table.evaluate(cut)).toBeLessThanOrEqual(0);
  }
});

/** What the lesson on 1a says of fork, and where that is done. */
const COUNTS = { link: 'counts the copy', file: 'kernel/fork.c', line: '2262 added vs_dup_task(p);' };

for (const [size, viewport] of [
  ['1440 px', { width: 1440, height: 900 }],
  ['360 px', { width: 360, height: 740 }],
] as const) {
  test(`a lesson's prose leads to the hunk that it speaks of, and back to the words, at ${size}`, async ({
    playground,
    page,
  }) => {
    await page.setViewportSize(viewport);
    await playground.goto('#/lesson/1a-core');
    // The first page leaves the focus to the terminal.
    await playground.ready();
    const link = playground.guide.getByRole('link', { name: COUNTS.link });
    await link.click();
    const line = playground.diff(COUNTS.file).getByRole('row', { name: COUNTS.line });
    await expect(line).toBeInViewport();
    await expect(line).toHaveAttribute('aria-current', 'location');
    const hunk = playground.diff(COUNTS.file).locator('a[aria-current="location"]');
    await expect(hunk).toBeFocused();
    await expect(hunk).toBeInViewport();
    expect(await playground.overflow()).toBe(0);
    await page.goBack();
    await expect(link).toBeFocused();
    await expect(link).toBeInViewport();
    await page.goForward();
    await expect(line).toBeInViewport();
  });
}

test('by keys alone: from the words of a lesson to the hunk, and to the next one', async ({
  playground,
  page,
}) => {
  await playground.open('#/lesson/1a-core');
  await playground.guide.getByRole('button', { name: 'Start over' }).focus();
  const link = playground.guide.getByRole('link', { name: COUNTS.link });
  while (!(await link.evaluate((element) => element === document.activeElement)))
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const hunks = playground.diff(COUNTS.file).getByRole('link', { name: /^@@/ });
  await expect(hunks.nth(2)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(hunks.nth(3)).toBeFocused();
  await page.goBack();
  await expect(link).toBeFocused();
});

test('the plan leads to the tour, and an id to its lesson', async ({ playground }) => {
  await playground.open();
  await playground.guide.getByRole('link', { name: tour.title }).click();
  await expect(playground.guide.getByRole('heading', { name: tour.title })).toBeFocused();
  await playground.open('#/1a');
  const core = lessons.find(({ name }) => name === '1a-core')!;
  await playground.guide.getByRole('link', { name: core.title }).click();
  await expect(playground.guide.getByRole('heading', { name: core.title })).toBeVisible();
});

for (const [size, viewport] of [
  ['1440 px', { width: 1440, height: 900 }],
  ['360 px', { width: 360, height: 740 }],
] as const) {
  test(`axe finds nothing serious in a lesson at ${size}`, async ({ playground, page }) => {
    await page.setViewportSize(viewport);
    await playground.goto(`#/lesson/${TOUR}`);
    await expect(playground.guide.getByRole('heading', { name: tour.title })).toBeVisible();
    await playground.ready();
    expect(await seriousFindings(page)).toEqual([]);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wider).toBeLessThanOrEqual(0);
  });
}
