// SPDX-License-Identifier: MIT
/** Where a link in the terminal leads, and whether it may: what is written there is the guest's (ADR 20). */

export type LinkTarget =
  | {
      readonly href: string;
      /** Whether the reader has read in the terminal where it leads. */ readonly told: boolean;
    }
  /** A sentence. */
  | { readonly refused: string };

export const MAX_LENGTH = 2048;

/** `shown` is the text of the link. `href` is ASCII: hosts come as xn--, everything else in percents. */
export function linkTarget(target: string, shown: string): LinkTarget {
  if (target.length > MAX_LENGTH)
    return { refused: `The link is not opened: its address is longer than ${MAX_LENGTH} characters.` };
  const url = URL.parse(target);
  if (!url || !/^https?:$/.test(url.protocol))
    return { refused: 'The link is not opened: its address is not one of the web.' };
  // What stands before the @ is taken for the host by who reads in a hurry.
  if (url.username !== '' || url.password !== '')
    return { refused: 'The link is not opened: its address has a name of a user before the host.' };
  return { href: url.href, told: [url.href, url.href.replace(/\/$/, '')].includes(shown.trim()) };
}
