// SPDX-License-Identifier: GPL-2.0-only
/* Stops a guest: asks it, and then makes it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../commands/end.h"
#include "../commands/tool.h"
#include "apart.h"
#include "vserver.h"

/* Runs the stop command in the guest. -1, and it is said, when the one who stops is interrupted. */
static int ask_sysv(const struct config *config, const struct run *run)
{
	struct apart apart;
	int status;

	if (apart_fork(&apart, APART_ALL, 0))
		return 0;
	if (apart.pid == 0) {
		if (!guest_join(config, run, &apart)) {
			execve(config->stop[0], (char **)config->stop, (char **)config->environment);
			tool_failed("%s in the guest", config->stop[0]);
		}
		_exit(tool->failure);
	}
	status = apart_wait(&apart, config->patience, false);
	apart_kill(&apart);
	apart_end(&apart);
	if (status == APART_INTERRUPTED)
		return tool_wrong("interrupted: the guest was asked to end, and may still run"), -1;
	if (status == APART_LATE)
		tool_wrong("the stop command %s has not ended in %d s: what still runs is killed", config->stop[0], config->patience);
	else if (status)
		tool_wrong("the stop command %s exited with %d: what still runs is killed", config->stop[0], status);
	return 0;
}

/* Whether the guest was asked in a way that it is to be waited for; -1, and it is said. */
static int ask(const struct config *config, const struct run *run)
{
	struct vc_ctx_kill interrupt = { .pid = 1, .sig = SIGINT };

	if (config->style == STYLE_PLAIN)
		return !vc_ctx_kill(run->xid, &interrupt);
	return config->stop[0] ? ask_sysv(config, run) : 0;
}

/* Whether it has ended at last. */
static bool make(const struct config *config, const struct run *run)
{
	for (unsigned int i = 0; i < config->kill_count; i += 2) {
		struct vc_ctx_kill all = { .sig = config->kill_sequence[i] };
		int seconds = i + 1 < config->kill_count ? config->kill_sequence[i + 1] : 0;

		/* The number may be somebody else's by now. */
		if (!guest_is_at(run->xid, config->dir))
			return true;
		if (vc_ctx_kill(run->xid, &all) && errno != ESRCH) {
			tool_refused("ctx_kill", "kill context %u", run->xid);
			return false;
		}
		if (seconds && wait_for_end(run->xid, seconds) != 1)
			return true;
	}
	/* As long as it takes a task to die, and whoever has just come in. */
	for (int seconds = config->patience; seconds > 0; seconds--) {
		struct vc_ctx_kill all = { .sig = SIGKILL };

		if (!guest_is_at(run->xid, config->dir) || wait_for_end(run->xid, 1) != 1)
			return true;
		vc_ctx_kill(run->xid, &all);
	}
	return false;
}

int guest_stop_locked(const struct config *config, const struct run *run)
{
	struct vc_ctx_flags helper = { .mask = VXF_SC_HELPER }, persistent = { .mask = VXF_PERSISTENT };
	struct vc_net_flags network = { .mask = NXF_PERSISTENT };
	int asked;

	/* Its own end is none that anybody else has to hear of. */
	vc_set_cflags(run->xid, &helper);
	asked = ask(config, run);
	if (asked < 0)
		return tool->failure;
	if (guest_is_at(run->xid, config->dir))
		vc_set_cflags(run->xid, &persistent);
	if (run->made_network)
		vc_set_nflags(run->nid, &network);
	if (asked && guest_is_at(run->xid, config->dir))
		wait_for_end(run->xid, config->patience);
	if (!make(config, run))
		return tool_wrong("vserver '%s' still runs, in context %u", config->name, run->xid);
	state_remove(config);
	return 0;
}

int guest_stop(const struct config *config)
{
	struct run run;

	if (state_lock(config, "stopped"))
		return tool->failure;
	if (state_running(config, &run))
		return guest_stop_locked(config, &run);
	if (state_check(config))
		return tool->failure;
	state_remove(config);
	tool_wrong("vserver '%s' is not running", config->name);
	return 0;
}
