// SPDX-License-Identifier: GPL-2.0-only
/* Becoming a program: apart from the caller's session, and in step with somebody else. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "tool.h"

int sync_connect(struct sync *sync)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!sync->path)
		return 0;
	if (strlen(sync->path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		tool_failed("%s", sync->path);
		return -1;
	}
	strcpy(address.sun_path, sync->path);
	sync->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sync->fd >= 0 && !connect(sync->fd, (struct sockaddr *)&address, sizeof(address)))
		return 0;
	tool_failed("%s", sync->path);
	return -1;
}

int sync_wait(struct sync *sync)
{
	size_t length;
	char byte;

	if (!sync->path)
		return 0;
	length = strlen(sync->message);
	if (send(sync->fd, sync->message, length, MSG_NOSIGNAL) != (ssize_t)length || shutdown(sync->fd, SHUT_WR)) {
		tool_failed("%s", sync->path);
		return -1;
	}
	while (read(sync->fd, &byte, 1) > 0)
		;
	close(sync->fd);
	return 0;
}

int run_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return tool->failure;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int started = -1;

/* Whoever ends without having become a program has failed, and said why. */
static void tell_failure(void)
{
	if (write(started, "", 1) != 1)
		return;	/* the parent is gone: nobody is to be told */
}

static int has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

int run_disconnected(void)
{
	int ends[2], null;
	ssize_t failed;
	char byte;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC)) {
		tool_failed("pipe");
		return -1;
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		tool_failed("fork");
		return -1;
	}
	if (pid == 0) {
		close(ends[0]);
		started = ends[1];
		atexit(tell_failure);
		setsid();
		null = open_null();
		if (null >= 0 && dup2(null, 0) == 0)
			return 0;
		tool_failed("/dev/null");
		return -1;
	}
	close(ends[1]);
	do {
		failed = read(ends[0], &byte, 1);
	} while (failed < 0 && errno == EINTR);
	/* Killed before it became one, it has closed its end as well. */
	_exit(failed == 1 || has_ended(pid) ? run_wait(pid) : 0);
}

void close_others(int kept)
{
	int low = started < kept ? started : kept, high = started < kept ? kept : started, from = 3;

	/* What tells the parent of a failure stays until a program runs. */
	for (int i = 0; i < 2; i++) {
		int one = i ? high : low;

		if (one < from)
			continue;
		if (one > from)
			syscall(SYS_close_range, from, one - 1, 0);
		from = one + 1;
	}
	syscall(SYS_close_range, from, ~0u, 0);
}

int write_all(int fd, const char *data, ssize_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			length -= n;
		}
	}
	return 0;
}

int open_null(void)
{
	enum { SET_STRING = 1, CREATE = 6 };
	int fs = syscall(SYS_fsopen, "tmpfs", 1), mount = -1, null = -1;

	if (fs >= 0 && !syscall(SYS_fsconfig, fs, SET_STRING, "size", "4096", 0) && !syscall(SYS_fsconfig, fs, CREATE, NULL, NULL, 0))
		mount = syscall(SYS_fsmount, fs, 1, 0);
	if (mount >= 0 && !mknodat(mount, "null", S_IFCHR | 0666, makedev(1, 3)))
		null = openat(mount, "null", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fs >= 0)
		close(fs);
	if (mount >= 0)
		close(mount);
	/* Who may not mount enters no guest either. */
	return null >= 0 ? null : open("/dev/null", O_RDWR | O_CLOEXEC);
}

void close_on_exec(void)
{
	enum { ON_EXEC = 4 };

	syscall(SYS_close_range, 3, ~0u, ON_EXEC);
}
