#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# man: every command has a page, in which each of its options is told.
use strict;
use TAP;
use Sys;
use Callers;
use Command;
use Pty;

my @command = (every_command(), 'man');
my ($exit, $list, $err) = run('man');
is("$exit $err", '0 ', 'man: alone it exits 0');

for my $name (@command) {
	like($list, qr/^(?:\S+, )*\Q$name\E(?:, \S+)* - \S.*$/m, "man: the list has $name");
	my ($got, $page, $said) = run('man', $name);
	is("$got $said", '0 ', "man: there is a page of $name");
	like($page, qr/\A\U\Q$name\E\E\(\d\).*^NAME\n.*^SYNOPSIS\n.*^DESCRIPTION\n.*^EXIT STATUS\n/ms, "man: with what a page of $name has");
	unlike_options($name, $page);
}

# Each option of the usage is in the page.
sub unlike_options {
	my ($name, $page) = @_;
	my %option = map { $_ => 1 } (run($name, '--help'))[1] =~ /(?<![\w-])(--?[a-zA-Z~][\w~-]*)/g;
	my @missing = grep $page !~ /(?<![\w-])\Q$_\E(?![\w-])/, sort keys %option;
	is("@missing", '', "man: every option of $name is in its page");
}

is_run([qw(man 8 vkill)], 0, qr/\AVKILL\(8\)/, '', 'man: a section and a name');
is_run([qw(man 3 libvserver)], 0, qr/\ALIBVSERVER\(3\)/, '', 'man: the library');
is_run([qw(man vserver-lists)], 0, qr/virt_uptime/, '', 'man: the names of bits');
is_run([qw(man 3 vkill)], 16, '', "man: there is no page vkill in section 3: 'man' lists those that there are\n", 'man: another section');
is_run([qw(man nonsense)], 16, '', "man: there is no page nonsense: 'man' lists those that there are\n", 'man: no such page');
is_run([qw(man ../../../etc/passwd)], 2, '', qr/is no name of a page/, 'man: a path is no name');
is_run([qw(man x vkill)], 2, '', qr/'x' is no section/, 'man: a section that is none');
is_run([qw(man 8 vkill vwait)], 2, '', qr/one page at a time/, 'man: two pages');
is_run([qw(man -k vkill)], 2, '', qr/there is no option -k/, 'man: an option');
my @wide = grep length > 80, map { split /\n/, (run('man', $_))[1] } @command;
is("@wide", '', 'man: no line is wider than a terminal');

# On a terminal it is shown page by page.
my $pty = Pty->new(24, 80, qw(man vcontext));
ok($pty->shows(qr/VCONTEXT\(8\)/), 'man: on a terminal it begins');
ok($pty->{text} !~ /SEE ALSO/, 'man: and does not go on to its end');
$pty->type('q');
is($pty->ends, 0, 'man: until it is left');
done_testing();
