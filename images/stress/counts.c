// SPDX-License-Identifier: GPL-2.0-only
/* How many objects there are: whoever made some and let go of all of them finds as many as before. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "counts.h"
#include "program.h"

#define POLL_US		20000

/*
 * Counted exactly: every context is ours, and nobody else makes or leaves a namespace or an fs_struct meanwhile. `at` is which
 * number of the line.
 */
static const struct {
	const char *file, *line;
	int at;
	const char *what;
} objects[] = {
	{ "/proc/virtual/status", "#CTotal:", 0, "contexts" },
	{ "/proc/virtual/status", "#CActive:", 0, "active contexts" },
	{ "/proc/virtual/status", "#NSProxy:", 0, "nsproxy" },
	{ "/proc/virtual/status", "#NSProxy:", 1, "fs_struct" },
	{ "/proc/virtual/status", "#NSProxy:", 2, "mount namespaces" },
	{ "/proc/virtual/status", "#NSProxy:", 3, "uts namespaces" },
	{ "/proc/virtual/status", "#NSProxy:", 4, "ipc namespaces" },
	{ "/proc/virtual/status", "#NSProxy:", 5, "user namespaces" },
	{ "/proc/virtual/status", "#NSProxy:", 6, "pid namespaces" },
	{ "/proc/virtnet/status", "#CTotal:", 0, "network contexts" },
	{ "/proc/virtnet/status", "#CActive:", 0, "active network contexts" },
};

/*
 * What contexts hold and are held by. The rest of the machine has some of each, and an idle CPU keeps a few: so these are
 * bounded, not compared.
 */
static const char *const slabs[] = {
	"vx_info", "nx_info", "task_struct", "cred", "cred_jar", "mm_struct", "signal_cache", "sighand_cache", "pid", "nsproxy",
	"uts_namespace", "UNIX", "UDP", "TCP", "sock_inode_cache", "kmalloc-cg-192", "kmalloc-cg-256", "kmalloc-cg-512",
};

#define OBJECTS	(sizeof(objects) / sizeof(objects[0]))
#define SLABS	(sizeof(slabs) / sizeof(slabs[0]))

struct counts {
	long object[OBJECTS];
	long slab[SLABS];	/* -1: this kernel has no cache of that name */
};

static char *read_text(const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n;

	if (fd < 0) {
		fprintf(stderr, "%s: %m\n", path);
		exit(1);
	}
	while ((n = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += n;
	close(fd);
	text[length] = 0;
	return text;
}

/* Number `n` behind `word`, which begins a line; -1 without such a line or number. */
static long number_behind(const char *text, const char *word, int n)
{
	size_t length = strlen(word);
	const char *at;
	char *end;

	for (at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, word, length) && (at[length] == ' ' || at[length] == '\t'))
			break;
	}
	if (!at)
		return -1;
	for (at += length; n--; at = end)
		strtol(at, &end, 10);
	n = strcspn(at, "0123456789\n");
	return at[n] == '\n' || !at[n] ? -1 : strtol(at, NULL, 10);
}

/* Gives back what a cache keeps for later: a free object in a kept page would count as used. */
static void shrink(const char *cache)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;		/* no such cache, or it shares another's pages */
	if (write(fd, "1", 1) != 1)
		fprintf(stderr, "%s: %m\n", path);
	close(fd);
}

static void count(struct counts *counts)
{
	const char *text;
	size_t i, known = 0;

	for (i = 0; i < OBJECTS; i++) {
		counts->object[i] = number_behind(read_text(objects[i].file), objects[i].line, objects[i].at);
		if (counts->object[i] < 0) {
			fprintf(stderr, "%s, line %s: no number of %s\n", objects[i].file, objects[i].line, objects[i].what);
			exit(1);
		}
	}
	for (i = 0; i < SLABS; i++)
		shrink(slabs[i]);
	text = read_text("/proc/slabinfo");
	for (i = 0; i < SLABS; i++) {
		counts->slab[i] = number_behind(text, slabs[i], 0);
		known += counts->slab[i] >= 0;
	}
	if (!known) {
		fprintf(stderr, "/proc/slabinfo has none of the caches that are watched\n");
		exit(1);
	}
}

struct counts *read_counts(void)
{
	struct counts *counts = malloc(sizeof(*counts));

	if (!counts)
		exit(1);
	count(counts);
	return counts;
}

static int have_returned(const struct counts *start, const struct counts *now, long slack)
{
	for (size_t i = 0; i < OBJECTS; i++)
		if (now->object[i] != start->object[i])
			return 0;
	for (size_t i = 0; i < SLABS; i++)
		if (now->slab[i] > start->slab[i] + slack)
			return 0;
	return 1;
}

static void describe(const struct counts *start, const struct counts *now, char *report, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < OBJECTS && at < size; i++)
		at += snprintf(report + at, size - at, "%s %ld -> %ld, ", objects[i].what, start->object[i], now->object[i]);
	for (size_t i = 0; i < SLABS && at < size; i++)
		if (now->slab[i] >= 0)
			at += snprintf(report + at, size - at, "%s %ld -> %ld, ", slabs[i], start->slab[i], now->slab[i]);
	if (at >= 2 && at < size)
		report[at - 2] = 0;
}

int counts_return(const struct counts *start, unsigned long slack, int deadline_s, char *report, size_t size)
{
	double end = now() + deadline_s;
	struct counts found;
	int returned;

	do {
		count(&found);
		returned = have_returned(start, &found, slack);
	} while (!returned && now() < end && !usleep(POLL_US));
	describe(start, &found, report, size);
	return returned;
}
