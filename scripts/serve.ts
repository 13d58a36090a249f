// SPDX-License-Identifier: MIT
/**
 * Serves the built page (npm run build) on this machine only, unless told otherwise, and opens it in the browser.
 * Usage: tsx scripts/serve.ts [--port N] [--host ADDRESS] [--no-open]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserOpener, openBrowser } from './lib/open-browser.js';
import { ROOT, runScript, ScriptError } from './lib/project.js';
import { addressOf, serveFolder } from './lib/static-server.js';

const FOLDER = join(ROOT, 'web/dist');
const DEFAULT_PORT = '8086';

runScript('serve', async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: DEFAULT_PORT },
      host: { type: 'string', default: '127.0.0.1' },
      'no-open': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new ScriptError(`--port ${values.port}: not a port number`);
  if (!existsSync(join(FOLDER, 'index.html')))
    throw new ScriptError('web/dist is not built; run: npm run build');
  const server = await serveFolder(FOLDER, { host: values.host, port }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new ScriptError(`port ${port} is in use; choose another: npm start -- --port ${port + 1}`);
    },
  );
  console.log(`The playground is at ${addressOf(server)} (Ctrl+C ends it)`);
  const opener = values['no-open'] ? undefined : browserOpener(process.env);
  if (opener !== undefined) openBrowser(opener, addressOf(server));
});
