#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vcontext: every option, and what it makes of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my $SETUP = cflags('state_setup');
my $INIT = cflags('state_init');

# What a context is like from its inside, as a program there prints it.
my $LOOK = 'cat /proc/self/vinfo';

sub is_wrong {
	my ($says, @argument) = @_;
	is_run(['vcontext', @argument], 2, '', qr/\Avcontext: .*$says.*^usage: vcontext/ms, "vcontext: refused: @argument");
}

# --create
is_run([qw(vcontext --create --xid 42 -- sh -c), "$LOOK; exit 9"], 9, qr/\ANew security context is 42\nXID:\t42\n/, '',
	'vcontext: --create tells the id, runs the program inside and exits as it does');
is_run([qw(vcontext --create --ctx 42 --silent sh -c), $LOOK], 0, qr/\AXID:\t42\n/, '', 'vcontext: --ctx is --xid; --silent does not tell; -- may be missing');
my (undef, $out) = run('vcontext', '--create', '--', 'sh', '-c', $LOOK);
like($out, qr/\ANew security context is (\d+)\nXID:\t\1\n/, 'vcontext: without --xid the kernel chooses');
my $sleeper = start(qw(vcontext --create --silent --xid 42 -- sleep 1000));
ok(wait_for(30, sub { -e '/proc/virtual/42' }), 'vcontext: a context');
is((get_cflags(42))[0] & ($SETUP | $INIT), $SETUP | $INIT, 'vcontext: a new one is in setup, and has no init');
kill KILL => $sleeper;
waitpid $sleeper, 0;
is_run([qw(vcontext --create --xid 42 -- sh -c), 'kill -9 $$'], 137, qr/42/, '', 'vcontext: a program that is killed');

# What is refused, beside what is not.
my $holder = member(42);
is_run([qw(vcontext --create --xid 42 -- true)], 255, '', qr/\Avcontext: create context 42: (?!File exists)/, 'vcontext: a context in setup is busy, and that is no 254');
defined set_cflags(42, 0, $SETUP) or die "set_cflags: $!\n";
is_run([qw(vcontext --create --xid 42 -- true)], 254, '', "vcontext: create context 42: File exists\n", 'vcontext: 254 if the context exists');
is_run([qw(vcontext --create --xid 42 --silentexist -- true)], 254, '', '', 'vcontext: --silentexist says nothing of that');
is_run([qw(vcontext --create --xid 49152 -- true)], 255, '', qr/\Avcontext: create context 49152: /, 'vcontext: an id that the kernel chooses from cannot be made');
is_run([qw(vcontext --create --xid 65536 -- true)], 255, '', qr/65536 is no context/, 'vcontext: an id that is too large');
is_run([qw(vcontext --create --xid nobody -- true)], 255, '', qr/nobody is no context, and no guest/, 'vcontext: a name that no guest has');
is_run([qw(vcontext --create --xid 43 -- /no/such/program)], 255, qr/43/, qr{\Avcontext: /no/such/program: No such file}, 'vcontext: a program that is not there');
is_run([qw(vcontext --create --xid 43 --silent -- true)], 0, '', '', 'vcontext: and of that no context is left');
is_wrong('one of --create', qw(--xid 43 true));
is_wrong('one of --create', qw(--create --migrate --xid 43 true));
is_wrong('wants --xid', qw(--migrate true));
is_wrong('takes no --xid', qw(--migrate-self --xid 42 true));
is_wrong('which program', qw(--create --xid 43));
is_wrong('--initpid', qw(--create --initpid true));
is_wrong('--initpid', qw(--create --fakeinit true));
is_wrong('--namespace', qw(--create --namespace true));
is_wrong('two ways', qw(--create --chroot --pivot-root true));
is_wrong('--spaces goes with --migrate', qw(--create --spaces true));
is_wrong('--spaces goes with --migrate', qw(--migrate-self --spaces true));
is_wrong('without --chroot and --pivot-root', qw(--migrate --xid 42 --spaces --chroot true));
is_wrong('without --chroot and --pivot-root', qw(--migrate --xid 42 --spaces --pivot-root true));
is_wrong('do not go together', qw(--create --disconnect --vlogin true));

# --migrate
is_run([qw(vcontext --migrate --xid 42 -- sh -c), $LOOK], 0, qr/\AXID:\t42\n/, '', 'vcontext: --migrate enters, and tells nothing');
is_run([qw(vcontext --migrate --xid 43 -- true)], 255, '', "vcontext: enter context 43: there is no such context\n", 'vcontext: --migrate to one that is not there');
is_run([qw(vcontext --migrate --xid 1 -- sh -c), $LOOK], 0, qr/\AXID:\t1\n/, '', 'vcontext: a spectator');
is_run([qw(vcontext --migrate --xid 42 --initpid -- sh -c), 'test $$ = $(sed -n "s/^CIPid:.//p" /proc/self/vinfo)'], 0, '', '', 'vcontext: --initpid makes the program the init');
is_run([qw(vcontext --migrate --xid 42 --endsetup -- sh -c), $LOOK], 0, qr/\AXID:\t42\n/, '', 'vcontext: --endsetup of another context');
is((get_cflags(42))[0] & $INIT, 0, 'vcontext: and it needs no init any more');
$holder->quit;

# --migrate-self
is_run([qw(vcontext --create --silent --xid 42 -- vcontext --migrate-self --endsetup --initpid -- sh -c), 'grep -c "^CIPid:.$$\$" /proc/self/vinfo'], 0, "1\n", '',
	'vcontext: --migrate-self --endsetup --initpid ends the setup and is the init');
is_run([qw(vcontext --create --silent --xid 42 -- vcontext --migrate-self --endsetup -- vcontext --migrate-self --endsetup -- true)], 255, '', qr/end the setup: not from here/,
	'vcontext: past its setup a context has no say');
is_run([qw(vcontext --create --silent --xid 42 -- vcontext --create --xid self -- true)], 255, '', qr/create context 42: /, 'vcontext: self is the own context');

# --chroot, --namespace, --pivot-root
system('mkdir -p /run/root && mount -t tmpfs none /run/root && mkdir /run/root/bin && cp /bin/busybox /run/root/bin/sh && echo inside >/run/root/here') and die "no root for the tests\n";
sub in_root { return [qw(sh -c), 'cd /run/root && exec vcontext "$@"', 'sh', @_] }
is_run(in_root(qw(--create --silent --chroot -- /bin/sh -c), 'read line </here && echo $line'), 0, "inside\n", '', 'vcontext: --chroot makes the working directory the root');
is_run(in_root(qw(--create --silent --xid 42 -- vcontext --migrate-self --pivot-root --endsetup -- /bin/sh -c), 'read line </here && echo $line; echo /*'), 0, "inside\n/bin /here\n", '',
	'vcontext: --pivot-root: a root of its own, and nothing of the old one');
is_run(in_root(qw(--create --silent --xid 42 -- vcontext --migrate-self --pivot-root -- /bin/sh -c),
		'read a b </proc/version'), 1, '', qr{/proc/version}, 'vcontext: and /proc is not in there');
is_run([qw(sh -c), 'cd /etc && exec vcontext --create --silent --xid 42 -- vcontext --migrate-self --pivot-root -- true'], 255, '', qr/make the working directory the root/,
	'vcontext: --pivot-root where nothing is mounted');
is(join(' ', list_dir('/run/root')), 'bin here', 'vcontext: --pivot-root leaves nothing behind');

# What is unmounted in there is unmounted nowhere else, even where mounts are shared.
system('mkdir -p /run/shared && mount -t tmpfs none /run/shared && mount --make-rshared / && touch /run/shared/there') and die "no shared mounts\n";
is_run(in_root(qw(--create --silent --xid 42 -- vcontext --migrate-self --pivot-root --endsetup -- /bin/sh -c), 'echo /*'), 0, "/bin /here\n", '', 'vcontext: --pivot-root where mounts are shared');
ok(-e '/run/shared/there' && -e '/proc/self', 'vcontext: and those of the host are as they were');
system('mount --make-rprivate / && umount /run/shared') and die "private mounts\n";

# A second one enters what the first has left in the context.
pipe my $wait_out, my $wait_in or die "pipe: $!\n";
pipe my $ready_out, my $ready_in or die "pipe: $!\n";
my $first = fork;
if (!$first) {
	open STDIN, '<&', $wait_out or Sys::leave(1);
	open STDOUT, '>&', $ready_in or Sys::leave(1);
	close $wait_in;
	chdir '/run/root' or Sys::leave(1);
	exec qw(vcontext --create --silent --xid 42 -- vcontext --migrate-self --pivot-root --endsetup -- /bin/sh -c), 'echo up; read line';
}
close $ready_in;
is(scalar <$ready_out>, "up\n", 'vcontext: a context with a root of its own is up');
is_run([qw(vcontext --migrate --xid 42 --pivot-root -- /bin/sh -c), 'read line </here && echo $line'], 0, "inside\n", '', 'vcontext: --migrate --pivot-root takes the root that is kept');
is_run([qw(vcontext --migrate --xid 42 --chroot --namespace -- /bin/sh -c), ':'], 255, '', qr/enter the mount namespace of context 42: Invalid argument/, 'vcontext: --namespace wants what nobody has kept');
is_run([qw(vcontext --migrate --xid 42 --spaces -- /bin/sh -c), 'read line </here && echo $line'], 0, "inside\n", '', 'vcontext: --spaces takes the root that is kept');
close $wait_in;
waitpid $first, 0;
$first = fork;
if (!$first) {
	chdir '/';
	exec qw(vcontext --create --silent --xid 42 --chroot --namespace -- sleep 1000);
}
ok(wait_for(30, sub { (field('/proc/virtual/42/status', 'Spaces') || '') =~ /^0c020200 / }), 'vcontext: --create --chroot --namespace keeps the namespace');
is_run([qw(sh -c), 'cd / && exec vcontext "$@"', 'sh', qw(--migrate --xid 42 --chroot --namespace -- sh -c), $LOOK], 0, qr/\AXID:\t42\n/, '', 'vcontext: --migrate --chroot --namespace enters it');
kill KILL => $first;
waitpid $first, 0;

# --spaces
system('mkdir /run/root/proc /run/root/sbin && mount -t proc proc /run/root/proc && printf "#!/bin/sh\necho taken\n" >/run/root/sbin/vcontext && chmod 755 /run/root/sbin/vcontext && '
	. 'cp /run/root/sbin/vcontext /run/root/sbin/vspace') and die "no root with a trap in it\n";
$first = start(@{in_root(qw(--create --silent --xid 42 --chroot --namespace -- /bin/sh -c), 'while :; do read line </here; done')});
ok(wait_for(30, sub { (field('/proc/virtual/42/status', 'Spaces') || '') =~ /^0c020200 / }), 'vcontext: a context that keeps a tree of its own');
is_run([qw(vcontext --migrate --xid 42 --spaces -- /bin/sh -c), 'read name xid </proc/self/vinfo; echo $name $xid; echo /*'], 0, "XID: 42\n/bin /here /proc /sbin\n", '',
	'vcontext: --spaces enters it, and its programs are not run for that');
kill KILL => $first;
waitpid $first, 0;
system('umount /run/root/proc /run/root');
$first = start(qw(vcontext --create --silent --xid 42 -- sh -c), 'hostname inner; exec sleep 1000');
ok(wait_for(30, sub { (run(qw(vcontext --migrate --xid 42 --spaces -- hostname)))[1] eq "inner\n" }), 'vcontext: --spaces takes the namespaces that every context keeps');
isnt((run(qw(vcontext --migrate --xid 42 -- hostname)))[1], "inner\n", 'vcontext: which it does not without it');
kill KILL => $first;
waitpid $first, 0;
$first = start(qw(vspace --new --pid -- vcontext --create --silent --xid 42 -- vspace --set --pid -- sleep 1000));
ok(wait_for(30, sub { (field('/proc/virtual/42/status', 'Spaces') || '') =~ /^2c000000 / }), 'vcontext: a context that keeps a pid namespace');
is_run([qw(vcontext --migrate --xid 42 --spaces -- sh -c), 'test $$ -lt 9 && exit 7'], 7, '', '', 'vcontext: --spaces: the program is a child in the pid namespace, and its exit code comes');
run(qw(vkill --xid 42 -s 9));
waitpid $first, 0;
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vcontext: and nothing of it is left');
is_run([qw(vcontext --migrate --xid 43 --spaces -- true)], 255, '', qr/\Avcontext: enter context 43: there is no such context/, 'vcontext: --spaces of one that is not there');

# --uid
is_run([qw(vcontext --create --silent --uid 1000 -- sh -c), 'id -u; id -g'], 0, "1000\n0\n", '', 'vcontext: --uid with a number is the user alone');
is_run([qw(vcontext --create --silent --uid nosuchuser -- id -un)], 255, '', qr/there is no user 'nosuchuser' here/, 'vcontext: --uid with a name that is not there');
is_run([qw(vcontext --create --silent --uid nobody -- id -un)], 0, "nobody\n", '', 'vcontext: --uid with one that is');
is_run([qw(vcontext --create --silent --uid root -- sh -c), 'id -u; id -g'], 0, "0\n0\n", '', 'vcontext: --uid with a name');
is_run([qw(vcontext --create --silent --uid 4294967295 -- true)], 255, '', qr/4294967295 is no user/, 'vcontext: --uid with a number that is none');

# --personality-type, --personality-flags
is_run([qw(vcontext --create --silent --personality-type linux32 --personality-flags), 'addr_limit_3gb,^18', qw(-- cat /proc/self/personality)], 0, "08040008\n", '', 'vcontext: a personality with flags');
is_run([qw(vcontext --create --silent --personality-type per_linux -- cat /proc/self/personality)], 0, "00000000\n", '', 'vcontext: a personality with its prefix');
is_run([qw(vcontext --create --personality-type plan9 -- true)], 255, '', qr/'plan9' is no personality/, 'vcontext: a personality that is none');
is_run([qw(vcontext --create --personality-type linux --personality-flags), 'short_inode,x', qw(-- true)], 255, '', qr/'x' is no personality flag/, 'vcontext: a personality flag that is none');

is_wrong('goes with --personality-type', qw(--create --personality-flags short_inode true));

# --disconnect: exits when the program runs, which is in a session of its own, and has nothing to read.
is_run([qw(vcontext --create --xid 42 --disconnect -- sleep 1000)], 0, "New security context is 42\n", '', 'vcontext: --disconnect exits 0 when the program runs');
my ($pid) = grep { /^\d+$/ && (task_xid($_) || 0) == 42 } list_dir('/proc');
ok($pid, 'vcontext: which goes on');
is((split ' ', read_file("/proc/$pid/stat"))[5], $pid, 'vcontext: in a session of its own');
is(join(' ', (run('stat', '-Lc', '%t:%T %m', "/proc/$pid/fd/0"))[1] =~ /^1:3 /), '1', 'vcontext: with nothing to read');
isnt((stat "/proc/$pid/fd/0")[0], (stat '/dev/null')[0], 'vcontext: by a /dev/null that is not the host\'s');
is_run([qw(vkill --xid 42 -s KILL)], 0, '', '', 'vcontext: and ends when it is killed');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vcontext: with its context');
is_run([qw(vcontext --create --xid 42 --disconnect -- /no/such/program)], 255, "New security context is 42\n", qr{/no/such/program}, 'vcontext: --disconnect exits as what never ran');

# --closefd
sub with_descriptor { return [qw(sh -c), 'exec 5</etc/passwd; exec vcontext "$@"', 'sh', @_] }
is_run(with_descriptor(qw(--create --silent -- readlink /proc/self/fd/5)), 0, "/etc/passwd\n", '', 'vcontext: descriptors go on to the program');
is_run(with_descriptor(qw(--create --silent --closefd -- readlink /proc/self/fd/5)), 1, '', '', 'vcontext: --closefd closes them');

# --syncsock, --syncmsg
use Socket;
sub serve_sync {
	my ($path) = @_;
	socket my $server, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!\n";
	bind $server, pack_sockaddr_un($path) or die "$path: $!\n";
	listen $server, 1 or die "listen: $!\n";
	return $server;
}
for ([[], 'ok'], [['--syncmsg', 'all is ready'], 'all is ready']) {
	my ($option, $wanted) = @$_;
	my $server = serve_sync('/run/sync');
	my $child = start(qw(vcontext --create --silent --xid 42 --syncsock /run/sync), @$option, qw(-- touch /run/synced));
	accept my $client, $server or die "accept: $!\n";
	local $/;
	is(scalar <$client>, $wanted, "vcontext: --syncsock is told '$wanted'");
	ok(-e '/proc/virtual/42' && !-e '/run/synced', 'vcontext: the context is there and the program does not run');
	close $client;
	waitpid $child, 0;
	is($?, 0, 'vcontext: until the socket is closed');
	ok(unlink('/run/synced'), 'vcontext: then it does');
	unlink '/run/sync';
}
is_run([qw(vcontext --create --xid 42 --syncsock /run/sync -- true)], 255, '', qr{/run/sync: No such file}, 'vcontext: --syncsock that nobody listens to');
ok(!-e '/proc/virtual/42', 'vcontext: and no context is made');
done_testing();
