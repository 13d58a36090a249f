// SPDX-License-Identifier: GPL-2.0-only
/* Stops a guest: asks it, and then makes it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../commands/end.h"
#include "../commands/run.h"
#include "../commands/tool.h"
#include "vserver.h"

/* Runs the stop command in the guest. */
static void ask_sysv(const struct config *config, const struct run *run)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		tool_failed("fork");
		return;
	}
	if (pid == 0) {
		if (guest_join(config, run))
			_exit(tool->failure);
		execve(config->stop[0], (char **)config->stop, (char **)config->environment);
		_exit(tool_failed("%s in the guest", config->stop[0]));
	}
	status = run_wait(pid);
	if (status)
		tool_wrong("the stop command %s exited with %d: what still runs is killed", config->stop[0], status);
}

/* Whether it has ended by then. */
static bool ask(const struct config *config, const struct run *run)
{
	struct vc_ctx_kill interrupt = { .pid = 1, .sig = SIGINT };

	if (config->style == STYLE_SYSV && config->stop[0])
		ask_sysv(config, run);
	else if (config->style == STYLE_PLAIN && !vc_ctx_kill(run->xid, &interrupt))
		return wait_for_end(run->xid, config->patience) != 1;
	return false;
}

static bool make(const struct config *config, const struct run *run)
{
	for (unsigned int i = 0; i < config->kill_count; i += 2) {
		struct vc_ctx_kill all = { .sig = config->kill_sequence[i] };
		/* After the last signal as long as it takes a task to die. */
		int seconds = i + 1 < config->kill_count ? config->kill_sequence[i + 1] : config->patience;

		if (vc_ctx_kill(run->xid, &all) && errno != ESRCH) {
			tool_refused("ctx_kill", "kill context %u", run->xid);
			return false;
		}
		if (seconds && wait_for_end(run->xid, seconds) != 1)
			return true;
	}
	return false;
}

int guest_stop(const struct config *config)
{
	struct vc_ctx_flags helper = { .mask = VXF_SC_HELPER }, persistent = { .mask = VXF_PERSISTENT };
	struct vc_net_flags network = { .mask = NXF_PERSISTENT };
	struct vc_vx_info info;
	struct run run;

	if (state_lock(config, "stopped"))
		return tool->failure;
	if (!state_running(config, &run)) {
		state_remove(config);
		tool_wrong("vserver '%s' is not running", config->name);
		return 0;
	}
	/* Its own end is none that anybody else has to hear of. */
	vc_set_cflags(run.xid, &helper);
	if (!ask(config, &run)) {
		vc_set_cflags(run.xid, &persistent);
		if (run.nid)
			vc_set_nflags(run.nid, &network);
		if (vc_vx_info(run.xid, &info) >= 0 && !make(config, &run))
			return tool_wrong("vserver '%s' still runs, in context %u", config->name, run.xid);
	} else {
		vc_set_cflags(run.xid, &persistent);
	}
	state_remove(config);
	return 0;
}
