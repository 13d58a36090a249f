// SPDX-License-Identifier: MIT
/** Program text in parts, each with the colour that it is to have. */

/** What theme.css has a colour for; plain text has none. */
export type TokenKind = '' | 'keyword' | 'type' | 'string' | 'number' | 'comment' | 'title' | 'meta';

export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
}

/** The lines of `code`, which the file at `path` has, in parts. Joined, they are the code. */
export type Highlight = (code: string, path: string) => Token[][];

/** Without colours. */
export const plainLines: Highlight = (code) => code.split('\n').map((text) => [{ text, kind: '' }]);
