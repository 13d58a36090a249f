/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of bits, both ways, as util-vserver spells them.
 *
 * A list is items with commas between them, in upper or lower case: a name, with or without the prefix of its kind; ^N, bit N;
 * a number, decimal or 0x; all, any (every bit) and none (no bit). A `~` or `!` before an item means its bits are to be cleared; two of them
 * cancel.
 */
#ifndef LIBVSERVER_NAMES_H
#define LIBVSERVER_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct vc_name {
	const char *name;
	/* Of a list of bits, one or, for a name of several, more; else the number that is meant. */
	uint64_t value;
};

/* Names of one kind. The first of several for a bit is the one that is printed; those of more bits than one never are. */
struct vc_names {
	const char *what;	/* in a message: "context flag" */
	const char *prefix;	/* may stand before each; NULL when there is none */
	const struct vc_name *names;
};

extern const struct vc_names vc_cflags, vc_nflags, vc_ccaps, vc_ncaps, vc_bcaps, vc_spaces, vc_iattrs, vc_personality_flags;
/* Not bits, but numbers. */
extern const struct vc_names vc_limits, vc_uts_fields, vc_personalities, vc_signals;

/* `secure` of its kind: what a guest may have that is not trusted. */
extern const uint64_t vc_secure_bcaps, vc_secure_ccaps, vc_secure_cflags, vc_secure_nflags, vc_secure_ncaps, vc_default_cflags;

/* What a list says: the bits in `mask` are to become as they are in `value`. */
struct vc_list {
	uint64_t value, mask;
};

/*
 * Adds what `text` says to `list`, so that a later item wins over an earlier one. 0; or -1, and `list` is as before: the item that means
 * nothing begins at *bad and is *length long.
 */
int vc_list_parse(const struct vc_names *names, const char *text, struct vc_list *list, const char **bad, size_t *length);

/*
 * Writes the names of `bits`, commas between them and ^N for a bit without a name, as snprintf() does: at most `size` bytes with the
 * terminator; returns how long it would be.
 */
size_t vc_list_print(const struct vc_names *names, uint64_t bits, char *to, size_t size);

/* The number that a name means, or that it is itself; -1 and EINVAL. */
int64_t vc_number_named(const struct vc_names *names, const char *name);
/* The first name of a number; NULL. */
const char *vc_name_of(const struct vc_names *names, uint64_t number);

#endif
