# SPDX-License-Identifier: GPL-2.0-only
#
# The commands of an administrator, as a shell runs them.
#
#   my ($exit, $out, $err) = run('vcontext', '--create', '--', 'true');     # $exit is 128 + N after signal N, 127 if there is none
#   is_run(['vkill', '--bogus'], 2, '', qr/usage: vkill/, 'vkill: ...');    # texts are compared, patterns matched
#   my $pid = start('vwait', 42);                                           # goes on; waitpid() is for the caller
package Command;
use strict;
use TAP;
use Sys;

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_ for qw(run run_with_input start is_run every_command);
}

# Every command that there is, by the name that it has in /usr/sbin.
sub every_command {
	opendir my $dir, '/usr/sbin' or die "/usr/sbin: $!\n";
	return sort grep { (readlink "/usr/sbin/$_" || '') eq '/sbin/vserver-tools' } readdir $dir;
}

sub slurp {
	my ($path) = @_;
	open my $file, '<', $path or die "$path: $!\n";
	local $/;
	my $text = <$file>;
	return defined $text ? $text : '';
}

sub become {
	my (@command) = @_;
	exec {$command[0]} @command or do {
		syswrite STDERR, "$command[0]: $!\n";
		Sys::leave(127);
	};
}

# start(COMMAND...): a child of the test, with the test's own input and output.
sub start {
	my (@command) = @_;
	my $pid = fork;
	defined $pid or die "fork: $!\n";
	become(@command) if !$pid;
	return $pid;
}

sub run { return run_with_input('', @_) }

# run_with_input(TEXT, COMMAND...): what the command printed goes through files, which no process that it leaves behind keeps open for us.
sub run_with_input {
	my ($input, @command) = @_;
	my ($in, $out, $err) = map "/run/command-$$-$_", qw(in out err);
	open my $text, '>', $in or die "$in: $!\n";
	print $text $input;
	close $text or die "$in: $!\n";
	my $pid = fork;
	defined $pid or die "fork: $!\n";
	if (!$pid) {
		open STDIN, '<', $in or Sys::leave(126);
		open STDOUT, '>', $out or Sys::leave(126);
		open STDERR, '>', $err or Sys::leave(126);
		become(@command);
	}
	waitpid $pid, 0;
	my $exit = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	my @said = (slurp($out), slurp($err));
	unlink $in, $out, $err;
	return ($exit, @said);
}

sub matches {
	my ($got, $wanted) = @_;
	return ref $wanted ? $got =~ $wanted : $got eq $wanted;
}

# is_run([COMMAND...], EXIT, STDOUT, STDERR, TITLE): one check of all three.
sub is_run {
	my ($command, $exit, $out, $err, $title) = @_;
	my @got = run(@$command);
	my $good = matches($got[0], $exit) && matches($got[1], $out) && matches($got[2], $err);
	ok($good, $title) and return 1;
	diag("@$command: exit $got[0], wanted $exit");
	diag("stdout: $got[1]\nwanted: $out") if !matches($got[1], $out);
	diag("stderr: $got[2]\nwanted: $err") if !matches($got[2], $err);
	return 0;
}

1;
