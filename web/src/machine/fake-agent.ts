// SPDX-License-Identifier: MIT
/**
 * An agent without a guest: answers the protocol byte for byte (docs/agent-protocol.md) from tables that a test fills. Its
 * shells echo what is typed.
 */
import type { ByteTransport } from '../engine/agent-client.js';
import { concat, FrameSplitter } from '../engine/cobs.js';
import {
  decodeFrame,
  encodeFrame,
  encodeMessage,
  FLAG_CAPPED,
  FLAG_MORE,
  MAX_REQUEST,
  PayloadReader,
  PayloadWriter,
  PROTOCOL_VERSION,
  Type,
  type Frame,
  WRITE_CREATE,
  writeSnapshotFile,
} from '../engine/protocol.js';

const ENOENT = 2;
const ENOMEM = 12;

export interface FakeAnswer {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The streams that were cut: 1 stdout, 2 stderr, 3 both. */
  readonly capped?: number;
}

interface Size {
  readonly rows: number;
  readonly cols: number;
}

interface Shells {
  readonly ptys: ReadonlyMap<number, Size>;
  readonly nextPty: number;
}
const NO_SHELLS: Shells = { ptys: new Map(), nextPty: 1 };

export class FakeAgent implements ByteTransport {
  /** Files by their absolute path. */
  readonly files = new Map<string, string>();
  /** Those of them that are longer than the cap. */
  readonly cappedFiles = new Set<string>();
  /** Answers by command; a command that is not here exits 127, and one that is `undefined` never ends. */
  readonly commands = new Map<string, FakeAnswer | undefined>();
  /** Whether a command that never ends ends when it is cancelled. */
  heedsCancel = true;
  /** Guest uptime in seconds. */
  uptime = 100;
  /** Whether it answers at all. */
  silent = false;
  /** The only types of message that it answers, when it does not answer all. */
  answersOnly: readonly number[] | undefined;
  /** Of the protocol, as it says. */
  version = PROTOCOL_VERSION;
  /** What it has against a snapshot of /proc, if anything. */
  refusesSnapshots = '';
  /** Whether its shells read what is typed. */
  reads = true;
  /** What it was asked, by name of the message and its text. */
  readonly asked: string[] = [];
  /** The calls of commands that have not ended, by command. */
  readonly #running = new Map<string, number>();
  readonly #typedBytes: Uint8Array[] = [];
  readonly #unread: [number, Uint8Array][] = [];
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  readonly #splitter = new FrameSplitter(MAX_REQUEST, (encoded) =>
    this.#onFrame(encoded && decodeFrame(encoded)),
  );
  #ptys = new Map<number, Size>();
  #read = 0;
  #session = 0;
  #agentStart = 1n;
  #nextPty = 1;
  #saved = NO_SHELLS;

  send(chunk: Uint8Array): void {
    if (this.silent) return;
    const session = this.#session;
    this.#splitter.push(chunk.slice());
    // HELLO is the last of what its sender sends before WELCOME, so a chunk that holds it counts for nothing.
    this.#read = session === this.#session ? this.#read + chunk.length : 0;
    this.#say(Type.ACK, 0, new PayloadWriter().u32(this.#read));
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was typed into its shells, all together. */
  get typed(): string {
    return new TextDecoder().decode(this.typedBytes);
  }

  get typedBytes(): Uint8Array {
    return concat(this.#typedBytes);
  }

  /** Writes on a pty as its shell would. */
  print(pty: number, text: string): void {
    this.#say(Type.PTY_DATA, pty, new PayloadWriter().text(text));
  }

  /** Prints on a stream of a command that has not ended: 1 stdout, 2 stderr; so much as fits a frame. */
  output(command: string, text: string, stream = 1): void {
    this.#say(Type.EXEC_OUT, this.#running.get(command)!, new PayloadWriter().u8(stream).text(text));
  }

  /** Ends such a command. */
  end(command: string, answer: FakeAnswer): void {
    this.#answerExec(this.#running.get(command)!, answer);
    this.#running.delete(command);
  }

  /** Its shells read again, and what they had left. */
  read(): void {
    this.reads = true;
    for (const [pty, bytes] of this.#unread.splice(0)) this.#taken(pty, bytes);
  }

  /** Ends the shell of a pty. */
  exit(pty: number, code: number): void {
    this.#ptys.delete(pty);
    this.#say(Type.PTY_EXIT, pty, new PayloadWriter().u32(code << 8));
  }

  /** Takes a snapshot of it as it is; the one of before is of the moment after boot. */
  save(): void {
    this.#saved = { ptys: new Map(this.#ptys), nextPty: this.#nextPty };
  }

  /** Puts it back to its snapshot; the host has to open a session. */
  restore(): void {
    this.#putBack(this.#saved);
  }

  #putBack({ ptys, nextPty }: Shells): void {
    this.#ptys = new Map(ptys);
    this.#nextPty = nextPty;
  }

  /** An agent process starts: the first one of a booted guest, or another one after a crash. */
  boot(): void {
    this.#putBack(NO_SHELLS);
    this.#agentStart++;
    this.#say(Type.BOOT, 0, new PayloadWriter());
  }

  /** `flags` are for a message of one frame. */
  #say(type: number, id: number, payload: PayloadWriter, flags = 0): void {
    if (this.silent) return;
    const bytes = flags
      ? encodeFrame({ type, flags, id, payload: payload.finish() })
      : concat(encodeMessage(type, id, payload.finish()));
    // Never within the call that asks: a port does not do that either.
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(bytes);
    });
  }

  #onFrame(frame: Frame | null): void {
    if (!frame || frame.flags & FLAG_MORE) return;
    if (this.answersOnly && !this.answersOnly.includes(frame.type)) return;
    const reader = new PayloadReader(frame.payload);
    const answers: Record<number, () => void> = {
      [Type.HELLO]: () => this.#hello(reader),
      [Type.EXEC]: () => this.#exec(frame.id, reader),
      [Type.CANCEL]: () => this.#cancel(frame.id, reader.u32()),
      [Type.WRITE]: () => this.#writeFile(frame.id, reader),
      [Type.READ]: () => this.#readFile(frame.id, reader),
      [Type.SNAPSHOT]: () => this.#snapshot(frame.id, reader),
      [Type.PTY_OPEN]: () => this.#openPty(frame.id, reader),
      [Type.PTY_ATTACH]: () => this.#attach(frame.id, reader.u32()),
      [Type.PTY_RESIZE]: () => this.#resize(frame.id, reader),
      [Type.PTY_DATA]: () => this.#typed(frame.id, frame.payload),
      [Type.PTY_CREDIT]: () => undefined,
    };
    const answer = answers[frame.type] ?? (() => this.#note(frame.id, `type ${frame.type.toString(16)}`));
    answer();
  }

  /** Whatever needs no more than OK. */
  #note(id: number, what: string): void {
    this.asked.push(what);
    this.#say(Type.OK, id, new PayloadWriter());
  }

  #hello(reader: PayloadReader): void {
    reader.u32();
    this.#session++;
    const welcome = new PayloadWriter().u32(this.version).bytes(reader.bytes(8));
    // What another version has here is its own affair.
    if (this.version !== PROTOCOL_VERSION) return this.#say(Type.WELCOME, 0, welcome.u8(0));
    welcome.u64(this.#agentStart);
    for (const [id, { rows, cols }] of this.#ptys) welcome.u32(id).u16(rows).u16(cols);
    this.#say(Type.WELCOME, 0, welcome);
  }

  #exec(id: number, reader: PayloadReader): void {
    reader.u32();
    reader.u32();
    const command = reader.text();
    this.asked.push(`exec ${command}`);
    const answer = this.commands.has(command) ? this.commands.get(command) : { exitCode: 127 };
    if (answer) this.#answerExec(id, answer);
    else this.#running.set(command, id);
  }

  #answerExec(id: number, answer: FakeAnswer): void {
    const { exitCode = 0, stdout = '', stderr = '', capped = 0 } = answer;
    if (stdout) this.#say(Type.EXEC_OUT, id, new PayloadWriter().u8(1).text(stdout));
    if (stderr) this.#say(Type.EXEC_OUT, id, new PayloadWriter().u8(2).text(stderr));
    this.#say(
      Type.EXEC_EXIT,
      id,
      new PayloadWriter()
        .u32(exitCode << 8)
        .u8(0)
        .u8(capped),
    );
  }

  #cancel(id: number, call: number): void {
    this.#note(id, 'cancel');
    if (!this.heedsCancel) return;
    const killed = new PayloadWriter().u32(9).u8(2).u8(0);
    this.#say(Type.EXEC_EXIT, call, killed);
  }

  #writeFile(id: number, reader: PayloadReader): void {
    reader.u32();
    const flags = reader.u32();
    reader.u64();
    const path = new TextDecoder().decode(reader.bytes(reader.u16()));
    const before = flags & WRITE_CREATE ? '' : (this.files.get(path) ?? '');
    this.files.set(path, before + reader.text());
    this.#note(id, `write ${path}`);
  }

  #readFile(id: number, reader: PayloadReader): void {
    reader.u32();
    const path = reader.text();
    const text = this.files.get(path);
    const flags = this.cappedFiles.has(path) ? FLAG_CAPPED : 0;
    if (text !== undefined) this.#say(Type.DATA, id, new PayloadWriter().text(text), flags);
    else
      this.#say(
        Type.ERROR,
        id,
        new PayloadWriter().u32(ENOENT).text(`read ${path}: No such file or directory`),
      );
  }

  #snapshot(id: number, reader: PayloadReader): void {
    const patterns = reader.text().split('\0').filter(Boolean);
    this.asked.push(`snapshot ${patterns.join(' ')}`);
    if (this.refusesSnapshots)
      return this.#say(Type.ERROR, id, new PayloadWriter().u32(ENOMEM).text(this.refusesSnapshots));
    const now = BigInt(Math.round(this.uptime * 1e9));
    const answer = new PayloadWriter().u64(now).u64(now);
    const encoder = new TextEncoder();
    for (const [path, text] of this.files) {
      const name = path.replace(/^\/proc\//, '');
      if (!patterns.some((pattern) => matches(pattern, name))) continue;
      const [key, bytes] = [encoder.encode(name), encoder.encode(text)];
      writeSnapshotFile(answer.u16(key.length).bytes(key), bytes);
    }
    this.#say(Type.DATA, id, answer);
  }

  #openPty(id: number, reader: PayloadReader): void {
    const pty = this.#nextPty++;
    this.#ptys.set(pty, { rows: reader.u16(), cols: reader.u16() });
    this.#opened(id, pty);
    this.print(pty, 'fake:~# ');
  }

  #attach(id: number, pty: number): void {
    this.asked.push(`attach ${pty}`);
    this.#opened(id, pty);
  }

  #opened(id: number, pty: number): void {
    const { rows, cols } = this.#ptys.get(pty) ?? { rows: 0, cols: 0 };
    this.#say(Type.PTY_OPENED, id, new PayloadWriter().u32(pty).u32(0x10000).u16(rows).u16(cols));
  }

  #resize(id: number, reader: PayloadReader): void {
    const pty = reader.u32();
    const size = { rows: reader.u16(), cols: reader.u16() };
    this.#ptys.set(pty, size);
    this.#note(id, `resize ${size.rows} ${size.cols}`);
  }

  #typed(pty: number, bytes: Uint8Array): void {
    this.#typedBytes.push(bytes.slice());
    if (this.reads) this.#taken(pty, bytes);
    else this.#unread.push([pty, bytes.slice()]);
  }

  #taken(pty: number, bytes: Uint8Array): void {
    this.#say(Type.PTY_CREDIT, pty, new PayloadWriter().u32(bytes.length));
    this.print(pty, new TextDecoder().decode(bytes).replaceAll('\r', '\r\n'));
  }
}

/** `*` stands for one name. */
function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index])
  );
}
