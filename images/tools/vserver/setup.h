/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process does to become a guest, in the order of semantics B 1.2 and 1.3. Each returns -1 when a step has failed, and says which. */
#ifndef SETUP_H
#define SETUP_H

#include "vserver.h"

/* Its mounts, network context, context, limits, names, capabilities and flags; `run` is filled in. Nothing of it outlives the process. */
int setup_guest(const struct config *config, struct run *run);
/* Its root. */
int setup_root(const struct config *config);
/* The end of its setup: from here on what it may is bounded, and it lives without the process if it is persistent. */
int setup_end(const struct config *config, const struct run *run);

#endif
