// SPDX-License-Identifier: MIT
/** What the TypeScript scripts agree on: where things are, how an error ends, how files are hashed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The cache outside the tree: sources, packages, built kernels. */
export const CACHE =
  process.env['VSERVER_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vserver-playground');

/** An error that is complete as its message: what is wrong, and the next step. */
export class ScriptError extends Error {}

/** Runs a script's main function; a ScriptError is printed without its stack. Exits 1 on any error. */
export function runScript(name: string, main: () => Promise<void> | void): void {
  void run(name, main);
}

/** The same for a script that has machines: v86 leaves timers behind, so the process ends with `main`, well or badly. */
export function runMachineScript(name: string, main: () => Promise<void>): void {
  void run(name, main).then(() => process.exit());
}

function run(name: string, main: () => Promise<void> | void): Promise<void> {
  return Promise.resolve()
    .then(main)
    .catch((error: unknown) => {
      console.error(`${name}: ${error instanceof ScriptError ? error.message : describe(error)}`);
      process.exitCode = 1;
    });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

export function sha256File(path: string): string {
  return sha256(readFileSync(path));
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
