// SPDX-License-Identifier: MIT
/** Nothing moves on this page (docs/design.md): a program chooses the form of its cursor, and not that it blinks. */
import type { Terminal } from '@xterm/xterm';

/** By the number of DECSCUSR; those that blink come before those that do not. */
const FORMS = ['block', 'block', 'block', 'underline', 'underline', 'bar', 'bar'] as const;
/** The private mode of a blinking cursor. */
const BLINKS = 12;

/** From then on; `forget` gives the cursor back the form that it begins with. */
export function keepCursorStill(terminal: Terminal): { forget(): void } {
  const { parser, options } = terminal;
  const forget = () => {
    options.cursorStyle = 'block';
  };
  /** A handler that leaves the sequence to xterm.js, too. */
  const alsoForgets = () => {
    forget();
    return false;
  };
  parser.registerCsiHandler({ intermediates: ' ', final: 'q' }, ([form]) => {
    options.cursorStyle = FORMS[Number(form ?? 0)] ?? 'block';
    return true;
  });
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
    // It may be one of several, which are for xterm.js: what that has set is taken back before it is drawn.
    if (modes.includes(BLINKS)) queueMicrotask(() => (options.cursorBlink = false));
    return false;
  });
  parser.registerEscHandler({ final: 'c' }, alsoForgets);
  parser.registerCsiHandler({ intermediates: '!', final: 'p' }, alsoForgets);
  return { forget };
}
