// SPDX-License-Identifier: GPL-2.0-only
/* chroot-sh: the few things that a host does to files of a guest, with the working directory as root: no symbolic link leads out. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "tool.h"

const char chroot_sh_usage[] =
	"usage: chroot-sh [--] COMMAND ...\n"
	"\n"
	"Does one thing to files, whose paths have the working directory as root.\n"
	"\n"
	"  cat FILE            print it\n"
	"  append FILE         add what is on standard input\n"
	"  truncate FILE       replace it by what is on standard input\n"
	"  testfile FILE       exit 0 if it is a regular file\n"
	"  rm FILE...          remove files\n"
	"  mkdir DIR...        make folders\n"
	"  chmod MODE FILE...  change their modes; a MODE is an octal number\n"
	"  realpath PATH...    print where each leads\n"
	"\n"
	"Exits 0; 1 on failure, 2 on wrong usage.\n";

static int copy(int from, int to, const char *name)
{
	char data[16384];
	ssize_t n, done, written;

	while ((n = read(from, data, sizeof(data))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tool_failed("read %s", from ? name : "standard input");
		for (done = 0; done < n; done += written) {
			written = write(to, data + done, n - done);
			if (written < 0 && errno != EINTR)
				return tool_failed("write %s", from ? "standard output" : name);
			if (written < 0)
				written = 0;
		}
	}
	return 0;
}

static int with_file(const char *path, int flags, bool reads)
{
	/* Nobody inside makes us wait: a fifo is opened, and found not to be a file. */
	int fd = open(path, flags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0644), result;
	struct stat found;

	if (fd < 0)
		return tool_failed("%s", path);
	if (fstat(fd, &found) || !S_ISREG(found.st_mode)) {
		close(fd);
		return tool_wrong("%s is no regular file", path);
	}
	if ((flags & O_ACCMODE) == O_WRONLY && !(flags & O_APPEND) && ftruncate(fd, 0)) {
		close(fd);
		return tool_failed("%s", path);
	}
	result = reads ? copy(fd, 1, path) : copy(0, fd, path);
	/* A full disk may be told only now. */
	if (close(fd) && !result)
		result = tool_failed("write %s", path);
	return result;
}

static int do_cat(char **argv)
{
	return with_file(argv[0], O_RDONLY, true);
}

static int do_append(char **argv)
{
	return with_file(argv[0], O_WRONLY | O_APPEND | O_CREAT, false);
}

static int do_truncate(char **argv)
{
	return with_file(argv[0], O_WRONLY | O_CREAT, false);
}

static int do_testfile(char **argv)
{
	struct stat found;

	return stat(argv[0], &found) || !S_ISREG(found.st_mode) ? tool->failure : 0;
}

static int do_rm(char **argv)
{
	int result = 0;

	for (; *argv; argv++)
		if (unlink(*argv))
			result = tool_failed("remove %s", *argv);
	return result;
}

static int do_mkdir(char **argv)
{
	int result = 0;

	for (; *argv; argv++)
		if (mkdir(*argv, 0755))
			result = tool_failed("make %s", *argv);
	return result;
}

static int do_chmod(char **argv)
{
	int result = 0;
	char *end;
	/* Octal without the 0, too: as decimal 644 would be a sticky file that nobody reads. */
	unsigned long mode = strtoul(*argv, &end, 8);

	if (**argv < '0' || **argv > '7' || *end || mode > 07777)
		return tool_wrong("%s is no mode: one is an octal number up to 7777", *argv);
	for (argv++; *argv; argv++)
		if (chmod(*argv, mode))
			result = tool_failed("change %s", *argv);
	return result;
}

static int do_realpath(char **argv)
{
	char path[PATH_MAX];
	int result = 0;

	for (; *argv; argv++) {
		if (realpath(*argv, path))
			puts(path);
		else
			result = tool_failed("%s", *argv);
	}
	return tool_flush() ? tool->failure : result;
}

static const struct {
	const char *name;
	int (*act)(char **argv);
	int least, most;	/* words behind it */
} commands[] = {
	{ "cat", do_cat, 1, 1 }, { "append", do_append, 1, 1 }, { "truncate", do_truncate, 1, 1 }, { "testfile", do_testfile, 1, 1 },
	{ "rm", do_rm, 1, INT_MAX }, { "mkdir", do_mkdir, 1, INT_MAX }, { "chmod", do_chmod, 2, INT_MAX },
	{ "realpath", do_realpath, 1, INT_MAX },
};

int chroot_sh_main(int argc, char **argv)
{
	int words;

	argv++;
	if (*argv && !strcmp(*argv, "--help"))
		return tool_help();
	if (*argv && !strcmp(*argv, "--"))
		argv++;
	else if (*argv && **argv == '-')
		return tool_usage("there is no option %s", *argv);
	(void)argc;
	if (!*argv)
		return tool_usage("say what to do");
	for (words = 0; argv[1 + words]; words++)
		;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, *argv))
			continue;
		if (words < commands[i].least || words > commands[i].most)
			return tool_usage("%s takes %s", *argv, commands[i].most == 1 ? "one file" : "files");
		if (chroot(".") || chdir("/"))
			return tool_failed("make the working directory the root directory");
		return commands[i].act(argv + 1);
	}
	return tool_usage("there is no command %s", *argv);
}
