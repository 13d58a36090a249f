#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: when memory is short. Each deed is done again and again, and each time the next of its allocations fails (the debug
# kernel's /proc/PID/fail-nth), until there is none left. A call that fails for it says so and has changed nothing: neither its
# caller nor any context, and it leaves nothing behind; one that does without has done all that it does otherwise. What fails is
# allocations of slabs: pages and per-CPU memory do not, for what most calls need of those they cannot be told from the program's.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my ($XID, $NID, $NEW) = (300, 310, 320);
my ($FS, $MNT, $UTS, $IPC, $USER, $PID) = ($Sys::CLONE_FS, $Sys::CLONE_NEWNS, $Sys::CLONE_NEWUTS, $Sys::CLONE_NEWIPC, $Sys::CLONE_NEWUSER, $Sys::CLONE_NEWPID);
# No deed makes so many allocations that can fail.
my $MOST = 400;

# What actors are asked to do beside the commands.
my ($fail, $space);
sub open_space { sysopen $space, "/proc/$_[0]/ns/$_[1]", 0 or return; return 1 }
sub join_space { return sys('setns', fileno $space, 0) }
sub make_socket { socket my $socket, 2, 2, 0 or return; return 1 }
sub is_dumpable { return sys('prctl', 3, 0, 0, 0, 0) }

# Opened before a deed, which may move the caller to where there is no /proc.
sub prepare { sysopen $fail, '/proc/thread-self/fail-nth', 2 or die "fail-nth: $!\n"; return 1 }

# starved(N, NAME, ARGUMENT...): NAME, of which the Nth allocation fails. Its outcome, and whether there was an Nth. Where that is one
# of the program's own, for a page that it touches, it is tried again.
sub starved {
	my ($n, $name, @argument) = @_;
	my $left = "\0" x 16;
	@argument = map /^-?\d+\z/ ? $_ + 0 : $_, @argument;
	defined syswrite $fail, $n or die "fail-nth: $!\n";
	my $outcome = do { no strict 'refs'; outcome(scalar &{"main::$name"}(@argument)) };
	# At the start each time: the file cannot be sought in. Its position is two words on i386.
	defined sys('pread64', fileno $fail, \$left, length $left, 0, 0) or die "fail-nth: $!\n";
	defined syswrite $fail, '0' or die "fail-nth: $!\n";
	return $outcome, $left =~ /\A0\n/ ? 1 : 0;
}

# world(ACTOR): all that can be read of the actor, of every context, and of the objects that there are.
sub world {
	my ($actor) = @_;
	my $pid = $actor->pid;
	my @text = map { my $path = $_; map { my $text = read_file("$path/$_"); "$path/$_:\n" . (defined $text ? $text : "$!\n") } list_dir($path) }
		map { my $top = $_; map "$top/$_", grep /^\d+$/, list_dir($top) } '/proc/virtual', '/proc/virtnet';
	push @text, map { s/^#InitTask:.*\n//m; $_ } map read_file($_), '/proc/virtual/status', '/proc/virtnet/status';
	push @text, grep /^(?:Uid|Gid|Groups|Cap|VxID|NxID|NoNewPrivs)/, split /^/, read_file("/proc/$pid/status");
	# The users of the host's namespaces are kernel threads, too, and other tests' tasks.
	push @text, map { s/^(Proxy:\t.*\(I\)\n)Count:.*\n/$1/m; $_ } map read_file("/proc/$pid/$_"), 'vinfo', 'ninfo', "task/$pid/nsproxy";
	push @text, map { my $to = readlink "/proc/$pid/$_"; "$_ " . (defined $to ? $to : $!) . "\n" } 'root', 'cwd', map "ns/$_", list_dir("/proc/$pid/ns");
	return join '', @text, 'dumpable ', $actor->is_dumpable, "\nfiles ", join(' ', list_dir("/proc/$pid/fd")), "\n";
}

# shape(WORLD): the same without what differs from actor to actor, and without counts that wait for what is freed later.
sub shape {
	my ($text) = @_;
	$text =~ s/^(?:UseCnt|BiasUptime|#CTotal|#NSProxy):.*\n//mg;
	$text =~ s/^(Init|CIPid):\t[1-9]\d*$/$1:\tPID/mg;
	$text =~ s/^(?:NSProxy|Namespace|Proxy|uts|ipc|mnt|pid|net|Info):\K.*/my $line = $&; $line =~ s{\b(?:[0-9a-f]{16}|[0-9a-f]{8})\b}{POINTER}g; $line/mge;
	$text =~ s/\[#?\d+\]/[INODE]/g;
	return $text;
}

# The first line in which two texts differ.
sub difference {
	my ($before, $after) = map [split /\n/, $_], @_;
	for my $i (0 .. ($#$before > $#$after ? $#$before : $#$after)) {
		my ($old, $new) = map defined $_->[$i] ? $_->[$i] : '(none)', $before, $after;
		return "was '$old', is '$new'" if $old ne $new;
	}
	return '';
}

# is_unchanged(BEFORE, ACTOR): the kernel frees some things in its own time.
sub difference_from {
	my ($before, $actor) = @_;
	my $difference;
	wait_for(20, sub { ($difference = difference($before, world($actor))) eq '' });
	return $difference;
}

sub is_error { my ($outcome) = @_; return $outcome =~ /\A(?:E[A-Z]+|errno \d+)\z/ }

# try_all(TITLE, ERRORS, STEP, MAKE, CALL, ARGUMENT...): the deed by actors that MAKE returns: the same as long as it fails, for nothing has
# changed, others after each success. What fails gives one of ERRORS, a blank between them. Every STEPth allocation fails. How often it
# was the call that failed.
sub try_all {
	my ($title, $errors, $step, $make, @call) = @_;
	my ($failed, $reached, @actor, $before, @wrong, @shape) = (0, 1);
	for (my $n = 1; $reached && $n <= $MOST && !@wrong; $n += $step) {
		if (!@actor) {
			@actor = $make->();
			$actor[0]->prepare;
			$before = world($actor[0]);
		}
		(my $outcome, $reached) = $actor[0]->starved($n, @call);
		if (is_error($outcome)) {
			$failed++;
			push @wrong, "allocation $n: $outcome" if !$reached || !grep $_ eq $outcome, split ' ', $errors;
			my $difference = difference_from($before, $actor[0]);
			push @wrong, "allocation $n, $outcome: $difference" if $difference ne '';
		} else {
			push @shape, [$n, shape(world($actor[0]))];
			$_->quit for splice @actor;
			set_cflags($_, 0, cflags('persistent')) for $XID, $NEW;
			settled() && !grep(/^\d/, map list_dir($_), '/proc/virtual', '/proc/virtnet') or push @wrong, "allocation $n: a context stays";
		}
	}
	$_->quit for @actor;
	push @wrong, "more than $MOST allocations" if $reached && !@wrong;
	# The last has had all its memory.
	push @wrong, map { my $difference = difference($shape[-1][1], $_->[1]); $difference eq '' ? () : "without allocation $_->[0]: $difference" } @shape if !@wrong;
	ok(!@wrong, "1b: $title: nothing is half done, whichever of its allocations fails") || diag(join ', ', @wrong > 5 ? @wrong[0 .. 4] : @wrong);
	return $failed;
}

# fails(...): try_all, and one of the allocations can fail the call.
sub fails {
	my ($title) = @_;
	my $failed = try_all(@_);
	ok($failed, "1b: $title: it can fail for want of memory") || diag('it never did');
	return;
}

# does_without(...): and none can.
sub does_without {
	my ($title) = @_;
	is(try_all(@_), 0, "1b: $title: it needs no memory that it cannot do without");
	return;
}

-d '/sys/kernel/debug/failslab' or defined sys('mount', "none\0", "/sys/kernel/debug\0", "debugfs\0", 0, 0) or die "debugfs: $!\n";
# Nearly all of the kernel's allocations can wait for memory; that they fail need not be told.
for (['ignore-gfp-wait', 'N'], ['verbose', '0']) {
	my ($name, $value) = @$_;
	write_file("/sys/kernel/debug/failslab/$name", $value) or die "failslab/$name: $!\n";
}

# How many allocations apart those are that fail. Of a fork's 300 few are for us. Odd, for kmemleak makes every other allocation.
my $FORK = 7;

my $only_host = sub { return host() };
my $beside = sub { my $guest = guest($XID); my $host = host(); $host->net_create($NID); my $caller = host(); return ($caller, $guest, $host) };
# Callers with namespaces of their own, and a guest that has some stored in each slot.
my $with_spaces = sub {
	my @there = $beside->();
	my $donor = host();
	$donor->unshare_here($MNT | $UTS | $IPC | $PID | $FS);
	$donor->fork_once;
	defined $donor->set_space($XID, $MNT | $UTS | $IPC | $FS, $_) or die "set_space: $!\n" for 0, 1;
	return (@there, $donor);
};
my $with_own = sub { my @there = $with_spaces->(); $there[0]->unshare_here($MNT | $UTS | $IPC | $FS); return @there };
my $guest_alone = sub { return guest($XID) };
my $setup_alone = sub { my $member = member($XID); $member->unshare_here($MNT); return $member };
# A guest whose umask lets its tasks unshare.
my $by_umask = sub { my $guest = guest($XID); set_umask($XID, $MNT | $UTS | $IPC | $USER | $PID | 0x40000000, -1); return $guest };
my $joiner = sub { my ($guest) = $by_umask->(); my $other = host(); $other->ctx_migrate($XID); $other->unshare_here($UTS); $guest->open_space($other->pid, 'uts'); return ($guest, $other) };

# Making contexts. A namespace that cannot be charged for to its user counts as one above the limit.
fails('ctx_create, v0', 'ENOMEM ENOSPC', 1, $only_host, 'ctx_create', $NEW);
fails('ctx_create', 'ENOMEM ENOSPC', 1, $only_host, 'ctx_create', $NEW, 0);
fails('ctx_create of a persistent context', 'ENOMEM ENOSPC', 1, $only_host, 'ctx_create', $NEW, cflags(qw(state_setup state_admin persistent)));
fails('net_create', 'ENOMEM', 1, $only_host, 'net_create', $NEW, 0);
fails('net_create, v0', 'ENOMEM', 1, $only_host, 'net_create', $NEW);
fails('new_s_context', 'ENOMEM EINVAL', 1, $only_host, 'new_s_context', $NEW, 0, 0);

# Entering them.
fails('ctx_migrate', 'ENOMEM', 1, $beside, 'ctx_migrate', $XID, 0);
fails('ctx_migrate, v0', 'ENOMEM', 1, $beside, 'ctx_migrate', $XID);
fails('ctx_migrate to be the init', 'ENOMEM', 1, sub { return (host(), guest($XID)) }, 'ctx_migrate', $XID, 3);
does_without('net_migrate', 'ENOMEM', 1, $beside, 'net_migrate', $NID);
fails('new_s_context into one that is there', 'ENOMEM', 1, $beside, 'new_s_context', $XID, 0, 0);

# Namespaces.
for my $slot (0, 1) {
	fails("set_space of all, slot $slot", 'ENOMEM ENOSPC', 1, $with_own, 'set_space', $XID, $MNT | $UTS | $IPC | $FS, $slot);
	fails("set_space of uts, slot $slot", 'ENOMEM', 1, $with_own, 'set_space', $XID, $UTS, $slot);
	fails("enter_space of all, slot $slot", 'ENOMEM ENOSPC', 1, $with_own, 'enter_space', $XID, $MNT | $UTS | $IPC | $FS, $slot);
	fails("enter_space of uts, slot $slot", 'ENOMEM', 1, $with_own, 'enter_space', $XID, $UTS, $slot);
}
fails('set_space, v0', 'ENOMEM', 1, $setup_alone, 'set_space', $XID);
fails('enter_space, v0', 'ENOMEM ENOSPC', 1, $with_own, 'enter_space', $XID);
fails("unshare of $_->[0] in a guest", 'ENOMEM ENOSPC', 1, $by_umask, 'unshare_here', $_->[1])
	for ['uts', $UTS], ['ipc', $IPC], ['mnt', $MNT], ['pid', $PID];
fails('unshare of user in a guest', 'ENOMEM ENOSPC EAGAIN', 1, $by_umask, 'unshare_here', $USER);
fails('setns in a guest', 'ENOMEM', 1, $joiner, 'join_space');

# What members do.
fails('fork in a guest', 'ENOMEM EAGAIN', $FORK, $guest_alone, 'fork_once');
fails('a socket in a guest', 'ENOMEM ENOBUFS ENFILE', 1, $guest_alone, 'make_socket');

# Words that only write or read.
does_without($_->[0], 'ENOMEM', 1, $beside, @$_)
	for ['set_cflags', $XID, cflags('persistent'), 0], ['set_bcaps', $XID, 0, 1], ['set_umask', $XID, $UTS, $UTS], ['set_badness', $XID, 5],
	['set_vhi_name', $XID, 'name'], ['ctx_stat', $XID], ['vx_info', $XID], ['ctx_kill', $XID, 0, 0], ['get_vhi_name', $XID];

# Files.
fails("reading $_", 'ENOMEM', 1, $beside, 'read_file', $_) for "/proc/virtual/$XID/nsproxy", "/proc/virtual/$XID/status", '/proc/virtual/status';

done_testing();
