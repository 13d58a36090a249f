// SPDX-License-Identifier: MIT
/** A `fetch` without a network: answers by the file name, well or badly, from a table that a test fills. */

export interface FakeFile {
  readonly status?: number;
  readonly type?: string;
  readonly chunks?: readonly Uint8Array<ArrayBuffer>[];
  /** What follows the chunks; `silent` and `refused` come in place of an answer. The end of the file without it. */
  readonly end?: 'broken' | 'stalled' | 'silent' | 'refused';
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

export class FakeServer {
  readonly files = new Map<string, FakeFile>();
  /** What the browser's cache holds: it answers in place of the server, unless it is told not to. */
  readonly cache = new Map<string, FakeFile>();
  /** What the server was asked for. */
  readonly asked: string[] = [];
  /** Of what stood still, what was not waited for. */
  readonly dropped: string[] = [];
  readonly #slow = new Map<string, ReadableStream<Uint8Array>>();

  readonly fetch = (url: string, { signal, cache }: RequestInit = {}): Promise<Response> => {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const name = new URL(url).pathname.split('/').at(-1) ?? '';
    const cached = cache === undefined ? this.cache.get(name) : undefined;
    if (!cached) this.asked.push(name);
    const slow = this.#slow.get(name);
    if (slow) return Promise.resolve(new Response(slow));
    const file = cached ?? this.files.get(name) ?? { status: 404 };
    if (file.end === 'refused') return Promise.reject(new TypeError('connection refused'));
    if (file.end !== undefined) signal?.addEventListener('abort', () => this.dropped.push(name));
    if (file.end === 'silent') return aborted(signal);
    const headers = file.type === undefined ? {} : { 'content-type': file.type };
    return Promise.resolve(new Response(body(file, signal), { status: file.status ?? 200, headers }));
  };

  /** Serves `bytes` as `name`, one with each `next`. */
  slowly(name: string, bytes: Uint8Array<ArrayBuffer>): { next(): void } {
    let controller!: Controller;
    let at = 0;
    this.#slow.set(name, new ReadableStream({ start: (given) => void (controller = given) }));
    return {
      next() {
        controller.enqueue(bytes.slice(at, ++at));
        if (at === bytes.length) controller.close();
      },
    };
  }
}

function body({ chunks = [], end }: FakeFile, signal?: AbortSignal | null): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
    pull: pullFrom([...chunks], end),
  });
}

function pullFrom(
  left: Uint8Array[],
  end: FakeFile['end'],
): (controller: Controller) => Promise<void> | void {
  return (controller) => {
    const chunk = left.shift();
    if (chunk) return controller.enqueue(chunk);
    if (end === undefined) return controller.close();
    if (end === 'broken') return controller.error(new TypeError('network error'));
    return new Promise(() => undefined);
  };
}

function aborted(signal?: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
}
