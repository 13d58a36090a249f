// SPDX-License-Identifier: MIT
/** The plan as the page shows it, told from tracked files alone: plan.json, interface.json, the series, tests, manual, and a sentence an id. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkChecker } from '../../web/lesson-compiler/check-link.ts';
import { Problems } from '../../web/lesson-compiler/problems.ts';
import { parseMarkdown, toElement } from '../../web/lesson-compiler/prose.ts';
import type { LessonNode } from '../../web/src/engine/lesson.ts';
import { messageOf } from '../../web/src/engine/message-of.ts';
import type { Plan, PlanCommand, PlanEntry, PlanPatch, PlanTest } from '../../web/src/engine/plan.ts';
import { seriesNames, type PlanRow } from './ids.ts';
import type { Interface, Share } from './interface.ts';
import { readJson, ROOT, sha256 } from './project.ts';

/** web/src/guide/plan-texts.json. */
export interface PlanTexts {
  categories: Record<string, { title: string; text: string }>;
  /** By id: one sentence, with links to what its patches do, `[words](#/1a/patches/...)`, and the pages of the manual that tell how to use it. */
  features: Record<string, { text: string; commands?: string[] }>;
}

export interface PlanSources {
  plan: PlanRow[];
  interface: Interface;
  texts: PlanTexts;
  series: string;
  /** Text by name of the file, below their folder: patches, tests, pages of the manual. */
  patches: Map<string, string>;
  tests: Map<string, string>;
  manual: Map<string, string>;
}

const TEXTS = 'web/src/guide/plan-texts.json';
const PATCHES = 'kernel-build/patches';
const TESTS = 'images/tests';
const MANUAL = 'images/man';

/** Everything that the plan is made of, for those who watch it: paths below the project's root. */
export const PLAN_FILES = ['plan.json', 'interface.json', TEXTS, `${PATCHES}/series`];

/** Where the page's patch or test of this name is. */
export const patchPath = (name: string): string => join(ROOT, PATCHES, name);
export const testPath = (name: string): string => join(ROOT, TESTS, name);

/** What the tests did on which machine, as scripts/record-matrix.ts writes it. */
export const RECORDED_FILE = join(ROOT, 'docs/feature-matrix.json');

export function readPlanSources(): PlanSources {
  return {
    plan: readJson(join(ROOT, 'plan.json')),
    interface: readJson(join(ROOT, 'interface.json')),
    texts: readJson(join(ROOT, TEXTS)),
    series: readFileSync(patchPath('series'), 'utf8'),
    patches: readFolder(PATCHES, /\.patch$/),
    tests: readFolder(TESTS, /^(debug\/)?\d[a-z]-[^/]*\.t$/),
    manual: readFolder(MANUAL, /\.\d$/),
  };
}

function readFolder(folder: string, wanted: RegExp): Map<string, string> {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => wanted.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(ROOT, folder, name), 'utf8')]),
  );
}

/** Throws when an id or a category has no text, or a text names a page of the manual or a place in a patch that is not there. */
export function planData(sources: PlanSources): Plan {
  const digits = [...new Set(sources.plan.map(({ id }) => id.charAt(0)))];
  const plan: Plan = {
    categories: digits.map((digit) => ({
      digit,
      ...want(sources.texts.categories[digit], `category ${digit}`),
    })),
    entries: sources.plan.map((row) => planEntry(row, sources)),
  };
  checkLinks(plan, sources);
  return plan;
}

/** A sentence in the Markdown of lessons. */
function readProse(text: string, id: string): readonly LessonNode[] {
  const problems = new Problems(TEXTS);
  // Links are judged once all entries are known.
  const reading = { checkLink: () => undefined, problems };
  const [sentence, ...more] = parseMarkdown(text, 1).map((block) => toElement(block, reading));
  const [problem] = problems.found;
  if (problem || sentence?.tag !== 'p' || more.length > 0)
    throw new Error(`${TEXTS}: ${id}: ${problem?.message ?? 'it is no sentence'}`);
  return sentence.children;
}

function plainText(nodes: readonly LessonNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : plainText(node.children))).join('');
}

function* linksIn(nodes: readonly LessonNode[]): Generator<string> {
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    if (node.tag === 'a') yield node.href ?? '';
    yield* linksIn(node.children);
  }
}

/** They are judged as those of lessons are. */
function checkLinks(plan: Plan, { patches }: PlanSources): void {
  const check = linkChecker({ plan, patches, lessons: [] });
  for (const { id, prose } of plan.entries)
    for (const address of linksIn(prose))
      try {
        if (!address.startsWith('#')) throw new Error(`no link to a page of the guide: ${address}`);
        check(address);
      } catch (error) {
        throw new Error(`${TEXTS}: ${id}: ${messageOf(error)}`, { cause: error });
      }
}

function planEntry(row: PlanRow, sources: PlanSources): PlanEntry {
  const { text, commands = [] } = want(sources.texts.features[row.id], row.id);
  const prose = readProse(text, row.id);
  const own = (name: string) => name.replace(/^debug\//, '').startsWith(`${row.id}-`);
  return {
    id: row.id,
    title: row.title,
    text: plainText(prose),
    prose,
    status: row.status === 'planned' ? 'planned' : 'done',
    needs: row.needs,
    patches: seriesNames(sources.series)
      .filter(own)
      .map((name) => patchEntry(name, sources.patches.get(name) ?? '')),
    tests: [...sources.tests].filter(([name]) => own(name)).map(([name, test]) => testEntry(name, test)),
    ...shareOf(row, sources.interface),
    commands: commands.map((name) => commandEntry(name, sources.manual)),
  };
}

function want<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${TEXTS}: ${what} is missing`);
  return value;
}

function patchEntry(name: string, patch: string): PlanPatch {
  const [, subject = ''] = /^Subject: \[PATCH\] (?:vserver: )?(.*(?:\n .*)*)$/m.exec(patch) ?? [];
  const [, stat = ''] = /^ (\d+ files? changed.*)$/m.exec(patch) ?? [];
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(stat)?.[1] ?? 0);
  return {
    name,
    subject: subject.replace(/\n /g, ' '),
    files: count('files?'),
    added: count('insertions?'),
    removed: count('deletions?'),
  };
}

/** Names the series: the patches in their order, with all that they say. */
export function seriesHash({ series, patches }: Pick<PlanSources, 'series' | 'patches'>): string {
  return sha256(
    seriesNames(series)
      .map((name) => `${name} ${sha256(patches.get(name) ?? '')}\n`)
      .join(''),
  );
}

/** What a test says of itself: its first comment behind the licence, up to an empty line, without the id. */
function testEntry(name: string, test: string): PlanTest {
  const lines = test.split('\n').slice(2);
  while (lines[0]?.trim() === '#') lines.shift();
  const end = lines.findIndex((line) => !line.startsWith('# '));
  const comment = lines.slice(0, end).map((line) => line.slice(2).trim());
  return { name, says: comment.join(' ').replace(/^\d[a-z]: /, '') };
}

function shareOf(row: PlanRow, all: Interface): Pick<PlanEntry, 'words' | 'proc'> {
  const { words = [], proc = {} }: Share = row;
  const { words: wordsToCome = [], proc: procToCome = {} }: Share = row.toCome ?? {};
  return {
    words: words.map((name) => ({
      name,
      word: all.words[name] ?? '',
      toCome: wordsToCome.includes(name),
    })),
    proc: Object.entries(proc).map(([path, labels]) => ({ path, labels, toCome: procToCome[path] ?? [] })),
  };
}

function commandEntry(name: string, manual: ReadonlyMap<string, string>): PlanCommand {
  const [file, text] = [...manual].find(([page]) => page.startsWith(`${name}.`)) ?? [];
  const [, says] = /^\.Nd (.*)$/m.exec(text ?? '') ?? [];
  if (file === undefined || says === undefined) throw new Error(`${MANUAL} has no page ${name} with a .Nd`);
  return { name, section: file.slice(name.length + 1), says };
}
