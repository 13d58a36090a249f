// SPDX-License-Identifier: MIT
/** localStorage as long as the browser lets us: where it is blocked, nothing is kept and the page works all the same. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps `value`, if it can be kept. */
export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked or full: the choice holds for this visit.
  }
}
