// SPDX-License-Identifier: MIT
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { SECURITY_HEADERS } from '../scripts/lib/security-headers.js';
import { checkPredicate } from './lesson-compiler/check-predicate.js';
import { fileEntry } from './vite-file-entry.js';
import { lessons } from './vite-lessons.js';
import { planModules } from './vite-plan.js';

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the built site works below any path.
  base: './',
  plugins: [svelte(), fileEntry(), lessons({ checkPredicate }), planModules()],
  // A Worker is built with plugins of its own; in dev it is served with the page's.
  worker: { format: 'es', plugins: () => [fileEntry()] },
  // Found only when the page comes to them, these would reload it in dev.
  optimizeDeps: { include: ['v86', '@xterm/addon-search', '@xterm/addon-webgl'] },
  // Every file stays a file: a `data:` address is one more thing for the policy to allow.
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    rolldownOptions: { onLog: (level, log, report) => isAboutNode(log.message) || report(level, log) },
  },
  server: { headers: SECURITY_HEADERS },
  preview: { headers: SECURITY_HEADERS },
});

/** v86 names Node's modules and does without them in a browser; the bundler warns of each. */
function isAboutNode(message: string): boolean {
  return (
    message.includes('has been externalized for browser compatibility') && message.includes('libv86.mjs')
  );
}
