#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: the capabilities of a context's tasks: what bcaps take away is gone by every way to it, and back when the host gives it
# back. Each refusal stands beside the same deed by the same task while the capability counts.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Ring;

my ($DAC_OVERRIDE, $SETPCAP, $NET_ADMIN, $SYS_ADMIN, $SYS_RESOURCE) = map 1 << $_, 1, 8, 12, 21, 24;
my $FIRST = 0xfffffeff;    # of a new context
my $XID = 230;
my $DIRECTORY = '/tmp/capable';    # mounted for it: /tmp itself is nosuid
my $PROGRAM = "$DIRECTORY/program";
my $ring;

sub hex64 { my ($n) = @_; return defined $n ? sprintf '%016x', $n : 'undef' }

# with($CAP, CODE), without($CAP, CODE): CODE while the context has the capability, and while it has not.
sub with { my ($cap, $code) = @_; set_bcaps($XID, $cap, $cap); return $code->() }
sub without { my ($cap, $code) = @_; set_bcaps($XID, 0, $cap); return $code->() }

# both(CAP, TITLE, CODE): CODE succeeds with the capability, gives EPERM without, and succeeds again.
sub both {
	my ($cap, $title, $code) = @_;
	is(with($cap, sub { outcome(scalar $code->()) }), 0, "1b: $title, with the capability");
	is(without($cap, sub { outcome(scalar $code->()) }), 'EPERM', "1b: $title, without: EPERM");
	is(with($cap, sub { outcome(scalar $code->()) }), 0, "1b: $title, when it is given back");
}

# What the deeds need SYS_ADMIN for is the host name of the guest's own uts namespace.
sub set_hostname { return sys('sethostname', 'guest', 5) }

# caps(SET): a set of the caller from capget(2).
sub caps {
	my ($which) = @_;
	my $data = "\0" x 24;
	defined sys('capget', pack('LL', 0x20080522, 0), \$data) or return;
	my @word = unpack 'L6', $data;
	return sprintf '%08x%08x', @word[3 + $which, $which];
}

sub cap_line { my ($pid, $name) = @_; return field("/proc/$pid/status", "Cap$name") }

# The words.
{
	my $member = member($XID);
	is(hex64(get_bcaps($XID)), hex64($FIRST), '1b: the first bcaps of a context: 0 to 31 without SETPCAP');
	is(hex64((get_bcaps($XID))[1]), hex64(-1), '1b: every bit can be written');
	is(set_bcaps($XID, 1 << 40 | 1 << 63, 1 << 40 | 1 << 63 | 1), 0, '1b: bcaps are written');
	is(hex64(get_bcaps($XID)), '80000100fffffefe', '1b: by their mask, those that nobody knows too');
	is(set_ccaps($XID, 0x101, 0x101), 0, '1b: ccaps are written');
	is(set_ccaps($XID, 0, 1), 0, '1b: by their mask');
	is(hex64(get_ccaps($XID)), hex64(0x100), '1b: and read');
	is(join(' ', map hex64($_), get_ccaps_v0($XID)), '80000100fffffefe 0000000000000100 ffffffffffffffff', '1b: the oldest word reads both');
	is(set_ccaps_v0($XID, 0xff, 0x11, 0x1), 0, '1b: the oldest word writes both');
	is(hex64(get_bcaps($XID)), hex64(0xfe), '1b: it takes bcaps away and gives none');
	is(hex64(get_ccaps($XID)), hex64(0x101), '1b: ccaps go by the mask');
	is(field("/proc/virtual/$XID/status", 'BCaps'), hex64(0xfe), '1b: /proc shows the bcaps');
	is(field("/proc/virtual/$XID/status", 'CCaps'), hex64(0x101), '1b: and the ccaps');
	is(field('/proc/' . $member->pid . '/vinfo', 'BCaps'), hex64(0xfe), '1b: and so does vinfo');
	$member->quit;
}

mkdir $DIRECTORY or die "$DIRECTORY: $!\n";
defined sys('mount', "tmpfs\0", "$DIRECTORY\0", "tmpfs\0", 0, "mode=755\0") or die "$DIRECTORY: $!\n";

# When they act: at once, both ways, and not in setup.
{
	my $guest = member($XID);
	is(set_bcaps($XID, 0, -1), 0, '1b: a context in setup has no bcaps at all');
	is(outcome($guest->set_hostname), 0, '1b: which does not matter there');
	is($guest->caps(0), hex64((1 << 41) - 1), '1b: its member has every capability');
	is($guest->leave_setup, 0, '1b: setup ends');
	is(outcome($guest->set_hostname), 'EPERM', '1b: at once it matters');
	is($guest->caps($_), hex64(0), "1b: capget shows nothing (set $_)") for 0, 1, 2;
	is(cap_line($guest->pid, $_), hex64(0), "1b: nor does Cap$_ of /proc/PID/status") for qw(Inh Prm Eff Bnd Amb);
	is(cap_line($$, 'Eff'), hex64((1 << 41) - 1), "1b: the host's are as ever");
	is(set_bcaps($XID, $FIRST, -1), 0, '1b: the host gives them back');
	is($guest->caps(0), hex64($FIRST), '1b: capget shows them');
	is(cap_line($guest->pid, $_), hex64($FIRST), "1b: and Cap$_ does") for qw(Prm Eff Bnd);
	is($guest->bounding(21), 1, '1b: and prctl(PR_CAPBSET_READ)');
	is($guest->bounding(8), 0, '1b: which leaves out what is not in bcaps');
	both($SYS_ADMIN, 'a task of the guest sets its host name', sub { $guest->set_hostname });

	# What every task of it had before or gets anew.
	is(without($SYS_ADMIN, sub { $guest->run_program }), 1, '1b: exec as root brings nothing back');
	is(with($SYS_ADMIN, sub { $guest->run_program }), 0, '1b: the same program, with the capability');
	is(without($SYS_ADMIN, sub { $guest->run_setuid }), 1, '1b: nor does a setuid program, run by an ordinary user');
	is(with($SYS_ADMIN, sub { $guest->run_setuid }), 0, '1b: the same, with the capability');
	is(without($SYS_ADMIN, sub { $guest->run_file_capable }), 1, '1b: nor does a program with file capabilities');
	is(with($SYS_ADMIN, sub { $guest->run_file_capable }), 0, '1b: the same, with the capability');
	is(without($SYS_ADMIN, sub { $guest->run_ambient }), 1, '1b: nor does the ambient set, past exec');
	is(with($SYS_ADMIN, sub { $guest->run_ambient }), 0, '1b: the same, with the capability');
	$guest->quit;
}

# What the sets themselves have is not what counts.
{
	my $guest = guest($XID);
	is($guest->raise_ambient(21), 0, '1b: a task raises an ambient capability');
	is(with($SYS_ADMIN, sub { $guest->ambient(21) }), 1, '1b: and has it, while it is in bcaps');
	is(without($SYS_ADMIN, sub { $guest->ambient(21) }), 0, '1b: and has not, while it is not');
	$guest->quit;
}

sub ambient { return sys('prctl', 47, 1, $_[0] + 0, 0, 0) }

sub raise_ambient {
	my ($capability) = @_;
	my $data = "\0" x 24;
	defined sys('capget', pack('LL', 0x20080522, 0), \$data) or return;
	my @set = unpack 'L6', $data;
	$set[2] |= 1 << $capability;    # inheritable
	defined sys('capset', pack('LL', 0x20080522, 0), pack 'L6', @set) or return;
	return sys('prctl', 47, 2, $capability + 0, 0, 0);
}

sub bounding { return sys('prctl', 23, $_[0] + 0, 0, 0, 0) }

# status_of(CODE): exit status of a child in which CODE runs, and ends in exec.
sub status_of {
	my ($code) = @_;
	my $pid = fork;
	die "fork: $!\n" if !defined $pid;
	if (!$pid) {
		open STDERR, '>', '/dev/null';
		$code->();
		Sys::leave(99);
	}
	waitpid $pid, 0;
	return $? >> 8;
}

# A program that sets the host name and exits with 0, or with 1 when it may not: an i386 executable of 120 bytes. Busybox gives up
# what a setuid bit has brought, and perl does not run setuid.
sub program {
	my ($mode) = @_;
	my $code = pack 'H*', 'b84a000000' . 'bb73800408' . 'b905000000' . 'cd80' . '31db' . '85c0' . '0f95c3' . 'b801000000' . 'cd80';
	my $size = 84 + length($code) + 5;
	my $header = pack 'a4 C5 x7 S2 L5 S6', "\x7fELF", 1, 1, 1, 0, 0, 2, 3, 1, 0x08048054, 52, 0, 0, 52, 32, 1, 0, 0, 0;
	my $segment = pack 'L8', 1, 0, 0x08048000, 0x08048000, $size, $size, 5, 0x1000;
	unlink $PROGRAM;
	open my $file, '>', $PROGRAM or die "$PROGRAM: $!\n";
	syswrite $file, $header . $segment . $code . 'guest' or die "$PROGRAM: $!\n";
	close $file;
	chmod $mode, $PROGRAM or die "chmod: $!\n";
}

sub run_program { program(0755); return status_of(sub { exec $PROGRAM }) }

sub run_setuid {
	program(04755);
	return status_of(sub { Sys::drop_root(1000) && exec $PROGRAM });
}

sub run_file_capable {
	program(0755);
	# Version 2 with the effective bit: SYS_ADMIN permitted.
	my $value = pack 'L5', 0x02000001, 1 << 21, 0, 0, 0;
	defined sys('setxattr', "$PROGRAM\0", "security.capability\0", $value, length $value, 0) or die "setxattr: $!\n";
	return status_of(sub { Sys::drop_root(1000) && exec $PROGRAM });
}

sub run_ambient {
	program(0755);
	return status_of(sub {
		sys('prctl', 8, 1, 0, 0, 0);    # PR_SET_KEEPCAPS
		Sys::drop_root(1000);
		my $set = pack 'L6', 1 << 21, 1 << 21, 1 << 21, 0, 0, 0;
		sys('capset', pack('LL', 0x20080522, 0), $set);
		sys('prctl', 47, 2, 21, 0, 0);    # PR_CAP_AMBIENT_RAISE
		exec $PROGRAM;
	});
}

# User namespaces: inside one, and as the owner of one.
{
	my $guest = guest($XID, spares => 2);
	is(with($SYS_ADMIN, sub { $guest->name_in_user_namespace }), 0, '1b: root of a user namespace of its own sets its host name, with the capability');
	is(without($SYS_ADMIN, sub { $guest->name_in_user_namespace }), 1, '1b: without it cannot even have a host name of its own there');

	set_bcaps($XID, $SYS_ADMIN, $SYS_ADMIN);
	my $child = $guest->spawn($Sys::CLONE_NEWUSER | $Sys::CLONE_NEWUTS);
	ok(defined $child, '1b: a guest has a user namespace') or die "clone: $!\n";
	is(outcome(scalar $child->set_hostname), 0, '1b: whose root sets the host name of its namespace');
	both($SYS_ADMIN, 'root of a user namespace sets the host name', sub { $child->set_hostname });
	is(with($SYS_ADMIN, sub { $guest->owner_joins($child->pid) }), 0, '1b: its owner joins it, with the capability');
	is(without($SYS_ADMIN, sub { $guest->owner_joins($child->pid) }), 1, '1b: without it the owner does not');
	$_->quit for $child, $guest;
}

# A namespace whose root is the parent's root, which may set file capabilities there: only for who may do so himself.
{
	my $guest = guest($XID);
	my $SETFCAP = 1 << 31;
	is(with($SETFCAP, sub { $guest->maps_root }), 0, '1b: a guest maps its root into a user namespace, with SETFCAP');
	is(without($SETFCAP, sub { $guest->maps_root }), 1, '1b: without it does not');
	$guest->quit;
}

sub maps_root {
	return status_of(sub {
		defined sys('unshare', $Sys::CLONE_NEWUSER) or Sys::leave(2);
		open my $map, '>', '/proc/self/uid_map' or Sys::leave(3);
		Sys::leave(defined syswrite($map, '0 0 1') ? 0 : 1);
	});
}

sub name_in_user_namespace {
	return status_of(sub {
		Sys::leave(defined sys('unshare', $Sys::CLONE_NEWUSER | $Sys::CLONE_NEWUTS) && defined set_hostname() ? 0 : 1);
	});
}

sub owner_joins {
	my ($pid) = @_;
	return status_of(sub {
		open my $file, '<', "/proc/$pid/ns/user" or Sys::leave(2);
		Sys::drop_capability(21);    # in the parent namespace: so it is as owner, or not at all
		Sys::leave(defined sys('setns', fileno $file, $Sys::CLONE_NEWUSER) ? 0 : 1);
	});
}

# What the host left open: a netlink socket.
{
	socket my $netlink, 16, 3, 0 or die "netlink: $!\n";
	my $guest = guest($XID);
	my $up = sub { $guest->loopback_up(fileno $netlink) };
	both($NET_ADMIN, 'a guest brings an interface up through a netlink socket that the host opened', $up);
	$guest->quit;
}

# loopback_up(SOCKET): RTM_NEWLINK that sets IFF_UP of the loopback interface; the acknowledgement's error.
sub loopback_up {
	my ($descriptor) = @_;
	my $message = pack 'LSSLL CCSlLL', 32, 16, 5, 1, 0, 0, 0, 0, 1, 1, 1;
	my $answer = "\0" x 4096;
	defined sys('write', $descriptor + 0, $message, length $message) or die "netlink: $!\n";
	defined sys('read', $descriptor + 0, \$answer, length $answer) or die "netlink: $!\n";
	my ($type, $error) = unpack 'x4 S x10 l', $answer;
	$type == 2 or die "netlink: message $type\n";
	return 0 if !$error;
	$! = -$error;
	return;
}

# Credentials made anew by the kernel: those that a child gives its parent with a session keyring.
{
	my $guest = guest($XID, spares => 1);
	without($SYS_ADMIN, sub {
		is($guest->parent_gets_session, 0, '1b: a child gives its parent a session keyring');
		is(outcome(scalar $guest->set_hostname), 'EPERM', '1b: and no capability with it');
	});
	is(with($SYS_ADMIN, sub { outcome(scalar $guest->set_hostname) }), 0, '1b: with which the host name is set as before');
	$guest->quit;
}

sub parent_gets_session {
	return status_of(sub {
		defined sys('keyctl', 1, 0, 0, 0, 0) or Sys::leave(1);     # KEYCTL_JOIN_SESSION_KEYRING
		Sys::leave(defined sys('keyctl', 18, 0, 0, 0, 0) ? 0 : 2); # KEYCTL_SESSION_TO_PARENT
	});
}

# Credentials that the host left in an io_uring, for whoever has the ring.
{
	my $secret = '/tmp/secret';
	open my $file, '>', $secret or die "$secret: $!\n";
	chmod 0, $secret;
	chown 1, 1, $secret;
	my $host = host(spares => 1);
	my $personality = $host->leave_credentials;
	ok($personality, '1b: the host leaves its credentials in a ring');
	my $heir = $host->spawn;
	ok($heir->open_as("$secret\0", $personality) >= 0, '1b: its child acts with them');
	is($heir->become_user, 1, '1b: an ordinary user');
	is($heir->open_as("$secret\0", 0), -13, '1b: may not open the file by itself: EACCES');
	ok($heir->open_as("$secret\0", $personality) >= 0, '1b: but with them');
	$heir->quit;

	$host = host(spares => 1);
	$personality = $host->leave_credentials;
	$heir = $host->spawn;
	is($heir->ctx_create($XID), $XID, '1b: another child becomes a guest');
	is($heir->leave_setup, 0, '1b: after setup');
	without($DAC_OVERRIDE | 1 << 2, sub {
		is($heir->open_as("$secret\0", 0), -13, '1b: without DAC_OVERRIDE it may not open the file: EACCES');
		is($heir->open_as("$secret\0", $personality), -22, '1b: nor with credentials from outside: EINVAL');
	});
	my $own = $heir->own_credentials;
	ok($own && $own != $personality, '1b: it leaves its own in the ring');
	is(without($DAC_OVERRIDE, sub { $heir->ring_shows($own) }), without($DAC_OVERRIDE, sub { cap_line($heir->pid, 'Eff') }), '1b: and is shown of them what counts');
	is(with($DAC_OVERRIDE, sub { $heir->ring_shows($own) }), with($DAC_OVERRIDE, sub { cap_line($heir->pid, 'Eff') }), '1b: as it is now');
	without($DAC_OVERRIDE | 1 << 2, sub { is($heir->open_as("$secret\0", $own), -13, '1b: with those it may not open the file: EACCES') });
	with($DAC_OVERRIDE, sub {
		ok($heir->open_as("$secret\0", 0) >= 0, '1b: which it may with the capability');
		ok($heir->open_as("$secret\0", $own) >= 0, '1b: and with its own credentials in the ring');
		is($heir->open_as("$secret\0", $personality), -22, '1b: but never with those from outside');
	});
	without($DAC_OVERRIDE | 1 << 2, sub { is($heir->open_as("$secret\0", $own), -13, '1b: nor with its own when it is taken away again') });
	$_->quit for $heir, $host;
	unlink $secret;
}

sub leave_credentials { $ring = Ring->new; return $ring->register_personality }
sub own_credentials { return $ring->register_personality }
sub become_user { return Sys::drop_root(1000) }

# CapEff of the credentials with this number in the ring.
sub ring_shows {
	my ($personality) = @_;
	my $text = read_file("/proc/self/fdinfo/$ring->{fd}");
	return $text =~ /^\s*$personality\n.*?CapEff:\s*([0-9a-f]{16})$/ms ? $1 : "not in: $text";
}

sub open_as {
	my ($path, $personality) = @_;
	defined $ring->submit(Ring::open_file(\$path, $personality + 0)) or return;
	return $ring->result;
}

# The other way round: what the host's own work needs goes on though a guest sets it off.
{
	my $at = '/tmp/overlay';
	mkdir $_, 0755 or die "$_: $!\n" for $at;
	defined sys('mount', "tmpfs\0", "$at\0", "tmpfs\0", 0, 0) or die "tmpfs: $!\n";
	mkdir "$at/$_", 0755 or die "$_: $!\n" for qw(lower upper work merged);
	open my $lower, '>', "$at/lower/file" or die "lower: $!\n";
	syswrite $lower, "host\n";
	close $lower;
	chmod 0666, "$at/lower/file";
	open $lower, '>', "$at/lower/closed" or die "lower: $!\n";
	close $lower;
	chmod 0600, "$at/lower/closed";
	chown 1, 1, "$at/lower/closed";
	defined sys('mount', "overlay\0", "$at/merged\0", "overlay\0", 0, "lowerdir=$at/lower,upperdir=$at/upper,workdir=$at/work\0")
		or die "overlay: $!\n";

	my $guest = guest($XID);
	set_bcaps($XID, 0, -1);
	is(outcome(scalar $guest->set_hostname), 'EPERM', '1b: a guest without any capability');
	is($guest->append("$at/merged/file"), 6, '1b: writes to a file of an overlay that the host has mounted');
	is(read_file("$at/upper/file"), "host\nguest\n", '1b: which is copied up for it');
	is(read_file("$at/lower/file"), "host\n", '1b: and stays as it was below');
	is(outcome($guest->append("$at/merged/closed")), 'EACCES', '1b: but to none that it may not write to itself');
	is(-e "$at/upper/closed" ? 1 : 0, 0, '1b: which is not copied up');
	with($DAC_OVERRIDE, sub { is($guest->append("$at/merged/closed"), 6, '1b: with DAC_OVERRIDE it may, and does') });
	is(read_file("$at/upper/closed"), "guest\n", '1b: and it is copied up for it');
	is(read_file("$at/lower/closed"), '', '1b: and stays as it was below');
	is(without($DAC_OVERRIDE, sub { outcome($guest->append("$at/merged/closed")) }), 'EACCES', '1b: the capability is taken away again');
	$guest->quit;
	sys('umount2', "$at/merged\0", 0);
	sys('umount2', "$at\0", 0);
	rmdir $at;
}

sub append {
	my ($path) = @_;
	open my $file, '>>', $path or return;
	return syswrite $file, "guest\n";
}

# A guest's root is not the host's to be traced or reniced by without the capabilities for it; bcaps count in the comparison.
{
	my $guest = guest($XID, spares => 1);
	my $child = $guest->spawn;
	$child->become_dumpable;
	is(with(1 << 19, sub { $guest->traces($child->pid) }), 0, '1b: a guest traces its own child');
	is(without(1 << 19, sub { $guest->traces($child->pid) }), 0, '1b: also without SYS_PTRACE: both are bounded alike');
	is(without(1 << 19, sub { outcome(scalar $child->trace_me) }), 0, '1b: and a child lets its parent trace it');
	$_->quit for $child, $guest;

	my $other = host();
	my $father = host(spares => 2);
	$child = $father->spawn;
	is($father->ctx_create($XID), $XID, '1b: a task of the host that has a child becomes a guest');
	is($father->leave_setup, 0, '1b: after setup');
	is(without(1 << 19, sub { $father->traces($child->pid) }), 1, '1b: without SYS_PTRACE it does not look into its child of the host');
	is(without(1 << 19, sub { $father->traces($other->pid) }), 1, '1b: nor into another task of the host');
	is(without(1 << 19, sub { outcome(scalar $child->trace_me) }), 'EPERM', '1b: nor does the child let it');
	is(with(1 << 19, sub { $father->traces($child->pid) }), 0, '1b: with the capability it looks into its child');
	is(with(1 << 19, sub { outcome(scalar $child->trace_me) }), 0, '1b: and is let');
	$child->quit;

	$child = $father->spawn;
	my $SYS_NICE = 1 << 23;
	is(without($SYS_NICE, sub { outcome(scalar $father->renice($child->pid)) }), 0, '1b: a guest renices its own child, without SYS_NICE');
	is(without($SYS_NICE, sub { outcome(scalar $father->renice($other->pid)) }), 'EPERM', '1b: but no task of the host');
	is(with($SYS_NICE, sub { outcome(scalar $father->renice($other->pid)) }), 0, '1b: which it does with the capability');
	$_->quit for $child, $father, $other;
}

# A task that enters has the root and the files of where it was still, and no more capabilities than the members.
{
	my $guest = guest($XID, spares => 1);
	my $SYS_PTRACE = 1 << 19;
	for my $enter (['a context', sub { $_[0]->ctx_migrate($XID) }], ['one that it makes', sub { $_[0]->ctx_create($XID + 1) }]) {
		my ($what, $how) = @$enter;
		my $tool = host();
		is(without($SYS_PTRACE, sub { outcome(scalar $guest->looks_into($tool->pid)) }), 'EACCES', '1b: a guest without SYS_PTRACE does not look into a tool of the host');
		ok(defined $how->($tool), "1b: which enters $what");
		is(without($SYS_PTRACE, sub { outcome(scalar $guest->looks_into($tool->pid)) }), 'EACCES', '1b: nor then');
		is(with($SYS_PTRACE, sub { outcome(scalar $guest->looks_into($tool->pid)) }), 1, '1b: with the capability it does');
		$tool->quit;
	}
	my $program = host(spares => 1);
	is(outcome($program->ctx_migrate($XID)), 0, '1b: another enters');
	$program->begin('exec_sleeper');
	ok(wait_for(30, sub { without($SYS_PTRACE, sub { outcome(scalar $guest->looks_into($program->pid)) }) eq 1 }), '1b: and executes a program: it is a member like any');
	kill 'KILL', $program->pid;
	$program->reap;
	$guest->quit;
}

sub looks_into {
	my ($pid) = @_;
	return defined readlink "/proc/$pid/root" ? 1 : undef;
}

# A program that is traced gains by its setuid bit only what its tracer may do to it: that is asked with the credentials that the
# tracer had, but what counts is what the tracer's context has now.
{
	my $SYS_PTRACE = 1 << 19;
	program(04755);
	my $guest = guest($XID, spares => 4);
	my $traced = sub {
		my $child = $guest->spawn;
		is($child->become_user, 1, '1b: an ordinary user of a guest');
		is(cap_line($child->pid, 'Prm'), hex64(0), '1b: who has no capability');
		is(without($SYS_PTRACE, sub { outcome(scalar $guest->seize($child->pid)) }), 'EPERM', '1b: is not traced by root of it without SYS_PTRACE');
		is(with($SYS_PTRACE, sub { outcome(scalar $guest->seize($child->pid)) }), 0, '1b: and is, with the capability');
		is(field('/proc/' . $child->pid . '/status', 'TracerPid'), $guest->pid, '1b: as /proc says');
		return $child;
	};
	my $end_of = sub { my ($child) = @_; $child->begin('exec_program'); return $child->reap };
	my $free = $guest->spawn;
	$free->become_user;
	is(without($SYS_PTRACE, sub { $end_of->($free) }), 0, '1b: a setuid program that nobody traces sets the host name');
	my $child = $traced->();
	is(with($SYS_PTRACE, sub { $end_of->($child) }), 0, '1b: so does one that is traced, while the tracer has SYS_PTRACE');
	$child = $traced->();
	is(without($SYS_PTRACE, sub { $end_of->($child) }), 256, '1b: but not when the tracer has it no longer');
	$child = $traced->();
	is(with($SYS_PTRACE, sub { $end_of->($child) }), 0, '1b: and again when it is given back');
	$guest->quit;
	unlink $PROGRAM;
}

sub seize { return sys('ptrace', 0x4206, $_[0] + 0, 0, 0) }

sub exec_program {
	exec $PROGRAM or Sys::leave(99);
}

sub trace_me { return sys('ptrace', 0, 0, 0, 0) }
sub renice { my ($pid) = @_; return setpriority(0, $pid, 1) ? 0 : undef }

sub traces {
	my ($pid) = @_;
	return defined readlink "/proc/$pid/exe" ? 0 : 1;
}

sys('umount2', "$DIRECTORY\0", 0);
rmdir $DIRECTORY;

ok(settled(), '1b: every context that was made has been freed');
done_testing();
