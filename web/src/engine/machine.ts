// SPDX-License-Identifier: MIT
/**
 * The seam between the page and whatever runs the guest. `web/src/machine/` implements it twice: v86 in a
 * Worker, and a fake for tests. Nothing above this file knows which one it talks to.
 */
import type { Failure } from './failures.ts';

/** The two ends of the agent's console port (docs/agent-protocol.md). */
export interface ByteTransport {
  send(chunk: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): () => void;
}

/** How the machine came up. `why` says what was wrong with the snapshot when it was not used. */
export interface BootReport {
  readonly from: 'snapshot' | 'cold';
  readonly why?: string;
}

export type MachineEvent =
  /** Bytes of one file have arrived; `total` is what machine.json promises. */
  | { readonly type: 'progress'; readonly file: string; readonly loaded: number; readonly total: number }
  /** Text that the kernel printed on ttyS0, in order, cut anywhere. */
  | { readonly type: 'console'; readonly text: string }
  /** The machine is gone for good; make another one. */
  | { readonly type: 'failed'; readonly failure: Failure };

/** One life of one machine: start it once, throw it away when it fails. */
export interface Machine {
  readonly agent: ByteTransport;
  onEvent(listener: (event: MachineEvent) => void): () => void;
  /** Resolves when the guest executes; rejects with a MachineError. */
  start(options: { cold: boolean }): Promise<BootReport>;
  /** Puts the guest back to its snapshot in place; false when it was booted cold and has none. */
  restore(): Promise<boolean>;
  /** Stops and continues the emulated CPU; nothing in the guest notices but its clock. */
  pause(): void;
  resume(): void;
  /** Guest instructions executed since start. */
  instructions(): Promise<number>;
  /** Ends the machine and frees its memory. No event comes after it. */
  dispose(): void;
}
