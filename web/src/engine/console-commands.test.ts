// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { ConsoleCommands } from './console-commands.js';

const PROMPT = 'root@vserver:~# ';
const PTY = 1;

/** What a shell says, at these times. */
function heard(...said: [now: number, text: string][]): ConsoleCommands {
  const commands = new ConsoleCommands();
  for (const [now, text] of said) commands.feed(PTY, new TextEncoder().encode(text), now);
  return commands;
}

const all = (commands: ConsoleCommands) => commands.during(-Infinity, Infinity);

test('a command runs from its Enter to the next prompt', () => {
  const commands = heard([0, PROMPT], [10, 'chcontext -- true'], [20, '\r\n'], [50, PROMPT]);
  expect(all(commands)).toEqual([{ pty: PTY, line: 'chcontext -- true', from: 20, to: 50 }]);
  expect(commands.during(0, 19)).toEqual([]);
  expect(commands.during(51, 60)).toEqual([]);
  expect(commands.during(30, 30)).toHaveLength(1);
});

test('one that has not ended runs still', () => {
  const [run] = all(heard([0, `${PROMPT}sleep 100\r\n`], [900, 'still here\r\n']));
  expect(run).toMatchObject({ line: 'sleep 100', to: undefined });
});

test.each([
  ['one letter at a time', [...'vkill --xid 7']],
  ['with corrections', ['vkilx', '\b \b', 'l --xid 9', '\b\x1b[J7']],
  ['moved about in', ['vkill xid 7', '\x1b[5D', '--xid 7', '\x1b[J']],
  ['with a colour', ['\x1b[1mvkill\x1b[m --xid 7']],
  ['with a sequence that is cut', ['vkill\x1b', '[3', '8;5;1m --xid 7']],
])('a line that is edited is what it ends as: %s', (_, pieces) => {
  const commands = heard([0, PROMPT], ...pieces.map((text): [number, string] => [1, text]), [2, '\r\n']);
  expect(all(commands).map(({ line }) => line)).toEqual(['vkill --xid 7']);
});

test('an empty line, output and a password are no commands', () => {
  expect(all(heard([0, `${PROMPT}\r\n${PROMPT}\r\nroot: x\r\nPassword: \r\n`]))).toEqual([]);
});

test('the prompt of a guest inside counts, and another folder', () => {
  const commands = heard([0, 'root@alpha:/etc# cat passwd\r\n'], [1, 'user@beta:/$ id\r\n']);
  expect(all(commands).map(({ line }) => line)).toEqual(['cat passwd', 'id']);
});

test('what runs in a terminal ends with it, and another of its number begins anew', () => {
  const commands = heard([0, `${PROMPT}exit\r\n`]);
  commands.end(PTY, 10);
  expect(all(commands)).toEqual([{ pty: PTY, line: 'exit', from: 0, to: 10 }]);
  expect(commands.during(11, Infinity)).toEqual([]);
  commands.feed(PTY, new TextEncoder().encode(`${PROMPT}id\r\n`), 20);
  expect(commands.during(11, Infinity).map(({ line }) => line)).toEqual(['id']);
});

test('each terminal has its own', () => {
  const commands = heard([0, `${PROMPT}sleep 1\r\n`]);
  commands.feed(2, new TextEncoder().encode(`${PROMPT}sleep 2\r\n`), 0);
  expect(all(commands).map(({ pty, line }) => `${pty} ${line}`)).toEqual(['1 sleep 1', '2 sleep 2']);
  commands.forget();
  expect(all(commands)).toEqual([]);
});

test('a flood without a line end, and a sequence without its own, take no memory and no time', () => {
  const flood = 'x'.repeat(4096);
  const said = Array.from({ length: 500 }, (_, i): [number, string] => [i, i % 2 ? `\x1b]${flood}` : flood]);
  expect(all(heard(...said))).toEqual([]);
});
