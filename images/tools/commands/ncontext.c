// SPDX-License-Identifier: GPL-2.0-only
/* ncontext: makes a network context or enters one, and becomes a program there. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "run.h"
#include "tool.h"

const char ncontext_usage[] =
	"usage: ncontext --create [--nid ID] [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"       ncontext --migrate --nid ID [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"       ncontext --migrate-self [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"\n"
	"Runs a program in a new network context, in another, or in the own one.\n"
	"\n"
	"  --create          make a network context; without --nid one with an id that the kernel chooses\n"
	"  --migrate         enter a network context\n"
	"  --migrate-self    stay in the own one\n"
	"  --nid ID          a number, 'self', or the name of a guest (its file ncontext, if it has one)\n"
	"  --disconnect      in the background, in a session of its own\n"
	"  --syncsock FILE   tell who listens there that all is ready, and wait until it closes\n"
	"  --syncmsg TEXT    what to tell; 'ok' if it is not said\n"
	"  --silent          do not print the id of a new network context\n"
	"  --silentexist     do not say that a network context exists\n"
	"\n"
	"Exits as the program does; 254 when the network context to be made exists, 255 on any other failure, 2 on wrong usage.\n";

enum { EXISTS = 254 };

struct request {
	bool create, migrate, self, disconnect, silent, silentexist, has_nid;
	uint32_t nid;
	struct sync sync;
};

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct request *request)
{
	enum { CREATE = 256, MIGRATE, SELF, NID, DISCONNECT, SYNCSOCK, SYNCMSG, SILENT, SILENTEXIST, HELP };
	static const struct option options[] = {
		{ "create", 0, NULL, CREATE }, { "migrate", 0, NULL, MIGRATE }, { "migrate-self", 0, NULL, SELF },
		{ "nid", 1, NULL, NID }, { "disconnect", 0, NULL, DISCONNECT }, { "syncsock", 1, NULL, SYNCSOCK },
		{ "syncmsg", 1, NULL, SYNCMSG }, { "silent", 0, NULL, SILENT }, { "silentexist", 0, NULL, SILENTEXIST },
		{ "help", 0, NULL, HELP }, { 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case CREATE: request->create = true; break;
		case MIGRATE: request->migrate = true; break;
		case SELF: request->self = true; break;
		case NID:
			if (tool_read_nid(optarg, &request->nid))
				return tool->failure;
			request->has_nid = true;
			break;
		case DISCONNECT: request->disconnect = true; break;
		case SYNCSOCK: request->sync.path = optarg; break;
		case SYNCMSG: request->sync.message = optarg; break;
		case SILENT: request->silent = true; break;
		case SILENTEXIST: request->silentexist = true; break;
		case HELP: exit(tool_help());
		default: return tool_usage(NULL);
		}
	}
	if (request->create + request->migrate + request->self != 1)
		return tool_usage("say one of --create, --migrate and --migrate-self");
	if (request->migrate && !request->has_nid)
		return tool_usage("--migrate wants --nid");
	if (request->self && request->has_nid)
		return tool_usage("--migrate-self is where one is: it takes no --nid");
	return optind < argc ? 0 : tool_usage("which program?");
}

/* 0, or an exit code. */
static int create(const struct request *request)
{
	int nid = vc_net_create(request->has_nid ? request->nid : VC_ANY, NULL);

	if (nid < 0 && errno == EEXIST) {
		if (!request->silentexist)
			tool_failed("create network context %u", request->nid);
		return EXISTS;
	}
	if (nid < 0 && request->has_nid)
		return tool_refused("net_create", "create network context %u", request->nid);
	if (nid < 0)
		return tool_refused("net_create", "create a network context");
	if (!request->silent) {
		printf("New network context is %d\n", nid);
		fflush(stdout);
	}
	return 0;
}

int ncontext_main(int argc, char **argv)
{
	struct request request = { .sync = { .message = "ok" } };
	int failed = parse(argc, argv, &request);

	if (failed)
		return failed;
	if (sync_connect(&request.sync) || (request.disconnect && run_disconnected()))
		return tool->failure;
	if (request.create && (failed = create(&request)))
		return failed;
	if (request.migrate && vc_net_migrate(request.nid) < 0)
		return tool_refused("net_migrate", "enter network context %u", request.nid);
	if (sync_wait(&request.sync))
		return tool->failure;
	return tool_exec(argv + optind);
}
