// SPDX-License-Identifier: MIT
/**
 * The rules that tie plan.json to the files of the tree, as a function from what is there to what is wrong. Those for command
 * words and lines of /proc are in interface.ts.
 * Statuses, and what each asks for:
 *   planned   nothing in the series (a test may already be there, red)
 *   kernel    its patches in the series, and images/tests/<id>-<slug>.t
 *   done      that, web/src/lessons/<id>-<slug>/index.md and e2e/tests/<id>-<slug>.spec.ts
 */
import { checkInterface, type GuestSources, type Interface, type Share } from './interface.ts';
import { seriesFiles } from './series.ts';

/** A row of plan.json; `words` and `proc` are what the id owns. */
export interface PlanRow extends Share {
  id: string;
  slug: string;
  title: string;
  needs: string[];
  status: string;
  /** Checks that the reference lists under an earlier id, and that need this one. */
  checks?: string[];
  /** Of `words` and `proc`, what the kernel lacks although the status says that it has it. */
  toCome?: Share;
}

/** What is in the tree; paths are relative to its root. */
export interface Tree {
  plan: PlanRow[];
  interface: Interface;
  guest: GuestSources;
  series: string;
  /** Text of kernel-build/patches/*.patch, by file name. */
  patches: Map<string, string>;
  /** Every file of the project. */
  files: Set<string>;
  /** Ids named by TODO(id) comments, with the file that has them. */
  todos: { file: string; id: string }[];
}

/** A check with the problems that it found; none is a pass. */
export interface Finding {
  check: string;
  problems: string[];
}

const STATUSES = ['planned', 'kernel', 'done'];
/** Upstream has all of it: shown and tested, no patch of ours. */
const WITHOUT_PATCH = new Set(['0b']);
/** Files that carry an id in their names. */
const ID_FILE =
  /^(?:images\/tests\/(?:debug\/)?|e2e\/tests\/|web\/src\/lessons\/)(\d[a-z])-([a-z0-9-]+)(?:\.t|\.spec\.ts|\/.*)$/;

export function checkIds(tree: Tree): Finding[] {
  return [
    { check: 'plan.json', problems: planProblems(tree.plan) },
    ...tree.plan.map((row) => ({
      check: `${row.id} ${row.slug} (${row.status})`,
      problems: rowProblems(row, tree),
    })),
    { check: 'series', problems: seriesProblems(tree) },
    { check: 'names', problems: nameProblems(tree) },
    ...interfaceFindings(tree),
  ];
}

/** What is said of the kernel is said of the files that the series leaves in it. */
function interfaceFindings({ plan, interface: all, guest, series, patches }: Tree): Finding[] {
  try {
    const kernel = seriesFiles(seriesNames(series).map((name) => patches.get(name) ?? ''));
    return checkInterface(plan, all, kernel, guest);
  } catch (error) {
    return [{ check: 'patches', problems: [error instanceof Error ? error.message : String(error)] }];
  }
}

function planProblems(plan: PlanRow[]): string[] {
  const problems: string[] = [];
  const before = new Set<string>();
  for (const row of plan) {
    if (!/^\d[a-z]$/.test(row.id)) problems.push(`"${row.id}" is no id`);
    if (!/^[a-z0-9-]+$/.test(row.slug)) problems.push(`${row.id}: "${row.slug}" is no slug`);
    if (!STATUSES.includes(row.status))
      problems.push(`${row.id}: status "${row.status}" is none of ${STATUSES.join(', ')}`);
    if (before.has(row.id)) problems.push(`${row.id} is there twice`);
    for (const need of row.needs)
      if (!before.has(need)) problems.push(`${row.id} needs ${need}, which is not above it`);
    before.add(row.id);
  }
  return problems;
}

function rowProblems(row: PlanRow, tree: Tree): string[] {
  const problems: string[] = [];
  const want = (path: string) => tree.files.has(path) || problems.push(`${path} is missing`);
  const patches = seriesNames(tree.series).filter((name) => name.startsWith(`${row.id}-`));
  if (row.status === 'planned') {
    if (patches.length) problems.push(`${patches.join(', ')} in the series, but its status is planned`);
    return problems;
  }
  if (!patches.length && !WITHOUT_PATCH.has(row.id)) problems.push('no patch in the series');
  want(`images/tests/${row.id}-${row.slug}.t`);
  for (const need of row.needs) {
    if (tree.plan.find(({ id }) => id === need)?.status === 'planned')
      problems.push(`needs ${need}, which is planned`);
  }
  if (row.status === 'done') {
    want(`web/src/lessons/${row.id}-${row.slug}/index.md`);
    want(`e2e/tests/${row.id}-${row.slug}.spec.ts`);
  }
  return problems;
}

export function seriesNames(series: string): string[] {
  const lines = series.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.filter((line) => line !== '');
}

/** The series and the patch files hold the same names; an id's patches count from 1; what a patch depends on comes before it. */
function seriesProblems({ series, patches, plan }: Tree): string[] {
  const problems: string[] = [];
  const names = seriesNames(series);
  const seen = new Set<string>();
  for (const name of names) {
    const text = patches.get(name);
    const id = name.slice(0, 2);
    if (text === undefined) problems.push(`series names ${name}, which does not exist`);
    else if (trailer(text, 'Plan-id') !== id)
      problems.push(`${name}: Plan-id is ${trailer(text, 'Plan-id') || 'missing'}`);
    for (const need of trailer(text ?? '', 'Depends-on')
      .split(/,\s*/)
      .filter(Boolean)) {
      if (!seen.has(need) && need !== id) problems.push(`${name} depends on ${need}, which is not above it`);
    }
    seen.add(id);
  }
  for (const name of patches.keys()) if (!names.includes(name)) problems.push(`${name} is not in the series`);
  for (const { id, slug } of plan) problems.push(...numberProblems(id, slug, names));
  return problems;
}

function numberProblems(id: string, slug: string, names: string[]): string[] {
  const own = names.filter((name) => name.startsWith(`${id}-`));
  if (own.length === 1)
    return own[0] === `${id}-${slug}.patch` ? [] : [`${own[0]} should be ${id}-${slug}.patch`];
  return own.flatMap((name, index) =>
    name.startsWith(`${id}-${index + 1}-`) ? [] : [`${name} should begin with ${id}-${index + 1}-`],
  );
}

function trailer(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
}

function nameProblems({ plan, patches, files, todos }: Tree): string[] {
  const problems: string[] = [];
  const slugs = new Map(plan.map((row) => [row.id, row.slug]));
  for (const file of files) {
    const [, id, slug] = ID_FILE.exec(file) ?? [];
    if (!id) continue;
    if (!slugs.has(id)) problems.push(`${file}: ${id} is not in plan.json`);
    // A test of several files has the others behind the slug: 1b-syscall-capabilities.t.
    else if (slugs.get(id) !== slug && !slug!.startsWith(`${slugs.get(id)}-`))
      problems.push(`${file}: the slug of ${id} is ${slugs.get(id) ?? ''}`);
  }
  for (const name of patches.keys()) {
    if (!slugs.has(name.slice(0, 2)) || name[2] !== '-')
      problems.push(`${name} begins with no id of plan.json`);
  }
  for (const { file, id } of todos)
    if (!slugs.has(id)) problems.push(`${file}: TODO(${id}) names no id of plan.json`);
  return problems;
}
