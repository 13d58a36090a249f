// SPDX-License-Identifier: MIT
/** The title that a program of the guest gives its terminal (OSC 0 and 2), made fit to stand among the page's own words. */

/** Characters of a title that are shown; a path and a command fit. */
const MAX_CHARACTERS = 48;
/** Looked at at most: a title may be megabytes long. */
const MAX_READ = 1024;
/** Controls, marks that turn the direction of what follows them, and others that nobody sees. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;
/** Marks that stand above and below a letter: a pile of them covers the lines around. */
const PILES = /(\p{M}{2})\p{M}+/gu;

/** One line of at most 48 characters without controls and marks of direction; "" is no title. */
export function cleanTitle(title: string): string {
  const seen = title
    .slice(0, MAX_READ)
    .replace(UNSEEN, ' ')
    .replace(PILES, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = [...seen];
  if (characters.length <= MAX_CHARACTERS) return seen;
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
