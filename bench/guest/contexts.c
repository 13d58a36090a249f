// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts cycle KIND N: N times a task is made, enters what KIND says, and ends; prints nanoseconds per time.
 * contexts hold KIND N: N tasks enter what KIND says and sleep; prints "held", and sleeps until it is killed.
 *
 * KIND is `task` (nothing to enter), `context` (a new one, set up and left to itself), `kept` (a persistent one, whose task
 * ends at once) or `namespaces` (a new one of every type).
 */
#include <errno.h>
#include <linux/sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SYS_VSERVER	273
#define CTX_CREATE	0x09010000
#define SET_CFLAGS	0x34020000
#define ANY_XID		0xffffffff
#define OWN_XID		0xffffffff
#define STATE_SETUP	(1ull << 32)
#define STATE_INIT	(1ull << 33)
#define PERSISTENT	(1ull << 38)

#define ALL_NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | \
			 CLONE_NEWCGROUP | CLONE_NEWTIME)

int unshare(int flags);	/* <sched.h> and <linux/sched.h> do not go together */

enum kind { TASK, CONTEXT, KEPT, NAMESPACES, KINDS };

static const char *const kind_names[] = { "task", "context", "kept", "namespaces" };

static int enter_context(uint64_t flags)
{
	struct {
		uint64_t flagword, mask;
	} leave_setup = { flags, flags | STATE_SETUP | STATE_INIT };

	if (syscall(SYS_VSERVER, CTX_CREATE, ANY_XID, NULL) < 0)
		return -1;
	return syscall(SYS_VSERVER, SET_CFLAGS, OWN_XID, &leave_setup);
}

static void enter(enum kind kind)
{
	int error = 0;

	switch (kind) {
	case CONTEXT:
		error = enter_context(0);
		break;
	case KEPT:
		error = enter_context(PERSISTENT);
		break;
	case NAMESPACES:
		error = unshare(ALL_NAMESPACES);
		break;
	default:
		break;
	}
	if (error < 0) {
		dprintf(2, "contexts: enter %s: %s\n", kind_names[kind], strerror(errno));
		_exit(1);
	}
}

static pid_t must_fork(void)
{
	pid_t pid = fork();

	if (pid < 0) {
		perror("contexts: fork");
		exit(1);
	}
	return pid;
}

static void must_end_well(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		exit(1);
}

static void cycle_once(enum kind kind)
{
	pid_t pid = must_fork();

	if (pid == 0) {
		enter(kind);
		_exit(0);
	}
	must_end_well(pid);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void cycle(enum kind kind, unsigned long count)
{
	uint64_t start = now_ns();

	for (unsigned long i = 0; i < count; i++)
		cycle_once(kind);
	printf("%llu\n", (unsigned long long)(now_ns() - start) / count);
}

/* Starts a task that enters and sleeps; returns when it has entered. */
static void hold_once(enum kind kind)
{
	int entered[2];
	char byte = 0;

	if (pipe(entered)) {
		perror("contexts: pipe");
		exit(1);
	}
	if (must_fork() == 0) {
		enter(kind);
		if (write(entered[1], &byte, 1) != 1)
			_exit(1);
		close(entered[0]);
		close(entered[1]);
		pause();
	}
	close(entered[1]);
	if (read(entered[0], &byte, 1) != 1)
		exit(1);	/* it has said why */
	close(entered[0]);
}

static void hold(enum kind kind, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		if (kind == KEPT)
			cycle_once(kind);
		else
			hold_once(kind);
	}
	puts("held");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	int kind = 0;

	while (argc == 4 && kind < KINDS && strcmp(argv[2], kind_names[kind]))
		kind++;
	if (argc == 4 && kind < KINDS && !strcmp(argv[1], "cycle") && count > 0)
		cycle(kind, count);
	else if (argc == 4 && kind < KINDS && !strcmp(argv[1], "hold"))
		hold(kind, count);
	else {
		fputs("usage: contexts cycle|hold task|context|kept|namespaces N\n", stderr);
		return 2;
	}
	return 0;
}
