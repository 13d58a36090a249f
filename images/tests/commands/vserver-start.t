#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver start, stop, restart and delete of guests that do not do what they should, and of configurations that are seldom.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Command;
use Guests;
use Pty;

my $CONFIG = '/etc/vservers/web';
sub configure { my ($file, $text) = @_; Guests::write_config('web', $file, $text) }
# The start or stop command: a shell with this script.
sub starts_with { configure('apps/init/cmd.start', "/bin/sh\n-c\n$_[0]\n") }
sub stops_with { configure('apps/init/cmd.stop', "/bin/sh\n-c\n$_[0]\n") }

run(qw(vserver web build -m busybox --context 100));

# A stop command
starts_with('sleep 1000 & sleep 1001 &');
run(qw(vserver web start));
stops_with('echo asked; echo why >&2; kill -9 0');
is_run([qw(vserver web stop)], 0, "asked\n", "why\nvserver: the stop command /bin/sh exited with 137: what still runs is killed\n", 'stop: a command that kills its group kills nobody else');
is(traces(), '', 'stop: and nothing is left');
run(qw(vserver web start));
stops_with('echo asked; sleep 1000');
configure('apps/vshelper/sync-timeout', "3\n");
is_run([qw(vserver web stop)], 0, "asked\n", "vserver: the stop command /bin/sh has not ended in 3 s: what still runs is killed\n", 'stop: a command that does not end is not waited for');
is(traces(), '', 'stop: and nothing is left');
unlink "$CONFIG/apps/vshelper/sync-timeout";
starts_with('trap "" TERM INT HUP; while :; do sleep 1; done &');
stops_with('exit 0');
configure('apps/init/killseq', "TERM\n1\nKILL\n");
run(qw(vserver web start));
is_run([qw(vserver web stop)], 0, '', '', 'stop: a guest that heeds no signal is killed');
is(traces(), '', 'stop: and nothing is left');
configure('apps/init/killseq', "9\n0\n");
run(qw(vserver web start));
is_run([qw(vserver web stop)], 0, '', '', 'stop: without a wait behind the last signal it is waited for all the same');
unlink "$CONFIG/apps/init/killseq";

# The caller's terminal is none of the guest's.
run(qw(vserver web start));
stops_with('tty; ls -l /proc/self/fd; echo stolen >/dev/tty; echo done');
my $pty = Pty->new(24, 80, qw(vserver web stop));
ok($pty->shows(qr/^done\r$/m), 'stop: on a terminal');
is($pty->ends, 0, 'stop: it ends');
ok(index($pty->{text}, $pty->{path}) < 0, 'stop: which its command has not') or
unlike($pty->{text}, qr/stolen/, 'stop: nor as its controlling one');
stops_with('exit 0');
sub unlike { my ($text, $pattern, $title) = @_; return ok($text !~ $pattern, $title) || diag($text) }

# A daemon that prints when its start is long over
starts_with('(trap "echo ended by PIPE >/tmp/state" PIPE; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo late; echo late >&2; echo alive >/tmp/state; sleep 1000) &');
is_run([qw(vserver web start)], 0, '', '', 'start: of a daemon');
run(qw(vserver web exec touch /tmp/go));
ok(wait_for(30, sub { (run(qw(vserver web exec cat /tmp/state)))[1] eq "alive\n" }), 'start: it may print when nobody reads any more');
is_run([qw(vserver web stop)], 0, '', '', 'start: and is stopped');
starts_with('i=0; while [ $i -lt 2000 ]; do echo "a line of some length, number $i"; i=$((i+1)); done; (while :; do echo flood; done) & ');
my ($exit, $out, $err) = run(qw(vserver web start));
is("$exit $err", '0 ', 'start: a flood that is left behind keeps nobody');
is(scalar(() = $out =~ /^a line of some length, number \d+$/mg), 2000, 'start: and what the start command printed is all there');
run(qw(vserver web stop));
is((run('sh', '-c', 'vserver web start >/dev/full'))[2], "vserver: what the guest printed is lost: No space left on device\n", 'start: what it prints cannot be written: it starts, and that is said');
run(qw(vserver web stop));

# Guests that last without processes, and starts that fail
configure('flags', "persistent\n");
configure('nflags', "persistent\n");
starts_with('exit 0');
is_run([qw(vserver web start)], 0, '', '', 'start: a persistent guest needs no process');
is_run([qw(vserver web status)], 0, qr/^Number of processes:  0$/m, '', 'start: and has none');
is_run([qw(vserver web exec true)], 0, '', '', 'start: it can be entered');
is_run([qw(vserver web stop)], 0, '', '', 'stop: and stopped');
is(traces(), '', 'stop: nothing is left, of its network context neither');
starts_with('exit 3');
is_run([qw(vserver web start)], 1, '', qr/exited with 3/, 'start: one whose start command fails');
is(traces(), '', 'start: leaves nothing');
configure('apps/init/cmd.start', "/no/such\n");
is_run([qw(vserver web start)], 1, '', qr{\Avserver: /no/such in the guest: No such file or directory\n\z}, 'start: nor one that is not there');
is(traces(), '', 'start: leaves nothing');
unlink map "$CONFIG/$_", qw(flags nflags);

# A start that is interrupted, as anybody may do it
starts_with('echo begun; sleep 1000');
for my $signal (qw(INT TERM HUP QUIT)) {
	pipe my $from, my $to or die "pipe: $!\n";
	my $pid = fork;
	if (!$pid) {
		open STDOUT, '>&', $to or Sys::leave(1);
		open STDERR, '>&', $to or Sys::leave(1);
		exec qw(vserver web start) or Sys::leave(1);
	}
	close $to;
	my @said = scalar <$from>;
	kill $signal => $pid;
	push @said, <$from>;
	waitpid $pid, 0;
	is(join('', $? >> 8, ' ', @said), "1 begun\nvserver: interrupted: what was started is ended\n", "start: interrupted by $signal");
	is(traces(), '', 'start: and nothing is left');
}
# What its caller ignores is none of the guest's business.
starts_with('trap "echo heard" USR1; kill -USR1 $$; sed -n "s/^SigIgn://p" /proc/self/status; sleep 1000 &');
is_run(['sh', '-c', 'trap "" USR1 PIPE CHLD; exec vserver web start'], 0, "heard\n\t0000000000000000\n", '', 'start: signals are not ignored in the guest');
run(qw(vserver web stop));
# nohup
starts_with('kill -HUP "$(cat /tmp/parent)"; sleep 1000 &');
configure('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\n");
is_run(['sh', '-c', 'echo $$ >/vservers/web/tmp/parent; trap "" HUP; exec vserver web start'], 0, '', '', 'start: a signal that its caller has it ignore is ignored');
run(qw(vserver web stop));

# A configuration that has broken meanwhile
starts_with('sleep 1000 &');
run(qw(vserver web start));
configure('rlimits/as', "much\n");
is_run([qw(vserver web restart)], 1, '', "vserver: $CONFIG/rlimits/as: 'much' is no limit\n", 'restart: one that could not be started again is not stopped');
is_run([qw(vserver web running)], 0, '', '', 'restart: and goes on');
is_run([qw(vserver web stop)], 0, '', "vserver: $CONFIG/rlimits/as: 'much' is no limit\nvserver: the configuration is broken: the guest is not asked to end, but killed\n", 'stop: a broken configuration keeps nobody from stopping it');
is(traces(), '', 'stop: and nothing is left');
unlink "$CONFIG/rlimits/as";
is_run([qw(vserver web start)], 0, '', '', 'restart: of one that runs');
my $before = (run(qw(vserver web exec sh -c), 'cat /proc/[0-9]*/cmdline | wc -c'))[1];
is_run([qw(vserver web restart)], 0, '', '', 'restart: is done');
is_run([qw(vserver web running)], 0, '', '', 'restart: and it runs again');

# One guest by whichever path
system('ln', '-s', $CONFIG, '/run/link') and die "no link\n";
is_run(['vserver', $_, 'running'], 0, '', '', "running: $_") for '/run/link', $CONFIG, '/etc/../etc/vservers/web/';
is_run(['vserver', '/run/link', 'start'], 0, '', "vserver: vserver 'web' already running\n", 'start: it is not started twice by two paths');
is_run([qw(vserver web stop)], 0, '', '', 'stop: it is stopped');
unlink '/run/link';

# Names that look like ours
run(qw(vserver web.lock build -m busybox));
is_run([qw(vserver web.lock start)], 0, '', '', 'start: a guest whose name ends in .lock');
is_run([qw(vserver web start)], 0, '', '', 'start: and the one that it is called after');
is_run([qw(vserver web.lock running)], 0, '', '', 'start: both run');
is_run([qw(vserver web stop)], 0, '', '', 'stop: the one');
is_run([qw(vserver web.lock stop)], 0, '', '', 'stop: and the other');
run(qw(vserver --silent web.lock delete));

# Two guests of one network context
run(qw(vserver two build -m busybox));
configure('ncontext', "77\n");
Guests::write_config('two', 'ncontext', "77\n");
is_run([qw(vserver web start)], 0, '', '', 'start: a guest with a network context of another number');
is_run([qw(vserver two start)], 0, '', '', 'start: a second one enters it');
is_run([qw(vserver two exec grep NID /proc/self/ninfo)], 0, "NID:\t77\n", '', 'start: and is in there');
run('vserver', $_, 'stop') for qw(web two);
is(traces(), '', 'stop: nothing of the two is left');
run(qw(vserver --silent two delete));
unlink "$CONFIG/ncontext";

# Network namespaces
configure('spaces/net', '');
is_run([qw(vserver web start)], 0, '', '', 'start: with a network namespace of its own');
is_run([qw(vserver web exec sh -c), 'cat /proc/self/ninfo; wc -l </proc/net/dev'], 0, qr/\ANID:\t0\n.*^3\n\z/ms, '', 'start: it is in no network context, and has its own devices');
run(qw(vserver web stop));
unlink "$CONFIG/spaces/net";

# Without mounts of its own
my $fstab = read_file("$CONFIG/fstab");
configure('nonamespace', '');
is_run([qw(vserver web start)], 1, '', qr{\Avserver: $CONFIG/fstab: a guest without mounts of its own}, 'start: without a mount namespace there is no fstab');
configure('fstab', '');
system('cp /bin/busybox /vservers/web/bin/sh && cp /bin/busybox /vservers/web/bin/sleep') and die "no files\n";
is_run([qw(vserver web start)], 0, '', qr/\Avserver: warning: the guest starts without: a barrier above its root, which it can leave: this kernel has no set_iattr, which comes with plan id 2d\n\z/, 'start: nor a barrier, and it is said');
is_run([qw(vserver web exec sh -c), 'echo /*'], 0, qr{^/bin /dev }, '', 'start: its root is its own');
is_run([qw(vserver web stop)], 0, '', '', 'stop: of it');
is(traces(), '', 'stop: nothing is left');
unlink "$CONFIG/nonamespace";
system('rm /vservers/web/bin/*');

# What a mount is not to be
system('mkdir /run/src && mount -t tmpfs -o nosuid,noexec none /run/src && mkdir /run/src/below && mount -t tmpfs none /run/src/below') and die "no mounts\n";
sub mounted { my ($options) = @_;
	configure('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\n/run/src /mnt none $options\n");
	run(qw(vserver web start));
	my %flags = (run(qw(vserver web exec cat /proc/mounts)))[1] =~ m{^\S+ (/mnt\S*) \S+ ([a-z,]*?),relatime}mg;
	run(qw(vserver web stop));
	return join ' ', map "$_=$flags{$_}", sort keys %flags;
}
is(mounted('bind'), '/mnt=rw,nosuid,nodev,noexec', 'fstab: a bind mount is not what its source is not to be');
is(mounted('bind,ro,suid'), '/mnt=ro,nodev,noexec', 'fstab: unless an option says so');
is(mounted('rbind,ro'), '/mnt=ro,nosuid,nodev,noexec /mnt/below=ro,nodev', 'fstab: rbind is of all below');
is(mounted('bind,dev,exec'), '/mnt=rw,nosuid', 'fstab: devices are for who says so');
system('umount /run/src/below /run/src && rmdir /run/src') and die "umount\n";

# What somebody inside has made of his folders does not lead a mount out, nor the host's files in.
system('ln -s / /vservers/web/home/up && ln -s /etc /vservers/web/home/etc && mkdir /vservers/web/home/own') and die "no links\n";
configure('fstab', "/bin /bin none bind,ro\n/usr/bin /home/up none bind\n");
is_run([qw(vserver web start)], 1, '', "vserver: $CONFIG/fstab: line 2: /home/up in the guest leads to its root\n", 'fstab: a target that leads to the root of the guest is refused');
for my $source ('home/etc', '/vservers/web/home/etc', '/vservers/./web//home/etc', '/run/../vservers/web/home/etc') {
	configure('fstab', "/bin /bin none bind,ro\n$source /mnt none bind\n");
	run(qw(vserver web start));
	is_run([qw(vserver web exec sh -c), 'test -d /mnt/rc.d && ! test -e /mnt/vservers'], 0, '', '', "fstab: the source $source is the guest's /etc, and not the host's");
	run(qw(vserver web stop));
}
configure('fstab', "/bin /bin none bind,ro\n/no/such /mnt none bind,nofail\nproc /proc proc defaults\n");
is_run([qw(vserver web start)], 0, '', '', 'fstab: nofail');
# What it was started with counts, whatever is configured by now.
configure('nonamespace', '');
configure('spaces/net', '');
configure('fstab', '');
isnt((run(qw(vserver web exec readlink /proc/self/ns/mnt)))[1], (readlink '/proc/self/ns/mnt') . "\n", 'exec: the mounts that the guest was started with are entered');
is_run([qw(vserver web stop)], 0, '', '', 'stop: and it is stopped');
unlink map "$CONFIG/$_", qw(nonamespace spaces/net);
configure('fstab', "/bin /bin none bind,ro\nproc /proc proc defaults\n");
is_run(['sh', '-c', 'umask 0; vserver web start'], 0, '', '', 'start: with a mask of modes that keeps nothing back');
is_run([qw(vserver web exec sh -c), 'umask'], 0, "0022\n", '', 'exec: is not the guest\'s');

# A copy of a configuration is no second guest.
system('cp', '-a', $CONFIG, '/etc/vservers/copy') and die "no copy\n";
is_run([qw(vserver copy), $_], 1, '', "vserver: /etc/vservers/copy/run: this has to be a symbolic link, to /run/vservers/copy\n", "$_: a copy that has the other's place") for qw(start stop);
system('ln -sfn /run/vservers/copy /etc/vservers/copy/run') and die "no link\n";
is_run([qw(vserver --silent copy delete)], 1, '', qr{leads to /vservers/web, and not to /vservers/copy}, 'delete: a copy does not take the files of the other');
is_run([qw(vserver web running)], 0, '', '', 'running: which runs on');
system('ln -sfn /nowhere/web /etc/vservers/copy/vdir && mkdir /vservers/copy') and die "no link\n";
is_run([qw(vserver --silent copy delete)], 1, '', qr{/etc/vservers/copy/vdir: No such file}, 'delete: files that are elsewhere, and not there now');
ok(rmdir('/vservers/copy'), 'delete: are not taken to be here');
system('ln -sfn /vservers/web /etc/vservers/copy/vdir') and die "no link\n";
system('mkdir -p /run/elsewhere && cp -a /etc/vservers/copy /run/elsewhere/web && ln -sfn /run/vservers/web /run/elsewhere/web/run') and die "no copy\n";
is_run([qw(vserver /run/elsewhere/web), $_], 1, '', "vserver: vserver '/run/elsewhere/web' has the name of the one of $CONFIG, which runs: one of them needs another\n", "$_: nor does one of its name") for qw(start stop);
is_run([qw(vserver --silent /run/elsewhere/web delete)], 1, '', "vserver: /run/elsewhere/web is not in /etc/vservers: remove that yourself\n", 'delete: what is elsewhere is left alone');
my $long = '/run/elsewhere/' . 'x' x 64;
rename '/run/elsewhere/web', $long;
is_run(['vserver', $long, 'start'], 1, '', "vserver: $long: the path of a configuration has up to 63 bytes\n", 'start: a path that is longer than what the kernel keeps of it');
system('rm', '-r', '/run/elsewhere', '/etc/vservers/copy');
is_run([$^X, '-Ilib', '-MSys', '-e', 'Sys::drop_root(1000) or exit 9; exec "/usr/sbin/vserver", "web", $ARGV[0]', $_], 1, '', qr/\Avserver: vserver 'web': not from here: it takes root of the host/, "$_: an ordinary user is not told that it is stopped") for qw(status running);
is_run(['vserver', "a\e[31m\n", 'start'], 5, '', qr/\Avserver: vserver 'a\?\[31m\?': /, 'start: what is printed of a name does nothing to a terminal');
run(qw(vserver web stop));

# Refused before anything is done
for (['fstab', '/bin /bin none bind,r0', qr/line 1: there is no option r0/], ['fstab', 'none / tmpfs defaults', qr{line 1: the target / is no path below /}], ['spaces/pid', '', qr/takes style plain/],
	['flags', '~state_setup', qr/state_setup, state_init and state_admin are none/], ['nflags', '~all', qr/state_setup and state_admin are none/], ['apps/init/cmd.start', '', qr/there is no command/],
	['apps/init/killseq', "15\n5x", qr/'5x' is no time/], ['apps/init/killseq', "15\n99999999999", qr/'99999999999' is no time/], ['schedule', "1\n2\n3\n4\n5\n99999999999", qr/'99999999999' is no number/],
	['rlimits/as', 'information', qr/'information' is no limit/]) {
	my ($file, $text, $says) = @$_;
	my $old = read_file("$CONFIG/$file");
	configure($file, length $text ? "$text\n" : '');
	is_run([qw(vserver web start)], 1, '', qr{\Avserver: $CONFIG/$file: .*$says}, "start: refused: $file: " . join " ", split /\n/, $text);
	defined $old ? configure($file, $old) : unlink "$CONFIG/$file";
}
system('rm', '-r', "$CONFIG/rlimits");
configure('rlimits', '');
is_run([qw(vserver web start)], 1, '', qr{\Avserver: $CONFIG/rlimits/\S+: Not a directory\n\z}, 'start: refused: a file where a folder is to be');
unlink "$CONFIG/rlimits";
configure('fstab', $fstab);

# delete
$pty = Pty->new(24, 80, qw(vserver web delete));
my $deep = fork;
if (!$deep) {
	chdir '/vservers/web/root' or Sys::leave(1);
	for (1 .. 300) {
		mkdir 'a' x 64 and chdir 'a' x 64 or Sys::leave(1);
		open my $file, '>', 'file' or Sys::leave(1);
	}
	Sys::leave(0);
}
waitpid $deep, 0;
is($?, 0, 'delete: a guest may have a tree deeper than any path is long');
system('mkdir -p /vservers/web/.removed.0/x /vservers/web/.removed.1');
run(qw(vserver web start));
$pty->shows(qr/\(y\/N\) /);
$pty->type("y\r");
is($pty->ends, 0, 'delete: yes');
ok(!-e '/vservers/web' && !-e $CONFIG, 'delete: its files are gone, however deep') or
is(traces(), '', 'delete: it was stopped before');
is(join(' ', grep /web/, list_dir('/run/vservers')), '', 'delete: and its lock is gone with it');
run(qw(vserver web build -m busybox));
system('mkdir -p /vservers/other && ln -sfn /vservers/other /etc/vservers/web/vdir') and die "no link\n";
is_run([qw(vserver --silent web delete)], 1, '', qr{\Avserver: $CONFIG/vdir leads to /vservers/other, and not to /vservers/web: remove that yourself}, 'delete: files of others are not removed');
ok(-d '/vservers/other', 'delete: and are there');
unlink "$CONFIG/vdir";
is_run([qw(vserver --silent web delete)], 0, '', '', 'delete: without them it goes');
rmdir '/vservers/other';
system('rm', '-rf', '/vservers/web');
done_testing();
