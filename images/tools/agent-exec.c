// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: /bin/sh -c in a session of its own, its output streamed, with timeout, cancel and a cap.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define MAX_EXECS	64
#define DEFAULT_CAP	(1024 * 1024)
/* How long background children may hold the pipes after the shell's exit. */
#define LINGER_NS	200000000ull

enum { EXITED, TIMEOUT, CANCELLED };

struct exec {
	struct exec *next;
	uint32_t id;
	pid_t pid;
	bool reaped;
	int status;
	uint8_t reason;
	uint8_t capped;
	int fd[2];		/* read ends of stdout and stderr, -1 at their end */
	uint32_t left[2];	/* until the cap */
	uint64_t rest;		/* until then output gathers */
	uint64_t deadline;	/* timeout; after the exit: end of the linger; UINT64_MAX: none */
};

static struct exec *execs;

char *const child_environment[] = {
	"HOME=/root", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", "TERM=xterm-256color", "LANG=C.UTF-8", NULL,
};

/* In the child, before exec: what the agent has changed for itself is put back. */
void child_setup(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	sigset_t none;

	if (fd >= 0 && write(fd, "0", 1) != 1)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/root"))
		_exit(127);
}

static void run_shell(const char *command, int out, int err)
{
	int null = open("/dev/null", O_RDWR);
	char *argv[] = { "sh", "-c", (char *)command, NULL };

	setsid();
	if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	if (null > 2)
		close(null);
	child_setup();
	execve("/bin/sh", argv, child_environment);
	_exit(127);
}

static struct exec *exec_new(const struct request *request)
{
	struct exec *one;
	int count = 0;

	for (one = execs; one; one = one->next)
		count++;
	one = count < MAX_EXECS ? calloc(1, sizeof(*one)) : NULL;
	if (!one) {
		errno = EAGAIN;
		return NULL;
	}
	one->id = request->id;
	one->fd[0] = one->fd[1] = -1;
	one->left[0] = one->left[1] = get32(request->data + 4) ? get32(request->data + 4) : DEFAULT_CAP;
	one->deadline = UINT64_MAX;
	if (get32(request->data))
		one->deadline = monotonic_ns() + get32(request->data) * 1000000ull;
	return one;
}

void exec_start(const struct request *request)
{
	int pipes[2][2] = { { -1, -1 }, { -1, -1 } };
	struct exec *one = NULL;
	char *command = NULL;
	int error = EINVAL;

	if (request->len < 8)
		goto fail;
	command = strndup((const char *)request->data + 8, request->len - 8);
	one = exec_new(request);
	if (!command || !one || pipe2(pipes[0], O_CLOEXEC) || pipe2(pipes[1], O_CLOEXEC))
		goto fail_errno;
	one->pid = fork();
	if (one->pid < 0)
		goto fail_errno;
	if (one->pid == 0)
		run_shell(command, pipes[0][1], pipes[1][1]);
	free(command);
	for (int i = 0; i < 2; i++) {
		close(pipes[i][1]);
		one->fd[i] = pipes[i][0];
		fcntl(one->fd[i], F_SETFL, O_NONBLOCK);
	}
	one->next = execs;
	execs = one;
	return;

fail_errno:
	error = errno;
fail:
	for (int i = 0; i < 4; i++) {
		if (pipes[i / 2][i % 2] >= 0)
			close(pipes[i / 2][i % 2]);
	}
	free(one);
	free(command);
	send_error(request->id, error, "exec");
}

/* Its process group, which is the shell's pid: safe only until the shell is reaped. */
static void exec_kill(struct exec *one, uint8_t reason)
{
	if (one->reaped)
		return;
	one->reason = reason;
	one->deadline = UINT64_MAX;
	kill(-one->pid, SIGKILL);
	/* Before its setsid() the child is no group yet. */
	kill(one->pid, SIGKILL);
}

void exec_cancel(const struct request *request)
{
	uint32_t id = request->len == 4 ? get32(request->data) : 0;

	for (struct exec *one = execs; one; one = one->next) {
		if (one->id == id) {
			exec_kill(one, CANCELLED);
			send_ok(request->id);
			return;
		}
	}
	send_error(request->id, ESRCH, "cancel %u", id);
}

bool exec_reaped(pid_t pid, int status)
{
	for (struct exec *one = execs; one; one = one->next) {
		if (one->pid == pid && !one->reaped) {
			one->reaped = true;
			one->status = status;
			one->rest = 0;
			one->deadline = monotonic_ns() + LINGER_NS;
			return true;
		}
	}
	return false;
}

size_t exec_poll(struct pollfd *fds, size_t room, uint64_t *deadline)
{
	size_t count = 0;

	for (struct exec *one = execs; one; one = one->next) {
		/* An exit that cannot be reported yet waits for room, not for a time that may be past. */
		if (one->deadline < *deadline && !(one->reaped && out_room() < ROOM_FOR_ANSWER))
			*deadline = one->deadline;
		if (out_room() < ROOM_FOR_PRODUCER)
			continue;
		if (one->rest) {
			if (one->rest < *deadline)
				*deadline = one->rest;
			continue;
		}
		for (int i = 0; i < 2; i++) {
			if (one->fd[i] >= 0 && count < room)
				fds[count++] = (struct pollfd){ one->fd[i], POLLIN, 0 };
		}
	}
	return count;
}

/* Over the cap output is still read, so that the command does not block, and thrown away. */
static void exec_read(struct exec *one, int i, uint64_t now)
{
	uint8_t buffer[MAX_PAYLOAD];

	while (one->fd[i] >= 0 && out_room() >= ROOM_FOR_PRODUCER) {
		ssize_t n = read(one->fd[i], buffer + 1, sizeof(buffer) - 1);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			close(one->fd[i]);
			one->fd[i] = -1;
			return;
		}
		if ((size_t)n > one->left[i]) {
			n = one->left[i];
			one->capped |= 1 << i;
		}
		buffer[0] = i + 1;
		if (n)
			send_frame(MSG_EXEC_OUT, 0, one->id, buffer, 1 + n);
		one->left[i] -= n;
		if (one->capped & 1 << i && n == 0)
			return;	/* one buffer a turn, or `yes` would keep the loop for itself */
		if ((size_t)n < sizeof(buffer) - 1 && !one->reaped) {
			one->rest = now + GATHER_NS;
			return;
		}
	}
}

static bool exec_finished(struct exec *one, uint64_t now)
{
	uint8_t payload[6];

	if (!one->reaped || out_room() < ROOM_FOR_ANSWER)
		return false;
	if ((one->fd[0] >= 0 || one->fd[1] >= 0) && now < one->deadline)
		return false;
	put32(payload, one->status);
	payload[4] = one->reason;
	payload[5] = one->capped;
	send_frame(MSG_EXEC_EXIT, 0, one->id, payload, sizeof(payload));
	return true;
}

static void exec_free(struct exec *one)
{
	for (int i = 0; i < 2; i++) {
		if (one->fd[i] >= 0)
			close(one->fd[i]);
	}
	free(one);
}

void exec_run(uint64_t now)
{
	struct exec **link = &execs, *one;

	while ((one = *link)) {
		if (!one->reaped && now >= one->deadline)
			exec_kill(one, TIMEOUT);
		if (now >= one->rest) {
			one->rest = 0;
			exec_read(one, 0, now);
			exec_read(one, 1, now);
		}
		if (exec_finished(one, now)) {
			*link = one->next;
			exec_free(one);
		} else {
			link = &one->next;
		}
	}
}

/* The killed shells are reaped later, as children that nobody knows. */
void exec_forget(void)
{
	struct exec *one;

	while ((one = execs)) {
		execs = one->next;
		exec_kill(one, CANCELLED);
		exec_free(one);
	}
}
