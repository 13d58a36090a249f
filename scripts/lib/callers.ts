// SPDX-License-Identifier: MIT
/**
 * The places in the pristine kernel where one task names another or reaches it (ids 2a, 2b, 2f, 2g, 2h, 2i), as `git grep`
 * finds them and as kernel-build/callers.tsv judges them. A place is a function that calls one of CALLEES; lines move, functions seldom.
 */

/** What names tasks, by the kind of name. */
export const CALLEES = {
  'by number': [
    'find_task_by_vpid',
    'find_get_task_by_vpid',
    'find_task_by_pid_ns',
    'find_vpid',
    'find_get_pid',
    'find_pid_ns',
    'find_ge_pid',
  ],
  'by struct pid': [
    'pid_task',
    'get_pid_task',
    'pidfd_get_pid',
    'pidfd_get_task',
    'pidfd_pid',
    'pidfd_to_pid',
    'pidfd_prepare',
  ],
  signals: [
    'check_kill_permission',
    'kill_pid_info',
    'kill_pid_info_type',
    'kill_pgrp',
    'kill_pgrp_info',
    '__kill_pgrp_info',
    'group_send_sig_info',
    'kill_pid_usb_asyncio',
    'kill_as_cred_perm',
    'kill_something_info',
    'kill_proc_info',
    'do_send_specific',
    'do_tkill',
    'sigio_perm',
    'kill_pid',
    'kill_cad_pid',
    'do_send_sig_info',
  ],
  access: ['ptrace_may_access', '__ptrace_may_access', 'mm_access', 'lock_trace'],
  walks: ['for_each_process', 'for_each_process_thread', 'do_each_pid_task', 'do_each_pid_thread'],
  numbers: [
    'pid_vnr',
    'task_pid_vnr',
    'task_tgid_vnr',
    'task_pgrp_vnr',
    'task_session_vnr',
    'pid_nr_ns',
    'task_pid_nr_ns',
    'task_tgid_nr_ns',
    'task_ppid_nr_ns',
    'task_ppid_nr',
  ],
} as const;

/** All of the kernel that may run on our machines, and what only looks so: no other architecture, no tools. */
export const FOLDERS = [
  'arch/x86',
  'block',
  'certs',
  'crypto',
  'drivers',
  'fs',
  'include',
  'init',
  'io_uring',
  'ipc',
  'kernel',
  'lib',
  'mm',
  'net',
  'security',
  'sound',
  'virt',
];

/**
 * What is done about a place: `filtered` by a lookup that it goes through, `checked` by a line of its own, `free`: it has to reach
 * everybody, or `own`: it names nobody but the caller.
 */
export const RULES = ['filtered', 'checked', 'free', 'own'] as const;
export type Rule = (typeof RULES)[number];

export interface Place {
  readonly file: string;
  /** The function, or the system call as `kill(2)`. */
  readonly within: string;
  readonly callee: string;
}

export interface CallerRow extends Place {
  /** The line of the table. */
  readonly line: number;
  readonly rule: string;
  /** The ids that it belongs to; none for what is not to be touched. */
  readonly ids: readonly string[];
  /** How user space comes here, and why the rule is right. */
  readonly why: string;
}

export const NAMES: readonly string[] = Object.values(CALLEES).flat();

export function placeKey({ file, within, callee }: Place): string {
  return `${file} ${within} ${callee}`;
}

/**
 * The places in what `git grep -n -p` prints of a revision, each once: `REV:FILE=N=TEXT` is the head of the function that follows,
 * `REV:FILE:N:TEXT` a hit. Comments, definitions and prototypes are none.
 */
export function parsePlaces(output: string): Place[] {
  const calls = new RegExp(`\\b(${NAMES.join('|')})\\s*\\(`, 'g');
  const found = new Map<string, Place>();
  let within = '';
  let of = '';
  for (const line of output.split('\n')) {
    const [, file = '', sign, text = ''] = /^[^:]+:([^:=]+)([=:])\d+[=:](.*)$/.exec(line) ?? [];
    if (file !== of) within = '';
    of = file;
    const head = headOf(text);
    if (sign === '=' || (head && !text.startsWith('#'))) within = head ?? within;
    if (sign !== ':' || isNoCall(text)) continue;
    for (const [, callee = ''] of text.matchAll(calls)) {
      const place = { file, within: within || 'a macro', callee };
      found.set(placeKey(place), place);
    }
  }
  return [...found.values()];
}

/** The function that a line at the left margin begins. */
function headOf(text: string): string | undefined {
  if (!/^[A-Za-z_]/.test(text) || text.endsWith(';')) return undefined;
  const [, syscall] = /^(?:COMPAT_)?SYSCALL_DEFINE\d\((\w+)/.exec(text) ?? [];
  if (syscall !== undefined) return `${syscall}(2)`;
  const [, bpf] = /^BPF_CALL_\d\((\w+)/.exec(text) ?? [];
  return bpf ?? /(\w+)\s*\(/.exec(text)?.[1];
}

function isNoCall(text: string): boolean {
  return /^\s*(\*|\/\*|\/\/|extern\b)/.test(text) || /^[A-Za-z_]/.test(text);
}

/** The rows of callers.tsv, below its head. */
export function parseTable(text: string): CallerRow[] {
  return text.split('\n').flatMap((line, index) => {
    if (index === 0 || line === '') return [];
    const [file = '', within = '', callee = '', rule = '', ids = '', why = ''] = line.split('\t');
    return [{ line: index + 1, file, within, callee, rule, ids: ids === '' ? [] : ids.split(' '), why }];
  });
}

/** What is wrong with the table, a line each; `ids` are those of the plan. */
export function checkTable(
  rows: readonly CallerRow[],
  places: readonly Place[],
  ids: ReadonlySet<string>,
): string[] {
  const judged = new Map<string, CallerRow>();
  const problems: string[] = [];
  for (const row of rows) {
    const where = `line ${row.line}, ${placeKey(row)}`;
    if (judged.has(placeKey(row))) problems.push(`${where}: it is judged twice`);
    judged.set(placeKey(row), row);
    if (!(RULES as readonly string[]).includes(row.rule))
      problems.push(`${where}: "${row.rule}" is no rule; there are ${RULES.join(', ')}`);
    if (row.why === '') problems.push(`${where}: it does not say why`);
    const acts = row.rule === 'filtered' || row.rule === 'checked';
    if (acts && row.ids.length === 0) problems.push(`${where}: no id brings what it says`);
    for (const id of row.ids) if (!ids.has(id)) problems.push(`${where}: the plan has no id ${id}`);
  }
  const known = new Set(places.map(placeKey));
  for (const key of known)
    if (!judged.has(key)) problems.push(`${key}: nobody has judged this; give it a row`);
  for (const [key, row] of judged)
    if (!known.has(key)) problems.push(`line ${row.line}, ${key}: the kernel has no such call`);
  return problems;
}
