// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { MAX_DEPTH, MAX_LENGTH, parsePredicate, PredicateError } from './predicate.js';
import type { Expression } from './predicate-tree.js';
import { MAX_PATTERN } from './text-pattern-parser.js';

const parse = (text: string) => parsePredicate(text).expression;

/** An expression with all its parentheses. */
function shape(expression: Expression): string {
  if (expression.kind === 'test') return expression.subject.text;
  if (expression.kind === 'not') return `not ${shape(expression.term)}`;
  return `(${expression.terms.map(shape).join(` ${expression.kind} `)})`;
}

function errorOf(text: string): PredicateError {
  try {
    parsePredicate(text);
  } catch (error) {
    if (error instanceof PredicateError) return error;
    throw error;
  }
  throw new Error(`${text} is a predicate`);
}

test.each([
  ['ctx(100) exists', { kind: 'group', group: { kind: 'ctx', id: 100 } }, { kind: 'exists' }],
  ['net(0xffff) exists', { kind: 'group', group: { kind: 'net', id: 65535 } }, { kind: 'exists' }],
  ['ctx("web.2") exists', { kind: 'group', group: { kind: 'ctx', id: 'web.2' } }, { kind: 'exists' }],
  ['ctx(2).init exists', { kind: 'field', field: { line: 'Init', as: 'process' } }, { kind: 'exists' }],
  ['ctx(2).tasks >= 2', { kind: 'field', field: { line: 'Tasks' } }, { operator: '>=', value: 2n }],
  ['ctx(2).usecnt != 0x10', { field: { line: 'UseCnt' } }, { operator: '!=', value: 16n }],
  ['ctx(2).oom < -5', { field: { file: 'info', line: 'OOM' } }, { operator: '<', value: -5n }],
  ['ctx(2).oom > -0x5', { field: { file: 'info', line: 'OOM' } }, { operator: '>', value: -5n }],
  ['ctx(2).initpid == 7', { field: { line: 'Init', as: 'number' } }, { operator: '==', value: 7n }],
  ['ctx(2).flags has lock, private', { field: { as: 'cflags' } }, { kind: 'has', bits: 9n }],
  ['ctx(2).flags has VXF_LOCK', { field: { as: 'cflags' } }, { kind: 'has', bits: 1n }],
  ['ctx(2).bcaps lacks net_raw', { field: { as: 'bcaps' } }, { kind: 'lacks', bits: 1n << 13n }],
  ['ctx(2).bcaps == 0x344c04ff', { field: { as: 'bcaps' } }, { kind: 'number', value: 0x344c04ffn }],
  ['ctx(2).ccaps has secure', { field: { as: 'ccaps' } }, { kind: 'has', bits: 0x4101n }],
  ['ctx(2).umask has newuts', { field: { line: 'Umask', as: 'spaces' } }, { bits: 1n << 26n }],
  ['ctx(2).wmask lacks newuts', { field: { line: 'Wmask', as: 'spaces' } }, { kind: 'lacks' }],
  ['net(2).tasks <= 1', { field: { line: 'Tasks' } }, { operator: '<=', value: 1n }],
  ['net(2).flags has single_ip', { field: { as: 'nflags' } }, { kind: 'has', bits: 256n }],
  ['net(2).ncaps has multicast', { field: { as: 'ncaps' } }, { kind: 'has', bits: 4096n }],
  ['count(ctx) == 10', { kind: 'count', of: 'ctx' }, { kind: 'number', operator: '==', value: 10n }],
  ['count(net) > 0', { kind: 'count', of: 'net' }, { operator: '>', value: 0n }],
  ['run("ls").exit == 0', { kind: 'run', command: 'ls', part: 'exit' }, { operator: '==', value: 0n }],
  ['run("a").out contains "x"', { kind: 'run', part: 'out' }, { operator: 'contains', value: 'x' }],
  ['run("a").out == "x"', { kind: 'run', part: 'out' }, { kind: 'text', operator: '==', value: 'x' }],
  ['run("a").out matches /^x\\/y$/', { part: 'out' }, { pattern: { source: '^x\\/y$' } }],
  ['file("/a") exists', { kind: 'file', path: '/a' }, { kind: 'exists' }],
  ['file("/a") contains ""', { kind: 'file' }, { operator: 'contains', value: '' }],
  ['file("/a") != "\\"\\\\\\n\\t"', { kind: 'file' }, { operator: '!=', value: '"\\\n\t' }],
  ['proc("virtual/100/nsproxy") exists', { path: 'virtual/100/nsproxy', line: undefined }, {}],
  ['proc("virtnet/info") contains "VCI"', { kind: 'proc', path: 'virtnet/info' }, { kind: 'text' }],
  ['proc("virtual/status")."#CTotal" == 3', { line: '#CTotal', column: undefined }, { value: 3n }],
  ['proc("virtual/9/limit")."PROC"[2] < 5', { line: 'PROC', column: 2 }, { operator: '<', value: 5n }],
  ['proc("virtual/info")."VCIVersion" == "0002:0305"', { kind: 'proc' }, { value: '0002:0305' }],
  ['proc("virtual/info")."x" exists', { line: 'x' }, { kind: 'exists' }],
])('%s', (text, subject, condition) => {
  expect(parse(text)).toMatchObject({ kind: 'test', subject, condition });
  expect(parse(` ${text.replaceAll(' ', '\n ')}\t`)).toMatchObject({ kind: 'test' });
});

test('not binds more than and, and that more than or; parentheses more than all', () => {
  const [a, b, c] = ['count(ctx) == 1', 'count(net) == 1', 'ctx(2) exists'];
  expect(shape(parse(`${a} or ${b} and ${c}`))).toBe('(count(ctx) or (count(net) and ctx(2)))');
  expect(shape(parse(`not ${a} and ${b} or ${c}`))).toBe('((not count(ctx) and count(net)) or ctx(2))');
  expect(shape(parse(`not (${a} or ${b}) and ${c}`))).toBe('(not (count(ctx) or count(net)) and ctx(2))');
  expect(shape(parse(`not not ((${c}))`))).toBe('not not ctx(2)');
});

test('a predicate has its text, and a subject its own', () => {
  expect(parsePredicate('\n ctx( 2 ) . tasks  == 1 ').text).toBe('ctx( 2 ) . tasks  == 1');
  expect(parse('ctx( 2 ) . tasks  == 1')).toMatchObject({ subject: { text: 'ctx( 2 ) . tasks' } });
});

const SUBJECTS = "one of ctx, net, count, run, file, proc, not or '(' is expected, and ";

test.each<[text: string, column: number, message: string]>([
  ['', 1, `${SUBJECTS}nothing follows`],
  ['   ', 4, `${SUBJECTS}nothing follows`],
  ['task("sleep") exists', 1, `${SUBJECTS}here is 'task'`],
  ['constructor(2) exists', 1, `${SUBJECTS}here is 'constructor'`],
  ['"ctx" exists', 1, `${SUBJECTS}here is "ctx"`],
  ['ctx 2 exists', 5, "'(' is expected, and here is '2'"],
  ['ctx() exists', 5, "an id, or the name of a guest in double quotes, is expected, and here is ')'"],
  ['ctx(2 exists', 7, "')' is expected, and here is 'exists'"],
  ['ctx(1) exists', 5, 'ids are from 2 to 65535'],
  ['net(65536) exists', 5, 'ids are from 2 to 65535'],
  ['ctx(-2) exists', 5, 'ids are from 2 to 65535'],
  ['ctx("../x") exists', 5, '"../x" is no name of a guest'],
  ['ctx("") exists', 5, '"" is no name of a guest'],
  ['ctx(2)', 7, "'exists' after ctx(2) is expected, and nothing follows"],
  ['ctx(2) == 1', 8, "'exists' after ctx(2) is expected, and here is '=='"],
  ['ctx(2). exists', 9, "'exists' is no field of ctx; it has tasks, usecnt, flags, bcaps, ccaps, umask,"],
  ['ctx(2).3', 8, 'a field of ctx (tasks, usecnt'],
  ['net(2).bcaps has kill', 8, "'bcaps' is no field of net; it has tasks, usecnt, flags, ncaps"],
  ['ctx(2).tasks', 13, '== != < <= > >= and a number after ctx(2).tasks is expected, and nothing'],
  ['ctx(2).tasks exists', 14, "and a number after ctx(2).tasks is expected, and here is 'exists'"],
  ['ctx(2).tasks has lock', 14, "is expected, and here is 'has'"],
  ['ctx(2).tasks == many', 17, "a number is expected, and here is 'many'"],
  ['ctx(2).tasks == "2"', 17, 'a number is expected, and here is "2"'],
  ['ctx(2).tasks "=="', 14, 'is expected, and here is "=="'],
  ['ctx(2).init == 1', 13, "'exists' after ctx(2).init is expected, and here is '=='"],
  ['ctx(2).flags exists', 14, "'has' or 'lacks' and names, == or != and a number after ctx(2).flags is"],
  ['ctx(2).flags < 3', 14, "is expected, and here is '<'"],
  ['ctx(2).flags == lock', 17, "a number is expected, and here is 'lock'"],
  ['ctx(2).flags has', 17, 'the name of a context flag is expected, and nothing follows'],
  ['ctx(2).flags has lock,', 23, 'the name of a context flag is expected, and nothing follows'],
  ['ctx(2).flags has "lock"', 18, 'the name of a context flag is expected, and here is "lock"'],
  ['ctx(2).flags has lock, net_raw', 24, "'net_raw' is no context flag; these are: lock, sched, nproc"],
  ['ctx(2).bcaps lacks raw', 20, "'raw' is no capability; these are: chown, dac_override"],
  ['net(2).flags has nproc', 18, "'nproc' is no network context flag; these are: lock, private"],
  ['net(2).ncaps has lock', 18, "'lock' is no network context capability; these are: tun_create"],
  ['ctx(2).ccaps has chown', 18, "'chown' is no context capability; these are: set_utsname"],
  ['ctx(2).umask has uts', 18, "'uts' is no namespace; these are: newtime, fs"],
  ['count(task) == 1', 7, "'ctx' or 'net' is expected, and here is 'task'"],
  ['count(ctx) == "1"', 15, 'a number is expected, and here is "1"'],
  ['count(ctx) exists', 12, "after count(ctx) is expected, and here is 'exists'"],
  ['run(ls).exit == 0', 5, "a command in double quotes is expected, and here is 'ls'"],
  ['run(" ").exit == 0', 5, 'a command has more than blanks'],
  ['run("ls") == 0', 11, "'.' is expected, and here is '=='"],
  ['run("ls").err == ""', 11, "'exit' or 'out' is expected, and here is 'err'"],
  ['run("ls").exit contains "0"', 16, "is expected, and here is 'contains'"],
  ['run("ls").out == 0', 18, "a string in double quotes is expected, and here is '0'"],
  ['run("ls").out < "a"', 15, "'matches' and a pattern after run(\"ls\").out is expected, and here is '<'"],
  ['run("ls").out matches "a"', 23, 'a pattern between two / is expected, and here is "a"'],
  ['run("ls").out matches /a/i', 26, "'and', 'or' or the end is expected, and here is 'i'"],
  ['file("/a\0b") exists', 6, 'a path begins with /, and has no zero byte'],
  ['run("a\0b").exit == 0', 5, 'a command has more than blanks, and no zero byte'],
  ['file("etc") exists', 6, 'a path begins with /'],
  ['file("/a") == 3', 15, "a string in double quotes is expected, and here is '3'"],
  ['file("/a") is "x"', 12, "'exists', or == != 'contains' and a string, 'matches' and a pattern after file"],
  [
    'proc("/proc/virtual/status") exists',
    6,
    'a file is named from /proc on, and is below virtual or virtnet',
  ],
  ['proc("virtual/../self/status") exists', 6, 'a file is named from /proc on'],
  ['proc("virtual/*/status") exists', 6, 'a file is named from /proc on'],
  ['proc("cpuinfo") exists', 6, 'a file is named from /proc on'],
  [
    'proc("virtual/status").Tasks == 1',
    24,
    'what a line begins with, in double quotes, as "#CTotal", is exp',
  ],
  ['proc("virtual/status")."" == 1', 24, 'what a line begins with is not empty'],
  ['proc("virtual/status")."x"[0] == 1', 28, 'columns are counted from 1'],
  ['proc("virtual/status")."x"["a"] == 1', 28, 'the number of a column is expected, and here is "a"'],
  ['proc("virtual/status")."x"[1 == 1', 30, "']' is expected, and here is '=='"],
  ['proc("virtual/status")."x" == y', 31, "a number or a string is expected, and here is 'y'"],
  ['proc("virtual/status")."x" < "y"', 30, 'a number is expected, and here is "y"'],
  ['ctx(2) exists ctx(3) exists', 15, "'and', 'or' or the end is expected, and here is 'ctx'"],
  ['ctx(2) exists and', 18, `${SUBJECTS}nothing follows`],
  ['ctx(2) exists)', 14, "'and', 'or' or the end is expected, and here is ')'"],
  ['(ctx(2) exists', 15, "')' is expected, and nothing follows"],
  ['()', 2, `${SUBJECTS}here is ')'`],
  ['not', 4, `${SUBJECTS}nothing follows`],
  ['file("/a', 6, 'this string has no end: a " is missing in its line'],
  ['file("/a\n") exists', 6, 'this string has no end'],
  ['file("/a\\") exists', 6, 'this string has no end'],
  ['file("/a\\d") exists', 9, "a string has the escapes \\\" \\\\ \\n and \\t, and not '\\d'"],
  ["file('/a') exists", 6, 'a string stands in double quotes'],
  ['run("a").out matches /a', 22, 'this pattern has no end: a / is missing in its line'],
  ['run("a").out matches //', 22, 'a pattern has at least one character'],
  ['run("a").out matches /a(b/', 24, "there is no ')' to this '('"],
  ['run("a").out matches /+/', 23, "there is nothing to repeat before this '+'"],
  ['ctx(2).tasks = 1', 14, "'=' is none of the operators: '==' is meant"],
  ['ctx(2) exists && ctx(3) exists', 15, "'and' is written as a word"],
  ['ctx(2) exists || ctx(3) exists', 15, "'or' is written as a word"],
  ['!ctx(2) exists', 1, "'not' is written as a word"],
  ['ctx(12ab) exists', 5, 'a number is decimal, or hexadecimal with 0x'],
  ['ctx(0x) exists', 5, 'a number is decimal, or hexadecimal with 0x'],
  ['ctx(2).tasks == - 1', 17, "'-' means nothing here"],
  ['ctx(2) exists; ctx(3) exists', 14, "';' means nothing here"],
  ['ctx(2) exists 😀', 15, "'😀' means nothing here"],
])('wrong: %s', (text, column, message) => {
  const error = errorOf(text);
  expect(error.message).toContain(message);
  expect(error.message).toMatch(new RegExp(`^column ${column}: `));
  expect(error.column).toBe(column);
});

test('a predicate may be so long, and no longer', () => {
  const test = 'ctx(2) exists';
  const long = `${test} and ${test}`.padEnd(MAX_LENGTH);
  expect(parsePredicate(long).text).toBe(`${test} and ${test}`);
  expect(errorOf(`${long} `)).toMatchObject({ column: MAX_LENGTH + 1 });
  expect(errorOf('('.repeat(1e7)).message).toBe('column 1001: a predicate has at most 1000 characters');
});

test('parentheses and nots may be so many in one another, and no more', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}ctx(2) exists${')'.repeat(depth)}`;
  expect(shape(parse(nested(MAX_DEPTH)))).toBe('ctx(2)');
  expect(errorOf(nested(MAX_DEPTH + 1))).toMatchObject({ column: MAX_DEPTH + 1 });
  expect(errorOf(nested(400)).message).toContain('at most 32 parentheses and nots are in one another');
  expect(errorOf('not '.repeat(200)).message).toContain('at most 32 parentheses and nots');
  const row = Array.from({ length: 50 }, () => 'ctx(2) exists').join(' and ');
  expect(parse(row)).toMatchObject({ kind: 'and' });
});

test('a pattern may be so long, and no longer', () => {
  const matches = (length: number) => `file("/a") matches /${'a'.repeat(length)}/`;
  parsePredicate(matches(MAX_PATTERN));
  expect(errorOf(matches(MAX_PATTERN + 1)).message).toContain('a pattern has at most 100 characters');
});

test('texts that are made to take long do not', () => {
  for (const text of ['"', '"\\', '/', '/\\', '-', '0', '0x', 'a', ' ', '\\', '==', '[']) {
    for (const end of ['', '"', '/', 'g']) {
      const hostile = text.repeat(1000 / text.length - 1) + end;
      expect(() => parsePredicate(hostile)).toThrow(PredicateError);
    }
  }
});
