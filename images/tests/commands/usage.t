#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# What all commands have in common: --help, what they say of an option that they do not have, and what becomes of them who may not.
use strict;
use TAP;
use VServer;
use Callers;
use Command;

my @command = every_command();
ok(@command >= 17, 'commands: they are there');

is_run(['sh', '-c', "$_ --help >/dev/full"], qr/./, '', qr/^\Q$_\E: write: No space left on device$/m, "$_: says that it could not write") for qw(vcontext man);

is_run([$_, '--version'], 0, qr/\A\Q$_\E \(vserver playground\) \d/, '', "$_: --version") for @command;
is_run(['sh', '-c', 'vcontext --create --xid 4800 --silent --disconnect -- sh -c "readlink /proc/self/fd/0 >/run/input; sleep 1000" <&-'], 0, '', '', 'commands: without standard input one begins all the same');
ok(wait_for(30, sub { (read_file('/run/input') || '') eq "/null\n" }), 'commands: and has a /dev/null for it, that is not the host\'s');
run(qw(vkill --xid 4800 -s KILL));

# These give what they do not know to the program that they run.
my %passes_on = map { $_ => 1 } qw(vps vtop);

for my $name (@command) {
	is_run([$name, '--help'], 0, qr/\Ausage: \Q$name\E\b.*^Exits /ms, '', "$name: --help is its usage, on standard output, and tells its exit codes");
	next if $passes_on{$name};
	is_run([$name, '--no-such-option'], 2, '', qr/no-such-option.*^usage: \Q$name\E\b/ms, "$name: an option that it does not have is named, with the usage, and exits 2");
}

# A guest may run them: each says that it may not, and by what it is meant to say it.
my %refused = (
	chcontext => [255, 'true'], ncontext => [255, qw(--create true)], vattribute => [1, '--get'], nattribute => [1, '--get'],
	vcontext => [255, qw(--create true)], vhistory => [1], vkill => [1, qw(--xid 42)], vnamespace => [255, qw(--enter 42 true)], vps => [254],
	'vserver-stat' => [1], vspace => [255, qw(--set --uts)], vtop => [255, '-n1'], vwait => [127, 42],
);
my $guest = guest(42);
sub in_guest { return join "\0", run(@_) }
for my $name (sort keys %refused) {
	my ($exit, @argument) = @{$refused{$name}};
	my ($got, $out, $err) = split /\0/, $guest->in_guest($name, @argument), -1;
	is($got, $exit, "$name: in a guest it exits $exit");
	like($err, qr/^\Q$name\E: .*: not from here: it takes root of the host/, "$name: and says that it takes root of the host");
}
$guest->quit;
done_testing();
