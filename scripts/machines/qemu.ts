// SPDX-License-Identifier: MIT
/**
 * QEMU machines: `qemu` boots images/dist on one i386 CPU, `debug` the x86_64 debug kernel with the same initramfs on four.
 * hvc0 is the rescue shell and ttyS0 the kernel's console as in v86; the agent has a virtio serial port.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteTransport } from '../../web/src/engine/agent-client.ts';
import { CACHE, readJson, ScriptError } from '../lib/project.ts';
import { DIST } from '../lib/image.ts';
import { type GuestMachine, Listeners, type MachineOptions } from './guest-machine.ts';

interface Kind {
  program: string;
  kernel: string;
  arguments: string[];
  /** Added to the command line of machine.json. */
  cmdline: string;
}

/** A device of the guest, and where QEMU connects to for it. */
interface Port {
  device: string;
  path: string;
  server: Server;
  socket: Promise<Socket>;
}

function kind(name: 'qemu' | 'debug'): Kind {
  if (name === 'qemu') {
    return {
      program: 'qemu-system-i386',
      kernel: join(DIST, 'bzImage'),
      arguments: ['-m', '256'],
      cmdline: '',
    };
  }
  return {
    program: 'qemu-system-x86_64',
    kernel: join(CACHE, 'out/debug/bzImage'),
    // Four packages: the MP table has only the first processor of each.
    arguments: ['-m', '1024', '-smp', '4,sockets=4,cores=1,threads=1', '-cpu', 'max'],
    // On a busy host AML runs into the kernel's limit of time, and then no PCI device has an interrupt. The BIOS's MP table says
    // all that is needed, in no time. A CPU that the host lets wait is no stall either.
    cmdline: 'acpi=off rcupdate.rcu_cpu_stall_suppress=1',
  };
}

/** The kernel, the initramfs of images/dist, and the command line of machine.json with `more` behind it. */
function bootArguments(kernel: string, more: string): string[] {
  const { cmdline } = readJson<{ v86: { cmdline: string } }>(join(DIST, 'machine.json')).v86;
  return ['-kernel', kernel, '-initrd', join(DIST, 'initramfs.gz'), '-append', `${cmdline} ${more}`];
}

/** Boots; the machine is up when the agent answers (connectAgent). */
export async function startQemu(
  name: 'qemu' | 'debug',
  { otherKernel, append = '' }: MachineOptions = {},
): Promise<GuestMachine> {
  const { program, arguments: own, cmdline: more, ...defaults } = kind(name);
  const kernel = otherKernel ?? defaults.kernel;
  if (!existsSync(kernel))
    throw new ScriptError(`${kernel} is missing; run scripts/build-kernel ${name === 'qemu' ? 'v86' : name}`);
  const { folder, sockets, close } = await openSockets(name);
  const [serial, debug] = [join(folder, 'ttyS0'), join(folder, 'gdb')];
  // setpriv: QEMU ends with this process, however that ends.
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', program],
      ...['-accel', 'tcg', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', ...own],
      ...bootArguments(kernel, `${more} panic=-1 ${append}`),
      ...['-gdb', `unix:${debug},server=on,wait=off`],
      ...['-serial', `file:${serial}`, '-device', 'virtio-serial-pci'],
      ...sockets.flatMap(({ path, device }) => [
        ...['-chardev', `socket,id=${device},path=${path}`, '-device', `${device},chardev=${device}`],
      ]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const console = (): string => (existsSync(serial) ? readFileSync(serial, 'utf8') : '');
  let stopping = false;
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) =>
      reject(new ScriptError(`setpriv, of util-linux, cannot be run: ${error.message}`)),
    );
    void exited.then(() => {
      if (stopping) return;
      reject(whyEnded(program, stderr, console()));
    });
  });
  ended.catch(() => {}); // who waits for it hears of it; nobody may be waiting
  const connected = Promise.race([Promise.all(sockets.map((one) => one.socket)), ended]);
  const [rescue, agent] = await connected.catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    name,
    agent: transport(agent!),
    rescue: transport(rescue!),
    console,
    ended,
    debugger: debug,
    stop: async () => {
      stopping = true;
      child.kill('SIGKILL');
      await exited;
      close();
    },
  };
}

/** A folder with a socket for each port of the guest; `close` takes it all away. */
async function openSockets(name: string): Promise<{ folder: string; sockets: Port[]; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), `vserver-${name}-`));
  // The second is no console as in v86: QEMU drops what a console says while we are too busy to read.
  const devices = ['virtconsole', 'virtserialport'];
  const sockets = await Promise.all(devices.map((device) => acceptOne(device, join(folder, device))));
  const close = (): void => {
    for (const { server } of sockets) server.close();
    rmSync(folder, { recursive: true });
  };
  return { folder, sockets, close };
}

/** What nobody listens to is read and dropped: an unread port would stop the guest. */
function transport(socket: Socket): ByteTransport {
  const listeners = new Listeners();
  socket.on('data', (chunk) => listeners.tell(new Uint8Array(chunk)));
  return { send: (chunk) => void socket.write(chunk), onData: listeners.add };
}

function whyEnded(program: string, stderr: string, console: string): ScriptError {
  if (/failed to execute/.test(stderr)) {
    return new ScriptError(`${program} is not installed: scripts/install-packages installs it`);
  }
  const tail = console.trimEnd().split('\n').slice(-15).join('\n');
  return new ScriptError(`${program} ended by itself; ${stderr.trim()}\n${tail}`.trimEnd());
}

/** A socket for QEMU to connect to: it is there before QEMU starts, so neither side has to try again. */
async function acceptOne(device: string, path: string): Promise<Port> {
  const server = createServer();
  const socket = new Promise<Socket>((resolve) => {
    server.once('connection', (connection) => {
      connection.on('error', () => connection.destroy());
      resolve(connection);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { device, path, server, socket };
}
