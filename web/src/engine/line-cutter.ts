// SPDX-License-Identifier: MIT
/** Text that comes cut anywhere, as lines. What a line has beyond a bound is dropped as it comes. */

export interface CutLine {
  /** Without its end. */
  readonly text: string;
  /** Whether it was longer. */
  readonly isCut: boolean;
}

export class LineCutter {
  readonly #most: number;
  /** Of the line that has no end yet. */
  #text = '';
  #isCut = false;

  /** `most`: how many UTF-16 units of a line are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Returns the lines that are now whole. */
  push(piece: string): CutLine[] {
    const lines: CutLine[] = [];
    let at = 0;
    // Only the piece is searched: to search what has come of the line with it would cost its length each time.
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', at)) {
      this.#add(piece, at, end);
      lines.push(this.#take());
      at = end + 1;
    }
    this.#add(piece, at, piece.length);
    return lines;
  }

  /** What has no end, if anything. */
  end(): CutLine[] {
    return this.#text === '' ? [] : [this.#take()];
  }

  #add(piece: string, from: number, to: number): void {
    const kept = Math.min(to - from, this.#most - this.#text.length);
    if (kept < to - from) this.#isCut = true;
    this.#text += piece.slice(from, from + kept);
  }

  #take(): CutLine {
    const line = { text: this.#text, isCut: this.#isCut };
    this.#text = '';
    this.#isCut = false;
    return line;
  }
}
