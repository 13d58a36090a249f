#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1d: the switches in /proc/sys/vserver that make the kernel say what happens to contexts, and what an oops and SysRq tell.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Kmsg;

my $DIR = '/proc/sys/vserver';
my @SWITCH = qw(misc nid space switch xid);
my ($CTX, $NET) = (77, 78);
my $PERSISTENT = cflags('persistent');
# A context or network context in a message: hashed address, id, counts.
my $OBJECT = qr/(?:[0-9a-f]{16}|[0-9a-f]{8})\[#(-?\d+),(\d+)\.(\d+)\]/;
my $PLACE = qr/[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+/;
my @groups;

# What actors are asked to do beside the commands.
sub write_handle { my ($number, $text) = @_; open my $file, '>&=', $number + 0 or return; return syswrite $file, $text }

# map_root(PID): its user namespace's root is the host's.
sub map_root { my ($pid) = @_; return write_file("/proc/$pid/uid_map", "0 0 1\n") }

# A switch, set and read as root of the host does.
sub set { my ($name, $value) = @_; defined write_file("$DIR/debug_$name", "$value\n") or die "debug_$name: $!\n" }
sub value { my $text = read_file("$DIR/debug_$_[0]"); chomp $text if defined $text; return $text }

# said(CODE): what the kernel says of contexts meanwhile, without "vxD: ".
sub said {
	my ($code) = @_;
	my $log = Kmsg->new;
	$code->();
	return map { /^vxD: (.*)/ ? $1 : () } $log->lines;
}

# An option that is left out leaves nothing.
if (!kernel_config('VSERVER_DEBUG')) {
	is_errno(read_file("$DIR/debug_xid"), 'ENOENT', '1d: without the option there are no switches');
	is(get_vci() & 1 << 16, 0, '1d: and the configuration word says so');
	is(scalar(said(sub { get_version() })), 0, '1d: nothing is said of a call');
	is(scalar(said(sub { write_file('/proc/sysrq-trigger', 'x') })), 0, '1d: nor by SysRq');
	done_testing();
	exit;
}
is(get_vci() & 1 << 16, 1 << 16, '1d: the configuration word says that there is debugging');

# The files.
{
	my ($mode, $uid, $gid) = (stat $DIR)[2, 4, 5];
	is(sprintf('%06o %d %d', $mode, $uid, $gid), '040555 0 0', "1d: $DIR is a directory that anybody may enter");
	is(join(' ', list_dir($DIR)), join(' ', map "debug_$_", @SWITCH), '1d: it has the switches of what is built');
	for my $name (@SWITCH) {
		my ($mode, $uid, $gid) = (stat "$DIR/debug_$name")[2, 4, 5];
		is(sprintf('%06o %d %d', $mode, $uid, $gid), '100644 0 0', "1d: debug_$name can be read by all and written by root");
	}
}

# Boot: all is off but what vsdebug= names, up to the first item that is none.
{
	my %expected = map { $_ => 0 } @SWITCH;
	my ($items) = (read_file('/proc/cmdline') || '') =~ /\bvsdebug=(\S*)/;
	my $bad;
	for my $item (split /,/, defined $items ? $items : '') {
		my ($name, $text) = split /=/, $item, 2;
		($bad = $item), last if !exists $expected{$name} || !defined $text || $text !~ /^(?:0x[0-9a-f]+|[0-9a-f]+)$/;
		# What looks like a hexadecimal number and is none in C is 0.
		$expected{$name} = $text =~ /^0(?:x[0-9a-f]+|[0-7]*)$/ ? oct $text : $text =~ /^\d+$/ ? $text : 0;
	}
	is(value($_), $expected{$_}, "1d: debug_$_ at boot") for @SWITCH;
	if (defined $bad) {
		my $dmesg = `dmesg`;
		my ($name) = split /=/, $bad;
		like($dmesg, qr/\bvxW: vsdebug: .*\b\Q$name\E\b/, "1d: the boot said what is wrong with $bad");
	}
	set($_, 0) for @SWITCH;
}

# What may be written: blanks, digits, white space; at most 19 characters behind the leading blanks.
{
	my %good = (
		'7' => 7, "7\n" => 7, ' 7' => 7, "\t\n 7" => 7, ' ' x 100 . '7' => 7, "7 \t\n" => 7, '7' . ' ' x 18 => 7, '0' => 0, '010' => 10,
		'0' x 18 . '7' => 7, '2147483648' => -2147483648, '4294967295' => -1,
	);
	for my $text (sort keys %good) {
		set('misc', 5);
		is(write_file("$DIR/debug_misc", $text), length $text, '1d: ' . TAP::show($text) . ' is taken');
		is(read_file("$DIR/debug_misc"), "$good{$text}\n", "1d: and read as $good{$text}");
	}
	set('misc', 5);
	for my $text ('0x10', '-1', '+1', ' ', "\n", 'on', '7x', '7 8', '7,8', "7\0", "7\0\n", '4294967296', '9' x 19, '0' x 19 . '7', '7' . ' ' x 19, '1 ' . '0' x 30) {
		is_errno(write_file("$DIR/debug_misc", $text), 'EINVAL', '1d: ' . TAP::show($text) . ': EINVAL');
		is(value('misc'), 5, '1d: and nothing has changed');
	}
	sysopen my $file, "$DIR/debug_misc", 2 or die "debug_misc: $!\n";
	is(syswrite($file, '1'), 1, '1d: a number is written');
	is_errno(syswrite($file, '2'), 'EINVAL', '1d: a second write goes on where the first ended: EINVAL');
	is(value('misc'), 1, '1d: the number stands');
	sysseek $file, 0, 0;
	is(syswrite($file, '23'), 2, '1d: from the start it can be written anew');
	sysseek $file, 0, 0;
	my $piecemeal = '';
	1 while sysread $file, $piecemeal, 1, length $piecemeal;
	is($piecemeal, "23\n", '1d: read byte by byte it is the same');
	is_errno(syswrite_from(1), 'EFAULT', '1d: written from a bad address: EFAULT');
	is(value('misc'), 23, '1d: and nothing has changed');
	set('misc', 0);
}

sub syswrite_from {
	my ($address) = @_;
	sysopen my $file, "$DIR/debug_misc", 1 or die "debug_misc: $!\n";
	return sys('write', fileno $file, $address, 2);
}

# Who may write.
{
	sysopen my $open, "$DIR/debug_misc", 1 or die "debug_misc: $!\n";
	$^F = fileno $open;
	my $number = fileno $open;
	my $guest = guest(42, spares => 1);
	my $setup = member(43);
	my $spectator = spectator();
	my $ordinary = host();
	$ordinary->drop_root(1000);
	is($guest->write_file('/proc/sys/kernel/printk', read_file('/proc/sys/kernel/printk')), length read_file('/proc/sys/kernel/printk'),
		'1d: root of a guest may write what belongs to root');
	for my $name (@SWITCH) {
		is($guest->read_file("$DIR/debug_$name"), "0\n", "1d: root of a guest reads debug_$name");
		is_errno($guest->write_file("$DIR/debug_$name", '1'), 'EPERM', "1d: and may not write it: EPERM");
		is_errno($setup->write_file("$DIR/debug_$name", '1'), 'EPERM', "1d: nor a member in setup: EPERM");
		is_errno($ordinary->write_file("$DIR/debug_$name", '1'), 'EACCES', "1d: an ordinary user cannot open it to write: EACCES");
		is(value($name), 0, "1d: debug_$name is still 0");
		is($spectator->write_file("$DIR/debug_$name", '1'), 1, "1d: a spectator may write debug_$name");
		is(value($name), 1, '1d: which takes effect');
		set($name, 0);
	}
	is_errno($guest->write_handle($number, '1'), 'EPERM', '1d: a guest may not write what the host has opened for it');
	is(value('misc'), 0, '1d: nothing has changed');
	my $child = $guest->spawn($Sys::CLONE_NEWUSER);
	ok(map_root($child->pid), '1d: the user namespace of a guest gets the host\'s root as its root');
	is_errno($child->write_handle($number, '1'), 'EPERM', '1d: nor may root of that user namespace write what the host has opened');
	is_errno($child->write_file("$DIR/debug_misc", '1'), 'EPERM', '1d: or it has opened itself');
	is(value('misc'), 0, '1d: nothing has changed');
	is(syswrite($open, '1'), 1, '1d: the host may');
	is(value('misc'), 1, '1d: which takes effect');
	set('misc', 0);
	close $open;
	$_->quit for $child, $guest, $setup, $spectator, $ordinary;
}

# debug_switch: the system call, whoever makes it and whatever comes of it.
{
	my $guest = guest(42);
	is(join(' | ', said(sub { get_version(63); $guest->get_version(63) })), '', '1d: with all switches at 0 nothing is said');
	set('switch', 1);
	my @line = said(sub { get_version(63) });
	is(scalar @line, 1, '1d: debug_switch 1: a call makes one line');
	like($line[0], qr/\Avc: VCMD_0_0_0\(00000000\) id 63, data 0{8}(?:0{8})?, compat [01], flags 0\z/, '1d: which names the command');
	is(join(' ', map /compat (\d)/, @line), compat(), '1d: and whether the caller is of the other ABI');
	my $data = pack 'QQ', 0, 0;
	@line = said(sub { vserver(word('get_cflags'), -1, \$data) });
	like($line[0], qr/\Avc: VCMD_52_1_0\(34010000\) id -1, data [0-9a-f]{8,16}, compat [01], flags 16\z/, '1d: with category, number, version, id and what is asked');
	if (hashes_pointers()) { unlike($line[0], address_of(\$data), '1d: but no address that could be used') }
	else { like($line[0], address_of(\$data), '1d: an address, as in all that a kernel with this debugging prints') }
	@line = said(sub { vserver(0x7d01f002, 3) });
	is(join(' | ', @line), 'vc: VCMD_61_1_2(7d01f002) id 3, data ' . '0' x length($line[0] =~ /data (\w+)/ ? $1 : '') . ', compat ' . compat() . ', flags -1',
		'1d: a word that is none is said to be none');
	is(scalar(said(sub { $guest->get_version(63) })), 1, '1d: a call that is refused makes its line too');
	set('switch', 2);
	is(join(' | ', said(sub { get_version(63); get_cflags(41); vserver(0x7d01f002, 3); $guest->get_version(63) })),
		sprintf('vc: 00000000 returns %d | vc: 34010000 returns -3 | vc: 7d01f002 returns -38 | vc: 00000000 returns -38', get_version(63)),
		'1d: debug_switch 2: what each call returns');
	set('switch', 3);
	is(scalar(said(sub { get_version(63) })), 2, '1d: debug_switch 3: both');
	set('switch', 0xfffffffc);
	is(scalar(said(sub { get_version(63) })), 0, '1d: no other bit makes a line');
	set('switch', 0);
	is(scalar(said(sub { get_version(63) })), 0, '1d: switched off there is none');
	$guest->quit;
}

sub compat { return read_file('/proc/sys/kernel/arch') eq "x86_64\n" && !$Sys::AMD64 ? 1 : 0 }
sub address_of { return qr/data 0*@{[sprintf '%x', Sys::address(${$_[0]})]},/ }
sub unlike { my ($text, $pattern, $title) = @_; ok(defined $text && $text !~ $pattern, $title) }

# One life of a context, or of a network context, with everything that is traced in it.
sub life_of_context {
	my $maker = host(spares => 2);
	$maker->ctx_create($CTX, $PERSISTENT | cflags('state_setup', 'state_init', 'state_admin')) or die "ctx_create: $!\n";
	$maker->leave_setup;
	my $child = $maker->spawn;
	read_file('/proc/' . $child->pid . '/vinfo');
	my $orphan = $child->spawn_orphan;
	$child->quit;
	kill 'KILL', $orphan;
	$maker->wait_for_child($orphan);
	my $entrant = host();
	$entrant->ctx_migrate($CTX, $VServer::SET_REAPER);
	$_->quit for $entrant, $maker;
	set_cflags($CTX, 0, $PERSISTENT);
	settled() or die "context $CTX is not freed\n";
}

sub life_of_network {
	my $maker = host(spares => 1);
	$maker->net_create($NET, $PERSISTENT | 1 << 34) or die "net_create: $!\n";
	my $child = $maker->spawn;
	read_file('/proc/' . $child->pid . '/ninfo');
	my $entrant = host();
	$entrant->net_migrate($NET);
	$_->quit for $entrant, $child, $maker;
	set_nflags($NET, 0, $PERSISTENT);
	wait_for(30, sub { field('/proc/virtnet/status', '#CTotal') == 0 }) or die "network context $NET is not freed\n";
}

# spawn_orphan: a child of the actor's that goes on when the actor has ended.
sub spawn_orphan {
	my $pid = fork;
	return $pid if $pid;
	exec $^X, '-e', 'sleep';
}

sub verbs {
	my %seen;
	$seen{$_}++ for map /^(\w+)/, @_;
	return join ' ', sort keys %seen;
}

# debug_xid and debug_nid: what each bit tells; ? stands for vx_info or nx_info.
ok(settled(), '1d: every context that has ended is freed');
{
	my @bit = (
		['lookup, alloc, dealloc, create', '__create_? __loc_? __lookup_? alloc_? dealloc_?'],
		['the start of a create', 'create'],
		['get and put', 'get_? put_?'],
		['init, set, clr, claim, release', 'claim_? clr_? init_? release_? set_?'],
		['hash and unhash', '__hash_? __unhash_?'],
		['enter and task_get', 'enter task_get'],
		['init, reaper, persistent', 'init persistent reaper'],
		['who inherits', 'child_reaper'],
	);
	my %of_network = (6 => 'persistent', 7 => '');
	for my $case ([xid => \&life_of_context, 'vx_info', {}], [nid => \&life_of_network, 'nx_info', \%of_network]) {
		my ($switch, $life, $suffix, $other) = @$case;
		for my $bit (0 .. 7) {
			set($switch, 1 << $bit);
			my @line = said($life);
			set($switch, 0);
			my ($what, $verbs) = @{$bit[$bit]};
			$verbs = $other->{$bit} if exists $other->{$bit};
			$verbs =~ s/\?/$suffix/g;
			is(verbs(@line), $verbs, "1d: debug_$switch, bit $bit: $what");
		}
		set($switch, ~0 << 8 & 0xffffffff);
		is(join(' | ', said($life)), '', "1d: debug_$switch, the other bits: nothing");
		set($switch, 0);
		is(join(' | ', said($life)), '', "1d: debug_$switch 0: nothing");
	}
}

# The forms, and that nothing is missing: what takes references and claims balances what gives them back.
for my $case ([xid => \&life_of_context, 'vx_info', $CTX], [nid => \&life_of_network, 'nx_info', $NET]) {
	my ($switch, $life, $suffix, $id) = @$case;
	set($switch, 0xffffffff);
	my @line = said($life);
	set($switch, 0);
	my @odd = grep !(
		/^(?:get|put|alloc|dealloc|__hash|__unhash)_$suffix $OBJECT \@$PLACE$/ ||
		/^(?:init|set|clr|claim|release)_$suffix $OBJECT \@[0-9a-f]{8,16} \@$PLACE$/ ||
		/^__(?:loc|lookup|create)_$suffix \[#$id\] -> (?:$OBJECT|0{8,16}\[#0,0\.0\]) \@$PLACE$/ ||
		/^create $suffix #$id flags [0-9a-f]{16}$/ || /^enter $suffix $OBJECT$/ || /^task_get $suffix task \d+ $OBJECT$/ ||
		/^(?:init|reaper) pid \d+ $OBJECT$/ || /^persistent [01] $OBJECT$/ || /^child_reaper child \d+ goes to \d+ $OBJECT$/
	), @line;
	is(join("\n", @odd), '', "1d: debug_$switch: every line has its form");
	my @event = grep /^\w+_$suffix .*$OBJECT/, @line;
	is(join("\n", grep !/\[#$id,/, grep !/ -> 0{8}/, @event), '', "1d: and is about $id");

	# In the beginning: its table, which the hash is told for.
	my ($usecnt, $tasks) = (1, 0);
	for (@event) {
		my ($verb) = /^_*([a-z]+)_/;
		$usecnt++ if /^(?:get|init|set)_/ || /^__lookup.*\[#$id,/;
		$usecnt-- if /^(?:put|clr)_/;
		$tasks++ if /^claim_/;
		$tasks-- if /^release_/;
	}
	is("$usecnt $tasks", '0 0', "1d: debug_$switch: references and claims taken are given back");
	my %at;
	for my $i (0 .. $#event) {
		my ($verb) = $event[$i] =~ /^_*([a-z]+)_/;
		push @{$at{$verb}}, $i;
	}
	my @order = (map($at{$_}[0], qw(alloc loc hash create claim)), map($at{$_}[-1], qw(release unhash dealloc)));
	is(join(' ', @order), join(' ', sort { $a <=> $b } @order), "1d: debug_$switch: alloc, loc, hash, create, claim ... release, unhash, dealloc come in this order");
}

# A create that fails says so and leaves nothing.
{
	my $guest = guest(42);
	set('xid', 1);
	my @line = said(sub { ctx_create(42); ctx_create(0); ctx_create(50000) });
	set('xid', 0);
	my $from = qr/ \@$PLACE/;
	my $none = qr/0{8,16}\[#0,0\.0\]/;
	my @expected = (
		qr/alloc_vx_info $OBJECT$from/, qr/__loc_vx_info \[#42\] -> $OBJECT$from/, qr/dealloc_vx_info $OBJECT$from/, qr/__create_vx_info \[#42\] -> $none$from/,
		qr/__create_vx_info \[#0\] -> $none$from/,
		qr/alloc_vx_info $OBJECT$from/, qr/__loc_vx_info \[#50000\] -> $none$from/, qr/dealloc_vx_info $OBJECT$from/, qr/__create_vx_info \[#50000\] -> $none$from/,
	);
	is(scalar @line, scalar @expected, '1d: three creates that fail: so many lines');
	like($line[$_], qr/\A$expected[$_]\z/, "1d: line $_") for 0 .. $#expected;
	$guest->quit;
}

# debug_misc and debug_space.
{
	my $guest = guest(42);
	set('misc', 1 << 4);
	is(join(' | ', said(sub { ctx_kill(42, -1, 10); ctx_kill(42, 0, 0); ctx_kill(42, 1, 65) })),
		'ctx_kill #42 pid -1 signal 10 | ctx_kill #42 pid 0 signal 0 | ctx_kill: signal 0 for pid ' . $guest->pid . ' returns 0 | ctx_kill #42 pid 1 signal 65',
		'1d: debug_misc, bit 4: what ctx_kill is asked, and whom it signals');
	set('misc', ~(1 << 4) & 0xffffffff);
	is(join(' | ', said(sub { ctx_kill(42, 0, 0) })), '', '1d: the other bits: nothing');
	set('misc', 0);
	$guest->quit;
	set('space', 1 << 4);
	is(join(' | ', said(sub { member(42)->quit })), sprintf('unshare #42 %08x returns 0', $Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC), '1d: debug_space, bit 4: unshare');
	set('space', 0);

	# What is stored and entered, and what is asked of it. What never comes to that makes no line.
	my ($setup, $visitor) = (member(42), host());
	my $parts = $Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC;
	my $use = sub {
		$setup->set_space(-1, $parts, 1);
		set_space(42, 0x200, 0);
		set_space(42, 1, 0);
		set_space(999, $parts, 0);
		$visitor->enter_space(42, 0, 1);
		$visitor->enter_space(42, $Sys::CLONE_NEWNET, 1);
		$visitor->enter_space(42, $parts, 2);
		$visitor->enter_space(999);
		get_space_mask();
		get_space_mask_v0();
		get_space_default();
	};
	my %said = (
		8 => [sprintf('set space #42[1] %08x returns 0', $parts), 'set space #42[0] 00000200 returns 0'],
		9 => [sprintf('enter space #42[1] %08x returns 0', $parts), sprintf('enter space #42[1] %08x returns -22', $Sys::CLONE_NEWNET)],
		10 => [map sprintf('space mask %08x', $_), get_space_mask(), get_space_mask_v0(), get_space_default()],
	);
	my %what = (8 => 'set_space', 9 => 'enter_space', 10 => 'the masks');
	for my $bit (8 .. 10) {
		set('space', 1 << $bit);
		is(join(' | ', said($use)), join(' | ', @{$said{$bit}}), "1d: debug_space, bit $bit: $what{$bit}");
	}
	# Who makes namespaces, for himself or a child. By the host, for 1b-syscall-unshare.t has what a guest may.
	my $maker = host();
	for my $deed ([2, 'new namespaces', 'unshare_here', $Sys::CLONE_NEWUTS, 'new namespaces #0 04000000'],
		[2, 'those of a child', 'fork_once', $Sys::CLONE_NEWIPC, 'new namespaces #0 08000000'],
		[3, 'for a child', 'fork_once', $Sys::CLONE_NEWIPC, 'copy namespaces #0 08000000 returns 0'],
		[4, 'unshare', 'unshare_here', $Sys::CLONE_NEWUTS | $Sys::CLONE_NEWIPC, 'unshare #0 0c000000 returns 0']) {
		my ($bit, $title, $call, $flags, $line) = @$deed;
		set('space', 1 << $bit);
		is(join(' | ', said(sub { $maker->$call($flags) })), $line, "1d: debug_space, bit $bit: $title");
	}
	set('space', 0);
	is(join(' | ', said(sub { $maker->unshare_here($Sys::CLONE_NEWUTS) })), '', '1d: debug_space 0: nothing of it');
	$maker->quit;
	set('space', ~(7 << 8) & 0xffffffff);
	is(join(' | ', said($use)), '', '1d: the other bits: nothing of these');
	set('space', 0);
	is(join(' | ', said($use)), '', '1d: debug_space 0: nothing');
	$_->quit for $setup, $visitor;
}

# The line of a task in a dump of the kernel's names its context. A memory cgroup that is full makes one.
{
	my $mountpoint = "/tmp/1d-cgroup-$$";
	mkdir $mountpoint or die "$mountpoint: $!\n";
	defined sys('mount', 'none', $mountpoint, 'cgroup2', 0, 0) or die "cgroup2: $!\n";
	write_file("$mountpoint/cgroup.subtree_control", '+memory') or die "memory controller: $!\n";
	for my $case ([host(), 'the host', ''], [guest(42), 'a guest', '[#42]'], [spectator(), 'a spectator', '[#1]']) {
		my ($actor, $who, $tag) = @$case;
		my $group = "$mountpoint/" . $actor->pid;
		mkdir $group or die "$group: $!\n";
		push @groups, $group;
		write_file("$group/memory.max", 8 << 20) or die "memory.max: $!\n";
		write_file("$group/cgroup.procs", $actor->pid) or die "cgroup.procs: $!\n";
		my $log = Kmsg->new;
		$actor->begin('fill_memory');
		is($actor->reap, 9, "1d: a task of $who gets no more memory");
		my @line = grep /^CPU: /, $log->lines;
		is(scalar @line, 1, '1d: the kernel dumps its state');
		like($line[0], qr/^CPU: \d+ UID: 0 PID: @{[$actor->pid]}\Q$tag\E Comm: /, "1d: the line of $who has " . ($tag || 'no context'));
	}
	rmdir $_ for @groups;
	defined sys('umount2', $mountpoint, 0) or die "umount: $!\n";
	rmdir $mountpoint;
}

sub fill_memory {
	my @held;
	push @held, 'x' x (1 << 20) while 1;
}

# SysRq x and X: contexts that have ended and are still referred to. A zombie that nobody waits for is such a reference.
{
	ok(settled(), '1d: no context that has ended is left');
	is(join(' | ', sysrq('x')), 'no inactive contexts', '1d: SysRq x says that there is none');
	is(join(' | ', sysrq('X')), 'no inactive contexts', '1d: so does SysRq X');
	my $guest = guest(42);
	my $net = host();
	$net->net_create(43);
	is($guest->set_vhi_name(-1, 'x') || 'refused', 'refused', '1d: a guest does not name itself');
	is(set_vhi_name(42, 'web'), 0, '1d: the host does');
	is(join(' | ', sysrq('x')), 'no inactive contexts', '1d: contexts that run are not shown');
	for my $actor ($guest, $net) {
		$actor->begin('quit');
		ok(wait_for(30, sub { process_state($actor->pid) eq 'Z' }), '1d: its last task ends, and nobody waits for it');
	}
	is_errno(get_cflags(42), 'ESRCH', '1d: the context is gone');
	my @brief = sysrq('x');
	is(scalar @brief, 2, '1d: SysRq x shows one line for each that has ended');
	like($brief[0], qr/\Ainactive context $OBJECT\z/, '1d: that of the context');
	like($brief[1], qr/\Ainactive network context $OBJECT\z/, '1d: that of the network context');
	is(join(' ', map /#(\d+),\d+\.(\d+)/, @brief), '42 0 43 0', '1d: with ids and counts');
	my @long = sysrq('X');
	is(scalar @long, 2, '1d: SysRq X shows them too');
	like($long[0], qr/\Ainactive context $OBJECT serial \d+ flags 0000000400000000 bcaps 00000000fffffeff ccaps 0000000000000000 exit code 0 name web\z/, '1d: and all that it was');
	like($long[1], qr/\Ainactive network context $OBJECT serial \d+ flags 0000000406000200 ncaps 0000000000000000\z/, '1d: of the network context likewise');
	$_->reap for $guest, $net;
	ok(settled(), '1d: once they have been waited for');
	ok(wait_for(30, sub { join(' | ', sysrq('x')) eq 'no inactive contexts' }), '1d: nothing is left to be shown');
}

sub sysrq {
	my ($key) = @_;
	return said(sub { defined write_file('/proc/sysrq-trigger', $key) or die "/proc/sysrq-trigger: $!\n" });
}

is(join(' ', map value($_), @SWITCH), join(' ', (0) x @SWITCH), '1d: all switches are off again');
ok(settled(), '1d: every context that was made has been freed');

done_testing();
