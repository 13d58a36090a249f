// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a guest. One child does all of it, in namespaces and contexts that last as long as somebody is in them: whichever step fails, the child
 * ends, and with it goes what the steps before have made.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../commands/end.h"
#include "../commands/root.h"
#include "../commands/run.h"
#include "../commands/tool.h"
#include "vserver.h"

/* Between the two; of each pair the child has one end. */
struct wires {
	int ids[2];	/* the child tells where it is */
	int go[2];	/* the parent has written that down */
	int output[2];	/* what the start command prints */
	int started[2];	/* closes when a program of the guest runs; a byte says that none does */
};

/* A setting of an id that this kernel does not have: the guest starts without, and it is said. -1 for any other refusal. */
static int refused(const char *word, const char *what)
{
	if (errno == ENOSYS && vc_lacks()) {
		tool_refused(word, "warning: the guest starts without: %s", what);
		return 0;
	}
	tool_refused(word, "%s", what);
	return -1;
}

/* ---- the steps of the child, in their order; -1, and it is said ---- */

static int make_network(const struct config *config, struct run *run)
{
	struct vc_net_flags flags = { config->nflags.value, config->nflags.mask };
	struct vc_net_caps caps = { config->ncaps.value, config->ncaps.mask };
	char what[300];
	int nid;

	if (!config->has_network)
		return 0;
	nid = vc_net_create(config->nid, NULL);
	if (nid < 0)
		return tool_refused("net_create", "network context %u", config->nid), -1;
	run->nid = nid;
	if (vc_set_ncaps(nid, &caps) && refused("set_ncaps", "ncapabilities"))
		return -1;
	if (vc_set_nflags(nid, &flags) && refused("set_nflags", "nflags"))
		return -1;
	for (unsigned int i = 0; i < config->address_count; i++) {
		snprintf(what, sizeof(what), "interfaces/%s", config->addresses[i].name);
		if (vc_net_add_ipv4(nid, &config->addresses[i].ipv4) && refused("net_add_ipv4", what))
			return -1;
	}
	return 0;
}

static int make_context(const struct config *config, struct run *run)
{
	struct vc_space mounts = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS }, others = { 0 };
	int xid;

	if ((config->spaces & CLONE_NEWNET) && unshare(CLONE_NEWNET))
		return tool_failed("spaces/net"), -1;
	/* uts and ipc namespaces come with it. */
	xid = vc_ctx_create(config->xid, NULL);
	if (xid < 0 && config->xid != VC_ANY)
		return tool_refused("ctx_create", "context %u", config->xid), -1;
	if (xid < 0)
		return tool_refused("ctx_create", "a context"), -1;
	run->xid = xid;
	if (config->has_namespace && vc_set_space(VC_OWN, &mounts))
		return tool_refused("set_space", "keep the mount namespace"), -1;
	if (guest_spaces(config, &others.mask))
		return -1;
	if (vc_set_space(VC_OWN, &others))
		return tool_refused("set_space", "keep the namespaces"), -1;
	return 0;
}

static int set_limits(const struct config *config)
{
	char what[64];

	for (unsigned int i = 0; i < config->limit_count; i++) {
		snprintf(what, sizeof(what), "rlimits/%s", config->limits[i].name);
		if (vc_set_rlimit(VC_OWN, &config->limits[i].limit) && refused("set_rlimit", what))
			return -1;
	}
	if (config->sched.mask && vc_set_sched(VC_OWN, &config->sched) && refused("set_sched", "schedule"))
		return -1;
	return 0;
}

static int set_names(const struct config *config)
{
	enum { NODENAME = 2, DOMAINNAME = 6 };
	struct vc_vhi_name context = { .field = VHIN_CONTEXT };
	const char *node = config->uts[NODENAME], *domain = config->uts[DOMAINNAME];

	if (*node && sethostname(node, strlen(node)))
		return tool_failed("uts/nodename"), -1;
	if (*domain && setdomainname(domain, strlen(domain)))
		return tool_failed("uts/domainname"), -1;
	for (int field = 1; field < 7; field++) {
		struct vc_vhi_name name = { .field = field };

		if (field == NODENAME || field == DOMAINNAME || !*config->uts[field])
			continue;
		strcpy(name.name, config->uts[field]);
		if (vc_set_vhi_name(VC_OWN, &name) && errno != EINVAL)
			return tool_refused("set_vhi_name", "uts/%s", vc_name_of(&vc_uts_fields, field)), -1;
		if (errno == EINVAL)
			tool_wrong("warning: the guest starts without: uts/%s: this kernel keeps no such name, which comes with plan id 3a",
				   vc_name_of(&vc_uts_fields, field));
	}
	/* The kernel keeps as much of it, and who compares knows. */
	memcpy(context.name, config->dir, strnlen(config->dir, sizeof(context.name) - 1));
	return vc_set_vhi_name(VC_OWN, &context) ? (tool_refused("set_vhi_name", "the name of the context"), -1) : 0;
}

static int set_attributes(const struct config *config)
{
	struct vc_ctx_caps ccaps = { config->ccaps.value, config->ccaps.mask };
	struct vc_bcaps bcaps = { config->bcaps.value, config->bcaps.mask };
	struct vc_ctx_flags flags = { config->flags.value, config->flags.mask };
	struct vc_umask umask = { config->umask.value, config->umask.mask };

	if (vc_set_ccaps(VC_OWN, &ccaps))
		return tool_refused("set_ccaps", "ccapabilities"), -1;
	if (vc_set_bcaps(VC_OWN, &bcaps))
		return tool_refused("set_bcaps", "bcapabilities"), -1;
	if (vc_set_cflags(VC_OWN, &flags))
		return tool_refused("set_cflags", "flags"), -1;
	if (umask.mask && vc_set_umask(VC_OWN, &umask))
		return tool_refused("set_umask", "umask"), -1;
	return 0;
}

static int take_root(const struct config *config)
{
	struct vc_space space = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS, .index = 1 };

	if (!config->has_namespace)
		return chroot(".") || chdir("/") ? (tool_failed("%s", config->vdir), -1) : 0;
	if (root_pivot())
		return -1;
	return vc_set_space(VC_OWN, &space) ? (tool_refused("set_space", "keep the root"), -1) : 0;
}

static int end_setup(const struct config *config)
{
	struct vc_ctx_flags flags = { .mask = VXF_STATE_SETUP | (config->style == STYLE_PLAIN ? VXF_STATE_INIT : 0) };

	return vc_set_cflags(VC_OWN, &flags) ? (tool_refused("set_cflags", "end the setup"), -1) : 0;
}

/* Where the parent writes down where the guest runs, before anything of it does. */
static int report(struct wires *wires, const struct run *run)
{
	char byte;

	if (write(wires->ids[1], run, sizeof(*run)) == sizeof(*run) && read(wires->go[0], &byte, 1) == 1)
		return 0;
	return -1;	/* the parent has said why */
}

/* No terminal of the host's is in the guest, nor anything else that was open. -1, and it is said. */
static int take_output(const struct config *config, struct wires *wires, int null)
{
	int output = config->style == STYLE_SYSV ? wires->output[1] : null;

	setsid();
	if (dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) {
		tool_failed("/dev/null");
		return -1;
	}
	return 0;
}

/* Becomes the start command; returns only when that, or a step before it, has failed. */
static int be_guest(const struct config *config, struct wires *wires)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), messages = fcntl(2, F_DUPFD_CLOEXEC, 3);
	struct run run = { 0 };

	if (null < 0 || messages < 0)
		return tool_failed("/dev/null");
	if (config->has_namespace ? mount_guest(config) : chdir(config->vdir) ? (tool_failed("%s", config->vdir), -1) : 0)
		return tool->failure;
	if (make_network(config, &run) || make_context(config, &run) || set_limits(config) || set_names(config) || set_attributes(config))
		return tool->failure;
	if (report(wires, &run) || take_root(config) || end_setup(config) || take_output(config, wires, null))
		return tool->failure;
	close_on_exec();
	execve(config->start[0], config->start, config->environment);
	dup2(messages, 2);
	return tool_failed("%s in the guest", config->start[0]);
}

/* ---- the parent ---- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	interrupted = sig;
}

static void catch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = on_interrupt };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

/* Shows what the start command prints until it ends; daemons that it has started may keep its output open. */
static void relay(int output, pid_t child)
{
	int pidfd = syscall(SYS_pidfd_open, child, 0);
	struct pollfd polled[] = { { .fd = output, .events = POLLIN }, { .fd = pidfd, .events = POLLIN } };
	char data[4096];
	ssize_t n;

	while (!interrupted) {
		if (poll(polled, 2, -1) < 0)
			continue;
		if (!(polled[0].revents & POLLIN))
			break;
		n = read(output, data, sizeof(data));
		if (n <= 0 || write(1, data, n) != n)
			break;
	}
	close(pidfd);
}

/* Whether a program of the guest runs by now. */
static bool has_started(int started)
{
	char byte;
	ssize_t n;

	do {
		n = read(started, &byte, 1);
	} while (n < 0 && errno == EINTR && !interrupted);
	return n == 0;
}

/* All of it, whatever has become of it. */
static int undo(const struct config *config, const struct run *run, pid_t child)
{
	struct vc_ctx_kill all = { .sig = SIGKILL };
	struct vc_ctx_flags persistent = { .mask = VXF_PERSISTENT };

	kill(child, SIGKILL);
	vc_ctx_kill(run->xid, &all);
	vc_set_cflags(run->xid, &persistent);
	run_wait(child);
	wait_for_end(run->xid, 0);
	state_remove(config);
	return tool->failure;
}

static int watch_sysv(const struct config *config, const struct run *run, struct wires *wires, pid_t child)
{
	struct vc_vx_info info;
	int status;

	relay(wires->output[0], child);
	if (interrupted) {
		tool_wrong("interrupted: what was started is ended");
		return undo(config, run, child);
	}
	status = run_wait(child);
	if (status) {
		tool_wrong("the start command %s exited with %d: what it has started is ended", config->start[0], status);
		return undo(config, run, child);
	}
	if (vc_vx_info(run->xid, &info) < 0) {
		tool_wrong("the start command %s has left nothing that runs: the guest has ended", config->start[0]);
		state_remove(config);
		return tool->failure;
	}
	return 0;
}

static int watch(const struct config *config, struct wires *wires, pid_t child)
{
	struct run run;

	if (read(wires->ids[0], &run, sizeof(run)) != sizeof(run))
		return run_wait(child);	/* a step has failed, and said why */
	if (state_write(config, &run)) {
		close(wires->go[1]);
		run_wait(child);
		return tool->failure;
	}
	if (write(wires->go[1], "", 1) != 1 || !has_started(wires->started[0])) {
		run_wait(child);
		return undo(config, &run, child);
	}
	if (config->style == STYLE_SYSV)
		return watch_sysv(config, &run, wires, child);
	return 0;
}

int guest_start(const struct config *config)
{
	struct wires wires;
	struct run run;
	pid_t child;

	if (state_lock(config, "started"))
		return tool->failure;
	if (state_running(config, &run)) {
		tool_wrong("vserver '%s' already running", config->name);
		return 0;
	}
	state_remove(config);
	if (pipe2(wires.ids, O_CLOEXEC) || pipe2(wires.go, O_CLOEXEC) || pipe2(wires.output, O_CLOEXEC) || pipe2(wires.started, O_CLOEXEC))
		return tool_failed("pipe");
	catch_interrupts();
	child = syscall(SYS_clone, SIGCHLD | (config->spaces & CLONE_NEWPID), 0, 0, 0, 0);
	if (child < 0)
		return tool_failed("fork");
	if (child == 0) {
		close(wires.ids[0]);
		close(wires.go[1]);
		close(wires.output[0]);
		close(wires.started[0]);
		be_guest(config, &wires);
		/* The pipe would close as if a program ran: whichever step has failed, it is told. */
		_exit(write(wires.started[1], "", 1) == 1 ? tool->failure : EXIT_FAILURE);
	}
	close(wires.ids[1]);
	close(wires.go[0]);
	close(wires.output[1]);
	close(wires.started[1]);
	return watch(config, &wires, child);
}
