// SPDX-License-Identifier: MIT
/** Made by web/vite-lessons.ts of web/src/lessons. */
declare module 'virtual:lessons' {
  /** In the order in which they are read. */
  export const lessons: readonly import('./engine/lesson.js').LessonEntry[];
  /** Fetches one by its name; rejects when there is none, or it cannot be fetched. */
  export function loadLesson(name: string): Promise<import('./engine/lesson.js').Lesson>;
}
