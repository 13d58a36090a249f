// SPDX-License-Identifier: GPL-2.0-only
/* vcontext: makes a context or enters one, and becomes a program there. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "entry.h"
#include "root.h"
#include "tool.h"

const char vcontext_usage[] =
	"usage: vcontext --create [--xid ID] [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"       vcontext --migrate --xid ID [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"       vcontext --migrate-self [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
	"\n"
	"Runs a program in a new context, in another, or in the own one with other settings.\n"
	"\n"
	"  --create          make a context; without --xid one with an id that the kernel chooses\n"
	"  --migrate         enter a context\n"
	"  --migrate-self    stay in the own one\n"
	"  --xid ID, --ctx ID\n"
	"                    a number, 'self', or the name of a guest\n"
	"  --initpid, --fakeinit\n"
	"                    be the context's init (only with --migrate or --migrate-self)\n"
	"  --endsetup        end the context's setup: what it may not do is refused from here on\n"
	"  --chroot          make the working directory the root directory\n"
	"  --namespace       with --chroot: keep the mount namespace in the context, or enter the kept one\n"
	"  --pivot-root      make the working directory the root of a mount namespace of its own, and keep that in the context;\n"
	"                    with --migrate enter the kept one, if there is one\n"
	"  --spaces          with --migrate: enter all that the context keeps, its root and its namespaces\n"
	"  --uid USER        become this user: a name, with its groups, or a number, which leaves the groups as they are\n"
	"  --personality-type TYPE\n"
	"                    run the program under this personality; with --personality-flags LIST\n"
	"  --disconnect      in the background, in a session of its own\n"
	"  --vlogin          on a terminal of its own, if this is one\n"
	"  --closefd         without the descriptors above 2\n"
	"  --syncsock FILE   tell who listens there that all is ready, and wait until it closes\n"
	"  --syncmsg TEXT    what to tell; 'ok' if it is not said\n"
	"  --silent          do not print the id of a new context\n"
	"  --silentexist     do not say that a context exists\n"
	"\n"
	"Exits as the program does; 254 when the context to be made exists, 255 on any other failure, 2 on wrong usage.\n";

struct request {
	struct entry entry;
	bool initpid, endsetup, chroot, namespace, pivot, spaces, vlogin, closefd, has_personality;
	const char *user;
	unsigned long long kept[2];	/* namespaces, by the slot of enter_space; only with --spaces */
	uint64_t personality;
	struct vc_list personality_flags;
};

static int create(uint32_t xid)
{
	return vc_ctx_create(xid, NULL);
}

static const struct entry_kind context = { "context", "security context", "--xid", "ctx_create", tool_read_xid, create };

enum { INITPID = 256, ENDSETUP, CHROOT, NAMESPACE, PIVOT, SPACES, USER, TYPE, FLAGS, VLOGIN, CLOSEFD };

static const struct option options[] = {
	ENTRY_OPTIONS, { "xid", 1, NULL, ENTRY_ID }, { "ctx", 1, NULL, ENTRY_ID }, { "initpid", 0, NULL, INITPID }, { "fakeinit", 0, NULL, INITPID },
	{ "endsetup", 0, NULL, ENDSETUP }, { "chroot", 0, NULL, CHROOT }, { "namespace", 0, NULL, NAMESPACE }, { "pivot-root", 0, NULL, PIVOT },
	{ "spaces", 0, NULL, SPACES },
	{ "uid", 1, NULL, USER }, { "personality-type", 1, NULL, TYPE }, { "personality-flags", 1, NULL, FLAGS }, { "vlogin", 0, NULL, VLOGIN },
	{ "closefd", 0, NULL, CLOSEFD }, { 0 },
};

/* 0, or an exit code. */
static int take(struct request *request, int option)
{
	int64_t number;

	switch (option) {
	case INITPID: request->initpid = true; break;
	case ENDSETUP: request->endsetup = true; break;
	case CHROOT: request->chroot = true; break;
	case NAMESPACE: request->namespace = true; break;
	case PIVOT: request->pivot = true; break;
	case SPACES: request->spaces = true; break;
	case USER: request->user = optarg; break;
	case TYPE:
		number = vc_number_named(&vc_personalities, optarg);
		if (number < 0)
			return tool_wrong("'%s' is no %s", optarg, vc_personalities.what);
		request->personality = number;
		request->has_personality = true;
		break;
	case FLAGS: return tool_read_list(&vc_personality_flags, optarg, &request->personality_flags) ? tool->failure : 0;
	case VLOGIN: request->vlogin = true; break;
	case CLOSEFD: request->closefd = true; break;
	default: return entry_take(&request->entry, option);
	}
	return 0;
}

/* 0, or an exit code. */
static int parse(int argc, char **argv, struct request *request)
{
	int option, failed = 0;

	while (!failed && (option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		failed = take(request, option);
	if (failed)
		return failed;
	if (request->entry.create && request->initpid)
		return tool_usage("--initpid goes with --migrate or --migrate-self");
	if (request->namespace && !request->chroot)
		return tool_usage("--namespace goes with --chroot");
	if (request->chroot && request->pivot)
		return tool_usage("--chroot and --pivot-root are two ways: say one");
	if (request->spaces && (!request->entry.migrate || request->chroot || request->pivot))
		return tool_usage("--spaces goes with --migrate, and without --chroot and --pivot-root");
	if (request->personality_flags.mask && !request->has_personality)
		return tool_usage("--personality-flags goes with --personality-type");
	if (request->entry.disconnect && request->vlogin)
		return tool_usage("--disconnect and --vlogin do not go together");
	return entry_check(&request->entry, optind < argc);
}

/* There is no word for it: the kernel says so in a file, which nobody but the host and the spectator can read. */
static int read_kept(struct request *request)
{
	char path[64], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/virtual/%u/status", request->entry.id);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "Spaces: %llx %llx", &request->kept[0], &request->kept[1]) == 2;
	if (file)
		fclose(file);
	return found ? 0 : tool_wrong("enter context %u: there is no such context, or %s is not to be read", request->entry.id, path);
}

/* No program of the context's own tree runs before the context is entered: it would have all rights of the host's. */
static int enter_spaces(struct request *request)
{
	const unsigned long long tree = VC_SPACE_NEWNS | VC_SPACE_FS;
	struct vc_space others, root = { .index = 1 };

	if (read_kept(request))
		return tool->failure;
	root.mask = request->kept[1];
	others = (struct vc_space){ .mask = root.mask ? request->kept[0] & ~tree : request->kept[0] };
	if (others.mask && vc_enter_space(request->entry.id, &others))
		return tool_refused("enter_space", "enter the namespaces of context %u", request->entry.id);
	if (root.mask && vc_enter_space(request->entry.id, &root))
		return tool_refused("enter_space", "enter the root of context %u", request->entry.id);
	/* In another tree the working directory would be one of the old. */
	return (root.mask || others.mask & tree) && chdir("/") ? tool_failed("/ of context %u", request->entry.id) : 0;
}

/* Who enters a pid namespace is not in it: the children are. */
static int go_into_pid_namespace(const struct request *request)
{
	pid_t child;

	if (!(request->kept[0] & CLONE_NEWPID))
		return 0;
	child = fork();
	if (child < 0)
		return tool_failed("fork");
	if (child)
		_exit(run_wait(child));
	return 0;
}

static int change_root(const struct request *request)
{
	struct vc_space space = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS, .index = request->pivot ? 1 : 0 };

	if (request->entry.migrate && (request->namespace || request->pivot)) {
		if (!vc_enter_space(request->entry.id, &space)) {
			if (request->pivot)
				return 0;	/* its root is in there */
		} else if (!request->pivot || errno != EINVAL) {
			return tool_refused("enter_space", "enter the mount namespace of context %u", request->entry.id);
		}
	}
	if (request->chroot && chroot("."))
		return tool_failed("make the working directory the root directory");
	if (request->pivot && (root_own_mounts() || root_pivot()))
		return tool->failure;
	if ((request->pivot || request->namespace) && !request->entry.migrate && vc_set_space(VC_OWN, &space))
		return tool_refused("set_space", "keep the mount namespace in the context");
	return 0;
}

static int clear_flags(const struct request *request)
{
	struct vc_ctx_flags flags = {
		.mask = (request->endsetup ? VXF_STATE_SETUP : 0) | (request->initpid ? VXF_STATE_INIT : 0),
	};

	if (!flags.mask)
		return 0;
	if (vc_set_cflags(request->entry.migrate ? request->entry.id : VC_OWN, &flags))
		return tool_refused("set_cflags", request->endsetup ? "end the setup" : "become the init");
	return 0;
}

static int migrate(const struct request *request)
{
	struct vc_ctx_migrate how = { .flagword = request->initpid ? VXM_SET_INIT | VXM_SET_REAPER : 0 };

	if (request->entry.migrate && vc_ctx_migrate(request->entry.id, &how) < 0)
		return tool_refused("ctx_migrate", "enter context %u", request->entry.id);
	return 0;
}

/* By number only the user changes, as nobody says of which group it is. */
static int become_user(const char *user)
{
	struct passwd *entry;
	long long uid;

	if (!user)
		return 0;
	if (*user >= '0' && *user <= '9') {
		if (tool_read_number(user, "user", 0, (long long)UINT32_MAX - 1, &uid))
			return tool->failure;
		return run_give_terminal(uid) || setuid(uid) ? tool_failed("become user %s", user) : 0;
	}
	entry = getpwnam(user);
	if (!entry)
		return tool_wrong("there is no user '%s' here", user);
	if (run_give_terminal(entry->pw_uid) || initgroups(user, entry->pw_gid) || setgid(entry->pw_gid) || setuid(entry->pw_uid))
		return tool_failed("become user %s", user);
	return 0;
}

static int change_personality(const struct request *request)
{
	if (!request->has_personality)
		return 0;
	return personality(request->personality | request->personality_flags.value) < 0 ? tool_failed("change the personality") : 0;
}

int vcontext_main(int argc, char **argv)
{
	struct request request = { .entry = { .kind = &context, .sync = { .message = "ok" } } };
	struct sync *sync = &request.entry.sync;
	int failed = parse(argc, argv, &request);

	if (failed)
		return failed;
	if (run_from_copy(argv))
		return tool->failure;
	if (sync_connect(sync) || (request.entry.disconnect && run_disconnected()) || (request.vlogin && run_on_terminal()))
		return tool->failure;
	failed = entry_create(&request.entry);
	if (!failed && request.spaces)
		failed = enter_spaces(&request);
	/* The caller's terminal and files stay outside: from the context on others may look into this process. */
	if (failed || (failed = change_root(&request)) || ((run_take_terminal() || run_control_terminal()) && (failed = tool->failure)))
		return failed;
	if (request.closefd)
		close_others(sync->path ? sync->fd : -1);
	if ((failed = clear_flags(&request)) || (failed = migrate(&request)) ||
	    (failed = go_into_pid_namespace(&request)) || (failed = become_user(request.user)) ||
	    (failed = change_personality(&request)))
		return failed;
	if (sync_wait(sync))
		return tool->failure;
	return tool_exec(argv + optind);
}
