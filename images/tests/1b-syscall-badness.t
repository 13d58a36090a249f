#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: badness: how much worse a context's tasks look to the OOM killer.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 270;
my $GROUP = '/tmp/oom';

sub score { return read_file("/proc/$_[0]/oom_score") + 0 }

sub pages { return field('/proc/meminfo', 'MemTotal') =~ /(\d+)/ ? $1 / 4 : die "no MemTotal\n" }

# The word.
{
	my $member = member($XID);
	is(get_badness($XID), 0, '1b: a new context is neither better nor worse');
	for my $bias (1, -1, 1 << 40, -(1 << 40), 9223372036854775807, -9223372036854775807) {
		is(set_badness($XID, $bias), 0, "1b: a bias of $bias");
		is(get_badness($XID), $bias, '1b: is read back');
		is(field("/proc/virtual/$XID/info", 'OOM'), $bias, '1b: and shown');
	}
	is($member->set_badness(-1, 7), 0, '1b: a member in setup sets its own');
	my ($poor, $watcher) = (host(), spectator());
	$poor->drop_capability(24);
	is_errno($poor->set_badness($XID, 8), 'EPERM', '1b: without CAP_SYS_RESOURCE the host does not');
	is($poor->get_badness($XID), 7, '1b: but reads it');
	is_errno($watcher->set_badness($XID, 8), 'EPERM', '1b: nor does a spectator');
	is($watcher->get_badness($XID), 7, '1b: who reads it');
	is_errno(set_badness(999, 1), 'ESRCH', '1b: no such context');
	is_errno(vserver(word($_), $XID, 1), 'EFAULT', "1b: $_ at a bad address") for qw(get_badness set_badness);
	is($member->leave_setup, 0, '1b: after setup');
	is_errno($member->set_badness(-1, 8), 'ENOSYS', '1b: it sets nothing');
	is(get_badness($XID), 7, '1b: which is as it was');
	$_->quit for $member, $poor, $watcher;
}

# What it does: /proc/PID/oom_score is what the OOM killer compares, as thousandths of two thirds of all memory.
{
	my $guest = guest($XID);
	my $host = host();
	# What an actor does first brings in pages that it has from its parent, and they count.
	$_->score($_->pid) for $guest, $host;
	my ($inside, $outside) = (score($guest->pid), score($host->pid));
	is(set_badness($XID, int(pages() / 2)), 0, '1b: half of the memory');
	my $moved = score($guest->pid) - $inside;
	ok($moved > 320 && $moved < 345, "1b: is 333 points ($moved)");
	ok(abs(score($host->pid) - $outside) < 5, '1b: for the members only');
	is(set_badness($XID, -int(pages() / 4)), 0, '1b: a quarter less');
	$moved = score($guest->pid) - $inside;
	ok($moved < -155 && $moved > -175, "1b: is 167 points less ($moved)");
	is(set_badness($XID, 9223372036854775807), 0, '1b: more than there is');
	$moved = score($guest->pid) - $inside;
	ok($moved > 640 && $moved < 680, "1b: counts as all of it ($moved)");
	is(set_badness($XID, -9223372036854775807), 0, '1b: and less than nothing');
	$moved = score($guest->pid) - $inside;
	ok($moved < -640 && $moved > -680, "1b: likewise ($moved)");
	$_->quit for $guest, $host;
}

# A control group of two that runs out of memory: the smaller process dies, for its context is the worse. What a bias counts for
# is bounded by the group's memory, which the bigger has for itself: so the one is made worse and the other better.
for my $bias (0, 1) {
	mkdir $GROUP;
	defined sys('mount', "none\0", "$GROUP\0", "cgroup2\0", 0, 0) or die "cgroup2: $!\n";
	put("$GROUP/cgroup.subtree_control", '+memory');
	mkdir "$GROUP/two" or die "$GROUP/two: $!\n";
	my $small = guest($XID);
	my $big = guest($XID + 1);
	put("$GROUP/two/cgroup.procs", $_->pid) for $small, $big;
	put("$GROUP/two/memory.max", 16 << 20);
	put("$GROUP/two/memory.swap.max", 0) if -e "$GROUP/two/memory.swap.max";
	is(set_badness($XID, $bias * pages()), 0, "1b: a bias of $bias times the memory");
	is(set_badness($XID + 1, -$bias * pages()), 0, '1b: and as much less for the other');
	$big->begin('fill', 32 << 20);
	my ($dies, $lives) = $bias ? ($small, $big) : ($big, $small);
	is(wait_for(30, sub { process_state($dies->pid) =~ /^[Z]?$/ }), 1, '1b: the killer takes the ' . ($bias ? 'small one' : 'big one'));
	kill 'KILL', $lives->pid if $bias;
	$dies->reap;
	is($lives->nothing, 0, '1b: and leaves the other') if !$bias;
	if ($bias) { $lives->reap } else { $lives->quit }
	wait_for(30, sub { rmdir "$GROUP/two" });
	defined sys('umount2', "$GROUP\0", 0) or die "umount: $!\n";
}

sub nothing { return 0 }
sub fill { my $text = 'x' x $_[0]; return length $text }

sub put {
	my ($path, $text) = @_;
	open my $file, '>', $path or die "$path: $!\n";
	defined syswrite $file, $text or die "$path: $!\n";
}

is(settled(), 1, '1b: and nothing is left');
done_testing();
