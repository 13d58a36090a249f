// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { isReport } from './terminal-reports.js';

// As xterm.js 6.0.0 says them.
test.each([
  '\x1b[I',
  '\x1b[O',
  '\x1b[24;80R',
  '\x1b[?24;80R',
  '\x1b[0n',
  '\x1b[?1;2c',
  '\x1b[>0;276;0c',
  '\x1b[8;24;80t',
  '\x1b[?1004;1$y',
  '\x1b[<0;100;5M',
  '\x1b[<0;100;5m',
  '\x1b[M \x81!',
  '\x1bP1$r0m\x1b\\',
  '\x1b]10;rgb:ffff/ffff/ffff\x1b\\',
])('%j is a report', (text) => expect(isReport(text)).toBe(true));

test.each([
  'R',
  '\r',
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1bP',
  '\x1bc',
  '\x1bOP',
  '\x1b[A',
  '\x1b[1;5C',
  '\x1b[3~',
  '\x1b[15;2~',
  '\x1b[Z',
  '\x1b[200~echo \x1b[I\x1b[201~',
  'echo\x1b[24;80R',
  '\x1b[24;80R\r',
])('%j is typed', (text) => expect(isReport(text)).toBe(false));
