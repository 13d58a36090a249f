// SPDX-License-Identifier: MIT
/** Nothing moves on this page (docs/design.md): a program chooses the form of its cursor, and not that it blinks. */
import type { Terminal } from '@xterm/xterm';

/** By the number of DECSCUSR; those that blink come before those that do not. */
const FORMS = ['block', 'block', 'block', 'underline', 'underline', 'bar', 'bar'] as const;
/** The mode of xterm's own for it, which programs set by `?12h`. */
const BLINKS = 12;

export function keepCursorStill(terminal: Terminal): void {
  terminal.parser.registerCsiHandler({ intermediates: ' ', final: 'q' }, ([form]) => {
    terminal.options.cursorStyle = FORMS[Number(form ?? 0)] ?? 'block';
    return true;
  });
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
    return modes.length === 1 && modes[0] === BLINKS;
  });
}
