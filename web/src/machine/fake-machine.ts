// SPDX-License-Identifier: MIT
/** A Machine without an emulator: a FakeAgent, and events that a test sends. */
import { deferred } from '../engine/deferred.js';
import { failure, MachineError, type Failure } from '../engine/failures.js';
import type { BootReport, Machine, MachineEvent } from '../engine/machine.js';
import { FakeAgent } from './fake-agent.js';

export class FakeMachine implements Machine {
  readonly agent = new FakeAgent();
  /** How it comes up when it is not told to boot cold; a failure is thrown in any case. */
  boots: BootReport | Failure = { from: 'snapshot' };
  /** Whether its start ever ends. */
  comesUp = true;
  /** What a restore waits for. */
  restores: Promise<void> = Promise.resolve();
  /** Whether its emulator executes anything, and answers. */
  executes = true;
  answers = true;
  /** Instructions it seems to execute between two questions. */
  speed = 1000;
  /** What was done to it. */
  readonly done: string[] = [];
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly #disposed = deferred<never>();
  #count = 0;

  onEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: MachineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  fail(kind: Failure['kind'], detail: string): void {
    this.emit({ type: 'failed', failure: failure(kind, detail) });
  }

  start(options: { cold: boolean }): Promise<BootReport> {
    this.done.push(options.cold ? 'start cold' : 'start');
    if (!this.comesUp) return new Promise(() => undefined);
    if ('kind' in this.boots) return Promise.reject(new MachineError(this.boots));
    return Promise.resolve(options.cold ? { from: 'cold' } : this.boots);
  }

  async restore(): Promise<boolean> {
    this.done.push('restore');
    await Promise.race([this.#disposed.promise, this.restores]);
    this.agent.restore();
    return true;
  }

  pause(): void {
    this.done.push('pause');
  }

  resume(): void {
    this.done.push('resume');
  }

  instructions(): Promise<number> {
    if (!this.answers) return new Promise(() => undefined);
    if (this.executes) this.#count += this.speed;
    return Promise.resolve(this.#count);
  }

  dispose(): void {
    this.done.push('dispose');
    this.#listeners.clear();
    this.#disposed.reject(new MachineError(failure('worker-gone', 'It was ended by the page.')));
  }
}
