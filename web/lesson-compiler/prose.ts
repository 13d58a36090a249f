// SPDX-License-Identifier: MIT
/** Prose of a lesson, or of a text of the plan: what Markdown it may have, as a tree. Whatever is not listed here is refused, raw HTML first of all. */
import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { LessonElement, LessonNode } from '../src/engine/lesson.js';
import { formatRoute, parseRoute } from '../src/engine/route.js';
import type { CheckLink } from './check-link.js';
import type { Problems } from './problems.js';

export interface ProseReading {
  readonly checkLink: CheckLink;
  readonly problems: Problems;
}

/** A paragraph, a list, a fenced block ..., and the line that it begins in. */
export interface Block {
  readonly token: MarkedToken;
  readonly line: number;
}

type Kind = MarkedToken['type'];

const REFUSALS: Partial<Record<Kind, string>> = {
  html: 'raw HTML is refused: write Markdown',
  image: 'a lesson has no pictures: say it, or let a command show it',
  br: 'a line break of its own is refused: begin a paragraph or a list',
  heading: 'a heading is "## Title", a step; prose has none of its own',
  hr: 'a line of --- ends the last step, and there is one',
  def: 'write the address in the link: [text](https://...)',
  code: 'a fenced block stands at the left margin, in no list and no quotation',
};

/** The blocks of a text; `firstLine` is where it begins in its file. */
export function parseMarkdown(text: string, firstLine: number): Block[] {
  // Without the additions of GitHub: what the reader sees is CommonMark, and nothing becomes a link by itself.
  const tokens = new Lexer({ gfm: false }).lex(text);
  return locate(tokens, firstLine).filter(({ token }) => token.type !== 'space');
}

/** Tokens follow each other in the text: each begins where the one before it ends. */
function locate(tokens: readonly Token[], firstLine: number): Block[] {
  let line = firstLine;
  return tokens.map((token) => {
    // An empty line before a block may be a part of it.
    const begin = line + newlines(/^\s*(?=\S)|/.exec(token.raw)![0]);
    line += newlines(token.raw);
    return { token: token as MarkedToken, line: begin };
  });
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

/** A block of prose; undefined when it is refused. */
export function toElement(block: Block, reading: ProseReading): LessonElement | undefined {
  const [made] = convert(block, reading);
  return typeof made === 'object' ? made : undefined;
}

/** Text alone, such as that of a fenced block. */
export function preformatted(text: string): LessonElement {
  return { tag: 'pre', children: [text] };
}

function convert({ token, line }: Block, reading: ProseReading): LessonNode[] {
  const inside = (tokens: readonly Token[]) => convertAll(tokens, line, reading);
  switch (token.type) {
    case 'space':
      return [];
    case 'text':
      return token.tokens ? inside(token.tokens) : [toText(token.text, line, reading.problems)];
    case 'escape':
      return [token.text];
    case 'codespan':
      return [{ tag: 'code', children: [token.text] }];
    case 'paragraph':
      return [{ tag: 'p', children: inside(token.tokens) }];
    case 'em':
    case 'strong':
    case 'blockquote':
      return [{ tag: token.type, children: inside(token.tokens) }];
    case 'link':
      return [toLink(token, line, reading)];
    case 'list':
      return [{ tag: token.ordered ? 'ol' : 'ul', children: inside(token.items) }];
    case 'list_item':
      return [{ tag: 'li', children: inside(token.tokens) }];
    default:
      reading.problems.add(line, REFUSALS[token.type] ?? `this is refused: ${token.type}`);
      return [];
  }
}

/** What stands in a block, with pieces of text that follow each other joined. */
function convertAll(tokens: readonly Token[], firstLine: number, reading: ProseReading): LessonNode[] {
  const nodes: LessonNode[] = [];
  for (const node of locate(tokens, firstLine).flatMap((block) => convert(block, reading))) {
    const last = nodes.at(-1);
    if (typeof node === 'string' && typeof last === 'string') nodes[nodes.length - 1] = last + node;
    else nodes.push(node);
  }
  return nodes;
}

function toText(text: string, line: number, problems: Problems): string {
  const [entity] = /&(?:#\w+|[A-Za-z]\w*);/.exec(text) ?? [];
  if (entity) problems.add(line, `"${entity}" is refused: write the character itself`);
  return text.replace(/\s*\n\s*/g, ' ');
}

function toLink({ href, tokens }: Tokens.Link, line: number, reading: ProseReading): LessonElement {
  const children = convertAll(tokens, line, reading);
  if (!href.startsWith('#')) {
    if (!/^https:\/\/\S+$/.test(href))
      reading.problems.add(line, `"${href}" is no https address, and none of the guide's, #/...`);
    return { tag: 'a', href, children };
  }
  try {
    reading.checkLink(href);
  } catch (error) {
    reading.problems.add(line, error instanceof Error ? error.message : String(error));
  }
  // Written in one way, it is known again as the page that the reader comes back from.
  return { tag: 'a', href: formatRoute(parseRoute(href)), children };
}
