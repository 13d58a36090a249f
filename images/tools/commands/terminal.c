// SPDX-License-Identifier: GPL-2.0-only
/*
 * --vlogin: a terminal of its own for a program in a guest. The guest never has the caller's, so it can neither type into it nor read from
 * it, and the one between the two is no task of the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "run.h"
#include "tool.h"

/* musl 1.2.3 has no name for it: opens the other side of a terminal without its path. */
#ifndef TIOCGPTPEER
#define TIOCGPTPEER	_IO('T', 0x41)
#endif

/* The child's side of the socket that the terminal goes over; -1 without. */
static int to_parent = -1;
/* Whether the first descriptor is a terminal that was made here. */
static bool taken;
/* A terminal of the caller's /dev, for a guest that has none. */
static int spare = -1;
static struct termios before;
static struct winsize size;
static volatile sig_atomic_t resized = 1, ended;

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static void on_end(int sig)
{
	ended = sig;
}

static void restore(void)
{
	tcsetattr(0, TCSADRAIN, &before);
}

/* One descriptor over a socket. */
union passed {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static int send_descriptor(int socket, int fd)
{
	char byte = 0;
	union passed passed = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &passed, .msg_controllen = sizeof(passed) };

	memcpy(CMSG_DATA(&passed.header), &fd, sizeof(fd));
	return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* -1 when the other end has closed without. */
static int receive_descriptor(int socket)
{
	char byte;
	union passed passed;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &passed, .msg_controllen = sizeof(passed) };
	int fd = -1;
	ssize_t got;

	do {
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got == 1 && message.msg_controllen >= CMSG_LEN(sizeof(int)) && passed.header.cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(&passed.header), sizeof(fd));
	return fd;
}

static void pass_size(int master)
{
	resized = 0;
	if (!ioctl(0, TIOCGWINSZ, &size))
		ioctl(master, TIOCSWINSZ, &size);
}

/* What was typed and the guest has not read yet. It is not waited for: a guest that prints and does not read would wait for us. */
struct typed {
	char data[4096];
	ssize_t length, done;
};

static void type(struct typed *typed, int master)
{
	ssize_t n = write(master, typed->data + typed->done, typed->length - typed->done);

	if (n > 0)
		typed->done += n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		typed->done = typed->length;
}

/* Shows what is there; how much, or -1 when the guest's side is closed by all who had it. */
static ssize_t show(int master)
{
	char data[4096];
	ssize_t n = read(master, data, sizeof(data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n > 0 && !write_all(1, data, n) ? n : -1;
}

/* What a terminal may still hold when its child has ended. */
#define LAST_WORDS	65536

/* Until the child has ended, whoever it left behind on its terminal. Signals come only while it sleeps, or one could be missed. */
static void proxy(int master, int child, const sigset_t *open_to)
{
	enum { INPUT, MASTER, CHILD, ALL };
	struct pollfd polled[ALL] = { { .fd = 0 }, { .fd = master }, { .fd = child, .events = POLLIN } };
	struct typed typed = { .length = 0 };
	ssize_t left = LAST_WORDS;

	while (left > 0 && !ended) {
		int pending = typed.done < typed.length;
		ssize_t shown = 0;

		if (resized)
			pass_size(master);
		polled[INPUT].events = pending ? 0 : POLLIN;
		polled[MASTER].events = POLLIN | (pending ? POLLOUT : 0);
		if (ppoll(polled, ALL, NULL, open_to) < 0)
			continue;	/* a signal: its flag is looked at */
		if (polled[MASTER].revents & POLLOUT)
			type(&typed, master);
		if (polled[MASTER].revents & (POLLIN | POLLHUP)) {
			shown = show(master);
			if (shown < 0)
				return;
		}
		if (polled[CHILD].revents)
			left = shown ? left - shown : 0;
		if (polled[INPUT].revents && !pending) {
			typed.length = read(0, typed.data, sizeof(typed.data));
			typed.done = 0;
			if (typed.length <= 0)
				polled[INPUT].fd = -1;	/* no more input; what is still printed is shown */
		} else if (polled[INPUT].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			polled[INPUT].fd = -1;
		}
	}
}

static int stay_between(int from_child, pid_t pid)
{
	static const int ends[] = { SIGHUP, SIGTERM, SIGINT, SIGQUIT };
	struct sigaction action = { .sa_handler = on_resize };
	struct termios raw;
	sigset_t blocked, usual;
	unsigned int number;
	int master = receive_descriptor(from_child);

	/* It has failed, and said why. A descriptor that is no terminal is somebody's joke. */
	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		return run_wait(pid);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	sigaction(SIGWINCH, &action, NULL);
	action.sa_handler = on_end;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], &action, NULL);
		sigaddset(&blocked, ends[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &usual);
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(0, TCSADRAIN, &raw);
	fcntl(master, F_SETFL, O_NONBLOCK);
	proxy(master, syscall(SYS_pidfd_open, pid, 0), &usual);
	restore();
	close(master);	/* who still runs there gets SIGHUP */
	/* One that does not heed that is waited for, and may be left. */
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		signal(ends[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return ended ? 128 + ended : run_wait(pid);
}

int run_on_terminal(void)
{
	int ends[2];
	pid_t pid;

	if (!isatty(1) || tcgetattr(0, &before))
		return 0;
	ioctl(0, TIOCGWINSZ, &size);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		tool_failed("socketpair");
		return -1;
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		tool_failed("fork");
		return -1;
	}
	if (pid) {
		close(ends[1]);
		_exit(stay_between(ends[0], pid));
	}
	close(ends[0]);
	to_parent = ends[1];
	spare = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	return 0;
}

/* The /dev of a guest is the guest's: a link in there leads to no file that only its opener may open. */
static int open_master(void)
{
	struct open_how how = { .flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, .resolve = RESOLVE_NO_MAGICLINKS };

	return syscall(SYS_openat2, AT_FDCWD, "/dev/ptmx", &how, sizeof(how));
}

int run_take_terminal(void)
{
	int master, slave = -1, unlocked = 0;
	unsigned int number;

	if (to_parent < 0)
		return 0;
	master = open_master();
	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		master = spare;
	if (master >= 0 && !ioctl(master, TIOCSPTLCK, &unlocked))
		slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0) {
		tool_failed("/dev/ptmx");
		return -1;
	}
	tcsetattr(slave, TCSANOW, &before);
	ioctl(slave, TIOCSWINSZ, &size);
	if (send_descriptor(to_parent, master)) {
		tool_failed("hand over the terminal");
		return -1;
	}
	close(to_parent);
	close(master);
	close(spare);
	to_parent = -1;
	taken = true;
	/* What is a file or a pipe of the caller's stays one. */
	for (int fd = 0; fd <= 2; fd++) {
		if (isatty(fd) && dup2(slave, fd) < 0) {
			tool_failed("take the terminal");
			return -1;
		}
	}
	return 0;
}

int run_control_terminal(void)
{
	if (!taken)
		return 0;
	setsid();
	if (!ioctl(1, TIOCSCTTY, 0))
		return 0;
	tool_failed("take the terminal");
	return -1;
}

int run_give_terminal(uid_t uid)
{
	return taken ? fchown(0, uid, -1) : 0;
}
