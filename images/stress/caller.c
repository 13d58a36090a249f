// SPDX-License-Identifier: GPL-2.0-only
/* One caller: becomes who it is to be, makes its calls, and judges what comes of each. */
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fuzz.h"

#define CAP_SYS_RESOURCE	24
#define ORDINARY_USER		1000
/* A guest is refused everything: it need not go on for long about that. */
#define CALLS_AS_GUEST		12

const char *const who_names[WHOS] = {
	"host", "host without CAP_SYS_RESOURCE", "spectator", "member in setup", "member in setup without CAP_SYS_RESOURCE",
	"guest", "user 1000", "user 1000 in setup",
};

static int ask_master, answer_of_master;
static int admin = 1, resource = 1;

static void must(int good, const char *what)
{
	if (good)
		return;
	failure("%s cannot %s: %s", who_names[shared->who], what, strerror(errno));
	_exit(1);
}

static void ask(enum request request)
{
	unsigned char byte = request;

	if (write(ask_master, &byte, 1) != 1 || read(answer_of_master, &byte, 1) != 1)
		_exit(1);	/* the master is gone */
}

static void drop_resource(void)
{
	struct {
		uint32_t version;
		int pid;
	} header = { 0x20080522, 0 };
	uint32_t sets[6];

	must(!syscall(SYS_capget, &header, sets), "read its capabilities");
	for (int i = 0; i < 3; i++)
		sets[i] &= ~(1u << CAP_SYS_RESOURCE);
	must(!syscall(SYS_capset, &header, sets), "drop a capability");
	resource = 0;
}

static void drop_root(void)
{
	must(!setgroups(0, NULL) && !setgid(ORDINARY_USER) && !setuid(ORDINARY_USER), "become an ordinary user");
	admin = resource = 0;
}

static void make_own(struct random *random)
{
	uint64_t flags = VX_ONE_TIME;

	if (one_in(random, 2)) {
		must(vserver(NET_CREATE, CALLER_ID, &flags) == CALLER_ID, "make a network context");
		shared->new_nid = CALLER_ID;
	}
	if (one_in(random, 2))
		must(vserver(CTX_CREATE, CALLER_ID, &flags) == CALLER_ID, "make a context");
	else
		must(vserver(CTX_CREATE_V0, CALLER_ID, NULL) == CALLER_ID, "make a context");
	shared->new_xid = CALLER_ID;
}

static void become(enum who who, struct random *random)
{
	struct word leave = { 0, STATE_SETUP | STATE_INIT };

	/* It may unmount what it likes. */
	must(!unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "have mounts of its own");
	if (who == SPECTATOR_ROOT) {
		must(vserver(CTX_MIGRATE_V0, SPECTATOR, NULL) == SPECTATOR, "be one");
		if (one_in(random, 2))
			must(vserver(NET_MIGRATE, SPECTATOR, NULL) == SPECTATOR, "be one of networks");
	}
	if (who == SETUP || who == SETUP_NO_RESOURCE || who == GUEST || who == USER_IN_SETUP)
		make_own(random);
	if (who == GUEST)
		must(!vserver(SET_CFLAGS, OWN, &leave), "leave setup");
	if (who == HOST_NO_RESOURCE || who == SETUP_NO_RESOURCE)
		drop_resource();
	if (who == USER || who == USER_IN_SETUP)
		drop_root();
}

static void issue(struct call *call)
{
	call->result = vserver(call->high | call->word, call->high | call->id, call->data);
	call->error = call->result < 0 ? errno : 0;
}

static void on_signal(int sig)
{
	(void)sig;
}

/* In a child, which the master interrupts when it sleeps. Its memory is the caller's only where the data is. */
static void issue_in_child(struct call *call)
{
	struct sigaction action = { .sa_handler = on_signal };
	unsigned int at = shared->logged;
	pid_t pid;

	shared->log[at] = *call;
	shared->returned = 0;
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		sigaction(SIGUSR1, &action, NULL);
		issue(shared->log + at);
		shared->returned = 1;
		_exit(0);
	}
	shared->blocked = pid;
	ask(WATCH);
	must(waitpid(pid, NULL, 0) == pid && shared->returned, "hear of a call that it left to a child");
	*call = shared->log[at];
}

static void complain(const struct call *call, const struct expectation *e, const char *why)
{
	failure("%s", why);
	print_call(call);
	printf("  allowed:%s", e->success ? " success" : "");
	for (int i = 1; i < MAX_ERRNO; i++)
		if (e->errnos & ERRNO(i))
			printf(" %d", i);
	printf("; caller: xid %u, nid %u%s%s\n", shared->facts.xid, shared->facts.nid, admin ? "" : ", no CAP_SYS_ADMIN",
	       resource ? "" : ", no CAP_SYS_RESOURCE");
}

static int value_is_right(const struct call *call)
{
	const struct command *command = call->command;

	if ((command->flags & F_ENTERS) && call->id == SPECTATOR)
		return call->result == SPECTATOR;
	switch (command->returns) {
	case NEW_ID:
		if (command->word == NEW_S_CONTEXT)
			return call->result <= (long)MAX_ID;
		return call->result == (long)call->id ||
		       (call->id == OWN && call->result >= (long)MIN_DYNAMIC && call->result <= (long)MAX_ID);
	case TASK_ID:
		return call->result <= (long)MAX_ID;
	case ONE_OR_ZERO:
		return call->result <= 1;
	case CONSTANT:
		return call->result == (command->word == GET_VERSION ? shared->version : shared->vci);
	default:
		return call->result == 0;
	}
}

static int data_is_untouched(const struct call *call)
{
	for (unsigned int i = 0; i < sizeof(call->given) && i < call->readable; i++)
		if (call->data[i] != call->given[i])
			return 0;
	return 1;
}

/* Nothing behind the struct may be written, whatever else is. */
static int rest_is_untouched(const struct call *call)
{
	unsigned int size = call->command ? call->command->most : 0;

	for (unsigned int i = size; i < sizeof(call->given) && i < call->readable; i++)
		if (call->data[i] != call->given[i])
			return 0;
	return 1;
}

static void judge(const struct call *call, const struct expectation *e)
{
	if (call->result >= 0 && !e->success)
		complain(call, e, "a call that has to be refused is done");
	else if (call->result >= 0 && !value_is_right(call))
		complain(call, e, "a call returns what it cannot mean");
	else if (call->result < 0 && (call->error >= MAX_ERRNO || !(e->errnos & ERRNO(call->error))))
		complain(call, e, "a call is refused with an errno that it must not have");
	if (!(e->untouched ? data_is_untouched(call) : rest_is_untouched(call)))
		complain(call, e, "a call has written where it must not");
}

static void count(const struct call *call)
{
	shared->calls++;
	shared->outcomes[shared->who][call->error < MAX_ERRNO ? call->error : MAX_ERRNO - 1]++;
	if (call->result >= 0 && call->command)
		shared->done[call->command - commands]++;
}

static void note_new(const struct call *call)
{
	int network = call->word == NET_CREATE || call->word == NET_CREATE_V0;

	if (call->command->returns != NEW_ID || call->result <= (long)SPECTATOR)
		return;
	if (network)
		shared->new_nid = call->result;
	else
		shared->new_xid = call->result;
}

/* Whether where the caller is, or who there is, is not what was seen last once this is done. */
static int ends_caller(const struct call *call)
{
	const struct kill *kill = (const void *)call->given;

	if (call->word == CTX_KILL && kill->sig) {
		shared->killed = 1;
		return 1;
	}
	return call->word == ENTER_SPACE_V0 || call->word == ENTER_SPACE_V1 || call->word == ENTER_SPACE;
}

/* Makes one call; whether the caller may go on. */
static int call_once(struct random *random)
{
	struct expectation e;
	struct call call;

	make_call(random, &call);
	e = expect(&call, admin, resource);
	/* What was refused so far has to be looked for before something is really changed. */
	if (may_change(&call, &e) && shared->logged)
		ask(LOOK_AGAIN);
	/* It may sleep even where nothing can be written in the end. */
	if (call.command && (call.command->flags & F_BLOCKS) && (e.errnos & ERRNO(EINTR)))
		issue_in_child(&call);
	else
		issue(&call);
	shared->log[shared->logged++] = call;
	judge(&call, &e);
	count(&call);
	if (call.result >= 0 && call.command && (call.command->flags & F_CHANGES)) {
		if (ends_caller(&call))
			return 0;
		note_new(&call);
		ask(LOOK);
	}
	return 1;
}

static int is_guest(void)
{
	const struct object *own = find_object(&shared->facts.contexts, shared->facts.xid);

	return own && !(own->flags & STATE_SETUP);
}

void run_caller(enum who who, struct random random, unsigned int calls, int to_master, int from_master)
{
	unsigned int as_guest = 0;
	int goes_on = 1;

	ask_master = to_master;
	answer_of_master = from_master;
	become(who, &random);
	ask(LOOK);
	while (calls-- && (goes_on = call_once(&random))) {
		if (shared->logged == MAX_LOGGED - 1)
			ask(LOOK_AGAIN);
		if (is_guest() && ++as_guest == CALLS_AS_GUEST && who != GUEST)
			break;
	}
	/* What was refused before a call that ends it has been looked for. */
	if (goes_on)
		ask(LOOK_AGAIN);
	ask(BYE);
	_exit(0);
}
