// SPDX-License-Identifier: MIT
/** Every way in which the playground can fail or stand still, and the words for it: what happened, and what to do next. */

export type FailureKind =
  | 'no-webassembly'
  | 'insecure-page'
  | 'download-failed'
  | 'not-the-file'
  | 'damaged'
  | 'bad-description'
  | 'panic'
  | 'init-exited'
  | 'halted'
  | 'rebooted'
  | 'no-agent'
  | 'worker-gone';

export interface Failure {
  readonly kind: FailureKind;
  /** One sentence: what happened. */
  readonly title: string;
  /** What is known about the cause: a file name, a status, the kernel's last words. */
  readonly detail: string;
  /** The label of the button that leads back to a prompt. */
  readonly action: string;
}

const WORDS: Record<FailureKind, { title: string; action: string }> = {
  'no-webassembly': { title: 'This browser does not run WebAssembly.', action: 'Try again' },
  'insecure-page': { title: 'The browser checks no files on an insecure address.', action: 'Try again' },
  'download-failed': { title: 'A part of the machine could not be downloaded.', action: 'Try again' },
  'not-the-file': { title: 'The server sent something else in place of a file.', action: 'Try again' },
  damaged: { title: 'A downloaded file is not what it should be.', action: 'Try again' },
  'bad-description': { title: 'The description of the machine cannot be used.', action: 'Try again' },
  panic: { title: 'The kernel panicked.', action: 'Start again' },
  'init-exited': { title: 'Process 1 of the guest ended, and the kernel with it.', action: 'Start again' },
  halted: { title: 'The guest was switched off.', action: 'Start again' },
  rebooted: { title: 'The guest rebooted.', action: 'Start again' },
  'no-agent': { title: 'The agent of the guest cannot be used.', action: 'Start again' },
  'worker-gone': { title: 'The emulator stopped.', action: 'Start again' },
};

/** The failure of that kind, in words. */
export function failure(kind: FailureKind, detail: string): Failure {
  return { kind, ...WORDS[kind], detail };
}

/** What may be waited for in vain. It is no failure: it may come yet. */
export type StallKind =
  | 'download-stalled'
  | 'emulator-starting'
  | 'emulator-silent'
  | 'restore-silent'
  | 'boot-silent'
  | 'agent-silent';

/** Told while something is missing, and gone when it comes. */
export interface Stall extends Omit<Failure, 'kind'> {
  readonly kind: StallKind;
}

const STALLS: Record<StallKind, { title: string; detail: string; action: string }> = {
  'download-stalled': {
    title: 'The download stands still.',
    detail: 'The server has sent nothing for 2 s. This message goes away when it goes on.',
    action: 'Try again',
  },
  'emulator-starting': {
    title: 'The emulator has not started yet.',
    detail:
      'Its program may be on its way, or this computer may be very busy. This message goes away when it runs.',
    action: 'Try again',
  },
  'emulator-silent': {
    title: 'The emulator does not answer.',
    detail:
      'Its Worker may be gone, or this computer may be very busy. This message goes away when it answers; starting again loses what is in the guest.',
    action: 'Start again',
  },
  'restore-silent': {
    title: 'The guest has not answered since it was restored.',
    detail: 'This message goes away when it answers.',
    action: 'Start again',
  },
  'boot-silent': {
    title: 'The guest has not answered since it was booted.',
    detail:
      'It does next to nothing, or has done more than a boot takes. This message goes away when it answers.',
    action: 'Start again',
  },
  'agent-silent': {
    title: 'The guest does not answer.',
    detail:
      'It may be very busy; this message goes away when it answers. Starting again loses what is in it.',
    action: 'Start again',
  },
};

/** What stands still, in words. */
export function stall(kind: StallKind): Stall {
  return { kind, ...STALLS[kind] };
}

/** Thrown by a Machine: carries the failure that the page shows. */
export class MachineError extends Error {
  constructor(readonly failure: Failure) {
    super(`${failure.title} ${failure.detail}`);
    this.name = 'MachineError';
  }
}
