// SPDX-License-Identifier: GPL-2.0-only
/* A program that enters a guest, as one that nobody can write to. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"
#include "tool.h"

/* MFD_EXEC, of kernels from 6.3 on, where none may be executed unless it is said. */
enum { EXECUTABLE = 0x10 };

static int fill(int copy, int program)
{
	struct stat found;
	off_t done = 0;

	if (fstat(program, &found))
		return -1;
	while (done < found.st_size)
		if (sendfile(copy, program, &done, found.st_size - done) <= 0)
			return -1;
	return fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int run_from_copy(char **argv)
{
	int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), seals, copy;

	if (program < 0)
		return tool_failed("/proc/self/exe"), -1;
	seals = fcntl(program, F_GET_SEALS);
	if (seals >= 0 && (seals & F_SEAL_WRITE)) {
		close(program);
		/* By its descriptor a program has a number for a name. */
		prctl(PR_SET_NAME, tool->name);
		return 0;
	}
	copy = memfd_create("vserver-tools", MFD_CLOEXEC | MFD_ALLOW_SEALING | EXECUTABLE);
	if (copy < 0 && errno == EINVAL)	/* a kernel that does not tell them apart */
		copy = memfd_create("vserver-tools", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy < 0 || fill(copy, program))
		return tool_failed("a copy of this program"), -1;
	syscall(SYS_execveat, copy, "", argv, environ, AT_EMPTY_PATH);
	return tool_failed("a copy of this program"), -1;
}
