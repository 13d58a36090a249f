// SPDX-License-Identifier: MIT
/**
 * Places in a patch by what stands there, so that a link holds when lines move: `get_vx_info()`, `struct vx_info`, `VX_DEBUG`, or
 * any piece of a line.
 */
import type { DiffFile, DiffLine, Hunk } from './patch.js';
import type { PatchRoute } from './route.js';

export interface PatchPlace {
  readonly file: DiffFile;
  /** Undefined: the file as a whole. */
  readonly hunk?: Hunk;
  /** One of the hunk's; undefined: the hunk as a whole. */
  readonly line?: DiffLine | undefined;
}

/** What the address names; undefined: the patch has no such file, or does nothing of that name to it. */
export function findPlace(
  files: readonly DiffFile[],
  route: Pick<PatchRoute, 'file' | 'name' | 'line'>,
): PatchPlace | undefined {
  const file = files.find(({ path }) => path === route.file);
  if (!file) return undefined;
  if (route.name !== undefined) return findName(file, route.name);
  return route.line === undefined ? { file } : findLine(file, route.line);
}

/**
 * Where the patch defines what `name` names, else the first line that it adds with the name, or removes, else the hunk that diff
 * found in a function of that name.
 */
export function findName(file: DiffFile, name: string): PatchPlace | undefined {
  const has = mentions(name);
  const all = file.hunks.flatMap((hunk) => hunk.lines.map((line) => ({ file, hunk, line })));
  const of = (kind: DiffLine['kind']) => all.filter(({ line }) => line.kind === kind);
  const within = file.hunks.find((hunk) => has(hunk.within));
  return (
    findDefinition([file], name) ??
    of('added').find(({ line }) => has(line.text)) ??
    of('removed').find(({ line }) => has(line.text)) ??
    (within && { file, hunk: within })
  );
}

/** Where the patch adds the definition of what `name` names. */
export function findDefinition(files: readonly DiffFile[], name: string): PatchPlace | undefined {
  const symbol = symbolOf(name);
  if (symbol === undefined) return undefined;
  const defines = name.startsWith('struct ')
    ? new RegExp(`^struct ${symbol} \\{`)
    : new RegExp(`^(?:#define ${symbol}\\b|[a-z].*\\b${symbol}\\()`);
  const added = addedLines(files);
  return added.find(({ line }, index) => defines.test(line.text) && !isPrototype(added.slice(index)));
}

/** A name that `findName` finds this hunk by; undefined: only its line leads to it. */
export function nameOf(file: DiffFile, hunk: Hunk): string | undefined {
  return candidates(hunk).find((name) => findName(file, name)?.hunk === hunk);
}

/** The hunk that the line is in, else the last one before it, else the first. */
function findLine(file: DiffFile, after: number): PatchPlace {
  const hunk = file.hunks.findLast((one) => one.line <= after) ?? file.hunks[0];
  return hunk ? { file, hunk, line: hunk.lines.find((line) => line.after === after) } : { file };
}

/** What a hunk may be called by, the best first: what it defines, calls, is in, has a name for; last a line as it stands. */
function candidates({ lines, within }: Hunk): string[] {
  const texts = (['added', 'removed'] as const).flatMap((kind) =>
    lines.filter((line) => line.kind === kind).map(({ text }) => text),
  );
  const find = (pattern: RegExp, all = texts.join('\n')) =>
    [...all.matchAll(pattern)].map(([found]) => found);
  const names = [
    ...find(/^struct \w+(?= \{)/gm),
    ...find(/^[a-z].*?\b\w+\(/gm).map((head) => `${/\w+\($/.exec(head)![0]})`),
    ...find(/\b[A-Za-z]\w*_\w+\(/g).map((call) => `${call})`),
    ...find(/\b\w+\(/g, within).map((head) => `${head})`),
    ...find(/\b[A-Za-z]\w*_\w+\b/g),
  ];
  // Digits alone would be the number of a line.
  return [...names, ...texts.map((text) => text.trim())].filter((name) => /\D/.test(name));
}

function mentions(name: string): (text: string) => boolean {
  const symbol = symbolOf(name);
  if (symbol === undefined) return (text) => text.includes(name);
  const word = new RegExp(`\\b${symbol}\\b`);
  return (text) => word.test(text);
}

/** Of `struct x`, `x()` and `x` it is x; other texts are none. */
function symbolOf(name: string): string | undefined {
  return /^(?:struct )?(\w+)(?:\(\))?$/.exec(name)?.[1];
}

function addedLines(files: readonly DiffFile[]): { file: DiffFile; hunk: Hunk; line: DiffLine }[] {
  return files.flatMap((file) =>
    file.hunks.flatMap((hunk) =>
      hunk.lines.flatMap((line) => (line.kind === 'added' ? [{ file, hunk, line }] : [])),
    ),
  );
}

/** Of a function, in lines. */
const LONGEST_HEAD = 8;

/** Whether the declaration that `lines` begin with ends without a body. */
function isPrototype(lines: readonly { line: DiffLine }[]): boolean {
  const head = lines
    .slice(0, LONGEST_HEAD)
    .map(({ line }) => line.text)
    .join(' ');
  return /^[^#][^{;]*;/.test(head);
}
