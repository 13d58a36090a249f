# SPDX-License-Identifier: GPL-2.0-only
#
# A small TAP producer for the tests of the kernel series. perl-base has no Test::More, and inside the emulator every
# module is a noticeable part of a test's start: this one loads nothing but strict.
#
#   use TAP;
#   is(task_xid(0), 42, '1b: the creator is inside');
#   is_errno(get_cflags(999), 'ESRCH', '1b: an unused id');     # the call failed (undef) and $! is ESRCH
#   done_testing();
#
# There is no skip, no todo and no retry. Whatever a process forked from the test prints would get lost between the
# lines, so only the process that loaded the module may report; is() and the like die in any other.
package TAP;
use strict;

our ($Test, $Failed, $Planned, $Owner) = (0, 0, undef, $$);

my %ERRNO = (
	EPERM => 1, ENOENT => 2, ESRCH => 3, EINTR => 4, EIO => 5, ENOEXEC => 8, EBADF => 9, ECHILD => 10, EAGAIN => 11,
	ENOMEM => 12, EACCES => 13, EFAULT => 14, EBUSY => 16, EEXIST => 17, EXDEV => 18, ENODEV => 19, ENOTDIR => 20,
	EISDIR => 21, EINVAL => 22, ENFILE => 23, ENOSPC => 28, EROFS => 30, EPIPE => 32, EDEADLK => 35, ENOSYS => 38, ENOTEMPTY => 39,
);
my %NAME = reverse %ERRNO;

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_ for qw(plan ok is isnt like is_errno outcome diag done_testing wait_for);
}

sub out { syswrite STDOUT, join '', @_ }

# diag(TEXT): comment lines, for the figures and facts that explain a result.
sub diag {
	my $text = join '', @_;
	$text =~ s/^/# /mg;
	out("$text\n");
}

# plan(N): states the number of checks beforehand; without it done_testing() states it afterwards.
sub plan ($) {
	$Planned = $_[0];
	out("1..$Planned\n");
}

# ok(TRUTH, TITLE): every other check ends here.
sub ok ($$) {
	my ($truth, $title) = @_;
	die "a check in process $$, but process $Owner reports: $title\n" if $$ != $Owner;
	$Test++;
	$Failed++ if !$truth;
	out(($truth ? 'ok' : 'not ok'), " $Test - $title\n");
	return $truth ? 1 : 0 if $truth;
	my ($depth, $file, $line) = 0;
	do { (undef, $file, $line) = caller $depth++ } while $file =~ /TAP\.pm$/;
	diag("failed at $file line $line");
	return 0;
}

# show(VALUE): a value as one readable line.
sub show {
	my ($value) = @_;
	return 'undef' if !defined $value;
	$value =~ s/\\/\\\\/g;
	$value =~ s/\n/\\n/g;
	$value =~ s/\t/\\t/g;
	$value =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
	return "'$value'";
}

sub compare {
	my ($truth, $got, $wanted, $title) = @_;
	return 1 if ok($truth, $title);
	diag("     got: $got\nexpected: $wanted");
	return 0;
}

sub same {
	my ($one, $other) = @_;
	return defined $one ? defined $other && $one eq $other : !defined $other;
}

# is(GOT, EXPECTED, TITLE): equal as strings; undef equals only undef.
sub is ($$$) {
	my ($got, $expected, $title) = @_;
	return compare(same($got, $expected), show($got), show($expected), $title);
}

# isnt(GOT, UNEXPECTED, TITLE): the opposite of is().
sub isnt ($$$) {
	my ($got, $unexpected, $title) = @_;
	return compare(!same($got, $unexpected), show($got), 'anything but ' . show($unexpected), $title);
}

# like(GOT, REGEX, TITLE)
sub like ($$$) {
	my ($got, $regex, $title) = @_;
	my $matches = defined $got && $got =~ $regex;
	return compare($matches, show($got), "$regex", $title);
}

# is_errno(RESULT, NAME, TITLE): the call failed, that is RESULT is undef, and with this errno. RESULT has to be the
# call itself, so that $! is still the call's.
sub is_errno ($$$) {
	my $errno = $! + 0;
	my ($result, $name, $title) = @_;
	die "no errno is called $name\n" if !$ERRNO{$name};
	my $got = defined $result ? 'success, ' . show($result) : error_name($errno);
	return compare(!defined $result && $errno == $ERRNO{$name}, $got, $name, $title);
}

# outcome(RESULT): what a call came to, as one word: its value, or the name of its errno. For tables.
sub outcome ($) {
	my $errno = $! + 0;
	return defined $_[0] ? $_[0] : error_name($errno);
}

sub error_name {
	my ($errno) = @_;
	return $NAME{$errno} || "errno $errno";
}

# wait_for(SECONDS, CODE): calls CODE until it is true; false when that has not come true in time. The only wait for a
# fact that no file descriptor announces; it yields the processor and has no pause to be tuned.
sub wait_for {
	my ($seconds, $code) = @_;
	my $deadline = time + $seconds + 1;
	until ($code->()) {
		return 0 if time > $deadline;
		select undef, undef, undef, 0.001;
	}
	return 1;
}

# done_testing(): has to be the last statement; a test that dies before it has no plan and fails.
sub done_testing {
	plan($Test) if !defined $Planned;
	$Planned == $Test or diag("planned $Planned checks, ran $Test"), $Failed++;
}

END {
	if ($$ == $Owner) {
		diag("$Failed of $Test checks failed") if $Failed;
		$? ||= 1 if $Failed || !defined $Planned || $Planned != $Test;
	}
}

1;
