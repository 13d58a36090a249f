// SPDX-License-Identifier: MIT
/** The build gives address, size and sha256 of a file that is imported with `?entry` (web/vite-file-entry.ts). */
declare module '*?entry' {
  const entry: { readonly url: string; readonly size: number; readonly sha256: string };
  export default entry;
}

/** Vite makes a script of its own of the module, as for `new Worker(new URL(...))`, and gives its address. */
declare module '*?worker&url' {
  const address: string;
  export default address;
}
