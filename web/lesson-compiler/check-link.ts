// SPDX-License-Identifier: MIT
/** Judges links of lessons and of the plan's texts to pages of the guide: what is named has to be there, and to last. */
import { plainLines } from '../src/engine/code.js';
import { findPlace } from '../src/engine/patch-place.js';
import { readPatch, type PatchPage } from '../src/engine/patch.js';
import type { Plan, PlanEntry } from '../src/engine/plan.js';
import { parseRoute, type PatchRoute, type Route } from '../src/engine/route.js';

/** Throws what is wrong with an address of the guide's, `#/...`. */
export type CheckLink = (address: string) => void;

/** What the guide has pages of. */
export interface GuidePages {
  readonly plan: Plan;
  /** Text by name of the file. */
  readonly patches: ReadonlyMap<string, string>;
  /** Names of their folders. */
  readonly lessons: readonly string[];
}

export function linkChecker(pages: GuidePages): CheckLink {
  const read = patchReader(pages.patches);
  return (address) => {
    const wrong = judge(parseRoute(address), pages, read);
    if (wrong !== undefined) throw new Error(`${address}: ${wrong}`);
  };
}

type ReadPage = (name: string) => PatchPage;

function patchReader(patches: ReadonlyMap<string, string>): ReadPage {
  const pages = new Map<string, PatchPage>();
  return (name) => {
    const page =
      pages.get(name) ?? readPatch(patches.get(name) ?? '', name, { ids: [], highlight: plainLines });
    pages.set(name, page);
    return page;
  };
}

/** What is wrong with the page of a route; undefined: nothing. */
function judge(route: Route, { plan, lessons }: GuidePages, read: ReadPage): string | undefined {
  if (route.view === 'unknown') return 'the guide has no such page: open the page and copy its address';
  if (route.view === 'lesson')
    return lessons.includes(route.slug) ? undefined : `there is no lesson ${route.slug}: name its folder`;
  if (!('id' in route)) return undefined;
  const entry = plan.entries.find(({ id }) => id === route.id);
  if (!entry) return `the plan has no ${route.id}`;
  if ('line' in route) return 'lines move: name what stands there (each hunk of a patch has its own address)';
  if (route.view === 'test') return judgeName('test', route.test, entry.tests, entry);
  if (route.view === 'patch')
    return judgeName('patch', route.patch, entry.patches, entry) ?? judgePlace(route, read(route.patch));
  return undefined;
}

function judgeName(
  what: string,
  name: string,
  all: readonly { name: string }[],
  { id }: PlanEntry,
): string | undefined {
  if (all.some((one) => one.name === name)) return undefined;
  return `${id} has no ${what} ${name}: it has ${all.map((one) => one.name).join(', ') || 'none'}`;
}

function judgePlace(route: PatchRoute, { files }: PatchPage): string | undefined {
  if (route.file === undefined || findPlace(files, route)) return undefined;
  if (!files.some(({ path }) => path === route.file))
    return `the patch leaves ${route.file} alone: it changes ${files.map(({ path }) => path).join(', ')}`;
  return `the patch has no hunk with ${route.name ?? ''} in ${route.file}: name what it adds or removes there, or the function around it`;
}
