// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bitMeaning, namedBits } from './bit-meanings.js';
import { namesOfBits, type BitKind } from './bit-names.js';

const KINDS: readonly BitKind[] = ['cflags', 'ccaps', 'bcaps', 'nflags', 'ncaps', 'spaces'];
const MANUAL = readFileSync(new URL('../../../images/man/vserver-lists.7', import.meta.url), 'utf8');

/** The ids in brackets that the manual has behind the names of a section. */
function idsInManual(section: string): Map<string, string[]> {
  const [, body = ''] = new RegExp(`^\\.Sh ${section}\\n([^]*?)^\\.Sh `, 'm').exec(MANUAL) ?? [];
  const rows = [...body.matchAll(/^\.It \d+ Ta (\w+) Ta (?:.*?Bq )?(.*)$/gm)];
  return new Map(rows.map(([, name = '', ids = '']) => [name, ids.match(/\b\d[a-z]\b/g) ?? []]));
}

test.each(KINDS)('%s: every bit that has a name has a sentence', (kind) => {
  const names = namesOfBits(kind, (1n << 64n) - 1n).filter((name) => !name.startsWith('^'));
  expect(names.length).toBeGreaterThan(2);
  for (const name of names)
    expect([name, bitMeaning(kind, name)?.says]).toEqual([name, expect.stringMatching(/^\S.*\.$/)]);
});

test.each([
  ['cflags', 'CONTEXT FLAGS'],
  ['nflags', 'NETWORK CONTEXT FLAGS'],
] as const)('%s: the ids that make a bit act are those of the manual', (kind, section) => {
  const manual = idsInManual(section);
  expect(manual.size).toBeGreaterThan(10);
  for (const [name, ids] of manual) expect([name, bitMeaning(kind, name)?.by]).toEqual([name, ids]);
});

test('a bit without a name has none of it', () => {
  expect(namedBits('cflags', (1n << 63n) | 1n)).toEqual([
    { name: 'lock', says: expect.stringContaining('setup') as string, by: [] },
    { name: '^63' },
  ]);
  expect(bitMeaning('cflags', 'toString')).toBeUndefined();
});
