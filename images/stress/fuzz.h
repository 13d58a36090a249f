/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer's parts. The master, a task of the host that never changes, keeps a world of contexts and looks at it; callers,
 * one after the other, make the calls. What a call may come to follows from what the master saw last.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <errno.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "random.h"
#include "vserver.h"

/* words.c: what a command asks of its caller and of its id, and what its data is. */
#define F_ADMIN		0x0002	/* the caller is the host */
#define F_SETUP		0x0004	/* or, about its own context, a member in setup */
#define F_RESOURCE	0x0008	/* the caller has CAP_SYS_RESOURCE */
#define F_XID		0x0010	/* the id is a context's */
#define F_NID		0x0020	/* the id is a network context's */
#define F_UNMANAGED	0x0040	/* it need not be open to administration */
#define F_ENTERS	0x0080	/* id 1 makes a spectator */
#define F_OWN		0x0100	/* whatever the id is, the caller's own is meant */
#define F_IN		0x0200	/* the data is read */
#define F_OUT		0x0400	/* and this much written */
#define F_OPTIONAL	0x0800	/* NULL will do */
#define F_CHANGES	0x1000	/* something is another afterwards */
#define F_BLOCKS	0x2000	/* may sleep until somebody else does something */
#define F_LOOK		0x4000	/* tells of one object, or of the kernel, and is not different each time */

/* What a command returns when it has done it. */
enum returns { ZERO, NEW_ID, TASK_ID, ONE_OR_ZERO, CONSTANT };

struct command {
	uint32_t word;
	const char *name;
	unsigned int flags;
	enum returns returns;
	/* Bytes of data: at least, and at most, where the ABIs or the kernel's padding differ. */
	unsigned char size, most;
	/* Errnos of the command itself, beside those of the checks that come first and of a bad pointer. */
	uint64_t errnos;
};

#define ERRNO(e)	(1ull << (e))

extern const struct command commands[];
extern const unsigned int command_count;

/* Words that are documented and belong to a part of the plan that is not built, or to none at all: each is ENOSYS. */
extern const uint32_t other_words[];
extern const unsigned int other_word_count;

const struct command *find_command(uint32_t word);

/* world.c: what the master keeps and sees. */
#define FIXTURES	5	/* a guest, one in setup, one unmanaged, one private, one that is kept */
#define FIXTURE_XID	100u
#define FIXTURE_NID	200u
#define CALLER_ID	150u	/* of a caller that is a member; static ids from here on are for callers to make */
#define CALLER_IDS	8u
#define UNUSED_ID	40000u
#define MAX_OBJECTS	128

struct object {
	uint32_t id;
	int alive;
	uint64_t flags;
};

struct objects {
	unsigned int count;
	struct object list[MAX_OBJECTS];
};

struct facts {
	struct objects contexts, networks;
	uint32_t xid, nid;		/* the caller's */
	pid_t holders[FIXTURES];
};

/* Who calls, as it begins. */
enum who { HOST_ROOT, HOST_NO_RESOURCE, SPECTATOR_ROOT, SETUP, SETUP_NO_RESOURCE, GUEST, USER, USER_IN_SETUP, WHOS };

extern const char *const who_names[WHOS];

struct call {
	uint32_t word, id;
	const struct command *command;	/* NULL: none has this word */
	unsigned char *data;
	const char *pointer;		/* what kind of pointer that is */
	unsigned int readable, writable;	/* bytes there, up to 255 */
	unsigned long high;		/* above the 32 bits of word and id, x86_64 */
	unsigned char given[80];	/* what was there before, as far as it could be read */
	long result;
	int error;
};

/* What may come of a call. */
struct expectation {
	uint64_t errnos;
	int success;
	int untouched;		/* the data is as before */
};

enum request { LOOK, LOOK_AGAIN, WATCH, BYE };

#define MAX_LOGGED	512
#define MAX_ERRNO	64

/* What master and caller both see. The caller asks and waits; the master answers and waits: never both at work. */
struct shared {
	struct facts facts;
	enum who who;
	pid_t caller;
	uint32_t new_xid, new_nid;	/* of what the caller has made since it asked last; 0: nothing */
	pid_t blocked;			/* whom to watch */
	_Atomic int returned;		/* whether it has come back */
	int killed;			/* tasks of the world may be dying */
	unsigned int logged;		/* calls since the master looked last */
	struct call log[MAX_LOGGED];
	unsigned long calls, compared, not_compared;
	unsigned long done[128];	/* of each command, those that were not refused */
	unsigned long outcomes[WHOS][MAX_ERRNO];	/* 0: done */
	long version, vci;
	_Atomic unsigned int failures;
};

extern struct shared *shared;
extern uint64_t seed;

/* Prints a failure, with what leads to it. */
void failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_call(const struct call *call);

void make_world(void);
void mend_world(void);
void end_world(void);
/* Forgets what the last caller made, and sees to it that it is gone. */
void clear_callers(void);
/* Looks, for the caller. With `compare`, everything must be as it was seen last. */
void look(int compare);
const struct object *find_object(const struct objects *objects, uint32_t id);

/* oracle.c */
struct expectation expect(const struct call *call, int admin, int resource);
int may_change(const struct call *call, const struct expectation *e);

/* calls.c */
void prepare_data(void);
void make_call(struct random *random, struct call *call);

/* caller.c */
void run_caller(enum who who, struct random random, unsigned int calls, int ask, int answer);

#endif
