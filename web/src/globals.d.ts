// SPDX-License-Identifier: MIT
import type { PlaygroundApi } from './engine/playground-api.js';

declare global {
  interface Window {
    /** Drives the machine from a script or the console (docs/playground-api.md). */
    playground: PlaygroundApi;
  }
}
