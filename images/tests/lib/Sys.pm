# SPDX-License-Identifier: GPL-2.0-only
#
# System calls by name, for what Perl has no function for and POSIX.pm is too slow to load for. Numbers are those of the
# Perl that runs (i386 or x86_64), which is not always the kernel's architecture: an i386 Perl on x86_64 makes i386 calls.
#
#   my $pid = sys('clone', $CLONE_NEWUTS | $SIGCHLD, 0, 0, 0, 0);    # undef and $! on failure, else the value
package Sys;
use strict;

our $LONG = length pack 'L!', 0;
our $AMD64 = $LONG == 8;

our ($CLONE_VM, $CLONE_FS, $CLONE_FILES, $CLONE_SIGHAND, $CLONE_VFORK, $CLONE_PARENT, $CLONE_THREAD, $CLONE_NEWNS,
	$CLONE_SYSVSEM, $CLONE_NEWCGROUP, $CLONE_NEWUTS, $CLONE_NEWIPC, $CLONE_NEWUSER, $CLONE_NEWPID, $CLONE_NEWNET)
	= (0x100, 0x200, 0x400, 0x800, 0x4000, 0x8000, 0x10000, 0x20000,
	0x40000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000);
our $SIGCHLD = 17;

# Name, number on i386, number on x86_64.
our %NR = map { my ($name, $i386, $amd64) = split; $name => $AMD64 ? $amd64 : $i386 } split /,/, <<'END';
acct 51 163, add_key 286 248, bpf 357 321, capget 184 125, capset 185 126, clock_adjtime 343 305, clock_gettime 265 228,
clock_nanosleep 267 230, clone 120 56, clone3 435 435, epoll_create1 329 291, eventfd2 328 290, exit 1 60,
exit_group 252 231, fanotify_init 338 300, fanotify_mark 339 301, fsconfig 431 431, fsmount 432 432, fsopen 430 430,
futex 240 202, get_robust_list 312 274, getdents64 220 217, gettid 224 186, init_module 128 175,
inotify_add_watch 292 254, inotify_init 291 253, inotify_init1 332 294, io_uring_enter 426 426, io_uring_register 427 427,
io_uring_setup 425 425, ioperm 101 173, ioprio_get 290 252, ioprio_set 289 251, kcmp 349 312, kexec_load 283 246,
keyctl 288 250, memfd_create 356 319, mknod 14 133, mmap 192 9, mount 21 165, mount_setattr 442 442, move_mount 429 429,
mprotect 125 10, mq_open 277 240, mq_timedreceive 280 243, mq_unlink 278 241, name_to_handle_at 341 303,
nanosleep 162 35, open_by_handle_at 342 304, open_tree 428 428, openat 295 257, perf_event_open 336 298,
pidfd_getfd 438 438, pidfd_open 434 434, pidfd_send_signal 424 424, pivot_root 217 155, poll 168 7, prctl 172 157,
pread64 180 17, prlimit64 340 302, process_madvise 440 440, process_vm_readv 347 310, process_vm_writev 348 311, ptrace 26 101,
quotactl_fd 443 443, read 3 0, reboot 88 169, recvmsg 372 47, request_key 287 249, rt_tgsigqueueinfo 335 297, sched_setaffinity 241 203, sched_setscheduler 156 144,
seccomp 354 317, sendmsg 370 46, setgroups 206 116, sethostname 74 170, setitimer 104 38, setns 346 308,
setpriority 97 141, setresgid 210 119, setresuid 208 117, setsid 66 112, setxattr 226 188, shmat 397 30, shmctl 396 31,
shmget 395 29, signalfd4 327 289, swapoff 115 168, swapon 87 167, syslog 103 103, tgkill 270 234, timer_create 259 222,
timer_delete 263 226, timer_settime 260 223, timerfd_create 322 283, timerfd_settime 325 286, umount2 52 166,
unshare 310 272, write 4 1
END

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::sys"} = \&sys;
}

# address(STRING): where its bytes are. Perl lets equal strings share their bytes until one is written to: the substr makes
# them this string's own, for what the kernel writes there Perl does not see.
sub address {
	substr($_[0], 0, 0) = '';
	return unpack 'L!', pack 'p', $_[0];
}

# sys(NAME, ARGUMENT...): numbers are passed as they are, a string as the address of a copy, a reference as the address of
# the string itself, for the kernel to write to. Perl decides by the type of the scalar, so a number that was read from text
# needs "+ 0". Returns undef on failure.
sub sys {
	my ($name, @argument) = @_;
	die "no number is known for the system call $name\n" if !defined $NR{$name};
	my $result = syscall $NR{$name}, map { ref $_ ? address($$_) : $_ } @argument;
	return $result == -1 ? undef : $result;
}

# drop_capability(N...): out of the caller's effective, permitted and inheritable sets.
sub drop_capability {
	my @header = (0x20080522, 0);
	my $data = "\0" x 24;
	defined sys('capget', pack('LL', @header), \$data) or return;
	my @set = unpack 'L6', $data;
	for my $capability (@_) {
		my ($word, $bit) = ($capability >> 5, 1 << ($capability & 31));
		$set[3 * $word + $_] &= ~$bit for 0 .. 2;
	}
	return sys('capset', pack('LL', @header), pack('L6', @set));
}

# drop_root(UID): an ordinary user: no groups, no capability, never back. ($<, $>) would leave the saved ids root's, and with them
# the permitted capabilities.
sub drop_root {
	my $uid = $_[0] + 0;
	defined sys('setgroups', 0, 0) && defined sys('setresgid', ($uid) x 3) && defined sys('setresuid', ($uid) x 3) or return;
	return $< == $uid && $> == $uid && $( == $uid ? 1 : undef;
}

# leave(STATUS): ends the process without Perl's END blocks, which belong to the test's main process.
sub leave {
	sys('exit_group', $_[0] || 0);
}

1;
