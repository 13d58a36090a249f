// SPDX-License-Identifier: MIT
/** What a benchmark hands back, and the table and the JSON that it is shown as. A missed aim is marked, and fails nothing. */

export interface Figure {
  /** Stable, for whoever compares two runs. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  /** One value a round, in the order of the rounds. */
  readonly values: readonly number[];
  /** What the figure is meant to reach. */
  readonly target?: number;
}

export interface Benchmark {
  readonly name: string;
  readonly run: (rounds: number) => Promise<Figure[]>;
}

export interface Report {
  readonly date: string;
  readonly commit: string;
  /** What was measured on, in a line each. */
  readonly machine: Record<string, string>;
  readonly rounds: number;
  readonly figures: readonly (Figure & { median: number })[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Three digits that mean something, and no more. */
function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}

function aim({ values, unit, target }: Figure): string {
  if (target === undefined) return '';
  return `${median(values) > target ? 'missed: ' : ''}${digits(target)} ${unit}`;
}

function row(figure: Figure): [string, string, string, string] {
  const { values, unit } = figure;
  const range = values.length > 1 ? `${digits(Math.min(...values))} to ${digits(Math.max(...values))}` : '';
  return [figure.what, `${digits(median(values))} ${unit}`, aim(figure), range];
}

/** A Markdown table that reads well on a terminal, too. */
export function table(figures: readonly Figure[]): string {
  const rows = [['what', 'median', 'aim', 'rounds'], ...figures.map(row)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}

/** The report as bench/RESULTS.md keeps it. */
export function markdown(report: Report): string {
  const machine = Object.entries(report.machine).map(([name, value]) => `- ${name}: ${value}`);
  return [
    '# Recorded results',
    '',
    `Written by \`npm run bench -- --record\` on ${report.date}, at commit ${report.commit}: medians of ${report.rounds} rounds, and the least and the`,
    'most of them. The aim is what the figure is meant to be at most; times are of this machine, ratios and instructions are not.',
    '',
    ...machine,
    '',
    table(report.figures),
    '',
  ].join('\n');
}
