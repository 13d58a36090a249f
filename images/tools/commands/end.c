// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for the end of a context. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "../libvserver/vserver.h"
#include "end.h"

static volatile sig_atomic_t expired;

static void on_alarm(int sig)
{
	(void)sig;
	expired = 1;
}

/* Interrupts any call that sleeps, and again each second: the signal may come before the call. */
static void set_clock(unsigned int seconds)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { .it_value.tv_sec = seconds, .it_interval.tv_sec = seconds ? 1 : 0 };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

int wait_for_end(uint32_t xid, unsigned int seconds)
{
	int result;

	expired = 0;
	set_clock(seconds);
	do {
		result = vc_wait_exit(xid, NULL) < 0 ? -1 : 0;
	} while (result < 0 && errno == EINTR && !expired);
	set_clock(0);
	return result < 0 && errno == EINTR ? 1 : result;
}
