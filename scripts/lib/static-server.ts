// SPDX-License-Identifier: MIT
/**
 * A small server of static files for the built page: the security headers on everything, right types, precompressed
 * neighbours (`x.js.br`, `x.js.gz`), ETags, 404 for what is not there, and no folder listings.
 */
import { createReadStream, type Stats, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, posix } from 'node:path';
import { pipeline } from 'node:stream';
import { SECURITY_HEADERS } from './security-headers.js';

const TYPES: Record<string, string> = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  // Patches and Perl tests: read in the browser, not only kept.
  '.patch': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.t': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.zst': 'application/zstd',
};
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

interface Found {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts serving `folder`; rejects when the port is taken. Port 0 takes a free one. */
export function serveFolder(folder: string, options: { host: string; port: number }): Promise<Server> {
  return serve((request, response) => serveFile(folder, request, response), options);
}

/** Starts serving what `handler` answers. */
export function serve(handler: Handler, options: { host: string; port: number }): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve(server));
  });
}

/** Where a server that listens can be reached. */
export function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}/`;
}

/** Answers with the file of `folder` that the request names. */
export function serveFile(folder: string, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(response, 405, 'only GET and HEAD are served');
  }
  const [path, query] = splitUrl(request.url ?? '/');
  const file =
    path === undefined ? undefined : findFile(join(folder, path.endsWith('/') ? `${path}index.html` : path));
  if (path === undefined || !file) return refuse(response, 404, 'no such file');
  const encoded = chooseEncoding(file.path, request.headers['accept-encoding'] ?? '');
  const body = encoded?.file ?? file;
  response.setHeader('Content-Type', TYPES[extname(file.path)] ?? 'application/octet-stream');
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', body.etag);
  // Names in assets/ and addresses with a hash as their query change with the contents.
  const forever = path.startsWith('/assets/') || /^[0-9a-f]{16,64}$/.test(query);
  response.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (isNamed(body.etag, request.headers['if-none-match'] ?? '')) {
    response.writeHead(304).end();
    return;
  }
  if (encoded) response.setHeader('Content-Encoding', encoded.name);
  response.setHeader('Content-Length', body.size);
  response.writeHead(200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // Ends both when either does: a download broken off must not leave its file open.
  pipeline(createReadStream(body.path), response, () => undefined);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${status}: ${why}\n`);
}

/** The path below the folder, undefined when it is not valid or hidden; and the query. */
function splitUrl(url: string): [path: string | undefined, query: string] {
  const [raw = '/', query = ''] = url.split('?', 2);
  let path: string;
  try {
    // An absolute path that is normalized has no `..` left to leave the folder by.
    path = posix.normalize(`/${decodeURIComponent(raw)}`);
  } catch {
    return [undefined, query];
  }
  return [path.includes('\0') || path.includes('/.') ? undefined : path, query];
}

function findFile(path: string): Found | undefined {
  const stat = statOf(path);
  if (!stat?.isFile()) return undefined;
  return { path, size: stat.size, etag: `"${stat.size.toString(36)}-${stat.mtimeMs.toString(36)}"` };
}

/** A name that is too long or goes through a file is as absent as any. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Whether the list of a request's If-None-Match holds the version `etag`, which no comma is in. */
function isNamed(etag: string, list: string): boolean {
  const names = list.split(',').map((name) => name.trim().replace(/^W\//, ''));
  return names.includes(etag) || names.includes('*');
}

function chooseEncoding(path: string, accepted: string): { name: string; file: Found } | undefined {
  const names = accepted
    .split(',')
    .map((part) => part.split(';').map((word) => word.trim().toLowerCase()))
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name);
  for (const { name, suffix } of ENCODINGS) {
    if (!names.includes(name)) continue;
    const file = findFile(path + suffix);
    if (file) return { name, file };
  }
  return undefined;
}
