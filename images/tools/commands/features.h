/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel has of vserver. It is asked by calls that do nothing, not by its version: words come one by one. */
#ifndef FEATURES_H
#define FEATURES_H

/* The name of feature `i`; NULL after the last. */
const char *feature_name(unsigned int i);
/* 1 or 0 by its name, in upper or lower case; -1 when none has it. */
int feature_supported(const char *name);

#endif
