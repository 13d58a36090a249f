// SPDX-License-Identifier: MIT
/**
 * Predicates over the machine, as text: `ctx(100).flags has persistent and ctx(100).tasks >= 2` (docs/predicates.md). A lesson
 * says with one what is to be reached, a test what it waits for. A predicate is data, never code, and every name in it is
 * looked up here: a wrong one fails when it is read, not by never becoming true.
 */
import { bitKindInWords, bitsNamed, type BitKind } from './bit-names.js';
import { Cursor } from './predicate-cursor.js';
import { bitKindOf } from './predicate-fields.js';
import { readSubject } from './predicate-subjects.js';
import { PredicateError } from './predicate-tokens.js';
import type { Condition, Expression, NumberOperator, Predicate, Subject } from './predicate-tree.js';
import { PatternError } from './text-pattern-parser.js';
import { TextPattern } from './text-pattern.js';

export { PredicateError } from './predicate-tokens.js';
export type { Predicate } from './predicate-tree.js';

/** Characters of a predicate. */
export const MAX_LENGTH = 1000;
/** Parentheses and nots in one another: how deep the call stack gets. */
export const MAX_DEPTH = 32;

/** Reads a predicate; throws a PredicateError that says what is wrong, where, and what would be right. */
export function parsePredicate(text: string): Predicate {
  if (text.length > MAX_LENGTH)
    throw new PredicateError(`a predicate has at most ${MAX_LENGTH} characters`, MAX_LENGTH + 1);
  const cursor = new Cursor(text);
  const expression = readChoice(cursor, 0);
  if (cursor.token.kind !== 'end') cursor.expected("'and', 'or' or the end");
  return { text: text.trim(), expression };
}

function readChoice(cursor: Cursor, depth: number): Expression {
  return readTerms(cursor, 'or', () => readTerms(cursor, 'and', () => readTerm(cursor, depth)));
}

function readTerms(cursor: Cursor, kind: 'and' | 'or', read: () => Expression): Expression {
  const first = read();
  const terms = [first];
  while (cursor.take(kind)) terms.push(read());
  return terms.length > 1 ? { kind, terms } : first;
}

function readTerm(cursor: Cursor, depth: number): Expression {
  const start = cursor.token;
  const inner = cursor.take('(') ? '(' : cursor.take('not') ? 'not' : undefined;
  if (inner === undefined) {
    const subject = readSubject(cursor);
    return { kind: 'test', subject, condition: readCondition(cursor, subject) };
  }
  if (depth === MAX_DEPTH)
    cursor.wrong(start, `at most ${MAX_DEPTH} parentheses and nots are in one another`);
  if (inner === 'not') return { kind: 'not', term: readTerm(cursor, depth + 1) };
  const expression = readChoice(cursor, depth + 1);
  cursor.expect(')');
  return expression;
}

/** What a subject can be asked. */
type Reading = 'exists' | 'number' | 'bits' | 'text';

const NUMBER_OPERATORS: readonly NumberOperator[] = ['==', '!=', '<', '<=', '>', '>='];
const WORDS: Readonly<Record<Reading, string>> = {
  exists: "'exists'",
  number: `${NUMBER_OPERATORS.join(' ')} and a number`,
  bits: "'has' or 'lacks' and names, == or != and a number",
  text: "== != 'contains' and a string, 'matches' and a pattern",
};

function readingsOf(subject: Subject): readonly Reading[] {
  switch (subject.kind) {
    case 'group':
      return ['exists'];
    case 'count':
      return ['number'];
    case 'run':
      return subject.part === 'exit' ? ['number'] : ['text'];
    case 'file':
      return ['exists', 'text'];
    case 'proc':
      return subject.line === undefined ? ['exists', 'text'] : ['exists', 'number', 'text'];
    case 'field':
      if (subject.field.as === 'process') return ['exists'];
      return subject.field.as === 'number' ? ['number'] : ['bits'];
  }
}

function readCondition(cursor: Cursor, subject: Subject): Condition {
  const readings = readingsOf(subject);
  const bits = subject.kind === 'field' ? bitKindOf(subject.field) : undefined;
  if (readings.includes('exists') && cursor.take('exists')) return { kind: 'exists' };
  if (bits && cursor.take('has')) return { kind: 'has', bits: readNames(cursor, bits) };
  if (bits && cursor.take('lacks')) return { kind: 'lacks', bits: readNames(cursor, bits) };
  if (readings.includes('text') && cursor.take('contains'))
    return { kind: 'text', operator: 'contains', value: readString(cursor) };
  if (readings.includes('text') && cursor.take('matches'))
    return { kind: 'matches', pattern: readPattern(cursor) };
  const comparison = readComparison(cursor, readings);
  if (comparison) return comparison;
  cursor.expected(`${readings.map((reading) => WORDS[reading]).join(', or ')} after ${subject.text}`);
}

/** A sign and what is on its right; undefined: nothing that may be compared in that way. */
function readComparison(cursor: Cursor, readings: readonly Reading[]): Condition | undefined {
  const numbers = readings.includes('number');
  const texts = readings.includes('text');
  const signs = numbers ? NUMBER_OPERATORS : NUMBER_OPERATORS.slice(0, 2);
  if (!numbers && !texts && !readings.includes('bits')) return undefined;
  const operator = signs.find((sign) => cursor.take(sign));
  if (!operator) return undefined;
  const equality = operator === '==' || operator === '!=';
  if (texts && equality && (!numbers || cursor.token.kind === 'string'))
    return { kind: 'text', operator, value: readString(cursor) };
  const { text } = cursor.expectKind('number', texts && equality ? 'a number or a string' : 'a number');
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  return { kind: 'number', operator, value };
}

function readNames(cursor: Cursor, kind: BitKind): bigint {
  const { what, all } = bitKindInWords(kind);
  let bits = 0n;
  do {
    const token = cursor.expectKind('word', `the name of a ${what}`);
    const named = bitsNamed(kind, token.text);
    if (named === undefined) cursor.wrong(token, `'${token.text}' is no ${what}; these are: ${all}`);
    bits |= named;
  } while (cursor.take(','));
  return bits;
}

function readString(cursor: Cursor): string {
  return cursor.expectKind('string', 'a string in double quotes').text;
}

function readPattern(cursor: Cursor): TextPattern {
  const token = cursor.expectKind('pattern', 'a pattern between two /');
  try {
    return new TextPattern(token.text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PredicateError(error.message, token.start + 1 + error.at + 1);
  }
}
