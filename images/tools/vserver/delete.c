// SPDX-License-Identifier: GPL-2.0-only
/* Deletes a guest. */
#include <errno.h>
#include <ftw.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "vserver.h"

static int remove_one(const char *path, const struct stat *found, int type, struct FTW *place)
{
	(void)found;
	(void)type;
	(void)place;
	if (!remove(path))
		return 0;
	tool_failed("remove %s", path);
	return -1;
}

/* With all that is in it on its file system; a symbolic link is removed, not what it leads to. -1, and it is said. */
int remove_tree(const char *path)
{
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	return nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) ? -1 : 0;
}

/* Whether something is mounted at a path or below it, and it is said: none of that is the guest's to delete. */
static bool is_mounted(const char *path)
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

static bool is_meant(const char *name)
{
	char answer[16] = "";

	printf("Are you sure you want to delete the vserver %s (y/N) ", name);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int guest_delete(const char *dir, const char *name, bool silent)
{
	static struct config config;
	char vdir[PATH_MAX];
	bool has_root = !guest_vdir(dir, vdir);
	struct run run;
	int failed;

	snprintf(config.dir, sizeof(config.dir), "%s", dir);
	guest_name(dir, config.name);
	if (has_root && strncmp(vdir, GUEST_ROOTS "/", strlen(GUEST_ROOTS) + 1))
		return tool_wrong("%s/vdir leads to %s, which is not in %s: remove that yourself, and then the link", dir, vdir, GUEST_ROOTS);
	if (!silent && !is_meant(name))
		return 2;
	if (state_running(&config, &run)) {
		if (config_read(&config, dir))
			return tool->failure;
		failed = guest_stop(&config);
		if (failed)
			return failed;
	} else if (state_lock(&config, "deleted")) {
		return tool->failure;
	} else {
		state_remove(&config);	/* of one that has ended by itself */
	}
	if ((has_root && is_mounted(vdir)) || is_mounted(dir))
		return tool->failure;
	if ((has_root && remove_tree(vdir)) || remove_tree(dir))
		return tool->failure;
	return 0;
}
