// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a guest. One child does all of it, in namespaces and contexts that last as long as somebody is in them: whichever step fails, the child
 * ends, and with it goes what the steps before have made. A guest that is to last without processes does so from its last step on.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../commands/end.h"
#include "../commands/run.h"
#include "../commands/tool.h"
#include "apart.h"
#include "setup.h"

/* Between the two; of each pair the child has one end. */
struct wires {
	int ids[2];	/* the child tells where it is */
	int go[2];	/* the parent has written that down */
	int started[2];	/* closes when a program of the guest runs; a byte says that none does */
};

/* ---- the child ---- */

/* Where the parent writes down where the guest runs, before anything of it does. */
static int report(struct wires *wires, const struct run *run)
{
	char byte;

	if (write(wires->ids[1], run, sizeof(*run)) == sizeof(*run) && read(wires->go[0], &byte, 1) == 1)
		return 0;
	return -1;	/* the parent is gone, or has said why */
}

/* Becomes the start command; returns only when that, or a step before it, has failed. */
static void be_guest(const struct config *config, struct wires *wires, struct apart *apart)
{
	int messages = fcntl(2, F_DUPFD_CLOEXEC, 3);
	struct run run = { 0 };

	if (messages < 0) {
		tool_failed("messages");
		return;
	}
	if (setup_guest(config, &run) || report(wires, &run) || setup_root(config) || setup_end(config, &run) || apart_take(apart))
		return;
	setsid();
	close_on_exec();
	execve(config->start[0], config->start, config->environment);
	dup2(messages, 2);
	tool_failed("%s in the guest", config->start[0]);
}

static void child(const struct config *config, struct wires *wires, struct apart *apart)
{
	close(wires->ids[0]);
	close(wires->go[1]);
	close(wires->started[0]);
	be_guest(config, wires, apart);
	/* The pipe would close as if a program ran: whichever step has failed, it is told. */
	_exit(write(wires->started[1], "", 1) == 1 ? tool->failure : EXIT_FAILURE);
}

/* ---- the parent ---- */

/* All of it, whatever has become of it. */
static int undo(const struct config *config, const struct run *run, struct apart *apart)
{
	struct vc_ctx_kill all = { .sig = SIGKILL };
	struct vc_ctx_flags persistent = { .mask = VXF_PERSISTENT };
	struct vc_net_flags network = { .mask = NXF_PERSISTENT };

	apart_kill(apart);
	/* The number may be somebody else's by now. */
	if (run->xid && guest_is_at(run->xid, config->dir)) {
		vc_set_cflags(run->xid, &persistent);
		vc_ctx_kill(run->xid, &all);
		if (wait_for_end(run->xid, config->patience) == 1)
			return tool_wrong("vserver '%s' still runs, in context %u", config->name, run->xid);
	}
	if (run->made_network)
		vc_set_nflags(run->nid, &network);
	state_remove(config);
	return tool->failure;
}

static int interrupted(const struct config *config, const struct run *run, struct apart *apart)
{
	tool_wrong("interrupted: what was started is ended");
	return undo(config, run, apart);
}

/* Who fails says why, and tells by a byte that it has. */
static int failed_step(const struct config *config, const struct run *run, struct wires *wires, struct apart *apart)
{
	int code = apart_wait(apart, 0, false);
	char byte;

	if (code == APART_INTERRUPTED)
		return interrupted(config, run, apart);
	if (read(wires->started[0], &byte, 1) != 1)
		tool_wrong("the start has ended with %d: what was started is ended", code);
	return undo(config, run, apart);
}

static int watch_sysv(const struct config *config, const struct run *run, struct apart *apart)
{
	struct vc_vx_info info;
	int status = apart_wait(apart, 0, false);

	if (status < 0)
		return interrupted(config, run, apart);
	if (status) {
		tool_wrong("the start command %s exited with %d: what it has started is ended", config->start[0], status);
		return undo(config, run, apart);
	}
	if (vc_vx_info(run->xid, &info) < 0) {
		tool_wrong("the start command %s has left nothing that runs: the guest has ended", config->start[0]);
		return undo(config, run, apart);
	}
	return 0;
}

static int watch(const struct config *config, struct wires *wires, struct apart *apart)
{
	struct run run = { 0 };
	char byte;

	if (!apart_readable(wires->ids[0]))
		return interrupted(config, &run, apart);
	if (read(wires->ids[0], &run, sizeof(run)) != sizeof(run))
		return failed_step(config, &run, wires, apart);
	if (state_write(config, &run) || write(wires->go[1], "", 1) != 1)
		return undo(config, &run, apart);
	if (!apart_readable(wires->started[0]))
		return interrupted(config, &run, apart);
	if (read(wires->started[0], &byte, 1)) {
		apart_wait(apart, 0, false);
		return undo(config, &run, apart);
	}
	if (config->style == STYLE_PLAIN && apart_has_ended(apart)) {
		tool_wrong("the init %s has ended with %d", config->start[0], apart_wait(apart, 0, false));
		return undo(config, &run, apart);
	}
	return config->style == STYLE_SYSV ? watch_sysv(config, &run, apart) : 0;
}

int guest_start(const struct config *config)
{
	struct wires wires;
	struct apart apart;
	struct run run;
	int result;

	if (state_lock(config, "started"))
		return tool->failure;
	if (state_running(config, &run)) {
		tool_wrong("vserver '%s' already running", config->name);
		return 0;
	}
	if (state_check(config))
		return tool->failure;
	state_remove(config);
	if (pipe2(wires.ids, O_CLOEXEC) || pipe2(wires.go, O_CLOEXEC) || pipe2(wires.started, O_CLOEXEC))
		return tool_failed("pipe");
	if (apart_fork(&apart, APART_ALL | (config->style == STYLE_SYSV ? 0 : APART_SILENT), config->spaces & CLONE_NEWPID))
		return tool->failure;
	if (apart.pid == 0)
		child(config, &wires, &apart);
	close(wires.ids[1]);
	close(wires.go[0]);
	close(wires.started[1]);
	result = watch(config, &wires, &apart);
	close(wires.ids[0]);
	close(wires.go[1]);
	close(wires.started[0]);
	apart_end(&apart);
	return result;
}
