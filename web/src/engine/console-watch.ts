// SPDX-License-Identifier: MIT
/**
 * Reads the kernel's console (ttyS0) for the end of the guest. v86 tells nothing of it: after `reboot`, `halt` or a
 * panic the emulator counts as running and executes nothing, or spins.
 */
import { failure, type Failure } from './failures.js';

const KEEP = 16 * 1024;
const PANIC = /Kernel panic - not syncing: ([^\r\n]*)[\r\n]/;
const REBOOT = /reboot: (Restarting system|System halted|Power down|machine restart)[^\r\n]*[\r\n]/;

export class ConsoleWatch {
  #text = '';
  #done = false;

  /** Takes text as it comes, cut anywhere; returns the failure that it tells of, once. */
  feed(text: string): Failure | undefined {
    this.#text = (this.#text + text).slice(-KEEP);
    if (this.#done) return undefined;
    const found = this.#verdict();
    this.#done = found !== undefined;
    return found;
  }

  /** The last lines, for a message. */
  tail(lines = 12): string {
    return this.#text.trimEnd().split(/\r?\n/).slice(-lines).join('\n');
  }

  /** A restored guest has its own console history, which is not this one. */
  reset(): void {
    this.#text = '';
    this.#done = false;
  }

  #verdict(): Failure | undefined {
    const panic = PANIC.exec(this.#text)?.[1];
    if (panic !== undefined) {
      return failure(
        /Attempted to kill init/.test(panic) ? 'init-exited' : 'panic',
        `Kernel panic: ${panic}`,
      );
    }
    const reboot = REBOOT.exec(this.#text)?.[1];
    if (reboot === undefined) return undefined;
    return failure(
      /Restart|restart/.test(reboot) ? 'rebooted' : 'halted',
      `The kernel said: reboot: ${reboot}.`,
    );
  }
}
