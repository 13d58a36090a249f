// SPDX-License-Identifier: MIT
/**
 * Fetches the files of the machine and believes nothing: status, type, length and sha256 are checked before v86 sees a
 * byte, because v86 hangs on a 404, retries a 500 for ever and takes a damaged file as it is.
 */
import { failure, MachineError, type FailureKind } from '../engine/failures.js';
import type { FileEntry } from '../engine/machine-files.js';

/** Nothing for so long means that the server will not go on. */
const STALL_MS = 10_000;

function refuse(kind: FailureKind, detail: string): MachineError {
  return new MachineError(failure(kind, detail));
}

/** A response that is neither an error nor an HTML page. */
export async function checkedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const name = new URL(url).pathname;
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw refuse('download-failed', `${name}: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!response.ok) throw refuse('download-failed', `${name}: the server answered ${response.status}.`);
  if (response.headers.get('content-type')?.includes('text/html')) {
    throw refuse('not-the-file', `${name}: the server answered 200 with an HTML page.`);
  }
  return response;
}

/** The JSON in a file that is never taken from a cache without asking. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await checkedFetch(url, { cache: 'no-cache' });
  try {
    return await response.json();
  } catch {
    throw refuse('damaged', `${new URL(url).pathname}: not valid JSON.`);
  }
}

/** The bytes of `entry`, verified; `onProgress` hears how many have come. */
export async function fetchFile(
  base: string,
  entry: FileEntry,
  onProgress: (loaded: number) => void,
): Promise<ArrayBuffer> {
  // The hash in the address lets a server say "immutable" and keeps an old cache from answering.
  const url = new URL(`${entry.path}?${entry.sha256.slice(0, 16)}`, base).href;
  const abort = new AbortController();
  const response = await checkedFetch(url, { signal: abort.signal });
  const bytes = await readBody(response, entry, abort, onProgress);
  const digest = await sha256(bytes);
  if (digest !== entry.sha256) {
    throw refuse(
      'damaged',
      `${entry.path}: its sha256 is ${digest.slice(0, 16)}…, not ${entry.sha256.slice(0, 16)}….`,
    );
  }
  return bytes.buffer;
}

async function readBody(
  response: Response,
  entry: FileEntry,
  abort: AbortController,
  onProgress: (loaded: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.size);
  const reader = response.body?.getReader();
  if (!reader) throw refuse('download-failed', `${entry.path}: the answer has no body.`);
  let loaded = 0;
  for (;;) {
    const chunk = await readChunk(reader, abort).catch((error: Error) => {
      throw refuse(
        'download-failed',
        `${entry.path}: broken off after ${loaded} of ${entry.size} bytes (${error.message}).`,
      );
    });
    if (chunk === undefined) break;
    if (loaded + chunk.length > entry.size) {
      abort.abort();
      throw refuse('damaged', `${entry.path}: longer than the ${entry.size} bytes it should have.`);
    }
    bytes.set(chunk, loaded);
    loaded += chunk.length;
    onProgress(loaded);
  }
  if (loaded !== entry.size) {
    throw refuse('download-failed', `${entry.path}: ended after ${loaded} of ${entry.size} bytes.`);
  }
  return bytes;
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  abort: AbortController,
): Promise<Uint8Array | undefined> {
  const stalled = setTimeout(() => abort.abort(new Error(`nothing came for ${STALL_MS / 1000} s`)), STALL_MS);
  try {
    return (await reader.read()).value;
  } finally {
    clearTimeout(stalled);
  }
}

/** The sha256 of `bytes` in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Undoes gzip, and checks what comes out as a file is checked that goes in. */
export async function inflate(packed: ArrayBuffer, entry: FileEntry): Promise<ArrayBuffer> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes.length !== entry.size || (await sha256(bytes)) !== entry.sha256) {
    throw refuse('damaged', `${entry.path}: it does not inflate to what machine.json promises.`);
  }
  return bytes.buffer;
}
