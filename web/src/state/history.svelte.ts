// SPDX-License-Identifier: MIT
/** The history of contexts as the page shows it, with the commands that ran meanwhile. */
import { SvelteSet } from 'svelte/reactivity';
import { ConsoleCommands } from '../engine/console-commands.js';
import { ExecLines, type LineReader } from '../engine/exec-lines.js';
import {
  filterEvents,
  HistoryLog,
  READ_HISTORY,
  type EventKind,
  type HistoryEvent,
  type ShownEvent,
} from '../engine/history-log.js';
import type { Timers } from '../engine/proc-poll.js';
import { Throttle } from '../engine/throttle.js';

const SHOW_MS = 250;

export class HistoryState {
  #events = $state.raw<readonly HistoryEvent[]>([]);
  /** Why it cannot be read, while that is so. */
  refusal = $state<string>();
  /** The panels' own reading is most of the references. */
  readonly kinds = new SvelteSet<EventKind>(['life', 'members']);
  what = $state('');
  xid = $state('');
  command = $state('');
  readonly shown: readonly ShownEvent[] = $derived(filterEvents(this.#events, this));
  readonly #commands = new ConsoleCommands();
  readonly #log = new HistoryLog(this.#commands);
  readonly #timers: Timers;
  readonly #source: ExecLines;
  readonly #throttle: Throttle;

  constructor(timers: Timers) {
    this.#timers = timers;
    this.#throttle = new Throttle(timers, SHOW_MS, () => this.#show());
    this.#source = new ExecLines(READ_HISTORY, timers, {
      lines: (lines) => {
        this.refusal = undefined;
        // The panels' own reading is of no interest where it is not shown.
        const kinds = this.#log.add(lines, timers.now());
        if ([...kinds].some((kind) => this.kinds.has(kind))) this.#throttle.ask();
      },
      ended: (why) => (this.refusal = why),
    });
  }

  /** How many events there are beside those that the filter shows. */
  get count(): number {
    return this.#events.length;
  }

  readFrom(reader: LineReader | undefined): void {
    this.#source.readFrom(reader);
  }

  setVisible(visible: boolean): void {
    this.#source.want(visible);
  }

  /** Hears what a terminal shows, whether the history can be seen or not: a command may have begun long before. */
  hear(pty: number, bytes: Uint8Array): void {
    this.#commands.feed(pty, bytes, this.#timers.now());
  }

  /** The terminal is gone. */
  hearEnd(pty: number): void {
    this.#commands.end(pty, this.#timers.now());
  }

  setKind(kind: EventKind, shown: boolean): void {
    if (shown) this.kinds.add(kind);
    else this.kinds.delete(kind);
    this.#show();
  }

  /** Another guest. */
  forget(): void {
    this.#commands.forget();
    this.#log.forget();
    this.refusal = undefined;
    this.#show();
  }

  #show(): void {
    this.#events = this.#log.events;
  }
}
