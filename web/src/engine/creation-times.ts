// SPDX-License-Identifier: MIT
/**
 * Remembers when each context was created. BiasUptime does not change while a context lives, and reading a file of 20 contexts
 * four times a second costs the guest 1.5 million instructions a second: so cvirt is read for a context that is new, and with every
 * fourth poll for all, since an id may have been given to another context between two polls.
 */
import { CONTEXT_STATUS, parseFields, type ProcFiles } from './proc-virtual.js';

const EVERY = 4;

export class CreationTimes {
  readonly #times = new Map<number, number>();
  #polls = 0;
  #unknown = true;

  /** Guest uptime in seconds at the creation of each context. */
  get times(): ReadonlyMap<number, number> {
    return this.#times;
  }

  /** What has to be read with the next poll. */
  get patterns(): readonly string[] {
    return this.#unknown || this.#polls % EVERY === 0 ? ['virtual/*/cvirt'] : [];
  }

  /** Takes what a poll has read. */
  learn(files: ProcFiles): void {
    this.#polls++;
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
