// SPDX-License-Identifier: GPL-2.0-only
/* What the commands share. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "guest.h"
#include "tool.h"

const struct tool *tool;

int tool_flush(void)
{
	/* What failed before is remembered by the stream alone. */
	return fflush(stdout) || ferror(stdout) ? tool_failed("write") : 0;
}

int tool_help(void)
{
	fputs(tool->usage, stdout);
	return tool_flush();
}

/* In one write, so that lines of commands that run side by side do not mix. */
static void say(const char *why, const char *format, va_list list)
{
	char line[1024];
	int length = snprintf(line, sizeof(line), "%s: ", tool->name);

	length += vsnprintf(line + length, sizeof(line) - length, format, list);
	if (length < (int)sizeof(line) && why)
		length += snprintf(line + length, sizeof(line) - length, ": %s", why);
	if (length > (int)sizeof(line) - 1)
		length = sizeof(line) - 1;
	/* Names of files are whatever a guest has called them, and this goes to terminals. */
	for (int i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[length++] = '\n';
	fflush(stdout);
	if (write(2, line, length) != length)
		return;	/* nobody is there to be told */
}

int tool_usage(const char *format, ...)
{
	va_list list;

	if (format) {
		va_start(list, format);
		say(NULL, format, list);
		va_end(list);
	}
	fputs(tool->usage, stderr);
	return 2;
}

int tool_failed(const char *format, ...)
{
	const char *why = strerror(errno);
	va_list list;

	va_start(list, format);
	say(why, format, list);
	va_end(list);
	return tool->failure;
}

int tool_wrong(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say(NULL, format, list);
	va_end(list);
	return tool->failure;
}

int tool_refused(const char *word, const char *format, ...)
{
	const struct vc_command *command = vc_command_named(word);
	const char *why = strerror(errno);
	char lacking[128];
	va_list list;

	if (errno == ENOSYS && vc_lacks()) {
		snprintf(lacking, sizeof(lacking), "this kernel has no %s, which comes with plan id %s", command->name, command->id);
		why = lacking;
	} else if (errno == ENOSYS) {
		why = "not from here: it takes root of the host, on a kernel with vserver";
	} else if (errno == ESRCH && strncmp(word, "task_", 5) && strcmp(word, "ctx_kill")) {
		why = "there is no such context";
	}
	va_start(list, format);
	say(why, format, list);
	va_end(list);
	return tool->failure;
}

/* The two kinds of ids, and what tells them. */
struct id_kind {
	const char *what;
	int (*own)(uint32_t pid);
	const char *word;
	const char *file;
};

static int read_id(const struct id_kind *kind, const char *text, uint32_t *id)
{
	int named = *text == ':', own;
	char *end;
	unsigned long number;

	if (!strcmp(text, "self")) {
		own = kind->own(0);
		if (own < 0) {
			tool_refused(kind->word, "own %s", kind->what);
			return -1;
		}
		*id = own;
		return 0;
	}
	errno = 0;
	number = strtoul(text, &end, 10);
	if (!named && *text >= '0' && *text <= '9' && !*end) {
		if (!errno && number <= VC_MAX_ID) {
			*id = number;
			return 0;
		}
		tool_wrong("%s is no %s: they end with %u", text, kind->what, VC_MAX_ID);
		return -1;
	}
	if (guest_id(text + named, kind->file, id)) {
		tool_wrong("%s is no %s, and no guest that has one", text + named, kind->what);
		return -1;
	}
	return 0;
}

int tool_read_xid(const char *text, uint32_t *xid)
{
	static const struct id_kind context = { "context", vc_task_xid, "task_xid", "context" };

	return read_id(&context, text, xid);
}

int tool_read_nid(const char *text, uint32_t *nid)
{
	static const struct id_kind network = { "network context", vc_task_nid, "task_nid", "ncontext" };

	return read_id(&network, text, nid);
}

int tool_read_number(const char *text, const char *what, long long least, long long most, long long *number)
{
	char *end;

	/* No octal: whoever writes 010 means ten. */
	errno = 0;
	*number = strtoll(text, &end, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
	if (end != text && !*end && !errno && *number >= least && *number <= most)
		return 0;
	tool_wrong("%s is no %s: one is a number from %lld to %lld", text, what, least, most);
	return -1;
}

int tool_read_list(const struct vc_names *names, const char *text, struct vc_list *list)
{
	const char *bad;
	size_t length;

	if (!vc_list_parse(names, text, list, &bad, &length))
		return 0;
	tool_wrong("'%.*s' is no %s", (int)length, bad, names->what);
	return -1;
}

int tool_exec(char **argv)
{
	execvp(argv[0], argv);
	return tool_failed("%s", argv[0]);
}
