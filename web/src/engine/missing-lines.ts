// SPDX-License-Identifier: MIT
/** What the plan has for a file of /proc and the booted kernel lacks, by the id that brings it. */
import { statusName, type Plan } from './plan.js';

export interface MissingLines {
  readonly id: string;
  readonly status: string;
  /** None: the file itself. */
  readonly labels: readonly string[];
}

/** `printed` are the labels that the file has; undefined: it is not there. A label of the plan may stand for many: `cpu %d`. */
export function missingLines(
  plan: Plan,
  path: string,
  printed: readonly string[] | undefined,
): MissingLines[] {
  return plan.entries.flatMap((entry) => {
    const share = entry.proc.find((file) => file.path === path);
    if (!share) return [];
    const labels = share.labels.filter((label) => !printed?.some((one) => standsFor(label, one)));
    if (labels.length === 0 && printed) return [];
    return [{ id: entry.id, status: statusName(entry).toLowerCase(), labels }];
  });
}

/** The files that the plan has in a folder, by name, in its order: `virtual/*` has `info`, `status` and so on. */
export function filesOfPlan(plan: Plan, folder: string): string[] {
  const names = plan.entries.flatMap(({ proc }) =>
    proc.flatMap(({ path }) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [])),
  );
  return [...new Set(names)].filter((name) => !name.includes('/'));
}

function standsFor(label: string, printed: string): boolean {
  const [before = '', after] = label.split('%d');
  if (after === undefined) return label === printed;
  return (
    printed.startsWith(before) &&
    printed.endsWith(after) &&
    /^\d+$/.test(printed.slice(before.length, printed.length - after.length))
  );
}
