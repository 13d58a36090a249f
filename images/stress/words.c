// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of commands: for each the permission that its word asks for and the errnos that its documentation names. A row
 * that is wrong lets the fuzzer fail, so this is kept with the kernel's own table.
 */
#include <stddef.h>

#include "fuzz.h"

#define READS		(F_OUT | F_LOOK)
#define WRITES		(F_ADMIN | F_SETUP | F_RESOURCE | F_IN | F_CHANGES)
#define MAKES		(F_CHANGES)
#define FAULT		ERRNO(EFAULT)
#define CREATE_ERRNOS	(ERRNO(EINVAL) | ERRNO(EEXIST) | ERRNO(EBUSY) | ERRNO(EAGAIN) | ERRNO(ENOMEM) | ERRNO(EACCES))

const struct command commands[] = {
	{ GET_VERSION, "get_version", F_LOOK, CONSTANT, 0, 0, 0 },
	{ GET_VCI, "get_vci", F_LOOK, CONSTANT, 0, 0, 0 },
	{ CREATE_CONTEXT, "create_context", MAKES, NEW_ID, 0, 0, CREATE_ERRNOS },
	{ SET_VHI_NAME, "set_vhi_name", WRITES | F_XID, ZERO, 69, 72, ERRNO(EINVAL) },
	{ GET_VHI_NAME, "get_vhi_name", READS | F_IN | F_XID, ZERO, 69, 72, ERRNO(EINVAL) },
	{ CTX_CREATE_V0, "ctx_create_v0", MAKES, NEW_ID, 0, 0, CREATE_ERRNOS },
	{ CTX_CREATE, "ctx_create", MAKES | F_IN | F_OPTIONAL, NEW_ID, 8, 8, CREATE_ERRNOS },
	{ ENTER_SPACE_V0, "enter_space_v0", F_ADMIN | F_XID | F_CHANGES, ZERO, 0, 0,
	  ERRNO(EACCES) | ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ ENTER_SPACE_V1, "enter_space_v1", F_ADMIN | F_XID | F_CHANGES | F_IN | F_OPTIONAL, ZERO, 8, 8,
	  ERRNO(EACCES) | ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ ENTER_SPACE, "enter_space", F_ADMIN | F_XID | F_CHANGES | F_IN | F_OPTIONAL, ZERO, 12, 16,
	  ERRNO(EACCES) | ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ CLEANUP_NAMESPACE, "cleanup_namespace", F_CHANGES, ZERO, 0, 0,
	  ERRNO(EPERM) | ERRNO(EINVAL) },
	{ SET_SPACE_V0, "set_space_v0", F_ADMIN | F_SETUP | F_RESOURCE | F_XID | F_OWN | F_CHANGES, ZERO, 0, 0,
	  ERRNO(EPERM) | ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ SET_SPACE_V1, "set_space_v1", WRITES | F_XID | F_OPTIONAL, ZERO, 8, 8, ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ SET_SPACE, "set_space", WRITES | F_XID | F_OPTIONAL, ZERO, 12, 16, ERRNO(EINVAL) | ERRNO(ENOMEM) },
	{ GET_SPACE_MASK_V0, "get_space_mask_v0", READS, ZERO, 8, 8, 0 },
	{ CTX_MIGRATE_V0, "ctx_migrate_v0", F_ADMIN | F_XID | F_ENTERS | F_CHANGES, ZERO, 0, 0, ERRNO(EACCES) | ERRNO(ENOMEM) },
	{ CTX_MIGRATE, "ctx_migrate", F_ADMIN | F_XID | F_ENTERS | F_CHANGES | F_IN | F_OPTIONAL, ZERO, 8, 8,
	  ERRNO(EACCES) | ERRNO(ENOMEM) },
	{ CTX_KILL, "ctx_kill", F_ADMIN | F_RESOURCE | F_XID | F_UNMANAGED | F_IN | F_CHANGES, ZERO, 8, 8,
	  ERRNO(EINVAL) | ERRNO(EACCES) | ERRNO(ESRCH) },
	{ GET_BADNESS, "get_badness", READS | F_XID, ZERO, 8, 8, 0 },
	{ SET_BADNESS, "set_badness", WRITES | F_XID, ZERO, 8, 8, 0 },
	{ NET_CREATE_V0, "net_create_v0", MAKES, NEW_ID, 0, 0, CREATE_ERRNOS },
	{ NET_CREATE, "net_create", MAKES | F_IN | F_OPTIONAL, NEW_ID, 8, 8, CREATE_ERRNOS },
	{ NET_MIGRATE, "net_migrate", F_ADMIN | F_NID | F_ENTERS | F_CHANGES, ZERO, 0, 0, ERRNO(EACCES) },
	{ CTX_STAT, "ctx_stat", READS | F_XID, ZERO, 8, 8, 0 },
	{ TASK_XID, "task_xid", 0, TASK_ID, 0, 0, ERRNO(ESRCH) },
	{ TASK_NID, "task_nid", 0, TASK_ID, 0, 0, ERRNO(ESRCH) },
	{ VX_INFO, "vx_info", READS | F_XID, ZERO, 8, 8, 0 },
	{ NX_INFO, "nx_info", READS | F_NID, ZERO, 4, 4, 0 },
	{ WAIT_EXIT, "wait_exit", F_XID | F_OUT | F_OPTIONAL | F_BLOCKS, ZERO, 8, 8, ERRNO(EINTR) },
	{ GET_CFLAGS, "get_cflags", READS | F_XID, ZERO, 16, 16, 0 },
	{ SET_CFLAGS, "set_cflags", WRITES | F_XID, ZERO, 16, 16, 0 },
	{ GET_CCAPS_V0, "get_ccaps_v0", READS | F_XID, ZERO, 24, 24, 0 },
	{ GET_CCAPS, "get_ccaps", READS | F_XID, ZERO, 16, 16, 0 },
	{ SET_CCAPS_V0, "set_ccaps_v0", WRITES | F_XID, ZERO, 24, 24, 0 },
	{ SET_CCAPS, "set_ccaps", WRITES | F_XID, ZERO, 16, 16, 0 },
	{ GET_NFLAGS, "get_nflags", READS | F_NID, ZERO, 16, 16, 0 },
	{ SET_NFLAGS, "set_nflags", WRITES | F_NID, ZERO, 16, 16, 0 },
	{ GET_NCAPS, "get_ncaps", READS | F_NID, ZERO, 16, 16, 0 },
	{ SET_NCAPS, "set_ncaps", WRITES | F_NID, ZERO, 16, 16, 0 },
	{ GET_BCAPS, "get_bcaps", READS | F_XID, ZERO, 16, 16, 0 },
	{ SET_BCAPS, "set_bcaps", WRITES | F_XID, ZERO, 16, 16, 0 },
	{ GET_UMASK, "get_umask", READS | F_XID, ZERO, 16, 16, 0 },
	{ SET_UMASK, "set_umask", WRITES | F_XID, ZERO, 16, 16, 0 },
	{ GET_WMASK, "get_wmask", READS | F_XID, ZERO, 16, 16, 0 },
	{ SET_WMASK, "set_wmask", WRITES | F_XID, ZERO, 16, 16, 0 },
	{ GET_SPACE_MASK, "get_space_mask", READS, ZERO, 8, 8, 0 },
	{ GET_SPACE_DEFAULT, "get_space_default", READS, ZERO, 8, 8, 0 },
	{ DUMP_HISTORY, "dump_history", 0, ZERO, 0, 0, 0 },
	{ READ_HISTORY, "read_history", F_IN | F_OUT, ONE_OR_ZERO, 12, 16, ERRNO(EINVAL) },
	{ NEW_S_CONTEXT, "new_s_context", F_CHANGES | F_IN, NEW_ID, 8, 8,
	  ERRNO(EINVAL) | ERRNO(EPERM) | ERRNO(EACCES) | ERRNO(ENOMEM) },
};

const unsigned int command_count = sizeof(commands) / sizeof(commands[0]);

const uint32_t other_words[] = {
	/* Declared by headers, never in a kernel: ctx_create v2, get_pflags, set_pflags, ctx_migrate v2. */
	0x09010002, 0x0A050000, 0x0A060000, 0x0B010002,
	/* 2c: net_add, net_remove, the typed ones, the matches; set_ipv4root. */
	0x1A010000, 0x1A010001, 0x1A010002, 0x1A020000, 0x1A020001, 0x1A020002, 0x1A030001, 0x1A040001, 0x1A050000, 0x1A060000,
	0x1A070000, 0x1A080000, 0x3F020003,
	/* 4a to 6b: virt_stat, sock_stat, set_sched v2 to v5, get_sched, sched_info, prio_bias, read_monitor. */
	0x28030000, 0x28050000, 0x0E010002, 0x0E010003, 0x0E010004, 0x0E010005, 0x0E020005, 0x0E030000, 0x0E040000, 0x0E050000,
	0x38060000,
	/* 6b: get_rlimit, set_rlimit, get_rlimit_mask, reset_hits, reset_minmax, rlimit_stat. */
	0x3C010000, 0x3C020000, 0x3C030000, 0x3C070000, 0x3C090000, 0x28010000,
	/* Inode attributes, disk limits, device mapping, tags. */
	0x26010000, 0x26010001, 0x26020000, 0x26020001, 0x26030000, 0x26040000, 0x24010000, 0x24020000, 0x24050000, 0x24060000,
	0x06010000, 0x06020000, 0x23010000, 0x2E030000,
};

const unsigned int other_word_count = sizeof(other_words) / sizeof(other_words[0]);

const struct command *find_command(uint32_t word)
{
	for (unsigned int i = 0; i < command_count; i++)
		if (commands[i].word == word)
			return commands + i;
	return NULL;
}
