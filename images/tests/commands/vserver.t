#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver: a guest is built, started, entered, stopped and deleted; and nothing is left of what fails.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;
use Guests;
use Pty;

my $CONFIG = '/etc/vservers/web';

sub write_config { return Guests::write_config('web', @_) }

# build
is_run([qw(vserver web build -m busybox --context 100 --hostname www)], 0, '', '', 'vserver: build -m busybox');
is((run(qw(du -s /vservers/web)))[1] =~ /^(\d+)/ && $1 < 64 ? 'small' : 'large', 'small', 'vserver: of which nothing is copied that can be shared');
is_run([qw(vserver web build -m busybox)], 1, '', "vserver: $CONFIG: File exists\n", 'vserver: a guest that is there is not built again');
is_run([qw(vserver web status)], 3, "Vserver 'web' is stopped\n", '', 'vserver: status of one that does not run');
is_run([qw(vserver --silent web status)], 3, '', '', 'vserver: --silent prints nothing of that');
is_run([qw(vserver web running)], 1, '', '', 'vserver: nor is it running');
is_run([qw(vserver web exec true)], 1, '', qr/\Avserver: vserver 'web' is not running: 'vserver web start' starts it/, 'vserver: nothing can be run in it');
is_run([qw(vserver web enter)], 1, '', qr/is not running/, 'vserver: nor can it be entered');

# start
is_run([qw(vserver web start)], 0, '', '', 'vserver: start');
is_run([qw(vserver web status)], 0, qr/\AVserver 'web' is running at context '100'\nNumber of processes:  1\nUptime:               00:00\n\z/, '', 'vserver: status');
is_run([qw(vserver web running)], 0, '', '', 'vserver: it is running');
is_run([qw(vserver web start)], 0, '', "vserver: vserver 'web' already running\n", 'vserver: start of one that runs');
is_run([qw(vserver-info web CONTEXT)], 0, "100\n", '', 'vserver: its name stands for its context');
like((run(qw(vps -o), 'pid,comm'))[1], qr/^ *\d+ +100 web +syslogd$/m, 'vserver: vps shows it by its name');

# What it is like inside
my ($exit, $out, $err) = run(qw(vserver web exec sh -c), 'hostname; whoami; echo /*; cat /proc/self/vinfo /proc/self/ninfo; exit 4');
is("$exit $err", '4 ', 'vserver: exec exits as the program does');
like($out, qr/\Awww\nroot\n/, 'vserver: its host name, and its users');
like($out, qr{^/bin /dev /etc /home /mnt /proc /root /run /sbin /tmp /usr /var$}m, 'vserver: its root, and nothing of the host\'s');
like($out, qr/^XID:\t100\nBCaps:\t00000000b40c04ff\nCCaps:\t0000000000004101\nCFlags:\t0000001602020010$/m, 'vserver: what a guest may that nobody trusts');
like($out, qr/^NID:\t100\nNCaps:\t0{13}100\nNFlags:\t0000000406000200$/m, 'vserver: its network context');
is_run([qw(vserver web exec touch /bin/x)], 1, '', qr/Read-only file system/, 'vserver: what is shared cannot be changed');
is_run([qw(vserver web exec mount -o), 'remount,bind,rw', '/bin'], 1, '', qr/./, 'vserver: nor made writable');
is_run([qw(vserver web exec mknod /tmp/sda b 8 0)], 1, '', qr/not permitted/, 'vserver: no device can be made');
is_run([qw(vserver web exec vserver-info)], 1, '', qr{\Avserver: vserver-info: No such file}, 'vserver: the commands of the host are not in there');
is_run([qw(vserver web exec sh -c), 'ls /vservers /.oldroot 2>/dev/null | wc -l'], 0, "0\n", '', 'vserver: nothing of the old root is left');
is_run([qw(vserver web exec /no/such/program)], 1, '', qr{\Avserver: /no/such/program: No such file}, 'vserver: a program that is not there');
is_run(['sh', '-c', 'exec 5</etc/passwd; vserver web exec readlink /proc/self/fd/5'], 1, '', '', 'vserver: no descriptor of the host goes in');

# enter
my $pty = Pty->new(24, 80, qw(vserver web enter));
ok($pty->shows(qr/root\@www:/), 'vserver: enter, and the prompt is the guest\'s');
$pty->type("tty\r");
ok($pty->shows(qr{/dev/pts/0}), 'vserver: on a terminal of the guest');
$pty->type("exit 7\r");
is($pty->ends, 7, 'vserver: until it is left');

# stop
is_run([qw(vserver web stop)], 0, '', '', 'vserver: stop');
is(traces(), '', 'vserver: of which nothing is left');
is_run([qw(vserver web stop)], 0, '', "vserver: vserver 'web' is not running\n", 'vserver: stop of one that does not run');

# plain, in a pid namespace of its own: the init is process 1 in there.
write_config('apps/init/style', "plain\n");
write_config('spaces/pid', '');
write_config('apps/vshelper/sync-timeout', "1\n");
system('printf "::sysinit:/etc/init.d/rc 3\n::ctrlaltdel:/etc/init.d/rc 6\n::respawn:/bin/sleep 1000\n" >/vservers/web/etc/inittab') and die "no inittab\n";
is_run([qw(vserver web start)], 0, '', '', 'vserver: start of style plain');
is_run([qw(vserver web exec sh -c), 'readlink /proc/1/exe; grep CIPid /proc/self/vinfo'], 0, qr{\A/bin/busybox\nCIPid:\t[1-9]\d*\n}, '', 'vserver: its init is process 1 in a pid namespace of its own');
$pty = Pty->new(24, 80, qw(vserver web enter));
$pty->type("echo pid \$\$\r");
ok($pty->shows(qr/^pid \d{1,2}\r$/m), 'vserver: who enters is in there, too') or diag($pty->{text});
$pty->type("exit\r");
is($pty->ends, 0, 'vserver: and leaves');
is_run([qw(vserver web stop)], 0, '', '', 'vserver: stop of style plain');
is(traces(), '', 'vserver: of which nothing is left');
unlink "$CONFIG/spaces/pid", "$CONFIG/apps/init/style" or die "configuration: $!\n";

# Settings of ids that this kernel does not have: the guest starts, and they are named.
write_config('rlimits/nproc', "100\n");
write_config('schedule', "1\n4\n500\n100\n1000\n0\n");
write_config('interfaces/0/ip', "10.0.0.2\n");
write_config('uts/release', "2.6.16\n");
($exit, $out, $err) = run(qw(vserver web start));
is($exit, 0, 'vserver: settings of ids to come do not keep it from starting');
for (['interfaces/0', 'net_add_ipv4', '2c'], ['rlimits/nproc', 'set_rlimit', '6b'], ['schedule', 'set_sched', '5a']) {
	my ($what, $word, $id) = @$_;
	like($err, qr/^vserver: warning: the guest starts without: \Q$what\E: this kernel has no $word, which comes with plan id $id$/m, "vserver: $what is named, with $id");
}
like($err, qr{^vserver: warning: .*uts/release: .*plan id 3a$}m, 'vserver: uts/release is named, with 3a');
run(qw(vserver web stop));
unlink map "$CONFIG/$_", qw(rlimits/nproc schedule interfaces/0/ip uts/release);
rmdir "$CONFIG/interfaces/0";

# What is configured is what it gets.
write_config('flags', "# a comment\nhide_mount\n~hide_netif,lock\n\n");
write_config('bcapabilities', "NET_RAW\n~CAP_KILL\n");
write_config('ccapabilities', "~all,syslog\n");
write_config('ncapabilities', "multicast\n");
write_config('nflags', "hide_lback\n");
write_config('umask', "newuts\n");
write_config('uts/domainname', "example\n");
write_config('apps/init/environment', "PATH=/bin\nCOLOUR=blue\n");
write_config('name', "The web server\n");
write_config('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\ntmpfs /tmp tmpfs size=1m\nnone /mnt tmpfs noauto\n");
write_config('apps/init/cmd.start', "/bin/sh\n-c\necho \$COLOUR; cat /proc/self/vinfo >/tmp/info; sleep 1000 &\n");
is_run([qw(vserver web start)], 0, "blue\n", '', 'vserver: a start command, its environment, and what it prints');
is_run([qw(vattribute --get --xid web)], 0, "bcapabilities:\nCHOWN,DAC_OVERRIDE,DAC_READ_SEARCH,FOWNER,FSETID,SETGID,SETUID,NET_BIND_SERVICE,NET_RAW,SYS_CHROOT,SYS_PTRACE,SYS_TTY_CONFIG,LEASE,AUDIT_WRITE,SETFCAP\n"
	. "ccapabilities:\nsyslog\nflags:\nlock,fakeinit,virt_uptime,hide_mount,state_init,state_admin,sc_helper\numask:\nnewuts\n", '', 'vserver: flags and capabilities as they are configured');
is_run([qw(nattribute --get --nid 100)], 0, qr/\Ancapabilities:\nraw_icmp,multicast\nflags:\n.*hide_lback/, '', 'vserver: those of the network context');
is_run([qw(vserver web exec sh -c), 'cat /proc/sys/kernel/domainname; df -k /tmp | tail -n1 | tr -s " " | cut -d" " -f2'], 0, "example\n1024\n", '', 'vserver: its domain name, and its mounts');
is_run([qw(vserver web status)], 0, qr/\AVserver 'web' is running/, '', 'vserver: status names it as it was named');
like((run('vserver-stat'))[1], qr/^100 .* The web server$/m, 'vserver: vserver-stat by its name');
run(qw(vserver web stop));
is(traces(), '', 'vserver: of which nothing is left');
unlink map("$CONFIG/$_", qw(flags bcapabilities ccapabilities ncapabilities nflags umask uts/domainname apps/init/environment name apps/init/cmd.start));

# A broken configuration: nothing happens, and the file is named.
for (['context', 'abc', qr/'abc' is no number from 2 to 49151/], ['context', '60000', qr/'60000' is no number/], ['flags', "lock\nnonsense", qr/'nonsense' is no context flag/],
	['bcapabilities', 'x', qr/'x' is no capability/], ['fstab', "proc /proc", qr/line 1: a mount has/], ['fstab', "\nproc proc proc defaults", qr/line 2: the target proc/],
	['apps/init/style', 'gentoo', qr/'gentoo' is no style/], ['rlimits/as', '12x', qr/'12x' is no limit/], ['schedule', "1\n2", qr/six lines/],
	['interfaces/1/ip', '10.0.0', qr/'10.0.0' is no IPv4 address/], ['uts/context', 'x', qr/remove this file/], ['uts/nodename', 'x' x 65, qr/more than 64 bytes/],
	['apps/init/killseq', "15\nx", qr/'x' is no time/], ['spaces/net', 'other', qr/shared with no other guest/], ['apps/init/environment', 'PATH', qr/no NAME=VALUE/]) {
	my ($file, $text, $says) = @$_;
	my $before = read_file("$CONFIG/$file");
	write_config($file, "$text\n");
	is_run([qw(vserver web start)], 1, '', qr{\Avserver: $CONFIG/\Q$file\E: .*$says}, "vserver: refused: $file");
	defined $before ? write_config($file, $before) : unlink "$CONFIG/$file";
	rmdir "$CONFIG/interfaces/1" if $file =~ /interfaces/;
}
is(traces(), '', 'vserver: and nothing was started');

# Steps that fail: each is named, and undoes what was done before.
for (['fstab', "/no/such /mnt none bind", qr{fstab: line 1: mount /no/such at /mnt: No such file}], ['fstab', "tmpfs /none tmpfs defaults", qr{fstab: line 1: /none in the guest: No such file}],
	['apps/init/cmd.start', '/no/such/program', qr{/no/such/program in the guest: No such file}], ['apps/init/cmd.start', "/bin/sh\n-c\nsleep 1000 & exit 3", qr/exited with 3: what it has started is ended/],
	['apps/init/cmd.start', '/bin/true', qr/has left nothing that runs/]) {
	my ($file, $text, $says) = @$_;
	my $before = read_file("$CONFIG/$file");
	write_config($file, "$text\n");
	write_config('fstab', "/bin /bin none bind,ro\n") if $file ne 'fstab';
	is_run([qw(vserver web start)], 1, '', $says, "vserver: a step fails: " . join ' ', split /\n/, $text);
	is(traces(), '', 'vserver: and nothing of the others is left');
	defined $before ? write_config($file, $before) : unlink "$CONFIG/$file";
}
write_config('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\ndevpts /dev/pts devpts mode=620\ntmpfs /tmp tmpfs defaults\n");
my $other = member(100);
is_run([qw(vserver web start)], 1, '', qr/\Avserver: context 100: /, 'vserver: its context is somebody else\'s');
$other->quit;
is(traces(), '', 'vserver: and nothing of it is left');

# A link in the guest does not lead a mount out: it is its own /etc that is mounted upon.
system('rm -r /vservers/web/mnt && ln -s /etc /vservers/web/mnt') and die "no link\n";
write_config('fstab', "/bin /bin none bind,ro\ntmpfs /mnt tmpfs size=1m\n");
write_config('apps/init/cmd.start', "/bin/sh\n-c\necho /etc/*; sleep 1000 &\n");
is_run([qw(vserver web start)], 0, "/etc/*\n", '', 'vserver: a link in a guest leads a mount to /etc of the guest');
ok(-s '/etc/passwd', 'vserver: and not of the host');
run(qw(vserver web stop));

# Two at once
write_config('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\n");
write_config('apps/init/cmd.start', "/bin/sh\n-c\necho started; read line </etc/wait; sleep 1000 &\n");
system('mkfifo /vservers/web/etc/wait') and die "mkfifo\n";
pipe my $from, my $to or die "pipe: $!\n";
my $pid = fork;
if (!$pid) {
	open STDOUT, '>&', $to or Sys::leave(1);
	exec qw(vserver web start);
}
close $to;
is(scalar <$from>, "started\n", 'vserver: a start is under way');
is_run([qw(vserver web start)], 1, '', "vserver: vserver 'web' is being started by process $pid: try again when that is done\n", 'vserver: a second start meanwhile');
is_run([qw(vserver web stop)], 1, '', qr/is being started by process $pid/, 'vserver: a stop meanwhile');
is_run([qw(vserver --silent web delete)], 1, '', qr/is being started by process $pid/, 'vserver: a deletion meanwhile');
kill INT => $pid;
waitpid $pid, 0;
is($? >> 8, 1, 'vserver: the start is interrupted');
is(traces(), '', 'vserver: and nothing is left of it');
unlink "$CONFIG/apps/init/cmd.start";

# delete
$pty = Pty->new(24, 80, qw(vserver web delete));
ok($pty->shows(qr/Are you sure you want to delete the vserver web \(y\/N\) /), 'vserver: delete asks');
$pty->type("n\r");
is($pty->ends, 2, 'vserver: and does nothing if the answer is no');
is_run([qw(vserver web restart)], 0, '', '', 'vserver: restart of one that does not run');
is_run([qw(vserver --silent web delete)], 0, '', '', 'vserver: delete --silent stops it and asks nothing');
ok(!-e '/vservers/web' && !-e $CONFIG, 'vserver: its files are gone');
is(traces(), '', 'vserver: and nothing is left');
is_run([qw(vserver web status)], 5, '', "vserver: vserver 'web': /etc/vservers/web: No such file or directory\n", 'vserver: 5 without a guest');

# Mistakes
is_run([qw(vserver web)], 2, '', qr/say a guest and what to do/, 'vserver: no command');
is_run([qw(vserver web sing)], 2, '', qr/there is no command 'sing'/, 'vserver: a command that there is not');
is_run([qw(vserver web start now)], 2, '', qr/start takes nothing/, 'vserver: a word too many');
is_run([qw(vserver web exec)], 2, '', qr/exec takes a program/, 'vserver: no program');
is_run([qw(vserver web build)], 2, '', qr/say a method/, 'vserver: no method');
is_run([qw(vserver web build -m rpm)], 2, '', qr/there is no method 'rpm'/, 'vserver: a method that there is not');
is_run([qw(vserver a/b build -m busybox)], 2, '', qr{'a/b' is no name for a guest}, 'vserver: a name that is none');
is_run([qw(vserver - build --help)], 0, qr/\Ausage: vserver NAME build/, '', 'vserver: help about building');
done_testing();
