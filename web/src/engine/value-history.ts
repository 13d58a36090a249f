// SPDX-License-Identifier: MIT
/** What numbers were over the last two minutes of the guest's time: a point a second each, and a bound on all. */

export interface Point {
  /** Guest uptime in seconds. */
  readonly at: number;
  readonly value: number;
}

export const KEPT_SECONDS = 120;
/** A number that comes when there are so many gets no line. */
export const MOST_SERIES = 1000;
const EVERY_SECONDS = 1;

export class ValueHistory {
  readonly #series = new Map<string, Point[]>();
  #last = -Infinity;

  /** Takes numbers by name; another time within the same second is passed over. A clock that goes back is that of another guest. */
  record(at: number, values: Iterable<readonly [name: string, value: number]>): void {
    if (at < this.#last) this.forget();
    if (at - this.#last < EVERY_SECONDS) return;
    this.#last = at;
    for (const [name, value] of values) this.#add(name, { at, value });
    for (const [name, points] of this.#series) {
      while (points[0] && points[0].at < at - KEPT_SECONDS) points.shift();
      if (points.length === 0) this.#series.delete(name);
    }
  }

  /** The oldest first. */
  of(name: string): readonly Point[] {
    return [...(this.#series.get(name) ?? [])];
  }

  /** Those whose names begin with it, as they are now. */
  beginningWith(start: string): ReadonlyMap<string, readonly Point[]> {
    return new Map(
      [...this.#series].filter(([name]) => name.startsWith(start)).map(([name]) => [name, this.of(name)]),
    );
  }

  forget(): void {
    this.#series.clear();
    this.#last = -Infinity;
  }

  #add(name: string, point: Point): void {
    const points = this.#series.get(name);
    if (points) points.push(point);
    else if (this.#series.size < MOST_SERIES) this.#series.set(name, [point]);
  }
}
