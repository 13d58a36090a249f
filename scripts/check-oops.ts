// SPDX-License-Identifier: MIT
/**
 * Makes the kernel oops in a call of a context's task and checks what it says and keeps: the xid behind the pid (1d), the
 * history's last dump, and that recording ends while the machine goes on (1e).
 * Usage: tsx scripts/check-oops.ts [--machine=qemu|debug] [--kernel=FILE]     ends with "N passed, N failed"
 *
 * The kernel is the one that is shipped, without any provision for this: QEMU writes an instruction that no processor has over
 * the start of a function. System.map has to lie beside the kernel.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentClient } from '../web/src/engine/agent-client.ts';
import { findSplats } from './lib/splats.ts';
import { CACHE, runScript, ScriptError } from './lib/project.ts';
import { testArchives } from './lib/test-bundle.ts';
import { installArchives, searchPath } from '../web/src/engine/guest-tests.ts';
import { connectAgent, type GuestMachine } from './machines/guest-machine.ts';
import { writeGuestMemory } from './machines/gdb-stub.ts';
import { startQemu } from './machines/qemu.ts';

/** Answers get_vci, which nothing here needs but to fail in it. */
const VICTIM = 'vc_get_vci';
const UD2 = Uint8Array.of(0x0f, 0x0b);
const [CONTEXT, LATER] = [77, 78];

/** What the guest does: Perl with the modules of the tests. Each prints what is to be compared. */
const ASK_BEFORE = `ctx_create(${CONTEXT}); print get_vci() & 1 << 20 ? "history" : "none"`;
const OOPS = `
  my $pid = fork; if (!$pid) { ctx_create(${CONTEXT}); get_vci(); exec "true" }
  waitpid $pid, 0; print "$pid ", $? & 127`;
const LIVE_ON = `
  my $end = sub { (read_history($_[0], 0, 0))[1] };
  my @cpu = grep /^cpu\\d/, split /\\n/, read_file("/proc/stat");
  my @before = map $end->($_), 0 .. $#cpu;
  my $pid = fork; if (!$pid) { print ctx_create(${LATER}), " "; exit }
  waitpid $pid, 0; settled();
  print join(",", map $end->($_) - $before[$_], 0 .. $#cpu), " ", dump_history()`;

let passed = 0;
let failed = 0;

function check(title: string, good: boolean, found: string): void {
  console.log(`${good ? 'ok' : 'not ok'} - ${title}`);
  if (good) passed++;
  else {
    failed++;
    console.log(`    found: ${found || 'nothing'}`);
  }
}

function addressOf(symbol: string, kernel: string): bigint {
  const map = join(dirname(kernel), 'System.map');
  if (!existsSync(map)) throw new ScriptError(`${map} is missing: scripts/build-kernel makes it`);
  const [, address] = new RegExp(`^([0-9a-f]+) t ${symbol}$`, 'm').exec(readFileSync(map, 'utf8')) ?? [];
  if (address === undefined) throw new ScriptError(`${map} has no ${symbol}`);
  return BigInt(`0x${address}`);
}

async function run(client: AgentClient, command: string): Promise<string> {
  const { stdout, stderr } = await client.exec(command, { timeoutMs: 120_000, capBytes: 1 << 24 });
  return Buffer.concat([stdout, stderr]).toString();
}

function perl(client: AgentClient, code: string): Promise<string> {
  const path = searchPath('i386');
  const quoted = code.replaceAll("'", `'\\''`);
  return run(
    client,
    `cd /tests && PATH=${path} LC_ALL=C perl -Ilib -Iperl -e 'use VServer; use Callers; $| = 1; ${quoted}'`,
  );
}

/** The lines of the first dump of the history behind a place in the log. */
function historyIn(log: string): string[] {
  const lines = log.split('\n').map((line) => line.replace(/^\[[^\]]*\] /, ''));
  const start = lines.findIndex((line) => line.startsWith('History:'));
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  return rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith('(#')),
  );
}

async function checkOops(
  machine: GuestMachine,
  client: AgentClient,
  kernel: string,
  gdb: string,
): Promise<void> {
  await installArchives(client, testArchives(['i386']));
  const before = await perl(client, ASK_BEFORE);
  check('the call succeeds, and the kernel has a history', before === 'history', before);
  check('nothing has gone wrong yet', findSplats(await run(client, 'dmesg')).length === 0, machine.console());

  await writeGuestMemory(gdb, addressOf(VICTIM, kernel), UD2);
  await run(client, 'dmesg -c >/dev/null');
  const [pid = '', signal = ''] = (await perl(client, OOPS)).split(' ');
  // What the log has of it follows the end of the task's last line, not its death.
  const log = await run(client, 'dmesg');
  check('the same call then kills its task', signal === '11', `signal ${signal}`);
  check('the kernel oopses', /Oops: invalid opcode/.test(log), log);
  check('its line has the xid behind the pid', log.includes(` PID: ${pid}[#${CONTEXT}] Comm: perl `), log);
  check(`it was in ${VICTIM}`, new RegExp(`[ER]IP: .*${VICTIM}\\+0x0/`).test(log), log);

  const history = historyIn(log);
  const oops = new RegExp(`^\\(#[0-9a-f]{4},\\*\\d+\\):${VICTIM}\\+0x0/0x[0-9a-f]+ oops $`);
  check(
    'the history is dumped once',
    log.split('History:').length === 2,
    String(log.split('History:').length - 1),
  );
  check(
    'its newest entry is the oops',
    history.some((line) => oops.test(line)) && oopsIsNewest(history),
    history.join('\n'),
  );
  const event = new RegExp(`(?:__create|claim|init)_vx_info .*\\[#${CONTEXT},`);
  check(
    'it shows what the context has gone through',
    history.filter((line) => event.test(line)).length >= 3,
    history.join('\n'),
  );

  await run(client, 'dmesg -c >/dev/null');
  const after = await perl(client, LIVE_ON);
  const [made, recorded = '', dumped] = after.split(' ');
  check('the machine goes on: a context is made', made === String(LATER), after);
  check('nothing is recorded any more', /^0(,0)*$/.test(recorded), after);
  check('dump_history succeeds', dumped === '0', after);
  const again = historyIn(await run(client, 'dmesg'));
  check(
    'and shows what was kept',
    again.length > 0 && again.join('\n') === history.join('\n'),
    again.join('\n'),
  );
}

/** Whether no entry comes after the oops; sequence numbers have 16 bits and wrap. */
function oopsIsNewest(history: readonly string[]): boolean {
  const seqs = history.map((line) => ({
    seq: parseInt(line.slice(2, 6), 16),
    oops: line.endsWith(' oops '),
  }));
  const last = seqs.find(({ oops }) => oops);
  return last !== undefined && seqs.every(({ seq }) => ((last.seq - seq) & 0xffff) < 0x8000);
}

runScript('check-oops', async () => {
  let name: 'qemu' | 'debug' = 'qemu';
  let kernel: string | undefined;
  for (const argument of process.argv.slice(2)) {
    const [, option, value] = /^--(machine|kernel)=(.+)$/.exec(argument) ?? [];
    if (option === 'machine' && (value === 'qemu' || value === 'debug')) name = value;
    else if (option === 'kernel') kernel = value;
    else throw new ScriptError(`${argument}: say --machine=qemu or debug, --kernel=FILE`);
  }
  // The one that the sources build, whose System.map is there.
  kernel ??= join(CACHE, 'out', name === 'qemu' ? 'v86' : name, 'bzImage');
  const machine = await startQemu(name, { otherKernel: kernel });
  try {
    const client = await connectAgent(machine);
    await checkOops(machine, client, kernel, machine.debugger!);
    client.close();
  } finally {
    await machine.stop();
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed) process.exitCode = 1;
});
