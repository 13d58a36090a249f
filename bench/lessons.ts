// SPDX-License-Identifier: MIT
/** What a reader of the guide waits for: another lesson, the check of a step, and the machine as it was. */
import { inChromium, type Visit } from './browser.ts';
import type { Benchmark, Figure } from './figures.ts';

const LESSONS_SHOWN = [
  ['1a-core', 'What a context is'],
  ['1b-syscall', 'The system call'],
  ['1c-proc', 'What /proc tells'],
  ['1d-debug', 'Let the kernel tell'],
  ['1e-history', 'The history of a context'],
] as const;
/** Of the first of these: what makes it true, and what makes it true no more. */
const STEP = {
  slug: 'make-one',
  make: 'chcontext --xid 101 --disconnect -- sleep 1000',
  undo: 'vkill --xid 101 -s 9',
};

/** Each once, after one before it. */
async function walk({ probe }: Visit): Promise<number[]> {
  const times: number[] = [];
  for (const [name, title] of LESSONS_SHOWN) times.push(await probe('lesson', name, title));
  return times;
}

async function checks({ probe }: Visit, rounds: number): Promise<Record<'done' | 'lost', number[]>> {
  const times = { done: [] as number[], lost: [] as number[] };
  await probe('lesson', ...LESSONS_SHOWN[0]);
  for (let round = 0; round < rounds; round++) {
    times.done.push(await probe('step', STEP.make, STEP.slug, 'done'));
    times.lost.push(await probe('step', STEP.undo, STEP.slug, 'lost'));
  }
  return times;
}

export const LESSONS: Benchmark = {
  name: 'lessons',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async (guest) => {
        await guest.probe('prompted');
        await guest.probe('lesson', 'tour-first-vserver', 'Your first vserver'); // with it comes what all need
        const first = await walk(guest);
        const again: number[] = [];
        for (let round = 0; round < rounds; round++) again.push(...(await walk(guest)));
        const { done, lost } = await checks(guest, rounds);
        const over: number[] = [];
        for (let round = 0; round < rounds; round++) over.push(await guest.probe('startOver'));
        const ms = { unit: 'ms', target: 100 };
        const figures: Figure[] = [
          {
            id: 'lesson-first',
            what: 'another lesson, which has to be fetched: until it is drawn',
            values: first,
            ...ms,
          },
          {
            id: 'lesson-switch',
            what: 'another lesson that was read before: until it is drawn',
            values: again,
            ...ms,
          },
          {
            id: 'step-done',
            what: 'a step of a lesson: from asking for the command that makes its check true to its mark',
            unit: 'ms',
            values: done,
            target: 300,
          },
          {
            id: 'step-lost',
            what: 'a step of a lesson: from asking for the command that undoes it to its mark',
            unit: 'ms',
            values: lost,
            target: 300,
          },
          {
            id: 'start-over',
            what: '"Start over" of a lesson: until the guest that was put back answers a command',
            unit: 'ms',
            values: over,
            target: 1000,
          },
        ];
        return figures;
      }),
    ),
};
