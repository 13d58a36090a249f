/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the commands of an administrator share: how they say what is wrong, and how they read ids.
 *
 * Exit codes: 0; `failure` of the command when something was refused or failed, 1 or 255 as in util-vserver; 2 for wrong usage, with the
 * usage on stderr. A command that runs a program exits as the program does.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdint.h>

#include "../libvserver/names.h"

/* A command: its name, how it ends when something fails, and its usage as --help prints it. */
struct tool {
	const char *name;
	const char *usage;
	int (*main)(int argc, char **argv);
	int failure;
};

/* The one that runs. */
extern const struct tool *tool;

/* Whether all that was printed has been written; 0, or it is said and `failure` returned. */
int tool_flush(void);
/* What --help prints; 0. */
int tool_help(void);
/* "NAME: ..." and the usage on stderr; 2. What getopt has said already needs no words: NULL. */
__attribute__((format(printf, 1, 2))) int tool_usage(const char *format, ...);
/* "NAME: ...: why" on stderr, by errno; `failure`. */
__attribute__((format(printf, 1, 2))) int tool_failed(const char *format, ...);
/* The same without errno. */
__attribute__((format(printf, 1, 2))) int tool_wrong(const char *format, ...);
/*
 * As tool_failed(), after the command word of this name was refused: ENOSYS is told as what it is, a kernel that lacks a plan id, or a
 * caller who may not.
 */
__attribute__((format(printf, 2, 3))) int tool_refused(const char *word, const char *format, ...);

/*
 * The id of a context, of who runs or of what is configured: a number; `self`; the name of a guest (`:NAME` for one that looks otherwise), which
 * is where it runs or the number in its file `context`. -1, and it is said what is wrong.
 */
int tool_read_xid(const char *text, uint32_t *xid);
/* The same of network contexts; the name of a guest is the number in its file `ncontext`, else as above. */
int tool_read_nid(const char *text, uint32_t *nid);
/* A decimal integer, or a hexadecimal one with 0x; -1, and it is said. */
int tool_read_number(const char *text, const char *what, long long least, long long most, long long *number);
/* A list of names; -1, and it is said which is unknown. */
int tool_read_list(const struct vc_names *names, const char *text, struct vc_list *list);

/* argv[optind] and on are a program: becomes it. Returns `failure` when that cannot be, and it is said. */
int tool_exec(char **argv);

#endif
