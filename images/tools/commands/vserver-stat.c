// SPDX-License-Identifier: GPL-2.0-only
/* vserver-stat: a line a context, with what its processes use. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "guest.h"
#include "tool.h"

const char vserver_stat_usage[] =
	"usage: vserver-stat [-O KEY|--sort KEY]\n"
	"\n"
	"Prints a line for each context that has processes: its id, their number, their memory, virtual and resident, the time that they ran in user space\n"
	"and in the kernel (that of children that have ended included), for how long the oldest runs, and the name of its guest. Context 0 is the host.\n"
	"\n"
	"  -O, --sort KEY   is taken, and not heeded: lines are in the order of the ids\n"
	"\n"
	"Exits 0; 1 on failure, 2 on wrong usage.\n";

struct row {
	uint32_t xid;
	unsigned int processes;
	uint64_t vsz, rss, user_ms, system_ms, oldest_ms;
};

struct table {
	struct row *rows;
	size_t count, room;
};

/* NULL when there is no memory. */
static struct row *row_of(struct table *table, uint32_t xid)
{
	struct row *row;

	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].xid == xid)
			return table->rows + i;
	if (table->count == table->room) {
		size_t room = table->room ? 2 * table->room : 64;
		struct row *rows = realloc(table->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		table->rows = rows;
		table->room = room;
	}
	row = table->rows + table->count++;
	*row = (struct row){ .xid = xid, .oldest_ms = UINT64_MAX };
	return row;
}

static uint64_t ms_of(unsigned long long ticks)
{
	return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

/* One that has ended meanwhile is not counted. 0, or -1 without memory. */
static int count_process(struct table *table, int pid)
{
	char path[32], text[1024], *after;
	unsigned long long user, system, user_children, system_children, start, vsize;
	long rss;
	struct row *row;
	ssize_t length = -1;
	int fd, xid;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	xid = vc_task_xid(pid);
	if (length <= 0 || xid < 0)
		return 0;
	text[length] = 0;
	/* The name may have blanks and brackets in it: fields are counted from behind it. */
	after = strrchr(text, ')');
	if (!after || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu %*d %*d %*d %*d %llu %llu %ld", &user,
			     &system, &user_children, &system_children, &start, &vsize, &rss) != 7)
		return 0;
	row = row_of(table, xid);
	if (!row)
		return -1;
	row->processes++;
	row->vsz += vsize;
	row->rss += (uint64_t)rss * sysconf(_SC_PAGESIZE);
	row->user_ms += ms_of(user + user_children);
	row->system_ms += ms_of(system + system_children);
	if (ms_of(start) < row->oldest_ms)
		row->oldest_ms = ms_of(start);
	return 0;
}

/* At most seven columns: four digits, or three and a tenth, and the unit. */
static void print_size(uint64_t bytes)
{
	static const char units[] = " KMGT+";
	unsigned int unit = 0, tenth = 0;
	char text[16];

	while (bytes >= 1000 && unit < sizeof(units) - 2) {
		tenth = bytes % 1024 * 10 / 1024;
		bytes /= 1024;
		unit++;
	}
	if (tenth)
		snprintf(text, sizeof(text), "%llu.%u%c", (unsigned long long)bytes, tenth, units[unit]);
	else
		snprintf(text, sizeof(text), "%llu%c", (unsigned long long)bytes, units[unit]);
	printf("%7s", text);
}

/* The three largest units that there are. */
static void print_time(uint64_t ms)
{
	unsigned long long seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
	char text[32];

	if (hours == 0)
		snprintf(text, sizeof(text), "%llum%02llus%02llu", minutes, seconds % 60, ms % 1000 / 10);
	else if (days == 0)
		snprintf(text, sizeof(text), "%lluh%02llum%02llu", hours, minutes % 60, seconds % 60);
	else if (days < 1000)
		snprintf(text, sizeof(text), "%llud%02lluh%02llu", days, hours % 24, minutes % 60);
	else
		snprintf(text, sizeof(text), "%lluy%03llud%02llu", days / 365, days % 365, hours % 24);
	printf("%10s", text);
}

static void print_row(const struct row *row, uint64_t now_ms)
{
	char name[GUEST_NAME_SIZE];

	if (row->xid == VC_HOST)
		strcpy(name, "root server");
	else if (row->xid == VC_SPECTATOR)
		strcpy(name, "monitoring server");
	else
		guest_name_of(row->xid, name);
	printf("%-5u%5u", row->xid, row->processes);
	print_size(row->vsz);
	print_size(row->rss);
	print_time(row->user_ms);
	print_time(row->system_ms);
	print_time(now_ms > row->oldest_ms ? now_ms - row->oldest_ms : 0);
	printf(" %.20s\n", name);
}

static int by_xid(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	return a->xid < b->xid ? -1 : a->xid > b->xid;
}

static int count_all(struct table *table)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		return tool_failed("/proc");
	while ((entry = readdir(proc))) {
		int pid = isdigit((unsigned char)*entry->d_name) ? atoi(entry->d_name) : 0;

		if (pid > 0 && pid != getpid() && count_process(table, pid)) {
			closedir(proc);
			return tool_failed("count the processes");
		}
	}
	closedir(proc);
	return 0;
}

int vserver_stat_main(int argc, char **argv)
{
	static const struct option options[] = { { "sort", 1, NULL, 'O' }, { "help", 0, NULL, 'h' }, { 0 } };
	struct table table = { 0 };
	struct timespec now;
	int option, failed;

	while ((option = getopt_long(argc, argv, "O:", options, NULL)) != -1) {
		if (option == 'h')
			return tool_help();
		if (option != 'O')	/* which util-vserver has, and does not heed */
			return tool_usage(NULL);
	}
	if (optind < argc)
		return tool_usage("%s: there is nothing to name", argv[optind]);
	/* Who sees them all. */
	if (vc_ctx_migrate(VC_SPECTATOR, NULL) < 0)
		return tool_refused("ctx_migrate", "become a spectator");
	failed = count_all(&table);
	if (failed)
		return failed;
	qsort(table.rows, table.count, sizeof(*table.rows), by_xid);
	clock_gettime(CLOCK_BOOTTIME, &now);
	puts("CTX   PROC    VSZ    RSS  userTIME   sysTIME    UPTIME NAME");
	for (size_t i = 0; i < table.count; i++)
		print_row(table.rows + i, now.tv_sec * 1000ull + now.tv_nsec / 1000000);
	free(table.rows);
	return tool_flush();
}
