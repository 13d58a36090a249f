// SPDX-License-Identifier: MIT
/** The memory of a machine that has never run, on its way into a saved state. */

/** What v86's WebAssembly exports, as far as this file needs it. */
interface V86Exports extends WebAssembly.Exports {
  zero_memory: (address: number, bytes: number) => void;
}

/** As far as v86 writes before anything runs, where there is nothing to boot from. */
const LOW_MEMORY = 1024 * 1024;

/**
 * v86 clears all of the guest's memory before it puts a state there. Above the first MiB nobody has written to the memory of
 * a machine without anything to boot from, and to touch every page costs a page fault each: 1.1 s of 128 MiB on a slow
 * host. So the first clearing of the whole memory (`memoryBytes` from address 0) clears that MiB only.
 */
export function keepFreshMemory(exports: WebAssembly.Exports, memoryBytes: number): WebAssembly.Exports {
  const { zero_memory } = exports as V86Exports;
  let fresh = true;
  return {
    ...exports,
    zero_memory: (address: number, bytes: number) => {
      const first = fresh && address === 0 && bytes === memoryBytes;
      if (first) fresh = false;
      zero_memory(address, first ? Math.min(bytes, LOW_MEMORY) : bytes);
    },
  };
}
