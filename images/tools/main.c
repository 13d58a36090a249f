// SPDX-License-Identifier: GPL-2.0-only
/*
 * All guest tools in one static program: the name that it is called by chooses.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/tool.h"

#define VERSION	"0.1"

int agent_main(int argc, char **argv);
int init_main(int argc, char **argv);

/* A command, and how it ends when it fails. */
#define COMMAND(name, symbol, failure) { name, symbol##_usage, symbol##_main, failure }

static const struct tool tools[] = {
	{ "agent", NULL, agent_main, 1 },
	{ "init", NULL, init_main, 1 },
	COMMAND("chcontext", chcontext, 255),
	COMMAND("chroot-sh", chroot_sh, 1),
	COMMAND("exec-cd", exec_cd, 255),
	COMMAND("man", man, 1),
	COMMAND("nattribute", nattribute, 1),
	COMMAND("ncontext", ncontext, 255),
	COMMAND("reducecap", reducecap, 255),
	COMMAND("vattribute", vattribute, 1),
	COMMAND("vcontext", vcontext, 255),
	COMMAND("vhistory", vhistory, 1),
	COMMAND("vkill", vkill, 1),
	COMMAND("vnamespace", vnamespace, 255),
	COMMAND("vps", vps, 254),
	COMMAND("vserver", vserver, 1),
	COMMAND("vserver-info", vserver_info, 1),
	COMMAND("vserver-stat", vserver_stat, 1),
	COMMAND("vspace", vspace, 255),
	COMMAND("vtop", vtop, 255),
	COMMAND("vwait", vwait, 127),
};

/* Whoever opens a file is to get one above the first three. */
static int open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			return tool_failed("/dev/null");
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (!strcmp(tools[i].name, name)) {
			tool = tools + i;
			/* Whoever ignores it would not hear how its children have ended, nor would we. */
			if (tool->usage)
				signal(SIGCHLD, SIG_DFL);
			/* init and the agent have none yet, or others. */
			if (tool->usage && open_standard())
				return tool->failure;
			if (tool->usage && argc == 2 && !strcmp(argv[1], "--version")) {
				printf("%s (vserver playground) %s\n", name, VERSION);
				return tool_flush();
			}
			return tool->main(argc, argv);
		}
	}
	fprintf(stderr, "vserver-tools: call it by the name of one of its tools\n");
	return 2;
}
