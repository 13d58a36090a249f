// SPDX-License-Identifier: GPL-2.0-only
/* Names of bits and of numbers. Where they are from: flags-and-caps in the reference of the ABI. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/personality.h>

#include "names.h"

#define BIT(n)	(1ull << (n))
#define END	{ NULL, 0 }
#define NAMES(list, what, prefix) const struct vc_names vc_##list = { what, prefix, list##_names }

/*
 * What a guest may have that nobody trusts, bit by bit as the names below: all of it acts on what is its own. Nothing above bit 31 is.
 * TODO(3f): and sys_boot, where it ends the guest and not the machine.
 */
#define SECURE_BCAPS	(0xffull | BIT(10) | BIT(18) | BIT(19) | BIT(26) | BIT(28) | BIT(29) | BIT(31))
#define SECURE_CCAPS	(BIT(0) | BIT(8) | BIT(14))
#define SECURE_CFLAGS	BIT(25)
#define SECURE_NFLAGS	BIT(25)
#define SECURE_NCAPS	BIT(8)
#define DEFAULT_CFLAGS	(BIT(17) | BIT(36))

const uint64_t vc_secure_bcaps = SECURE_BCAPS, vc_secure_ccaps = SECURE_CCAPS, vc_secure_cflags = SECURE_CFLAGS,
	       vc_secure_nflags = SECURE_NFLAGS, vc_secure_ncaps = SECURE_NCAPS, vc_default_cflags = DEFAULT_CFLAGS;

static const struct vc_name cflags_names[] = {
	{ "lock", BIT(0) }, { "info_lock", BIT(0) }, { "sched", BIT(1) }, { "info_sched", BIT(1) }, { "nproc", BIT(2) },
	{ "info_nproc", BIT(2) }, { "private", BIT(3) }, { "info_private", BIT(3) }, { "fakeinit", BIT(4) },
	{ "info_init", BIT(4) }, { "hideinfo", BIT(5) }, { "info_hideinfo", BIT(5) }, { "ulimit", BIT(6) },
	{ "info_ulimit", BIT(6) }, { "namespace", BIT(7) }, { "info_namespace", BIT(7) }, { "info_nspace", BIT(7) },
	{ "sched_hard", BIT(8) }, { "sched_prio", BIT(9) }, { "sched_pause", BIT(10) }, { "virt_mem", BIT(16) },
	{ "virt_uptime", BIT(17) }, { "virt_cpu", BIT(18) }, { "virt_load", BIT(19) }, { "virt_time", BIT(20) },
	{ "hide_mount", BIT(24) }, { "hide_netif", BIT(25) }, { "hide_vinfo", BIT(26) }, { "state_setup", BIT(32) },
	{ "state_init", BIT(33) }, { "state_admin", BIT(34) }, { "sc_helper", BIT(36) }, { "reboot_kill", BIT(37) },
	{ "persistent", BIT(38) }, { "fork_rss", BIT(48) }, { "prolific", BIT(49) }, { "igneg_nice", BIT(52) },
	{ "igneg_ionice", BIT(53) }, { "default", DEFAULT_CFLAGS }, { "secure", SECURE_CFLAGS },
	END
};

NAMES(cflags, "context flag", "vxf_");

static const struct vc_name ccaps_names[] = {
	{ "set_utsname", BIT(0) }, { "utsname", BIT(0) }, { "set_rlimit", BIT(1) }, { "rlimit", BIT(1) },
	{ "fs_security", BIT(2) }, { "fs_trusted", BIT(3) }, { "tiocsti", BIT(4) }, { "raw_icmp", BIT(8) }, { "icmp", BIT(8) },
	{ "ping", BIT(8) }, { "syslog", BIT(12) }, { "oom_adjust", BIT(13) }, { "audit_control", BIT(14) },
	{ "secure_mount", BIT(16) }, { "mount", BIT(16) }, { "secure_remount", BIT(17) }, { "remount", BIT(17) },
	{ "binary_mount", BIT(18) }, { "dev_mount", BIT(19) }, { "quota_ctl", BIT(20) }, { "admin_mapper", BIT(21) },
	{ "admin_cloop", BIT(22) }, { "kthread", BIT(24) }, { "namespace", BIT(25) }, { "secure", SECURE_CCAPS },
	END
};

NAMES(ccaps, "context capability", "vxc_");

static const struct vc_name bcaps_names[] = {
	{ "chown", BIT(0) }, { "dac_override", BIT(1) }, { "dac_read_search", BIT(2) }, { "fowner", BIT(3) },
	{ "fsetid", BIT(4) }, { "kill", BIT(5) }, { "setgid", BIT(6) }, { "setuid", BIT(7) }, { "setpcap", BIT(8) },
	{ "linux_immutable", BIT(9) }, { "net_bind_service", BIT(10) }, { "net_broadcast", BIT(11) }, { "net_admin", BIT(12) },
	{ "net_raw", BIT(13) }, { "ipc_lock", BIT(14) }, { "ipc_owner", BIT(15) }, { "sys_module", BIT(16) },
	{ "sys_rawio", BIT(17) }, { "sys_chroot", BIT(18) }, { "sys_ptrace", BIT(19) }, { "sys_pacct", BIT(20) },
	{ "sys_admin", BIT(21) }, { "sys_boot", BIT(22) }, { "sys_nice", BIT(23) }, { "sys_resource", BIT(24) },
	{ "sys_time", BIT(25) }, { "sys_tty_config", BIT(26) }, { "mknod", BIT(27) }, { "lease", BIT(28) },
	{ "audit_write", BIT(29) }, { "audit_control", BIT(30) }, { "setfcap", BIT(31) }, { "mac_override", BIT(32) },
	{ "mac_admin", BIT(33) }, { "syslog", BIT(34) }, { "wake_alarm", BIT(35) }, { "block_suspend", BIT(36) },
	{ "audit_read", BIT(37) }, { "perfmon", BIT(38) }, { "bpf", BIT(39) }, { "checkpoint_restore", BIT(40) },
	{ "secure", SECURE_BCAPS },
	END
};

NAMES(bcaps, "capability", "cap_");

static const struct vc_name nflags_names[] = {
	{ "lock", BIT(0) }, { "info_lock", BIT(0) }, { "private", BIT(3) }, { "info_private", BIT(3) }, { "single_ip", BIT(8) },
	{ "lback_remap", BIT(9) }, { "remap_lback", BIT(9) }, { "lback_allow", BIT(10) }, { "hide_netif", BIT(25) },
	{ "hide_lback", BIT(26) }, { "state_setup", BIT(32) }, { "state_admin", BIT(34) }, { "sc_helper", BIT(36) },
	{ "persistent", BIT(38) }, { "secure", SECURE_NFLAGS },
	END
};

NAMES(nflags, "network context flag", "nxf_");

static const struct vc_name ncaps_names[] = {
	{ "tun_create", BIT(0) }, { "raw_icmp", BIT(8) }, { "multicast", BIT(12) }, { "secure", SECURE_NCAPS },
	END
};

NAMES(ncaps, "network context capability", "nxc_");

static const struct vc_name spaces_names[] = {
	{ "fs", BIT(9) }, { "newns", BIT(17) }, { "newcgroup", BIT(25) }, { "newuts", BIT(26) }, { "newipc", BIT(27) },
	{ "newuser", BIT(28) }, { "newpid", BIT(29) }, { "newnet", BIT(30) }, { "newtime", BIT(7) },
	END
};

NAMES(spaces, "namespace", NULL);

static const struct vc_name iattrs_names[] = {
	{ "admin", BIT(0) }, { "watch", BIT(1) }, { "hide", BIT(2) }, { "write", BIT(3) }, { "barrier", BIT(16) },
	{ "iunlink", BIT(17) }, { "ixunlink", BIT(17) }, { "immutable", BIT(18) }, { "cow", BIT(19) }, { "tag", BIT(24) },
	{ "xid", BIT(24) },
	END
};

NAMES(iattrs, "attribute", NULL);

static const struct vc_name personality_flags_names[] = {
	{ "mmap_page_zero", MMAP_PAGE_ZERO }, { "addr_limit_32bit", ADDR_LIMIT_32BIT }, { "short_inode", SHORT_INODE },
	{ "whole_seconds", WHOLE_SECONDS }, { "sticky_timeouts", STICKY_TIMEOUTS }, { "addr_limit_3gb", ADDR_LIMIT_3GB },
	{ "uname26", UNAME26 },
	END
};

NAMES(personality_flags, "personality flag", NULL);

static const struct vc_name personalities_names[] = {
	{ "linux", PER_LINUX }, { "linux_32bit", PER_LINUX_32BIT }, { "svr4", PER_SVR4 }, { "svr3", PER_SVR3 },
	{ "scosvr3", PER_SCOSVR3 }, { "osr5", PER_OSR5 }, { "wysev386", PER_WYSEV386 }, { "iscr4", PER_ISCR4 },
	{ "bsd", PER_BSD }, { "sunos", PER_SUNOS }, { "xenix", PER_XENIX }, { "linux32", PER_LINUX32 },
	{ "linux32_3gb", PER_LINUX32_3GB }, { "irix32", PER_IRIX32 }, { "irixn32", PER_IRIXN32 }, { "irix64", PER_IRIX64 },
	{ "riscos", PER_RISCOS }, { "solaris", PER_SOLARIS }, { "uw7", PER_UW7 }, { "osf4", PER_OSF4 }, { "hpux", PER_HPUX },
	END
};

NAMES(personalities, "personality", "per_");

static const struct vc_name limits_names[] = {
	{ "cpu", 0 }, { "fsize", 1 }, { "data", 2 }, { "stack", 3 }, { "core", 4 }, { "rss", 5 }, { "nproc", 6 },
	{ "nofile", 7 }, { "memlock", 8 }, { "as", 9 }, { "locks", 10 }, { "msgqueue", 12 }, { "nsock", 16 }, { "openfd", 17 },
	{ "anon", 18 }, { "shmem", 19 }, { "semary", 20 }, { "nsems", 21 }, { "dentry", 22 },
	END
};

NAMES(limits, "limit", NULL);

static const struct vc_name uts_fields_names[] = {
	{ "context", 0 }, { "sysname", 1 }, { "nodename", 2 }, { "release", 3 }, { "version", 4 }, { "machine", 5 },
	{ "domainname", 6 },
	END
};

NAMES(uts_fields, "field", NULL);

static const struct vc_name signals_names[] = {
	{ "hup", SIGHUP }, { "int", SIGINT }, { "quit", SIGQUIT }, { "ill", SIGILL }, { "trap", SIGTRAP }, { "abrt", SIGABRT },
	{ "bus", SIGBUS }, { "fpe", SIGFPE }, { "kill", SIGKILL }, { "usr1", SIGUSR1 }, { "segv", SIGSEGV }, { "usr2", SIGUSR2 },
	{ "pipe", SIGPIPE }, { "alrm", SIGALRM }, { "term", SIGTERM }, { "stkflt", SIGSTKFLT }, { "chld", SIGCHLD },
	{ "cont", SIGCONT }, { "stop", SIGSTOP }, { "tstp", SIGTSTP }, { "ttin", SIGTTIN }, { "ttou", SIGTTOU },
	{ "urg", SIGURG }, { "xcpu", SIGXCPU }, { "xfsz", SIGXFSZ }, { "vtalrm", SIGVTALRM }, { "prof", SIGPROF },
	{ "winch", SIGWINCH }, { "io", SIGIO }, { "pwr", SIGPWR }, { "sys", SIGSYS },
	END
};

NAMES(signals, "signal", "sig");

/* The row that `text`, `length` long, names; NULL. */
static const struct vc_name *find(const struct vc_names *names, const char *text, size_t length)
{
	size_t prefix = names->prefix ? strlen(names->prefix) : 0;

	if (prefix && length > prefix && !strncasecmp(text, names->prefix, prefix)) {
		text += prefix;
		length -= prefix;
	}
	for (const struct vc_name *row = names->names; row->name; row++)
		if (strlen(row->name) == length && !strncasecmp(row->name, text, length))
			return row;
	return NULL;
}

/* A number without sign, blank or rest that has at most 64 bits. */
static int read_number(const char *text, size_t length, uint64_t *number)
{
	char copy[24], *end;

	if (length >= sizeof(copy) || length == 0 || text[0] < '0' || text[0] > '9')
		return -1;
	memcpy(copy, text, length);
	copy[length] = 0;
	errno = 0;
	*number = strtoull(copy, &end, copy[0] == '0' && (copy[1] | 0x20) == 'x' ? 16 : 10);
	return *end || errno ? -1 : 0;
}

static int item_bits(const struct vc_names *names, const char *text, size_t length, uint64_t *bits)
{
	const struct vc_name *row = find(names, text, length);

	if (row) {
		*bits = row->value;
		return 0;
	}
	if (length == 3 && (!strncasecmp(text, "all", 3) || !strncasecmp(text, "any", 3))) {
		*bits = ~0ull;
		return 0;
	}
	if (length == 4 && !strncasecmp(text, "none", 4)) {
		*bits = 0;
		return 0;
	}
	if (text[0] != '^' || length < 2)
		return read_number(text, length, bits);
	if (read_number(text + 1, length - 1, bits) || *bits > 63)
		return -1;
	*bits = BIT(*bits);
	return 0;
}

int vc_list_parse(const struct vc_names *names, const char *text, struct vc_list *list, const char **bad, size_t *length)
{
	struct vc_list said = *list;

	for (;;) {
		const char *item = text;
		size_t size = strcspn(text, ",");
		int clear = 0;
		uint64_t bits;

		text += size;
		for (; size && (*item == '~' || *item == '!'); item++, size--)
			clear = !clear;
		if (item_bits(names, item, size, &bits)) {
			*bad = item;
			*length = size;
			return -1;
		}
		said.mask |= bits;
		said.value = clear ? said.value & ~bits : said.value | bits;
		if (!*text++)
			break;
	}
	*list = said;
	return 0;
}

/* The first name of exactly this value; NULL. */
const char *vc_name_of(const struct vc_names *names, uint64_t number)
{
	for (const struct vc_name *row = names->names; row->name; row++)
		if (row->value == number)
			return row->name;
	return NULL;
}

size_t vc_list_print(const struct vc_names *names, uint64_t bits, char *to, size_t size)
{
	size_t length = 0;

	if (size)
		*to = 0;
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = vc_name_of(names, BIT(bit));
		const char *comma = length ? "," : "";
		char *end = length < size ? to + length : NULL;

		if (!(bits & BIT(bit)))
			continue;
		if (name)
			length += snprintf(end, end ? size - length : 0, "%s%s", comma, name);
		else
			length += snprintf(end, end ? size - length : 0, "%s^%u", comma, bit);
	}
	return length;
}

int64_t vc_number_named(const struct vc_names *names, const char *name)
{
	const struct vc_name *row = find(names, name, strlen(name));
	uint64_t number;

	if (row)
		return row->value;
	if (read_number(name, strlen(name), &number) || number > INT64_MAX) {
		errno = EINVAL;
		return -1;
	}
	return number;
}
