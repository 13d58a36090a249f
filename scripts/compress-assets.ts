// SPDX-License-Identifier: MIT
/**
 * Writes a .br and a .gz beside each text and wasm file of the built page, for servers that send them (scripts/serve.ts).
 * Usage: tsx scripts/compress-assets.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ROOT } from './lib/project.js';

const FOLDER = join(ROOT, 'web/dist');
const WORTH_IT = /\.(js|css|html|svg|json|patch|t|wasm)$/;
/** The wasm is 2 MB: quality 11 takes 4 s longer and saves 3 %. */
const BROTLI_QUALITY = 9;

let [before, after] = [0, 0];
for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
  if (!WORTH_IT.test(name) || /^(machine|tests)\//.test(name)) continue;
  const path = join(FOLDER, name);
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const brotli = brotliCompressSync(bytes, { params });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  before += bytes.length;
  after += brotli.length;
}
console.log(`compressed ${(before / 1e6).toFixed(1)} MB of assets to ${(after / 1e6).toFixed(1)} MB`);
