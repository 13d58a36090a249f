// SPDX-License-Identifier: MIT
/**
 * Fetches the files of the machine and believes nothing: status, type, length and sha256 are checked before v86 sees a
 * byte, because v86 hangs on a 404, retries a 500 for ever and takes a damaged file as it is.
 */
import type { CancelSignal } from '../engine/agent-client.js';
import { messageOf } from '../engine/message-of.js';
import { failure, MachineError, type FailureKind } from '../engine/failures.js';
import type { FileEntry } from '../engine/machine-files.js';

/** Nothing of any file for so long means that the server will not go on. */
export const STALL_MS = 10_000;

/** What a server may call a file. `bytes` may have any type, or none, that is not one of text. */
const TYPES = {
  json: /^application\/([\w.-]+\+)?json\b/i,
  wasm: /^application\/wasm\b/i,
  bytes: /^(?!text\/|application\/([\w.-]+\+)?(json|xml)\b)/i,
};
export type FileType = keyof typeof TYPES;

/** One clock for all downloads: one that waits for its turn behind others that move does not stand still. */
class StallClock {
  readonly #waiting = new Set<AbortController>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Waits for a step of the download that `abort` ends. */
  async during<T>(abort: AbortController, step: Promise<T>): Promise<T> {
    this.#waiting.add(abort);
    if (this.#waiting.size === 1) this.#restart();
    try {
      return await step;
    } finally {
      this.#waiting.delete(abort);
      this.#restart();
    }
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#giveUp(), STALL_MS);
  }

  #giveUp(): void {
    for (const abort of this.#waiting) abort.abort(new Error(`nothing came for ${STALL_MS / 1000} s`));
  }
}

const clock = new StallClock();

function refuse(kind: FailureKind, detail: string): MachineError {
  return new MachineError(failure(kind, detail));
}

/** A whole answer of other bytes than those that were asked for. */
class WrongBytes extends MachineError {
  constructor(kind: FailureKind, detail: string) {
    super(failure(kind, detail));
  }
}

/** What ends a download, and does so when `signal` says it. */
function abortOn(signal: CancelSignal | undefined): AbortController {
  const abort = new AbortController();
  const stop = () => abort.abort(new Error('it is not wanted any more'));
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop);
  return abort;
}

/** A response that is neither an error nor of another type than the file's. */
async function checkedFetch(
  url: string,
  type: FileType,
  abort: AbortController,
  init: RequestInit = {},
): Promise<Response> {
  const name = new URL(url).pathname;
  let response: Response;
  try {
    response = await clock.during(abort, fetch(url, { ...init, signal: abort.signal }));
  } catch (error) {
    throw refuse('download-failed', `${name}: ${messageOf(error)}.`);
  }
  if (!response.ok) throw refuse('download-failed', `${name}: the server answered ${response.status}.`);
  const given = response.headers.get('content-type') ?? '';
  if (!TYPES[type].test(given)) {
    abort.abort();
    const what = given.startsWith('text/html') ? 'an HTML page' : `a file of type ${given || 'unknown'}`;
    throw refuse('not-the-file', `${name}: the server answered ${response.status} with ${what}.`);
  }
  return response;
}

/** The JSON in a file that is never taken from a cache without asking. */
export async function fetchJson(url: string, signal?: CancelSignal): Promise<unknown> {
  const name = new URL(url).pathname;
  const abort = abortOn(signal);
  const response = await checkedFetch(url, 'json', abort, { cache: 'no-cache' });
  const text = await clock.during(abort, response.text()).catch((error: Error) => {
    throw refuse('download-failed', `${name}: broken off (${error.message}).`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('damaged', `${name}: not valid JSON.`);
  }
}

export interface FetchOptions {
  /** `bytes` without it. */
  readonly type?: FileType;
  /** Ends the download. */
  readonly signal?: CancelSignal;
}

/** The bytes of `entry`, verified; `onProgress` hears how many have come. */
export async function fetchFile(
  base: string,
  entry: FileEntry,
  onProgress: (loaded: number) => void,
  options: FetchOptions = {},
): Promise<ArrayBuffer> {
  // The hash in the address lets a server say "immutable" and keeps an old cache from answering.
  const url = new URL(`${entry.path}?${entry.sha256.slice(0, 16)}`, base).href;
  const fetched = (init?: RequestInit) => fetchOnce(url, entry, onProgress, options, init);
  return fetched().catch((error: unknown) => {
    if (!(error instanceof WrongBytes)) throw error;
    // In the middle of an update a new machine.json may meet the old file: the cache would keep it for ever by the new address.
    return fetched({ cache: 'reload' });
  });
}

async function fetchOnce(
  url: string,
  entry: FileEntry,
  onProgress: (loaded: number) => void,
  { type = 'bytes', signal }: FetchOptions,
  init?: RequestInit,
): Promise<ArrayBuffer> {
  const abort = abortOn(signal);
  const response = await checkedFetch(url, type, abort, init);
  const bytes = await readBody(response, entry, abort, onProgress);
  const digest = await sha256(bytes);
  if (digest !== entry.sha256) {
    throw new WrongBytes(
      'damaged',
      `${entry.path}: its sha256 is ${digest.slice(0, 16)}…, not ${entry.sha256.slice(0, 16)}….`,
    );
  }
  return bytes.buffer;
}

/** The module that `entry` holds, compiled of verified bytes. */
export async function fetchModule(
  base: string,
  entry: FileEntry,
  onProgress: (loaded: number) => void,
): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await fetchFile(base, entry, onProgress, { type: 'wasm' }));
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
    const { value: chunk } = await clock.during(abort, reader.read()).catch((error: Error) => {
      throw refuse(
        'download-failed',
        `${entry.path}: broken off after ${loaded} of ${entry.size} bytes (${error.message}).`,
      );
    });
    if (chunk === undefined) break;
    if (loaded + chunk.length > entry.size) {
      abort.abort();
      throw new WrongBytes('damaged', `${entry.path}: longer than the ${entry.size} bytes it should have.`);
    }
    bytes.set(chunk, loaded);
    loaded += chunk.length;
    onProgress(loaded);
  }
  if (loaded !== entry.size) {
    throw new WrongBytes('download-failed', `${entry.path}: ended after ${loaded} of ${entry.size} bytes.`);
  }
  return bytes;
}

/** The sha256 of `bytes` in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Undoes gzip, and checks what comes out as a file is checked that goes in. */
export async function inflate(packed: ArrayBuffer, entry: FileEntry): Promise<ArrayBuffer> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  // What is no gzip at all is not what was promised either.
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (bytes.length !== entry.size || (await sha256(bytes)) !== entry.sha256) {
    throw refuse('damaged', `${entry.path}: it does not inflate to what machine.json promises.`);
  }
  return bytes.buffer;
}
