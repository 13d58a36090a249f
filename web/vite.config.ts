// SPDX-License-Identifier: MIT
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { SECURITY_HEADERS } from '../scripts/lib/security-headers.js';

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the built site works below any path.
  base: './',
  plugins: [svelte()],
  worker: { format: 'es' },
  // Every file stays a file: a `data:` address is one more thing for the policy to allow.
  build: { target: 'es2023', assetsInlineLimit: 0, emptyOutDir: true },
  server: { headers: SECURITY_HEADERS },
  preview: { headers: SECURITY_HEADERS },
});
