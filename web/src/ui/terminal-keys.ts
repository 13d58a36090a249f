// SPDX-License-Identifier: MIT
/**
 * The keys that the page keeps for itself. Everything else, Ctrl+C included, is the guest's. On a Mac, Cmd+C and Cmd+V never
 * reach a terminal, so nothing is needed there.
 */
export type TerminalAction = 'copy' | 'paste' | 'search' | 'links' | 'leave' | PaneAction;

/** What a key asks of whoever arranges the terminals. */
export type PaneAction = 'split-right' | 'split-below' | 'next-pane' | 'previous-pane' | 'close';

/**
 * Takes the focus out of the terminal, which has Tab for the guest. A terminal sends the same for it as for Enter, so no program
 * of the guest loses a key. Ctrl+Shift+Escape is the task manager of Windows; of the F6 that moves between panes, plain F6 is
 * the browser's and a program's in the guest, Ctrl+F6 macOS' and Alt+F6 GNOME's; letters are browsers' and their extensions'.
 */
export const LEAVE_KEY = 'Ctrl+Shift+Enter';

/** Lists the links on the screen. A terminal sends the same for it as for Ctrl+L. */
export const LINKS_KEY = 'Ctrl+Shift+L';

export const SPLIT_RIGHT_KEY = 'Ctrl+Shift+E';
export const SPLIT_BELOW_KEY = 'Ctrl+Shift+O';

/** With Ctrl and Shift. Those of panes are other terminals'; a browser that has a use for one lets a page have it, unlike W and T. */
const WITH_CTRL_SHIFT: Readonly<Partial<Record<string, TerminalAction>>> = {
  c: 'copy',
  v: 'paste',
  f: 'search',
  l: 'links',
  enter: 'leave',
  e: 'split-right',
  o: 'split-below',
  arrowright: 'next-pane',
  arrowleft: 'previous-pane',
  x: 'close',
};

export function terminalAction(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}): TerminalAction | undefined {
  if (event.altKey || event.metaKey) return undefined;
  const key = event.key.toLowerCase();
  if (event.ctrlKey && event.shiftKey) return WITH_CTRL_SHIFT[key];
  if (key !== 'insert') return undefined;
  if (event.ctrlKey) return 'copy';
  return event.shiftKey ? 'paste' : undefined;
}
