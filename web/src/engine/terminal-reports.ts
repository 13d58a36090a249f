// SPDX-License-Identifier: MIT
/**
 * Tells what a terminal emulator says by itself from what a person types: a program asks it for the cursor's place, a colour or
 * a mode, or to be told of the mouse and of the focus, and the answers come the way of the keys.
 */
const CSI_REPORTS = [
  '[IO]', // focus
  '[?>]?[\\d;]*(?:[Rcnt]|\\$y)', // cursor, kind of terminal, state, size, mode; Shift+F3 says the same as a cursor in line 1
  '<[\\d;]+[Mm]', // mouse
  'M[^]{3}', // mouse of old
];
const STRING_REPORTS = '[\\]P][^]*\\x1b\\\\'; // colours and settings
const REPORT = new RegExp(`^\\x1b(?:\\[(?:${CSI_REPORTS.join('|')})|${STRING_REPORTS})$`);

/** Whether `text`, as it came from the terminal at once, is an answer or a message of the terminal's own. */
export function isReport(text: string): boolean {
  return REPORT.test(text);
}
