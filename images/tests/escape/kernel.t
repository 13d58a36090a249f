#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways out of a guest to the kernel: its settings, helpers and log, modules, devices, clock, network, and what of it administers contexts.
# See lib/Escape.pm.
use strict;
use Sys;
use VServer;
use Callers;
use Escape;
use Kmsg;
use Ring;

my $MODE_CHR = 0020000;
my ($AF_NETLINK, $AF_PACKET, $SOCK_DGRAM, $SOCK_RAW) = (16, 17, 2, 3);
my $CLONE_NEWUSER = $Sys::CLONE_NEWUSER;
my $OTHER_XID = 101;

my $NO_ADMIN = ['1b', 'EPERM', 'CAP_SYS_ADMIN is none of its capabilities'];
sub no_cap { my ($name) = @_; return ['1b', 'EPERM', "CAP_$name is none of its capabilities"] }
sub mount_at { my ($type, $path, $data) = @_; return sys('mount', "escape\0", "$path\0", "$type\0", 0, defined $data ? "$data\0" : 0) }

# A setting of the whole machine's: PATH as the host has it, and the way there from inside.
sub setting {
	my ($path, $way, $value, @stops) = @_;
	return (
		reaches => 'a setting of the kernel', stops => \@stops,
		before => sub { kept($_[0], $path) },
		try => sub { return write_to($way, $value) },
		out => sub { return changed($_[0]) },
		after => sub { restored($_[0]) },
	);
}
sub setting_of_host { my ($path, $value) = @_; return (setting($path, undef, $value, @NO_PROC), try => sub { return write_to(host_path($path), $value) }) }

# What the kernel runs as root of the host when a guest has it do so: a script that tells that it has run.
my $HELPER = '/vservers/one/escape/helper';
sub helper {
	my ($at) = @_;
	open my $file, '>', $HELPER or die "$HELPER: $!\n";
	print $file "#!/bin/sh\necho $at->{secret} >/run/escape-helper.new\nmv /run/escape-helper.new /run/escape-helper\n";
	close $file;
	chmod 0755, $HELPER;
	unlink '/run/escape-helper';
}
sub ran { my ($at) = @_; return (read_file('/run/escape-helper') || '') eq "$at->{secret}\n" }
# One that nobody has set off will not run: it is waited for only where the guest says that it has.
sub has_run { my ($at, $done) = @_; return defined $done && TAP::wait_for(10, sub { ran($at) }) }
sub no_helper { unlink '/run/escape-helper', $HELPER }

# A node of the guest's own for a device of the host's.
sub node { my ($major, $minor) = @_; unlink '/escape/node'; return sys('mknod', "/escape/node\0", $MODE_CHR | 0600, $major << 8 | $minor) }
sub no_node { unlink '/vservers/one/escape/node' }

# Sockets.
sub bound { my ($protocol, $groups) = @_; socket my $socket, $AF_NETLINK, $SOCK_RAW, $protocol or die "socket: $!\n"; bind $socket, pack 'S x2 L2', $AF_NETLINK, 0, $groups || 0 or die "bind: $!\n"; return $socket }
# A request to the kernel; its answer, or undef and $! when that is an error.
sub netlink {
	my ($protocol, $type, $body) = @_;
	socket my $socket, $AF_NETLINK, $SOCK_RAW, $protocol or return;
	# NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE
	send $socket, pack('L S S L L a*', 16 + length $body, $type, 0x405, 1, 0, $body), 0 or return;
	my $answer = '';
	defined recv $socket, $answer, 8192, 0 or return;
	my ($length, $kind) = unpack 'L S', $answer;
	return substr $answer, 16, $length - 16 if $kind != 2;    # NLMSG_ERROR, 0 of which is none
	my $error = unpack 'x16 l', $answer;
	return '' if !$error;
	$! = -$error;
	return;
}
sub attribute { my ($type, $value) = @_; return pack 'S S a* x![L]', 4 + length $value, $type, $value }
# A message of TASKSTATS: its family has a number that differs.
sub taskstats {
	my ($pid) = @_;
	my $family = netlink(16, 16, pack('C C S', 3, 1, 0) . attribute(2, "TASKSTATS\0"));
	defined $family && $family =~ /^.{4}.*?\x06\x00\x01\x00(..)/s or return;
	return netlink(16, unpack('S', $1), pack('C C S', 1, 1, 0) . attribute(1, pack 'L', $pid));
}
sub count_lines { my ($path) = @_; my $text = read_file($path); return scalar(() = $text =~ /\n/g) }
# A socket of a kind: the kernel lists it.
sub listed {
	my ($path, @stops) = @_;
	return (
		reaches => "what comes to the host's network", stops => \@stops,
		before => sub { my ($at) = @_; $at->{lines} = count_lines($path) },
		out => sub { my ($at) = @_; return count_lines($path) > $at->{lines} },
	);
}

# bpf(2): a map of the host's with the secret.
sub bpf { my ($command, $attributes) = @_; return sys('bpf', $command, \$attributes, length $attributes) }
sub bpf_element { my ($command, $map, $key, $value) = @_; return bpf($command, pack 'L x4 Q3', $map, Sys::address($$key), Sys::address($$value), 0) }
sub host_map {
	my ($at) = @_;
	my ($key, $value) = (pack('L', 0), $at->{secret});
	$at->{map} = bpf(0, pack 'L4 x56', 2, 4, 16, 1);    # an array of one
	defined $at->{map} && defined bpf_element(2, $at->{map}, \$key, \$value) or die "bpf: $!\n";
	$at->{fact}{id} = read_file("/proc/self/fdinfo/$at->{map}") =~ /^map_id:\s*(\d+)/m ? $1 : die "no number\n";
}

sub kexec_unload { return sys('kexec_load', 0, 0, 0, 0) }

# adjtimex(2): the offset of TAI, which nothing here goes by. What is before it has a long's width each, with the holes.
sub clock { my ($modes, $value) = @_; my $timex = pack('L x204', $modes); substr($timex, 6 * $Sys::LONG, $Sys::LONG) = pack 'l!', $value; return defined sys('clock_adjtime', 0, \$timex) ? $timex : undef }
sub tai { my $timex = clock(0, 0); return unpack 'l', substr $timex, 20 * $Sys::LONG, 4 }

Escape::run_all(
	# ---- settings and helpers ----
	{ name => 'core_pattern', setting('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/core_pattern', "|$HELPER", ['2e', 'EACCES', 'what is no process is not written to'], ['tools', 'EROFS', 'vserver start mounts /proc/sys for reading']) },
	{
		name => "core_pattern of the host's /proc, and a crash", setting_of_host('/proc/sys/kernel/core_pattern', "|$HELPER"),
		reaches => 'a program that runs as root of the host',
		before => sub { my ($at) = @_; helper($at); kept($at, '/proc/sys/kernel/core_pattern') },
		try => sub {
			write_to(host_path('/proc/sys/kernel/core_pattern'), "|$HELPER") or return;
			my $pid = fork;
			if (!$pid) { sys('prlimit64', 0, 4, pack('Q2', 1 << 20, 1 << 20), 0); kill SEGV => $$; Sys::leave(0) }
			waitpid $pid, 0;
			return 1;
		},
		out => \&has_run,
		after => sub { restored($_[0]); no_helper() },
	},
	{ name => 'suid_dumpable', setting_of_host('/proc/sys/fs/suid_dumpable', '1') },
	{ name => 'the path of modprobe', needs => ['MODULES'], setting_of_host('/proc/sys/kernel/modprobe', $HELPER) },
	{ name => "the host's sysfs", setting_of_host('/sys/module/printk/parameters/time', 'N') },
	{
		name => 'uevent_helper', needs => ['UEVENT_HELPER'], setting_of_host('/sys/kernel/uevent_helper', $HELPER),
	},
	{
		name => 'sysrq-trigger', reaches => 'the kernel, as from its keyboard', stops => [['2e', 'ENOENT', 'what is not for a guest is absent'], ['tools', 'EROFS', 'vserver start mounts it for reading']],
		before => sub { $_[0]{log} = Kmsg->new },
		try => sub { return write_to('/proc/sysrq-trigger', 'h') },
		out => sub { my ($at) = @_; return scalar grep /sysrq: HELP/, $at->{log}->lines },
	},
	{
		name => "sysrq-trigger of the host's /proc", reaches => 'the kernel, as from its keyboard', stops => [@NO_PROC],
		before => sub { $_[0]{log} = Kmsg->new },
		try => sub { return write_to(host_path('/proc/sysrq-trigger'), 'h') },
		out => sub { my ($at) = @_; return scalar grep /sysrq: HELP/, $at->{log}->lines },
	},
	{
		name => 'binfmt_misc', reaches => 'the programs that the host runs', stops => [$NO_ADMIN],
		try => sub { mkdir '/escape/binfmt'; defined mount_at('binfmt_misc', '/escape/binfmt') or return; return write_to('/escape/binfmt/register', ":escape:E::escape::$HELPER:") },
		out => \&is_format,
		after => \&no_format,
	},
	{
		name => "binfmt_misc of the host's", reaches => 'the programs that the host runs', stops => [@NO_PROC],
		before => sub { sh('mount -t binfmt_misc none /proc/sys/fs/binfmt_misc') },
		try => sub { return write_to(host_path('/proc/sys/fs/binfmt_misc/register'), ":escape:E::escape::$HELPER:") },
		out => \&is_format,
		after => sub { no_format(); sh('umount /proc/sys/fs/binfmt_misc') },
	},
	{
		name => 'release_agent of a cgroup', reaches => 'a program that runs as root of the host', stops => [$NO_ADMIN],
		before => \&helper,
		try => sub {
			mkdir '/escape/cgroup';
			defined mount_at('cgroup', '/escape/cgroup', 'none,name=escape') or return;
			mkdir '/escape/cgroup/in';
			write_to('/escape/cgroup/release_agent', $HELPER) && write_to('/escape/cgroup/in/notify_on_release', '1') or return;
			my $pid = fork;
			if (!$pid) { write_to('/escape/cgroup/in/cgroup.procs', '0'); Sys::leave(0) }
			waitpid $pid, 0;
			return 1;
		},
		out => \&has_run,
		after => sub { rmdir '/vservers/one/escape/cgroup/in'; no_helper() },
	},
	# Whoever asks for these waits for the helper.
	{
		name => 'request_key', reaches => 'a program that runs as root of the host', stops => [['2i', 'ENOKEY', 'no helper of the host runs for a guest']],
		before => sub { helper($_[0]); sh("ln -s $HELPER /sbin/request-key") },
		try => sub { return sys('request_key', "user\0", "escape\0", "guest\0", 0) },
		out => \&ran,
		after => sub { unlink '/sbin/request-key'; no_helper() },
	},
	{
		name => 'a module that a socket asks for', needs => ['MODULES'], reaches => 'a program that runs as root of the host', stops => [['2i', 'EAFNOSUPPORT', 'no helper of the host runs for a guest']],
		before => sub { my ($at) = @_; helper($at); kept($at, '/proc/sys/kernel/modprobe'); write_file('/proc/sys/kernel/modprobe', "$HELPER\n") },
		try => sub { return socket(my $socket, 38, $SOCK_DGRAM, 0) ? 1 : undef },    # AF_ALG
		out => \&ran,
		after => sub { restored($_[0]); no_helper() },
	},
	{
		name => 'cgroup.procs', reaches => 'a process of the host, which gets other limits', stops => [$NO_ADMIN],
		before => sub { victim($_[0]) },
		try => sub {
			my ($fact) = @_;
			mkdir '/escape/cgroup';
			defined mount_at('cgroup2', '/escape/cgroup') or return;
			mkdir '/escape/cgroup/escape';
			return write_to('/escape/cgroup/escape/cgroup.procs', $fact->{pid});
		},
		out => \&is_moved,
		after => \&no_group,
	},
	{
		name => "cgroup.procs of the host's", reaches => 'a process of the host, which gets other limits', stops => [@NO_PROC],
		before => sub { victim($_[0]); sh('mount -t cgroup2 none /sys/fs/cgroup') },
		try => sub {
			my ($fact) = @_;
			mkdir(host_path('/sys/fs/cgroup/escape')) or return;
			return write_to(host_path('/sys/fs/cgroup/escape/cgroup.procs'), $fact->{pid});
		},
		out => \&is_moved,
		after => sub { no_group($_[0]); sh('umount /sys/fs/cgroup') },
	},

	# ---- the log ----
	{
		name => 'syslog', reaches => "the host's log", stops => [['2h', 'inside', 'its log is its own']],
		before => sub { my ($at) = @_; write_file('/dev/kmsg', "escape: $at->{secret}\n") },
		try => sub { my $text = "\0" x 262144; my $length = sys('syslog', 3, \$text, length $text); return defined $length ? (substr($text, 0, $length) =~ /escape: (\w+)\n\z/)[0] || '' : undef },
	},
	{
		name => 'syslog: clear', reaches => "the host's log", stops => [['2h', 'inside', 'its log is its own'], no_cap('SYSLOG')],
		before => sub { my ($at) = @_; write_file('/dev/kmsg', "escape: $at->{secret}\n") },
		try => sub { return sys('syslog', 5, 0, 0) },
		out => sub { my ($at) = @_; my $text = "\0" x 262144; my $length = sys('syslog', 3, \$text, length $text); return index($text, $at->{secret}) < 0 },
	},
	{
		name => '/proc/kmsg', reaches => "the host's log", stops => [['2e', 'ENOENT', 'what is not for a guest is absent'], no_cap('SYSLOG')],
		try => sub { return sysopen(our $log, '/proc/kmsg', 04000) ? 1 : undef },
		out => sub { return holds($_[0], '/proc/kmsg') },
	},
	{
		name => 'mknod of /dev/kmsg', reaches => "the host's log", stops => [no_cap('MKNOD')],
		before => sub { $_[0]{log} = Kmsg->new },
		try => sub { defined node(1, 11) or return; return write_to('/escape/node', "guest\n") },
		out => sub { my ($at) = @_; return scalar grep /^guest$/, $at->{log}->lines },
		after => \&no_node,
	},
	{
		name => "/dev/kmsg of the host's", reaches => "the host's log", stops => [@NO_PROC],
		before => sub { $_[0]{log} = Kmsg->new },
		try => sub { return write_to(host_path('/dev/kmsg'), "guest\n") },
		out => sub { my ($at) = @_; return scalar grep /^guest$/, $at->{log}->lines },
	},
	{
		name => 'a /dev/kmsg that the host has given', reaches => "the host's log", stops => [['2h', 'EPERM', 'who is inside does not open it']],
		before => sub { my ($at) = @_; $at->{log} = Kmsg->new; sys('mknod', "/vservers/one/escape/node\0", $MODE_CHR | 0600, 1 << 8 | 11) },
		try => sub { return write_to('/escape/node', "guest\n") },
		out => sub { my ($at) = @_; return scalar grep /^guest$/, $at->{log}->lines },
		after => \&no_node,
	},

	# ---- what the kernel tells ----
	{
		name => '/proc/cmdline', reaches => 'how the host was booted', stops => [['2e', 'ENOENT', 'what is not for a guest is absent']],
		try => sub { return read_file('/proc/cmdline') },
		out => sub { my ($at, $text) = @_; return defined $text && $text eq read_file('/proc/cmdline') },
	},
	{
		name => '/proc/kpageflags', reaches => 'what each page of memory is for', stops => [['2e', 'ENOENT', 'what is not for a guest is absent']],
		try => sub { open my $file, '<', '/proc/kpageflags' or return; return sysread $file, my $flags, 8 },
		out => sub { my ($at, $length) = @_; return defined $length && $length == 8 },
	},
	{
		name => '/proc/keys', reaches => "the names of the host's keys", stops => [['2a', 'inside', 'it lists the keys inside']],
		before => sub { my ($at) = @_; $at->{key} = sys('add_key', "user\0", "$at->{secret}\0", 'x', 1, -4); defined $at->{key} or die "add_key: $!\n" },
		try => sub { my $text = read_file('/proc/keys'); return defined $text ? join ' ', $text =~ / ([0-9a-f]{16}): /g : undef },
		out => sub { my ($at, $names) = @_; return defined $names && index($names, $at->{secret}) >= 0 },
		after => sub { my ($at) = @_; sys('keyctl', 9, $at->{key}, -4, 0, 0) },
	},

	# ---- the kernel itself ----
	{
		name => 'a module', needs => ['MODULES'], reaches => 'the kernel, which takes it to be a module', stops => [no_cap('SYS_MODULE')],
		try => sub { my $module = "\x7fELF" . "\0" x 60; return sys('init_module', \$module, length $module, "\0") || ($!{ENOEXEC} ? 'read' : undef) },
		out => sub { my ($at, $done) = @_; return defined $done },
	},
	{
		name => 'kexec', needs => ['KEXEC'], reaches => 'the kernel that comes after this one', stops => [no_cap('SYS_BOOT')],
		try => sub { my $code = "\xf4" x 4096; my $segment = pack 'L!4', Sys::address($code), 4096, 0x100000, 4096; return sys('kexec_load', 0x100000, 1, \$segment, 0) },
		out => sub { return read_file('/sys/kernel/kexec_loaded') eq "1\n" },
		after => \&kexec_unload,
	},
	{
		name => 'reboot', reaches => 'what Ctrl-Alt-Del does', stops => [no_cap('SYS_BOOT')],
		before => sub { my ($at) = @_; kept($at, '/proc/sys/kernel/ctrl-alt-del'); $at->{fact}{on} = $at->{old} },
		try => sub { my ($fact) = @_; return sys('reboot', 0xfee1dead, 672274793, $fact->{on} ? 0 : 0x89abcdef, 0) },
		out => sub { return changed($_[0]) },
		after => sub { restored($_[0]) },
	},
	{
		name => 'bpf', needs => ['BPF_SYSCALL'], reaches => 'a map of the host', stops => [$NO_ADMIN],
		before => \&host_map,
		try => sub {
			my ($fact) = @_;
			my $map = bpf(14, pack 'L3', $fact->{id}, 0, 0);
			my ($key, $value) = (pack('L', 0), "\0" x 16);
			return defined $map && defined bpf_element(1, $map, \$key, \$value) ? $value : undef;
		},
		after => sub { my ($at) = @_; open my $map, '<&=', $at->{map} or return; close $map },
	},
	{
		name => 'user namespaces', in_namespace => 1, reaches => 'all capabilities, over a namespace', stops => [['1b', 'EPERM', 'its umask has no newuser']],
		try => sub { return sys('unshare', $CLONE_NEWUSER) },
		out => sub { my ($at) = @_; return outside('link_of', "/proc/$at->{pid}/ns/user") ne readlink '/proc/self/ns/user' },
	},
	{
		name => 'user namespaces, for a user', in_namespace => 1, reaches => 'all capabilities, over a namespace', stops => [['1b', 'EPERM', 'its umask has no newuser']],
		try => sub { Sys::drop_root(1000); return sys('unshare', $CLONE_NEWUSER) },
		out => sub { my ($at) = @_; return outside('link_of', "/proc/$at->{pid}/ns/user") ne readlink '/proc/self/ns/user' },
	},
	{
		name => 'capabilities of a file', reaches => 'CAP_SYS_ADMIN', stops => [$NO_ADMIN],
		# All of them, for whoever executes it.
		try => sub {
			system('cp', $^X, '/escape/program');
			defined sys('setxattr', "/escape/program\0", "security.capability\0", pack('L5', 0x02000001, 0xffffffff, 0, 0x1ff, 0), 20, 0) or return;
			my $exit = system('/escape/program', '-I/tests/lib', '-MSys', '-e', 'sys("mount", "escape\0", "/escape/program.d\0", "tmpfs\0", 0, 0) // Sys::leave($!)');
			$! = $exit >> 8;
			return $exit ? undef : 1;
		},
		before => sub { mkdir '/vservers/one/escape/program.d' },
		out => sub { my ($at) = @_; return outside('read_file', "/proc/$at->{pid}/mountinfo") =~ m{/escape/program\.d } },
		after => sub { unlink '/vservers/one/escape/program' },
	},
	{
		name => 'ctx_migrate', reaches => 'another guest', stops => [['1b', 'ENOSYS', 'inside no command is one']],
		try => sub { return ctx_migrate($OTHER_XID) },
		out => sub { my ($at) = @_; return task_xid($at->{pid}) == $OTHER_XID },
	},
	{
		name => 'set_bcaps', reaches => 'the capabilities of a guest', stops => [['1b', 'ENOSYS', 'inside no command is one']],
		before => sub { my ($at) = @_; $at->{bcaps} = get_bcaps($OTHER_XID) },
		try => sub { return set_bcaps($OTHER_XID, -1, -1) },
		out => sub { my ($at) = @_; return get_bcaps($OTHER_XID) != $at->{bcaps} },
		after => sub { my ($at) = @_; set_bcaps($OTHER_XID, $at->{bcaps}, -1) },
	},
	{
		name => 'io_uring: a file of the host', reaches => 'a file of the host', stops => [@NO_PROC],
		try => sub {
			my $path = host_path("/escape/secret\0");
			my @request = Ring::open_file(\$path, 0);
			my $fd = by_worker(@request);
			return if !defined $fd;
			my $text = "\0" x 16;
			return defined sys('read', $fd, \$text, 16) ? $text : undef;
		},
	},
	{ name => 'io_uring: a raw socket', listed('/proc/net/raw', no_cap('NET_RAW')), try => sub { return by_worker(45, 0, 2, 0, 1, 0, 0, $SOCK_RAW) } },

	# ---- devices and disks ----
	{
		name => 'mknod of /dev/mem', needs => ['DEVMEM'], reaches => 'the memory of the machine', stops => [no_cap('MKNOD')],
		try => sub { defined node(1, 1) or return; return memory('/escape/node') }, out => sub { return holds($_[0], 1 << 8 | 1) }, after => \&no_node,
	},
	{
		name => "/dev/mem of the host's", needs => ['DEVMEM'], reaches => 'the memory of the machine', stops => [@NO_PROC, no_cap('SYS_RAWIO')],
		try => sub { return memory(host_path('/dev/mem')) }, out => sub { return holds($_[0], 1 << 8 | 1) },
	},
	{
		name => '/proc/kcore', needs => ['PROC_KCORE'], reaches => "the kernel's memory", stops => [['2e', 'ENOENT', 'what is not for a guest is absent'], no_cap('SYS_RAWIO')],
		try => sub { return memory('/proc/kcore') }, out => sub { return holds($_[0], '/proc/kcore') },
	},
	{
		name => 'ioperm', needs => ['X86_IOPL_IOPERM'], reaches => 'the ports of the machine', stops => [no_cap('SYS_RAWIO')],
		try => sub { return sys('ioperm', 0x80, 1, 1) }, out => sub { my ($at, $done) = @_; return defined $done },
	},
	{
		name => 'TUN', needs => ['TUN'], reaches => "an interface of the host's network", stops => [@NO_PROC, no_cap('NET_ADMIN')],
		try => sub {
			open our $tun, '+<', host_path('/dev/net/tun') or return;
			return ioctl($tun, 0x400454ca, my $request = pack 'a16 S x14', 'escape0', 0x1001) ? 1 : undef;
		},
		before => sub { sh('mkdir -p /dev/net; [ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200') },
		out => sub { return -d '/sys/class/net/escape0' },
	},
	{
		name => 'swapon', reaches => 'the memory of all processes', stops => [$NO_ADMIN],
		before => sub { sh('cd /vservers/one/escape && dd if=/dev/zero of=swap bs=1M count=1 2>/dev/null && mkswap swap >/dev/null') },
		try => sub { return sys('swapon', "/escape/swap\0", 0) },
		out => sub { return read_file('/proc/swaps') =~ m{/escape/swap} },
		after => sub { sys('swapoff', "/vservers/one/escape/swap\0"); unlink '/vservers/one/escape/swap' },
	},
	{
		name => 'acct', reaches => 'what all of the host run', stops => [no_cap('SYS_PACCT')],
		try => sub { open my $file, '>', '/escape/account'; return sys('acct', "/escape/account\0") },
		out => sub { system 'true'; return -s '/vservers/one/escape/account' },
		after => sub { sys('acct', 0); unlink '/vservers/one/escape/account' },
	},

	# ---- clock and names ----
	{
		name => 'the clock', reaches => 'the clock of the machine', stops => [no_cap('SYS_TIME')],
		before => sub { $_[0]{tai} = tai() },
		try => sub { return clock(0x80, 77) },    # ADJ_TAI
		out => sub { return tai() != $_[0]{tai} },
		after => sub { clock(0x80, $_[0]{tai}) },
	},
	{
		name => 'sethostname', reaches => "the host's name", stops => [['3a', 'inside', 'its name is its own'], $NO_ADMIN],
		before => sub { kept($_[0], '/proc/sys/kernel/hostname') },
		try => sub { return sys('sethostname', 'guest', 5) },
		out => sub { return changed($_[0]) },
		after => sub { restored($_[0]) },
	},

	# ---- the network ----
	{ name => 'a raw socket', listed('/proc/net/raw', no_cap('NET_RAW')), try => sub { socket our $socket, 2, $SOCK_RAW, 1 or return; return 1 } },
	{ name => 'a packet socket', listed('/proc/net/packet', no_cap('NET_RAW')), try => sub { socket our $socket, $AF_PACKET, $SOCK_RAW, 0x300 or return; return 1 } },
	{
		name => 'netlink: an interface', reaches => "the host's network", stops => [no_cap('NET_ADMIN')],
		# RTM_NEWLINK of a dummy
		try => sub { return netlink(0, 16, pack('C x S l L L', 0, 0, 0, 0, 0) . attribute(3, "escape0\0") . attribute(18, attribute(1, "dummy\0"))) },
		out => sub { return -d '/sys/class/net/escape0' },
		after => sub { system 'ip link del escape0 2>/dev/null' },
	},
	{
		name => 'an interface by ioctl', reaches => "the host's network", stops => [no_cap('NET_ADMIN')],
		before => sub { kept($_[0], '/sys/class/net/lo/mtu') },
		try => sub { socket my $socket, 2, $SOCK_DGRAM, 0 or return; return ioctl($socket, 0x8922, my $request = pack 'a16 l x12', 'lo', 4242) ? 1 : undef },
		out => sub { return changed($_[0]) },
		after => sub { restored($_[0]) },
	},
	{
		name => 'netlink: an event of the kernel', reaches => 'what waits for devices, on the host', stops => [['1b', 'EPERM', 'CAP_NET_ADMIN is none of its capabilities']],
		before => sub { $_[0]{socket} = bound(15, 1) },
		try => sub { socket my $socket, $AF_NETLINK, $SOCK_DGRAM, 15 or return; return send $socket, "add\@/escape\0ACTION=add\0", 0, pack 'S x2 L2', $AF_NETLINK, 0, 1 },
		out => sub {
			my ($at) = @_;
			my $text = '';
			while (defined recv $at->{socket}, $text, 8192, 0x40) { return 1 if index($text, '/escape') >= 0 }
			return 0;
		},
	},
	{
		name => 'netlink: taskstats', reaches => 'what a process of the host has used', stops => [no_cap('NET_ADMIN')],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; return taskstats($fact->{pid}) },
		out => sub { my ($at, $answer) = @_; return defined $answer && index($answer, 'perl') >= 0 },
	},
	{
		name => 'netlink: what happens to processes', needs => ['PROC_EVENTS'], reaches => 'what happens to processes of the host', stops => [['2a', 'inside', 'it tells of those inside']],
		before => \&forks_when_asked,
		try => sub {
			socket my $socket, $AF_NETLINK, $SOCK_DGRAM, 11 or return;
			bind $socket, pack 'S x2 L2', $AF_NETLINK, 0, 1 or return;
			my $listen = pack 'L4 S2 L', 1, 1, 0, 0, 4, 0, 1;
			send $socket, pack('L S S L L a*', 16 + length $listen, 3, 0, 0, 0, $listen), 0 or return;
			open my $ask, '+<', '/escape/ask' or return;
			open my $told, '+<', '/escape/told' or return;
			syswrite $ask, 'x';
			sysread $told, my $pid, 4 or return;
			my $event = '';
			while (defined recv $socket, $event, 4096, 0x40) { return 'told' if index($event, $pid) >= 0 }
			return '';
		},
		out => sub { my ($at, $told) = @_; return defined $told && $told eq 'told' },
		after => sub { my ($at) = @_; kill KILL => $at->{runs}; waitpid $at->{runs}, 0; unlink map "/vservers/one/escape/$_", qw(ask told) },
	},
);

sub is_format { return -e '/vservers/one/escape/binfmt/escape' || -e '/proc/sys/fs/binfmt_misc/escape' }
sub no_format { for (grep -e, map "$_/escape", '/vservers/one/escape/binfmt', '/proc/sys/fs/binfmt_misc') { write_file($_, '-1') } }
sub is_moved { my ($at) = @_; return outside('read_file', "/proc/$at->{victim}->{pid}/cgroup") =~ m{^0::/escape$}m }
sub no_group { my ($at) = @_; Escape::end_of($at); rmdir "$_/escape" for '/vservers/one/escape/cgroup', '/sys/fs/cgroup' }
sub memory { my ($path) = @_; return open(our $memory, '<', $path) ? sysread $memory, my $text, 16 : undef }

# A process of the host that has a child each time that it is asked for one, and tells its pid when that is gone.
sub forks_when_asked {
	my ($at) = @_;
	sh('cd /vservers/one/escape && mkfifo ask told');
	$at->{runs} = fork;
	return if $at->{runs};
	open my $ask, '+<', '/vservers/one/escape/ask' or Sys::leave(1);
	open my $told, '+<', '/vservers/one/escape/told' or Sys::leave(1);
	while (sysread $ask, my $byte, 1) {
		my $pid = fork;
		Sys::leave(0) if !$pid;
		waitpid $pid, 0;
		syswrite $told, pack 'L', $pid;
	}
	Sys::leave(0);
}

# by_worker(REQUEST): what comes of it in a thread that the kernel adds; undef and $! when that is an error.
sub by_worker {
	my ($opcode, $flags, @rest) = @_;
	my $ring = Ring->new;
	defined $ring->submit($opcode, $flags | Ring::async(), @rest) or return;
	my $result = $ring->result;
	return $result if $result >= 0;
	$! = -$result;
	return;
}
