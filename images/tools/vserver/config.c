// SPDX-License-Identifier: GPL-2.0-only
/* Reads the configuration of a guest. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../commands/tool.h"
#include "../commands/tool.h"
#include "config-file.h"

static int read_id(const struct config *config, const char *file, uint32_t *id)
{
	long long number;
	int there = config_number(config, file, VC_MIN_ID, VC_MIN_DYNAMIC - 1, &number);

	if (there > 0)
		*id = number;
	return there < 0 ? -1 : 0;
}

/* Files whose being there is what they say. */
static int read_marks(struct config *config)
{
	int namespace = config_has(config, "namespace"), nonamespace = config_has(config, "nonamespace"), noncontext = config_has(config, "noncontext");

	config->has_namespace = namespace || !nonamespace;
	config->has_network = !noncontext;
	return namespace < 0 || nonamespace < 0 || noncontext < 0 ? -1 : 0;
}

static int read_root(struct config *config)
{
	struct stat found;

	if (guest_vdir(config->dir, config->vdir))
		return config_wrong(config, "vdir", "%s", strerror(errno));
	if (stat(config->vdir, &found) || !S_ISDIR(found.st_mode))
		return config_wrong(config, "vdir", "it leads to no folder");
	if (!strcmp(config->vdir, "/"))
		return config_wrong(config, "vdir", "it is the root of the host");
	return 0;
}

static int read_identity(struct config *config)
{
	/* The context is named by it, and known again. */
	if (strlen(config->dir) >= VC_NAME_SIZE - 1) {
		tool_wrong("%s: the path of a configuration has up to %d bytes", config->dir, VC_NAME_SIZE - 2);
		return -1;
	}
	config->xid = config->nid = VC_ANY;
	if (read_id(config, "context", &config->xid))
		return -1;
	config->nid = config->xid;
	if (read_id(config, "ncontext", &config->nid))
		return -1;
	return read_marks(config) || read_root(config) ? -1 : 0;
}

/* What the start itself begins and ends, at its time. */
static int check_flags(const struct config *config, const char *file)
{
	const uint64_t once = VXF_STATE_SETUP | VXF_STATE_INIT | VXF_STATE_ADMIN;

	if (config->flags.mask & once)
		return config_wrong(config, file, "state_setup, state_init and state_admin are none that a configuration sets or clears");
	if (config->nflags.mask & (NXF_STATE_SETUP | NXF_STATE_ADMIN))
		return config_wrong(config, "nflags", "state_setup and state_admin are none that a configuration sets or clears");
	return 0;
}

static int read_attributes(struct config *config)
{
	/* What no file says: what is for a guest that nobody trusts. */
	config->bcaps = (struct vc_list){ vc_secure_bcaps, ~0ull };
	config->ccaps = (struct vc_list){ vc_secure_ccaps, ~0ull };
	config->flags = (struct vc_list){ vc_default_cflags | vc_secure_cflags | VXF_INFO_INIT, vc_default_cflags | vc_secure_cflags | VXF_INFO_INIT };
	config->nflags = (struct vc_list){ vc_secure_nflags, vc_secure_nflags };
	config->ncaps = (struct vc_list){ vc_secure_ncaps, vc_secure_ncaps };
	int other = config_has(config, "cflags");
	const char *file = other ? "cflags" : "flags";

	if (other < 0)
		return -1;
	return config_list(config, "bcapabilities", &vc_bcaps, &config->bcaps) || config_list(config, "ccapabilities", &vc_ccaps, &config->ccaps) ||
	       config_list(config, file, &vc_cflags, &config->flags) ||
	       config_list(config, "umask", &vc_spaces, &config->umask) || config_list(config, "ncapabilities", &vc_ncaps, &config->ncaps) ||
	       config_list(config, "nflags", &vc_nflags, &config->nflags) || check_flags(config, file) ? -1 : 0;
}

static int read_uts(struct config *config)
{
	for (int field = VHIN_CONTEXT; field <= VHIN_DOMAINNAME; field++) {
		char file[32], *value;
		int there;

		snprintf(file, sizeof(file), "uts/%s", vc_name_of(&vc_uts_fields, field));
		there = config_value(config, file, &value);
		if (there < 0)
			return -1;
		if (there && field == VHIN_CONTEXT)
			return config_wrong(config, file, "the context is named by the start, by its configuration: remove this file");
		if (there && strlen(value) >= sizeof(config->uts[0]))
			return config_wrong(config, file, "it has more than %zu bytes", sizeof(config->uts[0]) - 1);
		if (there)
			strcpy(config->uts[field], value);
	}
	return 0;
}

static int read_fstab(struct config *config)
{
	int failed = 0;
	char *text = config_text(config, "fstab", &failed), *line;

	for (unsigned int number = 1; !failed && (line = config_next_line(&text)); number++) {
		struct mount_entry *entry = config->mounts + config->mount_count;
		char *options;
		const char *bad;

		if (!*line || *line == '#')
			continue;
		if (config->mount_count == CONFIG_ENTRIES)
			return config_wrong(config, "fstab", "line %u: these are more than %d mounts", number, CONFIG_ENTRIES);
		*entry = (struct mount_entry){ .line = number };
		entry->source = config_next_field(&line);
		entry->target = config_next_field(&line);
		entry->type = config_next_field(&line);
		options = config_next_field(&line);
		if (!options)
			return config_wrong(config, "fstab", "line %u: a mount has a source, a target, a type and options", number);
		if (*entry->target != '/' || !entry->target[strspn(entry->target, "/")])
			return config_wrong(config, "fstab", "line %u: the target %s is no path below /", number, entry->target);
		bad = mount_options(entry, options);
		if (bad)
			return config_wrong(config, "fstab", "line %u: there is no option %s for this", number, bad);
		config->mount_count++;
	}
	if (!failed && config->mount_count && !config->has_namespace)
		return config_wrong(config, "fstab", "a guest without mounts of its own (nonamespace) has none: mount them on the host, and empty this file");
	return failed;
}

/* 32 bits in network order of a prefix length. */
static uint32_t mask_of(unsigned int prefix)
{
	return prefix ? htonl(~0u << (32 - prefix)) : 0;
}

static int read_address(struct config *config, const char *name)
{
	struct address *address = config->addresses + config->address_count;
	char file[300], *value;
	struct in_addr ip, mask = { mask_of(24) };
	long long prefix;
	int there;

	snprintf(file, sizeof(file), "interfaces/%s/disabled", name);
	there = config_has(config, file);
	if (there)
		return there < 0 ? -1 : 0;
	if (config->address_count == CONFIG_ENTRIES)
		return config_wrong(config, "interfaces", "these are more than %d addresses", CONFIG_ENTRIES);
	snprintf(file, sizeof(file), "interfaces/%s/ip", name);
	there = config_value(config, file, &value);
	if (there < 0)
		return -1;
	if (!there)
		return config_wrong(config, file, "an interface has an address");
	if (inet_pton(AF_INET, value, &ip) != 1)
		return config_wrong(config, file, "'%s' is no IPv4 address", value);
	snprintf(file, sizeof(file), "interfaces/%s/mask", name);
	there = config_value(config, file, &value);
	if (there < 0)
		return -1;
	if (there && inet_pton(AF_INET, value, &mask) != 1)
		return config_wrong(config, file, "'%s' is no mask", value);
	snprintf(file, sizeof(file), "interfaces/%s/prefix", name);
	there = config_number(config, file, 0, 32, &prefix);
	if (there < 0)
		return -1;
	if (there)
		mask.s_addr = mask_of(prefix);
	snprintf(address->name, sizeof(address->name), "%s", name);
	address->ipv4 = (struct vc_net_addr_ipv4){ .type = VC_ADDR_ONE, .ip = ip.s_addr, .mask = mask.s_addr };
	config->address_count++;
	return 0;
}

static int read_interfaces(struct config *config)
{
	struct dirent **entries;
	int count = config_folder(config, "interfaces", &entries), failed = count < 0 ? -1 : 0;

	for (int i = 0; i < count; i++) {
		if (!failed && *entries[i]->d_name != '.')
			failed = read_address(config, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return failed;
}

static int read_spaces(struct config *config)
{
	static const struct { const char *file; uint64_t bit; } spaces[] = { { "spaces/pid", CLONE_NEWPID }, { "spaces/net", CLONE_NEWNET } };

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		char *value;
		int there = config_value(config, spaces[i].file, &value);

		if (there < 0)
			return -1;
		if (there && strcmp(value, "0"))
			return config_wrong(config, spaces[i].file, "'%s': namespaces are shared with no other guest; an empty file is one of its own", value);
		if (!there && config_has(config, spaces[i].file))
			config->spaces |= spaces[i].bit;
	}
	/* One of its own needs no part of the host's; both is for who says so. */
	if ((config->spaces & CLONE_NEWNET) && !config_has(config, "ncontext"))
		config->has_network = false;
	return 0;
}

void config_place(struct config *config, const char *dir)
{
	memset(config, 0, sizeof(*config));
	snprintf(config->dir, sizeof(config->dir), "%s", dir);
	snprintf(config->name, sizeof(config->name), "%s", strrchr(dir, '/') + 1);
}

int config_read(struct config *config)
{
	return read_identity(config) || read_attributes(config) || read_uts(config) || read_fstab(config) || read_interfaces(config) ||
	       config_rlimits(config) || config_schedule(config) || read_spaces(config) || config_init(config) || config_programs(config) ? -1 : 0;
}

void config_read_to_stop(struct config *config)
{
	static char dir[PATH_MAX];

	strcpy(dir, config->dir);
	if (!config_read(config))
		return;
	tool_wrong("the configuration is broken: the guest is not asked to end, but killed");
	config_place(config, dir);
	config->patience = CONFIG_PATIENCE;
	if (config_killseq(config)) {
		config->kill_sequence[0] = SIGKILL;
		config->kill_count = 1;
	}
}
