// SPDX-License-Identifier: MIT
/**
 * The rules that tie interface.json, the catalogue of every command word and every line of /proc that the finished series has,
 * to the rows of plan.json that own them, to the kernel that the patches make, and to the guest's Perl binding.
 */
import type { Finding, PlanRow } from './ids.ts';

/** Words and lines: of the catalogue, or those of it that an id owns. */
export interface Share {
  /** Names of command words. */
  words?: string[];
  /** Labels of lines by file, as the format string has them ("cpu %d"); none for a file without labels. */
  proc?: Record<string, string[]>;
}

/** interface.json. A path is below /proc; `*` is a context's id, PID and TID a task's. */
export interface Interface {
  /** Word by name: eight hex digits behind 0x. */
  words: Record<string, string>;
  /** Words that are declared somewhere and will never be commands, with the reason. */
  reserved: Record<string, { word: string; why: string }>;
  proc: Record<string, string[]>;
}

/** What the guest knows of the words. */
export interface GuestSources {
  /** Text of images/perl/VServer.pm. */
  binding: string;
  /** Text of images/tools/libvserver/words.h. */
  words: string;
  /** Text of images/tools/libvserver/vserver.h. */
  library: string;
}

/** Whether the kernel has it, and if not, why. */
type State = 'built' | 'to come' | 'planned';

/** A word by its name, a line as its file and label, a file without lines by its path. */
function itemsOf({ words = [], proc = {} }: Share): string[] {
  return [
    ...words,
    ...Object.entries(proc).flatMap(([path, labels]) =>
      labels.length > 0 ? labels.map((label) => lineItem(path, label)) : [lineItem(path)],
    ),
  ];
}

function lineItem(path: string, label?: string): string {
  return `/proc/${path}${label === undefined ? '' : ` "${label}"`}`;
}

function catalogue({ words, proc }: Interface): string[] {
  return itemsOf({ words: Object.keys(words), proc });
}

/** Owner and state of each item that has an owner; the first of several. */
function ownership(plan: readonly PlanRow[]): Map<string, { id: string; state: State }> {
  const owners = new Map<string, { id: string; state: State }>();
  for (const row of plan) {
    const toCome = new Set(itemsOf(row.toCome ?? {}));
    for (const item of itemsOf(row)) {
      const state = row.status === 'planned' ? 'planned' : toCome.has(item) ? 'to come' : 'built';
      if (!owners.has(item)) owners.set(item, { id: row.id, state });
    }
  }
  return owners;
}

export function checkInterface(
  plan: readonly PlanRow[],
  all: Interface,
  kernel: ReadonlyMap<string, string>,
  guest: GuestSources,
): Finding[] {
  return [
    { check: 'interface.json', problems: numberProblems(all) },
    { check: 'owners of words and lines', problems: ownerProblems(plan, all) },
    { check: 'words of the kernel', problems: wordProblems(plan, all, kernel) },
    { check: 'words of the Perl binding', problems: bindingProblems(all, guest.binding) },
    { check: 'words of libvserver', problems: libraryProblems(plan, all, guest) },
    { check: '/proc lines of the kernel', problems: lineProblems(plan, kernel) },
  ];
}

function numberProblems({ words, reserved }: Interface): string[] {
  const problems: string[] = [];
  const named = new Map<string, string>();
  const numbers = [
    ...Object.entries(words),
    ...Object.entries(reserved).map(([name, { word }]) => [name, word] as const),
  ];
  for (const [name, word] of numbers) {
    // Bits 31, 30 and 15 to 12 are no part of a word.
    if (!/^0x[0-3][0-9A-F]{3}0[0-9A-F]{3}$/.test(word)) problems.push(`${name}: ${word} is no command word`);
    if (named.has(word)) problems.push(`${name} and ${named.get(word)!} are both ${word}`);
    named.set(word, name);
  }
  for (const name of Object.keys(reserved))
    if (name in words) problems.push(`${name} is both a word and reserved`);
  return problems;
}

function ownerProblems(plan: readonly PlanRow[], all: Interface): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string[]>(catalogue(all).map((item) => [item, []]));
  for (const row of plan) {
    const own = itemsOf(row);
    for (const item of own) {
      if (owners.has(item)) owners.get(item)!.push(row.id);
      else problems.push(`${row.id} owns ${item}, which is not in interface.json`);
    }
    if (row.toCome && row.status === 'planned')
      problems.push(`${row.id} is planned: all of it is to come, and toCome says nothing`);
    for (const item of itemsOf(row.toCome ?? {}))
      if (!own.includes(item)) problems.push(`${row.id}: ${item} is to come, but not its own`);
  }
  for (const [item, ids] of owners) {
    if (ids.length === 0) problems.push(`${item} has no owner: give it to a row of plan.json`);
    if (ids.length > 1) problems.push(`${item} has ${ids.length} owners: ${ids.join(', ')}`);
  }
  return problems;
}

/** Text of the kernel's files below these folders. */
function textOf(kernel: ReadonlyMap<string, string>, folders: RegExp): string {
  return [...kernel]
    .filter(([path]) => folders.test(path))
    .map(([, text]) => text)
    .join('\n');
}

/** Why something that the kernel has should not be there; undefined when it should. */
function tooEarly(item: string, owner: { id: string; state: State } | undefined): string | undefined {
  if (!owner) return `${item} is in the kernel and has no owner`;
  if (owner.state === 'planned') return `${item} is in the kernel, but ${owner.id}, its owner, is planned`;
  if (owner.state === 'to come') return `${item} is in the kernel: take it off toCome of ${owner.id}`;
  return undefined;
}

/** Every number of the header is the catalogue's, and the dispatcher's table has the words of the built ids, once, and no other. */
function wordProblems(
  plan: readonly PlanRow[],
  { words }: Interface,
  kernel: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  const owners = ownership(plan);
  for (const [, name, value] of textOf(kernel, /^include\//).matchAll(
    /^#define[ \t]+VCMD_(\w+)[ \t]+(.*)$/gm,
  )) {
    const parts = /^VCMD\((\d+), *(\d+), *(\d+)\)/.exec(value!)?.slice(1).map(Number);
    if (!parts) {
      problems.push(`VCMD_${name!} is "${value!}": write VCMD(category, command, version)`);
      continue;
    }
    const word = hexWord(((parts[0]! << 24) | (parts[1]! << 16) | parts[2]!) >>> 0);
    if (words[name!] !== word)
      problems.push(
        `VCMD_${name!} is ${word}, in interface.json ${words[name!] ?? 'there is none of this name'}`,
      );
  }
  const dispatched = [...textOf(kernel, /^kernel\/vserver\//).matchAll(/\{\s*VCMD_(\w+)\s*,/g)].map(
    ([, name]) => name!,
  );
  for (const name of new Set(dispatched)) {
    if (dispatched.filter((other) => other === name).length > 1) problems.push(`${name} is dispatched twice`);
    const early = tooEarly(name, owners.get(name));
    if (early) problems.push(early);
  }
  for (const name of Object.keys(words)) {
    const owner = owners.get(name);
    if (owner?.state === 'built' && !dispatched.includes(name))
      problems.push(`${name}, of ${owner.id}, is not dispatched`);
  }
  return problems;
}

function hexWord(word: number): string {
  return `0x${word.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Every word is there, with its number, and no other. */
function bindingProblems({ words }: Interface, binding: string): string[] {
  const rows = [...binding.matchAll(/^\s*\[(\w+)\s*=>\s*(0x[0-9A-Fa-f]+),/gm)];
  if (rows.length === 0) return ['VServer.pm has no row of the form [name => 0xWORD, ...]'];
  const wrong = rows.filter(([, name, word]) => words[name!] !== hexWord(Number(word)));
  const missing = Object.keys(words).filter((word) => !rows.some(([, name]) => name === word));
  return [
    ...wrong.map(
      ([, name, word]) => `VServer.pm: ${name!} is ${word!}, in interface.json ${words[name!] ?? 'nothing'}`,
    ),
    ...missing.map((name) => `VServer.pm has no row for ${name}`),
  ];
}

/** words.h is the catalogue, and vserver.h has a function for each word. */
function libraryProblems(
  plan: readonly PlanRow[],
  { words, reserved }: Interface,
  { words: header, library }: GuestSources,
): string[] {
  const owners = ownership(plan);
  const line = (name: string, word: string, id: string): string => `WORD(${name}, ${word}, "${id}")`;
  const wanted = [
    ...Object.entries(words).map(([name, word]) => line(name, word, owners.get(name)?.id ?? '-')),
    ...Object.entries(reserved).map(([name, { word }]) => line(name, word, '-')),
  ];
  const there = header.split('\n').filter((text) => text.startsWith('WORD('));
  return [
    ...wanted.filter((text) => !there.includes(text)).map((text) => `words.h lacks ${text}`),
    ...there.filter((text) => !wanted.includes(text)).map((text) => `words.h has ${text}`),
    ...Object.keys(words)
      .filter((name) => !new RegExp(`^int vc_${name}\\(`, 'm').test(library))
      .map((name) => `vserver.h has no function vc_${name}`),
  ];
}

/** The text of a C string literal's inside, for each in `source`. */
function literals(source: string): string[] {
  return [...source.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inside]) => inside!);
}

/**
 * A label that is printed belongs to a built id, and one of a built id is in some string. In which file of /proc a line is the
 * patches do not say plainly: images/tests/1c-proc-lines.t asks the kernel.
 */
function lineProblems(plan: readonly PlanRow[], kernel: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const source = textOf(kernel, /^(?:fs\/proc|kernel\/vserver)\//);
  const printed = new Set(
    [...source.matchAll(/\bseq_(?:printf|puts)\s*\(([^;]*);/g)]
      .flatMap(([, call]) => literals(call!).join('').split('\\n'))
      .map((line) => /^([#A-Za-z%][^:\\]*):|^([A-Za-z]\w*)\\t/.exec(line))
      .map((label) => label?.[1] ?? label?.[2] ?? '')
      .filter((label) => label !== '' && label !== '%s'),
  );
  const strings = new Set(
    literals(source).flatMap((text) => text.split('\\n').map((line) => line.split(/:|\\t/)[0]!)),
  );
  const owners = ownership(plan);
  const byLabel = new Map<string, { id: string; state: State; item: string }[]>();
  for (const { proc = {} } of plan)
    for (const [path, labels] of Object.entries(proc))
      for (const label of labels) {
        const item = lineItem(path, label);
        byLabel.set(label, [...(byLabel.get(label) ?? []), { ...owners.get(item)!, item }]);
      }
  for (const label of printed) {
    const lines = byLabel.get(label) ?? [];
    if (!lines.some(({ state }) => state === 'built'))
      problems.push(tooEarly(lines[0]?.item ?? `"${label}"`, lines[0])!);
  }
  for (const [label, lines] of byLabel) {
    const built = lines.find(({ state }) => state === 'built');
    if (built && !strings.has(label))
      problems.push(`${built.item}, of ${built.id}, is nowhere in the patches`);
  }
  return problems;
}

/**
 * The catalogue as the guest's tests read it, a line an item: `word`, number, name; `line`, path, label; or `file`, path,
 * nothing; then the owner (`-` for what is reserved) and whether the kernel has it: built, to come, planned or reserved.
 * Separated by TABs. Throws when something has no owner.
 */
export function guestCatalogue(plan: readonly PlanRow[], all: Interface): string {
  const owners = ownership(plan);
  const row = (item: string, ...fields: string[]): string => {
    const owner = owners.get(item);
    if (!owner) throw new Error(`${item} has no owner in plan.json; scripts/check-ids.ts tells more`);
    return [...fields, owner.id, owner.state].join('\t');
  };
  const rows = [
    ...Object.entries(all.words).map(([name, word]) => row(name, 'word', word, name)),
    ...Object.entries(all.reserved).map(([name, { word }]) =>
      ['word', word, name, '-', 'reserved'].join('\t'),
    ),
    ...Object.entries(all.proc).flatMap(([path, labels]) =>
      labels.length > 0
        ? labels.map((label) => row(lineItem(path, label), 'line', path, label))
        : [row(lineItem(path), 'file', path, '')],
    ),
  ];
  return `${rows.join('\n')}\n`;
}
