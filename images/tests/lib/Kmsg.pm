# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's log from here on.
#
#   my $log = Kmsg->new;           # what comes later is read
#   ...
#   my @text = $log->lines;        # the texts of all messages since, without level and time; nothing a second time
#
# A message is there as soon as the kernel has made it, whatever the console is still busy with.
package Kmsg;
use strict;

my $O_NONBLOCK = 04000;
my $EAGAIN = 11;

sub new {
	my ($class) = @_;
	sysopen my $file, '/dev/kmsg', $O_NONBLOCK or die "/dev/kmsg: $!\n";
	sysseek $file, 0, 2 or die "/dev/kmsg: $!\n";
	return bless {file => $file}, $class;
}

# Each read returns one message; its control characters come as \xNN. Messages that were overwritten before they were read
# are an error: a test that asks whether something was said has to have seen everything.
sub lines {
	my ($self) = @_;
	my @text;
	while (1) {
		my $length = sysread $self->{file}, my $record, 8192;
		return @text if !defined $length && $! == $EAGAIN;
		defined $length or die "/dev/kmsg: $!\n";
		my ($text) = $record =~ /^[^;\n]*;(.*)$/m or die "/dev/kmsg: a message of another form: $record\n";
		$text =~ s/\\x([0-9a-f]{2})/chr hex $1/ge;
		push @text, $text;
	}
}

1;
