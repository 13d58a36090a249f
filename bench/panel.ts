// SPDX-License-Identifier: MIT
/**
 * What it costs a spinning guest that the panels show 20 contexts: the same guest with the panels in view and moved out of
 * view, by turns. A program that counts its turns tells what is left for the guest's own work; the emulator's instructions a
 * second tell whether it is slowed down itself. What the first seconds after a change cost, while v86 compiles what the guest
 * had not done before, is a figure of its own.
 */
import { inChromium, type Pace, type Visit } from './browser.ts';
import type { Benchmark } from './figures.ts';
import { Panels } from '../e2e/pages/panels.ts';
import { guestProgram } from './guest-programs.ts';

const CONTEXTS = 20;
const SLICE_MS = 2_000;
/** From a change of view until what follows log and history has begun anew. */
const SETTLE_MS = 2_000;
const WARM_UP_MS = 45_000;
/** That part of it which is told of. */
const FIRST_MS = 10_000;
const COUNTER = '/tmp/turns';

/** Fills the guest: contexts that sleep, and one program outside of them that spins. */
async function fill({ playground }: Visit): Promise<void> {
  const program = guestProgram('spin').toString('base64');
  const made = await playground.exec(`
    set -e
    for i in $(seq ${CONTEXTS}); do chcontext -- sleep 100000 > /dev/null & done
    until [ $(ls -d /proc/virtual/[0-9]* 2> /dev/null | wc -l) = ${CONTEXTS} ]; do
      kill -0 $!
      usleep 10000
    done
    echo ${program} | base64 -d > /tmp/spin
    chmod 755 /tmp/spin
    /tmp/spin ${COUNTER} > /dev/null 2>&1 &
    until [ -s ${COUNTER} ]; do usleep 10000; done`);
  if (made.exitCode !== 0) throw new Error(`the guest could not be filled: ${made.stderr}`);
}

/** Every panel open, and 20 contexts with the processes of one: what the page reads most for. */
async function openAll({ page }: Visit): Promise<void> {
  const panels = new Panels(page);
  await panels.openAll('context 49152');
  await panels.logLines.first().waitFor();
  await panels.processRows('context 49152').first().waitFor();
}

/** Moves the panels where nobody sees them, or back; the layout stays as it is. */
async function showPanels({ page }: Visit, shown: boolean): Promise<void> {
  await page.getByRole('complementary').evaluate(
    (aside, value) => {
      aside.style.transform = value;
    },
    shown ? 'none' : 'translateX(100vw)',
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Percent by which `on` is less than `off`. */
const slower = (key: keyof Pace, { on, off }: { on: Pace; off: Pace }): number =>
  (1 - on[key] / off[key]) * 100;

/** One round: on, off, off, on, so that what drifts meets both alike. */
async function round(visit: Visit): Promise<{ on: Pace; off: Pace }> {
  const paces: { on: Pace[]; off: Pace[] } = { on: [], off: [] };
  for (const which of ['on', 'off', 'off', 'on'] as const) {
    await showPanels(visit, which === 'on');
    await sleep(SETTLE_MS);
    paces[which].push(await visit.probe('pace', SLICE_MS, COUNTER));
  }
  const mean = (all: Pace[], key: keyof Pace): number =>
    all.reduce((sum, one) => sum + one[key], 0) / all.length;
  const both = (all: Pace[]): Pace => ({
    turns: mean(all, 'turns'),
    instructions: mean(all, 'instructions'),
  });
  return { on: both(paces.on), off: both(paces.off) };
}

export const PANEL: Benchmark = {
  name: 'panel',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async (guest) => {
        await guest.probe('prompted');
        await fill(guest);
        await guest.playground.context(49152).waitFor();
        await sleep(WARM_UP_MS);
        await round(guest);
        const seen: { on: Pace; off: Pace }[] = [];
        for (let i = 0; i < rounds; i++) seen.push(await round(guest));
        await openAll(guest);
        const first = await guest.probe('pace', FIRST_MS, COUNTER);
        await sleep(WARM_UP_MS - FIRST_MS);
        await round(guest);
        const all: { on: Pace; off: Pace }[] = [];
        for (let i = 0; i < rounds; i++) all.push(await round(guest));
        const what = `panels on ${CONTEXTS} contexts, guest spins`;
        return [
          {
            id: 'panel-turns',
            what: `${what}: its program is slower by`,
            unit: '%',
            values: seen.map((one) => slower('turns', one)),
            target: 2,
          },
          {
            id: 'panel-instructions',
            what: `${what}: fewer instructions a second by`,
            unit: '%',
            values: seen.map((one) => slower('instructions', one)),
            target: 2,
          },
          {
            id: 'panel-all-turns',
            what: `all panels open on ${CONTEXTS} contexts, guest spins: its program is slower by`,
            unit: '%',
            values: all.map((one) => slower('turns', one)),
            target: 3,
          },
          {
            id: 'panel-all-first',
            what: `the ${FIRST_MS / 1000} s after all panels are opened: its program is slower by`,
            unit: '%',
            values: [slower('turns', { on: first, off: all[0]!.off })],
          },
          {
            id: 'panel-mips',
            what: 'guest spins, panels out of view: instructions a second',
            unit: 'million',
            values: seen.map(({ off }) => off.instructions / 1e6),
          },
        ];
      }),
    ),
};
