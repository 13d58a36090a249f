// SPDX-License-Identifier: MIT
/** Thousands of contexts: some are drawn, and each can be found. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from './App.svelte';
import { FakeMachine } from './machine/fake-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const COUNT = 3000;
const FIRST = 2000;
const LAST = FIRST + COUNT - 1;

let state: PlaygroundState;

const panel = () => page.getByRole('region', { name: 'Contexts' });
const button = (xid: number) => panel().getByRole('button', { name: String(xid), exact: true });

beforeEach(async () => {
  localStorage.clear();
  location.hash = '';
  const machine = new FakeMachine();
  machine.agent.files.set('/proc/virtual/info', 'VCIVersion:\t0002:0001\n');
  for (let xid = FIRST; xid <= LAST; xid++) {
    machine.agent.files.set(
      `/proc/virtual/${xid}/status`,
      'UseCnt:\t3\nTasks:\t1\nFlags:\t0000000000000000\n',
    );
    machine.agent.files.set(`/proc/virtual/${xid}/cvirt`, 'BiasUptime:\t35.00\n');
  }
  for (let pid = 1; pid <= 500; pid++)
    machine.agent.files.set(
      `/proc/${pid}/status`,
      `Name:\tp${pid}\nState:\tS (sleeping)\nUid:\t0\nThreads:\t1\nVxID:\t${FIRST}\n`,
    );
  state = new PlaygroundState(() => machine);
  await render(App, { state });
  void state.start();
  await expect.element(button(FIRST)).toBeVisible();
});

afterEach(() => state.setVisible(false));

test('the list and the tree draw the first ones, and say how many more there are', async () => {
  // The host is the first row.
  await expect.element(panel()).toHaveTextContent('… and 2701 more contexts');
  expect(panel().getByRole('rowgroup').elements().length).toBeLessThanOrEqual(301);
  expect(page.getByRole('treeitem').elements().length).toBeLessThanOrEqual(300);
  await expect.element(page.getByRole('tree')).toBeVisible();
  await expect.element(page.getByText(/^… and \d+ more$/)).toBeInTheDocument();
});

test('one is found by its xid, and the way back from its page leads to it', async () => {
  const find = page.getByRole('textbox', { name: 'Find by xid' });
  await userEvent.fill(find, String(LAST));
  await button(LAST).click();
  await panel().getByRole('button', { name: 'All contexts' }).click();
  await expect.element(button(LAST)).toHaveFocus();
  await expect.element(find).toHaveValue(String(LAST));
  await expect.element(panel().getByRole('status')).toHaveTextContent('1 found.');
  await userEvent.fill(find, '7');
  await expect
    .element(panel().getByRole('status'))
    .toHaveTextContent('No context has an xid that begins so.');
});

test('a terminal can be opened in the first ones, and it is said where in the others', async () => {
  await page.getByRole('button', { name: 'Open a terminal in …' }).click();
  const places = page.getByRole('group', { name: 'Where the new terminal is' });
  await expect.element(places).toHaveTextContent('… and 2700 more contexts');
  expect(places.getByRole('button').elements()).toHaveLength(301);
});

test('of thousands of processes the first are drawn, too', async () => {
  await panel()
    .getByRole('button', { name: `Processes of context ${FIRST}` })
    .click();
  const processes = panel().getByRole('table', { name: `Processes of context ${FIRST}` });
  await expect.element(processes).toBeVisible();
  expect(processes.getByRole('row').elements()).toHaveLength(301);
  await expect.element(panel()).toHaveTextContent('… and 200 more processes');
});
