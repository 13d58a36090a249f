/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call as the programs of this folder make it: by word, so that a kernel of any stage can be asked for any of
 * them. Data layouts are beside the words; all integers are in native order.
 */
#ifndef VSERVER_H
#define VSERVER_H

#include <stdint.h>
#include <unistd.h>

#ifdef __x86_64__
#define SYS_VSERVER	236
#else
#define SYS_VSERVER	273
#endif

#define GET_VERSION	0x00000000
#define GET_VCI		0x00010000
#define CREATE_CONTEXT	0x01010000
#define SET_VHI_NAME	0x02010000	/* struct name */
#define GET_VHI_NAME	0x02020000	/* struct name */
#define CTX_CREATE_V0	0x09010000
#define CTX_CREATE	0x09010001	/* uint64_t flags, or NULL */
#define ENTER_SPACE_V0	0x0A010000
#define ENTER_SPACE_V1	0x0A010001	/* uint64_t mask, or NULL */
#define ENTER_SPACE	0x0A010002	/* struct space, or NULL */
#define CLEANUP_NAMESPACE 0x0A020000
#define SET_SPACE_V0	0x0A030000
#define SET_SPACE_V1	0x0A030001	/* uint64_t mask, or NULL */
#define SET_SPACE	0x0A030002	/* struct space, or NULL */
#define GET_SPACE_MASK_V0 0x0A040000	/* uint64_t mask */
#define CTX_MIGRATE_V0	0x0B010000
#define CTX_MIGRATE	0x0B010001	/* uint64_t flags, or NULL */
#define CTX_KILL	0x0C010000	/* struct kill */
#define GET_BADNESS	0x14050000	/* int64_t */
#define SET_BADNESS	0x14060000	/* int64_t */
#define NET_CREATE_V0	0x19010000
#define NET_CREATE	0x19010001	/* uint64_t flags, or NULL */
#define NET_MIGRATE	0x1B010000
#define CTX_STAT	0x28000000	/* struct ctx_stat */
#define TASK_XID	0x2E010000
#define TASK_NID	0x2E020000
#define VX_INFO		0x2E050000	/* struct vx_info */
#define NX_INFO		0x2E060000	/* uint32_t nid */
#define WAIT_EXIT	0x30630000	/* struct vx_exit, or NULL */
#define GET_CFLAGS	0x34010000	/* struct word */
#define SET_CFLAGS	0x34020000	/* struct word */
#define GET_CCAPS_V0	0x34030000	/* struct ccaps_v0 */
#define GET_CCAPS	0x34030001	/* struct word */
#define SET_CCAPS_V0	0x34040000	/* struct ccaps_v0 */
#define SET_CCAPS	0x34040001	/* struct word */
#define GET_NFLAGS	0x34050000	/* struct word */
#define SET_NFLAGS	0x34060000	/* struct word */
#define GET_NCAPS	0x34070000	/* struct word */
#define SET_NCAPS	0x34080000	/* struct word */
#define GET_BCAPS	0x34090000	/* struct word */
#define SET_BCAPS	0x340A0000	/* struct word */
#define GET_UMASK	0x340D0000	/* struct word */
#define SET_UMASK	0x340E0000	/* struct word */
#define GET_WMASK	0x340F0000	/* struct word */
#define SET_WMASK	0x34100000	/* struct word */
#define GET_SPACE_MASK	0x36000001	/* uint64_t mask */
#define GET_SPACE_DEFAULT 0x36010000	/* uint64_t mask */
#define DUMP_HISTORY	0x38010000
#define READ_HISTORY	0x38050000	/* struct read_history; the id is a CPU */
#define NEW_S_CONTEXT	0x3F010001	/* struct new_s_context */

/* Ids. */
#define HOST		0u
#define SPECTATOR	1u
#define OWN		0xffffffffu	/* the caller's own, or a new dynamic one */
#define MODIFY_OWN	0xfffffffeu	/* of NEW_S_CONTEXT */
#define MIN_DYNAMIC	49152u
#define MAX_ID		65535u

/* Flags of contexts and, where they have them, of network contexts. */
#define INFO_PRIVATE	0x8ull
#define STATE_SETUP	(1ull << 32)
#define STATE_INIT	(1ull << 33)
#define STATE_ADMIN	(1ull << 34)
#define PERSISTENT	(1ull << 38)
#define VX_ONE_TIME	(STATE_SETUP | STATE_INIT | STATE_ADMIN)
#define NX_ONE_TIME	(STATE_SETUP | STATE_ADMIN)

/* Of CTX_MIGRATE. */
#define SET_INIT	1ull
#define SET_REAPER	2ull

struct word {
	uint64_t word, mask;
};

struct ccaps_v0 {
	uint64_t bcaps, ccaps, mask;
};

struct name {
	uint32_t field;
	char name[65];
};

struct space {
	uint64_t mask;
	uint32_t index;
};

struct kill {
	int32_t pid, sig;
};

struct ctx_stat {
	uint32_t usecnt, tasks;
};

struct vx_info {
	uint32_t xid, initpid;
};

struct vx_exit {
	int32_t reboot_cmd, exit_code;
};

struct read_history {
	uint32_t index, count;
	void *data;
};

struct new_s_context {
	uint32_t remove_cap, flags;
};

/* -1 and errno when the kernel refuses. The registers are as wide as long: what is above 32 bits does not count. */
static inline long vserver(unsigned long word, unsigned long id, void *data)
{
	return syscall(SYS_VSERVER, word, id, data);
}

#endif
