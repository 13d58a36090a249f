// SPDX-License-Identifier: GPL-2.0-only
/* Files of a configuration: values, numbers, words and lists in them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "config-file.h"

#define MAX_FILE	65536

int config_wrong(const struct config *config, const char *file, const char *format, ...)
{
	char what[512];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	tool_wrong("%s/%s: %s", config->dir, file, what);
	return -1;
}

int config_has(const struct config *config, const char *file)
{
	char path[CONFIG_PATH];

	snprintf(path, sizeof(path), "%s/%s", config->dir, file);
	if (!access(path, F_OK))
		return 1;
	return errno == ENOENT ? 0 : config_wrong(config, file, "%s", strerror(errno));
}

char *config_text(const struct config *config, const char *file, int *failed)
{
	char path[CONFIG_PATH], *text = NULL;
	struct stat found;
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", config->dir, file);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0 || fstat(fd, &found)) {
		*failed = config_wrong(config, file, "%s", strerror(errno));
	} else if (!S_ISREG(found.st_mode)) {
		*failed = config_wrong(config, file, "this is no file");
	} else if (found.st_size > MAX_FILE) {
		*failed = config_wrong(config, file, "it has more than %d bytes", MAX_FILE);
	} else {
		text = malloc(found.st_size + 1);
		length = text ? read(fd, text, found.st_size) : -1;
		if (length < 0)
			*failed = config_wrong(config, file, "%s", strerror(errno));
		else if (memchr(text, 0, length))
			*failed = config_wrong(config, file, "there is a zero byte in it");
		else
			text[length] = 0;
	}
	if (fd >= 0)
		close(fd);
	if (!*failed)
		return text;
	free(text);
	return NULL;
}

char *config_next_line(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*text = *end ? end + 1 : end;
	*end = 0;
	while (end > line && isspace((unsigned char)end[-1]))
		*--end = 0;
	return line + strspn(line, " \t");
}

int config_value(const struct config *config, const char *file, char **value)
{
	int failed = 0;
	char *text = config_text(config, file, &failed), *line = config_next_line(&text);

	if (failed)
		return -1;
	if (line && !*line && text[strspn(text, " \t\r\n")])
		return config_wrong(config, file, "its first line is empty");
	*value = line;
	return line && *line;
}

int parse_number(const char *text, long long least, long long most, long long *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	return end == text || *end || errno || *number < least || *number > most ? -1 : 0;
}

int config_number(const struct config *config, const char *file, long long least, long long most, long long *number)
{
	char *value;
	int there = config_value(config, file, &value);

	if (there <= 0)
		return there;
	if (parse_number(value, least, most, number))
		return config_wrong(config, file, "'%s' is no number from %lld to %lld", value, least, most);
	return 1;
}

int config_words(const struct config *config, const char *file, char **words)
{
	int failed = 0, count = 0;
	char *text = config_text(config, file, &failed), *line;

	if (failed || !text)
		return failed;
	while ((line = config_next_line(&text))) {
		if (!*line)
			continue;
		if (count == CONFIG_WORDS)
			return config_wrong(config, file, "it has more than %d words", CONFIG_WORDS);
		words[count++] = line;
	}
	words[count] = NULL;
	return 1;
}

int config_list(const struct config *config, const char *file, const struct vc_names *names, struct vc_list *list)
{
	int failed = 0;
	char *text = config_text(config, file, &failed), *line;
	const char *bad;
	size_t length;

	while (!failed && (line = config_next_line(&text))) {
		if (!*line || *line == '#')
			continue;
		if (vc_list_parse(names, line, list, &bad, &length))
			return config_wrong(config, file, "'%.*s' is no %s", (int)length, bad, names->what);
	}
	return failed;
}

int config_folder(const struct config *config, const char *folder, struct dirent ***entries)
{
	char path[CONFIG_PATH];
	int count;

	snprintf(path, sizeof(path), "%s/%s", config->dir, folder);
	*entries = NULL;
	count = scandir(path, entries, NULL, alphasort);
	if (count >= 0)
		return count;
	return errno == ENOENT ? 0 : config_wrong(config, folder, "%s", strerror(errno));
}

char *config_next_field(char **line)
{
	char *field = *line + strspn(*line, " \t"), *end = field + strcspn(field, " \t");

	*line = *end ? end + 1 : end;
	*end = 0;
	return *field ? field : NULL;
}

