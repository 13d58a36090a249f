/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of a guest, apart from who has them run: in a session of their own, with none of the caller's terminals, and what they print is shown to
 * the caller by a parent that stays between the two.
 *
 *   struct apart apart;
 *   if (apart_fork(&apart, APART_ALL, 0)) return failure;       // it is said
 *   if (!apart.pid) { ...; apart_take(&apart); execve(...); }
 *   exit = apart_wait(&apart, 30);
 *   apart_end(&apart);
 */
#ifndef APART_H
#define APART_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Which descriptors a child has others for: input is /dev/null, what it prints is shown, or goes to /dev/null. */
#define APART_INPUT	0x1
#define APART_OUTPUT	0x2
#define APART_ERRORS	0x4
#define APART_ALL	0x7
#define APART_SILENT	0x8

struct apart {
	pid_t pid;		/* 0 in the child */
	unsigned int fds;
	int pidfd;		/* -1 when the child has been waited for */
	int null;		/* see open_null() */
	int shown[2][2];	/* a pipe for each of output and errors, here [0] and in the child [1]; -1 when it is closed */
	bool together;		/* the caller's two are one: the child has the first pipe for both, and what it prints keeps its order */
};

/* How a wait has ended, besides with an exit code of the child. */
#define APART_INTERRUPTED	-1
#define APART_LATE		-2

/*
 * Keeps signals that would end this process, and remembers that one has come. May be nested: apart_fork() does it, too. -1, and it is said.
 */
int apart_hold(void);
void apart_release(void);
bool apart_interrupted(void);

/*
 * A child; `flags` are those of clone(2), for new namespaces. To apart_end() signals are held. -1, and it is said.
 */
int apart_fork(struct apart *apart, unsigned int fds, uint64_t flags);

/* In the child: its own first descriptors, and signals as they are for a program that nobody has told otherwise. -1, and it is said. */
int apart_take(struct apart *apart);

/* Until there is something to read; false when the parent is interrupted first. */
bool apart_readable(int fd);

/*
 * Shows what the child prints until it has ended: its exit code, or one of the above. APART_LATE after so many seconds, 0 for never. With `forward`
 * the child gets the signals that would interrupt.
 */
int apart_wait(struct apart *apart, int seconds, bool forward);

/* Whether the child has ended; it is still there to be waited for. */
bool apart_has_ended(const struct apart *apart);

/* Kills a child that has not ended, and waits for it. */
void apart_kill(struct apart *apart);

/*
 * Signals are as before; a child that runs on is left. Whoever may still print gets a process that reads what nobody is shown any more: a pipe without
 * one would end them.
 */
void apart_end(struct apart *apart);

#endif
