// SPDX-License-Identifier: MIT
/** Reads what a predicate speaks of: a context, a field, a count, a command, a file, a line of /proc. */
import type { Cursor } from './predicate-cursor.js';
import { FIELDS, type GroupKind } from './predicate-fields.js';
import type { Group, Subject, SubjectKind } from './predicate-tree.js';

const FIRST_ID = 2;
const LAST_ID = 65535;
/** A name that is given to a guest has no other characters, and does not begin with a dot or a dash. */
const GUEST = /^\w[\w.-]*$/;
const PROC_FILE = /^(?:virtual|virtnet)(?:\/[\w-]+)+$/;

const READERS: Readonly<Record<string, (cursor: Cursor) => SubjectKind>> = {
  ctx: (cursor) => readGroup(cursor, 'ctx'),
  net: (cursor) => readGroup(cursor, 'net'),
  count: readCount,
  run: readRun,
  file: readFile,
  proc: readProc,
};

/** Takes a subject; throws a PredicateError. */
export function readSubject(cursor: Cursor): Subject {
  const start = cursor.token;
  const name = start.kind === 'word' ? start.text : '';
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (!reader) cursor.expected(`one of ${Object.keys(READERS).join(', ')}, not or '('`);
  cursor.take(name);
  cursor.expect('(');
  const subject = reader(cursor);
  return { ...subject, text: cursor.textFrom(start) };
}

function readGroup(cursor: Cursor, kind: GroupKind): SubjectKind {
  const group: Group = { kind, id: readId(cursor) };
  cursor.expect(')');
  if (!cursor.take('.')) return { kind: 'group', group };
  const names = FIELDS[kind].map(({ name }) => name).join(', ');
  const token = cursor.expectKind('word', `a field of ${kind} (${names})`);
  const field = FIELDS[kind].find(({ name }) => name === token.text);
  if (!field) cursor.wrong(token, `'${token.text}' is no field of ${kind}; it has ${names}`);
  return { kind: 'field', group, field };
}

function readId(cursor: Cursor): number | string {
  const { token } = cursor;
  if (token.kind === 'string') {
    cursor.expectKind('string', '');
    if (!GUEST.test(token.text)) cursor.wrong(token, `"${token.text}" is no name of a guest`);
    return token.text;
  }
  const id = Number(cursor.expectKind('number', 'an id, or the name of a guest in double quotes,').text);
  if (!(id >= FIRST_ID && id <= LAST_ID)) cursor.wrong(token, `ids are from ${FIRST_ID} to ${LAST_ID}`);
  return id;
}

function readCount(cursor: Cursor): SubjectKind {
  const of = cursor.take('net') ? 'net' : 'ctx';
  if (of === 'ctx' && !cursor.take('ctx')) cursor.expected("'ctx' or 'net'");
  cursor.expect(')');
  return { kind: 'count', of };
}

function readRun(cursor: Cursor): SubjectKind {
  const command = readText(
    cursor,
    'a command in double quotes',
    /\S/,
    'a command has more than blanks, and no zero byte',
  );
  cursor.expect('.');
  const part = cursor.take('out') ? 'out' : 'exit';
  if (part === 'exit' && !cursor.take('exit')) cursor.expected("'exit' or 'out'");
  return { kind: 'run', command, part };
}

function readFile(cursor: Cursor): SubjectKind {
  return {
    kind: 'file',
    path: readText(cursor, 'a path in double quotes', /^\//, 'a path begins with /, and has no zero byte'),
  };
}

function readProc(cursor: Cursor): SubjectKind {
  const advice = 'a file is named from /proc on, and is below virtual or virtnet, as "virtual/status"';
  const path = readText(cursor, 'a file in double quotes', PROC_FILE, advice);
  if (!cursor.take('.')) return { kind: 'proc', path, line: undefined, column: undefined };
  const token = cursor.expectKind('string', 'what a line begins with, in double quotes, as "#CTotal",');
  if (!token.text) cursor.wrong(token, 'what a line begins with is not empty');
  return { kind: 'proc', path, line: token.text, column: readColumn(cursor) };
}

function readColumn(cursor: Cursor): number | undefined {
  if (!cursor.take('[')) return undefined;
  const token = cursor.expectKind('number', 'the number of a column');
  const column = Number(token.text);
  if (!(column >= 1)) cursor.wrong(token, 'columns are counted from 1');
  cursor.expect(']');
  return column;
}

/** A string that is like `shape`, and the parenthesis after it. */
function readText(cursor: Cursor, what: string, shape: RegExp, advice: string): string {
  const token = cursor.expectKind('string', what);
  if (!shape.test(token.text) || token.text.includes('\0')) cursor.wrong(token, advice);
  cursor.expect(')');
  return token.text;
}
