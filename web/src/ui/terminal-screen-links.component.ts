// SPDX-License-Identifier: MIT
/** What is found on the screen of xterm.js; it asks what has no call of its own there, and so every version of it is asked here. */
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linksOnScreen } from './terminal-screen-links.js';

let element: HTMLElement;
let terminal: Terminal;

beforeEach(() => {
  element = document.body.appendChild(document.createElement('div'));
  terminal = new Terminal({ cols: 20, rows: 5, scrollback: 100, allowProposedApi: true });
  terminal.loadAddon(new WebLinksAddon());
  terminal.open(element);
});

afterEach(() => {
  terminal.dispose();
  element.remove();
});

const write = (text: string) => new Promise<void>((resolve) => terminal.write(text, resolve));
const link = (target: string, shown: string) => `\x1b]8;;${target}\x1b\\${shown}\x1b]8;;\x1b\\`;

test('addresses and OSC 8, in the order of reading, each once', async () => {
  await write(`${link('https://b.example/', 'B')} http://a.example\r\n${link('https://b.example/', 'B')}`);
  expect(linksOnScreen(terminal)).toEqual([
    { target: 'https://b.example/', shown: 'B' },
    { target: 'http://a.example', shown: 'http://a.example' },
  ]);
});

test('one that goes on in the next line is one', async () => {
  const plain = 'https://plain.example/a/b/c';
  const shown = 'a text of twenty-three.';
  await write(`${plain}\r\n${link('https://x.example/', shown)}`);
  expect(linksOnScreen(terminal)).toEqual([
    { target: plain, shown: plain },
    { target: 'https://x.example/', shown },
  ]);
});

test('two of one target in two lines, each alone, are two', async () => {
  await write(`${link('https://x.example/', 'one')}\r\n${link('https://x.example/', 'two')}`);
  expect(linksOnScreen(terminal).map(({ shown }) => shown)).toEqual(['one', 'two']);
});

test('an address that is the text of a link leads where the link does', async () => {
  await write(link('https://evil.example/', 'https://a.example'));
  expect(linksOnScreen(terminal)).toEqual([{ target: 'https://evil.example/', shown: 'https://a.example' }]);
});

test('what has scrolled away is on the screen when the reader scrolls back, and what is below is not', async () => {
  await write(`http://a.example${'\r\n'.repeat(5)}http://b.example`);
  expect(linksOnScreen(terminal).map(({ target }) => target)).toEqual(['http://b.example']);
  terminal.scrollToTop();
  expect(linksOnScreen(terminal).map(({ target }) => target)).toEqual(['http://a.example']);
});

test('links that are no web addresses are none', async () => {
  await write(`${link('javascript:alert(1)', 'x')} ${link('file:///etc/passwd', 'y')}`);
  expect(linksOnScreen(terminal)).toEqual([]);
});

test('what a program hides of an address is not what it shows', async () => {
  await write('https://a.example\x1b[8m.evil.example\x1b[0m');
  const [found] = linksOnScreen(terminal);
  expect(found).toEqual({ target: 'https://a.example.evil.example', shown: 'https://a.example' });
});

test('wide characters are each one, and blanks are', async () => {
  await write(link('https://x.example/', '世 🐧 a'));
  expect(linksOnScreen(terminal)).toEqual([{ target: 'https://x.example/', shown: '世 🐧 a' }]);
});

test('of hundreds of links as many come as anybody reads', async () => {
  terminal.resize(100, 10);
  for (let at = 0; at < 480; at++) await write(`${link(`https://x.example/${at}`, 'x')} `);
  expect(linksOnScreen(terminal)).toHaveLength(200);
});
