// SPDX-License-Identifier: MIT
/** A guest whose kernel is listened to: what it complains of is a fault, whatever the program that ran meanwhile says. */
import type { AgentClient } from '../../web/src/engine/agent-client.ts';
import { endingFaults } from '../../web/src/engine/guest-tests.ts';
import {
  connectAgent,
  type GuestMachine,
  type MachineName,
  type MachineOptions,
  nodeEnvironment,
} from '../machines/guest-machine.ts';
import { startQemu } from '../machines/qemu.ts';
import { startV86 } from '../machines/v86.ts';
import { missingSigns } from './debug-signs.ts';
import { ScriptError } from './project.ts';
import { findSplats, hasEnded } from './splats.ts';

/** kmemleak reports only what has been unreferenced for so long. */
const LEAK_AGE_S = 5;
/** How long a search for leaks may take. */
const SEARCH_LIMIT_S = 900;

/**
 * How a command ended that did not end by itself: the guest killed it at the limit (`stuck`), the machine panicked or was reset
 * (`ended`), or nothing in it answered any more (`silent`). The guest is of no more use then.
 */
export type Loss = 'stuck' | 'ended' | 'silent';

/** What came of a command. */
export interface Outcome {
  /** Why it did not end with 0 in time, a line each; empty when it did. */
  problems: string[];
  stderr: string;
  loss: Loss | undefined;
}

export class WatchedGuest {
  /** How much of the console has been searched. */
  #searched = 0;

  private constructor(
    readonly machine: GuestMachine,
    readonly client: AgentClient,
  ) {}

  /** Boots. Throws when the boot itself went wrong, or the debug machine lacks what it is there for. */
  static async boot(name: MachineName, options: MachineOptions = {}): Promise<WatchedGuest> {
    const machine = name === 'v86' ? await startV86(options) : await startQemu(name, options);
    try {
      const guest = new WatchedGuest(machine, await connectAgent(machine));
      await guest.#begin();
      return guest;
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    // Warnings are below what `quiet` lets through: what the boot said is read, what comes later reaches the console.
    const { stdout } = await this.client.exec('dmesg; dmesg -n 8');
    const splats = findSplats(Buffer.from(stdout).toString());
    if (splats.length > 0) throw new ScriptError(`the boot itself went wrong:\n${splats.join('\n')}`);
    const missing = this.machine.name === 'debug' ? await this.#missing() : [];
    if (missing.length > 0) throw new ScriptError(`the debug machine lacks ${missing.join('; ')}`);
    await this.client.setClock(Date.now(), nodeEnvironment.random(32));
    this.#searched = this.machine.console().length;
  }

  /** Saves the guest as it is now; the function that is returned puts it back. Only where that is quick. */
  async checkpoint(): Promise<(() => Promise<void>) | undefined> {
    const restore = await this.machine.checkpoint?.();
    if (!restore) return undefined;
    return async () => {
      await restore();
      this.#searched = 0;
      await this.client.openSession();
      await this.client.setClock(Date.now(), nodeEnvironment.random(32));
    };
  }

  /** Runs a shell command for at most `limitS` seconds, and hears its standard output as it comes. */
  async run(command: string, limitS: number, onOutput: (bytes: Uint8Array) => void): Promise<Outcome> {
    const run = this.client.exec(command, {
      timeoutMs: limitS * 1000,
      capBytes: 1 << 26,
      onOutput: (stream, bytes) => stream === 'stdout' && onOutput(bytes),
    });
    const watch = watchEnd(this.machine, (limitS + 30) * 1000);
    try {
      const result = await Promise.race([run, this.machine.ended, watch.ended]);
      return {
        problems: endingFaults(result, limitS),
        stderr: Buffer.from(result.stderr).toString(),
        loss: result.reason === 'exited' ? undefined : 'stuck',
      };
    } catch (error) {
      run.catch(() => {}); // it rejects when the client is closed
      const loss = error instanceof Silence ? 'silent' : 'ended';
      return { problems: [error instanceof Error ? error.message : String(error)], stderr: '', loss };
    } finally {
      watch.stop();
    }
  }

  /** What the kernel has complained of since this was last asked. */
  splats(): string[] {
    const text = this.machine.console();
    const splats = findSplats(text.slice(this.#searched));
    this.#searched = text.length;
    return splats.map((splat) => `The kernel complained:\n${splat}`);
  }

  /** Asks kmemleak of the debug machine, twice, for memory that nobody refers to; its report, empty when there is none. */
  async leaks(): Promise<string[]> {
    const uptime = 'cut -d. -f1 /proc/uptime';
    // The age is the kernel's own rule, so the wait is for its clock; the second scan tells what the first has marked.
    const { exitCode, stdout, stderr } = await this.client.exec(
      `grep -q ' /sys/kernel/debug ' /proc/mounts || mount -t debugfs none /sys/kernel/debug || exit 1
       k=/sys/kernel/debug/kmemleak; test -e $k || { echo "no $k" >&2; exit 1; }
       end=$(($(${uptime}) + ${LEAK_AGE_S + 1})); while [ $(${uptime}) -lt $end ]; do usleep 100000; done
       echo scan >$k && echo scan >$k && cat $k`,
      { timeoutMs: SEARCH_LIMIT_S * 1000, capBytes: 1 << 26 },
    );
    const report = Buffer.from(stdout).toString();
    const quiet = exitCode === 0 && report.trim() === '';
    return quiet ? [] : [report.slice(0, 20_000), Buffer.from(stderr).toString()];
  }

  /** What the debug machine has lost of what it is there for, and what its kernel complains of. */
  async lost(): Promise<string[]> {
    const missing = (await this.#missing()).map((sign) => `The machine has lost ${sign}`);
    return [...missing, ...this.splats()];
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.machine.stop();
  }

  #missing(): Promise<string[]> {
    return missingSigns(async (command) => {
      const { stdout, stderr } = await this.client.exec(command);
      return Buffer.concat([stdout, stderr]).toString();
    });
  }
}

/** Not even the guest's own limit came. */
class Silence extends ScriptError {}

/** `ended` rejects when the console tells that the guest has ended; with Silence after `limitMs`. `stop` lets the console be. */
function watchEnd(machine: GuestMachine, limitMs: number): { ended: Promise<never>; stop: () => void } {
  const start = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const text = machine.console();
      const ended = hasEnded(text);
      if (!ended && Date.now() - start < limitMs) return;
      clearInterval(timer);
      const tail = text.split('\n').slice(-40).join('\n');
      reject(
        ended
          ? new ScriptError(`The machine has ended; its console ends:\n${tail}`)
          : new Silence(`Nothing in the machine answers; its console ends:\n${tail}`),
      );
    }, 500);
    timer.unref();
  });
  return { ended, stop: () => clearInterval(timer) };
}

/** Lines as they stand below the name of what they belong to. */
export function indent(...lines: string[]): string {
  return lines
    .flatMap((line) => line.trimEnd().split('\n'))
    .map((line) => `    ${line}`)
    .join('\n');
}
