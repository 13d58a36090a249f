// SPDX-License-Identifier: MIT
/** How many tests a tool says that it ran: our own verbs, Vitest and Playwright each print it in a line of their own. */

export interface Counts {
  passed: number;
  failed: number;
}

/** The last totals in the output of a tool; zeros when it prints none. What was skipped or flaky counts as failed. */
export function totals(output: string): Counts {
  // eslint-disable-next-line no-control-regex -- colours of tools that do not ask for a terminal
  const lines = output.replace(/\x1b\[[0-9;]*m/g, '').split('\n');
  const ours = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line));
  if (ours) return counted([ours]);
  const vitest = lines.findLast((line) => /^\s+Tests\s+\d/.test(line));
  if (vitest) return counted([vitest]);
  // Playwright: one number a line, at the end of the report.
  return counted(
    lines.filter((line) => /^\s+\d+ (passed|failed|flaky|skipped|did not run|interrupted)\b/.test(line)),
  );
}

function counted(lines: string[]): Counts {
  const counts = { passed: 0, failed: 0 };
  for (const line of lines) {
    for (const [, number, what] of line.matchAll(
      /(\d+) (passed|failed|flaky|skipped|todo|did not run|interrupted)\b/g,
    )) {
      counts[what === 'passed' ? 'passed' : 'failed'] += Number(number);
    }
  }
  return counts;
}
