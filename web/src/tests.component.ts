// SPDX-License-Identifier: MIT
/** Tests that run on the page, and the feature matrix, on the fake machine. */
import { plan } from 'virtual:plan';
import { beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { deferred } from './engine/deferred.js';
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

let machine: FakeMachine;
let playground: PlaygroundState;
let matrix: MatrixState;
/** What a machine answers to a test; undefined for one that does not end. */
let answers: Map<string, FakeAnswer | undefined>;
/** How the site gives a test to the matrix. */
let texts: (file: string) => Promise<string>;

const CORE = plan.entries.find(({ id }) => id === '1c')!;
const FILES = CORE.tests.map(({ name }) => name);
const PASSED = { stdout: 'ok 1 - it\n1..1\n' };
const commandOf = (file: string) => testCommand({ file, machine: 'v86', abi: 'i386' });
const result = page.getByRole('region', { name: 'Result' });
const runButton = page.getByRole('button', { name: 'Run', exact: true });
const stopButton = page.getByRole('button', { name: 'Stop' });
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
  matrix = new MatrixState(
    plan,
    tests,
    (file) => texts(file),
    () => 0,
    ...(sources ? [sources] : []),
  );
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
  texts = () => Promise.resolve('the text');
  playground = new PlaygroundState(makeMachine, {
    createMachine: makeMachine,
    findArchives: () => Promise.resolve([]),
  });
});

test('thousands of checks are drawn in parts, and the end alone is spoken', async () => {
  await show(`#/1c/test/${FILE}`);
  await expect.element(editor).toBeVisible();
  await runButton.click();
  await started();
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
  await runButton.click();
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
  await runButton.click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('This page has no tests with it.');
  await expect.element(result).toHaveTextContent('run it in the machine of your terminals');
  await expect.element(runButton).not.toHaveAttribute('aria-disabled');
});

test('a test of the debug kernel says that it cannot run here', async () => {
  await show('#/1b/test/debug/1b-syscall-memory.t');
  await expect.element(page.getByText('it cannot run here')).toBeVisible();
  expect(runButton.all()).toEqual([]);
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
  for (const file of FILES) answers.set(file, PASSED);
  await page.getByRole('button', { name: 'Run the tests of 1c' }).click();
  const row = page.getByRole('row', { name: /^1c / });
  await expect
    .element(page.getByText(`${FILES.length} of ${FILES.length} test files ran`))
    .toHaveTextContent(`${FILES.length} checks passed, 0 failed.`);
  await expect.element(row.getByRole('cell').first()).toHaveTextContent(`${FILES.length} ok`);
  const { features } = JSON.parse(matrix.export()) as {
    features: { id: string; tests: { tab: unknown }[] }[];
  };
  expect(features.find(({ id }) => id === '1c')?.tests[0]?.tab).toMatchObject({ passed: 1, failed: 0 });
  machine.agent.commands.set(commandOf(FILES[0]!), undefined);
  await page.getByRole('button', { name: 'Run the tests of 1c' }).click();
  await expect.poll(() => machine.agent.asked.at(-1)).toBe(`exec ${commandOf(FILES[0]!)}`);
  await stopButton.click();
  await expect.element(page.getByText(`0 of ${FILES.length} test files ran`)).toBeVisible();
});

test('a round is stopped while a file of it is on its way, and that one does not run', async () => {
  const text = deferred<string>();
  texts = () => text.promise;
  await show('#/matrix');
  await page.getByRole('button', { name: 'Run the tests of 1c' }).click();
  await stopButton.click();
  await expect.element(page.getByText(`0 of ${FILES.length} test files ran`)).toBeVisible();
  expect(matrix.failure).toBeUndefined();
  text.resolve('late');
  await text.promise;
  expect([...playground.tests.runs.keys()]).toEqual([]);
  expect([...playground.tests.busy.keys()]).toEqual([]);
});

test('a file of a round that is stopped on its own page ends the round, and what ran stays', async () => {
  answers.set(FILES[0]!, PASSED);
  machine.agent.commands.set(commandOf(FILES[1]!), undefined);
  await show(`#/1c/test/${FILES[1]}`);
  const round = matrix.run([CORE]);
  await expect.poll(() => playground.tests.runs.get(FILES[1]!)?.step?.name).toBe('running');
  await stopButton.click();
  await round;
  expect(matrix.summary).toBe(`1 of ${FILES.length} test files ran: 1 checks passed, 0 failed.`);
  expect(matrix.queue).toEqual([]);
  expect([...playground.tests.results.keys()]).toEqual([FILES[0]]);
  await expect.element(runButton).not.toHaveAttribute('aria-disabled');
});

test('between two files of a round its machine is not free for another', async () => {
  const { tests } = playground;
  const second = deferred<string>();
  texts = (file) => (file === FILES[1] ? second.promise : Promise.resolve('the text'));
  for (const file of FILES) answers.set(file, PASSED);
  await show(`#/1c/test/${FILE}`);
  const round = matrix.run([CORE]);
  await expect.poll(() => tests.runs.get(FILES[0]!)?.report?.end).toBe('ended');
  await expect.element(runButton).toHaveAttribute('aria-disabled', 'true');
  await expect.element(page.getByText(`${FILES[1]} runs there.`)).toBeVisible();
  expect((await tests.run('1a-core.t', 'the text', 'own')).failure).toBe(
    `${FILES[1]} runs there; stop it, or wait for its end.`,
  );
  expect(tests.busy.get('own')).toBe(FILES[1]);
  second.resolve('the text');
  await round;
  expect(matrix.failure).toBeUndefined();
  expect(matrix.summary).toContain(`${FILES.length} of ${FILES.length} test files ran`);
  await expect.element(runButton).not.toHaveAttribute('aria-disabled');
});

test('a run that is refused leaves the one that runs as it is, and so does a round', async () => {
  const { tests } = playground;
  await show('#/matrix');
  const run = tests.run(FILE, 'the text', 'own');
  await started();
  expect((await tests.run(FILE, 'the text', 'own')).failure).toContain(`${FILE} runs there`);
  await matrix.run([CORE]);
  expect(matrix.failure).toContain(`${FILE} runs there`);
  expect(tests.busy.get('own')).toBe(FILE);
  expect(tests.runs.get(FILE)).toMatchObject({ failure: undefined, step: { name: 'running' } });
  tests.stop('own');
  expect((await run).report?.end).toBe('stopped');
  expect(tests.busy.has('own')).toBe(false);
});

test('a test runs in one of the machines at a time: the page shows one run of it', async () => {
  const { tests } = playground;
  void playground.start();
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  await page.getByRole('radio', { name: /^The machine of your terminals/ }).click();
  await expect.element(runButton).toHaveAttribute('aria-disabled', 'true');
  expect((await tests.run(FILE, 'the text', 'reader')).failure).toBe(
    `${FILE} runs in the other machine; stop it, or wait for its end.`,
  );
  expect(tests.busy.get('reader')).toBeUndefined();
  expect(tests.runs.get(FILE)).toMatchObject({ host: 'own', step: { name: 'running' } });
});

test('what runs as shipped in a machine of its own counts in the matrix, wherever it was started', async () => {
  const { tests } = playground;
  answers.set(FILE, PASSED);
  void playground.start();
  await show('#/matrix');
  const cell = page.getByRole('row', { name: /^1c / }).getByRole('cell').first();
  tests.edit(FILE, 'edited', { text: 'the text', lines: [] });
  expect((await tests.run(FILE, 'the text', 'own')).report?.end).toBe('ended');
  tests.putBack(FILE);
  expect((await tests.run(FILE, 'the text', 'reader')).report?.end).toBe('ended');
  await expect.element(cell).toHaveTextContent(/^Run$/);
  await tests.run(FILE, 'the text', 'own');
  await expect.element(cell).toHaveTextContent(`1 ok 1 of ${FILES.length} files`);
});

test('each of two tests that are edited one after the other gets its colours', async () => {
  const { tests } = playground;
  const shipped = { text: 'the text', lines: [] };
  for (const file of ['a.t', 'b.t', 'c.t']) tests.edit(file, '# a comment', shipped);
  tests.putBack('c.t');
  const kinds = (file: string) =>
    tests.edited
      .get(file)
      ?.lines.flat()
      .map(({ kind }) => kind);
  for (const file of ['a.t', 'b.t']) await expect.poll(() => kinds(file)).toEqual(['comment']);
  expect(tests.edited.has('c.t')).toBe(false);
});

test('the focus stays where a run is started, and comes to no harm when a button goes', async () => {
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  await expect.element(runButton).toHaveFocus();
  const checks = Array.from({ length: 201 }, (_, index) => `ok ${index + 1} - it\n`).join('');
  machine.agent.output(commandOf(FILE), `${checks}1..201\n`);
  machine.agent.end(commandOf(FILE), { exitCode: 0 });
  await result.getByRole('button', { name: 'Show 1 more of 201' }).click();
  await expect.element(result.getByRole('group', { name: 'Checks' })).toHaveFocus();
  await editor.fill('die;');
  await page.getByRole('button', { name: 'Back to the original' }).click();
  await expect.element(editor).toHaveFocus();
});

test('a stop leaves the focus on its button, which does nothing more', async () => {
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  await stopButton.click();
  await expect.element(result.getByRole('status')).toHaveTextContent('Stopped.');
  await expect.element(stopButton).toHaveFocus();
  await expect.element(stopButton).toHaveAttribute('aria-disabled', 'true');
});

test('of checks without end all are counted, and what is not listed is said', async () => {
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  for (let number = 1; number <= 10_002; number++)
    machine.agent.output(commandOf(FILE), `ok ${number} - it\n`);
  await expect.element(result).toHaveTextContent('10002 passed, 0 failed so far');
  machine.agent.output(commandOf(FILE), '1..10002\n');
  machine.agent.end(commandOf(FILE), {});
  await expect.element(result.getByRole('status')).toHaveTextContent('Passed. 10002 passed, 0 failed');
  await expect.element(result).toHaveTextContent('Checks that were counted and are not listed: 2.');
  await expect.element(result.getByRole('button', { name: 'Show 200 more of 10000' })).toBeVisible();
  expect(playground.tests.runs.get(FILE)?.tests).toHaveLength(10_000);
});

test('of checks that say much fewer are drawn at a time, and all can be had', async () => {
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  for (let number = 1; number <= 10; number++) {
    machine.agent.output(commandOf(FILE), `not ok ${number} - ${'word '.repeat(600)}\n`);
    machine.agent.output(commandOf(FILE), '# it says much\n'.repeat(200));
  }
  machine.agent.output(commandOf(FILE), '1..10\n');
  machine.agent.end(commandOf(FILE), {});
  await expect.element(result.getByRole('status')).toHaveTextContent('Failed. 0 passed, 10 failed');
  const drawn = () => result.getByRole('listitem').all().length;
  expect(drawn()).toBe(7);
  await expect.element(result).toHaveTextContent('… and 100 more lines');
  await result.getByRole('button', { name: 'Show 3 more of 10' }).click();
  await expect.poll(drawn).toBe(10);
});

test('a test that kills its agent is broken off, and stays so when another agent comes', async () => {
  await show(`#/1c/test/${FILE}`);
  await runButton.click();
  await started();
  machine.agent.output(commandOf(FILE), 'ok 1 - it\n');
  machine.agent.boot();
  machine.agent.silent = true;
  await expect.element(result.getByRole('status')).toHaveTextContent('Broken off. 1 passed, 0 failed');
  const before = machine.agent.asked.length;
  machine.agent.silent = false;
  await expect.poll(() => machine.agent.asked.length).toBeGreaterThan(before);
  await playground.tests.run('1a-core.t', 'the text', 'own');
  await expect.element(result.getByRole('status')).toHaveTextContent('Broken off. 1 passed, 0 failed');
  await expect.element(stopButton).toHaveAttribute('aria-disabled', 'true');
  await expect.element(runButton).not.toHaveAttribute('aria-disabled');
});

test('the matrix leaves the focus on the button that was pressed, from the start of a round to its end', async () => {
  const text = deferred<string>();
  texts = () => text.promise;
  for (const file of FILES) answers.set(file, PASSED);
  await show('#/matrix');
  const run = page.getByRole('button', { name: 'Run the tests of 1c' });
  await run.click();
  await expect.element(page.getByText('runs or waits')).toBeVisible();
  await expect.element(run).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  text.resolve('the text');
  await expect.element(page.getByText(`${FILES.length} of ${FILES.length} test files ran`)).toBeVisible();
  await expect.element(run).toHaveFocus();
  await expect.element(run).not.toHaveAttribute('aria-disabled');
});
