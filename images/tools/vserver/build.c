// SPDX-License-Identifier: GPL-2.0-only
/* Makes guests: their files and their configuration. What fails leaves nothing behind. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "apart.h"
#include "build.h"

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
	static struct config config;
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
	config_place(&config, request->dir);
	state_forget(&config);
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
