// SPDX-License-Identifier: GPL-2.0-only
/*
 * The symbols and structure offsets with which the page reads kernel objects out of guest memory. Compiled to assembler
 * with the kernel's own flags, as asm-offsets.c is, so the numbers are the compiler's and not somebody's memory of them;
 * scripts/make-offsets turns the marked lines into offsets.json.
 */
#include <linux/kbuild.h>
#include <linux/mm_types.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/utsname.h>
#include <linux/xarray.h>
#ifdef CONFIG_VSERVER
#include <linux/vserver.h>
#endif

#define SYMBOL(name)		COMMENT("symbol " #name)
#define STRUCT(type)		DEFINE(type, sizeof(struct type))
#define FIELD(type, member)						\
	do {								\
		DEFINE(type.member, offsetof(struct type, member));	\
		DEFINE(type.member:size, sizeof_field(struct type, member)); \
	} while (0)

int main(void)
{
	SYMBOL(init_task);
	SYMBOL(init_uts_ns);
	SYMBOL(linux_banner);

	STRUCT(task_struct);
	FIELD(task_struct, tasks);
	FIELD(task_struct, thread_node);
	FIELD(task_struct, signal);
	FIELD(task_struct, pid);
	FIELD(task_struct, tgid);
	FIELD(task_struct, real_parent);
	FIELD(task_struct, group_leader);
	FIELD(task_struct, comm);
	FIELD(task_struct, __state);
	FIELD(task_struct, exit_state);
	FIELD(task_struct, flags);
	FIELD(task_struct, nsproxy);
	FIELD(task_struct, mm);

	STRUCT(signal_struct);
	FIELD(signal_struct, thread_head);

	STRUCT(nsproxy);
	FIELD(nsproxy, uts_ns);
	STRUCT(uts_namespace);
	FIELD(uts_namespace, name);

	/* The shape of the tables of contexts. */
	STRUCT(xarray);
	FIELD(xarray, xa_head);
	STRUCT(xa_node);
	FIELD(xa_node, shift);
	FIELD(xa_node, count);
	FIELD(xa_node, slots);
	DEFINE(XA_CHUNK_SHIFT, XA_CHUNK_SHIFT);

#ifdef CONFIG_VSERVER
	SYMBOL(vx_class);
	SYMBOL(nx_class);

	FIELD(task_struct, vx_info);
	FIELD(task_struct, nx_info);
	FIELD(task_struct, xid);
	FIELD(task_struct, nid);

	STRUCT(vs_class);
	FIELD(vs_class, table);
	FIELD(vs_class, active);
	FIELD(vs_class, total);
	STRUCT(vs_object);
	FIELD(vs_object, id);
	FIELD(vs_object, serial);
	FIELD(vs_object, usecnt);
	FIELD(vs_object, tasks);
	FIELD(vs_object, flags);
	STRUCT(vx_info);
	FIELD(vx_info, obj);
	FIELD(vx_info, init);
	FIELD(vx_info, bcaps);
	FIELD(vx_info, ccaps);
	FIELD(vx_info, bias_uptime);
	STRUCT(nx_info);
	FIELD(nx_info, obj);
	FIELD(nx_info, ncaps);
#endif

#ifdef CONFIG_X86_32
	/* Physical = virtual - PAGE_OFFSET; not a constant on x86_64. */
	DEFINE(PAGE_OFFSET, PAGE_OFFSET);
#endif
	return 0;
}
