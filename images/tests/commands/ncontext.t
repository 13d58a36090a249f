#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# ncontext: every option, and what it makes of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my $LOOK = 'cat /proc/self/ninfo';

sub is_wrong {
	my ($says, @argument) = @_;
	is_run(['ncontext', @argument], 2, '', qr/\Ancontext: .*$says.*^usage: ncontext/ms, "ncontext: refused: @argument");
}

is_run([qw(ncontext --create --nid 42 -- sh -c), "$LOOK; exit 9"], 9, qr/\ANew network context is 42\nNID:\t42\n/, '',
	'ncontext: --create tells the id, runs the program inside and exits as it does');
is_run([qw(ncontext --create --nid 42 --silent sh -c), $LOOK], 0, qr/\ANID:\t42\n/, '', 'ncontext: --silent does not tell; -- may be missing');
is_run([qw(ncontext --create -- sh -c), $LOOK], 0, qr/\ANew network context is (\d+)\nNID:\t\1\n/, '', 'ncontext: without --nid the kernel chooses');

sub make_network { return net_create($_[0]) }
my $holder = host();
is($holder->make_network(42), 42, 'ncontext: another makes a network context');
is_run([qw(ncontext --create --nid 42 -- true)], 254, '', "ncontext: create network context 42: File exists\n", 'ncontext: 254 if it exists');
is_run([qw(ncontext --create --nid 42 --silentexist -- true)], 254, '', '', 'ncontext: --silentexist says nothing of that');
is_run([qw(ncontext --create --nid 49152 -- true)], 255, '', qr/\Ancontext: create network context 49152: /, 'ncontext: an id that the kernel chooses from cannot be made');
is_run([qw(ncontext --create --nid 65536 -- true)], 255, '', qr/65536 is no network context/, 'ncontext: an id that is too large');
is_run([qw(ncontext --create --nid nobody -- true)], 255, '', qr/nobody is no network context, and no guest/, 'ncontext: a name that no guest has');
is_run([qw(ncontext --create --nid 43 -- /no/such/program)], 255, qr/43/, qr{\Ancontext: /no/such/program: No such file}, 'ncontext: a program that is not there');
is_run([qw(ncontext --migrate --nid 42 -- sh -c), $LOOK], 0, qr/\ANID:\t42\n/, '', 'ncontext: --migrate enters, and tells nothing');
is_run([qw(ncontext --migrate --nid 43 -- true)], 255, '', "ncontext: enter network context 43: there is no such context\n", 'ncontext: --migrate to one that is not there');
is_run([qw(ncontext --migrate --nid 1 -- sh -c), $LOOK], 0, qr/\ANID:\t1\n/, '', 'ncontext: a spectator of networks');
is_run([qw(ncontext --create --silent --nid 43 -- ncontext --migrate-self -- sh -c), $LOOK], 0, qr/\ANID:\t43\n/, '', 'ncontext: --migrate-self stays');
is_run([qw(ncontext --migrate --nid 42 -- ncontext --migrate --nid self -- sh -c), $LOOK], 0, qr/\ANID:\t42\n/, '', 'ncontext: self is the own one');
system('mkdir -p /etc/vservers/web && echo 42 >/etc/vservers/web/ncontext && echo 100 >/etc/vservers/web/context') and die "no configuration for the test\n";
is_run([qw(ncontext --migrate --nid web -- sh -c), $LOOK], 0, qr/\ANID:\t42\n/, '', 'ncontext: the name of a guest is the number in its file ncontext');
unlink '/etc/vservers/web/ncontext';
is_run([qw(ncontext --create --nid web --silent -- sh -c), $LOOK], 0, qr/\ANID:\t100\n/, '', 'ncontext: or else that in its file context');
is_wrong('one of --create', qw(--nid 43 true));
is_wrong('one of --create', qw(--create --migrate --nid 43 true));
is_wrong('wants --nid', qw(--migrate true));
is_wrong('takes no --nid', qw(--migrate-self --nid 42 true));
is_wrong('which program', qw(--create --nid 43));
$holder->quit;

is_run([qw(ncontext --create --nid 42 --disconnect -- sleep 1000)], 0, "New network context is 42\n", '', 'ncontext: --disconnect exits 0 when the program runs');
my ($pid) = grep { /^\d+$/ && (task_nid($_) || 0) == 42 } list_dir('/proc');
is((split ' ', read_file("/proc/$pid/stat"))[5], $pid, 'ncontext: in a session of its own');
kill KILL => $pid;
ok(wait_for(30, sub { !-e '/proc/virtnet/42' }), 'ncontext: and its network context ends with it');
is_run([qw(ncontext --create --nid 42 --disconnect -- /no/such/program)], 255, "New network context is 42\n", qr{/no/such/program}, 'ncontext: --disconnect exits as what never ran');
is_run([qw(ncontext --create --nid 42 --syncsock /run/sync --syncmsg up -- true)], 255, '', qr{/run/sync: No such file}, 'ncontext: --syncsock that nobody listens to');
ok(!-e '/proc/virtnet/42', 'ncontext: and no network context is made');
system('rm -rf /etc/vservers /vservers /run/web.run') and die "the configuration is left\n";
done_testing();
