// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../commands/root.h"
#include "../commands/tool.h"
#include "vserver.h"

/* The options that are flags of mount(2): what they set and clear. */
static const struct {
	const char *name;
	unsigned long set, clear;
} options[] = {
	{ "defaults", 0, 0 }, { "ro", MS_RDONLY, 0 }, { "rw", 0, MS_RDONLY }, { "nosuid", MS_NOSUID, 0 }, { "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 }, { "dev", 0, MS_NODEV }, { "noexec", MS_NOEXEC, 0 }, { "exec", 0, MS_NOEXEC }, { "noatime", MS_NOATIME, 0 },
	{ "atime", 0, MS_NOATIME }, { "nodiratime", MS_NODIRATIME, 0 }, { "sync", MS_SYNCHRONOUS, 0 }, { "async", 0, MS_SYNCHRONOUS },
	{ "dirsync", MS_DIRSYNC, 0 }, { "bind", MS_BIND, 0 }, { "rbind", MS_BIND | MS_REC, 0 },
};

/* What is refused to be changed by a bind mount at once, and takes a second call. */
#define PER_MOUNT	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME)

/* Splits options into flags and what is for the file system; whether it is to be mounted. */
static int parse_options(char *text, unsigned long *flags, char *data, size_t size)
{
	int wanted = 1;
	char *option, *rest = text;

	*data = 0;
	while ((option = strsep(&rest, ","))) {
		size_t i = 0, count = sizeof(options) / sizeof(options[0]), length = strlen(data);

		while (i < count && strcmp(options[i].name, option))
			i++;
		if (i < count)
			*flags = (*flags & ~options[i].clear) | options[i].set;
		else if (!strcmp(option, "noauto"))
			wanted = 0;
		else if (strcmp(option, "auto") && *option)
			snprintf(data + length, size - length, "%s%s", length ? "," : "", option);
	}
	return wanted;
}

/* A path of the guest as one of ours: no symbolic link in there leads out. The descriptor has to stay open while it is used. */
static int open_inside(int root, const char *path, char ours[32])
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd >= 0)
		snprintf(ours, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static int mount_entry(const struct config *config, const struct mount_entry *entry, int root)
{
	/* A device in a guest is one that the host has put there. */
	unsigned long flags = strcmp(entry->type, "devpts") ? MS_NODEV : 0;
	char data[512], target[32];
	int fd, failed;

	if (!parse_options(entry->options, &flags, data, sizeof(data)))
		return 0;
	fd = open_inside(root, entry->target, target);
	if (fd < 0) {
		tool_failed("%s/fstab: line %u: %s in the guest", config->dir, entry->line, entry->target);
		return -1;
	}
	failed = flags & MS_BIND ? mount(entry->source, target, NULL, flags & (MS_BIND | MS_REC), NULL)
				 : mount(entry->source, target, entry->type, flags, data);
	/* The mount is over what the descriptor is of: it is looked up again. */
	if (!failed && (flags & MS_BIND) && (flags & PER_MOUNT)) {
		close(fd);
		fd = open_inside(root, entry->target, target);
		failed = fd < 0 || mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | (flags & PER_MOUNT), NULL);
	}
	if (failed)
		tool_failed("%s/fstab: line %u: mount %s at %s", config->dir, entry->line, entry->source, entry->target);
	close(fd);
	return failed ? -1 : 0;
}

int mount_guest(const struct config *config)
{
	int root;

	if (root_own_mounts())
		return -1;
	if (mount(config->vdir, config->vdir, NULL, MS_BIND | MS_REC, NULL) || chdir(config->vdir)) {
		tool_failed("%s", config->vdir);
		return -1;
	}
	root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		tool_failed("%s", config->vdir);
		return -1;
	}
	for (unsigned int i = 0; i < config->mount_count; i++) {
		if (mount_entry(config, config->mounts + i, root)) {
			close(root);
			return -1;
		}
	}
	close(root);
	return 0;
}
