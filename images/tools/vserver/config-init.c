// SPDX-License-Identifier: GPL-2.0-only
/* What the configuration of a guest says of how it starts and stops, and of programs in it. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "config-file.h"

/* What a style starts and stops with, if no file says otherwise. */
static const struct {
	const char *name;
	enum style style;
	char *start[3], *stop[3];
} styles[] = {
	{ "sysv", STYLE_SYSV, { "/etc/init.d/rc", "3", NULL }, { "/etc/init.d/rc", "6", NULL } },
	{ "plain", STYLE_PLAIN, { "/sbin/init", NULL }, { NULL } },
};

int config_killseq(struct config *config)
{
	static const int usual[] = { 15, 5, 9 };
	char *words[CONFIG_WORDS + 1];
	int there = config_words(config, "apps/init/killseq", words);

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
		long long number = 0;
		bool good = true;

		if (is_signal)
			number = vc_number_named(&vc_signals, word);
		else
			good = !parse_number(word, 0, 3600, &number);
		if (config->kill_count == 16)
			return config_wrong(config, "apps/init/killseq", "it has more than 16 lines");
		if (!good || (is_signal && (number < 1 || number > 64)))
			return config_wrong(config, "apps/init/killseq", "'%s' is no %s", word, is_signal ? "signal" : "time from 0 to 3600 seconds");
		config->kill_sequence[config->kill_count] = number;
	}
	return 0;
}

/* Of sysv the level, of which the script knows what it means. */
static int read_levels(struct config *config)
{
	int own = config_has(config, "apps/init/runlevel.start"), there;
	char *value;

	if (own < 0)
		return -1;
	there = config_value(config, own ? "apps/init/runlevel.start" : "apps/init/runlevel", &value);
	if (there > 0)
		config->start[1] = value;
	if (there < 0)
		return -1;
	there = config_value(config, "apps/init/runlevel.stop", &value);
	if (there > 0)
		config->stop[1] = value;
	return there < 0 ? -1 : 0;
}

static int read_style(struct config *config)
{
	char *value;
	int there = config_value(config, "apps/init/style", &value);
	size_t chosen = 0, known = sizeof(styles) / sizeof(styles[0]);

	if (there < 0)
		return -1;
	while (there && chosen < known && strcmp(styles[chosen].name, value))
		chosen++;
	if (chosen == known)
		return config_wrong(config, "apps/init/style", "'%s' is no style: there are sysv and plain", value);
	config->style = styles[chosen].style;
	memcpy(config->start, styles[chosen].start, sizeof(styles[chosen].start));
	memcpy(config->stop, styles[chosen].stop, sizeof(styles[chosen].stop));
	/* Its script would be process 1 of the namespace, and all that it starts would end with it. */
	if (config->style == STYLE_SYSV && (config->spaces & CLONE_NEWPID))
		return config_wrong(config, "spaces/pid", "a guest of style sysv has no process 1 that stays: this takes style plain");
	return config->style == STYLE_SYSV ? read_levels(config) : 0;
}

int config_init(struct config *config)
{
	long long patience = CONFIG_PATIENCE;

	if (read_style(config))
		return -1;
	if (config_words(config, "apps/init/cmd.start", config->start) < 0 || config_words(config, "apps/init/cmd.stop", config->stop) < 0)
		return -1;
	if (!config->start[0])
		return config_wrong(config, "apps/init/cmd.start", "there is no command in it");
	if (config_number(config, "apps/vshelper/sync-timeout", 1, 3600, &patience) < 0)
		return -1;
	config->patience = patience;
	return config_killseq(config);
}

/* What programs of the guest are run with, and which shell is entered. */
int config_programs(struct config *config)
{
	static char path[] = "PATH=/bin:/usr/bin:/sbin:/usr/sbin";
	char *value = NULL, *word;
	int there, count = 0;

	config->environment[0] = path;
	if (config_words(config, "apps/init/environment", config->environment) < 0)
		return -1;
	for (int i = 0; config->environment[i]; i++)
		if (!strchr(config->environment[i], '='))
			return config_wrong(config, "apps/init/environment", "'%s' is no NAME=VALUE", config->environment[i]);
	there = config_value(config, "shell", &value);
	if (there < 0)
		return -1;
	while (there && (word = config_next_field(&value))) {
		if (count == CONFIG_WORDS)
			return config_wrong(config, "shell", "it has more than %d words", CONFIG_WORDS);
		config->shell[count++] = word;
	}
	return 0;
}

