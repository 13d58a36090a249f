// SPDX-License-Identifier: MIT
/** What the page and scripts/prove say alike to a guest that is to run tests: what it is sent, and the command line of a test. */
import type { AgentClient, ExecResult } from './agent-client.js';
import { Cancellation } from './cancellation.js';
import { decodeUtf8 } from './utf8.js';

/** For which a guest has a Perl. */
export type Abi = 'i386' | 'amd64';

/** Where the perl of an ABI is in the guest. */
const PERL_FOLDERS = { i386: '/usr/bin', amd64: '/usr/lib/perl-amd64/bin' };

/** A gzipped tar archive for a guest's root. `bytes` is asked only where the guest lacks it. */
export interface GuestArchive {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: () => Promise<Uint8Array>;
}

/** A test file, and where it runs. */
export interface TestPlace {
  /** Below images/tests. */
  readonly file: string;
  /** As VS_MACHINE says it to the test. */
  readonly machine: string;
  readonly abi: Abi;
  /** Besides what every test gets. */
  readonly environment?: readonly (readonly [name: string, value: string])[];
}

/** Unpacks the archives that the guest does not have yet. Throws with the name of one that cannot be, and when `signal` cancels it. */
export async function installArchives(
  agent: AgentClient,
  archives: readonly GuestArchive[],
  signal = new Cancellation(),
): Promise<void> {
  for (const archive of archives) await install(agent, archive, signal);
}

async function install(
  agent: AgentClient,
  { name, sha256, bytes }: GuestArchive,
  signal: Cancellation,
): Promise<void> {
  // In a state that is put back, it is there or not as it was when the state was saved.
  const mark = `/run/archive-${sha256.slice(0, 16)}`;
  const known = await agent.exec(`test -e ${mark}`);
  if (known.exitCode === 0) return;
  // The guest is waited for even so: the next who installs something there must not meet this one.
  await agent.writeFile('/run/archive.tgz', await signal.race(bytes));
  const { exitCode, stderr } = await agent.exec(
    `tar -xzf /run/archive.tgz -C / && rm /run/archive.tgz && touch ${mark}`,
    { signal },
  );
  if (exitCode !== 0)
    throw new Error(`${name} could not be unpacked in the guest: ${decodeUtf8(stderr).trim()}`);
}

/** PATH with the perl of this ABI first. */
export function searchPath(abi: Abi): string {
  return `${PERL_FOLDERS[abi]}:/sbin:/usr/sbin:/bin:/usr/bin`;
}

/** The shell command that runs a test: its TAP is what it prints. */
export function testCommand({ file, machine, abi, environment = [] }: TestPlace): string {
  const assignments = [
    ...environment,
    ['VS_MACHINE', machine],
    ['VS_ABI', abi],
    ['PATH', searchPath(abi)],
    ['PERL5LIB', '/tests/lib:/tests/perl'],
    ['LC_ALL', 'C'], // the guest has no locales
  ].map(([name, value]) => `${name}='${value}'`);
  return `cd /tests && exec env ${assignments.join(' ')} perl -Ilib ${file}`;
}

/** Where the guest has a test. */
export function guestPath(file: string): string {
  return `/tests/${file}`;
}

/** What is wrong with how a test ended, as sentences; `limitS` is what it was given. */
export function endingFaults(
  { reason, signal, exitCode }: Pick<ExecResult, 'reason' | 'signal' | 'exitCode'>,
  limitS: number,
): string[] {
  if (reason === 'cancelled') return ['It was stopped.'];
  if (reason === 'timeout') return [`It did not end in ${limitS} s.`];
  if (signal !== null) return [`It was ended by signal ${signal}.`];
  return exitCode === 0 ? [] : [`It exited with ${exitCode}.`];
}
