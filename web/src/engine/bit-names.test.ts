// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bitKindInWords, bitsNamed, namesOfBits, type BitKind } from './bit-names.js';

const NAMES_C = readFileSync(new URL('../../../images/tools/libvserver/names.c', import.meta.url), 'utf8');
const KINDS: readonly BitKind[] = ['cflags', 'ccaps', 'bcaps', 'nflags', 'ncaps', 'spaces'];

/** What a C expression of numbers and BIT(n) comes to. */
function value(expression: string): bigint {
  let bits = 0n;
  for (const term of expression.replace(/ull/g, '').split('|')) {
    const bit = /BIT\((\d+)\)/.exec(term)?.[1];
    bits |= bit === undefined ? BigInt(term.replace(/[()\s]/g, '')) : 1n << BigInt(bit);
  }
  return bits;
}

function rowsOf(kind: BitKind): [name: string, bits: bigint][] {
  const body = new RegExp(`vc_name ${kind}_names\\[\\] = \\{([^;]*)END`).exec(NAMES_C)?.[1] ?? '';
  return [...body.matchAll(/\{ "(\w+)", ([A-Z_]+(?:\(\d+\))?) \}/g)].map(([, name = '', what = '']) => {
    const macro = new RegExp(`#define ${what}\\s+(.+)`).exec(NAMES_C)?.[1];
    return [name, value(what.startsWith('BIT') ? what : (macro ?? ''))];
  });
}

test.each(KINDS)('%s: every name is what the commands take it for', (kind) => {
  const rows = rowsOf(kind);
  expect(rows.length).toBeGreaterThan(2);
  for (const [name, bits] of rows) expect([name, bitsNamed(kind, name)]).toEqual([name, bits]);
});

test.each(KINDS)(
  '%s: there is no name that the commands do not have, and each bit is shown as they print it',
  (kind) => {
    const rows = rowsOf(kind);
    for (let bit = 0; bit < 64; bit++) {
      const first = rows.find(([, bits]) => bits === 1n << BigInt(bit))?.[0] ?? `^${bit}`;
      expect(namesOfBits(kind, 1n << BigInt(bit))).toEqual([first]);
    }
    const known = new Set(rows.map(([name]) => name));
    for (const name of bitKindInWords(kind).all.split(', ')) expect(known).toContain(name);
  },
);

test('a name may have its prefix and be in upper case; what is none is none', () => {
  expect(bitsNamed('cflags', 'VXF_LOCK')).toBe(1n);
  expect(bitsNamed('bcaps', 'cap_net_raw')).toBe(1n << 13n);
  expect(bitsNamed('nflags', 'nxf_info_private')).toBe(8n);
  for (const name of ['', 'cap_', 'net_rawx', 'toString', '__proto__', 'vxf_net_raw'])
    expect(bitsNamed('bcaps', name)).toBeUndefined();
});

test('bits are named from the lowest on', () => {
  expect(namesOfBits('cflags', 0n)).toEqual([]);
  expect(namesOfBits('cflags', (1n << 63n) | 0x1000020110n)).toEqual([
    'fakeinit',
    'sched_hard',
    'virt_uptime',
    'sc_helper',
    '^63',
  ]);
});
