#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: pivot_root under shared mounts, by which tools give a guest its root: a context in setup may, and nobody else.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 290;
my $TOP = '/tmp/pivot';
my ($MS_PRIVATE, $MS_SHARED) = (0x40000, 0x100000);

sub mount_at { my ($path) = @_; return sys('mount', "tmpfs\0", "$path\0", "tmpfs\0", 0, "mode=755\0") }
sub set_propagation { my ($path, $flag) = @_; return sys('mount', "none\0", "$path\0", "none\0", $flag + 0, 0) }

# make_root(FLAG): mounts of one's own; a root, and in it the next one, both with this propagation.
sub make_root {
	my ($flag) = @_;
	defined unshare_here($Sys::CLONE_NEWNS) or return;
	mkdir $TOP;
	defined mount_at($TOP) && chroot($TOP) && chdir('/') && mkdir('/new') && defined mount_at('/new') && mkdir('/new/old') or return;
	return defined set_propagation('/', $flag) && defined set_propagation('/new', $flag) ? 1 : undef;
}

sub pivot { return sys('pivot_root', "/new\0", "/new/old\0") }
sub names { return join ' ', list_dir('/') }

# Who, and what comes of it under shared mounts; under private ones all may.
for (['the host', \&host, 'EINVAL'], ['a spectator', \&spectator, 'EINVAL'], ['a member in setup', sub { member($XID) }, 0], ['a guest', sub { guest($XID) }, 'EINVAL']) {
	my ($who, $make, $expected) = @$_;
	for my $kind (['private', $MS_PRIVATE, 0], ['shared', $MS_SHARED, $expected]) {
		my ($name, $flag, $outcome) = @$kind;
		my $actor = $make->();
		is(outcome(scalar $actor->make_root($flag)), 1, "1b: $who has a root, and the next one, $name");
		is($actor->names, 'new', '1b: he sees the first');
		is(outcome(scalar $actor->pivot), $outcome, "1b: pivot_root by $who, mounts $name: $outcome");
		is($actor->names, $outcome eq '0' ? 'old' : 'new', '1b: and he sees ' . ($outcome eq '0' ? 'the next' : 'the first still'));
		$actor->quit;
	}
}

# What else pivot_root looks at is looked at in setup too.
{
	my $member = member($XID);
	$member->make_root($MS_SHARED);
	is(outcome(scalar $member->pivot), 0, '1b: a member in setup changes its root');
	is_errno($member->pivot, 'ENOENT', '1b: there is no other to change to');
	my $ordinary = member($XID + 1);
	$ordinary->make_root($MS_SHARED);
	$ordinary->drop_root(1000);
	is_errno($ordinary->pivot, 'EPERM', '1b: an ordinary user in setup changes none');
	$_->quit for $member, $ordinary;
}
ok(settled(), '1b: the contexts are freed');
done_testing();
