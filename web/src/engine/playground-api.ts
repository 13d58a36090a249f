// SPDX-License-Identifier: MIT
/** The API that the page offers as `window.playground` (docs/playground-api.md). */

export interface ExecOutcome {
  /** The exit code, or 128 + signal as a shell says it. */
  readonly exitCode: number;
  /** What the command wrote, as UTF-8; at most 1 MiB of each is kept. */
  readonly stdout: string;
  readonly stderr: string;
  /** There was more of one of them; not there otherwise. */
  readonly truncated?: true;
}

export interface PlaygroundApi {
  /**
   * Resolves when the guest answers commands, after every start anew; rejects with a sentence when the machine of now cannot
   * start. Read the property again after a failure, a reset or the end of the agent: each has a promise of its own.
   */
  readonly ready: Promise<void>;

  /**
   * Runs `command` by /bin/sh in a session of its own, stdin closed, and resolves when it has ended, whatever its exit code.
   * Waits for `ready`. Rejects when the machine is reset, or it or its agent is lost meanwhile.
   */
  exec(command: string): Promise<ExecOutcome>;

  /**
   * Types `text` into the terminal in front, as a keyboard would: end a line with `\r` or `\n`. Nothing is lost: after a shell's
   * exit it goes to the next one, which it starts.
   */
  write(text: string): void;

  /**
   * The bytes of a file of the guest; rejects with the guest's error (`read /x: No such file or directory`), and when there are
   * more than 16 MiB of them.
   */
  readFile(path: string): Promise<Uint8Array>;

  /**
   * Resolves when `predicate` (docs/predicates.md) is true of the guest. Waits for `ready` first. Rejects when it is no predicate,
   * when it is not true within `timeout` ms (30,000 without it), with what was seen last, and when the machine is reset, or it
   * or its agent is lost meanwhile.
   */
  waitFor(predicate: string, options?: { readonly timeout?: number }): Promise<void>;

  /** Puts the guest back to the moment after boot, and resolves when it answers again. Terminals get new shells, unless the snapshot has theirs. */
  reset(): Promise<void>;

  /** Guest instructions executed in this life of the machine, for measurements. */
  instructions(): Promise<number>;
}
