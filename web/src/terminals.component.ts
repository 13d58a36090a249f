// SPDX-License-Identifier: MIT
/** The terminals in panes, by keyboard and pointer, on the fake machine. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import App from './App.svelte';
import { FakeMachine } from './machine/fake-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

let machine: FakeMachine;
let state: PlaygroundState;

const section = (label: string) => page.getByRole('region', { name: label, exact: true });
const input = (label: string) => section(label).getByRole('textbox', { name: 'Terminal input' });
const bar = () => page.getByRole('separator', { name: /of pane 1/ });
const width = (label: string) => section(label).element().getBoundingClientRect().width;

async function press(keys: string) {
  await userEvent.keyboard(`{Control>}{Shift>}${keys}{/Shift}{/Control}`);
}

beforeEach(async () => {
  localStorage.clear();
  location.hash = '';
  machine = new FakeMachine();
  machine.agent.files.set('/proc/uptime', '100.00 99.00\n');
  state = new PlaygroundState(() => machine);
  await render(App, { state });
  void state.start();
  await expect.element(page.getByText('fake:~#')).toBeInTheDocument();
  await input('Shell 1').click();
});

afterEach(async () => {
  state.setVisible(false);
  await page.viewport(1280, 800);
});

test('a key splits, and what is typed next goes to the new terminal; the old one stays as it is', async () => {
  await userEvent.keyboard('old');
  await expect.element(page.getByText('fake:~# old')).toBeVisible();
  await press('E');
  await expect.element(section('Shell 2')).toBeVisible();
  await expect.element(page.getByText('fake:~# old')).toBeVisible();
  await userEvent.keyboard('new');
  await expect.element(section('Shell 2').getByText('fake:~# new')).toBeVisible();
  await press('{ArrowLeft}');
  await expect.element(input('Shell 1')).toHaveFocus();
  await press('{ArrowRight}');
  await expect.element(input('Shell 2')).toHaveFocus();
  await press('X');
  await expect.element(section('Shell 2')).not.toBeInTheDocument();
  await expect.element(input('Shell 1')).toHaveFocus();
  expect(machine.agent.typed).toBe('oldnew');
});

test('each pane has a bar that its keys move, and the guest hears of both sizes', async () => {
  await press('E');
  await expect.element(bar()).toBeVisible();
  const [left, right] = [width('Shell 1'), width('Shell 2')];
  expect(Math.abs(left - right)).toBeLessThan(10);
  const asked = machine.agent.asked.length;
  (bar().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
  await expect.element(bar()).toHaveAttribute('aria-valuenow', '40');
  expect(width('Shell 1')).toBeLessThan(left);
  expect(width('Shell 2')).toBeGreaterThan(right);
  // A narrower one and a wider one; a slow machine may say both twice.
  await expect
    .poll(() => new Set(machine.agent.asked.slice(asked).filter((word) => word.startsWith('resize'))).size)
    .toBeGreaterThanOrEqual(2);
  await userEvent.keyboard('{Home}');
  await expect.element(bar()).toHaveAttribute('aria-valuenow', '15');
  await userEvent.keyboard('{End}');
  await expect.element(bar()).toHaveAttribute('aria-valuenow', '85');
});

test('the pane that the focus comes to by Tab is the one that is typed into, and Tab goes on from there', async () => {
  await press('E');
  await press('{Enter}');
  expect(document.activeElement).toBe(section('Shell 2').element());
  (section('Shell 1').element() as HTMLElement).focus();
  expect(state.terminals.active.label).toBe('Shell 1');
  expect(document.activeElement).toBe(section('Shell 1').element());
});

test('the buttons split, open in their own pane and close; the focus is not lost', async () => {
  await page.getByRole('button', { name: 'Split below' }).click();
  await expect.element(input('Shell 2')).toHaveFocus();
  await page
    .getByRole('group', { name: 'Terminals, pane 1 of 2' })
    .getByRole('button', { name: 'New terminal' })
    .click();
  await expect.element(input('Shell 3')).toHaveFocus();
  await expect.element(section('Shell 1')).not.toBeInTheDocument();
  await expect.element(section('Shell 2')).toBeVisible();
  await page
    .getByRole('group', { name: 'Terminals, pane 1 of 2' })
    .getByRole('button', { name: 'Close Shell 3' })
    .click();
  await expect.element(input('Shell 1')).toHaveFocus();
});

test('on a narrow screen one pane is seen, and its bar leads to what is in the others', async () => {
  await press('E');
  await page.viewport(700, 800);
  await expect.element(section('Shell 2')).toBeVisible();
  await expect.element(section('Shell 1')).not.toBeInTheDocument();
  await expect.element(bar()).not.toBeInTheDocument();
  await page.getByRole('button', { name: 'Shell 1', exact: true }).click();
  await expect.element(section('Shell 1')).toBeVisible();
  await expect.element(section('Shell 2')).not.toBeInTheDocument();
});
