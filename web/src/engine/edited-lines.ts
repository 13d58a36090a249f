// SPDX-License-Identifier: MIT
/** Colours for a text that is being edited, without reading all of it anew at each key. */
import type { Token } from './code.js';

type Line = readonly Token[];

/** The lines of `text`: those that are as in `lines`, at its beginning and its end, keep their colours, the others have none. */
export function keepColours(lines: readonly Line[], text: string): readonly Line[] {
  const next = text.split('\n');
  const most = Math.min(lines.length, next.length);
  let head = 0;
  while (head < most && textOf(lines[head]!) === next[head]) head++;
  let tail = 0;
  while (tail < most - head && textOf(lines[lines.length - 1 - tail]!) === next[next.length - 1 - tail])
    tail++;
  const changed = next.slice(head, next.length - tail).map((line): Line => [{ text: line, kind: '' }]);
  return [...lines.slice(0, head), ...changed, ...lines.slice(lines.length - tail)];
}

function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}
