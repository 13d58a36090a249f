// SPDX-License-Identifier: MIT
/**
 * Makes a lesson of its index.md (the format is in docs/lessons.md). Every part is judged, and everything that is wrong is said at
 * once, with its line. What stands between lessons is judged by compileLessons (lessons.ts).
 */
import type { Lesson, LessonBlock, LessonElement, LessonHint, LessonStep } from '../src/engine/lesson.js';
import type { CheckLink } from './check-link.js';
import {
  type CheckPredicate,
  type Fence,
  judgePredicate,
  readAttributes,
  readCommands,
  readFence,
  readLines,
} from './fences.js';
import { type FrontMatter, readFrontMatter } from './front-matter.js';
import { LessonError, Problems } from './problems.js';
import { type Block, parseMarkdown, preformatted, toElement } from './prose.js';

/** A row of plan.json, as far as lessons go. */
export interface PlanId {
  readonly id: string;
  readonly slug: string;
}

export interface CompileOptions {
  readonly checkPredicate: CheckPredicate;
  readonly checkLink: CheckLink;
  readonly plan: readonly PlanId[];
}

/** A lesson that belongs to no single id. */
export const TOUR = 'tour';

/** What compileLessons needs beside the lesson. */
export interface CompiledLesson {
  readonly lesson: Lesson;
  readonly needsLine: number;
}

interface StepDraft {
  readonly slug: string;
  readonly title: string;
  readonly line: number;
  readonly body: LessonBlock[];
  readonly hints: LessonHint[];
  check?: { text: string; needs: string[]; undoes: string[] };
  answer?: string[];
}

/** The lesson of one file; `path` ends in `<folder>/index.md`. Throws a LessonError with all that is wrong with it. */
export function compileLesson(source: string, path: string, options: CompileOptions): Lesson {
  return compileFile(source, path, options).lesson;
}

export function compileFile(source: string, path: string, options: CompileOptions): CompiledLesson {
  const problems = new Problems(path);
  const lines = source.split(/\r?\n/);
  const head = readFrontMatter(lines, problems);
  const { name, id, slug } = readName(path, options.plan, problems);
  const { intro, steps, outro } = new Body(lines, options, problems).read(head);
  if (problems.found.length > 0) throw new LessonError([...problems.found].sort((a, b) => a.line - b.line));
  const { title, summary, minutes, needs, needsLine } = head;
  const entry = { name, id, slug, title, summary, minutes, needs, stepCount: steps.length };
  return { lesson: { ...entry, intro, steps, outro }, needsLine };
}

function readName(
  path: string,
  plan: readonly PlanId[],
  problems: Problems,
): { name: string; id: string; slug: string } {
  const name = /([^/\\]+)[/\\]index\.md$/.exec(path)?.[1] ?? '';
  const [, id = '', slug = ''] = /^([a-z0-9]+)-([a-z0-9-]+)$/.exec(name) ?? [];
  const row = plan.find((one) => one.id === id);
  if (id === TOUR) return { name, id, slug };
  if (!row)
    problems.add(
      1,
      `the folder "${name}" begins with no id of plan.json: call it <id>-<slug> or tour-<slug>`,
    );
  else if (slug !== row.slug && !slug.startsWith(`${row.slug}-`))
    problems.add(
      1,
      `the slug of ${id} is ${row.slug}: call the folder ${id}-${row.slug}, or ${id}-${row.slug}-...`,
    );
  return { name, id, slug };
}

/** What follows the head: prose, then steps, then, behind a line of ---, prose again. */
class Body {
  readonly #intro: LessonElement[] = [];
  readonly #outro: LessonElement[] = [];
  readonly #drafts: StepDraft[] = [];
  #ended = false;

  constructor(
    readonly lines: readonly string[],
    readonly options: Pick<CompileOptions, 'checkPredicate' | 'checkLink'>,
    readonly problems: Problems,
  ) {}

  read({ length }: FrontMatter): Pick<Lesson, 'intro' | 'steps' | 'outro'> {
    const text = this.lines.slice(length).join('\n');
    for (const block of parseMarkdown(text, length + 1)) this.#readBlock(block);
    if (this.#drafts.length === 0)
      this.problems.add(length, 'there is no step: a step begins with a line "## Title"');
    const steps = this.#drafts.map((draft) => this.#finish(draft)).filter((step) => step !== undefined);
    return { intro: this.#intro, steps, outro: this.#outro };
  }

  #readBlock(block: Block): void {
    const { token, line } = block;
    if (token.type === 'heading' && token.depth === 2 && !this.#ended) this.#beginStep(token.text, line);
    else if (token.type === 'hr' && this.#drafts.length > 0 && !this.#ended) this.#ended = true;
    else if (token.type === 'code') this.#readCode(token.text, line);
    else {
      const element = this.#element(block);
      if (element) this.#prose().push(element);
    }
  }

  #element(block: Block): LessonElement | undefined {
    return toElement(block, { checkLink: this.options.checkLink, problems: this.problems });
  }

  /** Where prose goes that comes now. */
  #prose(): LessonBlock[] | LessonElement[] {
    if (this.#ended) return this.#outro;
    return this.#drafts.at(-1)?.body ?? this.#intro;
  }

  #beginStep(title: string, line: number): void {
    const slug = slugOf(title);
    if (!this.lines[line - 1]?.startsWith('## '))
      this.problems.add(line, 'a line of text above --- is a heading: put an empty line between them');
    else if (slug === '' || /[`*_[<&\\]/.test(title))
      this.problems.add(line, 'the title of a step is plain text, with letters in it');
    else if (this.#drafts.some((draft) => draft.slug === slug))
      this.problems.add(line, `a step is called "${slug}" already: give this one another title`);
    this.#drafts.push({ slug, title, line, body: [], hints: [] });
  }

  #readCode(text: string, line: number): void {
    const fence = readFence(this.lines[line - 1] ?? '', text, line);
    if (!fence)
      this.problems.add(line, 'an indented line is code here: put it between ``` lines, or indent it less');
    else if (fence.kind === '' || fence.kind === 'text') {
      readAttributes(fence, [], this.problems);
      this.#prose().push(preformatted(fence.text));
    } else this.#readPart(fence);
  }

  #readPart(fence: Fence): void {
    const draft = this.#ended ? undefined : this.#drafts.at(-1);
    const { kind, line } = fence;
    if (!PARTS.includes(kind))
      this.problems.add(line, `"${kind}" is no block of a lesson: there are ${PARTS.join(', ')} and text`);
    else if (!draft) this.problems.add(line, `${kind} belongs to a step: put it below a line "## Title"`);
    else if (kind === 'sh') {
      const commands = readCommands(fence, this.problems);
      if (commands) draft.body.push(commands);
    } else if (kind === 'hint') this.#readHint(fence, draft);
    else if (kind === 'check') this.#readCheck(fence, draft);
    else this.#readAnswer(fence, draft);
  }

  #readCheck(fence: Fence, draft: StepDraft): void {
    const { text, line } = fence;
    if (draft.check) this.problems.add(line, 'a step has one check: join the two with "and"');
    const attributes = readAttributes(fence, ['needs', 'undoes'], this.problems);
    judgePredicate(text, line + 1, this.options.checkPredicate, this.problems);
    const before = this.#drafts.slice(0, -1).map(({ slug }) => slug);
    const named = (key: string): string[] | undefined => {
      const value = attributes.get(key);
      if (value === undefined || value === 'none') return value && [];
      const slugs = value.split(',');
      for (const slug of slugs.filter((one) => !before.includes(one)))
        this.problems.add(
          line,
          `${key}=${slug}: no step before this one is called so: ${before.join(', ') || 'there is none'}`,
        );
      return slugs;
    };
    draft.check = { text, needs: named('needs') ?? before.slice(-1), undoes: named('undoes') ?? [] };
  }

  #readHint({ rest, text, line }: Fence, draft: StepDraft): void {
    const [, when] = /^when(?:\s+(.*))?$/.exec(rest) ?? [];
    if (!/^when\b/.test(rest)) this.problems.add(line, 'say when the hint is shown: ```hint when PREDICATE');
    else judgePredicate(when ?? '', line, this.options.checkPredicate, this.problems);
    if (text.trim() === '') this.problems.add(line, 'the hint says nothing');
    const body = parseMarkdown(text, line + 1).map((block) => this.#element(block));
    draft.hints.push({ when: when ?? '', body: body.filter((element) => element !== undefined) });
  }

  #readAnswer(fence: Fence, draft: StepDraft): void {
    readAttributes(fence, [], this.problems);
    if (draft.answer) this.problems.add(fence.line, 'a step has one answer: put all commands into it');
    draft.answer = readLines(fence, this.problems);
  }

  #finish({ slug, title, line, body, hints, check, answer }: StepDraft): LessonStep | undefined {
    if (!check)
      this.problems.add(line, `the step "${title}" has no check: add a block \`\`\`check with a predicate`);
    if (!answer)
      this.problems.add(
        line,
        `the step "${title}" has no answer: add a block \`\`\`answer with its commands`,
      );
    if (!check || !answer) return undefined;
    return { slug, title, body, check: check.text, needs: check.needs, undoes: check.undoes, hints, answer };
  }
}

const PARTS = ['sh', 'check', 'hint', 'answer'];

/** `End its setup` is `end-its-setup`. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
