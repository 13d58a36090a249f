// SPDX-License-Identifier: MIT
/**
 * A pseudo terminal of the guest, seen from outside. It belongs to one session: after a restore or a new agent it is lost,
 * and its successor comes from `attachPty` or `openPty`.
 */
import { concat } from './cobs.js';
import { encodeFrame, MAX_PAYLOAD, type ExitStatus, Type } from './protocol.js';

/** How a pty ended: its process did, or it was closed from here, or the session with its machine or agent was lost. */
export type PtyEnd = ({ kind: 'exited' } & ExitStatus) | { kind: 'lost'; reason: string };

/** What a pty needs from its client. */
export interface PtyOwner {
  /** Input or credit waits: send it as the window allows. */
  wake(): void;
  sendFrame(frame: Uint8Array): void;
  resizePty(id: number, rows: number, cols: number): Promise<void>;
  closePty(id: number): Promise<void>;
}

export class Pty {
  /** Settles once, and never rejects. */
  readonly exited: Promise<PtyEnd>;
  private ended = false;
  private settle!: (end: PtyEnd) => void;
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private unheard: Uint8Array[] = [];
  /** Pieces that fit a frame together are one. */
  private input: Uint8Array[] = [];
  private inputLength = 0;

  constructor(
    readonly id: number,
    /** Bytes that may go to the guest, and come from it. */
    private readonly credits: { input: number; output: number },
    private readonly owner: PtyOwner,
  ) {
    this.exited = new Promise((resolve) => (this.settle = resolve));
  }

  /** Sets the one listener of the output; what came before it is handed over at once. */
  onData(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const bytes of this.unheard.splice(0)) listener(bytes);
  }

  /** Queues input without limit; it is sent as fast as the pty takes it. Ignored after the end. */
  write(bytes: Uint8Array): void {
    if (this.ended || bytes.length === 0) return;
    this.inputLength += bytes.length;
    const last = this.input.at(-1);
    if (last && last.length + bytes.length <= MAX_PAYLOAD) this.input.splice(-1, 1, concat([last, bytes]));
    else this.input.push(bytes.slice());
    this.owner.wake();
  }

  /** Bytes of input that the guest has not been sent yet. */
  get queued(): number {
    return this.inputLength;
  }

  /** Allows `count` more bytes of output: call it when that many have been consumed. */
  credit(count: number): void {
    if (this.ended || count <= 0) return;
    this.credits.output += count;
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, count, true);
    this.owner.sendFrame(encodeFrame({ type: Type.PTY_CREDIT, flags: 0, id: this.id, payload }));
  }

  /** Resolves when the guest has the new size. */
  resize(rows: number, cols: number): Promise<void> {
    return this.owner.resizePty(this.id, rows, cols);
  }

  /** Hangs up; `exited` settles at once. */
  close(): Promise<void> {
    return this.owner.closePty(this.id);
  }

  /** For the client: output arrived. The agent keeps to its credit; what is over it is of no agent of ours. */
  receive(bytes: Uint8Array): void {
    if (bytes.length > this.credits.output) return;
    this.credits.output -= bytes.length;
    if (this.listener) this.listener(bytes);
    else this.unheard.push(bytes.slice());
  }

  /** For the client: the guest takes `count` bytes more. */
  addInputCredit(count: number): void {
    this.credits.input += count;
  }

  /** For the client: the next frame of input that credit allows. */
  nextFrame(): Uint8Array | undefined {
    const first = this.input[0];
    const length = first ? Math.min(first.length, this.credits.input, MAX_PAYLOAD) : 0;
    if (!first || length === 0) return undefined;
    this.credits.input -= length;
    this.inputLength -= length;
    if (length === first.length) this.input.shift();
    else this.input[0] = first.subarray(length);
    return encodeFrame({ type: Type.PTY_DATA, flags: 0, id: this.id, payload: first.subarray(0, length) });
  }

  /** For the client: it is over. */
  end(end: PtyEnd): void {
    this.ended = true;
    this.input = [];
    this.inputLength = 0;
    this.settle(end);
  }
}
