/* SPDX-License-Identifier: GPL-2.0-only */
/* Every command: what it does, and its usage. */
#ifndef COMMANDS_H
#define COMMANDS_H

#define COMMAND(name) \
	extern const char name##_usage[]; \
	int name##_main(int argc, char **argv)

COMMAND(chcontext);
COMMAND(chroot_sh);
COMMAND(exec_cd);
COMMAND(man);
COMMAND(nattribute);
COMMAND(ncontext);
COMMAND(reducecap);
COMMAND(vattribute);
COMMAND(vcontext);
COMMAND(vhistory);
COMMAND(vkill);
COMMAND(vnamespace);
COMMAND(vps);
COMMAND(vserver);
COMMAND(vserver_info);
COMMAND(vserver_stat);
COMMAND(vspace);
COMMAND(vtop);
COMMAND(vwait);

#undef COMMAND

#endif
