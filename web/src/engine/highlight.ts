// SPDX-License-Identifier: MIT
/** Colours for what the patches and tests are written in. Loaded with the first of them: nothing at the start needs it. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import makefile from 'highlight.js/lib/languages/makefile';
import perl from 'highlight.js/lib/languages/perl';
import { plainLines, type Highlight, type Token, type TokenKind } from './code.js';

hljs.registerLanguage('bash', bash);
hljs.registerLanguage('c', c);
hljs.registerLanguage('makefile', makefile);
hljs.registerLanguage('perl', perl);

const LANGUAGES: [RegExp, string][] = [
  [/\.[ch]$/, 'c'],
  [/\.(t|pl|pm)$/, 'perl'],
  [/(^|\/)Makefile$/, 'makefile'],
  [/\.sh$/, 'bash'],
];

/** The names of highlight.js by ours; what is not here looks like the text around it. */
const KINDS: Record<string, TokenKind> = {
  'hljs-keyword': 'keyword',
  'hljs-type': 'type',
  'hljs-built_in': 'type',
  'hljs-string': 'string',
  'hljs-regexp': 'string',
  'hljs-number': 'number',
  'hljs-literal': 'number',
  'hljs-comment': 'comment',
  'hljs-title': 'title',
  'hljs-variable': 'title',
  'hljs-meta': 'meta',
};

export const highlight: Highlight = (code, path) => {
  const language = LANGUAGES.find(([pattern]) => pattern.test(path))?.[1];
  return language === undefined
    ? plainLines(code, path)
    : tokensOf(hljs.highlight(code, { language, ignoreIllegals: true }).value);
};

/** What highlight.js writes, and all that it writes: spans with a class, text, and five entities. */
const PART = /<span class="([^"]*)">|(<\/span>)|([^<]+)/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };

/** Its markup as data: nothing of it is ever put into the page as markup. */
function tokensOf(markup: string): Token[][] {
  const lines: Token[][] = [[]];
  const open: TokenKind[] = [''];
  for (const [, opened, closed, text] of markup.matchAll(PART)) {
    if (opened !== undefined) open.push(kindOf(opened) ?? open.at(-1)!);
    else if (closed !== undefined) open.pop();
    else if (text !== undefined) addText(lines, decode(text), open.at(-1)!);
  }
  return lines;
}

function kindOf(classes: string): TokenKind | undefined {
  return KINDS[classes.split(' ')[0] ?? ''];
}

function addText(lines: Token[][], text: string, kind: TokenKind): void {
  for (const [index, part] of text.split('\n').entries()) {
    if (index > 0) lines.push([]);
    if (part !== '') lines.at(-1)!.push({ text: part, kind });
  }
}

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => ENTITIES[name]!);
}
