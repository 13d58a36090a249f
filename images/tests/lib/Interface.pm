# SPDX-License-Identifier: GPL-2.0-only
#
# The whole interface of the finished series, and what of it the kernel that runs has: interface.txt, which scripts/lib/interface.ts
# makes of interface.json and plan.json.
#
#   for my $word (Interface::words()) { ... }    # {word => number, name => 'get_version', id => '1b', built => 1}
#   my %file = Interface::files();               # 'virtual/*/info' => {ID => 1, OOM => 0}: label => whether it is built
#                                                # a file without labels has one, ''
#
# Dies when the list is not there or is not one.
package Interface;
use strict;
use Callers ();

my $LIST = '/tests/interface.txt';

sub rows {
	open my $file, '<', $LIST or die "$LIST: $!\n";
	my @row;
	while (<$file>) {
		chomp;
		my @field = split /\t/, $_, -1;
		@field == 5 or die "$LIST:$.: not five fields: $_\n";
		$field[4] =~ /^(built|to come|planned|reserved)$/ or die "$LIST:$.: no such state: $field[4]\n";
		push @row, \@field;
	}
	@row or die "$LIST is empty\n";
	return @row;
}

# The ids that a kernel can be configured without.
my %OPTION = ('1d' => 'VSERVER_DEBUG', '1e' => 'VSERVER_HISTORY');

# built(ROW): whether the kernel that runs has it.
sub built {
	my ($row) = @_;
	my ($id, $state) = @$row[3, 4];
	return $state eq 'built' && (!$OPTION{$id} || Callers::kernel_config($OPTION{$id})) ? 1 : 0;
}

sub words {
	return map { {word => oct $_->[1], name => $_->[2], id => $_->[3], built => built($_)} } grep $_->[0] eq 'word', rows();
}

sub files {
	my %file;
	$file{$_->[1]}{$_->[2]} = built($_) for grep $_->[0] ne 'word', rows();
	return %file;
}

1;
