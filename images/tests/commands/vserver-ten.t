#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver: ten guests at once, in the 128 MB that the machine of the tab has.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;
use Guests;

my @GUEST = map "ten$_", 1 .. 10;

# together(WORDS...): vserver GUEST WORDS of all of them at the same time; the exit codes.
sub together {
	my (@words) = @_;
	my @pid = map start('vserver', '--silent', $_, @words), @GUEST;
	return join ' ', map { waitpid $_, 0; $? >> 8 } @pid;
}

my $good = join ' ', (0) x @GUEST;
my ($free) = read_file('/proc/meminfo') =~ /^MemAvailable: +(\d+)/m;
is(together(qw(build -m busybox)), $good, 'vserver: ten are built at once');
is(together('start'), $good, 'vserver: and started at once');
is(together('running'), $good, 'vserver: all of them run');

my @xid = sort { $a <=> $b } grep /^\d+$/, list_dir('/proc/virtual');
is(scalar @xid, 10, 'vserver: each in a context of its own, whose number nobody has chosen');
my ($exit, $out) = run('vserver-stat');
is(join(' ', sort $out =~ /^\d+ .* (ten\d+)$/mg), join(' ', sort @GUEST), 'vserver: vserver-stat has a line for each');
is(scalar(() = (run(qw(vps -o), "pid,comm"))[1] =~ m{^ *\d+ +\d+ ten\d+ +syslogd$}mg), 10, "vserver: vps shows the processes of all");

# What one writes is another's in no way.
for my $guest (@GUEST) {
	run('vserver', $guest, 'exec', 'sh', '-c', "echo $guest >/tmp/mine");
}
is(join(', ', map { (run('vserver', $_, 'exec', 'sh', '-c', 'cat /tmp/mine; hostname'))[1] } @GUEST), join(', ', map "$_\n$_\n", @GUEST), 'vserver: each has its own files and its own host name');

my ($left) = read_file('/proc/meminfo') =~ /^MemAvailable: +(\d+)/m;
ok($free - $left < 10 * 1024, 'vserver: they take less than 1 MiB of memory each') or diag("$free KiB before, $left with ten guests");
# What one stops is its own.
is_run([qw(vserver ten1 stop)], 0, '', '', 'vserver: one of them is stopped');
is(together('running'), join(' ', 1, (0) x 9), 'vserver: and the others run on');
is(together('stop'), $good, 'vserver: and stopped at once');
is(traces(), '', 'vserver: nothing of the ten is left');
is(together('delete'), $good, 'vserver: they are deleted');
is(join(' ', grep /^ten/, list_dir('/vservers'), list_dir('/etc/vservers')), '', 'vserver: with their files and configurations');
done_testing();
