// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of the agent protocol: COBS, and the buffer in which output waits for the port.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

static struct {
	uint8_t bytes[64 * 1024];
	size_t start, end;
} out;

/* Encodes and appends the closing zero; @to has room for len + len / 254 + 2. Most of what is sent is text, and long runs of it. */
size_t cobs_encode(uint8_t *to, const uint8_t *data, size_t len)
{
	const uint8_t *end = data + len;
	uint8_t *p = to;

	for (;;) {
		size_t run = end - data < 254 ? end - data : 254;
		const uint8_t *zero = run ? memchr(data, 0, run) : NULL;

		if (zero)
			run = zero - data;
		*p++ = run + 1;
		memcpy(p, data, run);
		p += run;
		data += run;
		/* Only behind 254 bytes there is none to skip, and another run, be it empty. */
		if (zero)
			data++;
		else if (run < 254)
			break;
	}
	*p++ = 0;
	return p - to;
}

/* Decodes a frame without its closing zero; -1 when it is not valid. @to may be @data. */
ssize_t cobs_decode(uint8_t *to, const uint8_t *data, size_t len)
{
	size_t end = 0, at = 0;

	while (at < len) {
		size_t code = data[at], next = at + code;

		if (!code || next > len)
			return -1;
		for (at++; at < next; at++) {
			if (!data[at])
				return -1;
			to[end++] = data[at];
		}
		if (code < 255 && at < len)
			to[end++] = 0;
	}
	return end;
}

size_t out_room(void)
{
	return sizeof(out.bytes) - (out.end - out.start);
}

bool out_waits(void)
{
	return out.end > out.start;
}

/* A frame of which half is written ends here: the zero byte lets the host find the next one. */
void out_reset(void)
{
	out.start = 0;
	out.end = 1;
	out.bytes[0] = 0;
}

void out_flush(int port)
{
	while (out_waits()) {
		ssize_t n = write(port, out.bytes + out.start, out.end - out.start);

		if (n <= 0)
			return;
		out.start += n;
	}
	out.start = out.end = 0;
}

/* The caller has asked out_room(). */
void send_frame(uint8_t type, uint8_t flags, uint32_t id, const void *payload, size_t len)
{
	uint8_t raw[HEADER_SIZE + MAX_PAYLOAD];

	if (len > MAX_PAYLOAD || out_room() <= MAX_ENCODED)
		return;
	raw[0] = type;
	raw[1] = flags;
	put32(put16(raw + 2, len), id);
	if (len)
		memcpy(raw + HEADER_SIZE, payload, len);
	if (sizeof(out.bytes) - out.end <= MAX_ENCODED) {
		memmove(out.bytes, out.bytes + out.start, out.end - out.start);
		out.end -= out.start;
		out.start = 0;
	}
	out.end += cobs_encode(out.bytes + out.end, raw, HEADER_SIZE + len);
}

void send_ok(uint32_t id)
{
	send_frame(MSG_OK, 0, id, NULL, 0);
}

void send_error(uint32_t id, int error, const char *format, ...)
{
	char text[512];
	uint8_t payload[4 + sizeof(text) + 64];
	va_list args;
	int len;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put32(payload, error);
	len = snprintf((char *)payload + 4, sizeof(payload) - 4, "%s: %s", text, strerror(error));
	if (len > (int)sizeof(payload) - 5)
		len = sizeof(payload) - 5;
	send_frame(MSG_ERROR, 0, id, payload, 4 + len);
}
