// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files: read, write, and the snapshot of /proc/virtual and /proc/virtnet. Nothing here forks or waits for another process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define MAX_STREAMS		64
#define DEFAULT_READ_CAP	(16 * 1024 * 1024)
#define MAX_DEPTH		8
#define READINGS		3
#define MAX_SPARE		(256 * 1024)
#define UNREADABLE		0xffffffff
#define CUT			0x80000000
/* Of a snapshot: no file of the kernel's that is asked for several times a second is nearly as long, but root can put others there. */
#define MAX_FILE		8192
#define MAX_SNAPSHOT		(4 * 1024 * 1024)
#define KEPT			128
#define PIECE			4096

enum { WRITE_CREATE = 1, WRITE_APPEND = 2 };

/* An answer of several DATA frames: an open file, or a buffer. */
struct stream {
	struct stream *next;
	uint32_t id;
	int fd;			/* -1: the buffer */
	uint32_t left;		/* until the cap */
	uint8_t *data;
	size_t len, size, at;
};

static struct stream *streams;

/* A growing buffer that remembers why it does not grow any more, as an errno. */
struct buffer {
	uint8_t *data;
	size_t len, size;
	int failed;
};

static uint8_t *buffer_grow(struct buffer *b, size_t more)
{
	if (b->failed)
		return NULL;
	if (b->size - b->len < more) {
		size_t size = b->size * 2 + more + 4096;
		uint8_t *data = realloc(b->data, size);

		if (!data) {
			b->failed = ENOMEM;
			return NULL;
		}
		b->data = data;
		b->size = size;
	}
	return b->data + b->len;
}

static struct stream *stream_new(uint32_t id)
{
	struct stream *one;
	int count = 0;

	for (one = streams; one; one = one->next)
		count++;
	one = count < MAX_STREAMS ? calloc(1, sizeof(*one)) : NULL;
	if (one) {
		one->id = id;
		one->fd = -1;
		one->next = streams;
		streams = one;
	}
	return one;
}

/*
 * A buffer that has served, for the next snapshot: one comes several times a second, and memory that is taken from the kernel and
 * given back each time costs more than what is put into it.
 */
static struct buffer spare;

static void buffer_free(uint8_t *data, size_t size)
{
	if (data && size <= MAX_SPARE && !spare.data)
		spare = (struct buffer){ .data = data, .size = size };
	else
		free(data);
}

static struct buffer buffer_new(void)
{
	struct buffer taken = spare;

	spare = (struct buffer){ 0 };
	return taken;
}

static void stream_free(struct stream **link)
{
	struct stream *one = *link;

	*link = one->next;
	if (one->fd >= 0)
		close(one->fd);
	buffer_free(one->data, one->size);
	free(one);
}

bool streams_wait(void)
{
	return streams;
}

void streams_forget(void)
{
	while (streams)
		stream_free(&streams);
}

/* Sends one frame of a file; true at the end of the answer. */
static bool stream_file(struct stream *one)
{
	uint8_t buffer[MAX_PAYLOAD];
	uint8_t past;
	ssize_t n = read(one->fd, buffer, one->left < sizeof(buffer) ? one->left : sizeof(buffer));

	if (n < 0) {
		send_error(one->id, errno, "read");
		return true;
	}
	one->left -= n;
	if (one->left == 0) {
		bool capped = read(one->fd, &past, 1) > 0;

		send_frame(MSG_DATA, capped ? FLAG_CAPPED : 0, one->id, buffer, n);
		return true;
	}
	send_frame(MSG_DATA, n ? FLAG_MORE : 0, one->id, buffer, n);
	return n == 0;
}

static bool stream_buffer(struct stream *one)
{
	size_t n = one->len - one->at < MAX_PAYLOAD ? one->len - one->at : MAX_PAYLOAD;
	bool more = one->at + n < one->len;

	send_frame(MSG_DATA, more ? FLAG_MORE : 0, one->id, one->data + one->at, n);
	one->at += n;
	return !more;
}

void streams_run(void)
{
	struct stream **link = &streams, *one;

	while ((one = *link)) {
		bool done = false;

		while (!done && out_room() >= ROOM_FOR_PRODUCER)
			done = one->fd >= 0 ? stream_file(one) : stream_buffer(one);
		if (done)
			stream_free(link);
		else
			link = &one->next;
	}
}

/* O_NONBLOCK: a fifo or a terminal gives an error where it would keep us waiting. */
static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void file_read(const struct request *request)
{
	char path[PATH_MAX];
	struct stream *one;
	size_t len = request->len - 4;
	int fd;

	if (request->len < 5 || len >= sizeof(path)) {
		send_error(request->id, request->len < 5 ? EINVAL : ENAMETOOLONG, "read");
		return;
	}
	memcpy(path, request->data + 4, len);
	path[len] = 0;
	fd = open_file(path);
	if (fd < 0) {
		send_error(request->id, errno, "read %s", path);
		return;
	}
	one = stream_new(request->id);
	if (!one) {
		close(fd);
		send_error(request->id, EAGAIN, "read %s", path);
		return;
	}
	one->fd = fd;
	one->left = get32(request->data) ? get32(request->data) : DEFAULT_READ_CAP;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	/* An empty write must still reach a file of /proc. */
	do {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && len)
			errno = EIO;
		if (n < 0 || (n == 0 && len))
			return -1;
		data += n;
		len -= n;
	} while (len);
	return 0;
}

static int write_file(const char *path, const uint8_t *head, const uint8_t *data, size_t len)
{
	uint32_t mode = get32(head), flags = get32(head + 4);
	uint64_t offset = get64(head + 8);
	int how = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	mode_t mask;
	int fd, error = 0;

	if (flags & WRITE_CREATE)
		how |= O_CREAT | O_TRUNC;
	if (flags & WRITE_APPEND)
		how |= O_CREAT | O_APPEND;
	mask = umask(0);
	fd = open(path, how, mode & 07777);
	umask(mask);
	if (fd < 0)
		return errno;
	if ((offset && lseek(fd, offset, SEEK_SET) < 0) || write_all(fd, data, len))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	return error;
}

void file_write(const struct request *request)
{
	char path[PATH_MAX];
	size_t len = request->len < 18 ? 0 : get16(request->data + 16);
	const uint8_t *data = request->data + 18;
	int error;

	if (!len || len >= sizeof(path) || len > request->len - 18) {
		send_error(request->id, EINVAL, "write");
		return;
	}
	memcpy(path, data, len);
	path[len] = 0;
	error = write_file(path, request->data, data + len, request->len - 18 - len);
	if (error)
		send_error(request->id, error, "write %s", path);
	else
		send_ok(request->id);
}

/*
 * Files of contexts and network contexts stay open from one snapshot to the next: to open one and to close it is most of what reading it
 * costs. The kernel keeps no object for an open file: of one that has gone it reads as empty, for ever. That holds for its own files, so no
 * other is kept; and where anything is mounted or unmounted, all are closed, for a path may lead elsewhere now.
 */
static struct kept {
	char *path;
	int fd;
} kept[KEPT];

static bool is_kept(const char *path)
{
	return !strncmp(path, "virtual/", 8) || !strncmp(path, "virtnet/", 8);
}

/* The one place for it; another's that has the same goes. */
static struct kept *kept_find(const char *path)
{
	uint32_t hash = 5381;

	for (const char *at = path; *at; at++)
		hash = hash * 33 ^ (uint8_t)*at;
	return kept + hash % KEPT;
}

static bool is_proc(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/* Whether anything was mounted or unmounted since the last call; true where that cannot be told. */
static bool mounts_changed(void)
{
	static int fd = -1;
	struct pollfd mounts = { .events = POLLPRI };
	bool first = fd < 0;

	if (first)
		fd = open_file("/proc/self/mounts");
	mounts.fd = fd;
	return fd < 0 || poll(&mounts, 1, 0) > 0 || first;
}

static void kept_close(struct kept *one)
{
	if (!one->path)
		return;
	close(one->fd);
	free(one->path);
	one->path = NULL;
}

static void kept_close_all(void)
{
	for (struct kept *one = kept; one < kept + KEPT; one++)
		kept_close(one);
}

/*
 * Appends what @fd has; *@cut is whether that was more than MAX_FILE, the rest of which is left out. One that is to @stay open is read
 * from its beginning, and a short piece is its last: it is made whole, at once. Returns an errno.
 */
static int append_fd(struct buffer *b, int fd, bool stay, bool *cut)
{
	size_t start = b->len;
	ssize_t n;

	do {
		uint8_t *p = buffer_grow(b, PIECE);

		n = !p ? 0 : stay ? pread(fd, p, PIECE, b->len - start) : read(fd, p, PIECE);
		if (n < 0)
			return errno;
		b->len += n;
		*cut = b->len - start > MAX_FILE;
	} while (!*cut && (stay ? n == PIECE : n));
	if (*cut)
		b->len = start + MAX_FILE;
	return 0;
}

/* Appends the contents of the file. Returns an errno; *@opened is whether it comes of reading. *@cut as append_fd has it. */
static int append_file(struct buffer *b, const char *path, bool *opened, bool *cut)
{
	struct kept *one = is_kept(path) ? kept_find(path) : NULL;
	size_t start = b->len;
	int fd, error;

	*opened = true;
	if (one && one->path && !strcmp(one->path, path)) {
		if (!append_fd(b, one->fd, true, cut) && b->len > start)
			return 0;
		/* What it was of is gone, and another may have its number. */
		b->len = start;
	}
	if (one)
		kept_close(one);
	fd = open_file(path);
	*opened = fd >= 0;
	if (fd < 0)
		return errno;
	error = append_fd(b, fd, one, cut);
	if (one && !error && is_proc(fd))
		one->path = strdup(path);
	if (one && one->path)
		one->fd = fd;
	else
		close(fd);
	return error;
}

/* Appends the record of one file below /proc; a file that a wildcard found and that is gone is no record. */
static void snapshot_file(struct buffer *b, const char *path, bool found)
{
	size_t name = strlen(path), start = b->len;
	uint8_t *p = buffer_grow(b, 2 + name + 8);
	bool opened, cut = false;
	int error;

	if (p && start > MAX_SNAPSHOT)
		b->failed = EFBIG;
	if (b->failed)
		return;
	memcpy(put16(p, name), path, name);
	b->len += 2 + name + 4;
	error = append_file(b, path, &opened, &cut);
	if (error == ENOENT && !opened && found) {
		b->len = start;
		return;
	}
	p = b->data + start + 2 + name;
	if (error) {
		put32(put32(p, UNREADABLE), error);
		b->len = start + 2 + name + 8;
	} else {
		put32(p, (b->len - start - 2 - name - 4) | (cut ? CUT : 0));
	}
}

static void snapshot_tree(struct buffer *b, char *path, const char *pattern, int depth);

/* @path is a directory; every name in it goes on with @pattern (NULL: the whole tree). */
static void snapshot_names(struct buffer *b, char *path, const char *pattern, int depth)
{
	size_t len = strlen(path);
	DIR *dir = opendir(*path ? path : ".");
	struct dirent *entry;

	while (dir && !b->failed && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (!strcmp(name, ".") || !strcmp(name, "..") || len + strlen(name) + 2 > PATH_MAX)
			continue;
		if (len)
			path[len] = '/';
		strcpy(path + len + !!len, name);
		if (entry->d_type == DT_REG && (!pattern || !*pattern))
			snapshot_file(b, path, true);
		else if (entry->d_type == DT_DIR && pattern && *pattern)
			snapshot_tree(b, path, pattern, depth + 1);
		else if (entry->d_type == DT_DIR && !pattern && depth < MAX_DEPTH)
			snapshot_names(b, path, NULL, depth + 1);
		path[len] = 0;
	}
	if (dir)
		closedir(dir);
}

/* Follows @pattern, a list of names between slashes, below @path. @depth counts the wildcards passed. */
static void snapshot_tree(struct buffer *b, char *path, const char *pattern, int depth)
{
	size_t len = strlen(path), name = strcspn(pattern, "/");
	const char *rest = pattern + name + (pattern[name] == '/');

	if (name == 1 && *pattern == '*') {
		if (depth < MAX_DEPTH)
			snapshot_names(b, path, rest, depth);
		return;
	}
	if (!name || len + name + 2 > PATH_MAX || !strncmp(pattern, "..", name < 2 ? 2 : name))
		return;
	if (len)
		path[len] = '/';
	memcpy(path + len + !!len, pattern, name);
	path[len + !!len + name] = 0;
	if (*rest)
		snapshot_tree(b, path, rest, depth);
	else
		snapshot_file(b, path, depth > 0);
	path[len] = 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* How often another process had the CPU in place of this one. */
static long times_away(void)
{
	struct rusage usage = { 0 };

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

/* One reading of all that the patterns from @pattern to @end name, after the clocks. */
static void snapshot_read(struct buffer *b, const char *pattern, const char *end)
{
	char path[PATH_MAX];
	uint8_t *p;

	b->len = 0;
	p = buffer_grow(b, 16);
	if (p) {
		put64(put64(p, clock_ns(CLOCK_BOOTTIME)), clock_ns(CLOCK_MONOTONIC));
		b->len = 16;
	}
	if (pattern == end) {
		snapshot_names(b, strcpy(path, "virtual"), NULL, 0);
		snapshot_names(b, strcpy(path, "virtnet"), NULL, 0);
	}
	for (; pattern < end && !b->failed; pattern += strlen(pattern) + 1) {
		*path = 0;
		snapshot_tree(b, path, pattern, 0);
	}
}

/*
 * The agent runs before every ordinary process, but the kernel keeps a share of the CPU for those, and a read may sleep. Then what
 * was read is of two instants, and is read again; not for ever, for what takes longer than that share allows would never end.
 */
void snapshot_take(const struct request *request)
{
	struct buffer b = buffer_new();
	struct stream *one;
	const char *pattern = (const char *)request->data;
	const char *end = pattern + request->len;
	int left = READINGS;
	long away;

	if (request->len && end[-1]) {
		buffer_free(b.data, b.size);
		send_error(request->id, EINVAL, "snapshot");
		return;
	}
	if (mounts_changed())
		kept_close_all();
	if (chdir("/proc"))
		b.failed = errno;
	do {
		away = times_away();
		snapshot_read(&b, pattern, end);
	} while (--left && !b.failed && times_away() != away);
	if (chdir("/"))
		b.failed = errno;
	one = b.failed ? NULL : stream_new(request->id);
	if (!one) {
		buffer_free(b.data, b.size);
		send_error(request->id, b.failed ? b.failed : ENOMEM, "snapshot");
		return;
	}
	one->data = b.data;
	one->len = b.len;
	one->size = b.size;
}
