// SPDX-License-Identifier: MIT
/** One interface for every machine that the scripts can run: v86 under Node, QEMU with the same kernel, QEMU with the debug kernel. */
import { randomBytes } from 'node:crypto';
import { AgentClient, type AgentEnvironment, type ByteTransport } from '../../web/src/engine/agent-client.ts';
import { ScriptError } from '../lib/project.ts';

export type MachineName = 'v86' | 'qemu' | 'debug';

export interface MachineOptions {
  /** The file of a kernel in place of the machine's own. */
  otherKernel?: string | undefined;
  /** Added to the kernel's command line. */
  append?: string | undefined;
}

export interface GuestMachine {
  readonly name: MachineName;
  /** The agent's console port. */
  readonly agent: ByteTransport;
  /** hvc0: a shell that needs no agent, on a terminal that echoes. */
  readonly rescue: ByteTransport;
  /** What the kernel has said on ttyS0 so far. */
  console(): string;
  /** Rejects when the machine ends by itself; never resolves. */
  readonly ended: Promise<never>;
  /** Saves the whole machine and returns how to go back to it; only where that is quick. */
  checkpoint?(): Promise<() => Promise<void>>;
  /** The socket on which QEMU waits for a debugger (gdb-stub.ts). */
  readonly debugger?: string;
  stop(): Promise<void>;
}

/** Timers and randomness of Node for the client. */
export const nodeEnvironment: AgentEnvironment = {
  random: (count) => new Uint8Array(randomBytes(count)),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** How long a machine may need from its start to the agent's answer. */
const BOOT_LIMIT_MS = { v86: 60_000, qemu: 60_000, debug: 240_000 };

/** Waits for the agent of a started machine. Throws with the end of the console when it does not answer. */
export async function connectAgent(machine: GuestMachine): Promise<AgentClient> {
  const client = new AgentClient(machine.agent, nodeEnvironment);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ScriptError(noAnswer(machine))), BOOT_LIMIT_MS[machine.name]);
  });
  try {
    await Promise.race([client.openSession({ booting: true }), machine.ended, late]);
    return client;
  } catch (error) {
    client.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer(machine: GuestMachine): string {
  const lines = machine.console().trimEnd().split('\n').slice(-15).join('\n');
  return `the agent of ${machine.name} did not answer in ${BOOT_LIMIT_MS[machine.name] / 1000} s; its console ends:\n${lines}`;
}

/** Listeners of a byte stream. */
export class Listeners {
  readonly #all = new Set<(bytes: Uint8Array) => void>();

  add = (listener: (bytes: Uint8Array) => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };

  tell(bytes: Uint8Array): void {
    for (const listener of this.#all) listener(bytes);
  }
}
