// SPDX-License-Identifier: MIT
/**
 * The keys that the page keeps for itself. Everything else, Ctrl+C included, is the guest's. On a Mac, Cmd+C and Cmd+V never
 * reach a terminal, so nothing is needed there.
 */
export type TerminalAction = 'copy' | 'paste' | 'search' | 'leave';

/**
 * Takes the focus out of the terminal, which has Tab for the guest. A terminal sends the same for it as for Enter, so no program
 * of the guest loses a key. Ctrl+Shift+Escape is the task manager of Windows; of the F6 that moves between panes, plain F6 is
 * the browser's and a program's in the guest, Ctrl+F6 macOS' and Alt+F6 GNOME's; letters are browsers' and their extensions'.
 */
export const LEAVE_KEY = 'Ctrl+Shift+Enter';

export function terminalAction(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}): TerminalAction | undefined {
  if (event.altKey || event.metaKey) return undefined;
  const key = event.key.toLowerCase();
  if (event.ctrlKey && event.shiftKey && key === 'c') return 'copy';
  if (event.ctrlKey && !event.shiftKey && key === 'insert') return 'copy';
  if (event.ctrlKey && event.shiftKey && key === 'v') return 'paste';
  if (!event.ctrlKey && event.shiftKey && key === 'insert') return 'paste';
  if (event.ctrlKey && event.shiftKey && key === 'f') return 'search';
  if (event.ctrlKey && event.shiftKey && key === 'enter') return 'leave';
  return undefined;
}
