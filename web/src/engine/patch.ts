// SPDX-License-Identifier: MIT
/** A patch of `git format-patch` as a page: its message with links into its own lines, and its files, hunk by hunk. */
import parseDiff from 'parse-diff';
import type { Highlight, Token } from './code.js';
import { findDefinition, findName, nameOf, type PatchPlace } from './patch-place.js';
import type { Route } from './route.js';

/** A piece of prose, with what it is about if that has a page. */
export interface ProsePart {
  readonly text: string;
  readonly to?: Route;
}

export interface Paragraph {
  /** "Problem", "Approach", "Limits", or nothing. */
  readonly lead: string;
  readonly parts: readonly ProsePart[];
}

export interface Trailer {
  readonly name: string;
  readonly parts: readonly ProsePart[];
}

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same';
  /** Numbers of the line, before and after the patch. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly text: string;
  readonly tokens: readonly Token[];
}

export interface Hunk {
  /** The first line of it that the patch leaves; 0 if it leaves none. */
  readonly line: number;
  /** What it is about, so that the file has no other hunk of that name: with the path its address. Undefined: it has only its line. */
  readonly name: string | undefined;
  /** As diff writes it. */
  readonly range: string;
  /** What diff found the hunk in: a function's head. */
  readonly within: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffFile {
  readonly path: string;
  readonly change: 'new' | 'deleted' | 'renamed' | 'changed';
  /** Where it was, if it was elsewhere. */
  readonly was: string | undefined;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly Hunk[];
}

export interface PatchPage {
  readonly subject: string;
  readonly paragraphs: readonly Paragraph[];
  readonly trailers: readonly Trailer[];
  readonly files: readonly DiffFile[];
}

export interface PatchOptions {
  /** Those of the plan. */
  readonly ids: readonly string[];
  readonly highlight: Highlight;
}

const LEAD = /^(Problem|Approach|Limits): /;
const TRAILER = /^([A-Z][A-Za-z-]*): (.*)$/;

/** `name` is that of the patch's file, which links lead to. */
export function readPatch(text: string, name: string, { ids, highlight }: PatchOptions): PatchPage {
  const start = text.indexOf('\ndiff --git ');
  const head = start < 0 ? text : text.slice(0, start);
  const files =
    start < 0 ? [] : parseDiff(text.slice(start + 1)).map((file) => readDiffFile(file, highlight));
  const [mail = '', ...body] = head.replace(/\n---\n[^]*$/, '').split('\n\n');
  const [, subject = ''] = /^Subject: \[PATCH\] (.*(?:\n .*)*)$/m.exec(mail) ?? [];
  const link = linker(files, name, ids);
  const last = body.at(-1)?.trim().split('\n') ?? [];
  const hasTrailers = last.length > 0 && last.every((line) => TRAILER.test(line)) && !LEAD.test(last[0]!);
  const prose = hasTrailers ? body.slice(0, -1) : body;
  return {
    subject: subject.replace(/\n /g, ' '),
    paragraphs: prose.map((paragraph) => readParagraph(paragraph, link)),
    trailers: (hasTrailers ? last : []).map((line) => {
      const [, trailer = '', value = ''] = TRAILER.exec(line) ?? [];
      return { name: trailer, parts: link(value) };
    }),
    files,
  };
}

function readParagraph(paragraph: string, link: Linker): Paragraph {
  const text = paragraph.trim().replace(/\n/g, ' ');
  const lead = LEAD.exec(text)?.[1] ?? '';
  return { lead, parts: link(lead === '' ? text : text.slice(lead.length + 2)) };
}

function readDiffFile(file: parseDiff.File, highlight: Highlight): DiffFile {
  const path = file.deleted ? (file.from ?? '') : (file.to ?? '');
  const renamed = !file.new && !file.deleted && file.from !== file.to;
  const read: DiffFile = {
    path,
    change: file.new ? 'new' : file.deleted ? 'deleted' : renamed ? 'renamed' : 'changed',
    was: renamed ? file.from : undefined,
    added: file.additions,
    removed: file.deletions,
    hunks: file.chunks.map((chunk) => readHunk(chunk, path, highlight)),
  };
  return { ...read, hunks: read.hunks.map((hunk) => ({ ...hunk, name: nameOf(read, hunk) })) };
}

function readHunk(chunk: parseDiff.Chunk, path: string, highlight: Highlight): Hunk {
  // Each side by itself is a piece of program; the two in turn are none.
  const side = (without: parseDiff.ChangeType) => {
    const own = chunk.changes.filter(({ type }) => type !== without);
    const lines = highlightPiece(own.map(({ content }) => content.slice(1)).join('\n'), path, highlight);
    return new Map(own.map((change, index) => [change, lines[index] ?? []]));
  };
  const [before, after] = [side('add'), side('del')];
  const [, range = '', within = ''] = /^(@@ .*? @@) ?(.*)$/.exec(chunk.content) ?? [];
  return {
    line: chunk.newStart,
    name: undefined,
    range,
    within,
    lines: chunk.changes.map((change) => ({
      kind: change.type === 'add' ? 'added' : change.type === 'del' ? 'removed' : 'same',
      before: change.type === 'add' ? undefined : change.type === 'del' ? change.ln : change.ln1,
      after: change.type === 'del' ? undefined : change.type === 'add' ? change.ln : change.ln2,
      text: change.content.slice(1),
      tokens: (change.type === 'del' ? before : after).get(change) ?? [],
    })),
  };
}

/** The lines of a piece of a file, which may begin in the middle of a comment. */
function highlightPiece(code: string, path: string, highlight: Highlight): Token[][] {
  const [opening, closing] = [code.indexOf('/*'), code.indexOf('*/')];
  const inComment = /^\s*\*(\s|$)/.test(code) || (closing >= 0 && (opening < 0 || closing < opening));
  return inComment && /\.[ch]$/.test(path) ? highlight(`/*\n${code}`, path).slice(1) : highlight(code, path);
}

type Linker = (text: string) => ProsePart[];

/** What in prose may be about a line of the patch: a path, a name with brackets or an underscore, `struct x`, an id of the plan. */
const MENTION =
  /\b(?:[\w.-]+\/)+[\w.-]*\w|\bstruct \w+|\b\w+\(\)|\b\w*[a-z0-9]_\w+|\b[A-Z]+_\w+|\b\d[a-z]\b/g;

function linker(files: readonly DiffFile[], patch: string, ids: readonly string[]): Linker {
  const id = patch.slice(0, 2);
  const target = (mention: string): Route | undefined => {
    const test = /^images\/tests\/(.+\.t)$/.exec(mention)?.[1];
    if (test !== undefined) return { view: 'test', id: /\d[a-z]/.exec(test)?.[0] ?? id, test };
    if (/^\d[a-z]$/.test(mention))
      return ids.includes(mention) ? { view: 'feature', id: mention } : undefined;
    if (mention.includes('/')) {
      const file = files.find(({ path }) => path === mention);
      return file && { view: 'patch', id, patch, file: file.path };
    }
    const place = findDefinition(files, mention) ?? findAdded(files, mention);
    return place && { view: 'patch', id, patch, file: place.file.path, name: mention };
  };
  return (text) => {
    const parts: ProsePart[] = [];
    let end = 0;
    for (const { 0: mention, index } of text.matchAll(MENTION)) {
      const to = target(mention);
      if (!to) continue;
      if (index > end) parts.push({ text: text.slice(end, index) });
      parts.push({ text: mention, to });
      end = index + mention.length;
    }
    if (end < text.length) parts.push({ text: text.slice(end) });
    return parts;
  };
}

/** The first file to which the patch adds a line with the name. */
function findAdded(files: readonly DiffFile[], name: string): PatchPlace | undefined {
  return files.map((file) => findName(file, name)).find((place) => place?.line?.kind === 'added');
}
