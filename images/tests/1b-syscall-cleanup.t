#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: cleanup_namespace by one whose root is in another mount namespace, from which nothing in the own one could be reached.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

sub count_mounts { my ($pid) = @_; my $text = read_file("/proc/$pid/mountinfo"); return $text =~ tr/\n// }
sub in_copy { unshare_here($Sys::CLONE_NEWNS) // return undef; return sys('mount', "none\0", "/\0", 0, 0x44000, 0) }

# The folder that its root was before it had a namespace of its own.
sub in_foreign_root {
	opendir my $old, '/' or return undef;
	defined in_copy() or return undef;
	chdir $old or return undef;
	return chroot('.') ? 0 : undef;
}

my $there = host();
is(outcome($there->in_copy), 0, '1b: a copy of the namespace, and its own root');
is(outcome($there->cleanup_namespace), 0, '1b: is cleaned up');

my $elsewhere = host();
is(outcome($elsewhere->in_foreign_root), 0, '1b: a copy of the namespace, and the root of before');
is_errno($elsewhere->cleanup_namespace, 'EINVAL', '1b: is not');
my $own = host();
is(outcome($own->mounts_of($elsewhere->pid)), count_mounts($$), '1b: all its mounts are there');
$_->quit for $there, $elsewhere, $own;

# Who looks from there sees them.
sub mounts_of {
	my ($pid) = @_;
	open my $ns, '<', "/proc/$pid/ns/mnt" or return undef;
	defined sys('setns', fileno $ns, $Sys::CLONE_NEWNS) or return undef;
	return count_mounts($$);
}
done_testing();
