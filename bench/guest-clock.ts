// SPDX-License-Identifier: MIT
/**
 * The clock that v86 has, which takes it from `performance` when it is imported: this comes before. A tick of the guest's timer
 * costs it 3,000 instructions, a hundred times a second of the host's time, and would make a count depend on how busy the host is.
 */

const hostNow = performance.now.bind(performance);
/** Slow enough that no tick matters, quick enough that a guest which sleeps for milliseconds wakes. */
const SLOWNESS = 50;

let rate = 1;
let since = hostNow();
let then = since;

const now = (): number => then + (hostNow() - since) * rate;

function setRate(next: number): void {
  [then, since] = [now(), hostNow()];
  rate = next;
}

Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });

/** Does `action` while the guests' time, and `performance.now()` with it, passes slowly. */
export async function slowly<T>(action: () => Promise<T>): Promise<T> {
  setRate(1 / SLOWNESS);
  try {
    return await action();
  } finally {
    setRate(1);
  }
}
