/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program that loads the kernel needs besides: the time, and the numbers of its command line. */
#ifndef PROGRAM_H
#define PROGRAM_H

/* Seconds of the monotonic clock. */
double now(void);

/* A number in C's notation, none below 0. For any other text it says so in the name of `program`, and exits with 2. */
unsigned long long number(const char *program, const char *text);

#endif
