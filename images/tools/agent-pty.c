// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals: a command in a pty, streamed both ways with credits. They outlive a session of the protocol.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

#define MAX_PTYS	64
#define MAX_ARGS	64
#define QUEUE_SIZE	(16 * 1024)
/* Credit is granted in steps, so that a paste does not cost a frame a byte. */
#define CREDIT_STEP	4096

struct pty {
	struct pty *next;
	uint32_t id;
	int master;
	int slave;		/* kept until the process is reaped, or a moment without a writer would look like the end */
	pid_t pid;
	int status;
	bool reaped, drained;
	bool attached;
	uint64_t rest;		/* until then output gathers */
	uint32_t credit;	/* the host takes that many bytes more */
	uint32_t granted;	/* the host may send that many bytes more */
	uint8_t queue[QUEUE_SIZE];
	size_t start, len;	/* a ring */
	uint16_t rows, cols;
};

static struct pty *ptys;
static uint32_t last_id;

static struct pty *pty_find(uint32_t id)
{
	struct pty *one = ptys;

	while (one && one->id != id)
		one = one->next;
	return one;
}

static void pty_free(struct pty *gone)
{
	struct pty **link = &ptys;

	while (*link != gone)
		link = &(*link)->next;
	*link = gone->next;
	if (gone->slave >= 0)
		close(gone->slave);
	close(gone->master);
	free(gone);
}

static void set_size(struct pty *one, uint16_t rows, uint16_t cols)
{
	struct winsize size = { .ws_row = rows, .ws_col = cols };

	one->rows = rows;
	one->cols = cols;
	ioctl(one->master, TIOCSWINSZ, &size);
}

static void send_opened(uint32_t call, struct pty *one, uint32_t credit)
{
	uint8_t payload[12];

	one->attached = true;
	one->credit = credit;
	one->granted = QUEUE_SIZE - one->len;
	put16(put16(put32(put32(payload, one->id), one->granted), one->rows), one->cols);
	send_frame(MSG_PTY_OPENED, 0, call, payload, sizeof(payload));
}

static void run_in_pty(int slave, char **argv)
{
	static char *login[] = { "-sh", NULL };

	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	dup2(slave, 0);
	dup2(slave, 1);
	dup2(slave, 2);
	child_setup();
	if (argv[0])
		execvpe(argv[0], argv, child_environment);
	else
		execve("/bin/sh", login, child_environment);
	dprintf(2, "cannot run %s: %s\r\n", argv[0] ? argv[0] : "/bin/sh", strerror(errno));
	_exit(127);
}

/* Splits NUL-terminated words; false when the last has no end or there are too many. */
static bool split_words(char *text, size_t len, char **argv)
{
	int count = 0;

	if (len && text[len - 1])
		return false;
	for (size_t at = 0; at < len; at += strlen(text + at) + 1) {
		if (count == MAX_ARGS)
			return false;
		argv[count++] = text + at;
	}
	argv[count] = NULL;
	return true;
}

static struct pty *pty_new(void)
{
	struct pty *one;
	int count = 0;
	int zero = 0;

	for (one = ptys; one; one = one->next)
		count++;
	one = count < MAX_PTYS ? calloc(1, sizeof(*one)) : NULL;
	if (!one) {
		errno = EAGAIN;
		return NULL;
	}
	one->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (one->master < 0)
		goto fail;
	one->slave = -1;
	if (!ioctl(one->master, TIOCSPTLCK, &zero))
		one->slave = ioctl(one->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (one->slave < 0)
		goto fail_master;
	one->id = ++last_id;
	return one;

fail_master:
	close(one->master);
fail:
	free(one);
	return NULL;
}

void pty_open(const struct request *request)
{
	char *argv[MAX_ARGS + 1], *words = NULL;
	struct pty *one;

	if (request->len >= 8)
		words = malloc(request->len);
	if (!words) {
		send_error(request->id, request->len < 8 ? EINVAL : ENOMEM, "open pty");
		return;
	}
	memcpy(words, request->data + 8, request->len - 8);
	if (!split_words(words, request->len - 8, argv)) {
		send_error(request->id, EINVAL, "open pty");
		goto out;
	}
	one = pty_new();
	if (!one) {
		send_error(request->id, errno, "open pty");
		goto out;
	}
	set_size(one, get16(request->data), get16(request->data + 2));
	one->pid = fork();
	if (one->pid == 0)
		run_in_pty(one->slave, argv);
	one->next = ptys;
	ptys = one;
	if (one->pid < 0) {
		send_error(request->id, errno, "open pty");
		pty_free(one);
		goto out;
	}
	send_opened(request->id, one, get32(request->data + 4));
out:
	free(words);
}

void pty_attach(const struct request *request)
{
	struct pty *one = request->len == 8 ? pty_find(get32(request->data)) : NULL;

	if (one)
		send_opened(request->id, one, get32(request->data + 4));
	else
		send_error(request->id, ENOENT, "attach pty");
}

void pty_resize(const struct request *request)
{
	struct pty *one = request->len == 8 ? pty_find(get32(request->data)) : NULL;

	if (!one) {
		send_error(request->id, ENOENT, "resize pty");
		return;
	}
	set_size(one, get16(request->data + 4), get16(request->data + 6));
	send_ok(request->id);
}

/* Closing the master hangs up: SIGHUP to the session. Its leader is reaped as a child that nobody knows. */
void pty_close(const struct request *request)
{
	struct pty *one = request->len == 4 ? pty_find(get32(request->data)) : NULL;

	if (!one) {
		send_error(request->id, ENOENT, "close pty");
		return;
	}
	pty_free(one);
	send_ok(request->id);
}

void pty_input(const struct request *request)
{
	struct pty *one = pty_find(request->id);

	if (!one || !one->attached || request->len > one->granted) {
		send_error(request->id, one ? ENOBUFS : ENOENT, "input of pty");
		return;
	}
	one->granted -= request->len;
	for (size_t i = 0; i < request->len; i++)
		one->queue[(one->start + one->len++) % QUEUE_SIZE] = request->data[i];
}

void pty_credit(const struct request *request)
{
	struct pty *one = pty_find(request->id);

	if (!one || request->len != 4)
		send_error(request->id, one ? EINVAL : ENOENT, "credit of pty");
	else
		one->credit += get32(request->data);
}

bool pty_reaped(pid_t pid, int status)
{
	for (struct pty *one = ptys; one; one = one->next) {
		if (one->pid == pid && !one->reaped) {
			one->reaped = true;
			one->status = status;
			one->rest = 0;
			close(one->slave);
			one->slave = -1;
			return true;
		}
	}
	return false;
}

static bool wants_output(const struct pty *one)
{
	return one->attached && !one->drained && one->credit && out_room() >= ROOM_FOR_PRODUCER;
}

size_t pty_poll(struct pollfd *fds, size_t room, uint64_t *deadline)
{
	size_t count = 0;

	for (struct pty *one = ptys; one && count < room; one = one->next) {
		bool wants = wants_output(one);
		short events = (wants && !one->rest ? POLLIN : 0) | (one->len ? POLLOUT : 0);

		if (wants && one->rest && one->rest < *deadline)
			*deadline = one->rest;
		/* Without events even a hangup, which poll always reports, must not wake us again and again. */
		if (events && !one->drained)
			fds[count++] = (struct pollfd){ one->master, events, 0 };
	}
	return count;
}

static void push_input(struct pty *one)
{
	uint32_t grant;
	uint8_t payload[4];

	while (one->len) {
		size_t run = QUEUE_SIZE - one->start < one->len ? QUEUE_SIZE - one->start : one->len;
		ssize_t n = write(one->master, one->queue + one->start, run);

		if (n < 0 && errno == EIO)
			n = run;	/* nobody will ever read it */
		if (n <= 0)
			break;
		one->start = (one->start + n) % QUEUE_SIZE;
		one->len -= n;
	}
	grant = QUEUE_SIZE - one->len - one->granted;
	if (!one->attached || !grant || (one->len && grant < CREDIT_STEP) || out_room() < ROOM_FOR_ANSWER)
		return;
	one->granted += grant;
	put32(payload, grant);
	send_frame(MSG_PTY_CREDIT, 0, one->id, payload, sizeof(payload));
}

static void pull_output(struct pty *one, uint64_t now)
{
	uint8_t buffer[MAX_PAYLOAD];

	while (wants_output(one)) {
		ssize_t n = read(one->master, buffer, one->credit < sizeof(buffer) ? one->credit : sizeof(buffer));

		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			/* All that it wrote has come: a read looks for what is on its way. Who holds the slave still is not waited for. */
			one->drained = one->reaped && errno == EAGAIN;
			return;
		}
		if (n <= 0) {
			one->drained = true;
			return;
		}
		one->credit -= n;
		send_frame(MSG_PTY_DATA, 0, one->id, buffer, n);
		if ((size_t)n < sizeof(buffer) && !one->reaped) {
			one->rest = now + GATHER_NS;
			return;
		}
	}
}

void pty_run(uint64_t now)
{
	struct pty *one, *next;
	uint8_t payload[4];

	for (one = ptys; one; one = next) {
		next = one->next;
		push_input(one);
		if (now >= one->rest) {
			one->rest = 0;
			pull_output(one, now);
		}
		if (one->reaped && one->drained && one->attached && out_room() >= ROOM_FOR_ANSWER) {
			put32(payload, one->status);
			send_frame(MSG_PTY_EXIT, 0, one->id, payload, sizeof(payload));
			pty_free(one);
		}
	}
}

void pty_detach_all(void)
{
	for (struct pty *one = ptys; one; one = one->next)
		one->attached = false;
}

size_t pty_list(uint8_t *out, size_t room)
{
	uint8_t *p = out;

	for (struct pty *one = ptys; one && (size_t)(p - out) + 8 <= room; one = one->next)
		p = put16(put16(put32(p, one->id), one->rows), one->cols);
	return p - out;
}
