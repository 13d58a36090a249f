// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../commands/root.h"
#include "../commands/tool.h"
#include "vserver.h"

/* Of the calls below; the header that has them is not to be had beside the one of the C library. */
enum { RDONLY = 0x1, NOSUID = 0x2, NODEV = 0x4, NOEXEC = 0x8, NOATIME = 0x10, STRICTATIME = 0x20, ATIME = 0x70, NODIRATIME = 0x80 };
enum { CLONE = 0x1, RECURSIVE = 0x8000, SET_FLAG = 0, SET_STRING = 1, CREATE = 6, FROM_ITSELF = 0x4, TO_ITSELF = 0x40 };
struct attributes { uint64_t set, clear, propagation, userns; };

/* What an option sets and clears. */
static const struct {
	const char *name;
	unsigned int set, clear;
} options[] = {
	{ "defaults", 0, 0 }, { "ro", RDONLY, 0 }, { "rw", 0, RDONLY }, { "nosuid", NOSUID, 0 }, { "suid", 0, NOSUID }, { "nodev", NODEV, 0 },
	{ "dev", 0, NODEV }, { "noexec", NOEXEC, 0 }, { "exec", 0, NOEXEC }, { "noatime", NOATIME, ATIME }, { "atime", 0, ATIME }, { "relatime", 0, ATIME },
	{ "strictatime", STRICTATIME, ATIME }, { "nodiratime", NODIRATIME, 0 }, { "diratime", 0, NODIRATIME },
	/* For others than us. */
	{ "auto", 0, 0 }, { "_netdev", 0, 0 }, { "nouser", 0, 0 },
};

static const struct {
	const char *name;
	size_t offset;
} marks[] = {
	{ "bind", offsetof(struct mount_entry, bind) }, { "rbind", offsetof(struct mount_entry, bind) }, { "rbind", offsetof(struct mount_entry, recursive) },
	{ "noauto", offsetof(struct mount_entry, unwanted) }, { "nofail", offsetof(struct mount_entry, may_fail) },
};

static bool take_option(struct mount_entry *entry, const char *option)
{
	bool known = false;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strcmp(marks[i].name, option)) {
			*(bool *)((char *)entry + marks[i].offset) = true;
			known = true;
		}
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!strcmp(options[i].name, option)) {
			entry->set = (entry->set & ~(uint64_t)options[i].clear) | options[i].set;
			entry->clear = (entry->clear & ~(uint64_t)options[i].set) | options[i].clear;
			known = true;
		}
	}
	return known || !*option || !strncmp(option, "x-", 2);
}

const char *mount_options(struct mount_entry *entry, char *text)
{
	/* A device in a guest is one that the host has put there. */
	entry->set = strcmp(entry->type, "devpts") ? NODEV : 0;
	for (char *option; (option = strsep(&text, ","));) {
		if (take_option(entry, option))
			continue;
		/* Longer ones the kernel does not take. */
		if (entry->data_count == sizeof(entry->data) / sizeof(entry->data[0]) || strlen(option) > 255)
			return option;
		entry->data[entry->data_count++] = option;
	}
	/* A file system says what it does not know; a bind mount has none that would. */
	return entry->bind && entry->data_count ? entry->data[0] : NULL;
}

/* A path in the guest: no symbolic link in there leads out. -1 and errno. */
static int open_inside(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Of a path what is below the root of the guest, by whichever way it leads there; NULL when it does not. */
static const char *part_inside(const char *path, int root)
{
	char prefix[PATH_MAX];
	struct stat own, found;

	if (*path != '/')
		return path;
	for (size_t length = 1; !fstat(root, &own) && length < sizeof(prefix); length++) {
		if (path[length] != '/' && path[length])
			continue;
		memcpy(prefix, path, length);
		prefix[length] = 0;
		if (!stat(prefix, &found) && found.st_dev == own.st_dev && found.st_ino == own.st_ino)
			return path[length] ? path + length : "/";
		if (!path[length])
			break;
	}
	return NULL;
}

/* A copy of the mounts of a source: in the guest where its links lead nowhere else, or of the host. -1 and errno. */
static int copy_source(const char *source, int root, unsigned int recursive)
{
	const char *inside = part_inside(source, root);
	int place, fd;

	if (!inside)
		return syscall(SYS_open_tree, AT_FDCWD, source, CLONE | recursive | O_CLOEXEC);
	place = open_inside(root, inside);
	if (place < 0)
		return -1;
	fd = syscall(SYS_open_tree, place, "", CLONE | recursive | AT_EMPTY_PATH | O_CLOEXEC);
	close(place);
	return fd;
}

/* A mount of what is elsewhere, which is nowhere yet. -1 and errno. */
static int make_bind(const struct mount_entry *entry, int root)
{
	/* Nor does what the host mounts there later come in, as it is. */
	struct attributes attributes = { .set = entry->set, .clear = entry->clear, .propagation = MS_PRIVATE };
	unsigned int recursive = entry->recursive ? RECURSIVE : 0;
	int fd = copy_source(entry->source, root, recursive);

	/* What its source is not to be it is not, unless an option says so. */
	if (fd >= 0 && syscall(SYS_mount_setattr, fd, "", recursive | AT_EMPTY_PATH, &attributes, sizeof(attributes))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int set_option(int fs, char *option)
{
	char *value = strchr(option, '=');
	int failed;

	if (!value)
		return syscall(SYS_fsconfig, fs, SET_FLAG, option, NULL, 0);
	*value = 0;
	failed = syscall(SYS_fsconfig, fs, SET_STRING, option, value + 1, 0);
	*value = '=';
	return failed;
}

/* A mount of a file system, which is nowhere yet. -1 and errno. */
static int make_mount(const struct mount_entry *entry)
{
	int fs = syscall(SYS_fsopen, entry->type, 1), fd = -1, failed;

	if (fs < 0)
		return -1;
	failed = syscall(SYS_fsconfig, fs, SET_STRING, "source", entry->source, 0) ||
		 ((entry->set & RDONLY) && syscall(SYS_fsconfig, fs, SET_FLAG, "ro", NULL, 0));
	for (unsigned int i = 0; i < entry->data_count && !failed; i++)
		failed = set_option(fs, entry->data[i]);
	if (!failed && !syscall(SYS_fsconfig, fs, CREATE, NULL, NULL, 0))
		fd = syscall(SYS_fsmount, fs, 1, (unsigned int)entry->set);
	close(fs);
	return fd;
}

static bool is_same(int one, int other)
{
	struct stat first, second;

	return !fstat(one, &first) && !fstat(other, &second) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/*
 * It has all that it is to have before it is anywhere: nothing that a guest has made of its folders can have it twice, or beside the place that it was
 * made for.
 */
static int mount_entry(const struct config *config, const struct mount_entry *entry, int root)
{
	int mount = entry->bind ? make_bind(entry, root) : make_mount(entry), target = mount < 0 ? -1 : open_inside(root, entry->target), failed = 1;

	if (mount < 0 && errno == ENOENT && entry->may_fail)
		return 0;
	if (mount < 0)
		tool_failed("%s/fstab: line %u: mount %s at %s", config->dir, entry->line, entry->source, entry->target);
	else if (target < 0)
		tool_failed("%s/fstab: line %u: %s in the guest", config->dir, entry->line, entry->target);
	else if (is_same(target, root))
		tool_wrong("%s/fstab: line %u: %s in the guest leads to its root", config->dir, entry->line, entry->target);
	else if ((failed = syscall(SYS_move_mount, mount, "", target, "", FROM_ITSELF | TO_ITSELF)))
		tool_failed("%s/fstab: line %u: mount %s at %s", config->dir, entry->line, entry->source, entry->target);
	if (mount >= 0)
		close(mount);
	if (target >= 0)
		close(target);
	return failed ? -1 : 0;
}

int mount_guest(const struct config *config)
{
	int root, failed = 0;

	if (root_own_mounts())
		return -1;
	if (mount(config->vdir, config->vdir, NULL, MS_BIND | MS_REC, NULL) || chdir(config->vdir))
		return tool_failed("%s", config->vdir), -1;
	root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return tool_failed("%s", config->vdir), -1;
	for (unsigned int i = 0; i < config->mount_count && !failed; i++)
		if (!config->mounts[i].unwanted)
			failed = mount_entry(config, config->mounts + i, root);
	close(root);
	return failed;
}
