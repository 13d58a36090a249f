// SPDX-License-Identifier: GPL-2.0-only
/* Reads the configuration of a guest. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "config.h"

#define MAX_FILE	65536

/* -1, and it is said: the file, and what is wrong with it. */
__attribute__((format(printf, 3, 4))) static int wrong(const struct config *config, const char *file, const char *format, ...)
{
	char what[512];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	tool_wrong("%s/%s: %s", config->dir, file, what);
	return -1;
}

static bool is_there(const struct config *config, const char *file)
{
	char path[CONFIG_PATH];

	snprintf(path, sizeof(path), "%s/%s", config->dir, file);
	return !access(path, F_OK);
}

/* The whole file, which is kept; NULL when there is none, or, with *failed set and the reason said, when it cannot be read. */
static char *read_text(const struct config *config, const char *file, int *failed)
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
		*failed = wrong(config, file, "%s", strerror(errno));
	} else if (!S_ISREG(found.st_mode)) {
		*failed = wrong(config, file, "this is no file");
	} else if (found.st_size > MAX_FILE) {
		*failed = wrong(config, file, "it has more than %d bytes", MAX_FILE);
	} else {
		text = malloc(found.st_size + 1);
		length = text ? read(fd, text, found.st_size) : -1;
		if (length < 0)
			*failed = wrong(config, file, "%s", strerror(errno));
		else if (memchr(text, 0, length))
			*failed = wrong(config, file, "there is a zero byte in it");
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

/* Cuts the next line off, without blanks around it; NULL after the last. */
static char *next_line(char **text)
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

/* The first line of a file: 1 and *value; 0 when there is no file, or nothing in it; -1, and it is said. */
static int read_value(const struct config *config, const char *file, char **value)
{
	int failed = 0;
	char *text = read_text(config, file, &failed), *line = next_line(&text);

	if (failed)
		return -1;
	*value = line;
	return line && *line;
}

static int read_number(const struct config *config, const char *file, long long least, long long most, long long *number)
{
	char *value, *end;
	int there = read_value(config, file, &value);

	if (there <= 0)
		return there;
	errno = 0;
	*number = strtoll(value, &end, 10);
	if (end == value || *end || errno || *number < least || *number > most)
		return wrong(config, file, "'%s' is no number from %lld to %lld", value, least, most);
	return 1;
}

/* Files with a word a line: 1; 0 when there is no file, and the words are as before; -1, and it is said. */
static int read_words(const struct config *config, const char *file, char **words)
{
	int failed = 0, count = 0;
	char *text = read_text(config, file, &failed), *line;

	if (failed || !text)
		return failed;
	while ((line = next_line(&text))) {
		if (!*line)
			continue;
		if (count == CONFIG_WORDS)
			return wrong(config, file, "it has more than %d words", CONFIG_WORDS);
		words[count++] = line;
	}
	words[count] = NULL;
	return 1;
}

/* Files with a list a line. */
static int read_list(const struct config *config, const char *file, const struct vc_names *names, struct vc_list *list)
{
	int failed = 0;
	char *text = read_text(config, file, &failed), *line;
	const char *bad;
	size_t length;

	while (!failed && (line = next_line(&text))) {
		if (!*line || *line == '#')
			continue;
		if (vc_list_parse(names, line, list, &bad, &length))
			return wrong(config, file, "'%.*s' is no %s", (int)length, bad, names->what);
	}
	return failed;
}

static int read_id(const struct config *config, const char *file, uint32_t *id)
{
	long long number;
	int there = read_number(config, file, VC_MIN_ID, VC_MIN_DYNAMIC - 1, &number);

	if (there > 0)
		*id = number;
	return there < 0 ? -1 : 0;
}

static int read_identity(struct config *config)
{
	struct stat found;

	guest_name(config->dir, config->name);
	config->xid = VC_ANY;
	if (read_id(config, "context", &config->xid))
		return -1;
	config->nid = config->xid;
	if (read_id(config, "ncontext", &config->nid))
		return -1;
	config->has_network = !is_there(config, "noncontext");
	config->has_namespace = is_there(config, "namespace") || !is_there(config, "nonamespace");
	if (guest_vdir(config->dir, config->vdir))
		return wrong(config, "vdir", "%s", strerror(errno));
	if (stat(config->vdir, &found) || !S_ISDIR(found.st_mode))
		return wrong(config, "vdir", "it leads to no folder");
	if (!strcmp(config->vdir, "/"))
		return wrong(config, "vdir", "it is the root of the host");
	return 0;
}

static int read_attributes(struct config *config)
{
	/* What no file says: what is for a guest that nobody trusts. */
	config->bcaps = (struct vc_list){ vc_secure_bcaps, ~0ull };
	config->ccaps = (struct vc_list){ vc_secure_ccaps, ~0ull };
	config->flags = (struct vc_list){ vc_default_cflags | vc_secure_cflags | VXF_INFO_INIT, vc_default_cflags | vc_secure_cflags | VXF_INFO_INIT };
	config->nflags = (struct vc_list){ vc_secure_nflags, vc_secure_nflags };
	config->ncaps = (struct vc_list){ vc_secure_ncaps, vc_secure_ncaps };
	return read_list(config, "bcapabilities", &vc_bcaps, &config->bcaps) || read_list(config, "ccapabilities", &vc_ccaps, &config->ccaps) ||
	       read_list(config, is_there(config, "cflags") ? "cflags" : "flags", &vc_cflags, &config->flags) ||
	       read_list(config, "umask", &vc_spaces, &config->umask) || read_list(config, "ncapabilities", &vc_ncaps, &config->ncaps) ||
	       read_list(config, "nflags", &vc_nflags, &config->nflags) ? -1 : 0;
}

static int read_uts(struct config *config)
{
	for (int field = 0; field < 7; field++) {
		char file[32], *value;
		int there;

		snprintf(file, sizeof(file), "uts/%s", vc_name_of(&vc_uts_fields, field));
		there = read_value(config, file, &value);
		if (there < 0)
			return -1;
		if (there && field == VHIN_CONTEXT)
			return wrong(config, file, "the context is named by the start, by its configuration: remove this file");
		if (there && strlen(value) >= sizeof(config->uts[0]))
			return wrong(config, file, "it has more than %zu bytes", sizeof(config->uts[0]) - 1);
		if (there)
			strcpy(config->uts[field], value);
	}
	return 0;
}

/* Blanks and tabs between the fields. */
static char *next_field(char **line)
{
	char *field = *line + strspn(*line, " \t"), *end = field + strcspn(field, " \t");

	*line = *end ? end + 1 : end;
	*end = 0;
	return *field ? field : NULL;
}

static int read_fstab(struct config *config)
{
	int failed = 0;
	char *text = read_text(config, "fstab", &failed), *line;

	for (unsigned int number = 1; !failed && (line = next_line(&text)); number++) {
		struct mount_entry *entry = config->mounts + config->mount_count;

		if (!*line || *line == '#')
			continue;
		if (config->mount_count == CONFIG_ENTRIES)
			return wrong(config, "fstab", "line %u: these are more than %d mounts", number, CONFIG_ENTRIES);
		*entry = (struct mount_entry){ .line = number };
		entry->source = next_field(&line);
		entry->target = next_field(&line);
		entry->type = next_field(&line);
		entry->options = next_field(&line);
		if (!entry->options)
			return wrong(config, "fstab", "line %u: a mount has a source, a target, a type and options", number);
		if (*entry->target != '/')
			return wrong(config, "fstab", "line %u: the target %s does not begin with /", number, entry->target);
		config->mount_count++;
	}
	return failed;
}

/* 32 bits in network order of a prefix length. */
static uint32_t mask_of(unsigned int prefix)
{
	return prefix ? htonl(~0u << (32 - prefix)) : 0;
}

static int read_address(struct config *config, const char *name)
{
	struct address *address = config->addresses + config->address_count;
	char file[300], *value;
	struct in_addr ip, mask = { mask_of(24) };
	long long prefix;
	int there;

	snprintf(file, sizeof(file), "interfaces/%s/disabled", name);
	if (is_there(config, file))
		return 0;
	if (config->address_count == CONFIG_ENTRIES)
		return wrong(config, "interfaces", "these are more than %d addresses", CONFIG_ENTRIES);
	snprintf(file, sizeof(file), "interfaces/%s/ip", name);
	there = read_value(config, file, &value);
	if (there < 0)
		return -1;
	if (!there)
		return wrong(config, file, "an interface has an address");
	if (inet_pton(AF_INET, value, &ip) != 1)
		return wrong(config, file, "'%s' is no IPv4 address", value);
	snprintf(file, sizeof(file), "interfaces/%s/mask", name);
	there = read_value(config, file, &value);
	if (there < 0)
		return -1;
	if (there && inet_pton(AF_INET, value, &mask) != 1)
		return wrong(config, file, "'%s' is no mask", value);
	snprintf(file, sizeof(file), "interfaces/%s/prefix", name);
	there = read_number(config, file, 0, 32, &prefix);
	if (there < 0)
		return -1;
	if (there)
		mask.s_addr = mask_of(prefix);
	snprintf(address->name, sizeof(address->name), "%s", name);
	address->ipv4 = (struct vc_net_addr_ipv4){ .type = 0x10, .ip = ip.s_addr, .mask = mask.s_addr };
	config->address_count++;
	return 0;
}

/* The names in a folder of the configuration, in their order; -1 when there is none. */
static int list_folder(const struct config *config, const char *folder, struct dirent ***entries)
{
	char path[CONFIG_PATH];

	snprintf(path, sizeof(path), "%s/%s", config->dir, folder);
	return scandir(path, entries, NULL, alphasort);
}

static int read_interfaces(struct config *config)
{
	struct dirent **entries;
	int count = list_folder(config, "interfaces", &entries), failed = 0;

	for (int i = 0; i < count; i++) {
		char path[CONFIG_PATH];
		struct stat found;

		snprintf(path, sizeof(path), "%s/interfaces/%s", config->dir, entries[i]->d_name);
		if (!failed && *entries[i]->d_name != '.' && !stat(path, &found) && S_ISDIR(found.st_mode))
			failed = read_address(config, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return failed;
}

/* A number with a suffix: k and m by thousands, K and M by 1024; or inf, and what begins with it. */
static int parse_limit(const char *text, uint64_t *limit)
{
	static const struct { char suffix; unsigned int factor; } suffixes[] = { { 'k', 1000 }, { 'm', 1000000 }, { 'K', 1024 }, { 'M', 1048576 } };
	unsigned long long number;
	unsigned int factor = 1;
	char *end;

	if (!strncasecmp(text, "inf", 3)) {
		*limit = VC_LIMIT_INFINITY;
		return 0;
	}
	errno = 0;
	number = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || errno)
		return -1;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (*end == suffixes[i].suffix)
			factor = suffixes[i].factor;
	if (factor > 1)
		end++;
	if (*end || number > VC_LIMIT_KEEP / 2 / factor)
		return -1;
	*limit = number * factor;
	return 0;
}

/* RES, RES.min, RES.soft, RES.hard: the first is all three, the others one. */
static int read_rlimits(struct config *config)
{
	static const char *const kinds[] = { "", ".min", ".soft", ".hard" };

	for (const struct vc_name *resource = vc_limits.names; resource->name; resource++) {
		struct vc_rlimit limit = { resource->value, VC_LIMIT_KEEP, VC_LIMIT_KEEP, VC_LIMIT_KEEP };
		bool any = false;

		for (int kind = 0; kind < 4; kind++) {
			char file[64], *value;
			uint64_t number;
			int there;

			snprintf(file, sizeof(file), "rlimits/%s%s", resource->name, kinds[kind]);
			there = read_value(config, file, &value);
			if (there < 0)
				return -1;
			if (!there)
				continue;
			if (parse_limit(value, &number))
				return wrong(config, file, "'%s' is no limit", value);
			any = true;
			if (kind == 0 || kind == 1)
				limit.minimum = number;
			if (kind == 0 || kind == 2)
				limit.softlimit = number;
			if (kind == 0 || kind == 3)
				limit.maximum = number;
		}
		if (any)
			config->limits[config->limit_count++] = (struct limit){ resource->name, limit };
	}
	return 0;
}

/* The fields of the scheduler by the bits of its mask; the old file has the first six a line each. */
static const struct {
	const char *name;
	uint32_t bit;
	size_t offset;
} sched_fields[] = {
	{ "fill-rate", 0x0001, offsetof(struct vc_sched, fill_rate[0]) }, { "interval", 0x0002, offsetof(struct vc_sched, interval[0]) },
	{ "tokens", 0x0010, offsetof(struct vc_sched, tokens) }, { "tokens-min", 0x0020, offsetof(struct vc_sched, tokens_min) },
	{ "tokens-max", 0x0040, offsetof(struct vc_sched, tokens_max) }, { "prio-bias", 0x0100, offsetof(struct vc_sched, prio_bias) },
	{ "fill-rate2", 0x0204, offsetof(struct vc_sched, fill_rate[1]) }, { "interval2", 0x0208, offsetof(struct vc_sched, interval[1]) },
};

#define SCHED_FIELDS	(sizeof(sched_fields) / sizeof(sched_fields[0]))
#define OLD_FIELDS	6

static void set_field(struct config *config, size_t field, long long number)
{
	int32_t value = number;

	config->sched.mask |= sched_fields[field].bit;
	memcpy((char *)&config->sched + sched_fields[field].offset, &value, sizeof(value));
}

static int read_schedule(struct config *config)
{
	int failed = 0;
	char *text = read_text(config, "schedule", &failed), *line;

	if (failed)
		return -1;
	for (size_t field = 0; text && field < OLD_FIELDS; field++) {
		char *end;
		long number;

		line = next_line(&text);
		if (!line || !*line)
			return wrong(config, "schedule", "it has six lines, a number each: the %s is missing", sched_fields[field].name);
		number = strtol(line, &end, 10);
		if (end == line || *end || number < INT32_MIN || number > INT32_MAX)
			return wrong(config, "schedule", "'%s' is no number", line);
		set_field(config, field, number);
	}
	/* Each in a file of its own, which counts more. */
	for (size_t field = 0; field < SCHED_FIELDS; field++) {
		char file[32];
		long long number;
		int there;

		snprintf(file, sizeof(file), "sched/%s", sched_fields[field].name);
		there = read_number(config, file, INT32_MIN, INT32_MAX, &number);
		if (there < 0)
			return -1;
		if (there)
			set_field(config, field, number);
	}
	return 0;
}

static int read_spaces(struct config *config)
{
	static const struct { const char *file; uint64_t bit; } spaces[] = { { "spaces/pid", CLONE_NEWPID }, { "spaces/net", CLONE_NEWNET } };

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		char *value;
		int there = read_value(config, spaces[i].file, &value);

		if (there < 0)
			return -1;
		if (there && strcmp(value, "0"))
			return wrong(config, spaces[i].file, "'%s': namespaces are shared with no other guest; an empty file is one of its own", value);
		if (!there && is_there(config, spaces[i].file))
			config->spaces |= spaces[i].bit;
	}
	return 0;
}

/* What a style starts and stops with, if no file says otherwise. */
static const struct {
	const char *name;
	enum style style;
	char *start[3], *stop[3];
} styles[] = {
	{ "sysv", STYLE_SYSV, { "/etc/init.d/rc", "3", NULL }, { "/etc/init.d/rc", "6", NULL } },
	{ "plain", STYLE_PLAIN, { "/sbin/init", NULL }, { NULL } },
};

static int read_killseq(struct config *config)
{
	static const int usual[] = { 15, 5, 9 };
	char *words[CONFIG_WORDS + 1];
	int there = read_words(config, "apps/init/killseq", words);

	if (there < 0)
		return -1;
	if (!there) {
		memcpy(config->kill_sequence, usual, sizeof(usual));
		config->kill_count = 3;
		return 0;
	}
	for (; words[config->kill_count]; config->kill_count++) {
		const char *word = words[config->kill_count];
		bool is_signal = config->kill_count % 2 == 0;
		int64_t number = is_signal ? vc_number_named(&vc_signals, word) : atoi(word);

		if (config->kill_count == 16)
			return wrong(config, "apps/init/killseq", "it has more than 16 lines");
		if (is_signal ? number < 1 || number > 64 : number < 0 || !isdigit((unsigned char)*word))
			return wrong(config, "apps/init/killseq", "'%s' is no %s", word, is_signal ? "signal" : "time in seconds");
		config->kill_sequence[config->kill_count] = number;
	}
	return 0;
}

static int read_init(struct config *config)
{
	char *value;
	int there = read_value(config, "apps/init/style", &value);
	size_t chosen = 0, known = sizeof(styles) / sizeof(styles[0]);
	long long patience;

	if (there < 0)
		return -1;
	while (there && chosen < known && strcmp(styles[chosen].name, value))
		chosen++;
	if (chosen == known)
		return wrong(config, "apps/init/style", "'%s' is no style: there are sysv and plain", value);
	config->style = styles[chosen].style;
	memcpy(config->start, styles[chosen].start, sizeof(styles[chosen].start));
	memcpy(config->stop, styles[chosen].stop, sizeof(styles[chosen].stop));
	/* Of sysv the level, of which the script knows what it means. */
	for (int stops = 0; config->style == STYLE_SYSV && stops < 2; stops++) {
		const char *file = stops ? "apps/init/runlevel.stop" : is_there(config, "apps/init/runlevel.start") ? "apps/init/runlevel.start" : "apps/init/runlevel";

		there = read_value(config, file, &value);
		if (there < 0)
			return -1;
		if (there)
			(stops ? config->stop : config->start)[1] = value;
	}
	if (read_words(config, "apps/init/cmd.start", config->start) < 0 || read_words(config, "apps/init/cmd.stop", config->stop) < 0)
		return -1;
	config->patience = 30;
	there = read_number(config, "apps/vshelper/sync-timeout", 1, 3600, &patience);
	if (there > 0)
		config->patience = patience;
	return there < 0 ? -1 : read_killseq(config);
}

/* What programs of the guest are run with, and which shell is entered. */
static int read_programs(struct config *config)
{
	static char path[] = "PATH=/bin:/usr/bin:/sbin:/usr/sbin";
	char *value = NULL, *word;
	int there, count = 0;

	config->environment[0] = path;
	if (read_words(config, "apps/init/environment", config->environment) < 0)
		return -1;
	for (int i = 0; config->environment[i]; i++)
		if (!strchr(config->environment[i], '='))
			return wrong(config, "apps/init/environment", "'%s' is no NAME=VALUE", config->environment[i]);
	there = read_value(config, "shell", &value);
	if (there < 0)
		return -1;
	while (there && (word = next_field(&value))) {
		if (count == CONFIG_WORDS)
			return wrong(config, "shell", "it has more than %d words", CONFIG_WORDS);
		config->shell[count++] = word;
	}
	return 0;
}

int config_read(struct config *config, const char *dir)
{
	memset(config, 0, sizeof(*config));
	snprintf(config->dir, sizeof(config->dir), "%s", dir);
	return read_identity(config) || read_attributes(config) || read_uts(config) || read_fstab(config) || read_interfaces(config) ||
	       read_rlimits(config) || read_schedule(config) || read_spaces(config) || read_init(config) || read_programs(config) ? -1 : 0;
}
