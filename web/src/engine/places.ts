// SPDX-License-Identifier: MIT
/** Where a terminal can be: on the host, or inside one of the contexts that there are. */
import type { AgentClient, ExecResult } from './agent-client.js';
import { contextShell, guestShell } from './context-entry.js';
import { CONTEXT_STATUS } from './proc-virtual.js';
import { decodeUtf8 } from './utf8.js';

/** A context whose processes a terminal can be one of. */
export interface Place {
  readonly xid: number;
  /** The guest that runs in it, if `vserver` started it. */
  readonly guest: string | undefined;
}

export type PlaceReader = Pick<AgentClient, 'snapshot' | 'exec'>;

/** In which context a guest runs is the first line of its file there (vserver(8)). Reading what is no file, a fifo, may never end. */
const RUN_FILES =
  'cd /run/vservers 2>/dev/null && find . -maxdepth 1 -type f -exec grep -Hm1 "^[0-9]*$" {} +; true';
const RUN_LINE = /^\.\/([A-Za-z0-9][\w.-]*):(\d+)$/;
/** Without the names there still are the numbers. */
const NAMES_MS = 1000;

/**
 * The contexts that the kernel lists now, by xid. Rejects when the guest cannot be asked. A name that is of no context that is
 * there is left out: its file outlived the guest.
 */
export async function listPlaces(reader: PlaceReader): Promise<Place[]> {
  const [{ files }, names] = await Promise.all([
    reader.snapshot(['virtual/*/status']),
    reader.exec(RUN_FILES, { timeoutMs: NAMES_MS }).then(guestNames),
  ]);
  const xids = [...files].flatMap(([path, file]) => {
    const xid = CONTEXT_STATUS.exec(path)?.[1];
    return xid !== undefined && 'bytes' in file ? [Number(xid)] : [];
  });
  return xids.sort((a, b) => a - b).map((xid) => ({ xid, guest: names.get(xid) }));
}

function guestNames({ stdout }: ExecResult): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of decodeUtf8(stdout).split('\n')) {
    const [, name, xid] = RUN_LINE.exec(line) ?? [];
    if (name !== undefined) names.set(Number(xid), name);
  }
  return names;
}

/**
 * The program of a terminal there. Either enters by the kernel's migrate command; a guest's has its root, its namespaces and its
 * network context too. When the context has ended meanwhile it says so on the terminal, and ends.
 */
export function programOf({ xid, guest }: Place): readonly string[] {
  return guest === undefined ? contextShell(xid) : guestShell(guest);
}

/** `web (100)`, `context 100`: what it is now. */
export function nameOf({ xid, guest }: Place): string {
  return guest === undefined ? `context ${xid}` : `${guest} (${xid})`;
}

/** `web`, `context 100`: what it stays. A guest that is started again may be in another context, and its terminal leads there. */
export function labelOf({ xid, guest }: Place): string {
  return guest ?? `context ${xid}`;
}
