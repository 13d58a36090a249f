// SPDX-License-Identifier: GPL-2.0-only
/* What may come of a call: the checks of the interface in their order, upon what was seen last. */
#include <stddef.h>

#include "fuzz.h"

const struct object *find_object(const struct objects *objects, uint32_t id)
{
	for (unsigned int i = 0; i < objects->count; i++)
		if (objects->list[i].id == id && objects->list[i].alive)
			return objects->list + i;
	return NULL;
}

static int is_member(void)
{
	return shared->facts.xid > SPECTATOR;
}

static int in_setup(void)
{
	const struct object *own = find_object(&shared->facts.contexts, shared->facts.xid);

	return is_member() && own && (own->flags & STATE_SETUP);
}

static struct expectation only(int error)
{
	return (struct expectation){ .errnos = ERRNO(error), .untouched = 1 };
}

/* Whether the data is there: 1 all that can be wanted, 0 less than is needed, -1 something between. */
static int data_is_good(const struct call *call)
{
	const struct command *command = call->command;
	unsigned int there = call->readable;

	if (!command->size || ((command->flags & F_OPTIONAL) && !call->data))
		return 1;
	if ((command->flags & F_OUT) && call->writable < there)
		there = call->writable;
	return there >= command->most ? 1 : there < command->size ? 0 : -1;
}

/* The command itself has the say. */
static struct expectation by_command(const struct call *call)
{
	struct expectation e = {
		.errnos = call->command->errnos, .success = 1, .untouched = !(call->command->flags & F_OUT),
	};
	int good = data_is_good(call);

	if (good != 1)
		e.errnos |= ERRNO(EFAULT);
	if (good == 0)
		e.success = 0;
	if (call->word == READ_HISTORY)
		e.errnos |= ERRNO(EFAULT);	/* its data is a pointer itself */
	return e;
}

/* Older than the checks behind the first: it has its own. */
static struct expectation new_s_context(const struct call *call)
{
	struct expectation e = by_command(call);

	if (call->id == MODIFY_OWN ? !is_member() : shared->facts.xid != HOST)
		e.success = 0;
	return e;
}

/* An id that is out of range, or taken, makes nothing. */
static int may_be_made(const struct call *call)
{
	int network = call->word == NET_CREATE || call->word == NET_CREATE_V0;

	if (call->id == OWN)
		return 1;
	return call->id > SPECTATOR && call->id <= MAX_ID &&
	       !find_object(network ? &shared->facts.networks : &shared->facts.contexts, call->id);
}

/* What a command cannot answer about an object with these flags. */
static void narrow(const struct call *call, const struct object *object, struct expectation *e)
{
	int private = (object->flags & INFO_PRIVATE) && !(object->flags & STATE_SETUP);

	if (call->command->flags & F_ENTERS) {
		if (private)
			e->success = 0;
		else
			e->errnos &= ~ERRNO(EACCES);
	}
	if (call->word == CTX_KILL && (object->flags & STATE_ADMIN))
		e->errnos &= ~ERRNO(EACCES);
}

/* Whether the id means what the caller is in. */
static int names_own(const struct call *call)
{
	uint32_t own = call->command->flags & F_NID ? shared->facts.nid : shared->facts.xid;

	return (call->command->flags & F_OWN) || (int32_t)call->id < 0 || call->id == own;
}

static const struct object *named_object(const struct call *call)
{
	const struct facts *facts = &shared->facts;
	int network = call->command->flags & F_NID;
	uint32_t id = call->id;

	if ((call->command->flags & F_OWN) || (int32_t)id < 0)
		id = network ? facts->nid : facts->xid;
	return id > SPECTATOR ? find_object(network ? &facts->networks : &facts->contexts, id) : NULL;
}

struct expectation expect(const struct call *call, int admin, int resource)
{
	int may_use = admin && (!is_member() || in_setup());
	const struct command *command = call->command;
	const struct object *object = NULL;
	struct expectation e;

	if (!command)
		return only(ENOSYS);
	if (!may_use)
		return only(ENOSYS);
	if (command->word == NEW_S_CONTEXT)
		return new_s_context(call);
	if ((command->flags & F_ENTERS) && call->id == SPECTATOR)
		return is_member() ? only(EPERM) : (struct expectation){ .success = 1, .untouched = 1 };
	if ((command->flags & F_RESOURCE) && !resource)
		return only(EPERM);
	if ((command->flags & F_ADMIN) && shared->facts.xid != HOST &&
	    !((command->flags & F_SETUP) && in_setup() && names_own(call)))
		return only(EPERM);
	if (command->flags & (F_XID | F_NID)) {
		object = named_object(call);
		if (!object)
			return only(ESRCH);
		if ((command->flags & F_ADMIN) && !(command->flags & F_UNMANAGED) && !(object->flags & STATE_ADMIN))
			return only(EACCES);
	}
	e = by_command(call);
	if (object)
		narrow(call, object, &e);
	if (command->returns == NEW_ID && !may_be_made(call))
		e.success = 0;
	return e;
}

int may_change(const struct call *call, const struct expectation *e)
{
	return e->success && (call->command->flags & F_CHANGES);
}
