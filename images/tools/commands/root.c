// SPDX-License-Identifier: GPL-2.0-only
/* Changing the root. */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "root.h"
#include "tool.h"

int root_own_mounts(void)
{
	if (!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return 0;
	tool_failed("a mount namespace of its own");
	return -1;
}

int root_pivot(void)
{
	/* The old root comes to be mounted over the new one: no folder for it, in which somebody inside could have laid a link. */
	if (syscall(SYS_pivot_root, ".", "."))
		tool_failed("make the working directory the root (it has to be a mount of its own)");
	else if (umount2(".", MNT_DETACH) || chdir("/"))
		tool_failed("unmount the old root");
	else
		return 0;
	return -1;
}
