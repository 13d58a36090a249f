// SPDX-License-Identifier: MIT
import { describe, expect, test } from 'vitest';
import { planData, readPlanSources } from '../../../scripts/lib/plan-data.js';
import { plainLines } from './code.js';
import { highlight } from './highlight.js';
import { readPatch, type PatchPage, type ProsePart } from './patch.js';
import { findPlace } from './patch-place.js';
import { formatRoute } from './route.js';

const sources = readPlanSources();
const plan = planData(sources);
const ids = plan.entries.map(({ id }) => id);
const read = (name: string, text = sources.patches.get(name)!): PatchPage =>
  readPatch(text, name, { ids, highlight: plainLines });
const FIRST = '1a-1-add-contexts-as-counted-objects.patch';

/** The links of prose, by their text. */
const links = (all: readonly { parts: readonly ProsePart[] }[]) =>
  new Map(all.flatMap(({ parts }) => parts.flatMap(({ text, to }) => (to ? [[text, formatRoute(to)]] : []))));

describe('the first patch', () => {
  const page = read(FIRST);

  test('has its message: subject, paragraphs with their heads, trailers', () => {
    expect(page.subject).toBe('vserver: add contexts as counted objects');
    expect(page.paragraphs.map(({ lead }) => lead)).toEqual(['Problem', 'Approach', 'Limits']);
    expect(page.paragraphs[0]!.parts[0]!.text).toMatch(
      /^nothing in the kernel names .* a group of processes|^nothing/,
    );
    expect(page.trailers.map(({ name }) => name)).toEqual(['Test', 'Plan-id']);
  });

  test('has its files, and in each the lines with their numbers', () => {
    expect(page.files.map(({ path }) => path)).toContain('include/linux/vserver.h');
    const [file] = page.files;
    expect(file).toMatchObject({ path: 'include/linux/vserver.h', change: 'new', added: 230, removed: 0 });
    expect(file!.hunks[0]).toMatchObject({ line: 1, range: '@@ -0,0 +1,230 @@', within: '' });
    expect(file!.hunks[0]!.lines[1]).toMatchObject({
      kind: 'added',
      before: undefined,
      after: 2,
      text: '#ifndef _LINUX_VSERVER_H',
    });
  });

  test('links from prose to the lines that define what it names, to tests, and to ids', () => {
    const prose = links(page.paragraphs);
    expect(prose.get('struct vx_info')).toBe(
      `#/1a/patches/${FIRST}/include/linux/vserver.h:struct%20vx_info`,
    );
    expect(prose.get('1a')).toBe('#/1a');
    expect(links(page.trailers).get('images/tests/1a-core.t')).toBe('#/1a/test/1a-core.t');
  });
});

test('a path in prose links to the file, a function to its definition, not to its first mention', () => {
  const name = '1b-11-keep-namespaces-in-a-context-for-those.patch';
  const page = read(name);
  const prose = links(page.paragraphs);
  expect(prose.get('fs/namespace.c')).toBe(`#/1b/patches/${name}/fs/namespace.c`);
  expect(prose.get('mix_nsproxy()')).toBe(`#/1b/patches/${name}/kernel/nsproxy.c:mix_nsproxy()`);
});

describe('every patch of the series', () => {
  test.each(plan.entries.flatMap(({ patches }) => patches.map((patch) => [patch.name, patch] as const)))(
    '%s has as many files and lines as its statistics say',
    (name, { subject, files, added, removed }) => {
      const page = read(name);
      const sum = (key: 'added' | 'removed') => page.files.reduce((total, file) => total + file[key], 0);
      expect(page.subject).toBe(`vserver: ${subject}`);
      expect([page.files.length, sum('added'), sum('removed')]).toEqual([files, added, removed]);
      expect(page.paragraphs.length).toBeGreaterThan(1);
      expect(page.trailers.map((trailer) => trailer.name)).toContain('Plan-id');
      // Each hunk has an address of its own, by a name that does not hang on lines.
      for (const { path, hunks } of page.files) {
        expect(path).toMatch(/^[\w./-]+$/);
        for (const hunk of hunks)
          expect(findPlace(page.files, { file: path, name: hunk.name! })!.hunk).toBe(hunk);
      }
      // So has whatever its prose links to.
      const routes = page.paragraphs.flatMap(({ parts }) => parts.flatMap(({ to }) => to ?? []));
      for (const to of routes)
        if (to.view === 'patch') expect(findPlace(page.files, to), formatRoute(to)).toBeDefined();
    },
  );
});

test('a hunk that begins inside a comment is one until it ends; a pointer is none', () => {
  const hunk = (...lines: string[]) =>
    [
      'Subject: [PATCH] x',
      '',
      'diff --git a/a.c b/a.c',
      '--- a/a.c',
      '+++ b/a.c',
      `@@ -9,${lines.length} +9,${lines.length} @@`,
      ...lines.map((line) => ` ${line}`),
      '',
    ].join('\n');
  const kinds = (text: string) =>
    readPatch(text, '2a-x.patch', { ids, highlight }).files[0]!.hunks[0]!.lines.map(
      ({ tokens }) => tokens[0]?.kind,
    );
  expect(kinds(hunk(' * if so', ' * return'))).toEqual(['comment', 'comment']);
  expect(kinds(hunk('if so */', 'return 0;'))).toEqual(['comment', 'keyword']);
  expect(kinds(hunk('*p = 0;', '/* if */', 'return 0;'))).toEqual(['', 'comment', 'keyword']);
});

test('a file that is moved, one that is deleted, and lines that look like heads', () => {
  const page = read(
    '2a-x.patch',
    [
      'From 0 Mon Sep 17 00:00:00 2001',
      'Subject: [PATCH] vserver: move',
      ' it',
      '',
      'Limits: none.',
      '---',
      ' a | 1 +',
      '',
      'diff --git a/old/a.c b/new/a.c',
      'similarity index 90%',
      'rename from old/a.c',
      'rename to new/a.c',
      '--- a/old/a.c',
      '+++ b/new/a.c',
      '@@ -5,3 +5,3 @@ int f(void)',
      ' one',
      '--- two',
      '+++ three',
      ' four',
      'diff --git a/gone.c b/gone.c',
      'deleted file mode 100644',
      'index 1..0',
      '--- a/gone.c',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      '-int x;',
      '-int y;',
      '',
    ].join('\n'),
  );
  expect(page.subject).toBe('vserver: move it');
  expect(page.trailers).toEqual([]);
  const [moved, gone] = page.files;
  expect(moved).toMatchObject({ path: 'new/a.c', was: 'old/a.c', change: 'renamed', added: 1, removed: 1 });
  expect(moved!.hunks[0]).toMatchObject({ within: 'int f(void)', line: 5 });
  expect(moved!.hunks[0]!.lines.map(({ kind, before, after, text }) => [kind, before, after, text])).toEqual([
    ['same', 5, 5, 'one'],
    ['removed', 6, undefined, '-- two'],
    ['added', undefined, 6, '++ three'],
    ['same', 7, 7, 'four'],
  ]);
  expect(gone).toMatchObject({ path: 'gone.c', was: undefined, change: 'deleted', removed: 2 });
  expect(gone!.hunks[0]!.line).toBe(0);
});
