// SPDX-License-Identifier: MIT
/**
 * `import entry from './x.wasm?entry'` gives the address, size and sha256 of a file as the build saw it, so that the page can
 * check it as it checks the files that machine.json names.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

const QUERY = '?entry';

export function fileEntry(): Plugin {
  return {
    name: 'file-entry',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const path = id.slice(0, -QUERY.length);
      this.addWatchFile(path);
      const bytes = await readFile(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return [
        `import url from ${JSON.stringify(`${path}?url`)};`,
        `export default { url, size: ${bytes.length}, sha256: ${JSON.stringify(sha256)} };`,
      ].join('\n');
    },
  };
}
