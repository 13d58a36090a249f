#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: a context has the init that it was entered as; whoever of the host ends the wait for one from outside does not become it.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $INIT = cflags('state_init');

my $maker = member(230);
my $init = host();
is($init->ctx_migrate(230, $VServer::SET_INIT), 0, '1b: the host enters as the init of a context that waits for one');
is((vx_info(230))[1], $init->pid, '1b: and is it');

is(set_cflags(230, 0, $INIT), 0, '1b: the host ends the wait for an init from outside');
is((vx_info(230))[1], $init->pid, '1b: the init stays the same');

# A member would, had it come first.
my $other = member(231);
is($other->set_cflags(-1, 0, $INIT), 0, '1b: a member ends the wait from inside');
is((vx_info(231))[1], $other->pid, '1b: and is the init');
$_->quit for $other, $init, $maker;
done_testing();
