// SPDX-License-Identifier: MIT
/**
 * The keys that the page keeps for itself. Everything else, Ctrl+C included, is the guest's. On a Mac, Cmd+C and Cmd+V never
 * reach a terminal, so nothing is needed there.
 */
export type TerminalAction = 'copy' | 'paste' | 'search';

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
  return undefined;
}
