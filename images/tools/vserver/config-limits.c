// SPDX-License-Identifier: GPL-2.0-only
/* What the configuration of a guest says of its resources and its share of time. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config-file.h"

/* A number with a suffix: k and m by thousands, K and M by 1024; or inf, infinity. */
static int parse_limit(const char *text, uint64_t *limit)
{
	static const struct { char suffix; unsigned int factor; } suffixes[] = { { 'k', 1000 }, { 'm', 1000000 }, { 'K', 1024 }, { 'M', 1048576 } };
	unsigned long long number;
	unsigned int factor = 1;
	char *end;

	if (!strcasecmp(text, "inf") || !strcasecmp(text, "infinity")) {
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
int config_rlimits(struct config *config)
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
			there = config_value(config, file, &value);
			if (there < 0)
				return -1;
			if (!there)
				continue;
			if (parse_limit(value, &number))
				return config_wrong(config, file, "'%s' is no limit", value);
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
	{ "fill-rate", VC_SCHED_FILL_RATE, offsetof(struct vc_sched, fill_rate[0]) }, { "interval", VC_SCHED_INTERVAL, offsetof(struct vc_sched, interval[0]) },
	{ "tokens", VC_SCHED_TOKENS, offsetof(struct vc_sched, tokens) }, { "tokens-min", VC_SCHED_TOKENS_MIN, offsetof(struct vc_sched, tokens_min) },
	{ "tokens-max", VC_SCHED_TOKENS_MAX, offsetof(struct vc_sched, tokens_max) },
	{ "prio-bias", VC_SCHED_PRIO_BIAS, offsetof(struct vc_sched, prio_bias) },
	{ "fill-rate2", VC_SCHED_FILL_RATE2 | VC_SCHED_IDLE_TIME, offsetof(struct vc_sched, fill_rate[1]) },
	{ "interval2", VC_SCHED_INTERVAL2 | VC_SCHED_IDLE_TIME, offsetof(struct vc_sched, interval[1]) },
};

#define SCHED_FIELDS	(sizeof(sched_fields) / sizeof(sched_fields[0]))
#define OLD_FIELDS	6

static void set_field(struct config *config, size_t field, long long number)
{
	int32_t value = number;

	config->sched.mask |= sched_fields[field].bit;
	memcpy((char *)&config->sched + sched_fields[field].offset, &value, sizeof(value));
}

int config_schedule(struct config *config)
{
	int failed = 0;
	char *text = config_text(config, "schedule", &failed), *line;

	if (failed)
		return -1;
	for (size_t field = 0; text && field < OLD_FIELDS; field++) {
		long long number;

		line = config_next_line(&text);
		if (!line || !*line)
			return config_wrong(config, "schedule", "it has six lines, a number each: the %s is missing", sched_fields[field].name);
		if (parse_number(line, INT32_MIN, INT32_MAX, &number))
			return config_wrong(config, "schedule", "'%s' is no number", line);
		set_field(config, field, number);
	}
	/* Each in a file of its own, which counts more. */
	for (size_t field = 0; field < SCHED_FIELDS; field++) {
		char file[32];
		long long number;
		int there;

		snprintf(file, sizeof(file), "sched/%s", sched_fields[field].name);
		there = config_number(config, file, INT32_MIN, INT32_MAX, &number);
		if (there < 0)
			return -1;
		if (there)
			set_field(config, field, number);
	}
	return 0;
}

