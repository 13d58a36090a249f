// SPDX-License-Identifier: MIT
/** Tests that run on the page, and the feature matrix, on the fake machine. */
import { plan } from 'virtual:plan';
import { beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { testCommand } from './engine/guest-tests.js';
import type { FakeAnswer } from './machine/fake-agent.js';
import { FakeMachine } from './machine/fake-machine.js';
import GuidePane from './panels/GuidePane.svelte';
import { GuideState } from './state/guide.svelte.js';
import { MatrixState, type MatrixSources } from './state/matrix.svelte.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const FILE = '1c-proc-hide.t';
const MANY = 2841;
const LONG_TASK_MS = 100;

let machine: FakeMachine;
let playground: PlaygroundState;
let matrix: MatrixState;
/** What a machine answers to a test; undefined for one that does not end. */
let answers: Map<string, FakeAnswer | undefined>;

const commandOf = (file: string) => testCommand({ file, machine: 'v86', abi: 'i386' });
const result = page.getByRole('region', { name: 'Result' });
const editor = page.getByRole('textbox', { name: /^Text of/ });

function makeMachine(): FakeMachine {
  machine = new FakeMachine();
  machine.agent.files.set('/proc/uptime', '100.00 99.00\n');
  for (const [file, answer] of answers) machine.agent.commands.set(commandOf(file), answer);
  return machine;
}

async function show(hash: string, sources?: MatrixSources): Promise<GuideState> {
  const guide = new GuideState(plan, hash);
  const { tests } = playground;
  const text = () => Promise.resolve('the text');
  matrix = new MatrixState(plan, tests, text, () => 0, ...(sources ? [sources] : []));
  await render(GuidePane, {
    guide,
    tests,
    matrix,
    covered: false,
    readsWide: true,
    onwide: vi.fn(),
    onclose: vi.fn(),
    ontype: vi.fn(),
  });
  return guide;
}

/** Waits until the test has been started in the guest. */
async function started(): Promise<void> {
  await expect.poll(() => machine.agent.asked.at(-1)).toBe(`exec ${commandOf(FILE)}`);
}

beforeEach(() => {
  answers = new Map([[FILE, undefined]]);
  playground = new PlaygroundState(makeMachine, {
    createMachine: makeMachine,
    findArchives: () => Promise.resolve([]),
  });
});

test('thousands of checks come without a long task, are drawn in parts, and the end alone is spoken', async () => {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)));
  await show(`#/1c/test/${FILE}`);
  await expect.element(editor).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await started();
  observer.observe({ type: 'longtask' });
  for (let number = 1; number <= MANY; number++) {
    const ok = number % 1000 === 0 ? 'not ok' : 'ok';
    machine.agent.output(commandOf(FILE), `${ok} ${number} - a check\n`);
  }
  await expect.element(result).toHaveTextContent('2839 passed, 2 failed so far');
  await expect.element(result.getByRole('status')).toHaveTextContent('');
  machine.agent.output(commandOf(FILE), `1..${MANY}\n`);
  machine.agent.end(commandOf(FILE), { exitCode: 1 });
  await expect
    .element(result.getByRole('status'))
    .toHaveTextContent(`${FILE}: Failed. 2839 passed, 2 failed`);
  observer.disconnect();
  expect(tasks.filter((ms) => ms > LONG_TASK_MS)).toEqual([]);
  expect(result.getByRole('listitem').all()).toHaveLength(200);
  await result.getByRole('button', { name: 'Show 200 more of 2841' }).click();
  await expect.poll(() => result.getByRole('listitem').all().length).toBe(400);
  await result.getByRole('checkbox', { name: 'Failed checks only' }).click();
  await expect.poll(() => result.getByRole('listitem').all().length).toBe(2);
});

test('what is edited runs, is said to be no original, and goes back', async () => {
  await show(`#/1c/test/${FILE}`);
  await editor.fill('die;');
  await expect.element(page.getByText('this is not the shipped text')).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await started();
  expect(machine.agent.files.get(`/tests/${FILE}`)).toBe('die;\n');
  machine.agent.end(commandOf(FILE), { exitCode: 255, stderr: `Died at ${FILE} line 1.\n` });
  await expect.element(result).toHaveTextContent('It exited with 255.');
  await expect.element(result).toHaveTextContent('as edited');
  const line = result.getByRole('button', { name: 'line 1' });
  await line.click();
  await expect.element(editor).toHaveFocus();
  const field = editor.element() as HTMLTextAreaElement;
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 4]);
  await page.getByRole('button', { name: 'Back to the original' }).click();
  await expect.element(editor).toHaveValue(expect.stringContaining('#!/usr/bin/perl') as string);
  location.hash = '';
});

test('Tab leads out of the text as out of any field', async () => {
  await show(`#/1c/test/${FILE}`);
  await editor.click();
  const before = (editor.element() as HTMLTextAreaElement).value;
  await userEvent.keyboard('{Tab}');
  await expect.element(editor).not.toHaveFocus();
  await expect.element(editor).toHaveValue(before);
});

test('a machine that cannot be had says why, and names the other one', async () => {
  playground = new PlaygroundState(makeMachine);
  await show(`#/1c/test/${FILE}`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('This page has no tests with it.');
  await expect.element(result).toHaveTextContent('run it in the machine of your terminals');
  await expect.element(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('a test of the debug kernel says that it cannot run here', async () => {
  await show('#/1b/test/debug/1b-syscall-memory.t');
  await expect.element(page.getByText('it cannot run here')).toBeVisible();
  expect(page.getByRole('button', { name: 'Run', exact: true }).all()).toEqual([]);
});

test('the matrix says of a record that it is of another kernel, and of a machine that it has none', async () => {
  const run = { commit: 'abc', date: '2026-11-29', series: 's' };
  const files = { [FILE]: { passed: 2, failed: 1 } };
  await show('#/matrix', {
    recorded: { v86: { ...run, kernel: 'new', files }, qemu: { ...run, kernel: 'old', files } },
    built: { kernel: 'new', series: 's' },
  });
  const row = page.getByRole('row', { name: /^1c / });
  const cells = row.getByRole('cell');
  await expect.element(cells.nth(1)).toHaveTextContent(/^1 failed 2 ok 1 of \d files$/);
  await expect.element(cells.nth(2)).toHaveTextContent(/stale$/);
  await expect.element(cells.nth(3)).toHaveTextContent('not recorded');
  await expect.element(page.getByRole('row', { name: /^2a / })).toHaveTextContent('not built yet');
});

test('the matrix runs an id file by file, and a stop ends the round', async () => {
  await show('#/matrix');
  const files = plan.entries.find(({ id }) => id === '1c')!.tests.map(({ name }) => name);
  for (const file of files) answers.set(file, { stdout: 'ok 1 - it\n1..1\n' });
  await page.getByRole('button', { name: 'Run the tests of 1c' }).click();
  const row = page.getByRole('row', { name: /^1c / });
  await expect
    .element(page.getByText(`${files.length} of ${files.length} test files ran`))
    .toHaveTextContent(`${files.length} checks passed, 0 failed.`);
  await expect.element(row.getByRole('cell').first()).toHaveTextContent(`${files.length} ok`);
  const { features } = JSON.parse(matrix.export()) as {
    features: { id: string; tests: { tab: unknown }[] }[];
  };
  expect(features.find(({ id }) => id === '1c')?.tests[0]?.tab).toMatchObject({ passed: 1, failed: 0 });
  machine.agent.commands.set(commandOf(files[0]!), undefined);
  await page.getByRole('button', { name: 'Run the tests of 1c' }).click();
  await expect.poll(() => machine.agent.asked.at(-1)).toBe(`exec ${commandOf(files[0]!)}`);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect.element(page.getByText(`0 of ${files.length} test files ran`)).toBeVisible();
});
