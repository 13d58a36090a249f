// SPDX-License-Identifier: MIT
/**
 * Goes through the lessons on a machine by their model answers: before its answer no step is done, after it the step is, and at
 * the end all of them are. Prints a line a lesson, every failure in full, and "N passed, N failed", counting steps.
 * Usage: npm run prove-lessons -- [--machine=qemu|v86] [lesson ...]
 *
 * All go one after the other on one machine, as somebody reads them who starts over nowhere. On v86, which can be put back, each is
 * gone through again without each of its steps: by no other is it finished then.
 */
import { compileLessons } from '../web/lesson-compiler/lessons.ts';
import { readOwnLessons } from '../web/lesson-compiler/own-lessons.ts';
import type { AgentClient } from '../web/src/engine/agent-client.ts';
import { Cancellation } from '../web/src/engine/cancellation.ts';
import { LessonProgress, ProgressBook, type StepReading } from '../web/src/engine/lesson-progress.ts';
import type { Lesson, LessonStep } from '../web/src/engine/lesson.ts';
import { readFacts } from '../web/src/engine/predicate-reading.ts';
import { describe, evaluate } from '../web/src/engine/predicate-verdict.ts';
import { parsePredicate } from '../web/src/engine/predicate.ts';
import { runMachineScript, ScriptError } from './lib/project.ts';
import { indent, WatchedGuest } from './lib/watched-guest.ts';

/** How long an answer may run, and how long its check may take to become true. */
const ANSWER_MS = 60_000;
const DONE_MS = 30_000;

/** Of somebody who comes for the first time. */
function newProgress(lesson: Lesson): LessonProgress {
  return new LessonProgress(lesson, new ProgressBook({ read: () => null, write: () => undefined }));
}

class Walk {
  passed = 0;
  failed = 0;
  constructor(readonly client: AgentClient) {}

  async lesson(lesson: Lesson): Promise<void> {
    const progress = newProgress(lesson);
    const failures: string[] = [];
    await this.#look(lesson, progress);
    for (const step of lesson.steps) {
      const why = await this.#step(lesson, progress, step);
      if (why === undefined) this.passed++;
      else failures.push(`${step.title}: ${why}`);
    }
    if (failures.length === 0 && !progress.complete)
      failures.push(`at the end ${progress.current} is not done`);
    this.failed += failures.length;
    console.log(`${lesson.name} ${'.'.repeat(32 - lesson.name.length)} ${failures.length ? 'FAILED' : 'ok'}`);
    for (const failure of failures) console.log(indent(failure));
  }

  /** A lesson is finished by none of its steps but all; `restore` puts the machine back. */
  async leftOut(lesson: Lesson, restore: () => Promise<void>): Promise<void> {
    const failures: string[] = [];
    for (const left of lesson.steps) {
      await restore();
      const progress = newProgress(lesson);
      for (const step of lesson.steps) {
        await this.#look(lesson, progress);
        // Without a step that it needs a later one may fail; what counts is what the lesson says of it.
        if (step !== left) await this.client.exec(step.answer.join('\n'), { timeoutMs: ANSWER_MS });
      }
      await this.#look(lesson, progress);
      if (progress.complete) failures.push(`it is finished without ${left.title}`);
      else this.passed++;
    }
    this.failed += failures.length;
    const name = `${lesson.name}, a step left out`;
    console.log(`${name} ${'.'.repeat(Math.max(2, 48 - name.length))} ${failures.length ? 'FAILED' : 'ok'}`);
    for (const failure of failures) console.log(indent(failure));
  }

  /** Why it is not as it should be. */
  async #step(lesson: Lesson, progress: LessonProgress, step: LessonStep): Promise<string | undefined> {
    const isDone = () => progress.steps.some(({ slug, state }) => slug === step.slug && state === 'done');
    if (isDone()) return 'it is done before anything was done for it';
    const answer = await this.client.exec(step.answer.join('\n'), { timeoutMs: ANSWER_MS });
    if (answer.reason !== 'exited' || answer.exitCode !== 0)
      return `its answer: ${answer.reason}, ${answer.exitCode}: ${Buffer.from(answer.stderr).toString()}`;
    const end = Date.now() + DONE_MS;
    do await this.#look(lesson, progress);
    while (!isDone() && Date.now() < end);
    if (isDone()) return undefined;
    const predicate = parsePredicate(step.check);
    return `not done by its answer: ${describe(predicate, await this.#facts([step.check]))}`;
  }

  async #look(lesson: Lesson, progress: LessonProgress): Promise<void> {
    const facts = await this.#facts(
      lesson.steps.flatMap(({ check, hints }) => [check, ...hints.map(({ when }) => when)]),
    );
    const holds = (text: string) => evaluate(parsePredicate(text), facts);
    const readings = lesson.steps.map(({ slug, check, hints }): [string, StepReading] => [
      slug,
      { check: holds(check), hints: hints.map(({ when }) => holds(when)) },
    ]);
    progress.update(new Map(readings));
  }

  #facts(texts: readonly string[]) {
    return readFacts(texts.map(parsePredicate), this.client, new Cancellation());
  }
}

function chooseLessons(all: readonly Lesson[], wanted: readonly string[]): readonly Lesson[] {
  const unknown = wanted.find((name) => !all.some((lesson) => lesson.name === name));
  if (unknown)
    throw new ScriptError(`no lesson is called ${unknown}: ${all.map(({ name }) => name).join(', ')}`);
  return wanted.length ? all.filter(({ name }) => wanted.includes(name)) : all;
}

runMachineScript('prove-lessons', async () => {
  const [options, wanted] = [
    process.argv.slice(2).filter((one) => one.startsWith('-')),
    process.argv.slice(2).filter((one) => !one.startsWith('-')),
  ];
  const machine = options[0]?.replace('--machine=', '') ?? 'qemu';
  if (options.length > 1 || (machine !== 'qemu' && machine !== 'v86'))
    throw new ScriptError('say --machine=qemu or --machine=v86, and lessons');
  const { sources, options: judges } = await readOwnLessons();
  const lessons = chooseLessons(compileLessons(sources, judges), wanted);
  const guest = await WatchedGuest.boot(machine);
  const walk = new Walk(guest.client);
  try {
    const restore = await guest.checkpoint();
    for (const lesson of lessons) await walk.lesson(lesson);
    if (restore) for (const lesson of lessons) await walk.leftOut(lesson, restore);
    const splats = guest.splats();
    for (const splat of splats) console.log(indent(splat));
    walk.failed += splats.length;
  } finally {
    await guest.stop();
  }
  console.log(`${walk.passed} passed, ${walk.failed} failed`);
  process.exitCode = walk.failed === 0 && walk.passed > 0 ? 0 : 1;
});
