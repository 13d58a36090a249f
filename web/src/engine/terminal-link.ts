// SPDX-License-Identifier: MIT
/**
 * One terminal of the page and the pty that it shows, over all sessions: it attaches to its pty again when that lives on, in
 * the same guest or in the snapshot of it, and opens a new one when it does not.
 */
import { messageOf } from './message-of.js';
import { type AgentClient, SessionLostError } from './agent-client.js';
import type { Welcome } from './protocol.js';
import type { Pty, PtyEnd } from './pty.js';
import { isReport } from './terminal-reports.js';
import { encodeUtf8 } from './utf8.js';

/** What shows the output: a terminal emulator. */
export interface Screen {
  /** Takes output and calls `done` when it has been shown; that is what the guest gets credit for. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Forgets everything shown: another machine state begins. */
  reset(): void;
}

export interface TerminalTimers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

interface Size {
  readonly rows: number;
  readonly cols: number;
}

type Agent = Pick<AgentClient, 'openPty' | 'attachPty'>;

/**
 * Takes back what programs have asked of the terminal; they are gone. What the soft reset leaves as it was is named beside it. The
 * cursor is saved first, for leaving the alternate screen brings back the saved one also where there is none to leave.
 */
export const TAKE_BACK = [
  '\x1b[?2026l', // output that is held back
  '\x1b7\x1b[?1049l', // the alternate screen
  '\x1b[!p', // soft reset: margins, colours of text, character sets, a hidden cursor and its form, modes of keys, paste and focus
  '\x1b[?1003l\x1b[?1006l', // reports of the mouse: xterm.js has one protocol and one encoding at a time
  '\x1b[20l', // new lines that return, too
  ...[104, 110, 111, 112].map((colours) => `\x1b]${colours}\x1b\\`), // the palette, text, ground, cursor
  '\x1b]2;\x1b\\', // the title
].join('');
/** A drag of the window's edge is one resize, not a hundred. */
const RESIZE_MS = 80;
/** Bytes of input that wait for the guest beyond its own 16 KiB; over that the terminal's own reports are dropped, and nothing that is typed. */
const REPORTS_MAX = 16 * 1024;

export class TerminalLink {
  readonly #timers: TerminalTimers;
  readonly #program: readonly string[];
  #screen: Screen | undefined;
  #size: Size = { rows: 24, cols: 80 };
  #agent: Agent | undefined;
  #agentStart: bigint | undefined;
  #pty: Pty | undefined;
  /** The pty of before, when the session was lost with it. */
  #lostId: number | undefined;
  /** Typed before there is a pty to take it. */
  #early: Uint8Array[] = [];
  #resizeTimer: unknown;
  #exited = false;
  #closed = false;
  /** A pty that was asked for before the guest was left is not of this one. */
  #guest = 0;

  /** `program`: its words; a login shell of the host without it. */
  constructor(timers: TerminalTimers, program: readonly string[] = []) {
    this.#timers = timers;
    this.#program = program;
  }

  /** Shows this terminal on `screen` from now on. */
  show(screen: Screen): void {
    this.#screen = screen;
  }

  /** A session is open. `restored`: the guest is not the one of before, and what is on the screen is of the old one. */
  async connect(agent: Agent, welcome: Welcome, restored: boolean): Promise<void> {
    const id = this.#pty?.id ?? this.#lostId;
    const same = !restored && this.#agentStart === welcome.agentStart;
    // Another agent counts its ptys from 1 again; a snapshot has those that it was saved with.
    const listed = restored || same ? welcome.ptys.find((pty) => pty.id === id) : undefined;
    if (restored) this.#screen?.reset();
    this.#lostId = undefined;
    this.#agent = agent;
    this.#agentStart = welcome.agentStart;
    if (this.#exited && same) return;
    if (listed) await this.#take(agent.attachPty(listed.id), listed);
    else {
      if (id !== undefined && !restored) this.#screen?.write(encodeUtf8(TAKE_BACK), () => undefined);
      await this.#open(agent);
    }
  }

  /** The guest is gone or about to be reset: what is typed from now on is for the next one, and nothing else is. */
  leave(): void {
    this.#lostId = this.#pty?.id ?? this.#lostId;
    this.#pty = undefined;
    this.#early = [];
    this.#exited = false;
    this.#guest++;
  }

  /** Types. After the shell's exit, input starts another and goes to it; Enter alone only starts it. */
  write(text: string): void {
    this.#type(text, encodeUtf8(text));
  }

  /** Types bytes that are no text, a character for each: the mouse reports of old. */
  writeBinary(text: string): void {
    this.#type(
      text,
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
  }

  #type(text: string, bytes: Uint8Array): void {
    // It is for the program that asked. One that asks and asks and does not read would fill the tab's memory.
    if (isReport(text) && (!this.#pty || this.#pty.queued > REPORTS_MAX)) return;
    const asked = this.#exited && this.#agent;
    if (this.#pty) this.#pty.write(bytes);
    else if (!asked || text !== '\r') this.#early.push(bytes);
    // A session that is lost on the way is followed by another, which comes here again.
    if (asked) this.#open(asked).catch(() => undefined);
  }

  /** The screen's size; the guest hears of it when it has settled. */
  resize(rows: number, cols: number): void {
    if (rows === this.#size.rows && cols === this.#size.cols) return;
    this.#size = { rows, cols };
    this.#timers.clearTimeout(this.#resizeTimer);
    this.#resizeTimer = this.#timers.setTimeout(() => this.#sendSize(), RESIZE_MS);
  }

  /** Hangs up, for good. */
  close(): void {
    this.#closed = true;
    this.#timers.clearTimeout(this.#resizeTimer);
    const pty = this.#pty;
    this.#pty = undefined;
    pty?.close().catch(() => undefined); // it is gone already
  }

  async #open(agent: Agent): Promise<void> {
    this.#exited = false;
    const size = this.#size;
    await this.#take(agent.openPty({ ...size, argv: this.#program }), size);
  }

  /** `size` is what the pty has. */
  async #take(opening: Promise<Pty>, size: Size): Promise<void> {
    const guest = this.#guest;
    let pty: Pty;
    try {
      pty = await opening;
    } catch (error) {
      // A session that is lost is followed by another, which comes here again.
      if (error instanceof SessionLostError) throw error;
      if (guest !== this.#guest) return;
      this.#exited = true;
      const why = messageOf(error);
      this.#say(`No shell: ${why}. Press Enter, or type on, to try again.`);
      return;
    }
    if (this.#closed) return void pty.close().catch(() => undefined); // it is gone already
    if (guest !== this.#guest) return;
    this.#pty = pty;
    pty.onData((bytes) => this.#output(pty, bytes));
    void pty.exited.then((end) => this.#ended(pty, end));
    for (const bytes of this.#early.splice(0)) pty.write(bytes);
    if (size.rows !== this.#size.rows || size.cols !== this.#size.cols) this.#sendSize();
  }

  #output(pty: Pty, bytes: Uint8Array): void {
    if (this.#screen) this.#screen.write(bytes, () => pty.credit(bytes.length));
    else pty.credit(bytes.length);
  }

  #sendSize(): void {
    // A pty that is lost takes its successor's size from #size.
    this.#pty?.resize(this.#size.rows, this.#size.cols).catch(() => undefined);
  }

  #ended(pty: Pty, end: PtyEnd): void {
    if (this.#pty !== pty) return;
    this.#pty = undefined;
    if (end.kind === 'lost') {
      this.#lostId = pty.id;
      return;
    }
    this.#exited = true;
    const how = end.signal === null ? `with code ${end.exitCode}` : `by signal ${end.signal}`;
    this.#say(`The shell ended ${how}. Press Enter, or type on, for a new one.`);
  }

  #say(text: string): void {
    this.#screen?.write(encodeUtf8(`${TAKE_BACK}\r\n\x1b[2m[${text}]\x1b[m\r\n`), () => undefined);
  }
}
