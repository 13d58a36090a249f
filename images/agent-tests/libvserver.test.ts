// SPDX-License-Identifier: GPL-2.0-only
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileGuest, TOOLS } from '../../scripts/lib/guest-tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'libvserver-'));
const main = join(folder, 'main.c');
const LIBRARY = join(TOOLS, 'libvserver');
writeFileSync(
  main,
  `#include "${LIBRARY}/vserver.h"\nint main(void)\n{\n\treturn vc_command_named("get_version")->word;\n}\n`,
);
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['i386', 'amd64'] as const)('libvserver has the layouts of the kernel on %s', (abi) => {
  // calls.c asserts them: it does not compile with another.
  const program = compileGuest(LIBRARY, ['calls.c', 'names.c', main], abi);
  expect(program.subarray(1, 4).toString()).toBe('ELF');
});
