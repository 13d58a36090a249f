// SPDX-License-Identifier: GPL-2.0-only
/* What is kept of guests in /run/vservers: where each runs, and who is at it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "vserver.h"

#define STATE_PATH	(sizeof(GUEST_RUNS) + GUEST_NAME_SIZE + 8)

static void run_path(const struct config *config, char path[STATE_PATH])
{
	snprintf(path, STATE_PATH, "%s/%s", GUEST_RUNS, config->name);
}

/* Beside the run file, and no guest's run file: no guest has a name that begins with a dot. */
static void lock_path(const struct config *config, char path[STATE_PATH])
{
	snprintf(path, STATE_PATH, "%s/.%s.lock", GUEST_RUNS, config->name);
}

/* Others look through the link `run` of the configuration: it has to lead to the file that comes and goes, and to none else's. -1, and it is said. */
static int check_link(const struct config *config)
{
	char link[CONFIG_PATH], target[STATE_PATH + 1] = "", path[STATE_PATH];

	run_path(config, path);
	snprintf(link, sizeof(link), "%s/run", config->dir);
	if (readlink(link, target, sizeof(target) - 1) > 0 && !strcmp(target, path))
		return 0;
	tool_wrong("%s: this has to be a symbolic link, to %s", link, path);
	return -1;
}

static int make_folder(void)
{
	if (!mkdir(GUEST_RUNS, 0755) || errno == EEXIST)
		return 0;
	tool_failed(GUEST_RUNS);
	return -1;
}

/* Whoever has it; -1, and it is said. */
static int tell_holder(const struct config *config, int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char what[32] = "";

	if (read(fd, what, sizeof(what) - 1) <= 0)
		strcpy(what, "changed");
	fcntl(fd, F_GETLK, &lock);
	tool_wrong("vserver '%s' is being %s by process %d: try again when that is done", config->name, what, lock.l_pid);
	return -1;
}

int state_lock(const struct config *config, const char *doing)
{
	char path[STATE_PATH];
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat found;
	int fd;

	if (check_link(config) || make_folder())
		return -1;
	lock_path(config, path);
	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			return tool_failed("%s", path), -1;
		/* Of this process alone: no program that it starts has it, and it ends with it, however that ends. */
		if (fcntl(fd, F_SETLK, &lock))
			return errno == EAGAIN || errno == EACCES ? tell_holder(config, fd) : (tool_failed("%s", path), -1);
		if (!fstat(fd, &found) && found.st_nlink)
			break;
		/* Whoever had it has removed it: others lock another file by now. */
		close(fd);
	}
	if (ftruncate(fd, 0) || write(fd, doing, strlen(doing)) < 0)
		tool_failed("%s", path);	/* which only makes a message poorer */
	return 0;
}

void state_forget(const struct config *config)
{
	char path[STATE_PATH];

	lock_path(config, path);
	unlink(path);
}

/* What the run file says; whether that is a context. */
static bool read_run(const struct config *config, struct run *run)
{
	char path[STATE_PATH], text[128] = "";
	unsigned long long spaces = 0;
	int fd, own = 0, made = 0;

	*run = (struct run){ 0 };
	run_path(config, path);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) > 0)
			sscanf(text, "%u %u %llx %d %d", &run->xid, &run->nid, &spaces, &own, &made);
		close(fd);
	}
	run->spaces = spaces;
	run->has_namespace = own;
	run->made_network = made;
	return run->xid >= VC_MIN_ID && run->xid <= VC_MAX_ID;
}

void state_remove(const struct config *config)
{
	char path[STATE_PATH];

	run_path(config, path);
	if (unlink(path) && errno != ENOENT)
		tool_failed("%s", path);
}

bool state_running(const struct config *config, struct run *run)
{
	return read_run(config, run) && guest_is_at(run->xid, config->dir);
}

int state_check(const struct config *config)
{
	char other[PATH_MAX];
	const char *base;
	struct run run;

	if (!read_run(config, &run) || guest_config_of(run.xid, other) || !strcmp(other, config->dir))
		return 0;
	base = strrchr(other, '/');
	if (strcmp(base + 1, config->name))
		return 0;	/* its number is another guest's by now */
	tool_wrong("vserver '%s' has the name of the one of %s, which runs: one of them needs another", config->dir, other);
	return -1;
}

int state_write(const struct config *config, const struct run *run)
{
	char path[STATE_PATH], text[128];
	int length = snprintf(text, sizeof(text), "%u\n%u\n%llx\n%d\n%d\n", run->xid, run->nid, (unsigned long long)run->spaces, run->has_namespace, run->made_network), fd;

	run_path(config, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0 && !write_all(fd, text, length) && !close(fd))
		return 0;
	tool_failed("%s", path);
	unlink(path);
	return -1;
}
