/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libvserver: the vserver system call from C. One function a command word, one struct a layout, the names of all bits.
 *
 * Every function is one call of the kernel: it allocates nothing, keeps nothing, and may be called by any thread. It returns what the
 * kernel returns, 0 or the value that is named beside it, or -1 with errno. Integers are in native order.
 *
 * What any word may refuse, in the order in which the kernel looks:
 *   ENOSYS  the kernel does not have the word, or not for this caller: one who is no administrator in the initial user namespace, or a
 *           member of a context whose setup is over, learns of no word. vc_lacks() tells the two apart.
 *   EPERM   the word is for the host (or a member in setup, of itself), or wants CAP_SYS_RESOURCE, too
 *   ESRCH   no such context, network context or task
 *   EACCES  the context is no longer administrated from outside (its flag state_admin is cleared)
 *   EFAULT  the data cannot be read or written
 * A refused call has changed nothing. What a word refuses beyond these is said beside its function.
 *
 * Which plan id brings a word: vc_command_of().
 */
#ifndef LIBVSERVER_VSERVER_H
#define LIBVSERVER_VSERVER_H

#include <stddef.h>
#include <stdint.h>

/* Ids. The first two have no object; OWN is the caller's own context where one is looked up, and a dynamic one where one is made. */
#define VC_HOST		0u
#define VC_SPECTATOR	1u
#define VC_MIN_ID	2u
#define VC_MIN_DYNAMIC	49152u
#define VC_MAX_ID	65535u
#define VC_OWN		0xffffffffu
#define VC_ANY		0xffffffffu
#define VC_MODIFY_OWN	0xfffffffeu	/* vc_new_s_context() alone */

/* Flags of contexts (VXF) and of network contexts (NXF) that a program names; vc_cflags and vc_nflags have all of them. */
#define VXF_INFO_PRIVATE	(1ull << 3)
#define VXF_INFO_INIT		(1ull << 4)
#define VXF_STATE_SETUP		(1ull << 32)
#define VXF_STATE_INIT		(1ull << 33)
#define VXF_STATE_ADMIN		(1ull << 34)
#define VXF_SC_HELPER		(1ull << 36)
#define VXF_PERSISTENT		(1ull << 38)
#define NXF_INFO_PRIVATE	(1ull << 3)
#define NXF_STATE_SETUP		(1ull << 32)
#define NXF_STATE_ADMIN		(1ull << 34)
#define NXF_SC_HELPER		(1ull << 36)
#define NXF_PERSISTENT		(1ull << 38)

/* Attributes of files, of vc_iattr and vc_fiattr. The first three are of entries in /proc. */
#define VC_IATTR_ADMIN		(1u << 0)
#define VC_IATTR_WATCH		(1u << 1)
#define VC_IATTR_HIDE		(1u << 2)
#define VC_IATTR_BARRIER	(1u << 16)
#define VC_IATTR_IXUNLINK	(1u << 17)
#define VC_IATTR_IMMUTABLE	(1u << 18)
#define VC_IATTR_COW		(1u << 19)
#define VC_IATTR_TAG		(1u << 24)

/* Types of addresses: in vc_net_addr one of the first two, in the others one of the next three; or all of them, to remove; and what else is set. */
#define VC_ADDR_IPV4		0x0001
#define VC_ADDR_IPV6		0x0002
#define VC_ADDR_ONE		0x0010
#define VC_ADDR_MASK		0x0020
#define VC_ADDR_RANGE		0x0040
#define VC_ADDR_ALL		0x00ff
#define VC_ADDR_BROADCAST	0x0100
#define VC_ADDR_LOOPBACK	0x0200

/* Which fields of a vc_sched, a vc_set_sched_v3 or _v4 count. */
#define VC_SCHED_FILL_RATE	0x0001u
#define VC_SCHED_INTERVAL	0x0002u
#define VC_SCHED_FILL_RATE2	0x0004u
#define VC_SCHED_INTERVAL2	0x0008u
#define VC_SCHED_TOKENS		0x0010u
#define VC_SCHED_TOKENS_MIN	0x0020u
#define VC_SCHED_TOKENS_MAX	0x0040u
#define VC_SCHED_PRIO_BIAS	0x0100u
#define VC_SCHED_IDLE_TIME	0x0200u
#define VC_SCHED_FORCE		0x0400u
#define VC_SCHED_CPU_ID		0x1000u
#define VC_SCHED_BUCKET_ID	0x2000u
#define VC_SCHED_MSEC		0x4000u

/* Of the configuration word, vc_get_vci(). */
#define VCI_NO_DYNAMIC		(1u << 0)
#define VCI_SPACES		(1u << 10)
#define VCI_NETV2		(1u << 11)
#define VCI_MEMCG		(1u << 12)
#define VCI_DEBUG		(1u << 16)
#define VCI_HISTORY		(1u << 20)
#define VCI_PPTAG		(1u << 28)

/* vc_ctx_migrate(): the caller becomes the init of the context, and inherits its orphans. */
#define VXM_SET_INIT		(1ull << 0)
#define VXM_SET_REAPER		(1ull << 1)

/* Namespaces by the bits of clone(2). */
#define VC_SPACE_FS		0x00000200ull
#define VC_SPACE_NEWNS		0x00020000ull
#define VC_SPACE_SLOTS		2

/* Fields of a vc_vhi_name. */
#define VHIN_CONTEXT		0
#define VHIN_SYSNAME		1
#define VHIN_NODENAME		2
#define VHIN_RELEASE		3
#define VHIN_VERSION		4
#define VHIN_MACHINE		5
#define VHIN_DOMAINNAME		6
#define VC_NAME_SIZE		65

struct vc_ctx_create { uint64_t flagword; };
struct vc_ctx_migrate { uint64_t flagword; };
struct vc_net_create { uint64_t flagword; };
struct vc_ctx_flags { uint64_t flagword, mask; };
struct vc_net_flags { uint64_t flagword, mask; };
struct vc_net_caps { uint64_t ncaps, cmask; };
/* Set: `bcaps` is what is kept of them. */
struct vc_ctx_caps_v0 { uint64_t bcaps, ccaps, cmask; };
struct vc_ctx_caps { uint64_t ccaps, cmask; };
struct vc_bcaps { uint64_t bcaps, bmask; };
struct vc_umask { uint64_t umask, mask; };
struct vc_wmask { uint64_t wmask, mask; };
struct vc_badness { int64_t bias; };
struct vc_vx_info { uint32_t xid, initpid; };
struct vc_nx_info { uint32_t nid; };
struct vc_vhi_name { uint32_t field; char name[VC_NAME_SIZE]; };
struct vc_ctx_kill { int32_t pid, sig; };
/* exit_code is as of wait(2). */
struct vc_wait_exit { int32_t reboot_cmd, exit_code; };
struct vc_ctx_stat { uint32_t usecnt, tasks; };
struct vc_space_mask { uint64_t mask; };
struct vc_space { uint64_t mask; uint32_t index; };
struct vc_new_s_context { uint32_t remove_cap, flags; };
struct vc_set_ipv4root { uint32_t bcast; struct { uint32_t ip, mask; } net[16]; };

/* One event of the history. Pointers are hashed by the kernel, as %p prints them; `data` is one, or an id. */
struct vc_history_entry {
	unsigned long place;
	uint16_t seq, type;
	unsigned long context;
	uint32_t xid, usecnt, tasks;
	unsigned long data;
};
struct vc_read_history { uint32_t index, count; void *data; };

/* Resources: minima, soft and hard limits; the largest two values are "keep" (set) and "infinity". */
#define VC_LIMIT_KEEP		0xfffffffffffffffeull
#define VC_LIMIT_INFINITY	0xffffffffffffffffull
struct vc_rlimit { uint32_t id; uint64_t minimum, softlimit, maximum; };
struct vc_rlimit_mask { uint32_t minimum, softlimit, maximum; };
/* Lowest and highest value seen, not limits. */
struct vc_rlimit_stat { uint32_t id, hits; uint64_t value, minimum, maximum; };
/* Nanoseconds; loads have 11 bits of fraction. */
struct vc_virt_stat {
	uint64_t offset, uptime;
	uint32_t nr_threads, nr_running, nr_uninterruptible, nr_onhold, nr_forks, load[3];
};
/* Index 0 received, 1 sent, 2 failed. */
struct vc_sock_stat { uint32_t field, count[3]; uint64_t total[3]; };

struct vc_set_sched_v2 { int32_t fill_rate, interval, tokens, tokens_min, tokens_max; uint64_t cpu_mask; };
struct vc_set_sched_v3 {
	uint32_t set_mask;
	int32_t fill_rate, interval, tokens, tokens_min, tokens_max, priority_bias;
};
struct vc_set_sched_v4 {
	uint32_t set_mask;
	int32_t fill_rate, interval, tokens, tokens_min, tokens_max, priority_bias, cpu_id, bucket_id;
};
struct vc_sched {
	uint32_t mask;
	int32_t cpu_id, bucket_id, fill_rate[2], interval[2], tokens, tokens_min, tokens_max, prio_bias;
};
struct vc_sched_info {
	int32_t cpu_id, bucket_id;
	uint64_t user_msec, sys_msec, hold_msec;
	uint32_t token_usec;
	int32_t vavavoom;
};
struct vc_prio_bias { int32_t cpu_id, prio_bias; };

/* Addresses are in network order. */
struct vc_net_addr { uint16_t type, count; uint32_t ip[4], mask[4]; };
struct vc_net_addr_ipv4_v1 { uint16_t type, flags; uint32_t ip, mask; };
struct vc_net_addr_ipv4 { uint16_t type, flags; uint32_t ip, ip2, mask; };
struct vc_net_addr_ipv6 { uint16_t type, flags; uint32_t prefix; uint8_t ip[16], mask[16]; };

struct vc_iattr { const char *name; uint32_t tag, flags, mask; };
struct vc_fiattr { uint32_t tag, flags, mask; };
struct vc_dlimit_base { const char *name; uint32_t flags; };
struct vc_dlimit {
	const char *name;
	uint32_t space_used, space_total, inodes_used, inodes_total, reserved, flags;
};
struct vc_mapping { const char *device, *target; uint32_t flags; };

/*
 * Version and configuration. get_version returns the version word, 0x00020001 until the series is complete; `id` does not count (tools
 * send 63). get_vci returns the VCI bits above.
 */
int vc_get_version(uint32_t id);
int vc_get_vci(void);

/*
 * A new context, and the caller in it: returns its id. The first two take no flags: it begins in setup, and the caller has
 * uts and ipc namespaces of its own; `data` may be NULL for that, too. With a flag word it has those and no others, and the caller keeps
 * its namespaces.
 *   EINVAL  `xid` is below 2, or one above 49151 that is free     EEXIST  there is one         EBUSY   there is one, in setup
 *   EAGAIN  no dynamic id is free                               ENOMEM                       EACCES  the flags let nobody in
 */
int vc_create_context(uint32_t xid);
int vc_ctx_create_v0(uint32_t xid);
int vc_ctx_create(uint32_t xid, const struct vc_ctx_create *data);

/*
 * The calling thread enters; 0. VC_SPECTATOR makes it one, and returns 1. `data` may be NULL: no flags.
 *   EACCES  the context is private     EFAULT  its last task is just leaving     ENOMEM
 */
int vc_ctx_migrate_v0(uint32_t xid);
int vc_ctx_migrate(uint32_t xid, const struct vc_ctx_migrate *data);

/*
 * Signals processes of a context: pid 0 all, -1 all but its init, 1 its init, else the one of that real pid. Signal 0 only looks.
 *   ESRCH   nobody to signal, too      EINVAL  no such signal
 *   EACCES  not administrated from outside: only its init can be sent one, and gets SIGINT
 */
int vc_ctx_kill(uint32_t xid, const struct vc_ctx_kill *data);

/*
 * Sleeps until the context has ended. `data` may be NULL.
 *   EINTR   a signal came first; `data` is written all the same
 */
int vc_wait_exit(uint32_t xid, struct vc_wait_exit *data);

/* The context of a task by its real pid, 0 for the caller: returns the id. */
int vc_task_xid(uint32_t pid);
int vc_task_nid(uint32_t pid);
int vc_task_tag(uint32_t pid);

int vc_vx_info(uint32_t xid, struct vc_vx_info *data);
int vc_nx_info(uint32_t nid, struct vc_nx_info *data);
/* References, that of the call among them, and claims. */
int vc_ctx_stat(uint32_t xid, struct vc_ctx_stat *data);

/*
 * A string of a context: its own name, or of its uts namespace.
 *   EINVAL  no such field, or no uts namespace is stored in the context
 */
int vc_set_vhi_name(uint32_t xid, const struct vc_vhi_name *data);
int vc_get_vhi_name(uint32_t xid, struct vc_vhi_name *data);

/*
 * Words of bits. Set: new = (old & ~mask) | (value & mask). Get: the mask has the bits that can still be written; the flags state_setup,
 * state_init and state_admin can be cleared once, and never set. Who clears state_init of the own context becomes its init.
 */
int vc_get_cflags(uint32_t xid, struct vc_ctx_flags *data);
int vc_set_cflags(uint32_t xid, const struct vc_ctx_flags *data);
int vc_get_ccaps_v0(uint32_t xid, struct vc_ctx_caps_v0 *data);
int vc_set_ccaps_v0(uint32_t xid, const struct vc_ctx_caps_v0 *data);
int vc_get_ccaps(uint32_t xid, struct vc_ctx_caps *data);
int vc_set_ccaps(uint32_t xid, const struct vc_ctx_caps *data);
int vc_get_bcaps(uint32_t xid, struct vc_bcaps *data);
int vc_set_bcaps(uint32_t xid, const struct vc_bcaps *data);
int vc_get_umask(uint32_t xid, struct vc_umask *data);
int vc_set_umask(uint32_t xid, const struct vc_umask *data);
int vc_get_wmask(uint32_t xid, struct vc_wmask *data);
int vc_set_wmask(uint32_t xid, const struct vc_wmask *data);
int vc_get_nflags(uint32_t nid, struct vc_net_flags *data);
int vc_set_nflags(uint32_t nid, const struct vc_net_flags *data);
int vc_get_ncaps(uint32_t nid, struct vc_net_caps *data);
int vc_set_ncaps(uint32_t nid, const struct vc_net_caps *data);
/* Who is killed first when memory is out: the bias of a context's tasks. */
int vc_get_badness(uint32_t xid, struct vc_badness *data);
int vc_set_badness(uint32_t xid, const struct vc_badness *data);

/*
 * Namespaces that a context keeps for who enters it, in two slots. set_space keeps the caller's, enter_space takes what is kept. `data` may
 * be NULL for all of it. The _v0 words have no data, the _v1 words no slot (0 is meant); set_space_v0 is of the own context, whatever `xid` is.
 *   EINVAL  set: a bit that is not in the mask of get_space_mask, or a pid namespace that has no init; enter: a bit that is not kept, a pid
 *           namespace that is not below the own one, or a user namespace for one of several threads; no such slot
 *   EACCES  enter: the context is private       EPERM  set_space_v0: something is kept already       ENOMEM
 */
int vc_enter_space_v0(uint32_t xid);
int vc_enter_space_v1(uint32_t xid, const struct vc_space_mask *data);
int vc_enter_space(uint32_t xid, const struct vc_space *data);
int vc_set_space_v0(uint32_t xid);
int vc_set_space_v1(uint32_t xid, const struct vc_space_mask *data);
int vc_set_space(uint32_t xid, const struct vc_space *data);
/* What the kernel can keep: without pid and net namespaces, with them; and what a guest has of its own if nothing else is said. */
int vc_get_space_mask_v0(struct vc_space_mask *data);
int vc_get_space_mask(struct vc_space_mask *data);
int vc_get_space_default(struct vc_space_mask *data);
/*
 * Unmounts what the caller cannot reach from its root and working directory.
 *   EPERM   in the mount namespace that the machine has started with, or the caller may not mount
 *   EINVAL  its root is in another mount namespace
 */
int vc_cleanup_namespace(void);

/*
 * A new network context, and the caller in it: returns its id. Ids of network contexts are others than those of contexts. Errors as of
 * vc_ctx_create() and vc_ctx_migrate().
 */
int vc_net_create_v0(uint32_t nid);
int vc_net_create(uint32_t nid, const struct vc_net_create *data);
int vc_net_migrate(uint32_t nid);

/*
 * The history of contexts: into the kernel's log; or read from `cpu`, from data->index on, at most data->count entries into data->data.
 * Both are told back. Returns 1 while there is more. With a count of 0 the index of the next event is told.
 *   EINVAL  no such CPU
 */
int vc_dump_history(void);
int vc_read_history(uint32_t cpu, struct vc_read_history *data);
int vc_read_monitor(uint32_t cpu, struct vc_read_history *data);

/*
 * The oldest way in: finds or makes a context and enters it, or (VC_MODIFY_OWN) changes one's own. Returns its id, and 0 for VC_SPECTATOR.
 *   EINVAL  no such id, none can be made, one in setup, or no context of one's own
 *   EPERM   private, locked, or not of the host                             ENOMEM
 */
int vc_new_s_context(uint32_t xid, const struct vc_new_s_context *data);

/*
 * Addresses of network contexts. net_add returns how many it took, set_ipv4root makes a network context of the first `count`.
 *   EINVAL  type or count       EEXIST  it is there already        ESRCH  it is not there       ENOMEM
 */
int vc_net_add(uint32_t nid, const struct vc_net_addr *data);
int vc_net_remove(uint32_t nid, const struct vc_net_addr *data);
int vc_net_add_ipv4_v1(uint32_t nid, const struct vc_net_addr_ipv4_v1 *data);
int vc_net_rem_ipv4_v1(uint32_t nid, const struct vc_net_addr_ipv4_v1 *data);
int vc_net_add_ipv4(uint32_t nid, const struct vc_net_addr_ipv4 *data);
int vc_net_rem_ipv4(uint32_t nid, const struct vc_net_addr_ipv4 *data);
int vc_net_add_ipv6(uint32_t nid, const struct vc_net_addr_ipv6 *data);
int vc_net_remove_ipv6(uint32_t nid, const struct vc_net_addr_ipv6 *data);
int vc_set_ipv4root(uint32_t count, const struct vc_set_ipv4root *data);

/*
 * Limits of a context and what it uses. The mask tells which resources have which.
 *   EINVAL  no such resource
 */
int vc_get_rlimit(uint32_t xid, struct vc_rlimit *data);
int vc_set_rlimit(uint32_t xid, const struct vc_rlimit *data);
int vc_get_rlimit_mask(struct vc_rlimit_mask *data);
int vc_rlimit_stat(uint32_t xid, struct vc_rlimit_stat *data);
int vc_reset_hits(uint32_t xid);
int vc_reset_minmax(uint32_t xid);

/*
 * What a context did: time and tasks, sockets by kind (EINVAL: no such kind).
 */
int vc_virt_stat(uint32_t xid, struct vc_virt_stat *data);
int vc_sock_stat(uint32_t xid, struct vc_sock_stat *data);

/*
 * The scheduler's token bucket, and a bias of priorities. data->mask says which fields are set.
 *   EINVAL  no such CPU
 */
int vc_set_sched_v2(uint32_t xid, const struct vc_set_sched_v2 *data);
int vc_set_sched_v3(uint32_t xid, const struct vc_set_sched_v3 *data);
int vc_set_sched_v4(uint32_t xid, const struct vc_set_sched_v4 *data);
int vc_set_sched(uint32_t xid, const struct vc_sched *data);
int vc_get_sched(uint32_t xid, struct vc_sched *data);
int vc_sched_info(uint32_t xid, struct vc_sched_info *data);
int vc_set_prio_bias(uint32_t xid, const struct vc_prio_bias *data);
int vc_get_prio_bias(uint32_t xid, struct vc_prio_bias *data);

/*
 * Attributes of files, by path (a final symbolic link is not followed) or descriptor, and the tag of a task.
 *   EPERM   set, without CAP_LINUX_IMMUTABLE      EINVAL  an attribute that this file system cannot have      the errors of a lookup
 */
int vc_get_iattr(struct vc_iattr *data);
int vc_set_iattr(struct vc_iattr *data);
int vc_fget_iattr(uint32_t fd, struct vc_fiattr *data);
int vc_fset_iattr(uint32_t fd, struct vc_fiattr *data);
int vc_tag_migrate(uint32_t tag);

/*
 * Limits of disk space and files by tag, of the file system that data->name is on.
 *   EEXIST  add: there is one      ESRCH   there is none      EINVAL  more used than there is, or reserved above 100      ENOMEM
 */
int vc_add_dlimit(uint32_t tag, const struct vc_dlimit_base *data);
int vc_rem_dlimit(uint32_t tag, const struct vc_dlimit_base *data);
int vc_set_dlimit(uint32_t tag, const struct vc_dlimit *data);
int vc_get_dlimit(uint32_t tag, struct vc_dlimit *data);

/*
 * Which device a context gets when it opens another.
 *   EINVAL  neither device nor target, or of two kinds       ENOENT  unset: no such rule       ENOMEM
 */
int vc_set_mapping(uint32_t xid, const struct vc_mapping *data);
int vc_unset_mapping(uint32_t xid, const struct vc_mapping *data);

/* A command word, what it is called, and the plan id that brings it ("-": there will be none). */
struct vc_command {
	uint32_t word;
	const char *name;
	char id[3];
};

/* By its word; NULL when there is none of it. */
const struct vc_command *vc_command_of(uint32_t word);
/* By the name behind vc_. */
const struct vc_command *vc_command_named(const char *name);

/*
 * After a word was refused with ENOSYS: whether the kernel lacks it (1), or has it for others but this caller (0): who may call
 * anything may call get_version. errno is kept.
 */
int vc_lacks(void);

#endif
