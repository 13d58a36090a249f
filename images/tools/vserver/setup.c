// SPDX-License-Identifier: GPL-2.0-only
/* The steps of a guest's start, in their order. Each returns -1 when it has failed, and says why. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../commands/root.h"
#include "../commands/tool.h"
#include "setup.h"

/* A setting of an id that this kernel does not have: the guest starts without, and it is said. -1 for any other refusal. */
static int refused(const char *word, const char *what)
{
	if (errno == ENOSYS && vc_lacks()) {
		tool_refused(word, "warning: the guest starts without: %s", what);
		return 0;
	}
	tool_refused(word, "%s", what);
	return -1;
}

/* Without mounts of its own nothing but the barrier keeps a guest that may change its root from going up. */
static int set_barrier(const struct config *config)
{
	struct vc_iattr barrier = { .flags = VC_IATTR_BARRIER, .mask = VC_IATTR_BARRIER };
	char above[PATH_MAX + 4];

	snprintf(above, sizeof(above), "%s/..", config->vdir);
	barrier.name = above;
	return vc_set_iattr(&barrier) ? refused("set_iattr", "a barrier above its root, which it can leave") : 0;
}

static int take_files(const struct config *config)
{
	if (config->has_namespace)
		return mount_guest(config);
	if (set_barrier(config))
		return -1;
	return chdir(config->vdir) ? (tool_failed("%s", config->vdir), -1) : 0;
}

static int make_network(const struct config *config, struct run *run)
{
	/* That it lasts without processes comes last: until then a start that fails leaves none. */
	struct vc_net_flags flags = { config->nflags.value, config->nflags.mask & ~NXF_PERSISTENT };
	struct vc_net_caps caps = { config->ncaps.value, config->ncaps.mask };
	char what[300];
	int nid;

	if (!config->has_network)
		return 0;
	nid = vc_net_create(config->nid, NULL);
	if (nid < 0 && errno == EEXIST && config->nid != VC_ANY) {
		/* Another guest has made it as it is. */
		run->nid = config->nid;
		return vc_net_migrate(config->nid) < 0 ? (tool_refused("net_migrate", "enter network context %u", config->nid), -1) : 0;
	}
	if (nid < 0 && config->nid != VC_ANY)
		return tool_refused("net_create", "network context %u", config->nid), -1;
	if (nid < 0)
		return tool_refused("net_create", "a network context"), -1;
	run->nid = nid;
	run->made_network = true;
	if (vc_set_ncaps(nid, &caps) && refused("set_ncaps", "ncapabilities"))
		return -1;
	if (vc_set_nflags(nid, &flags) && refused("set_nflags", "nflags"))
		return -1;
	for (unsigned int i = 0; i < config->address_count; i++) {
		snprintf(what, sizeof(what), "interfaces/%s", config->addresses[i].name);
		if (vc_net_add_ipv4(nid, &config->addresses[i].ipv4) && refused("net_add_ipv4", what))
			return -1;
	}
	return 0;
}

static int make_context(const struct config *config, struct run *run)
{
	struct vc_space mounts = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS }, others = { 0 };
	struct vc_space_mask usual;
	int xid;

	if ((config->spaces & CLONE_NEWNET) && unshare(CLONE_NEWNET))
		return tool_failed("spaces/net"), -1;
	/* uts and ipc namespaces come with it. */
	xid = vc_ctx_create(config->xid, NULL);
	if (xid < 0 && config->xid != VC_ANY)
		return tool_refused("ctx_create", "context %u", config->xid), -1;
	if (xid < 0)
		return tool_refused("ctx_create", "a context"), -1;
	run->xid = xid;
	run->has_namespace = config->has_namespace;
	if (config->has_namespace && vc_set_space(VC_OWN, &mounts))
		return tool_refused("set_space", "keep the mount namespace"), -1;
	if (vc_get_space_default(&usual))
		return tool_refused("get_space_default", "which namespaces a guest has"), -1;
	others.mask = run->spaces = (usual.mask & ~(VC_SPACE_NEWNS | VC_SPACE_FS)) | config->spaces;
	if (vc_set_space(VC_OWN, &others))
		return tool_refused("set_space", "keep the namespaces"), -1;
	return 0;
}

static int set_limits(const struct config *config)
{
	char what[64];

	for (unsigned int i = 0; i < config->limit_count; i++) {
		snprintf(what, sizeof(what), "rlimits/%s", config->limits[i].name);
		if (vc_set_rlimit(VC_OWN, &config->limits[i].limit) && refused("set_rlimit", what))
			return -1;
	}
	if (config->sched.mask && vc_set_sched(VC_OWN, &config->sched) && refused("set_sched", "schedule"))
		return -1;
	return 0;
}

/* A name of the uts namespace that is no host or domain name. */
static int set_uts_field(const struct config *config, int field)
{
	struct vc_vhi_name name = { .field = field };
	const char *what = vc_name_of(&vc_uts_fields, field);

	strcpy(name.name, config->uts[field]);
	if (!vc_set_vhi_name(VC_OWN, &name))
		return 0;
	if (errno != EINVAL)
		return tool_refused("set_vhi_name", "uts/%s", what), -1;
	tool_wrong("warning: the guest starts without: uts/%s: this kernel keeps no such name, which comes with plan id 3a", what);
	return 0;
}

static int set_names(const struct config *config)
{
	struct vc_vhi_name context = { .field = VHIN_CONTEXT };
	const char *node = config->uts[VHIN_NODENAME], *domain = config->uts[VHIN_DOMAINNAME];

	if (*node && sethostname(node, strlen(node)))
		return tool_failed("uts/nodename"), -1;
	if (*domain && setdomainname(domain, strlen(domain)))
		return tool_failed("uts/domainname"), -1;
	for (int field = VHIN_SYSNAME; field < VHIN_DOMAINNAME; field++)
		if (field != VHIN_NODENAME && *config->uts[field] && set_uts_field(config, field))
			return -1;
	/* The kernel keeps as much of it, and who compares knows. */
	memcpy(context.name, config->dir, strnlen(config->dir, sizeof(context.name) - 1));
	return vc_set_vhi_name(VC_OWN, &context) ? (tool_refused("set_vhi_name", "the name of the context"), -1) : 0;
}

static int set_attributes(const struct config *config)
{
	struct vc_ctx_caps ccaps = { config->ccaps.value, config->ccaps.mask };
	struct vc_bcaps bcaps = { config->bcaps.value, config->bcaps.mask };
	struct vc_ctx_flags flags = { config->flags.value, config->flags.mask & ~VXF_PERSISTENT };
	struct vc_umask umask = { config->umask.value, config->umask.mask };

	if (vc_set_ccaps(VC_OWN, &ccaps))
		return tool_refused("set_ccaps", "ccapabilities"), -1;
	if (vc_set_bcaps(VC_OWN, &bcaps))
		return tool_refused("set_bcaps", "bcapabilities"), -1;
	if (vc_set_cflags(VC_OWN, &flags))
		return tool_refused("set_cflags", "flags"), -1;
	if (umask.mask && vc_set_umask(VC_OWN, &umask))
		return tool_refused("set_umask", "umask"), -1;
	return 0;
}

int setup_guest(const struct config *config, struct run *run)
{
	leave_session();
	return take_files(config) || make_network(config, run) || make_context(config, run) || set_limits(config) || set_names(config) ||
	       set_attributes(config) ? -1 : 0;
}

int setup_root(const struct config *config)
{
	struct vc_space space = { .mask = VC_SPACE_NEWNS | VC_SPACE_FS, .index = 1 };

	if (!config->has_namespace)
		return chroot(".") || chdir("/") ? (tool_failed("%s", config->vdir), -1) : 0;
	if (root_pivot())
		return -1;
	return vc_set_space(VC_OWN, &space) ? (tool_refused("set_space", "keep the root"), -1) : 0;
}

int setup_end(const struct config *config, const struct run *run)
{
	struct vc_net_flags network = { config->nflags.value, config->nflags.mask & NXF_PERSISTENT };
	struct vc_ctx_flags flags = {
		.flagword = config->flags.value & VXF_PERSISTENT,
		.mask = (config->flags.mask & VXF_PERSISTENT) | VXF_STATE_SETUP | (config->style == STYLE_PLAIN ? VXF_STATE_INIT : 0),
	};

	if (run->made_network && network.mask && vc_set_nflags(run->nid, &network))
		return tool_refused("set_nflags", "nflags"), -1;
	return vc_set_cflags(VC_OWN, &flags) ? (tool_refused("set_cflags", "end the setup"), -1) : 0;
}
