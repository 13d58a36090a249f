// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { arrowKey, modified } from './key-bar-keys.js';

const NONE = { ctrl: false, alt: false };
const CTRL = { ctrl: true, alt: false };
const ALT = { ctrl: false, alt: true };
const BOTH = { ctrl: true, alt: true };

test.each([
  ['up', NONE, false, '\x1b[A'],
  ['down', NONE, false, '\x1b[B'],
  ['right', NONE, true, '\x1bOC'],
  ['left', NONE, true, '\x1bOD'],
  ['left', CTRL, true, '\x1b[1;5D'],
  ['right', ALT, false, '\x1b[1;3C'],
  ['up', BOTH, false, '\x1b[1;7A'],
] as const)('%s with %j, application %j', (arrow, modifiers, application, sent) => {
  expect(arrowKey(arrow, modifiers, application)).toBe(sent);
});

test.each([
  ['c', CTRL, '\x03'],
  ['C', CTRL, '\x03'],
  ['[', CTRL, '\x1b'],
  ['\\', CTRL, '\x1c'],
  [' ', CTRL, '\0'],
  ['?', CTRL, '\x7f'],
  ['/', CTRL, '\x1f'],
  ['ü', CTRL, 'ü'],
  ['\t', CTRL, '\t'],
  ['b', ALT, '\x1bb'],
  ['🐧', ALT, '\x1b🐧'],
  ['c', BOTH, '\x1b\x03'],
  ['c', NONE, 'c'],
])('%j with %j is %j', (key, modifiers, sent) => {
  expect(modified(key, modifiers)).toBe(sent);
});

test.each(['ls', '\x1b[I', '\x1b[200~x\x1b[201~', ''])('%j is no key', (text) => {
  expect(modified(text, CTRL)).toBeUndefined();
});
