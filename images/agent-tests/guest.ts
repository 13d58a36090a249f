// SPDX-License-Identifier: GPL-2.0-only
/** A booted machine with a session, and the few verbs that the tests share. */
import { createHash } from 'node:crypto';
import type { AgentClient, ExecResult } from '../../web/src/engine/agent-client.ts';
import type { Pty } from '../../web/src/engine/pty.ts';
import { connectAgent, type GuestMachine } from '../../scripts/machines/guest-machine.ts';
import { startQemu } from '../../scripts/machines/qemu.ts';
import { startV86 } from '../../scripts/machines/v86.ts';

export const MACHINES = ['v86', 'qemu'] as const;

export interface Guest {
  machine: GuestMachine;
  client: AgentClient;
}

export async function boot(name: 'v86' | 'qemu'): Promise<Guest> {
  const machine = name === 'v86' ? await startV86() : await startQemu('qemu');
  return { machine, client: await connectAgent(machine) };
}

export async function shutDown({ machine, client }: Guest): Promise<void> {
  client.close();
  await machine.stop();
}

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
export const bytes = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));
export const sha256 = (value: Uint8Array): string => createHash('sha256').update(value).digest('hex');

/** Runs a command that must succeed and returns its output. */
export async function run(client: AgentClient, command: string): Promise<string> {
  const result: ExecResult = await client.exec(command);
  if (result.exitCode !== 0) throw new Error(`${command}: exit ${result.exitCode}: ${text(result.stderr)}`);
  return text(result.stdout);
}

/** Collects a pty's output, giving its credit back, and waits for what it must contain. */
export class Screen {
  content = '';
  #waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];

  constructor(readonly pty: Pty) {
    pty.onData((chunk) => {
      this.content += text(chunk);
      pty.credit(chunk.length);
      this.#check();
    });
  }

  type(value: string): void {
    this.pty.write(bytes(value));
  }

  /** Resolves when the output so far matches; what matched is taken away. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.#waiting.push({ pattern, resolve });
      this.#check();
    });
  }

  #check(): void {
    this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
      const match = pattern.exec(this.content);
      if (!match) return true;
      this.content = this.content.slice(match.index + match[0].length);
      resolve(match);
      return false;
    });
  }
}

/** Bytes that are the same in every run. */
export function sample(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}
