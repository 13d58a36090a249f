// SPDX-License-Identifier: MIT
/**
 * The history of contexts (1e) as a timeline. `vhistory --follow` prints what each CPU's ring keeps, then what comes; it looks ten times a
 * second, and the rings hold few events, so some are lost. How many were lost between two of its looks it says; what is missing where a
 * reading begins anew is seen by the numbers of the events, which go round: so many at least. An event has no time of its own: it gets
 * that of its arrival, and with it the commands that ran in the terminals then.
 */
import type { CommandRun, ConsoleCommands } from './console-commands.js';

export const READ_HISTORY = 'exec vhistory --follow';

/** `life` and `members` are what a context goes through, `references` who looks at it: the panels do so all the time. */
export const EVENT_KINDS = {
  life: ['alloc', 'loc', 'hash', 'create', 'unhash', 'dealloc', 'oops'],
  members: ['claim', 'release', 'init', 'set', 'clr'],
  references: ['lookup', 'get', 'put'],
} as const;
export type EventKind = keyof typeof EVENT_KINDS;

export interface HistoryEvent {
  /** Counts what has come, from 0 on. */
  readonly number: number;
  /** The kernel's own number; it goes round after 65,535. */
  readonly seq: number;
  readonly cpu: number;
  readonly xid: number | undefined;
  readonly what: string;
  readonly kind: EventKind;
  /** Before the event. */
  readonly usecnt: number;
  readonly tasks: number;
  /** What it was about: `@` who points to the context, `task` which one, `#` the id that was asked for. */
  readonly of: string;
  /** Milliseconds of the page's clock at which it came; undefined: it had happened before anybody looked. */
  readonly at: number | undefined;
  /** The command lines that ran in terminals then. */
  readonly commands: readonly string[];
  /** Events before this one, from the first on, that were replaced before they were read. */
  readonly lostSoFar: number;
  /** Of these those of which there may have been more. */
  readonly guessedSoFar: number;
}

export interface ShownEvent extends HistoryEvent {
  /** Of `lostSoFar` those since the event that is shown before it. */
  readonly lost: number;
  /** Whether there may have been more. */
  readonly atLeast: boolean;
}

export interface HistoryFilter {
  readonly kinds: ReadonlySet<EventKind>;
  /** One name of an event; empty: all. */
  readonly what: string;
  /** As it is typed; empty: all. */
  readonly xid: string;
  /** Part of a command line, in either case. */
  readonly command: string;
}

/** Events that are kept of what a context goes through, and of references. */
const MOST: Readonly<Record<EventKind, number>> = { life: 500, members: 500, references: 200 };
/** vhistory sleeps 100 ms between two readings, and a line takes a moment to come here. */
const LATENESS_MS = 150;
const HEAD = 'EVENT ';
/** A reading prints again what the rings keep: 64 of each CPU. What is further behind is ahead: the numbers have gone round. */
const KEPT = 1024;
const NUMBERS = 0x10000;
/** What a reading begins with may come in two pieces. */
const FIRST_MS = 50;

const LINE = /^#([0-9a-f]{4})\s+(\d+)\s+(\d+|-)\s+(\S+)\s+(\d+)\s+(\d+)\s+(.{1,40})$/;
const LOST = /^lost: (\d{1,10}) events of CPU \d+$/;

export function kindOfEvent(what: string): EventKind {
  const kinds = Object.keys(EVENT_KINDS) as EventKind[];
  return kinds.find((kind) => (EVENT_KINDS[kind] as readonly string[]).includes(what)) ?? 'life';
}

export class HistoryLog {
  readonly #commands: Pick<ConsoleCommands, 'during'>;
  readonly #kept: Record<EventKind, HistoryEvent[]> = { life: [], members: [], references: [] };
  #number = 0;
  #last: number | undefined;
  #lost = 0;
  #guessed = 0;
  /** What the numbers will lack for what vhistory has told of, as far as they tell it. */
  #told: number | undefined;
  /** When the last reading began, and with it came what there was before. */
  #began = -Infinity;

  constructor(commands: Pick<ConsoleCommands, 'during'>) {
    this.#commands = commands;
  }

  /** The oldest first. */
  get events(): HistoryEvent[] {
    const all = Object.values(this.#kept).flat();
    return all.sort((a, b) => a.number - b.number);
  }

  /**
   * Takes lines that came at `now`. A head line begins a reading, which first prints what is kept, known or not. Returns
   * the kinds of what is new.
   */
  add(lines: readonly string[], now: number): Set<EventKind> {
    const kinds = new Set<EventKind>();
    for (const line of lines) {
      if (line.startsWith(HEAD)) {
        this.#began = now;
        this.#told = undefined;
      }
      const lost = Number(LOST.exec(line)?.[1] ?? 0);
      if (lost > 0) {
        this.#lost += lost;
        this.#told = ((this.#told ?? 0) + lost) % NUMBERS;
        continue;
      }
      const kind = this.#addLine(line, now - this.#began < FIRST_MS ? undefined : now);
      if (kind) kinds.add(kind);
    }
    return kinds;
  }

  /** Another guest. */
  forget(): void {
    for (const list of Object.values(this.#kept)) list.length = 0;
    this.#last = undefined;
    this.#lost = 0;
    this.#guessed = 0;
    this.#told = undefined;
    this.#began = -Infinity;
  }

  #addLine(line: string, at: number | undefined): EventKind | undefined {
    const found = LINE.exec(line);
    if (!found) return undefined;
    const [, hex = '', cpu, xid, what = '', usecnt, tasks, of = ''] = found;
    const seq = parseInt(hex, 16);
    const last = this.#last ?? (seq + NUMBERS - 1) % NUMBERS;
    const missing = (seq - last - 1 + NUMBERS) % NUMBERS;
    // What a loss explains is new, even if the numbers have come round.
    const isExplained = this.#told !== undefined && missing <= this.#told;
    if (!isExplained && (last - seq + NUMBERS) % NUMBERS < KEPT) return undefined; // known
    const guessed = Math.max(0, missing - (this.#told ?? 0));
    this.#told = this.#told !== undefined && this.#told > missing ? this.#told - missing : undefined;
    this.#lost += guessed;
    this.#guessed += guessed;
    this.#last = seq;
    const kind = kindOfEvent(what);
    const list = this.#kept[kind];
    list.push({
      number: this.#number++,
      seq,
      cpu: Number(cpu),
      xid: xid === '-' ? undefined : Number(xid),
      what,
      kind,
      usecnt: Number(usecnt),
      tasks: Number(tasks),
      of: of === '-' ? '' : of,
      at,
      commands: at === undefined ? [] : linesOf(this.#commands.during(at - LATENESS_MS, at)),
      lostSoFar: this.#lost,
      guessedSoFar: this.#guessed,
    });
    if (list.length > MOST[kind]) list.splice(0, list.length - MOST[kind]);
    return kind;
  }
}

function linesOf(runs: readonly CommandRun[]): string[] {
  return [...new Set(runs.map(({ line }) => line))];
}

/** Events in a row, during which the same commands ran. */
export interface EventGroup {
  /** Of its first event. */
  readonly number: number;
  readonly commands: readonly string[];
  readonly events: readonly ShownEvent[];
}

export function groupByCommands(events: readonly ShownEvent[]): EventGroup[] {
  const groups: (EventGroup & { readonly events: ShownEvent[] })[] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last && last.commands.join('\n') === event.commands.join('\n')) last.events.push(event);
    else groups.push({ number: event.number, commands: event.commands, events: [event] });
  }
  return groups;
}

export function filterEvents(
  events: readonly HistoryEvent[],
  { kinds, what, xid, command }: HistoryFilter,
): ShownEvent[] {
  const wanted = command.trim().toLowerCase();
  const shown = events.filter(
    (event) =>
      kinds.has(event.kind) &&
      (what === '' || event.what === what) &&
      (xid.trim() === '' || String(event.xid) === xid.trim() || event.of === `#${xid.trim()}`) &&
      (wanted === '' || event.commands.some((line) => line.toLowerCase().includes(wanted))),
  );
  return shown.map((event, at) => ({
    ...event,
    lost: event.lostSoFar - (shown[at - 1]?.lostSoFar ?? 0),
    atLeast: event.guessedSoFar > (shown[at - 1]?.guessedSoFar ?? 0),
  }));
}
