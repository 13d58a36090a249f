// SPDX-License-Identifier: GPL-2.0-only
/* The configuration of guests. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "guest.h"

/* -1 and ENAMETOOLONG when it does not fit. */
static int join(char path[PATH_MAX], const char *dir, const char *file)
{
	if (snprintf(path, PATH_MAX, "%s/%s", dir, file) < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int guest_config(const char *name, char dir[PATH_MAX])
{
	struct stat found;
	char path[PATH_MAX];

	if (*name != '/' && *name != '.') {
		if (!*name || strchr(name, '/')) {
			errno = ENOENT;
			return -1;
		}
		if (join(path, GUEST_CONFIGS, name))
			return -1;
		name = path;
	}
	/* Whichever way leads there, it is one guest. */
	if (!realpath(name, dir) || stat(dir, &found))
		return -1;
	if (!S_ISDIR(found.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	return 0;
}

int guest_line(const char *dir, const char *file, char *line, size_t size)
{
	char path[PATH_MAX], text[PATH_MAX], *begin = text;
	struct stat found;
	ssize_t length;
	int fd;

	if (join(path, dir, file))
		return -1;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &found) || !S_ISREG(found.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length < 0)
		return -1;
	text[length] = 0;
	text[strcspn(text, "\n")] = 0;
	begin += strspn(begin, " \t\r");
	length = strlen(begin);
	while (length && strchr(" \t\r", begin[length - 1]))
		length--;
	if ((size_t)length >= size) {
		errno = EFBIG;
		return -1;
	}
	memcpy(line, begin, length);
	line[length] = 0;
	return 0;
}

/* A file whose first line is an id. */
static int read_id(const char *dir, const char *file, uint32_t *id)
{
	char line[16], *end;
	unsigned long number;

	if (guest_line(dir, file, line, sizeof(line)))
		return -1;
	number = strtoul(line, &end, 10);
	if (*line < '0' || *line > '9' || *end || number < VC_MIN_ID || number > VC_MAX_ID)
		return -1;
	*id = number;
	return 0;
}

/* A name of 64 bytes or more is cut by the kernel, in the tree and in the context. */
bool guest_is_at(uint32_t xid, const char *dir)
{
	struct vc_vhi_name name = { .field = VHIN_CONTEXT };

	return !vc_get_vhi_name(xid, &name) && !strncmp(name.name, dir, sizeof(name.name) - 1);
}

uint32_t guest_xid(const char *dir)
{
	uint32_t xid;

	/* The file may have outlived its guest, and the number may be somebody else's now. */
	return !read_id(dir, "run", &xid) && guest_is_at(xid, dir) ? xid : 0;
}

int guest_id(const char *name, const char *file, uint32_t *id)
{
	char dir[PATH_MAX];

	if (guest_config(name, dir))
		return -1;
	/* A network context that is said is the one, wherever the guest runs. */
	if (strcmp(file, "context") && !read_id(dir, file, id))
		return 0;
	*id = guest_xid(dir);
	return *id ? 0 : read_id(dir, "context", id);
}

int guest_vdir(const char *dir, char vdir[PATH_MAX])
{
	char path[PATH_MAX];

	return join(path, dir, "vdir") || !realpath(path, vdir) ? -1 : 0;
}

void guest_name(const char *dir, char name[GUEST_NAME_SIZE])
{
	const char *last = strrchr(dir, '/');

	if (guest_line(dir, "name", name, GUEST_NAME_SIZE) || !*name)
		snprintf(name, GUEST_NAME_SIZE, "%s", last ? last + 1 : dir);
}

int guest_config_of(uint32_t xid, char dir[PATH_MAX])
{
	struct vc_vhi_name said = { .field = VHIN_CONTEXT };

	/* The kernel keeps 64 bytes: a path that fills them may be longer. */
	if (vc_get_vhi_name(xid, &said) || *said.name != '/' || strlen(said.name) >= sizeof(said.name) - 1)
		return -1;
	strcpy(dir, said.name);
	return 0;
}

void guest_name_of(uint32_t xid, char name[GUEST_NAME_SIZE])
{
	struct vc_vhi_name said = { .field = VHIN_CONTEXT };

	char dir[PATH_MAX];

	*name = 0;
	if (!guest_config_of(xid, dir))
		guest_name(dir, name);
	else if (!vc_get_vhi_name(xid, &said))
		snprintf(name, GUEST_NAME_SIZE, "%s", said.name);
	/* It goes to terminals. */
	for (char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}
