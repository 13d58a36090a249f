/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for the end of a context. */
#ifndef END_H
#define END_H

#include <stdint.h>

/*
 * Sleeps until the context has ended, or so many seconds are over (0: for ever). 0; 1 when the time is over; -1 and errno, ESRCH when there was no
 * such context to begin with. Uses SIGALRM and the timer of it.
 */
int wait_for_end(uint32_t xid, unsigned int seconds);

#endif
