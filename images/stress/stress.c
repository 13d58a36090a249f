// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress --cycles=N --seed=N --tasks=N: contexts made, entered, killed, waited for and left in every way by TASKS workers at
 * once, with readers of /proc beside them, until so many cycles are done or SIGTERM comes. How long that is, is the caller's
 * to say: the clock of an emulated machine may be slow.
 *
 * Says every ten seconds how far it is. When it ends it prints the cycles of each kind and waits until the kernel has as many
 * contexts as before. Exits 0, or 1 when anything was not as it must be, with a line that begins with "failed:". The same seed
 * gives the same cycles, in another order of events.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "counts.h"
#include "cycle.h"
#include "program.h"

/* Of 32 cycles so many are of each kind: the plain ones are those that a machine has most of. */
static const unsigned char shares[KINDS] = {
	[PLAIN] = 10, [RACE] = 6, [STORM] = 1, [THREADS] = 1, [VFORK] = 1, [TRACED] = 1, [ZOMBIES] = 1, [ZOMBIE_LEADER] = 1,
	[SOCKETS] = 1, [MMS] = 1, [KEPT] = 2, [NETWORKS] = 1, [ORPHANS] = 1, [WORDS] = 1, [EXEC] = 1, [WAITERS] = 1,
	[SPACES] = 1,
};

#define SHARES		32
#define READERS		3
/* They look all the while, but leave most of a single CPU to those that are looked at. */
#define READER_NICE	15
#define PROGRESS_S	10
/* What ends by itself has ended by then, on a host that is busy with other things, too. */
#define DEADLINE_S	120

struct shared *shared;

static struct {
	unsigned long cycles, tasks;
	unsigned long long seed;
} options = { .cycles = 1000, .tasks = 8, .seed = 1 };

static pid_t workers[MAX_WORKERS], readers[READERS];

void fail(const char *format, ...)
{
	va_list list;

	if (atomic_exchange(&shared->failed, 1))
		return;
	va_start(list, format);
	vsnprintf(shared->failure, sizeof(shared->failure), format, list);
	va_end(list);
	shared->stop = 1;
}

static void on_term(int sig)
{
	(void)sig;
	shared->stop = 1;
}

static enum kind kind_of(struct random *random)
{
	unsigned int share = below(random, SHARES), kind = 0;

	while (share >= shares[kind])
		share -= shares[kind++];
	return kind;
}

static void work(unsigned int worker)
{
	unsigned long cycle;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	while (!shared->stop && (cycle = shared->taken++) < options.cycles) {
		struct random random = random_part(options.seed, cycle);
		enum kind kind = kind_of(&random);

		shared->doing[worker] = kind;
		run_cycle(kind, worker, &random);
		shared->done[kind]++;
	}
	shared->doing[worker] = KINDS;
	drop_kept();
}

static unsigned long done(void)
{
	unsigned long sum = 0;

	for (int i = 0; i < KINDS; i++)
		sum += shared->done[i];
	return sum;
}

static pid_t must_fork(void)
{
	pid_t pid = fork();

	if (pid < 0) {
		fprintf(stderr, "stress: fork: %s\n", strerror(errno));
		exit(1);
	}
	return pid;
}

static void start_all(void)
{
	static void (*const reading[READERS])(void) = { read_contexts, read_tasks, read_as_guest };

	for (int i = 0; i < READERS; i++) {
		readers[i] = must_fork();
		if (readers[i] == 0) {
			signal(SIGTERM, SIG_DFL);
			nice(READER_NICE);
			reading[i]();
			_exit(0);
		}
	}
	for (unsigned int i = 0; i < options.tasks; i++) {
		workers[i] = must_fork();
		if (workers[i] == 0) {
			signal(SIGTERM, SIG_DFL);	/* also what members do on it */
			work(i);
			_exit(0);
		}
	}
}

/* Reaps those of `pids` that have ended; how many have not. */
static unsigned int still_running(pid_t *pids, unsigned int count)
{
	unsigned int running = 0;
	int status;

	for (unsigned int i = 0; i < count; i++) {
		if (!pids[i])
			continue;
		if (waitpid(pids[i], &status, WNOHANG) != pids[i]) {
			running++;
			continue;
		}
		pids[i] = 0;
		if (status)
			fail("a worker or reader has ended with %#x", status);
	}
	return running;
}

static void tell_who_hangs(void)
{
	for (unsigned int i = 0; i < options.tasks; i++)
		if (workers[i] && shared->doing[i] < KINDS)
			printf("worker %u (pid %d) hangs in %s\n", i, workers[i], kind_name(shared->doing[i]));
	for (int i = 0; i < READERS; i++)
		if (readers[i])
			printf("reader %d (pid %d) hangs\n", i, readers[i]);
	fail("not all have ended in %d s", DEADLINE_S);
}

/* Until the workers have had enough, and then everybody has ended. */
static void watch(double start)
{
	double end = 0, progress = start + PROGRESS_S;

	while (still_running(workers, options.tasks) + still_running(readers, READERS)) {
		if (!end && (shared->stop || !still_running(workers, options.tasks))) {
			shared->stop = 1;
			end = now() + DEADLINE_S;
		}
		if (end && now() > end) {
			tell_who_hangs();
			return;
		}
		if (now() > progress) {
			printf("%lu cycles, %lu files read\n", done(), shared->reads);
			progress += PROGRESS_S;
		}
		usleep(20000);
	}
}

static void must_return(const struct counts *start)
{
	/* An object that every cycle of one kind leaves behind is more than this, in a run of some length. */
	unsigned long slack = done() / 50 > 128 ? done() / 50 : 128;
	char report[1024];

	if (!counts_return(start, slack, DEADLINE_S, report, sizeof(report)))
		fail("not as many objects as before (%s)", report);
	printf("counts: %s\n", report);
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "cycles", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 'r' },
		{ "tasks", required_argument, NULL, 't' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'c')
			options.cycles = number("stress", optarg);
		else if (option == 'r')
			options.seed = number("stress", optarg);
		else if (option == 't')
			options.tasks = number("stress", optarg);
		else
			exit(2);
	}
	if (optind < argc || !options.cycles || !options.tasks || options.tasks > MAX_WORKERS) {
		fprintf(stderr, "usage: stress [--cycles=N] [--seed=N] [--tasks=1 to %d]\n", MAX_WORKERS);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct counts *before;
	double start;

	if (argc == 2 && !strcmp(argv[1], "exit"))
		return EXEC_CODE;	/* a member that has executed a program */
	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		fprintf(stderr, "stress: mmap: %s\n", strerror(errno));
		return 1;
	}
	signal(SIGTERM, on_term);
	before = read_counts();
	start = now();
	start_all();
	watch(start);
	printf("seed %llu, %lu cycles in %.0f s, %lu files read:", options.seed, done(), now() - start, shared->reads);
	for (int i = 0; i < KINDS; i++)
		printf(" %s %lu", kind_name(i), shared->done[i]);
	printf("\n");
	if (!shared->failed)
		must_return(before);
	if (shared->failed)
		printf("failed: %s\n", shared->failure);
	return shared->failed;
}
