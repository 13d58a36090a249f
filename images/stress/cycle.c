// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "cycle.h"

static const struct {
	const char *name;
	void (*run)(struct cycle *c);
} kinds[KINDS] = {
	[PLAIN] = { "plain", plain },
	[RACE] = { "race", race },
	[STORM] = { "storm", storm },
	[THREADS] = { "threads", threads },
	[VFORK] = { "vfork", vforks },
	[TRACED] = { "traced", traced },
	[ZOMBIES] = { "zombies", zombies },
	[ZOMBIE_LEADER] = { "zombie-leader", zombie_leader },
	[SOCKETS] = { "sockets", sockets },
	[MMS] = { "mms", mms },
	[KEPT] = { "kept", kept },
	[NETWORKS] = { "networks", networks },
	[ORPHANS] = { "orphans", orphans },
	[WORDS] = { "words", words },
	[EXEC] = { "exec", execs },
	[WAITERS] = { "waiters", waiters },
	[SPACES] = { "spaces", spaces },
};

const char *kind_name(enum kind kind)
{
	return kinds[kind].name;
}

long check(const char *what, long result, ...)
{
	int error = errno, allowed;
	va_list list;

	if (result >= 0)
		return result;
	va_start(list, result);
	while ((allowed = va_arg(list, int)) && allowed != error)
		;
	va_end(list);
	if (!allowed)
		fail("%s: %s (errno %d)", what, strerror(error), error);
	return -error;
}

pid_t start(struct cycle *c, void (*body)(struct cycle *c))
{
	struct random random = { random_u64(&c->random) };
	pid_t pid = fork();

	if (pid == 0) {
		c->random = random;
		body(c);
		_exit(0);
	}
	if (CHECK("fork", pid) < 0 || c->count == MAX_TASKS)
		return 0;
	c->tasks[c->count++] = pid;
	return pid;
}

void tell(struct cycle *c)
{
	CHECK("tell", write(c->ready[1], "", 1), EPIPE);
}

void wait_ready(struct cycle *c, int count)
{
	char byte;

	close(c->ready[1]);
	c->ready[1] = -1;
	while (count-- > 0 && read(c->ready[0], &byte, 1) == 1)
		;
}

/* A pid that is reaped may become somebody else's. */
static void forget(struct cycle *c, pid_t pid)
{
	for (int i = 0; i < c->count; i++)
		if (c->tasks[i] == pid)
			c->tasks[i] = c->tasks[--c->count];
}

int reap(struct cycle *c, pid_t pid)
{
	int status = -1;

	if (CHECK("waitpid", waitpid(pid, &status, __WALL)) == pid)
		forget(c, pid);
	return status;
}

void must_exit(struct cycle *c, const char *what, pid_t pid, int code)
{
	int status = reap(c, pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail("%s: wait status %#x in place of exit code %d", what, status, code);
}

static void sweep(uint32_t first, int count)
{
	for (int i = 0; i < count; i++)
		kill_members(first + i, 0, SIGKILL);
}

/*
 * The contexts are swept anew after each task that is gone and once more at the end: what a task leaves behind may be the
 * child of somebody else's by then.
 */
void end_all(struct cycle *c, uint32_t first, int count)
{
	for (int i = 0; i < c->count; i++)
		kill(c->tasks[i], SIGKILL);
	do {
		sweep(first, count);
	} while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR);
	sweep(first, count);
	c->count = 0;
}

void end_tasks(struct cycle *c, uint32_t xid)
{
	end_all(c, xid, 1);
}

void must_be_gone(uint32_t xid)
{
	struct word flags;

	if (CHECK("get_cflags of an ended context", vserver(GET_CFLAGS, xid, &flags), ESRCH) >= 0)
		fail("context %u has outlived its tasks", xid);
}

void must_be_gone_net(uint32_t nid)
{
	struct word flags;

	if (CHECK("get_nflags of an ended context", vserver(GET_NFLAGS, nid, &flags), ESRCH) >= 0)
		fail("network context %u has outlived its tasks", nid);
}

void create(uint32_t xid, uint64_t flags)
{
	CHECK("ctx_create", vserver(CTX_CREATE, xid, &flags));
}

void leave_setup(void)
{
	write_word("leave setup", SET_CFLAGS, OWN, 0, STATE_SETUP | STATE_INIT);
}

long kill_members(uint32_t xid, int pid, int sig)
{
	struct kill to = { pid, sig };

	return CHECK("ctx_kill", vserver(CTX_KILL, xid, &to), ESRCH);
}

long write_word(const char *what, uint32_t word, uint32_t id, uint64_t value, uint64_t mask)
{
	struct word data = { value, mask };

	return CHECK(what, vserver(word, id, &data));
}

void run_cycle(enum kind kind, unsigned int worker, struct random *random)
{
	struct cycle c = {
		.random = { random_u64(random) },
		.xid = WORKER_ID + worker * WORKER_IDS,
		.nid = WORKER_ID + worker * WORKER_IDS,
		.channel = { -1, -1 },
	};

	c.other_xid = c.xid + 1;
	if (pipe(c.ready)) {
		fail("pipe: %s", strerror(errno));
		return;
	}
	kinds[kind].run(&c);
	end_all(&c, 0, 0);
	close(c.ready[0]);
	if (c.ready[1] >= 0)
		close(c.ready[1]);
}
