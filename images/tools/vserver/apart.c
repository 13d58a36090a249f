// SPDX-License-Identifier: GPL-2.0-only
/* Programs of a guest, apart from who has them run. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "apart.h"

/* What a socket takes in one write; a longer one is refused there. */
#define MESSAGE	(256 * 1024)
/* What is still shown of those that the child has left behind. */
#define LAST_WORDS	(256 * 1024)

static struct {
	int fd;
	sigset_t before;
	struct sigaction pipe;
	int depth;
} signals = { .fd = -1 };

/* Those that would end the parent are read; what its caller has it ignore (nohup) stays ignored. */
int apart_hold(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, now;
	sigset_t held;

	if (signals.depth++)
		return 0;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(&held, ends[i]);
	signals.fd = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals.fd < 0)
		return tool_failed("signals"), -1;
	sigaction(SIGPIPE, &ignore, &signals.pipe);
	sigprocmask(SIG_BLOCK, &held, &signals.before);
	return 0;
}

static void release_all(void)
{
	signals.depth = 0;
	close(signals.fd);
	signals.fd = -1;
	sigaction(SIGPIPE, &signals.pipe, NULL);
	sigprocmask(SIG_SETMASK, &signals.before, NULL);
}

void apart_release(void)
{
	if (--signals.depth == 0)
		release_all();
}

/* The signal that has come, or 0. */
static int held_signal(void)
{
	struct signalfd_siginfo info;

	return read(signals.fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}

bool apart_interrupted(void)
{
	return held_signal();
}

static bool is_shown(const struct apart *apart, int which)
{
	return !(apart->fds & APART_SILENT) && (apart->fds & (APART_OUTPUT << which)) && !(which && apart->together);
}

/* Whether output and errors go to the same place. */
static bool are_one(void)
{
	struct stat output, errors;

	return !fstat(1, &output) && !fstat(2, &errors) && output.st_dev == errors.st_dev && output.st_ino == errors.st_ino;
}

/* The ends of one side of the sockets. */
static void close_sockets(struct apart *apart, int side)
{
	for (int which = 0; which < 2; which++)
		if (is_shown(apart, which))
			close(apart->shown[which][side]);
}

int apart_fork(struct apart *apart, unsigned int fds, uint64_t flags)
{
	*apart = (struct apart){ .fds = fds, .pidfd = -1, .null = open("/dev/null", O_RDWR | O_CLOEXEC) };
	if (apart->null < 0)
		return tool_failed("/dev/null"), -1;
	apart->together = (fds & APART_OUTPUT) && (fds & APART_ERRORS) && are_one();
	for (int which = 0; which < 2; which++)
		if (is_shown(apart, which) && socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, apart->shown[which]))
			return tool_failed("socketpair"), -1;
	if (apart_hold())
		return -1;
	fflush(stdout);
	apart->pid = syscall(SYS_clone, SIGCHLD | flags, 0, 0, 0, 0);
	if (apart->pid == 0) {
		release_all();
		close_sockets(apart, 0);
		return 0;
	}
	close_sockets(apart, 1);
	if (apart->pid < 0) {
		tool_failed("fork");
		apart_end(apart);
		return -1;
	}
	apart->pidfd = syscall(SYS_pidfd_open, apart->pid, 0);
	if (apart->pidfd >= 0)
		return 0;
	tool_failed("pidfd_open");
	kill(apart->pid, SIGKILL);
	run_wait(apart->pid);
	apart_end(apart);
	return -1;
}

int apart_take(struct apart *apart)
{
	setsid();
	for (int fd = 0; fd <= 2; fd++) {
		int which = fd == 2 && !apart->together, mine = fd && is_shown(apart, which) ? apart->shown[which][1] : apart->null;

		if ((apart->fds & (1u << fd)) && dup2(mine, fd) < 0)
			return tool_failed("/dev/null"), -1;
	}
	return 0;
}

bool apart_readable(int fd)
{
	struct pollfd polled[] = { { .fd = fd, .events = POLLIN }, { .fd = signals.fd, .events = POLLIN } };

	for (;;) {
		if (poll(polled, 2, -1) < 0)
			continue;
		if (polled[1].revents && held_signal())
			return false;
		if (polled[0].revents)
			return true;
	}
}

/* What one of the two has printed and is not shown yet. */
struct pending {
	char data[MESSAGE];
	ssize_t length, done;
	int lost;	/* errno of what could not be shown */
};

static void show(struct pending *pending, int fd)
{
	ssize_t left = pending->length - pending->done, n;

	/* No more than a pipe that is ready takes at once, or this would wait in here, deaf to signals. */
	n = write(fd, pending->data + pending->done, left > 4096 ? 4096 : left);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		pending->lost = errno;
		n = left;
	}
	if (n > 0)
		pending->done += n;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static int reap(struct apart *apart)
{
	apart->code = run_wait(apart->pid);
	close(apart->pidfd);
	apart->pidfd = -1;
	return apart->code;
}

int apart_wait(struct apart *apart, int seconds, bool forward)
{
	enum { CHILD = 2, SIGNALS, ALL };
	static struct pending pending[2];
	long long end = seconds ? now_ms() + seconds * 1000ll : 0;
	ssize_t last = LAST_WORDS;
	bool ended = false;

	for (int i = 0; i < 2; i++)
		pending[i].length = pending[i].done = pending[i].lost = 0;
	for (;;) {
		struct pollfd polled[ALL] = { [CHILD] = { .fd = ended ? -1 : apart->pidfd, .events = POLLIN }, [SIGNALS] = { .fd = signals.fd, .events = POLLIN } };
		long long left = end ? end - now_ms() : 0;
		bool idle = true;
		int sig;

		for (int i = 0; i < 2; i++) {
			bool full = pending[i].done < pending[i].length;

			polled[i].fd = !is_shown(apart, i) ? -1 : full ? i + 1 : apart->shown[i][0];
			polled[i].events = full ? POLLOUT : POLLIN;
			idle &= !full;
		}
		if (end && left <= 0 && !ended)
			return APART_LATE;
		/* Of one that has ended what is there by now is shown. */
		if (poll(polled, ALL, ended && idle ? 0 : end && !ended ? left + 1 : -1) < 0)
			continue;
		if (polled[SIGNALS].revents && (sig = held_signal())) {
			if (!forward)
				return APART_INTERRUPTED;
			/* With all that it has in its foreground. */
			if (!ended && kill(-apart->pid, sig))
				kill(apart->pid, sig);
			continue;
		}
		for (int i = 0; i < 2; i++) {
			if (!polled[i].revents)
				continue;
			idle = false;
			if (polled[i].events == POLLOUT) {
				show(pending + i, i + 1);
				continue;
			}
			pending[i].done = 0;
			pending[i].length = recv(apart->shown[i][0], pending[i].data, MESSAGE, MSG_DONTWAIT);
			if (pending[i].length < 0)
				pending[i].length = 0;
			if (ended)
				last -= pending[i].length + 1;
			if (pending[i].lost)
				pending[i].done = pending[i].length;
		}
		if (ended && (idle || last <= 0))
			break;
		ended |= polled[CHILD].revents;
	}
	for (int i = 0; i < 2; i++)
		if (pending[i].lost)
			tool_wrong("what the guest printed is lost: %s", strerror(pending[i].lost));
	return reap(apart);
}

bool apart_has_ended(const struct apart *apart)
{
	siginfo_t info = { 0 };

	return apart->pidfd < 0 || (!waitid(P_PID, apart->pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == apart->pid);
}

void apart_kill(struct apart *apart)
{
	if (apart->pidfd < 0)
		return;
	kill(-apart->pid, SIGKILL);
	kill(apart->pid, SIGKILL);
	reap(apart);
}

void apart_end(struct apart *apart)
{
	if (apart->pidfd >= 0)
		close(apart->pidfd);
	close_sockets(apart, 0);
	close(apart->null);
	apart->pidfd = -1;
	apart_release();
}
