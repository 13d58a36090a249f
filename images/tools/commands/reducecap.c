// SPDX-License-Identifier: GPL-2.0-only
/* reducecap: a program that can never have some capabilities, nor can what it starts, a setuid one included. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "tool.h"

const char reducecap_usage[] =
	"usage: reducecap [--secure] [--cap LIST] [--flag LIST] [--] PROGRAM [ARGUMENT...]\n"
	"       reducecap --show [OPTION...] [--] [PROGRAM [ARGUMENT...]]\n"
	"       reducecap --show --pid PID\n"
	"\n"
	"Runs a program without some capabilities: neither it nor what it starts can have them again.\n"
	"\n"
	"  --secure      all that a guest which nobody trusts does without\n"
	"  --cap LIST    these, names with commas between them\n"
	"  --flag LIST   and sets (none is cleared) flags of the own context, in its setup: lock, sched, nproc, private, fakeinit, hideinfo, ulimit,\n"
	"                namespace\n"
	"  --show        print the capabilities that are left, before the program runs\n"
	"  --pid PID     those of another process\n"
	"\n"
	"Exits as the program does; 255 on failure, 2 on wrong usage.\n";

/* As capget(2) and capset(2) want them; the lower halves of the three sets come first. */
struct capabilities {
	struct { uint32_t version; int pid; } header;
	struct { uint32_t effective, permitted, inheritable; } half[2];
};

#define CAPABILITY_VERSION_3	0x20080522
/* Of flags, what the word takes: the oldest ones. */
#define OLD_FLAGS		0xffull

static int read_own(struct capabilities *own, int pid)
{
	own->header.version = CAPABILITY_VERSION_3;
	own->header.pid = pid;
	return syscall(SYS_capget, &own->header, own->half) ? tool_failed("the capabilities of process %d", pid) : 0;
}

static int show(int pid)
{
	struct capabilities of = { 0 };
	int failed = read_own(&of, pid);

	if (failed)
		return failed;
	puts("            Capability Effective  Permitted  Inheritable");
	for (unsigned int n = 0; vc_name_of(&vc_bcaps, 1ull << n); n++) {
		uint32_t bit = 1u << n % 32;
		char line[49];

		snprintf(line, sizeof(line), "%-48s", vc_name_of(&vc_bcaps, 1ull << n));
		line[27] = of.half[n / 32].effective & bit ? 'X' : ' ';
		line[37] = of.half[n / 32].permitted & bit ? 'X' : ' ';
		line[47] = of.half[n / 32].inheritable & bit ? 'X' : ' ';
		for (int end = 47; end >= 0 && line[end] == ' '; end--)
			line[end] = 0;
		puts(line);
	}
	return tool_flush();
}

/* The bounding set first: it takes setpcap, which may be among them. */
static int drop(uint64_t removed)
{
	struct capabilities own = { 0 };
	int failed;

	for (unsigned int n = 0; n < 64; n++) {
		if (!(removed & 1ull << n) || prctl(PR_CAPBSET_READ, n, 0, 0, 0) <= 0)
			continue;
		if (prctl(PR_CAPBSET_DROP, n, 0, 0, 0))
			return tool_failed("drop %s for good (it takes setpcap)", vc_name_of(&vc_bcaps, 1ull << n));
	}
	failed = read_own(&own, 0);
	if (failed)
		return failed;
	for (int i = 0; i < 2; i++) {
		uint32_t kept = ~(uint32_t)(removed >> 32 * i);

		own.half[i].effective &= kept;
		own.half[i].permitted &= kept;
		own.half[i].inheritable &= kept;
	}
	return syscall(SYS_capset, &own.header, own.half) ? tool_failed("drop the capabilities") : 0;
}

static int set_flags(const struct vc_list *flags)
{
	struct vc_new_s_context change = { .flags = flags->value };

	if (!flags->mask)
		return 0;
	if (flags->mask != flags->value)
		return tool_wrong("--flag sets flags, and clears none");
	if (flags->value & ~OLD_FLAGS)
		return tool_wrong("--flag takes only what one may do to one's own context: the flags of bits 0 to 7");
	return vc_new_s_context(VC_MODIFY_OWN, &change) < 0 ? tool_refused("new_s_context", "the flags of one's own context") : 0;
}

int reducecap_main(int argc, char **argv)
{
	enum { SHOW = 256, SECURE, CAP, FLAG, PID, HELP };
	static const struct option options[] = {
		{ "show", 0, NULL, SHOW }, { "secure", 0, NULL, SECURE }, { "cap", 1, NULL, CAP }, { "flag", 1, NULL, FLAG },
		{ "pid", 1, NULL, PID }, { "help", 0, NULL, HELP }, { 0 },
	};
	struct vc_list removed = { 0 }, flags = { 0 };
	bool showing = false, has_pid = false;
	long long pid = 0;
	int option, failed;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case SHOW: showing = true; break;
		case SECURE:
			removed.value |= ~vc_secure_bcaps;
			removed.mask |= ~vc_secure_bcaps;
			break;
		case CAP:
			if (tool_read_list(&vc_bcaps, optarg, &removed))
				return tool->failure;
			break;
		case FLAG:
			if (tool_read_list(&vc_cflags, optarg, &flags))
				return tool->failure;
			break;
		case PID:
			if (tool_read_number(optarg, "pid", 0, INT_MAX, &pid))
				return tool->failure;
			has_pid = true;
			break;
		case HELP: return tool_help();
		default: return tool_usage(NULL);
		}
	}
	if (has_pid && (!showing || optind < argc || removed.mask || flags.mask))
		return tool_usage("--pid goes with --show alone");
	if (!showing && optind == argc)
		return tool_usage("which program?");
	failed = set_flags(&flags);
	if (!failed)
		failed = drop(removed.value);
	if (!failed && showing)
		failed = show(pid);
	if (failed || optind == argc)
		return failed;
	return tool_exec(argv + optind);
}
