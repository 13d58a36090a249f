// SPDX-License-Identifier: MIT
/** Goes through the words of a predicate, and says what it found where something else had to be. */
import { PredicateError, tokenize, type Token, type TokenKind } from './predicate-tokens.js';

export class Cursor {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** Throws a PredicateError. */
  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  /** The word that is next. */
  get token(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new RangeError('nothing is read after the end');
    return token;
  }

  /** Takes the next word if it is this name or sign. */
  take(text: string): boolean {
    const { kind, text: found } = this.token;
    if ((kind !== 'word' && kind !== 'symbol') || found !== text) return false;
    this.#at++;
    return true;
  }

  /** Takes the next word, which has to be this name or sign. */
  expect(text: string): void {
    if (!this.take(text)) this.expected(`'${text}'`);
  }

  /** Takes the next word, which has to be of `kind`; `what` it is to be. */
  expectKind(kind: TokenKind, what: string): Token {
    const token = this.token;
    if (token.kind !== kind) this.expected(what);
    this.#at++;
    return token;
  }

  /** The source from `start` to the end of what was taken. */
  textFrom(start: Token): string {
    return this.#source.slice(start.start, this.#tokens[this.#at - 1]?.end);
  }

  /** Something else had to be next. */
  expected(what: string): never {
    const { kind, start, end } = this.token;
    const found = kind === 'end' ? 'nothing follows' : `here is ${quoted(this.#source.slice(start, end))}`;
    throw new PredicateError(`${what} is expected, and ${found}`, start + 1);
  }

  /** `token` is wrong. */
  wrong(token: Token, what: string): never {
    throw new PredicateError(what, token.start + 1);
  }
}

function quoted(text: string): string {
  return /^["/]/.test(text) ? text : `'${text}'`;
}
