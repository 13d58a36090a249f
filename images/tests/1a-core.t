#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1a: contexts as such: who is in one, how long it lives, and that whatever holds one lets go again. Seen through the
# commands of 1b and the counts of 1c, for 1a has no interface of its own.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Thread;
use Ring;

# How many contexts are made and ended: what the machine does in under a minute; a fork is slow in the debug kernel.
my %cycles = (qemu => 10_000, v86 => 1_000, debug => 200);
my $cycles = $ENV{VS_CYCLES} || $cycles{$ENV{VS_MACHINE} || 'v86'};
my $rounds = 50;
# How many contexts there are at once.
my %crowd = (qemu => 10_000, v86 => 2_000, debug => 2_000);
my $crowd = $ENV{VS_CROWD} || $crowd{$ENV{VS_MACHINE} || 'v86'};

my ($listener, @accepted, @threads);
my ($ring, $silent, $never, $buffer);
my ($gate, $opener);

# What actors are asked to do beside the commands.
sub become { my ($uid) = @_; $< = $> = $uid; return $> }
sub set_sid { return sys('setsid') }

ok(settled(), '1a: at the start, every context that has ended is freed');

# Who holds a context: a use for each pointer to it, which keeps its memory, and a count for each task, which keeps it alive. A task
# has such a pointer, its credentials have one, and so has its memory, which was made before it entered; a thread shares the last two.
{
	my $guest = guest(42, spares => 1);
	my $count = sub { join ' ', ctx_stat(42) };
	is($count->(), '4 1', '1a: a new context: used by its table, its task, that one\'s credentials, and the call that asks');
	my $child = $guest->spawn;
	is($count->(), '7 2', '1a: a child process counts as three uses and a task');
	$guest->start_thread;
	is($count->(), '8 3', '1a: a thread as one and a task');
	is($child->become(1000), 1000, '1a: a member gets other credentials');
	ok(wait_for(30, sub { $count->() eq '8 3' }), '1a: which count in place of those before');
	$guest->stop_thread;
	$child->quit;
	is((ctx_stat(42))[1], 1, '1a: what has ended is no task');
	ok(wait_for(30, sub { $count->() eq '4 1' }), '1a: nor a use');
	$guest->quit;
	ok(settled(), '1a: and with the last task the context is freed');

	my $member = host(spares => 1);
	$count = sub { join ' ', map field('/proc/virtnet/42/status', $_), 'UseCnt', 'Tasks' };
	is($member->net_create(42), 42, '1a: a network context is made');
	is($count->(), '3 1', '1a: used by its table, its task, and the file that is read');
	$child = $member->spawn;
	is($count->(), '4 2', '1a: a child counts as a use and a task');
	$child->quit;
	is(field('/proc/virtnet/42/status', 'Tasks'), 1, '1a: what has ended is no task');
	ok(wait_for(30, sub { $count->() eq '3 1' }), '1a: nor a use');
	$member->quit;
	is_errno(nx_info(42), 'ESRCH', '1a: the network context ends with its last task');
	ok(wait_for(30, sub { field('/proc/virtnet/status', '#CTotal') == 0 }), '1a: and is freed');
}

# A context passes to children of every kind.
{
	my $guest = guest(42, spares => 3);
	my $child = $guest->spawn;
	is(task_xid($guest->pid), 42, '1a: the maker of a context is inside');
	is(task_xid($child->pid), 42, '1a: a child inherits the context');
	is(task_xid($$), 0, '1a: the parent outside stays in xid 0');
	isnt(task_xid($child->pid), task_xid($$), '1a: inside and outside differ');

	my $grandchild_pid = $child->fork_sleeper;
	is(task_xid($grandchild_pid), 42, '1a: a grandchild inherits the context');
	kill 'KILL', $grandchild_pid;
	$child->wait_for_child($grandchild_pid);

	$child->begin('exec_sleeper');
	ok(wait_for(30, sub { (read_file('/proc/' . $child->pid . '/cmdline') || '') =~ /^[^\0]+\0-e\0sleep\0$/ }), '1a: a member executes a program');
	is(task_xid($child->pid), 42, '1a: a context survives exec');
	kill 'KILL', $child->pid;
	$child->reap;

	my $other = $guest->spawn;
	is($other->set_sid, $other->pid, '1a: a member starts a session');
	is($other->become(1000), 1000, '1a: a member becomes another user');
	is(task_xid($other->pid), 42, '1a: setsid and setuid keep the context');
	is(set_umask(42, $Sys::CLONE_NEWUSER | $Sys::CLONE_NEWNET, -1), 0, '1a: it may have namespaces of its own');
	is($other->unshare_here($Sys::CLONE_NEWUSER | $Sys::CLONE_NEWNET), 0, '1a: a member unshares its user and network namespace');
	is(task_xid($other->pid), 42, '1a: unshare keeps the context');
	$_->quit for $other, $guest;
	is_errno(get_cflags(42), 'ESRCH', '1a: the context ends with its last task');
	isnt(read_file('/proc/virtual/info'), undef, '1a: /proc/virtual is there');
	is_errno(read_file('/proc/virtual/42/info'), 'ENOENT', '1a: and the ended context is not in it');
}

sub fork_sleeper {
	my $pid = fork;
	exec_sleeper() if !$pid;
	return $pid;
}

# Every flag of clone(2).
{
	my %kind = (
		'nothing shared' => 0, CLONE_FILES => $Sys::CLONE_FILES, CLONE_FS => $Sys::CLONE_FS, CLONE_SYSVSEM => $Sys::CLONE_SYSVSEM,
		CLONE_IO => 0x80000000, CLONE_VM => $Sys::CLONE_VM, CLONE_VFORK => $Sys::CLONE_VFORK,
		'CLONE_VM and CLONE_VFORK (vfork)' => $Sys::CLONE_VM | $Sys::CLONE_VFORK,
		'CLONE_VM and CLONE_SIGHAND' => $Sys::CLONE_VM | $Sys::CLONE_SIGHAND,
		CLONE_PARENT => $Sys::CLONE_PARENT, CLONE_NEWNS => $Sys::CLONE_NEWNS, CLONE_NEWUTS => $Sys::CLONE_NEWUTS,
		CLONE_NEWIPC => $Sys::CLONE_NEWIPC, CLONE_NEWPID => $Sys::CLONE_NEWPID, CLONE_NEWNET => $Sys::CLONE_NEWNET,
		CLONE_NEWCGROUP => $Sys::CLONE_NEWCGROUP,
		CLONE_PTRACE => 0x2000, CLONE_UNTRACED => 0x800000, CLONE_PIDFD => 0x1000, CLONE_SETTLS => 0x80000,
		CLONE_PARENT_SETTID => 0x100000, CLONE_CHILD_SETTID => 0x1000000, CLONE_CHILD_CLEARTID => 0x200000,
	);
	my %kind3 = (CLONE_NEWTIME => 0x80, CLONE_CLEAR_SIGHAND => 1 << 32, CLONE_INTO_CGROUP => 1 << 33);
	my $group = "/tmp/1a-cgroup-$$";
	mkdir $group or die "$group: $!\n";
	defined sys('mount', 'none', $group, 'cgroup2', 0, 0) or die "cgroup2: $!\n";
	mkdir "$group/one" or die "$group/one: $!\n";
	sysopen my $directory, "$group/one", 0200000 or die "$group/one: $!\n";    # O_DIRECTORY
	my $one = fileno $directory;

	# Asked from inside; the context is in setup, where a member may ask.
	my $member = member(42, spares => 1);
	for my $name (sort keys %kind) {
		my ($xid, $pid) = $member->xid_of_clone($kind{$name});
		waitpid $pid, 0 if $name eq 'CLONE_PARENT';
		is($xid, 42, "1a: clone with $name keeps the context");
	}
	my ($xid) = $member->xid_of_thread;
	is($xid, 42, '1a: a thread (CLONE_THREAD) inherits the context');

	# In a user namespace of its own the child may not ask: the host does.
	my $child = $member->spawn($Sys::CLONE_NEWUSER);
	is(task_xid($child->pid), 42, '1a: clone with CLONE_NEWUSER keeps the context');
	$child->quit;

	is(($member->xid_of_clone3($kind3{$_}, 0, $one))[0], 42, "1a: clone3 with $_ keeps the context") for sort keys %kind3;
	$member->quit;

	# A guest may not ask at all: its child waits until the host has.
	pipe $gate, $opener or die "pipe: $!\n";
	my $guest = guest(42);
	$kind{CLONE_NEWUSER} = $Sys::CLONE_NEWUSER;
	for my $case (map(['clone_at_gate', $_, $kind{$_}], sort keys %kind), map(['clone3_at_gate', $_, $kind3{$_}], sort keys %kind3)) {
		my ($call, $name, $flags) = @$case;
		my %there = map { $_ => 1 } list_dir('/proc');
		$guest->begin($call, $flags, $one);
		my $pid;
		wait_for(30, sub { ($pid) = grep child_of($_, $$, $guest->pid), grep !$there{$_}, list_dir('/proc') }) or die "no child\n";
		is(task_xid($pid), 42, "1a: the child of a guest, made with $name, is in its context");
		is(read_file("/proc/$pid/cgroup"), "0::/one\n", '1a: and in the cgroup that was asked for') if $name eq 'CLONE_INTO_CGROUP';
		syswrite $opener, 'x' or die "pipe: $!\n";
		is(join(' ', $guest->finish), "1 $pid", '1a: where it stays to its end');
		waitpid $pid, 0 if $name eq 'CLONE_PARENT';
	}
	is(task_xid($guest->start_thread), 42, '1a: and its thread likewise');
	$guest->stop_thread;
	$guest->quit;
	close $directory;
	ok(wait_for(30, sub { rmdir "$group/one" }), '1a: the cgroup is empty again');
	defined sys('umount2', $group, 0) or die "umount: $!\n";
	rmdir $group;
}

sub child_of {
	my ($pid, @parent) = @_;
	my $parent = $pid =~ /^\d+$/ ? field("/proc/$pid/status", 'PPid') : undef;
	return defined $parent && grep $_ == $parent, @parent;
}

# A child that reads a byte from the gate, then ends; how much it has read, and its pid.
sub clone_at_gate {
	my ($flags) = @_;
	my $byte = ' ';
	my ($pid, $read) = Thread->run($flags | $Sys::SIGCHLD, [$Sys::NR{read}, fileno $gate, \$byte, 1]);
	waitpid $pid, 0 if defined $pid && !($flags & $Sys::CLONE_PARENT);
	return ($read, $pid);
}

sub clone3_at_gate {
	my ($flags, $group) = @_;
	my $pid = call_clone3($flags, 0, $group);
	Sys::leave(sysread $gate, my $byte, 1) if defined $pid && !$pid;
	waitpid $pid, 0 if defined $pid;
	return ($? >> 8, $pid);
}

sub xid_of_clone {
	my ($flags) = @_;
	my ($pid, $xid) = Thread->run($flags | $Sys::SIGCHLD, [$VServer::SYSCALL, word('task_xid'), 0, 0]);
	waitpid $pid, 0 if !($flags & $Sys::CLONE_PARENT);
	return ($xid, $pid);
}

sub xid_of_thread {
	my $thread = Thread->new;
	my $xid = $thread->call($VServer::SYSCALL, word('task_xid'), 0, 0);
	$thread->quit;
	return $xid;
}

# call_clone3(FLAGS, TID, CGROUP): as fork, with these flags, a pid that is asked for, the descriptor of a cgroup.
sub call_clone3 {
	my ($flags, $tid, $group) = @_;
	my $wanted = pack 'L', $tid || 0;
	my $arguments = pack 'Q11', $flags, 0, 0, 0, $Sys::SIGCHLD, 0, 0, 0, $tid ? (Sys::address($wanted), 1) : (0, 0),
		$flags & 1 << 33 ? $group : 0;
	return sys('clone3', $arguments, length $arguments);
}

# A child, which ends with its xid as its status; (xid) or (undef, errno).
sub xid_of_clone3 {
	my $pid = call_clone3(@_);
	return (undef, $! + 0) if !defined $pid;
	Sys::leave(task_xid()) if !$pid;
	waitpid $pid, 0;
	return $? >> 8;
}

# A fork that fails drops what it took. Pid 1 is taken, which clone3 finds out when nearly all is set up.
{
	my $member = member(42);
	my $uses = '/proc/virtual/42/status';
	my $before = field($uses, 'UseCnt');
	like($before, qr/^\d+$/, '1a: a context has a count of references');
	is(($member->xid_of_clone3(0, 31_000))[0], 42, '1a: clone3 with a free pid is a member');
	my %seen;
	$seen{join ' ', map { defined $_ ? $_ : 'undef' } $member->xid_of_clone3(0, 1)}++ for 1 .. $rounds;
	is(join(', ', %seen), "undef 17, $rounds", '1a: clone3 with a pid in use fails with EEXIST each time');
	ok(wait_for(30, sub { field($uses, 'UseCnt') == $before }), '1a: failed forks leave no reference behind');
	is(field($uses, 'Tasks'), 1, '1a: and no task');
	$member->quit;
}

# The end of a context comes before its last task is reported dead: a parent that has waited finds it gone.
{
	my ($made, $left) = (0, 0);
	for (1 .. $rounds) {
		my $pid = fork;
		Sys::leave(defined ctx_create(43) ? 7 : 1) if !$pid;
		waitpid $pid, 0;
		$made++ if $? == 7 << 8;
		$left++ if defined get_cflags(43) || -e '/proc/virtual/43';
	}
	is($made, $rounds, "1a: the same id is made $rounds times in a row");
	is($left, 0, '1a: after wait() the context is gone, each time');

	($made, $left) = (0, 0);
	for (1 .. $rounds) {
		pipe my $inside, my $ready;
		pipe my $gate, my $open;
		my $pid = fork;
		if (!$pid) {
			close $open;
			syswrite $ready, defined ctx_create(43) ? 'y' : 'n';
			sysread $gate, my $byte, 1;
			Sys::leave(0);
		}
		close $ready;
		sysread $inside, my $answer, 1;
		my $pidfd = sys('pidfd_open', $pid, 0);
		die "pidfd_open: $!\n" if !defined $pidfd;
		open my $death, '<&=', $pidfd or die "pidfd: $!\n";
		$made++ if $answer eq 'y' && defined get_cflags(43);
		close $open;
		vec(my $set = '', $pidfd, 1) = 1;
		select $set, undef, undef, undef;
		$left++ if defined get_cflags(43) || -e '/proc/virtual/43';
		waitpid $pid, 0;
	}
	is($made, $rounds, "1a: and again $rounds times, each seen from outside");
	is($left, 0, '1a: when a pidfd reports the death, the context is gone, each time');
}

# A zombie is still seen to belong to the context, but does not keep it.
{
	my $guest = guest(42, spares => 1);
	my $child = $guest->spawn;
	is(field('/proc/virtual/42/status', 'Tasks'), 2, '1a: two members, two tasks');
	$child->begin('quit');
	ok(wait_for(30, sub { process_state($child->pid) eq 'Z' }), '1a: one is dead and not waited for');
	is(field('/proc/virtual/42/status', 'Tasks'), 1, '1a: a zombie does not count as a task');
	is(task_xid($child->pid), 42, '1a: a zombie still has its xid');
	$child->reap;
	is_errno(task_xid($child->pid), 'ESRCH', '1a: and nothing once it has been waited for');
	$guest->quit;
}

# Threads: a context is a matter of each task.
{
	my $actor = host();
	my $tid = $actor->start_thread;
	is(task_xid($tid), 0, '1a: a thread of the host is in xid 0');
	is($actor->thread_call($VServer::SYSCALL, word('ctx_create_v0'), 44, 0), 44, '1a: a thread makes a context');
	is(task_xid($tid), 44, '1a: and is inside');
	is(task_xid($actor->pid), 0, '1a: the other threads of its process stay outside');
	is(field('/proc/virtual/44/status', 'Tasks'), 1, '1a: the context counts one task');
	is($actor->task_xid(0), 0, '1a: the first thread says so of itself');
	is($actor->thread_call($VServer::SYSCALL, word('task_xid'), 0, 0), 44, '1a: and so does the second');
	$actor->stop_thread;
	is_errno(get_cflags(44), 'ESRCH', '1a: the context ends with that thread, not with the process');

	$tid = $actor->start_thread;
	is($actor->ctx_create(45), 45, '1a: the first thread makes a context');
	is(task_xid($tid), 0, '1a: the second stays outside');
	is($actor->thread_call($VServer::SYSCALL, word('task_xid'), $actor->pid, 0), 45, '1a: and may ask, as the host may');
	$actor->stop_thread;
	$actor->quit;

	my $threads = member(46);
	$threads->start_thread for 1 .. 3;
	is(field('/proc/virtual/46/status', 'Tasks'), 4, '1a: each thread counts as a task');
	$threads->quit;
}

sub start_thread {
	push @threads, Thread->new || die "clone: $!\n";
	return $threads[-1]->tid;
}

sub thread_call {
	return $threads[-1]->call(@_);
}

sub stop_thread {
	pop(@threads)->quit;
	return 1;
}

# The first thread of a process may go before the others: the context stays until the last one.
{
	my $guest = guest(46);
	$guest->begin('first_thread_ends');
	ok(wait_for(30, sub { process_state($guest->pid) eq 'Z' }), '1a: the first thread of a process has ended');
	is(field('/proc/virtual/46/status', 'Tasks'), 1, '1a: its context lives on with the second');
	$guest->quit;
	is_errno(get_cflags(46), 'ESRCH', '1a: and ends with it');
}

# What the kernel does for a task in a thread of its own: io_uring's workers are members like any thread, and who enters a context
# takes none along.
{
	my $member = member(46);
	my $worker = $member->blocked_worker;
	ok($worker, '1a: io_uring adds a thread to the process of a member') or die "no worker\n";
	is(task_xid($worker), 46, '1a: which is in its context');
	is(field('/proc/virtual/46/status', 'Tasks'), 2, '1a: and counts as a task');
	$member->quit;
	is_errno(get_cflags(46), 'ESRCH', '1a: the context ends with both');

	my %enter = (
		'a context' => ['ctx_create', 46], 'a network context' => ['net_create', 301],
		'the spectators' => ['ctx_migrate', 1], 'the network spectators' => ['net_migrate', 1],
	);
	for my $name (sort keys %enter) {
		my $mover = host();
		$mover->net_create(300);
		$worker = $mover->blocked_worker;
		is(task_nid($worker), 300, '1a: a worker is in the network context of its task');
		my ($call, $id) = @{$enter{$name}};
		is($mover->$call($id), $id, "1a: the task enters $name");
		like($mover->ring_result, qr/^-(4|125)$/, '1a: what its worker did has ended, as interrupted or cancelled');
		# It lets go of what it works for, and exits in its own time.
		ok(wait_for(30, sub { !defined task_xid($worker) }), '1a: and the worker ends');
		my $left = $call =~ /^net/ ? 'ESRCH' : 300;
		ok(wait_for(30, sub { outcome(nx_info(300)) eq $left }), '1a: it holds no network context any more');
		$worker = $mover->blocked_worker;
		is(task_xid($worker), task_xid($mover->pid), '1a: the next worker is where its task is');
		$mover->quit;
	}
}

# The thread that takes requests off a polled ring is there as long as the ring.
{
	my $member = member(46);
	my $poller = $member->poller;
	ok($poller, '1a: a polled ring of a member has a thread') or die "no thread\n";
	is(field("/proc/$poller/status", 'Name'), 'iou-sqp-' . $member->pid, '1a: with the name that the kernel gives it');
	is(task_xid($poller), 46, '1a: which is in its context');
	is(field('/proc/virtual/46/status', 'Tasks'), 2, '1a: and counts as a task');
	$member->quit;
	is_errno(task_xid($poller), 'ESRCH', '1a: it ends with its process');
	is_errno(get_cflags(46), 'ESRCH', '1a: and with both the context');

	# Who enters moves one task, and this one is another.
	my $mover = host();
	$poller = $mover->poller;
	is(task_xid($poller), 0, '1a: the thread of a ring of the host is of the host');
	is($mover->ctx_create(46), 46, '1a: when who has made the ring enters a context');
	is(task_xid($poller), 0, '1a: it stays there, as any thread does');
	is(field('/proc/virtual/46/status', 'Tasks'), 1, '1a: and counts nowhere');
	$mover->quit;
	is_errno(get_cflags(46), 'ESRCH', '1a: it keeps no context');
}

sub poller {
	$ring = Ring->new(polled => 1);
	my $poller;
	wait_for(30, sub { ($poller) = Ring::pollers() });
	return $poller;
}

# A read of a pipe into which nothing is written; the worker that sleeps in it.
sub blocked_worker {
	pipe $silent, $never or die "pipe: $!\n";
	$ring ||= Ring->new;
	$buffer = ' ' x 16;
	defined $ring->submit(Ring::read_async(fileno $silent, \$buffer)) or die "io_uring_enter: $!\n";
	my $worker;
	wait_for(30, sub { ($worker) = Ring::workers() });
	return $worker;
}

sub ring_result { return $ring->result }

# A persistent context needs no task.
{
	my $host = host();
	is($host->ctx_create(47, cflags('persistent', 'state_admin')), 47, '1a: a persistent context is made');
	$host->quit;
	ok(wait_for(30, sub { ctx_stat(47) <= 3 }), '1a: what its maker held is freed');
	is(join(' ', ctx_stat(47)), '3 1', '1a: without a task it lives on: used by its table, its flag and the call that asks, with a count of 1');
	is(set_cflags(47, 0, cflags('persistent')), 0, '1a: it stops being persistent');
	is_errno(get_cflags(47), 'ESRCH', '1a: and is gone');
}

# held: how many contexts have ended and are held by something. Others are merely not freed yet: a task's hold ends a grace
# period after the task. So network contexts are made and ended behind them, whose end is delayed by the same and is
# counted elsewhere; when these are freed, so is whatever was before them.
sub held {
	for (1 .. 5) {
		my $pid = fork;
		Sys::leave(defined net_create(-1) ? 7 : 1) if !$pid;
		waitpid $pid, 0;
		die "no network context is made\n" if $? != 7 << 8;
		wait_for(30, sub { field('/proc/virtnet/status', '#CTotal') == field('/proc/virtnet/status', '#CActive') })
			or die "network contexts are not freed\n";
	}
	return Callers::remains();
}

# A socket holds the context that it was made in, wherever it goes.
{
	ok(settled(), '1a: every context that has ended is freed');
	socketpair my $here, my $there, 1, 1, 0 or die "socketpair: $!\n";
	my $guest = guest(42);
	my ($length, $socket) = $guest->send_socket(fileno $there);
	is($length, 1, '1a: a member sends a socket to the host');
	my $received = receive_descriptor(fileno $here);
	ok(defined $received, '1a: and the host receives it');
	ok(defined get_cflags(42), '1a: the context exists');
	$guest->quit;
	is_errno(get_cflags(42), 'ESRCH', '1a: the context ends while the host holds its socket');
	is(held(), 1, '1a: the socket keeps the ended context from being freed');
	open my $handle, '+<&=', $received or die "descriptor $received: $!\n";
	close $handle;
	ok(settled(), '1a: closing the socket frees the context');
}

# message(DATA, CONTROL): struct msghdr around them; all of its fields are as wide as a long, or padded to it.
sub message {
	my ($data, $control) = @_;
	my $vector = pack 'L!2', Sys::address($$data), length $$data;
	return (pack('L!7', 0, 0, Sys::address($vector), 1, Sys::address($$control), length $$control, 0), \$vector);
}

sub send_socket {
	my ($through) = @_;
	socket my $socket, 2, 2, 0 or die "socket: $!\n";
	my $control = pack 'L!lll', $Sys::LONG + 12, 1, 1, fileno $socket;    # SOL_SOCKET, SCM_RIGHTS
	$control .= "\0" x (2 * $Sys::LONG + 8 - length $control);
	my $data = 'x';
	my ($message, $keep) = message(\$data, \$control);
	return sys('sendmsg', $through + 0, $message, 0);
}

sub receive_descriptor {
	my ($through) = @_;
	my ($data, $control) = (' ', "\0" x 64);
	my ($message, $keep) = message(\$data, \$control);
	defined sys('recvmsg', $through, $message, 0) or return;
	return unpack 'l', substr $control, $Sys::LONG + 8, 4;
}

# The sockets that the kernel makes for itself are nobody's: each network namespace has some, and lives as long as anybody holds it.
{
	my $guest = guest(42);
	is($guest->unshare_here($Sys::CLONE_NEWNET), 0, '1a: a member makes a network namespace');
	open my $namespace, '<', '/proc/' . $guest->pid . '/ns/net' or die "ns/net: $!\n";
	$guest->quit;
	is(held(), 0, '1a: the host keeps the namespace, and with it no ended context');
	close $namespace;
}

# Accepted connections are copies of the listening socket: each needs a reference of its own. A socket counts for the context of
# the task that makes it, an accepted one for that of its listener.
{
	my $guest = guest(42);
	my $uses = '/proc/virtual/42/status';
	my $before = field($uses, 'UseCnt');
	my $port = $guest->listen_tcp;
	is(field($uses, 'UseCnt'), $before + 1, '1a: a socket counts as a use of its context');
	my @connection = map { connect_tcp($port) } 1 .. 5;
	is($guest->accept_tcp(3), 3, '1a: a member accepts connections from the host');
	# connect(2) is back before the last packet of the handshake has been taken.
	ok(wait_for(30, sub { field($uses, 'UseCnt') == $before + 6 }), '1a: each connection counts, whether accepted yet or not');
	$guest->quit;
	is_errno(get_cflags(42), 'ESRCH', '1a: the context ends while its connections are open at the other end');
	@connection = ();
	ok(settled(), '1a: and is freed when they are closed');

	$guest = guest(42);
	$before = field($uses, 'UseCnt');
	socket my $socket, 1, 1, 0 or die "socket: $!\n";
	my $address = pack 'S a*', 1, "\0vserver-1a-$$";
	bind($socket, $address) && listen $socket, 1 or die "bind: $!\n";
	is($guest->connect_unix($address), 1, '1a: a member connects to a Unix socket of the host');
	is(field($uses, 'UseCnt'), $before + 1, "1a: which uses its context once: the other end is the host's");
	$guest->quit;
	close $socket;
	ok(settled(), '1a: and that is freed in the end');
}

sub connect_unix {
	my ($address) = @_;
	socket my $socket, 1, 1, 0 or die "socket: $!\n";
	connect $socket, $address or die "connect: $!\n";
	push @accepted, $socket;
	return 1;
}

sub inet_address { return pack 'S n a4 x8', 2, $_[0], "\x7f\0\0\1" }

sub listen_tcp {
	socket $listener, 2, 1, 0 or die "socket: $!\n";
	bind $listener, inet_address(0) or die "bind: $!\n";
	listen $listener, 8 or die "listen: $!\n";
	return (unpack 'S n', getsockname $listener)[1];
}

sub accept_tcp {
	my ($count) = @_;
	for (1 .. $count) {
		accept my $connection, $listener or die "accept: $!\n";
		push @accepted, $connection;
	}
	return scalar @accepted;
}

sub connect_tcp {
	my ($port) = @_;
	socket my $socket, 2, 1, 0 or die "socket: $!\n";
	connect $socket, inet_address($port) or die "connect: $!\n";
	return $socket;
}

# An address space holds the context that it was made in until it is replaced: a member that goes on into another context
# takes its memory along.
{
	ok(settled(), '1a: every context that has ended is freed');
	my $first = member(42, spares => 1);
	my $second = $first->spawn;
	my $before = field('/proc/virtual/42/status', 'UseCnt');
	is($second->ctx_create(43), 43, '1a: a member in setup makes another context');
	ok(wait_for(30, sub { field('/proc/virtual/42/status', 'UseCnt') == $before - 2 }),
		'1a: of the one that it came from it keeps one use, that of its memory, and not those of its task and credentials');
	is(join(' ', ctx_stat(43)), '4 1', '1a: the new one is used by its table, its task, that one\'s credentials, and the call that asks');
	$first->quit;
	is_errno(get_cflags(42), 'ESRCH', '1a: the one that it came from ends');
	is(held(), 1, '1a: the memory of the one that moved keeps it from being freed');
	$second->begin('exec_sleeper');
	ok(settled(), '1a: exec replaces the memory and frees it');
	is(task_xid($second->pid), 43, '1a: the one that moved is where it was');
	kill 'KILL', $second->pid;
	ok(wait_for(30, sub { !defined get_cflags(43) }), '1a: and its context ends with it');
	# Its parent has gone before it, so init buries it in its own time.
	ok(wait_for(30, sub { !defined task_xid($second->pid) }), '1a: and nothing is left of it');
}

# Nobody else is moved: the kernel's threads, init and the agent are of the host.
{
	my $guest = guest(42, spares => 1);
	my $child = $guest->spawn;
	my %xid = map { my $xid = task_xid($_); defined $xid ? ($_ => $xid) : () } grep /^\d+$/, list_dir('/proc');
	is(join(' ', sort grep $xid{$_} == 42, keys %xid), join(' ', sort $guest->pid, $child->pid), '1a: the members of a context are the maker and its child');
	is(join(' ', grep $xid{$_} != 42 && $xid{$_} != 0, keys %xid), '', '1a: every other task is of the host');
	is($xid{1}, 0, '1a: pid 1 among them');
	is($xid{2}, 0, '1a: and the parent of the kernel threads');
	$child->quit;
	$guest->quit;
}

# What the kernel starts because of a member is not one: here the program that is given a core dump.
{
	my $pattern = '/proc/sys/kernel/core_pattern';
	my $copy = "/tmp/1a-core-$$";
	my $before = read_file($pattern);
	write_file($pattern, "|/bin/cp /proc/self/status $copy") or die "$pattern: $!\n";
	my $guest = guest(42);
	kill 'SEGV', $guest->pid;
	is($guest->reap & 0xff, 11, '1a: what has entered a context, and executed no program in it, dumps no core');
	$guest = guest(42);
	$guest->become_dumpable;
	kill 'SEGV', $guest->pid;
	is($guest->reap & 0xff, 11 | 0x80, '1a: another member does');
	write_file($pattern, $before) or die "$pattern: $!\n";
	is(field($copy, 'Name'), 'cp', '1a: into a program that the kernel has started');
	is(field($copy, 'VxID'), 0, '1a: and that is of the host');
	unlink $copy;
}

# Network contexts live by the same rules.
{
	my $member = host(spares => 1);
	is($member->net_create(42), 42, '1a: a network context is made');
	my $child = $member->spawn;
	is(task_nid($child->pid), 42, '1a: a child inherits it');
	is(task_xid($child->pid), 0, '1a: and stays in xid 0');
	is(field('/proc/virtnet/42/status', 'Tasks'), 2, '1a: two members, two tasks');
	my $before = field('/proc/virtnet/42/status', 'UseCnt');
	my $port = $child->listen_tcp;
	my $connection = connect_tcp($port);
	is($child->accept_tcp(1), 1, '1a: a member accepts a connection');
	is(field('/proc/virtnet/42/status', 'UseCnt'), $before + 2, '1a: its sockets count as uses');
	# The peer closes first: who does may stay for a minute, in FIN_WAIT2.
	close $connection;
	$child->begin('exec_sleeper');
	ok(wait_for(30, sub { field('/proc/virtnet/42/status', 'UseCnt') == $before }), '1a: and no longer when they are closed');
	is(task_nid($child->pid), 42, '1a: a network context survives exec');
	$member->quit;
	is(field('/proc/virtnet/42/status', 'Tasks'), 1, '1a: one member is left');
	kill 'KILL', $child->pid;
	ok(wait_for(30, sub { !defined nx_info(42) }), '1a: the network context ends with its last task');
	ok(wait_for(30, sub { field('/proc/virtnet/status', '#CTotal') == 0 }), '1a: and is freed');

	my $host = host();
	my $tid = $host->start_thread;
	is($host->thread_call($VServer::SYSCALL, word('net_create_v0'), 43, 0), 43, '1a: a thread makes a network context');
	is(task_nid($tid), 43, '1a: and is in it');
	is(task_nid($host->pid), 0, '1a: its process is not');
	$host->stop_thread;
	is_errno(nx_info(43), 'ESRCH', '1a: it ends with that thread');
	$host->quit;
}

# Eight at once want the same id: one gets it.
{
	my %seen;
	for (1 .. $rounds) {
		my $results = race(8, sub { outcome(ctx_create(48)) eq '48' ? 'y' : $! == 16 || $! == 17 ? 'n' : '?' });
		$seen{join '', sort split //, $results}++;
	}
	is(join(', ', map "$_ $seen{$_}", sort keys %seen), "nnnnnnny $rounds", "1a: of eight that make the same context at once, one does ($rounds times)");
	is_errno(get_cflags(48), 'ESRCH', '1a: and nothing is left of it');
}

# race(N, CODE): N children run CODE as nearly at once as can be had; each answers a letter, then waits until all have.
sub race {
	my ($n, $code) = @_;
	pipe my $start, my $open;
	pipe my $result, my $answer;
	pipe my $finish, my $done;
	my @pid = map {
		my $pid = fork;
		if (!$pid) {
			close $_ for $open, $done;
			sysread $start, my $byte, 1;
			syswrite $answer, $code->();
			sysread $finish, $byte, 1;
			Sys::leave(0);
		}
		$pid;
	} 1 .. $n;
	close $open;
	my $results = '';
	sysread $result, $results, 1, length $results while length $results < $n;
	close $done;
	waitpid $_, 0 for @pid;
	return $results;
}

# The last member leaves while another task comes: that one gets in, or the context is gone; nothing in between.
{
	my ($left, %seen) = (0);
	for (1 .. $rounds) {
		pipe my $ready, my $made;
		pipe my $start, my $open;
		pipe my $result, my $answer;
		my $holder = fork;
		if (!$holder) {
			close $open;
			syswrite $made, defined ctx_create(48) ? 'y' : 'n';
			sysread $start, my $byte, 1;
			Sys::leave(0);
		}
		my $comer = fork;
		if (!$comer) {
			close $open;
			sysread $start, my $byte, 1;
			my $in = defined ctx_migrate(48);
			syswrite $answer, $in ? task_xid(0) == 48 ? 'in' : 'lost' : $! == 3 || $! == 14 ? 'gone' : "errno " . ($! + 0);
			Sys::leave(0);
		}
		sysread $ready, my $byte, 1;
		die "no context is made\n" if $byte ne 'y';
		close $open;
		sysread $result, my $state, 16;
		waitpid $_, 0 for $holder, $comer;
		$seen{$state}++;
		$left++ if defined get_cflags(48);
	}
	diag("entering a context as it ends: ", join ', ', map "$_ $seen{$_}", sort keys %seen);
	is(($seen{in} || 0) + ($seen{gone} || 0), $rounds, '1a: who enters a context as it ends is inside, or is told that it is gone');
	is($left, 0, '1a: and afterwards it is gone, each time');
}

# As many as the series is made for, made and ended by four at a time. A member in setup makes the next one and moves on.
{
	my ($first, $each) = (10_000, $crowd / 4);
	my @start = map $first + $_ * $each, 0 .. 3;
	my @maker = map host(), @start;
	my $active = field('/proc/virtual/status', '#CActive');
	$maker[$_]->begin('make_many', $start[$_], $each) for 0 .. 3;
	is($_->finish, $each, "1a: $each persistent contexts, beside three others who make as many") for @maker;
	is(field('/proc/virtual/status', '#CActive') - $active, $crowd, "1a: $crowd contexts at once");
	is(scalar(grep /^1\d{4}$/, list_dir('/proc/virtual')), $crowd, '1a: a listing has each of them');
	my @sample = map $first + int($_ * ($crowd - 1) / 9), 0 .. 9;
	is(join(' ', map field("/proc/virtual/$_/info", 'ID'), @sample), "@sample", '1a: each is found by its id');
	$_->quit for @maker;
	my @ender = map host(), @start;
	$ender[$_]->begin('end_many', $start[$_], $each) for 0 .. 3;
	is($_->finish, $each, '1a: they are ended, by four at a time') for @ender;
	$_->quit for @ender;
	is(field('/proc/virtual/status', '#CActive'), $active, '1a: none is left');
	is_errno(get_cflags($_), 'ESRCH', "1a: $_ is gone") for $sample[0], $sample[9];
}

sub make_many {
	my ($first, $count) = @_;
	my $flags = cflags('persistent', 'state_setup', 'state_admin');
	return scalar grep defined ctx_create($_, $flags), $first .. $first + $count - 1;
}

sub end_many {
	my ($first, $count) = @_;
	my $persistent = cflags('persistent');
	return scalar grep defined set_cflags($_, 0, $persistent), $first .. $first + $count - 1;
}

# What is made and ended is freed.
{
	my ($last, $wrong) = (undef, 0);
	pipe my $result, my $answer;
	for (1 .. $cycles) {
		my $pid = fork;
		if (!$pid) {
			syswrite $answer, pack 'L', ctx_create(-1) || 0;
			Sys::leave(0);
		}
		sysread $result, my $xid, 4;
		waitpid $pid, 0;
		$xid = unpack 'L', $xid;
		$wrong++ if $xid < 49152 || $xid > 65535 || defined $last && $xid != ($last == 65535 ? 49152 : $last + 1);
		$last = $xid;
	}
	diag("$cycles contexts, the last of them $last");
	is($wrong, 0, "1a: $cycles contexts are made and ended, each with the dynamic id that follows");
	ok(settled(), '1a: and all of them are freed');
}

done_testing();
