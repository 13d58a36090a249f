/* SPDX-License-Identifier: GPL-2.0-only */
/* Making guests: what is asked for, and the files that are written. Each function returns -1 when it has failed, and says why. */
#ifndef BUILD_H
#define BUILD_H

#include "vserver.h"

struct request {
	const char *name, *method, *hostname, *style, *source;
	long long context;
	char *interfaces[CONFIG_ENTRIES], *flags[CONFIG_ENTRIES];
	int interface_count, flag_count;
	char root[PATH_MAX], dir[PATH_MAX];
};

struct method {
	const char *name;
	char option;	/* which says the source; 0 for none */
	mode_t source;	/* what that is */
	int (*fill)(const struct request *request);
	const char *fstab;
};

/* By its name; NULL when there is none. */
const struct method *find_method(const char *name);

/* Below `top`, with this mode whatever the umask of who builds is; nothing may be there. */
int make_dir(const char *top, const char *path, mode_t mode);
int make_file(const char *top, const char *path, const char *text, mode_t mode);
int make_link(const char *top, const char *path, const char *target);
/*
 * What every guest needs to be mounted upon and to open, and nothing of the machine's. What is there stays as it is, and no link in files that
 * come from elsewhere is followed.
 */
int make_missing(const char *root);

#endif
