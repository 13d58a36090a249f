// SPDX-License-Identifier: MIT
/** All lessons of a folder, and what holds between them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lesson } from '../src/engine/lesson.js';
import { compileFile, type CompiledLesson, type CompileOptions, TOUR } from './compile.js';
import { LessonError, type Problem } from './problems.js';

export interface LessonSource {
  readonly path: string;
  readonly text: string;
}

/** Every `<folder>/index.md` below `folder`, in the order of their names. Paths are those to be shown, below `shownAs`. */
export async function readSources(folder: string, shownAs = folder): Promise<LessonSource[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => ({
      path: `${shownAs}/${name}/index.md`,
      text: await readFile(join(folder, name, 'index.md'), 'utf8'),
    })),
  );
}

/** The lessons in the order in which they are read: tours first, each behind what it needs. Throws a LessonError with all that is wrong. */
export function compileLessons(sources: readonly LessonSource[], options: CompileOptions): Lesson[] {
  const problems: Problem[] = [];
  const compiled = new Map<string, CompiledLesson & { path: string }>();
  for (const { path, text } of sources) {
    try {
      const one = compileFile(text, path, options);
      compiled.set(one.lesson.name, { ...one, path });
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      problems.push(...error.problems);
    }
  }
  // A lesson that cannot be read would only be missing for others.
  if (problems.length === 0) problems.push(...slugProblems(compiled), ...needProblems(compiled));
  if (problems.length > 0) throw new LessonError(problems);
  return inOrder([...compiled.values()].map(({ lesson }) => lesson));
}

type Compiled = ReadonlyMap<string, CompiledLesson & { path: string }>;

function slugProblems(compiled: Compiled): Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { lesson, path } of compiled.values()) {
    const owner = owners.get(lesson.slug);
    if (owner)
      problems.push({
        path,
        line: 1,
        message: `${owner} has the slug ${lesson.slug} too: rename one of the folders`,
      });
    owners.set(lesson.slug, lesson.name);
  }
  return problems;
}

function needProblems(compiled: Compiled): Problem[] {
  const problems: Problem[] = [];
  for (const { lesson, needsLine: line, path } of compiled.values()) {
    for (const need of lesson.needs) {
      if (!compiled.has(need))
        problems.push({ path, line, message: `needs: there is no lesson ${need}: name the folder of one` });
    }
    const circle = circleFrom(lesson.name, compiled);
    if (circle)
      problems.push({
        path,
        line,
        message: `needs: a circle, ${circle.join(' needs ')}: take one of them out`,
      });
  }
  return problems;
}

/** The way from a lesson over what it needs back to it. */
function circleFrom(name: string, compiled: Compiled): string[] | undefined {
  const seen = new Set<string>();
  const search = (way: string[]): string[] | undefined => {
    for (const need of compiled.get(way.at(-1)!)?.lesson.needs ?? []) {
      if (need === name) return [...way, need];
      if (seen.has(need)) continue;
      seen.add(need);
      const found = search([...way, need]);
      if (found) return found;
    }
    return undefined;
  };
  return search([name]);
}

function inOrder(lessons: readonly Lesson[]): Lesson[] {
  const byName = new Map(lessons.map((lesson) => [lesson.name, lesson]));
  const ordered = new Set<Lesson>();
  const place = (lesson: Lesson): void => {
    for (const need of lesson.needs) place(byName.get(need)!);
    ordered.add(lesson);
  };
  const rank = ({ id, name }: Lesson): string => (id === TOUR ? ` ${name}` : name);
  for (const lesson of [...lessons].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))) place(lesson);
  return [...ordered];
}
