// SPDX-License-Identifier: MIT
/**
 * The headers that dev, preview and the built site are sent with. They go out with every file, since a Worker has the policy
 * of its own script and not that of the page.
 */
const POLICY = {
  'default-src': "'none'",
  // v86 compiles WebAssembly, and the code that it translates.
  'script-src': "'self' 'wasm-unsafe-eval'",
  // v86 makes its tick Worker from a blob; without it the guest stands still and nothing says why.
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  // xterm.js measures and colours by inline style.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
};

export const SECURITY_HEADERS: Record<string, string> = {
  'Content-Security-Policy': Object.entries(POLICY)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};
