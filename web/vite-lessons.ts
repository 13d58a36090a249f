// SPDX-License-Identifier: MIT
/**
 * `virtual:lessons` lists the lessons of src/lessons and loads one when it is asked for (src/lesson-modules.d.ts has the types).
 * A build ends at a lesson that is wrong, whoever imports it.
 */
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { ROOT } from '../scripts/lib/project.js';
import type { CompileOptions } from './lesson-compiler/compile.js';
import { compileLessons } from './lesson-compiler/lessons.js';
import { readOwnLessons } from './lesson-compiler/own-lessons.js';
import { LessonError } from './lesson-compiler/problems.js';
import type { Lesson, LessonEntry } from './src/engine/lesson.js';

const LIST = 'virtual:lessons';

export function lessons({ checkPredicate }: Pick<CompileOptions, 'checkPredicate'>): Plugin {
  return {
    name: 'lessons',
    async buildStart() {
      // In dev a wrong lesson is a sentence over the page, and no server that does not start.
      if (!this.meta.watchMode) await compileAll(this, checkPredicate);
    },
    resolveId(id) {
      return id === LIST || id.startsWith(`${LIST}/`) ? `\0${id}` : null;
    },
    async load(id) {
      if (id !== `\0${LIST}` && !id.startsWith(`\0${LIST}/`)) return null;
      const all = await compileAll(this, checkPredicate);
      if (id === `\0${LIST}`) return listModule(all);
      const lesson = all.find(({ name }) => id === `\0${LIST}/${name}`);
      return lesson ? `export default ${JSON.stringify(lesson)};` : null;
    },
  };
}

async function compileAll(
  context: Rolldown.PluginContext,
  checkPredicate: CompileOptions['checkPredicate'],
): Promise<Lesson[]> {
  const { sources, options, files } = await readOwnLessons();
  for (const file of files) context.addWatchFile(file);
  try {
    return compileLessons(sources, { ...options, checkPredicate });
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    const [first] = error.problems;
    return context.error({
      message: error.message,
      loc: { file: join(ROOT, first!.path), line: first!.line, column: 0 },
    });
  }
}

/** Titles, and for each lesson a way to the rest of it. */
function listModule(all: readonly Lesson[]): string {
  const entries = all.map(({ name, id, slug, title, summary, minutes, needs, stepCount }): LessonEntry => ({
    ...{ name, id, slug, title, summary, minutes, needs, stepCount },
  }));
  const loaders = all.map(
    ({ name }) => `  ${JSON.stringify(name)}: () => import(${JSON.stringify(`${LIST}/${name}`)}),`,
  );
  return [
    `export const lessons = ${JSON.stringify(entries)};`,
    `const loaders = {\n${loaders.join('\n')}\n};`,
    'export async function loadLesson(name) {',
    '  if (!Object.hasOwn(loaders, name)) throw new Error(`there is no lesson ${name}`);',
    '  return (await loaders[name]()).default;',
    '}',
  ].join('\n');
}
