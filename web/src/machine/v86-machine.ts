// SPDX-License-Identifier: MIT
/** The Machine that v86 runs in a Worker, as the page sees it. */
import { failure, MachineError, type Failure } from '../engine/failures.js';
import type { BootReport, Machine, MachineEvent } from '../engine/machine.js';
import { TURNS_BY_TASKS } from './event-loop.js';
import { checkBrowser } from './load-machine.js';
import workerUrl from './v86-worker.ts?worker&url';
import type { FromWorker, ToWorker } from './worker-messages.js';

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class V86Machine implements Machine {
  readonly agent = {
    send: (bytes: Uint8Array) => this.#post({ type: 'agent', bytes }),
    onData: (listener: (bytes: Uint8Array) => void) => add(this.#agentListeners, listener),
  };
  readonly #agentListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #eventListeners = new Set<(event: MachineEvent) => void>();
  readonly #calls = new Map<number, Waiting>();
  readonly #base: string;
  readonly #snapshots: string;
  #worker: Worker | undefined;
  #starting: Waiting | undefined;
  #nextId = 1;

  /** `base` is the address of the folder that holds machine.json, `snapshots` of the one with the snapshot to start from. */
  constructor(base: string, snapshots = base) {
    this.#base = base;
    this.#snapshots = snapshots;
  }

  onEvent(listener: (event: MachineEvent) => void): () => void {
    return add(this.#eventListeners, listener);
  }

  start(options: { cold: boolean }): Promise<BootReport> {
    return new Promise<BootReport>((resolve, reject) => {
      checkBrowser();
      this.#starting = { resolve, reject };
      this.#worker = new Worker(workerUrl + TURNS_BY_TASKS, { type: 'module' });
      this.#worker.addEventListener('message', (event: MessageEvent<FromWorker>) =>
        this.#receive(event.data),
      );
      this.#worker.addEventListener('error', (event) => {
        this.#fail(failure('worker-gone', event.message || 'Its script could not be loaded.'));
      });
      this.#post({ type: 'start', base: this.#base, snapshots: this.#snapshots, cold: options.cold });
    });
  }

  restore(): Promise<boolean> {
    return this.#call('restore');
  }

  instructions(): Promise<number> {
    return this.#call('instructions');
  }

  pause(): void {
    this.#post({ type: 'pause' });
  }

  resume(): void {
    this.#post({ type: 'resume' });
  }

  dispose(): void {
    this.#worker?.terminate();
    this.#eventListeners.clear();
    this.#agentListeners.clear();
    this.#rejectAll(new MachineError(failure('worker-gone', 'It was ended by the page.')));
  }

  #call<T>(type: 'restore' | 'instructions'): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#post({ type, id });
    });
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'agent':
        for (const listener of this.#agentListeners) listener(message.bytes);
        return;
      case 'started':
        return this.#starting?.resolve(message.report as never);
      case 'not-started':
        return this.#starting?.reject(new MachineError(message.failure));
      case 'reply':
        this.#calls.get(message.id)?.resolve(message.value as never);
        this.#calls.delete(message.id);
        return;
      case 'failed':
        return this.#fail(message.failure);
      default:
        this.#emit(message);
    }
  }

  #fail(reason: Failure): void {
    this.#rejectAll(new MachineError(reason));
    this.#emit({ type: 'failed', failure: reason });
  }

  #rejectAll(error: MachineError): void {
    this.#starting?.reject(error);
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }

  #emit(event: MachineEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }
}

function add<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
