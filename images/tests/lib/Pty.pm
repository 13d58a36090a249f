# SPDX-License-Identifier: GPL-2.0-only
#
# A program on a terminal, as somebody at a screen has it.
#
#   my $pty = Pty->new(24, 80, 'sh');
#   $pty->type("echo up\n");
#   $pty->shows(qr/^up\r$/m) or die;      # reads until the text is there; false when the program has ended without, or 30 s are silent
#   my $exit = $pty->ends;                # waits for it; all that was read is in $pty->{text}
package Pty;
use strict;
use Sys;

my ($TIOCSPTLCK, $TIOCGPTN, $TIOCSCTTY, $TIOCSWINSZ, $NOCTTY) = (0x40045431, 0x80045430, 0x540e, 0x5414, 0x100);

# new(ROWS, COLUMNS, COMMAND...)
sub new {
	my ($class, $rows, $columns, @command) = @_;
	my $self = bless {text => ''}, $class;
	sysopen $self->{master}, '/dev/ptmx', 2 | $NOCTTY or die "/dev/ptmx: $!\n";
	my ($unlocked, $number) = (pack('i', 0), pack 'i', 0);
	ioctl $self->{master}, $TIOCSPTLCK, $unlocked or die "unlock a terminal: $!\n";
	ioctl $self->{master}, $TIOCGPTN, $number or die "number of a terminal: $!\n";
	$self->{path} = '/dev/pts/' . unpack 'i', $number;
	$self->resize($rows, $columns);
	# As they are before any program has them.
	$self->{modes} = $self->modes;
	$self->{pid} = fork;
	defined $self->{pid} or die "fork: $!\n";
	if (!$self->{pid}) {
		sys('setsid');
		open STDIN, '+<', $self->{path} or Sys::leave(126);
		ioctl STDIN, $TIOCSCTTY, 0;
		open STDOUT, '>&', \*STDIN or Sys::leave(126);
		open STDERR, '>&', \*STDIN or Sys::leave(126);
		close $self->{master};
		exec @command or Sys::leave(127);
	}
	return $self;
}

sub resize {
	my ($self, $rows, $columns) = @_;
	my $size = pack 'S4', $rows, $columns, 0, 0;
	ioctl $self->{master}, $TIOCSWINSZ, $size or die "size of a terminal: $!\n";
}

sub type {
	my ($self, $text) = @_;
	syswrite $self->{master}, $text;
}

# Some more of what it prints; 0 at the end, undef when nothing comes in time.
sub more {
	my ($self) = @_;
	my $bits = '';
	vec($bits, fileno $self->{master}, 1) = 1;
	return undef if !select $bits, undef, undef, 30;
	# The end of a terminal is an error.
	return sysread($self->{master}, $self->{text}, 4096, length $self->{text}) || 0;
}

sub shows {
	my ($self, $wanted) = @_;
	until ($self->{text} =~ $wanted) {
		$self->more or return 0;
	}
	return 1;
}

# The flags of the terminal's input, output, control and local modes.
sub modes {
	my ($self) = @_;
	my $modes = "\0" x 60;
	ioctl $self->{master}, 0x5401, $modes or die "modes of a terminal: $!\n";
	return join ' ', unpack 'L4', $modes;
}

# Its exit code as a shell tells it; what keeps the terminal open no longer matters.
sub ends {
	my ($self) = @_;
	waitpid $self->{pid}, 0;
	my $exit = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return $exit;
}

1;
