// SPDX-License-Identifier: GPL-2.0-only
/* vwait: sleeps until a context has ended. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "end.h"
#include "tool.h"

const char vwait_usage[] =
	"usage: vwait [--timeout SECONDS] [--terminate] [--status-fd FD] [--] ID\n"
	"\n"
	"Sleeps until a context has ended.\n"
	"\n"
	"  ID                 a number, 'self', or the name of a guest\n"
	"  --timeout SECONDS  for no longer than that; 0 and less are as without\n"
	"  --terminate        and when that is over kill its init, and all of it; one that is persistent stays, empty\n"
	"  --status-fd FD     print there what came of it: FINISHED 0, KILLED, TIMEOUT, or ERROR and the number of the error\n"
	"\n"
	"Exits 0 when the context has ended, 1 when it was killed, 2 when the time is over, 127 when there is no such context or on\n"
	"another error; 2 as well on wrong usage, of which --status-fd is told nothing.\n";

enum { FINISHED = 0, KILLED = 1, TIMEOUT = 2, ERROR = 127 };

static int wait_once(uint32_t xid, unsigned int seconds)
{
	int result = wait_for_end(xid, seconds);

	return result < 0 ? ERROR : result ? TIMEOUT : FINISHED;
}

static int terminate(uint32_t xid)
{
	struct vc_ctx_kill init = { .pid = 1, .sig = SIGKILL }, all = { .pid = 0, .sig = SIGKILL }, look = { 0 };

	/* There may be no init, and whoever is not there needs no signal. */
	vc_ctx_kill(xid, &init);
	if (vc_ctx_kill(xid, &all) && errno != ESRCH)
		return ERROR;
	for (;;) {
		int result = wait_for_end(xid, 1);

		if (result <= 0)
			return result == 0 || errno == ESRCH ? KILLED : ERROR;
		/* One that is persistent stays, when nobody is in it any more. */
		if (vc_ctx_kill(xid, &look) && errno == ESRCH)
			return KILLED;
	}
}

static void tell(int fd, int outcome, int error)
{
	if (fd < 0)
		return;
	if (outcome == ERROR)
		dprintf(fd, "ERROR %d\n", error);
	else
		dprintf(fd, "%s\n", outcome == FINISHED ? "FINISHED 0" : outcome == KILLED ? "KILLED" : "TIMEOUT");
}

int vwait_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "timeout", 1, NULL, 't' }, { "terminate", 0, NULL, 'k' }, { "status-fd", 1, NULL, 'f' }, { "help", 0, NULL, 'h' }, { 0 },
	};
	long long timeout = 0, fd = -1;
	bool kill = false, bad = false;
	int option, outcome;
	uint32_t xid;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 't') {
			if (tool_read_number(optarg, "time", INT_MIN, INT_MAX, &timeout))
				bad = true;
		} else if (option == 'k') {
			kill = true;
		} else if (option == 'f') {
			if (tool_read_number(optarg, "descriptor", 0, INT_MAX, &fd))
				return ERROR;
		} else if (option == 'h') {
			return tool_help();
		} else {
			return tool_usage(NULL);
		}
	}
	if (optind + 1 != argc)
		return tool_usage("say one context");
	if (bad || tool_read_xid(argv[optind], &xid)) {
		tell(fd, ERROR, bad ? EINVAL : ESRCH);
		return ERROR;
	}
	outcome = wait_once(xid, timeout > 0 ? timeout : 0);
	if (outcome == TIMEOUT && kill)
		outcome = terminate(xid);
	option = errno;
	if (outcome == ERROR)
		tool_refused("wait_exit", "context %u", xid);
	tell(fd, outcome, option);
	return outcome;
}
