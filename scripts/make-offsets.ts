// SPDX-License-Identifier: MIT
/**
 * Makes offsets.json: kernel-build/offsets.c compiled with the kernel's own flags, and the addresses from System.map.
 * Usage: tsx scripts/make-offsets.ts BUILD_DIR OUT_DIR     (called by build-kernel; OUT_DIR holds bzImage and System.map)
 *
 * The file names the sha256 of the bzImage that it belongs to: with any other kernel the numbers mean nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runScript, ScriptError, sha256File } from './lib/project.ts';

interface Offsets {
  format: 1;
  /** sha256 of the bzImage. */
  kernel: string;
  /** Virtual addresses as hex text: x86_64's do not fit a JavaScript number. */
  symbols: Record<string, string>;
  constants: Record<string, number>;
  structs: Record<string, { size: number; fields: Record<string, { offset: number; size: number }> }>;
}

const SOURCE = join(ROOT, 'kernel-build/offsets.c');

/** The command that made asm-offsets.s, with our file in place of it and the assembler on stdout. */
function compileCommand(build: string): string {
  const recorded = readFileSync(join(build, 'arch/x86/kernel/.asm-offsets.s.cmd'), 'utf8');
  const command = /^savedcmd_\S+ := (.*)$/m.exec(recorded)?.[1] ?? '';
  const changed = command
    .replace(/-Wp,-MMD,\S+ /, '')
    .replace(/ -o \S+ \S+asm-offsets\.c\b/, ` -o - '${SOURCE}'`);
  if (!changed.includes(SOURCE))
    throw new ScriptError(`cannot read the compiler's command in ${build}: ${command}`);
  return changed.replaceAll('$(pound)', '#').replaceAll('$$', '$');
}

function systemMap(out: string): Map<string, string> {
  const lines = readFileSync(join(out, 'System.map'), 'utf8').trimEnd().split('\n');
  return new Map(
    lines.map((line) => line.split(' ')).map(([address, , name]) => [name ?? '', `0x${address ?? ''}`]),
  );
}

/** One marked line: "#symbol NAME", or "NAME $VALUE ..." with NAME a constant, a struct, STRUCT.FIELD or STRUCT.FIELD:size. */
function addLine(result: Offsets, addresses: Map<string, string>, text: string): void {
  const symbol = /^#symbol (\w+)$/.exec(text)?.[1];
  if (symbol) {
    const address = addresses.get(symbol);
    if (!address) throw new ScriptError(`System.map has no ${symbol}: kernel-build/offsets.c asks for it`);
    result.symbols[symbol] = address;
    return;
  }
  const [, name, field, size, digits] = /^(\w+)(?:\.(\w+)(:size)?)? \$?(-?\d+) /.exec(text) ?? [];
  if (!name) throw new ScriptError(`cannot read the line ${JSON.stringify(text)} of the assembler`);
  const value = Number(digits);
  if (!field) {
    // The compiler prints an address of the upper half as a negative number.
    if (/^[A-Z_]+$/.test(name)) result.constants[name] = value >>> 0;
    else result.structs[name] = { size: value, fields: {} };
    return;
  }
  const fields = result.structs[name]?.fields;
  if (!fields) throw new ScriptError(`kernel-build/offsets.c has ${name}.${field} before STRUCT(${name})`);
  if (size) fields[field] = { offset: fields[field]?.offset ?? 0, size: value };
  else fields[field] = { offset: value, size: 0 };
}

function main(): void {
  const [build, out] = process.argv.slice(2);
  if (!build || !out) throw new ScriptError('usage: make-offsets BUILD_DIR OUT_DIR');
  const assembly = execFileSync('/bin/sh', ['-c', compileCommand(build)], { cwd: build, encoding: 'utf8' });
  const addresses = systemMap(out);
  const result: Offsets = {
    format: 1,
    kernel: sha256File(join(out, 'bzImage')),
    symbols: {},
    constants: {},
    structs: {},
  };
  for (const [, text] of assembly.matchAll(/\.ascii "->(.*)"/g)) addLine(result, addresses, text ?? '');
  writeFileSync(join(out, 'offsets.json'), JSON.stringify(result, null, 1) + '\n');
}

runScript('make-offsets', main);
