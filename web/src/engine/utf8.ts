// SPDX-License-Identifier: MIT
/**
 * UTF-8 in a layer without DOM and Node types: both have these two globals.
 */
interface Globals {
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new () => { decode(bytes?: Uint8Array, options?: { stream: boolean }): string };
}
const globals = globalThis as unknown as Globals;

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return new globals.TextEncoder().encode(text);
}

/** Decodes UTF-8; what is not valid becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new globals.TextDecoder().decode(bytes);
}

/** Decodes UTF-8 that comes cut anywhere: a character is given out when it is whole. */
export class Utf8Stream {
  readonly #decoder = new globals.TextDecoder();

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** What is left of a character that never became whole. */
  end(): string {
    return this.#decoder.decode();
  }
}
