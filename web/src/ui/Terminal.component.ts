// SPDX-License-Identifier: MIT
/** Where the focus and the keys go between a terminal and what lies over it, without a machine. */
import { beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../theme.css';
import type { TerminalPort, TerminalScreen } from './terminal-port.js';
import Terminal from './Terminal.svelte';

const OFFER = `\x1b]52;c;${btoa('evil')}\x07`;
const link = (target: string, text: string) => `\x1b]8;;${target}\x1b\\${text}\x1b]8;;\x1b\\\r\n`;
/** It is asked for. */
const OTHER = link('https://evil.example/x', 'https://good.example/');

const input = page.getByRole('textbox', { name: 'Terminal input' });
const links = page.getByRole('menu', { name: 'Links on the screen' });
const question = page.getByRole('group', { name: 'A question from the guest' });

let screen: TerminalScreen;
let typed: string;

const port: TerminalPort = {
  show: (shown) => (screen = shown),
  write: (text) => (typed += text),
  writeBinary: () => undefined,
  resize: () => undefined,
};

function print(text: string): Promise<void> {
  return new Promise((done) => screen.write(new TextEncoder().encode(text), done));
}

async function listLinks(): Promise<void> {
  await userEvent.keyboard('{Control>}{Shift>}L{/Shift}{/Control}');
  await expect.element(links).toBeVisible();
}

beforeEach(async () => {
  typed = '';
  await render(Terminal, {
    port,
    label: 'Shell 1',
    shown: true,
    active: true,
    theme: 'dark',
    screenReader: false,
    ontitle: () => undefined,
    onactivate: () => undefined,
    onarrange: () => undefined,
  });
  await expect.element(input).toHaveFocus();
});

test('a link chosen by keys does not lead to the question of another that stood before', async () => {
  await print(OFFER + OTHER);
  await expect.element(question).toHaveTextContent('wants to put 4 characters');
  await listLinks();
  await userEvent.keyboard('{Enter}');
  await expect.element(links).not.toBeInTheDocument();
  await expect.element(question).toHaveTextContent('wants to put 4 characters');
  await expect.element(input).toHaveFocus();
});

test('a link chosen by keys leads to its question, also when that stands already', async () => {
  await print(OTHER);
  for (const time of ['first', 'second']) {
    (input.element() as HTMLElement).focus();
    await listLinks();
    await userEvent.keyboard('{Enter}');
    await expect.element(question, { message: time }).toHaveFocus();
    await expect.element(question).toHaveTextContent('https://evil.example/x');
  }
});

const REFUSED = link('https://good.example@evil.example/', 'here');

test('an Enter that chose a link and is held types nothing, and the next one does', async () => {
  await print(REFUSED);
  await listLinks();
  await userEvent.keyboard('{Enter>4/}');
  await expect.element(page.getByRole('alert')).toHaveTextContent('a name of a user before the host');
  await expect.element(input).toHaveFocus();
  expect(typed).toBe('');
  await userEvent.keyboard('{Enter>3/}');
  expect(typed).toBe('\r\r\r');
});

test('an Enter that answered a question and is held types nothing', async () => {
  await print(OFFER);
  await expect.element(question).toBeVisible();
  (question.getByRole('button', { name: 'Refuse' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter>4/}');
  await expect.element(input).toHaveFocus();
  expect(typed).toBe('');
});

test('the Enter that leads in, held, types nothing, and that which leaves does not lead in again', async () => {
  const frame = page.getByRole('region', { name: 'Shell 1' });
  await userEvent.keyboard('{Control>}{Shift>}{Enter>3/}{/Shift}{/Control}');
  await expect.element(frame).toHaveFocus();
  await expect
    .element(frame)
    .toHaveAccessibleDescription(
      'Enter types into the terminal. There Ctrl+Shift+Enter leaves it, and Ctrl+Shift+L lists the links on its screen.',
    );
  await userEvent.keyboard('{Enter>4/}');
  await expect.element(input).toHaveFocus();
  expect(typed).toBe('');
  await userEvent.keyboard('{Enter}');
  expect(typed).toBe('\r');
});
