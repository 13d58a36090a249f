// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, serveFolder } from './static-server.js';

let root: string;
let server: Server;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'serve-'));
  mkdirSync(join(root, 'site/assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'not for you');
  writeFileSync(join(root, 'site/.hidden'), 'not for you');
  writeFileSync(join(root, 'site/index.html'), '<!doctype html>');
  writeFileSync(join(root, 'site/assets/a.js'), 'plain');
  writeFileSync(join(root, 'site/assets/a.js.br'), 'brotli');
  writeFileSync(join(root, 'site/v86.wasm'), 'wasm');
  server = await serveFolder(join(root, 'site'), { host: '127.0.0.1', port: 0 });
});

afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

/** A request with the path as it is: `fetch` would tidy `..` away. */
function request(
  path: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage & { body: string }> {
  const { port } = new URL(addressOf(server));
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Object.assign(response, { body: Buffer.concat(chunks).toString() })));
    }).on('error', reject);
  });
}

test('a folder is its index.html, with the policy on it', async () => {
  const response = await request('/');
  expect(response.body).toBe('<!doctype html>');
  expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  expect(response.headers['cache-control']).toBe('no-cache');
});

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/.hidden',
  '/assets/',
  '/none',
  '/%zz',
])('%s is not found', async (path) => {
  const response = await request(path);
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toContain('text/plain');
  expect(response.body).not.toContain('not for you');
});

test('a compressed neighbour goes to those who take it', async () => {
  const response = await request('/assets/a.js', { 'accept-encoding': 'gzip, br' });
  expect([response.body, response.headers['content-encoding']]).toEqual(['brotli', 'br']);
  expect(response.headers['content-type']).toContain('text/javascript');
  expect((await request('/assets/a.js')).body).toBe('plain');
});

test.each([
  ['gzip, br;q=0', 'plain'],
  ['br; Q=0.000', 'plain'],
  ['br;q=0.5', 'brotli'],
  ['BR', 'brotli'],
])('who accepts %s gets what is %s', async (accepted, body) => {
  expect((await request('/assets/a.js', { 'accept-encoding': accepted })).body).toBe(body);
});

test('wasm has its type, or a browser does not compile it while it comes', async () => {
  expect((await request('/v86.wasm')).headers['content-type']).toBe('application/wasm');
});

test('names that hold a hash are kept for ever, others are asked for', async () => {
  expect((await request('/assets/a.js')).headers['cache-control']).toContain('immutable');
  expect((await request('/v86.wasm?0123456789abcdef')).headers['cache-control']).toContain('immutable');
  const { etag } = (await request('/v86.wasm')).headers;
  expect((await request('/v86.wasm', { 'if-none-match': etag ?? '' })).statusCode).toBe(304);
});

test('who has one of several versions, by a strong or a weak name, or any, gets it no more', async () => {
  const { etag = '' } = (await request('/v86.wasm')).headers;
  for (const names of [`"x", ${etag}`, `${etag},"x"`, `W/${etag}`, '*'])
    expect((await request('/v86.wasm', { 'if-none-match': names })).statusCode).toBe(304);
  for (const names of ['"x", W/"y"', '', `"x${etag.slice(1)}`])
    expect((await request('/v86.wasm', { 'if-none-match': names })).statusCode).toBe(200);
});

test('a query that is no hash is kept by nobody', async () => {
  expect((await request('/?boot=cold')).headers['cache-control']).toBe('no-cache');
});

test.each(['/index.html/x', `/${'x'.repeat(300)}`])(
  'a name that cannot be is absent, and the server goes on: %s',
  async (path) => {
    expect((await request(path)).statusCode).toBe(404);
    expect((await request('/')).statusCode).toBe(200);
  },
);

test('a port that is taken is an error, not another port', async () => {
  const { port } = new URL(addressOf(server));
  const second = serveFolder(root, { host: '127.0.0.1', port: Number(port) });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
