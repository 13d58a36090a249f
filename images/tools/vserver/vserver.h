/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `vserver`: each is an act upon a guest, and says what is wrong. They return exit codes. */
#ifndef VSERVER_COMMAND_H
#define VSERVER_COMMAND_H

#include "config.h"

/* A guest that runs, as its run file has it: what it was started with, whatever its configuration says by now. */
struct run {
	uint32_t xid, nid;	/* nid 0: none of its own */
	uint64_t spaces;	/* namespaces of its own besides that of its mounts */
	bool has_namespace;	/* of its mounts */
	bool made_network;	/* its network context is no other guest's, which it has entered */
};

/* ---- state.c ---- */

/*
 * From here on nobody else starts, stops or deletes the guest, until this process ends. -1, and it is said who is at it; `doing` is what the others
 * are told: "started".
 */
int state_lock(const struct config *config, const char *doing);
/* The lock goes with the guest; by who holds it. */
void state_forget(const struct config *config);
/* Whether it runs, and where. */
bool state_running(const struct config *config, struct run *run);
/* -1, and it is said, when one of another folder runs by this name. */
int state_check(const struct config *config);
/* -1, and it is said. */
int state_write(const struct config *config, const struct run *run);
void state_remove(const struct config *config);

/* ---- mounts.c ---- */

/* In a mount namespace of one's own: the guest's root as a mount, what its fstab says in it, and that as the working directory. -1, and it is said. */
int mount_guest(const struct config *config);

/* ---- tree.c ---- */

/*
 * With all that is in it on its file system; a symbolic link is removed, not what it leads to. What is not there is no failure. -1, and it is said.
 */
int remove_tree(const char *path);
/* Whether something is mounted at a path or below it, and it is said. */
bool is_mounted(const char *path);

/* ---- the acts ---- */

int guest_start(const struct config *config);
int guest_stop(const struct config *config);
/* One that runs, by who holds the lock. */
int guest_stop_locked(const struct config *config, const struct run *run);
/* A program in the guest, as root, on a terminal of its own if this is one. */
int guest_exec(const struct config *config, char **argv);
int guest_enter(const struct config *config);
/* Its words begin with `build`. */
int guest_build(const char *name, int argc, char **argv);
int guest_delete(struct config *config, bool silent);

/* What of the caller's session is in no descriptor: its keys, its mask of modes. */
void leave_session(void);
/*
 * Becomes a member of a running guest, with its root as root: network context, namespaces, context, in this order. By then it has the descriptors of
 * `apart`, or the terminal of run_on_terminal(). -1, and it is said.
 */
struct apart;
int guest_join(const struct config *config, const struct run *run, struct apart *apart);

#endif
