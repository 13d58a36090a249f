#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1c: what a context hides is not there for who looks for the first time, when nothing of it is in the kernel's cache of names.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

# Whether a file can be read: `there`, or undef and errno.
sub look { my ($path) = @_; my $file; return open($file, '<', $path) ? 'there' : undef }

my $hide = cflags('hide_vinfo');
my ($hidden, $shown) = (guest(42), guest(43));
is(set_cflags(42, $hide, $hide), 0, '1c: a context hides it');
for my $name (qw(vinfo ninfo)) {
	for (['', 'the process'], ['/task/PID', 'its thread']) {
		my ($where, $what) = @$_;
		my @path = map { (my $path = "/proc/PID$where/$name") =~ s/PID/$_->pid/ge; $path } $hidden, $shown;
		is_errno(look($path[0]), 'ENOENT', "1c: the first look at $name of $what finds none");
		is(outcome(look($path[1])), 'there', '1c: of another context it finds one');
	}
}
$_->quit for $hidden, $shown;
done_testing();
