// SPDX-License-Identifier: MIT
/** Writes into the memory of a guest of QEMU, through the stub that QEMU has for gdb. */
import { connect, type Socket } from 'node:net';
import { ScriptError } from '../lib/project.ts';

/** A packet of the protocol: $ data # sum of the data modulo 256. */
function packet(data: string): string {
  const sum = [...data].reduce((total, char) => total + char.charCodeAt(0), 0) & 0xff;
  return `$${data}#${sum.toString(16).padStart(2, '0')}`;
}

/**
 * Sends a request and returns the answer's data; the acknowledgements (+) of both sides carry nothing here. That the guest has
 * stopped (T), which it does when somebody connects, is told unasked and is no answer.
 */
async function ask(socket: Socket, data: string): Promise<string> {
  socket.write(packet(data));
  let received = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received += chunk.toString('latin1');
    const [, answer] = /\$((?!T)[^#]*)#[0-9a-f]{2}/.exec(received) ?? [];
    if (answer === undefined) continue;
    socket.write('+');
    return answer;
  }
  throw new ScriptError(`QEMU's stub for gdb did not answer ${data}`);
}

/**
 * Writes bytes at a virtual address, whatever its protection. `path` is the socket of QEMU's -gdb. The guest stands still
 * meanwhile.
 */
export async function writeGuestMemory(
  path: string,
  address: number | bigint,
  bytes: Uint8Array,
): Promise<void> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const where = address.toString(16);
  const answer = await ask(
    socket,
    `M${where},${bytes.length.toString(16)}:${Buffer.from(bytes).toString('hex')}`,
  );
  if (answer !== 'OK') throw new ScriptError(`QEMU wrote nothing at ${where}: ${answer}`);
  // Detached, the guest goes on.
  await ask(socket, 'D');
  socket.destroy();
}
