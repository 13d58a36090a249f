/* SPDX-License-Identifier: GPL-2.0-only */
/* What vcontext and ncontext share: a context or a network context is made, entered or stayed in, by the same options. */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

/* The two kinds, and what each is called. */
struct entry_kind {
	const char *what;	/* "context" */
	const char *announced;	/* as the id of a new one is printed: "security context" */
	const char *option;	/* "--xid" */
	const char *word;	/* that makes one */
	int (*read)(const char *text, uint32_t *id);
	int (*create)(uint32_t id);
};

struct entry {
	const struct entry_kind *kind;
	bool create, migrate, self, disconnect, silent, silentexist, has_id;
	uint32_t id;
	struct sync sync;
};

enum { ENTRY_CREATE = 512, ENTRY_MIGRATE, ENTRY_SELF, ENTRY_ID, ENTRY_DISCONNECT, ENTRY_SYNCSOCK, ENTRY_SYNCMSG, ENTRY_SILENT, ENTRY_SILENTEXIST,
       ENTRY_HELP };

/* The long options but that of the id, which is called otherwise. */
#define ENTRY_OPTIONS \
	{ "create", 0, NULL, ENTRY_CREATE }, { "migrate", 0, NULL, ENTRY_MIGRATE }, { "migrate-self", 0, NULL, ENTRY_SELF }, \
	{ "disconnect", 0, NULL, ENTRY_DISCONNECT }, { "syncsock", 1, NULL, ENTRY_SYNCSOCK }, { "syncmsg", 1, NULL, ENTRY_SYNCMSG }, \
	{ "silent", 0, NULL, ENTRY_SILENT }, { "silentexist", 0, NULL, ENTRY_SILENTEXIST }, { "help", 0, NULL, ENTRY_HELP }

/* Takes one of these, with its argument in optarg. 0, or an exit code. */
int entry_take(struct entry *entry, int option);
/* What cannot be meant. 0, or an exit code. */
int entry_check(const struct entry *entry, bool program);
/* Makes one, if that is asked for, and says which. 0, or an exit code: 254 when it exists. */
int entry_create(const struct entry *entry);

#endif
