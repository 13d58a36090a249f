// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { LEAVE_KEY, LINKS_KEY, SPLIT_BELOW_KEY, SPLIT_RIGHT_KEY, terminalAction } from './terminal-keys.js';

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
  [LINKS_KEY, 'links'],
  [LEAVE_KEY, 'leave'],
  [SPLIT_RIGHT_KEY, 'split-right'],
  [SPLIT_BELOW_KEY, 'split-below'],
  ['Ctrl+Shift+ArrowRight', 'next-pane'],
  ['Ctrl+Shift+ArrowLeft', 'previous-pane'],
  ['Ctrl+Shift+X', 'close'],
])("%s is the page's: %s", (combination, action) => {
  expect(press(combination)).toBe(action);
});

test.each([
  'Ctrl+c',
  'Ctrl+v',
  'Ctrl+f',
  'Ctrl+l',
  'Ctrl+e',
  'Ctrl+o',
  'Ctrl+x',
  'Ctrl+ArrowRight',
  'Shift+ArrowLeft',
  'Ctrl+Shift+ArrowUp',
  'Ctrl+Shift+Insert',
  'Insert',
  'Shift+C',
  'Tab',
  'Shift+Tab',
  'Ctrl+Enter',
  'Shift+Enter',
  'Ctrl+F6',
  'Escape',
  'Ctrl+Alt+Shift+C',
  'Meta+c',
])("%s is the guest's", (combination) => {
  expect(press(combination)).toBeUndefined();
});
