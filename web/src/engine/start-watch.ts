// SPDX-License-Identifier: MIT
/**
 * Watches a machine from its start until its agent is alive. Whatever stands still for 2 s is told, by the sign that is missing,
 * and taken back when it moves again: a slow network and a busy computer are no failures. Given up is only what does not move:
 * an emulator that is dead, a guest that idles, or one without a word of its agent that has done more work than any boot takes
 * (55 million of v86's instruction counts; a restore takes next to none).
 * Time is counted in beats that came on time, as by the heartbeat, which takes over when it has heard of the agent.
 */
import type { AgentEnvironment } from './agent-client.js';
import { failure, type Failure, type StallKind } from './failures.js';
import { BEAT_MS, GONE_MS } from './heartbeat.js';

export const TOO_MANY_INSTRUCTIONS = 1e9;
export const TOO_LONG_MS = 120_000;
/** Beats without a sign: 1.6 to 2 s after the last one. */
const PATIENCE = 5;
/** A boot that still moves executes that much in a beat (an idle guest 120,000) ... */
const MOVING = 200_000;
/** ... and is over long before this. */
const BOOT_IS_OVER = 120e6;

/** What is waited for: bytes, the emulator's start, or the guest's agent after a restore, a boot or a start of the agent. */
export type Stage = 'loading' | 'starting' | 'restored' | 'booting' | 'answering';

const MISSING: Record<Stage, StallKind> = {
  loading: 'download-stalled',
  starting: 'emulator-starting',
  restored: 'restore-silent',
  booting: 'boot-silent',
  answering: 'agent-silent',
};

export interface StartWatcher {
  /** What stands still, at every beat; undefined: nothing does. */
  stall(kind: StallKind | undefined): void;
  /** The machine is given up. */
  late(reason: Failure): void;
}

export class StartWatch {
  readonly #instructions: () => Promise<number>;
  readonly #environment: AgentEnvironment;
  readonly #watcher: StartWatcher;
  #timer: unknown;
  #stage: Stage | undefined;
  /** An answer that was asked for before the last stop is not of this start. */
  #era = 0;
  /** Beats since the emulator answered, and since the stage has moved. */
  #since = { answer: 0, move: 0 };
  #asking = false;
  #first: number | undefined;
  /** The counts of the last beats. */
  #counts: number[] = [];

  constructor(instructions: () => Promise<number>, environment: AgentEnvironment, watcher: StartWatcher) {
    this.#instructions = instructions;
    this.#environment = environment;
    this.#watcher = watcher;
  }

  /** What is waited for; undefined: nothing is. */
  get stage(): Stage | undefined {
    return this.#stage;
  }

  /** Waits for `stage` from now on. */
  enter(stage: Stage): void {
    this.stop();
    this.#stage = stage;
    this.#since = { answer: 0, move: 0 };
    this.#asking = false;
    this.#first = undefined;
    this.#counts = [];
    this.#schedule();
  }

  /** Bytes have come. */
  moved(): void {
    if (this.#stage === 'starting') this.#stage = 'loading'; // the snapshot was refused, and other files come
    this.#since.move = 0;
  }

  stop(): void {
    this.#environment.clearTimeout(this.#timer);
    this.#stage = undefined;
    this.#era++;
  }

  #schedule(): void {
    this.#timer = this.#environment.setTimeout(() => this.#beat(), BEAT_MS);
  }

  #beat(): void {
    this.#schedule();
    this.#since.answer++;
    this.#since.move++;
    if (!this.#asking) this.#ask();
    const reason = this.#verdict();
    if (reason) this.#watcher.late(reason);
    else this.#watcher.stall(this.#missing());
  }

  #missing(): StallKind | undefined {
    if (this.#since.answer >= PATIENCE) {
      // Its script may be on its way as well, and putting in the snapshot takes all of its time.
      const starts = this.#stage === 'starting' || (this.#stage === 'loading' && this.#first === undefined);
      return starts ? 'emulator-starting' : 'emulator-silent';
    }
    return this.#stage && this.#since.move >= PATIENCE ? MISSING[this.#stage] : undefined;
  }

  /** While files come and the emulator is made, nothing is given up here: a download tells of its own end. */
  #verdict(): Failure | undefined {
    if (this.#stage === 'loading' || this.#stage === 'starting') return undefined;
    if (this.#since.answer * BEAT_MS >= GONE_MS)
      return failure('worker-gone', `Its Worker has not answered for ${GONE_MS / 1000} s.`);
    if (this.#since.move * BEAT_MS >= TOO_LONG_MS)
      return failure('no-agent', `For ${TOO_LONG_MS / 1000} s it has not answered, or has ended each time.`);
    return undefined;
  }

  #ask(): void {
    const era = this.#era;
    this.#asking = true;
    this.#instructions().then(
      (count) => {
        if (era === this.#era) this.#judge(count);
      },
      () => undefined, // the machine has failed, and says so itself
    );
  }

  #judge(count: number): void {
    this.#asking = false;
    this.#since.answer = 0;
    this.#first ??= count;
    const done = count - this.#first;
    if (this.#stage === 'booting' && this.#boots(count, done)) this.#since.move = 0;
    // A guest whose agent has said something is up, and may do anything: a loop takes less than a second for as many.
    if (done < TOO_MANY_INSTRUCTIONS || this.#stage === 'answering') return;
    const detail = `The guest executed ${TOO_MANY_INSTRUCTIONS / 1e6} million instructions without it, and a boot takes 60 million.`;
    this.#watcher.late(failure('no-agent', detail));
  }

  #boots(count: number, done: number): boolean {
    this.#counts.push(count);
    if (this.#counts.length > PATIENCE) this.#counts.shift();
    const beats = this.#counts.length - 1;
    return beats > 0 && done < BOOT_IS_OVER && count - (this.#counts[0] ?? count) >= beats * MOVING;
  }
}
