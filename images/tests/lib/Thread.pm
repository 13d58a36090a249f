# SPDX-License-Identifier: GPL-2.0-only
#
# A thread, or a child that shares the caller's memory, that makes the system calls it is told to. fork() is all that Perl
# has of clone(2), and a context belongs to a task, not to a process: so this is a few machine instructions in a Perl string.
#
#   my $thread = Thread->new;                       # in this process
#   $thread->call($VServer::SYSCALL, $word, 42, 0); # the kernel's own result: -38 is ENOSYS
#   $thread->quit;
#
#   Thread->run($CLONE_VM | $CLONE_VFORK | $SIGCHLD, [$NR, @arguments], ...): a vfork: the child makes these calls, then
#   exits; returns its pid and the results.
#
# The instructions: clone; the caller stores the task id and returns; the new task reads requests (number and six
# arguments) from a pipe, makes each call and writes its result, until a read comes up short, then exit(0). What Perl calls is
# installed by DynaLoader's dl_install_xsub, which takes any address.
package Thread;
use strict;
use Sys;

my $WORDS = 7;    # of a request: number and six arguments

# Places to fill in: F flags of clone, S top of the new stack, P where it may store a tid or pidfd, T thread-local storage, I where
# the caller stores the task id, M the request and result, R and W the pipes. I is apart from M: a child that shares the memory
# may have read its first request before the caller has stored anything.
my $I386 = join '', qw(
	53 56 57 55                 b8 78000000  bb FFFFFFFF  b9 SSSSSSSS  ba PPPPPPPP  be TTTTTTTT  31ff  cd80
	85c0 740a  a3 IIIIIIII      5d 5f 5e 5b  c3
	b8 03000000  bb RRRRRRRR    b9 MMMMMMMM  ba 1c000000  cd80  83f81c  7538
	bf MMMMMMMM  8b07 8b5f04 8b4f08 8b570c 8b7710 8b6f18 8b7f14  cd80  a3 MMMMMMMM
	b8 04000000  bb WWWWWWWW    b9 MMMMMMMM  ba 04000000  cd80  ebad
	b8 01000000  31db cd80
);
my $X86_64 = join '', qw(
	b8 38000000  48bf FFFFFFFFFFFFFFFF  48be SSSSSSSSSSSSSSSS  48ba PPPPPPPPPPPPPPPP  4531d2  49b8 TTTTTTTTTTTTTTTT  0f05
	48be MMMMMMMMMMMMMMMM  4885c0 740e  48bf IIIIIIIIIIIIIIII  488907  c3
	31c0  48bf RRRRRRRRRRRRRRRR  48be MMMMMMMMMMMMMMMM  ba 38000000  0f05  83f838  7542
	488b06 488b7e08 488b5618 4c8b5620 4c8b4628 4c8b4e30 488b7610  0f05  48be MMMMMMMMMMMMMMMM  488906
	b8 01000000  48bf WWWWWWWWWWWWWWWW  ba 08000000  0f05  eb9c
	b8 3c000000  31ff 0f05
);

my $THREAD = $Sys::CLONE_VM | $Sys::CLONE_FS | $Sys::CLONE_FILES | $Sys::CLONE_SIGHAND | $Sys::CLONE_THREAD | $Sys::CLONE_SYSVSEM;
my ($count, @kept) = (0);

# prepare(FLAGS): pipes, memory and code; nothing runs yet.
sub prepare {
	my ($class, $flags) = @_;
	my $self = bless {memory => "\0" x 32768}, $class;
	pipe $self->{request_out}, $self->{request_in} or die "pipe: $!\n";
	pipe $self->{reply_out}, $self->{reply_in} or die "pipe: $!\n";

	# The first page boundary inside the string: a page of code, one for the request, four of stack.
	my $start = Sys::address($self->{memory});
	my $code = ($start + 4095) & ~4095;
	my ($data, $stack) = ($code + 4096, $code + 24576 - 64);
	$self->{id} = $data + 1024 - $start;

	# The new task does not use the thread-local storage that CLONE_SETTLS gives it. For i386 that is a segment: all memory, in the
	# first entry that the kernel has for one.
	my $stored = $data + 2048;
	substr($self->{memory}, $stored + 64 - $start, 16) = pack 'L4', first_entry(), 0, 0xfffff, 0x51;

	my $text = $Sys::AMD64 ? $X86_64 : $I386;
	my %value = (F => $flags, S => $stack, P => $stored, T => $stored + 64, I => $data + 1024, M => $data, R => fileno $self->{request_out}, W => fileno $self->{reply_in});
	$text =~ s/([FSPTIMRW])\1{7,}/unpack 'H*', pack 'L!', $value{$1}/ge;
	substr($self->{memory}, $code - $start, length($text) / 2) = pack 'H*', $text;
	defined sys('mprotect', $code, 4096, 7) or die "mprotect: $!\n";

	$self->{start} = "Thread::start" . $count++;
	DynaLoader::boot_DynaLoader('DynaLoader') if !defined &DynaLoader::dl_install_xsub;
	DynaLoader::dl_install_xsub($self->{start}, $code);
	return $self;
}

sub first_entry {
	open my $file, '<', '/proc/sys/kernel/arch' or die "/proc/sys/kernel/arch: $!\n";
	return <$file> eq "x86_64\n" ? 12 : 6;
}

# The code takes no arguments off Perl's stack: it has to be called with none, alone in a sub of its own.
sub enter {
	my $start = \&{$_[0]{start}};
	@_ = ();
	&$start;
	return;
}

sub start {
	my ($self) = @_;
	$self->enter;
	$self->{tid} = unpack 'l!', substr $self->{memory}, $self->{id}, $Sys::LONG;
	return $self if $self->{tid} > 0;
	$! = -$self->{tid};
	return;
}

# new: a thread of this process, waiting for its first request.
sub new {
	my ($class) = @_;
	return $class->prepare($THREAD)->start;
}

sub tid { return $_[0]{tid} }

sub request {
	my ($self, @call) = @_;
	my $request = pack "l!$WORDS", map({ ref $_ ? Sys::address($$_) : $_ + 0 } @call), (0) x ($WORDS - @call);
	syswrite $self->{request_in}, $request or die "thread: $!\n";
}

sub reply {
	my ($self) = @_;
	sysread $self->{reply_out}, my $reply, $Sys::LONG or die "thread $self->{tid} did not answer\n";
	return unpack 'l!', $reply;
}

# call(NUMBER, ARGUMENT...): the call's result as the kernel returns it. A reference to a string is passed as its address.
sub call {
	my ($self, @call) = @_;
	$self->request(@call);
	return $self->reply;
}

# quit: the thread ends, and is gone from /proc when this returns.
sub quit {
	my ($self) = @_;
	$self->request($Sys::NR{exit}, 0);
	TAP::wait_for(30, sub { !-e "/proc/self/task/$self->{tid}" }) or die "thread $self->{tid} does not end\n";
}

# run(FLAGS, CALL...): a new task with FLAGS makes the calls and exits, while the caller waits for it if FLAGS has
# CLONE_VFORK. Returns its pid, or undef and $!, and the results of the calls.
sub run {
	my ($class, $flags, @call) = @_;
	my $self = $class->prepare($flags);
	$self->request(@$_) for @call;
	$self->request($Sys::NR{exit}, 0);
	$self->start or return;
	# It may be about to make its exit yet, in the memory that it shares.
	push @kept, $self if $flags & $Sys::CLONE_VM && !($flags & $Sys::CLONE_VFORK);
	return $self->{tid}, map $self->reply, @call;
}

# first_thread_ends: for an Actor to be asked: its process lives on in a second thread, which ends as soon as the test asks for
# anything more.
sub main::first_thread_ends {
	my $buffer = ' ' x 8;
	my $thread = Thread->new or die "clone: $!\n";
	$thread->request($Sys::NR{read}, $Actor::Requests, \$buffer, 1);
	$thread->request($Sys::NR{exit}, 0);
	sys('exit', 0);
}

1;
