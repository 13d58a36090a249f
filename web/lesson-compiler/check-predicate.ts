// SPDX-License-Identifier: MIT
/** What the lessons of this repository are judged with, by the build, the check and the test alike. */

/**
 * Throws what is wrong with a predicate. It looks for quotes and parentheses that are not in pairs.
 * TODO(1c): export parsePredicate of ../src/engine/predicate.js in its place, which knows the grammar.
 */
export function checkPredicate(text: string): void {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|\/(?:[^/\\\n]|\\.)+\//g, '""');
  if (bare.replace(/""/g, '').includes('"')) throw new Error('a quotation mark has no other to it');
  let open = 0;
  for (const character of bare) {
    if (character === '(') open++;
    if (character === ')' && --open < 0) throw new Error('a ) has no ( before it');
  }
  if (open > 0) throw new Error('a ( has no ) behind it');
}
