// SPDX-License-Identifier: GPL-2.0-only
/* What is kept of guests in /run/vservers: where each runs, and who is at it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "vserver.h"

/* Where the link `run` of the configuration leads, which has to be one: the file comes and goes. -1, and it is said. */
static int run_path(const struct config *config, char path[PATH_MAX])
{
	char link[PATH_MAX + 8];
	ssize_t length;

	snprintf(link, sizeof(link), "%s/run", config->dir);
	length = readlink(link, path, PATH_MAX - 1);
	if (length <= 0 || *path != '/') {
		tool_wrong("%s: this has to be a symbolic link, to %s/%s", link, GUEST_RUNS, config->name);
		return -1;
	}
	path[length] = 0;
	return 0;
}

/* Beside the run file, and no guest's run file: no guest has a name that begins with a dot. */
static int lock_path(const struct config *config, char path[PATH_MAX + 8])
{
	char held[PATH_MAX];
	const char *base;

	if (run_path(config, held))
		return -1;
	base = strrchr(held, '/') + 1;
	snprintf(path, PATH_MAX + 8, "%.*s.%s.lock", (int)(base - held), held, base);
	return 0;
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
	char path[PATH_MAX + 8];
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat found;
	int fd;

	if (make_folder() || lock_path(config, path))
		return -1;
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
	char path[PATH_MAX + 8];

	if (!lock_path(config, path))
		unlink(path);
}

void state_remove(const struct config *config)
{
	char path[PATH_MAX];

	if (!run_path(config, path) && unlink(path) && errno != ENOENT)
		tool_failed("%s", path);
}

bool state_running(const struct config *config, struct run *run)
{
	char path[CONFIG_PATH], text[64] = "";
	int fd;

	*run = (struct run){ 0 };
	snprintf(path, sizeof(path), "%s/run", config->dir);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) > 0)
			sscanf(text, "%u %u", &run->xid, &run->nid);
		close(fd);
	}
	return run->xid >= VC_MIN_ID && run->xid <= VC_MAX_ID && guest_is_at(run->xid, config->dir);
}

int state_write(const struct config *config, const struct run *run)
{
	char path[PATH_MAX], text[64];
	int length = snprintf(text, sizeof(text), "%u\n%u\n", run->xid, run->nid), fd;

	if (run_path(config, path))
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0 && !write_text(fd, text, length) && !close(fd))
		return 0;
	tool_failed("%s", path);
	unlink(path);
	return -1;
}
