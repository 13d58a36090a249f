// SPDX-License-Identifier: GPL-2.0-only
/* Programs in a guest that runs. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "apart.h"
#include "vserver.h"

void leave_session(void)
{
	enum { JOIN_SESSION_KEYRING = 1 };

	umask(022);
	syscall(SYS_keyctl, JOIN_SESSION_KEYRING, NULL);	/* of a kernel that has keys */
}

static pid_t inner;

static void pass_on(int sig)
{
	/* With all that it has in its foreground, once it has a session of its own. */
	if (kill(-inner, sig))
		kill(inner, sig);
}

/*
 * Who enters a pid namespace is not in it: its children are. The parent is a member by now, and stays between; that it is one before the child is there
 * leaves nobody inside a moment in which he could take hold of more than that.
 */
static int go_on_as_child(void)
{
	static const int passed[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = pass_on };
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	setsid();
	inner = fork();
	if (inner < 0)
		return tool_failed("fork"), -1;
	if (inner)
		for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
			sigaction(passed[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (inner)
		_exit(run_wait(inner));
	return 0;
}

/* All that takes the host's rights comes before the context, past whose setup there are none. */
int guest_join(const struct config *config, const struct run *run, struct apart *apart)
{
	struct vc_space root = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS, .index = 1 }, others = { .mask = run->spaces };

	leave_session();
	if (run->nid && vc_net_migrate(run->nid) < 0)
		return tool_refused("net_migrate", "enter network context %u", run->nid), -1;
	if (vc_enter_space(run->xid, &others))
		return tool_refused("enter_space", "enter the namespaces of context %u", run->xid), -1;
	if (run->has_namespace && vc_enter_space(run->xid, &root))
		return tool_refused("enter_space", "enter the root of context %u", run->xid), -1;
	if (!run->has_namespace && (chdir(config->vdir) || chroot(".")))
		return tool_failed("%s", config->vdir), -1;
	if (chdir("/"))
		return tool_failed("/ of the guest"), -1;
	/* The caller's terminal and files stay outside: from the context on others may look into this process. */
	if (apart ? apart_take(apart) : run_take_terminal())
		return -1;
	close_others(-1);
	if (vc_ctx_migrate(run->xid, NULL) < 0)
		return tool_refused("ctx_migrate", "enter context %u", run->xid), -1;
	if ((run->spaces & CLONE_NEWPID) && go_on_as_child())
		return -1;
	setsid();
	return run_control_terminal();
}

/* -1, and it is said, when nobody can enter. */
static int find(const struct config *config, struct run *run)
{
	struct vc_ctx_flags flags;

	if (!state_running(config, run)) {
		tool_wrong("vserver '%s' is not running: 'vserver %s start' starts it", config->name, config->name);
		return -1;
	}
	/* Until its setup is over nothing bounds what a program in it may do. */
	if (vc_get_cflags(run->xid, &flags))
		return tool_refused("get_cflags", "context %u", run->xid), -1;
	if (flags.flagword & VXF_STATE_SETUP) {
		tool_wrong("vserver '%s' is being started: try again when that is done", config->name);
		return -1;
	}
	return 0;
}

/* What a program in a guest has of the caller's environment is the terminal alone. */
static char **environment(const struct config *config)
{
	static char term[64], home[] = "HOME=/root", *words[CONFIG_WORDS + 3];
	const char *kind = getenv("TERM");
	int count = 0;

	words[count++] = home;
	if (kind && snprintf(term, sizeof(term), "TERM=%s", kind) < (int)sizeof(term))
		words[count++] = term;
	for (int i = 0; config->environment[i]; i++)
		words[count++] = config->environment[i];
	return words;
}

/* A terminal, or a /dev/null of the host's, whose mode and owner are none of the guest's. */
static bool is_device(int fd)
{
	struct stat found;

	return !fstat(fd, &found) && S_ISCHR(found.st_mode);
}

/*
 * In the guest: 0, or -1, and it is said. On a terminal of its own if the caller has one for input and output; else a terminal that he has for one of
 * them stays his, and a parent shows what is printed.
 */
static int join(const struct config *config)
{
	unsigned int fds = 0;
	struct apart apart;
	struct run run;
	int code;

	if (find(config, &run))
		return -1;
	if (isatty(0) && isatty(1)) {
		if (is_device(2) && !isatty(2) && dup2(open_null(), 2) < 0)
			return tool_failed("/dev/null"), -1;
		if (run_on_terminal() || guest_join(config, &run, NULL))
			return -1;
		environ = environment(config);
		return 0;
	}
	for (int fd = 0; fd <= 2; fd++)
		fds |= is_device(fd) ? 1u << fd : 0;
	if (apart_fork(&apart, fds, 0))
		return -1;
	if (apart.pid) {
		code = apart_wait(&apart, 0, true);
		apart_end(&apart);
		exit(code);
	}
	if (guest_join(config, &run, &apart))
		return -1;
	environ = environment(config);
	return 0;
}

int guest_exec(const struct config *config, char **argv)
{
	return join(config) ? tool->failure : tool_exec(argv);
}

int guest_enter(const struct config *config)
{
	static char *const shells[][3] = { { "/bin/bash", "-login", NULL }, { "/bin/sh", "-l", NULL }, { "/bin/csh", NULL } };

	if (join(config))
		return tool->failure;
	if (config->shell[0])
		return tool_exec((char **)config->shell);
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		execv(shells[i][0], shells[i]);
	return tool_failed("a shell in the guest: /bin/bash, /bin/sh, /bin/csh");
}
