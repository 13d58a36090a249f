/* SPDX-License-Identifier: GPL-2.0-only */
/* The root of a guest. */
#ifndef ROOT_H
#define ROOT_H

/*
 * A mount namespace of one's own: what is mounted and unmounted there is nowhere else, and what the caller's gets comes there, too. -1, and it is
 * said.
 */
int root_own_mounts(void);
/*
 * Makes the working directory, which has to be a mount, the root of the caller's mount namespace, and of the caller; nothing of the old one can be
 * reached. -1, and it is said.
 */
int root_pivot(void);

#endif
