#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver build: its methods and options; and disks that are full, at each step that writes.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;
use Guests;

sub configured { my ($guest, $file) = @_; return read_file("/etc/vservers/$guest/$file") }

# What a guest that could not be built has to leave.
sub built {
	my ($guest) = @_;
	return join ' ', grep -e, "/vservers/$guest", "/etc/vservers/$guest";
}

# Options
is_run([qw(vserver opt build -m busybox --context 300 --hostname www.example --interface eth0:10.1.2.3/24 --interface 10.1.2.4/255.255.0.0 --interface 10.1.2.5),
	'--flags', 'hide_mount,lock', qw(--flags ~hide_netif --initstyle plain)], 0, '', '', 'build: every option');
is(configured('opt', 'context'), "300\n", 'build: --context');
is(configured('opt', 'uts/nodename'), "www.example\n", 'build: --hostname');
is(configured('opt', 'apps/init/style'), "plain\n", 'build: --initstyle');
is(configured('opt', 'flags'), "hide_mount,lock\n~hide_netif\n", 'build: --flags');
is(join('', map configured('opt', "interfaces/$_"), qw(0/dev 0/ip 0/prefix 1/ip 1/mask 2/ip)), "eth0\n10.1.2.3\n24\n10.1.2.4\n255.255.0.0\n10.1.2.5\n", 'build: --interface');
is(join(' ', map { "$_: " . readlink "/etc/vservers/opt/$_" } qw(vdir run)), 'vdir: /vservers/opt run: /run/vservers/opt', 'build: where its files are, and where it runs');
is_run([qw(vserver --silent opt delete)], 0, '', '', 'build: it is deleted');

is_run([qw(vserver opt build -m busybox), @{$_->[0]}], $_->[1], '', $_->[2], "build: refused: @{$_->[0]}"), is(built('opt'), '', 'build: and nothing is left')
	for [[qw(--context 1)], 1, qr/\Avserver: 1 is no context: /], [[qw(--context 49152)], 1, qr/\Avserver: 49152 is no context: /], [[qw(--context many)], 1, qr/\Avserver: many is no context: /],
	[[qw(--hostname), 'x' x 65], 1, qr{\Avserver: /etc/vservers/opt/uts/nodename: .*more than 64 bytes}], [[qw(--interface eth0:10.1.2)], 1, qr/\Avserver: --interface eth0:10\.1\.2: there is no IPv4 address/],
	[[qw(--interface 10.1.2.3/33)], 1, qr{\Avserver: /etc/vservers/opt/interfaces/0/prefix: }], [['--flags', 'lock,nonsense'], 1, qr/'nonsense' is no context flag/],
	[[qw(--initstyle gentoo)], 1, qr/'gentoo' is no style/], [[qw(--bogus)], 2, qr/^usage: vserver NAME build/m], [[qw(-- -t /tmp)], 2, qr/this method takes nothing/];

# A folder and an archive of one
system('mkdir -p /run/from/bin /run/from/etc && cp /bin/busybox /run/from/bin/ && ln -s busybox /run/from/bin/sh && ln -s busybox /run/from/bin/sleep && echo "echo started; sleep 1000 &" >/run/from/etc/begin &&'
	. ' chown 12:34 /run/from/etc/begin && chmod 4750 /run/from/etc/begin && mkfifo /run/from/etc/pipe && ln -s /etc/passwd /run/from/etc/link && tar -C /run/from -czf /run/from.tar.gz .') and die "no source\n";
for (['clone', '-s', '/run/from'], ['template', '-t', '/run/from.tar.gz']) {
	my ($method, $option, $source) = @$_;
	is_run([qw(vserver made build -m), $method, '--', $option, $source], 0, '', '', "build: -m $method");
	is((run('sh', '-c', 'cd /vservers/made/etc && stat -c "%A %u:%g %N" begin pipe link'))[1], "-rwsr-x--- 12:34 begin\nprw-r--r-- 0:0 pipe\nlrwxrwxrwx 0:0 'link' -> '/etc/passwd'\n", "build: -m $method: modes, owners, pipes and links are as they were");
	Guests::write_config('made', 'apps/init/cmd.start', "/bin/sh\n/etc/begin\n");
	is_run([qw(vserver made start)], 0, "started\n", '', "build: -m $method: it starts");
	is_run([qw(vserver made exec /bin/busybox ls /)], 0, "bin\ndev\netc\nproc\ntmp\n", '', "build: -m $method: with what a guest has to have");
	is_run([qw(vserver --silent made delete)], 0, '', qr{^vserver: the stop command /etc/init.d/rc exited with 1: what still runs is killed$}m, "build: -m $method: it is deleted");
	is(built('made') . traces(), '', 'build: and nothing is left');
	is_run([qw(vserver made build -m), $method], 2, '', qr/\Avserver: say what it is made of: -- $option and a path/, "build: -m $method of nothing");
	is_run([qw(vserver made build -m), $method, '--', $option, '/no/such'], 1, '', qr{\Avserver: /no/such: No such file}, "build: -m $method of what is not there");
	is_run([qw(vserver made build -m), $method, '--', $option, $method eq 'clone' ? '/etc/passwd' : '/etc'], 1, '', qr{\Avserver: /etc.*: this is no (?:folder|archive)$}, "build: -m $method of something else");
	is(built('made'), '', 'build: and nothing is left');
}
# Files from elsewhere lead nowhere.
system('mkdir -p /run/evil/kept && cd /run/evil && ln -s /run/evil/kept dev && ln -s /run/evil/kept tmp && ln -s /run/evil/none proc && tar -czf /run/evil.tar.gz dev tmp proc && rm dev'
	. ' && mkdir dev && ln -s /run/evil/kept dev/pts && ln -s /run/evil/none dev/null && tar -czf /run/links.tar.gz dev tmp proc') and die "no source\n";
is_run([qw(vserver made build -m template -- -t /run/evil.tar.gz)], 1, '', "vserver: /vservers/made/dev: this has to be a folder\n", 'build: an archive whose /dev is a link is refused');
is(built('made'), '', 'build: and nothing is left');
is_run([qw(vserver made build -m template -- -t /run/links.tar.gz)], 0, '', '', 'build: other links are left as they are');
is(join(' ', list_dir('/run/evil/kept'), grep -e, '/run/evil/none'), '', 'build: and nothing is made where they lead');
is_run([qw(vserver --silent made delete)], 0, '', '', 'build: they are deleted');
ok(-d '/run/evil/kept', 'build: and what they lead to is not');
system('rm', '-rf', '/run/evil', '/run/evil.tar.gz', '/run/links.tar.gz');

is_run([qw(vserver made build -m template -- -t /etc/passwd)], 1, '', qr/^vserver: tar exited with 1$/m, 'build: of an archive that is none');
is_run([qw(vserver made build -m clone -- -s), $_], 1, '', "vserver: $_: the files of the guest will be in there: it cannot be made of that\n", "build: of $_, which it will be in itself") for qw(/ /vservers /run/../vservers/.);
is(built('made'), '', 'build: and nothing is left');
ok(-s '/etc/passwd' && -p '/run/from/etc/pipe', 'build: what it was made of is as it was');

# A full disk: small ones, of so many pages
for (['/vservers', 1], ['/vservers', 100], ['/etc/vservers', 1], ['/etc/vservers', 2]) {
	my ($folder, $pages) = @$_;
	system("mount -t tmpfs -o nr_blocks=$pages none $folder") and die "mount $folder: $!\n";
	is_run([qw(vserver full build -m clone -- -s /run/from)], 1, '', qr/^.*: No space left on device$/m, "build: $folder of $pages pages is full");
	is(built('full'), '', 'build: and nothing is left');
	system('umount', $folder) and die "umount $folder: $!\n";
}
run(qw(vserver full build -m busybox));
mkdir '/run/vservers';
system('mount -t tmpfs -o nr_blocks=2 none /run/vservers && touch /run/vservers/full.lock && head -c 8192 /dev/zero >/run/vservers/other') and die "mount /run/vservers: $!\n";
is_run([qw(vserver full start)], 1, '', qr{^vserver: /run/vservers/full: No space left on device$}m, 'start: no room for where it runs');
unlink '/run/vservers/other';
is(join(' ', grep /^\d/, list_dir('/proc/virtual'), list_dir('/proc/virtnet')), '', 'start: and nothing is left');
is_run([qw(vserver full start)], 0, '', '', 'start: with room it starts');
is_run([qw(vserver full stop)], 0, '', '', 'start: and stops');
system(qw(umount /run/vservers)) and die "umount: $!\n";

# A mount of the host's in a guest's files is not the guest's to delete.
system('mount -t tmpfs none /vservers/full/mnt && echo kept >/vservers/full/mnt/file') and die "mount: $!\n";
is_run([qw(vserver --silent full delete)], 1, '', "vserver: /vservers/full/mnt is mounted: umount it first; nothing is deleted\n", 'delete: a mount in its files is refused');
is(read_file('/vservers/full/mnt/file'), "kept\n", 'delete: what is mounted is left alone');
is_run([qw(vserver full start)], 0, '', '', 'delete: and the guest is still one');
run(qw(vserver full stop));
system(qw(umount /vservers/full/mnt)) and die "umount: $!\n";
is_run([qw(vserver --silent full delete)], 0, '', '', 'delete: without it the guest goes');
system('rm', '-rf', '/run/from', '/run/from.tar.gz');
done_testing();
