// SPDX-License-Identifier: MIT
/** The lessons of this repository and what they are judged by, for the build, the check, the proof and the tests alike. */
import { basename, dirname, join } from 'node:path';
import { patchPath, PLAN_FILES, planData, readPlanSources } from '../../scripts/lib/plan-data.js';
import { ROOT } from '../../scripts/lib/project.js';
import { linkChecker } from './check-link.js';
import { checkPredicate } from './check-predicate.js';
import type { CompileOptions } from './compile.js';
import { readSources, type LessonSource } from './lessons.js';

const FOLDER = 'web/src/lessons';

export interface OwnLessons {
  /** Paths are below the project's root. */
  readonly sources: readonly LessonSource[];
  readonly options: CompileOptions;
  /** Every file that decides whether they are right. */
  readonly files: readonly string[];
}

export async function readOwnLessons(): Promise<OwnLessons> {
  const sources = await readSources(join(ROOT, FOLDER), FOLDER);
  const all = readPlanSources();
  const checkLink = linkChecker({
    plan: planData(all),
    patches: all.patches,
    lessons: sources.map(({ path }) => basename(dirname(path))),
  });
  const named = [...sources.map(({ path }) => path), ...PLAN_FILES].map((path) => join(ROOT, path));
  return {
    sources,
    options: { checkPredicate, checkLink, plan: all.plan },
    files: [...named, ...[...all.patches.keys()].map(patchPath)],
  };
}
