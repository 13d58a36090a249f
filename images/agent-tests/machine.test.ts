// SPDX-License-Identifier: GPL-2.0-only
/** What a machine has beside the agent's port: the rescue shell, words for its kernel, the 9p file system. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentClient } from '../../web/src/engine/agent-client.ts';
import {
  connectAgent,
  type GuestMachine,
  type MachineOptions,
  nodeEnvironment,
} from '../../scripts/machines/guest-machine.ts';
import { startQemu } from '../../scripts/machines/qemu.ts';
import { startV86, type V86Machine } from '../../scripts/machines/v86.ts';
import { bytes, type Guest, MACHINES, run, sample, shutDown, text } from './guest.ts';

function start(name: 'v86' | 'qemu', options: MachineOptions = {}): Promise<GuestMachine> {
  return name === 'v86' ? startV86(options) : startQemu(name, options);
}

/** Waits for what the rescue shell says from now on. */
function rescueSays({ rescue }: GuestMachine, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const stop = rescue.onData((chunk) => {
      said += text(chunk);
      if (!pattern.test(said)) return;
      stop();
      resolve(said);
    });
  });
}

describe.each(MACHINES)('rescue shell in %s', (name) => {
  let guest: Guest;
  beforeEach(async () => {
    const machine = await start(name);
    const prompt = rescueSays(machine, /# /);
    guest = { machine, client: await connectAgent(machine) };
    await prompt;
    return () => shutDown(guest);
  });

  it('answers while the agent is stopped, and can set it going again', async () => {
    const { machine, client } = guest;
    const pid = (await run(client, 'pidof agent')).trim();
    const stopped = rescueSays(machine, /state T 42\r\n/);
    machine.rescue.send(
      bytes(`kill -STOP ${pid}; echo state $(cut -d' ' -f3 /proc/${pid}/stat) $((6 * 7))\n`),
    );
    await stopped;
    let answered = false;
    const call = client.exec('echo awake').then(({ stdout }) => {
      answered = true;
      return text(stdout);
    });
    const during = rescueSays(machine, /VCIVersion:\t0002:0001\r\n/);
    machine.rescue.send(bytes('cat /proc/virtual/info\n'));
    await during;
    expect(answered).toBe(false);
    machine.rescue.send(bytes(`kill -CONT ${pid}\n`));
    expect(await call).toBe('awake\n');
  });

  it('is back when it has ended', async () => {
    const { machine, client } = guest;
    const said = rescueSays(machine, /first \d+\r\n.*# /s);
    machine.rescue.send(bytes('echo first $$\n'));
    const pid = /first (\d+)\r\n/.exec(await said)![1]!;
    const prompt = rescueSays(machine, /# /);
    await client.exec(`kill -9 ${pid}`);
    await prompt;
    const again = rescueSays(machine, /second \d+\r\n/);
    machine.rescue.send(bytes('echo second $$\n'));
    expect(/second (\d+)\r\n/.exec(await again)![1]).not.toBe(pid);
  });
});

describe.each(MACHINES)('command line in %s', (name) => {
  it('takes the version of the interface that the kernel reports', async () => {
    const machine = await start(name, { append: 'vserver.version=0x00020305' });
    const client = await connectAgent(machine);
    expect(await run(client, 'cat /proc/virtual/info')).toMatch(/^VCIVersion:\t0002:0305$/m);
    await shutDown({ machine, client });
  });
});

describe('9p in v86', () => {
  let machine: V86Machine;
  let client: AgentClient;
  const MOUNT = 'mkdir -p /mnt/9p && mount -t 9p -o trans=virtio,version=9p2000.L host9p /mnt/9p';

  beforeAll(async () => {
    machine = await startV86();
    client = await connectAgent(machine);
    await machine.createFile('/before', bytes('made before the mount\n'));
    await run(client, MOUNT);
  });
  afterAll(() => shutDown({ machine, client }));

  it('shows files of the host, whenever they were made, byte for byte', async () => {
    expect(await run(client, 'cat /mnt/9p/before')).toBe('made before the mount\n');
    const data = sample(300_000);
    await machine.createFile('/after', data);
    expect((await client.exec('cat /mnt/9p/after')).stdout).toEqual(data);
  });

  it('is in a state, mounted: another machine goes on with it', async () => {
    await machine.createFile('/kept', bytes('kept\n'));
    const state = await machine.saveState();
    const other = await startV86();
    await other.restoreState(state);
    const there = new AgentClient(other.agent, nodeEnvironment);
    await there.openSession();
    await other.createFile('/later', bytes('later\n'));
    expect(await run(there, 'cat /mnt/9p/kept /mnt/9p/later')).toBe('kept\nlater\n');
    await shutDown({ machine: other, client: there });
  });
});
