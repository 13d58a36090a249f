# SPDX-License-Identifier: GPL-2.0-only
#
# An io_uring: requests that the kernel works on for a task, some of them in a thread that it adds to the task's process.
#
#   my $ring = Ring->new;
#   $ring->submit(Ring::read_async($fd, \$buffer));    # a worker sleeps in read(2) until there is something
#   my $result = $ring->result;                        # waits for the next completion: a value, or minus an errno
#   my $id = $ring->register_personality;              # the caller's credentials, for requests with personality => $id
#   Ring->new(polled => 1);                            # a thread of the kernel's takes the requests: IORING_SETUP_SQPOLL
#
# The rings are memory that the kernel shares, at addresses that Perl knows only as numbers: it is read with unpack 'P', and
# written by read(2) from a pipe.
package Ring;
use strict;
use Sys;

my ($READ, $OPENAT) = (22, 18);
my $ASYNC = 1 << 4;
my ($SQPOLL, $IDLE_MS) = (2, 10);

sub peek { my ($address, $length) = @_; return unpack "P$length", pack 'L!', $address }
sub word_at { return unpack 'L', peek($_[0], 4) }

sub poke {
	my ($self, $address, $bytes) = @_;
	syswrite $self->{in}, $bytes or die "pipe: $!\n";
	defined sys('read', fileno $self->{out}, $address, length $bytes) or die "read: $!\n";
}

sub map_ring {
	my ($self, $length, $offset) = @_;
	$offset >>= 12 if !$Sys::AMD64;    # mmap2
	my $address = sys('mmap', 0, $length, 3, 1, $self->{fd}, $offset);
	defined $address or die "mmap: $!\n";
	# A number above the half of the address space comes back negative.
	return $Sys::AMD64 ? $address : $address & 0xffffffff;
}

sub new {
	my ($class, %option) = @_;
	my $self = bless {}, $class;
	pipe $self->{out}, $self->{in} or die "pipe: $!\n";
	my $parameters = "\0" x 120;
	substr($parameters, 8, 12) = pack 'L3', $SQPOLL, 0, $IDLE_MS if $option{polled};
	$self->{fd} = sys('io_uring_setup', 4, \$parameters);
	defined $self->{fd} or die "io_uring_setup: $!\n";
	my ($sq_entries, $cq_entries) = unpack 'L2', $parameters;
	@$self{qw(sq_head sq_tail sq_mask)} = unpack 'x40 L3', $parameters;
	$self->{array} = unpack 'x64 L', $parameters;
	@$self{qw(cq_head cq_tail cq_mask)} = unpack 'x80 L3', $parameters;
	$self->{cqes} = unpack 'x100 L', $parameters;
	my ($sq_length, $cq_length) = ($self->{array} + 4 * $sq_entries, $self->{cqes} + 16 * $cq_entries);
	$self->{ring} = $self->map_ring($sq_length > $cq_length ? $sq_length : $cq_length, 0);
	$self->{sqes} = $self->map_ring(64 * $sq_entries, 0x10000000);
	return $self;
}

# A request, as submit() takes it: opcode, flags, descriptor, address, length, flags of the operation, personality, and an offset if it has one.
sub read_async {
	my ($descriptor, $buffer) = @_;
	return ($READ, $ASYNC, $descriptor + 0, Sys::address($$buffer), length $$buffer, 0, 0);
}

sub open_file {
	my ($path, $personality) = @_;
	return ($OPENAT, 0, -100, Sys::address($$path), 0, 0, $personality);
}

# The flag of a request that is for a worker.
sub async { return $ASYNC }

sub submit {
	my ($self, $opcode, $flags, $descriptor, $address, $length, $operation, $personality, $offset) = @_;
	my $tail = word_at($self->{ring} + $self->{sq_tail});
	my $index = $tail & word_at($self->{ring} + $self->{sq_mask});
	# The offset of a read is -1: the file's own position.
	$offset = $opcode == $READ ? -1 : 0 if !defined $offset;
	$self->poke($self->{sqes} + 64 * $index, pack 'CCS l q Q L L Q S S l q q', $opcode, $flags, 0, $descriptor, $offset, $address, $length, $operation, 1, 0,
		$personality, 0, 0, 0);
	$self->poke($self->{ring} + $self->{array} + 4 * $index, pack 'L', $index);
	$self->poke($self->{ring} + $self->{sq_tail}, pack 'L', $tail + 1);
	return sys('io_uring_enter', $self->{fd}, 1, 0, 0, 0, 0);
}

sub result {
	my ($self) = @_;
	my $head = word_at($self->{ring} + $self->{cq_head});
	if ($head == word_at($self->{ring} + $self->{cq_tail})) {
		defined sys('io_uring_enter', $self->{fd}, 0, 1, 1, 0, 0) or die "io_uring_enter: $!\n";
	}
	my $index = $head & word_at($self->{ring} + $self->{cq_mask});
	my $result = unpack 'x8 l', peek($self->{ring} + $self->{cqes} + 16 * $index, 16);
	$self->poke($self->{ring} + $self->{cq_head}, pack 'L', $head + 1);
	return $result;
}

sub register_personality { return sys('io_uring_register', $_[0]{fd}, 9, 0, 0) }

# The threads of this process that the kernel has added: those that work on requests, and those that take them off a polled ring.
sub workers { return threads_called('iou-wrk') }
sub pollers { return threads_called('iou-sqp') }

sub threads_called {
	my ($name) = @_;
	opendir my $dir, '/proc/self/task' or die "/proc/self/task: $!\n";
	return grep { /^\d+$/ && (name_of($_) || '') =~ /^\Q$name\E/ } readdir $dir;
}

sub name_of {
	my ($tid) = @_;
	open my $file, '<', "/proc/self/task/$tid/comm" or return;
	return scalar <$file>;
}

1;
