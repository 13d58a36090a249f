// SPDX-License-Identifier: MIT
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { checkPredicate } from './lesson-compiler/check-predicate.js';
import type { CheckPredicate } from './lesson-compiler/fences.js';
import { lessons } from './vite-lessons.js';

async function buildWith(check: CheckPredicate, input = 'virtual:lessons'): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [lessons({ checkPredicate: check })],
    build: { write: false, rolldownOptions: { input, preserveEntrySignatures: 'strict' } },
  });
  const [{ output }] = [result].flat() as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return output.filter((file) => file.type === 'chunk');
}

describe('lessons()', () => {
  it('makes a list of titles, and of each lesson a file that is fetched when it is wanted', async () => {
    const chunks = await buildWith(checkPredicate);
    const [list, ...rest] = chunks;
    expect(list!.exports.sort()).toEqual(['lessons', 'loadLesson']);
    expect(list!.code).toContain('Your first vserver');
    expect(list!.code).not.toContain('vserver web build');
    expect(rest).toHaveLength(list!.dynamicImports.length);
    expect(rest.some(({ code }) => code.includes('vserver web build'))).toBe(true);
  });

  it('fails the build at a wrong lesson, with its file and line, whoever imports it', async () => {
    const refuse = () => {
      throw new Error('no predicate is right');
    };
    await expect(buildWith(refuse, 'virtual:nothing')).rejects.toThrow(
      /lessons\/tour-first-vserver\/index\.md:\d+: predicate: no predicate is right/,
    );
  });
});
