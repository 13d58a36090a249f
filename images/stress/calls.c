// SPDX-License-Identifier: GPL-2.0-only
/* Calls out of nothing: words, ids, pointers and what they point to. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"

/*
 * Memory for data: two pages that can be written, one that cannot be reached, one that can only be read, one that cannot be
 * reached. `alias` is the same memory, all to be written.
 */
static unsigned char *area, *alias;
static long page;
/* For what read_history finds: 64 entries of the wider ABI. */
static unsigned char history[64 * 48];

enum { WRITABLE = 0, HOLE = 2, READABLE = 3, END = 4, PAGES = 5 };

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz: %s: %s\n", what, strerror(errno));
	exit(1);
}

void prepare_data(void)
{
	int fd = memfd_create("data", MFD_CLOEXEC);

	page = sysconf(_SC_PAGESIZE);
	must(fd >= 0 && !ftruncate(fd, 3 * page), "memfd_create");
	area = mmap(NULL, PAGES * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	alias = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(area != MAP_FAILED && alias != MAP_FAILED, "mmap");
	must(mmap(area, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED &&
	     mmap(area + READABLE * page, page, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 2 * page) != MAP_FAILED, "mmap");
	close(fd);
}

static unsigned int up_to_255(long n)
{
	return n < 0 ? 0 : n > 255 ? 255 : n;
}

/* Where the byte at an address of the area can be written. */
static unsigned char *writable_at(unsigned char *address)
{
	long offset = address - area;

	if (offset >= 0 && offset < HOLE * page)
		return alias + offset;
	if (offset >= READABLE * page && offset < END * page)
		return alias + offset - page;
	return NULL;
}

static void point_into(struct call *call, const char *kind, long offset, long end, int writable)
{
	call->pointer = kind;
	call->data = area + offset;
	call->readable = up_to_255(end - offset);
	call->writable = writable ? call->readable : 0;
}

static void point_outside(struct call *call, const char *kind, uintptr_t address)
{
	call->pointer = kind;
	call->data = (unsigned char *)address;
	call->readable = call->writable = 0;
}

static void make_pointer(struct random *r, struct call *call, unsigned int size)
{
	uintptr_t top = ~(uintptr_t)0;
	/* Of the kernel's memory, or, with 64 bits, of no address at all. */
	uintptr_t beyond = sizeof(top) == 4 ? 0xc0000000u : top << (one_in(r, 2) ? 47 : 62);

	switch (below(r, 16)) {
	case 0:
		point_outside(call, "NULL", 0);
		break;
	case 1:
		point_outside(call, "in the first page", 1 + below(r, page - 1));
		break;
	case 2:
		point_outside(call, "in the kernel", beyond + below(r, 1 << 20));
		break;
	case 3:
		point_outside(call, "at the end of all addresses", top - below(r, 16));
		break;
	case 4:
		point_into(call, "where nothing is", HOLE * page, HOLE * page, 0);
		break;
	case 5:
		/* Some of it is there, of one byte less than enough to one byte. */
		point_into(call, "into nothing", HOLE * page - below(r, size + 1), HOLE * page, 1);
		break;
	case 6:
		point_into(call, "read-only", READABLE * page + below(r, page - 256), END * page, 0);
		break;
	case 7:
		point_into(call, "read-only, up to its end", END * page - size, END * page, 0);
		break;
	case 8:
		point_into(call, "up to the end", HOLE * page - size, HOLE * page, 1);
		break;
	case 9:
		point_into(call, "over a page's end", page - below(r, size + 1), HOLE * page, 1);
		break;
	default:
		point_into(call, "good", 64 + below(r, page / 2), HOLE * page, 1);
		break;
	}
}

static uint64_t pick(struct random *r, const uint64_t *values, unsigned int count)
{
	return values[below(r, count)];
}

#define PICK(r, ...) \
	pick(r, (const uint64_t []){ __VA_ARGS__ }, sizeof((const uint64_t []){ __VA_ARGS__ }) / sizeof(uint64_t))

static uint64_t any_flags(struct random *r)
{
	uint64_t flags = 0;

	switch (below(r, 4)) {
	case 0:
		return random_u64(r);
	case 1:
		return PICK(r, 0, ~0ull, VX_ONE_TIME, STATE_ADMIN, STATE_ADMIN | STATE_SETUP);
	default:
		for (int i = below(r, 4); i >= 0; i--)
			flags |= PICK(r, STATE_SETUP, STATE_INIT, STATE_ADMIN, STATE_ADMIN, PERSISTENT, INFO_PRIVATE,
				      1ull << below(r, 64));
		return flags;
	}
}

static uint32_t any_pid(struct random *r)
{
	switch (below(r, 8)) {
	case 0:
		return shared->caller;
	case 1:
		return shared->facts.holders[below(r, FIXTURES)];
	case 2:
		return random_u64(r);
	default:
		return PICK(r, 0, 1, 2, ~0u, 0x80000000u, 0x7fffffffu, 32768);
	}
}

static uint32_t any_id(struct random *r, int network)
{
	const struct objects *objects = network ? &shared->facts.networks : &shared->facts.contexts;

	switch (below(r, 8)) {
	case 0:
	case 1:
		return (network ? FIXTURE_NID : FIXTURE_XID) + below(r, FIXTURES);
	case 2:
		return objects->count ? objects->list[below(r, objects->count)].id : 0;
	case 3:
		return network ? shared->facts.nid : shared->facts.xid;
	case 4:
		return OWN;
	case 5:
		return CALLER_ID + below(r, CALLER_IDS);
	case 6:
		return PICK(r, 0, 1, OWN, MODIFY_OWN, -7u, 0x80000000u, 0x7fffffffu, MAX_ID, MAX_ID + 1, MIN_DYNAMIC - 1, MIN_DYNAMIC,
			    UNUSED_ID);
	default:
		return random_u64(r) >> below(r, 64);
	}
}

static uint64_t any_spaces(struct random *r)
{
	uint64_t mask = 0;

	if (one_in(r, 8))
		return random_u64(r);
	for (int i = below(r, 3); i > 0; i--)
		mask |= PICK(r, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS, CLONE_FS, CLONE_NEWUTS | CLONE_NEWIPC, CLONE_NEWUSER,
			     CLONE_NEWPID, CLONE_NEWNET);
	return mask;
}

/*
 * A context that is persistent and not to be administrated can never be ended: no call may make one. `flags` are those of
 * the object now, of a new one all that are given.
 */
static void keep_endable(uint64_t flags, struct word *change)
{
	uint64_t now = (flags & ~change->mask) | (change->word & change->mask);

	if (!(now & PERSISTENT) || (now & STATE_ADMIN))
		return;
	change->word &= ~PERSISTENT;
	if (!(change->mask & PERSISTENT))
		change->mask &= ~STATE_ADMIN;
}

static const struct object *addressed(const struct call *call, int network)
{
	uint32_t own = network ? shared->facts.nid : shared->facts.xid;

	return find_object(network ? &shared->facts.networks : &shared->facts.contexts,
			   (int32_t)call->id < 0 ? own : call->id);
}

union data {
	unsigned char bytes[80];
	uint64_t flags;
	int64_t bias;
	struct word word;
	struct name name;
	struct space space;
	struct kill kill;
	struct read_history history;
	struct new_s_context legacy;
};

static void make_flags(struct random *r, const struct call *call, union data *data)
{
	const struct object *object = addressed(call, call->word == SET_NFLAGS);

	data->word.word = any_flags(r);
	data->word.mask = any_flags(r);
	keep_endable(object ? object->flags : 0, &data->word);
}

static void make_contents(struct random *r, struct call *call, union data *data)
{
	for (unsigned int i = 0; i < sizeof(data->bytes); i += 8)
		memcpy(data->bytes + i, &(uint64_t){ random_u64(r) }, 8);
	switch (call->word) {
	case CTX_CREATE:
	case NET_CREATE:
		data->word.word = any_flags(r);
		data->word.mask = ~0ull;
		keep_endable(0, &data->word);
		break;
	case SET_CFLAGS:
	case SET_NFLAGS:
		make_flags(r, call, data);
		break;
	case CTX_MIGRATE:
		data->flags = one_in(r, 4) ? random_u64(r) : below(r, 4);
		break;
	case SET_VHI_NAME:
	case GET_VHI_NAME:
		data->name.field = one_in(r, 2) ? 0 : PICK(r, 1, 2, 3, 4, 5, 6, 7, ~0u);
		break;
	case CTX_KILL:
		data->kill.pid = any_pid(r);
		data->kill.sig = one_in(r, 2) ? 0 : PICK(r, SIGTERM, SIGKILL, SIGSTOP, SIGCONT, SIGCHLD, 64, 65, ~0u, random_u64(r));
		break;
	case SET_SPACE_V1:
	case ENTER_SPACE_V1:
	case SET_SPACE:
	case ENTER_SPACE:
		data->space.mask = any_spaces(r);
		data->space.index = PICK(r, 0, 0, 1, 1, 2, ~0u);
		break;
	case READ_HISTORY:
		data->history.index = one_in(r, 2) ? 0 : random_u64(r);
		data->history.count = PICK(r, 0, 1, 16, 64, ~0u);
		data->history.data = one_in(r, 4) ? (void *)(uintptr_t)random_u64(r) : history;
		break;
	case NEW_S_CONTEXT:
		data->legacy.flags = one_in(r, 4) ? random_u64(r) : 1u << below(r, 9);
		break;
	default:
		break;
	}
}

/* As much of the contents as the pointer has room for. */
static void place(struct call *call, const union data *data)
{
	for (unsigned int i = 0; i < sizeof(data->bytes) && i < call->readable; i++)
		*writable_at(call->data + i) = data->bytes[i];
	memcpy(call->given, data->bytes, sizeof(call->given));
}

static uint32_t known_word(struct random *r)
{
	unsigned int i;

	do {
		i = below(r, command_count);
		/* Rare: it prints the whole history. */
	} while (commands[i].word == DUMP_HISTORY && !one_in(r, 200));
	return commands[i].word;
}

static uint32_t any_word(struct random *r)
{
	static const unsigned char stray[] = { 12, 13, 14, 15, 30, 31 };

	switch (below(r, 16)) {
	case 0:
		return random_u64(r);
	case 1:
		return other_words[below(r, other_word_count)];
	case 2:
	case 3:
		return known_word(r) ^ (1u << stray[below(r, sizeof(stray))]);
	case 4:
		return known_word(r) ^ (1u << below(r, 12));	/* another version */
	default:
		return known_word(r);
	}
}

static uint32_t id_for(struct random *r, const struct command *command)
{
	if (command && command->returns == TASK_ID)
		return any_pid(r);
	if (command && command->word == READ_HISTORY)
		return PICK(r, 0, 1, 2, 3, 4, 7, 8, ~0u);
	if (command && command->word == NEW_S_CONTEXT && one_in(r, 3))
		return MODIFY_OWN;
	return any_id(r, command && ((command->flags & F_NID) || command->word == NET_CREATE ||
				     command->word == NET_CREATE_V0));
}

void make_call(struct random *r, struct call *call)
{
	union data data;

	memset(call, 0, sizeof(*call));
	call->word = any_word(r);
	call->command = find_command(call->word);
	call->id = id_for(r, call->command);
	make_pointer(r, call, call->command && call->command->most ? call->command->most : 16);
	make_contents(r, call, &data);
	place(call, &data);
	if (sizeof(long) == 8 && one_in(r, 4))
		call->high = (unsigned long)random_u64(r) & ~0xfffffffful;
}
