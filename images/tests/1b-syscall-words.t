#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: the whole catalogue of command words. Those of the ids that are built are commands; to the host's root all the others do
# not exist, and nothing half made answers in their place.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Interface;

my $BAD_POINTER = 1;

sub own_mounts { return sys('unshare', $Sys::CLONE_NEWNS) }

# No command does much with id 0 and a bad pointer, but some act without either: each in a process, with mounts, of its own.
sub try_word {
	my ($word) = @_;
	my $caller = host();
	defined $caller->own_mounts or die "unshare: $!\n";
	my $outcome = outcome($caller->vserver($word, 0, $BAD_POINTER));
	$caller->quit;
	return $outcome;
}

my @word = Interface::words();
for (@word) {
	my $title = sprintf '1b: %s (%08x, %s)', $_->{name}, $_->{word}, $_->{id} eq '-' ? 'reserved' : "of $_->{id}";
	my $outcome = try_word($_->{word});
	$_->{built} ? isnt($outcome, 'ENOSYS', "$title is a command") : is($outcome, 'ENOSYS', "$title is none");
}

# Neither half of the list is empty, or one of the two has not been tested.
ok((grep $_->{built}, @word), '1b: there are commands that are built');
ok((grep !$_->{built}, @word), '1b: there are words that are not');
done_testing();
