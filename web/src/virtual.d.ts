// SPDX-License-Identifier: MIT
/** What web/vite-plan.ts makes. */
declare module 'virtual:plan' {
  export const plan: import('./engine/plan.js').Plan;
}

declare module 'virtual:feature-matrix' {
  export const recorded: import('./engine/feature-matrix.js').Recorded;
  export const built: import('./engine/feature-matrix.js').Built;
}

declare module 'virtual:plan-files' {
  /** Addresses by name of the file. */
  export const patchUrls: ReadonlyMap<string, string>;
  export const testUrls: ReadonlyMap<string, string>;
}
