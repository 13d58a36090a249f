// SPDX-License-Identifier: MIT
/**
 * What each bit of a context's words is for, in a sentence, with the ids of the plan that make it act: until one of them is
 * built the kernel stores the bit and does no more. bit-meanings.test.ts holds the ids to images/man/vserver-lists.7.
 */
import { namesOfBits, type BitKind } from './bit-names.js';

export interface BitMeaning {
  readonly says: string;
  /** Ids that make it act; none: the kernel acts on it, or never will. */
  readonly by: readonly string[];
}

export interface NamedBit extends Partial<BitMeaning> {
  readonly name: string;
}

const CAPABILITIES: Readonly<Record<string, string>> = {
  chown: 'Give files to another owner.',
  dac_override: 'Read, write and enter whatever the modes of files say.',
  dac_read_search: 'Read files and search directories whatever their modes say.',
  fowner: "Do with another's file what only its owner may.",
  fsetid: 'Keep the set-id bits of a file that is changed.',
  kill: "Signal another user's processes.",
  setgid: 'Take any group.',
  setuid: 'Take any user.',
  setpcap: 'Change the bounding set and the inheritable capabilities.',
  linux_immutable: 'Set and clear the immutable and append-only marks of files.',
  net_bind_service: 'Bind to ports below 1024.',
  net_broadcast: 'Broadcast and listen to multicast; nothing asks for it.',
  net_admin: 'Set up interfaces, addresses, routes and filters.',
  net_raw: 'Use raw and packet sockets.',
  ipc_lock: 'Lock memory.',
  ipc_owner: 'Use System V objects whatever their modes say.',
  sys_module: 'Load and unload kernel modules.',
  sys_rawio: 'Use I/O ports and raw devices.',
  sys_chroot: 'Change the root directory.',
  sys_ptrace: "Trace another user's processes.",
  sys_pacct: 'Switch process accounting.',
  sys_admin: 'Mount, name the host, and much more of administration.',
  sys_boot: 'Reboot, and load another kernel.',
  sys_nice: "Raise priorities, and set another's.",
  sys_resource: 'Go over limits, and raise them.',
  sys_time: 'Set the clock.',
  sys_tty_config: 'Set up terminals, and hang them up.',
  mknod: 'Make device files.',
  lease: "Take leases on another's files.",
  audit_write: 'Write to the audit log.',
  audit_control: 'Set up the audit log.',
  setfcap: 'Give capabilities to files.',
  mac_override: 'Pass by mandatory access control.',
  mac_admin: 'Set up mandatory access control.',
  syslog: "Read and clear the kernel's log.",
  wake_alarm: 'Set timers that wake the machine.',
  block_suspend: 'Keep the machine from its sleep.',
  audit_read: 'Listen to the audit log.',
  perfmon: 'Measure performance.',
  bpf: 'Load BPF programs.',
  checkpoint_restore: 'Save processes and bring them back.',
};

const BIT_MEANINGS: Readonly<Record<BitKind, Readonly<Record<string, string>>>> = {
  cflags: {
    lock: 'Members that are in setup may not give it flags by reducecap --flag.',
    sched: 'A name without an effect.',
    nproc: 'Its number of processes is limited. [6b]',
    private: 'Nobody enters it once its setup is over.',
    fakeinit: 'It sees its init as process 1. [3b]',
    hideinfo: 'The old name of hide_vinfo; it has no effect.',
    ulimit: 'A name without an effect.',
    namespace: 'reducecap --flag keeps a mount namespace in it.',
    sched_hard: 'Its processes wait when it has no tokens. [6a]',
    sched_prio: 'Its tokens raise and lower the priority of its processes. [5a]',
    sched_pause: 'None of its processes runs. [6a]',
    virt_mem: "It sees its own memory as if it were the machine's. [4e, 5d]",
    virt_uptime: 'It sees its own uptime. [3c]',
    virt_cpu: 'It sees only the processors that it may use; no id has it.',
    virt_load: 'It sees the load of its own processes. [3d]',
    virt_time: 'Setting the clock moves its own clock alone; no id has it.',
    hide_mount: 'It sees no list of mounts. [0a]',
    hide_netif: 'Without an effect here: it is a flag of network contexts.',
    hide_vinfo: 'Which context its processes are in is not told in /proc.',
    state_setup: 'It is in setup: its members may still change it. Once cleared it stays so.',
    state_init: 'It has no init yet. Once cleared it stays so.',
    state_admin: 'The host may change it. Once cleared it stays so.',
    sc_helper: "Its begin and its end run the host's helper. [3f]",
    reboot_kill: 'A reboot inside ends it. [3f]',
    persistent: 'It lives on without processes.',
    fork_rss: 'It cannot fork while it is over its limit of memory. [5d]',
    prolific: 'A name without an effect.',
    igneg_nice: 'To ask for a better priority is no error in it, and does nothing. [2g]',
    igneg_ionice: 'A name without an effect.',
  },
  ccaps: {
    set_utsname: 'Root of it may set host and domain name. [3a]',
    set_rlimit: 'Root of it may raise hard limits of processes. [4d]',
    fs_security: 'Root of it may set attributes security.* of files.',
    fs_trusted: 'Root of it may set attributes trusted.* of files.',
    tiocsti: 'Root of it may type into its terminal.',
    raw_icmp: 'Root of it may open raw sockets of ICMP.',
    syslog: 'Root of it may use every call of its kernel log. [3e]',
    oom_adjust: 'Root of it may lower OOM scores.',
    audit_control: 'Root of it may set the login uid.',
    secure_mount: 'Root of it may mount and unmount.',
    secure_remount: 'Root of it may change its mounts.',
    binary_mount: 'Root of it may mount file systems with binary options.',
    dev_mount: 'Devices count in what it mounts.',
    quota_ctl: 'Root of it may set quotas. [3g]',
    admin_mapper: 'Root of it may use the device mapper.',
    admin_cloop: 'Root of it may set up loop devices.',
    kthread: 'A name without an effect.',
    namespace: 'The old way to let it make mount namespaces; the umask does so now.',
  },
  bcaps: CAPABILITIES,
  nflags: {
    lock: 'A name without an effect.',
    private: 'Nobody enters it once its setup is over.',
    single_ip: 'It has one address, and that stands for any. [2c]',
    lback_remap: '127.0.0.1 is a loopback address of its own. [2c]',
    lback_allow: 'It may use the loopback addresses. [2c]',
    hide_netif: 'It sees only interfaces with its addresses. [2c]',
    hide_lback: 'Its loopback address looks like 127.0.0.1. [2c]',
    state_setup: 'It is in setup. Once cleared it stays so.',
    state_admin: 'The host may change it. Once cleared it stays so.',
    sc_helper: "Its begin and its end run the host's helper. [3f]",
    persistent: 'It lives on without processes.',
  },
  ncaps: {
    tun_create: 'Root of it may make tun devices. [2c]',
    raw_icmp: 'Root of it may open raw sockets of ICMP. [2c]',
    multicast: 'It may use multicast addresses. [2c]',
  },
  spaces: {
    newtime: 'Clocks since boot.',
    fs: 'Root, working directory and file creation mask.',
    newns: 'Mounts.',
    newcgroup: 'The root of control groups.',
    newuts: 'Host and domain name.',
    newipc: 'Message queues, semaphores and shared memory.',
    newuser: 'Users and capabilities.',
    newpid: 'Process numbers.',
    newnet: 'Interfaces, routes and filters.',
  },
};

/** The set bits of a word, lowest first, with what each is for. */
export function namedBits(kind: BitKind, word: bigint): NamedBit[] {
  return namesOfBits(kind, word).map((name) => ({ name, ...bitMeaning(kind, name) }));
}

/** Undefined for a bit without a name. */
export function bitMeaning(kind: BitKind, name: string): BitMeaning | undefined {
  if (!Object.hasOwn(BIT_MEANINGS[kind], name)) return undefined;
  const [, says = '', ids] = /^(.*?)(?: \[(.*)\])?$/.exec(BIT_MEANINGS[kind][name] ?? '') ?? [];
  return { says, by: ids?.split(', ') ?? [] };
}
