// SPDX-License-Identifier: GPL-2.0-only
/*
 * All guest tools in one static program: the name that it is called by chooses.
 */
#include <stdio.h>
#include <string.h>

int agent_main(int argc, char **argv);
int init_main(int argc, char **argv);
int vcontext_main(int argc, char **argv);

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*main)(int argc, char **argv);
	} tools[] = {
		{ "agent", agent_main },
		{ "init", init_main },
		{ "vcontext", vcontext_main },
	};
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (!strcmp(tools[i].name, name))
			return tools[i].main(argc, argv);
	}
	fputs("vserver-tools: call it as agent, init or vcontext\n", stderr);
	return 2;
}
