// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { terminalAction } from './terminal-keys.js';

function press(combination: string) {
  const keys = combination.split('+');
  return terminalAction({
    key: keys.at(-1) ?? '',
    ctrlKey: keys.includes('Ctrl'),
    shiftKey: keys.includes('Shift'),
    altKey: keys.includes('Alt'),
    metaKey: keys.includes('Meta'),
  });
}

test.each([
  ['Ctrl+Shift+C', 'copy'],
  ['Ctrl+Insert', 'copy'],
  ['Ctrl+Shift+V', 'paste'],
  ['Shift+Insert', 'paste'],
  ['Ctrl+Shift+F', 'search'],
])("%s is the page's: %s", (combination, action) => {
  expect(press(combination)).toBe(action);
});

test.each(['Ctrl+c', 'Ctrl+v', 'Ctrl+f', 'Insert', 'Shift+C', 'Ctrl+Alt+Shift+C', 'Meta+c'])(
  "%s is the guest's",
  (combination) => {
    expect(press(combination)).toBeUndefined();
  },
);
