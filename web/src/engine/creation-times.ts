// SPDX-License-Identifier: MIT
/**
 * Remembers when each context was created. BiasUptime does not change while a context lives, and reading a file of 20 contexts
 * four times a second costs the guest 1.5 million instructions a second: so cvirt is read for a context that is new, and once a
 * second for all, since an id may have been given to another context between two polls.
 */
import { CONTEXT_STATUS, parseFields, type ProcSnapshot } from './proc-virtual.js';

const CVIRT = 'virtual/*/cvirt';
/** What is asked for now comes with the next poll, up to half a second later. */
const DUE_SECONDS = 0.5;

export class CreationTimes {
  readonly #times = new Map<number, number>();
  /** In seconds of the guest's clock. */
  #now = 0;
  #read = -Infinity;
  #unknown = true;

  /** Guest uptime in seconds at the creation of each context. */
  get times(): ReadonlyMap<number, number> {
    return this.#times;
  }

  /** What has to be read with the next poll. */
  get patterns(): readonly string[] {
    return this.#unknown || this.#now - this.#read >= DUE_SECONDS ? [CVIRT] : [];
  }

  /** Takes what a poll has read, `asked` for by these patterns. */
  learn({ files, uptime }: ProcSnapshot, asked: readonly string[]): void {
    this.#now = uptime;
    if (asked.includes(CVIRT)) this.#read = uptime;
    const alive = new Set<number>();
    for (const path of files.keys()) {
      const xid = CONTEXT_STATUS.exec(path)?.[1];
      if (xid === undefined) continue;
      alive.add(Number(xid));
      const time = biasUptime(files.get(`virtual/${xid}/cvirt`));
      if (time !== undefined) this.#times.set(Number(xid), time);
    }
    for (const xid of this.#times.keys()) if (!alive.has(xid)) this.#times.delete(xid);
    this.#unknown = [...alive].some((xid) => !this.#times.has(xid));
  }
}

function biasUptime(cvirt: string | number | undefined): number | undefined {
  if (typeof cvirt !== 'string') return undefined;
  const value = parseFields(cvirt).get('BiasUptime');
  return value !== undefined && /^\d+\.\d\d$/.test(value) ? Number(value) : undefined;
}
