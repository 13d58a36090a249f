/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of a guest, /etc/vservers/NAME: which files are read, and what they say. vserver(8) tells it to those who write it.
 *
 * It is read as a whole before anything is done: what is wrong in it is told with the file, and nothing has happened.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../commands/guest.h"
#include "../libvserver/names.h"
#include "../libvserver/vserver.h"

#define CONFIG_WORDS	32	/* of a command line, of an environment */
#define CONFIG_PATH	(PATH_MAX + 300)	/* a file of the configuration */
#define CONFIG_ENTRIES	64	/* mounts, addresses */
#define CONFIG_PATIENCE	30	/* seconds, if nothing is said */

/* A line of fstab. */
struct mount_entry {
	char *source, *target, *type;
	unsigned int line;
	bool bind, recursive;	/* of what is elsewhere, and all that is mounted below it */
	bool unwanted, may_fail;	/* noauto, nofail */
	uint64_t set, clear;	/* attributes of mount_setattr(2): what a bind mount has that its source has not, and the reverse */
	char *data[16];		/* options for the file system */
	unsigned int data_count;
};

/* A folder of interfaces. */
struct address {
	char name[GUEST_NAME_SIZE];
	struct vc_net_addr_ipv4 ipv4;
};

struct limit {
	const char *name;
	struct vc_rlimit limit;
};

enum style { STYLE_SYSV, STYLE_PLAIN };

struct config {
	char dir[PATH_MAX], vdir[PATH_MAX], name[GUEST_NAME_SIZE];
	uint32_t xid, nid;	/* VC_ANY: the kernel chooses */
	bool has_network, has_namespace;
	struct vc_list bcaps, ccaps, flags, umask, ncaps, nflags;
	char uts[VHIN_DOMAINNAME + 1][VC_NAME_SIZE];	/* empty: as the host's */
	struct mount_entry mounts[CONFIG_ENTRIES];
	unsigned int mount_count;
	struct address addresses[CONFIG_ENTRIES];
	unsigned int address_count;
	struct limit limits[32];
	unsigned int limit_count;
	struct vc_sched sched;		/* a mask of 0: nothing is said */
	uint64_t spaces;		/* those of its own besides what every guest has */
	enum style style;
	char *start[CONFIG_WORDS + 1], *stop[CONFIG_WORDS + 1], *shell[CONFIG_WORDS + 1], *environment[CONFIG_WORDS + 1];
	int kill_sequence[16];		/* a signal, seconds, a signal, ... */
	unsigned int kill_count;
	int patience;			/* seconds that a guest may take which was asked to end */
};

/* What is known of a guest before its configuration is read: the folder of that, and its name. */
void config_place(struct config *config, const char *dir);
/* Reads all of it. -1, and it is said what is wrong. The texts last as long as the program. */
int config_read(struct config *config);
/* The same for who stops it: what is broken is said, and does not keep a guest from being killed. */
void config_read_to_stop(struct config *config);
/* Takes the options of a line of fstab apart; the one that there is not, or NULL. In mounts.c. */
const char *mount_options(struct mount_entry *entry, char *text);

#endif
