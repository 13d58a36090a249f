/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `vserver`: each is an act upon a guest, and says what is wrong. They return exit codes. */
#ifndef VSERVER_COMMAND_H
#define VSERVER_COMMAND_H

#include "config.h"

/* A guest that runs, as its run file has it. */
struct run {
	uint32_t xid, nid;	/* nid 0: none of its own */
};

/* ---- state.c ---- */

/*
 * From here on nobody else starts, stops or deletes the guest, until this process ends. -1, and it is said who is at it; `doing` is what the others
 * are told: "started".
 */
int state_lock(const struct config *config, const char *doing);
/* Whether it runs, and where. A run file that has outlived its guest is removed. */
bool state_running(const struct config *config, struct run *run);
/* -1, and it is said. */
int state_write(const struct config *config, const struct run *run);
void state_remove(const struct config *config);

/* ---- mounts.c ---- */

/* In a mount namespace of one's own: the guest's root as a mount, what its fstab says in it, and that as the working directory. -1, and it is said. */
int mount_guest(const struct config *config);

/* ---- delete.c ---- */

/* -1, and it is said. */
int remove_tree(const char *path);

/* ---- the acts ---- */

int guest_start(const struct config *config);
int guest_stop(const struct config *config);
/* Runs a program in the guest, as root, on a terminal of its own if this is one. */
int guest_exec(const struct config *config, char **argv);
int guest_enter(const struct config *config);
/* Its words begin with `build`. */
int guest_build(const char *name, int argc, char **argv);
int guest_delete(const char *dir, const char *name, bool silent);
int guest_status(const struct config *config, const char *name, bool silent);

/* The namespaces of a guest besides that of its mounts: what every guest has, and what is configured. -1, and it is said. */
int guest_spaces(const struct config *config, uint64_t *mask);
/* Becomes a member of a running guest, with its root as root: network context, namespaces, context, in this order. -1, and it is said. */
int guest_join(const struct config *config, const struct run *run);

#endif
