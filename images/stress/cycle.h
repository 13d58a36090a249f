/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kinds of cycles are made of. */
#ifndef CYCLE_H
#define CYCLE_H

#include <errno.h>

#include "stress.h"

#define MAX_TASKS	16
#define EXEC_CODE	7	/* what the program exits with as `stress exit` */

struct cycle {
	struct random random;
	uint32_t xid, other_xid, nid;	/* the worker's own */
	pid_t tasks[MAX_TASKS];		/* children that are not reaped yet */
	int count;
	int ready[2];			/* a byte for each task that is where it should be */
	int channel[2];			/* for sockets on their way out */
};

/*
 * The result of a call, or minus its errno. An errno that is not among the ones named here fails the run: a kind names what
 * others, or the death of its tasks, may have brought about, and no more.
 */
#define CHECK(what, result, ...) check(what, result, ##__VA_ARGS__, 0)
long check(const char *what, long result, ...);

/* Starts a task, a child of the worker; it ends with 0 if `body` returns. */
pid_t start(struct cycle *c, void (*body)(struct cycle *c));

/* In a task: says that it is where it should be. */
void tell(struct cycle *c);

/* Waits for `count` tasks to say so, or for the end of all that could. Once in a cycle. */
void wait_ready(struct cycle *c, int count);

/* Waits for a task's end; its status as of wait(2). */
int reap(struct cycle *c, pid_t pid);

/* Waits for a task that has to exit with `code`. */
void must_exit(struct cycle *c, const char *what, pid_t pid, int code);

/* Kills every task of the cycle and every member of the contexts, and reaps whatever was left to the worker. */
void end_all(struct cycle *c, uint32_t first, int count);
void end_tasks(struct cycle *c, uint32_t xid);

/* The context or network context has ended: nobody finds it any more. */
void must_be_gone(uint32_t xid);
void must_be_gone_net(uint32_t nid);

/* In a task: enters a new context with these flags, or that a tool would have without any. */
void create(uint32_t xid, uint64_t flags);
void leave_setup(void);

/* Sends a signal to members of a context; 0 or minus errno, of which only ESRCH is in order. */
long kill_members(uint32_t xid, int pid, int sig);
long write_word(const char *what, uint32_t word, uint32_t id, uint64_t value, uint64_t mask);

void plain(struct cycle *c);
void race(struct cycle *c);
void storm(struct cycle *c);
void threads(struct cycle *c);
void vforks(struct cycle *c);
void traced(struct cycle *c);
void zombies(struct cycle *c);
void zombie_leader(struct cycle *c);
void sockets(struct cycle *c);
void mms(struct cycle *c);
void kept(struct cycle *c);
void networks(struct cycle *c);
void orphans(struct cycle *c);
void words(struct cycle *c);
void execs(struct cycle *c);
void waiters(struct cycle *c);
void spaces(struct cycle *c);

#endif
