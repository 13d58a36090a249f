// SPDX-License-Identifier: GPL-2.0-only
/* Deletes a guest. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "vserver.h"

static bool is_meant(const char *name)
{
	char answer[16] = "";

	printf("Are you sure you want to delete the vserver %s (y/N) ", name);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* The guest's own files: 1; 0 when there are none; -1, and it is said, when they are none that are deleted with it. */
static int find_root(const struct config *config, char vdir[PATH_MAX])
{
	char roots[PATH_MAX], own[PATH_MAX + GUEST_NAME_SIZE + 1], link[CONFIG_PATH];

	snprintf(link, sizeof(link), "%s/vdir", config->dir);
	if (readlink(link, own, sizeof(own)) < 0 && errno == ENOENT) {
		/* Of a build that was killed. */
		snprintf(vdir, PATH_MAX, "%s/%s", GUEST_ROOTS, config->name);
		return !access(vdir, F_OK);
	}
	if (guest_vdir(config->dir, vdir))
		return tool_failed("%s", link), -1;
	/* What somebody has laid elsewhere, or another guest has, too, is for them to remove. */
	if (!realpath(GUEST_ROOTS, roots))
		*roots = 0;
	snprintf(own, sizeof(own), "%s/%s", roots, config->name);
	if (!strcmp(vdir, own))
		return 1;
	tool_wrong("%s/vdir leads to %s, and not to %s/%s: remove that yourself, and then the link", config->dir, vdir, GUEST_ROOTS, config->name);
	return -1;
}

int guest_delete(struct config *config, bool silent)
{
	char vdir[PATH_MAX];
	struct run run;
	int has_root;

	/* What else has a link `run` in it is not ours to remove. */
	if (strncmp(config->dir, GUEST_CONFIGS "/", strlen(GUEST_CONFIGS "/")))
		return tool_wrong("%s is not in %s: remove that yourself", config->dir, GUEST_CONFIGS);
	has_root = find_root(config, vdir);
	if (has_root < 0)
		return tool->failure;
	if (!silent && !is_meant(config->name))
		return 2;
	if (state_lock(config, "deleted"))
		return tool->failure;
	if (state_running(config, &run)) {
		config_read_to_stop(config);
		if (guest_stop_locked(config, &run))
			return tool->failure;
	}
	if (state_check(config))
		return tool->failure;
	state_remove(config);	/* of one that has ended by itself */
	if ((has_root && is_mounted(vdir)) || is_mounted(config->dir))
		return tool->failure;
	if (has_root && remove_tree(vdir))
		return tool->failure;
	state_forget(config);
	return remove_tree(config->dir) ? tool->failure : 0;
}
