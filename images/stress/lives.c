// SPDX-License-Identifier: GPL-2.0-only
/*
 * lives --lives=N --seed=N: a guest is started, entered on a terminal, asked to run a program, and stopped, so many times or until
 * SIGTERM comes, as an administrator would: with vserver(8). One life of PLAIN_SHARE has an init of its own in a pid namespace.
 *
 * Says every ten seconds how far it is. When it ends it deletes the guest and waits until the kernel has as many objects as before.
 * Exits 0, or 1 when anything was not as it must be, with a line that begins with "failed:".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "counts.h"
#include "program.h"

#define GUEST		"lives"
#define CONFIG		"/etc/vservers/" GUEST
#define RUNS		"/run/vservers"
#define CODES		100
#define PLAIN_SHARE	16
#define PROGRESS_S	10
/* What ends by itself has ended by then, on a host that is busy with other things, too. */
#define DEADLINE_S	120

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void fail(const char *what, int got, int wanted)
{
	printf("failed: %s: %d instead of %d\n", what, got, wanted);
	exit(1);
}

static int exit_code(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Runs vserver with words that spaces part, and `last` if there is one; wants it to exit with `wanted`. */
static void must_run(int wanted, const char *words, const char *last)
{
	char command[128];
	char *argv[16] = { "vserver" };
	int count = 1;
	pid_t pid;

	snprintf(command, sizeof(command), "%s", words);
	for (char *word = strtok(command, " "); word; word = strtok(NULL, " "))
		argv[count++] = word;
	argv[count] = (char *)last;
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	int code = pid < 0 ? -1 : exit_code(pid);

	if (code != wanted)
		fail(words, code, wanted);
}

/* A shell in the guest on a terminal of ours, left at once. */
static void must_enter(int wanted)
{
	char text[512];
	int terminal, length = snprintf(text, sizeof(text), "exit %d\r", wanted);
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0) {
		execlp("vserver", "vserver", GUEST, "enter", (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || write(terminal, text, length) != length)
		fail("a terminal", errno, 0);
	/* Until all have closed it. */
	while (read(terminal, text, sizeof(text)) > 0 || errno == EINTR)
		;
	close(terminal);
	int code = exit_code(pid);

	if (code != wanted)
		fail("enter", code, wanted);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		fail(path, errno, 0);
}

/* Style plain in a pid namespace, or what build has written. */
static void choose_style(int plain)
{
	if (plain) {
		write_file(CONFIG "/apps/init/style", "plain\n");
		write_file(CONFIG "/spaces/pid", "");
	} else {
		unlink(CONFIG "/apps/init/style");
		unlink(CONFIG "/spaces/pid");
	}
}

/* Files in a folder, but for locks, which stay. */
static int files(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;

	if (!directory)
		return 0;
	for (struct dirent *entry; (entry = readdir(directory));)
		count += !strstr(entry->d_name, ".lock");
	closedir(directory);
	return count;
}

static int lines(const char *path)
{
	FILE *file = fopen(path, "r");
	int count = 0;

	for (int c; file && (c = getc(file)) != EOF;)
		count += c == '\n';
	if (file)
		fclose(file);
	return count;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "lives", required_argument, NULL, 'l' },
		{ "seed", required_argument, NULL, 'r' },
		{ 0 },
	};
	unsigned long long wanted = 100, seed = 1, done, plain = 0;
	int option, mounts, held;
	struct counts *before;
	double start, progress;
	char report[1024];

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'l')
			wanted = number("lives", optarg);
		else if (option == 'r')
			seed = number("lives", optarg);
		else
			exit(2);
	}
	if (optind < argc || !wanted) {
		fprintf(stderr, "usage: lives [--lives=N] [--seed=N]\n");
		exit(2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	srand(seed);
	/* "." and "..", and what others have. */
	mkdir(RUNS, 0755);
	held = files(RUNS);
	mounts = lines("/proc/self/mounts");
	before = read_counts();
	start = now();
	progress = start + PROGRESS_S;
	must_run(0, GUEST " build -m busybox", NULL);
	mkdir(CONFIG "/apps/vshelper", 0755);
	mkdir(CONFIG "/spaces", 0755);
	write_file(CONFIG "/apps/vshelper/sync-timeout", "1\n");
	for (done = 0; done < wanted && !stop; done++) {
		int code = rand() % CODES, is_plain = rand() % PLAIN_SHARE == 0;
		char words[32];

		choose_style(is_plain);
		plain += is_plain;
		must_run(0, GUEST " start", NULL);
		must_enter(code);
		snprintf(words, sizeof(words), "exit %d", code);
		must_run(code, GUEST " exec sh -c", words);
		must_run(0, GUEST " stop", NULL);
		if (now() > progress) {
			printf("%llu lives\n", done + 1);
			progress += PROGRESS_S;
		}
	}
	printf("seed %llu, %llu lives in %.0f s, %llu of them plain in a pid namespace\n", seed, done, now() - start, plain);
	must_run(0, "--silent " GUEST " delete", NULL);
	if (lines("/proc/self/mounts") != mounts)
		fail("mounts", lines("/proc/self/mounts"), mounts);
	if (files(RUNS) != held)
		fail("files in " RUNS, files(RUNS), held);
	/* An object that every life leaves behind is more than this, in a run of some length. */
	if (!counts_return(before, done / 50 > 128 ? done / 50 : 128, DEADLINE_S, report, sizeof(report))) {
		printf("failed: not as many objects as before (%s)\n", report);
		return 1;
	}
	printf("counts: %s\n", report);
	return 0;
}
