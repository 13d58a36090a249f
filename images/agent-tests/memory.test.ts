// SPDX-License-Identifier: GPL-2.0-only
/** Kernel objects read out of guest memory by the numbers of offsets.json, against what /proc says of them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentClient } from '../../web/src/engine/agent-client.ts';
import type { Snapshot } from '../../web/src/engine/protocol.ts';
import { DIST } from '../../scripts/lib/image.ts';
import { readJson } from '../../scripts/lib/project.ts';
import { connectAgent } from '../../scripts/machines/guest-machine.ts';
import { readMachineFiles, startV86, type V86Machine } from '../../scripts/machines/v86.ts';
import { run, shutDown, text } from './guest.ts';

interface Offsets {
  kernel: string;
  symbols: Record<string, string>;
  constants: Record<string, number>;
  structs: Record<string, { size: number; fields: Record<string, { offset: number; size: number }> }>;
}

interface Task {
  pid: number;
  comm: string;
  xid: number;
  /** Has memory of its own: no kernel thread. */
  user: boolean;
}

interface Context {
  id: number;
  tasks: number;
}

/** Follows the kernel's pointers. All its memory is mapped one to one. */
class Kernel {
  constructor(
    private readonly machine: V86Machine,
    private readonly offsets: Offsets,
  ) {}

  symbol(name: string): number {
    return Number(this.offsets.symbols[name]);
  }

  offset(struct: string, field: string): number {
    return this.offsets.structs[struct]!.fields[field]!.offset;
  }

  bytes(address: number, length: number): Uint8Array {
    return this.machine.memory(address - this.offsets.constants['PAGE_OFFSET']!, length);
  }

  word(address: number): number {
    return Buffer.from(this.bytes(address, 4)).readUInt32LE();
  }

  field(address: number, struct: string, field: string): number {
    return this.word(address + this.offset(struct, field));
  }

  string(address: number, length: number): string {
    return text(this.bytes(address, length)).replace(/\0.*$/s, '');
  }

  /** Every process, from the list that starts at init_task, which is not in it. */
  tasks(): Task[] {
    const found: Task[] = [];
    const [start, tasks] = [this.symbol('init_task'), this.offset('task_struct', 'tasks')];
    for (let at = this.word(start + tasks) - tasks; at !== start; at = this.word(at + tasks) - tasks) {
      found.push({
        pid: this.field(at, 'task_struct', 'pid'),
        comm: this.string(at + this.offset('task_struct', 'comm'), 16),
        xid: this.field(at, 'task_struct', 'xid'),
        user: this.field(at, 'task_struct', 'mm') !== 0,
      });
      if (found.length > 10_000) throw new Error('the list of tasks has no end');
    }
    return found;
  }

  /** The objects of a class, by id. */
  objects(symbol: string): Context[] {
    const table = this.symbol(symbol) + this.offset('vs_class', 'table');
    return this.entries(this.field(table, 'xarray', 'xa_head')).map((object) => ({
      id: this.field(object, 'vs_object', 'id'),
      tasks: this.field(object, 'vs_object', 'tasks'),
    }));
  }

  /** What an xarray holds below an entry: a node is marked by the lowest bits. */
  private entries(entry: number): number[] {
    if (entry === 0) return [];
    if ((entry & 3) !== 2) return [entry];
    const slots = entry - 2 + this.offset('xa_node', 'slots');
    const count = 1 << this.offsets.constants['XA_CHUNK_SHIFT']!;
    return Array.from({ length: count }, (_, i) => this.word(slots + 4 * i)).flatMap((slot) =>
      this.entries(slot),
    );
  }
}

function content({ files }: Snapshot, path: string): string {
  return text((files.get(path) as { bytes: Uint8Array }).bytes);
}

/** A field of a file of /proc, as a number. */
function number(shown: Snapshot, path: string, name: string): number {
  return Number(new RegExp(`^${name}:\\t(\\d+)`, 'm').exec(content(shown, path))![1]);
}

describe('offsets.json in v86', () => {
  const offsets = readJson<Offsets>(join(DIST, 'offsets.json'));
  let machine: V86Machine;
  let client: AgentClient;
  let kernel: Kernel;
  beforeAll(async () => {
    machine = await startV86();
    client = await connectAgent(machine);
    kernel = new Kernel(machine, offsets);
  });
  afterAll(() => shutDown({ machine, client }));

  it('is of the kernel that runs', async () => {
    expect(offsets.kernel).toBe(readMachineFiles().files.bzimage.sha256);
    const banner = kernel.string(kernel.symbol('linux_banner'), 256);
    expect(banner).toBe(await run(client, 'cat /proc/version'));
  });

  it('finds the processes that /proc shows, with their names and contexts', async () => {
    for (const xid of [42, 77])
      await run(client, `chcontext --xid ${xid} -- sleep 1000 </dev/null >/dev/null 2>&1 &`);
    // Until both are in their contexts.
    await run(
      client,
      'until [ $(cat /proc/[0-9]*/status | grep -c "^Name:.sleep") = 2 ]; do usleep 10000; done',
    );
    const shown = await client.snapshot(['*/status']);
    const walked = kernel.tasks();
    const inProc = [...shown.files.keys()]
      .filter((path) => /^\d+\//.test(path)) // not virtual/status
      .map((path) => ({
        pid: number(shown, path, 'Pid'),
        comm: /^Name:\t(.{1,15})/m.exec(content(shown, path))![1]!, // /proc knows more of the kernel's own threads
        xid: number(shown, path, 'VxID'),
        user: content(shown, path).includes('VmSize'),
      }))
      // Workers of the kernel come and go, and say what they work at.
      .filter(({ comm }) => !comm.startsWith('kworker/'));
    const byPid = (a: Task, b: Task): number => a.pid - b.pid;
    expect(walked.filter(({ comm }) => !comm.startsWith('kworker/')).sort(byPid)).toEqual(inProc.sort(byPid));
    expect(walked.filter(({ comm }) => comm === 'sleep').map(({ xid }) => xid)).toEqual([42, 77]);
  });

  it('finds the contexts that /proc/virtual shows, and their counts', async () => {
    const shown = await client.snapshot(['virtual/status', 'virtual/*/status']);
    const walked = kernel.objects('vx_class');
    expect(walked).toEqual(
      [42, 77].map((id) => ({ id, tasks: number(shown, `virtual/${id}/status`, 'Tasks') })),
    );
    const count = (field: string): number => kernel.field(kernel.symbol('vx_class'), 'vs_class', field);
    expect([count('active'), count('total')]).toEqual([
      number(shown, 'virtual/status', '#CActive'),
      number(shown, 'virtual/status', '#CTotal'),
    ]);
  });

  it('is never caught between two states of the list while processes come and go', async () => {
    const storm = client.exec('i=0; while [ $i -lt 100 ]; do /bin/true & i=$((i + 1)); done; wait');
    let running = true;
    void storm.finally(() => (running = false));
    let walks = 0;
    const sizes = new Set<number>();
    while (running) {
      await new Promise((resolve) => setImmediate(resolve));
      const tasks = kernel.tasks();
      expect(tasks[0]).toEqual({ pid: 1, comm: 'init', xid: 0, user: true });
      sizes.add(tasks.length);
      walks++;
    }
    expect((await storm).exitCode).toBe(0);
    expect(walks).toBeGreaterThan(20);
    expect(sizes.size).toBeGreaterThan(1);
  });
});
