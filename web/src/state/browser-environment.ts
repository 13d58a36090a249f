// SPDX-License-Identifier: MIT
/** What the engine needs of its surroundings, as a browser has it. */
export const browserEnvironment = {
  random: (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count)),
  setTimeout: (callback: () => void, ms: number): unknown => setTimeout(callback, ms),
  clearTimeout: (handle: unknown): void => clearTimeout(handle as number | undefined),
  now: (): number => Date.now(),
};
