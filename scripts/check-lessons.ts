// SPDX-License-Identifier: MIT
/**
 * Compiles the lessons of web/src/lessons and says what is wrong with them, as the build does, a `file:line: message` each.
 * Usage: tsx scripts/check-lessons.ts          ends with "N passed, N failed", counting lessons
 */
import { compileLessons } from '../web/lesson-compiler/lessons.ts';
import { readOwnLessons } from '../web/lesson-compiler/own-lessons.ts';
import { LessonError } from '../web/lesson-compiler/problems.ts';
import { runScript } from './lib/project.ts';

runScript('check-lessons', async () => {
  const { sources, options } = await readOwnLessons();
  const bad = new Set<string>();
  try {
    compileLessons(sources, options);
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    console.log(error.message);
    for (const { path } of error.problems) bad.add(path);
  }
  console.log(`${sources.length - bad.size} passed, ${bad.size} failed`);
  if (bad.size > 0) process.exitCode = 1;
});
