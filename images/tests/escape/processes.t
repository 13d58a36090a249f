#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways out of a guest to processes of the host and of another guest, and to what they have: signals, memory, open files, priorities, keys,
# terminals, sockets. See lib/Escape.pm.
use strict;
use Sys;
use VServer;
use Callers;
use Escape;

my $KILL = 9;
my ($O_RDWR, $F_SETOWN, $F_SETSIG, $F_SETFL, $O_ASYNC) = (2, 8, 10, 4, 020000);
my $PTRACE_ATTACH = 16;
my ($TIOCSTI, $TIOCCONS, $SIOCSPGRP) = (0x5412, 0x541d, 0x8902);
my ($USER_KEYRING, $SESSION_KEYRING) = (-4, -3);
my $OTHER_XID = 101;

my $NO_TRACE = ['2f', 'EPERM', 'whom it may not trace it may not look into'];
my $NO_NICE = ['1b', 'EPERM', 'what runs outside may more, and CAP_SYS_NICE is none of its capabilities'];
my $NO_ADMIN = ['1b', 'EPERM', 'CAP_SYS_ADMIN is none of its capabilities'];

# A signal of any kind to a process of the host.
my %signal = (
	reaches => 'a process of the host, which dies', stops => [$NO_PID],
	before => sub { victim($_[0]) },
	out => sub { return struck($_[0]) },
);
my %memory = (
	reaches => 'the memory of a process of the host', stops => [$NO_PID, $NO_TRACE],
	before => sub { my ($at) = @_; $at->{fact}{address} = victim($at)->secret_at },
);
# What the kernel says of the victim before and after.
sub administered {
	my ($reaches, $figure, @stops) = @_;
	return (
		reaches => $reaches, stops => [@stops ? @stops : $NO_PID],
		before => sub { my ($at) = @_; victim($at); $at->{figure} = $figure->($at->{victim}->pid) },
		out => sub { my ($at) = @_; return $figure->($at->{victim}->pid) ne $at->{figure} },
	);
}
# A field of /proc/PID/stat, counted from 1.
sub stat_field { my ($number) = @_; return sub { return (split ' ', (outside('read_file', "/proc/$_[0]/stat") =~ /.*\) (.*)/s)[0])[$number - 3] } }

sub vector { my ($address, $length) = @_; return pack 'L!2', $address, $length }

Escape::run_all(
	{ name => 'kill', %signal, try => sub { my ($fact) = @_; return kill(KILL => $fact->{pid}) ? 1 : undef } },
	{
		name => "kill of another guest's", %signal, reaches => 'a process of another guest, which dies',
		before => sub { victim($_[0], $OTHER_XID) },
		try => sub { my ($fact) = @_; return kill(KILL => $fact->{pid}) ? 1 : undef },
	},
	{ name => 'kill of a process group', %signal, before => sub { victim($_[0])->lead }, try => sub { my ($fact) = @_; return kill(KILL => -$fact->{pid}) ? 1 : undef } },
	{
		# By a signal that means nothing to anybody else.
		name => 'kill of all', %signal, reaches => 'a process of the host, which is signalled', stops => [['2a', 'inside', 'all are those inside']],
		try => sub { local $SIG{URG} = 'IGNORE'; return kill(URG => -1) ? 1 : undef },
	},
	{ name => 'tgkill', %signal, try => sub { my ($fact) = @_; return sys('tgkill', ($fact->{pid}) x 2, $KILL) } },
	{
		name => 'rt_tgsigqueueinfo', %signal,
		try => sub { my ($fact) = @_; my $info = pack 'l3 x116', $KILL, 0, -1; return sys('rt_tgsigqueueinfo', ($fact->{pid}) x 2, $KILL, \$info) },
	},
	{
		name => 'pidfd_send_signal', %signal,
		try => sub { my ($fact) = @_; my $pidfd = sys('pidfd_open', $fact->{pid}, 0); return defined $pidfd ? sys('pidfd_send_signal', $pidfd, $KILL, 0, 0) : undef },
	},
	{
		name => 'pidfd from /proc', %signal, stops => [$NO_PROC[0], $NO_PID],
		try => sub { my ($fact) = @_; open my $folder, '<', "/proc/$fact->{pid}" or return; return sys('pidfd_send_signal', fileno $folder, $KILL, 0, 0) },
	},
	{
		name => 'F_SETOWN and SIGIO', %signal,
		try => sub {
			my ($fact) = @_;
			pipe my ($from, $to) or return;
			fcntl $from, $F_SETOWN, $fact->{pid} or return;
			fcntl $from, $F_SETSIG, $KILL or return;
			fcntl $from, $F_SETFL, $O_ASYNC or return;
			return syswrite $to, 'x';
		},
	},
	{
		name => 'SIOCSPGRP and SIGURG', %signal, reaches => 'a process of the host, which is signalled',
		try => sub {
			my ($fact) = @_;
			socket my $listener, 2, 1, 0 or return;
			bind $listener, pack 'S n N x8', 2, 0, 0x7f000001 or return;
			listen $listener, 1 or return;
			socket my $one, 2, 1, 0 or return;
			connect $one, getsockname $listener or return;
			accept my $other, $listener or return;
			ioctl $other, $SIOCSPGRP, my $owner = pack 'l', $fact->{pid} or return;
			return send $one, 'x', 1;    # MSG_OOB
		},
	},
	{
		name => 'ptrace', reaches => 'a process of the host, which is traced', stops => [$NO_PID, $NO_TRACE],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; return sys('ptrace', $PTRACE_ATTACH, $fact->{pid}, 0, 0) },
		out => sub { my ($at) = @_; return outside('field', "/proc/$at->{fact}{pid}/status", 'TracerPid') },
	},
	{
		name => "ptrace of another guest's", reaches => 'a process of another guest, which is traced', stops => [$NO_PID, $NO_TRACE],
		before => sub { victim($_[0], $OTHER_XID) },
		try => sub { my ($fact) = @_; return sys('ptrace', $PTRACE_ATTACH, $fact->{pid}, 0, 0) },
		out => sub { my ($at) = @_; return outside('field', "/proc/$at->{fact}{pid}/status", 'TracerPid') },
	},
	{
		name => 'ptrace of who entered it', reaches => "the host's side of vserver exec, which is traced", stops => [$NO_PID, $NO_TRACE],
		before => sub { my ($at) = @_; $at->{fact}{pid} = $at->{place} eq 'guest' ? $at->{self}{pid} : victim($at)->pid },
		try => sub { my ($fact) = @_; return sys('ptrace', $PTRACE_ATTACH, $fact->{pid}, 0, 0) },
		out => sub { my ($at) = @_; return outside('field', "/proc/$at->{fact}{pid}/status", 'TracerPid') },
	},
	{
		name => 'a look into /proc', reaches => 'which processes the host has', stops => [['2b', 'inside', '/proc has those inside']],
		before => sub { victim($_[0]) },
		try => sub { my @name = list_dir('/proc'); return @name ? join ' ', @name : undef },
		out => sub { my ($at, $names) = @_; return defined $names && " $names " =~ / $at->{fact}{pid} / },
	},
	{
		name => 'process_vm_readv', %memory,
		try => sub { my ($fact) = @_; my $text = "\0" x 16; return defined sys('process_vm_readv', $fact->{pid}, vector(Sys::address($text), 16), 1, vector($fact->{address}, 16), 1, 0) ? $text : undef },
	},
	{
		name => 'process_vm_writev', %memory,
		try => sub { my ($fact) = @_; my $text = 'g' x 16; return sys('process_vm_writev', $fact->{pid}, vector(Sys::address($text), 16), 1, vector($fact->{address}, 16), 1, 0) },
		out => sub { my ($at) = @_; return $at->{victim}->secret_is ne $at->{secret} },
	},
	{
		name => 'process_madvise', %memory, stops => [$NO_PID, $NO_NICE],
		try => sub {
			my ($fact) = @_;
			my $pidfd = sys('pidfd_open', $fact->{pid}, 0);
			return defined $pidfd ? sys('process_madvise', $pidfd, vector($fact->{address} & ~4095, 4096), 1, 20, 0) : undef;    # MADV_COLD
		},
		out => sub { my ($at, $done) = @_; return $done },
	},
	{
		name => '/proc/PID/mem', %memory, stops => [@NO_PROC],
		try => sub { my ($fact) = @_; open my $memory, '<', "/proc/$fact->{pid}/mem" or return; sysseek $memory, $fact->{address}, 0 or return; sysread $memory, my $text, 16 or return; return $text },
	},
	{
		name => '/proc/PID/environ', reaches => 'the environment of a process of the host', stops => [@NO_PROC],
		before => sub {
			my ($at) = @_;
			$at->{runs} = fork;
			if (!$at->{runs}) { %ENV = (PASSWORD => $at->{secret}); exec '/bin/sleep', '1000' or Sys::leave(1) }
			TAP::wait_for(30, sub { (read_file("/proc/$at->{runs}/environ") || '') =~ /^PASSWORD/ }) or die "it does not run\n";
			$at->{fact}{pid} = $at->{runs};
		},
		try => sub { my ($fact) = @_; my $text = read_file("/proc/$fact->{pid}/environ"); return defined $text && $text =~ /PASSWORD=(\w+)/ ? $1 : undef },
		after => sub { my ($at) = @_; kill KILL => $at->{runs}; waitpid $at->{runs}, 0 },
	},
	{
		name => 'pidfd_getfd', reaches => 'a file that a process of the host has open', stops => [$NO_PID, $NO_TRACE],
		before => sub { my ($at) = @_; $at->{fact}{fd} = victim($at)->open_unlinked(secret_file($at, '/escape/unlinked')) },
		try => sub {
			my ($fact) = @_;
			my $pidfd = sys('pidfd_open', $fact->{pid}, 0);
			defined $pidfd or return;
			my $fd = sys('pidfd_getfd', $pidfd, $fact->{fd}, 0);
			my $text = "\0" x 16;
			return defined $fd && defined sys('pread64', $fd, \$text, 16, 0, 0) ? $text : undef;
		},
	},
	{
		name => 'kcmp', reaches => 'what two processes of the host share', stops => [$NO_PID, $NO_TRACE],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; return sys('kcmp', ($fact->{pid}) x 2, 2, 0, 0) },    # KCMP_VM: 0, the same
		out => sub { my ($at, $same) = @_; return defined $same && $same == 0 },
	},
	{
		name => 'get_robust_list', reaches => 'an address in a process of the host', stops => [$NO_PID, $NO_TRACE],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; my ($head, $length) = ("\0" x 8) x 2; return sys('get_robust_list', $fact->{pid}, \$head, \$length) },
		out => sub { my ($at, $done) = @_; return defined $done },
	},
	{
		name => 'the clock of a process', reaches => 'how long a process of the host has run', stops => [['2a', 'EINVAL', 'a process that is not inside has no clock']],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; my $time = "\0" x 16; return sys('clock_gettime', ~$fact->{pid} << 3 | 2, \$time) },    # CPUCLOCK_SCHED
		out => sub { my ($at, $done) = @_; return defined $done },
	},
	{
		name => 'perf_event_open', reaches => 'what a process of the host does', stops => [$NO_PID, ['2f', 'EACCES', 'whom it may not trace it may not look into']],
		before => sub { victim($_[0]) },
		# A software clock, of user space.
		try => sub { my ($fact) = @_; my $event = pack 'L2 Q4 Q x80', 1, 128, 0, 0, 0, 0, 1 << 5; return sys('perf_event_open', \$event, $fact->{pid}, -1, -1, 0) },
		out => sub { my ($at, $fd) = @_; return defined $fd && (outside('link_of', "/proc/$at->{pid}/fd/$fd") || '') =~ /perf_event/ },
	},
	{
		name => 'perf of a processor', reaches => 'what all processes do', stops => [['1b', 'EACCES', 'CAP_PERFMON is none of its capabilities']],
		try => sub { my $event = pack 'L2 Q4 Q x80', 1, 128, 0, 0, 0, 0, 0; return sys('perf_event_open', \$event, -1, 0, -1, 0) },
		out => sub { my ($at, $fd) = @_; return defined $fd && (outside('link_of', "/proc/$at->{pid}/fd/$fd") || '') =~ /perf_event/ },
	},
	{
		name => 'prlimit', administered('a limit of a process of the host', sub { return outside('read_file', "/proc/$_[0]/limits") =~ /^Max open files\s+(\d+)/m ? $1 : '' }),
		try => sub { my ($fact) = @_; return sys('prlimit64', $fact->{pid}, 7, pack('Q2', 99, 99), 0) },
	},
	{
		name => 'sched_setscheduler', administered('how a process of the host is scheduled', stat_field(41), $NO_PID, $NO_NICE),
		try => sub { my ($fact) = @_; return sys('sched_setscheduler', $fact->{pid}, 3, pack 'l', 0) },    # SCHED_BATCH
	},
	{
		# One processor is all there may be: that it may is all that tells.
		name => 'sched_setaffinity', reaches => 'where a process of the host runs', stops => [$NO_PID, $NO_NICE],
		before => sub { victim($_[0]) },
		try => sub { my ($fact) = @_; return sys('sched_setaffinity', $fact->{pid}, 8, pack 'L2', 1, 0) },
		out => sub { my ($at, $done) = @_; return defined $done },
	},
	{
		name => 'setpriority', administered('the priority of a process of the host', stat_field(19), $NO_PID, $NO_NICE),
		try => sub { my ($fact) = @_; return sys('setpriority', 0, $fact->{pid}, 7) },
	},
	{
		name => "setpriority of another guest's", administered('the priority of a process of another guest', stat_field(19)),
		before => sub { my ($at) = @_; victim($at, $OTHER_XID); $at->{figure} = stat_field(19)->($at->{victim}->pid) },
		try => sub { my ($fact) = @_; return sys('setpriority', 0, $fact->{pid}, 7) },
	},
	{
		name => 'setpriority of a user', administered('the priority of a user of the host', stat_field(19), ['2g', 'ESRCH', "a user's processes are those inside"]),
		before => sub { my ($at) = @_; victim($at)->drop_root(4242); $at->{figure} = stat_field(19)->($at->{victim}->pid) },
		try => sub { Sys::drop_root(4242); return sys('setpriority', 2, 4242, 7) },
	},
	{
		name => 'ioprio_set', administered('the priority of input and output of a process of the host', sub { return sys('ioprio_get', 1, $_[0] + 0) }, $NO_PID, $NO_NICE),
		try => sub { my ($fact) = @_; return sys('ioprio_set', 1, $fact->{pid}, 3 << 13) },    # idle
	},
	{
		name => 'oom_score_adj', administered('who of the host is killed first', sub { return outside('read_file', "/proc/$_[0]/oom_score_adj") }, $NO_PROC[0]),
		try => sub { my ($fact) = @_; return write_to("/proc/$fact->{pid}/oom_score_adj", '1000') },
	},
	{
		name => 'real time', reaches => 'the processor, before all others', stops => [['1b', 'EPERM', 'CAP_SYS_NICE is none of its capabilities']],
		try => sub { return sys('sched_setscheduler', 0, 1, pack 'l', 1) },    # SCHED_FIFO
		out => sub { my ($at) = @_; return stat_field(41)->($at->{pid}) == 1 },
	},
	{
		name => 'a higher limit', reaches => 'more than the limits of the host', stops => [['1b', 'EPERM', 'CAP_SYS_RESOURCE is none of its capabilities']],
		try => sub { return sys('prlimit64', 0, 7, pack('Q2', 1 << 19, 1 << 19), 0) },
		out => sub { my ($at) = @_; return outside('read_file', "/proc/$at->{pid}/limits") =~ /^Max open files\s+524288/m },
	},
	{
		name => 'a session keyring that came in with whoever entered', reaches => 'a key of the host', stops => [['tools', 'ENOKEY', 'vserver exec takes a session keyring of its own']],
		before => sub { my ($at) = @_; $at->{key} = sys('add_key', "user\0", "escape\0", $at->{secret}, 16, $SESSION_KEYRING); defined $at->{key} or die "add_key: $!\n" },
		try => sub {
			my $key = sys('keyctl', 10, $SESSION_KEYRING, "user\0", "escape\0", 0);
			my $text = "\0" x 16;
			return defined $key && defined sys('keyctl', 11, $key, \$text, 16, 0) ? $text : undef;
		},
		after => sub { my ($at) = @_; sys('keyctl', 9, $at->{key}, $SESSION_KEYRING, 0, 0) },
	},
	{
		name => 'KEYCTL_SESSION_TO_PARENT', reaches => 'the session keyring of who entered the guest', stops => [['2a', 'EPERM', 'a parent that is not inside is none']], in_place => 1,
		before => sub { $_[0]{fact}{name} = 'escape-' . substr $_[0]{secret}, 0, 6 },
		# The keyring lives on with the parent alone.
		try => sub {
			my ($fact) = @_;
			defined sys('keyctl', 1, "$fact->{name}\0", 0, 0, 0) or return;
			my $given = sys('keyctl', 18, 0, 0, 0, 0);
			my $errno = $! + 0;
			sys('keyctl', 1, 0, 0, 0, 0);
			$! = $errno;
			return $given;
		},
		out => sub { my ($at, $given) = @_; dead_keys_are_gone(); return index(read_file('/proc/keys'), $at->{fact}{name}) >= 0 },
	},
	{
		name => "root's keyring", reaches => 'a key of the host', stops => [['2a', 'ENOKEY', 'the keyrings of a user are those inside']],
		before => sub { my ($at) = @_; $at->{key} = sys('add_key', "user\0", "escape\0", $at->{secret}, 16, $USER_KEYRING); defined $at->{key} or die "add_key: $!\n" },
		try => sub {
			# What is in the session keyring is possessed, and may be read.
			defined sys('keyctl', 1, 0, 0, 0, 0) && defined sys('keyctl', 8, $USER_KEYRING, $SESSION_KEYRING, 0, 0) or return;
			my $key = sys('keyctl', 10, $SESSION_KEYRING, "user\0", "escape\0", 0);    # KEYCTL_SEARCH
			my $text = "\0" x 16;
			return defined $key && defined sys('keyctl', 11, $key, \$text, 16, 0) ? $text : undef;
		},
		after => sub { my ($at) = @_; sys('keyctl', 9, $at->{key}, $USER_KEYRING, 0, 0) },
	},
	{
		name => 'a key by its number', reaches => 'a key of the host', stops => [['2a', 'ENOKEY', 'a key that is not inside is none']],
		before => sub {
			my ($at) = @_;
			sys('keyctl', 8, $USER_KEYRING, $SESSION_KEYRING, 0, 0);
			$at->{key} = $at->{fact}{key} = sys('add_key', "user\0", "escape\0", $at->{secret}, 16, $USER_KEYRING);
			# For all that root has.
			defined $at->{key} && defined sys('keyctl', 5, $at->{key}, 0x3f3f0000, 0, 0) or die "add_key: $!\n";
		},
		try => sub { my ($fact) = @_; my $text = "\0" x 16; return defined sys('keyctl', 1, 0, 0, 0, 0) && defined sys('keyctl', 11, $fact->{key}, \$text, 16, 0) ? $text : undef },
		after => sub { my ($at) = @_; sys('keyctl', 9, $at->{key}, $USER_KEYRING, 0, 0) },
	},
	{
		name => 'shared memory', reaches => 'a segment of the host', stops => [['1b', 'EINVAL', 'the ids of its ipc namespace are its own']],
		before => sub {
			my ($at) = @_;
			$at->{segment} = $at->{fact}{segment} = sys('shmget', 0, 4096, 01600);
			defined $at->{segment} or die "shmget: $!\n";
			shmwrite $at->{segment}, $at->{secret}, 0, 16 or die "shmwrite: $!\n";
		},
		try => sub { my ($fact) = @_; my $text; return shmread($fact->{segment}, $text, 0, 16) ? $text : undef },
		after => sub { my ($at) = @_; sys('shmctl', $at->{segment}, 0, 0) },
	},
	{
		name => 'message queues', reaches => 'a queue of the host', stops => [['1b', 'ENOENT', 'the queues of its ipc namespace are its own']],
		before => sub { my ($at) = @_; $at->{queue} = sys('mq_open', "escape\0", 0102, 0600, 0); defined $at->{queue} or die "mq_open: $!\n" },
		try => sub { return sys('mq_open', "escape\0", $O_RDWR, 0, 0) },
		out => sub { my ($at, $fd) = @_; return defined $fd },
		after => sub { my ($at) = @_; sys('mq_unlink', "escape\0"); open my $queue, '<&=', $at->{queue} or return; close $queue },
	},
	{
		name => 'an abstract socket', reaches => 'a service of the host', stops => [['2c', 'ECONNREFUSED', 'abstract names are those of its network context']],
		before => sub {
			my ($at) = @_;
			$at->{fact}{name} = 'escape-' . substr $at->{secret}, 0, 6;
			socket $at->{socket}, 1, 2, 0 or die "socket: $!\n";
			bind $at->{socket}, pack 'S a*', 1, "\0$at->{fact}{name}" or die "bind: $!\n";
		},
		try => sub { my ($fact) = @_; socket my $socket, 1, 2, 0 or return; connect $socket, pack 'S a*', 1, "\0$fact->{name}" or return; return syswrite $socket, 'guest' },
		out => sub { my ($at) = @_; my $text = ''; return defined recv($at->{socket}, $text, 16, 0x40) && $text eq 'guest' },
	},
	{
		name => 'SCM_CREDENTIALS', reaches => "a service of the host, as another of the host's", stops => [$NO_ADMIN],
		before => sub {
			my ($at) = @_;
			unlink '/vservers/one/escape/service';
			socket $at->{socket}, 1, 2, 0 or die "socket: $!\n";
			setsockopt $at->{socket}, 1, 16, 1 or die "setsockopt: $!\n";    # SO_PASSCRED
			bind $at->{socket}, pack 'S Z*', 1, '/vservers/one/escape/service' or die "bind: $!\n";
		},
		try => sub {
			my ($fact) = @_;
			socket my $socket, 1, 2, 0 or return;
			connect $socket, pack 'S Z*', 1, '/escape/service' or return;
			my ($control, $data) = (control_message(2, pack 'L3', $fact->{host}, 0, 0), 'x');
			my ($message, $kept) = message(\$control, \$data);
			return sys('sendmsg', fileno $socket, \$message, 0);
		},
		out => sub {
			my ($at) = @_;
			my ($control, $data) = ("\0" x 64, ' ');
			my ($message, $kept) = message(\$control, \$data);
			return defined sys('recvmsg', fileno $at->{socket}, \$message, 0x40) && unpack('x[L!] x8 L', $control) == $$;
		},
	},
	{
		name => 'a terminal by /proc/PID/fd', reaches => "what is on a terminal of the host", stops => [@NO_PROC],
		before => \&terminal,
		try => sub { my ($fact) = @_; open my $terminal, '+<', "/proc/$fact->{pid}/fd/$fact->{fd}" or return; return syswrite $terminal, 'guest' },
		out => sub { my ($at) = @_; return typed($at->{master}) },
	},
	{
		name => 'TIOCSTI', reaches => 'what is typed on a terminal of the host', stops => [@NO_PROC, $NO_ADMIN],
		before => \&terminal,
		try => sub {
			my ($fact) = @_;
			open my $terminal, '+<', "/proc/$fact->{pid}/fd/$fact->{fd}" or return;
			for (split //, "guest\n") { ioctl $terminal, $TIOCSTI, my $letter = $_ or return }
			return 1;
		},
		out => sub { my ($at) = @_; my $bits = ''; vec($bits, fileno $at->{terminal}, 1) = 1; return scalar select $bits, undef, undef, 0 },
	},
	{
		name => 'a terminal by its number', reaches => 'what is on a terminal of the host', stops => [['upstream', 'ENOENT', 'its devpts is its own']],
		before => \&terminal,
		try => sub { my ($fact) = @_; open my $terminal, '+<', $fact->{name} or return; return syswrite $terminal, 'guest' },
		out => sub { my ($at) = @_; return typed($at->{master}) },
	},
	{
		name => 'TIOCCONS', reaches => 'what the kernel and the host say on the console', stops => [$NO_ADMIN],
		try => sub {
			open our $master, '+<', '/dev/pts/ptmx' or return;
			ioctl $master, 0x40045431, my $unlocked = pack 'i', 0 or return;
			ioctl $master, 0x80045430, my $number = pack 'i', 0 or return;
			open our $slave, '+<', '/dev/pts/' . unpack 'i', $number or return;
			return ioctl($slave, $TIOCCONS, 0) ? 1 : undef;
		},
		out => sub { my ($at, $done) = @_; return $done },
		# Who has the console for itself gives it back by the same call on it.
		after => sub { open my $console, '+<', '/dev/console' or return; ioctl $console, $TIOCCONS, 0 },
	},
);

# dead_keys_are_gone: keys that nobody has are taken away one after the other: when the last is gone, so are those before it.
sub dead_keys_are_gone {
	my $key = sys('add_key', "user\0", "escape-last\0", 'x', 1, $USER_KEYRING);
	defined $key && defined sys('keyctl', 9, $key, $USER_KEYRING, 0, 0) or die "keys: $!\n";
	TAP::wait_for(30, sub { index(read_file('/proc/keys'), 'escape-last') < 0 }) or die "a key that nobody has stays\n";
}

# A terminal of the host's, and a process that has it.
sub terminal {
	my ($at) = @_;
	open $at->{master}, '+<', '/dev/ptmx' or die "/dev/ptmx: $!\n";
	ioctl $at->{master}, 0x40045431, my $unlocked = pack 'i', 0 or die "unlock a terminal: $!\n";
	ioctl $at->{master}, 0x80045430, my $number = pack 'i', 0 or die "number of a terminal: $!\n";
	$at->{fact}{name} = '/dev/pts/' . unpack 'i', $number;
	sysopen $at->{terminal}, $at->{fact}{name}, 0400 | 2 or die "$at->{fact}{name}: $!\n";
	@{$at->{fact}}{qw(pid fd)} = ($$, fileno $at->{terminal});
}
sub typed { my ($master) = @_; my $bits = ''; vec($bits, fileno $master, 1) = 1; return select $bits, undef, undef, 0 }
sub lead { return setpgrp(0, 0) }
