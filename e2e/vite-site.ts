// SPDX-License-Identifier: MIT
/** The page as `npm run dev` and `vite preview` serve it, on a free port. */
import { join } from 'node:path';
import { createServer, preview } from 'vite';

const ROOT = join(import.meta.dirname, '../web');
const COMMON = { root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error' } as const;
const ADDRESS = { host: '127.0.0.1', port: 0 };

export interface ViteSite {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startVite(command: 'dev' | 'preview'): Promise<ViteSite> {
  const server =
    command === 'dev'
      ? await (await createServer({ ...COMMON, server: ADDRESS })).listen()
      : await preview({ ...COMMON, preview: ADDRESS });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error(`vite ${command} has no address`);
  return { url, stop: () => server.close() };
}
