// SPDX-License-Identifier: GPL-2.0-only
/* Cycles about tasks: how they come into a context, what they are there, and how they end. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cycle.h"

static void sleep_on(void)
{
	for (;;)
		pause();
}

/* Every way to make a context, and out of it. */
static void plain_task(struct cycle *c)
{
	uint64_t flags = STATE_ADMIN | (random_u64(&c->random) & VX_ONE_TIME);

	switch (below(&c->random, 5)) {
	case 0:
		CHECK("ctx_create_v0", vserver(CTX_CREATE_V0, c->xid, NULL));
		leave_setup();
		break;
	case 1:
		CHECK("ctx_create without flags", vserver(CTX_CREATE, c->xid, NULL));
		break;
	case 2:
		CHECK("ctx_create of a dynamic id", vserver(CTX_CREATE, OWN, &flags));
		break;
	case 3:
		create(c->xid, VX_ONE_TIME);
		leave_setup();
		break;
	default:
		create(c->xid, flags);
		break;
	}
	_exit(7);
}

void plain(struct cycle *c)
{
	must_exit(c, "a task that makes a context", start(c, plain_task), 7);
	must_be_gone(c->xid);
}

/* The ids that everybody names: each of these may come too early, too late, or from a member. */
static void race_step(uint32_t xid, struct random *random)
{
	struct word flags = { 0, STATE_SETUP | STATE_INIT };
	uint64_t how = random_u64(random) & (SET_INIT | SET_REAPER);

	switch (below(random, 8)) {
	case 0:
		CHECK("race: ctx_create_v0", vserver(CTX_CREATE_V0, xid, NULL), EEXIST, EBUSY, ENOSYS);
		break;
	case 1:
		how = STATE_ADMIN | (random_u64(random) & VX_ONE_TIME);
		CHECK("race: ctx_create", vserver(CTX_CREATE, xid, &how), EEXIST, EBUSY, ENOSYS);
		break;
	case 2:
		CHECK("race: ctx_migrate_v0", vserver(CTX_MIGRATE_V0, xid, NULL), ESRCH, EFAULT, EACCES, EPERM, ENOSYS);
		break;
	case 3:
		CHECK("race: ctx_migrate", vserver(CTX_MIGRATE, xid, &how), ESRCH, EFAULT, EACCES, EPERM, ENOSYS);
		break;
	case 4:
		CHECK("race: set_cflags", vserver(SET_CFLAGS, OWN, &flags), ESRCH, EPERM, ENOSYS);
		break;
	case 5:
		CHECK("race: get_cflags", vserver(GET_CFLAGS, xid, &flags), ESRCH, ENOSYS);
		break;
	case 6:
		CHECK("race: task_xid", vserver(TASK_XID, getppid(), NULL), ESRCH, ENOSYS);
		break;
	default:
		if (CHECK("race: fork", fork()) == 0)
			_exit(0);	/* a zombie until its parent has ended */
		break;
	}
}

static uint32_t contended(struct random *random)
{
	return CONTENDED_ID + below(random, CONTENDED);
}

static void race_task(struct cycle *c)
{
	uint32_t xid = contended(&c->random);

	for (int i = 0; i < 6; i++)
		race_step(xid, &c->random);
	if (one_in(&c->random, 2))
		sleep_on();
}

static void race_from_outside(uint32_t xid, struct random *random)
{
	static const int pids[] = { 0, -1, 1 }, signals[] = { 0, SIGTERM, SIGKILL, SIGSTOP, SIGCONT };
	struct ctx_stat stat;
	struct word flags = { random_u64(random), PERSISTENT | INFO_PRIVATE };

	switch (below(random, 3)) {
	case 0:
		kill_members(xid, pids[below(random, 3)], signals[below(random, 5)]);
		break;
	case 1:
		CHECK("race: set_cflags from outside", vserver(SET_CFLAGS, xid, &flags), ESRCH);
		break;
	default:
		CHECK("race: ctx_stat", vserver(CTX_STAT, xid, &stat), ESRCH);
		break;
	}
}

/* What a context keeps is replaced, and entered, while it ends. The task has namespaces that nobody else has. */
static void race_for_spaces(struct cycle *c)
{
	static const uint64_t parts[] = {
		0, CLONE_NEWUTS | CLONE_NEWIPC, CLONE_NEWNS | CLONE_FS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
	};

	CHECK("race: unshare", unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS));
	for (int i = 0; i < 6; i++) {
		struct space space = { parts[below(&c->random, 6)], below(&c->random, 2) };
		uint32_t xid = contended(&c->random);

		if (one_in(&c->random, 2))
			CHECK("race: set_space", vserver(SET_SPACE, xid, &space), ESRCH);
		else
			CHECK("race: enter_space", vserver(ENTER_SPACE, xid, &space), ESRCH, EINVAL, EACCES);
	}
}

void race(struct cycle *c)
{
	struct word not_kept = { 0, PERSISTENT | INFO_PRIVATE };
	pid_t visitors[2];

	for (int i = 0; i < 4; i++)
		start(c, race_task);
	for (int i = 0; i < 2; i++)
		visitors[i] = start(c, race_for_spaces);
	for (int i = 0; i < 8; i++)
		race_from_outside(contended(&c->random), &c->random);
	for (int i = 0; i < 2; i++)
		must_exit(c, "race: who enters spaces", visitors[i], 0);
	for (uint32_t i = 0; i < CONTENDED; i++)
		CHECK("race: the end", vserver(SET_CFLAGS, CONTENDED_ID + i, &not_kept), ESRCH);
	end_all(c, CONTENDED_ID, CONTENDED);
}

/* A process that is another one at any time: who looks for it by pid is always late. */
static void run_away(void)
{
	for (;;)
		if (CHECK("storm: fork", fork()) != 0)
			_exit(0);
}

static void storm_task(struct cycle *c)
{
	create(c->xid, STATE_ADMIN);
	for (int i = 0; i < 3; i++)
		if (CHECK("storm: fork", fork()) == 0)
			run_away();
	tell(c);
	sleep_on();
}

static void wait_task(struct cycle *c)
{
	struct vx_exit how;

	CHECK("wait_exit", vserver(WAIT_EXIT, c->xid, &how), ESRCH);
}

/* One sweep has to be enough: with a second the waiter would hide that the first one missed somebody. */
void storm(struct cycle *c)
{
	pid_t waiter;

	start(c, storm_task);
	wait_ready(c, 1);
	waiter = start(c, wait_task);
	if (kill_members(c->xid, 0, SIGKILL))
		fail("storm: ctx_kill finds nobody");
	must_exit(c, "storm: a waiter", waiter, 0);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

/* Threads of one process, in and out of the context. */
struct crowd {
	struct cycle *cycle;
	sem_t made, entered;
};

static void *creating_thread(void *data)
{
	struct crowd *crowd = data;

	create(crowd->cycle->xid, VX_ONE_TIME);
	sem_post(&crowd->made);
	sleep_on();
	return NULL;
}

static void *entering_thread(void *data)
{
	struct crowd *crowd = data;

	sem_wait(&crowd->made);
	CHECK("threads: ctx_migrate", vserver(CTX_MIGRATE_V0, crowd->cycle->xid, NULL));
	sem_post(&crowd->entered);
	sleep_on();
	return NULL;
}

static void *idle_thread(void *data)
{
	(void)data;
	sleep_on();
	return NULL;
}

static void threads_task(struct cycle *c)
{
	static void *(*const bodies[])(void *) = { creating_thread, entering_thread, idle_thread };
	struct crowd crowd = { .cycle = c };
	pthread_t thread;

	sem_init(&crowd.made, 0, 0);
	sem_init(&crowd.entered, 0, 0);
	for (int i = 0; i < 3; i++)
		if (pthread_create(&thread, NULL, bodies[i], &crowd))
			fail("threads: pthread_create");
	sem_wait(&crowd.entered);
	tell(c);
	switch (below(&c->random, 3)) {
	case 0:
		exit(0);	/* of all of them */
	case 1:
		execl("/proc/self/exe", "stress", "exit", NULL);
		fail("threads: exec");
		break;
	default:
		sleep_on();
	}
}

void threads(struct cycle *c)
{
	start(c, threads_task);
	wait_ready(c, 1);
	kill_members(c->xid, below(&c->random, 2) ? 0 : -1, SIGKILL);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

/* Shares its parent's memory and outlives it. */
static int sleeper(void *data)
{
	(void)data;
	sleep_on();
	return 0;
}

static void vfork_inside(struct cycle *c)
{
	static char stack[16384] __attribute__((aligned(16)));
	int status;
	pid_t pid;

	create(c->xid, VX_ONE_TIME);
	pid = vfork();
	if (pid == 0)
		_exit(vserver(TASK_XID, 0, NULL) == (long)c->xid ? 5 : 6);
	if (waitpid(pid, &status, 0) != pid || status != 5 << 8)
		fail("vfork: the child of a member ends with %#x", status);
	CHECK("vfork: clone", clone(sleeper, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	tell(c);
}

/* The parent sleeps on the host until its child, in the context, is gone. */
static void vfork_outside(struct cycle *c)
{
	pid_t pid = vfork();

	if (pid == 0) {
		create(c->xid, STATE_ADMIN);
		tell(c);
		sleep_on();
	}
	_exit(waitpid(pid, NULL, 0) == pid ? 3 : 4);
}

void vforks(struct cycle *c)
{
	int outside = below(&c->random, 2);
	pid_t pid = start(c, outside ? vfork_outside : vfork_inside);

	wait_ready(c, 1);
	kill_members(c->xid, 0, SIGKILL);
	if (outside)
		must_exit(c, "vfork: the parent", pid, 3);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

static void member_task(struct cycle *c)
{
	create(c->xid, VX_ONE_TIME);
	leave_setup();
	tell(c);
	sleep_on();
}

static void stop(pid_t pid)
{
	int status;

	CHECK("traced: seize", ptrace(PTRACE_SEIZE, pid, 0, 0));
	CHECK("traced: interrupt", ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		fail("traced: the member does not stop: %#x", status);
}

static void traced_by_member(struct cycle *c)
{
	pid_t pid;

	create(c->xid, VX_ONE_TIME);
	leave_setup();
	pid = CHECK("traced: fork", fork());
	if (pid == 0)
		sleep_on();
	stop(pid);
	tell(c);
	sleep_on();
}

/* A member dies while it is stopped: its tracer is a member, the worker, or gone before it. */
void traced(struct cycle *c)
{
	pid_t pid;

	switch (below(&c->random, 3)) {
	case 0:
		start(c, traced_by_member);
		wait_ready(c, 1);
		break;
	case 1:
		pid = start(c, member_task);
		wait_ready(c, 1);
		stop(pid);
		break;
	default:
		pid = start(c, traced_by_member);
		wait_ready(c, 1);
		kill(pid, SIGKILL);
		reap(c, pid);
		break;
	}
	kill_members(c->xid, 0, SIGKILL);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

static void zombies_task(struct cycle *c)
{
	pid_t pid;

	create(c->xid, VX_ONE_TIME);
	for (int i = 0; i < 4; i++) {
		pid = CHECK("zombies: fork", fork());
		if (pid == 0)
			_exit(0);
		CHECK("zombies: waitid", waitid(P_PID, pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT));
	}
	tell(c);
	sleep_on();
}

/* Zombies are members but no longer keep the context. */
void zombies(struct cycle *c)
{
	struct ctx_stat stat = { 0 };

	start(c, zombies_task);
	wait_ready(c, 1);
	CHECK("zombies: ctx_stat", vserver(CTX_STAT, c->xid, &stat));
	if (stat.tasks != 1)
		fail("zombies: %u tasks in a context with one that lives", stat.tasks);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

static void *last_thread(void *data)
{
	tell(data);
	sleep_on();
	return NULL;
}

static void zombie_leader_task(struct cycle *c)
{
	pthread_t thread;

	create(c->xid, STATE_ADMIN);
	if (pthread_create(&thread, NULL, last_thread, c))
		fail("zombie-leader: pthread_create");
	syscall(SYS_exit, 0);
}

/* The leader ends alone; its process is to be found by its pid and killed all the same. */
void zombie_leader(struct cycle *c)
{
	pid_t pid = start(c, zombie_leader_task);

	wait_ready(c, 1);
	if (kill_members(c->xid, pid, 0))
		fail("zombie-leader: ctx_kill does not find the process");
	kill_members(c->xid, below(&c->random, 2) ? pid : -1, SIGKILL);
	reap(c, pid);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

/* Runs until its parent has ended: nobody else has the other end. */
static void orphan(const int end_of_parent[2])
{
	char byte;

	close(end_of_parent[1]);
	_exit(read(end_of_parent[0], &byte, 1) == 0 ? 9 : 1);
}

static void guest_init(struct cycle *c)
{
	int end_of_parent[2], status;
	pid_t parent, heir;

	create(c->xid, VX_ONE_TIME);
	leave_setup();
	CHECK("orphans: pipe", pipe(end_of_parent));
	parent = CHECK("orphans: fork", fork());
	if (parent == 0) {
		if (CHECK("orphans: fork", fork()) == 0)
			orphan(end_of_parent);
		_exit(8);
	}
	close(end_of_parent[1]);
	if (waitpid(parent, &status, 0) != parent || status != 8 << 8)
		fail("orphans: the parent ends with %#x", status);
	heir = wait(&status);
	if (heir <= 0 || status != 9 << 8)
		fail("orphans: the guest's init has no orphan to wait for (%d, %#x)", heir, status);
	tell(c);
	sleep_on();
}

void orphans(struct cycle *c)
{
	struct vx_info info = { 0 };
	pid_t pid = start(c, guest_init);

	wait_ready(c, 1);
	CHECK("orphans: vx_info", vserver(VX_INFO, c->xid, &info));
	if (info.xid != c->xid || info.initpid != (uint32_t)pid)
		fail("orphans: the init of %u is %u, not %d", info.xid, info.initpid, pid);
	kill_members(c->xid, 1, SIGKILL);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

static void exec_task(struct cycle *c)
{
	create(c->xid, VX_ONE_TIME);
	leave_setup();
	execl("/proc/self/exe", "stress", "exit", NULL);
	fail("exec: %d", errno);
}

void execs(struct cycle *c)
{
	must_exit(c, "exec: the program", start(c, exec_task), EXEC_CODE);
	must_be_gone(c->xid);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void interrupted_task(struct cycle *c)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct vx_exit how;

	sigaction(SIGUSR1, &action, NULL);
	tell(c);
	CHECK("waiters: wait_exit", vserver(WAIT_EXIT, c->xid, &how), ESRCH, EINTR);
}

void waiters(struct cycle *c)
{
	pid_t pids[3];

	start(c, member_task);
	pids[0] = start(c, interrupted_task);
	pids[1] = start(c, interrupted_task);
	wait_ready(c, 3);
	pids[2] = start(c, wait_task);
	kill(pids[0], SIGUSR1);
	kill_members(c->xid, 0, SIGKILL);
	for (int i = 0; i < 3; i++)
		must_exit(c, "waiters: one", pids[i], 0);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}
