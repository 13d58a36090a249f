// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts cycle KIND N: N times a task is made, enters what KIND says, and ends; prints nanoseconds per time.
 * contexts hold KIND N: N tasks enter what KIND says and sleep; prints "held", and sleeps until it is killed.
 * contexts lookup CALLS N: asks so often for the flags of one of the first N kept contexts, all over them.
 * contexts list N: reads the names in /proc/virtual, N times.
 * contexts release N: lets the first N of the further ones go.
 *
 * KIND is `task` (nothing to enter), `context` (a new one with an id beside those of the kept ones, by ctx_create), `dynamic` (a new
 * one with an id that the kernel chooses), `kept` (a persistent one, whose task ends at once), `further` (another of these), `legacy`
 * (a new one by the first version of ctx_create, with uts and ipc namespaces), `spaces` (new uts and ipc namespaces alone) or
 * `namespaces` (a new one of every type).
 */
#include <dirent.h>
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
#define CTX_CREATE_V0	0x09010000
#define CTX_CREATE	0x09010001
#define GET_CFLAGS	0x34010000
#define SET_CFLAGS	0x34020000
#define ANY_XID		0xffffffff
/* Ids of those that are kept: below what the kernel chooses from. */
#define FIRST_KEPT	1000
#define BESIDE_KEPT	(FIRST_KEPT - 1)
#define FIRST_FURTHER	20000
#define LAST_STATIC	49151
#define STATE_ADMIN	(1ull << 34)
#define PERSISTENT	(1ull << 38)

#define ALL_NAMESPACES	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | \
			 CLONE_NEWCGROUP | CLONE_NEWTIME)

int unshare(int flags);	/* <sched.h> and <linux/sched.h> do not go together */

static long create(unsigned int xid, uint64_t flags)
{
	return syscall(SYS_VSERVER, CTX_CREATE, xid, &flags);
}

/* `n` is how many there are of this kind already. Negative on error, as of system calls. */
typedef long enter_function(unsigned long n);

static long enter_nothing(unsigned long n)
{
	(void)n;
	return 0;
}

static long enter_beside(unsigned long n)
{
	(void)n;
	return create(BESIDE_KEPT, 0);
}

static long enter_dynamic(unsigned long n)
{
	(void)n;
	return create(ANY_XID, 0);
}

static long enter_kept(unsigned long n)
{
	return create(FIRST_KEPT + n, PERSISTENT | STATE_ADMIN);
}

static long enter_further(unsigned long n)
{
	(void)n;
	/* No other task had this number, in the time of a measurement. */
	return create(FIRST_FURTHER + getpid() % (LAST_STATIC - FIRST_FURTHER), PERSISTENT | STATE_ADMIN);
}

static long enter_legacy(unsigned long n)
{
	(void)n;
	return syscall(SYS_VSERVER, CTX_CREATE_V0, ANY_XID, NULL);
}

static long enter_spaces(unsigned long n)
{
	(void)n;
	return unshare(CLONE_NEWUTS | CLONE_NEWIPC);
}

static long enter_namespaces(unsigned long n)
{
	(void)n;
	return unshare(ALL_NAMESPACES);
}

static const struct kind {
	const char *name;
	enter_function *enter;
} kinds[] = {
	{ "task", enter_nothing },
	{ "context", enter_beside },
	{ "dynamic", enter_dynamic },
	{ "kept", enter_kept },
	{ "further", enter_further },
	{ "legacy", enter_legacy },
	{ "spaces", enter_spaces },
	{ "namespaces", enter_namespaces },
};

static enter_function *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].enter;
	return NULL;
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

static void must_enter(enter_function *enter, unsigned long n)
{
	if (enter(n) < 0) {
		perror("contexts: enter");
		_exit(1);
	}
}

/*
 * The parent has looked up what is to be done: a table or a switch in the child would be read from a page that is not in its page
 * table yet, a fault of 1,500 instructions that is none of the kernel's doing and that only some kinds would have.
 */
static void cycle_once(enter_function *enter, unsigned long n)
{
	pid_t pid = must_fork();

	if (pid == 0) {
		must_enter(enter, n);
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

static void cycle(enter_function *enter, unsigned long count)
{
	uint64_t start = now_ns();

	for (unsigned long i = 0; i < count; i++)
		cycle_once(enter, i);
	printf("%llu\n", (unsigned long long)(now_ns() - start) / count);
}

/* Starts a task that enters and sleeps; returns when it has entered. */
static void hold_once(enter_function *enter, unsigned long n)
{
	int entered[2];
	char byte = 0;

	if (pipe(entered)) {
		perror("contexts: pipe");
		exit(1);
	}
	if (must_fork() == 0) {
		must_enter(enter, n);
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

static void hold(enter_function *enter, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		if (enter == enter_kept)
			cycle_once(enter, i);
		else
			hold_once(enter, i);
	}
	puts("held");
	fflush(stdout);
	pause();
}

static void lookup(unsigned long calls, unsigned long kept)
{
	uint64_t flags[2];

	for (unsigned long i = 0; i < calls; i++) {
		/* A prime above their number leads all over them. */
		if (syscall(SYS_VSERVER, GET_CFLAGS, FIRST_KEPT + i * 10007 % kept, flags)) {
			perror("contexts: get_cflags");
			exit(1);
		}
	}
}

static void list(unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		DIR *directory = opendir("/proc/virtual");

		if (!directory) {
			perror("contexts: /proc/virtual");
			exit(1);
		}
		while (readdir(directory))
			;
		closedir(directory);
	}
}

static void release(unsigned long count)
{
	uint64_t change[2] = { 0, PERSISTENT };
	DIR *directory = opendir("/proc/virtual");
	struct dirent *entry;
	unsigned long ids[1000], found = 0;

	/* All of the names, whatever `count` is: what that costs is in any two of these runs. */
	while (directory && (entry = readdir(directory))) {
		unsigned long id = strtoul(entry->d_name, NULL, 10);

		if (id >= FIRST_FURTHER && found < sizeof(ids) / sizeof(ids[0]))
			ids[found++] = id;
	}
	if (found < count) {
		fputs("contexts: there are not as many\n", stderr);
		exit(1);
	}
	closedir(directory);
	while (count--) {
		if (syscall(SYS_VSERVER, SET_CFLAGS, ids[count], change)) {
			perror("contexts: set_cflags");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[argc - 1], NULL, 10) : 0;
	enter_function *enter = argc == 4 ? find_kind(argv[2]) : NULL;

	if (enter && !strcmp(argv[1], "cycle") && count > 0) {
		cycle(enter, count);
	} else if (enter && !strcmp(argv[1], "hold")) {
		hold(enter, count);
	} else if (argc == 4 && !strcmp(argv[1], "lookup") && count > 0) {
		lookup(strtoul(argv[2], NULL, 10), count);
	} else if (argc == 3 && !strcmp(argv[1], "list")) {
		list(count);
	} else if (argc == 3 && !strcmp(argv[1], "release")) {
		release(count);
	} else {
		fputs("usage: contexts cycle|hold KIND N\n       contexts lookup CALLS N\n       contexts list|release N\n", stderr);
		return 2;
	}
	return 0;
}
