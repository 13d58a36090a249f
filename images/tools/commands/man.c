// SPDX-License-Identifier: GPL-2.0-only
/* man: the manual pages of the machine, which are in it as text. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "tool.h"

const char man_usage[] =
	"usage: man [SECTION] NAME\n"
	"       man\n"
	"\n"
	"Shows a page of the manual, page by page on a terminal; or lists the pages.\n"
	"\n"
	"Exits 0; 16 when there is no such page, 1 on failure, 2 on wrong usage.\n";

#define PAGES	"/usr/share/man"

enum { NO_PAGE = 16 };

/* `name.section`, whose section is one digit. */
static int is_page(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && isdigit((unsigned char)dot[1]) && !dot[2];
}

/* What the page says of itself in its first section: the line below NAME. */
static void print_title(const char *page)
{
	char path[PATH_MAX], line[256];
	FILE *file;
	int below = 0;

	snprintf(path, sizeof(path), PAGES "/%s", page);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (below) {
			printf("%s", line + strspn(line, " "));
			break;
		}
		below = !strcmp(line, "NAME\n");
	}
	if (file)
		fclose(file);
}

static int list(void)
{
	struct dirent **pages;
	int count = scandir(PAGES, &pages, is_page, alphasort);

	if (count < 0)
		return tool_failed(PAGES);
	for (int i = 0; i < count; i++) {
		print_title(pages[i]->d_name);
		free(pages[i]);
	}
	free(pages);
	return tool_flush();
}

/* The page of the name, of any section if none is said. 0, or an exit code. */
static int find(const char *section, const char *name, char path[PATH_MAX])
{
	if (!*name || *name == '.' || strchr(name, '/'))
		return tool_usage("'%s' is no name of a page", name);
	for (int i = 1; i <= 9; i++) {
		if (section && atoi(section) != i)
			continue;
		if (snprintf(path, PATH_MAX, PAGES "/%s.%d", name, i) < PATH_MAX && !access(path, R_OK))
			return 0;
	}
	tool_wrong("there is no page %s%s%s: 'man' lists those that there are", name, section ? " in section " : "", section ? section : "");
	return NO_PAGE;
}

static int print(const char *path)
{
	FILE *file = fopen(path, "re");
	char data[4096];
	size_t n;

	if (!file)
		return tool_failed("%s", path);
	while ((n = fread(data, 1, sizeof(data), file)) > 0)
		if (fwrite(data, 1, n, stdout) != n)
			break;
	fclose(file);
	return tool_flush();
}

int man_main(int argc, char **argv)
{
	const char *section = NULL;
	char path[PATH_MAX];
	int failed;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return tool_help();
	if (argc > 1 && *argv[1] == '-')
		return tool_usage("there is no option %s", argv[1]);
	if (argc == 1)
		return list();
	if (argc == 3) {
		section = argv[1];
		if (!isdigit((unsigned char)*section) || section[1])
			return tool_usage("'%s' is no section: one is a digit", section);
	} else if (argc > 3) {
		return tool_usage("one page at a time");
	}
	failed = find(section, argv[argc - 1], path);
	if (failed)
		return failed;
	if (isatty(1))
		execlp("less", "less", path, NULL);
	return print(path);
}
