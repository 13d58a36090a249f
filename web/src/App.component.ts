// SPDX-License-Identifier: MIT
/** The whole page on the fake machine. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from './App.svelte';
import { failure } from './engine/failures.js';
import { FakeMachine } from './machine/fake-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const INFO = 'VCIVersion:\t0002:0001\nVCISyscall:\t273\nVCIKernel:\t07000000\n';

let machine: FakeMachine;
let state: PlaygroundState;

function addContext(xid: number, tasks: number): void {
  const flags = '0000000300000010';
  machine.agent.files.set(`/proc/virtual/${xid}/info`, `ID:\t${xid}\nInfo:\t0\nInit:\t0\n`);
  machine.agent.files.set(`/proc/virtual/${xid}/status`, `UseCnt:\t3\nTasks:\t${tasks}\nFlags:\t${flags}\n`);
  machine.agent.files.set(`/proc/virtual/${xid}/cvirt`, 'BiasUptime:\t35.00\n');
}

function removeContext(xid: number): void {
  for (const path of machine.agent.files.keys()) {
    if (path.startsWith(`/proc/virtual/${xid}/`)) machine.agent.files.delete(path);
  }
}

beforeEach(async () => {
  localStorage.clear();
  location.hash = '';
  machine = new FakeMachine();
  machine.agent.files.set('/proc/uptime', '100.00 99.00\n');
  machine.agent.files.set('/proc/virtual/info', INFO);
  machine.agent.files.set('/proc/virtual/status', '#CTotal:\t0\n#CActive:\t0\n');
  state = new PlaygroundState(() => machine);
  await render(App, { state });
});

afterEach(() => state.setVisible(false));

test('the page shows a terminal, the contexts and /proc/virtual', async () => {
  void state.start();
  await expect.element(page.getByRole('banner').getByRole('status')).toHaveTextContent('Running');
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  await expect.element(page.getByText('No context exists.')).toBeVisible();
  await expect.element(page.getByTestId('proc-contents')).toHaveTextContent('VCISyscall: 273');
});

test('a context comes with tasks, uptime and flags by name, and goes', async () => {
  void state.start();
  await expect.element(page.getByText('No context exists.')).toBeVisible();
  addContext(42, 3);
  const row = page.getByRole('row', { name: /Processes of context 42/ });
  await expect.element(row).toHaveTextContent(/42.*3.*1:05.*fakeinit state_setup state_init/);
  removeContext(42);
  await expect.element(page.getByText('No context exists.')).toBeVisible();
});

test('a long file in the place of the kernel’s is one text, however it changes, and that is said', async () => {
  const long = (word: string) => `${word}\n`.repeat(2000);
  machine.agent.files.set('/proc/virtual/info', long('a'));
  void state.start();
  const contents = page.getByTestId('proc-contents');
  await expect.element(page.getByText('Changes in so long a file are not marked.')).toBeVisible();
  machine.agent.files.set('/proc/virtual/info', long('b'));
  await expect.poll(() => contents.element().textContent).toContain('b\nb\n');
  expect(contents.element().childElementCount).toBe(0);
  machine.agent.files.set('/proc/virtual/info', INFO);
  await expect.element(page.getByText('Changes in so long a file are not marked.')).not.toBeInTheDocument();
});

test('what a terminal shows makes the panels look more often', async () => {
  const stir = vi.spyOn(state.proc, 'stir');
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  const { length } = stir.mock.calls;
  expect(length).toBeGreaterThan(0);
  machine.agent.print(1, 'a guest was started\r\n');
  await expect.poll(() => stir.mock.calls.length).toBeGreaterThan(length);
});

test('only what can be seen is read', async () => {
  addContext(42, 1);
  void state.start();
  await expect.element(page.getByRole('treeitem', { name: '42/' })).toBeVisible();
  const last = () => machine.agent.asked.filter((word) => word.startsWith('snapshot')).at(-1);
  await expect.poll(last).toBe('snapshot virtnet/* virtual/* virtual/*/status');
  await page.getByRole('treeitem', { name: '42/' }).click();
  await expect.poll(last).toContain('virtual/42/*');
  await page.getByRole('button', { name: '/proc' }).click();
  await expect.poll(last).toMatch(/^snapshot (virtual\/\*\/cvirt )?virtual\/\*\/status$/);
  // On a narrow screen one of the views is seen, and here it is not that of the panels.
  await page.viewport(700, 800);
  const { length } = machine.agent.asked;
  await page.getByRole('button', { name: 'Panels' }).click();
  await expect.poll(() => machine.agent.asked.length).toBeGreaterThan(length);
  await page.viewport(1280, 800);
});

function addProcess(pid: number, name: string, xid: number): void {
  const ids = `VxID:\t${xid}\nNxID:\t0\n`;
  const text = `Name:\t${name}\nState:\tS (sleeping)\nUid:\t0\t0\t0\t0\nThreads:\t1\n${ids}`;
  machine.agent.files.set(`/proc/${pid}/status`, text);
}

test('the processes of a context are read when it is opened, and not before', async () => {
  addContext(42, 1);
  addProcess(9, 'sleep', 42);
  addProcess(1, 'init', 0);
  void state.start();
  const toggle = page.getByRole('button', { name: 'Processes of context 42' });
  await expect.element(toggle).toBeVisible();
  expect(
    machine.agent.asked.filter((asked) => asked.includes('*/status') && / \*\/status/.test(asked)),
  ).toEqual([]);
  await toggle.click();
  const table = page.getByRole('table', { name: 'Processes of context 42' });
  await expect.element(table).toHaveTextContent(/9.*sleep.*S \(sleeping\)/);
  await expect.element(table).not.toHaveTextContent('init');
});

test('the processes of a context that ended are not read any more', async () => {
  addContext(42, 1);
  addProcess(9, 'sleep', 42);
  void state.start();
  await page.getByRole('button', { name: 'Processes of context 42' }).click();
  await expect.element(page.getByRole('table', { name: 'Processes of context 42' })).toBeVisible();
  removeContext(42);
  machine.agent.files.delete('/proc/9/status');
  await expect.poll(() => [...state.proc.openGroups]).toEqual([]);
  await expect.poll(() => machine.agent.asked.at(-1)).not.toMatch(/ \*\/status/);
});

test('a file that a later kernel has is shown, and what this one lacks comes with its id', async () => {
  addContext(42, 1);
  addProcess(9, 'sleep', 42);
  const limit = 'Limit\t current\nPROC:\t      12\t       0/      15\t     100/     100\t     3\n';
  machine.agent.files.set('/proc/virtual/42/limit', limit);
  machine.agent.files.set('/proc/virtual/42/novel', 'Colour:\tgreen\n');
  void state.start();
  await page.getByRole('button', { name: '42', exact: true }).click();
  const section = (name: string) =>
    page.getByRole('region', { name: `/proc/virtual/42/${name}`, exact: true });
  const row = section('limit').getByRole('row', { name: /^PROC/ });
  await expect.element(row.getByRole('cell').nth(4)).toHaveTextContent('100');
  await expect.element(row.getByRole('cell').nth(5)).toHaveTextContent('3');
  await expect.element(section('limit')).toHaveTextContent(/Comes with 4e, planned:\s*VML RSS ANON RMAP/);
  await expect.element(section('novel')).toHaveTextContent(/Colour\s*green/);
  await expect.element(section('sched')).toHaveTextContent('This kernel has no such file.');
  // Of what the series has, and this kernel was built without.
  await expect.element(section('nsproxy')).toHaveTextContent(/This kernel lacks what 1b brings:\s*NSProxy/);
});

test('a kernel without vserver says so in each panel', async () => {
  for (const path of machine.agent.files.keys())
    if (path.startsWith('/proc/virtual')) machine.agent.files.delete(path);
  const why = 'vhistory: read the history: this kernel has no read_history, which comes with plan id 1e';
  machine.agent.commands.set('exec vhistory --follow', { exitCode: 1, stderr: `${why}\n` });
  machine.agent.commands.set('exec cat /dev/kmsg', { exitCode: 1, stderr: "cat: can't open '/dev/kmsg'\n" });
  void state.start();
  await expect.element(page.getByText('This kernel has no /proc/virtual')).toBeVisible();
  await page.getByRole('button', { name: 'History' }).click();
  await expect.element(page.getByText(why)).toBeVisible();
  await page.getByRole('button', { name: 'Kernel log' }).click();
  await expect.element(page.getByText("cat: can't open '/dev/kmsg'")).toBeVisible();
});

test('panels that the guest refuses say so in place of what was true before, until it does not', async () => {
  void state.start();
  await expect.element(page.getByText('No context exists.')).toBeVisible();
  machine.agent.refusesSnapshots = 'snapshot: Cannot allocate memory';
  await expect.element(page.getByText('They cannot be read: snapshot: Cannot allocate')).toBeVisible();
  await expect.element(page.getByText('It cannot be read: snapshot: Cannot allocate')).toBeVisible();
  await expect.element(page.getByTestId('proc-contents')).not.toBeInTheDocument();
  machine.agent.refusesSnapshots = '';
  await expect.element(page.getByText('No context exists.')).toBeVisible();
  await expect.element(page.getByTestId('proc-contents')).toBeVisible();
});

test('what the agent says twice, or in other words, is shown once', async () => {
  void state.start();
  addContext(7, 3);
  machine.agent.files.set('/proc/virtual/7', 'a file');
  machine.agent.files.set('/proc/virtual/07/status', 'UseCnt:\t3\nTasks:\t1\nFlags:\t0000000000000000\n');
  await expect.element(page.getByRole('row', { name: /Processes of context 7 / })).toHaveTextContent(/7.*3/);
  await expect.element(page.getByRole('treeitem', { name: '07/' })).toBeVisible();
  addContext(8, 1);
  await expect.element(page.getByRole('row', { name: /Processes of context 8 / })).toBeVisible();
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
});

test('a flood of keys reaches the shell in order, and is shown', async () => {
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  await page.getByRole('textbox', { name: 'Terminal input' }).click();
  await userEvent.keyboard('cat /proc/virtual/info');
  await expect.element(page.getByText('fake:~# cat /proc/virtual/info')).toBeInTheDocument();
});

test('Enter leads into the terminal, its key leads out, and neither does both, held or not', async () => {
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  const input = page.getByRole('textbox', { name: 'Terminal input' });
  const section = input.element().closest('section');
  await input.click();
  for (const press of ['{Enter>4/}', '{Enter}']) {
    await userEvent.keyboard(`{Control>}{Shift>}${press}{/Shift}{/Control}`);
    expect(document.activeElement).toBe(section);
  }
  const { typed } = machine.agent;
  await userEvent.keyboard('{Enter>4/}');
  expect(document.activeElement).toBe(input.element());
  await userEvent.keyboard('x{Enter>2/}');
  await expect.poll(() => machine.agent.typed).toBe(`${typed}x\r\r`);
});

test('a failure says what happened and offers the way back', async () => {
  machine.boots = failure('damaged', 'bzImage: its sha256 is 00…, not 11….');
  void state.start();
  const alert = page.getByRole('alert');
  await expect.element(alert).toHaveTextContent('A downloaded file is not what it should be.');
  await expect.element(alert).toHaveTextContent('bzImage: its sha256');
  machine = new FakeMachine();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  await expect.element(alert).not.toBeInTheDocument();
});

test('progress has a bar with a name', async () => {
  void state.start();
  machine.emit({ type: 'progress', file: 'snapshot.zst', loaded: 1_500_000, total: 4_000_000 });
  const bar = page.getByRole('progressbar', { name: 'Downloading snapshot.zst' });
  await expect.element(bar).toHaveAttribute('value', '1500000');
});

test('a download that stands still says so beside its bar; the message goes when it moves, and has a way on', async () => {
  machine.comesUp = false;
  void state.start();
  const alert = page.getByRole('alert');
  // By the page's own clock; start-watch.test.ts holds the 2 s.
  await expect.element(alert, { timeout: 10_000 }).toHaveTextContent('The download stands still.');
  machine.emit({ type: 'progress', file: 'snapshot.zst', loaded: 1_500_000, total: 4_000_000 });
  await expect.element(alert).not.toBeInTheDocument();
  const bar = page.getByRole('progressbar', { name: 'Downloading snapshot.zst' });
  await expect.element(bar).toBeVisible();
  await expect.element(alert, { timeout: 10_000 }).toBeVisible();
  machine = new FakeMachine();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  await expect.element(alert).not.toBeInTheDocument();
});

test('a cold boot says why, until the reader has seen it', async () => {
  machine.boots = { from: 'cold', why: 'snapshot.zst: its sha256 is wrong.' };
  void state.start();
  await expect.element(page.getByText('snapshot.zst: its sha256 is wrong.')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect.element(page.getByText('snapshot.zst: its sha256 is wrong.')).not.toBeInTheDocument();
  await expect.element(page.getByRole('textbox', { name: 'Terminal input' })).toHaveFocus();
});

test('the guide is opened, and searched', async () => {
  await page.getByRole('button', { name: 'Guide' }).click();
  const guide = page.getByRole('region', { name: 'Guide' });
  await expect.element(guide.getByRole('status')).toHaveTextContent('39 features');
  await guide.getByRole('searchbox').fill('uptime');
  await expect.element(guide.getByRole('link', { name: /^3c uptime/ })).toBeVisible();
  await expect.element(guide.getByRole('link', { name: /^2f/ })).not.toBeInTheDocument();
  expect(localStorage.getItem('playground.guide')).toBe('open');
});

test('an address of the guide opens it on its page; the machine hears nothing of it', async () => {
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  const { typed } = machine.agent;
  location.hash = '#/3a';
  const guide = page.getByRole('region', { name: 'Guide' });
  await expect.element(guide.getByRole('heading', { name: '3a uts information Planned' })).toBeVisible();
  await expect.element(guide).toHaveTextContent('Not built yet');
  location.hash = '#/3h';
  await expect.element(guide).toHaveTextContent('The plan has no 3h.');
  expect(machine.agent.typed).toBe(typed);
});

test('a patch of the guide lies over the terminals, and they are where they were', async () => {
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeVisible();
  location.hash = '#/1e/patches/1e-3-keep-the-history-of-contexts-when-the.patch';
  const guide = page.getByRole('region', { name: 'Guide' });
  await expect.element(guide.getByRole('heading', { name: /^keep the history/ })).toBeVisible();
  await expect.element(guide.getByRole('link', { name: /^@@/ }).first()).toBeVisible();
  await expect.element(page.getByText('fake:~#')).not.toBeVisible();
  await guide.getByRole('button', { name: 'Wide' }).click();
  await expect.element(page.getByText('fake:~#')).toBeVisible();
});

test('a failure is not hidden by what is read', async () => {
  machine.boots = failure('damaged', 'bzImage: its sha256 is 00…, not 11….');
  location.hash = '#/1e/patches/1e-3-keep-the-history-of-contexts-when-the.patch';
  void state.start();
  await expect.element(page.getByRole('alert')).toBeVisible();
});

test('a command of the guide is typed, and not run', async () => {
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  location.hash = '#/1e';
  await page.getByRole('button', { name: 'Type man vhistory at the prompt' }).click();
  await expect.poll(() => machine.agent.typed).toBe('man vhistory');
});

test('the theme is chosen, and kept', async () => {
  await page.getByLabelText('Theme').selectOptions('light');
  expect(document.documentElement.dataset['theme']).toBe('light');
  expect(localStorage.getItem('playground.theme')).toBe('light');
});
