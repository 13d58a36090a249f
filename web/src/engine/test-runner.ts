// SPDX-License-Identifier: MIT
/** Runs tests in the machine of the reader or in one of their own, one at a time in each. */
import { type AgentClient, type CancelSignal, SessionLostError } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { installArchives, type GuestArchive } from './guest-tests.js';
import type { Environment, Phase } from './playground.js';
import { type AgentKeeper, TestMachine } from './test-machine.js';
import { LOST, runTest, STOPPED, type TestHearing, type TestReport, type TestText } from './test-run.js';

/** Where a test runs: in a machine for tests alone, or in the one whose terminals are on the page. */
export type TestHost = 'own' | 'reader';

/** What has to be there before a test runs, and then the test. */
export type TestStep =
  | { readonly name: 'machine'; readonly phase: Phase }
  | { readonly name: 'loading'; readonly file: string; readonly loaded: number; readonly total: number }
  | { readonly name: 'installing' }
  | { readonly name: 'running' };

export interface TestListener extends Pick<TestHearing, 'onTests'> {
  readonly onStep: (step: TestStep) => void;
}

/** The archives that a guest needs, fetched when it lacks them; `onProgress` hears of it, and `signal` ends it. */
export type FindArchives = (
  onProgress: (file: string, loaded: number, total: number) => void,
  signal: CancelSignal,
) => Promise<readonly GuestArchive[]>;

/** How long a test that was asked to stop may take before its machine is taken from it. */
export const STOP_MS = 3_000;

interface Running {
  readonly file: string;
  readonly cancellation: Cancellation;
  step: TestStep['name'];
}

export class TestRunner {
  readonly #environment: Environment;
  readonly #archives: FindArchives;
  readonly #reader: AgentKeeper;
  readonly #own: TestMachine;
  readonly #running = new Map<TestHost, Running>();

  /** `environment` makes machines for tests; `reader` has the machine of the reader. */
  constructor(environment: Environment, archives: FindArchives, reader: AgentKeeper) {
    this.#environment = environment;
    this.#archives = archives;
    this.#reader = reader;
    this.#own = new TestMachine(environment);
  }

  /** Runs a test. Rejects when another runs there, or when machine or files do not come; a test that goes wrong is a report. */
  async run(host: TestHost, test: TestText, listener: TestListener): Promise<TestReport> {
    const other = this.#running.get(host);
    if (other) throw new Error(`${other.file} runs there; stop it, or wait for its end.`);
    const running: Running = { file: test.file, cancellation: new Cancellation(), step: 'machine' };
    this.#running.set(host, running);
    const onStep = (step: TestStep): void => {
      running.step = step.name;
      listener.onStep(step);
    };
    try {
      return await this.#run(host, test, running.cancellation, { ...listener, onStep });
    } catch (error) {
      if (running.cancellation.aborted) return STOPPED;
      throw error;
    } finally {
      this.#running.delete(host);
      if (host === 'own') this.#own.rest();
    }
  }

  /** Ends what runs there. A machine of its own is ended with a test that does not heed it. */
  stop(host: TestHost): void {
    const running = this.#running.get(host);
    if (!running) return;
    running.cancellation.abort();
    if (host !== 'own') return;
    const endStill = (): void => {
      if (this.#running.get(host) === running) this.#own.end();
    };
    if (running.step === 'running') this.#environment.setTimeout(endStill, STOP_MS);
    else endStill();
  }

  async #run(
    host: TestHost,
    test: TestText,
    signal: Cancellation,
    listener: TestListener,
  ): Promise<TestReport> {
    if (host === 'own') await this.#own.putBack((phase) => listener.onStep({ name: 'machine', phase }));
    const keeper = host === 'own' ? this.#own : this.#reader;
    // The guest may not be up yet, and a stop does not wait for that.
    await signal.race(() => keeper.withAgent(() => Promise.resolve()));
    const report = await keeper
      .withAgent(async (agent) => {
        await this.#prepare(agent, signal, listener);
        if (signal.aborted) return STOPPED;
        listener.onStep({ name: 'running' });
        return runTest(agent, test, { signal, onTests: listener.onTests });
      })
      .catch(lostBefore);
    if (report.end !== 'lost') return report;
    if (signal.aborted) return { ...report, end: 'stopped', faults: STOPPED.faults };
    return { ...report, faults: [this.#lossOf(host)] };
  }

  async #prepare(agent: AgentClient, signal: Cancellation, listener: TestListener): Promise<void> {
    listener.onStep({ name: 'installing' });
    const onProgress = (file: string, loaded: number, total: number): void => {
      if (!signal.aborted) listener.onStep({ name: 'loading', file, loaded, total });
    };
    await installArchives(agent, await signal.race(() => this.#archives(onProgress, signal)), signal);
  }

  #lossOf(host: TestHost): string {
    const failure = host === 'own' ? this.#own.failure : undefined;
    const why = failure ? ` ${failure.title} ${failure.detail}` : '';
    return `The machine went away under the test, or its agent did.${why}`;
  }
}

/** The guest went away before the test had begun. */
function lostBefore(error: unknown): TestReport {
  if (error instanceof SessionLostError) return LOST;
  throw error;
}
