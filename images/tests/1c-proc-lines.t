#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1c: the whole catalogue of files and lines in /proc. Each that an id owns which is built is there, and no other: no line is
# printed before the kernel has its numbers.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Interface;

my ($XID, $NID) = (42, 52);
my $SPACES = $Sys::CLONE_FS | $Sys::CLONE_NEWNS | $Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC;

sub store_spaces {
	my ($word, $slot) = @_;
	my $data = pack 'QL', $SPACES, $slot;
	return vserver($word, -1, \$data);
}

# A context that has all there is to be shown, and a network context.
my $guest = member($XID);
is($guest->net_create($NID), $NID, '1c: a guest with a network context');
for my $set_space (grep $_->{name} eq 'set_space' && $_->{built}, Interface::words()) {
	is($guest->store_spaces($set_space->{word}, $_), 0, "1c: and with spaces stored in slot $_") for 0, 1;
}
is($guest->leave_setup, 0, '1c: it runs');
my $pid = $guest->pid;

my %file = Interface::files();

# path_of(PATH): the file of this guest.
sub path_of {
	my ($path) = @_;
	$path =~ s{^virtual/\*}{virtual/$XID};
	$path =~ s{^virtnet/\*}{virtnet/$NID};
	$path =~ s{^PID/}{$pid/};
	$path =~ s{/TID/}{/$pid/};
	return "/proc/$path";
}

# What stands before the colon, or before the TAB in a head line.
sub labels { return map { /^([^:\t]+)[:\t]/ ? $1 : () } split /\n/, $_[0] }

# A label stands for the numbers that %d prints: "cpu %d".
sub pattern { my ($label) = @_; $label = quotemeta $label; $label =~ s/\\%d/\\d+/g; return qr/\A$label\z/ }

for my $path (sort keys %file) {
	my %built = %{$file{$path}};
	my $text = read_file(path_of($path));
	# /proc/PID/status is there without us.
	if (!grep($_, values %built) && $path ne 'PID/status') {
		is($text, undef, "1c: /proc/$path, whose owner is not built, is not there");
		next;
	}
	isnt($text, undef, "1c: /proc/$path is there") or next;
	my @label = labels($text);
	for my $label (sort grep $_ ne '', keys %built) {
		my $printed = grep($_ =~ pattern($label), @label) ? 1 : 0;
		is($printed, $built{$label}, "1c: /proc/$path has " . ($built{$label} ? '' : 'no ') . "line $label");
	}
	next if $path eq 'PID/status';
	for my $label (@label) {
		ok(scalar(grep $label =~ pattern($_), keys %built), "1c: line $label of /proc/$path is in the catalogue");
	}
}

# And no file that the catalogue does not have.
for my $directory ('virtual/*', 'virtnet/*', 'sys/vserver') {
	my %name = map { m{^\Q$directory\E/([^/]+)$} && grep($_, values %{$file{$_}}) ? ($1 => 1) : () } keys %file;
	is(join(' ', list_dir(path_of($directory))), join(' ', sort keys %name), "1c: the files of /proc/$directory");
}

$guest->quit;
done_testing();
