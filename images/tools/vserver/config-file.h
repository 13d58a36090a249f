/* SPDX-License-Identifier: GPL-2.0-only */
/* How the files of a configuration are read. What is wrong in one is said with its name, and ends in -1. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <dirent.h>

#include "config.h"

/* -1: the file, and what is wrong with it. */
__attribute__((format(printf, 3, 4))) int config_wrong(const struct config *config, const char *file, const char *format, ...);
/* Whether there is such a file; 1, 0, or -1 when that cannot be told. */
int config_has(const struct config *config, const char *file);
/* The whole file, which is kept; NULL when there is none, or, with *failed set, when it cannot be read. */
char *config_text(const struct config *config, const char *file, int *failed);
/* Cuts the next line off a text, without blanks around it; NULL after the last. */
char *config_next_line(char **text);
/* The same of the next field of a line, between blanks and tabs. */
char *config_next_field(char **line);
/* The first line of a file: 1 and *value; 0 when there is no file, or nothing in it. */
int config_value(const struct config *config, const char *file, char **value);
/* A decimal number that a text is all of. -1, and nothing is said. */
int parse_number(const char *text, long long least, long long most, long long *number);
/* A file of a number: as config_value(). */
int config_number(const struct config *config, const char *file, long long least, long long most, long long *number);
/* Files with a word a line: 1; 0 when there is no file, and the words are as before. An empty file has no words. */
int config_words(const struct config *config, const char *file, char **words);
/* Files with a list a line: 0. */
int config_list(const struct config *config, const char *file, const struct vc_names *names, struct vc_list *list);
/* The names in a folder of the configuration, in their order: how many, 0 when there is none. */
int config_folder(const struct config *config, const char *folder, struct dirent ***entries);

/* ---- parts of config_read() ---- */

int config_rlimits(struct config *config);
int config_schedule(struct config *config);
int config_init(struct config *config);
int config_killseq(struct config *config);
int config_programs(struct config *config);

#endif
