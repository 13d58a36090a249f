// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** How a script ends that runs `main` beside a loop of timers as v86's is. */
function endOf(main: string): { status: number | null; stderr: string } {
  const project = join(import.meta.dirname, 'project.ts');
  const script = `
    import { runMachineScript, ScriptError } from ${JSON.stringify(project)};
    const spin = () => setImmediate(spin);
    spin();
    runMachineScript('named', async () => { ${main} });
  `;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stderr };
}

test('a script with a machine ends though the machine has left its loop behind', () => {
  expect(endOf('').status).toBe(0);
  expect(endOf('process.exitCode = 3;').status).toBe(3);
});

test('it ends when it fails, and says why', () => {
  const { status, stderr } = endOf("throw new ScriptError('the agent did not answer')");
  expect(stderr).toBe('named: the agent did not answer\n');
  expect(status).toBe(1);
});
