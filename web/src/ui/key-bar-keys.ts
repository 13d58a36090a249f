// SPDX-License-Identifier: MIT
/** What the keys of the bar for touch screens send: the same as xterm.js for those of a keyboard. */

export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
}

export type Arrow = 'left' | 'down' | 'up' | 'right';

const LETTERS: Record<Arrow, string> = { up: 'A', down: 'B', right: 'C', left: 'D' };
/** Keys without a place of their own among the controls; xterm has the same. */
const CONTROLS: Record<string, string> = {
  ' ': '\0',
  '/': '\x1f',
  '-': '\x1f',
  '?': '\x7f',
  '~': '\x1e',
  '|': '\x1c',
};

/** `application`: the program has asked for the cursor keys of an application (DECCKM). */
export function arrowKey(arrow: Arrow, { ctrl, alt }: Modifiers, application: boolean): string {
  const modifier = 1 + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  if (modifier > 1) return `\x1b[1;${modifier}${LETTERS[arrow]}`;
  return `\x1b${application ? 'O' : '['}${LETTERS[arrow]}`;
}

/** A key together with Ctrl and Alt. Undefined if `text` is none: it is several characters, or a message of the terminal's own. */
export function modified(text: string, { ctrl, alt }: Modifiers): string | undefined {
  if ([...text].length !== 1) return undefined;
  return (alt ? '\x1b' : '') + (ctrl ? control(text) : text);
}

function control(key: string): string {
  return /^[@-_a-z]$/.test(key) ? String.fromCharCode(key.charCodeAt(0) & 0x1f) : (CONTROLS[key] ?? key);
}
