// SPDX-License-Identifier: GPL-2.0-only
/* exec-cd: a program of here, in a folder as those see it who have the working directory as their root. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "tool.h"

const char exec_cd_usage[] =
	"usage: exec-cd [--] DIR PROGRAM [ARGUMENT...]\n"
	"\n"
	"Runs a program with the working directory DIR, which is looked for with the present working directory as root: no symbolic link in there leads\n"
	"out. The program is one of here, by its whole path.\n"
	"\n"
	"Exits as the program does; 255 on failure, 2 on wrong usage.\n";

int exec_cd_main(int argc, char **argv)
{
	int root, target;

	argv++;
	argc--;
	if (argc && !strcmp(*argv, "--help"))
		return tool_help();
	if (argc && !strcmp(*argv, "--")) {
		argv++;
		argc--;
	} else if (argc && **argv == '-') {
		return tool_usage("there is no option %s", *argv);
	}
	if (argc < 2)
		return tool_usage("say a folder and a program");
	/* From the folder of a guest a path that begins there would be the guest's to choose. */
	if (*argv[1] != '/')
		return tool_wrong("%s: the program has to be named by its whole path", argv[1]);
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return tool_failed("/");
	if (chroot("."))
		return tool_failed("make the working directory the root directory");
	target = open(argv[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return tool_failed("%s", argv[0]);
	if (fchdir(root) || chroot("."))
		return tool_failed("return to the root directory");
	if (fchdir(target))
		return tool_failed("%s", argv[0]);
	execv(argv[1], argv + 1);
	return tool_failed("%s", argv[1]);
}
