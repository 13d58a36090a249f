// SPDX-License-Identifier: GPL-2.0-only
/* Programs of a guest, apart from who has them run. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "apart.h"

/* What is still shown of those that the child has left behind. */
#define LAST_WORDS	(256 * 1024)

static struct {
	int fd;
	sigset_t before;
	struct sigaction pipe;
	int depth;
	bool seen;
} signals = { .fd = -1 };

/* Those that would end the parent are read; what its caller has it ignore (nohup) stays ignored. */
int apart_hold(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, now;
	sigset_t held;

	if (signals.depth++)
		return 0;
	signals.seen = false;
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

	if (read(signals.fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	signals.seen = true;
	return info.ssi_signo;
}

bool apart_interrupted(void)
{
	return held_signal() || signals.seen;
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

/* The ends of one side of the pipes. */
static void close_pipes(struct apart *apart, int side)
{
	for (int which = 0; which < 2; which++) {
		if (apart->shown[which][side] >= 0)
			close(apart->shown[which][side]);
		apart->shown[which][side] = -1;
	}
}

int apart_fork(struct apart *apart, unsigned int fds, uint64_t flags)
{
	*apart = (struct apart){ .fds = fds, .pidfd = -1, .null = open_null(), .shown = { { -1, -1 }, { -1, -1 } } };
	if (apart->null < 0)
		return tool_failed("/dev/null"), -1;
	apart->together = (fds & APART_OUTPUT) && (fds & APART_ERRORS) && are_one();
	for (int which = 0; which < 2; which++)
		if (is_shown(apart, which) && pipe2(apart->shown[which], O_CLOEXEC))
			return tool_failed("pipe"), -1;
	if (apart_hold())
		return -1;
	fflush(stdout);
	apart->pid = syscall(SYS_clone, (unsigned long)flags | SIGCHLD, 0, 0, 0, 0);
	if (apart->pid == 0) {
		release_all();
		close_pipes(apart, 0);
		return 0;
	}
	close_pipes(apart, 1);
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
	sigset_t none;

	for (int fd = 0; fd <= 2; fd++) {
		int which = fd == 2 && !apart->together, mine = fd && is_shown(apart, which) ? apart->shown[which][1] : apart->null;

		if ((apart->fds & (1u << fd)) && dup2(mine, fd) < 0)
			return tool_failed("/dev/null"), -1;
	}
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
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
	char data[PIPE_BUF];
	ssize_t length, done;
	int lost;	/* errno of what could not be shown */
};

/* As much as a pipe that is ready takes at once, or this would wait in here, deaf to signals. Returns how much that was. */
static ssize_t show(struct pending *pending, int fd)
{
	ssize_t left = pending->length - pending->done, n;

	n = write(fd, pending->data + pending->done, left);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		pending->lost = errno;
		n = left;
	}
	if (n > 0)
		pending->done += n;
	return n;
}

/* More of what is printed, or the end of it. */
static void take(struct apart *apart, int which, struct pending *pending)
{
	ssize_t n = read(apart->shown[which][0], pending->data, sizeof(pending->data));

	pending->done = pending->length = 0;
	if (n > 0 && !pending->lost)
		pending->length = n;
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	close(apart->shown[which][0]);
	apart->shown[which][0] = -1;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

static int reap(struct apart *apart)
{
	int code = run_wait(apart->pid);

	close(apart->pidfd);
	apart->pidfd = -1;
	return code;
}

/* What to look at: where there is something to show where it goes, else what is printed. Returns whether there is nothing to show. */
static bool look_at(const struct apart *apart, const struct pending pending[2], struct pollfd polled[2])
{
	bool idle = true;

	for (int i = 0; i < 2; i++) {
		bool full = pending[i].done < pending[i].length;

		polled[i] = (struct pollfd){ .fd = full ? i + 1 : apart->shown[i][0], .events = full ? POLLOUT : POLLIN };
		idle &= !full;
	}
	return idle;
}

int apart_wait(struct apart *apart, int seconds, bool forward)
{
	enum { CHILD = 2, SIGNALS, ALL };
	static struct pending pending[2];
	long long end = seconds ? now_ms() + seconds * 1000ll : 0;
	ssize_t last = LAST_WORDS;
	bool ended = false, idle = true;

	for (int i = 0; i < 2; i++)
		pending[i].length = pending[i].done = pending[i].lost = 0;
	while (!ended || !idle || last > 0) {
		struct pollfd polled[ALL] = { [CHILD] = { .fd = ended ? -1 : apart->pidfd, .events = POLLIN }, [SIGNALS] = { .fd = signals.fd, .events = POLLIN } };
		long long left = end ? end - now_ms() : 0;
		int ready, sig;

		idle = look_at(apart, pending, polled);
		if (end && left <= 0 && !ended)
			return APART_LATE;
		/* Of one that has ended what is there by now is shown. */
		ready = poll(polled, ALL, ended && idle ? 0 : end && !ended ? left + 1 : -1);
		if (ready < 0)
			continue;
		if (ready == 0 && ended)
			break;
		if (polled[SIGNALS].revents && (sig = held_signal())) {
			if (!forward)
				return APART_INTERRUPTED;
			if (ended)
				break;
			/* With all that it has in its foreground. */
			if (kill(-apart->pid, sig))
				kill(apart->pid, sig);
		}
		for (int i = 0; i < 2; i++) {
			if (polled[i].revents && polled[i].events == POLLOUT)
				last -= show(pending + i, i + 1) > 0 && ended ? PIPE_BUF : 0;
			else if (polled[i].revents)
				take(apart, i, pending + i);
		}
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

/* Until all have closed what they print to, and with nothing of the caller's: whoever waits for the end of his output is not to wait for this. */
static void drain(const int pipes[2])
{
	static char data[PIPE_BUF];
	struct pollfd polled[2] = { { .fd = pipes[0], .events = POLLIN }, { .fd = pipes[1], .events = POLLIN } };

	setsid();
	if (chdir("/"))
		_exit(1);
	for (int fd = sysconf(_SC_OPEN_MAX); fd >= 0; fd--)
		if (fd != pipes[0] && fd != pipes[1])
			close(fd);
	while (polled[0].fd >= 0 || polled[1].fd >= 0) {
		if (poll(polled, 2, -1) < 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (polled[i].revents && read(polled[i].fd, data, sizeof(data)) <= 0)
				polled[i].fd = -1;
	}
	_exit(0);
}

/* Whether somebody may still print: the other end of a pipe is open, or there is something in it. */
static bool is_open(int pipe)
{
	struct pollfd polled = { .fd = pipe, .events = POLLIN };

	return pipe >= 0 && (poll(&polled, 1, 0) == 0 || (polled.revents & POLLIN) || !(polled.revents & POLLHUP));
}

void apart_end(struct apart *apart)
{
	const int pipes[2] = { apart->shown[0][0], apart->shown[1][0] };

	if (apart->pidfd >= 0)
		close(apart->pidfd);
	apart->pidfd = -1;
	if ((is_open(pipes[0]) || is_open(pipes[1])) && fork() == 0)
		drain(pipes);
	close_pipes(apart, 0);
	close(apart->null);
	apart_release();
}
