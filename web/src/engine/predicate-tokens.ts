// SPDX-License-Identifier: MIT
/** The words of a predicate, and what is wrong with a text that is none. */

/** A text that is no predicate: what is wrong, where, and what would be right. */
export class PredicateError extends Error {
  override readonly name = 'PredicateError';
  constructor(
    what: string,
    /** Of the first wrong character, counted from 1. */
    readonly column: number,
  ) {
    super(`column ${column}: ${what}`);
  }
}

export type TokenKind = 'word' | 'number' | 'string' | 'pattern' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A string or pattern without its quotes; the source of any other. */
  readonly text: string;
  /** Where it is in the source, from 0. */
  readonly start: number;
  readonly end: number;
}

/** None of them tries a character more than once or twice. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[A-Za-z_]\w*/y],
  ['number', /-?(?:0[xX][0-9a-fA-F]+|\d+)(?!\w)/y],
  ['symbol', /==|!=|<=|>=|[<>().,[\]]/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['pattern', /\/(?:[^/\\\n]|\\.)+\//y],
];
const BLANKS = /\s*/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\"': '"', '\\\\': '\\', '\\n': '\n', '\\t': '\t' };

/** What a person may write who knows another language. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/"/y, 'this string has no end: a " is missing in its line'],
  [/'/y, 'a string stands in double quotes'],
  [/\/\//y, 'a pattern has at least one character'],
  [/\//y, 'this pattern has no end: a / is missing in its line (\\/ is the sign itself)'],
  [/&&?/y, "'and' is written as a word"],
  [/\|\|?/y, "'or' is written as a word"],
  [/=/y, "'=' is none of the operators: '==' is meant"],
  [/!/y, "'not' is written as a word"],
  [/-?[\w.]+/y, 'a number is decimal, or hexadecimal with 0x'],
];

/** The words of `source`; the last one is of the kind `end`. Throws a PredicateError. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skip(source, 0);
  while (at < source.length) {
    const token = next(source, at);
    tokens.push(token);
    at = skip(source, token.end);
  }
  tokens.push({ kind: 'end', text: '', start: at, end: at });
  return tokens;
}

function skip(source: string, at: number): number {
  return at + (matchAt(BLANKS, source, at)?.length ?? 0);
}

function next(source: string, start: number): Token {
  for (const [kind, rule] of RULES) {
    const text = matchAt(rule, source, start);
    if (text === undefined) continue;
    const inner = text.slice(1, -1);
    const end = start + text.length;
    if (kind === 'string') return { kind, text: unescaped(inner, start + 1), start, end };
    return { kind, text: kind === 'pattern' ? inner : text, start, end };
  }
  const instead = INSTEAD.find(([rule]) => matchAt(rule, source, start) !== undefined)?.[1];
  throw new PredicateError(instead ?? `'${charAt(source, start)}' means nothing here`, start + 1);
}

function unescaped(text: string, start: number): string {
  return text.replace(/\\./gu, (escape, offset: number) => {
    const sign = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined;
    if (sign === undefined)
      throw new PredicateError(
        `a string has the escapes \\" \\\\ \\n and \\t, and not '${escape}'`,
        start + offset + 1,
      );
    return sign;
  });
}

function matchAt(rule: RegExp, source: string, at: number): string | undefined {
  rule.lastIndex = at;
  return rule.exec(source)?.[0];
}

function charAt(source: string, at: number): string {
  return String.fromCodePoint(source.codePointAt(at) ?? 0);
}
