#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vspace and vnamespace: every option, and what they make of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my @NAMES = qw(mnt uts ipc user pid_for_children net);
my %OPTION = (mnt => 'mount', uts => 'uts', ipc => 'ipc', user => 'user', pid_for_children => 'pid', net => 'net');
my $PRINT = join '; ', map "readlink /proc/self/ns/$_", @NAMES;

# The namespaces that are others than the test's, by the output of $PRINT.
sub different {
	my @theirs = split /\n/, $_[0];
	return join ' ', map { $theirs[$_] eq readlink "/proc/self/ns/$NAMES[$_]" ? () : $NAMES[$_] } 0 .. $#NAMES;
}

sub is_new {
	my ($wanted, @option) = @_;
	my ($exit, $out, $err) = run('vspace', '--new', @option, '--', 'sh', '-c', "$PRINT; exit 6");
	is("$exit $err" . different($out), "6 $wanted", "vspace: --new @option");
}

# --new: each alone, by its letter, together, and taken away again
is_new($_, "--$OPTION{$_}") for grep !/pid/, @NAMES;
is_new('mnt', '-M');
is_new('uts', '-U');
is_new('ipc', '-I');
is_new('user', '-S');
is_new('net', '-N');
is_new('mnt uts', qw(--mount --fs --uts));
is_new('mnt', qw(--mount --uts --~uts));
is_new('ipc', qw(-M -I --~mount -F --~fs));
is_new('mnt uts ipc', '--default');
is_new('uts', qw(--default --~mount --~ipc --~fs));
is_new('net', qw(--default -N --~default));
is_new('uts', '--mask', 0x04000000);
is_new('uts net', qw(--mount --mask 0x44000000));
is_run([qw(vspace -n --pid -- sh -c), 'echo $$'], 0, "1\n", '', 'vspace: -n --pid begins with a process 1');
is_run([qw(vspace -n -P -- sh -c), 'echo $$'], 0, "1\n", '', 'vspace: so does -P');

# Signals for it are the program's.
pipe my $out, my $in or die "pipe: $!\n";
my $pid = fork;
if (!$pid) {
	open STDOUT, '>&', $in or Sys::leave(1);
	exec qw(vspace --new --pid --uts -- sh -c), 'trap "exit 5" TERM; echo up; while :; do sleep 1; done';
}
close $in;
is(scalar <$out>, "up\n", 'vspace: a program that waits for a signal');
kill TERM => $pid;
waitpid $pid, 0;
is($?, 5 << 8, 'vspace: gets it, and vspace exits as it does');
is_run([qw(vspace --new --uts -- sh -c), 'kill -9 $$'], 137, '', '', 'vspace: a program that is killed');

# Ends what runs in 42, and the one that started it.
sub end_context {
	my ($starter) = @_;
	kill KILL => $starter;
	run(qw(vkill --xid 42 -s KILL));
	waitpid $starter, 0;
	wait_for(30, sub { !-e '/proc/virtual/42' }) or die "context 42 does not end\n";
}

# --set and --enter
my $holder = start(qw(vspace --new --uts --ipc -- vcontext --create --silent --xid 42 -- vspace --set --uts -- sh -c), 'hostname inside; sleep 1000');
ok(wait_for(30, sub { (field('/proc/virtual/42/nsproxy', 'NodeName') || '') eq 'inside' }), 'vspace: --set keeps a namespace in the own context');
is_run([qw(vspace --enter 42 --uts -- hostname)], 0, "inside\n", '', 'vspace: --enter takes it');
is_run([qw(vspace -e 42 -U hostname)], 0, "inside\n", '', 'vspace: -e is --enter; -- may be missing');
my ($exit, $text, $err) = run(qw(vspace --enter 42 --uts -- sh -c), $PRINT);
is(different($text), 'uts', 'vspace: and no other');
is_run([qw(vspace --enter 42 --net -- true)], 255, '', qr/\Avspace: enter the namespaces of context 42: Invalid argument/, 'vspace: what is not kept cannot be entered');
is_run([qw(vspace --enter 43 --uts -- true)], 255, '', "vspace: enter the namespaces of context 43: there is no such context\n", 'vspace: a context that is not there');
end_context($holder);
is_run([qw(vcontext --create --silent --xid 42 -- vspace -s --uts)], 0, '', '', 'vspace: --set needs no program');

# Mistakes
is_run([qw(vspace --set --uts)], 255, '', qr/keep the namespaces in one's own context: there is no such context/, 'vspace: the host has no context');
is_run([qw(vspace --uts true)], 2, '', qr/say one of --new/, 'vspace: no way');
is_run([qw(vspace --new --set --uts true)], 2, '', qr/say one of --new/, 'vspace: two ways');
is_run([qw(vspace --new true)], 2, '', qr/which namespaces/, 'vspace: no namespace');
is_run([qw(vspace --new --uts)], 2, '', qr/which program/, 'vspace: no program');
is_run([qw(vspace --new --mask x true)], 255, '', qr/x is no mask/, 'vspace: a mask that is none');
is_run([qw(vspace --new --mask), 0x04000100, 'true'], 255, '', qr/is no mask: there is a bit in it/, 'vspace: a bit that is no namespace');
is_run([qw(vspace --enter nobody --uts true)], 255, '', qr/nobody is no context/, 'vspace: a name that no guest has');
is_run([qw(vspace --new --uts -- /no/such/program)], 255, '', qr{/no/such/program}, 'vspace: a program that is not there');
is_run([qw(vspace --cleanup true)], 2, '', qr/cleanup/, 'vspace: --cleanup is of vnamespace');

# vnamespace
($exit, $text, $err) = run(qw(vnamespace --new -- sh -c), "$PRINT; exit 6");
is("$exit $err" . different($text), '6 mnt', 'vnamespace: --new is a mount namespace');
($exit, $text, $err) = run(qw(vnamespace -n --uts sh -c), $PRINT);
is(different($text), 'mnt uts', 'vnamespace: with what else is said');
mkdir '/run/mark';
$holder = start('sh', '-c', 'cd / && exec vnamespace --new -- vcontext --create --silent --xid 42 -- vnamespace --set -- sh -c "mount -t tmpfs none /run/mark && touch /run/mark/here && sleep 1000"');
ok(wait_for(30, sub { (run(qw(vnamespace --enter 42 -- ls /run/mark)))[1] eq "here\n" }), 'vnamespace: --set and --enter');
ok(!-e '/run/mark/here', 'vnamespace: of which nothing is seen outside');
is_run([qw(vnamespace -e 42 ls /run/mark)], 0, "here\n", '', 'vnamespace: -e is --enter');
end_context($holder);

# --cleanup: who has another root cannot see it, but who enters the namespace can.
system('mkdir -p /run/root && mount -t tmpfs none /run/root && mkdir /run/root/bin && cp /bin/busybox /run/root/bin/sh && cp /sbin/vserver-tools /run/root/bin/vnamespace')
	and die "no root for the test\n";
for my $option ('--cleanup', '-c') {
	pipe my $up_out, my $up_in or die "pipe: $!\n";
	pipe my $wait_out, my $wait_in or die "pipe: $!\n";
	$holder = fork;
	if (!$holder) {
		open STDIN, '<&', $wait_out or Sys::leave(1);
		open STDOUT, '>&', $up_in or Sys::leave(1);
		close $wait_in;
		exec qw(vnamespace --new -- chroot /run/root /bin/vnamespace), $option, '--', '/bin/sh', '-c', 'echo $$; read line';
	}
	close $up_in;
	chomp(my $inside = <$up_out> || '');
	like($inside, qr/^\d+$/, "vnamespace: $option runs the program");
	is_run(['nsenter', '-t', $inside, '-m', 'ls', '/proc'], 0, '', '', "vnamespace: $option has unmounted what it cannot reach");
	is_run(['nsenter', '-t', $inside, '-m', 'ls', '/run/root/bin'], 0, "sh\nvnamespace\n", '', "vnamespace: $option leaves what it can");
	close $wait_in;
	waitpid $holder, 0;
}
ok(-e '/proc/self', 'vnamespace: in that namespace alone');
system('umount /run/root');
is_run([qw(vnamespace true)], 2, '', qr/say one of --new, --enter, --set and --cleanup/, 'vnamespace: no way');
done_testing();
