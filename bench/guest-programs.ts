// SPDX-License-Identifier: MIT
/** The C programs of bench/guest, compiled once a run and sent to the machines that are measured. */
import { join } from 'node:path';
import { compileGuest } from '../scripts/lib/guest-tools.ts';
import { ROOT } from '../scripts/lib/project.ts';

const FOLDER = join(ROOT, 'bench/guest');
const built = new Map<string, Buffer>();

/** The program's bytes, for an i386 guest. */
export function guestProgram(name: 'contexts' | 'spin'): Buffer {
  const program = built.get(name) ?? compileGuest(FOLDER, [`${name}.c`]);
  built.set(name, program);
  return program;
}
