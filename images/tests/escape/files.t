#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways out of a guest to files: of the host, and of its disks. See lib/Escape.pm.
use strict;
use Sys;
use VServer;
use Callers;
use Escape;

my ($O_RDONLY, $O_DIRECTORY, $AT_FDCWD) = (0, 0200000, -100);
my ($MS_REMOUNT, $MS_BIND, $MNT_DETACH) = (32, 4096, 2);
my $CLONE_NEWNS = $Sys::CLONE_NEWNS;
my ($MODE_CHR, $MODE_BLK) = (0020000, 0060000);

# What stops more than one.
my $OWN_ROOT = ['upstream', 'inside', 'its root is that of its mount namespace'];
my $NO_MOUNT = ['1b', 'EPERM', 'CAP_SYS_ADMIN is none of its capabilities'];
my $NO_MKNOD = ['1b', 'EPERM', 'CAP_MKNOD is none of its capabilities'];
my $BARRIER = ['2d', 'EACCES', 'the barrier above its root'];

sub mount_at { my ($type, $path, $flags, $data) = @_; return sys('mount', "escape\0", "$path\0", "$type\0", ($flags || 0) + 0, defined $data ? "$data\0" : 0) }
sub read_at {
	my ($directory, $path) = @_;
	my $fd = sys('openat', $directory + 0, "$path\0", $O_RDONLY, 0);
	defined $fd or return;
	return read_fd($fd);
}
sub read_fd { my ($fd) = @_; my $buffer = "\0" x 64; my $length = sys('read', $fd + 0, \$buffer, 64); return defined $length ? substr $buffer, 0, $length : undef }

# A setting of the whole machine's, through whichever /proc.
my $SETTING = 'sys/vm/overcommit_ratio';
my %setting = (
	reaches => 'a setting of the kernel',
	before => sub { kept($_[0], "/proc/$SETTING") },
	out => sub { return changed($_[0]) },
	after => sub { restored($_[0]) },
);

# A file of the host's in a folder that both have, which is for reading inside.
my %shared_file = (
	reaches => 'a program that the host has too',
	before => sub { my ($at) = @_; sh('echo host >/bin/escape-program'); kept($at, '/bin/escape-program') },
	out => sub { return changed($_[0]) },
	after => sub { unlink '/bin/escape-program' },
);
sub attributes { my ($set, $clear) = @_; return pack 'Q4', $set, $clear, 0, 0 }

# A service of the host's on a socket that has a name in the guest: it hands out the folder above the guest's.
sub serve_folder {
	my ($at) = @_;
	my $path = '/vservers/one/escape/service';
	unlink $path;
	socket my $socket, 1, 1, 0 or die "socket: $!\n";
	bind $socket, pack 'S Z*', 1, $path or die "bind: $!\n";
	listen $socket, 1;
	$at->{service} = fork;
	return if $at->{service};
	accept my $peer, $socket or Sys::leave(1);
	open my $folder, '<', '/vservers' or Sys::leave(1);
	my $data = 'x';
	my $control = control_message(1, pack 'l', fileno $folder);    # SCM_RIGHTS
	my ($message, $kept) = message(\$control, \$data);
	sys('sendmsg', fileno $peer, \$message, 0);
	sysread $peer, $data, 1;
	Sys::leave(0);
}
sub passed_descriptor {
	socket my $socket, 1, 1, 0 or return;
	connect $socket, pack 'S Z*', 1, '/escape/service' or return;
	my $data = ' ';
	my $control = "\0" x 64;
	my ($message, $kept) = message(\$control, \$data);
	defined sys('recvmsg', fileno $socket, \$message, 0) or return;
	return unpack 'x[L!] x8 l', $control;
}

Escape::run_all(
	{
		name => 'double chroot', reaches => 'a file of the host', stops => [$OWN_ROOT],
		try => sub { mkdir '/escape/below'; chroot '/escape/below' or return; return climb() },
	},
	{
		name => 'fchdir to a folder kept open', reaches => 'a file of the host', stops => [$OWN_ROOT],
		try => sub { mkdir '/escape/below'; opendir my $kept, '/' or return; chroot '/escape/below' or return; chdir '/'; chdir $kept or return; return climb() },
	},
	{
		name => 'chroot by a child that shares its root', reaches => 'a file of the host', stops => [$OWN_ROOT],
		try => sub {
			mkdir '/escape/below';
			my $pid = sys('clone', $Sys::CLONE_FS | $Sys::SIGCHLD, 0, 0, 0, 0);
			if (defined $pid && !$pid) { chroot '/escape/below'; Sys::leave(0) }
			waitpid $pid, 0;
			return climb();
		},
	},
	{
		name => 'a folder that came in with whoever entered', reaches => 'a file of the host', stops => [['tools', 'inside', 'vserver exec passes no open file on']],
		try => sub {
			for my $fd (3 .. 30) {
				open my $folder, '<&=', $fd or next;
				chdir $folder or next;
				return climb();
			}
			return '';
		},
	},
	{
		name => 'pivot_root', reaches => 'another root', stops => [$NO_MOUNT],
		try => sub { sys('unshare', $CLONE_NEWNS); mkdir '/tmp/old'; return sys('pivot_root', "/tmp\0", "/tmp/old\0") },
		out => sub { my ($at) = @_; return outside('is_folder', "/proc/$at->{pid}/root/old") },
		after => sub { rmdir '/vservers/one/tmp/old' },
	},
	{
		name => 'mount propagation', reaches => "the host's mounts", stops => [$NO_MOUNT],
		before => sub { mkdir '/vservers/one/share/in' },
		try => sub { defined mount_at('tmpfs', '/share/in') or return; mkdir '/share/in/here'; return 1 },
		out => sub { return -d '/vservers/one/share/in/here' },
		after => sub { system 'umount /vservers/one/share/in 2>/dev/null' },
	},
	{
		name => 'a mount made writable again', %shared_file, stops => [$NO_MOUNT],
		try => sub { defined mount_at('none', '/bin', $MS_REMOUNT | $MS_BIND) or return; return write_to('/bin/escape-program', 'guest') },
	},
	{
		name => 'mount_setattr', %shared_file, stops => [$NO_MOUNT],
		try => sub { my $change = attributes(0, 1); defined sys('mount_setattr', $AT_FDCWD, "/bin\0", 0, \$change, length $change) or return; return write_to('/bin/escape-program', 'guest') },
	},
	{
		name => 'a mount over /proc/sys taken away', %setting, stops => [$NO_MOUNT],
		# A chroot has none.
		try => sub { defined sys('umount2', "/proc/sys\0", $MNT_DETACH) or $!{EINVAL} or return; return write_to("/proc/$SETTING", '51') },
	},
	{
		name => 'another proc', %setting, stops => [$NO_MOUNT],
		try => sub { mkdir '/escape/proc'; defined mount_at('proc', '/escape/proc') or return; return write_to("/escape/proc/$SETTING", '51') },
	},
	{
		name => 'fsopen', %setting, stops => [$NO_MOUNT],
		try => sub {
			my $context = sys('fsopen', "proc\0", 0);
			defined $context && defined sys('fsconfig', $context, 6, 0, 0, 0) or return;
			my $mount = sys('fsmount', $context, 0, 0);
			defined $mount or return;
			return write_to("/proc/self/fd/$mount/$SETTING", '51');
		},
	},
	{
		name => 'sysfs', reaches => 'a setting of the kernel', stops => [$NO_MOUNT],
		before => sub { kept($_[0], '/sys/module/printk/parameters/time') },
		try => sub { mkdir '/escape/sys'; defined mount_at('sysfs', '/escape/sys') or return; return write_to('/escape/sys/module/printk/parameters/time', 'N') },
		out => sub { return changed($_[0]) },
		after => sub { restored($_[0]) },
	},
	{
		name => 'overlay over the root of the host', reaches => 'a file of the host', stops => [$NO_MOUNT],
		try => sub { mkdir '/escape/over'; defined mount_at('overlay', '/escape/over', 0, 'lowerdir=' . host_path('/escape:/usr/bin')) or return; return read_file('/escape/over/secret') },
	},
	{
		name => 'open_tree and move_mount', reaches => 'a file of the host', stops => [$NO_MOUNT],
		try => sub {
			mkdir '/escape/tree';
			my $tree = sys('open_tree', $AT_FDCWD, host_path("\0"), 1);
			defined $tree && defined sys('move_mount', $tree, "\0", $AT_FDCWD, "/escape/tree\0", 4) or return;
			return host_file('/escape/tree');
		},
	},
	{
		name => 'a bind mount of the root of the host', reaches => 'a file of the host', stops => [$NO_MOUNT],
		try => sub { mkdir '/escape/tree'; defined sys('mount', host_path("\0"), "/escape/tree\0", 0, $MS_BIND, 0) or return; return host_file('/escape/tree') },
	},
	{
		name => 'open_by_handle_at', reaches => 'a file beside the guest, on the same disk', stops => [$BARRIER],
		before => sub { secret_file($_[0], '/vservers/outside') },
		# The root of an ext4 is always its inode 2.
		try => sub {
			open my $root, '<', '/' or return;
			my $fd = sys('open_by_handle_at', fileno $root, pack('L l L L', 8, 1, 2, 0), $O_DIRECTORY);
			return defined $fd ? read_at($fd, 'outside') : undef;
		},
		after => sub { unlink '/vservers/outside' },
	},
	{
		name => '/proc/PID/root', reaches => 'a file of the host', stops => [@NO_PROC],
		try => sub { return read_file(host_path('/escape/secret')) },
	},
	{
		name => '/proc/PID/cwd', reaches => 'a file of the host', stops => [@NO_PROC],
		before => sub { victim($_[0])->go_to('/escape') },
		try => sub { my ($fact) = @_; return read_file("/proc/$fact->{pid}/cwd/secret") },
	},
	{
		name => '/proc/PID/fd', reaches => 'a file that a process of the host has open', stops => [@NO_PROC],
		before => sub { my ($at) = @_; $at->{fact}{fd} = victim($at)->open_unlinked(secret_file($at, '/escape/unlinked')) },
		try => sub { my ($fact) = @_; return read_file("/proc/$fact->{pid}/fd/$fact->{fd}") },
	},
	{
		name => '/proc/PID/exe', reaches => 'a program of the host, to write to it', stops => [@NO_PROC],
		before => sub {
			my ($at) = @_;
			sh('cp /bin/busybox /escape/sleep');
			$at->{runs} = fork;
			if (!$at->{runs}) { exec '/escape/sleep', '1000' or Sys::leave(1) }
			TAP::wait_for(30, sub { (readlink "/proc/$at->{runs}/exe" || '') eq '/escape/sleep' }) or die "it does not run\n";
			$at->{fact}{pid} = $at->{runs};
		},
		# While it runs it cannot be written to: a file that is kept open outlasts it.
		try => sub {
			my ($fact) = @_;
			open my $kept, '<', "/proc/$fact->{pid}/exe" or return;
			kill KILL => $fact->{pid} or return;
			my $done;
			TAP::wait_for(20, sub { $done = write_to('/proc/self/fd/' . fileno $kept, 'guest'); defined $done || !$!{ETXTBSY} });
			return $done;
		},
		out => sub { open my $file, '<', '/escape/sleep' or die; sysread $file, my $text, 5; return $text eq 'guest' },
		after => sub { my ($at) = @_; kill KILL => $at->{runs}; waitpid $at->{runs}, 0; unlink '/escape/sleep' },
	},
	{
		name => 'setns by /proc/PID/ns', reaches => "the host's mounts", stops => [@NO_PROC, $NO_MOUNT],
		try => sub { my ($fact) = @_; open my $ns, '<', "/proc/$fact->{host}/ns/mnt" or return; defined sys('setns', fileno $ns, $CLONE_NEWNS) or return; return host_file('') },
	},
	{
		name => 'setns by a pidfd', reaches => "the host's mounts", stops => [$NO_PID, $NO_MOUNT],
		try => sub { my ($fact) = @_; my $pidfd = sys('pidfd_open', $fact->{host}, 0); defined $pidfd && defined sys('setns', $pidfd, $CLONE_NEWNS) or return; return host_file('') },
	},
	{
		name => 'SCM_RIGHTS', reaches => 'a file of the host, from a folder that the host has passed', stops => [$BARRIER],
		before => \&serve_folder,
		try => sub { my $folder = passed_descriptor(); return defined $folder ? read_at($folder, '../escape/secret') : undef },
		after => sub { my ($at) = @_; kill KILL => $at->{service}; waitpid $at->{service}, 0 },
	},
	{
		name => 'inotify', reaches => 'who opens a file of the host', stops => [@NO_PROC],
		try => sub { my $fd = sys('inotify_init1', 0); defined $fd && defined sys('inotify_add_watch', $fd, host_path("/escape\0"), 0x20) or return; return $fd },
		out => sub { my ($at, $fd) = @_; my $inode = sprintf 'ino:%x ', (stat '/escape')[1]; return defined $fd && index(outside('read_file', "/proc/$at->{pid}/fdinfo/$fd"), $inode) >= 0 },
	},
	{
		name => 'fanotify', reaches => 'all that is opened on a file system of the host', stops => [$NO_MOUNT],
		try => sub {
			my $fd = sys('fanotify_init', 0, 0);
			# FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN: 64 bits, which are two words on i386.
			defined $fd && defined sys('fanotify_mark', $fd, 0x101, $Sys::AMD64 ? 0x20 : (0x20, 0), $AT_FDCWD, "/bin\0") or return;
			return $fd;
		},
		out => sub { my ($at, $fd) = @_; return defined $fd && outside('read_file', "/proc/$at->{pid}/fdinfo/$fd") =~ /fanotify sdev:/ },
	},
	{
		name => 'mknod of a disk', reaches => "what is on the host's disk", stops => [$NO_MKNOD],
		before => sub { raw_disk($_[0]) },
		try => sub { my ($fact) = @_; unlink '/escape/disk'; defined sys('mknod', "/escape/disk\0", $MODE_BLK | 0600, $fact->{device}) or return; return sector('/escape/disk') },
		after => \&no_disk,
	},
	{
		name => 'a disk in the /dev of the host', reaches => "what is on the host's disk", stops => [@NO_PROC],
		before => sub { raw_disk($_[0]) },
		try => sub { my ($fact) = @_; return sector(host_path($fact->{name})) },
		after => \&no_disk,
	},
	{
		name => 'mknod of the console', reaches => "the host's console", stops => [$NO_MKNOD],
		try => sub { unlink '/escape/console'; defined sys('mknod', "/escape/console\0", $MODE_CHR | 0600, 5 << 8 | 1) or return; return sysopen(our $console, '/escape/console', 02 | 0400) ? 1 : undef },
		out => sub { return holds($_[0], 5 << 8 | 1) },
		after => sub { unlink '/vservers/one/escape/console' },
	},
	{
		name => 'FIFREEZE', reaches => 'a file system of the host, which stands still', stops => [$NO_MOUNT],
		before => sub { sh('cd /run && dd if=/dev/zero of=escape-data bs=1M count=4 2>/dev/null && mke2fs -F escape-data >/dev/null 2>&1 && mkdir -p /vservers/one/share/data && mount -t ext4 -o loop escape-data /vservers/one/share/data') },
		try => sub { open my $folder, '<', '/share/data' or return; return ioctl($folder, 0xc0045877, 0) ? 1 : undef },
		out => sub { open my $folder, '<', '/vservers/one/share/data' or die; return ioctl $folder, 0xc0045878, 0 },
		after => sub { sh('umount /vservers/one/share/data && rm /run/escape-data') },
	},
	{
		name => 'an immutable file', reaches => 'a file that the host cannot remove', stops => [['1b', 'EPERM', 'CAP_LINUX_IMMUTABLE is none of its capabilities']],
		try => sub { open my $file, '>', '/escape/immutable' or return; return ioctl($file, flags_ioctl(2), my $flags = pack 'L!', 0x10) ? 1 : undef },
		out => sub { return !unlink '/vservers/one/escape/immutable' },
		after => sub { my $path = '/vservers/one/escape/immutable'; open my $file, '<', $path or return; ioctl $file, flags_ioctl(2), my $flags = pack 'L!', 0; unlink $path },
	},
	{
		name => 'quotactl', reaches => "another's quota", stops => [$NO_MOUNT],
		before => sub { sh('mkdir -p /vservers/one/share/quota && mount -t tmpfs -o usrquota quota /vservers/one/share/quota') },
		try => sub { open my $folder, '<', '/share/quota' or return; return sys('quotactl_fd', fileno $folder, 0x80000800, 4242, pack 'Q8 L x4', 77, 77, 0, 0, 0, 0, 0, 0, 1) },
		out => sub {
			open my $folder, '<', '/vservers/one/share/quota' or die;
			my $quota = "\0" x 72;
			return defined sys('quotactl_fd', fileno $folder, 0x80000700, 4242, \$quota) && unpack('Q', $quota) == 77;
		},
		after => sub { sh('umount /vservers/one/share/quota') },
	},
	{
		name => 'a set-user-id program', reaches => 'root, for a user of the host', stops => [['2d', 'inside', 'the folder with the barrier is closed to users']],
		try => sub { return system("cp $^X /escape/setuid && chmod 4755 /escape/setuid") ? undef : 1 },
		out => sub {
			my $pid = fork;
			if (!$pid) { Sys::drop_root(4242); open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null'; exec '/vservers/one/escape/setuid', '-e', 'open STDIN, "<", "/escape/secret" or exit 1' or Sys::leave(1) }
			waitpid $pid, 0;
			return $? == 0;
		},
		after => sub { unlink '/vservers/one/escape/setuid' },
	},
);

sub flags_ioctl { my ($number) = @_; return ($number == 2 ? 0x40000000 : 0x80000000) | $Sys::LONG << 16 | 0x6600 | $number }

sub raw_disk {
	my ($at) = @_;
	open my $file, '>', '/run/escape-raw' or die "/run/escape-raw: $!\n";
	syswrite $file, $at->{secret} . "\0" x (65536 - 16);
	close $file;
	my $name = `losetup -f`;
	chomp $name;
	sh("losetup $name /run/escape-raw");
	@{$at->{fact}}{qw(name device)} = ($name, (stat $name)[6]);
}
sub no_disk { my ($at) = @_; sh("losetup -d $at->{fact}{name} && rm /run/escape-raw"); unlink '/vservers/one/escape/disk' }
sub sector { my ($path) = @_; open my $disk, '<', $path or return; sysread $disk, my $text, 16; return $text }
