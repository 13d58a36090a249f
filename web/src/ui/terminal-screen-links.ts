// SPDX-License-Identifier: MIT
/** The links on the screen of a terminal, for who has no pointer: the same that the pointer finds. */
import type { IBufferRange, ILink, ILinkProvider, Terminal } from '@xterm/xterm';

export interface ScreenLink {
  readonly target: string;
  /** The text of the link. */
  readonly shown: string;
}

/** More on one screen than anybody asks for by keys; the pointer finds each. */
const MOST_LINKS = 200;

/**
 * Those that `terminal` shows now, in the order of reading; one that stands there several times is one. xterm.js has no call
 * for it: what it asks for the line under the pointer, OSC 8 among it, is asked here for each line.
 */
export function linksOnScreen(terminal: Terminal): ScreenLink[] {
  const { viewportY } = terminal.buffer.active;
  const found: ILink[] = [];
  for (let y = viewportY + 1; y <= viewportY + terminal.rows; y++)
    for (const provider of providersOf(terminal))
      // Where two lie over each other the pointer, too, finds that of the first provider.
      for (const link of linksOf(provider, y))
        if (!found.some(({ range }) => overlap(range, link.range))) found.push(link);
  found.sort((a, b) => before(a.range.start, b.range.start));
  const links = new Map<string, ScreenLink>();
  for (const { target, range } of joined(found, terminal.cols)) {
    const shown = textIn(terminal, range).trim();
    links.set(`${target}\n${shown}`, { target, shown });
    if (links.size === MOST_LINKS) break;
  }
  return [...links.values()];
}

/** What can be seen in `range`, whose ends count from 1 and are of it. */
export function textIn(terminal: Terminal, { start, end }: IBufferRange): string {
  let text = '';
  for (let y = start.y; y <= end.y; y++) {
    const line = terminal.buffer.active.getLine(y - 1);
    const to = y === end.y ? end.x : (line?.length ?? 0);
    for (let x = y === start.y ? start.x - 1 : 0; x < to; x++) {
      const cell = line?.getCell(x);
      // The second half of a wide character has a width of none.
      if (cell && cell.getWidth() > 0) text += cell.isInvisible() ? ' ' : cell.getChars() || ' ';
    }
  }
  return text;
}

function providersOf(terminal: Terminal): readonly ILinkProvider[] {
  const { _core: core } = terminal as unknown as {
    _core: { _linkProviderService: { linkProviders: readonly ILinkProvider[] } };
  };
  return core._linkProviderService.linkProviders;
}

/** Both providers answer at once. */
function linksOf(provider: ILinkProvider, y: number): readonly ILink[] {
  let found: readonly ILink[] = [];
  provider.provideLinks(y, (links) => (found = links ?? []));
  return found;
}

interface Piece {
  readonly target: string;
  readonly range: IBufferRange;
}

/** One of OSC 8 that goes on in the next line comes as a link for each line. */
function joined(links: readonly ILink[], cols: number): Piece[] {
  const pieces: Piece[] = [];
  for (const { text: target, range } of links) {
    const last = pieces.at(-1);
    const goesOn =
      last?.target === target &&
      last.range.end.x === cols &&
      range.start.x === 1 &&
      range.start.y === last.range.end.y + 1;
    if (goesOn) pieces.splice(-1, 1, { target, range: { start: last.range.start, end: range.end } });
    else pieces.push({ target, range });
  }
  return pieces;
}

type Place = IBufferRange['start'];

function before(a: Place, b: Place): number {
  return a.y - b.y || a.x - b.x;
}

function overlap(a: IBufferRange, b: IBufferRange): boolean {
  return before(a.start, b.end) <= 0 && before(b.start, a.end) <= 0;
}
