// SPDX-License-Identifier: MIT
/** What a program of the guest asks of the clipboard (OSC 52), and what of it the reader is asked for (ADR 20). */

export type ClipboardRequest =
  /** It wants `text` there. */
  | { readonly kind: 'write'; readonly text: string }
  /** It wants more there than is asked for. */
  | { readonly kind: 'too-long' }
  /** A question for what is there, which is never answered, or nothing that can be read. */
  | { readonly kind: 'none' };

/** Characters: what a person looks over. A file goes other ways. */
export const CLIPBOARD_MAX = 100_000;
const PREVIEW_MAX = 120;
/** Not text: what pastes it into a shell would press keys. */
const CONTROLS = /[^\P{Cc}\t\n\r]/gu;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `data` is what stands after "52;": the selections' letters, a semicolon, and base64 of UTF-8 or "?". */
export function clipboardRequest(data: string): ClipboardRequest {
  const [, payload] = /^[cpqs0-7]*;([A-Za-z0-9+/]+={0,2})$/.exec(data) ?? [];
  if (payload === undefined) return { kind: 'none' };
  // 4 characters of base64 are 3 bytes, and a character has at most 3 bytes a UTF-16 unit.
  if (payload.length > CLIPBOARD_MAX * 4) return { kind: 'too-long' };
  const text = decode(payload)?.replace(CONTROLS, '');
  if (!text) return { kind: 'none' };
  return text.length > CLIPBOARD_MAX ? { kind: 'too-long' } : { kind: 'write', text };
}

function decode(payload: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not base64, or not text
  }
}

/** The start of `text` in one line, with a sign in the place of every character that is not seen. */
export function preview(text: string): string {
  const characters = [...text.slice(0, (PREVIEW_MAX + 1) * 2)];
  const start = characters
    .slice(0, PREVIEW_MAX)
    .map((character) => (character === '\n' ? '⏎' : character.replace(UNSEEN, '�')))
    .join('');
  return characters.length > PREVIEW_MAX ? `${start}…` : start;
}
