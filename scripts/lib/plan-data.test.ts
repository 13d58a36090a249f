// SPDX-License-Identifier: MIT
import { describe, expect, test } from 'vitest';
import type { LessonNode } from '../../web/src/engine/lesson.ts';
import { planData, readPlanSources, type PlanSources } from './plan-data.ts';

const sources = readPlanSources();
const plan = planData(sources);
const entry = (id: string) => plan.entries.find((one) => one.id === id)!;

describe('the plan of this repository', () => {
  test('has every id of plan.json, and its text is of an id', () => {
    expect(plan.entries.map(({ id }) => id)).toEqual(sources.plan.map(({ id }) => id));
    expect(Object.keys(sources.texts.features).sort()).toEqual(sources.plan.map(({ id }) => id).sort());
  });

  test.each(plan.entries.map((one) => [one.id, one.text]))('%s is told in one sentence', (_, text) => {
    expect(text).toMatch(/^[A-Z/].{20,230}[^.]\.$/);
    expect(text).not.toMatch(/[.!?] [A-Z]/);
  });

  test.each(plan.entries.filter(({ status }) => status === 'done').map((one) => [one.id, one]))(
    '%s is done: it has tests, and patches',
    (id, { patches, tests }) => {
      expect(tests).not.toEqual([]);
      // 0b is upstream's own.
      if (id !== '0b') expect(patches).not.toEqual([]);
    },
  );

  test('a planned id has no patch', () => {
    expect(plan.entries.filter(({ status, patches }) => status === 'planned' && patches.length)).toEqual([]);
  });

  test('every patch and every test is of one id', () => {
    expect(plan.entries.flatMap(({ patches }) => patches.map(({ name }) => name)).sort()).toEqual(
      [...sources.patches.keys()].sort(),
    );
    expect(plan.entries.flatMap(({ tests }) => tests.map(({ name }) => name)).sort()).toEqual(
      [...sources.tests.keys()].sort(),
    );
  });

  test('every patch has its subject and counts; every test and page says what it is', () => {
    for (const { patches, tests, commands } of plan.entries) {
      for (const patch of patches) {
        expect(patch.subject, patch.name).toMatch(/^[a-z].*[^.]$/);
        expect(patch.files * (patch.added + patch.removed), patch.name).toBeGreaterThan(0);
      }
      for (const one of tests) expect(one.says, one.name).toMatch(/^\S.*\.$/);
      for (const { name, says } of commands) expect(says, name).not.toBe('');
    }
  });

  test('every page of the manual but that of man is of one id', () => {
    const named = plan.entries.flatMap(({ commands }) =>
      commands.map(({ name, section }) => `${name}.${section}`),
    );
    expect(named.sort()).toEqual([...sources.manual.keys()].filter((name) => name !== 'man.1').sort());
  });

  test('every word and every file is of one id', () => {
    const words = plan.entries.flatMap(({ words: own }) => own);
    expect(words.map(({ name }) => name).sort()).toEqual(Object.keys(sources.interface.words).sort());
    expect(words.filter(({ word }) => !/^0x[0-9A-F]{8}$/.test(word))).toEqual([]);
  });

  test('1a is told by its files', () => {
    expect(entry('1a').patches[0]).toEqual({
      name: '1a-1-add-contexts-as-counted-objects.patch',
      subject: 'add contexts as counted objects',
      files: 9,
      added: 521,
      removed: 0,
    });
    expect(entry('1a').tests[0]).toMatchObject({ name: '1a-core.t' });
    expect(entry('1a').tests[0]!.says).toMatch(/^contexts as such: who is in one, /);
  });
});

test('a patch of a single line, and a subject of two', () => {
  const name = '2h-printk.patch';
  const patch =
    'Subject: [PATCH] vserver: keep the log\n of the host\n\n---\n 1 file changed, 1 deletion(-)\n';
  const changed: PlanSources = {
    ...sources,
    series: `${sources.series}${name} # one\n`,
    patches: new Map([...sources.patches, [name, patch]]),
  };
  expect(planData(changed).entries.find(({ id }) => id === '2h')!.patches).toEqual([
    { name, subject: 'keep the log of the host', files: 1, added: 0, removed: 1 },
  ]);
});

test('what the kernel lacks of an id that it has is told', () => {
  const row = { ...sources.plan.find(({ id }) => id === '1c')! };
  row.words = ['get_vci'];
  row.toCome = { words: ['get_vci'], proc: { 'virtual/info': ['VCIKernel'] } };
  const { words, proc } = planData({ ...sources, plan: [row] }).entries[0]!;
  expect(words).toEqual([{ name: 'get_vci', word: '0x00010000', toCome: true }]);
  expect(proc[0]).toMatchObject({ path: 'virtual/info', toCome: ['VCIKernel'] });
});

const words = (node: LessonNode): string =>
  typeof node === 'string' ? node : node.children.map(words).join('');

test('what a text says that a patch does leads there, and is found by its words as before', () => {
  const { text, prose } = entry('1e');
  expect(text).toBe(
    'The kernel remembers the last events of every context in a ring for each CPU, and tells them on demand and when it crashes.',
  );
  expect(prose[1]).toEqual({
    tag: 'a',
    href: `#/1e/patches/1e-1-remember-what-happened-to-contexts-last.patch/kernel/vserver/history.c:${encodeURIComponent('__record_vs_event()')}`,
    children: ['remembers the last events'],
  });
  for (const { id, text: plain, prose: nodes, patches } of plan.entries) {
    const linked = nodes.flatMap((node) => (typeof node === 'string' ? [] : [node]));
    expect(nodes.map(words).join('')).toBe(plain);
    expect(linked.length > 0, id).toBe(patches.length > 0);
    for (const { href } of linked) expect(href).toMatch(new RegExp(`^#/${id}/patches/.*:`));
  }
});

test.each([
  [
    '[a](#/1a/patches/1a-9-gone.patch)',
    /plan-texts\.json: 5e: #\/1a\/patches.*1a has no patch 1a-9-gone\.patch/,
  ],
  [
    '[a](#/1e/patches/1e-2-read-the-history-of-contexts.patch/kernel/vserver/history.c:nobody())',
    /no hunk with nobody\(\)/,
  ],
  ['[a](#/9z)', /the plan has no 9z/],
  ['[a](https://elsewhere.example/)', /5e: no link to a page of the guide/],
])('a text with the link %s is refused', (text, why) => {
  const features = { ...sources.texts.features, '5e': { text } };
  expect(() => planData({ ...sources, texts: { ...sources.texts, features } })).toThrow(why);
});

test('a text that is missing, and a page that is, are named', () => {
  const features = { ...sources.texts.features };
  delete features['5e'];
  expect(() => planData({ ...sources, texts: { ...sources.texts, features } })).toThrow(/5e is missing/);
  const named = { ...sources.texts.features, '5e': { text: 'x', commands: ['vunify'] } };
  expect(() => planData({ ...sources, texts: { ...sources.texts, features: named } })).toThrow(
    /no page vunify/,
  );
});
