// SPDX-License-Identifier: MIT
/**
 * Patterns that cannot hang the page. A RegExp tries one way after the other, and their number may double with every
 * character; this follows all ways at once (Thompson's simulation), so that the time is at most the length of the text times
 * that of the pattern. It has what that allows: no groups to refer to, no look around, no counts.
 */
import { NONE, parsePattern, type PatternNode } from './text-pattern-parser.js';

/** Where one may be; `outs` are where one is next, after a character that `accepts` takes if there is that. */
interface State {
  readonly accepts: ((code: number) => boolean) | undefined;
  readonly holds: ((before: number, after: number) => boolean) | undefined;
  readonly outs: readonly number[];
}

const FOUND = 0;

export class TextPattern {
  readonly #states: State[] = [];
  readonly #start: number;

  /** Throws a PatternError. */
  constructor(readonly source: string) {
    this.#add([]); // FOUND
    this.#start = this.#lay(parsePattern(source), FOUND);
  }

  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean {
    const seen = new Int32Array(this.#states.length).fill(NONE);
    const reached: number[] = [];
    let before = NONE;
    for (let at = 0; ;) {
      const code = text.codePointAt(at) ?? NONE;
      reached.push(this.#start);
      const here = this.#spread(reached, seen, at, before, code);
      if (seen[FOUND] === at) return true;
      if (code === NONE) return false;
      for (const { accepts, outs } of here) if (accepts?.(code)) reached.push(outs[0] ?? FOUND);
      before = code;
      at += code > 0xffff ? 2 : 1;
    }
  }

  /** The states where a character is waited for, each once, that are reached without one; `from` is empty then. */
  #spread(from: number[], seen: Int32Array, at: number, before: number, after: number): State[] {
    const here: State[] = [];
    for (let index = from.pop(); index !== undefined; index = from.pop()) {
      const state = this.#states[index];
      if (!state || seen[index] === at) continue;
      seen[index] = at;
      if (state.accepts) here.push(state);
      else if (!state.holds || state.holds(before, after)) for (const out of state.outs) from.push(out);
    }
    return here;
  }

  /** Makes the states of `node`, after which comes the state `next`; the number of the first. */
  #lay(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'one':
        return this.#add([next], node.accepts);
      case 'place':
        return this.#add([next], undefined, node.holds);
      case 'row':
        return node.nodes.reduceRight((after, one) => this.#lay(one, after), next);
      case 'choice':
        return this.#add(node.nodes.map((one) => this.#lay(one, next)));
      case 'repeat': {
        const outs = [next];
        const index = this.#add(outs);
        const body = this.#lay(node.node, node.sign === '?' ? next : index);
        outs.push(body);
        return node.sign === '+' ? body : index;
      }
    }
  }

  #add(outs: readonly number[], accepts?: State['accepts'], holds?: State['holds']): number {
    return this.#states.push({ accepts, holds, outs }) - 1;
  }
}
