// SPDX-License-Identifier: GPL-2.0-only
/* The words as functions; what they do is said in vserver.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vserver.h"

/* An integer of 64 bits stands at a multiple of 4 on i386, and of 8 on x86_64. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define SYS_VSERVER	236
#define ABI(i386, amd64)	amd64
#elif defined(__i386__)
#define SYS_VSERVER	273
#define ABI(i386, amd64)	i386
#else
#error "vserver has no system call here"
#endif

/* The layouts of the kernel. */
#define SIZE(type, size)	_Static_assert(sizeof(struct vc_##type) == (size), #type)
#define AT(type, field, offset)	_Static_assert(offsetof(struct vc_##type, field) == (offset), #type "." #field)

SIZE(vhi_name, 72);
SIZE(ctx_caps_v0, 24);
SIZE(ctx_flags, 16);
SIZE(space, ABI(12, 16));
AT(space, index, 8);
SIZE(set_ipv4root, 132);
SIZE(history_entry, ABI(28, 48));
AT(history_entry, context, ABI(8, 16));
AT(history_entry, data, ABI(24, 40));
SIZE(read_history, ABI(12, 16));
SIZE(rlimit, ABI(28, 32));
AT(rlimit, minimum, ABI(4, 8));
SIZE(rlimit_stat, 32);
SIZE(virt_stat, 48);
AT(virt_stat, load, 36);
SIZE(sock_stat, 40);
SIZE(set_sched_v2, ABI(28, 32));
SIZE(set_sched_v3, 28);
SIZE(set_sched_v4, 36);
SIZE(sched, 44);
SIZE(sched_info, 40);
SIZE(net_addr, 36);
SIZE(net_addr_ipv4_v1, 12);
SIZE(net_addr_ipv4, 16);
SIZE(net_addr_ipv6, 40);
SIZE(iattr, ABI(16, 24));
SIZE(fiattr, 12);
SIZE(dlimit_base, ABI(8, 16));
SIZE(dlimit, ABI(28, 32));
SIZE(mapping, ABI(12, 24));

enum {
#define WORD(name, word, id) VCMD_##name = word,
#include "words.h"
#undef WORD
};

static const struct vc_command commands[] = {
#define WORD(name, word, id) { word, #name, id },
#include "words.h"
#undef WORD
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int call(uint32_t word, uint32_t id, const void *data)
{
	return syscall(SYS_VSERVER, word, id, data);
}

/* By what a word takes: an id, an id and data, data alone, nothing. */
#define ID(name) \
	int vc_##name(uint32_t id) { return call(VCMD_##name, id, NULL); }
#define ID_DATA(name, type) \
	int vc_##name(uint32_t id, type *data) { return call(VCMD_##name, id, data); }
#define DATA(name, type) \
	int vc_##name(type *data) { return call(VCMD_##name, 0, data); }
#define NOTHING(name) \
	int vc_##name(void) { return call(VCMD_##name, 0, NULL); }

ID(get_version)
NOTHING(get_vci)
ID(create_context)
ID_DATA(set_vhi_name, const struct vc_vhi_name)
ID_DATA(get_vhi_name, struct vc_vhi_name)
ID_DATA(set_mapping, const struct vc_mapping)
ID_DATA(unset_mapping, const struct vc_mapping)
ID(ctx_create_v0)
ID_DATA(ctx_create, const struct vc_ctx_create)
ID(enter_space_v0)
ID_DATA(enter_space_v1, const struct vc_space_mask)
ID_DATA(enter_space, const struct vc_space)
NOTHING(cleanup_namespace)
ID(set_space_v0)
ID_DATA(set_space_v1, const struct vc_space_mask)
ID_DATA(set_space, const struct vc_space)
DATA(get_space_mask_v0, struct vc_space_mask)
ID(ctx_migrate_v0)
ID_DATA(ctx_migrate, const struct vc_ctx_migrate)
ID_DATA(ctx_kill, const struct vc_ctx_kill)
ID_DATA(set_sched_v2, const struct vc_set_sched_v2)
ID_DATA(set_sched_v3, const struct vc_set_sched_v3)
ID_DATA(set_sched_v4, const struct vc_set_sched_v4)
ID_DATA(set_sched, const struct vc_sched)
ID_DATA(get_sched, struct vc_sched)
ID_DATA(sched_info, struct vc_sched_info)
ID_DATA(set_prio_bias, const struct vc_prio_bias)
ID_DATA(get_prio_bias, struct vc_prio_bias)
ID_DATA(get_badness, struct vc_badness)
ID_DATA(set_badness, const struct vc_badness)
ID(net_create_v0)
ID_DATA(net_create, const struct vc_net_create)
ID_DATA(net_add, const struct vc_net_addr)
ID_DATA(net_add_ipv4_v1, const struct vc_net_addr_ipv4_v1)
ID_DATA(net_add_ipv4, const struct vc_net_addr_ipv4)
ID_DATA(net_remove, const struct vc_net_addr)
ID_DATA(net_rem_ipv4_v1, const struct vc_net_addr_ipv4_v1)
ID_DATA(net_rem_ipv4, const struct vc_net_addr_ipv4)
ID_DATA(net_add_ipv6, const struct vc_net_addr_ipv6)
ID_DATA(net_remove_ipv6, const struct vc_net_addr_ipv6)
ID(net_migrate)
ID(tag_migrate)
ID_DATA(add_dlimit, const struct vc_dlimit_base)
ID_DATA(rem_dlimit, const struct vc_dlimit_base)
ID_DATA(set_dlimit, const struct vc_dlimit)
ID_DATA(get_dlimit, struct vc_dlimit)
DATA(get_iattr, struct vc_iattr)
DATA(set_iattr, struct vc_iattr)
ID_DATA(fget_iattr, struct vc_fiattr)
ID_DATA(fset_iattr, struct vc_fiattr)
ID_DATA(ctx_stat, struct vc_ctx_stat)
ID_DATA(rlimit_stat, struct vc_rlimit_stat)
ID_DATA(virt_stat, struct vc_virt_stat)
ID_DATA(sock_stat, struct vc_sock_stat)
ID(task_xid)
ID(task_nid)
ID(task_tag)
ID_DATA(vx_info, struct vc_vx_info)
ID_DATA(nx_info, struct vc_nx_info)
ID_DATA(wait_exit, struct vc_wait_exit)
ID_DATA(get_cflags, struct vc_ctx_flags)
ID_DATA(set_cflags, const struct vc_ctx_flags)
ID_DATA(get_ccaps_v0, struct vc_ctx_caps_v0)
ID_DATA(set_ccaps_v0, const struct vc_ctx_caps_v0)
ID_DATA(get_ccaps, struct vc_ctx_caps)
ID_DATA(set_ccaps, const struct vc_ctx_caps)
ID_DATA(get_nflags, struct vc_net_flags)
ID_DATA(set_nflags, const struct vc_net_flags)
ID_DATA(get_ncaps, struct vc_net_caps)
ID_DATA(set_ncaps, const struct vc_net_caps)
ID_DATA(get_bcaps, struct vc_bcaps)
ID_DATA(set_bcaps, const struct vc_bcaps)
ID_DATA(get_umask, struct vc_umask)
ID_DATA(set_umask, const struct vc_umask)
ID_DATA(get_wmask, struct vc_wmask)
ID_DATA(set_wmask, const struct vc_wmask)
DATA(get_space_mask, struct vc_space_mask)
DATA(get_space_default, struct vc_space_mask)
NOTHING(dump_history)
ID_DATA(read_history, struct vc_read_history)
ID_DATA(read_monitor, struct vc_read_history)
ID_DATA(get_rlimit, struct vc_rlimit)
ID_DATA(set_rlimit, const struct vc_rlimit)
DATA(get_rlimit_mask, struct vc_rlimit_mask)
ID(reset_hits)
ID(reset_minmax)
ID_DATA(new_s_context, const struct vc_new_s_context)
ID_DATA(set_ipv4root, const struct vc_set_ipv4root)

const struct vc_command *vc_command_of(uint32_t word)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].word == word)
			return commands + i;
	return NULL;
}

const struct vc_command *vc_command_named(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return commands + i;
	return NULL;
}

int vc_lacks(void)
{
	int error = errno;
	int others = vc_get_version(63) >= 0;

	errno = error;
	return others;
}
