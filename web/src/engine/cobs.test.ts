// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { cobsDecode, cobsEncode, FrameSplitter } from './cobs.js';

/** A repeatable generator, so that a failing case can be named by its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
}

describe('COBS', () => {
  it.each([
    [[], [1, 0]],
    [[0], [1, 1, 0]],
    [
      [1, 2, 0, 3],
      [3, 1, 2, 2, 3, 0],
    ],
  ])('encodes %j as %j', (data, encoded) => {
    expect([...cobsEncode(Uint8Array.from(data))]).toEqual(encoded);
  });

  it('gives back what it was given, without a zero inside', () => {
    const random = generator(1);
    for (let round = 0; round < 300; round++) {
      const zeros = random() % 3;
      const data = Uint8Array.from({ length: random() % 800 }, () =>
        zeros && random() % 4 === 0 ? 0 : 1 + (random() % 255),
      );
      const encoded = cobsEncode(data);
      expect(encoded.indexOf(0)).toBe(encoded.length - 1);
      expect(cobsDecode(encoded.subarray(0, -1))).toEqual(data);
    }
  });

  it('keeps a whole frame under 4,096 bytes', () => {
    expect(cobsEncode(new Uint8Array(3848).fill(7)).length).toBeLessThan(4096);
  });

  it('refuses a run that points behind the end', () => {
    expect(cobsDecode(Uint8Array.of(5, 1, 2))).toBeNull();
    expect(cobsDecode(Uint8Array.of(0))).toBeNull();
  });
});

describe('FrameSplitter', () => {
  it('finds frames however the stream is cut', () => {
    const seen: (Uint8Array | null)[] = [];
    const splitter = new FrameSplitter(10, (frame) => seen.push(frame));
    for (const byte of [0, 0, 1, 2, 0, 3, 0]) splitter.push(Uint8Array.of(byte));
    expect(seen).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  });

  it('reports an oversized frame once and goes on with the next', () => {
    const seen: (Uint8Array | null)[] = [];
    const splitter = new FrameSplitter(4, (frame) => seen.push(frame));
    splitter.push(Uint8Array.of(1, 2, 3));
    splitter.push(Uint8Array.of(4, 5, 0, 6, 0));
    expect(seen).toEqual([null, Uint8Array.of(6)]);
  });
});
