# SPDX-License-Identifier: GPL-2.0-only
#
# Guests as vserver(8) has them: their configuration, and what they leave behind.
#
#   Guests::write_config('web', 'apps/init/style', "plain\n");
#   is(traces(), '', 'nothing is left');
package Guests;
use strict;
use Callers;
use Sys;

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::traces"} = \&traces;
}

# write_config(GUEST, FILE, TEXT): a file of its configuration, and the folders that lead there.
sub write_config {
	my ($guest, $file, $text) = @_;
	my $path = "/etc/vservers/$guest/$file";
	my ($folder) = $path =~ m{^(.*)/};
	system 'mkdir', '-p', $folder;
	open my $handle, '>', $path or die "$path: $!\n";
	print $handle $text;
	close $handle or die "$path: $!\n";
}

# What a stopped guest has to leave, named: a context, a network context, a mount, a file of what runs.
sub traces {
	my @trace;
	push @trace, "context $_" for grep /^\d+$/, list_dir('/proc/virtual');
	push @trace, "network context $_" for grep /^\d+$/, list_dir('/proc/virtnet');
	push @trace, grep m{/vservers}, split /\n/, read_file('/proc/self/mounts');
	push @trace, grep !/\.lock$/, list_dir('/run/vservers');
	return join ', ', @trace;
}

1;
