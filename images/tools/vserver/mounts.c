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

/* Attributes of mount_setattr(2); the header that has them is not to be had beside the one of the C library. */
enum { RDONLY = 0x1, NOSUID = 0x2, NODEV = 0x4, NOEXEC = 0x8, NOATIME = 0x10, STRICTATIME = 0x20, ATIME = 0x70, NODIRATIME = 0x80 };

struct attributes { uint64_t set, clear, propagation, userns; };

/* What an option sets and clears: flags of mount(2), and attributes of a bind mount. */
static const struct {
	const char *name;
	unsigned long set, clear;
	unsigned int attributes, cleared;
} options[] = {
	{ "defaults", 0, 0, 0, 0 }, { "ro", MS_RDONLY, 0, RDONLY, 0 }, { "rw", 0, MS_RDONLY, 0, RDONLY }, { "nosuid", MS_NOSUID, 0, NOSUID, 0 },
	{ "suid", 0, MS_NOSUID, 0, NOSUID }, { "nodev", MS_NODEV, 0, NODEV, 0 }, { "dev", 0, MS_NODEV, 0, NODEV }, { "noexec", MS_NOEXEC, 0, NOEXEC, 0 },
	{ "exec", 0, MS_NOEXEC, 0, NOEXEC }, { "noatime", MS_NOATIME, 0, NOATIME, ATIME }, { "atime", 0, MS_NOATIME, 0, ATIME },
	{ "relatime", MS_RELATIME, MS_NOATIME, 0, ATIME }, { "strictatime", MS_STRICTATIME, MS_NOATIME, STRICTATIME, ATIME },
	{ "nodiratime", MS_NODIRATIME, 0, NODIRATIME, 0 }, { "diratime", 0, MS_NODIRATIME, 0, NODIRATIME }, { "sync", MS_SYNCHRONOUS, 0, 0, 0 },
	{ "async", 0, MS_SYNCHRONOUS, 0, 0 }, { "dirsync", MS_DIRSYNC, 0, 0, 0 }, { "bind", MS_BIND, 0, 0, 0 }, { "rbind", MS_BIND | MS_REC, 0, 0, 0 },
	/* For others than us. */
	{ "auto", 0, 0, 0, 0 }, { "nofail", 0, 0, 0, 0 }, { "_netdev", 0, 0, 0, 0 }, { "nouser", 0, 0, 0, 0 },
};

static void apply(struct mount_entry *entry, size_t i)
{
	entry->flags = (entry->flags & ~options[i].clear) | options[i].set;
	entry->set = (entry->set & ~(uint64_t)options[i].cleared) | options[i].attributes;
	entry->clear = (entry->clear & ~(uint64_t)options[i].attributes) | options[i].cleared;
}

const char *mount_options(struct mount_entry *entry, char *text)
{
	const char *unknown = NULL;
	char *option, *rest = text;

	entry->wanted = true;
	/* A device in a guest is one that the host has put there. */
	if (strcmp(entry->type, "devpts")) {
		entry->flags = MS_NODEV;
		entry->set = NODEV;
	}
	while ((option = strsep(&rest, ","))) {
		size_t i = 0, count = sizeof(options) / sizeof(options[0]), length = strlen(entry->data);

		while (i < count && strcmp(options[i].name, option))
			i++;
		if (i < count)
			apply(entry, i);
		else if (!strcmp(option, "noauto"))
			entry->wanted = false;
		else if (*option && strncmp(option, "x-", 2)) {
			unknown = option;
			if (length + strlen(option) + 2 > sizeof(entry->data))
				return option;
			sprintf(entry->data + length, "%s%s", length ? "," : "", option);
		}
	}
	/* The file system says what it does not know; a bind mount has none that would. */
	return entry->flags & MS_BIND ? unknown : NULL;
}

/* A path of the guest as one of ours: no symbolic link in there leads out. The descriptor has to stay open while it is used. -1 and errno. */
static int open_inside(int root, const char *path, char ours[32])
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd >= 0)
		snprintf(ours, 32, "/proc/self/fd/%d", fd);
	return fd;
}

/* At `target`, which is what an entry says. -1 and errno. */
static int bind(const struct mount_entry *entry, int root, const char *target)
{
	struct attributes attributes = { .set = entry->set, .clear = entry->clear };
	unsigned int recursive = entry->flags & MS_REC ? AT_RECURSIVE : 0;
	char ours[32];
	int fd, failed;

	if (mount(entry->source, target, NULL, entry->flags & (MS_BIND | MS_REC), NULL))
		return -1;
	/* What its source is not to be is what it is not, unless an option says so. The mount is over what was looked up: it is looked up again. */
	fd = open_inside(root, entry->target, ours);
	if (fd < 0)
		return -1;
	failed = syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | recursive, &attributes, sizeof(attributes));
	close(fd);
	return failed;
}

static int mount_entry(const struct config *config, const struct mount_entry *entry, int root)
{
	char target[32];
	int fd, failed;

	if (!entry->wanted)
		return 0;
	fd = open_inside(root, entry->target, target);
	if (fd < 0) {
		tool_failed("%s/fstab: line %u: %s in the guest", config->dir, entry->line, entry->target);
		return -1;
	}
	failed = entry->flags & MS_BIND ? bind(entry, root, target) : mount(entry->source, target, entry->type, entry->flags, entry->data);
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
