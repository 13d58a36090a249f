// SPDX-License-Identifier: GPL-2.0-only
/* vkill: signals the processes of a context. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "tool.h"

const char vkill_usage[] =
	"usage: vkill --xid ID [-s SIGNAL] [--] [PID...]\n"
	"       vkill [-s SIGNAL] [--] PID...\n"
	"\n"
	"Signals processes of a context: all of them, or those that are named. Without --xid each is looked for in the context that it is in.\n"
	"\n"
	"  -c, --xid ID   a number, 'self', or the name of a guest\n"
	"  -s SIGNAL      a number or a name; TERM if it is not said, 0 only looks\n"
	"  PID            a real pid; with --xid also 0 all, -1 all but the context's init, 1 its init\n"
	"\n"
	"Exits 0 when each got it, 1 when one did not, 2 on wrong usage.\n";

static int kill_one(uint32_t xid, bool has_xid, int pid, int signal)
{
	struct vc_ctx_kill data = { .pid = pid, .sig = signal };

	if (!has_xid) {
		int found = vc_task_xid(pid);

		if (found < 0)
			return tool_refused("task_xid", "the context of process %d", pid);
		if (found < (int)VC_MIN_ID)
			return tool_wrong("process %d is in no context", pid);
		xid = found;
	}
	if (!vc_ctx_kill(xid, &data))
		return 0;
	if (errno == ESRCH && has_xid && pid == 0)
		return tool_wrong("context %u is not there, or has no process", xid);
	return tool_refused("ctx_kill", "process %d of context %u", pid, xid);
}

int vkill_main(int argc, char **argv)
{
	static const struct option options[] = { { "xid", 1, NULL, 'c' }, { "help", 0, NULL, 'h' }, { 0 } };
	int64_t signal = SIGTERM;
	uint32_t xid = 0;
	bool has_xid = false;
	int option, result = 0;

	while ((option = getopt_long(argc, argv, "c:s:", options, NULL)) != -1) {
		if (option == 'c') {
			if (tool_read_xid(optarg, &xid))
				return tool->failure;
			has_xid = true;
		} else if (option == 's') {
			signal = vc_number_named(&vc_signals, optarg);
			if (signal < 0 || signal >= _NSIG)
				return tool_wrong("'%s' is no signal", optarg);
		} else if (option == 'h') {
			return tool_help();
		} else {
			return tool_usage(NULL);
		}
	}
	if (optind == argc && !has_xid)
		return tool_usage("which processes?");
	if (optind == argc)
		return kill_one(xid, true, 0, signal);
	/* First whether all of them can be meant: a mistake does nothing. */
	for (int i = optind; i < argc; i++) {
		long long pid;

		if (tool_read_number(argv[i], "pid", has_xid ? -1 : 1, INT_MAX, &pid))
			return tool->failure;
	}
	for (int i = optind; i < argc; i++) {
		long long pid;

		tool_read_number(argv[i], "pid", has_xid ? -1 : 1, INT_MAX, &pid);
		if (kill_one(xid, has_xid, pid, signal))
			result = tool->failure;
	}
	return result;
}
