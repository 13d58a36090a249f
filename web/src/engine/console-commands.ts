// SPDX-License-Identifier: MIT
/**
 * Which command runs in each terminal, read from what its shell prints: a line that begins with the prompt and ends is a command, and it
 * has ended when the next prompt comes. Nothing is asked of the guest for it, and a shell with another prompt tells nothing.
 */
import { decodeUtf8 } from './utf8.js';

export interface CommandRun {
  /** The terminal's pty. */
  readonly pty: number;
  readonly line: string;
  /** Milliseconds of the page's clock; `to` is undefined while it runs. */
  readonly from: number;
  readonly to: number | undefined;
}

/** Of the guest's /etc/profile, and of the guests' inside it: user, host, folder, $ or #. */
const PROMPT = /^[\w.-]+@[\w.-]+:[^ ]* ?[#$] (.*)$/;
/** A command that ended so long ago is of no event that is still to come. */
const FORGET_MS = 10_000;
const LONGEST = 1024;

// eslint-disable-next-line no-control-regex -- these are what a terminal is told by
const SEQUENCE = /\x1b(?:\[([\d;?]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^[\]])/y;
// eslint-disable-next-line no-control-regex -- printable is what is none of them
const PRINTABLE = /[^\x00-\x1f]+/y;

interface Screen {
  /** The line of the cursor, as far as it is known. */
  line: string;
  column: number;
  /** A sequence that is not complete. */
  rest: string;
  running: { line: string; from: number } | undefined;
}

export class ConsoleCommands {
  readonly #screens = new Map<number, Screen>();
  #ended: CommandRun[] = [];

  /** Takes what came of a pty, cut anywhere, at a time of the page's clock. */
  feed(pty: number, bytes: Uint8Array, now: number): void {
    let screen = this.#screens.get(pty);
    if (!screen) this.#screens.set(pty, (screen = newScreen()));
    // A letter that is cut in two is of no command's beginning.
    const text = screen.rest + decodeUtf8(bytes);
    screen.rest = '';
    for (let at = 0; at < text.length;) {
      const length = this.#take(pty, screen, text, at, now);
      if (length === 0) {
        screen.rest = text.slice(at);
        break;
      }
      at += length;
    }
    this.#endAtPrompt(pty, screen, now);
  }

  /** The commands that ran at some time from `from` on, until `to`. */
  during(from: number, to: number): CommandRun[] {
    const running = [...this.#screens].flatMap(([pty, { running: one }]) =>
      one ? [{ pty, ...one, to: undefined }] : [],
    );
    return [...this.#ended, ...running].filter(
      (run) => run.from <= to && (run.to === undefined || run.to >= from),
    );
  }

  /** The terminal is gone, and with it what ran in it. */
  end(pty: number, now: number): void {
    const screen = this.#screens.get(pty);
    if (screen) this.#end(pty, screen, now);
    this.#screens.delete(pty);
  }

  /** Another guest: nothing runs there. */
  forget(): void {
    this.#screens.clear();
    this.#ended = [];
  }

  /** How much of the text it was; 0: a sequence that is not complete. */
  #take(pty: number, screen: Screen, text: string, at: number, now: number): number {
    PRINTABLE.lastIndex = at;
    const [printable] = PRINTABLE.exec(text) ?? [];
    if (printable !== undefined) {
      put(screen, printable);
      return printable.length;
    }
    if (text[at] === '\x1b') return this.#sequence(screen, text, at);
    if (text[at] === '\n') this.#lineEnds(pty, screen, now);
    else if (text[at] === '\r') screen.column = 0;
    else if (text[at] === '\b') screen.column = Math.max(0, screen.column - 1);
    return 1;
  }

  #lineEnds(pty: number, screen: Screen, now: number): void {
    const command = PROMPT.exec(screen.line)?.[1]?.trim();
    if (command) {
      this.#end(pty, screen, now);
      screen.running = { line: command, from: now };
    }
    screen.line = '';
    screen.column = 0;
  }

  /** Its length; 0: it is not complete. Of what sequences do only that matters which a shell edits a line with. */
  #sequence(screen: Screen, text: string, at: number): number {
    SEQUENCE.lastIndex = at;
    const found = SEQUENCE.exec(text);
    if (!found) return text.length - at > LONGEST ? 1 : 0;
    const [whole, parameters = '', final] = found;
    const count = Math.min(Number(/^\d{1,4}/.exec(parameters)?.[0] ?? 1) || 1, LONGEST);
    if (final === 'C') screen.column = Math.min(screen.column + count, screen.line.length);
    else if (final === 'D') screen.column = Math.max(0, screen.column - count);
    else if (final === 'K' || final === 'J') screen.line = screen.line.slice(0, screen.column);
    else if (final === 'P')
      screen.line = screen.line.slice(0, screen.column) + screen.line.slice(screen.column + count);
    return whole.length;
  }

  #endAtPrompt(pty: number, screen: Screen, now: number): void {
    if (screen.running && PROMPT.test(screen.line)) this.#end(pty, screen, now);
    this.#ended = this.#ended.filter(({ to = now }) => to > now - FORGET_MS);
  }

  #end(pty: number, screen: Screen, now: number): void {
    if (screen.running) this.#ended.push({ pty, ...screen.running, to: now });
    screen.running = undefined;
  }
}

function put(screen: Screen, text: string): void {
  const { line, column } = screen;
  screen.line = (line.slice(0, column) + text + line.slice(column + text.length)).slice(0, LONGEST);
  screen.column = Math.min(column + text.length, LONGEST);
}

function newScreen(): Screen {
  return { line: '', column: 0, rest: '', running: undefined };
}
