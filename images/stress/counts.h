/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COUNTS_H
#define COUNTS_H

#include <stddef.h>

struct counts;

/* What there is now. Exits with 1 when the kernel does not tell. */
struct counts *read_counts(void);

/*
 * Waits until contexts and network contexts are as many as at `start`, exactly, and the objects of each slab cache at most
 * `slack` more: frees are delayed by grace periods. Returns 1, or 0 after `deadline_s` seconds; then and else `report` has
 * what was counted, a sentence.
 */
int counts_return(const struct counts *start, unsigned long slack, int deadline_s, char *report, size_t size);

#endif
