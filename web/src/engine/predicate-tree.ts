// SPDX-License-Identifier: MIT
/** What a predicate is when it has been read (predicate.ts). */
import type { Field, GroupKind } from './predicate-fields.js';
import type { TextPattern } from './text-pattern.js';

export interface Predicate {
  /** As it was written. */
  readonly text: string;
  readonly expression: Expression;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not'; readonly term: Expression }
  | Test;

/** What is said of one thing. */
export interface Test {
  readonly kind: 'test';
  readonly subject: Subject;
  readonly condition: Condition;
}

/** A context or network context. */
export interface Group {
  readonly kind: GroupKind;
  /** A number, or the guest that runs in it. */
  readonly id: number | string;
}

/** A thing as it was written, and what it is. */
export type Subject = { readonly text: string } & SubjectKind;

export type SubjectKind =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'field'; readonly group: Group; readonly field: Field }
  | { readonly kind: 'count'; readonly of: GroupKind }
  | { readonly kind: 'run'; readonly command: string; readonly part: 'exit' | 'out' }
  | { readonly kind: 'file'; readonly path: string }
  /** A file below /proc, or a line of it by what is before its colon, or one column of that, counted from 1. */
  | {
      readonly kind: 'proc';
      readonly path: string;
      readonly line: string | undefined;
      readonly column: number | undefined;
    };

export type NumberOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'exists' }
  /** All of the bits, none of the bits. */
  | { readonly kind: 'has' | 'lacks'; readonly bits: bigint }
  | { readonly kind: 'number'; readonly operator: NumberOperator; readonly value: bigint }
  | { readonly kind: 'text'; readonly operator: '==' | '!=' | 'contains'; readonly value: string }
  | { readonly kind: 'matches'; readonly pattern: TextPattern };

/** The tests of a predicate, from left to right. */
export function* testsOf(expression: Expression): Generator<Test> {
  if (expression.kind === 'test') yield expression;
  else if (expression.kind === 'not') yield* testsOf(expression.term);
  else for (const term of expression.terms) yield* testsOf(term);
}
