// SPDX-License-Identifier: MIT
/** What an AbortController is to a page, in a layer without a DOM: one end cancels, the other hears of it. */
import type { CancelSignal } from './agent-client.js';
import { deferred } from './deferred.js';

export class Cancellation implements CancelSignal {
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Tells all who listen, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
  }

  /** Does `work`. Rejects as soon as this is cancelled, and then nobody waits for it; it is not begun after that. */
  async race<T>(work: () => Promise<T>): Promise<T> {
    if (this.#aborted) throw new Error('cancelled');
    const cancelled = deferred<never>();
    const cancel = (): void => cancelled.reject(new Error('cancelled'));
    this.#listeners.add(cancel);
    try {
      return await Promise.race([cancelled.promise, work()]);
    } finally {
      this.#listeners.delete(cancel);
    }
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
