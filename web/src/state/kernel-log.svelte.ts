// SPDX-License-Identifier: MIT
/** The kernel's log as the page shows it: read while it can be seen, and it stands still while somebody reads. */
import { ExecLines, type LineReader } from '../engine/exec-lines.js';
import {
  filterRecords,
  KernelLog,
  READ_KERNEL_LOG,
  type Level,
  type LogRecord,
} from '../engine/kernel-log.js';
import type { Timers } from '../engine/proc-poll.js';
import { Throttle } from '../engine/throttle.js';

const SHOW_MS = 250;

export class KernelLogState {
  #records = $state.raw<readonly LogRecord[]>([]);
  /** Records that the kernel replaced before they were read. */
  lost = $state(0);
  /** Why it cannot be read, while that is so. */
  refusal = $state<string>();
  /** Whether what is new is left out for now. */
  paused = $state(false);
  least = $state<Level>('debug');
  text = $state('');
  readonly shown: readonly LogRecord[] = $derived(
    filterRecords(this.#records, { least: this.least, text: this.text }),
  );
  readonly #log = new KernelLog();
  readonly #source: ExecLines;
  readonly #throttle: Throttle;

  constructor(timers: Timers) {
    this.#throttle = new Throttle(timers, SHOW_MS, () => this.#show());
    this.#source = new ExecLines(READ_KERNEL_LOG, timers, {
      lines: (lines) => {
        this.refusal = undefined;
        this.#log.add(lines);
        this.#throttle.ask();
      },
      ended: (why) => (this.refusal = why),
    });
  }

  /** How many records there are beside those that the filter shows. */
  get count(): number {
    return this.#records.length;
  }

  readFrom(reader: LineReader | undefined): void {
    this.#source.readFrom(reader);
  }

  setVisible(visible: boolean): void {
    this.#source.want(visible);
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.#show();
  }

  /** Another guest. */
  forget(): void {
    this.#log.forget();
    this.paused = false;
    this.refusal = undefined;
    this.#show();
  }

  #show(): void {
    if (this.paused) return;
    this.#records = this.#log.records;
    this.lost = this.#log.lost;
  }
}
