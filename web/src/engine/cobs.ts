// SPDX-License-Identifier: MIT
/**
 * Consistent Overhead Byte Stuffing: frames on a byte stream that either end finds again after any loss, because a zero byte
 * occurs only between frames.
 */

/** Encodes `data` and appends the zero byte that ends a frame. */
export function cobsEncode(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + Math.floor(data.length / 254) + 2);
  let code = 0; // where the length of the current run goes
  let end = 1;
  for (const byte of data) {
    if (byte !== 0) out[end++] = byte;
    if (byte === 0 || end - code === 255) {
      out[code] = end - code;
      code = end++;
    }
  }
  out[code] = end - code;
  return out.slice(0, end + 1);
}

/** Decodes one frame, without its closing zero byte; null when it is not valid COBS. */
export function cobsDecode(encoded: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(encoded.length);
  let end = 0;
  let at = 0;
  while (at < encoded.length) {
    const code = encoded[at]!;
    const next = at + code;
    if (code === 0 || next > encoded.length) return null;
    for (at++; at < next; at++) {
      const byte = encoded[at]!;
      if (byte === 0) return null;
      out[end++] = byte;
    }
    if (code < 255 && at < encoded.length) out[end++] = 0;
  }
  return out.slice(0, end);
}

/** Cuts a byte stream at its zero bytes; frames over `limit` bytes are reported as null. */
export class FrameSplitter {
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor(
    private readonly limit: number,
    private readonly onFrame: (encoded: Uint8Array | null) => void,
  ) {}

  /** Forgets a half-read frame. */
  reset(): void {
    this.parts = [];
    this.length = 0;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    for (;;) {
      const zero = bytes.indexOf(0, start);
      const part = bytes.subarray(start, zero < 0 ? bytes.length : zero);
      this.length += part.length;
      if (this.length <= this.limit && part.length > 0) this.parts.push(part.slice());
      if (zero < 0) return;
      const frame = this.length > this.limit ? null : concat(this.parts);
      this.reset();
      if (frame === null || frame.length > 0) this.onFrame(frame);
      start = zero + 1;
    }
  }
}

/** Joins byte arrays into a new one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
