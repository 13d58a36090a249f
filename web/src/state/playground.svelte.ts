// SPDX-License-Identifier: MIT
/** The playground as runes: what the page shows, kept in step with the engine. */
import type { AgentClient } from '../engine/agent-client.js';
import type { Stall } from '../engine/failures.js';
import type { Machine } from '../engine/machine.js';
import type { PlaygroundApi } from '../engine/playground-api.js';
import { Playground, type Environment, type Phase } from '../engine/playground.js';
import type { Welcome } from '../engine/protocol.js';
import { TestRunner, type FindArchives } from '../engine/test-runner.js';
import { browserEnvironment } from './browser-environment.js';
import { HistoryState } from './history.svelte.js';
import { KernelLogState } from './kernel-log.svelte.js';
import { LessonState } from './lesson.svelte.js';
import { ProcState } from './proc.svelte.js';
import { TerminalsState } from './terminals.svelte.js';
import { TestsState } from './tests.svelte.js';

/** What the tests of the guest run with, on machines of their own. */
export interface TestSupplies {
  createMachine(): Machine;
  readonly findArchives: FindArchives;
}

/** A page that nobody gave any says so when a test is to run. */
const NO_TESTS: TestSupplies = {
  createMachine: () => {
    throw new Error('This page has no tests with it.');
  },
  findArchives: () => Promise.reject(new Error('This page has no tests with it.')),
};

export class PlaygroundState {
  phase = $state.raw<Phase>({ name: 'loading', file: '', loaded: 0, total: 0 });
  /** What is missing for now, while something is. */
  stall = $state.raw<Stall>();
  /** Why the machine was booted cold; empty when it was not, or when the reader has seen it. */
  notice = $state('');
  readonly proc: ProcState;
  readonly kernelLog: KernelLogState;
  readonly history: HistoryState;
  readonly terminals: TerminalsState;
  readonly lesson: LessonState;
  readonly tests: TestsState;
  readonly api: PlaygroundApi;
  readonly #playground: Playground;
  #visible = true;
  #agent: AgentClient | undefined;
  /** The agent whose terminals the history hears. */
  #heard: AgentClient | undefined;

  constructor(createMachine: () => Machine, supplies = NO_TESTS) {
    const environment: Environment = { ...browserEnvironment, createMachine };
    this.proc = new ProcState(environment);
    this.kernelLog = new KernelLogState(environment);
    this.history = new HistoryState(environment);
    this.terminals = new TerminalsState(environment);
    this.lesson = new LessonState(environment);
    this.#playground = new Playground(environment, {
      phase: (phase) => this.#onPhase(phase),
      stall: (stall) => (this.stall = stall),
      session: (agent, welcome, restored) => this.#onSession(agent, welcome, restored),
      sessionLost: (guestToo) => this.#onSessionLost(guestToo),
    });
    const forTests = { ...browserEnvironment, createMachine: () => supplies.createMachine() };
    this.tests = new TestsState(
      browserEnvironment,
      new TestRunner(forTests, supplies.findArchives, this.#playground),
    );
    this.api = this.#createApi();
  }

  start(options?: { cold: boolean }): Promise<void> {
    return this.#playground.start(options);
  }

  reset(): Promise<void> {
    return this.#playground.reset();
  }

  /** Whether anybody can see the page. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#playground.setVisible(visible);
    this.#read(this.#agent);
  }

  #onPhase(phase: Phase): void {
    this.phase = phase;
    if (phase.name === 'loading') this.notice = '';
    if (phase.name === 'loading' || phase.name === 'failed') {
      this.#forgetGuest();
      this.lesson.machineRestored();
    }
    if (phase.name === 'booting' && phase.report.why !== undefined) this.notice = phase.report.why;
  }

  #onSession(agent: AgentClient, welcome: Welcome, restored: boolean): void {
    if (restored) this.#forgetGuest();
    this.#hear(agent);
    this.terminals.connect(agent, welcome, restored);
    if (restored) this.lesson.machineRestored();
    this.#read(agent);
  }

  #onSessionLost(guestToo: boolean): void {
    if (guestToo) this.terminals.leave();
    this.#read(undefined);
  }

  #hear(agent: AgentClient): void {
    if (agent === this.#heard) return;
    this.#heard = agent;
    agent.onPtyOutput((pty, bytes) => {
      this.proc.stir();
      this.history.hear(pty, bytes);
    });
    agent.onPtyEnd((pty) => this.history.hearEnd(pty));
  }

  #read(agent: AgentClient | undefined): void {
    this.#agent = agent;
    for (const part of [this.proc, this.kernelLog, this.history, this.lesson])
      part.readFrom(this.#visible ? agent : undefined);
  }

  /** What the panels know is of a guest that is gone. */
  #forgetGuest(): void {
    for (const part of [this.proc, this.kernelLog, this.history]) part.forget();
  }

  #createApi(): PlaygroundApi {
    const playground = this.#playground;
    const { terminals } = this;
    return {
      get ready() {
        return playground.ready;
      },
      exec: (command) => playground.exec(command),
      write: (text) => terminals.active.link.write(text),
      readFile: (path) => playground.readFile(path),
      waitFor: (predicate, options) => playground.waitFor(predicate, options),
      reset: () => playground.reset(),
      instructions: () => playground.instructions(),
    };
  }
}
