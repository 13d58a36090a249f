// SPDX-License-Identifier: GPL-2.0-only
/*
 * agent: answers requests on the port that is its standard input: a virtio console, or a virtio serial port. Started again by init when it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <linux/random.h>

#include "agent.h"

#define PORT		STDIN_FILENO
#define MAX_POLL	256
#define MAX_ASSEMBLIES	16
#define VERSION		1

/* A request of which not all frames have come. */
struct assembly {
	struct assembly *next;
	uint32_t id;
	uint8_t type;
	size_t len;
	uint8_t *data;		/* NULL: over MAX_REQUEST and refused, the rest is skipped */
};

static struct {
	bool open;		/* between HELLO and the next one */
	bool ack_due;
	uint32_t received;	/* bytes of the port since the end of HELLO */
	uint64_t started;
	struct assembly *assemblies;
} session;

/* What the port gave and no handler has seen yet; @counted of it is in session.received. */
static struct {
	uint8_t bytes[8192];
	size_t start, end;
	size_t frame;		/* length of the frame being collected, over MAX_ENCODED: skip to its end */
	uint8_t encoded[MAX_ENCODED];
} in;

uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void assembly_drop(struct assembly **link)
{
	struct assembly *one = *link;

	*link = one->next;
	free(one->data);
	free(one);
}

/* Everything of the session before, except the ptys, is forgotten. */
static void handle_hello(const struct request *request)
{
	uint8_t reply[MAX_PAYLOAD], *p = reply;

	if (request->len < 12)
		return;
	while (session.assemblies)
		assembly_drop(&session.assemblies);
	exec_forget();
	streams_forget();
	pty_detach_all();
	out_reset();
	session.open = true;
	/* What follows HELLO in the input buffer belongs to the new session and has been read. */
	session.received = in.end - in.start;
	session.ack_due = session.received > 0;
	p = put32(p, VERSION);
	memcpy(p, request->data + 4, 8);
	p = put64(p + 8, session.started);
	p += pty_list(p, reply + sizeof(reply) - p);
	send_frame(MSG_WELCOME, 0, 0, reply, p - reply);
}

static void handle_clock(const struct request *request)
{
	struct {
		struct rand_pool_info info;
		uint8_t seed[32];
	} pool = { .info = { .entropy_count = 256, .buf_size = 32 } };
	struct timespec time;
	int fd;

	if (request->len != 44) {
		send_error(request->id, EINVAL, "clock");
		return;
	}
	time.tv_sec = get64(request->data);
	time.tv_nsec = get32(request->data + 8);
	if (clock_settime(CLOCK_REALTIME, &time)) {
		send_error(request->id, errno, "clock");
		return;
	}
	memcpy(pool.info.buf, request->data + 12, 32);
	fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) || ioctl(fd, RNDRESEEDCRNG))
		send_error(request->id, errno, "/dev/urandom");
	else
		send_ok(request->id);
	if (fd >= 0)
		close(fd);
}

static void dispatch(const struct request *request)
{
	static const struct {
		uint8_t type;
		void (*handle)(const struct request *request);
	} handlers[] = {
		{ MSG_EXEC, exec_start },
		{ MSG_CANCEL, exec_cancel },
		{ MSG_READ, file_read },
		{ MSG_WRITE, file_write },
		{ MSG_SNAPSHOT, snapshot_take },
		{ MSG_CLOCK, handle_clock },
		{ MSG_PTY_OPEN, pty_open },
		{ MSG_PTY_ATTACH, pty_attach },
		{ MSG_PTY_RESIZE, pty_resize },
		{ MSG_PTY_CLOSE, pty_close },
		{ MSG_PTY_DATA, pty_input },
		{ MSG_PTY_CREDIT, pty_credit },
	};

	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (handlers[i].type == request->type) {
			handlers[i].handle(request);
			return;
		}
	}
	send_error(request->id, ENOSYS, "message type 0x%02x", request->type);
}

static struct assembly *assembly_new(const struct request *part)
{
	struct assembly *one;
	int count = 0;

	for (one = session.assemblies; one; one = one->next)
		count++;
	one = count < MAX_ASSEMBLIES ? calloc(1, sizeof(*one)) : NULL;
	if (one) {
		one->data = malloc(MAX_REQUEST);
		one->id = part->id;
		one->type = part->type;
		one->next = session.assemblies;
		session.assemblies = one;
		if (one->data)
			return one;
		assembly_drop(&session.assemblies);
	}
	send_error(part->id, ENOMEM, "request in several frames");
	return NULL;
}

static void assemble(const struct request *part, bool more)
{
	struct assembly **link = &session.assemblies;
	struct assembly *one;

	while (*link && ((*link)->id != part->id || (*link)->type != part->type))
		link = &(*link)->next;
	one = *link;
	if (!one && !more) {
		dispatch(part);
		return;
	}
	if (!one) {
		one = assembly_new(part);
		if (!one)
			return;
		link = &session.assemblies;
	}
	if (one->data && part->len > MAX_REQUEST - one->len) {
		send_error(part->id, E2BIG, "request");
		free(one->data);
		one->data = NULL;
	}
	if (one->data) {
		memcpy(one->data + one->len, part->data, part->len);
		one->len += part->len;
	}
	if (more)
		return;
	if (one->data)
		dispatch(&(struct request){ one->type, one->id, one->data, one->len });
	/* The handler may have put nothing else on this list: only frames do. */
	assembly_drop(link);
}

/* A whole frame, decoded where it stands. Before HELLO nothing is answered: it may be meant for the agent before us. */
static void handle_frame(uint8_t *raw, ssize_t len)
{
	struct request part;

	if (len >= HEADER_SIZE) {
		part.type = raw[0];
		part.id = get32(raw + 4);
		part.data = raw + HEADER_SIZE;
		part.len = len - HEADER_SIZE;
	}
	if (len >= HEADER_SIZE && get16(raw + 2) == part.len && part.len <= MAX_PAYLOAD) {
		if (part.type == MSG_HELLO)
			handle_hello(&part);
		else if (session.open)
			assemble(&part, raw[1] & FLAG_MORE);
	} else if (session.open) {
		send_error(len >= HEADER_SIZE ? part.id : 0, EBADMSG, "malformed frame");
	}
}

/* Takes whole frames out of the input for as long as there is room to answer them. */
static void handle_input(void)
{
	while (in.start < in.end && out_room() >= ROOM_FOR_ANSWER) {
		uint8_t byte = in.bytes[in.start++];

		if (byte) {
			if (in.frame < MAX_ENCODED)
				in.encoded[in.frame] = byte;
			if (in.frame <= MAX_ENCODED)
				in.frame++;
			continue;
		}
		if (in.frame > MAX_ENCODED) {
			if (session.open)
				send_error(0, EMSGSIZE, "frame");
		} else if (in.frame > 0) {
			handle_frame(in.encoded, cobs_decode(in.encoded, in.encoded, in.frame));
		}
		in.frame = 0;
	}
	if (in.start == in.end)
		in.start = in.end = 0;
}

static void read_port(void)
{
	ssize_t n = read(PORT, in.bytes + in.end, sizeof(in.bytes) - in.end);

	if (n > 0) {
		in.end += n;
		session.received += n;
		session.ack_due = true;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		exit(1);	/* the port was hung up: init opens it again for the next agent */
	}
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (!exec_reaped(pid, status))
			pty_reaped(pid, status);
	}
}

static void send_ack(void)
{
	uint8_t count[4];

	if (!session.open || !session.ack_due || out_room() < ROOM_FOR_ANSWER)
		return;
	put32(count, session.received);
	send_frame(MSG_ACK, 0, 0, count, sizeof(count));
	session.ack_due = false;
}

static void wait_for_work(void)
{
	struct pollfd fds[MAX_POLL] = { { .fd = PORT } };
	struct timespec timeout, *until = NULL;
	uint64_t deadline = UINT64_MAX;
	sigset_t none;
	size_t count = 1;

	if (out_waits())
		fds[0].events |= POLLOUT;
	if (in.end < sizeof(in.bytes))
		fds[0].events |= POLLIN;
	count += exec_poll(fds + count, MAX_POLL - count, &deadline);
	count += pty_poll(fds + count, MAX_POLL - count, &deadline);
	/* A file that is being read has always more to give: it waits for room only, that is for POLLOUT. */
	if (streams_wait() && out_room() >= ROOM_FOR_PRODUCER)
		deadline = 0;
	if (deadline != UINT64_MAX) {
		uint64_t now = monotonic_ns(), left = deadline > now ? deadline - now : 0;

		timeout = (struct timespec){ left / 1000000000, left % 1000000000 };
		until = &timeout;
	}
	sigemptyset(&none);
	if (ppoll(fds, count, until, &none) <= 0)
		return;
	if (fds[0].revents & POLLIN)
		read_port();
	else if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		exit(1);	/* the port was hung up: init opens it again for the next agent */
}

static void on_child(int signal)
{
	(void)signal;	/* it only ends ppoll() */
}

static void prepare(void)
{
	struct termios raw;
	sigset_t child;
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		/* Without it a guest that eats all memory may take us along: worth a line, not our end. */
		if (write(fd, "-1000", 5) != 5)
			perror("agent: oom_score_adj");
		close(fd);
	}
	/* Before every ordinary process, so that it answers beside a fork bomb; its children are ordinary again. musl's wrapper only fails. */
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &(struct sched_param){ .sched_priority = 1 }))
		perror("agent: scheduler");
	if (tcgetattr(PORT, &raw) == 0) {
		cfmakeraw(&raw);
		tcsetattr(PORT, TCSANOW, &raw);
	}
	fcntl(PORT, F_SETFL, O_NONBLOCK);
	fcntl(PORT, F_SETFD, FD_CLOEXEC);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = on_child }, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int agent_main(int argc, char **argv);
int agent_main(int argc, char **argv)
{
	uint64_t now;

	(void)argv;
	if (argc != 1 || fcntl(PORT, F_GETFL) == -1) {
		fputs("usage: agent (standard input is its port)\n", stderr);
		return 2;
	}
	prepare();
	session.started = monotonic_ns();
	out_reset();
	send_frame(MSG_BOOT, 0, 0, NULL, 0);
	for (;;) {
		out_flush(PORT);
		wait_for_work();
		reap();
		handle_input();
		send_ack();
		now = monotonic_ns();
		exec_run(now);
		pty_run(now);
		streams_run();
	}
}
