// SPDX-License-Identifier: MIT
/**
 * The names of the bits of a context's words, as the commands take them (images/man/vserver-lists.7). bit-names.test.ts holds
 * them to the tables of the commands, images/tools/libvserver/names.c.
 */

/** The tables, by their names there; `spaces` are the namespaces of a umask. */
export type BitKind = 'cflags' | 'ccaps' | 'bcaps' | 'nflags' | 'ncaps' | 'spaces';

interface BitTable {
  /** What one is called in a sentence. */
  readonly what: string;
  /** May stand before a name. */
  readonly prefix: string;
  /** By bit: the name that is shown, then others. */
  readonly names: ReadonlyMap<number, readonly string[]>;
  /** Names of several bits. */
  readonly sets: Readonly<Record<string, readonly number[]>>;
}

const BCAPS =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore';

const TABLES: Readonly<Record<BitKind, BitTable>> = {
  cflags: {
    what: 'context flag',
    prefix: 'vxf_',
    names: table(
      '0 lock info_lock, 1 sched info_sched, 2 nproc info_nproc, 3 private info_private, 4 fakeinit info_init, ' +
        '5 hideinfo info_hideinfo, 6 ulimit info_ulimit, 7 namespace info_namespace info_nspace, 8 sched_hard, ' +
        '9 sched_prio, 10 sched_pause, 16 virt_mem, 17 virt_uptime, 18 virt_cpu, 19 virt_load, 20 virt_time, ' +
        '24 hide_mount, 25 hide_netif, 26 hide_vinfo, 32 state_setup, 33 state_init, 34 state_admin, 36 sc_helper, ' +
        '37 reboot_kill, 38 persistent, 48 fork_rss, 49 prolific, 52 igneg_nice, 53 igneg_ionice',
    ),
    sets: { default: [17, 36], secure: [25] },
  },
  ccaps: {
    what: 'context capability',
    prefix: 'vxc_',
    names: table(
      '0 set_utsname utsname, 1 set_rlimit rlimit, 2 fs_security, 3 fs_trusted, 4 tiocsti, 8 raw_icmp icmp ping, ' +
        '12 syslog, 13 oom_adjust, 14 audit_control, 16 secure_mount mount, 17 secure_remount remount, ' +
        '18 binary_mount, 19 dev_mount, 20 quota_ctl, 21 admin_mapper, 22 admin_cloop, 24 kthread, 25 namespace',
    ),
    sets: { secure: [0, 8, 14] },
  },
  bcaps: {
    what: 'capability',
    prefix: 'cap_',
    names: new Map(BCAPS.split(' ').map((name, bit) => [bit, [name]])),
    sets: { secure: [0, 1, 2, 3, 4, 5, 6, 7, 10, 18, 19, 26, 28, 29, 31] },
  },
  nflags: {
    what: 'network context flag',
    prefix: 'nxf_',
    names: table(
      '0 lock info_lock, 3 private info_private, 8 single_ip, 9 lback_remap remap_lback, 10 lback_allow, ' +
        '25 hide_netif, 26 hide_lback, 32 state_setup, 34 state_admin, 36 sc_helper, 38 persistent',
    ),
    sets: { secure: [25] },
  },
  ncaps: {
    what: 'network context capability',
    prefix: 'nxc_',
    names: table('0 tun_create, 8 raw_icmp, 12 multicast'),
    sets: { secure: [8] },
  },
  spaces: {
    what: 'namespace',
    prefix: '',
    names: table(
      '7 newtime, 9 fs, 17 newns, 25 newcgroup, 26 newuts, 27 newipc, 28 newuser, 29 newpid, 30 newnet',
    ),
    sets: {},
  },
};

function table(text: string): Map<number, readonly string[]> {
  return new Map(
    text.split(', ').map((row) => {
      const [bit = '', ...names] = row.split(' ');
      return [Number(bit), names];
    }),
  );
}

function word(bits: Iterable<number>): bigint {
  let bitsSet = 0n;
  for (const bit of bits) bitsSet |= 1n << BigInt(bit);
  return bitsSet;
}

/** The bits that `name` stands for, in upper or lower case, with or without its prefix; undefined: it is none of that kind. */
export function bitsNamed(kind: BitKind, name: string): bigint | undefined {
  const { prefix, names, sets } = TABLES[kind];
  const lower = name.toLowerCase();
  const plain = lower.startsWith(prefix) ? lower.slice(prefix.length) : lower;
  if (Object.hasOwn(sets, plain)) return word(sets[plain] ?? []);
  for (const [bit, known] of names) if (known.includes(plain)) return word([bit]);
  return undefined;
}

/** The names of the set bits, lowest first; one without a name is `^<bit>`. */
export function namesOfBits(kind: BitKind, bits: bigint): string[] {
  const shown: string[] = [];
  for (let bit = 0; bits >> BigInt(bit) !== 0n; bit++)
    if ((bits >> BigInt(bit)) & 1n) shown.push(TABLES[kind].names.get(bit)?.[0] ?? `^${bit}`);
  return shown;
}

/** For a message: what one of that kind is called, and all that there are. */
export function bitKindInWords(kind: BitKind): { what: string; all: string } {
  const { what, names, sets } = TABLES[kind];
  const all = [...[...names.values()].map(([first]) => first ?? ''), ...Object.keys(sets)];
  return { what, all: all.join(', ') };
}
