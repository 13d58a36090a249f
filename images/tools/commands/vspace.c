// SPDX-License-Identifier: GPL-2.0-only
/* vspace: new namespaces, those that a context keeps, or the own ones for it to keep. vnamespace: those of mounts. */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "run.h"
#include "tool.h"

#define SPACES_HELP \
	"  -M, --mount  -F, --fs  -U, --uts  -I, --ipc  -S, --user  -P, --pid  -N, --net\n" \
	"                    which of them; each may be taken away again: --~mount\n" \
	"  --default         those that a guest has for itself\n" \
	"  -m, --mask NUMBER exactly these, by the bits of clone(2); cgroup may be among them, time not\n"
#define EXIT_HELP \
	"Exits as the program does, 0 without one; 255 on failure, 2 on wrong usage.\n"

const char vspace_usage[] =
	"usage: vspace --new SPACE... [--] PROGRAM [ARGUMENT...]\n"
	"       vspace --enter ID SPACE... [--] PROGRAM [ARGUMENT...]\n"
	"       vspace --set SPACE... [--] [PROGRAM [ARGUMENT...]]\n"
	"\n"
	"Runs a program in namespaces of its own, or in those that a context keeps; or lets the own context keep the present ones.\n"
	"\n"
	"  -n, --new         new ones; the program is a child, for a new pid namespace begins with one\n"
	"  -e, --enter ID    of a context: a number, 'self', or the name of a guest\n"
	"  -s, --set         let the context keep them for who enters it\n"
	SPACES_HELP
	"\n"
	EXIT_HELP;

const char vnamespace_usage[] =
	"usage: vnamespace --new|--enter ID [SPACE...] [--] PROGRAM [ARGUMENT...]\n"
	"       vnamespace --set [SPACE...] [--] [PROGRAM [ARGUMENT...]]\n"
	"       vnamespace --cleanup [--] PROGRAM [ARGUMENT...]\n"
	"\n"
	"As vspace --mount --fs, which it has the options of.\n"
	"\n"
	"  -n, --new         a mount namespace of its own\n"
	"  -e, --enter ID    the one that a context keeps: a number, 'self', or the name of a guest\n"
	"  -s, --set         let the context keep it\n"
	"  -c, --cleanup     unmount what cannot be reached from the root directory\n"
	SPACES_HELP
	"\n"
	EXIT_HELP;

/* The shell's options, and the bits. */
static const struct {
	const char *name;
	uint64_t bits;
	char letter;
} spaces[] = {
	{ "mount", CLONE_NEWNS, 'M' }, { "fs", CLONE_FS, 'F' }, { "uts", CLONE_NEWUTS, 'U' }, { "ipc", CLONE_NEWIPC, 'I' },
	{ "user", CLONE_NEWUSER, 'S' }, { "pid", CLONE_NEWPID, 'P' }, { "net", CLONE_NEWNET, 'N' },
};

#define SPACES (sizeof(spaces) / sizeof(spaces[0]))
/* What a mask may have: other bits are something else to clone(2). */
#define ALL (CLONE_NEWNS | CLONE_FS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

enum way { NONE, NEW, ENTER, SET, CLEANUP };

struct request {
	enum way way;
	uint64_t mask;
	uint32_t xid;
};

static int default_mask(uint64_t *mask)
{
	struct vc_space_mask said;

	if (vc_get_space_default(&said))
		return tool_refused("get_space_default", "the default namespaces");
	*mask = said.mask;
	return 0;
}

static int which_way(bool cleanup)
{
	return tool_usage("say one of --new, --enter%s", cleanup ? ", --set and --cleanup" : " and --set");
}

static int choose(struct request *request, enum way way, bool cleanup)
{
	if (request->way != NONE)
		return which_way(cleanup);
	request->way = way;
	return 0;
}

enum { DEFAULT = 256, NO_DEFAULT, HELP, WITH, WITHOUT = WITH + SPACES };

/* The long options: `--~name` takes away. */
static void list_options(struct option options[2 * SPACES + 9], char names[SPACES][8], bool cleanup)
{
	static const struct option usual[] = {
		{ "new", 0, NULL, 'n' }, { "enter", 1, NULL, 'e' }, { "set", 0, NULL, 's' }, { "mask", 1, NULL, 'm' },
		{ "default", 0, NULL, DEFAULT }, { "~default", 0, NULL, NO_DEFAULT }, { "help", 0, NULL, HELP },
	};
	size_t count = sizeof(usual) / sizeof(usual[0]);

	memcpy(options, usual, sizeof(usual));
	for (size_t i = 0; i < SPACES; i++) {
		snprintf(names[i], sizeof(names[i]), "~%s", spaces[i].name);
		options[count++] = (struct option){ spaces[i].name, 0, NULL, WITH + i };
		options[count++] = (struct option){ names[i], 0, NULL, WITHOUT + i };
	}
	if (cleanup)
		options[count++] = (struct option){ "cleanup", 0, NULL, 'c' };
	options[count] = (struct option){ 0 };
}

/* Exactly these. */
static int take_mask(struct request *request, const char *text)
{
	long long number;

	if (tool_read_number(text, "mask", 0, INT64_MAX, &number))
		return tool->failure;
	if (number & ~ALL)
		return tool_wrong("%s is no mask: there is a bit in it that is no namespace", text);
	request->mask = number;
	return 0;
}

/* An option of a namespace, long or a letter. */
static int take_space(struct request *request, int option)
{
	uint64_t mask = 0;

	if (option >= WITHOUT) {
		request->mask &= ~spaces[option - WITHOUT].bits;
		return 0;
	}
	if (option >= WITH)
		mask = spaces[option - WITH].bits;
	for (size_t i = 0; i < SPACES; i++)
		mask |= spaces[i].letter == option ? spaces[i].bits : 0;
	request->mask |= mask;
	return mask ? 0 : tool_usage(NULL);
}

/* 0, or an exit code. */
static int take(struct request *request, int option, bool cleanup)
{
	uint64_t mask = 0;
	int failed;

	switch (option) {
	case 'n': return choose(request, NEW, cleanup);
	case 's': return choose(request, SET, cleanup);
	case 'c': return choose(request, CLEANUP, cleanup);
	case 'e':
		failed = choose(request, ENTER, cleanup);
		return failed ? failed : tool_read_xid(optarg, &request->xid) ? tool->failure : 0;
	case 'm': return take_mask(request, optarg);
	case DEFAULT:
	case NO_DEFAULT:
		failed = default_mask(&mask);
		request->mask = option == DEFAULT ? request->mask | mask : request->mask & ~mask;
		return failed;
	case HELP: exit(tool_help());
	default: return take_space(request, option);
	}
}

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct request *request, bool cleanup)
{
	struct option options[2 * SPACES + 9];
	char names[SPACES][8];
	int option, failed;

	list_options(options, names, cleanup);
	while ((option = getopt_long(argc, argv, cleanup ? "+ne:scm:MFUISPN" : "+ne:sm:MFUISPN", options, NULL)) != -1) {
		failed = take(request, option, cleanup);
		if (failed)
			return failed;
	}
	if (request->way == NONE)
		return which_way(cleanup);
	if (!request->mask && request->way != CLEANUP)
		return tool_usage("which namespaces?");
	if (optind == argc && request->way != SET)
		return tool_usage("which program?");
	return 0;
}

static volatile sig_atomic_t child;

/* What a terminal sends goes to both of us anyhow. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (child > 0 && info->si_code != SI_KERNEL)
		kill(child, sig);
}

/*
 * As a child: who makes a pid namespace is not in it. Signals for the parent are for the child, which is the init of a new pid namespace and
 * gets those that it has a handler for.
 */
static int run_new(uint64_t mask, char **argv)
{
	static const int passed[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH };
	struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	/* Root and working directory of a child of its own are its own: FS is said of those that are kept. */
	child = syscall(SYS_clone, (unsigned long)(mask & ~CLONE_FS) | SIGCHLD, 0, 0, 0, 0);
	if (child < 0)
		return tool_failed("new namespaces");
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		return tool_exec(argv);
	}
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		sigaction(passed[i], &action, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return run_wait(child);
}

static int run(int argc, char **argv, struct request *request, bool cleanup)
{
	int failed = parse(argc, argv, request, cleanup);
	struct vc_space space = { .mask = request->mask };

	if (failed)
		return failed;
	if (request->way == NEW)
		return run_new(request->mask, argv + optind);
	if (request->way == ENTER && vc_enter_space(request->xid, &space))
		return tool_refused("enter_space", "enter the namespaces of context %u", request->xid);
	if (request->way == SET && vc_set_space(VC_OWN, &space))
		return tool_refused("set_space", "keep the namespaces in one's own context");
	if (request->way == CLEANUP && vc_cleanup_namespace())
		return tool_refused("cleanup_namespace", "unmount");
	return optind < argc ? tool_exec(argv + optind) : 0;
}

int vspace_main(int argc, char **argv)
{
	struct request request = { .way = NONE };

	return run(argc, argv, &request, false);
}

int vnamespace_main(int argc, char **argv)
{
	struct request request = { .way = NONE, .mask = CLONE_NEWNS | CLONE_FS };

	return run(argc, argv, &request, true);
}
