// SPDX-License-Identifier: MIT
/** Every way in which the playground can fail, and the words for it: what happened, and what to do next. */

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
  | 'agent-silent'
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
  'agent-silent': { title: 'The guest has stopped answering.', action: 'Start again' },
  'no-agent': { title: 'The guest started, but its agent never answered.', action: 'Start again' },
  'worker-gone': { title: 'The emulator stopped.', action: 'Start again' },
};

/** The failure of that kind, in words. */
export function failure(kind: FailureKind, detail: string): Failure {
  return { kind, ...WORDS[kind], detail };
}

/** Thrown by a Machine: carries the failure that the page shows. */
export class MachineError extends Error {
  constructor(readonly failure: Failure) {
    super(`${failure.title} ${failure.detail}`);
    this.name = 'MachineError';
  }
}
