#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# chcontext: every option, and what it makes of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my $LOOK = 'cat /proc/self/vinfo';
my $SECURE = '00000000b40c04ff';

is_run([qw(chcontext --xid 42 -- sh -c), "$LOOK; exit 9"], 9, qr/\ANew security context is 42\nXID:\t42\nBCaps:\t00000000fffffeff\nCCaps:\t0{16}\nCFlags:\t0000000600000000\n/, '',
	'chcontext: a new context past its setup; exits as the program does');
is_run([qw(chcontext --ctx 42 --silent sh -c), $LOOK], 0, qr/\AXID:\t42\n/, '', 'chcontext: --ctx is --xid; --silent does not tell; -- may be missing');
is_run([qw(chcontext sh -c), $LOOK], 0, qr/\ANew security context is (\d+)\nXID:\t\1\n/, '', 'chcontext: without --xid the kernel chooses');
is_run([qw(chcontext --xid 42 -- vattribute --get)], 1, qr/42/, qr/not from here/, 'chcontext: past its setup it has no say');

# What is said of a new one
is_run([qw(chcontext --silent --cap !mknod --cap), '~net_raw,!CAP_SYS_TIME', '--', 'sh', '-c', $LOOK], 0, qr/^BCaps:\t00000000f5ffdeff$/m, '', 'chcontext: --cap takes away');
is_run([qw(chcontext --silent --secure -- sh -c), $LOOK], 0, qr/^BCaps:\t$SECURE\nCCaps:\t0000000000004101\nCFlags:\t0000000602000000$/m, '', 'chcontext: --secure');
is_run([qw(chcontext --silent --cap sys_time --secure -- sh -c), $LOOK], 0, qr/^BCaps:\t00000000b60c04ff$/m, '', 'chcontext: --cap adds to --secure, wherever it stands');
is_run([qw(chcontext --silent --flag lock --flag hide_mount -- sh -c), $LOOK], 0, qr/^CFlags:\t0000000601000001$/m, '', 'chcontext: --flag');
is_run([qw(chcontext --silent --flag fakeinit -- sh -c), 'grep -c "^CIPid:.$$\$" /proc/self/vinfo; grep CFlags /proc/self/vinfo'], 0, "1\nCFlags:\t0000000400000010\n", '', 'chcontext: --flag fakeinit makes the program the init');
is_run([qw(chcontext --silent --hostname one --domainname two -- sh -c), 'hostname; cat /proc/sys/kernel/domainname'], 0, "one\ntwo\n", '', 'chcontext: --hostname and --domainname');
is_run(['hostname'], 0, "vserver\n", '', 'chcontext: those of the host are as before');

# One in setup is not entered: in there nothing would bound the program.
my $open = member(42);
is_run([qw(chcontext --xid 42 --secure -- sh -c), $LOOK], 255, '', qr/create context 42: (?!File exists)/, 'chcontext: a context that is in setup is left alone');
$open->quit;

# An existing one is entered as it is.
my $holder = guest(42);
is_run([qw(chcontext --xid 42 --cap !chown --flag hide_mount --hostname other -- sh -c), "$LOOK; hostname"], 0, qr/\AXID:\t42\nBCaps:\t00000000fffffeff\n.*\nvserver\n\z/s, '', 'chcontext: one that is there is entered, and not changed');
$holder->quit;
is_run([qw(chcontext --xid 1 -- sh -c), $LOOK], 0, qr/\AXID:\t1\n/, '', 'chcontext: 1 is a spectator');

is_run([qw(chcontext --xid 42 --disconnect -- sleep 1000)], 0, "New security context is 42\n", '', 'chcontext: --disconnect exits 0 when the program runs');
is_run([qw(vkill --xid 42 -s KILL)], 0, '', '', 'chcontext: which goes on');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'chcontext: until it is killed');

# Mistakes, after which there is no context
is_run(['chcontext'], 2, '', qr/which program/, 'chcontext: no program');
is_run([qw(chcontext --xid 42 --cap nonsense true)], 255, '', "chcontext: 'nonsense' is no capability\n", 'chcontext: a capability that is none');
is_run([qw(chcontext --xid 42 --flag nonsense true)], 255, '', "chcontext: 'nonsense' is no context flag\n", 'chcontext: a flag that is none');
is_run([qw(chcontext --xid nobody true)], 255, '', qr/nobody is no context/, 'chcontext: a name that no guest has');
is_run([qw(chcontext --xid 49152 true)], 255, '', qr/the kernel chooses from 49152 on/, 'chcontext: an id that the kernel chooses from');
is_run([qw(chcontext --xid 42 --hostname), 'x' x 65, 'true'], 255, qr/42/, qr/the host name of context 42: /, 'chcontext: a host name that is too long');
is_run([qw(chcontext --silent --xid 42 -- /no/such/program)], 255, '', qr{/no/such/program}, 'chcontext: a program that is not there');
ok(!-e '/proc/virtual/42', 'chcontext: and no context is left');
done_testing();
