#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: pressure triggers, which the debug kernel has alone. Windows that are no multiple of two seconds are for those who have
# CAP_SYS_RESOURCE, by the credentials that the file was opened with: a context without it in bcaps has none.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 330;
my $SYS_RESOURCE = 1 << 24;
my ($SHORT, $LONG) = ("some 150000 1000000\0", "some 150000 2000000\0");

my $file;
sub open_pressure { sysopen $file, '/proc/pressure/cpu', 2 or return; return fileno $file }

# take_pressure(PID, FD): the file that another has open.
sub take_pressure {
	my ($pid, $fd) = @_;
	my $pidfd = sys('pidfd_open', $pid + 0, 0);
	defined $pidfd or return;
	$fd = sys('pidfd_getfd', $pidfd, $fd + 0, 0);
	defined $fd && open($file, '+<&=', $fd) or return;
	return 1;
}
sub write_pressure { return syswrite $file, $_[0] }

# trigger(ACTOR, TEXT): the outcome of writing it to a newly opened file.
sub trigger {
	my ($actor, $text) = @_;
	$actor->open_pressure or die "/proc/pressure/cpu: $!\n";
	return outcome($actor->write_pressure($text));
}

my $guest = guest($XID);
my $host = host();
my $ordinary = host();
$ordinary->drop_root(1000);

is(trigger($guest, $SHORT), length $SHORT, '1b: a guest with SYS_RESOURCE sets a trigger with a short window');
is(set_bcaps($XID, 0, $SYS_RESOURCE), 0, '1b: the host takes it away');
is(trigger($guest, $SHORT), 'EINVAL', '1b: without it the window is refused');
is(trigger($guest, $LONG), length $LONG, '1b: one of two seconds is for all');
is(trigger($host, $SHORT), length $SHORT, '1b: the host keeps its right');
is(set_bcaps($XID, $SYS_RESOURCE, $SYS_RESOURCE), 0, '1b: the host gives it back');
is(trigger($guest, $SHORT), length $SHORT, '1b: and with it the short window');

# Who opened the file counts, not who writes.
set_bcaps($XID, 0, $SYS_RESOURCE);
is(outcome($host->take_pressure($guest->pid, $guest->open_pressure)), 1, '1b: the host takes the file that a guest without it has opened');
is(outcome($host->write_pressure($SHORT)), 'EINVAL', '1b: and can do no more with it than the guest');
$host->open_pressure;
is(outcome(scalar $host->ctx_migrate($XID)), 0, '1b: the host opens one and goes into the context');
is(outcome($host->write_pressure($SHORT)), length $SHORT, '1b: where that one is still the host\'s');
is(trigger($host, $SHORT), 'EINVAL', '1b: and one that is opened inside is not');
is(trigger($ordinary, $LONG), length $LONG, '1b: an ordinary user sets one of two seconds');
is(trigger($ordinary, $SHORT), 'EINVAL', '1b: and no shorter one, as without us');
$_->quit for $guest, $host, $ordinary;
ok(settled(), '1b: the context is freed');
done_testing();
