// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz --calls=N --seed=N: makes calls of the vserver system call at random, by every kind of caller in turn, until so many
 * are made or SIGTERM comes. Each call may come to what the order of checks and the documentation of
 * its word allow, and no more; and all calls together that were refused must have changed nothing, which is looked for before
 * any other call may change something.
 *
 * Exits 0, or 1 when anything was not as it must be, with a line that begins with "failed:" for each of the first of these.
 */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include "counts.h"
#include "program.h"
#include "fuzz.h"

#define CALLS_OF_ONE	150
#define MAX_FAILURES	20
#define PROGRESS_S	10
/* Within this time a call comes back, or a task that is killed is gone. */
#define DEADLINE_S	120
/* Once so many calls are made, each command must have been done at least once. */
#define CALLS_OF_CHANCE	50000

struct shared *shared;
uint64_t seed = 1;

static unsigned long long max_calls = 10000;
static volatile sig_atomic_t stopped;

/* How often each of them has its turn. */
static const unsigned char turns[WHOS] = {
	[HOST_ROOT] = 8, [HOST_NO_RESOURCE] = 1, [SPECTATOR_ROOT] = 2, [SETUP] = 6, [SETUP_NO_RESOURCE] = 1, [GUEST] = 1,
	[USER] = 1, [USER_IN_SETUP] = 1,
};

static void on_term(int sig)
{
	(void)sig;
	stopped = 1;
}

void print_call(const struct call *call)
{
	printf("  %s %#010x (%s), id %#x, data %p (%s)", who_names[shared->who], call->word,
	       call->command ? call->command->name : "unknown", call->id, (void *)call->data, call->pointer);
	for (unsigned int i = 0; i < 24; i++)
		printf("%s%02x", i % 8 ? "" : " ", call->given[i]);
	printf(": %ld, errno %d\n", call->result, call->error);
}

void failure(const char *format, ...)
{
	va_list list;

	if (++shared->failures > MAX_FAILURES)
		return;
	printf("failed: ");
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf(" (seed %llu, after %lu calls)\n", (unsigned long long)seed, shared->calls);
	for (unsigned int i = shared->logged > 8 ? shared->logged - 8 : 0; i < shared->logged; i++)
		print_call(shared->log + i);
}

/* The letter of a task's state in /proc, or 0. */
static char state_of(pid_t pid)
{
	char path[64], text[512], *end;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n <= 0)
		return 0;
	text[n] = 0;
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/* A call that sleeps is interrupted. */
static void watch(pid_t pid)
{
	double end = now() + DEADLINE_S;

	while (!shared->returned && state_of(pid) != 'S' && now() < end)
		usleep(500);
	if (!shared->returned && kill(pid, SIGUSR1))
		failure("the call of %d: %s", pid, strerror(errno));
}

/* The next request of a caller; BYE as well when it is gone or does not come back. */
static enum request next_request(int from)
{
	struct pollfd readable = { .fd = from, .events = POLLIN };
	unsigned char byte;
	int ready;

	do {
		ready = poll(&readable, 1, DEADLINE_S * 1000);
	} while (ready < 0 && errno == EINTR);
	if (ready != 1) {
		failure("a call has not come back in %d s, after these", DEADLINE_S);
		kill(shared->caller, SIGKILL);
		return BYE;
	}
	return read(from, &byte, 1) == 1 ? (enum request)byte : BYE;
}

static void serve(int from, int to)
{
	enum request request;

	do {
		request = next_request(from);
		if (request == LOOK || request == LOOK_AGAIN)
			look(request == LOOK_AGAIN);
		else if (request == WATCH)
			watch(shared->blocked);
		if (write(to, "", 1) != 1)
			return;
	} while (request != BYE);
}

static enum who next_caller(struct random *random)
{
	unsigned int all = 0, turn, who = 0;

	for (int i = 0; i < WHOS; i++)
		all += turns[i];
	turn = below(random, all);
	while (turn >= turns[who])
		turn -= turns[who++];
	return who;
}

static void run_one(struct random random)
{
	int ask[2], answer[2], status;
	pid_t pid;

	if (pipe(ask) || pipe(answer)) {
		perror("fuzz: pipe");
		exit(1);
	}
	shared->who = next_caller(&random);
	shared->logged = 0;
	pid = fork();
	if (pid < 0) {
		perror("fuzz: fork");
		exit(1);
	}
	if (pid == 0) {
		close(ask[0]);
		close(answer[1]);
		shared->caller = getpid();
		run_caller(shared->who, random, CALLS_OF_ONE, ask[1], answer[0]);
	}
	close(ask[1]);
	close(answer[0]);
	serve(ask[0], answer[1]);
	close(ask[0]);
	close(answer[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		failure("a caller has ended with %#x", status);
	shared->not_compared += shared->logged;
	shared->logged = 0;
}

/*
 * A command that is never done has only been refused, which would prove nothing. But for one that waits for what somebody else does:
 * nobody does here, and stress has those who do.
 */
static void must_have_done_all(void)
{
	for (unsigned int i = 0; i < command_count; i++)
		if (!shared->done[i] && !(commands[i].flags & F_BLOCKS) && shared->calls >= CALLS_OF_CHANCE)
			failure("%s was refused each time", commands[i].name);
}

static void report(double start)
{
	unsigned long of_errno[MAX_ERRNO] = { 0 };

	for (int who = 0; who < WHOS; who++) {
		printf("%s:", who_names[who]);
		for (int i = 0; i < MAX_ERRNO; i++) {
			of_errno[i] += shared->outcomes[who][i];
			if (shared->outcomes[who][i])
				printf(" %s %lu", i ? strerror(i) : "done", shared->outcomes[who][i]);
		}
		printf("\n");
	}
	printf("done:");
	for (unsigned int i = 0; i < command_count; i++)
		printf(" %s %lu", commands[i].name, shared->done[i]);
	printf("\n");
	printf("seed %llu, %lu calls in %.0f s, %lu of them compared, %lu not; done %lu", (unsigned long long)seed, shared->calls,
	       now() - start, shared->compared, shared->not_compared, of_errno[0]);
	for (int i = 1; i < MAX_ERRNO; i++)
		if (of_errno[i])
			printf(", errno %d %lu", i, of_errno[i]);
	printf("\n");
}

static void fuzz(double start)
{
	double progress = start + PROGRESS_S;

	make_world();
	for (uint64_t turn = 0; shared->calls < max_calls && !stopped && !shared->failures; turn++) {
		run_one(random_part(seed, turn));
		clear_callers();
		mend_world();
		if (now() > progress) {
			printf("%lu calls\n", shared->calls);
			progress += PROGRESS_S;
		}
	}
	end_world();
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "calls", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 'r' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'c')
			max_calls = number("fuzz", optarg);
		else if (option == 'r')
			seed = number("fuzz", optarg);
		else
			exit(2);
	}
	if (optind < argc || !max_calls) {
		fputs("usage: fuzz [--calls=N] [--seed=N]\n", stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	double start = now();
	struct counts *before;
	char counted[1024];

	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_term);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("fuzz: mmap");
		return 1;
	}
	prepare_data();
	before = read_counts();
	shared->version = vserver(GET_VERSION, 63, NULL);
	shared->vci = vserver(GET_VCI, 0, NULL);
	fuzz(start);
	must_have_done_all();
	/* A reference that a refused call has kept would show here. */
	if (!counts_return(before, 256, DEADLINE_S, counted, sizeof(counted)))
		failure("not as many objects as before (%s)", counted);
	printf("counts: %s\n", counted);
	report(start);
	return shared->failures > 0;
}
