/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STRESS_H
#define STRESS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "random.h"
#include "vserver.h"

#define MAX_WORKERS	64

/* Ids: of the reader that is a guest; those that all workers fight for; a row for each worker that nobody else names. */
#define READER_ID	90u
#define CONTENDED_ID	100u
#define CONTENDED	4u
#define WORKER_ID	1000u
#define WORKER_IDS	8u

enum kind {
	PLAIN, RACE, STORM, THREADS, VFORK, TRACED, ZOMBIES, ZOMBIE_LEADER, SOCKETS, MMS, KEPT, NETWORKS, ORPHANS, WORDS,
	EXEC, WAITERS, SPACES, KINDS
};

const char *kind_name(enum kind kind);

/* What all processes of a run see. */
struct shared {
	_Atomic unsigned long taken;		/* cycles that somebody has begun */
	_Atomic unsigned long done[KINDS];	/* and ended, by kind */
	_Atomic unsigned long reads;		/* files of /proc that were read to their end */
	_Atomic int stop;
	_Atomic int failed;			/* somebody writes, or has written, `failure` */
	char failure[512];
	_Atomic int doing[MAX_WORKERS];		/* the kind that a worker is at */
};

extern struct shared *shared;

/* Says what went wrong, the first time, and ends the run. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * One life of a context, or of some at once: it is made, things happen to it, and when the cycle ends, so has it. `worker`
 * decides the ids.
 */
void run_cycle(enum kind kind, unsigned int worker, struct random *random);

/* Closes what cycles have kept open on purpose. */
void drop_kept(void);

/* Reads in /proc until the run stops. */
void read_contexts(void);
void read_tasks(void);
void read_as_guest(void);

#endif
