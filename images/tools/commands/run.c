// SPDX-License-Identifier: GPL-2.0-only
/* Becoming a program: apart from the caller's session, and in step with somebody else. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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
		null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (null >= 0)
			dup2(null, 0);
		return 0;
	}
	close(ends[1]);
	do {
		failed = read(ends[0], &byte, 1);
	} while (failed < 0 && errno == EINTR);
	_exit(failed == 1 ? run_wait(pid) : 0);
}

void close_others(void)
{
	/* What tells the parent of a failure closes with exec. */
	if (started > 3)
		syscall(SYS_close_range, 3, started - 1, 0);
	syscall(SYS_close_range, started < 3 ? 3 : started + 1, ~0u, 0);
}
