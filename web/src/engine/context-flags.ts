// SPDX-License-Identifier: MIT
/** Names of the context flags, spelled as util-vserver's vattribute prints them. */

const NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0, 'info_lock'],
  [1, 'info_sched'],
  [2, 'info_nproc'],
  [3, 'info_private'],
  [4, 'info_init'],
  [5, 'info_hideinfo'],
  [6, 'info_ulimit'],
  [7, 'info_nspace'],
  [8, 'sched_hard'],
  [9, 'sched_prio'],
  [10, 'sched_pause'],
  [16, 'virt_mem'],
  [17, 'virt_uptime'],
  [18, 'virt_cpu'],
  [19, 'virt_load'],
  [20, 'virt_time'],
  [24, 'hide_mount'],
  [25, 'hide_netif'],
  [26, 'hide_vinfo'],
  [32, 'state_setup'],
  [33, 'state_init'],
  [34, 'state_admin'],
  [36, 'sc_helper'],
  [37, 'reboot_kill'],
  [38, 'persistent'],
  [48, 'fork_rss'],
  [49, 'prolific'],
  [52, 'igneg_nice'],
  [53, 'igneg_ionice'],
];
const NAME_OF_BIT = new Map(NAMES);

/** The names of the set bits, lowest first; a bit without a name is shown as `^<bit>`. */
export function contextFlagNames(flags: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; flags >> BigInt(bit) !== 0n; bit++) {
    if ((flags >> BigInt(bit)) & 1n) names.push(NAME_OF_BIT.get(bit) ?? `^${bit}`);
  }
  return names;
}
