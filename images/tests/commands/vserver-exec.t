#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver exec and enter: what goes in, what comes out, and what stays with the caller.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;
use Guests;
use Pty;

# in_guest(NAME): whether a process of that name is in the context of the guest.
sub in_guest { my ($name) = @_; return scalar grep { (read_file("/proc/$_/comm") || '') eq "$name\n" && (task_xid($_) || 0) == 100 } grep /^\d+$/, list_dir('/proc') }

run(qw(vserver web build -m busybox --context 100));
run(qw(vserver web start));

# What a guest does to what it was given is done to nothing of the host's.
my @null = stat '/dev/null';
run('sh', '-c', 'vserver web exec sh -c "chmod 0 /proc/self/fd/0 /proc/self/fd/1; chown 12 /proc/self/fd/2" </dev/null >/dev/null 2>&1');
is(join(' ', (stat '/dev/null')[2, 4]), join(' ', @null[2, 4]), 'exec: of a /dev/null');
is_run(['sh', '-c', 'vserver web exec sh -c "echo one >/dev/stderr; echo two >/proc/self/fd/1" 2>&1 </dev/null | cat'], 0, "one\ntwo\n", '', 'exec: which can be opened by its name');

# Without a terminal
my ($exit, $out, $err) = run_with_input("one\ntwo\n", qw(vserver web exec sh -c), 'cat; echo three >&2; exit 4');
is("$exit $out $err", "4 one\ntwo\n three\n", 'exec: input, output, errors and the exit code');
is((run('sh', '-c', 'head -c 3000000 /dev/zero | vserver web exec cat | wc -c'))[1], "3000000\n", 'exec: as much as one likes');
is_run([qw(vserver web exec sh -c), 'kill -9 $$'], 137, '', '', 'exec: a program that is killed');
is_run(['sh', '-c', 'vserver web exec yes | head -n 1'], 0, "y\n", '', 'exec: who prints on ends with its reader');
my $own = (split ' ', read_file('/proc/self/stat'))[5];
is_run([qw(vserver web exec sh -c), 'cut -d" " -f6 /proc/self/stat'], 0, qr/\A(?!$own\n)\d+\n\z/, '', 'exec: its session is its own');
is_run([qw(env SECRET=1 TERM=vt100 vserver web exec env)], 0, "HOME=/root\nTERM=vt100\nPATH=/bin:/usr/bin:/sbin:/usr/sbin\n", '', 'exec: of the environment the terminal goes in, and nothing else');
is_run(['sh', '-c', 'echo "echo $((6*7))" | vserver web enter'], 0, "42\n", '', 'enter: without a terminal');

# Signals of the caller's go on to it.
for (['TERM', 143], ['INT', 130], ['HUP', 129]) {
	my ($signal, $code) = @$_;
	my $pid = start(qw(vserver web exec sh -c), 'echo $$ >/tmp/pid; sleep 1000');
	ok(wait_for(30, sub { (run(qw(vserver web exec cat /tmp/pid)))[1] =~ /^\d+$/ }), "exec: a program is asked by $signal");
	kill $signal => $pid;
	waitpid $pid, 0;
	is($? >> 8, $code, 'exec: and ends by that');
	ok(wait_for(30, sub { !in_guest('sleep') }), 'exec: with what it has started');
	run(qw(vserver web exec rm /tmp/pid));
}

# Whoever goes in is a copy of the program of the host, which nobody inside can write to.
for my $command ([qw(vserver web exec sleep 1000)], [qw(vcontext --create --silent --xid 42 --vlogin -- sleep 1000)]) {
	my $in = Pty->new(24, 80, @$command);
	ok(wait_for(30, sub { grep { (read_file("/proc/$_/comm") || '') eq "sleep\n" } grep /^\d+$/, list_dir('/proc') }), "exec: $command->[0] runs a program");
	like(readlink "/proc/$in->{pid}/exe", qr/memfd:vserver-tools/, 'exec: by a copy of itself');
	is((read_file("/proc/$in->{pid}/stat") =~ /\((.*)\)/)[0], $command->[0], 'exec: of the same name');
	open my $file, '<', "/proc/$in->{pid}/exe" or die "exe: $!\n";
	$in->type("\x03");
	is($in->ends, 130, 'exec: it ends');
	open my $again, '+<', '/proc/self/fd/' . fileno $file or die "exe: $!\n";
	is_errno(syswrite($again, 'x'), 'EPERM', 'exec: who has kept it cannot write to it');
}

# With terminals
sub lacks { my ($text, $part, $title) = @_; return ok(index($text, $part) < 0, $title) || diag($text) }
my $pty = Pty->new(24, 80, 'sh', '-c', 'vserver web exec sh -c "ls -l /proc/self/fd; echo stolen >/dev/tty; echo errors >&2; tr a-z A-Z; echo end" | cat; echo over');
$pty->type("typed\r");
ok($pty->shows(qr/^over\r$/m), 'exec: its output is a pipe');
$pty->ends;
lacks($pty->{text}, $pty->{path}, 'exec: no terminal of the caller goes in');
lacks($pty->{text}, 'stolen', 'exec: nor is there one that it controls');
lacks($pty->{text}, 'TYPED', 'exec: what is typed is the caller\'s');
like($pty->{text}, qr/^errors\r$/m, 'exec: and errors are shown');
$pty = Pty->new(24, 80, 'sh', '-c', 'vserver web exec sh -c "tty; test -t 2 && echo terminal; echo errors >&2" 2>/run/errors; echo over');
ok($pty->shows(qr/^over\r$/m), 'exec: on a terminal');
$pty->ends;
like($pty->{text}, qr{^/dev/pts/\d+\r$}m, 'exec: it has one of its own');
lacks($pty->{text}, 'terminal', 'exec: but where a file is said');
is(read_file('/run/errors'), "errors\n", 'exec: which it writes');
unlink '/run/errors';

# The /dev of a guest is the guest's.
system('rm /vservers/web/dev/ptmx && ln -s /proc/1/root/dev/ptmx /vservers/web/dev/ptmx') and die "no link\n";
$pty = Pty->new(24, 80, qw(vserver web exec sh -c), 'test -t 0 && echo terminal; ls -l /proc/self/fd');
ok($pty->shows(qr/^terminal\r$/m), 'exec: a guest whose /dev/ptmx leads out');
is($pty->ends, 0, 'exec: gets a terminal');
lacks($pty->{text}, "$pty->{path}\r", 'exec: which is another than the caller\'s');
system('ln -sfn pts/ptmx /vservers/web/dev/ptmx') and die "no link\n";

is_run([qw(vserver web stop)], 0, '', '', 'exec: the guest is stopped');

# In a pid namespace there is one between the two.
Guests::write_config('web', 'spaces/pid', '');
Guests::write_config('web', 'apps/init/style', "plain\n");
Guests::write_config('web', 'apps/init/cmd.start', "/bin/sh\n-c\nmkfifo /run/never; while :; do read line </run/never; done\n");
is_run([qw(vserver web start)], 0, '', '', 'exec: a guest with a pid namespace');
is_run([qw(vserver web exec sh -c), 'exit 9'], 9, '', '', 'exec: exits as the program does');
for my $signal (qw(TERM INT)) {
	my $pid = start(qw(vserver web exec sleep 4321));
	ok(wait_for(30, sub { in_guest('sleep') }), 'exec: a program in there');
	kill $signal => $pid;
	waitpid $pid, 0;
	is($? >> 8, $signal eq 'TERM' ? 143 : 130, "exec: ends by $signal");
	ok(wait_for(30, sub { !in_guest('sleep') }), 'exec: and does not go on');
}
$pty = Pty->new(24, 80, qw(vserver web enter));
$pty->type("sleep 4321\r");
ok(wait_for(30, sub { in_guest('sleep') }), 'enter: a program in there');
$pty->type("\x03exit 6\r");
is($pty->ends, 6, 'enter: ^C is the program\'s');
$pty = Pty->new(24, 80, qw(vserver web enter));
$pty->type("sleep 4321\r");
ok(wait_for(30, sub { in_guest('sleep') }), 'enter: another');
kill HUP => $pty->{pid};
is($pty->ends, 129, 'enter: whoever takes the one outside away');
ok(wait_for(30, sub { !in_guest('sleep') }), 'enter: takes the terminal away');
is_run([qw(vserver web stop)], 0, '', '', 'exec: it is stopped');
unlink map "/etc/vservers/web/$_", qw(spaces/pid apps/init/style apps/init/cmd.start);

# Until its setup is over nobody gets in, as nothing bounds a program in there.
my $member = member(100);
my $name = pack 'LZ65x3', 0, '/etc/vservers/web';
is(vserver(word('set_vhi_name'), 100, \$name), 0, 'exec: a context that is in setup is where the guest runs');
open my $file, '>', '/run/vservers/web' or die "/run/vservers/web: $!\n";
print $file "100\n0\n";
close $file;
is_run([qw(vserver web exec true)], 1, '', "vserver: vserver 'web' is being started: try again when that is done\n", 'exec: refused until it is over');
is_run([qw(vserver web enter)], 1, '', qr/is being started/, 'enter: likewise');
$member->quit;
is_run([qw(vserver --silent web delete)], 0, '', '', 'exec: the guest is deleted');
is(traces(), '', 'exec: and nothing is left');

# A build that is interrupted, and others meanwhile
mkdir '/run/fake';
system(q(printf '#!/bin/sh\n: >/run/fake/busy\nsleep 1000\n' >/run/fake/tar && chmod 755 /run/fake/tar && tar -cf /run/some.tar -C /etc passwd)) and die "no tar\n";
for my $signal (qw(TERM INT HUP)) {
	my $pid = start('env', "PATH=/run/fake:$ENV{PATH}", qw(vserver web build -m template -- -t /run/some.tar));
	ok(wait_for(30, sub { -e '/run/fake/busy' }), 'build: it takes its time');
	is_run([qw(vserver web start)], 1, '', "vserver: vserver 'web' is being built by process $pid: try again when that is done\n", 'build: no start meanwhile');
	is_run([qw(vserver --silent web delete)], 1, '', qr/is being built by process $pid/, 'build: nor a deletion');
	kill $signal => $pid;
	waitpid $pid, 0;
	is($? >> 8, 1, "build: interrupted by $signal");
	ok(!-e '/vservers/web' && !-e '/etc/vservers/web', 'build: and nothing is left');
	unlink '/run/fake/busy';
}
system('rm', '-r', '/run/fake', '/run/some.tar');
done_testing();
