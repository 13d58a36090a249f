// SPDX-License-Identifier: MIT
/**
 * The kernel's log as /dev/kmsg has it: a record a line, with its level, its number and the time since boot. It is read by a `cat` that
 * waits for the next record, so a log that is quiet costs the guest nothing.
 */

export const READ_KERNEL_LOG = 'exec cat /dev/kmsg';
/** So many records are kept; the kernel's own buffer has about as many. */
export const MOST_RECORDS = 1000;

export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogRecord {
  /** Of the kernel, from 0 on. */
  readonly seq: number;
  readonly level: Level;
  /** Seconds since the boot. */
  readonly at: number;
  readonly text: string;
  /** A program wrote it, not the kernel. */
  readonly fromProgram: boolean;
}

/** `prio,seq,microseconds,flags[,...];text`. What follows in lines that begin with a blank is about the record, and is not read. */
const RECORD = /^(\d{1,9}),(\d{1,15}),(\d{1,15}),[^;]{0,200};/;

/** Undefined: the line is none. */
export function parseRecord(line: string): LogRecord | undefined {
  const head = RECORD.exec(line);
  if (!head) return undefined;
  const priority = Number(head[1]);
  return {
    seq: Number(head[2]),
    level: LEVELS[priority & 7] ?? 'debug',
    at: Number(head[3]) / 1e6,
    text: unescape(line.slice(head[0].length)),
    fromProgram: priority >> 3 !== 0,
  };
}

/** What is no printable character comes as \xNN; a backslash, too. */
function unescape(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return character === '\\' || character === '\t' || character === '\n' ? character : `\\x${hex}`;
  });
}

export class KernelLog {
  #records: LogRecord[] = [];
  #lost = 0;

  /** The oldest first. */
  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** Records that the kernel replaced before they were read. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes lines; records that are known are passed over, since each reading begins with the oldest. */
  add(lines: readonly string[]): void {
    let last = this.#records.at(-1)?.seq;
    const fresh: LogRecord[] = [];
    for (const line of lines) {
      const record = parseRecord(line);
      if (!record || (last !== undefined && record.seq <= last)) continue;
      if (last !== undefined) this.#lost += record.seq - last - 1;
      last = record.seq;
      fresh.push(record);
    }
    if (fresh.length > 0) this.#records = [...this.#records, ...fresh].slice(-MOST_RECORDS);
  }

  /** Another guest. */
  forget(): void {
    this.#records = [];
    this.#lost = 0;
  }
}

/** `least`: of that level and graver; `text` is found in either case. */
export function filterRecords(
  records: readonly LogRecord[],
  { least, text }: { readonly least: Level; readonly text: string },
): LogRecord[] {
  const [level, wanted] = [LEVELS.indexOf(least), text.toLowerCase()];
  return records.filter(
    (record) => LEVELS.indexOf(record.level) <= level && record.text.toLowerCase().includes(wanted),
  );
}

/** As dmesg prints it. */
export function formatRecord({ at, text }: LogRecord): string {
  return `[${at.toFixed(6).padStart(12)}] ${text}`;
}
