// SPDX-License-Identifier: MIT
/**
 * Talks to the agent in the guest (docs/agent-protocol.md) over any byte transport: runs commands, reads and writes files,
 * takes snapshots of /proc and drives ptys. One client serves one machine through all its sessions.
 */
import { FrameSplitter, concat } from './cobs.js';
import {
  decodeFrame,
  encodeFrame,
  encodeMessage,
  FLAG_CAPPED,
  FLAG_MORE,
  type Frame,
  MAX_ENCODED,
  parseSnapshot,
  parseWaitStatus,
  parseWelcome,
  PayloadReader,
  PayloadWriter,
  PROTOCOL_VERSION,
  ShortPayloadError,
  SNAPSHOT_BYTES,
  type ExitStatus,
  type Snapshot,
  Type,
  type Welcome,
  WRITE_APPEND,
  WRITE_CREATE,
} from './protocol.js';
import { Pty, type PtyEnd } from './pty.js';
import { SendWindow } from './send-window.js';
import { encodeUtf8 } from './utf8.js';

/** A two-way stream of bytes to the agent's console port. */
export interface ByteTransport {
  /** Sends at most 4,096 bytes. */
  send(chunk: Uint8Array): void;
  /** Adds a listener; the returned function removes it. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
}

/** What the client needs of its surroundings. */
export interface AgentEnvironment {
  /** `count` bytes of good randomness. */
  random(count: number): Uint8Array;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The part of AbortSignal that `exec` uses. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface ExecOptions {
  /** Kills the command after so long; none without it. */
  timeoutMs?: number;
  /** The most bytes kept of each stream; 1 MiB without it. */
  capBytes?: number;
  /** Kills the command when it aborts. */
  signal?: CancelSignal;
  /** Hears output as it comes, besides its being collected. */
  onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

export interface ExecResult extends ExitStatus {
  reason: 'exited' | 'timeout' | 'cancelled';
  stdout: Uint8Array;
  stderr: Uint8Array;
  stdoutCapped: boolean;
  stderrCapped: boolean;
}

export interface PtyOptions {
  rows: number;
  cols: number;
  /** A login shell without it. */
  argv?: readonly string[];
  /** Bytes of output that may come before `credit` is called; 256 KiB without it. */
  credit?: number;
}

export type AgentState = 'closed' | 'opening' | 'open';

/** The agent refused a request. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  constructor(
    message: string,
    /** Linux' number, 2 for ENOENT. */
    readonly errno: number,
  ) {
    super(message);
  }
}

/** The session ended before the answer: restore, new agent, or close. */
export class SessionLostError extends Error {
  override readonly name = 'SessionLostError';
}

const HELLO_INTERVAL_MS = 100;
const HELLO_LONGEST_MS = 3200;
const FIRST_CALL_ID = 0x80000000;
const WRITE_SLICE = 64 * 1024;
const DEFAULT_PTY_CREDIT = 256 * 1024;
/** What the agent keeps to when it is given no cap; no snapshot is nearly as large. */
const DEFAULT_EXEC_CAP = 1024 * 1024;
const DEFAULT_READ_CAP = 16 * 1024 * 1024;

interface Call {
  onFrame(frame: Frame): 'done' | 'more';
  reject(error: Error): void;
}

interface Opening {
  promise: Promise<Welcome>;
  resolve(welcome: Welcome): void;
  reject(error: Error): void;
}

export class AgentClient {
  private readonly window: SendWindow;
  private readonly splitter: FrameSplitter;
  private readonly removeListener: () => void;
  private readonly calls = new Map<number, Call>();
  private readonly ptys = new Map<number, Pty>();
  private readonly bootListeners = new Set<() => void>();
  private readonly sessionListeners = new Set<(welcome: Welcome) => void>();
  private readonly refusalListeners = new Set<(error: Error) => void>();
  private readonly outputListeners = new Set<(pty: number, bytes: Uint8Array) => void>();
  private readonly endListeners = new Set<(pty: number) => void>();
  private currentState: AgentState = 'closed';
  // The upper half: an answer about a pty carries the pty's id, which counts from 1.
  private nextId = FIRST_CALL_ID;
  private nonce: Uint8Array = new Uint8Array(0);
  private opening: Opening | undefined;
  private helloTimer: unknown;
  private helloMs = HELLO_INTERVAL_MS;

  constructor(
    private readonly transport: ByteTransport,
    private readonly environment: AgentEnvironment,
  ) {
    this.window = new SendWindow(transport, () => this.nextPtyFrame());
    this.splitter = new FrameSplitter(MAX_ENCODED, (encoded) => {
      const frame = encoded && decodeFrame(encoded);
      if (frame) this.receiveOrDrop(frame);
    });
    this.removeListener = transport.onData((bytes) => this.splitter.push(bytes));
  }

  get state(): AgentState {
    return this.currentState;
  }

  /**
   * Opens a session: call it at start and after every restore. Every pending call of the old session rejects and its ptys are
   * lost. Asks every 100 ms until the agent answers or `close` is called.
   *
   * `booting`: the guest is not up yet, so ask only when its agent has said BOOT. A byte that reaches a console port before
   * its driver is ready can make the guest spin for ever (seen with v86 0.5.462).
   */
  openSession({ booting = false } = {}): Promise<Welcome> {
    this.loseSession('a new session was opened');
    this.currentState = 'opening';
    this.opening ??= newOpening();
    this.helloMs = HELLO_INTERVAL_MS;
    if (!booting) this.sayHello();
    return this.opening.promise;
  }

  /** Ends the session and the client. */
  close(): void {
    this.removeListener();
    this.loseSession('the client was closed');
    this.currentState = 'closed';
    this.opening?.reject(new SessionLostError('the client was closed'));
    this.opening = undefined;
  }

  /** Hears that an agent started; the client opens the new session by itself. */
  onBoot(listener: () => void): () => void {
    this.bootListeners.add(listener);
    return () => this.bootListeners.delete(listener);
  }

  /** Hears of every session that opens. */
  onSession(listener: (welcome: Welcome) => void): () => void {
    this.sessionListeners.add(listener);
    return () => this.sessionListeners.delete(listener);
  }

  /** Hears of an agent that answers and cannot be talked to, whoever asked for the session. */
  onRefused(listener: (error: Error) => void): () => void {
    this.refusalListeners.add(listener);
    return () => this.refusalListeners.delete(listener);
  }

  /** Hears what comes of every pty, beside the one whom it is for. */
  onPtyOutput(listener: (pty: number, bytes: Uint8Array) => void): () => void {
    this.outputListeners.add(listener);
    return () => this.outputListeners.delete(listener);
  }

  /** Hears that a pty has ended: by itself, closed from here, or lost with its session. */
  onPtyEnd(listener: (pty: number) => void): () => void {
    this.endListeners.add(listener);
    return () => this.endListeners.delete(listener);
  }

  /** Runs `command` by /bin/sh; a command that fails is a result, not an error. */
  exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const cap = options.capBytes || DEFAULT_EXEC_CAP;
    const collected = { stdout: new Collected(cap), stderr: new Collected(cap) };
    const payload = new PayloadWriter()
      .u32(options.timeoutMs ?? 0)
      .u32(options.capBytes ?? 0)
      .text(command)
      .finish();
    const { signal } = options;
    const { id, answer } = this.call<ExecResult>(Type.EXEC, payload, (frame) => {
      if (frame.type === Type.EXEC_OUT) {
        const stream = frame.payload[0] === 1 ? 'stdout' : 'stderr';
        const bytes = frame.payload.slice(1);
        collected[stream].add(bytes);
        options.onOutput?.(stream, bytes);
        return undefined;
      }
      const { stdout, stderr } = collected;
      return { value: parseExecExit(frame, stdout.bytes(), stderr.bytes()) };
    });
    const cancel = (): void =>
      void this.call(Type.CANCEL, new PayloadWriter().u32(id).finish(), done).answer.catch(() => {});
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel);
    return answer.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Reads one file, at most `capBytes` (16 MiB without it). */
  readFile(
    path: string,
    options: { capBytes?: number } = {},
  ): Promise<{ bytes: Uint8Array; capped: boolean }> {
    const payload = new PayloadWriter()
      .u32(options.capBytes ?? 0)
      .text(path)
      .finish();
    return this.data(Type.READ, payload, options.capBytes || DEFAULT_READ_CAP);
  }

  /** Writes a whole file, in several requests when it is large. */
  async writeFile(
    path: string,
    bytes: Uint8Array,
    options: { mode?: number; append?: boolean } = {},
  ): Promise<void> {
    const name = encodeUtf8(path);
    let at = 0;
    do {
      const create = at === 0 && !options.append;
      const head = new PayloadWriter()
        .u32(options.mode ?? 0o644)
        .u32(create ? WRITE_CREATE : options.append ? WRITE_APPEND : 0)
        .u64(BigInt(at))
        .u16(name.length)
        .bytes(name)
        .finish();
      const slice = bytes.subarray(at, at + WRITE_SLICE);
      at += WRITE_SLICE;
      await this.call(Type.WRITE, concat([head, slice]), done).answer;
    } while (at < bytes.length);
  }

  /** Reads the files that match (`virtual/*\/status`), or all of /proc/virtual and /proc/virtnet. */
  async snapshot(patterns: readonly string[] = []): Promise<Snapshot> {
    const payload = encodeUtf8(patterns.map((pattern) => `${pattern}\0`).join(''));
    return parseSnapshot((await this.data(Type.SNAPSHOT, payload, SNAPSHOT_BYTES)).bytes);
  }

  /** Sets the guest's clock and stirs 32 bytes of `seed` into its random state. */
  async setClock(epochMs: number, seed: Uint8Array): Promise<void> {
    const seconds = Math.floor(epochMs / 1000);
    const nanoseconds = Math.floor((epochMs - seconds * 1000) * 1e6);
    const payload = new PayloadWriter().u64(BigInt(seconds)).u32(nanoseconds).bytes(seed).finish();
    await this.call(Type.CLOCK, payload, done).answer;
  }

  /** Opens a pty with a command in it. */
  openPty(options: PtyOptions): Promise<Pty> {
    const credit = options.credit ?? DEFAULT_PTY_CREDIT;
    const payload = new PayloadWriter()
      .u16(options.rows)
      .u16(options.cols)
      .u32(credit)
      .text((options.argv ?? []).map((word) => `${word}\0`).join(''))
      .finish();
    return this.call(Type.PTY_OPEN, payload, (frame) => ({ value: this.ptyOpened(frame, credit) })).answer;
  }

  /** Takes up a pty that WELCOME listed. */
  attachPty(id: number, credit = DEFAULT_PTY_CREDIT): Promise<Pty> {
    const payload = new PayloadWriter().u32(id).u32(credit).finish();
    return this.call(Type.PTY_ATTACH, payload, (frame) => ({ value: this.ptyOpened(frame, credit) })).answer;
  }

  private ptyOpened(frame: Frame, credit: number): Pty {
    const reader = new PayloadReader(frame.payload);
    const id = reader.u32();
    const pty = new Pty(
      id,
      { input: reader.u32(), output: credit },
      {
        wake: () => this.currentState === 'open' && this.window.pump(),
        sendFrame: (bytes) => this.currentState === 'open' && this.window.queue([bytes]),
        resizePty: (pid, rows, cols) =>
          this.call(Type.PTY_RESIZE, new PayloadWriter().u32(pid).u16(rows).u16(cols).finish(), done).answer,
        closePty: (pid) => {
          // The agent tells of no end that was asked for.
          this.endPty(pid, { kind: 'lost', reason: 'closed' });
          return this.call(Type.PTY_CLOSE, new PayloadWriter().u32(pid).finish(), done).answer;
        },
      },
    );
    this.ptys.get(id)?.end({ kind: 'lost', reason: 'attached again' });
    this.ptys.set(id, pty);
    return pty;
  }

  private endPty(id: number, end: PtyEnd): void {
    const pty = this.ptys.get(id);
    this.ptys.delete(id);
    pty?.end(end);
    for (const listener of this.endListeners) listener(id);
  }

  /** Starts a call; `parse` gives a value when the frame ends it. */
  private call<T>(
    type: number,
    payload: Uint8Array,
    parse: (frame: Frame) => { value: T } | undefined,
  ): { id: number; answer: Promise<T> } {
    const id = this.nextId;
    this.nextId = ((this.nextId + 1) | FIRST_CALL_ID) >>> 0;
    const answer = new Promise<T>((resolve, reject) => {
      if (this.currentState !== 'open') {
        reject(new SessionLostError('no session with the agent is open'));
        return;
      }
      this.calls.set(id, {
        reject,
        onFrame: (frame) => {
          try {
            if (frame.type === Type.ERROR) throw parseError(frame);
            const result = parse(frame);
            if (result) resolve(result.value);
            return result ? 'done' : 'more';
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            return 'done';
          }
        },
      });
      this.window.queue(encodeMessage(type, id, payload));
    });
    return { id, answer };
  }

  private data(
    type: number,
    payload: Uint8Array,
    cap: number,
  ): Promise<{ bytes: Uint8Array; capped: boolean }> {
    const collected = new Collected(cap);
    return this.call(type, payload, (frame) => {
      collected.add(frame.payload);
      if (frame.flags & FLAG_MORE) return undefined;
      return { value: { bytes: collected.bytes(), capped: (frame.flags & FLAG_CAPPED) !== 0 } };
    }).answer;
  }

  private sayHello(): void {
    this.environment.clearTimeout(this.helloTimer);
    this.nonce = this.environment.random(8);
    const payload = new PayloadWriter().u32(PROTOCOL_VERSION).bytes(this.nonce).finish();
    this.transport.send(
      concat([Uint8Array.of(0), encodeFrame({ type: Type.HELLO, flags: 0, id: 0, payload })]),
    );
    this.helloTimer = this.environment.setTimeout(() => this.sayHello(), this.helloMs);
    // An answer that takes longer than this would always be to the nonce before.
    this.helloMs = Math.min(this.helloMs * 2, HELLO_LONGEST_MS);
  }

  private loseSession(reason: string): void {
    this.environment.clearTimeout(this.helloTimer);
    this.splitter.reset();
    this.window.reset();
    const calls = [...this.calls.values()];
    this.calls.clear();
    this.currentState = 'closed';
    for (const call of calls) call.reject(new SessionLostError(reason));
    for (const id of [...this.ptys.keys()]) this.endPty(id, { kind: 'lost', reason });
  }

  /** A frame that is shorter than its type has to be is none. What a listener throws is not held against the frame. */
  private receiveOrDrop(frame: Frame): void {
    try {
      this.receive(frame);
    } catch (error) {
      if (!(error instanceof ShortPayloadError)) throw error;
    }
  }

  private receive(frame: Frame): void {
    if (frame.type === Type.BOOT) {
      for (const listener of this.bootListeners) listener();
      // A client that nobody opened, or that is closed, stays so.
      if (this.currentState !== 'closed') this.openSession().catch(() => {});
    } else if (this.currentState === 'opening') {
      if (frame.type === Type.WELCOME) this.receiveWelcome(frame);
    } else if (this.currentState === 'open') {
      this.receiveInSession(frame);
    }
  }

  private receiveWelcome(frame: Frame): void {
    const { nonce, welcome } = parseWelcome(frame.payload);
    if (!nonce.every((byte, index) => byte === this.nonce[index])) return;
    this.environment.clearTimeout(this.helloTimer);
    const opening = this.opening;
    this.opening = undefined;
    if (welcome.version !== PROTOCOL_VERSION) {
      this.currentState = 'closed';
      const error = new SessionLostError(
        `the agent speaks version ${welcome.version} of the protocol, this page ${PROTOCOL_VERSION}`,
      );
      opening?.reject(error);
      for (const listener of this.refusalListeners) listener(error);
      return;
    }
    this.currentState = 'open';
    opening?.resolve(welcome);
    for (const listener of this.sessionListeners) listener(welcome);
  }

  private receiveInSession(frame: Frame): void {
    switch (frame.type) {
      case Type.ACK:
        return this.window.acknowledge(new PayloadReader(frame.payload).u32());
      case Type.PTY_DATA: {
        const pty = this.ptys.get(frame.id);
        if (!pty) return; // what was on its way when it was closed
        for (const listener of this.outputListeners) listener(frame.id, frame.payload);
        return pty.receive(frame.payload);
      }
      case Type.PTY_CREDIT:
        this.ptys.get(frame.id)?.addInputCredit(new PayloadReader(frame.payload).u32());
        return this.window.pump();
      case Type.PTY_EXIT: {
        const status = parseWaitStatus(new PayloadReader(frame.payload).u32());
        return this.endPty(frame.id, { kind: 'exited', ...status });
      }
    }
    const call = this.calls.get(frame.id);
    if (call?.onFrame(frame) === 'done') this.calls.delete(frame.id);
  }

  /** The next input of a pty, each in its turn. */
  private nextPtyFrame(): Uint8Array | undefined {
    for (const [id, pty] of this.ptys) {
      const frame = pty.nextFrame();
      if (!frame) continue;
      this.ptys.delete(id);
      this.ptys.set(id, pty);
      return frame;
    }
    return undefined;
  }
}

/** What comes of one answer, in one piece. The guest's root can put up an agent of its own: the cap is not left to it. */
class Collected {
  private buffer = new Uint8Array(0);
  private length = 0;

  constructor(private readonly cap: number) {}

  add(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.cap) throw new Error(`the answer has more than ${this.cap} bytes`);
    if (length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.buffer.length));
      grown.set(this.buffer);
      this.buffer = grown;
    }
    this.buffer.set(bytes, this.length);
    this.length = length;
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

function done(): { value: void } {
  return { value: undefined };
}

function newOpening(): Opening {
  let resolve!: Opening['resolve'];
  let reject!: Opening['reject'];
  const promise = new Promise<Welcome>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

function parseError(frame: Frame): AgentError {
  const reader = new PayloadReader(frame.payload);
  const errno = reader.u32();
  return new AgentError(reader.text(), errno);
}

function parseExecExit(frame: Frame, stdout: Uint8Array, stderr: Uint8Array): ExecResult {
  const reader = new PayloadReader(frame.payload);
  const status = parseWaitStatus(reader.u32());
  const reason = (['exited', 'timeout', 'cancelled'] as const)[reader.u8()] ?? 'exited';
  const capped = reader.u8();
  return {
    ...status,
    reason,
    stdout,
    stderr,
    stdoutCapped: (capped & 1) !== 0,
    stderrCapped: (capped & 2) !== 0,
  };
}
