// SPDX-License-Identifier: GPL-2.0-only
/* vps and vtop: ps and top as a spectator, who sees the processes of every context; vps says of which each is. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "guest.h"
#include "run.h"
#include "tool.h"

const char vps_usage[] =
	"usage: vps [ARGUMENT...]\n"
	"\n"
	"Runs ps with these arguments, and shows of each process the context that it is in: its id and the name of its guest. MAIN is the host.\n"
	"\n"
	"Exits as ps does; 254 on failure.\n";

const char vtop_usage[] =
	"usage: vtop [ARGUMENT...]\n"
	"\n"
	"Runs top with these arguments, and shows the processes of all contexts.\n"
	"\n"
	"Exits as top does; 255 on failure.\n";

#define WIDTH	20

static int become_spectator(void)
{
	return vc_ctx_migrate(VC_SPECTATOR, NULL) < 0 ? tool_refused("ctx_migrate", "become a spectator") : 0;
}

/* --help alone is for us: the others are the program's. */
static int asks_help(int argc, char **argv)
{
	return argc == 2 && !strcmp(argv[1], "--help");
}

static const char *context_of(int pid, char *text, size_t size)
{
	char name[GUEST_NAME_SIZE];
	int xid = vc_task_xid(pid);

	if (xid < 0)
		return "  ERR";	/* it has ended meanwhile */
	if (xid == VC_HOST)
		strcpy(name, "MAIN");
	else if (xid == VC_SPECTATOR)
		strcpy(name, "ALL_PROC");
	else
		guest_name_of(xid, name);
	snprintf(text, size, "%5d %s", xid, name);
	return text;
}

/* The column behind the pids: where the header's next one begins. 0 when there are no pids. */
static size_t column_after_pid(const char *header)
{
	const char *pid = strstr(header, "PID");

	/* PPID is no PID. */
	while (pid && pid > header && !isspace((unsigned char)pid[-1]))
		pid = strstr(pid + 1, "PID");
	if (!pid)
		return 0;
	pid += 3;
	return pid + strspn(pid, " ") - header;
}

/* The number that ends before the column, and with it the line; a wide one moves what is behind it. */
static size_t pid_of(const char *line, size_t column, int *pid)
{
	size_t length = strlen(line), begin, end;

	if (column > length)
		column = length;
	end = column;
	while (isdigit((unsigned char)line[end]))
		end++;
	for (begin = end; begin && !isdigit((unsigned char)line[begin - 1]); begin--)
		;
	while (begin && isdigit((unsigned char)line[begin - 1]))
		begin--;
	*pid = atoi(line + begin);
	return end + strspn(line + end, " ") > column ? end : column;
}

static int insert_contexts(FILE *from)
{
	char *line = NULL, text[GUEST_NAME_SIZE + 16];
	size_t size = 0, column;

	if (getline(&line, &size, from) < 0)
		return tool_wrong("ps prints nothing");
	column = column_after_pid(line);
	if (!column)
		return tool_wrong("ps prints no pids: 'PID' has to be a column");
	printf("%.*s%-*s%s", (int)column, line, WIDTH, "CONTEXT", line + column);
	while (getline(&line, &size, from) > 0) {
		int pid;
		size_t at = pid_of(line, column, &pid);
		const char *context = pid ? context_of(pid, text, sizeof(text)) : "";

		/* A guest chooses the names of its processes: they are not to move the cursor. */
		for (char *c = line; *c; c++)
			if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
				*c = '?';

		printf("%.*s%s%-*s%s", (int)at, line, at && line[at - 1] != ' ' ? " " : "", WIDTH, context,
		       strlen(context) >= WIDTH ? " " : "");
		fputs(line + at + strspn(line + at, at < column ? " " : ""), stdout);
	}
	free(line);
	return tool_flush();
}

int vps_main(int argc, char **argv)
{
	int ends[2], failed;
	FILE *from;
	pid_t pid;

	if (asks_help(argc, argv))
		return tool_help();
	failed = become_spectator();
	if (failed)
		return failed;
	if (pipe2(ends, 0) || !(from = fdopen(ends[0], "r")))
		return tool_failed("pipe");
	pid = fork();
	if (pid < 0)
		return tool_failed("fork");
	if (pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		argv[0] = "ps";
		_exit(tool_exec(argv));
	}
	close(ends[1]);
	failed = insert_contexts(from);
	fclose(from);
	return failed ? (run_wait(pid), failed) : run_wait(pid);
}

int vtop_main(int argc, char **argv)
{
	int failed = asks_help(argc, argv) ? tool_help() : become_spectator();

	if (failed || asks_help(argc, argv))
		return failed;
	argv[0] = "top";
	return tool_exec(argv);
}
