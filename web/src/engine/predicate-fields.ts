// SPDX-License-Identifier: MIT
/** The fields of a context and of a network context: the file and line of each, and how the kernel writes it. */
import type { BitKind } from './bit-names.js';

export type GroupKind = 'ctx' | 'net';

/** A field is a decimal number, a word of bits, or a process: its pid, 0 for none. */
export interface Field {
  readonly name: string;
  /** Below the folder of the context in /proc. */
  readonly file: 'info' | 'status';
  readonly line: string;
  readonly as: 'number' | 'process' | BitKind;
}

/** The folder of /proc in which the contexts of each kind are. */
export const FOLDERS: Readonly<Record<GroupKind, string>> = { ctx: 'virtual', net: 'virtnet' };

const COUNTS: readonly Field[] = [
  { name: 'tasks', file: 'status', line: 'Tasks', as: 'number' },
  { name: 'usecnt', file: 'status', line: 'UseCnt', as: 'number' },
];

export const FIELDS: Readonly<Record<GroupKind, readonly Field[]>> = {
  ctx: [
    ...COUNTS,
    { name: 'flags', file: 'status', line: 'Flags', as: 'cflags' },
    { name: 'bcaps', file: 'status', line: 'BCaps', as: 'bcaps' },
    { name: 'ccaps', file: 'status', line: 'CCaps', as: 'ccaps' },
    { name: 'umask', file: 'status', line: 'Umask', as: 'spaces' },
    { name: 'wmask', file: 'status', line: 'Wmask', as: 'spaces' },
    { name: 'init', file: 'info', line: 'Init', as: 'process' },
    { name: 'initpid', file: 'info', line: 'Init', as: 'number' },
    { name: 'oom', file: 'info', line: 'OOM', as: 'number' },
  ],
  net: [
    ...COUNTS,
    { name: 'flags', file: 'status', line: 'Flags', as: 'nflags' },
    { name: 'ncaps', file: 'status', line: 'NCaps', as: 'ncaps' },
  ],
};

/** The names that the bits of a field have; undefined: it is no word of bits. */
export function bitKindOf({ as }: Field): BitKind | undefined {
  return as === 'number' || as === 'process' ? undefined : as;
}

/** The rest of the first line that begins with `key` and a colon, without blanks around it. */
export function lineOf(text: string, key: string): string | undefined {
  for (const line of text.split('\n'))
    if (line.startsWith(`${key}:`)) return line.slice(key.length + 1).trim();
  return undefined;
}
