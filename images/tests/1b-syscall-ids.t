#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: ids that no context can have; asked by children, one for each, which end at once whatever comes of it.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;

# outcome_of(CODE): 0 when it succeeds, else the number of its error; undef when the child does not end.
sub outcome_of {
	my ($code) = @_;
	my $pid = fork;
	defined $pid or die "fork: $!\n";
	Sys::leave(defined $code->() ? 0 : $! + 0) if !$pid;
	my $status;
	wait_for(30, sub { my $ended = waitpid($pid, 1) == $pid; $status = $? if $ended; $ended }) or return undef;
	return $status >> 8;
}

my $EINVAL = 22;
for my $word (qw(ctx_create net_create)) {
	my $make = \&{"VServer::$word"};
	is(outcome_of(sub { $make->(2) }), 0, "1b: $word of 2, the first id that there is");
	is(outcome_of(sub { $make->($_) }), $EINVAL, "1b: $word of $_, which nothing has") for 65536, 49151 + 1, 1;
}
done_testing();
