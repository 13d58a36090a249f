// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { CHUNK_SIZE, SendWindow, WINDOW_CHUNKS } from './send-window.js';

function setUp(pull: () => Uint8Array | undefined = () => undefined) {
  const chunks: Uint8Array[] = [];
  const window = new SendWindow({ send: (chunk) => void chunks.push(chunk), onData: () => () => {} }, pull);
  const sent = (): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return { chunks, window, sent };
}

describe('SendWindow', () => {
  it('keeps at most 12 chunks under way, none over 4,096 bytes', () => {
    const { chunks, window } = setUp();
    window.queue(Array.from({ length: 100 }, () => new Uint8Array(3000)));
    expect(chunks).toHaveLength(WINDOW_CHUNKS);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(CHUNK_SIZE);
  });

  it('sends one more for each that is acknowledged, and every byte in order', () => {
    const { chunks, window, sent } = setUp();
    const frames = Array.from({ length: 200 }, (_, i) => new Uint8Array(1000).fill(i));
    window.queue(frames);
    window.acknowledge(CHUNK_SIZE);
    expect(chunks).toHaveLength(WINDOW_CHUNKS + 1);
    window.acknowledge(CHUNK_SIZE + 1); // half a chunk frees no buffer
    expect(chunks).toHaveLength(WINDOW_CHUNKS + 1);
    while (sent() < 200_000) window.acknowledge(sent());
    expect(Buffer.concat(chunks).equals(Buffer.concat(frames))).toBe(true);
  });

  it('asks for late frames only when nothing else waits and the window is open', () => {
    let asked = 0;
    const { chunks, window } = setUp(() => (asked++ < 100 ? new Uint8Array(4096) : undefined));
    window.queue([Uint8Array.of(1)]);
    expect(chunks).toHaveLength(WINDOW_CHUNKS);
    expect(chunks[0]![0]).toBe(1);
    expect(asked).toBe(WINDOW_CHUNKS);
  });

  it('counts past 2^32', () => {
    const { chunks, window } = setUp();
    Object.assign(window, { sent: 0xffffffff - 10 });
    window.queue(Array.from({ length: 30 }, () => new Uint8Array(4096)));
    expect(chunks).toHaveLength(WINDOW_CHUNKS);
    window.acknowledge((4096 - 11) >>> 0);
    expect(chunks).toHaveLength(WINDOW_CHUNKS + 1);
  });

  it('forgets everything at reset', () => {
    const { chunks, window } = setUp();
    window.queue(Array.from({ length: 30 }, () => new Uint8Array(4096)));
    window.reset();
    window.queue([Uint8Array.of(9)]);
    expect(chunks.at(-1)).toEqual(Uint8Array.of(9));
  });
});
