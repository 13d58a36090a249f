// SPDX-License-Identifier: GPL-2.0-only
/* ncontext: makes a network context or enters one, and becomes a program there. */
#include <getopt.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "entry.h"
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

static int create(uint32_t nid)
{
	return vc_net_create(nid, NULL);
}

static const struct entry_kind network = { "network context", "network context", "--nid", "net_create", tool_read_nid, create };

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct entry *entry)
{
	static const struct option options[] = { ENTRY_OPTIONS, { "nid", 1, NULL, ENTRY_ID }, { 0 } };
	int option, failed = 0;

	while (!failed && (option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		failed = entry_take(entry, option);
	return failed ? failed : entry_check(entry, optind < argc);
}

int ncontext_main(int argc, char **argv)
{
	struct entry entry = { .kind = &network, .sync = { .message = "ok" } };
	int failed = parse(argc, argv, &entry);

	if (failed)
		return failed;
	if (sync_connect(&entry.sync) || (entry.disconnect && run_disconnected()))
		return tool->failure;
	failed = entry_create(&entry);
	if (failed)
		return failed;
	if (entry.migrate && vc_net_migrate(entry.id) < 0)
		return tool_refused("net_migrate", "enter network context %u", entry.id);
	if (sync_wait(&entry.sync))
		return tool->failure;
	return tool_exec(argv + optind);
}
