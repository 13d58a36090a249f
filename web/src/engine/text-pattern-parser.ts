// SPDX-License-Identifier: MIT
/**
 * Reads a pattern (text-pattern.ts). Its signs have the meaning that they have in a RegExp with the flags m and u, but that
 * only \n ends a line.
 */

export const MAX_PATTERN = 100;

/** What is wrong with a pattern, and where in it, counted from 0. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** What a pattern is made of, before there are states. */
export type PatternNode =
  | { readonly kind: 'one'; readonly accepts: (code: number) => boolean }
  | { readonly kind: 'place'; readonly holds: (before: number, after: number) => boolean }
  | { readonly kind: 'row'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly sign: string };

/** Before the first and after the last character. */
export const NONE = -1;
const NEWLINE = 10;

/** Throws a PatternError. */
export function parsePattern(source: string): PatternNode {
  if (source.length > MAX_PATTERN)
    throw new PatternError(`a pattern has at most ${MAX_PATTERN} characters`, MAX_PATTERN);
  return new PatternParser(source).parse();
}

const PLACES: Readonly<Record<string, (before: number, after: number) => boolean>> = {
  '^': (before) => before === NONE || before === NEWLINE,
  $: (_, after) => after === NONE || after === NEWLINE,
  '\\b': (before, after) => isWord(before) !== isWord(after),
};
const CLASS = /\[(?:[^\]\\]|\\.)*\]/suy;
const OTHER = /\\.|./suy;

/** Recursive descent; how deep is bounded by the length of a pattern. */
class PatternParser {
  #at = 0;

  constructor(private readonly source: string) {}

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.source.length) throw new PatternError("there is no '(' to this ')'", this.#at);
    return node;
  }

  #choice(): PatternNode {
    const nodes = [this.#row()];
    while (this.#take('|')) nodes.push(this.#row());
    return { kind: 'choice', nodes };
  }

  #row(): PatternNode {
    const nodes: PatternNode[] = [];
    while (this.#at < this.source.length && !'|)'.includes(this.#next)) nodes.push(this.#repeat());
    return { kind: 'row', nodes };
  }

  #repeat(): PatternNode {
    const node = this.#atom();
    const sign = this.#next;
    if (sign === '' || !'*+?'.includes(sign)) return node;
    this.#at++;
    this.#take('?'); // as few as possible or as many: it is found or not
    return { kind: 'repeat', node, sign };
  }

  #atom(): PatternNode {
    const start = this.#at;
    if (this.#take('(')) {
      if (this.#next === '?' && !this.#take('?:'))
        throw new PatternError("after '(?' only ':' may come", start);
      const node = this.#choice();
      if (!this.#take(')')) throw new PatternError("there is no ')' to this '('", start);
      return node;
    }
    const text = this.#match(this.#next === '[' ? CLASS : OTHER);
    if (text === undefined) throw new PatternError("there is no ']' to this '['", start);
    const holds = Object.hasOwn(PLACES, text) ? PLACES[text] : undefined;
    if (holds) return { kind: 'place', holds };
    if ('*+?'.includes(text))
      throw new PatternError(`there is nothing to repeat before this '${text}'`, start);
    if ('{}'.includes(text))
      throw new PatternError(`counts are not known here; '\\${text}' is the sign itself`, start);
    return { kind: 'one', accepts: accepts(text, start) };
  }

  get #next(): string {
    return this.source.charAt(this.#at);
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(rule: RegExp): string | undefined {
    rule.lastIndex = this.#at;
    const text = rule.exec(this.source)?.[0];
    this.#at += text?.length ?? 0;
    return text;
  }
}

/** What one sign, escape or class takes is the browser's to say: about one character it takes no time. */
function accepts(text: string, at: number): (code: number) => boolean {
  let one: RegExp;
  try {
    if (text === '\\B' || text === '\\') throw new SyntaxError('no character');
    one = new RegExp(`^${text}$`, 'u');
  } catch {
    throw new PatternError(`'${text}' means nothing here`, at);
  }
  const ascii = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)));
  return (code) => ascii[code] ?? one.test(String.fromCodePoint(code));
}

function isWord(code: number): boolean {
  return code !== NONE && /^\w$/.test(String.fromCodePoint(code));
}
