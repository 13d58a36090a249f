// SPDX-License-Identifier: GPL-2.0-only
/* The contexts that the calls are about, and what the kernel tells of them before and after. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "fuzz.h"

/* What each fixture is to be: made with `made`, then without `cleared`; `without_task` only for the one that is kept. */
static const struct {
	uint64_t made, cleared;
	int without_task;
} fixtures[FIXTURES] = {
	{ VX_ONE_TIME, STATE_SETUP | STATE_INIT, 0 },
	{ VX_ONE_TIME, 0, 0 },
	{ STATE_SETUP | STATE_INIT, 0, 0 },
	{ VX_ONE_TIME | INFO_PRIVATE, STATE_SETUP, 0 },
	{ VX_ONE_TIME | PERSISTENT, STATE_SETUP | STATE_INIT, 1 },
};

/* What makes a fixture the one that it is. */
#define ROLE		(STATE_SETUP | STATE_ADMIN | INFO_PRIVATE)

#define MAX_SEEN	4096
#define MAX_TEXTS	(16 + MAX_OBJECTS)

/* One answer of the kernel. */
struct seen {
	uint32_t word, id;
	int32_t result;
	unsigned char data[76];
};

/* What a file of /proc says of a task or a context, or where a link leads. */
struct text {
	const char *what;
	uint32_t id;
	char text[500];
};

struct view {
	unsigned int count, texts;
	struct seen seen[MAX_SEEN];
	struct text text[MAX_TEXTS];
};

static struct view views[2], *before = views, *now = views + 1;

/* Ids that may have an object: the fixtures', and what callers have made since they were cleared. */
static struct objects contexts, networks;

static void give_up(const char *what)
{
	printf("fuzz: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void add_id(struct objects *objects, uint32_t id)
{
	for (unsigned int i = 0; i < objects->count; i++)
		if (objects->list[i].id == id)
			return;
	if (objects->count < MAX_OBJECTS)
		objects->list[objects->count++].id = id;
}

/* A fixture's task, which sleeps; or the maker of the one that has none. */
static void hold(int fixture, int ready)
{
	struct word change = { 0, fixtures[fixture].cleared };
	uint64_t flags = fixtures[fixture].made;

	if (vserver(NET_CREATE, FIXTURE_NID + fixture, &flags) < 0 ||
	    vserver(SET_NFLAGS, FIXTURE_NID + fixture, &change) < 0) {
		/* The unmanaged one is not to be changed from here on. */
		if (flags & STATE_ADMIN)
			give_up("make a network context of the world");
	}
	if (vserver(CTX_CREATE, FIXTURE_XID + fixture, &flags) < 0 || vserver(SET_CFLAGS, OWN, &change) < 0) {
		if (flags & STATE_ADMIN)
			give_up("make a context of the world");
	}
	if (write(ready, "", 1) != 1 || fixtures[fixture].without_task)
		_exit(0);
	for (;;)
		pause();
}

static void make_fixture(int fixture)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		give_up("pipe");
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		hold(fixture, ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		give_up("a task of the world has ended");
	close(ready[0]);
	shared->facts.holders[fixture] = pid;
	if (fixtures[fixture].without_task) {
		waitpid(pid, NULL, 0);
		shared->facts.holders[fixture] = 0;
	}
}

/* Nothing keeps it any more; it has to be gone at once. */
static void end_object(uint32_t get, uint32_t set, uint32_t id)
{
	struct word flags = { 0, PERSISTENT };

	if (vserver(set, id, &flags) < 0 && errno != ESRCH && errno != EACCES)
		failure("%#x cannot be ended with %#010x: %s", id, set, strerror(errno));
	if (vserver(get, id, &flags) >= 0)
		failure("%#x has outlived its tasks: flags %#llx", id, (unsigned long long)flags.word);
}

static void end_fixture(int fixture)
{
	pid_t pid = shared->facts.holders[fixture];

	if (pid) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	shared->facts.holders[fixture] = 0;
	end_object(GET_CFLAGS, SET_CFLAGS, FIXTURE_XID + fixture);
	end_object(GET_NFLAGS, SET_NFLAGS, FIXTURE_NID + fixture);
}

static int has_role(uint32_t get, uint32_t id, int fixture)
{
	uint64_t role = fixtures[fixture].made & ~fixtures[fixture].cleared & ROLE;
	struct word flags;

	return vserver(get, id, &flags) >= 0 && (flags.word & ROLE) == role;
}

void make_world(void)
{
	for (int i = 0; i < FIXTURES; i++) {
		make_fixture(i);
		if (!has_role(GET_CFLAGS, FIXTURE_XID + i, i) || !has_role(GET_NFLAGS, FIXTURE_NID + i, i))
			failure("%u or %u of the world is not what it was made as", FIXTURE_XID + i, FIXTURE_NID + i);
		add_id(&contexts, FIXTURE_XID + i);
		add_id(&networks, FIXTURE_NID + i);
	}
	/* Where callers are told to make some, and where nobody is. */
	for (unsigned int i = 0; i < CALLER_IDS; i++) {
		add_id(&contexts, CALLER_ID + i);
		add_id(&networks, CALLER_ID + i);
	}
	add_id(&contexts, UNUSED_ID);
	add_id(&networks, UNUSED_ID);
}

void mend_world(void)
{
	for (int i = 0; i < FIXTURES; i++) {
		if (!shared->killed && has_role(GET_CFLAGS, FIXTURE_XID + i, i) && has_role(GET_NFLAGS, FIXTURE_NID + i, i))
			continue;
		end_fixture(i);
		make_fixture(i);
	}
	shared->killed = 0;
}

void end_world(void)
{
	for (int i = 0; i < FIXTURES; i++)
		end_fixture(i);
}

void clear_callers(void)
{
	unsigned int fixed = FIXTURES + CALLER_IDS + 1;

	for (unsigned int i = FIXTURES; i < contexts.count; i++)
		end_object(GET_CFLAGS, SET_CFLAGS, contexts.list[i].id);
	for (unsigned int i = FIXTURES; i < networks.count; i++)
		end_object(GET_NFLAGS, SET_NFLAGS, networks.list[i].id);
	contexts.count = networks.count = fixed;
}

static struct seen *see(struct view *view, uint32_t word, uint32_t id)
{
	struct seen *seen = view->seen + view->count;

	if (view->count == MAX_SEEN)
		give_up("too much to see");
	view->count++;
	memset(seen, 0, sizeof(*seen));
	seen->word = word;
	seen->id = id;
	seen->result = vserver(word, id, seen->data);
	if (seen->result < 0)
		seen->result = -errno;
	return seen;
}

/* Everything that one word tells of the objects. */
static void see_all(struct view *view, const struct command *command, struct objects *objects)
{
	for (unsigned int i = 0; i < objects->count; i++) {
		struct object *object = objects->list + i;
		struct seen *seen;

		/* Of one that is not there, one answer is enough. */
		if (!object->alive && command->word != GET_CFLAGS && command->word != GET_NFLAGS)
			continue;
		seen = see(view, command->word, object->id);
		if (command->word == GET_CFLAGS || command->word == GET_NFLAGS) {
			object->alive = seen->result >= 0;
			memcpy(&object->flags, seen->data, sizeof(object->flags));
		}
		/* References come and go with what is freed after a grace period; tasks do not. */
		if (command->word == CTX_STAT)
			memset(seen->data, 0, sizeof(uint32_t));
	}
}

static struct text *new_text(struct view *view, const char *what, uint32_t id)
{
	struct text *text = view->text + view->texts;

	if (view->texts == MAX_TEXTS)
		give_up("too much to read");
	view->texts++;
	memset(text, 0, sizeof(*text));
	text->what = what;
	text->id = id;
	return text;
}

/* The lines of an open file; those that begin with one of `wanted`, or all but those that begin with `unwanted`. */
static ssize_t see_lines(struct text *text, int fd, const char *const *wanted, const char *unwanted)
{
	char all[4096], *line, *next, *to = text->text;
	ssize_t n = fd < 0 ? -1 : pread(fd, all, sizeof(all) - 1, 0);

	if (n <= 0)
		return n;
	all[n] = 0;
	for (line = all; (next = strchr(line, '\n')); line = next) {
		int keep = !wanted && strncmp(line, unwanted, strlen(unwanted));

		next++;
		for (int i = 0; wanted && wanted[i] && !keep; i++)
			keep = !strncmp(line, wanted[i], strlen(wanted[i]));
		if (!keep)
			continue;
		if (next - line >= text->text + sizeof(text->text) - to)
			give_up("too long a text");
		memcpy(to, line, next - line);
		to += next - line;
	}
	return n;
}

/* The caller's namespaces, root, directory and credentials. What has been opened of one serves until there is another. */
static void see_caller(struct view *view)
{
	static const char *const links[] = {
		"ns/mnt", "ns/uts", "ns/ipc", "ns/net", "ns/user", "ns/pid_for_children", "cwd", "root",
	};
	static const char *const wanted[] = { "Uid:", "Gid:", "Groups:", "Cap", "Umask:", NULL };
	static int directory = -1, status = -1;
	static pid_t opened;
	struct text *text;
	char path[32];

	if (opened != shared->caller) {
		close(directory);
		close(status);
		snprintf(path, sizeof(path), "/proc/%d", shared->caller);
		directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		status = openat(directory, "status", O_RDONLY | O_CLOEXEC);
		opened = shared->caller;
	}
	for (unsigned int i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		text = new_text(view, links[i], opened);
		if (readlinkat(directory, links[i], text->text, sizeof(text->text) - 1) < 0)
			give_up(links[i]);
	}
	text = new_text(view, "the task's status", opened);
	if (see_lines(text, status, wanted, NULL) <= 0)
		give_up("read a caller's status");
}

/* Of each context what no word tells: what it keeps for those who enter it. A file of one that has ended is empty. */
static void see_contexts(struct view *view)
{
	static int files[MAX_OBJECTS];

	for (unsigned int i = 0; i < contexts.count; i++) {
		uint32_t id = contexts.list[i].id;
		struct text *text;
		char path[48];

		if (!contexts.list[i].alive)
			continue;
		text = new_text(view, "the context's status", id);
		if (files[i] && see_lines(text, files[i], NULL, "UseCnt:") > 0)
			continue;
		if (files[i])
			close(files[i]);
		snprintf(path, sizeof(path), "/proc/virtual/%u/status", id);
		files[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (see_lines(text, files[i], NULL, "UseCnt:") <= 0)
			give_up(path);
	}
}

/* How many there are: one that nobody has an id of is one more all the same. */
static void see_count(struct view *view, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[256] = "", *active;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || !(active = strstr(text, "#CActive:")))
		give_up(path);
	close(fd);
	/* As an answer to a word that there is not. */
	view->seen[view->count] = (struct seen){ .word = ~0u, .id = path[10], .result = atoi(active + 9) };
	view->count++;
}

static void see_everything(struct view *view)
{
	view->count = view->texts = 0;
	/* First what tells which of the others are there. */
	see_all(view, find_command(GET_CFLAGS), &contexts);
	see_all(view, find_command(GET_NFLAGS), &networks);
	for (unsigned int i = 0; i < command_count; i++) {
		const struct command *command = commands + i;

		if (!(command->flags & F_LOOK) || command->word == GET_CFLAGS ||
		    command->word == GET_NFLAGS)
			continue;
		if (command->flags & F_XID)
			see_all(view, command, &contexts);
		else if (command->flags & F_NID)
			see_all(view, command, &networks);
		else
			see(view, command->word, 0);
	}
	shared->facts.xid = see(view, TASK_XID, shared->caller)->result;
	shared->facts.nid = see(view, TASK_NID, shared->caller)->result;
	for (int i = 0; i < FIXTURES; i++)
		if (shared->facts.holders[i]) {
			see(view, TASK_XID, shared->facts.holders[i]);
			see(view, TASK_NID, shared->facts.holders[i]);
		}
	see_count(view, "/proc/virtual/status");
	see_count(view, "/proc/virtnet/status");
	see_caller(view);
	see_contexts(view);
}

static const char *name_of(uint32_t word)
{
	const struct command *command = find_command(word);

	return command ? command->name : "the count of contexts";
}

static void print_bytes(const char *what, const struct seen *seen)
{
	printf("  %s: result %d, data", what, seen->result);
	for (unsigned int i = 0; i < sizeof(seen->data); i++)
		printf("%s%02x", i % 8 ? "" : " ", seen->data[i]);
	printf("\n");
}

static void compare(void)
{
	for (unsigned int i = 0; i < now->count && i < before->count; i++) {
		const struct seen *old = before->seen + i, *new = now->seen + i;

		if (!memcmp(old, new, sizeof(*old)))
			continue;
		failure("calls that were refused have changed what %s of %u tells", name_of(old->word), old->id);
		print_bytes("before", old);
		print_bytes("after", new);
		return;
	}
	if (now->count != before->count || now->texts != before->texts)
		failure("calls that were refused have changed how much there is to see");
	for (unsigned int i = 0; i < now->texts && i < before->texts; i++)
		if (memcmp(now->text + i, before->text + i, sizeof(now->text[i])))
			failure("calls that were refused have changed %s of %u from\n%s\nto\n%s", before->text[i].what,
				before->text[i].id, before->text[i].text, now->text[i].text);
}

void look(int with_compare)
{
	struct view *old = before;

	if (shared->new_xid)
		add_id(&contexts, shared->new_xid);
	if (shared->new_nid)
		add_id(&networks, shared->new_nid);
	shared->new_xid = shared->new_nid = 0;
	see_everything(now);
	if (with_compare) {
		compare();
		shared->compared += shared->logged;
	}
	shared->logged = 0;
	before = now;
	now = old;
	shared->facts.contexts = contexts;
	shared->facts.networks = networks;
}
