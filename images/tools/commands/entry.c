// SPDX-License-Identifier: GPL-2.0-only
/* What vcontext and ncontext share. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "../libvserver/vserver.h"
#include "entry.h"
#include "tool.h"

enum { EXISTS = 254 };

int entry_take(struct entry *entry, int option)
{
	switch (option) {
	case ENTRY_CREATE: entry->create = true; break;
	case ENTRY_MIGRATE: entry->migrate = true; break;
	case ENTRY_SELF: entry->self = true; break;
	case ENTRY_ID:
		if (entry->kind->read(optarg, &entry->id))
			return tool->failure;
		entry->has_id = true;
		break;
	case ENTRY_DISCONNECT: entry->disconnect = true; break;
	case ENTRY_SYNCSOCK: entry->sync.path = optarg; break;
	case ENTRY_SYNCMSG: entry->sync.message = optarg; break;
	case ENTRY_SILENT: entry->silent = true; break;
	case ENTRY_SILENTEXIST: entry->silentexist = true; break;
	case ENTRY_HELP: exit(tool_help());
	default: return tool_usage(NULL);
	}
	return 0;
}

int entry_check(const struct entry *entry, bool program)
{
	if (entry->create + entry->migrate + entry->self != 1)
		return tool_usage("say one of --create, --migrate and --migrate-self");
	if (entry->migrate && !entry->has_id)
		return tool_usage("--migrate wants %s", entry->kind->option);
	if (entry->self && entry->has_id)
		return tool_usage("--migrate-self is where one is: it takes no %s", entry->kind->option);
	return program ? 0 : tool_usage("which program?");
}

int entry_create(const struct entry *entry)
{
	int id;

	if (!entry->create)
		return 0;
	id = entry->kind->create(entry->has_id ? entry->id : VC_ANY);
	if (id < 0 && errno == EEXIST) {
		if (!entry->silentexist)
			tool_failed("create %s %u", entry->kind->what, entry->id);
		return EXISTS;
	}
	if (id < 0 && entry->has_id)
		return tool_refused(entry->kind->word, "create %s %u", entry->kind->what, entry->id);
	if (id < 0)
		return tool_refused(entry->kind->word, "create a %s", entry->kind->what);
	if (!entry->silent) {
		printf("New %s is %d\n", entry->kind->announced, id);
		fflush(stdout);
	}
	return 0;
}
