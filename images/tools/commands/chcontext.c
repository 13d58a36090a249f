// SPDX-License-Identifier: GPL-2.0-only
/* chcontext: a program in a context of its own, as one command. */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "run.h"
#include "tool.h"

const char chcontext_usage[] =
	"usage: chcontext [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"\n"
	"Runs a program in a new context, past its setup; or, if there is one of that id, in that.\n"
	"\n"
	"  --xid ID, --ctx ID   a number, 'self', or the name of a guest; 1 is a spectator's; without it one that the kernel chooses\n"
	"  --cap [!]NAME        a capability that counts in the new context, or with ! does not\n"
	"  --secure             what is for a guest that nobody trusts: few capabilities, and what --cap adds; some context capabilities; a flag\n"
	"  --flag NAME          a flag of the new context; 'fakeinit' makes the program its init, too\n"
	"  --hostname NAME, --domainname NAME\n"
	"                       of the new context\n"
	"  --disconnect         in the background, in a session of its own\n"
	"  --silent             do not print the id of a new context\n"
	"\n"
	"--cap and --flag take lists, too, and may be there again.\n"
	"Exits as the program does; 255 on failure, 2 on wrong usage.\n";

struct request {
	uint32_t xid;
	bool has_xid, disconnect, silent, init;
	const char *hostname, *domainname;
	struct vc_list bcaps, ccaps, flags;
};

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct request *request)
{
	enum { CAP = 256, SECURE, XID, FLAG, HOSTNAME, DOMAINNAME, DISCONNECT, SILENT, HELP };
	static const struct option options[] = {
		{ "cap", 1, NULL, CAP }, { "secure", 0, NULL, SECURE }, { "xid", 1, NULL, XID }, { "ctx", 1, NULL, XID },
		{ "flag", 1, NULL, FLAG }, { "hostname", 1, NULL, HOSTNAME }, { "domainname", 1, NULL, DOMAINNAME },
		{ "disconnect", 0, NULL, DISCONNECT }, { "silent", 0, NULL, SILENT }, { "help", 0, NULL, HELP }, { 0 },
	};
	struct vc_list caps = { 0 };
	bool secure = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case CAP:
			if (tool_read_list(&vc_bcaps, optarg, &caps))
				return tool->failure;
			break;
		case SECURE: secure = true; break;
		case XID:
			if (tool_read_xid(optarg, &request->xid))
				return tool->failure;
			request->has_xid = true;
			break;
		case FLAG:
			if (tool_read_list(&vc_cflags, optarg, &request->flags))
				return tool->failure;
			break;
		case HOSTNAME: request->hostname = optarg; break;
		case DOMAINNAME: request->domainname = optarg; break;
		case DISCONNECT: request->disconnect = true; break;
		case SILENT: request->silent = true; break;
		case HELP: exit(tool_help());
		default: return tool_usage(NULL);
		}
	}
	if (optind == argc)
		return tool_usage("which program?");
	/* --cap adds to --secure, wherever it stands. */
	request->bcaps = caps;
	if (secure) {
		request->bcaps = (struct vc_list){ (vc_secure_bcaps & ~caps.mask) | caps.value, ~0ull };
		request->ccaps = (struct vc_list){ vc_secure_ccaps, ~0ull };
		request->flags.value |= vc_secure_cflags & ~request->flags.mask;
		request->flags.mask |= vc_secure_cflags;
	}
	request->init = request->flags.value & VXF_INFO_INIT;
	return 0;
}

/* What is said of the new context, in its setup, and the end of that. 0, or an exit code. */
static int set_up(const struct request *request, const char *xid)
{
	struct vc_bcaps bcaps = { request->bcaps.value, request->bcaps.mask };
	struct vc_ctx_caps ccaps = { request->ccaps.value, request->ccaps.mask };
	struct vc_ctx_flags flags = { request->flags.value, request->flags.mask };

	if (request->hostname && sethostname(request->hostname, strlen(request->hostname)))
		return tool_failed("the host name of %s", xid);
	if (request->domainname && setdomainname(request->domainname, strlen(request->domainname)))
		return tool_failed("the domain name of %s", xid);
	if (ccaps.cmask && vc_set_ccaps(VC_OWN, &ccaps))
		return tool_refused("set_ccaps", "the context capabilities of %s", xid);
	if (bcaps.bmask && vc_set_bcaps(VC_OWN, &bcaps))
		return tool_refused("set_bcaps", "the capabilities of %s", xid);
	flags.flagword &= ~VXF_STATE_SETUP;
	flags.mask |= VXF_STATE_SETUP;
	if (request->init) {
		flags.flagword &= ~VXF_STATE_INIT;
		flags.mask |= VXF_STATE_INIT;
	}
	if (vc_set_cflags(VC_OWN, &flags))
		return tool_refused("set_cflags", "the flags of %s", xid);
	return 0;
}

/* Whoever enters finds the context as it is: nothing of it is changed. */
static int enter(const struct request *request)
{
	if (vc_ctx_migrate(request->xid, NULL) < 0)
		return tool_refused("ctx_migrate", "enter context %u", request->xid);
	return 0;
}

static int make_or_enter(const struct request *request)
{
	char name[32];
	int xid;

	if (request->has_xid && request->xid < VC_MIN_ID)
		return enter(request);
	/* Its uts and ipc namespaces are its own, as of any that is made without flags. */
	xid = vc_ctx_create(request->has_xid ? request->xid : VC_ANY, NULL);
	if (xid < 0 && request->has_xid && errno == EEXIST)
		return enter(request);
	if (xid < 0 && request->has_xid && request->xid >= VC_MIN_DYNAMIC && errno == EINVAL)
		return tool_wrong("create context %u: the kernel chooses from %u on", request->xid, VC_MIN_DYNAMIC);
	if (xid < 0 && request->has_xid)
		return tool_refused("ctx_create", "create context %u", request->xid);
	if (xid < 0)
		return tool_refused("ctx_create", "create a context");
	if (!request->silent) {
		printf("New security context is %d\n", xid);
		fflush(stdout);
	}
	snprintf(name, sizeof(name), "context %d", xid);
	return set_up(request, name);
}

int chcontext_main(int argc, char **argv)
{
	struct request request = { 0 };
	int failed = parse(argc, argv, &request);

	if (failed)
		return failed;
	if (run_from_copy(argv))
		return tool->failure;
	if (request.disconnect && run_disconnected())
		return tool->failure;
	failed = make_or_enter(&request);
	return failed ? failed : tool_exec(argv + optind);
}
