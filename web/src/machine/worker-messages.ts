// SPDX-License-Identifier: MIT
/** What the page and the emulator's Worker say to each other. */
import type { Failure } from '../engine/failures.js';
import type { BootReport, MachineEvent } from '../engine/machine.js';

export type ToWorker =
  | { readonly type: 'start'; readonly base: string; readonly snapshots: string; readonly cold: boolean }
  | { readonly type: 'agent'; readonly bytes: Uint8Array }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'restore'; readonly id: number }
  | { readonly type: 'instructions'; readonly id: number };

export type FromWorker =
  | MachineEvent
  | { readonly type: 'started'; readonly report: BootReport }
  | { readonly type: 'not-started'; readonly failure: Failure }
  | { readonly type: 'agent'; readonly bytes: Uint8Array }
  | { readonly type: 'reply'; readonly id: number; readonly value: number | boolean };
