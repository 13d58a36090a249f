// SPDX-License-Identifier: MIT
/** Shows an address in the browser of whoever sits at this machine. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The program that opens an address: xdg-open of PATH, when there is a display to see it on and this is not CI; else undefined. */
export function browserOpener(env: Environment): string | undefined {
  const display = Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
  if (!display || env['CI']) return undefined;
  return (env['PATH'] ?? '')
    .split(':')
    .filter(Boolean)
    .map((folder) => join(folder, 'xdg-open'))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it and forgets it: the address is printed in any case. */
export function openBrowser(opener: string, address: string): void {
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
