// SPDX-License-Identifier: MIT
/** The head of a lesson: `key: value` lines between two lines of `---`. */
import type { Problems } from './problems.js';

export interface FrontMatter {
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  readonly needs: readonly string[];
  /** Where `needs` is said. */
  readonly needsLine: number;
  /** How many lines of the file it takes. */
  readonly length: number;
}

interface Field {
  readonly value: string;
  readonly line: number;
}

const REQUIRED = ['title', 'summary', 'minutes'];
const KEYS = [...REQUIRED, 'needs'];
const LONGEST_MINUTES = 60;

export function readFrontMatter(lines: readonly string[], problems: Problems): FrontMatter {
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0) {
    problems.add(1, `a lesson begins with a line of ---, a line for each of ${REQUIRED.join(', ')}, and ---`);
    return { title: '', summary: '', minutes: 0, needs: [], needsLine: 1, length: 0 };
  }
  const fields = readFields(lines.slice(0, end), problems);
  for (const key of REQUIRED)
    if (!fields.has(key)) problems.add(1, `there is no ${key}: say it in a line "${key}: ..."`);
  const needs = fields.get('needs');
  return {
    title: fields.get('title')?.value ?? '',
    summary: fields.get('summary')?.value ?? '',
    minutes: readMinutes(fields.get('minutes'), problems),
    needs: needs ? needs.value.split(',').map((name) => name.trim()) : [],
    needsLine: needs?.line ?? 1,
    length: end + 1,
  };
}

function readFields(lines: readonly string[], problems: Problems): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (index === 0 || text.trim() === '') continue;
    const [, key, value] = /^([a-z]+):\s*(.*?)\s*$/.exec(text) ?? [];
    if (key === undefined) problems.add(line, `"${text}" is no "key: value"`);
    else if (!KEYS.includes(key)) problems.add(line, `${key} is none of ${KEYS.join(', ')}`);
    else if (fields.has(key)) problems.add(line, `${key} is said twice`);
    else if (!value) problems.add(line, `${key} says nothing: write it, or leave the line out`);
    else fields.set(key, { value, line });
  }
  return fields;
}

function readMinutes(field: Field | undefined, problems: Problems): number {
  if (!field) return 0;
  const minutes = Number(field.value);
  if (/^\d+$/.test(field.value) && minutes >= 1 && minutes <= LONGEST_MINUTES) return minutes;
  problems.add(field.line, `minutes is a whole number from 1 to ${LONGEST_MINUTES}, not "${field.value}"`);
  return 0;
}
