// SPDX-License-Identifier: GPL-2.0-only
/* What a program that loads the kernel needs besides. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "program.h"

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

unsigned long long number(const char *program, const char *text)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (end == text || *end || errno || *text == '-') {
		fprintf(stderr, "%s: %s is no number\n", program, text);
		exit(2);
	}
	return value;
}
