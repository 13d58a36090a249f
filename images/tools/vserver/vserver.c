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
#include "../commands/run.h"
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

/* What the command line says besides the guest and the command. */
static bool silent;
static char **program;

/* D days, HH:MM since the guest's run file was written. */
static void print_uptime(const struct config *config)
{
	char path[PATH_MAX + 8];
	struct stat found;
	long minutes = 0;

	snprintf(path, sizeof(path), "%s/run", config->dir);
	if (!stat(path, &found) && found.st_mtime < time(NULL))
		minutes = (time(NULL) - found.st_mtime) / 60;
	printf("Uptime:               ");
	if (minutes >= 24 * 60)
		printf("%ld days, ", minutes / (24 * 60));
	printf("%02ld:%02ld\n", minutes / 60 % 24, minutes % 60);
}

static int status(struct config *config)
{
	struct vc_ctx_flags flags;
	struct vc_ctx_stat counts;
	struct run run;

	/* One that ends while it is looked at does not run. */
	if (!state_running(config, &run) || vc_get_cflags(run.xid, &flags) || vc_ctx_stat(run.xid, &counts)) {
		if (!silent)
			printf("Vserver '%s' is stopped\n", config->name);
		return tool_flush() ? tool->failure : STOPPED;
	}
	if (silent)
		return 0;
	/* Tasks: threads count, and one that is persistent as one of its own. */
	printf("Vserver '%s' is running at context '%u'\n", config->name, run.xid);
	printf("Number of processes:  %u\n", counts.tasks - (flags.flagword & VXF_PERSISTENT && counts.tasks ? 1 : 0));
	print_uptime(config);
	return tool_flush();
}

static int running(struct config *config)
{
	struct run run;

	return state_running(config, &run) ? 0 : 1;
}

static int start(struct config *config)
{
	return config_read(config) ? tool->failure : guest_start(config);
}

static int stop(struct config *config)
{
	config_read_to_stop(config);
	return guest_stop(config);
}

static int restart(struct config *config)
{
	struct run run;

	/* One that could not be started again goes on. */
	if (config_read(config))
		return tool->failure;
	return state_running(config, &run) && guest_stop(config) ? tool->failure : guest_start(config);
}

static int enter(struct config *config)
{
	return config_read(config) ? tool->failure : guest_enter(config);
}

static int exec_program(struct config *config)
{
	return config_read(config) ? tool->failure : guest_exec(config, program);
}

static int delete(struct config *config)
{
	return guest_delete(config, silent);
}

/* They get a configuration that knows its place, and is not read. */
static const struct command {
	const char *name;
	int (*act)(struct config *config);
	bool takes_words, enters;
} commands[] = {
	{ "start", start, false, true }, { "stop", stop, false, true }, { "restart", restart, false, true }, { "enter", enter, false, true },
	{ "exec", exec_program, true, true }, { "status", status, false, false }, { "running", running, false, false }, { "delete", delete, false, true },
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return commands + i;
	return NULL;
}

int vserver_main(int argc, char **argv)
{
	static const struct option options[] = { { "silent", 0, NULL, 's' }, { "help", 0, NULL, 'h' }, { 0 } };
	const struct command *command;
	static struct config config;
	char dir[PATH_MAX];
	const char *name;
	int option, words;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'h')
			return tool_help();
		if (option != 's')
			return tool_usage(NULL);
		silent = true;
	}
	words = argc - optind - 2;
	if (words < 0)
		return tool_usage("say a guest and what to do");
	name = argv[optind++];
	if (!strcmp(argv[optind], "build"))
		return guest_build(name, argc - optind, argv + optind);
	command = find(argv[optind++]);
	if (!command)
		return tool_usage("there is no command '%s'", argv[optind - 1]);
	if (command->takes_words != (words > 0))
		return tool_usage("%s takes %s", command->name, command->takes_words ? "a program" : "nothing");
	if (guest_config(name, dir)) {
		tool_failed("vserver '%s': %s%s", name, *name == '/' || *name == '.' ? "" : GUEST_CONFIGS "/", name);
		return NO_GUEST;
	}
	/* Who may not look would be told that it does not run. */
	if (vc_get_version(0) < 0)
		return tool_refused("get_version", "vserver '%s'", name);
	if (command->enters && run_from_copy(argv))
		return tool->failure;
	config_place(&config, dir);
	program = argv + optind;
	return command->act(&config);
}
