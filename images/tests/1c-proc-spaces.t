#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1c: what /proc shows of the masks, the badness and the namespaces of a context.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 280;
my $DIRECTORY = '/tmp/shown';

sub status { return read_file("/proc/virtual/$XID/status") }
sub change_root { return chroot($_[0]) && chdir('/') ? 0 : undef }
sub set_hostname { return sys('sethostname', $_[0], length $_[0]) }

# like_lines(TEXT, PATTERN, TITLE)
sub lines_are {
	my ($text, $pattern, $title) = @_;
	return ok(defined $text && $text =~ /\A$pattern\z/, $title) || diag(defined $text ? $text : "cannot be read: $!");
}

{
	my $member = member($XID);
	lines_are(status(), qr/UseCnt:\t\d+\nTasks:\t1\nFlags:\t0{7}700000000\nBCaps:\t0{8}fffffeff\nCCaps:\t0{16}\n
		Umask:\t\x20{15}0\nWmask:\t\x20{15}0\nSpaces:\t0c000000\x2000000000\n/x, '1c: the status of a new context');
	set_umask($XID, 0xabcdef01 << 32 | 0x23456789, -1);
	set_wmask($XID, 0x20000, -1);
	lines_are(status(), qr/.*\nUmask:\tabcdef0123456789\nWmask:\t\x20{11}20000\n.*/sx, '1c: its masks, padded with blanks');
	lines_are(read_file("/proc/virtual/$XID/info"), qr/ID:\t$XID\nInfo:\t\S+\nInit:\t0\nOOM:\t0\n/, '1c: its info ends in the badness');
	set_badness($XID, -17);
	is(field("/proc/virtual/$XID/info", 'OOM'), -17, '1c: which has a sign');
	is(join(' ', list_dir("/proc/virtual/$XID")), 'cvirt info nsproxy nsproxy1 status', '1c: the files of a context');

	my $pointer = qr/[0-9a-f]{8,16}/;
	is(read_file("/proc/virtual/$XID/nsproxy1"), '', '1c: nothing is in the second slot');
	mkdir $DIRECTORY;
	my $other = host();
	$other->unshare_here($Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC);
	is(outcome($other->set_hostname('shown')), 0, '1c: a host name');
	is(outcome($other->set_space($XID, $Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC, 1)), 0, '1c: is stored with its namespace');
	lines_are(read_file("/proc/virtual/$XID/nsproxy1"), qr/NSProxy:\t$pointer\x20\[$pointer,$pointer,$pointer\]\n
		Namespace:\t$pointer\x20\[\#\d+\]\nRootPath:\t\/\nSysName:\tLinux\nNodeName:\tshown\nRelease:\t\S+\nVersion:\t\#\S[^\n]*\n
		Machine:\t\S+\nDomainName:\t\S+\nSEMS:\t\t\d+\x20\d+\x20\d+\x20\d+\x20\x20\d+\nMSG:\t\t\d+\x20\d+\x20\d+\n
		SHM:\t\t\d+\x20\d+\x20\x20\d+\x20\d+\n/x, '1c: and is in the second slot\'s file');
	is(field("/proc/virtual/$XID/nsproxy", 'NodeName'), (split ' ', read_file('/proc/sys/kernel/hostname'))[0], '1c: the first slot has a copy of the host\'s');
	is(outcome($other->set_space($XID, 0x200 | $Sys::CLONE_NEWNS, 0)), 0, '1c: a root is stored');
	is(field("/proc/virtual/$XID/nsproxy", 'RootPath'), '/', '1c: and shown');
	$other->change_root($DIRECTORY);
	is(outcome($other->set_space($XID, 0x200, 0)), 0, '1c: another');
	is(field("/proc/virtual/$XID/nsproxy", 'RootPath'), $DIRECTORY, '1c: likewise');
	is(field("/proc/virtual/$XID/nsproxy1", 'RootPath'), '/', '1c: in its own slot only');

	# The namespaces of a thread.
	my $pid = $other->pid;
	lines_are(read_file("/proc/$pid/task/$pid/nsproxy"), qr/Proxy:\t$pointer\(-\)\nCount:\t1\nuts:\t$pointer\(-\)\n
		ipc:\t$pointer\(-\)\nmnt:\t$pointer\(I\)\npid:\t$pointer\(I\)\nnet:\t$pointer\(I\)\n/x, '1c: the namespaces of a thread');
	like(read_file('/proc/1/task/1/nsproxy'), qr/^Proxy:\t$pointer\(I\)\nCount:\t\d+\nuts:\t$pointer\(I\)\n/, '1c: and those of init');
	is(field("/proc/$pid/task/$pid/nsproxy", 'uts') eq field("/proc/1/task/1/nsproxy", 'uts'), '', '1c: which are told apart');
	is_errno(read_file("/proc/$pid/nsproxy"), 'ENOENT', '1c: a process has no such file');
	my $inside = $member->pid;
	is(defined read_file("/proc/$inside/task/$inside/nsproxy") ? 1 : 0, 1, '1c: a member has one');
	set_cflags($XID, cflags('hide_vinfo'), cflags('hide_vinfo'));
	is_errno(read_file("/proc/$inside/task/$inside/nsproxy"), 'ENOENT', '1c: unless its context hides what it is');
	set_cflags($XID, 0, cflags('hide_vinfo'));
	$member->leave_setup;
	is($member->read_file("/proc/virtual/$XID/nsproxy"), '', '1c: a guest reads nothing in its own, which may tell of the host');
	my $watcher = spectator();
	is($watcher->read_file("/proc/virtual/$XID/nsproxy") =~ /^NSProxy:/ ? 1 : 0, 1, '1c: a spectator does');
	my $user = host();
	$user->drop_root(1000);
	is_errno($user->read_file("/proc/$pid/task/$pid/nsproxy"), 'EACCES', '1c: an ordinary user does not read that of others');
	$_->quit for $watcher, $user;
	my $guest = guest($XID + 1);
	is_errno($guest->read_file("/proc/virtual/$XID/nsproxy"), 'ENOENT', '1c: and nobody else\'s');
	is(scalar(my @files = list_dir("/proc/virtual/$XID")), 5, '1c: which is there');

	# What is shown is what is there while others change it.
	my $changer = host();
	$changer->begin('store_often', $XID, 200);
	my $wrong = 0;
	for (1 .. 100) {
		my $text = read_file("/proc/virtual/$XID/nsproxy1");
		$wrong++ if $text !~ /\ANSProxy:.*\nSHM:[^\n]+\n\z/s;
	}
	is($changer->finish, 200, '1c: two hundred times something else is stored');
	is($wrong, 0, '1c: and every reading is whole');
	$_->quit for $member, $other, $guest, $changer;
}

sub store_often {
	my ($xid, $times) = @_;
	my $done = 0;
	for (1 .. $times) {
		$done++ if defined set_space($xid, $_ % 2 ? $Sys::CLONE_NEWUTS : $Sys::CLONE_NEWIPC, 1);
	}
	return $done;
}

is(settled(), 1, '1c: and nothing is left');
done_testing();
