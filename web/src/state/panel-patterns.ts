// SPDX-License-Identifier: MIT
/** What the panels ask for of /proc: the page polls it, and bench/contexts.ts measures it. The agent reads a file for each pattern. */
import type { CreationTimes } from '../engine/creation-times.js';
import { TREE_ROOTS } from '../engine/proc-virtual.js';

const STATUS = 'virtual/*/status';

/** The folder that is open at first, and the file of it that is chosen. */
export const FIRST_EXPANDED = 'virtual';
export const FIRST_SELECTED = 'virtual/info';

/** The table of contexts. */
export function contextPatterns(creation: Pick<CreationTimes, 'patterns'>): readonly string[] {
  return [STATUS, ...creation.patterns];
}

/**
 * The tree and the chosen file. That a context is there is seen by its status, which the table reads anyway; an open one is
 * read whole, since the agent lists no names without contents.
 */
export function treePatterns(expanded: Iterable<string>, selected: string): readonly string[] {
  const open = new Set(expanded);
  const patterns = TREE_ROOTS.map((root) => `${root}/*`);
  for (const root of TREE_ROOTS) {
    if (!open.has(root)) continue;
    patterns.push(`${root}/*/status`);
    for (const path of open) if (path.startsWith(`${root}/`)) patterns.push(`${path}/*`);
  }
  return patterns.some((pattern) => covers(pattern, selected)) ? patterns : [...patterns, selected];
}

/** Whether `pattern`, in which `*` stands for one name, finds the file at `path`. */
function covers(pattern: string, path: string): boolean {
  const [names, given] = [pattern.split('/'), path.split('/')];
  return names.length === given.length && names.every((name, index) => name === '*' || name === given[index]);
}
