// SPDX-License-Identifier: MIT
/** The tests of all ids on all machines: what was recorded, what ran in this tab, and what of it is out of date. */
import type { Plan, PlanEntry } from './plan.js';

/** Machines whose results are recorded (scripts/record-matrix.ts). */
export const RECORDED_MACHINES = ['v86', 'qemu', 'plain', 'debug'] as const;
export type RecordedMachine = (typeof RECORDED_MACHINES)[number];

export interface Counts {
  readonly passed: number;
  /** Checks that failed, and what else was wrong with the run. */
  readonly failed: number;
}

/** A run of all test files on one machine. */
export interface Recording {
  /** Of the tree that it ran on. */
  readonly commit: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** sha256 of the bzImage that was booted. */
  readonly kernel: string;
  /** sha256 over the patches of the series. */
  readonly series: string;
  /** By path below images/tests. */
  readonly files: Readonly<Record<string, Counts>>;
}

/** docs/feature-matrix.json. */
export type Recorded = Readonly<Partial<Record<RecordedMachine, Recording>>>;

/** What this page was built of. */
export interface Built {
  /** Undefined where the build had no git. */
  readonly commit?: string;
  readonly kernel: string;
  readonly series: string;
}

/** What a test file did in this tab. */
export interface TabResult extends Counts {
  /** When it ended, ISO 8601. */
  readonly date: string;
}
export type TabResults = ReadonlyMap<string, TabResult>;

export type Cell =
  /** `planned`: the series has no patch of it; `no tests`: none of its tests runs there; `missing`: nobody has run them there. */
  | { readonly name: 'planned' | 'no tests' | 'missing' }
  | (Counts & {
      readonly name: 'counts';
      /** Another kernel than today's. */
      readonly stale: boolean;
      /** How many of its test files were run, and how many there are. */
      readonly files: number;
      readonly of: number;
    });

export interface MatrixRow {
  readonly entry: PlanEntry;
  readonly tab: Cell;
  readonly recorded: Readonly<Record<RecordedMachine, Cell>>;
}

/** Whether a test file runs on a machine: those in debug/ need what the debug kernel has alone. */
export function runsOn(file: string, machine: RecordedMachine | 'tab'): boolean {
  return machine === 'debug' || !file.startsWith('debug/');
}

/** The test files of an id that run in a tab. */
export function tabFiles(entry: PlanEntry): string[] {
  return filesOn(entry, 'tab');
}

/** The kernels of `plain` and `debug` are not the page's: the series that they were built of tells their age. */
export function isStale(machine: RecordedMachine, recording: Recording, built: Built): boolean {
  const isPages = machine === 'v86' || machine === 'qemu';
  return isPages ? recording.kernel !== built.kernel : recording.series !== built.series;
}

export function featureMatrix(plan: Plan, recorded: Recorded, built: Built, tab: TabResults): MatrixRow[] {
  const recordedCell = (entry: PlanEntry, machine: RecordedMachine): Cell => {
    const recording = recorded[machine];
    if (!recording) return cell(entry, machine, () => undefined, false);
    return cell(entry, machine, (file) => recording.files[file], isStale(machine, recording, built));
  };
  return plan.entries.map((entry) => ({
    entry,
    tab: cell(entry, 'tab', (file) => tab.get(file), false),
    recorded: byMachine((machine) => recordedCell(entry, machine)),
  }));
}

function cell(
  entry: PlanEntry,
  machine: RecordedMachine | 'tab',
  resultOf: (file: string) => Counts | undefined,
  stale: boolean,
): Cell {
  const files = filesOn(entry, machine);
  if (files.length === 0) return { name: entry.status === 'planned' ? 'planned' : 'no tests' };
  const results = files.map(resultOf).filter((counts) => counts !== undefined);
  if (results.length === 0) return { name: 'missing' };
  const sum = (key: keyof Counts) => results.reduce((total, counts) => total + counts[key], 0);
  return {
    name: 'counts',
    passed: sum('passed'),
    failed: sum('failed'),
    stale,
    files: results.length,
    of: files.length,
  };
}

function filesOn(entry: PlanEntry, machine: RecordedMachine | 'tab'): string[] {
  return entry.tests.map(({ name }) => name).filter((file) => runsOn(file, machine));
}

function byMachine<T>(value: (machine: RecordedMachine) => T): Record<RecordedMachine, T> {
  return Object.fromEntries(RECORDED_MACHINES.map((machine) => [machine, value(machine)])) as Record<
    RecordedMachine,
    T
  >;
}

/** `now` in milliseconds since the epoch. */
export function isoDate(now: number): string {
  return new Date(now).toISOString();
}

/** docs/feature-matrix.md has its shape in words. */
export interface MatrixExport {
  readonly format: 'vserver-feature-matrix-1';
  readonly exported: string;
  readonly page: { readonly commit: string | null; readonly kernel: string; readonly series: string };
  readonly machines: Readonly<
    Record<RecordedMachine, (Omit<Recording, 'files'> & { readonly stale: boolean }) | null>
  >;
  readonly features: readonly {
    readonly id: string;
    readonly title: string;
    readonly status: PlanEntry['status'];
    readonly tests: readonly {
      readonly file: string;
      /** What ran in this tab, on the page's own kernel. */
      readonly tab: TabResult | null;
      readonly recorded: Readonly<Record<RecordedMachine, Counts | null>>;
    }[];
  }[];
}

export function exportMatrix(
  plan: Plan,
  recorded: Recorded,
  built: Built,
  tab: TabResults,
  now: number,
): MatrixExport {
  return {
    format: 'vserver-feature-matrix-1',
    exported: isoDate(now),
    page: { commit: built.commit ?? null, kernel: built.kernel, series: built.series },
    machines: byMachine((machine) => {
      const recording = recorded[machine];
      if (!recording) return null;
      const { commit, date, kernel, series } = recording;
      return { commit, date, kernel, series, stale: isStale(machine, recording, built) };
    }),
    features: plan.entries.map(({ id, title, status, tests }) => ({
      id,
      title,
      status,
      tests: tests.map(({ name: file }) => ({
        file,
        tab: tab.get(file) ?? null,
        recorded: byMachine((machine) => recorded[machine]?.files[file] ?? null),
      })),
    })),
  };
}
