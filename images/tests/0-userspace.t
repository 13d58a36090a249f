#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# What user space needs of the kernel's configuration. Built from tinyconfig, a kernel boots and runs a shell while sleep(1)
# returns at once and alarm() never fires: the configuration is held by what it is for. Passes with and without the patches.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Thread;

my ($LOCK_SH, $LOCK_EX, $LOCK_NB, $LOCK_UN) = (1, 2, 4, 8);
my ($F_SETLK, $F_SETLKW, $F_GETLK) = $Sys::AMD64 ? (6, 7, 5) : (13, 14, 12);    # with 64-bit offsets
my ($F_RDLCK, $F_WRLCK, $F_UNLCK) = (0, 1, 2);
my $EWOULDBLOCK = 11;

sub monotonic {
	my $time = "\0" x (2 * $Sys::LONG);
	defined sys('clock_gettime', 1, \$time) or die "clock_gettime: $!\n";
	my ($seconds, $nanoseconds) = unpack 'l!l!', $time;
	return $seconds + $nanoseconds / 1e9;
}

# takes(SECONDS, CODE, TITLE): CODE takes that long at least. How much longer is the machine's business.
sub takes {
	my ($seconds, $code, $title) = @_;
	my $start = monotonic();
	$code->();
	my $taken = monotonic() - $start;
	ok($taken >= $seconds, sprintf '0: %s takes %.1f s', $title, $seconds) or diag("took $taken s");
}

# Who runs this is the Perl that was asked for.
is($Sys::AMD64 ? 'amd64' : 'i386', $ENV{VS_ABI}, '0: the Perl is of the ABI that is asked for');

# Time.
takes(1, sub { system 'sleep', '1' }, 'the command sleep 1');
is($?, 0, '0: and ends well');
takes(0.99, sub { sleep 1 }, "Perl's sleep 1");
takes(0.2, sub { select undef, undef, undef, 0.2 }, 'select with a timeout');
takes(0.2, sub { sys('nanosleep', pack('l!l!', 0, 200_000_000), 0) }, 'nanosleep');
takes(0.2, sub { sys('clock_nanosleep', 1, 0, pack('l!l!', 0, 200_000_000), 0) }, 'clock_nanosleep');
takes(0.2, sub { sys('poll', 0, 0, 200) }, 'poll');
{
	my $rung = 0;
	local $SIG{ALRM} = sub { $rung++ };
	takes(0.99, sub { alarm 1; sleep 10 while !$rung }, 'alarm 1');
	is($rung, 1, '0: alarm rings once');
	$rung = 0;
	takes(0.2, sub { sys('setitimer', 0, pack('l!4', 0, 0, 0, 200_000), 0); sleep 10 while !$rung }, 'setitimer');
	$rung = 0;
	my $timer = pack 'l', -1;
	is(sys('timer_create', 1, 0, \$timer), 0, '0: timer_create');
	takes(0.2, sub { sys('timer_settime', unpack('l', $timer), 0, pack('l!4', 0, 0, 0, 200_000_000), 0); sleep 10 while !$rung }, 'a POSIX timer');
	is(sys('timer_delete', unpack 'l', $timer), 0, '0: timer_delete');
}
{
	my $fd = sys('timerfd_create', 1, 0);
	ok(defined $fd, '0: timerfd_create');
	my $ticks = "\0" x 8;
	takes(0.2, sub { sys('timerfd_settime', $fd, 0, pack('l!4', 0, 0, 0, 200_000_000), 0); sys('read', $fd, \$ticks, 8) }, 'a timerfd');
	is(unpack('Q', $ticks), 1, '0: and has ticked once');
}

# Locks: somebody else is refused, and served when the holder lets go.
my $path = "/tmp/0-userspace-$$";
open my $file, '+>', $path or die "$path: $!\n";
my $other = Actor->new;
is($other->open_file($path), 1, '0: another process opens the same file');

sub open_file { return open($file, '+<', shift) }
sub try_flock { return flock($file, $_[0]) ? 1 : undef }
sub try_fcntl { return fcntl($file, $F_SETLK, record($_[0])) ? 1 : undef }
sub record { return $Sys::AMD64 ? pack 's s x4 q q l x4', $_[0], 0, 0, 1, 0 : pack 's s q q l', $_[0], 0, 0, 1, 0 }

ok(flock($file, $LOCK_EX | $LOCK_NB), '0: flock locks a file');
is_errno($other->try_flock($LOCK_EX | $LOCK_NB), 'EAGAIN', '0: flock refuses it to another process');
ok(flock($file, $LOCK_UN), '0: flock unlocks it');
is($other->try_flock($LOCK_EX | $LOCK_NB), 1, '0: flock gives it to the other process');
$other->try_flock($LOCK_UN);

ok(fcntl($file, $F_SETLK, record($F_WRLCK)), '0: fcntl locks a byte');
is_errno($other->try_fcntl($F_WRLCK), 'EAGAIN', '0: fcntl refuses it to another process');
is((unpack $Sys::AMD64 ? 's s x4 q q l' : 's s q q l', $other->holder)[4], $$, '0: fcntl tells who holds it');
ok(fcntl($file, $F_SETLK, record($F_UNLCK)), '0: fcntl unlocks it');
is($other->try_fcntl($F_WRLCK), 1, '0: fcntl gives it to the other process');

sub holder {
	my $record = record($F_WRLCK);
	fcntl($file, $F_GETLK, $record) or die "F_GETLK: $!\n";
	return $record;
}

$other->quit;
ok(fcntl($file, $F_SETLK, record($F_WRLCK)), '0: a lock ends with its process');
unlink $path;

# Signals and processes.
{
	my $child = fork;
	exec $^X, '-e', 'sleep' if !$child;
	is(kill('TERM', $child), 1, '0: a signal is sent');
	is(waitpid($child, 0), $child, '0: a child is waited for');
	is($?, 15, '0: and has died of it');
	is(`echo \$((6 * 7))`, "42\n", '0: a shell runs a command');
	my $thread = Thread->new;
	is($thread->call($Sys::NR{gettid}), $thread->tid, '0: a thread runs');
	$thread->quit;
}

# What programs expect to find. A file descriptor is enough of an answer: what is configured off is ENOSYS.
sub gives_descriptor {
	my ($title, $fd) = @_;
	ok(defined $fd, "0: $title") or diag("$!");
	close $_ for grep defined, defined $fd ? do { open my $handle, '<&=', $fd; $handle } : undef;
}

gives_descriptor('eventfd', sys('eventfd2', 0, 0));
gives_descriptor('epoll', sys('epoll_create1', 0));
gives_descriptor('inotify', sys('inotify_init'));
gives_descriptor('signalfd', sys('signalfd4', -1, "\0" x 8, 8, 0));
gives_descriptor('memfd', sys('memfd_create', 'x', 0));
gives_descriptor('pidfd', sys('pidfd_open', $$, 0));
gives_descriptor('io_uring', sys('io_uring_setup', 4, "\0" x 120));
gives_descriptor('POSIX message queues', sys('mq_open', 'userspace', 0102, 0600, 0));
ok(defined sys('mq_unlink', 'userspace'), '0: and their removal');
is(sys('kcmp', $$, $$, 0, 0, 0), 0, '0: kcmp');
ok(defined sys('add_key', 'user', '0-userspace', 'x', 1, -2), '0: keys') or diag("$!");
is(sys('futex', "\0\0\0\0", 1, 1, 0, 0, 0), 0, '0: futex');
ok(defined sys('name_to_handle_at', -100, '/tmp', pack('LL', 128, 0) . "\0" x 128, "\0" x 8, 0), '0: file handles') or diag("$!");
{
	my ($from, $to) = ('abcdefgh', ' ' x 8);
	my ($local, $remote) = map pack('L!2', Sys::address($$_), 8), \$to, \$from;
	is(sys('process_vm_readv', $$, $local, 1, $remote, 1, 0), 8, '0: process_vm_readv');
	is($to, $from, "0: reads a process' memory");
}
{
	my $pid = fork;
	if (!$pid) {
		# Every system call but these is allowed; gettid shall answer EXDEV.
		my $nr = $Sys::NR{gettid};
		my $filter = pack('SCCL', 0x20, 0, 0, 0) . pack('SCCL', 0x15, 0, 1, $nr) . pack('SCCL', 0x06, 0, 0, 0x50000 | 18) . pack('SCCL', 0x06, 0, 0, 0x7fff0000);
		my $program = $Sys::AMD64 ? pack 'S x6 L!', 4, Sys::address($filter) : pack 'S x2 L!', 4, Sys::address($filter);
		sys('prctl', 38, 1, 0, 0, 0);
		my $set = sys('seccomp', 1, 0, $program);
		my $refused = !defined sys('gettid') && $! == 18;
		Sys::leave(defined $set && $refused ? 7 : 1);
	}
	waitpid $pid, 0;
	is($?, 7 << 8, '0: a seccomp filter');
}

# System V IPC.
{
	my $segment = shmget 0, 4096, 0600;
	ok(defined $segment, '0: shared memory');
	ok(shmwrite($segment, 'written', 0, 7), '0: is written');
	shmread $segment, my $text, 0, 7;
	is($text, 'written', '0: and read');
	shmctl $segment, 0, 0;
	my $queue = msgget 0, 0600;
	ok(msgsnd($queue, pack('l! a*', 1, 'sent'), 0), '0: a message is sent');
	msgrcv $queue, my $message, 16, 0, 0;
	is($message, pack('l! a*', 1, 'sent'), '0: and received');
	msgctl $queue, 0, 0;
	my $semaphore = semget 0, 1, 0600;
	ok(semop($semaphore, pack 's3', 0, 1, 0), '0: a semaphore is raised');
	ok(semop($semaphore, pack 's3', 0, -1, 04000), '0: and lowered');
	semctl $semaphore, 0, 0, 0;
}

# Terminals, sockets, file systems.
{
	# O_NOCTTY: it would become this process' controlling terminal, and hang up on it when it is closed.
	sysopen my $master, '/dev/ptmx', 0402 or diag("ptmx: $!");
	my ($number, $unlock) = (pack('L', 0), pack('L', 0));
	ok(ioctl($master, 0x40045431, $unlock) && ioctl($master, 0x80045430, $number), '0: a pty');
	ok(sysopen(my $slave, '/dev/pts/' . unpack('L', $number), 0402), '0: and its other end');
	syswrite $slave, "typed\n";
	# With several CPUs the line may come in pieces.
	my $text = '';
	1 while $text !~ /\n/ && sysread $master, $text, 64, length $text;
	is($text, "typed\r\n", '0: carry text');

	ok(socketpair(my $left, my $right, 1, 1, 0), '0: a pair of Unix sockets');
	for my $case (['IPv4', 2, pack 'S n a4 x8', 2, 0, "\x7f\0\0\1"], ['IPv6', 10, pack 'S n L a16 L', 10, 0, 0, "\0" x 15 . "\1", 0]) {
		my ($name, $family, $address) = @$case;
		socket my $server, $family, 1, 0;
		ok(bind($server, $address) && listen($server, 1), "0: $name: a socket listens") or diag("is the interface lo up? $!"), next;
		socket my $client, $family, 1, 0;
		ok(connect($client, getsockname $server), "0: $name: and is connected to");
		ok(accept(my $accepted, $server), "0: $name: and accepts");
		syswrite $client, 'sent';
		sysread $accepted, my $text, 64;
		is($text, 'sent', "0: $name: text arrives");
	}

	my %filesystem = map { /(\S+)$/ ? ($1 => 1) : () } split /\n/, read_file('/proc/filesystems');
	ok($filesystem{$_}, "0: file system $_") for qw(proc sysfs tmpfs devpts ext4 9p overlay cgroup2 mqueue);
	is(join(' ', list_dir('/proc/self/ns')), 'cgroup ipc mnt net pid pid_for_children time time_for_children user uts', '0: every namespace');
	ok(-s "/proc/$_" || defined read_file("/proc/$_"), "0: /proc/$_") for qw(config.gz kallsyms sysvipc/shm locks);
}

# The system call of the series: whoever boots the kernel after one of its patches knows whether it is there (scripts/check-series).
{
	my %answer = (there => qr/^\d+$/, absent => qr/^ENOSYS$/);
	my $call = $ENV{VS_CALL} || '';
	like(outcome(get_version(0)), $answer{$call} || qr/^(?:\d+|ENOSYS)$/, '0: get_version' . ($call && " is $call"));
}

done_testing();
