// SPDX-License-Identifier: GPL-2.0-only
/* vhistory: what the kernel remembers of contexts, as one timeline of all CPUs. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "tool.h"

const char vhistory_usage[] =
	"usage: vhistory [--xid ID] [--cpu N] [--follow]\n"
	"       vhistory --dump\n"
	"\n"
	"Prints what happened to contexts last, the oldest first: the number of the event, its CPU, the context, what happened, the references and the claims\n"
	"there were before it, and what it was about: who points to the context (@), which task claims it, which id was asked for (#).\n"
	"\n"
	"  --xid ID    only of this context: a number, 'self', or the name of a guest\n"
	"  --cpu N     only of this CPU\n"
	"  --follow    and what happens from here on, until it is interrupted; 'lost: 9 events of CPU 0' tells what came too fast\n"
	"  --dump      print it to the kernel's log instead\n"
	"\n"
	"Each CPU keeps its last events, so one that is idle may know older ones than the others. Numbers go round after 65536: events that are more\n"
	"than half of that apart may be in the wrong order.\n"
	"Exits 0; 1 on failure, 2 on wrong usage.\n";

/* Entries that are read at a time. */
#define CHUNK		256
#define CPU_LIMIT	1024
#define FOLLOW_NS	100000000

enum { MOST_TYPES = 16 };

static const char *const events[MOST_TYPES] = {
	"unused", "oops", "get", "put", "init", "set", "clr", "claim", "release", "alloc", "dealloc", "hash", "unhash", "loc", "lookup", "create",
};

enum { OOPS = 1, INIT = 4, CLR = 6, CLAIM = 7, RELEASE = 8, LOC = 13, CREATE = 15 };

/* What was read of one CPU and is not printed yet. */
struct stream {
	uint32_t index;
	/* Whether the index is one that the kernel gave; the events since then that were replaced before they were read. */
	bool begun;
	uint32_t lost;
	struct vc_history_entry *entries;
	size_t count, done, room;
};

struct request {
	bool has_xid, has_cpu, follow, dump;
	uint32_t xid;
	long long cpu;
};

/* Right-aligned in @width places. Returns where the text goes on. */
static char *put_number(char *at, unsigned long value, unsigned int base, int width, char pad)
{
	char digits[24];
	int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (width-- > count)
		*at++ = pad;
	while (count)
		*at++ = digits[--count];
	return at;
}

static char *put_text(char *at, const char *text, int width)
{
	while (*text) {
		*at++ = *text++;
		width--;
	}
	while (width-- > 0)
		*at++ = ' ';
	return at;
}

static char *put_subject(char *at, const struct vc_history_entry *entry)
{
	bool negative = (int)entry->data < 0;

	if (entry->type >= INIT && entry->type <= CLR)
		return put_number(put_text(at, "@", 0), entry->data, 16, 8, '0');
	if (entry->type == CLAIM || entry->type == RELEASE)
		return put_number(put_text(at, "task ", 0), entry->data, 16, 8, '0');
	if (entry->type >= LOC && entry->type <= CREATE)
		return put_number(put_text(at, negative ? "#-" : "#", 0), negative ? -(uint32_t)entry->data : (uint32_t)entry->data, 10, 0, ' ');
	return put_text(at, "-", 0);
}

/* By hand: --follow prints hundreds a second while somebody watches contexts, and printf would be most of what that costs. */
static void print_entry(const struct vc_history_entry *entry, unsigned int cpu)
{
	char line[128];
	char *at = put_number(put_text(line, "#", 0), entry->seq, 16, 4, '0');

	at = put_text(put_number(put_text(at, "  ", 0), cpu, 10, 3, ' '), "  ", 0);
	if (entry->xid || entry->context)
		at = put_number(at, entry->xid, 10, 5, ' ');
	else
		at = put_text(at, "    -", 0);
	at = put_text(put_text(at, "  ", 0), entry->type < MOST_TYPES ? events[entry->type] : "?", 8);
	at = put_number(put_text(at, "  ", 0), entry->usecnt, 10, 6, ' ');
	at = put_number(put_text(at, "  ", 0), entry->tasks, 10, 5, ' ');
	at = put_text(put_subject(put_text(at, "  ", 0), entry), "\n", 0);
	fwrite(line, 1, at - line, stdout);
}

/* Reads what there is of a CPU. 0; 1 when there is no such CPU; -1, and it is said. */
static int read_stream(struct stream *stream, unsigned int cpu)
{
	struct vc_read_history request;
	int more;

	do {
		if (stream->count + CHUNK > stream->room) {
			size_t room = 2 * stream->room + CHUNK;
			struct vc_history_entry *entries = realloc(stream->entries, room * sizeof(*entries));

			if (!entries) {
				tool_failed("read the history");
				return -1;
			}
			stream->entries = entries;
			stream->room = room;
		}
		request = (struct vc_read_history){ stream->index, CHUNK, stream->entries + stream->count };
		more = vc_read_history(cpu, &request);
		if (more < 0 && errno == EINVAL)
			return 1;
		if (more < 0) {
			tool_refused("read_history", "read the history");
			return -1;
		}
		/* The kernel goes on from the oldest that it has. What was replaced before the first reading nobody waited for. */
		if (stream->begun)
			stream->lost += request.index - stream->index - request.count;
		stream->begun = true;
		stream->count += request.count;
		stream->index = request.index;
	} while (more);
	return 0;
}

/* The stream whose next entry is the oldest; numbers have 16 bits and go round. NULL when all is printed. */
static struct stream *next_of(struct stream *streams, unsigned int cpus)
{
	struct stream *oldest = NULL;

	for (unsigned int i = 0; i < cpus; i++) {
		struct stream *one = streams + i;

		if (one->done < one->count &&
		    (!oldest || (int16_t)(one->entries[one->done].seq - oldest->entries[oldest->done].seq) < 0))
			oldest = one;
	}
	return oldest;
}

static void print_all(struct stream *streams, unsigned int cpus, const struct request *request)
{
	unsigned int first = request->has_cpu ? request->cpu : 0;
	struct stream *next;

	for (unsigned int i = 0; i < cpus; i++)
		if (request->follow && streams[i].lost)
			printf("lost: %u events of CPU %u\n", streams[i].lost, first + i);
	while ((next = next_of(streams, cpus))) {
		const struct vc_history_entry *entry = next->entries + next->done++;

		if (!request->has_xid || entry->xid == request->xid)
			print_entry(entry, first + (next - streams));
	}
	for (unsigned int i = 0; i < cpus; i++)
		streams[i].count = streams[i].done = streams[i].lost = 0;
}

static int read_all(struct stream *streams, unsigned int *cpus, const struct request *request)
{
	unsigned int first = request->has_cpu ? request->cpu : 0;
	int end = 0;

	for (*cpus = 0; *cpus < CPU_LIMIT && !end; *cpus += !end) {
		end = read_stream(streams + *cpus, first + *cpus);
		if (end < 0)
			return tool->failure;
		if (request->has_cpu && !end) {
			*cpus = 1;
			return 0;
		}
	}
	return request->has_cpu ? tool_wrong("there is no CPU %lld", request->cpu) : 0;
}

static int show(const struct request *request)
{
	static struct stream streams[CPU_LIMIT];
	struct timespec pause = { .tv_nsec = FOLLOW_NS };
	unsigned int cpus;
	int failed;

	bool headed = false;

	do {
		failed = read_all(streams, &cpus, request);
		if (failed)
			return failed;
		if (!headed)
			puts("EVENT  CPU    XID  WHAT      USECNT  TASKS  OF");
		headed = true;
		print_all(streams, cpus, request);
		if (tool_flush())
			return tool->failure;
	} while (request->follow && !nanosleep(&pause, NULL));
	return 0;
}

int vhistory_main(int argc, char **argv)
{
	enum { XID = 256, CPU, FOLLOW, DUMP, HELP };
	static const struct option options[] = {
		{ "xid", 1, NULL, XID }, { "cpu", 1, NULL, CPU }, { "follow", 0, NULL, FOLLOW }, { "dump", 0, NULL, DUMP }, { "help", 0, NULL, HELP },
		{ 0 },
	};
	struct request request = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case XID:
			if (tool_read_xid(optarg, &request.xid))
				return tool->failure;
			request.has_xid = true;
			break;
		case CPU:
			if (tool_read_number(optarg, "CPU", 0, CPU_LIMIT - 1, &request.cpu))
				return tool->failure;
			request.has_cpu = true;
			break;
		case FOLLOW: request.follow = true; break;
		case DUMP: request.dump = true; break;
		case HELP: return tool_help();
		default: return tool_usage(NULL);
		}
	}
	if (optind < argc)
		return tool_usage("%s: there is nothing to name", argv[optind]);
	if (request.dump && (request.has_xid || request.has_cpu || request.follow))
		return tool_usage("--dump goes alone");
	if (request.dump)
		return vc_dump_history() ? tool_refused("dump_history", "print the history") : 0;
	return show(&request);
}
