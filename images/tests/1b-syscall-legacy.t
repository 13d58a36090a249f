#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: the oldest words, which tools of the first years issue: new_s_context and cleanup_namespace.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 260;
my ($DYNAMIC, $SAME) = (-1, -2);
my $FIRST = 0xfffffeff;
my ($FS, $NEWNS) = (0x200, $Sys::CLONE_NEWNS);
my $DIRECTORY = '/tmp/legacy';

sub hex64 { my ($n) = @_; return defined $n ? sprintf '%016x', $n : 'undef' }
sub state_of { return hex64(scalar get_cflags($_[0])) }
my $ADMIN = cflags('state_admin');

# Make and enter.
{
	my $maker = Actor->new(spares => 1);
	is($maker->new_s_context($XID, 0, 0), $XID, '1b: new_s_context makes a context');
	is(task_xid($maker->pid), $XID, '1b: and enters it');
	is(state_of($XID), hex64($ADMIN), '1b: which is past setup and waits for no init');
	is(hex64(get_bcaps($XID)), hex64($FIRST), '1b: with the first bcaps');
	is((vx_info($XID))[1], 0, '1b: and without an init');
	is(field("/proc/virtual/$XID/status", 'Spaces'), '00000000 00000000', '1b: it keeps no namespaces');
	is_errno($maker->new_s_context($SAME, 0, 0), 'ENOSYS', '1b: inside, there is no word any more');

	my $second = Actor->new;
	is($second->new_s_context($XID, 1 << 21 | 1 << 0, cflags('info_init', 'virt_uptime')), $XID, '1b: somebody else joins');
	is(task_xid($second->pid), $XID, '1b: and is inside');
	is(hex64(get_bcaps($XID)), hex64($FIRST & ~(1 << 21 | 1)), '1b: and has taken capabilities out of the bcaps');
	is(state_of($XID), hex64($ADMIN | cflags('info_init', 'virt_uptime')), '1b: and added flags');
	is((vx_info($XID))[1], $second->pid, '1b: and is the init, as the flag says');
	my $third = Actor->new;
	is($third->new_s_context($XID, 0, cflags('info_private')), $XID, '1b: a third takes nothing back');
	is(hex64(get_bcaps($XID)), hex64($FIRST & ~(1 << 21 | 1)), '1b: neither bcaps');
	is(state_of($XID), hex64($ADMIN | cflags('info_init', 'virt_uptime', 'info_private')), '1b: nor flags');
	my $fourth = Actor->new;
	is_errno($fourth->new_s_context($XID, 1, cflags('info_lock')), 'EPERM', '1b: nobody joins a private one');
	is(task_xid($fourth->pid), 0, '1b: who is refused stays outside');
	is(state_of($XID), hex64($ADMIN | cflags('info_init', 'virt_uptime', 'info_private')), '1b: and has changed nothing');
	is(set_cflags($XID, 0, cflags('info_private')), 0, '1b: no longer private');
	is(set_cflags($XID, 0, $ADMIN), 0, '1b: closed to administration');
	is_errno($fourth->new_s_context($XID, 0, 0), 'EACCES', '1b: it is not joined either');
	$_->quit for $fourth, $third, $second, $maker;
	is_errno(get_cflags($XID), 'ESRCH', '1b: it ends with its last task');
}

# Ids.
{
	my $one = Actor->new;
	my $dynamic = $one->new_s_context($DYNAMIC, 0, 0);
	ok(defined $dynamic && $dynamic >= 49152 && $dynamic <= 65535, '1b: a dynamic id');
	is(task_xid($one->pid), $dynamic, '1b: is entered');
	my $other = Actor->new;
	is_errno($other->new_s_context($_, 0, 0), 'EINVAL', "1b: no context can have the id $_") for 0, 65536, 0x7fffffff, -3;
	is_errno($other->new_s_context($dynamic == 65535 ? 49152 : $dynamic + 1, 0, 0), 'EINVAL', '1b: a free dynamic id is not to be chosen');
	is($other->new_s_context($dynamic, 0, 0), $dynamic, '1b: one in use is joined');
	my $member = member($XID);
	my $third = Actor->new;
	is_errno($third->new_s_context($XID, 0, 0), 'EINVAL', '1b: nor is a context in setup joined');
	is($third->new_s_context(1, 0, 0), 0, '1b: id 1 makes a spectator, and returns 0');
	is(task_xid($third->pid), 1, '1b: which it is');
	is_errno($third->new_s_context($XID + 1, 0, 0), 'EPERM', '1b: a spectator makes no context');
	is_errno($third->new_s_context($SAME, 0, 0), 'EINVAL', '1b: and has none to change');
	is_errno($other->new_s_context($XID + 1, 0, 0), 'ENOSYS', '1b: nor does a member past setup');
	my $host = host();
	is_errno($host->new_s_context($SAME, 0, 0), 'EINVAL', '1b: the host has none either');
	is_errno($host->vserver(word('new_s_context'), $XID + 1, 1), 'EFAULT', '1b: at a bad address');
	is_errno($host->vserver(word('new_s_context'), $XID + 1, 0), 'EFAULT', '1b: or none');
	is_errno(get_cflags($XID + 1), 'ESRCH', '1b: nothing is made');
	my $user = host();
	$user->drop_root(1000);
	is_errno($user->new_s_context($XID + 1, 0, 0), 'ENOSYS', '1b: nor by an ordinary user');
	$_->quit for $one, $other, $member, $third, $host, $user;
}

# The caller's own, in setup.
{
	my $member = member($XID);
	is($member->new_s_context($SAME, 1 << 5, cflags('info_init', 'hide_vinfo')), $XID, '1b: a member in setup changes its own');
	is(state_of($XID), hex64(cflags('state_setup', 'state_init', 'state_admin', 'info_init', 'hide_vinfo')), '1b: flags are added, and setup goes on');
	is(hex64(get_bcaps($XID)), hex64($FIRST & ~(1 << 5)), '1b: bcaps are taken');
	is((vx_info($XID))[1], $member->pid, '1b: and it is the init');
	is_errno($member->new_s_context($XID + 1, 0, 0), 'EPERM', '1b: it makes no other');
	is_errno($member->new_s_context($XID, 0, 0), 'EPERM', '1b: nor does it join its own');
	is($member->new_s_context($SAME, 0, cflags('info_lock')), $XID, '1b: a lock');
	is_errno($member->new_s_context($SAME, 1 << 6, cflags('info_private')), 'EPERM', '1b: ends that');
	is(hex64(get_bcaps($XID)), hex64($FIRST & ~(1 << 5)), '1b: with nothing changed');
	is(state_of($XID), hex64(cflags('state_setup', 'state_init', 'state_admin', 'info_init', 'hide_vinfo', 'info_lock')), '1b: at all');
	is(set_cflags($XID, 0, cflags('info_lock')), 0, '1b: the host opens the lock');
	is($member->new_s_context($SAME, 1 << 6, 0), $XID, '1b: and the word acts again');
	is(hex64(get_bcaps($XID)), hex64($FIRST & ~(3 << 5)), '1b: as it did');
	$member->quit;
}

sub ns_of { return readlink "/proc/$_[0]/ns/mnt" }
sub change_root { return chroot($_[0]) && chdir('/') ? 0 : undef }
sub mounts { return join ' ', sort map { (split)[1] } split /\n/, read_file('/proc/self/mounts') }
sub count_mounts { my @lines = split /\n/, read_file("/proc/$_[0]/mountinfo"); return scalar @lines }
sub sees { return -e $_[0] ? 1 : 0 }
sub change_dir { return chdir($_[0]) ? 0 : undef }

sub mount_at {
	my ($type, $directory) = @_;
	mkdir $directory;
	return sys('mount', "$type\0", "$directory\0", "$type\0", 0, 0);
}

# The mount namespace that goes with it.
{
	my $maker = Actor->new;
	$maker->unshare_here($NEWNS);
	is($maker->new_s_context($XID, 0, cflags('info_namespace')), $XID, '1b: with its mount namespace');
	is(field("/proc/virtual/$XID/status", 'Spaces'), sprintf('%08x 00000000', $FS | $NEWNS), '1b: which the context keeps, root and all');
	my $visitor = host();
	is(outcome($visitor->enter_space($XID)), 0, '1b: and somebody enters');
	is(ns_of($visitor->pid), ns_of($maker->pid), '1b: the same');
	$_->quit for $maker, $visitor;
}

# cleanup_namespace: a guest whose root is a mount in a copy of the host's namespace.
{
	mkdir $DIRECTORY;
	is_errno(cleanup_namespace(), 'EPERM', '1b: the namespace that the machine has started in is not cleaned up');
	my $guest = host();
	is(outcome($guest->unshare_here($NEWNS)), 0, '1b: a copy');
	is(outcome($guest->make_private), 0, '1b: from which nothing reaches the other');
	is(outcome($guest->mount_at('tmpfs', $DIRECTORY)), 0, '1b: with the root of a guest');
	is(outcome($guest->mount_at('proc', "$DIRECTORY/proc")), 0, '1b: something below it');
	is(outcome($guest->mount_at('tmpfs', '/tmp/beside')), 0, '1b: and something beside it');
	my $before = count_mounts($guest->pid);
	my $hosts = count_mounts($$);
	is(outcome($guest->cleanup_namespace), 0, '1b: as long as the root is the first one');
	is(count_mounts($guest->pid), $before, '1b: all can be reached, and stays');
	is(outcome($guest->change_root($DIRECTORY)), 0, '1b: in its root');
	is(outcome($guest->cleanup_namespace), 0, '1b: the rest is unmounted');
	is($guest->sees('/proc/self/status'), 1, '1b: what is below the root stays');
	is($guest->mounts, '/ /proc', '1b: and is all that it sees');
	my $visitor = host();
	is(outcome($visitor->enter_mounts($guest->pid)), 0, '1b: from the first root of that namespace');
	is($visitor->sees('/tmp/beside/proc'), 0, '1b: nothing is seen beside it');
	is($visitor->count_own_mounts, 0, '1b: and /proc is not mounted there');
	is(count_mounts($$), $hosts, '1b: the host keeps its own');
	$_->quit for $guest, $visitor;
	my $poor = host();
	$poor->unshare_here($NEWNS);
	$poor->drop_capability(18);
	is(outcome($poor->cleanup_namespace), 0, '1b: who has CAP_SYS_ADMIN may');
	$poor->quit;
	my $inside = guest($XID);
	is_errno($inside->cleanup_namespace, 'ENOSYS', '1b: a guest does not');
	$inside->quit;

	# The working directory may be elsewhere.
	my $elsewhere = host();
	$elsewhere->unshare_here($NEWNS);
	$elsewhere->make_private;
	$elsewhere->mount_at('tmpfs', $DIRECTORY);
	$elsewhere->mount_at('tmpfs', '/tmp/beside');
	$elsewhere->change_dir('/tmp/beside');
	$elsewhere->chroot_only($DIRECTORY);
	is(outcome($elsewhere->cleanup_namespace), 0, '1b: with the working directory outside');
	is($elsewhere->write_here, 1, '1b: that is still there');
	$elsewhere->quit;
}

sub make_private { return sys('mount', "none\0", "/\0", 0, 0x44000, 0) }
sub chroot_only { return chroot($_[0]) ? 0 : undef }
sub write_here { open my $file, '>', 'file' or return 0; return -e 'file' ? 1 : 0 }
sub count_own_mounts { return -e '/proc/self/mountinfo' ? 1 : 0 }

sub enter_mounts {
	my ($pid) = @_;
	open my $ns, '<', "/proc/$pid/ns/mnt" or return undef;
	return sys('setns', fileno $ns, $NEWNS);
}

is(settled(), 1, '1b: and nothing is left');
done_testing();
