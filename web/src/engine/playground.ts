// SPDX-License-Identifier: MIT
/**
 * The playground without its looks: makes machines, opens sessions with their agents, notices when they die, and offers the
 * API that pages and scripts use. A life is one machine from start to failure or restart.
 */
import { messageOf } from './message-of.js';
import { AgentClient, type AgentEnvironment, SessionLostError } from './agent-client.js';
import { ConsoleWatch } from './console-watch.js';
import { deferred } from './deferred.js';
import { failure, MachineError, stall, type Failure, type Stall, type StallKind } from './failures.js';
import { GONE_MS, Heartbeat, type Pulse } from './heartbeat.js';
import type { BootReport, Machine, MachineEvent } from './machine.js';
import { Pauser } from './pauser.js';
import type { ExecOutcome } from './playground-api.js';
import { waitFor } from './predicate-watch.js';
import { parsePredicate } from './predicate.js';
import type { Welcome } from './protocol.js';
import { StartWatch } from './start-watch.js';
import { decodeUtf8 } from './utf8.js';

export type Phase =
  | { readonly name: 'loading'; readonly file: string; readonly loaded: number; readonly total: number }
  | { readonly name: 'booting'; readonly report: BootReport }
  | { readonly name: 'ready'; readonly report: BootReport }
  | { readonly name: 'failed'; readonly failure: Failure; readonly console: string };

export interface Environment extends AgentEnvironment {
  createMachine(): Machine;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What the playground tells whoever shows it. */
export interface Listener {
  phase(phase: Phase): void;
  /** Something has been missing for 2 s and may come yet; undefined: nothing is missing any more. */
  stall(stall: Stall | undefined): void;
  /** A session is open: attach terminals. `restored`: this is not the guest of before. */
  session(agent: AgentClient, welcome: Welcome, restored: boolean): void;
  /** There is no session any more. `guestToo`: the guest is gone or about to be reset; else only its agent is. */
  sessionLost(guestToo: boolean): void;
}

export class Playground {
  readonly #environment: Environment;
  readonly #listener: Listener;
  readonly #console = new ConsoleWatch();
  readonly #heartbeat: Heartbeat;
  readonly #startWatch: StartWatch;
  #options = { cold: false };
  #machine: Machine | undefined;
  #agent: AgentClient | undefined;
  #report: BootReport | undefined;
  #ready = deferred<void>();
  #restored = true;
  /** What the agent and the console say before the answer to `restore` is of the guest that goes. */
  #restoring = false;
  #stall: StallKind | undefined;
  readonly #pauser = new Pauser({ pause: () => this.#pause(), resume: () => this.#resume() });

  constructor(environment: Environment, listener: Listener) {
    this.#environment = environment;
    this.#listener = listener;
    const body = {
      instructions: () => this.instructions(),
      askAgent: () => this.#agent?.readFile('/proc/uptime', { capBytes: 64 }) ?? Promise.resolve(),
    };
    this.#heartbeat = new Heartbeat(body, environment, (pulse) => this.#onPulse(pulse));
    this.#startWatch = new StartWatch(body.instructions, environment, {
      stall: (kind) => this.#tellStall(kind),
      late: (reason) => this.#fail(reason),
    });
  }

  /** Resolves when the guest of this life answers; rejects with the reason when it does not come up. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Ends the machine of now, if any, and starts another, as the one before without `options`. Resolves when it answers or has failed. */
  async start(options = this.#options): Promise<void> {
    this.#options = options;
    this.#end('the machine was started again');
    this.#ready = deferred<void>();
    this.#listener.phase({ name: 'loading', file: '', loaded: 0, total: 0 });
    const machine = this.#environment.createMachine();
    this.#machine = machine;
    machine.onEvent((event) => this.#onEvent(event));
    this.#startWatch.enter('loading');
    try {
      const report = await machine.start(options);
      if (machine !== this.#machine) return;
      this.#report = report;
      this.#listener.phase({ name: 'booting', report });
      this.#openSessions(machine);
    } catch (error) {
      if (machine === this.#machine) this.#fail(toFailure(error));
    }
    await this.#ready.promise.catch(() => undefined); // told by the phase
  }

  /** Puts the guest back to its snapshot, or boots it again when it has none. */
  async reset(): Promise<void> {
    const machine = this.#machine;
    const agent = this.#agent;
    if (!machine || !agent || this.#report?.from !== 'snapshot') {
      await this.start();
      return this.#ready.promise;
    }
    this.#ready.reject(new Error('the machine was reset'));
    const ready = deferred<void>();
    this.#ready = ready;
    this.#restoring = true;
    this.#suspend(true);
    this.#tellStall(undefined);
    this.#restored = true;
    this.#console.reset();
    // Watched from here: a Worker that is gone does not answer the restore either.
    this.#startWatch.enter('restored');
    await machine.restore().catch(() => undefined); // told by the event, or known to whoever ended it
    // Else another reset or start goes on from here, or the machine has failed: `ready` is rejected, and has the reason.
    if (ready === this.#ready && machine === this.#machine) {
      this.#restoring = false;
      this.#openSession(agent);
    }
    return ready.promise;
  }

  exec(command: string): Promise<ExecOutcome> {
    return this.withAgent(async (agent) => {
      const { exitCode, stdout, stderr, stdoutCapped, stderrCapped } = await agent.exec(command);
      const outcome = { exitCode, stdout: decodeUtf8(stdout), stderr: decodeUtf8(stderr) };
      return stdoutCapped || stderrCapped ? { ...outcome, truncated: true } : outcome;
    });
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.withAgent(async (agent) => {
      const { bytes, capped } = await agent.readFile(path);
      if (capped) throw new Error(`read ${path}: it has more than 16 MiB`);
      return bytes;
    });
  }

  async waitFor(predicate: string, { timeout }: { readonly timeout?: number } = {}): Promise<void> {
    const parsed = parsePredicate(predicate);
    const options = timeout === undefined ? {} : { timeoutMs: timeout };
    return this.withAgent((agent) => waitFor(parsed, agent, this.#environment, options));
  }

  /** Ends the machine for good. Whoever waits for its guest hears of it. */
  end(): void {
    this.#end('the machine was ended');
  }

  instructions(): Promise<number> {
    return this.#machine?.instructions() ?? Promise.resolve(0);
  }

  /** Whether anybody can see the page: the guest stands still while nobody does and nobody waits for it. */
  setVisible(visible: boolean): void {
    this.#pauser.setVisible(visible);
  }

  /** Calls with the agent of the guest, when it is up, and keeps the guest awake meanwhile. */
  withAgent<T>(call: (agent: AgentClient) => Promise<T>): Promise<T> {
    return this.#pauser.during(async () => {
      await this.#ready.promise;
      if (!this.#agent) throw new Error('There is no machine; start one first.');
      return call(this.#agent);
    });
  }

  #openSessions(machine: Machine): void {
    const agent = new AgentClient(machine.agent, this.#environment);
    this.#agent = agent;
    this.#restored = true;
    agent.onBoot(() => this.#onBoot());
    agent.onRefused((error) => {
      if (!this.#restoring) this.#fail(failure('no-agent', `It cannot be talked to: ${error.message}.`));
    });
    agent.onSession((welcome) => void this.#onSession(agent, welcome));
    this.#openSession(agent);
  }

  #openSession(agent: AgentClient): void {
    const booting = this.#report?.from === 'cold';
    this.#startWatch.enter(booting ? 'booting' : 'restored');
    agent.openSession({ booting }).catch(() => undefined); // closed by #end, or heard above
  }

  #onBoot(): void {
    if (this.#restoring) return;
    if (this.#ready.settled) this.#ready = deferred<void>();
    this.#suspend(false);
    this.#awaitPulse();
  }

  /** The agent has said something. What says no more, or starts over and over, is waited for since then. */
  #awaitPulse(): void {
    if (this.#startWatch.stage === 'answering') return;
    this.#startWatch.enter('answering');
    this.#tellStall(undefined);
  }

  async #onSession(agent: AgentClient, welcome: Welcome): Promise<void> {
    if (this.#restoring) return;
    this.#awaitPulse();
    try {
      await this.#setClock(agent);
    } catch (error) {
      // A session that is lost already is followed by one that sets the clock.
      if (!(error instanceof SessionLostError) && !this.#restoring)
        this.#fail(failure('no-agent', `It refused the clock: ${String(error)}.`));
      return;
    }
    if (agent !== this.#agent || agent.state !== 'open' || this.#restoring || !this.#report) return;
    const restored = this.#restored;
    this.#restored = false;
    this.#listener.session(agent, welcome, restored);
    this.#listener.phase({ name: 'ready', report: this.#report });
    this.#ready.resolve();
    this.#heartbeat.start();
    this.#pauser.setRunning(true);
  }

  #setClock(agent: AgentClient): Promise<void> {
    return agent.setClock(this.#environment.now(), this.#environment.random(32));
  }

  #onEvent(event: MachineEvent): void {
    if (event.type === 'progress') {
      const { file, loaded, total } = event;
      this.#startWatch.moved();
      this.#tellStall(undefined);
      this.#listener.phase({ name: 'loading', file, loaded, total });
    } else if (event.type === 'loaded') {
      this.#startWatch.enter('starting');
      this.#tellStall(undefined);
    } else if (event.type === 'console') {
      if (this.#restoring) return;
      const found = this.#console.feed(event.text);
      if (found) this.#fail(found);
    } else {
      this.#fail(event.failure);
    }
  }

  #onPulse(pulse: Pulse): void {
    if (pulse === 'emulator-gone')
      this.#fail(failure('worker-gone', `Its Worker has not answered for ${GONE_MS / 1000} s.`));
    else if (pulse === 'cpu-stopped')
      this.#fail(failure('halted', 'Its processor executes no instruction any more.'));
    else if (pulse === 'alive') {
      this.#startWatch.stop();
      this.#tellStall(undefined);
    } else if (this.#startWatch.stage === undefined) this.#tellStall(pulse); // else that tells it
  }

  #tellStall(kind: StallKind | undefined): void {
    if (kind === this.#stall) return;
    this.#stall = kind;
    this.#listener.stall(kind && stall(kind));
  }

  #pause(): void {
    this.#startWatch.stop();
    this.#heartbeat.stop();
    this.#machine?.pause();
  }

  #resume(): void {
    this.#machine?.resume();
    if (this.#agent?.state !== 'open') return;
    this.#setClock(this.#agent).catch(() => undefined); // a lost session sets it when it is back
    this.#heartbeat.start();
  }

  /** There is no session: nothing is asked, and the guest runs until there is one. */
  #suspend(guestToo: boolean): void {
    if (this.#pauser.paused) this.#machine?.resume();
    this.#pauser.setRunning(false);
    this.#heartbeat.stop();
    this.#listener.sessionLost(guestToo);
  }

  #fail(reason: Failure): void {
    const console = this.#console.tail();
    this.#end(`${reason.title} ${reason.detail}`, new MachineError(reason));
    this.#listener.phase({ name: 'failed', failure: reason, console });
  }

  #end(why: string, error: Error = new Error(why)): void {
    this.#startWatch.stop();
    this.#suspend(true);
    this.#tellStall(undefined);
    this.#agent?.close();
    this.#machine?.dispose();
    this.#machine = undefined;
    this.#agent = undefined;
    this.#report = undefined;
    this.#restoring = false;
    this.#console.reset();
    this.#ready.reject(error);
  }
}

function toFailure(error: unknown): Failure {
  if (error instanceof MachineError) return error.failure;
  return failure('worker-gone', messageOf(error));
}
