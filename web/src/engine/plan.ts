// SPDX-License-Identifier: MIT
/** The plan as the page has it: a row for each id, with what belongs to it (made by scripts/lib/plan-data.ts), and its search. */
import type { LessonNode } from './lesson.js';

export interface PlanPatch {
  /** Of its file. */
  readonly name: string;
  readonly subject: string;
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

export interface PlanTest {
  /** Below images/tests. */
  readonly name: string;
  /** What its first comment says of it. */
  readonly says: string;
}

export interface PlanWord {
  readonly name: string;
  /** Eight hex digits behind 0x. */
  readonly word: string;
  /** The kernel lacks it although the rest of its id is there. */
  readonly toCome: boolean;
}

/** A file of /proc and the labels of the lines that the id brings to it; none for a file without labels. */
export interface PlanProcFile {
  /** Below /proc; `*` is a context's id, PID a task's. */
  readonly path: string;
  readonly labels: readonly string[];
  /** Those of them that the kernel lacks although the rest of its id is there. */
  readonly toCome: readonly string[];
}

export interface PlanCommand {
  readonly name: string;
  /** Of the manual. */
  readonly section: string;
  readonly says: string;
}

export interface PlanEntry {
  readonly id: string;
  readonly title: string;
  /** One sentence: what it does, or will do. */
  readonly text: string;
  /** The same, with links to where its patches do that. */
  readonly prose: readonly LessonNode[];
  /** `done`: its patches are in the kernel, with tests. */
  readonly status: 'done' | 'planned';
  readonly needs: readonly string[];
  readonly patches: readonly PlanPatch[];
  readonly tests: readonly PlanTest[];
  readonly words: readonly PlanWord[];
  readonly proc: readonly PlanProcFile[];
  readonly commands: readonly PlanCommand[];
}

/** A category is the digit that its ids begin with. */
export interface PlanCategory {
  readonly digit: string;
  readonly title: string;
  readonly text: string;
}

export interface Plan {
  readonly categories: readonly PlanCategory[];
  readonly entries: readonly PlanEntry[];
}

/** A lesson as the guide lists it: `slug` is its address. */
export interface LessonLink {
  readonly slug: string;
  readonly id: string;
  readonly title: string;
}

export interface Found {
  readonly entry: PlanEntry;
  /** What was found that the list does not show anyway: names of words, files, commands, patches. */
  readonly because: readonly string[];
}

export interface FoundCategory extends PlanCategory {
  readonly found: readonly Found[];
}

const STATUS_NAMES = { done: 'Done', planned: 'Planned' } as const;
const MOST_REASONS = 4;

export function statusName({ status }: Pick<PlanEntry, 'status'>): string {
  return STATUS_NAMES[status];
}

/**
 * The entries that have every word of `query`, by category in the plan's order; categories without any are left out. Upper and
 * lower case are one. An id alone finds that id, not what mentions it.
 */
export function searchPlan(plan: Plan, query: string): FoundCategory[] {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const exact = plan.entries.find(({ id }) => terms.length === 1 && id === terms[0]);
  const found = exact
    ? [{ entry: exact, because: [] }]
    : plan.entries.flatMap((entry) => find(entry, terms) ?? []);
  return plan.categories
    .map((category) => ({ ...category, found: found.filter(({ entry }) => entry.id[0] === category.digit) }))
    .filter(({ found: inIt }) => inIt.length > 0);
}

function find(entry: PlanEntry, terms: readonly string[]): Found | undefined {
  const shown = `${entry.id} ${entry.title} ${entry.text} ${statusName(entry)}`.toLowerCase();
  const hidden = namesOf(entry);
  const reasons = new Set<string>();
  for (const term of terms) {
    if (shown.includes(term)) continue;
    const names = hidden.filter((name) => name.toLowerCase().includes(term));
    if (names.length === 0) return undefined;
    for (const name of names) reasons.add(name);
  }
  return { entry, because: shorten([...reasons]) };
}

function namesOf({ words, proc, commands, patches }: PlanEntry): string[] {
  return [
    ...commands.map(({ name }) => name),
    ...proc.flatMap(({ path, labels }) => [`/proc/${path}`, ...labels]),
    ...words.map(({ name }) => name),
    ...patches.map(({ subject }) => subject),
  ];
}

function shorten(names: readonly string[]): string[] {
  if (names.length <= MOST_REASONS) return [...names];
  const shown = names.slice(0, MOST_REASONS - 1);
  return [...shown, `${names.length - shown.length} more`];
}

/** What the search has to say: "3 of 39 features". */
export function countFound(plan: Plan, found: readonly FoundCategory[]): string {
  const count = found.reduce((sum, category) => sum + category.found.length, 0);
  const all = plan.entries.length;
  if (count === all) {
    const done = plan.entries.filter(({ status }) => status === 'done').length;
    return `${all} features: ${done} done, ${all - done} planned`;
  }
  return count === 0 ? 'No feature has all of these words' : `${count} of ${all} features`;
}

/** The entry, with those beside it in the plan's order. */
export function entryOf(
  plan: Plan,
  id: string,
): { entry: PlanEntry; before: PlanEntry | undefined; after: PlanEntry | undefined } | undefined {
  const index = plan.entries.findIndex((entry) => entry.id === id);
  const entry = plan.entries[index];
  return entry && { entry, before: plan.entries[index - 1], after: plan.entries[index + 1] };
}
