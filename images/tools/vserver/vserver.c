// SPDX-License-Identifier: GPL-2.0-only
/* vserver: makes guests, starts, enters, stops and deletes them. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../commands/commands.h"
#include "../commands/tool.h"
#include "vserver.h"

const char vserver_usage[] =
	"usage: vserver [--silent] NAME COMMAND [ARGUMENT...]\n"
	"\n"
	"  build -m METHOD ...   make a guest; 'vserver - build --help' tells how\n"
	"  start                 start it\n"
	"  stop                  stop it\n"
	"  restart               stop it, if it runs, and start it\n"
	"  enter                 a shell in it\n"
	"  exec PROGRAM ...      a program in it\n"
	"  status                print whether it runs; exits 3 when it does not\n"
	"  running               exit 0 when it runs, 1 when it does not\n"
	"  delete                stop it, and remove its files and its configuration\n"
	"\n"
	"  --silent              print nothing that is no error, and ask nothing\n"
	"\n"
	"NAME is that of a folder in " GUEST_CONFIGS ", or the path of one.\n"
	"Exits 0; 1 on failure, 2 on wrong usage and when a deletion is declined, 5 when there is no such guest.\n";

enum { NO_GUEST = 5, STOPPED = 3 };

/* D days, HH:MM since the guest's run file was written. */
static void print_uptime(const struct config *config)
{
	char path[PATH_MAX + 8];
	struct stat found;
	long minutes = 0;

	snprintf(path, sizeof(path), "%s/run", config->dir);
	if (!stat(path, &found))
		minutes = (time(NULL) - found.st_mtime) / 60;
	printf("Uptime:               ");
	if (minutes >= 24 * 60)
		printf("%ld days, ", minutes / (24 * 60));
	printf("%02ld:%02ld\n", minutes / 60 % 24, minutes % 60);
}

int guest_status(const struct config *config, const char *name, bool silent)
{
	struct vc_ctx_flags flags = { 0 };
	struct vc_ctx_stat counts = { 0 };
	struct run run;

	if (!state_running(config, &run)) {
		if (!silent)
			printf("Vserver '%s' is stopped\n", name);
		return tool_flush() ? tool->failure : STOPPED;
	}
	if (silent)
		return 0;
	/* One that is persistent counts as a task of its own; so does, for its time, this call. */
	vc_get_cflags(run.xid, &flags);
	vc_ctx_stat(run.xid, &counts);
	printf("Vserver '%s' is running at context '%u'\n", name, run.xid);
	printf("Number of processes:  %u\n", counts.tasks - (flags.flagword & VXF_PERSISTENT ? 1 : 0));
	print_uptime(config);
	return tool_flush();
}

/* Without a configuration that is whole: what is broken in it does not keep a guest from being looked at, stopped or deleted. */
static void read_place(struct config *config, const char *dir)
{
	memset(config, 0, sizeof(*config));
	snprintf(config->dir, sizeof(config->dir), "%s", dir);
	guest_name(dir, config->name);
}

static int act(const char *name, const char *dir, char **words, bool silent)
{
	static struct config config;
	const char *command = words[0];
	struct run run;
	int failed;

	read_place(&config, dir);
	if (!strcmp(command, "status"))
		return guest_status(&config, name, silent);
	if (!strcmp(command, "running"))
		return state_running(&config, &run) ? 0 : 1;
	if (config_read(&config, dir))
		return tool->failure;
	if (!strcmp(command, "start"))
		return guest_start(&config);
	if (!strcmp(command, "stop"))
		return guest_stop(&config);
	if (!strcmp(command, "enter"))
		return guest_enter(&config);
	if (!strcmp(command, "exec"))
		return guest_exec(&config, words + 1);
	/* restart */
	failed = state_running(&config, &run) ? guest_stop(&config) : 0;
	return failed ? failed : guest_start(&config);
}

static const struct {
	const char *name;
	bool takes_words;
} commands[] = {
	{ "start", false }, { "stop", false }, { "restart", false }, { "enter", false }, { "exec", true }, { "status", false }, { "running", false },
	{ "delete", false },
};

int vserver_main(int argc, char **argv)
{
	static const struct option options[] = { { "silent", 0, NULL, 's' }, { "help", 0, NULL, 'h' }, { 0 } };
	const char *name, *command;
	char dir[PATH_MAX];
	bool silent = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'h')
			return tool_help();
		if (option != 's')
			return tool_usage(NULL);
		silent = true;
	}
	if (argc - optind < 2)
		return tool_usage("say a guest and what to do");
	name = argv[optind];
	command = argv[optind + 1];
	if (!strcmp(command, "build"))
		return guest_build(name, argc - optind - 1, argv + optind + 1);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, command))
			continue;
		if (commands[i].takes_words != (argc - optind > 2))
			return tool_usage("%s takes %s", command, commands[i].takes_words ? "a program" : "nothing");
		if (guest_config(name, dir)) {
			tool_failed("vserver '%s': %s%s", name, *name == '/' || *name == '.' ? "" : GUEST_CONFIGS "/", name);
			return NO_GUEST;
		}
		if (!strcmp(command, "delete"))
			return guest_delete(dir, name, silent);
		return act(name, dir, argv + optind + 1, silent);
	}
	return tool_usage("there is no command '%s'", command);
}
