// SPDX-License-Identifier: MIT
/**
 * The agent protocol as bytes: message types, frames and the payloads that need parsing. The contract is
 * docs/agent-protocol.md; images/tools/agent.c is the other end.
 */
import { cobsDecode, cobsEncode } from './cobs.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

export const PROTOCOL_VERSION = 1;
export const MAX_PAYLOAD = 3840;
export const HEADER_SIZE = 8;
/** The most bytes of an encoded frame, without its closing zero. */
export const MAX_ENCODED = 4095;
/** The most bytes of a request assembled by MORE. */
export const MAX_REQUEST = 160 * 1024;
/** The most bytes of a file in a snapshot. */
export const SNAPSHOT_FILE_BYTES = 8 * 1024;
/** The most bytes of a snapshot: its last record begins within 4 MiB. */
export const SNAPSHOT_BYTES = 4 * 1024 * 1024 + 16 * 1024;

export const Type = {
  HELLO: 0x01,
  ACK: 0x02,
  BOOT: 0x03,
  EXEC: 0x10,
  CANCEL: 0x11,
  READ: 0x12,
  WRITE: 0x13,
  SNAPSHOT: 0x14,
  CLOCK: 0x15,
  PTY_OPEN: 0x20,
  PTY_ATTACH: 0x22,
  PTY_RESIZE: 0x23,
  PTY_CLOSE: 0x24,
  PTY_DATA: 0x30,
  PTY_CREDIT: 0x31,
  PTY_EXIT: 0x32,
  WELCOME: 0x81,
  OK: 0x90,
  ERROR: 0x91,
  DATA: 0x92,
  EXEC_OUT: 0x93,
  EXEC_EXIT: 0x94,
  PTY_OPENED: 0x95,
} as const;

export const FLAG_MORE = 1;
export const FLAG_CAPPED = 2;

export const WRITE_CREATE = 1;
export const WRITE_APPEND = 2;

export interface Frame {
  type: number;
  flags: number;
  id: number;
  payload: Uint8Array;
}

/** What the agent says of itself when a session opens. */
export interface Welcome {
  version: number;
  /** Start of the agent process in CLOCK_MONOTONIC ns: another number means a new agent. */
  agentStart: bigint;
  ptys: { id: number; rows: number; cols: number }[];
}

/** A file of a snapshot. */
export interface SnapshotFile {
  bytes: Uint8Array;
  /** It is longer: these are its first bytes. */
  cut?: true;
}

/** All chosen files of /proc as of one moment. */
export interface Snapshot {
  /** CLOCK_BOOTTIME in ns. */
  boottimeNs: bigint;
  /** CLOCK_MONOTONIC in ns. */
  monotonicNs: bigint;
  /** By path relative to /proc: the contents, or why they could not be read. */
  files: Map<string, SnapshotFile | { errno: number }>;
}

/** Builds a payload from integers, bytes and strings. */
export class PayloadWriter {
  private readonly parts: number[] = [];

  u8(value: number): this {
    this.parts.push(value & 0xff);
    return this;
  }
  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }
  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }
  u64(value: bigint): this {
    return this.u32(Number(value & 0xffffffffn)).u32(Number((value >> 32n) & 0xffffffffn));
  }
  bytes(value: Uint8Array): this {
    for (const byte of value) this.parts.push(byte);
    return this;
  }
  text(value: string): this {
    return this.bytes(encodeUtf8(value));
  }
  finish(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

/** A payload is shorter than its type has to be. */
export class ShortPayloadError extends Error {
  override readonly name = 'ShortPayloadError';
}

/** Reads a payload; throws ShortPayloadError when it is too short. */
export class PayloadReader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }
  get left(): number {
    return this.data.length - this.at;
  }
  u8(): number {
    return this.view.getUint8(this.skip(1));
  }
  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.skip(8), true);
  }
  bytes(count = this.left): Uint8Array {
    const start = this.skip(count);
    return this.data.subarray(start, start + count);
  }
  text(count = this.left): string {
    return decodeUtf8(this.bytes(count));
  }
  private skip(count: number): number {
    if (count > this.left) throw new ShortPayloadError(`payload ends ${count - this.left} bytes too early`);
    const start = this.at;
    this.at += count;
    return start;
  }
}

/** Encodes one frame, closing zero included. */
export function encodeFrame(frame: Frame): Uint8Array {
  const raw = new Uint8Array(HEADER_SIZE + frame.payload.length);
  const view = new DataView(raw.buffer);
  raw[0] = frame.type;
  raw[1] = frame.flags;
  view.setUint16(2, frame.payload.length, true);
  view.setUint32(4, frame.id, true);
  raw.set(frame.payload, HEADER_SIZE);
  return cobsEncode(raw);
}

/** Decodes what stood between two zero bytes; null when it is malformed. */
export function decodeFrame(encoded: Uint8Array): Frame | null {
  const raw = cobsDecode(encoded);
  if (raw === null || raw.length < HEADER_SIZE) return null;
  const view = new DataView(raw.buffer);
  if (view.getUint16(2, true) !== raw.length - HEADER_SIZE) return null;
  return { type: raw[0]!, flags: raw[1]!, id: view.getUint32(4, true), payload: raw.subarray(HEADER_SIZE) };
}

/** Encodes a message as as many frames as it needs. */
export function encodeMessage(type: number, id: number, payload: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 0;
  do {
    const part = payload.subarray(at, at + MAX_PAYLOAD);
    at += MAX_PAYLOAD;
    frames.push(encodeFrame({ type, flags: at < payload.length ? FLAG_MORE : 0, id, payload: part }));
  } while (at < payload.length);
  return frames;
}

/** Parses WELCOME: its nonce and the rest, which only this version of the protocol is sure to have. */
export function parseWelcome(payload: Uint8Array): { nonce: Uint8Array; welcome: Welcome } {
  const reader = new PayloadReader(payload);
  const version = reader.u32();
  const nonce = reader.bytes(8);
  if (version !== PROTOCOL_VERSION) return { nonce, welcome: { version, agentStart: 0n, ptys: [] } };
  const agentStart = reader.u64();
  const ptys = [];
  while (reader.left > 0) ptys.push({ id: reader.u32(), rows: reader.u16(), cols: reader.u16() });
  return { nonce, welcome: { version, agentStart, ptys } };
}

/** As the length of a file in a snapshot. */
const UNREADABLE = 0xffffffff;
/** Bit of such a length. */
const CUT = 0x80000000;

/** Whoever answers for the agent is held to what it may send of a file. */
function snapshotFile(bytes: Uint8Array, length: number): SnapshotFile {
  const isCut = (length & CUT) !== 0 || bytes.length > SNAPSHOT_FILE_BYTES;
  return isCut ? { bytes: bytes.subarray(0, SNAPSHOT_FILE_BYTES), cut: true } : { bytes };
}

/** Appends to a record of a snapshot, behind its path, what the agent says of a file. */
export function writeSnapshotFile(writer: PayloadWriter, bytes: Uint8Array): void {
  const kept = bytes.subarray(0, SNAPSHOT_FILE_BYTES);
  writer.u32(kept.length | (kept.length < bytes.length ? CUT : 0)).bytes(kept);
}

/** Parses the answer to SNAPSHOT. */
export function parseSnapshot(data: Uint8Array): Snapshot {
  const reader = new PayloadReader(data);
  const snapshot: Snapshot = { boottimeNs: reader.u64(), monotonicNs: reader.u64(), files: new Map() };
  while (reader.left > 0) {
    const path = reader.text(reader.u16());
    const length = reader.u32();
    snapshot.files.set(
      path,
      length === UNREADABLE ? { errno: reader.u32() } : snapshotFile(reader.bytes(length & ~CUT), length),
    );
  }
  return snapshot;
}

/** A wait status of the guest, as waitpid gives it. */
export interface ExitStatus {
  /** The exit code, or 128 + signal as a shell says it. */
  exitCode: number;
  /** The signal that ended the process, or null. */
  signal: number | null;
}

/** Takes a wait status apart. */
export function parseWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal === 0
    ? { exitCode: (status >>> 8) & 0xff, signal: null }
    : { exitCode: 128 + signal, signal };
}
