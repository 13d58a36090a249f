// SPDX-License-Identifier: GPL-2.0-only
/* vserver-info: what there is to know of the kernel, of a guest, of a context, of a process. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "commands.h"
#include "features.h"
#include "guest.h"
#include "tool.h"

const char vserver_info_usage[] =
	"usage: vserver-info [-q] GUEST|ID|PID|- TAG [ARGUMENT...]\n"
	"       vserver-info -l\n"
	"       vserver-info\n"
	"\n"
	"Prints one fact, or what kernel and tools are without any.\n"
	"\n"
	"  -q    print nothing: the exit code says whether there is one\n"
	"  -l    print which facts there are\n"
	"\n"
	"  of a guest, by its name:   CONTEXT RUNNING VDIR NAME CFGDIR APPDIR\n"
	"  of a context, by its id:   XIDTYPE; and by its id or a guest's name: ID RUNNING INITPID UTS\n"
	"  of a process, by its pid:  XID NID TAG INITPID_PID\n"
	"  of anything:               APIVER SYSINFO CANONIFY VERIFYCAP VERIFYPROC\n"
	"                             FEATURE NAME (exits 0 when the kernel has it)\n"
	"\n"
	"An ARGUMENT is: of CONTEXT 'false', only where it runs; of VDIR 'true', the path without symbolic links; of APPDIR the name of an\n"
	"application; of UTS one name alone; of XIDTYPE the types that it may have.\n"
	"\n"
	"Exits 0; 1 when there is no such fact, 2 on wrong usage.\n";

/* A subject as it was given, and the arguments behind the tag. */
struct question {
	const char *subject;
	int argc;
	char **argv;
};

/* 0, and the answer is printed, if there is one; or -1: there is no such fact. */
typedef int answer_function(const struct question *question);

/* Found by the name, or the question has no answer. */
static int config(const struct question *question, char dir[PATH_MAX])
{
	return guest_config(question->subject, dir);
}

/* Whether the subject is a number, of a context or a process; a guest may be called 42abc. */
static bool is_number(const struct question *question, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(question->subject, &end, 10);
	return isdigit((unsigned char)*question->subject) && !*end && !errno;
}

static int xid_of(const struct question *question, uint32_t *xid)
{
	unsigned long number;

	if (!is_number(question, &number))
		return guest_id(question->subject, "context", xid);
	*xid = number;
	return number <= VC_MAX_ID ? 0 : -1;
}

/* `-` is the process that asks. */
static int pid_of(const struct question *question, uint32_t *pid)
{
	unsigned long number;

	*pid = 0;
	if (!strcmp(question->subject, "-"))
		return 0;
	if (!is_number(question, &number) || number > INT_MAX)
		return -1;
	*pid = number;
	return 0;
}

static bool is_true(const char *text)
{
	return strchr("yYtT", *text) ? *text != 0 : atoi(text) != 0;
}

static int exists(uint32_t xid)
{
	struct vc_vx_info info;

	return vc_vx_info(xid, &info) >= 0;
}

static int answer_context(const struct question *question)
{
	char dir[PATH_MAX];
	uint32_t xid;

	if (config(question, dir))
		return -1;
	xid = guest_xid(dir);
	if (!xid && (question->argc == 0 || is_true(question->argv[0])) && guest_id(question->subject, "context", &xid))
		return -1;
	return xid ? printf("%u\n", xid) : -1;
}

static int answer_id(const struct question *question)
{
	char dir[PATH_MAX];
	uint32_t xid;

	if (xid_of(question, &xid) || guest_config_of(xid, dir) || guest_xid(dir) != xid)
		return -1;
	return printf("%s\n", dir);
}

static int answer_running(const struct question *question)
{
	char dir[PATH_MAX];
	unsigned long number;
	uint32_t xid;

	if (is_number(question, &number))
		return !xid_of(question, &xid) && exists(xid) ? printf("1\n") : -1;
	return !config(question, dir) && guest_xid(dir) ? printf("1\n") : -1;
}

static int answer_vdir(const struct question *question)
{
	char dir[PATH_MAX], vdir[PATH_MAX];
	struct stat found;

	if (config(question, dir) || guest_vdir(dir, vdir) || stat(vdir, &found) || !S_ISDIR(found.st_mode))
		return -1;
	return question->argc && is_true(question->argv[0]) ? printf("%s\n", vdir) : printf("%s/vdir\n", dir);
}

static int answer_name(const struct question *question)
{
	char dir[PATH_MAX], name[GUEST_NAME_SIZE];

	if (config(question, dir))
		return -1;
	guest_name(dir, name);
	return printf("%s\n", name);
}

static int answer_cfgdir(const struct question *question)
{
	char dir[PATH_MAX];

	return config(question, dir) ? -1 : printf("%s\n", dir);
}

static int answer_appdir(const struct question *question)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct stat found;

	if (config(question, dir) ||
	    snprintf(path, sizeof(path), "%s/apps/%s", dir, question->argc ? question->argv[0] : "") >= PATH_MAX || stat(path, &found) ||
	    !S_ISDIR(found.st_mode))
		return -1;
	return printf("%s\n", path);
}

static int print_initpid(uint32_t xid)
{
	struct vc_vx_info info;

	return vc_vx_info(xid, &info) < 0 || !info.initpid ? -1 : printf("%u\n", info.initpid);
}

static int answer_initpid(const struct question *question)
{
	uint32_t xid;

	return xid_of(question, &xid) ? -1 : print_initpid(xid);
}

static int answer_initpid_pid(const struct question *question)
{
	uint32_t pid;
	int xid;

	if (pid_of(question, &pid))
		return -1;
	xid = vc_task_xid(pid);
	return xid < 0 ? -1 : print_initpid(xid);
}

static int print_id(const struct question *question, int (*ask)(uint32_t pid))
{
	uint32_t pid;
	int id;

	if (pid_of(question, &pid))
		return -1;
	id = ask(pid);
	return id < 0 ? -1 : printf("%d\n", id);
}

static int answer_xid(const struct question *question)
{
	return print_id(question, vc_task_xid);
}

static int answer_nid(const struct question *question)
{
	return print_id(question, vc_task_nid);
}

static int answer_tag(const struct question *question)
{
	return print_id(question, vc_task_tag);
}

static int answer_apiver(const struct question *question)
{
	int version = vc_get_version(63);

	(void)question;
	return version < 0 ? -1 : printf("0x%08x\n", version);
}

static int print_uts(uint32_t xid, int64_t field, const char *end)
{
	struct vc_vhi_name name = { .field = field };
	int known = vc_get_vhi_name(xid, &name) >= 0;

	/* Of one alone that cannot be told nothing is. */
	if (known || *end == ' ')
		printf("%s%s", known ? name.name : "???", end);
	return known;
}

static int answer_uts(const struct question *question)
{
	int64_t field;
	uint32_t xid;

	if (xid_of(question, &xid) || !exists(xid))
		return -1;
	if (question->argc) {
		field = vc_number_named(&vc_uts_fields, question->argv[0]);
		if (field < 0 || !vc_name_of(&vc_uts_fields, field)) {
			tool_wrong("'%s' is no field of the names of a context", question->argv[0]);
			return -1;
		}
		return print_uts(xid, field, "\n") ? 0 : -1;
	}
	for (field = 0; vc_name_of(&vc_uts_fields, field); field++)
		print_uts(xid, field, " ");
	return printf("\n");
}

static int answer_feature(const struct question *question)
{
	int there = question->argc ? feature_supported(question->argv[0]) : -1;

	if (there >= 0)
		return there ? 0 : -1;
	if (question->argc)
		tool_wrong("'%s' is no feature that has a name", question->argv[0]);
	else
		tool_wrong("which feature?");
	return -1;
}

static int answer_sysinfo(const struct question *question)
{
	struct utsname name;
	int version = vc_get_version(63), vci = vc_get_vci();
	char api[16] = "???", word[24] = "???";

	(void)question;
	if (uname(&name))
		return -1;
	if (version >= 0)
		snprintf(api, sizeof(api), "0x%08x", version);
	if (vci >= 0)
		snprintf(word, sizeof(word), "0x%016x", vci);
	printf("Versions:\n%25s: %s\n%25s: %s\n%25s: %s\n", "Kernel", name.release, "VS-API", api, "VCI", word);
	printf("\nFeatures:\n");
	for (unsigned int i = 0; feature_name(i); i++)
		printf("%25s: %s\n", feature_name(i), feature_supported(feature_name(i)) ? "yes" : "no");
	printf("\nPaths:\n%25s: %s\n%25s: %s\n", "cfg-Directory", GUEST_CONFIGS, "pkgstate-Directory", GUEST_RUNS);
	return 0;
}

static int answer_canonify(const struct question *question)
{
	bool any = false;

	for (const char *c = question->subject; *c; c++) {
		if (isascii(*c) && isalnum((unsigned char)*c)) {
			putchar(*c);
			any = true;
		}
	}
	return any ? printf("\n") : -1;
}

/* Whether capabilities are looked at: without any, root may not change its root. */
static int answer_verifycap(const struct question *question)
{
	(void)question;
	if (geteuid() != 0 || setgroups(0, NULL) || setuid(65534))
		return -1;
	return chroot("/") && errno == EPERM ? 0 : -1;
}

/* Whether a spectator sees what it needs of /proc. */
static int answer_verifyproc(const struct question *question)
{
	(void)question;
	return vc_ctx_migrate(VC_SPECTATOR, NULL) < 0 ? -1 : access("/proc/uptime", R_OK);
}

static int answer_xidtype(const struct question *question)
{
	const char *type = "invalid";
	int vci = vc_get_vci();
	unsigned long xid;

	if (is_number(question, &xid) && xid <= VC_MAX_ID) {
		type = xid == VC_HOST ? "main" : xid == VC_SPECTATOR ? "watch" : "static";
		if (xid >= VC_MIN_DYNAMIC && vci >= 0 && !(vci & VCI_NO_DYNAMIC))
			type = "dynamic";
	}
	for (int i = 0; i < question->argc; i++)
		if (!strcmp(question->argv[i], type))
			return printf("%s\n", type);
	return question->argc ? -1 : printf("%s\n", type);
}

static const struct {
	const char *name;
	answer_function *answer;
} tags[] = {
	{ "CONTEXT", answer_context }, { "ID", answer_id }, { "RUNNING", answer_running }, { "VDIR", answer_vdir }, { "NAME", answer_name },
	{ "CFGDIR", answer_cfgdir }, { "APPDIR", answer_appdir }, { "INITPID", answer_initpid }, { "INITPID_PID", answer_initpid_pid },
	{ "XID", answer_xid }, { "APIVER", answer_apiver }, { "UTS", answer_uts }, { "SYSINFO", answer_sysinfo }, { "FEATURE", answer_feature },
	{ "CANONIFY", answer_canonify }, { "VERIFYCAP", answer_verifycap }, { "VERIFYPROC", answer_verifyproc }, { "XIDTYPE", answer_xidtype },
	{ "NID", answer_nid }, { "TAG", answer_tag },
};

#define TAGS (sizeof(tags) / sizeof(tags[0]))

static int list_tags(void)
{
	printf("Valid tags are: ");
	for (size_t i = 0; i < TAGS; i++)
		printf("%s%s", tags[i].name, i + 1 < TAGS ? ", " : "\n");
	return tool_flush();
}

static int answer(const struct question *question, const char *tag)
{
	for (size_t i = 0; i < TAGS; i++) {
		if (strcmp(tags[i].name, tag))
			continue;
		if (tags[i].answer(question) < 0)
			return tool->failure;
		return tool_flush();
	}
	return tool_wrong("'%s' is no tag: 'vserver-info -l' lists them", tag);
}

int vserver_info_main(int argc, char **argv)
{
	static const struct option options[] = { { "help", 0, NULL, 'h' }, { 0 } };
	struct question question = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "ql", options, NULL)) != -1) {
		if (option == 'q') {
			if (!freopen("/dev/null", "w", stdout))
				return tool_failed("/dev/null");
		} else if (option == 'l') {
			return list_tags();
		} else if (option == 'h') {
			return tool_help();
		} else {
			return tool_usage(NULL);
		}
	}
	if (argc == optind)
		return answer(&question, "SYSINFO");
	if (argc - optind == 1)
		return tool_usage("which fact of %s?", argv[optind]);
	question = (struct question){ argv[optind], argc - optind - 2, argv + optind + 2 };
	return answer(&question, argv[optind + 1]);
}
