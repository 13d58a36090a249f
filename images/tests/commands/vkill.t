#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vkill and vwait: every option, and what they make of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

# A context with an init, which ignores INT, and one process more; returns both.
sub with_two {
	my $init = guest(42, spares => 1);
	return ($init, $init->spawn);
}

sub alive { return join ' ', map { process_state($_->pid) =~ /^[^Z]/ ? 1 : 0 } @_ }
sub reap { $_->reap for @_ }

my ($init, $other) = with_two();
is_run([qw(vkill --xid 42 -s 0)], 0, '', '', 'vkill: signal 0 only looks');
is(alive($init, $other), '1 1', 'vkill: and nobody notices');
is_run([qw(vkill -c 42 -s KILL), $other->pid], 0, '', '', 'vkill: -c is --xid; one process by its pid');
ok(wait_for(30, sub { alive($init, $other) eq '1 0' }), 'vkill: the other lives');
is_run([qw(vkill --xid 42 -s SIGKILL 1)], 0, '', '', 'vkill: a name with SIG; 1 is the init');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vkill: which was the last');

($init, $other) = with_two();
is_run([qw(vkill --xid 42 -s 9 -- -1)], 0, '', '', 'vkill: a number; -1 is all but the init');
ok(wait_for(30, sub { alive($init, $other) eq '1 0' }), 'vkill: the init lives');
is_run([qw(vkill -s kill), $init->pid], 0, '', '', 'vkill: without --xid the process says where');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vkill: and it is gone');

($init, $other) = with_two();
is_run([qw(vkill --xid 42)], 0, '', '', 'vkill: TERM to all, if nothing else is said');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vkill: and all are gone');

# Mistakes
my $bystander = host();
($init, $other) = with_two();
is_run(['vkill'], 2, '', qr/which processes/, 'vkill: nobody is named');
is_run([qw(vkill --xid 43)], 1, '', "vkill: context 43 is not there, or has no process\n", 'vkill: a context that is not there');
is_run([qw(vkill --xid 42 -s NONSENSE)], 1, '', "vkill: 'NONSENSE' is no signal\n", 'vkill: a signal that is none');
is_run([qw(vkill --xid 42 -s 65)], 1, '', "vkill: '65' is no signal\n", 'vkill: a number that is no signal');
is_run([qw(vkill --xid 42), $other->pid, 'x1'], 1, '', qr/x1 is no pid/, 'vkill: a pid that is none');
is_run([qw(vkill --xid 42), '--', -2], 1, '', qr/-2 is no pid/, 'vkill: a pid that means nothing');
is_run([qw(vkill --xid 42 -s 0 010)], 1, '', qr/process 10 of context 42/, 'vkill: a leading 0 is no octal');
is_run([qw(vkill 0)], 1, '', qr/0 is no pid/, 'vkill: 0 without a context');
is(alive($init, $other, $bystander), '1 1 1', 'vkill: nobody got a signal by all that');
is_run(['vkill', $bystander->pid], 1, '', "vkill: process " . $bystander->pid . " is in no context\n", 'vkill: a process of the host');
is_run([qw(vkill --xid 42), $bystander->pid], 1, '', qr/process \d+ of context 42: No such process/, 'vkill: a process of somebody else');
is(alive($init, $other, $bystander), '1 1 1', 'vkill: nobody got a signal by that either');
is_run([qw(vkill --xid 42 -s KILL), $bystander->pid, $other->pid], 1, '', qr/\Avkill: [^\n]*\n\z/, 'vkill: one of two is not there: it exits 1');
ok(wait_for(30, sub { alive($init, $other, $bystander) eq '1 0 1' }), 'vkill: and the other got it');
$bystander->quit;

# vwait
is_run([qw(vwait --timeout 1 42)], 2, '', '', 'vwait: 2 when the time is over');
is_run(['sh', '-c', 'vwait --status-fd 3 --timeout 1 42 3>&1'], 2, "TIMEOUT\n", '', 'vwait: --status-fd is told so');
my $waiter = start(qw(vwait 42));
ok(wait_for(30, sub { waits_for_exit($waiter) }), 'vwait: it sleeps');
kill KILL => $init->pid;
waitpid $waiter, 0;
is($?, 0, 'vwait: 0 when the context has ended');

my $alone = guest(42);
is_run(['sh', '-c', 'vwait --status-fd 3 --timeout 1 --terminate 42 3>&1'], 1, "KILLED\n", '', 'vwait: --terminate kills it, and exits 1');
ok(!-e '/proc/virtual/42', 'vwait: it is gone');
$alone = guest(42);
$waiter = start('sh', '-c', 'exec vwait --status-fd 3 --timeout 0 42 3>/run/told');
ok(wait_for(30, sub { waits_for_exit($waiter) }), 'vwait: a time of 0 is none');
run(qw(vkill --xid 42 -s KILL));
waitpid $waiter, 0;
is(read_file('/run/told'), "FINISHED 0\n", 'vwait: --status-fd is told of the end');
is_run(['sh', '-c', 'vwait --status-fd 3 42 3>&1'], 127, "ERROR 3\n", "vwait: context 42: there is no such context\n", 'vwait: a context that is not there');
is_run(['vwait'], 2, '', qr/say one context/, 'vwait: no context');
is_run([qw(vwait 42 43)], 2, '', qr/say one context/, 'vwait: two contexts');
is_run([qw(vwait --timeout x 42)], 127, '', qr/x is no time/, 'vwait: a time that is none');
is_run([qw(vwait --status-fd -1 42)], 127, '', qr/-1 is no descriptor/, 'vwait: a descriptor that is none');
is_run([qw(vwait nobody)], 127, '', qr/nobody is no context/, 'vwait: a name that no guest has');
is_run(['sh', '-c', 'vwait --status-fd 3 nobody 3>&1'], 127, "ERROR 3\n", qr/nobody is no context/, 'vwait: --status-fd is told of that');

# One that is persistent does not end, and there is nobody to wait for.
$alone = guest(42);
defined set_cflags(42, cflags('persistent'), cflags('persistent')) or die "set_cflags: $!\n";
is_run(['sh', '-c', 'vwait --status-fd 3 --timeout 1 --terminate 42 3>&1'], 1, "KILLED\n", '', 'vwait: --terminate of a persistent context');
is_run([qw(vkill --xid 42 -s 0)], 1, '', "vkill: context 42 is not there, or has no process\n", 'vwait: leaves it empty');
ok(-e '/proc/virtual/42', 'vwait: and there');
set_cflags(42, 0, cflags('persistent'));
done_testing();
