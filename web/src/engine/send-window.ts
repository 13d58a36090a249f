// SPDX-License-Identifier: MIT
/**
 * What may be under way to the agent: v86 drops a message without a word when none of the port's 16 buffers is free, so at
 * most 12 chunks of at most 4,096 bytes are sent before the agent says that it has read them.
 */
import type { ByteTransport } from './agent-client.js';

export const CHUNK_SIZE = 4096;
export const WINDOW_CHUNKS = 12;

export class SendWindow {
  private frames: Uint8Array[] = [];
  /** How much of frames[0] is sent. */
  private offset = 0;
  /** Bytes sent since HELLO, wrapping at 2^32, at the end of each chunk that is not acknowledged. */
  private unacknowledged: number[] = [];
  private sent = 0;

  /** `pull` gives a frame that may be made late, as the input of ptys; it is asked when nothing else waits. */
  constructor(
    private readonly transport: ByteTransport,
    private readonly pull: () => Uint8Array | undefined,
  ) {}

  /** Forgets everything: a new session begins. */
  reset(): void {
    this.frames = [];
    this.offset = 0;
    this.unacknowledged = [];
    this.sent = 0;
  }

  queue(frames: Uint8Array[]): void {
    this.frames.push(...frames);
    this.pump();
  }

  acknowledge(count: number): void {
    while (this.unacknowledged.length > 0 && ((count - this.unacknowledged[0]!) | 0) >= 0)
      this.unacknowledged.shift();
    this.pump();
  }

  /** Sends what the window allows. */
  pump(): void {
    while (this.unacknowledged.length < WINDOW_CHUNKS) {
      const chunk = this.nextChunk();
      if (chunk.length === 0) return;
      this.sent = (this.sent + chunk.length) >>> 0;
      this.unacknowledged.push(this.sent);
      this.transport.send(chunk);
    }
  }

  private nextChunk(): Uint8Array {
    const chunk = new Uint8Array(CHUNK_SIZE);
    let length = 0;
    while (length < CHUNK_SIZE) {
      if (this.frames.length === 0) {
        const frame = this.pull();
        if (frame === undefined) break;
        this.frames.push(frame);
      }
      const frame = this.frames[0]!;
      const part = frame.subarray(this.offset, this.offset + CHUNK_SIZE - length);
      chunk.set(part, length);
      length += part.length;
      this.offset += part.length;
      if (this.offset === frame.length) {
        this.frames.shift();
        this.offset = 0;
      }
    }
    return chunk.slice(0, length);
  }
}
