#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# reducecap: every option, and what it makes of a mistake; a program under it cannot have what was taken away again.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my $ALL = (1 << 41) - 1;
my $SECURE = 0xb40c04ff;

# The five sets of a program under reducecap, by its own words.
sub sets { return (run('reducecap', @_, '--', 'sh', '-c', 'sed -n "s/^Cap...:.//p" /proc/self/status'))[1] }
sub of { return join '', map sprintf("%08x%08x\n", int($_ / 4294967296), $_ & 0xffffffff), @_ }

is(sets(), of(0, $ALL, $ALL, $ALL, 0), 'reducecap: nothing is taken away where nothing is said');
is(sets('--cap', 'mknod'), of(0, ($ALL & ~(1 << 27)) x 3, 0), 'reducecap: --cap takes one away for good');
is(sets('--cap', 'MKNOD,CAP_BPF', '--cap', '^40'), of(0, ($ALL & ~(1 << 27 | 1 << 39 | 1 << 40)) x 3, 0), 'reducecap: a list, and again');
is(sets('--secure'), of(0, ($SECURE) x 3, 0), 'reducecap: --secure leaves what a guest has that nobody trusts');
is(sets('--secure', '--cap', 'kill'), of(0, ($SECURE & ~(1 << 5)) x 3, 0), 'reducecap: and --cap takes more');
is_run([qw(reducecap --cap mknod -- sh -c), 'mknod /run/node c 1 3; echo $?; exit 3'], 3, "1\n", qr/not permitted/, 'reducecap: it cannot do it; exits as the program does');
is_run([qw(reducecap --cap setpcap reducecap --cap mknod true)], 255, '', qr/drop mknod for good \(it takes setpcap\)/, 'reducecap: without setpcap nothing can be dropped for good');

# A setuid program does not bring it back, which others have it from. busybox gives its rights away: chroot-sh does not.
system('mkdir /suid && cp /sbin/vserver-tools /suid/chroot-sh && chmod 4755 /suid/chroot-sh') and die "no setuid program\n";
sub as_user {
	my (@command) = @_;
	my $pid = fork;
	defined $pid or die "fork: $!\n";
	if (!$pid) {
		open STDERR, '>', '/run/said' or Sys::leave(6);
		exec @command, $^X, '-Ilib', '-MSys', '-e', 'Sys::drop_root(1000) or exit 9; chdir "/"; exec "/suid/chroot-sh", "testfile", "/etc/passwd"' or Sys::leave(7);
	}
	waitpid $pid, 0;
	return ($? >> 8) . ' ' . read_file('/run/said');
}
is(as_user('env'), '0 ', 'reducecap: a setuid program has what its user has not');
is(as_user(qw(reducecap --cap sys_chroot --)), "1 chroot-sh: make the working directory the root directory: Operation not permitted\n", 'reducecap: not when it was taken away');
system('rm -r /suid /run/said');

# --flag, in a context
is_run([qw(vcontext --create --silent -- reducecap --flag), 'lock,private', '--', 'sh', '-c', 'grep CFlags /proc/self/vinfo'], 0, "CFlags:\t0000000700000009\n", '', 'reducecap: --flag sets flags of the own context, in its setup');
is_run([qw(chcontext --silent -- reducecap --flag lock true)], 255, '', qr/\Areducecap: the flags of one's own context: not from here/, 'reducecap: not past it');
is_run([qw(reducecap --flag lock true)], 255, '', qr/\Areducecap: the flags of one's own context: Invalid argument/, 'reducecap: the host has no context');
is_run([qw(chcontext --silent -- reducecap --flag hide_mount true)], 255, '', qr/bits 0 to 7/, 'reducecap: a flag that is not for oneself');

# --show
my ($exit, $out) = run(qw(reducecap --show));
my @line = split /\n/, $out;
is($line[0], '            Capability Effective  Permitted  Inheritable', 'reducecap: --show has a header');
is($line[1], 'chown' . ' ' x 22 . 'X' . ' ' x 9 . 'X', 'reducecap: and a row a capability');
is(scalar @line, 42, 'reducecap: for each there is');
my $poor = host();
$poor->drop_capability(21);
($exit, $out) = run(qw(reducecap --show --pid), $poor->pid);
is((grep /^sys_admin/, split /\n/, $out)[0], 'sys_admin', 'reducecap: --pid shows those of another');
$poor->quit;
is((grep /^mknod/, split /\n/, (run(qw(reducecap --cap mknod --show)))[1])[0], 'mknod', 'reducecap: --show comes after what is taken away');
is_run([qw(reducecap --show -- sh -c), 'echo then'], 0, qr/Inheritable.*^then\n\z/ms, '', 'reducecap: and before a program');

is_run(['reducecap'], 2, '', qr/which program/, 'reducecap: no program');
is_run([qw(reducecap --pid 1 true)], 2, '', qr/--pid goes with --show/, 'reducecap: --pid without --show');
is_run([qw(reducecap --show --pid 4194303)], 255, '', qr/the capabilities of process 4194303: No such process/, 'reducecap: a process that is not there');
is_run([qw(reducecap --show --pid x)], 255, '', qr/x is no pid/, 'reducecap: a pid that is none');
is_run([qw(reducecap --flag ~lock true)], 255, '', qr/--flag sets flags, and clears none/, 'reducecap: a flag is not cleared');
is_run([qw(reducecap --show --cap kill --pid 1)], 2, '', qr/--pid goes with --show alone/, 'reducecap: --pid with more');
is_run([qw(reducecap --cap nonsense true)], 255, '', "reducecap: 'nonsense' is no capability\n", 'reducecap: a capability that is none');
is_run([qw(reducecap --cap kill /no/such/program)], 255, '', qr{/no/such/program}, 'reducecap: a program that is not there');
done_testing();
