// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcontext --create [--xid N] [--] COMMAND...: runs a command in a new context.
 *
 * Exits 254 when context N exists, 1 on any other refusal, 2 on wrong usage; otherwise as the command does.
 */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYS_VSERVER	273
#define CTX_CREATE	0x09010000
#define SET_CFLAGS	0x34020000
#define ANY_XID		0xffffffff
#define OWN_XID		0xffffffff
#define STATE_SETUP	(1ull << 32)
#define STATE_INIT	(1ull << 33)

struct ctx_flags {
	uint64_t flagword;
	uint64_t mask;
};

static long vserver(uint32_t command, uint32_t id, void *data)
{
	return syscall(SYS_VSERVER, command, id, data);
}

static int usage(void)
{
	fputs("usage: vcontext --create [--xid N] [--] COMMAND...\n", stderr);
	return 2;
}

int vcontext_main(int argc, char **argv);
int vcontext_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "create", no_argument, NULL, 'c' },
		{ "xid", required_argument, NULL, 'x' },
		{ 0 },
	};
	struct ctx_flags leave_setup = { 0, STATE_SETUP | STATE_INIT };
	unsigned long xid = ANY_XID;
	int create = 0, option;
	char *end;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'c') {
			create = 1;
		} else if (option == 'x') {
			errno = 0;
			xid = strtoul(optarg, &end, 10);
			/* -1, or what becomes it, would ask the kernel for any. */
			if (end == optarg || *end || errno || *optarg == '-' || xid >= ANY_XID)
				return usage();
		} else {
			return usage();
		}
	}
	if (!create || optind == argc)
		return usage();

	if (vserver(CTX_CREATE, xid, NULL) < 0) {
		int error = errno;

		if (xid == ANY_XID)
			fprintf(stderr, "vcontext: create a context: %s\n", strerror(error));
		else
			fprintf(stderr, "vcontext: create context %lu: %s\n", xid, strerror(error));
		return error == EEXIST ? 254 : 1;
	}
	if (vserver(SET_CFLAGS, OWN_XID, &leave_setup) < 0) {
		fprintf(stderr, "vcontext: end the setup: %s\n", strerror(errno));
		return 1;
	}
	execvp(argv[optind], argv + optind);
	fprintf(stderr, "vcontext: %s: %s\n", argv[optind], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}
