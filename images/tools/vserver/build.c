// SPDX-License-Identifier: GPL-2.0-only
/* Makes guests: their files and their configuration. What fails leaves nothing behind. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "apart.h"
#include "vserver.h"

static const char build_usage[] =
	"usage: vserver NAME build -m METHOD [OPTION...] [-- ARGUMENT...]\n"
	"\n"
	"  -m busybox                 a guest of busybox, that of the host: nothing is copied that can be shared\n"
	"  -m template -- -t ARCHIVE  of a tar archive, compressed or not\n"
	"  -m clone -- -s FOLDER      of a folder\n"
	"\n"
	"  --context ID       its context; without it the kernel chooses one at each start\n"
	"  --hostname NAME    its host name; that of the guest if it is not said\n"
	"  --interface [DEVICE:]ADDRESS[/PREFIX]\n"
	"                     an address of its own; may be there again\n"
	"  --flags LIST       flags of its context; may be there again\n"
	"  --initstyle STYLE  how it starts: sysv, plain\n"
	"\n"
	"Exits 0; 1 on failure, when nothing of it is left, 2 on wrong usage.\n";

struct request {
	const char *name, *method, *hostname, *style, *source;
	long long context;
	char *interfaces[CONFIG_ENTRIES], *flags[CONFIG_ENTRIES];
	int interface_count, flag_count;
	char root[PATH_MAX], dir[PATH_MAX];
};

/* -1, and it is said. */
static int make_dir(const char *top, const char *path, mode_t mode)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	/* Whatever the umask of who builds it. */
	if (!mkdir(whole, mode) && !chmod(whole, mode))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

static int make_file(const char *top, const char *path, const char *text, mode_t mode)
{
	char whole[CONFIG_PATH];
	int fd;

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd >= 0 && !write_text(fd, text, strlen(text)) && !fchmod(fd, mode) && !close(fd))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

static int make_link(const char *top, const char *path, const char *target)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	if (!symlink(target, whole))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

/* Whether there is something by that name, were it a link that leads nowhere. */
static bool is_there(const char *top, const char *path, struct stat *found)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	return !lstat(whole, found);
}

static int make_device(const char *root, const char *path, mode_t mode, unsigned int major, unsigned int minor)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	if (!mknod(whole, S_IFCHR | mode, makedev(major, minor)) && !chmod(whole, mode))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

/*
 * What every guest needs to be mounted upon and to open, and nothing of the machine's. What is there stays as it is, and no link in files that
 * come from elsewhere is followed.
 */
static int make_missing(const char *root)
{
	static const struct { const char *path; mode_t mode; } folders[] = {
		{ "proc", 0755 }, { "tmp", 01777 }, { "dev", 0755 }, { "dev/pts", 0755 }, { "dev/shm", 0755 },
	};
	static const struct { const char *path; mode_t mode; unsigned int major, minor; } devices[] = {
		{ "dev/null", 0666, 1, 3 }, { "dev/zero", 0666, 1, 5 }, { "dev/full", 0666, 1, 7 }, { "dev/random", 0644, 1, 8 },
		{ "dev/urandom", 0644, 1, 9 }, { "dev/tty", 0666, 5, 0 },
	};
	static const struct { const char *path, *target; } links[] = { { "dev/ptmx", "pts/ptmx" }, { "dev/fd", "/proc/self/fd" } };
	struct stat found;

	if (is_there(root, "dev", &found) && !S_ISDIR(found.st_mode))
		return tool_wrong("%s/dev: this has to be a folder", root), -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (!is_there(root, folders[i].path, &found) && make_dir(root, folders[i].path, folders[i].mode))
			return -1;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!is_there(root, devices[i].path, &found) &&
		    make_device(root, devices[i].path, devices[i].mode, devices[i].major, devices[i].minor))
			return -1;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (!is_there(root, links[i].path, &found) && make_link(root, links[i].path, links[i].target))
			return -1;
	return 0;
}

/* The scripts of a guest of busybox. */
static const char rc_text[] =
	"#!/bin/sh\n"
	"# Starts what the guest runs, and stops it: levels as of System V, 0 and 6 end it.\n"
	"case ${1-3} in\n"
	"0|6)\n"
	"	for script in /etc/rc.d/*; do [ ! -x \"$script\" ] || \"$script\" stop; done\n"
	"	;;\n"
	"*)\n"
	"	hostname -F /etc/hostname 2>/dev/null\n"
	"	for script in /etc/rc.d/*; do [ ! -x \"$script\" ] || \"$script\" start || exit; done\n"
	"	;;\n"
	"esac\n"
	"exit 0\n";
static const char syslog_text[] =
	"#!/bin/sh\n"
	"# The log of the guest, in memory: logread shows it.\n"
	"case $1 in\n"
	"start) syslogd -C64 ;;\n"
	"stop) start-stop-daemon -K -q -o -p /run/syslogd.pid -n syslogd ;;\n"
	"esac\n";
/* Host paths are bound for reading: what is shared cannot be changed from inside. */
static const char busybox_fstab[] =
	"# source    target    type    options\n"
	"/bin        /bin      none    bind,ro,nosuid,nodev\n"
	"/usr/bin    /usr/bin  none    bind,ro,nosuid,nodev\n"
	"proc        /proc     proc    nosuid,noexec\n"
	"/proc/sys   /proc/sys none    bind,ro\n"
	"/proc/sysrq-trigger /proc/sysrq-trigger none bind,ro,nofail\n"
	"devpts      /dev/pts  devpts  nosuid,noexec,gid=5,mode=620,ptmxmode=666\n"
	"tmpfs       /dev/shm  tmpfs   nosuid,size=1m,mode=1777\n"
	"tmpfs       /tmp      tmpfs   nosuid,size=4m,mode=1777\n"
	"tmpfs       /run      tmpfs   nosuid,size=1m,mode=755\n";
static const char usual_fstab[] =
	"# source    target    type    options\n"
	"proc        /proc     proc    nosuid,noexec\n"
	"/proc/sys   /proc/sys none    bind,ro\n"
	"/proc/sysrq-trigger /proc/sysrq-trigger none bind,ro,nofail\n"
	"devpts      /dev/pts  devpts  nosuid,noexec,gid=5,mode=620,ptmxmode=666\n"
	"tmpfs       /tmp      tmpfs   nosuid,size=4m,mode=1777\n";

static int fill_busybox(const struct request *request)
{
	static const char *const folders[] = { "bin", "sbin", "usr", "usr/bin", "usr/sbin", "etc", "etc/init.d", "etc/rc.d", "home", "run", "var",
					       "var/log", "mnt" };
	static const char *const programs[] = { "sbin/init", "sbin/syslogd", "sbin/logread", "sbin/halt", "sbin/reboot", "sbin/poweroff", "sbin/ifconfig", "sbin/ip",
						"sbin/route", "usr/sbin/crond", "usr/sbin/httpd", "usr/sbin/telnetd", "usr/sbin/chroot" };
	const char *root = request->root;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (make_dir(root, folders[i], 0755))
			return -1;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (make_link(root, programs[i], "/bin/busybox"))
			return -1;
	return make_dir(root, "root", 0700) || make_link(root, "var/run", "../run") ||
	       make_file(root, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n", 0644) ||
	       make_file(root, "etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n", 0644) ||
	       make_file(root, "etc/profile", "PS1='\\u@\\h:\\w\\$ '\nexport PATH=/sbin:/usr/sbin:/bin:/usr/bin HOME=/root\n", 0644) ||
	       make_file(root, "etc/hosts", "127.0.0.1 localhost\n", 0644) || make_file(root, "etc/init.d/rc", rc_text, 0755) ||
	       make_file(root, "etc/rc.d/S10syslog", syslog_text, 0755) ? -1 : 0;
}

/* A program of the host; -1, and it is said. */
static int run_program(char *const argv[])
{
	struct apart apart;
	int status;

	if (apart_fork(&apart, 0, 0))
		return -1;
	if (apart.pid == 0)
		_exit(apart_take(&apart) ? tool->failure : tool_exec((char **)argv));
	status = apart_wait(&apart, 0, true);
	apart_end(&apart);
	if (status)
		tool_wrong("%s exited with %d", argv[0], status);
	return status ? -1 : 0;
}

/* How an archive is compressed, by its first bytes: not every tar finds that out. */
static char *extract_option(const char *archive)
{
	static const struct { const char *magic; size_t length; char *option; } compressed[] = {
		{ "\x1f\x8b", 2, "-xzf" }, { "BZh", 3, "-xjf" }, { "\xfd" "7zXZ", 5, "-xJf" },
	};
	char begin[8] = "";
	int fd = open(archive, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, begin, sizeof(begin));

	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++)
		if (length >= (ssize_t)compressed[i].length && !memcmp(begin, compressed[i].magic, compressed[i].length))
			return compressed[i].option;
	return "-xf";
}

static int fill_template(const struct request *request)
{
	char *const argv[] = { "tar", extract_option(request->source), (char *)request->source, "-C", (char *)request->root, NULL };

	return run_program(argv);
}

static int fill_clone(const struct request *request)
{
	char from[CONFIG_PATH];
	char *const argv[] = { "cp", "-a", from, (char *)request->root, NULL };

	snprintf(from, sizeof(from), "%s/.", request->source);
	return run_program(argv);
}

static const struct method {
	const char *name;
	char option;	/* which says the source; 0 for none */
	mode_t source;	/* what that is */
	int (*fill)(const struct request *request);
	const char *fstab;
} methods[] = {
	{ "busybox", 0, 0, fill_busybox, busybox_fstab },
	{ "template", 't', S_IFREG, fill_template, usual_fstab },
	{ "clone", 's', S_IFDIR, fill_clone, usual_fstab },
};

static int write_interface(const struct request *request, int number)
{
	char *text = strdup(request->interfaces[number]), *colon, *slash, path[64], line[300];
	struct in_addr ip;

	if (!text)
		return tool_failed("--interface"), -1;
	colon = strchr(text, ':');
	slash = strchr(text, '/');
	snprintf(path, sizeof(path), "interfaces/%d", number);
	if (make_dir(request->dir, path, 0755))
		return -1;
	if (slash)
		*slash = 0;
	if (inet_pton(AF_INET, colon ? colon + 1 : text, &ip) != 1)
		return tool_wrong("--interface %s: there is no IPv4 address in it", request->interfaces[number]), -1;
	snprintf(path, sizeof(path), "interfaces/%d/ip", number);
	snprintf(line, sizeof(line), "%s\n", colon ? colon + 1 : text);
	if (make_file(request->dir, path, line, 0644))
		return -1;
	if (slash) {
		snprintf(path, sizeof(path), "interfaces/%d/%s", number, strchr(slash + 1, '.') ? "mask" : "prefix");
		snprintf(line, sizeof(line), "%s\n", slash + 1);
		if (make_file(request->dir, path, line, 0644))
			return -1;
	}
	if (colon) {
		*colon = 0;
		snprintf(path, sizeof(path), "interfaces/%d/dev", number);
		snprintf(line, sizeof(line), "%s\n", text);
		if (make_file(request->dir, path, line, 0644))
			return -1;
	}
	free(text);
	return 0;
}

static int write_flags(const struct request *request)
{
	char text[4096] = "";
	size_t length = 0;

	for (int i = 0; i < request->flag_count && length < sizeof(text); i++)
		length += snprintf(text + length, sizeof(text) - length, "%s\n", request->flags[i]);
	if (length >= sizeof(text))
		return tool_wrong("--flags: these are too many"), -1;
	return length ? make_file(request->dir, "flags", text, 0644) : 0;
}

static int write_config(const struct request *request, const struct method *method)
{
	char line[300];

	if (make_dir(request->dir, "apps", 0755) || make_dir(request->dir, "apps/init", 0755) || make_dir(request->dir, "uts", 0755) ||
	    make_dir(request->dir, "interfaces", 0755) || make_link(request->dir, "vdir", request->root) || make_file(request->dir, "fstab", method->fstab, 0644) || write_flags(request))
		return -1;
	snprintf(line, sizeof(line), "%s\n", request->hostname ? request->hostname : request->name);
	if (make_file(request->dir, "uts/nodename", line, 0644))
		return -1;
	snprintf(line, sizeof(line), "%lld\n", request->context);
	if (request->context && make_file(request->dir, "context", line, 0644))
		return -1;
	snprintf(line, sizeof(line), "%s\n", request->style);
	if (make_file(request->dir, "apps/init/style", line, 0644))
		return -1;
	for (int i = 0; i < request->interface_count; i++)
		if (write_interface(request, i))
			return -1;
	return 0;
}

/* What keeps a guest that may change its root from going up, where it has no mounts of its own: of the kernel that has it. */
static void set_barrier(void)
{
	struct vc_iattr barrier = { .name = GUEST_ROOTS, .flags = VC_IATTR_BARRIER, .mask = VC_IATTR_BARRIER };

	if (vc_set_iattr(&barrier) && errno != ENOSYS)
		tool_failed("warning: %s has no barrier", GUEST_ROOTS);
}

/* What is written has to be readable: the mistakes of options are found as those of files are. */
static int build(const struct request *request, const struct method *method)
{
	static struct config config;

	config_place(&config, request->dir);
	if (state_lock(&config, "built") || write_config(request, method) || config_read(&config) || method->fill(request) || make_missing(request->root))
		return -1;
	return apart_interrupted() ? (tool_wrong("interrupted"), -1) : 0;
}

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].name, name))
			return methods + i;
	return NULL;
}

/* 0, or an exit code: whether a guest can be made of that. */
static int check_source(const struct method *method, const char *source)
{
	char path[PATH_MAX];
	size_t length;
	struct stat found;

	if (!realpath(source, path) || stat(path, &found) || access(path, R_OK))
		return tool_failed("%s", source);
	if ((found.st_mode & S_IFMT) != method->source)
		return tool_wrong("%s: this is no %s", source, method->source == S_IFDIR ? "folder" : "archive");
	/* A folder that the guest will be in would be copied into itself, and that again. */
	length = strlen(path);
	if (!strcmp(path, "/") || (!strncmp(path, GUEST_ROOTS, length) && strchr("/", GUEST_ROOTS[length])))
		return tool_wrong("%s: the files of the guest will be in there: it cannot be made of that", source);
	return 0;
}

static int usage(const char *problem, const char *what)
{
	if (problem)
		tool_wrong(problem, what);
	fputs(build_usage, stderr);
	return 2;
}

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct request *request, const struct method **method)
{
	enum { CONTEXT = 256, HOSTNAME, INTERFACE, FLAGS, STYLE, HELP };
	static const struct option options[] = {
		{ "context", 1, NULL, CONTEXT }, { "hostname", 1, NULL, HOSTNAME }, { "interface", 1, NULL, INTERFACE }, { "flags", 1, NULL, FLAGS },
		{ "initstyle", 1, NULL, STYLE }, { "help", 0, NULL, HELP }, { 0 },
	};
	struct vc_list flags = { 0 };
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "+m:", options, NULL)) != -1) {
		switch (option) {
		case 'm': request->method = optarg; break;
		case CONTEXT:
			if (tool_read_number(optarg, "context", VC_MIN_ID, VC_MIN_DYNAMIC - 1, &request->context))
				return tool->failure;
			break;
		case HOSTNAME: request->hostname = optarg; break;
		case INTERFACE:
			if (request->interface_count == CONFIG_ENTRIES)
				return usage("--interface %s: these are too many", optarg);
			request->interfaces[request->interface_count++] = optarg;
			break;
		case FLAGS:
			if (tool_read_list(&vc_cflags, optarg, &flags))
				return tool->failure;
			if (request->flag_count == CONFIG_ENTRIES)
				return usage("--flags %s: these are too many", optarg);
			request->flags[request->flag_count++] = optarg;
			break;
		case STYLE: request->style = optarg; break;
		case HELP: fputs(build_usage, stdout); exit(tool_flush());
		default: return usage(NULL, NULL);
		}
	}
	if (!request->method)
		return usage("say a method%s", "");
	*method = find_method(request->method);
	if (!*method)
		return usage("there is no method '%s'", request->method);
	if (!(*method)->option)
		return optind < argc ? usage("%s: this method takes nothing", argv[optind]) : 0;
	if (argc - optind != 2 || argv[optind][0] != '-' || argv[optind][1] != (*method)->option || argv[optind][2])
		return usage("say what it is made of: -- -%s and a path", (char[]){ (*method)->option, 0 });
	request->source = argv[optind + 1];
	return check_source(*method, request->source);
}

/* A name that is one in every place where it is used: in a path, as a host name. */
static bool is_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return length > 0 && length <= 32 && !name[length] && *name != '.' && *name != '-';
}

/* An exit code: what this makes it removes when it fails. */
static int make(const struct request *request, const struct method *method)
{
	char run[CONFIG_PATH];

	if (mkdir(request->dir, 0755))
		return tool_failed("%s", request->dir);
	if (mkdir(request->root, 0755)) {
		tool_failed("%s", request->root);
		rmdir(request->dir);
		return tool->failure;
	}
	chmod(request->root, 0755);
	/* By which others are kept off until it is done. */
	snprintf(run, sizeof(run), "%s/%s", GUEST_RUNS, request->name);
	if (!make_link(request->dir, "run", run) && !build(request, method))
		return 0;
	remove_tree(request->root);
	remove_tree(request->dir);
	return tool->failure;
}

int guest_build(const char *name, int argc, char **argv)
{
	struct request request = { .name = name, .style = "sysv" };
	const struct method *method = NULL;
	int failed = parse(argc, argv, &request, &method);

	if (failed)
		return failed;
	if (!is_name(name))
		return usage("'%s' is no name for a guest: up to 32 letters, digits, - _ and ., of which the last three do not come first", name);
	snprintf(request.root, sizeof(request.root), GUEST_ROOTS "/%s", name);
	snprintf(request.dir, sizeof(request.dir), GUEST_CONFIGS "/%s", name);
	if ((mkdir(GUEST_CONFIGS, 0755) && errno != EEXIST) || (mkdir(GUEST_ROOTS, 0700) && errno != EEXIST))
		return tool_failed("%s and %s", GUEST_CONFIGS, GUEST_ROOTS);
	set_barrier();
	if (apart_hold())
		return tool->failure;
	failed = make(&request, method);
	apart_release();
	return failed;
}
