// SPDX-License-Identifier: GPL-2.0-only
/* Programs in a guest that runs. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "vserver.h"

int guest_spaces(const struct config *config, uint64_t *mask)
{
	struct vc_space_mask usual;

	if (vc_get_space_default(&usual))
		return tool_refused("get_space_default", "which namespaces a guest has"), -1;
	*mask = (usual.mask & ~(VC_SPACE_NEWNS | VC_SPACE_FS)) | config->spaces;
	return 0;
}

/* All that takes the host's rights comes before the context, past whose setup there are none. */
int guest_join(const struct config *config, const struct run *run)
{
	struct vc_space root = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS, .index = 1 }, others = { 0 };

	if (run->nid && vc_net_migrate(run->nid) < 0)
		return tool_refused("net_migrate", "enter network context %u", run->nid), -1;
	if (guest_spaces(config, &others.mask))
		return -1;
	if (vc_enter_space(run->xid, &others))
		return tool_refused("enter_space", "enter the namespaces of context %u", run->xid), -1;
	if (config->spaces & CLONE_NEWPID) {
		/* Who enters a pid namespace is not in it: its children are. */
		pid_t pid = fork();

		if (pid < 0)
			return tool_failed("fork"), -1;
		if (pid)
			_exit(run_wait(pid));
	}
	if (config->has_namespace ? vc_enter_space(run->xid, &root) : 0)
		return tool_refused("enter_space", "enter the root of context %u", run->xid), -1;
	if (!config->has_namespace && (chdir(config->vdir) || chroot(".")))
		return tool_failed("%s", config->vdir), -1;
	if (chdir("/"))
		return tool_failed("/ of the guest"), -1;
	/* The caller's terminal and files stay outside: from the context on others may look into this process. */
	if (run_take_terminal())
		return -1;
	close_others(-1);
	return vc_ctx_migrate(run->xid, NULL) < 0 ? (tool_refused("ctx_migrate", "enter context %u", run->xid), -1) : 0;
}

/* In the guest, or not at all. */
static int join_on_terminal(const struct config *config)
{
	struct run run;

	if (!state_running(config, &run)) {
		tool_wrong("vserver '%s' is not running: 'vserver %s start' starts it", config->name, config->name);
		return -1;
	}
	return run_on_terminal() || guest_join(config, &run) ? -1 : 0;
}

int guest_exec(const struct config *config, char **argv)
{
	if (join_on_terminal(config))
		return tool->failure;
	return tool_exec(argv);
}

int guest_enter(const struct config *config)
{
	static char *const shells[][3] = { { "/bin/bash", "-login", NULL }, { "/bin/sh", "-l", NULL }, { "/bin/csh", NULL } };

	if (join_on_terminal(config))
		return tool->failure;
	if (config->shell[0])
		return tool_exec((char **)config->shell);
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		execv(shells[i][0], shells[i]);
	return tool_failed("a shell in the guest: /bin/bash, /bin/sh, /bin/csh");
}
