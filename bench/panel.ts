// SPDX-License-Identifier: MIT
/**
 * What it costs a spinning guest that the panels show 20 contexts four times a second: the same guest with the panels in view
 * and moved out of view, by turns. A program that counts its turns tells what is left for the guest's own work; the
 * emulator's instructions a second tell whether it is slowed down itself.
 */
import { inChromium, type Pace, type Visit } from './browser.ts';
import type { Benchmark } from './figures.ts';
import { Panels } from '../e2e/pages/panels.ts';
import { guestProgram } from './guest-programs.ts';

const CONTEXTS = 20;
const SLICE_MS = 2_000;
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

/** One round: on, off, off, on, so that what drifts meets both alike. */
async function round(visit: Visit): Promise<{ on: Pace; off: Pace }> {
  const paces: { on: Pace[]; off: Pace[] } = { on: [], off: [] };
  for (const which of ['on', 'off', 'off', 'on'] as const) {
    await showPanels(visit, which === 'on');
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
        await round(guest); // v86 compiles what runs often; that is not of any round
        const seen: { on: Pace; off: Pace }[] = [];
        for (let i = 0; i < rounds; i++) seen.push(await round(guest));
        await openAll(guest);
        await round(guest);
        const all: { on: Pace; off: Pace }[] = [];
        for (let i = 0; i < rounds; i++) all.push(await round(guest));
        const slower = (key: keyof Pace, rounds = seen): number[] =>
          rounds.map(({ on, off }) => (1 - on[key] / off[key]) * 100);
        const what = `panels on ${CONTEXTS} contexts, guest spins`;
        return [
          {
            id: 'panel-turns',
            what: `${what}: its program is slower by`,
            unit: '%',
            values: slower('turns'),
            target: 2,
          },
          {
            id: 'panel-instructions',
            what: `${what}: fewer instructions a second by`,
            unit: '%',
            values: slower('instructions'),
            target: 2,
          },
          {
            id: 'panel-all-turns',
            what: `all panels open on ${CONTEXTS} contexts, guest spins: its program is slower by`,
            unit: '%',
            values: slower('turns', all),
            target: 3,
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
