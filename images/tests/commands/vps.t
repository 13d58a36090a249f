#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vps, vtop and vserver-stat: the processes of all contexts, each with the context that it is in.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

# A context with a name, as that of a guest has: the folder of its configuration.
system('mkdir -p /etc/vservers/web /etc/vservers/long && echo "the web server of the tests" >/etc/vservers/long/name') and die "no configuration for the tests\n";
my $named = guest(42, spares => 1);
defined set_vhi_name(42, '/etc/vservers/web') or die "set_vhi_name: $!\n";
my $long = guest(43);
defined set_vhi_name(43, '/etc/vservers/long') or die "set_vhi_name: $!\n";
my $nameless = guest(44);
my $child = $named->spawn;

# vps: the column stands between the pid and what follows it.
my ($exit, $out, $err) = run(qw(vps));
is("$exit $err", '0 ', 'vps: exits as ps does');
my @line = split /\n/, $out;
like($line[0], qr/^ *PID +CONTEXT {13,}\S/, 'vps: its header has the context');
my ($plain) = split /\n/, (run('ps'))[1];
(my $without = $line[0]) =~ s/CONTEXT {13}//;
is($without, $plain, 'vps: and is that of ps otherwise');
my %of = map { /^ *(\d+) +(\d+ \S*.*?)  +/ ? ($1 => $2) : () } @line;
is($of{$$}, '0 MAIN', 'vps: a process of the host');
is($of{$named->pid}, '42 web', 'vps: one of a guest with its name');
is($of{$child->pid}, '42 web', 'vps: and another of it');
like((grep /^ *${\$long->pid} /, @line)[0], qr/ 43 the web server of the tests \S/, 'vps: a long name moves the rest');
like((grep /^ *${\$nameless->pid} /, @line)[0], qr/ 44 {15}\S/, 'vps: a context without a name');
ok((grep /^ *\d+ +1 ALL_PROC /, @line), 'vps: itself as a spectator');
is_run([qw(vps -o), 'pid,comm'], 0, qr/^ *${\$named->pid} +42 web {11}perl$/m, '', 'vps: arguments are those of ps');
is_run([qw(vps -o), 'comm,pid'], 0, qr/^perl +${\$named->pid} +42 web *$/m, '', 'vps: the pid may be the last column');
is_run([qw(vps -o), 'ppid,pid,comm'], 0, qr/^ *$$ +${\$named->pid} +42 web {11}perl$/m, '', 'vps: the pid is not the parent\'s');
is_run([qw(vps -o comm)], 254, '', "vps: ps prints no pids: 'PID' has to be a column\n", 'vps: 254 without pids');
is_run([qw(vps --no-such-option)], 254, '', qr/no-such-option/, 'vps: 254 when ps prints nothing');
my @ps = grep /0 MAIN +v?ps *$/, split /\n/, (run(qw(vps -o), 'pid,comm'))[1];
is("@ps", '', 'vps: no process of it is left in the host');

# vtop
is_run([qw(vtop -b -n1)], 0, qr/^ *${\$named->pid} .*perl/m, '', 'vtop: top sees the processes of contexts');
is_run([qw(vtop --no-such-option)], 1, '', qr/no-such-option/, 'vtop: exits as top does');

# vserver-stat
sub row { return (grep /^$_[0] /, split /\n/, $_[1])[0] || '' }
($exit, $out, $err) = run('vserver-stat');
is("$exit $err", '0 ', 'vserver-stat: exits 0');
like($out, qr/\ACTX   PROC    VSZ    RSS  userTIME   sysTIME    UPTIME NAME\n0 /, 'vserver-stat: its header, and the host first');
my $NUMBER = qr/\d+(?:\.\d)?[ KMGT]/;
my $TIME = qr/\d+m\d\ds\d\d|\d+h\d\dm\d\d|\d+d\d\dh\d\d/;
like(row(0, $out), qr/^0 +\d+ +$NUMBER +$NUMBER +$TIME +$TIME +$TIME root server$/, 'vserver-stat: the row of the host');
like(row(42, $out), qr/^42 {7}2 +$NUMBER +$NUMBER +$TIME +$TIME +$TIME web$/, 'vserver-stat: two processes of a guest');
is(length((row(42, $out) =~ /^(.*)web$/)[0]), 55, 'vserver-stat: the name is in column 55');
like(row(43, $out), qr/ the web server of th$/, 'vserver-stat: a long name is cut');
like(row(44, $out), qr/^44 {7}1 .* $/, 'vserver-stat: a context without a name');
is(join(' ', map /^(\d+)/, (split /\n/, $out)[1 .. 4]), '0 42 43 44', 'vserver-stat: by their ids, and not itself');

# What it counts is what /proc says: pages of one that sleeps stay as they are.
my ($vsize, $rss) = (split ' ', (split /\) /, read_file('/proc/' . $nameless->pid . '/stat'))[1])[20, 21];
sub shown {
	my ($bytes) = @_;
	my ($unit, $tenth) = (0, 0);
	($tenth, $bytes, $unit) = (int($bytes % 1024 * 10 / 1024), int($bytes / 1024), $unit + 1) while $bytes >= 1000;
	return $bytes . ($tenth ? ".$tenth" : '') . substr ' KMGT', $unit, 1;
}
is(join(' ', (split ' ', row(44, $out))[2, 3]), shown($vsize) . ' ' . shown($rss * 4096), 'vserver-stat: virtual and resident memory');
sub burn { my $end = (times)[0] + 0.3; 1 while (times)[0] < $end; return 1 }
sub seconds { my ($m, $s, $c) = (split ' ', row(44, $_[0]))[4] =~ /^(\d+)m(\d\d)s(\d\d)$/; return 60 * $m + $s + $c / 100 }
my $before = seconds($out);
$nameless->burn;
my $after = seconds((run('vserver-stat'))[1]);
ok($after - $before >= 0.29, "vserver-stat: the time that it ran ($before, $after)");

# A guest chooses what its processes are called: none of that reaches the terminal.
sub call_itself { $0 = "\e[31mred"; return sys('prctl', 15, "\e[31mred", 0, 0, 0) }
$nameless->call_itself;
($exit, $out) = run(qw(vps -o), 'pid,comm,args');
ok($out =~ /\[31mred/ && $out !~ /\e/, 'vps: a name that would colour the terminal does not');
is_run([qw(vserver-stat -O xid)], 0, qr/^42 /m, '', 'vserver-stat: -O is taken, and not heeded');
is_run([qw(vserver-stat --sort xid)], 0, qr/^42 /m, '', 'vserver-stat: --sort likewise');
is_run([qw(vserver-stat 42)], 2, '', qr/42: there is nothing to name/, 'vserver-stat: takes no name');
$_->quit for $child, $named, $long, $nameless;
is(row(42, (run('vserver-stat'))[1]), '', 'vserver-stat: a context that has ended is not there');
system('rm -rf /etc/vservers /vservers /run/web.run') and die "the configuration is left\n";
done_testing();
