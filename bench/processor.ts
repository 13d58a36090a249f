// SPDX-License-Identifier: MIT
/** How much of a core a page takes that nobody uses, in view and hidden: all processes of a browser with this page alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { Site } from '../e2e/site.ts';
import type { Benchmark, Figure } from './figures.ts';
import { inPlainChromium, type Tab } from './plain-chromium.ts';

const WATCH_MS = 10_000;
/** /proc counts in these, whatever the kernel does. */
const TICK_MS = 10;

interface Process {
  parent: number;
  ticks: number;
}

function readProcesses(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name before the bracket may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      continue; // it has ended meanwhile
    }
  }
  return found;
}

/** Processor time so far of a process and all below it. */
function ticksOf(pid: number): number {
  const all = readProcesses();
  const below = (id: number): number => {
    const children = [...all].filter(([, { parent }]) => parent === id).map(([child]) => child);
    return (all.get(id)?.ticks ?? 0) + children.reduce((sum, child) => sum + below(child), 0);
  };
  return below(pid);
}

/** Percent of one core that the process and all below it take. */
async function share(pid: number): Promise<number> {
  const [begin, ticks] = [performance.now(), ticksOf(pid)];
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  return ((ticksOf(pid) - ticks) * TICK_MS * 100) / (performance.now() - begin);
}

async function shares(pid: number, rounds: number): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) all.push(await share(pid));
  return all;
}

/** For so long v86 compiles what the guest does again and again. */
const WARM_UP_MS = 60_000;

interface Shares {
  /** Of the first minute; what follows the start at once is not in it. */
  first: number[];
  quiet: number[];
  hidden: number[];
}

async function measure(tab: Tab, rounds: number): Promise<Shares> {
  await tab.evaluate("playground.exec('true')");
  const settle = async (state: string): Promise<void> => {
    const found = await tab.evaluate('document.visibilityState');
    if (found !== state) throw new Error(`the page is ${String(found)}, not ${state}`);
    await share(tab.pid); // what follows a start or a change is not of any round
  };
  await settle('visible');
  const first = await shares(tab.pid, WARM_UP_MS / WATCH_MS);
  const quiet = await shares(tab.pid, rounds);
  await tab.hide();
  await settle('hidden');
  return { first, quiet, hidden: await shares(tab.pid, rounds) };
}

export const PROCESSOR: Benchmark = {
  name: 'processor',
  run: async (rounds) => {
    const site = new Site();
    await site.start();
    try {
      return figures(await inPlainChromium(site.url, (tab) => measure(tab, rounds)));
    } finally {
      site.stop();
    }
  },
};

function figures({ first, quiet, hidden }: Shares): Figure[] {
  const unit = '%';
  return [
    {
      id: 'processor-first',
      what: 'quiet page, panels in view, its first minute: of a core',
      unit,
      values: first,
    },
    {
      id: 'processor-quiet',
      what: 'quiet page, panels in view, after a minute: of a core',
      unit,
      values: quiet,
      target: 10,
    },
    { id: 'processor-hidden', what: 'hidden page: of a core', unit, values: hidden, target: 1 },
  ];
}
