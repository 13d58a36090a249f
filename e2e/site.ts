// SPDX-License-Identifier: MIT
/** The built site on a free port, with files that a test can replace by something worse. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { addressOf, serve, serveFile, type Handler } from '../scripts/lib/static-server.js';

const DIST = join(import.meta.dirname, '../web/dist');
const TYPES = [
  ['.json', 'application/json'],
  ['.wasm', 'application/wasm'],
] as const;

export class Site {
  readonly #overrides = new Map<string, Handler>();
  #server: Server | undefined;

  async start(): Promise<void> {
    if (!existsSync(join(DIST, 'machine/snapshot.json'))) {
      throw new Error('web/dist has no machine in it; run: npm run build');
    }
    this.#server = await serve(
      (request, response) => {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname;
        const override = this.#overrides.get(path);
        if (override) override(request, response);
        else serveFile(DIST, request, response);
      },
      { host: '127.0.0.1', port: 0 },
    );
  }

  get url(): string {
    if (!this.#server) throw new Error('the site is not started');
    return addressOf(this.#server);
  }

  /** Answers for `path` by `handler` until the end of the test. */
  replace(path: string, handler: Handler): void {
    this.#overrides.set(path, handler);
  }

  /** The file at `path` is not there. */
  remove(path: string): void {
    this.replace(path, (_, response) => response.writeHead(404).end());
  }

  /** The file at `path` is as the site has it again. */
  mend(path: string): void {
    this.#overrides.delete(path);
  }

  /** Serves `path` with its bytes changed by `edit`; to be kept for ever, as the site says of what is asked for by its hash. */
  alter(path: string, edit: (bytes: Buffer) => Buffer): void {
    const bytes = edit(readFileSync(join(DIST, path)));
    this.replace(path, (request, response) => {
      const type = TYPES.find(([end]) => path.endsWith(end))?.[1] ?? 'application/octet-stream';
      response.setHeader(
        'Cache-Control',
        request.url?.includes('?') ? 'max-age=31536000, immutable' : 'no-cache',
      );
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes);
    });
  }

  /** Serves `path` with the values of `changes` in its JSON. */
  alterJson(path: string, changes: Record<string, unknown>): void {
    this.alter(path, (bytes) => {
      const value = JSON.parse(bytes.toString()) as Record<string, unknown>;
      return Buffer.from(JSON.stringify({ ...value, ...changes }));
    });
  }

  /** Accepts requests for `path` and does not answer them; call what is returned to let them and others go on. */
  hold(path: string): () => void {
    const held: (() => void)[] = [];
    this.replace(path, (request, response) => void held.push(() => serveFile(DIST, request, response)));
    return () => {
      this.mend(path);
      for (const goOn of held) goOn();
    };
  }

  /** Answers requests for `path` byte by byte, after its first half, so that it never stands still. Resolves when one is let go of. */
  trickle(path: string): Promise<void> {
    const bytes = readFileSync(join(DIST, path));
    return new Promise((resolve) => {
      this.replace(path, (_, response) => {
        let at = bytes.length >> 1;
        response.writeHead(200, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': bytes.length,
        });
        response.write(bytes.subarray(0, at));
        const drops = setInterval(() => response.write(bytes.subarray(at, ++at)), 1_000);
        response.on('close', () => {
          clearInterval(drops);
          resolve();
        });
      });
    });
  }

  /** Where the built file is whose name the build made of `name`, its extension and a hash. */
  asset(name: string, extension: string): string {
    const found = readdirSync(join(DIST, 'assets')).find(
      (file) => file.startsWith(`${name}-`) && file.endsWith(extension) && !/fallback/.test(file),
    );
    if (found === undefined) throw new Error(`web/dist has no ${name}-*${extension}`);
    return `/assets/${found}`;
  }

  /** Serves the first half of `path` and breaks the connection. */
  breakOff(path: string): void {
    const bytes = readFileSync(join(DIST, path));
    this.replace(path, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    });
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}
