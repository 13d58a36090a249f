/* SPDX-License-Identifier: GPL-2.0-only */
/* How vcontext and ncontext become a program: in the background, on a terminal of its own, when somebody else is ready. */
#ifndef RUN_H
#define RUN_H

#include <sys/types.h>

/* --syncsock: a socket that is told when all is ready, and says when it may go on. */
struct sync {
	const char *path, *message;
	int fd;
};

/* -1, and it is said why. Nothing without a path. */
int sync_connect(struct sync *sync);
int sync_wait(struct sync *sync);

/*
 * --disconnect: goes on in a child that has a session of its own and /dev/null for input. The parent ends here: with 0 when the child has become its
 * program, else as the child does. -1, and it is said why.
 */
int run_disconnected(void);

/*
 * --vlogin: goes on in a child; the parent stays outside, between the caller's terminal and one that the child will have, and ends as the child
 * does. Where input or output is no terminal, nothing. -1, and it is said why.
 */
int run_on_terminal(void);
/*
 * In that child, when it is where it is to be: a new terminal of the /dev there becomes its own. Nothing without run_on_terminal(). -1, and it is
 * said why.
 */
int run_take_terminal(void);
/* And it controls the process, in a session of its own. Nothing without. -1, and it is said why. */
int run_control_terminal(void);
/* That terminal becomes a user's. -1 and errno. */
int run_give_terminal(uid_t uid);

/*
 * Goes on in a copy of this program, in memory, that is sealed: its first call starts the program anew with `argv`. Whoever enters a guest is a
 * process of it, by whose /proc/PID/exe somebody inside could else keep the file that the host will run next, and write to it. -1, and it is said.
 */
int run_from_copy(char **argv);

/* Waits for a child; its exit code as a shell tells it. */
int run_wait(pid_t pid);

/* All of it, however often that takes. -1 and errno. */
int write_all(int fd, const char *data, ssize_t length);

/*
 * A /dev/null that is nobody else's, read and write: what a guest does to its mode and owner is done to no file of the host's, nor is it a way to
 * the file system that /dev is. -1 and errno.
 */
int open_null(void);

/* What is open but the first three descriptors closes when a program runs. */
void close_on_exec(void);
/* Closes all but the first three descriptors and `kept` (-1: none). Before one enters a guest: in there others may look into what enters. */
void close_others(int kept);

#endif
