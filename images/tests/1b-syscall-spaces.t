#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: spaces: the namespaces that a context keeps, and who enters them.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Thread;

my $XID = 250;
my ($FS, $NEWNS, $NEWUTS, $NEWIPC, $NEWUSER, $NEWPID, $NEWNET) = (0x200, $Sys::CLONE_NEWNS, $Sys::CLONE_NEWUTS,
	$Sys::CLONE_NEWIPC, $Sys::CLONE_NEWUSER, $Sys::CLONE_NEWPID, $Sys::CLONE_NEWNET);
my $V0 = $FS | $NEWNS | $NEWUTS | $NEWIPC | $NEWUSER;
my $ALL = $V0 | $NEWPID | $NEWNET;
my $PROXY = $NEWNS | $NEWUTS | $NEWIPC | $NEWPID | $NEWNET;
my %FILE = ($NEWNS => 'mnt', $NEWUTS => 'uts', $NEWIPC => 'ipc', $NEWUSER => 'user', $NEWPID => 'pid_for_children', $NEWNET => 'net');
my $DIRECTORY = '/tmp/spaces';

# Where the namespaces of a process are, by their flag; and for CLONE_FS its working directory.
sub ns_of {
	my ($pid, $flag) = @_;
	return readlink "/proc/$pid/cwd" if $flag == $FS;
	return readlink "/proc/$pid/ns/$FILE{$flag}";
}

sub change_dir { return chdir($_[0]) ? 0 : undef }
# Of two sets of capabilities, as /proc writes them.
sub both { my @half = map [map hex, /(.{8})(.{8})/], @_; return join '', map sprintf('%08x', $half[0][$_] & $half[1][$_]), 0, 1 }
sub effective { return field("/proc/$_[0]/status", 'CapEff') }
sub file_umask { return umask }
sub set_file_umask { umask $_[0]; return 0 }

# names(ACTOR): every namespace and the directory of an actor, as text.
sub names { my ($actor) = @_; return {map { $_ => ns_of($actor->pid, $_) } $FS, keys %FILE} }

# moved(BEFORE, AFTER): the parts that differ, as a mask.
sub moved {
	my ($before, $after) = @_;
	my $mask = 0;
	for (keys %$before) { $mask |= $_ if ($before->{$_} || '') ne ($after->{$_} || '') }
	return $mask;
}

sub hex32 { return defined $_[0] ? sprintf '%08x', $_[0] : 'undef' }

mkdir $DIRECTORY;

# What there is.
{
	is(hex32(get_space_mask()), hex32($ALL), '1b: get_space_mask tells all parts');
	is(hex32(get_space_mask_v0()), hex32($V0), '1b: its older version leaves out pid and net');
	is(hex32(get_space_default()), hex32($V0 & ~$NEWUSER), '1b: get_space_default leaves out user as well');
	for my $word (qw(get_space_mask get_space_mask_v0 get_space_default)) {
		is_errno(vserver(word($word), 0, 1), 'EFAULT', "1b: $word at a bad address");
	}
	my $watcher = spectator();
	is(hex32($watcher->get_space_mask), hex32($ALL), '1b: a spectator asks too');
	my $guest = guest($XID);
	is_errno($guest->get_space_mask, 'ENOSYS', '1b: a guest does not');
	my $user = host();
	$user->drop_root(1000);
	is_errno($user->get_space_mask, 'ENOSYS', '1b: nor an ordinary user');
	$_->quit for $watcher, $guest, $user;
}

# Nothing is stored at first, but by the oldest word that makes a context.
{
	my $guest = guest($XID);
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $NEWUTS | $NEWIPC),
		'1b: the oldest word makes uts and ipc namespaces and stores them');
	my $host = host();
	my $before = names($host);
	is(outcome($host->enter_space($XID)), 0, '1b: all of them are entered');
	is(hex32(moved($before, names($host))), hex32($NEWUTS | $NEWIPC), '1b: uts and ipc, and nothing else');
	is(ns_of($host->pid, $_), ns_of($guest->pid, $_), "1b: those of the guest ($FILE{$_})") for $NEWUTS, $NEWIPC;
	$_->quit for $host, $guest;
	my $member = Actor->new;
	is($member->ctx_create($XID, cflags('state_setup', 'state_admin')), $XID, '1b: the newer word');
	is(field("/proc/virtual/$XID/status", 'Spaces'), '00000000 00000000', '1b: stores nothing');
	is(ns_of($member->pid, $NEWUTS), ns_of($$, $NEWUTS), '1b: and makes none');
	$host = host();
	is_errno($host->enter_space($XID), 'EINVAL', '1b: there is nothing to enter');
	is_errno($host->enter_space($XID, $NEWUTS), 'EINVAL', '1b: nor a part of nothing');
	is_errno($host->enter_space($XID, 0, 1), 'EINVAL', '1b: nor in the other slot');
	is(hex32(moved(names($host), $before) & ~$FS), hex32(0), '1b: and the caller stays where it is');
	$_->quit for $host, $member;
}

# A pid namespace is not handed out before it has an init: who else would inherit its orphans?
{
	my $keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	my $setter = host();
	is(outcome($setter->unshare_here($NEWPID)), 0, '1b: a pid namespace');
	is_errno($setter->set_space($XID, $NEWPID), 'EINVAL', '1b: without an init is not stored');
	is_errno($setter->set_space($XID, 0), 'EINVAL', '1b: nor with all the others');
	is(outcome($setter->set_space($XID, $NEWUTS)), 0, '1b: which are stored without it');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $NEWUTS), '1b: and nothing else has been');
	is(ns_of($setter->pid, $NEWPID), undef, '1b: nor is it in /proc for setns(2)');
	$setter->fork_once;
	like(ns_of($setter->pid, $NEWPID), qr/^pid:/, '1b: where it is once its init has been');
	is(outcome($setter->set_space($XID, $NEWPID)), 0, '1b: then it is stored');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $NEWUTS | $NEWPID), '1b: beside the other');
	$setter->quit;
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
}

# Every part by itself, stored by the host for a context that stays; entered by another.
for my $flag (sort { $a <=> $b } $FS, grep $_ != $NEWUSER, keys %FILE) {
	my $name = $FILE{$flag} || 'fs';
	my $keeper = Actor->new;
	is($keeper->ctx_create($XID, cflags('persistent', 'state_admin')), $XID, '1b: a context that stays');
	$keeper->quit;
	my $setter = host();
	is(outcome($setter->unshare_here($flag)), 0, "1b: ($name) somebody unshares it");
	$setter->change_dir($DIRECTORY) if $flag == $FS;
	$setter->fork_once if $flag == $NEWPID;
	is(outcome($setter->set_space($XID, $flag)), 0, "1b: ($name) and stores it");
	my $stored = ns_of($setter->pid, $flag);
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $flag), "1b: ($name) which /proc shows");
	$setter->quit;
	my $other = host();
	my $before = names($other);
	isnt($before->{$flag}, $stored, "1b: ($name) somebody else has another");
	is_errno($other->enter_space($XID, $flag | ($flag == $NEWUTS ? $NEWIPC : $NEWUTS)), 'EINVAL', "1b: ($name) asks for more than is stored");
	is(hex32(moved($before, names($other))), hex32(0), "1b: ($name) and has entered nothing");
	is(outcome($other->enter_space($XID, $flag)), 0, "1b: ($name) enters it");
	$other->fork_once if $flag == $NEWPID;
	is(ns_of($other->pid, $flag), $stored, "1b: ($name) is there, though its maker is gone");
	is(hex32(moved($before, names($other))), hex32($flag), "1b: ($name) and nothing else has changed");
	$other->quit;
	is(set_cflags($XID, 0, cflags('persistent')), 0, "1b: ($name) the context ends");
}

# Slots, and what a second call replaces.
{
	my $keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	my ($first, $second, $visitor) = map host(), 1 .. 3;
	$first->unshare_here($NEWUTS | $NEWIPC);
	$second->unshare_here($NEWUTS | $NEWNET);
	is(outcome($first->set_space($XID, $NEWUTS | $NEWIPC)), 0, '1b: uts and ipc of one');
	is(outcome($second->set_space($XID, $NEWUTS | $NEWNET)), 0, '1b: uts and net of another');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $NEWUTS | $NEWIPC | $NEWNET), '1b: the masks add up');
	is(outcome($second->set_space($XID, $NEWIPC, 1)), 0, '1b: the other slot is for itself');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x %08x', $NEWUTS | $NEWIPC | $NEWNET, $NEWIPC), '1b: both are shown');
	is(outcome($visitor->enter_space($XID, 0, 0)), 0, '1b: no mask stands for all that is stored');
	is(ns_of($visitor->pid, $NEWUTS), ns_of($second->pid, $NEWUTS), '1b: the later uts has replaced the earlier');
	is(ns_of($visitor->pid, $NEWIPC), ns_of($first->pid, $NEWIPC), '1b: the ipc has not been touched by it');
	is(ns_of($visitor->pid, $NEWNET), ns_of($second->pid, $NEWNET), '1b: and the net has been added');
	is(outcome($visitor->enter_space($XID, 0, 1)), 0, '1b: the other slot is entered');
	is(ns_of($visitor->pid, $NEWIPC), ns_of($second->pid, $NEWIPC), '1b: and gives its ipc');
	is(outcome($first->set_space($XID, 0, 1)), 0, '1b: no mask stores all namespaces');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x %08x', $NEWUTS | $NEWIPC | $NEWNET, $NEWIPC), '1b: and adds no bit');
	is(outcome($visitor->enter_space($XID, 0, 1)), 0, '1b: which is entered as far as bits are set');
	is(ns_of($visitor->pid, $NEWIPC), ns_of($first->pid, $NEWIPC), '1b: in their newer form');
	is(ns_of($visitor->pid, $NEWUTS), ns_of($second->pid, $NEWUTS), '1b: and no further');
	is_errno($first->set_space($XID, $NEWUTS, 2), 'EINVAL', '1b: there is no third slot to store in');
	is_errno($visitor->enter_space($XID, $NEWUTS, 2), 'EINVAL', '1b: or to enter');
	for my $bit (0x80, 0x100, $Sys::CLONE_NEWCGROUP, 1 << 31, 1 << 32, 1 << 63) {
		is_errno($first->set_space($XID, $bit | $NEWUTS), 'EINVAL', sprintf '1b: %x is no part to store', $bit);
		is_errno($visitor->enter_space($XID, $bit | $NEWUTS), 'EINVAL', sprintf '1b: or to enter (%x)', $bit);
	}
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
	$keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	is(outcome($first->set_space($XID, 0, 0)), 0, '1b: all namespaces, and no bit');
	is(field("/proc/virtual/$XID/status", 'Spaces'), '00000000 00000000', '1b: show no bit');
	my $before = names($visitor);
	is_errno($visitor->enter_space($XID, $NEWUTS), 'EINVAL', '1b: none can be entered by name');
	is(outcome($visitor->enter_space($XID)), 0, '1b: but the whole can');
	is(ns_of($visitor->pid, $_), ns_of($first->pid, $_), "1b: with $FILE{$_}") for $NEWNS, $NEWUTS, $NEWIPC, $NEWNET;
	is(ns_of($visitor->pid, $FS), $before->{$FS}, '1b: and without the working directory');
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
	$_->quit for $first, $second, $visitor;
}

# The oldest word to store with, and the root that goes with a mount namespace.
{
	my $member = member($XID);
	$member->unshare_here($NEWNS);
	$member->change_dir($DIRECTORY);
	is(outcome($member->set_space($XID + 1)), 0, '1b: a member in setup stores its mount namespace, whatever number it gives');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $FS | $NEWNS | $NEWUTS | $NEWIPC), '1b: and its root');
	is_errno($member->set_space(-1), 'EPERM', '1b: once');
	is(outcome($member->set_space(-1, $NEWNS)), 0, '1b: the newer word replaces it');
	my $host = host();
	$host->set_file_umask(022);
	$member->set_file_umask(077);
	is(outcome($member->set_space(-1, $FS)), 0, '1b: the umask of files is part of it');
	is(outcome($host->enter_space($XID, $NEWNS | $FS)), 0, '1b: the host enters');
	is($host->file_umask, 077, '1b: and has it');
	is(ns_of($host->pid, $FS), $DIRECTORY, '1b: and the directory');
	$host->change_dir('/');
	is(ns_of($member->pid, $FS), $DIRECTORY, '1b: of which it has its own copy');
	my $third = host();
	is(outcome($third->enter_space($XID, $FS)), 0, '1b: and so does the next');
	is(ns_of($third->pid, $FS), $DIRECTORY, '1b: which is where the first was');
	$_->quit for $host, $third, $member;
}

my @IDENTITY = qw(Uid Gid Groups CapPrm CapEff CapBnd);
my $SECUREBITS = 5;    # root gains nothing, and a change of uid loses nothing

sub securebits { return sys('prctl', 27, 0, 0, 0, 0) }

# become_another: another in all that counts, but with the capabilities that it has.
sub become_another {
	defined sys('prctl', 24, 22, 0, 0, 0) or return;    # PR_CAPBSET_DROP
	defined sys('prctl', 28, $SECUREBITS, 0, 0, 0) or return;
	$( = 1003;
	$) = '1004 7 8 9';
	($<, $>) = (1001, 1002);
	return $> == 1002 ? 0 : undef;
}

my $thread;
sub start_thread { $thread = Thread->new; return $thread ? 0 : undef }
sub end_thread { $thread->quit; return 0 }

# Credentials.
{
	my $keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	my $owner = host();
	is(outcome($owner->unshare_here($NEWUSER)), 0, '1b: a user namespace');
	is_errno($owner->set_space($XID, $NEWUSER), 'ENOSYS', '1b: whose root has nothing to say about contexts');
	$owner->quit;
	$owner = host();
	my $visitor = host(spares => 1);
	$owner->drop_capability(13);
	is($owner->become_another, 0, '1b: somebody with other ids, groups, securebits and another bounding set');
	is(outcome($owner->set_space($XID, $NEWUSER)), 0, '1b: credentials of the initial one, without CAP_NET_RAW');
	my $stored = effective($owner->pid);
	my %stored = map { $_ => field('/proc/' . $owner->pid . '/status', $_) } @IDENTITY;
	is($stored{Uid}, "1001\t1002\t0\t1002", '1b: real and effective uid');
	is($stored{Gid}, "1003\t1004\t0\t1004", '1b: and gid');
	is($owner->securebits, $SECUREBITS, '1b: and securebits');
	$owner->quit;
	my %own = map { $_ => field('/proc/' . $visitor->pid . '/status', $_) } @IDENTITY;
	isnt($own{$_}, $stored{$_}, "1b: a visitor has others: $_") for @IDENTITY;
	is($visitor->securebits, 0, '1b: and no securebits');
	# As for setns(2): nobody else may change with it.
	is($visitor->start_thread, 0, '1b: with a second thread');
	is_errno($visitor->enter_space($XID, $NEWUSER), 'EINVAL', '1b: it does not enter them');
	$visitor->end_thread;
	my $sharer = $visitor->spawn($Sys::CLONE_FS);
	is_errno($visitor->enter_space($XID, $NEWUSER), 'EINVAL', '1b: nor while its child shares its root and directory');
	is_errno($sharer->enter_space($XID, $NEWUSER), 'EINVAL', '1b: nor does that');
	is(field('/proc/' . $visitor->pid . '/status', $_), $own{$_}, "1b: who was refused is as before: $_") for @IDENTITY;
	$sharer->quit;
	is(outcome($visitor->enter_space($XID, $NEWUSER)), 0, '1b: alone it enters them');
	is(effective($visitor->pid), $stored, '1b: and has those');
	is(field('/proc/' . $visitor->pid . '/status', $_), $stored{$_}, "1b: all of them: $_") for @IDENTITY;
	is($visitor->securebits, $SECUREBITS, '1b: and the securebits');
	is(ns_of($visitor->pid, $NEWUSER), ns_of($$, $NEWUSER), '1b: where they are from');
	is(set_bcaps($XID, 0, -1), 0, '1b: the bcaps of the context');
	is(effective($visitor->pid), $stored, '1b: bound no one who has entered its namespaces only');
	is(task_xid($visitor->pid), 0, '1b: who is still on the host');
	my $poor = host();
	$poor->drop_capability(24);
	my $own = effective($poor->pid);
	is(outcome($poor->enter_space($XID, $NEWUSER)), 0, '1b: one without CAP_SYS_RESOURCE enters them too');
	is(effective($poor->pid), both($own, $stored), '1b: and gains no capability');
	is_errno($poor->set_space($XID, $NEWUTS), 'EPERM', '1b: in particular not that one');
	$_->quit for $visitor, $poor;
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
}

# A pid namespace is entered by who is in it or above it, and sees its children there.
{
	my $keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	my $host = host(spares => 2);
	is(outcome($host->set_space($XID, $NEWPID)), 0, "1b: the host's pid namespace is stored");
	my @inner = map $host->spawn($NEWPID), 1 .. 2;
	is_errno($inner[0]->enter_space($XID, $NEWPID), 'EINVAL', '1b: who is in one below does not enter it');
	is_errno($inner[0]->enter_space($XID), 'EINVAL', '1b: nor without a mask');
	is(outcome($host->enter_space($XID, $NEWPID)), 0, '1b: who is in it does');
	is(outcome($inner[0]->set_space($XID, $NEWPID)), 0, '1b: the one below is stored');
	is(outcome($inner[0]->enter_space($XID, $NEWPID)), 0, '1b: and entered by who is in it');
	is_errno($inner[1]->enter_space($XID, $NEWPID), 'EINVAL', '1b: but not from one beside it');
	is(ns_of($inner[1]->pid, $NEWPID), readlink('/proc/' . $inner[1]->pid . '/ns/pid'), '1b: where it stays');
	is(outcome($host->enter_space($XID, $NEWPID)), 0, '1b: and from above');
	is(ns_of($host->pid, $NEWPID), ns_of($inner[0]->pid, $NEWPID), '1b: which leads there');
	$_->quit for @inner, $host;
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
}

# Who may.
{
	my $member = member($XID, spares => 1);
	my $other = Actor->new;
	$other->ctx_create($XID + 1, cflags('state_setup', 'state_admin', 'state_init'));
	my ($host, $poor, $watcher) = (host(), host(), spectator());
	$poor->drop_capability(24);
	is_errno($host->set_space(-1, $NEWUTS), 'ESRCH', '1b: the host has no context of its own');
	is_errno($host->set_space($XID), 'ESRCH', '1b: and the oldest word knows no other');
	is_errno($host->set_space(999, $NEWUTS), 'ESRCH', '1b: no such context');
	is_errno($host->enter_space(999), 'ESRCH', '1b: nor to enter');
	is_errno($poor->set_space($XID, $NEWUTS), 'EPERM', '1b: without CAP_SYS_RESOURCE the host stores nothing');
	is(outcome($poor->enter_space($XID, $NEWUTS)), 0, '1b: and enters');
	is_errno($watcher->set_space($XID, $NEWUTS), 'EPERM', '1b: a spectator stores nothing');
	is_errno($watcher->enter_space($XID, $NEWUTS), 'EPERM', '1b: nor enters');
	is(outcome($member->set_space(-1, $NEWUTS)), 0, '1b: a member in setup stores in its own');
	is(outcome($member->set_space($XID, $NEWUTS)), 0, '1b: by its number too');
	is_errno($member->set_space($XID + 1, $NEWUTS), 'EPERM', '1b: in no other');
	is_errno($member->enter_space($XID, $NEWUTS), 'EPERM', '1b: and enters nothing');
	is($member->leave_setup, 0, '1b: after setup');
	is_errno($member->set_space(-1, $NEWUTS), 'ENOSYS', '1b: there is no word');
	is_errno($member->enter_space($XID, $NEWUTS), 'ENOSYS', '1b: nor the other');
	is(set_cflags($XID, cflags('info_private'), cflags('info_private')), 0, '1b: a private context');
	is_errno($host->enter_space($XID, $NEWUTS), 'EACCES', '1b: is entered by nobody');
	is(outcome($host->set_space($XID, $NEWUTS)), 0, '1b: and stored in as ever');
	is($other->set_cflags(-1, cflags('info_private'), cflags('info_private')), 0, '1b: private in setup');
	is(outcome($host->set_space($XID + 1, $NEWUTS)), 0, '1b: with something stored');
	is_errno($host->enter_space($XID + 1, $NEWUTS), 'EACCES', '1b: is no exception');
	is(set_cflags($XID, 0, cflags('info_private')), 0, '1b: no longer private');
	is(outcome($host->enter_space($XID, $NEWUTS)), 0, '1b: it is entered');
	is(set_cflags($XID, 0, cflags('state_admin')), 0, '1b: closed to administration');
	is_errno($host->enter_space($XID, $NEWUTS), 'EACCES', '1b: it is not');
	is_errno($host->set_space($XID, $NEWUTS), 'EACCES', '1b: nor stored in');
	for my $word (qw(enter_space set_space)) {
		is_errno(vserver(word("${word}_v1"), $XID + 1, 1), 'EFAULT', "1b: $word, version 1, at a bad address");
		is_errno(vserver(word($word), $XID + 1, 1), 'EFAULT', "1b: $word at a bad address");
	}
	$_->quit for $member, $other, $host, $poor, $watcher;
}

# 32-bit callers have twelve bytes: nothing is read behind them.
{
	my $member = member($XID);
	my $edge = 0;
	is(outcome($member->at_page_end($XID)), 0, '1b: twelve bytes before the end of a page are enough');
	$member->quit;
}

sub at_page_end {
	my ($xid) = @_;
	my $page = sys('mmap', 0, 8192, 3, 0x22, -1, 0);
	return undef if !defined $page;
	defined sys('mprotect', $page + 4096, 4096, 0) or return undef;
	my $data = pack 'QL', $NEWUTS, 0;
	poke($page + 4096 - length $data, $data);
	return vserver(word('set_space'), -1, $page + 4096 - length $data);
}

# poke(ADDRESS, BYTES) through a pipe: the kernel writes where it is told.
sub poke {
	my ($address, $bytes) = @_;
	pipe my ($from, $to) or die "pipe: $!\n";
	syswrite $to, $bytes;
	sys('read', fileno $from, $address, length $bytes) == length $bytes or die "read: $!\n";
}

# Namespaces end with the context that kept them: a mount is given back.
{
	my $keeper = Actor->new;
	$keeper->ctx_create($XID, cflags('persistent', 'state_admin'));
	$keeper->quit;
	my $setter = host();
	$setter->unshare_here($NEWNS);
	is(outcome($setter->mount_private), 0, '1b: a file system is mounted in a namespace');
	is(outcome($setter->set_space($XID, $NEWNS | $FS)), 0, '1b: which is stored');
	$setter->quit;
	my $visitor = host();
	is(outcome($visitor->enter_space($XID)), 0, '1b: it is entered');
	is($visitor->read_file("$DIRECTORY/file"), 'here', '1b: and seen there');
	is(read_file("$DIRECTORY/file"), undef, '1b: and not outside');
	my $waiter = host();
	$waiter->begin('wait_exit', $XID);
	wait_for(30, sub { waits_for_exit($waiter->pid) });
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
	$waiter->finish;
	is(outcome(scalar ctx_stat($XID)), 'ESRCH', '1b: wait_exit says so');
	is($visitor->read_file("$DIRECTORY/file"), 'here', '1b: who is inside stays there');
	$_->quit for $visitor, $waiter;
	my $creator = Actor->new;
	is($creator->ctx_create($XID), $XID, '1b: the number is free');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $NEWUTS | $NEWIPC), '1b: and nothing is left of what was stored');
	$creator->quit;
}

# All of them, when nobody is inside: what the file system held is free when the wait is over. It is kept as a part, or with all that
# a task has in a context that keeps other parts.
for my $case (['ctx_create', $NEWNS | $FS, 'a part'], ['ctx_create_v0', 0, 'one of all']) {
	my ($word, $mask, $as) = @$case;
	my $keeper = Actor->new;
	$keeper->make($word, $XID);
	set_cflags($XID, cflags('persistent'), cflags('persistent'));
	$keeper->quit;
	my $setter = host();
	$setter->unshare_here($NEWNS);
	my $before = shared_memory();
	$setter->mount_private;
	is($setter->fill_file(8192), 0, '1b: eight megabytes in a file system of a namespace');
	ok(shared_memory() - $before > 7000, '1b: are memory');
	is(outcome($setter->set_space($XID, $mask)), 0, "1b: it is stored as $as");
	$setter->quit;
	ok(shared_memory() - $before > 7000, '1b: which keeps them');
	my $waiter = host();
	$waiter->begin('memory_after_exit', $XID);
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: somebody waits for the end');
	is(set_cflags($XID, 0, cflags('persistent')), 0, '1b: the context ends');
	ok($waiter->finish - $before < 1000, '1b: and when wait_exit returns they are free');
	$waiter->quit;
}

sub make { my ($word, $xid) = @_; return vserver(word($word), $xid) }

sub fill_file {
	my ($kib) = @_;
	open my $file, '>', "$DIRECTORY/file" or return undef;
	for (1 .. $kib) { syswrite($file, 'x' x 1024) == 1024 or return undef }
	return 0;
}

# Of tmpfs and the like, in KiB.
sub shared_memory { return field('/proc/meminfo', 'Shmem') =~ /(\d+)/ ? $1 : undef }
sub memory_after_exit { wait_exit($_[0]); return shared_memory() }

sub mount_private {
	defined sys('mount', "none\0", "/\0", 0, 0x44000, 0) or return undef;    # MS_REC | MS_PRIVATE
	defined sys('mount', "tmpfs\0", "$DIRECTORY\0", "tmpfs\0", 0, 0) or return undef;
	open my $file, '>', "$DIRECTORY/file" or return undef;
	syswrite $file, 'here';
	return 0;
}

is(settled(), 1, '1b: and nothing is left');
done_testing();
