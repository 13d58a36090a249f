// SPDX-License-Identifier: MIT
/**
 * The seam between the page and whatever runs the guest. `web/src/machine/` implements it twice: v86 in a
 * Worker, and a fake for tests. Nothing above this file knows which one it talks to.
 */
import type { ByteTransport } from './agent-client.js';
import type { Failure } from './failures.js';

/** How the machine came up. `why` says what was wrong with the snapshot when it was not used. */
export interface BootReport {
  readonly from: 'snapshot' | 'cold';
  readonly why?: string;
}

export type MachineEvent =
  /** Bytes of one file have arrived; `total` is what machine.json promises. */
  | { readonly type: 'progress'; readonly file: string; readonly loaded: number; readonly total: number }
  /** Every file has come, and the emulator is made of them. */
  | { readonly type: 'loaded' }
  /** Text that the kernel printed on ttyS0, in order, cut anywhere. */
  | { readonly type: 'console'; readonly text: string }
  /** The machine is gone for good; make another one. */
  | { readonly type: 'failed'; readonly failure: Failure };

/** One life of one machine: start it once, throw it away when it fails. */
export interface Machine {
  /** The agent's console port (docs/agent-protocol.md). */
  readonly agent: ByteTransport;
  onEvent(listener: (event: MachineEvent) => void): () => void;
  /** Resolves when the guest executes; rejects with a MachineError. */
  start(options: { cold: boolean }): Promise<BootReport>;
  /** Puts the guest back to its snapshot in place; false when it was booted cold and has none. */
  restore(): Promise<boolean>;
  /** Stops and continues the emulated CPU; nothing in the guest notices but its clock. */
  pause(): void;
  resume(): void;
  /** Guest instructions executed since start. Answers while the guest is stopped, too: silence means a dead emulator. */
  instructions(): Promise<number>;
  /** Ends the machine and frees its memory. No event comes after it. */
  dispose(): void;
}
