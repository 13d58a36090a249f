#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1b: the system call: its words, who may use them, in which order a call is refused, and what the commands do.
#
# A refusal proves nothing on a kernel that refuses everything, so each stands beside the same call by a caller who may.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Thread;

my $CAP_SYS_ADMIN = 21;
my $CAP_SYS_RESOURCE = 24;
my $BAD_POINTER = 1;
my $UNUSED = 40_000;    # an id that nobody makes here

my ($SETUP, $INIT, $ADMIN) = map cflags($_), qw(state_setup state_init state_admin);
my $ONE_TIME = $SETUP | $INIT | $ADMIN;

sub call { my ($word, $id, $data) = @_; return vserver($word, $id, $data) }
sub namespace { my ($kind) = @_; return readlink "/proc/self/ns/$kind" }
sub call_unshare { return sys('unshare', $_[0] + 0) }

# hex64(N): flag words in what is printed.
sub hex64 { my ($n) = @_; return defined $n ? sprintf '%016x', $n : 'undef' }

sub bytes_of {
	my ($word, $id, $length) = @_;
	my $data = "\xAA" x ($length + 8);
	defined vserver($word, $id, \$data) or return;
	return unpack 'H*', $data;
}

# in_child(CODE): CODE's outcome in a child of the host, which ends then; the value travels as text.
sub in_child {
	my ($code) = @_;
	pipe my $result, my $answer or die "pipe: $!\n";
	my $pid = fork;
	if (!$pid) {
		syswrite $answer, outcome($code->());
		Sys::leave(0);
	}
	close $answer;
	sysread $result, my $text, 256;
	waitpid $pid, 0;
	return $text;
}

my $version = (read_file('/proc/cmdline') || '') =~ /\bvserver\.version=(\w+)/ ? oct $1 : 0x00020001;

# The version word.
{
	# On a kernel without the call whatever is refused below would be, and prove nothing.
	is(get_version(63), $version, '1b: get_version answers ' . sprintf '0x%08x', $version) or die "there is no vserver system call\n";
	is(get_version($_), $version, "1b: get_version ignores its id ($_)") for 0, 1, $UNUSED, -1;
	is(call(word('get_version'), 63, $BAD_POINTER), $version, '1b: get_version ignores its data');
	like(read_file('/proc/virtual/info'), sprintf('%04x:%04x', $version >> 16, $version & 0xffff), '1b: /proc/virtual/info has the same version');
}

# Words are compared whole.
for my $name (sort keys %VServer::COMMAND) {
	my $word = word($name);
	isnt(outcome(call($word, 0, $BAD_POINTER)), 'ENOSYS', "1b: $name is a command") or next;
	is_errno(call($word | $_, 0, $BAD_POINTER), 'ENOSYS', sprintf '1b: %s with bit %08x is none', $name, $_) for 0x40000000, 0x80000000, 0x1000, 0x8000;
	is_errno(call($word | 0xffe, 0, $BAD_POINTER), 'ENOSYS', "1b: $name in an unknown version is none");
}
is_errno(call($_, 0), 'ENOSYS', sprintf '1b: %08x, which no kernel ever had, is no command', $_)
	for 0x3D000000, 0x09010002, 0x0B010002, 0x19010002, 0x0A050000, 0x0A060000, 0xffffffff;

# Registers are wider than the arguments on x86_64; what is above them does not count.
if ($Sys::AMD64) {
	my $high = 1 << 32;
	is(call($high | word('get_version'), 63), $version, '1b: the upper half of the word is ignored');
	is(call(word('task_xid'), $high | $$), 0, '1b: the upper half of the id is ignored');
	is_errno(call($high | 0x3D000000, 0), 'ENOSYS', '1b: and does not make a command of what is none');
}

# Contexts to talk about: 200 is run as a guest; 201 has given up its administration. Network contexts: 300, and 301 likewise.
my $guest = guest(200);
my $unmanaged = member(201);
is($unmanaged->set_cflags(-1, 0, $ADMIN), 0, '1b: a member in setup gives up the administration of its context');
my $netted = host();
is($netted->net_create(300), 300, '1b: a network context is made');
my $unmanaged_net = host();
is($unmanaged_net->net_create(301, 0), 301, '1b: and another, without administration');

# Who may do what. Rows: call; columns: callers; a number is the value returned.
{
	my $no_admin = host();
	$no_admin->drop_capability($CAP_SYS_ADMIN);
	my $no_resource = host();
	$no_resource->drop_capability($CAP_SYS_RESOURCE);
	my $ordinary = host();
	$ordinary->drop_root(1000);
	my $namespaced = host();
	$namespaced->call_unshare($Sys::CLONE_NEWUSER);
	my $setup = member(100);
	my $setup_no_admin = member(101);
	$setup_no_admin->drop_capability($CAP_SYS_ADMIN);
	my $setup_no_resource = member(102);
	$setup_no_resource->drop_capability($CAP_SYS_RESOURCE);
	my $setup_namespaced = member(103);
	$setup_namespaced->call_unshare($Sys::CLONE_NEWUSER);
	my $spectator = spectator();

	my @caller = (
		['the host' => host()],
		['the host without CAP_SYS_RESOURCE' => $no_resource],
		['a member in setup' => $setup],
		['a member in setup without CAP_SYS_RESOURCE' => $setup_no_resource],
		['a spectator' => $spectator],
	);
	my @stranger = (
		['the host without CAP_SYS_ADMIN' => $no_admin],
		['an ordinary user' => $ordinary],
		['root of a user namespace' => $namespaced],
		['a member in setup without CAP_SYS_ADMIN' => $setup_no_admin],
		['a member in setup in a user namespace' => $setup_namespaced],
		["a guest's root" => $guest],
	);

	my ($mine, $pid) = (cflags('virt_load'), $guest->pid);
	my @row = (
		# name, word, id, data                                                        host  no_res   setup    setup_no_res spectator
		['get_version',                 word('get_version'), 63, 0,                   ($version) x 5],
		['an unknown word',             0x3D000000, 0, 0,                             ('ENOSYS') x 5],
		['task_xid of the caller',      word('task_xid'), 0, 0,                       0, 0, 100, 102, 1],
		["task_xid of a guest's task",  word('task_xid'), $pid, 0,                    (200) x 5],
		['task_xid of no task',         word('task_xid'), 0x7fffffff, 0,              ('ESRCH') x 5],
		['vx_info of a context',        word('vx_info'), 200, 8,                      (0) x 5],
		['vx_info of no context',       word('vx_info'), $UNUSED, 8,                  ('ESRCH') x 5],
		['vx_info of 0',                word('vx_info'), 0, 8,                        ('ESRCH') x 5],
		['vx_info of 1',                word('vx_info'), 1, 8,                        ('ESRCH') x 5],
		['vx_info of its own',          word('vx_info'), -1, 8,                       'ESRCH', 'ESRCH', 0, 0, 'ESRCH'],
		['vx_info of -7, its own too',  word('vx_info'), -7, 8,                       'ESRCH', 'ESRCH', 0, 0, 'ESRCH'],
		['vx_info with a bad pointer',  word('vx_info'), 200, $BAD_POINTER,           ('EFAULT') x 5],
		['get_cflags of a context',     word('get_cflags'), 200, 16,                  (0) x 5],
		['get_cflags of no context',    word('get_cflags'), $UNUSED, $BAD_POINTER,    ('ESRCH') x 5],
		['get_cflags of its own',       word('get_cflags'), -1, 16,                   'ESRCH', 'ESRCH', 0, 0, 'ESRCH'],
		['get_cflags with a bad pointer', word('get_cflags'), 200, $BAD_POINTER,      ('EFAULT') x 5],
		['get_cflags without a pointer', word('get_cflags'), 200, 0,                  ('EFAULT') x 5],
		['get_cflags of one unmanaged', word('get_cflags'), 201, 16,                  (0) x 5],
		['set_cflags of a context',     word('set_cflags'), 200, 16,                  0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_cflags of its own',       word('set_cflags'), -1, 16,                   'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
		['set_cflags of 100',           word('set_cflags'), 100, 16,                  0, 'EPERM', 0, 'EPERM', 'EPERM'],
		['set_cflags of no context, with a bad pointer', word('set_cflags'), $UNUSED, $BAD_POINTER, 'ESRCH', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_cflags with a bad pointer', word('set_cflags'), 200, $BAD_POINTER,      'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_cflags of one unmanaged, with a bad pointer', word('set_cflags'), 201, $BAD_POINTER, 'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_create of 0',             word('ctx_create_v0'), 0, 0,                  ('EINVAL') x 5],
		['ctx_create of one that runs', word('ctx_create_v0'), 200, 0,                ('EEXIST') x 5],
		['ctx_create of one in setup',  word('ctx_create_v0'), 100, 0,                ('EBUSY') x 5],
		['ctx_create with a bad pointer', word('ctx_create'), 210, $BAD_POINTER,      ('EFAULT') x 5],
		['ctx_migrate to no context',   word('ctx_migrate_v0'), $UNUSED, 0,           'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate to 0',            word('ctx_migrate_v0'), 0, 0,                 'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate to its own',      word('ctx_migrate_v0'), -1, 0,                'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate with a bad pointer', word('ctx_migrate'), 200, $BAD_POINTER,    'EFAULT', 'EFAULT', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate to no context, with a bad pointer', word('ctx_migrate'), $UNUSED, $BAD_POINTER, 'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate to one unmanaged, with a bad pointer', word('ctx_migrate'), 201, $BAD_POINTER, 'EACCES', 'EACCES', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_migrate to one unmanaged', word('ctx_migrate_v0'), 201, 0,                 'EACCES', 'EACCES', 'EPERM', 'EPERM', 'EPERM'],
		['task_nid of the caller',      word('task_nid'), 0, 0,                       (0) x 5],
		["task_nid of another's task",  word('task_nid'), $netted->pid, 0,            (300) x 5],
		['task_nid of no task',         word('task_nid'), 0x7fffffff, 0,              ('ESRCH') x 5],
		['nx_info of a network context', word('nx_info'), 300, 8,                     (0) x 5],
		['nx_info of no network context', word('nx_info'), $UNUSED, $BAD_POINTER,     ('ESRCH') x 5],
		['nx_info of its own',          word('nx_info'), -1, 8,                       ('ESRCH') x 5],
		['nx_info with a bad pointer',  word('nx_info'), 300, $BAD_POINTER,           ('EFAULT') x 5],
		['net_create of 0',             word('net_create_v0'), 0, 0,                  ('EINVAL') x 5],
		['net_create of one that exists', word('net_create_v0'), 300, 0,              ('EEXIST') x 5],
		['net_create with a bad pointer', word('net_create'), 310, $BAD_POINTER,      ('EFAULT') x 5],
		['net_migrate to no network context', word('net_migrate'), $UNUSED, 0,        'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['net_migrate to its own',      word('net_migrate'), -1, 0,                   'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['net_migrate to one unmanaged', word('net_migrate'), 301, 0,                 'EACCES', 'EACCES', 'EPERM', 'EPERM', 'EPERM'],
	);
	for my $row (@row) {
		my ($name, $word, $id, $data, @expected) = @$row;
		for my $i (0 .. $#caller) {
			my ($who, $actor) = @{$caller[$i]};
			is(outcome($actor->table_call($word, $id, $data)), $expected[$i], "1b: $name, by $who: $expected[$i]");
		}
		for (@stranger) {
			my ($who, $actor) = @$_;
			is_errno($actor->table_call($word, $id, $data), 'ENOSYS', "1b: $name, by $who: ENOSYS");
		}
	}

	# Those that succeed move the caller: each by a caller of its own, whom the last lines refuse.
	is(outcome($setup->ctx_migrate(1)), 'EPERM', '1b: a member in setup does not become a spectator');
	is(outcome($_->[1]->ctx_migrate(1)), 'ENOSYS', "1b: nor does $_->[0]") for @stranger;
	is(outcome($_->[1]->ctx_migrate(200)), 'ENOSYS', "1b: no way into a context for $_->[0]") for @stranger;
	is(outcome($_->[1]->ctx_create(-1)), 'ENOSYS', "1b: nor to a new one for $_->[0]") for @stranger;
	is(outcome($setup->net_migrate(1)), 'EPERM', '1b: a member in setup does not become a network spectator');
	is($setup->task_xid(0), 100, '1b: who was refused has not moved');
	is($setup->task_nid(0), 0, '1b: in its network context either');
	is($setup->net_create(311), 311, '1b: a member in setup makes a network context');
	is($no_resource->ctx_create(211), 211, '1b: ctx_create needs no CAP_SYS_RESOURCE');
	is(in_child(sub { Sys::drop_capability($CAP_SYS_RESOURCE); ctx_migrate(200) }), 0, '1b: nor does ctx_migrate');
	is($setup->ctx_create(212), 212, '1b: a member in setup makes a context');
	is(task_xid($setup->pid), 212, '1b: and is in it');
	is_errno(get_cflags(100), 'ESRCH', '1b: and no longer in its own, which has ended');
	is($spectator->ctx_migrate(1), 1, '1b: a spectator may stay one');
	is($spectator->net_migrate(1), 1, '1b: and become a network spectator');
	is($spectator->ctx_create(213), 213, '1b: a spectator makes a context');
	is(task_xid($spectator->pid), 213, '1b: and is in it');
	is_errno(get_cflags(210), 'ESRCH', '1b: a create with a bad pointer has made nothing');
	is_errno(nx_info(310), 'ESRCH', '1b: nor has that of a network context');
	$_->[1]->quit for @caller, grep $_->[1] != $guest, @stranger;
}

# table_call(WORD, ID, DATA): DATA 8 or 16 stands for a structure of that size, all zero, else for itself.
sub table_call {
	my ($word, $id, $data) = @_;
	my $structure = "\0" x $data;
	return vserver($word, $id, $data >= 8 ? \$structure : $data);
}

# Structures: 8 and 16 bytes, the same for every ABI, and nothing is written behind them.
{
	my $pid = unpack 'H*', pack 'L', $guest->pid;
	is(bytes_of(word('vx_info'), 200, 8), "c8000000$pid" . 'aa' x 8, '1b: vx_info fills in xid and the pid of init, 8 bytes');
	is(bytes_of(word('get_cflags'), 200, 16), '00000000040000' . '00' . 'ff' x 4 . 'fcffffff' . 'aa' x 8, '1b: get_cflags fills in flags and mask, 16 bytes');
}

# ctx_create: ids.
{
	for my $id (0, 1, 65536, 0x7fffffff, -2, -65536) {
		is_errno(ctx_create($id), 'EINVAL', "1b: ctx_create of $id: EINVAL");
		is_errno(ctx_create($id, $ONE_TIME), 'EINVAL', "1b: ctx_create of $id with flags: EINVAL");
	}
	is_errno(ctx_create($_), 'EINVAL', "1b: ctx_create of $_, free and dynamic: EINVAL") for 49152 + 4000, 65534, 65535;
	is(in_child(sub { ctx_create(2) }), 2, '1b: ctx_create of 2, the first static id');
	is(in_child(sub { ctx_create(49151) }), 49151, '1b: ctx_create of 49151, the last one');
	is(task_xid(0), 0, '1b: who is refused stays in xid 0');

	my $first = member(-1);
	my $second = member(-1);
	my ($a, $b) = map task_xid($_->pid), $first, $second;
	diag("dynamic ids $a and $b");
	ok($a >= 49152 && $a <= 65535, '1b: ctx_create of -1 takes a dynamic id');
	# The v86 machine is put back to its start for each test file: nobody has taken one yet.
	is($a, 49152, '1b: the first after boot is 49152') if ($ENV{VS_MACHINE} || '') eq 'v86';
	is($b, $a == 65535 ? 49152 : $a + 1, '1b: and the next one is the one behind it');
	is_errno(ctx_create($a), 'EBUSY', '1b: a dynamic id that exists and is in setup: EBUSY');
	is($first->leave_setup, 0, '1b: setup ends');
	is_errno(ctx_create($a), 'EEXIST', '1b: a dynamic id that exists: EEXIST');
	$_->quit for $first, $second;
	is_errno(ctx_create($a), 'EINVAL', '1b: a dynamic id that has ended: EINVAL');
	my $third = in_child(sub { ctx_create(-1) });
	is($third, $b == 65535 ? 49152 : $b + 1, '1b: an id that has ended is not taken again at once');

	# One that runs: EEXIST in any case, a bad id or not; in setup: EBUSY.
	my $setup = member(202);
	is_errno(ctx_create(202), 'EBUSY', '1b: ctx_create of one in setup: EBUSY');
	is($setup->set_cflags(-1, 0, $INIT), 0, '1b: its maker becomes its init, still in setup');
	is_errno(ctx_create(202), 'EBUSY', '1b: ctx_create of it: EBUSY still');
	is($setup->set_cflags(-1, 0, $SETUP), 0, '1b: setup ends');
	is_errno(ctx_create(202), 'EEXIST', '1b: ctx_create of it: EEXIST');
	$setup->quit;
	is(in_child(sub { ctx_create(202) }), 202, '1b: once it has ended the id is free');
}

# ctx_create: flags and namespaces.
{
	my %host = map { $_ => namespace($_) } qw(uts ipc mnt net pid user cgroup);
	my $v0 = member(203);
	is(hex64(get_cflags(203)), hex64($ONE_TIME), '1b: without a flag word a context starts in setup');
	is(hex64((get_cflags(203))[1]), hex64(-1), '1b: and every flag can be changed');
	isnt($v0->namespace($_), $host{$_}, "1b: its maker gets a namespace of its own: $_") for qw(uts ipc);
	is($v0->namespace($_), $host{$_}, "1b: and keeps the host's: $_") for qw(mnt net pid user cgroup);
	my $name = read_file('/proc/sys/kernel/hostname');
	is($v0->set_hostname('inside'), 0, '1b: it sets the host name');
	is($v0->read_file('/proc/sys/kernel/hostname'), "inside\n", '1b: which changes inside');
	is(read_file('/proc/sys/kernel/hostname'), $name, '1b: and not outside');
	$v0->quit;

	my $null = host();
	is($null->call(word('ctx_create'), 203, 0), 203, '1b: version 1 without data is version 0');
	is(hex64(get_cflags(203)), hex64($ONE_TIME), '1b: its flags are those of version 0');
	isnt($null->namespace('uts'), $host{uts}, '1b: and so are its namespaces');
	$null->quit;

	# Bits that nobody knows are kept as they are.
	for my $flags (0, $SETUP, $ADMIN, $SETUP | cflags('virt_uptime'), $ONE_TIME | 1 << 60 | 1 << 62 | 0x800) {
		my $v1 = host();
		is($v1->ctx_create(203, $flags), 203, '1b: a context with the flags ' . hex64($flags));
		is(hex64(get_cflags(203)), hex64($flags), '1b: has exactly these');
		is(hex64((get_cflags(203))[1]), hex64(~$ONE_TIME | $flags & $ONE_TIME), '1b: and what is cleared of the states stays so');
		is($v1->namespace($_), $host{$_}, "1b: its maker keeps the host's namespace: $_") for qw(uts ipc);
		is(outcome($v1->task_xid(0)), $flags & $SETUP ? 203 : 'ENOSYS', '1b: it has a say only in setup');
		is(outcome(ctx_create(203)), $flags & $SETUP ? 'EBUSY' : 'EEXIST', '1b: nobody can make it again');
		$v1->quit;
	}
}

{
	# Nobody could ever be in such a context, its maker included.
	my $private = cflags('info_private');
	is(in_child(sub { ctx_create(203, $private | $ADMIN) }), 'EACCES', '1b: a context that is private and not in setup cannot be made');
	is_errno(get_cflags(203), 'ESRCH', '1b: and is not');
	is(in_child(sub { ctx_create(203, $private | $ADMIN | $SETUP) }), 203, '1b: in setup it can');
}

sub set_hostname {
	my ($name) = @_;
	return sys('sethostname', $name, length $name);
}

# set_cflags: what is written.
{
	my $setup = member(204);
	my ($load, $uptime) = map cflags($_), qw(virt_load virt_uptime);
	is(set_cflags(204, $load, $load | $uptime), 0, '1b: the host sets a flag');
	is(hex64(get_cflags(204)), hex64($ONE_TIME | $load), '1b: it is set');
	is($setup->set_cflags(-1, $uptime, $uptime), 0, '1b: a member in setup sets another');
	is(hex64(get_cflags(204)), hex64($ONE_TIME | $load | $uptime), '1b: both are set');
	is(set_cflags(204, -1, 0), 0, '1b: an empty mask');
	is(hex64(get_cflags(204)), hex64($ONE_TIME | $load | $uptime), '1b: changes nothing');
	is(set_cflags(204, 0, $load), 0, '1b: a flag is cleared');
	is(hex64(get_cflags(204)), hex64($ONE_TIME | $uptime), '1b: only that');
	is(set_cflags(204, 1 << 61 | 0x800, -1 & ~$ONE_TIME), 0, '1b: every flag but the states is written');
	is(hex64(get_cflags(204)), hex64($ONE_TIME | 1 << 61 | 0x800), '1b: bits that nobody knows are kept as they are');
	is(set_cflags(204, $ONE_TIME, -1), 0, '1b: a state that is set can be set again');
	is(hex64(get_cflags(204)), hex64($ONE_TIME), '1b: without effect');

	for my $case (['state_setup', $SETUP], ['state_init', $INIT]) {
		my ($name, $bit) = @$case;
		my ($before) = get_cflags(204);
		is(set_cflags(204, 0, $bit), 0, "1b: $name is cleared");
		is(hex64(get_cflags(204)), hex64($before & ~$bit), '1b: it is cleared');
		is(hex64((get_cflags(204))[1] & $bit), hex64(0), '1b: and is no longer in the mask');
		is(set_cflags(204, $bit | $load, $bit | $load), 0, "1b: $name is set again, together with another flag");
		is(hex64(get_cflags(204)), hex64($before & ~$bit | $load), '1b: the other flag is set, the state is not');
	}
	is((vx_info(204))[1], 0, '1b: a host that clears state_init does not become init');
	is(outcome($setup->get_version), 'ENOSYS', '1b: setup that the host has ended is over for its member too');
	$setup->quit;

	# Once nobody outside may administrate it, only that is refused.
	is_errno(set_cflags(201, 0, 1), 'EACCES', '1b: set_cflags of one unmanaged: EACCES');
	is(set_cflags(200, 0, 1), 0, '1b: of another: done');
	is(hex64(get_cflags(201)), hex64($SETUP | $INIT), '1b: get_cflags of one unmanaged is allowed');
	is((vx_info(201))[0], 201, '1b: vx_info too');

	is_errno(call(word('set_cflags'), 200, $BAD_POINTER), 'EFAULT', '1b: set_cflags with a bad pointer: EFAULT');
	is(hex64(get_cflags(200)), hex64($ADMIN), '1b: nothing has changed');
}

# A persistent context: one reference, however often the flag is set.
{
	my $persistent = cflags('persistent');
	my $setup = member(205);
	is(set_cflags(205, $persistent, $persistent), 0, '1b: a context is made persistent');
	is(set_cflags(205, $persistent, $persistent), 0, '1b: twice');
	is(field('/proc/virtual/205/status', 'Tasks'), 2, '1b: it counts as one task more');
	$setup->quit;
	is(hex64(get_cflags(205)), hex64($ONE_TIME | $persistent), '1b: it lives on without a task');
	is(in_child(sub { ctx_migrate(205) }), 0, '1b: it can be entered');
	is(hex64(get_cflags(205)), hex64($ONE_TIME | $persistent), '1b: and left');
	is(set_cflags(205, 0, $persistent), 0, '1b: it stops being persistent');
	is_errno(get_cflags(205), 'ESRCH', '1b: and has ended when the call returns');

	my $other = host();
	is($other->ctx_create(205, $ADMIN | $persistent), 205, '1b: a context is persistent from the start');
	is(set_cflags(205, 0, $persistent), 0, '1b: it stops being so while it has a task');
	is(hex64(get_cflags(205)), hex64($ADMIN), '1b: and lives on');
	is(field('/proc/virtual/205/status', 'Tasks'), 1, '1b: with that task');
	$other->quit;
	is_errno(get_cflags(205), 'ESRCH', '1b: until that ends');
}

# ctx_migrate.
{
	for my $case (['version 0'], ['version 1', 0]) {
		my ($name, @flags) = @$case;
		my $mover = host(spares => 1);
		is($mover->ctx_migrate(200, @flags), 0, "1b: the host enters a context ($name)");
		is(task_xid($mover->pid), 200, '1b: and is inside');
		is((vx_info(200))[1], $guest->pid, '1b: its init stays the same');
		my $child = $mover->spawn;
		is(task_xid($child->pid), 200, '1b: its children are inside too');
		$_->quit for $child, $mover;
	}
	is(in_child(sub { call(word('ctx_migrate'), 200, 0) }), 0, '1b: version 1 needs no data');
	is(in_child(sub { defined call(word('ctx_migrate'), 200, $BAD_POINTER) ? 'in' : task_xid(0) }), 0, '1b: with a bad pointer it leaves the caller where it was');
	is(field('/proc/virtual/200/status', 'Tasks'), 1, '1b: afterwards its own task is all there is');

	my $private = cflags('info_private');
	my $setup = member(206);
	is(set_cflags(206, $private, $private), 0, '1b: a context is made private');
	is(in_child(sub { ctx_migrate(206) }), 0, '1b: in setup it may still be entered');
	is($setup->leave_setup, 0, '1b: setup ends');
	is(in_child(sub { ctx_migrate(206, @$_) }), 'EACCES', '1b: then it is closed: EACCES') for [], [0];
	is(set_cflags(206, 0, $private), 0, '1b: it stops being private');
	is(in_child(sub { ctx_migrate(206) }), 0, '1b: and may be entered');
	$setup->quit;

	my $spectator = spectator(spares => 1);
	is($spectator->task_xid(0), 1, '1b: who migrates to 1 is a spectator');
	my $child = $spectator->spawn;
	is(task_xid($child->pid), 1, '1b: and so are its children');
	is(outcome($child->ctx_migrate(200)), 'EPERM', '1b: a spectator does not enter a context');
	is(($child->vx_info(200))[0], 200, '1b: but looks at it');
	is_errno(get_cflags(1), 'ESRCH', '1b: there is no context 1');
	is($child->ctx_migrate(1, 0), 1, '1b: and stays one, by version 1 as well');
	$_->quit for $child, $spectator;
}

# The init of a context.
{
	my $setup = member(207, spares => 2);
	is((vx_info(207))[1], 0, '1b: a new context has no init');
	my $child = $setup->spawn;
	is($setup->set_cflags(-1, 0, $INIT), 0, '1b: a member clears state_init');
	is((vx_info(207))[1], $setup->pid, '1b: and is the init of its context');
	is($child->set_cflags(-1, 0, $INIT), 0, '1b: another member does so too late');
	is((vx_info(207))[1], $setup->pid, '1b: the init stays the same');
	$setup->begin('quit');
	ok(wait_for(30, sub { process_state($setup->pid) eq 'Z' }), '1b: the init has ended');
	is((vx_info(207))[1], 0, '1b: the context lives on without one, even before anybody has waited for it');
	$setup->reap;
	is((vx_info(207))[1], 0, '1b: and afterwards');
	kill 'KILL', $child->pid;
	ok(wait_for(30, sub { !defined get_cflags(207) }), '1b: it ends with its last task');

	# An init that goes on into another context is no longer one.
	$setup = member(207, spares => 1);
	$child = $setup->spawn;
	is($setup->set_cflags(-1, 0, $INIT), 0, '1b: a member clears state_init');
	is((vx_info(207))[1], $setup->pid, '1b: and is the init of its context');
	is($setup->ctx_create(208), 208, '1b: it goes on into another context');
	is((vx_info(207))[1], 0, '1b: the one that it left has no init');
	is((vx_info(208))[1], 0, '1b: nor has the other');
	$child->quit;
	$setup->quit;

	# Entered as its init; nobody but the init changes.
	my $first = guest(208);
	my $second = host();
	is($second->ctx_migrate(208, $VServer::SET_INIT), 0, '1b: the host enters as init');
	is((vx_info(208))[1], $second->pid, '1b: and is it');
	$second->quit;
	is((vx_info(208))[1], 0, '1b: when it ends there is none');
	is(in_child(sub { ctx_migrate(208, 1 << 40 | 4) }), 0, '1b: unknown bits do not matter');
	is((vx_info(208))[1], 0, '1b: and do nothing');
	$first->quit;

	# A thread that clears state_init makes its process the init.
	my $threads = member(209);
	is($threads->init_by_thread, 0, '1b: a thread clears state_init');
	is((vx_info(209))[1], $threads->pid, '1b: its process is the init');
	$threads->quit;
}

# Who inherits the orphans of a context.
{
	my $setup = member(207, spares => 4);
	my $orphan = orphan_of($setup);
	isnt(parent_of($orphan), $setup->pid, '1b: a member that has done nothing for it does not inherit');
	kill 'KILL', $orphan;
	is($setup->set_cflags(-1, 0, $INIT), 0, '1b: a member becomes init');
	$orphan = orphan_of($setup);
	is(parent_of($orphan), $setup->pid, '1b: and inherits an orphan');
	is(task_xid($orphan), 207, '1b: which stays in its context');

	# One that is not its ancestor, and whoever asked for the job before.
	my $comer = host(spares => 2);
	is($comer->ctx_migrate(207), 0, '1b: the host enters');
	my $foreign = orphan_of($comer);
	is(parent_of($foreign), $setup->pid, '1b: the init inherits from who is not its child, too');
	kill 'KILL', $foreign;
	$setup->wait_for_child($foreign);
	is($comer->set_subreaper, 0, '1b: a member asks to inherit from its own descendants (PR_SET_CHILD_SUBREAPER)');
	$foreign = orphan_of($comer);
	is(parent_of($foreign), $comer->pid, '1b: and comes first');
	kill 'KILL', $foreign;
	$comer->wait_for_child($foreign);
	$comer->quit;

	kill 'KILL', $setup->pid;
	$setup->reap;
	isnt(parent_of($orphan), $setup->pid, '1b: when the init ends its orphans go elsewhere');
	is(task_xid($orphan), 207, '1b: and stay in the context');
	kill 'KILL', $orphan;
	ok(wait_for(30, sub { !defined get_cflags(207) }), '1b: which ends with the last of them');

	# Somebody of the host who inherits from its descendants does not take a guest's orphans from it.
	my $outer = host(spares => 3);
	is($outer->set_subreaper, 0, '1b: the host has one that inherits');
	my $inner = $outer->spawn(0, 2);
	is($inner->ctx_create(207), 207, '1b: whose child makes a context');
	$orphan = orphan_of($inner);
	is(parent_of($orphan), $outer->pid, '1b: before that has an init, it inherits');
	kill 'KILL', $orphan;
	$outer->wait_for_child($orphan);
	is($inner->leave_setup, 0, '1b: the child becomes init');
	$orphan = orphan_of($inner);
	is(parent_of($orphan), $inner->pid, '1b: from then on the guest keeps its orphans');
	kill 'KILL', $orphan;
	$inner->wait_for_child($orphan);
	$inner->quit;
	$outer->quit;

	# Entered for it.
	my $first = guest(208);
	my $third = host(spares => 1);
	is($third->ctx_migrate(208, $VServer::SET_REAPER), 0, '1b: the host enters as the one who inherits');
	is((vx_info(208))[1], $first->pid, '1b: the init stays the same');
	$orphan = orphan_of($third);
	is(parent_of($orphan), $third->pid, '1b: who entered so inherits');
	kill 'KILL', $orphan;
	$third->wait_for_child($orphan);
	$_->quit for $first, $third;

	# The one who inherits is a child of the one who dies: nobody becomes a parent of himself.
	my $father = member(209, spares => 2);
	my $heir = $father->spawn;
	my $sibling = $father->spawn;
	is($heir->set_cflags(-1, 0, $INIT), 0, '1b: a child becomes init');
	$father->quit;
	isnt(parent_of($heir->pid), $heir->pid, '1b: its father ends; it does not become its own parent');
	isnt(parent_of($sibling->pid), $heir->pid, '1b: nor that of its sibling');
	isnt(parent_of($_->pid), $father->pid, '1b: both have another one') for $heir, $sibling;
	kill 'KILL', $_->pid for $heir, $sibling;
	ok(wait_for(30, sub { !defined get_cflags(209) }), '1b: the context ends with them');
}

# orphan_of(ACTOR): a grandchild whose parent has ended and been waited for; its pid.
sub orphan_of {
	my ($actor) = @_;
	my $child = $actor->spawn;
	my $orphan = $child->fork_sleeper;
	$child->quit;
	return $orphan;
}

sub fork_sleeper {
	my $pid = fork;
	exec $^X, '-e', 'sleep' if defined $pid && !$pid;
	return $pid;
}

sub parent_of { my ($pid) = @_; return field("/proc/$pid/status", 'PPid') }
sub set_subreaper { return sys('prctl', 36, 1, 0, 0, 0) }

sub init_by_thread {
	my $data = pack 'QQ', 0, cflags('state_init');
	my $thread = Thread->new or die "clone: $!\n";
	my $result = $thread->call($VServer::SYSCALL, word('set_cflags'), -1, \$data);
	$thread->quit;
	return $result;
}

# Network contexts.
{
	my ($a, $b) = map host(), 1 .. 2;
	is($a->net_create(302), 302, '1b: the host makes a network context');
	is(task_nid($a->pid), 302, '1b: and is in it');
	is(task_xid($a->pid), 0, '1b: it stays in xid 0');
	is((nx_info(302))[0], 302, '1b: the network context is found');
	is_errno(vx_info(302), 'ESRCH', '1b: there is no context of that id');
	is(($a->nx_info(-1))[0], 302, '1b: its member asks for its own');
	is(bytes_of(word('nx_info'), 302, 4), '2e010000' . 'aa' x 8, '1b: nx_info fills in the nid, 4 bytes');
	is($b->net_migrate(302), 0, '1b: another enters it');
	is(task_nid($b->pid), 302, '1b: and is inside');
	is(task_nid($$), 0, '1b: the others are not');
	is($b->net_migrate(1), 1, '1b: and becomes a network spectator');
	is(task_nid($b->pid), 1, '1b: with nid 1');
	is($a->ctx_create(214), 214, '1b: a member makes a context');
	is(task_nid($a->pid), 302, '1b: and stays in its network context');
	$_->quit for $a, $b;
	is_errno(nx_info(302), 'ESRCH', '1b: it ends with its last task');
	is_errno(net_create($_), 'EINVAL', "1b: net_create of $_: EINVAL") for 0, 1, 65536, -2, 50000;
	ok(in_child(sub { net_create(-1) }) >= 49152, '1b: net_create of -1 takes a dynamic id');
}

# A context from its beginning to its end, as the tools take it there.
{
	my $task = host();
	my $id = $task->ctx_create(-1);
	ok(defined $id && $id >= 49152, '1b: a context with a dynamic id');
	is(hex64(get_cflags($id)), hex64($ONE_TIME), '1b: begins in setup');
	is($task->set_cflags($id, cflags('info_init'), cflags('info_init')), 0, '1b: where its member may set flags, by its id');
	is_errno(ctx_create($id), 'EBUSY', '1b: and which cannot be made again');
	is($task->set_cflags($id, 0, $SETUP), 0, '1b: the member ends setup');
	is(outcome($task->get_version), 'ENOSYS', '1b: and has no say from then on');
	is(outcome($task->set_cflags($id, 0, 0)), 'ENOSYS', '1b: in its own context either');
	is(set_cflags($id, $SETUP, $SETUP), 0, '1b: the host sets setup again');
	is(hex64(get_cflags($id)), hex64($INIT | $ADMIN | cflags('info_init')), '1b: without effect');
	is(outcome($task->get_version), 'ENOSYS', '1b: the member still has no say');
	$task->quit;
	is_errno(get_cflags($id), 'ESRCH', '1b: the context ends with its task');
}

$_->quit for $guest, $unmanaged, $netted, $unmanaged_net;
ok(settled(), '1b: every context that was made has been freed');

done_testing();
