// SPDX-License-Identifier: MIT
/** What the guest says to who asks it there: the other side of what the page shows. */
import type { PlaygroundPage } from './playground-page.js';

/** Of what runs in the background: its output would keep the call that starts it. */
const QUIET = '> /dev/null 2>&1';

export class Guest {
  constructor(private readonly playground: PlaygroundPage) {}

  /** What a command prints; throws what it says when it fails. */
  async says(command: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.playground.exec(command);
    if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Why a command fails, in its own words; throws when it does not. */
  async refusal(command: string): Promise<string> {
    const { exitCode, stderr } = await this.playground.exec(command);
    if (exitCode === 0) throw new Error(`${command}: it was not refused`);
    return stderr.trim();
  }

  /** The lines of a file of /proc, by label. */
  async lines(path: string): Promise<Record<string, string>> {
    const lines = (await this.says(`cat ${path}`)).trimEnd().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2) as [string, string]));
  }

  /** The lines of the kernel's log that have `text`, without their time. */
  async logTexts(text: string): Promise<string[]> {
    const lines = (await this.says('dmesg')).split('\n').filter((line) => line.includes(text));
    return lines.map((line) => line.replace(/^\[ *[\d.]+\] /, '').trim());
  }

  /** What the kernel remembers of a context, an event a line: its name, the counts before it, and what it is of. */
  async history(xid: number): Promise<string[]> {
    const [, ...rows] = (await this.says(`vhistory --xid ${xid}`)).trimEnd().split('\n');
    return rows.map((row) => {
      const [, , , what, usecnt, tasks, ...of] = row.split(/\s+/);
      return `${what} ${usecnt}/${tasks} ${of.join(' ')}`;
    });
  }

  /** Makes a context in which a program sleeps. */
  async start(xid: number, options = ''): Promise<void> {
    await this.says(`chcontext --silent --xid ${xid} ${options} --disconnect -- sleep 1000 ${QUIET}`);
  }

  /** Ends all that runs in a context. */
  async end(xid: number): Promise<void> {
    await this.says(`vkill --xid ${xid} -s KILL`);
  }

  /** Makes a context and ends it with a zombie that nobody waits for: it is in no list, and held, until `letGo`. */
  async hold(xid: number): Promise<void> {
    await this.says(
      `sh -c 'chcontext --silent --xid ${xid} -- true & exec tail -f /dev/null' ${QUIET} & ` +
        `until vhistory --xid ${xid} | grep -q unhash; do usleep 50000; done`,
    );
  }

  async letGo(): Promise<void> {
    await this.says('killall tail');
  }
}
