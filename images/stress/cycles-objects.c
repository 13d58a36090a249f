// SPDX-License-Identifier: GPL-2.0-only
/* Cycles about what a context has and what outlives it: sockets, files, mms, flags, network contexts, spaces. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cycle.h"

#define KEPT_SETS	8

enum { UNIX_A, UNIX_B, UDP_SOCKET, TCP_CLIENT, TCP_SERVER, FILE_OF_MEMBER, SET };

/* Sockets and a file of contexts that have ended; -1 where there is none yet. */
static struct {
	int used, fds[SET];
} kept_sets[KEPT_SETS];

static void sleep_on(void)
{
	for (;;)
		pause();
}

static void close_set(int slot)
{
	for (int i = 0; kept_sets[slot].used && i < SET; i++)
		close(kept_sets[slot].fds[i]);
	kept_sets[slot].used = 0;
}

void drop_kept(void)
{
	for (int i = 0; i < KEPT_SETS; i++)
		close_set(i);
}

/* Two ends of a connection through lo. It ends by reset: nothing is to linger in TIME_WAIT. */
static void connect_tcp(int *client, int *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct linger reset = { 1, 0 };
	socklen_t length = sizeof(address);
	int listener = CHECK("sockets: socket", socket(AF_INET, SOCK_STREAM, 0));

	CHECK("sockets: bind", bind(listener, (struct sockaddr *)&address, length));
	CHECK("sockets: listen", listen(listener, 1));
	CHECK("sockets: getsockname", getsockname(listener, (struct sockaddr *)&address, &length));
	*client = CHECK("sockets: socket", socket(AF_INET, SOCK_STREAM, 0));
	CHECK("sockets: connect", connect(*client, (struct sockaddr *)&address, length));
	*server = CHECK("sockets: accept", accept(listener, NULL, NULL));
	CHECK("sockets: linger", setsockopt(*client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	CHECK("sockets: linger", setsockopt(*server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	close(listener);
}

union rights {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(SET * sizeof(int))];
};

static struct msghdr rights_message(union rights *rights, struct iovec *byte)
{
	return (struct msghdr){
		.msg_iov = byte, .msg_iovlen = 1, .msg_control = rights, .msg_controllen = sizeof(*rights),
	};
}

static void send_set(int channel, const int fds[SET])
{
	union rights rights = { .header = { CMSG_LEN(SET * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { "", 1 };
	struct msghdr message = rights_message(&rights, &byte);

	memcpy(CMSG_DATA(&rights.header), fds, SET * sizeof(int));
	CHECK("sockets: sendmsg", sendmsg(channel, &message, 0));
}

static int receive_set(int channel, int fds[SET])
{
	union rights rights;
	char data;
	struct iovec byte = { &data, 1 };
	struct msghdr message = rights_message(&rights, &byte);

	if (recvmsg(channel, &message, 0) != 1 || message.msg_controllen < CMSG_LEN(SET * sizeof(int))) {
		fail("sockets: the member has sent nothing");
		return 0;
	}
	memcpy(fds, CMSG_DATA(&rights.header), SET * sizeof(int));
	return 1;
}

static void sockets_task(struct cycle *c)
{
	int fds[SET];

	close(c->channel[0]);
	create(c->xid, VX_ONE_TIME);
	if (one_in(&c->random, 2))
		CHECK("sockets: net_create", vserver(NET_CREATE_V0, c->nid, NULL));
	CHECK("sockets: socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, fds + UNIX_A));
	fds[UDP_SOCKET] = CHECK("sockets: socket", socket(AF_INET, SOCK_DGRAM, 0));
	connect_tcp(fds + TCP_CLIENT, fds + TCP_SERVER);
	fds[FILE_OF_MEMBER] = CHECK("sockets: open", open("/proc/self/status", O_RDONLY));
	send_set(c->channel[1], fds);
}

static void must_pass(const char *what, int from, int to)
{
	char byte = 'a';

	if (write(from, &byte, 1) != 1 || read(to, &byte, 1) != 1)
		fail("sockets: %s of an ended context does not work: %s", what, strerror(errno));
}

/* Its sockets, and the credentials of a file, keep a context allocated that has long ended. */
void sockets(struct cycle *c)
{
	int slot = below(&c->random, KEPT_SETS), fds[SET];
	pid_t pid;

	close_set(slot);
	if (CHECK("sockets: socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->channel)))
		return;
	pid = start(c, sockets_task);
	close(c->channel[1]);
	if (receive_set(c->channel[0], fds)) {
		must_exit(c, "sockets: the member", pid, 0);
		must_be_gone(c->xid);
		must_be_gone_net(c->nid);
		must_pass("the unix socket", fds[UNIX_A], fds[UNIX_B]);
		must_pass("the connection", fds[TCP_CLIENT], fds[TCP_SERVER]);
		memcpy(kept_sets[slot].fds, fds, sizeof(fds));
		kept_sets[slot].used = 1;
	}
	close(c->channel[0]);
}

/* Its memory is of the first context, for it was forked there. */
static void leave_for_another(struct cycle *c)
{
	create(c->other_xid, STATE_ADMIN);
	tell(c);
	sleep_on();
}

static void mms_task(struct cycle *c)
{
	create(c->xid, VX_ONE_TIME);
	if (CHECK("mms: fork", fork()) == 0)
		leave_for_another(c);
	sleep_on();
}

void mms(struct cycle *c)
{
	pid_t pid = start(c, mms_task);

	wait_ready(c, 1);
	kill(pid, SIGKILL);
	reap(c, pid);
	must_be_gone(c->xid);
	end_tasks(c, c->other_xid);
	must_be_gone(c->other_xid);
}

static void keeping_task(struct cycle *c)
{
	create(c->xid, STATE_ADMIN | PERSISTENT | (random_u64(&c->random) & STATE_SETUP));
}

static void toggling_task(struct cycle *c)
{
	struct word flags = { 0, PERSISTENT };

	for (int i = 0; i < 10; i++) {
		flags.word = random_u64(&c->random);
		CHECK("kept: set_cflags", vserver(SET_CFLAGS, c->xid, &flags), ESRCH);
	}
}

static void visiting_task(struct cycle *c)
{
	CHECK("kept: ctx_migrate", vserver(CTX_MIGRATE_V0, c->xid, NULL), ESRCH, EFAULT);
}

/* A context without tasks, whose end several of them try to bring about while others enter. */
void kept(struct cycle *c)
{
	struct word not_kept = { 0, PERSISTENT };
	struct ctx_stat stat = { 0 };

	must_exit(c, "kept: the maker", start(c, keeping_task), 0);
	CHECK("kept: ctx_stat", vserver(CTX_STAT, c->xid, &stat));
	if (stat.tasks != 1)
		fail("kept: %u tasks in a context that has none and is persistent", stat.tasks);
	for (int i = 0; i < 6; i++)
		start(c, i % 2 ? toggling_task : visiting_task);
	while (c->count)
		must_exit(c, "kept: a task", c->tasks[0], 0);
	CHECK("kept: the end", vserver(SET_CFLAGS, c->xid, &not_kept), ESRCH);
	must_be_gone(c->xid);
}

static void net_task(struct cycle *c)
{
	CHECK("networks: net_create", vserver(NET_CREATE_V0, c->nid, NULL));
	tell(c);
	sleep_on();
}

static void net_visitor(struct cycle *c)
{
	struct word flags = { random_u64(&c->random), PERSISTENT };
	uint32_t nid = one_in(&c->random, 2) ? c->nid : CONTENDED_ID + below(&c->random, CONTENDED);

	CHECK("networks: net_migrate", vserver(NET_MIGRATE, nid, NULL), ESRCH, EFAULT);
	CHECK("networks: set_nflags", vserver(SET_NFLAGS, nid, &flags), ESRCH);
	CHECK("networks: net_create", vserver(NET_CREATE_V0, CONTENDED_ID + below(&c->random, CONTENDED), NULL), EEXIST,
	      EBUSY);
	CHECK("networks: net_migrate to a spectator", vserver(NET_MIGRATE, SPECTATOR, NULL));
}

void networks(struct cycle *c)
{
	struct word not_kept = { 0, PERSISTENT };
	pid_t pids[3];

	start(c, net_task);
	wait_ready(c, 1);
	for (int i = 0; i < 3; i++)
		pids[i] = start(c, net_visitor);
	for (int i = 0; i < 3; i++)
		must_exit(c, "networks: a visitor", pids[i], 0);
	for (uint32_t i = 0; i < CONTENDED; i++)
		CHECK("networks: the end", vserver(SET_NFLAGS, CONTENDED_ID + i, &not_kept), ESRCH);
	CHECK("networks: the end", vserver(SET_NFLAGS, c->nid, &not_kept));
	end_all(c, 0, 0);
	must_be_gone_net(c->nid);
}

/* Looks at what the worker changes meanwhile. */
static void looking_task(struct cycle *c)
{
	char text[4096];

	create(c->xid, STATE_ADMIN);
	tell(c);
	for (int i = 0; i < 20; i++) {
		int fd = CHECK("words: open", open("/proc/self/status", O_RDONLY | O_CLOEXEC));

		CHECK("words: read", read(fd, text, sizeof(text)));
		close(fd);
		CHECK("words: prctl", prctl(PR_CAPBSET_READ, below(&c->random, 32), 0, 0, 0));
		if (CHECK("words: fork", fork()) == 0)
			_exit(0);
		CHECK("words: wait", wait(NULL));
	}
	sleep_on();
}

void words(struct cycle *c)
{
	static const uint32_t set[] = { SET_CFLAGS, SET_BCAPS, SET_CCAPS, SET_CCAPS_V0, SET_VHI_NAME };
	static const uint32_t get[] = { GET_CFLAGS, GET_BCAPS, GET_CCAPS, GET_CCAPS_V0, CTX_STAT, VX_INFO };
	union {
		struct word word;
		struct ccaps_v0 caps;
		struct name name;
	} data;

	start(c, looking_task);
	wait_ready(c, 1);
	for (int i = 0; i < 20; i++) {
		uint32_t word = set[below(&c->random, 5)];

		memset(&data, below(&c->random, 256), sizeof(data));
		data.word.word = random_u64(&c->random);
		if (word == SET_CFLAGS)
			data.word.mask &= ~(VX_ONE_TIME | PERSISTENT);
		if (word == SET_VHI_NAME)
			data.name.field = 0;
		CHECK("words: write one", vserver(word, c->xid, &data));
		CHECK("words: read one", vserver(get[below(&c->random, 6)], c->xid, &data));
	}
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}

/* What visitors enter: by every word, in the first slot and perhaps in the second. */
static void spaces_task(struct cycle *c)
{
	struct space space = { CLONE_NEWUTS | CLONE_NEWIPC, below(&c->random, 2) };

	CHECK("spaces: ctx_create_v0", vserver(CTX_CREATE_V0, c->xid, NULL));
	CHECK("spaces: set_space_v0", vserver(SET_SPACE_V0, OWN, NULL));
	CHECK("spaces: set_space_v1", vserver(SET_SPACE_V1, OWN, &space.mask));
	CHECK("spaces: set_space", vserver(SET_SPACE, OWN, &space));
	tell(c);
	sleep_on();
}

static void space_visitor(struct cycle *c)
{
	struct space space = { CLONE_NEWUTS | (random_u64(&c->random) & CLONE_NEWIPC), below(&c->random, 2) };

	CHECK("spaces: enter_space_v0", vserver(ENTER_SPACE_V0, c->xid, NULL));
	CHECK("spaces: enter_space_v1", vserver(ENTER_SPACE_V1, c->xid, &space.mask));
	CHECK("spaces: enter_space", vserver(ENTER_SPACE, c->xid, &space), EINVAL);
	CHECK("spaces: ctx_migrate", vserver(CTX_MIGRATE_V0, c->xid, NULL));
}

void spaces(struct cycle *c)
{
	pid_t pids[2];

	start(c, spaces_task);
	wait_ready(c, 1);
	for (int i = 0; i < 2; i++)
		pids[i] = start(c, space_visitor);
	for (int i = 0; i < 2; i++)
		must_exit(c, "spaces: a visitor", pids[i], 0);
	end_tasks(c, c->xid);
	must_be_gone(c->xid);
}
