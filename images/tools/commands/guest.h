/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of guests, /etc/vservers, and where each runs. */
#ifndef GUEST_H
#define GUEST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_CONFIGS	"/etc/vservers"
#define GUEST_RUNS	"/run/vservers"
#define GUEST_ROOTS	"/vservers"
#define GUEST_NAME_SIZE	256

/*
 * The folder of a guest's configuration, without symbolic links: one of that path, if the name begins with / or ., else the one in GUEST_CONFIGS.
 * -1 and ENOENT when there is none, ENAMETOOLONG.
 */
int guest_config(const char *name, char dir[PATH_MAX]);

/* The first line of a file of the tree, without blanks around it. -1 and errno; EFBIG when it is longer than `size`. */
int guest_line(const char *dir, const char *file, char *line, size_t size);

/* Whether the guest of this folder runs in this context. */
bool guest_is_at(uint32_t xid, const char *dir);
/* The context that a guest runs in; 0 when it does not. */
uint32_t guest_xid(const char *dir);

/*
 * The id that a name stands for: the number in `file` of its configuration, if that is another than `context`; else where the guest runs;
 * else the number in `context`. -1 when there is none.
 */
int guest_id(const char *name, const char *file, uint32_t *id);

/* The folder that the root of a guest is in, without symbolic links. -1 and errno. */
int guest_vdir(const char *dir, char vdir[PATH_MAX]);

/* What the guest of this folder is called: its file `name`, else as the folder is. */
void guest_name(const char *dir, char name[GUEST_NAME_SIZE]);
/* What a context is called: the name of its guest, or nothing. */
void guest_name_of(uint32_t xid, char name[GUEST_NAME_SIZE]);
/* The folder of the configuration of the guest that runs in a context; -1 when there is none. */
int guest_config_of(uint32_t xid, char dir[PATH_MAX]);

#endif
