// SPDX-License-Identifier: GPL-2.0-only
/* Trees of files: removing one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "vserver.h"

bool is_mounted(const char *path)
{
	size_t length = strlen(path);
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *mount;

	if (!mounts) {
		tool_failed("/proc/self/mounts");
		return true;
	}
	while ((mount = getmntent(mounts)) && (strncmp(mount->mnt_dir, path, length) || !strchr("/", mount->mnt_dir[length])))
		;
	if (mount)
		tool_wrong("%s is mounted: umount it first; nothing is deleted", mount->mnt_dir);
	endmntent(mounts);
	return mount;
}

/* The next entry that is none of the two that every folder has; NULL after the last, or with errno. */
static struct dirent *next(DIR *entries)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(entries);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	return entry;
}

/* By its name in another, and as nothing but a folder. NULL and errno. */
static DIR *open_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? NULL : fdopendir(fd);
}

/* A file, or a folder with nothing in it. */
static int remove_one(int at, const char *name)
{
	struct stat found;

	if (fstatat(at, name, &found, AT_SYMLINK_NOFOLLOW))
		return -1;
	return unlinkat(at, name, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0);
}

/*
 * Files go; a folder with something in it is moved into `top`, unless that has as many as a folder can have: then it is for another time. -1 and errno.
 */
static int flatten(DIR *entries, DIR *top, unsigned long *progress)
{
	static unsigned long moved;
	struct dirent *entry;
	char name[32];
	int failed;

	while ((entry = next(entries))) {
		if (!remove_one(dirfd(entries), entry->d_name)) {
			++*progress;
			continue;
		}
		if (errno != ENOTEMPTY && errno != EEXIST)
			return -1;
		do {
			snprintf(name, sizeof(name), ".removed.%lu", moved++);
			failed = renameat(dirfd(entries), entry->d_name, dirfd(top), name);
		} while (failed && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
		if (failed && errno != EMLINK)
			return -1;
		*progress += !failed;
	}
	return errno ? -1 : 0;
}

/* However deep a guest has made its folders, and how long their paths: there are never more than two open. -1 and errno. */
static int empty(DIR *top)
{
	unsigned long progress = 0;
	struct dirent *entry;
	DIR *below;
	int failed;

	while ((entry = next(top)) || (!errno && progress)) {
		if (!entry) {
			/* What was moved here stands behind, or before. */
			progress = 0;
			rewinddir(top);
			continue;
		}
		if (!remove_one(dirfd(top), entry->d_name)) {
			progress++;
			continue;
		}
		if (errno != ENOTEMPTY && errno != EEXIST)
			return -1;
		below = open_folder(dirfd(top), entry->d_name);
		if (!below)
			return -1;
		failed = flatten(below, top, &progress);
		closedir(below);
		if (failed)
			return -1;
	}
	return errno ? -1 : 0;
}

int remove_tree(const char *path)
{
	DIR *top = open_folder(AT_FDCWD, path);

	if (!top && errno == ENOENT)
		return 0;
	if (top && !empty(top) && !rmdir(path)) {
		closedir(top);
		return 0;
	}
	tool_failed("remove %s", path);
	return -1;
}
