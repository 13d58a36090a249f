// SPDX-License-Identifier: GPL-2.0-only
/* What the running kernel has of vserver, by names. */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <strings.h>
#include <unistd.h>

#include "../libvserver/vserver.h"
#include "features.h"

/* Calls that a kernel which has the word refuses otherwise than with ENOSYS, and that do nothing: no context is 0, nothing is at NULL. */
#define PROBE(word, ...) static int probe_##word(void) { return vc_##word(__VA_ARGS__); }

PROBE(ctx_kill, 0, NULL)
PROBE(get_iattr, NULL)
PROBE(get_rlimit, 0, NULL)
PROBE(new_s_context, 0, NULL)
PROBE(ctx_migrate, 0, NULL)
PROBE(enter_space, 0, NULL)
PROBE(get_sched, 0, NULL)
PROBE(vx_info, 0, NULL)
PROBE(get_vhi_name, 0, NULL)
PROBE(wait_exit, 0, NULL)
PROBE(nx_info, 0, NULL)
PROBE(virt_stat, 0, NULL)
PROBE(task_tag, 0)

/* ENOSYS or not, as a word. */
static int probe_vshelper(void)
{
	if (!access("/proc/sys/kernel/vshelper", F_OK))
		return 0;
	errno = ENOSYS;
	return -1;
}

static int probe_bit(uint32_t bit, uint32_t wanted)
{
	int vci = vc_get_vci();

	if (vci >= 0 && ((uint32_t)vci & bit) == wanted)
		return 0;
	errno = ENOSYS;
	return -1;
}

static int probe_spaces(void)
{
	return probe_bit(VCI_SPACES, VCI_SPACES);
}

static int probe_dynamic(void)
{
	return probe_bit(VCI_NO_DYNAMIC, 0);
}

static int probe_memcg(void)
{
	return probe_bit(VCI_MEMCG, VCI_MEMCG);
}

static int probe_pidspace(void)
{
	struct vc_space_mask mask = { 0 };

	if (!vc_get_space_mask(&mask) && (mask.mask & CLONE_NEWPID))
		return 0;
	errno = ENOSYS;
	return -1;
}

static const struct feature {
	const char *name;
	int (*probe)(void);
} features[] = {
	{ "VKILL", probe_ctx_kill }, { "IATTR", probe_get_iattr }, { "RLIMIT", probe_get_rlimit }, { "COMPAT", probe_new_s_context },
	{ "MIGRATE", probe_ctx_migrate }, { "NAMESPACE", probe_enter_space }, { "SCHED", probe_get_sched }, { "VINFO", probe_vx_info },
	{ "VHI", probe_get_vhi_name }, { "VSHELPER", probe_vshelper }, { "VWAIT", probe_wait_exit }, { "VNET", probe_nx_info },
	{ "VSTAT", probe_virt_stat }, { "PPTAG", probe_task_tag }, { "SPACES", probe_spaces }, { "PERSISTENT", probe_vx_info },
	{ "PIVOT_ROOT", probe_enter_space }, { "PIDSPACE", probe_pidspace }, { "DYNAMIC", probe_dynamic }, { "MEMCG", probe_memcg },
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

static bool supported(const struct feature *feature)
{
	return feature->probe() >= 0 || errno != ENOSYS;
}

const char *feature_name(unsigned int i)
{
	return i < FEATURES ? features[i].name : NULL;
}

int feature_supported(const char *name)
{
	for (size_t i = 0; i < FEATURES; i++)
		if (!strcasecmp(features[i].name, name))
			return supported(features + i);
	return -1;
}
