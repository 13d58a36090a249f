#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: umask and wmask: which namespaces a guest without CAP_SYS_ADMIN may make, and enter again. Each refusal stands beside the
# same call by the same task once the mask allows it.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $XID = 240;
my $SYS_ADMIN = 1 << 21;
my $NEWTIME = 0x80;
my %NS = (
	newns => $Sys::CLONE_NEWNS, newuts => $Sys::CLONE_NEWUTS, newipc => $Sys::CLONE_NEWIPC, newpid => $Sys::CLONE_NEWPID,
	newnet => $Sys::CLONE_NEWNET, newcgroup => $Sys::CLONE_NEWCGROUP, newtime => $NEWTIME, newuser => $Sys::CLONE_NEWUSER,
);
my %FILE = (newns => 'mnt', newuts => 'uts', newipc => 'ipc', newnet => 'net', newcgroup => 'cgroup', newtime => 'time_for_children',
	newpid => 'pid_for_children', newuser => 'user');

sub hex64 { my ($n) = @_; return defined $n ? sprintf '%016x', $n : 'undef' }

# In an actor or one of its children.
sub unshare_in_child {
	my ($flags) = @_;
	return in_child(sub { return sys('unshare', $flags + 0) });
}

sub clone_child {
	my ($flags) = @_;
	return in_child(sub {
		my $pid = sys('clone', $flags + 0 | $Sys::SIGCHLD, 0, 0, 0, 0);
		Sys::leave(0) if defined $pid && !$pid;
		my $errno = $! + 0;
		waitpid $pid, 0 if defined $pid;
		$! = $errno;
		return $pid;
	});
}

# clone3_child: the same with clone3(2), whose flags have room for more, for they leave out the signal.
sub clone3_child {
	my ($flags) = @_;
	return in_child(sub {
		my $arguments = pack 'Q8', $flags, 0, 0, 0, $Sys::SIGCHLD, 0, 0, 0;
		my $pid = sys('clone3', \$arguments, length $arguments);
		Sys::leave(0) if defined $pid && !$pid;
		my $errno = $! + 0;
		waitpid $pid, 0 if defined $pid;
		$! = $errno;
		return $pid;
	});
}

# in_child(CODE): whether CODE returned a value in a child; $! as it left it.
sub in_child {
	my ($code) = @_;
	pipe my ($from, $to) or die "pipe: $!\n";
	my $pid = fork;
	die "fork: $!\n" if !defined $pid;
	if (!$pid) {
		my $result = $code->();
		syswrite $to, pack 'LL', defined $result ? 1 : 0, $! + 0;
		Sys::leave(0);
	}
	close $to;
	sysread $from, my $answer, 8;
	waitpid $pid, 0;
	my ($done, $errno) = unpack 'LL', $answer;
	$! = $errno;
	return $done ? 0 : undef;
}

sub enter_ns {
	my ($path, $type) = @_;
	return in_child(sub {
		open my $ns, '<', $path or return undef;
		return sys('setns', fileno $ns, $type + 0);
	});
}

# enter_of(PID, FLAGS): the namespaces of a process, by its pidfd.
sub enter_of {
	my ($pid, $flags) = @_;
	return in_child(sub {
		my $pidfd = sys('pidfd_open', $pid + 0, 0);
		return defined $pidfd ? sys('setns', $pidfd, $flags + 0) : undef;
	});
}

my $kept_ns;

sub open_own {
	my ($kind) = @_;
	return open($kept_ns, '<', '/proc/self/ns/' . ($kind || 'mnt')) ? 0 : undef;
}

sub enter_kept { return in_child(sub { return sys('setns', fileno $kept_ns, 0) }) }
sub change_root { return chroot($_[0]) && chdir('/') ? 0 : undef }

# The words.
{
	my $member = member($XID);
	is(hex64(get_umask($XID)), hex64(0), '1b: a new context allows no namespace');
	is(hex64((get_umask($XID))[1]), hex64(-1), '1b: every bit can be written');
	is(set_umask($XID, 0x30020000, 0x34020200), 0, '1b: the umask is written');
	is(hex64(get_umask($XID)), hex64(0x30020000), '1b: by its mask');
	is(set_umask($XID, 1 << 63, 1 << 63 | 0x10000000), 0, '1b: bits that nobody knows too');
	is(hex64(get_umask($XID)), '8000000020020000', '1b: are kept');
	is(hex64(get_wmask($XID)), hex64(0), '1b: the wmask is a word of its own');
	is(set_wmask($XID, 0x4000000, 0x4000000), 0, '1b: it is written');
	is(hex64(get_wmask($XID)), hex64(0x4000000), '1b: and read');
	is(hex64(get_umask($XID)), '8000000020020000', '1b: and the umask is as before');
	is($member->set_umask(-1, 0, -1), 0, '1b: a member in setup writes its own');
	is($member->set_wmask(-1, 0, -1), 0, '1b: and its own wmask');
	for my $word (qw(get_umask get_wmask set_umask set_wmask)) {
		is_errno(vserver(word($word), $XID, 1), 'EFAULT', "1b: $word at a bad address");
		is_errno(vserver(word($word), 999, 1), 'ESRCH', "1b: $word of no context");
	}
	$member->leave_setup;
	for my $word (qw(get_umask get_wmask)) {
		is_errno($member->$word(-1), 'ENOSYS', "1b: $word inside after setup");
	}
	for my $word (qw(set_umask set_wmask)) {
		is_errno($member->$word(-1, -1, -1), 'ENOSYS', "1b: $word inside after setup");
	}
	is(hex64(get_umask($XID)), hex64(0), '1b: and nothing has changed');
	my $other = host();
	$other->drop_capability(24);
	is_errno($other->set_umask($XID, 1, 1), 'EPERM', '1b: the host without CAP_SYS_RESOURCE reads only');
	is(outcome(scalar $other->get_umask($XID)), 0, '1b: which it may');
	my $watcher = spectator();
	is_errno($watcher->set_umask($XID, 1, 1), 'EPERM', '1b: a spectator writes no umask');
	is(outcome(scalar $watcher->get_umask($XID)), 0, '1b: and reads it');
	$_->quit for $member, $other, $watcher;
	is(field("/proc/virtual/$XID/status", 'Umask'), undef, '1b: all gone');
}

# What it does: unshare(2) and clone(2).
{
	my $guest = guest($XID, spares => 1);
	is(hex64(get_bcaps($XID)), hex64(0xfffffeff), '1b: with CAP_SYS_ADMIN in its bcaps');
	for my $name (sort keys %NS) {
		is(outcome($guest->unshare_in_child($NS{$name})), 0, "1b: a guest unshares $name");
	}
	is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: the host takes it away');
	for my $name (sort keys %NS) {
		is_errno($guest->unshare_in_child($NS{$name}), 'EPERM', "1b: unshare $name: EPERM");
		is(set_umask($XID, ~$NS{$name}, -1), 0, '1b: every bit but its own');
		is_errno($guest->unshare_in_child($NS{$name}), 'EPERM', "1b: does not help with $name");
		is(set_umask($XID, $NS{$name}, -1), 0, "1b: its own");
		is(outcome($guest->unshare_in_child($NS{$name})), 0, "1b: lets the guest unshare $name");
		my @way = $name eq 'newtime' ? 'clone3' : ('clone', 'clone3');    # clone(2) has no bit for it
		for my $way (@way) {
			my $child = "${way}_child";
			is(outcome($guest->$child($NS{$name})), 0, "1b: and $way with $name");
			is(set_umask($XID, ~$NS{$name}, -1), 0, '1b: every bit but its own');
			is_errno($guest->$child($NS{$name}), 'EPERM', "1b: $way with $name: EPERM");
			is(set_umask($XID, 0, -1), 0, '1b: no bit');
			is_errno($guest->$child($NS{$name}), 'EPERM', "1b: $way with $name: EPERM");
			is(set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN), 0, '1b: CAP_SYS_ADMIN');
			is(outcome($guest->$child($NS{$name})), 0, "1b: does for $way with $name, as upstream");
			is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: and is taken away again');
			is(set_umask($XID, $NS{$name}, -1), 0, '1b: as is every bit but its own');
		}
		is(set_umask($XID, 0, -1), 0, '1b: none is left');
	}
	is(set_umask($XID, $NS{newuts}, -1), 0, '1b: one of two');
	is_errno($guest->unshare_in_child($NS{newuts} | $NS{newipc}), 'EPERM', '1b: allows no call that wants both');
	is(set_umask($XID, $NS{newuts} | $NS{newipc}, -1), 0, '1b: both of two');
	is(outcome($guest->unshare_in_child($NS{newuts} | $NS{newipc})), 0, '1b: do');
	is(set_umask($XID, 0, -1), 0, '1b: none');
	is(outcome($guest->unshare_in_child($Sys::CLONE_FS)), 0, '1b: CLONE_FS needs nobody\'s permission');

	# An ordinary user of the guest gains nothing from the mask: it is the capability of a task that bcaps alone have masked.
	is(set_umask($XID, -1, -1), 0, '1b: every bit');
	my $user = $guest->spawn;
	$user->drop_root(1000);
	is_errno($user->unshare_in_child($NS{newuts}), 'EPERM', '1b: an ordinary user unshares nothing');
	is(outcome($guest->unshare_in_child($NS{newuts})), 0, '1b: root of the guest does');

	# User namespaces, which upstream gives to everybody.
	is(outcome($user->unshare_in_child($Sys::CLONE_NEWUSER)), 0, '1b: with newuser in the umask a user makes user namespaces');
	is(outcome($user->unshare_in_child($Sys::CLONE_NEWUSER | $NS{newuts})), 0, '1b: and, root there, others with it');
	is(set_umask($XID, 0, $NS{newuts}), 0, '1b: newuts is taken out');
	is_errno($user->unshare_in_child($Sys::CLONE_NEWUSER | $NS{newuts}), 'EPERM', '1b: and not even root of such a namespace has it');
	is(set_umask($XID, 0, -1), 0, '1b: newuser is taken out');
	is_errno($user->unshare_in_child($Sys::CLONE_NEWUSER), 'EPERM', '1b: without, no user namespace');
	is_errno($user->clone_child($Sys::CLONE_NEWUSER), 'EPERM', '1b: nor by clone');
	is_errno($guest->unshare_in_child($Sys::CLONE_NEWUSER), 'EPERM', '1b: not for root of the guest either');
	is(set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN), 0, '1b: with CAP_SYS_ADMIN in the bcaps');
	is(outcome($guest->unshare_in_child($Sys::CLONE_NEWUSER)), 0, '1b: root of the guest makes them');
	is_errno($user->unshare_in_child($Sys::CLONE_NEWUSER), 'EPERM', '1b: and its users do not');
	$_->quit for $user, $guest;
	my $ordinary = host();
	$ordinary->drop_root(1000);
	is(outcome($ordinary->unshare_in_child($Sys::CLONE_NEWUSER)), 0, '1b: on the host it is as ever');
	$ordinary->quit;
	my $member = member($XID, spares => 1);
	my $its_user = $member->spawn;
	$its_user->drop_root(1000);
	is(outcome($its_user->unshare_in_child($Sys::CLONE_NEWUSER)), 0, '1b: and in setup');
	$_->quit for $its_user, $member;
}

# setns(2): back into what members have made, and into nothing else.
{
	my $guest = guest($XID, spares => 4);
	my ($outside, $outside_user) = map host(), 1 .. 2;
	# A user namespace by itself, or it would own the others.
	my $all = 0;
	$all |= $NS{$_} for grep $_ ne 'newuser', keys %NS;
	is(outcome($outside->unshare_here($all)), 0, '1b: the host makes namespaces');
	is(outcome($outside_user->unshare_here($NS{newuser})), 0, '1b: and a user namespace');
	is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: a guest without CAP_SYS_ADMIN');
	is(set_umask($XID, $all | $NS{newuser}, -1), 0, '1b: whose umask has them all');
	my ($maker, $user_maker) = map $guest->spawn, 1 .. 2;
	is(outcome($maker->unshare_here($all)), 0, '1b: makes some too');
	is(outcome($user_maker->unshare_here($NS{newuser})), 0, '1b: and a user namespace');
	# The namespace for children is there once a first child is.
	$_->unshare_in_child(0) for $maker, $outside;
	for my $name (sort keys %NS) {
		my ($inner, $outer) = $name eq 'newuser' ? ($user_maker, $outside_user) : ($maker, $outside);
		my $own = '/proc/' . $inner->pid . "/ns/$FILE{$name}";
		my $hosts = '/proc/' . $outer->pid . "/ns/$FILE{$name}";
		# By a descriptor of the namespace, and by one of a process in it: who makes a pid or time namespace is in neither.
		my @way = (['enter_ns', $own, $hosts]);
		push @way, ['enter_of', $inner->pid, $outer->pid] if $name !~ /^new(pid|time)$/;
		for (@way) {
			my ($enter, $own, $hosts) = @$_;
			my $how = $enter eq 'enter_of' ? "$name, by pidfd" : $name;
			is(outcome($guest->$enter($own, $NS{$name})), 0, "1b: a guest enters its own ($how)");
			is_errno($guest->$enter($hosts, $NS{$name}), 'EPERM', "1b: and not the host's ($how)");
			is(set_umask($XID, 0, $NS{$name}), 0, '1b: the bit is taken out');
			is_errno($guest->$enter($own, $NS{$name}), 'EPERM', "1b: nor its own then ($how)");
			is(set_umask($XID, $NS{$name}, $NS{$name}), 0, '1b: and given back');
			is(set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN), 0, '1b: CAP_SYS_ADMIN');
			is(outcome($guest->$enter($hosts, $NS{$name})), 0, "1b: leads into both, as upstream ($how)");
			is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: and is taken away again');
		}
	}

	# By one call into several: all or none.
	my ($uts, $ipc) = @NS{qw(newuts newipc)};
	is(outcome($guest->enter_of($maker->pid, $uts | $ipc)), 0, '1b: a guest enters two of its own at once, by a pidfd');
	is_errno($guest->enter_of($outside->pid, $uts | $ipc), 'EPERM', "1b: and not the host's");
	is(set_umask($XID, 0, $ipc), 0, '1b: the bit of one is taken out');
	is_errno($guest->enter_of($maker->pid, $uts | $ipc), 'EPERM', '1b: then it does not enter both');
	is(outcome($guest->enter_of($maker->pid, $uts)), 0, '1b: but the other');
	is(set_umask($XID, $ipc, $ipc), 0, '1b: and is given back');
	is_errno($guest->enter_of($maker->pid, $NS{newpid}), 'EPERM', "1b: whose maker is in the host's pid namespace leads into none");
	is(set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN), 0, '1b: with CAP_SYS_ADMIN');
	is(outcome($guest->enter_of($maker->pid, $NS{newpid})), 0, '1b: it does');
	is(outcome($guest->enter_of($outside->pid, $uts | $ipc)), 0, "1b: and so do two of the host's");
	is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: which is taken away again');

	# A copy of the mounts has those outside one's root in it: who is below another root makes and enters none.
	my $below = $guest->spawn;
	mkdir '/tmp/below';
	is(set_umask($XID, $Sys::CLONE_NEWNS, $Sys::CLONE_NEWNS), 0, '1b: with newns in the umask');
	is(outcome($below->unshare_in_child($Sys::CLONE_NEWNS)), 0, '1b: a guest makes mount namespaces');
	is(outcome($below->open_own), 0, '1b: and keeps a descriptor of its own');
	is(outcome($below->unshare_here($Sys::CLONE_NEWNS)), 0, '1b: makes one to live in');
	is(outcome($below->open_own), 0, '1b: keeps a descriptor of that');
	is(outcome($below->enter_kept), 0, '1b: enters it again');
	is($below->change_root('/tmp/below'), 0, '1b: below another root');
	is_errno($below->enter_kept, 'EPERM', '1b: it does not enter what leads out');
	is_errno($below->unshare_in_child($Sys::CLONE_NEWNS), 'EPERM', '1b: nor makes any');
	$below->quit;

	# What a member in setup makes is what the tools have made, who see the host.
	my $tool = member($XID + 1, spares => 1);
	is(outcome($tool->unshare_here($Sys::CLONE_NEWUTS)), 0, '1b: in setup');
	is(outcome($tool->open_own('uts')), 0, '1b: a namespace is made');
	$tool->leave_setup;
	is(set_bcaps($XID + 1, 0, $SYS_ADMIN), 0, '1b: and after it');
	is(set_umask($XID + 1, $Sys::CLONE_NEWUTS, -1), 0, '1b: the umask');
	is_errno($tool->enter_kept, 'EPERM', '1b: does not lead into that');
	is(outcome($tool->unshare_here($Sys::CLONE_NEWUTS)), 0, '1b: but into what is made then');
	is(outcome($tool->open_own('uts')), 0, '1b: which is kept');
	is(outcome($tool->enter_kept), 0, '1b: and entered');
	$tool->quit;

	# A context of the same number has not made what its predecessor has.
	open my $kept, '<', '/proc/' . $maker->pid . '/ns/uts' or die "uts: $!\n";
	$_->quit for $user_maker, $maker, $guest;
	my $next = guest($XID);
	is(set_bcaps($XID, 0, $SYS_ADMIN), 0, '1b: a new context of the same number');
	is(set_umask($XID, $all, -1), 0, '1b: with the same umask');
	my $path = "/proc/$$/fd/" . fileno $kept;
	is_errno($next->enter_ns($path, $NS{newuts}), 'EPERM', '1b: does not enter what the former has made');
	is(set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN), 0, '1b: which is there');
	is(outcome($next->enter_ns($path, $NS{newuts})), 0, '1b: for who may');
	$_->quit for $next, $outside, $outside_user;
}

is(settled(), 1, '1b: and nothing is left');
done_testing();
