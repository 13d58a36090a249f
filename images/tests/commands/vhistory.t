#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vhistory: every option; its timeline is what read_history tells, in the order of the events.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

my $ROW = qr/^#([0-9a-f]{4})  +(\d+)  +(\d+|-)  (\w+) +(\d+) +(\d+)  (.+)$/;

sub rows { return map { /$ROW/ ? [$1, $2, $3, $4, $5, $6, $7] : () } split /\n/, $_[0] }

if (!kernel_config('VSERVER_HISTORY')) {
	is_run(['vhistory'], 1, '', qr/this kernel has no read_history, which comes with plan id 1e/, 'vhistory: a kernel without it is told by its plan id');
	is_run([qw(vhistory --dump)], 1, '', qr/this kernel has no dump_history, which comes with plan id 1e/, 'vhistory: and for --dump');
	done_testing();
	exit;
}

# The life of a context, in the order in which it went.
my $guest = guest(4811);    # whose id no other test has: the history goes back to before this one
$guest->quit;
settled();
my ($exit, $out, $err) = run(qw(vhistory --xid 4811));
is("$exit $err", '0 ', 'vhistory: exits 0');
like($out, qr/\AEVENT  CPU    XID  WHAT      USECNT  TASKS  OF\n/, 'vhistory: has a header');
my @row = rows($out);
is(scalar @row, -1 + (() = $out =~ /\n/g), 'vhistory: every line is an event');
is(join(' ', grep $_ ne '4811', map $_->[2], @row), '', 'vhistory: --xid shows one context alone');
my %first;
$first{$row[$_][3]} = $_ for reverse 0 .. $#row;
for (['alloc', 'hash'], ['hash', 'claim'], ['claim', 'release'], ['release', 'unhash'], ['unhash', 'dealloc']) {
	my ($before, $after) = @$_;
	ok(defined $first{$before} && defined $first{$after} && $first{$before} < $first{$after}, "vhistory: $before comes before $after");
}
is(join(' ', map { $_->[3] =~ /^(?:claim|release)$/ ? $_->[6] !~ /^task [0-9a-f]+$/ : () } @row) =~ /1/ ? 'no' : 'yes', 'yes', 'vhistory: claims and releases name the task');
ok((grep { $_->[3] =~ /^(?:init|set|clr)$/ && $_->[6] =~ /^@[0-9a-f]+$/ } @row), 'vhistory: who points to it is told');

# All of it, and the order
($exit, $out) = run('vhistory');
@row = rows($out);
my @backwards = grep { ((hex($row[$_][0]) - hex $row[$_ - 1][0]) & 0xffff) >= 0x8000 } 1 .. $#row;
is("@backwards", '', 'vhistory: events of all CPUs are in the order of their numbers');
ok((grep { $_->[3] =~ /^(?:lookup|create|loc)$/ && $_->[6] =~ /^#-?\d+$/ } @row), 'vhistory: what was asked for is told');

# What one CPU tells is what the binding reads of it, as far as both go.
my ($more, $next, @entry) = read_history(0, 0, 20);
my %shown = map { ($_->[0] => "$_->[3] $_->[4] $_->[5]") } rows((run(qw(vhistory --cpu 0)))[1]);
my @differ = grep { my $text = $shown{sprintf '%04x', $_->{seq}}; defined $text && $text ne "$_->{event} $_->{usecnt} $_->{tasks}" } @entry;
is(scalar @differ, 0, 'vhistory: --cpu shows what read_history reads of it');
ok((grep { defined $shown{sprintf '%04x', $_->{seq}} } @entry), 'vhistory: and there is some of it in both');
is(join(' ', grep $_ ne '0', map $_->[1], rows((run(qw(vhistory --cpu 0)))[1])), '', 'vhistory: --cpu shows one CPU alone');
is_run([qw(vhistory --cpu 1000)], 1, '', "vhistory: there is no CPU 1000\n", 'vhistory: a CPU that is not there');

# --follow
pipe my $from, my $to or die "pipe: $!\n";
my $pid = fork;
if (!$pid) {
	open STDOUT, '>&', $to or Sys::leave(1);
	exec qw(vhistory --follow --xid 4812);
}
close $to;
like(scalar <$from>, qr/^EVENT/, 'vhistory: --follow begins with what there is');
$guest = guest(4812);
my $line;
do { $line = <$from> } while defined $line && $line !~ / hash /;
like($line, qr/ 4812  hash /, 'vhistory: and shows what happens then');
$guest->quit;
kill INT => $pid;
waitpid $pid, 0;

# --follow counts what comes too fast for it: it stands still while more happens than a CPU keeps.
pipe my $follow, my $end or die "pipe: $!\n";
$pid = fork;
if (!$pid) {
	open STDOUT, '>&', $end or Sys::leave(1);
	exec qw(vhistory --follow);
}
close $end;

# told_until(PATTERN): what it prints until then, and what else it has printed when it is stopped.
sub told_until {
	my ($pattern) = @_;
	my $text = '';
	sysread $follow, $text, 65536, length $text or return $text while $text !~ $pattern;
	kill 'STOP', $pid;
	wait_for(30, sub { process_state($pid) eq 'T' });
	vec(my $ready = '', fileno $follow, 1) = 1;
	sysread $follow, $text, 65536, length $text while select(my $now = $ready, undef, undef, 0) > 0;
	return $text;
}

# positions(TEXT): by CPU, the index of the last event of it that is in the text.
sub positions {
	my ($text) = @_;
	my (%seq, %index);
	$seq{$_->[1]} = hex $_->[0] for rows($text);
	for my $cpu (keys %seq) {
		my ($more, $next, @entry) = read_history($cpu, 0, 4096);
		$entry[$_]{seq} == $seq{$cpu} and $index{$cpu} = $next - @entry + $_ for 0 .. $#entry;
	}
	return %index;
}

my %before = positions(told_until(qr/\n.*\n/));
$guest = guest(4813);
read_file('/proc/virtual/4813/status') for 1 .. 200;
$guest->quit;
settled();
kill 'CONT', $pid;
my $text = told_until(qr/ 4813  dealloc /);
my %after = positions($text);
my (%lost, %shown);
$lost{$2} += $1 while $text =~ /^lost: (\d+) events of CPU (\d+)$/mg;
$shown{$_->[1]}++ for rows($text);
ok(%lost, 'vhistory: --follow tells how many events were replaced before it read them');
my @known = sort grep { defined $before{$_} } keys %after;
is(join(' ', map { ($lost{$_} || 0) + ($shown{$_} || 0) } @known), join(' ', map { $after{$_} - $before{$_} } @known),
	'vhistory: and with those that it shows they are all that there were');
is((() = $text =~ /\n/g), (() = $text =~ /^(?:#|lost: )/mg), 'vhistory: there is no other line');
kill INT => $pid;
kill CONT => $pid;
waitpid $pid, 0;

# --dump
is_run([qw(vhistory --dump)], 0, '', '', 'vhistory: --dump prints nothing here');
like((run('dmesg'))[1], qr/History:\tSEQ: /, 'vhistory: but to the log of the kernel');
is_run([qw(vhistory --dump --xid 42)], 2, '', qr/--dump goes alone/, 'vhistory: --dump goes alone');
is_run([qw(vhistory 42)], 2, '', qr/42: there is nothing to name/, 'vhistory: takes no name');
is_run([qw(vhistory --cpu x)], 1, '', qr/x is no CPU/, 'vhistory: a CPU that is none');
is_run([qw(vhistory --xid nobody)], 1, '', qr/nobody is no context/, 'vhistory: a name that no guest has');
done_testing();
