/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent: answers the typed requests of the page or of a test runner on a console port (docs/agent-protocol.md).
 *
 * One process, one loop, no thread. Nothing in it waits except ppoll(). Whatever produces output asks out_room() first, so
 * that the one output buffer is the only place where the port's back pressure is felt.
 */
#ifndef AGENT_H
#define AGENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	MSG_HELLO = 0x01, MSG_ACK = 0x02, MSG_BOOT = 0x03,
	MSG_EXEC = 0x10, MSG_CANCEL = 0x11, MSG_READ = 0x12, MSG_WRITE = 0x13, MSG_SNAPSHOT = 0x14, MSG_CLOCK = 0x15,
	MSG_PTY_OPEN = 0x20, MSG_PTY_ATTACH = 0x22, MSG_PTY_RESIZE = 0x23, MSG_PTY_CLOSE = 0x24,
	MSG_PTY_DATA = 0x30, MSG_PTY_CREDIT = 0x31, MSG_PTY_EXIT = 0x32,
	MSG_WELCOME = 0x81, MSG_OK = 0x90, MSG_ERROR = 0x91, MSG_DATA = 0x92, MSG_EXEC_OUT = 0x93, MSG_EXEC_EXIT = 0x94,
	MSG_PTY_OPENED = 0x95,
};

enum { FLAG_MORE = 1, FLAG_CAPPED = 2 };

#define HEADER_SIZE	8
#define MAX_PAYLOAD	3840
#define MAX_ENCODED	4095		/* of a frame, without its closing zero */
#define MAX_REQUEST	(160 * 1024)	/* assembled by MORE */

/* A frame may be answered when there is room for the answer; a producer leaves room for several answers. */
#define ROOM_FOR_ANSWER		(2 * (MAX_ENCODED + 1))
#define ROOM_FOR_PRODUCER	(6 * (MAX_ENCODED + 1))

/*
 * After output that did not fill a frame its source is left alone for a moment, so that a program that prints line by line
 * gathers them: without it every line is a frame, for the agent runs before the program. The first line does not wait. Where the
 * kernel's timers have only ticks (v86: 10 ms) it is until the next one: longer than a tick would cost a flood two.
 */
#define GATHER_NS	1000000ull

/* A whole request: all frames of it joined. */
struct request {
	uint8_t type;
	uint32_t id;
	const uint8_t *data;
	size_t len;
};

static inline uint16_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static inline uint8_t *put16(uint8_t *p, uint16_t v)
{
	p[0] = v;
	p[1] = v >> 8;
	return p + 2;
}

static inline uint8_t *put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, v), v >> 16);
}

static inline uint8_t *put64(uint8_t *p, uint64_t v)
{
	return put32(put32(p, v), v >> 32);
}

/* agent-frame.c: COBS, and the output buffer */
size_t cobs_encode(uint8_t *out, const uint8_t *data, size_t len);
ssize_t cobs_decode(uint8_t *out, const uint8_t *data, size_t len);
size_t out_room(void);
bool out_waits(void);
void out_reset(void);
void out_flush(int port);
void send_frame(uint8_t type, uint8_t flags, uint32_t id, const void *payload, size_t len);
void send_ok(uint32_t id);
void send_error(uint32_t id, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* agent-exec.c: commands */
void exec_start(const struct request *request);
void exec_cancel(const struct request *request);
bool exec_reaped(pid_t pid, int status);
size_t exec_poll(struct pollfd *fds, size_t room, uint64_t *deadline);
void exec_run(uint64_t now);
void exec_forget(void);
void child_setup(void);
extern char *const child_environment[];

/* agent-file.c: files and snapshots */
void file_read(const struct request *request);
void file_write(const struct request *request);
void snapshot_take(const struct request *request);
bool streams_wait(void);
void streams_run(void);
void streams_forget(void);

/* agent-pty.c: terminals */
void pty_open(const struct request *request);
void pty_attach(const struct request *request);
void pty_resize(const struct request *request);
void pty_close(const struct request *request);
void pty_input(const struct request *request);
void pty_credit(const struct request *request);
bool pty_reaped(pid_t pid, int status);
size_t pty_poll(struct pollfd *fds, size_t room, uint64_t *deadline);
void pty_run(uint64_t now);
void pty_detach_all(void);
size_t pty_list(uint8_t *out, size_t room);

uint64_t monotonic_ns(void);

#endif
