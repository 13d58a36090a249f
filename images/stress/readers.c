// SPDX-License-Identifier: GPL-2.0-only
/* Who looks at contexts all the while: the host, a spectator, a guest. What they find may be gone when they open it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress.h"

#define KEPT_FILES	16

/* Files that are read again when their context has long ended. */
static int kept_files[KEPT_FILES], next_kept;

static void read_again(int fd)
{
	char text[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, text, sizeof(text), at)) > 0)
		at += n;
	shared->reads++;
}

static void read_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int *kept = kept_files + next_kept++ % KEPT_FILES;

	if (fd < 0)
		return;
	read_again(fd);
	if (*kept > 0) {
		read_again(*kept);
		close(*kept);
	}
	*kept = fd;
}

static int is_id(const char *name)
{
	return *name >= '0' && *name <= '9';
}

/* Calls `visit` for each entry of a directory, until the run stops. */
static void list(int dir, const char *name, void (*visit)(int dir, const char *name))
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!entries)
		return;
	while (!shared->stop && (entry = readdir(entries)))
		if (entry->d_name[0] != '.')
			visit(fd, entry->d_name);
	closedir(entries);
}

static void visit_object(int dir, const char *name)
{
	if (is_id(name))
		list(dir, name, read_file);
	else
		read_file(dir, name);
}

void read_contexts(void)
{
	while (!shared->stop) {
		list(AT_FDCWD, "/proc/virtual", visit_object);
		list(AT_FDCWD, "/proc/virtnet", visit_object);
	}
}

static void visit_thread(int dir, const char *tid)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/nsproxy", tid);
	read_file(dir, name);
}

static void visit_task(int dir, const char *pid)
{
	static const char *const files[] = { "status", "vinfo", "ninfo", "stat", "cgroup" };
	char name[64];

	for (size_t i = 0; is_id(pid) && i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", pid, files[i]);
		read_file(dir, name);
	}
	if (is_id(pid)) {
		snprintf(name, sizeof(name), "%s/task", pid);
		list(dir, name, visit_thread);
	}
}

void read_tasks(void)
{
	if (vserver(CTX_MIGRATE_V0, SPECTATOR, NULL) != SPECTATOR)
		fail("a spectator: %s", strerror(errno));
	while (!shared->stop)
		list(AT_FDCWD, "/proc", visit_task);
}

static void visit_own(int dir, const char *name)
{
	if (is_id(name) && (uint32_t)atoi(name) != READER_ID)
		fail("the guest %u sees context %s", READER_ID, name);
	visit_object(dir, name);
}

void read_as_guest(void)
{
	struct word flags = { 0, STATE_SETUP | STATE_INIT };

	if (vserver(CTX_CREATE_V0, READER_ID, NULL) < 0 || vserver(NET_CREATE_V0, READER_ID, NULL) < 0 ||
	    vserver(SET_CFLAGS, OWN, &flags) < 0)
		fail("a guest that reads: %s", strerror(errno));
	while (!shared->stop) {
		list(AT_FDCWD, "/proc/virtual", visit_own);
		list(AT_FDCWD, "/proc/virtnet", visit_own);
		list(AT_FDCWD, "/proc", visit_task);
	}
}
