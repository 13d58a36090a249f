# SPDX-License-Identifier: GPL-2.0-only
#
# A process that does what the test asks of it and tells how it went: the callers of different standing (host, guest,
# spectator, ordinary user) of which the tests are made.
#
#   my $guest = Actor->new(spares => 1);
#   is($guest->ctx_create(42), 42, '1b: a context is made');      # runs ctx_create(42) in that process
#   is(task_xid($guest->pid), 42, '1b: and its maker is inside');
#   my $child = $guest->spawn;                                    # its child, an actor too
#   $child->quit; $guest->quit;                                   # returns when it has been waited for
#
# Any other method is the name of a sub of the test's main program, imported or its own: it is called there with the
# arguments given; the result (scalars only), undef and $! come back. An actor does nothing unasked and is killed at the end.
#
# The two ends talk over pipes that the test's process has opened: a pipe has no owner of its own, whereas a socket counts
# as a member of the context that it was made in, and would falsify what the tests count. So the pipes of children to come
# are made first ("spares").
package Actor;
use strict;

our $Owner = $$;
our $Requests;    # in an actor: the file descriptor that its requests come through
my %alive;

# A handle that is no longer referred to is closed: each process deletes the ends that are not its own, so that the death of
# an actor is an end of file for the test, and the death of the test one for the actor.
sub lines {
	my %line;
	pipe $line{request_out}, $line{request_in} or die "pipe: $!\n";
	pipe $line{reply_out}, $line{reply_in} or die "pipe: $!\n";
	return \%line;
}

# new(spares => N): a child of the test, with what it takes to spawn N children in its turn.
sub new {
	my ($class, %option) = @_;
	my $self = bless {lines => lines(), spares => [map lines(), 1 .. ($option{spares} || 0)]}, $class;
	my $pid = fork;
	die "fork: $!\n" if !defined $pid;
	serve($self->{lines}, $self->{spares}) if !$pid;
	delete @$_{qw(request_out reply_in)} for $self->{lines}, @{$self->{spares}};
	$alive{$pid} = 1;
	$self->{pid} = $pid;
	return $self;
}

sub pid { return $_[0]{pid} }

# Values travel as a count, then each as 'd' and its text or 'u' for undef.
sub send_values {
	my ($handle, @value) = @_;
	my $body = pack '(N/a*)*', map { defined $_ ? "d$_" : 'u' } @value;
	my $frame = pack 'N/a*', $body;
	local $SIG{PIPE} = 'IGNORE';
	while (length $frame) {
		my $n = syswrite $handle, $frame;
		defined $n or return;
		substr($frame, 0, $n) = '';
	}
	return 1;
}

sub read_exactly {
	my ($handle, $length) = @_;
	my $data = '';
	while (length $data < $length) {
		my $n = sysread $handle, $data, $length - length $data, length $data;
		return if !$n;
	}
	return $data;
}

sub receive_values {
	my ($handle) = @_;
	my $length = read_exactly($handle, 4);
	return if !defined $length;
	my $body = read_exactly($handle, unpack 'N', $length);
	return if !defined $body;
	return [map { /^d(.*)/s ? $1 : undef } unpack '(N/a*)*', $body];
}

# serve(LINES, SPARES): the life of an actor. Its replies are: 'ok', errno, value... or 'died', 0, message.
sub serve {
	my ($line, $spares) = @_;
	delete @$line{qw(request_in reply_out)};
	$Requests = fileno $line->{request_out};
	while (my $request = receive_values($line->{request_out})) {
		my ($name, @argument) = @$request;
		last if $name eq 'quit';
		if ($name eq 'spawn') {
			my $next = shift @$spares;
			my $pid = Sys::sys('clone', $argument[0] + 0, 0, 0, 0, 0);
			my $errno = $! + 0;
			if (defined $pid && !$pid) {
				%$line = ();
				@$spares = @$spares[0 .. $argument[1] - 1];
				serve($next, $spares);
			}
			splice @$spares, 0, $argument[1];
			send_values($line->{reply_in}, 'ok', $errno, $pid);
			next;
		}
		my @result = eval {
			no strict 'refs';
			defined &{"main::$name"} or die "the test has no sub $name\n";
			&{"main::$name"}(@argument);
		};
		my $errno = $! + 0;
		my $died = $@;
		send_values($line->{reply_in}, $died ? ('died', 0, $died) : ('ok', $errno, @result));
	}
	Sys::leave(0);
}

# begin(NAME, ARGUMENT...) asks without waiting for the reply, which finish() returns: for calls that block or race.
sub begin {
	my ($self, @request) = @_;
	send_values($self->{lines}{request_in}, @request) or die "actor $self->{pid} is gone: $!\n";
	return $self;
}

sub finish {
	my ($self) = @_;
	my $reply = receive_values($self->{lines}{reply_out});
	die "actor $self->{pid} ended without a reply\n" if !$reply;
	my ($state, $errno, @result) = @$reply;
	die "in actor $self->{pid}: $result[0]" if $state eq 'died';
	$! = $errno;
	return wantarray ? @result : $result[0];
}

# spawn([FLAGS, SPARES]): a child of the actor; FLAGS for clone(2) beside SIGCHLD, no CLONE_VM; SPARES of the actor's spares
# are the child's from then on.
sub spawn {
	my ($self, $flags, $given) = @_;
	my $line = shift @{$self->{spares}} or die "no spare lines\n";
	my @spares = splice @{$self->{spares}}, 0, $given || 0;
	my $pid = $self->begin('spawn', $Sys::SIGCHLD | ($flags || 0), scalar @spares)->finish;
	return if !defined $pid;
	$alive{$pid} = 1;
	return bless {lines => $line, spares => \@spares, pid => $pid, parent => $self}, ref $self;
}

# reap: waits, in its parent, for an actor that ends or has been killed; its exit status.
sub reap {
	my ($self) = @_;
	delete $alive{$self->{pid}};
	return $self->{parent}->wait_for_child($self->{pid}) if $self->{parent};
	return main::wait_for_child($self->{pid});
}

# In whichever process is the parent.
sub main::wait_for_child {
	my ($pid) = @_;
	return waitpid($pid, 0) == $pid ? $? : undef;
}

# quit: the actor ends by itself, is waited for, and its exit status returned.
sub quit {
	my ($self) = @_;
	$self->begin('quit');
	return $self->reap;
}

sub DESTROY { }

our $AUTOLOAD;

sub AUTOLOAD {
	my ($self, @argument) = @_;
	my $name = $AUTOLOAD;
	$name =~ s/.*:://;
	die "Actor has no class method $name\n" if !ref $self;
	return $self->begin($name, @argument)->finish;
}

# Whatever is left over is killed, the test's own children are waited for; the rest is left to whoever inherits them.
END {
	if ($$ == $Owner) {
		my $status = $?;
		kill 'KILL', keys %alive;
		1 while waitpid(-1, 0) > 0;
		$? = $status;
	}
}

1;
