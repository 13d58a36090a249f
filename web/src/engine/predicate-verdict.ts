// SPDX-License-Identifier: MIT
/**
 * Whether a predicate is true. What is not there makes what is said of it false, and is no error: a context that is gone, a
 * file that cannot be read, a command that took too long.
 */
import { namesOfBits } from './bit-names.js';
import { valueOf, type Facts } from './predicate-facts.js';
import { bitKindOf } from './predicate-fields.js';
import {
  testsOf,
  type Condition,
  type Expression,
  type NumberOperator,
  type Predicate,
  type Subject,
  type Test,
} from './predicate-tree.js';

/** A word for a person is cut after so many characters. */
const SHOWN = 80;

/** True or false, or the command that has to be run before that can be said. */
export type Verdict = boolean | { readonly awaits: string };

/** What the facts say; no command is asked for when the rest says enough. */
export function decide(expression: Expression, facts: Facts): Verdict {
  switch (expression.kind) {
    case 'test':
      return decideTest(expression, facts);
    case 'not': {
      const verdict = decide(expression.term, facts);
      return typeof verdict === 'boolean' ? !verdict : verdict;
    }
    case 'and':
    case 'or': {
      const enough = expression.kind === 'or';
      const verdicts = expression.terms.map((term) => decide(term, facts));
      if (verdicts.includes(enough)) return enough;
      return verdicts.find((verdict) => typeof verdict !== 'boolean') ?? !enough;
    }
  }
}

/** Whether it is true; what is not known is not. */
export function evaluate(predicate: Predicate, facts: Facts): boolean {
  return decide(predicate.expression, facts) === true;
}

/** The command that was not ended in time and without which nobody can say whether it is true; undefined: it can be said. */
export function unanswered({ expression }: Predicate, facts: Facts): string | undefined {
  const answered = new Map([...facts.commands].filter(([, result]) => result !== undefined));
  const verdict = decide(expression, { ...facts, commands: answered });
  return typeof verdict === 'boolean' ? undefined : verdict.awaits;
}

/** What was found of all that a predicate speaks of: `ctx(100).tasks is 1, file("/x") is not there`. */
export function describe(predicate: Predicate, facts: Facts): string {
  const shown = new Map<string, string>();
  for (const { subject } of testsOf(predicate.expression)) shown.set(subject.text, shownAs(subject, facts));
  return [...shown].map(([text, value]) => `${text} is ${value}`).join(', ');
}

function decideTest({ subject, condition }: Test, facts: Facts): Verdict {
  if (subject.kind === 'run' && !facts.commands.has(subject.command)) return { awaits: subject.command };
  const value = valueOf(subject, facts);
  return value !== undefined && holds(condition, value);
}

function holds(condition: Condition, value: string): boolean {
  switch (condition.kind) {
    case 'exists':
      return true;
    case 'has':
    case 'lacks':
      return (BigInt(value) & condition.bits) === (condition.kind === 'has' ? condition.bits : 0n);
    case 'number': {
      const number = parseNumber(value);
      return number !== undefined && compares(number, condition.operator, condition.value);
    }
    case 'text':
      if (condition.operator === 'contains') return value.includes(condition.value);
      return (withoutEnd(value) === condition.value) === (condition.operator === '==');
    case 'matches':
      return condition.pattern.test(value);
  }
}

/** A number as the kernel writes it. What begins with zeros is hexadecimal, or no number. */
function parseNumber(text: string): bigint | number | undefined {
  if (/^(?:0x[0-9a-f]{1,16}|0|[1-9]\d{0,19})$/i.test(text)) return BigInt(text);
  if (/^-[1-9]\d{0,19}$/.test(text)) return -BigInt(text.slice(1));
  return /^-?(?:0|[1-9]\d{0,19})\.\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function compares(a: bigint | number, operator: NumberOperator, b: bigint): boolean {
  switch (operator) {
    case '==':
      return !(a < b) && !(a > b);
    case '!=':
      return a < b || a > b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function withoutEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function shownAs(subject: Subject, facts: Facts): string {
  if (subject.kind === 'run' && !facts.commands.has(subject.command)) return 'not run';
  const value = valueOf(subject, facts);
  if (value === undefined) return subject.kind === 'run' ? 'not ended in time' : 'not there';
  if (subject.kind === 'group') return 'there';
  const kind = subject.kind === 'field' ? bitKindOf(subject.field) : undefined;
  if (kind) return namesOfBits(kind, BigInt(value)).join(', ') || 'empty';
  if (parseNumber(value) !== undefined) return value;
  const text = withoutEnd(value);
  return text.length > SHOWN ? `${JSON.stringify(text.slice(0, SHOWN))} and more` : JSON.stringify(text);
}
