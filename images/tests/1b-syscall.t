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
use Interface;
use Thread;

my $CAP_SYS_ADMIN = 21;
my $CAP_SYS_RESOURCE = 24;
my $BAD_POINTER = 1;
my $UNUSED = 40_000;    # an id that nobody makes here

my ($SETUP, $INIT, $ADMIN) = map cflags($_), qw(state_setup state_init state_admin);
my $ONE_TIME = $SETUP | $INIT | $ADMIN;

sub call { my ($word, $id, $data) = @_; return vserver($word, $id, $data) }
sub namespace { my ($kind) = @_; return readlink "/proc/self/ns/$kind" }

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

# Those that this kernel has: it may be one without the history.
my %built = map { $_->{word} => $_->{built} } Interface::words();
my @COMMAND = grep $built{word($_)}, sort keys %VServer::COMMAND;

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
for my $name (@COMMAND) {
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
my $netted_in_setup = host();
is($netted_in_setup->net_create(302, $SETUP | $ADMIN), 302, '1b: one that is in setup');
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
	$namespaced->unshare_here($Sys::CLONE_NEWUSER);
	my $setup = member(100);
	my $setup_no_admin = member(101);
	$setup_no_admin->drop_capability($CAP_SYS_ADMIN);
	my $setup_no_resource = member(102);
	$setup_no_resource->drop_capability($CAP_SYS_RESOURCE);
	my $setup_namespaced = member(103);
	$setup_namespaced->unshare_here($Sys::CLONE_NEWUSER);
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
		['get_vci',                     word('get_vci'), $UNUSED, $BAD_POINTER,       (vci()) x 5],
		['create_context of one that runs', word('create_context'), 200, $BAD_POINTER, ('EEXIST') x 5],
		['set_vhi_name of a context',   word('set_vhi_name'), 200, 72,                0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_vhi_name of its own',     word('set_vhi_name'), -1, 72,                 'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
		['set_vhi_name with a bad pointer', word('set_vhi_name'), 200, $BAD_POINTER,  'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_vhi_name of one unmanaged', word('set_vhi_name'), 201, 72,              'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['get_vhi_name of a context',   word('get_vhi_name'), 200, 72,                (0) x 5],
		['get_vhi_name of no context, with a bad pointer', word('get_vhi_name'), $UNUSED, $BAD_POINTER, ('ESRCH') x 5],
		['get_vhi_name with a bad pointer', word('get_vhi_name'), 200, $BAD_POINTER,  ('EFAULT') x 5],
		['ctx_stat of a context',       word('ctx_stat'), 200, 8,                     (0) x 5],
		['ctx_stat of no context, with a bad pointer', word('ctx_stat'), $UNUSED, $BAD_POINTER, ('ESRCH') x 5],
		['ctx_stat with a bad pointer', word('ctx_stat'), 200, $BAD_POINTER,          ('EFAULT') x 5],
		['ctx_kill with signal 0',      word('ctx_kill'), 200, 8,                     0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_kill of its own',         word('ctx_kill'), -1, 8,                      'ESRCH', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_kill in no context, with a bad pointer', word('ctx_kill'), $UNUSED, $BAD_POINTER, 'ESRCH', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_kill with a bad pointer', word('ctx_kill'), 200, $BAD_POINTER,          'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['ctx_kill with signal 0 in one unmanaged', word('ctx_kill'), 201, 8,         0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['wait_exit of no context, with a bad pointer', word('wait_exit'), $UNUSED, $BAD_POINTER, ('ESRCH') x 5],
		['get_bcaps of a context',      word('get_bcaps'), 200, 16,                   (0) x 5],
		['get_bcaps with a bad pointer', word('get_bcaps'), 200, $BAD_POINTER,        ('EFAULT') x 5],
		['set_bcaps of a context',      word('set_bcaps'), 200, 16,                   0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_bcaps of its own',        word('set_bcaps'), -1, 16,                    'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
		['set_bcaps of one unmanaged, with a bad pointer', word('set_bcaps'), 201, $BAD_POINTER, 'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_bcaps with a bad pointer', word('set_bcaps'), 200, $BAD_POINTER,        'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['get_ccaps of a context',      word('get_ccaps'), 200, 16,                   (0) x 5],
		['set_ccaps of a context',      word('set_ccaps'), 200, 16,                   0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_ccaps of its own',        word('set_ccaps'), -1, 16,                    'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
		['get_ccaps_v0 of a context',   word('get_ccaps_v0'), 200, 24,                (0) x 5],
		['set_ccaps_v0 of one unmanaged', word('set_ccaps_v0'), 201, 24,              'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_ccaps_v0 with a bad pointer', word('set_ccaps_v0'), 200, $BAD_POINTER,  'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['get_nflags of a network context', word('get_nflags'), 300, 16,              (0) x 5],
		['get_nflags of one unmanaged', word('get_nflags'), 301, 16,                  (0) x 5],
		['set_nflags of a network context', word('set_nflags'), 300, 16,              0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_nflags of its own, which it has not', word('set_nflags'), -1, 16,       'ESRCH', 'EPERM', 'ESRCH', 'EPERM', 'EPERM'],
		['set_nflags of none, with a bad pointer', word('set_nflags'), $UNUSED, $BAD_POINTER, 'ESRCH', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_nflags of one unmanaged', word('set_nflags'), 301, 16,                  'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['get_ncaps of a network context', word('get_ncaps'), 300, 16,                (0) x 5],
		['set_ncaps of a network context', word('set_ncaps'), 300, 16,                0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_ncaps with a bad pointer', word('set_ncaps'), 300, $BAD_POINTER,        'EFAULT', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['task_nid of the caller',      word('task_nid'), 0, 0,                       (0) x 5],
		["task_nid of another's task",  word('task_nid'), $netted->pid, 0,            (300) x 5],
		['task_nid of no task',         word('task_nid'), 0x7fffffff, 0,              ('ESRCH') x 5],
		['nx_info of a network context', word('nx_info'), 300, 8,                     (0) x 5],
		['nx_info of no network context', word('nx_info'), $UNUSED, $BAD_POINTER,     ('ESRCH') x 5],
		['nx_info of its own',          word('nx_info'), -1, 8,                       ('ESRCH') x 5],
		['nx_info of 0',                word('nx_info'), 0, 8,                        ('ESRCH') x 5],
		['nx_info of 1',                word('nx_info'), 1, 8,                        ('ESRCH') x 5],
		['nx_info with a bad pointer',  word('nx_info'), 300, $BAD_POINTER,           ('EFAULT') x 5],
		['net_create of 0',             word('net_create_v0'), 0, 0,                  ('EINVAL') x 5],
		['net_create of 1',             word('net_create_v0'), 1, 0,                  ('EINVAL') x 5],
		['net_create of 65536',         word('net_create_v0'), 65536, 0,              ('EINVAL') x 5],
		['net_create of one that exists', word('net_create_v0'), 300, 0,              ('EEXIST') x 5],
		['net_create of one in setup',  word('net_create_v0'), 302, 0,                ('EBUSY') x 5],
		['net_create with a bad pointer', word('net_create'), 310, $BAD_POINTER,      ('EFAULT') x 5],
		['net_migrate to no network context', word('net_migrate'), $UNUSED, 0,        'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['net_migrate to its own',      word('net_migrate'), -1, 0,                   'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['net_migrate to one unmanaged', word('net_migrate'), 301, 0,                 'EACCES', 'EACCES', 'EPERM', 'EPERM', 'EPERM'],
		['get_space_mask',              word('get_space_mask'), 0, 8,                 (0) x 5],
		['get_space_mask with a bad pointer', word('get_space_mask'), 0, $BAD_POINTER, ('EFAULT') x 5],
		['enter_space of no context, with a bad pointer', word('enter_space'), $UNUSED, $BAD_POINTER, 'ESRCH', 'ESRCH', 'EPERM', 'EPERM', 'EPERM'],
		['enter_space of one unmanaged', word('enter_space_v0'), 201, 0,              'EACCES', 'EACCES', 'EPERM', 'EPERM', 'EPERM'],
		['enter_space with a bad pointer', word('enter_space_v1'), 200, $BAD_POINTER, 'EFAULT', 'EFAULT', 'EPERM', 'EPERM', 'EPERM'],
		['set_space of its own',        word('set_space'), -1, 12,                    'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
		['set_space of a context',      word('set_space_v1'), 200, 8,                 0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['set_space of one unmanaged, with a bad pointer', word('set_space'), 201, $BAD_POINTER, 'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
		['cleanup_namespace in the first', word('cleanup_namespace'), 0, 0,           ('EPERM') x 5],
		['new_s_context of its own',    word('new_s_context'), -2, 8,                 'EINVAL', 'EINVAL', 100, 102, 'EINVAL'],
		['new_s_context of one in setup', word('new_s_context'), 100, 8,              'EINVAL', 'EINVAL', 'EPERM', 'EPERM', 'EPERM'],
	);
	for my $name (qw(umask wmask badness)) {
		push @row,
			["get_$name of a context", word("get_$name"), 200, 16,                       (0) x 5],
			["get_$name of one unmanaged", word("get_$name"), 201, 16,                   (0) x 5],
			["set_$name of a context", word("set_$name"), 200, 16,                       0, 'EPERM', 'EPERM', 'EPERM', 'EPERM'],
			["set_$name of its own", word("set_$name"), -1, 16,                          'ESRCH', 'EPERM', 0, 'EPERM', 'EPERM'],
			["set_$name of one unmanaged, with a bad pointer", word("set_$name"), 201, $BAD_POINTER, 'EACCES', 'EPERM', 'EPERM', 'EPERM', 'EPERM'];
	}
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

	# Every word there is, in the call that has told the host above that it is a command.
	for my $name (sort keys %VServer::COMMAND) {
		for (@stranger) {
			my ($who, $actor) = @$_;
			is_errno($actor->table_call(word($name), 0, $BAD_POINTER), 'ENOSYS', "1b: $name, the word, by $who: ENOSYS");
		}
	}

	# Those that succeed move the caller: each by a caller of its own, whom the last lines refuse.
	is(outcome($setup->ctx_migrate(1)), 'EPERM', '1b: a member in setup does not become a spectator');
	is(outcome($_->[1]->ctx_migrate(1)), 'ENOSYS', "1b: nor does $_->[0]") for @stranger;
	is(outcome($_->[1]->ctx_migrate(200)), 'ENOSYS', "1b: no way into a context for $_->[0]") for @stranger;
	is(outcome($_->[1]->ctx_create(-1)), 'ENOSYS', "1b: nor to a new one for $_->[0]") for @stranger;
	is(outcome($_->[1]->net_migrate(1)), 'ENOSYS', "1b: no way to be a network spectator for $_->[0]") for @stranger;
	is(in_child(sub { net_migrate(1) }), 1, '1b: which the host becomes');
	is(outcome($setup->net_migrate(1)), 'EPERM', '1b: a member in setup does not become a network spectator');
	is($setup->task_xid(0), 100, '1b: who was refused has not moved');
	is($setup->task_nid(0), 0, '1b: in its network context either');
	is($setup->net_create(311), 311, '1b: a member in setup makes a network context');
	is(outcome($setup->net_create(311)), 'EEXIST', '1b: once');
	is(outcome($_->[1]->net_migrate(300)), 'EPERM', "1b: no way into a network context for $_->[0]") for @caller[2 .. 4];
	is($setup->task_nid(0), 311, '1b: who was refused is where it was');
	is($no_resource->net_create(312), 312, '1b: net_create needs no CAP_SYS_RESOURCE');
	is(outcome($no_resource->net_create(312)), 'EEXIST', '1b: and makes nothing twice without it');
	is($spectator->net_create(313), 313, '1b: a spectator makes a network context');
	is($spectator->task_nid(0), 313, '1b: and is in it');
	is($spectator->task_xid(0), 1, '1b: and still a spectator');
	is($no_resource->net_migrate(300), 0, '1b: nor does net_migrate need CAP_SYS_RESOURCE');
	is($no_resource->task_nid(0), 300, '1b: which leads into one');
	is($no_resource->net_migrate(1), 1, '1b: or to be a network spectator');

	# Whoever may look at a context may wait for its end.
	my $ended = guest(210);
	my @waiter = @caller[1 .. 4];
	$_->[1]->begin('wait_exit', 210) for @waiter;
	ok(wait_for(30, sub { @waiter == grep waits_for_exit($_->[1]->pid), @waiter }), '1b: all of them wait for a context');
	$ended->begin('leave_with', 2);
	is(join(' ', $_->[1]->finish), '0 512', "1b: how it ended is told to $_->[0]") for @waiter;
	$ended->reap;

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

# table_call(WORD, ID, DATA): DATA from 8 on stands for a structure of that size, all zero, else for itself.
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

# Every word with data, at an address that is none, and at one where its structure begins and the page ends: EFAULT, and nothing has
# been done of what it says. The object is there; its words are such that none of them is what a zero would leave.
{
	my $member = member(214);
	is($member->net_create(314), 314, '1b: a context and a network context');
	is(set_cflags(214, cflags('virt_load', 'hide_vinfo'), cflags('virt_load', 'hide_vinfo')), 0, '1b: with flags');
	is(set_bcaps(214, 0x1234, -1), 0, '1b: bcaps');
	is(set_ccaps(214, 0x101, -1), 0, '1b: ccaps');
	is(set_umask(214, 0x4000000, -1), 0, '1b: a umask');
	is(set_wmask(214, 0x8000000, -1), 0, '1b: a wmask');
	is(set_badness(214, -5), 0, '1b: a bias');
	is(set_vhi_name(214, 'named'), 0, '1b: a name');
	is(set_nflags(314, 0x100, 0x100), 0, '1b: flags of the network');
	is(set_ncaps(314, 0x1100, -1), 0, '1b: and capabilities of it');
	my $before = state_of(214, 314);
	like($before, qr/named/, '1b: all that is read');

	my $host = host();
	$host->map_pages;
	my %other = (ctx_create => 215, net_create => 315, get_space_mask => 0, get_space_mask_v0 => 0, get_space_default => 0, read_history => 0);
	my $count = 0;
	for my $name (@COMMAND) {
		my $layout = $VServer::COMMAND{$name}{data};
		next if $layout eq '' || $name eq 'wait_exit';    # which comes back when the context has ended
		my $size = length pack $layout, (0) x length $layout;
		my $id = defined $other{$name} ? $other{$name} : $name =~ /^(nx_info|[gs]et_n(flags|caps))$/ ? 314 : 214;
		is_errno($host->call(word($name), $id, $_), 'EFAULT', "1b: $name at $_: EFAULT") for $BAD_POINTER, -4096;
		for my $there ($size - 1, $size >> 1) {
			is_errno($host->cut_short(word($name), $id, $there), 'EFAULT', "1b: $name with $there of its $size bytes: EFAULT");
		}
		isnt(outcome($host->cut_short(word($name), $id, $size)), 'EFAULT', "1b: $name with all of them is something else") if $name =~ /^get|info$|stat$/;
		$count++;
	}
	ok($count > 30, "1b: these were $count words");
	is(state_of(214, 314), $before, '1b: the context is what it was');
	is_errno(get_cflags(215), 'ESRCH', '1b: none has been made');
	is_errno(nx_info(315), 'ESRCH', '1b: nor a network context');
	is($host->task_xid(0), 0, '1b: and the caller has entered none');
	is($host->namespace('uts'), namespace('uts'), '1b: nor its namespaces');
	is($host->cut_short(word('set_bcaps'), 214, 16), 0, '1b: with all of its bytes there a word is written');
	isnt(state_of(214, 314), $before, '1b: and something else is read');
	$_->quit for $host, $member;
}

# state_of(XID, NID): all that can be read of a context and a network context, as text.
sub state_of {
	my ($xid, $nid) = @_;
	my @word = map { my ($name, $id) = @$_; no strict 'refs'; "$name " . join ' ', &$name($id) } map([$_, $xid], qw(vx_info ctx_stat get_cflags get_bcaps
		get_ccaps get_ccaps_v0 get_umask get_wmask get_badness get_vhi_name)), map [$_, $nid], qw(nx_info get_nflags get_ncaps);
	return join "\n", @word, read_file("/proc/virtual/$xid/status"), read_file("/proc/virtnet/$nid/status");
}

my $page_end;

# map_pages: two pages, of which the second cannot be accessed.
sub map_pages {
	my $page = sys('mmap', 0, 8192, 3, 0x22, -1, 0);
	defined $page && defined sys('mprotect', $page + 4096, 4096, 0) or die "mmap: $!\n";
	return $page_end = $page + 4096;
}

# cut_short(WORD, ID, LENGTH): the call with so many bytes before the end of a page: 4 are 0, for a field that is none otherwise, the others 1.
sub cut_short {
	my ($word, $id, $length) = @_;
	pipe my ($from, $to) or die "pipe: $!\n";
	syswrite $to, substr "\0" x 4 . "\1" x $length, 0, $length;
	sys('read', fileno $from, $page_end - $length, $length + 0) == $length or die "read: $!\n";
	return vserver($word, $id, $page_end - $length);
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

# All dynamic ids in use: persistent contexts, one behind the other.
{
	my ($first, $last) = (49152, 65535);
	my $maker = host();
	is(join(' ', $maker->make_all), ($last - $first + 1) . ' EAGAIN', '1b: there are as many contexts as dynamic ids, and then EAGAIN');
	$maker->quit;
	is(in_child(sub { ctx_create(-1) }), 'EAGAIN', '1b: to anybody else as well');
	is(in_child(sub { ctx_create(203) }), 203, '1b: there are other ids');
	is((vx_info($_))[0], $_, "1b: the ends of the range are in use: $_") for $first, $last;
	for my $id (57_000, $last, $first) {
		is(end_contexts($id, $id), 1, "1b: one of them ends ($id)");
		is(in_child(sub { (make_all())[0] && task_xid(0) }), $id, '1b: whoever comes next gets its id');
		is(in_child(sub { ctx_create(-1) }), 'EAGAIN', '1b: and nobody after that any');
	}
	is(end_contexts($first, $last), $last - $first + 1, '1b: all of them end');
	is(read_file('/proc/virtual/status') =~ /^#CActive:\t(\d+)$/m ? $1 : undef, 2, '1b: and leave the two that were there');
}

# make_all: persistent contexts until there can be no more; their number and why it ended.
sub make_all {
	my $flags = cflags('state_setup', 'state_admin', 'persistent');
	my $count = 0;
	$count++ while defined ctx_create(-1, $flags);
	return $count, outcome(undef);
}

# end_contexts(FIRST, LAST): persistent contexts without tasks; how many.
sub end_contexts {
	my ($first, $last) = @_;
	my $persistent = cflags('persistent');
	return scalar grep defined set_cflags($_, 0, $persistent), $first .. $last;
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

	# No limit counts these namespaces.
	my %limit = map { $_ => "/proc/sys/user/max_${_}_namespaces" } qw(uts ipc);
	my %usual = map { $_ => read_file($limit{$_}) } keys %limit;
	is(write_file($limit{$_}, 0), 1, "1b: nobody may make a namespace: $_") for sort keys %limit;
	my $limited = host();
	is_errno($limited->unshare_here($Sys::CLONE_NEWUTS), 'ENOSPC', '1b: unshare(2) is refused');
	is_errno($limited->unshare_here($Sys::CLONE_NEWIPC), 'ENOSPC', '1b: for both');
	is(outcome($limited->ctx_create(203)), 203, '1b: a context is made with its own all the same');
	isnt($limited->namespace($_), $host{$_}, "1b: which are new: $_") for qw(uts ipc);
	$limited->quit;
	is(write_file($limit{$_}, $usual{$_}), length $usual{$_}, "1b: the limit is as before: $_") for sort keys %limit;

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
	is(in_child(sub { ctx_create(-1, $private | $ADMIN) }), 'EACCES', '1b: nor can one with a dynamic id');
	like(in_child(sub { ctx_create(-1, $private | $ADMIN | $SETUP) }), qr/^\d{5}$/, '1b: which in setup can');
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
	my ($uses) = ctx_stat(205);
	is(set_cflags(205, $persistent, $persistent), 0, '1b: a context is made persistent');
	is(set_cflags(205, $persistent, $persistent), 0, '1b: twice');
	is(join(' ', ctx_stat(205)), join(' ', $uses + 1, 2), '1b: it counts as one use and one task more');
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

# A caller's own context, by a negative id, is looked up as any other: nothing of that stays.
{
	my $setup = member(205);
	is($setup->net_create(305), 305, '1b: a member in setup makes a network context');
	my @before = ((ctx_stat(205))[0], field('/proc/virtnet/305/status', 'UseCnt'));
	for my $id (-1, -2, 205) {
		is(($setup->vx_info($id))[0], 205, "1b: it asks for its context ($id)");
		is(($setup->nx_info($id == 205 ? 305 : $id))[0], 305, '1b: and for its network context');
	}
	is(join(' ', (ctx_stat(205))[0], field('/proc/virtnet/305/status', 'UseCnt')), "@before", '1b: both have the uses that they had');
	$setup->quit;
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
	is(parent_of($orphan), 1, '1b: a member that has done nothing for it does not inherit');
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
	is($setup->wait_for_child($foreign), 9, '1b: and waits for it');
	is($comer->set_subreaper, 0, '1b: a member asks to inherit from its own descendants (PR_SET_CHILD_SUBREAPER)');
	$foreign = orphan_of($comer);
	is(parent_of($foreign), $comer->pid, '1b: and comes first');
	kill 'KILL', $foreign;
	is($comer->wait_for_child($foreign), 9, '1b: and waits for it');
	$comer->quit;

	kill 'KILL', $setup->pid;
	$setup->reap;
	is(parent_of($orphan), 1, '1b: when the init ends its orphans go to pid 1');
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

	# Whoever stays behind in the process of the one who dies comes first.
	$first = guest(208, spares => 1);
	my $process = $first->spawn;
	my $child = $process->fork_sleeper;
	$process->begin('first_thread_ends');
	ok(wait_for(30, sub { process_state($process->pid) eq 'Z' }), '1b: the first thread of a process has ended');
	is(parent_of($child), $process->pid, '1b: its child stays with the second');
	$process->quit;
	is(parent_of($child), $first->pid, '1b: and goes to the init with that');
	kill 'KILL', $child;
	is($first->wait_for_child($child), 9, '1b: which waits for it');
	$first->quit;

	# A pid namespace has an init of its own for its orphans.
	$first = guest(208, spares => 2);
	$inner = $first->spawn($Sys::CLONE_NEWPID, 1);
	orphan_of($inner);
	like(read_file(children_of($inner->pid)), qr/^\d+ $/, '1b: an orphan in a pid namespace goes to the init of that');
	is(read_file(children_of($first->pid)), $inner->pid . ' ', "1b: and not to the guest's");
	$_->quit for $inner, $first;

	# The one who inherits is a child of the one who dies: nobody becomes an ancestor of himself.
	my $father = member(209, spares => 2);
	my $heir = $father->spawn;
	my $sibling = $father->spawn;
	is($heir->set_cflags(-1, 0, $INIT), 0, '1b: a child becomes init');
	$father->quit;
	is(parent_of($heir->pid), 1, '1b: its father ends; it does not become its own parent');
	is(parent_of($sibling->pid), $heir->pid, '1b: but that of its sibling');
	kill 'KILL', $_->pid for $heir, $sibling;
	ok(wait_for(30, sub { !defined get_cflags(209) }), '1b: the context ends with them');
}

# Pids in commands are real ones, whatever pid namespace the caller or the task is in.
{
	my $outer = member(206, spares => 2);
	my $inner = $outer->spawn($Sys::CLONE_NEWPID, 1);
	my $second = $inner->spawn;
	my ($real) = (read_file(children_of($inner->pid)) || '') =~ /(\d+)/;
	is($second->pid, 2, '1b: a task in a pid namespace has another number there');
	is($inner->task_xid($real), 206, '1b: task_xid, asked in there, goes by the real pid');
	is($inner->task_xid(2), 0, '1b: 2 is a thread of the kernel');
	is(task_xid($real), 206, '1b: as the host sees it');
	is(outcome(ctx_kill(206, $real, 0)), 0, '1b: ctx_kill goes by the real pid');
	is_errno(ctx_kill(206, 2, 0), 'ESRCH', '1b: and not by the other');
	is(outcome($second->set_cflags(-1, 0, $INIT)), 0, '1b: that task becomes init');
	is((vx_info(206))[1], $real, '1b: vx_info tells the host the real pid');
	is(($inner->vx_info(206))[1], $real, '1b: and those in there, too');
	is(field('/proc/virtual/206/info', 'Init'), $real, '1b: as does info');
	is(field("/proc/$real/vinfo", 'CIPid'), $real, '1b: and vinfo');
	kill 'KILL', $inner->pid;
	$inner->reap;
	$outer->quit;
	ok(wait_for(30, sub { !defined get_cflags(206) }), '1b: the context ends with them');
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

sub children_of { my ($pid) = @_; return "/proc/$pid/task/$pid/children" }
sub parent_of { my ($pid) = @_; return field("/proc/$pid/status", 'PPid') }
sub set_subreaper { return sys('prctl', 36, 1, 0, 0, 0) }

sub init_by_thread {
	my $data = pack 'QQ', 0, cflags('state_init');
	my $thread = Thread->new or die "clone: $!\n";
	my $result = $thread->call($VServer::SYSCALL, word('set_cflags'), -1, \$data);
	$thread->quit;
	return $result;
}

# Orphans go by their own context, wherever the parent that they lose was.
{
	my $first = guest(207, spares => 1);
	my $second = guest(208);

	my $father = host(spares => 2);
	my $left_behind = $father->fork_sleeper;
	is($father->ctx_migrate(207), 0, '1b: a task of the host that has a child enters a guest');
	$father->quit;
	is(task_xid($left_behind), 0, '1b: it ends, and its child of the host is an orphan');
	is(parent_of($left_behind), 1, "1b: which is not the guest's, but goes to pid 1");
	kill 'KILL', $left_behind;

	my $keeper = host(spares => 2);
	is($keeper->set_subreaper, 0, '1b: the host has one that inherits from its descendants');
	$father = $keeper->spawn(0, 1);
	$left_behind = $father->fork_sleeper;
	is($father->ctx_migrate(207), 0, '1b: whose child, with a child, enters a guest');
	$father->quit;
	is(parent_of($left_behind), $keeper->pid, '1b: the host keeps the orphan of the host');
	kill 'KILL', $left_behind;
	$keeper->wait_for_child($left_behind);
	$keeper->quit;

	# A parent that stays outside.
	$father = host(spares => 1);
	my $entered = $father->spawn;
	is($entered->ctx_migrate(207), 0, '1b: a child of the host enters a guest');
	kill 'KILL', $father->pid;
	$father->reap;
	is(parent_of($entered->pid), $first->pid, '1b: when its parent outside ends, the guest inherits it');
	kill 'KILL', $entered->pid;
	$first->wait_for_child($entered->pid);

	# Children in two guests.
	$father = host(spares => 2);
	my @child = map $father->spawn, 1 .. 2;
	is($child[0]->ctx_migrate(207), 0, '1b: one child enters one guest');
	is($child[1]->ctx_migrate(208), 0, '1b: another enters another');
	kill 'KILL', $father->pid;
	$father->reap;
	is(parent_of($child[0]->pid), $first->pid, '1b: each guest inherits its own: the first');
	is(parent_of($child[1]->pid), $second->pid, '1b: and the second');
	for ([$first, $child[0]], [$second, $child[1]]) {
		kill 'KILL', $_->[1]->pid;
		is($_->[0]->wait_for_child($_->[1]->pid), 9, '1b: who has inherited waits for it');
	}
	$_->quit for $first, $second;
}

# ctx_kill.
{
	# Signal 0 first: where a check is missing it hurts nobody.
	is(in_child(sub { ctx_create(220, $ADMIN | cflags('persistent')) }), 220, '1b: a context whose only task has ended');
	is_errno(ctx_kill(220, $_, 0), 'ESRCH', "1b: has nobody to signal as pid $_") for 0, -1, 1, $$, $guest->pid;
	is(set_cflags(220, 0, cflags('persistent')), 0, '1b: it ends');

	my $init = guest(220, spares => 2);
	my @child = map $init->fork_sleeper, 1 .. 2;
	my $other = guest(221);
	my $comer = host(spares => 1);
	is($comer->ctx_migrate(220), 0, '1b: a third member enters');
	my $state = sub { join '', map process_state($_) ? 'a' : '-', $init->pid, @child, $comer->pid };

	is(ctx_kill(220, $_, 0), 0, "1b: signal 0 to pid $_: somebody is there") for 0, -1, 1, @child;
	is($state->(), 'aaaa', '1b: and nothing has happened');
	is_errno(ctx_kill(220, $_, 0), 'ESRCH', "1b: there is no pid $_ in it") for $$, $other->pid, -2, -$child[0], 0x7fffffff;
	is_errno(ctx_kill(220, $_, 9), 'ESRCH', "1b: and it is not killed as one of it: $_") for $$, $other->pid, -2, -$child[0], 0x7fffffff;
	is_errno(ctx_kill(220, 0, $_), 'EINVAL', "1b: there is no signal $_") for 65, -1, 0x7fffffff;
	is_errno(ctx_kill(220, 65, 65), 'EINVAL', '1b: the signal is looked at before the pid');

	is(ctx_kill(220, $child[0], 9), 0, '1b: one process is killed');
	is($init->wait_for_child($child[0]), 9, '1b: by that signal');
	is($state->(), 'a-aa', '1b: and no other');
	is_errno(ctx_kill(220, $child[0], 9), 'ESRCH', '1b: it is not there any more');

	$init->ignore('TERM');
	is(ctx_kill(220, -1, 15), 0, '1b: all but the init get a signal');
	is($init->wait_for_child($child[1]), 15, '1b: it ends one');
	$comer->reap;
	is($state->(), 'a---', '1b: and another; the init is spared');
	is_errno(ctx_kill(220, -1, 15), 'ESRCH', '1b: then there is nobody but the init');
	is(process_state($other->pid) ? 1 : 0, 1, '1b: another guest is left alone');
	is(ctx_kill(220, 1, 9), 0, '1b: the init is killed as pid 1');
	is($init->reap, 9, '1b: and ends');
	is_errno(ctx_kill(220, 0, 9), 'ESRCH', '1b: with it the context');

	# All of it, those included that are gone before a signal comes to their pid, and whoever has threads but no leader.
	my $runner = guest(220);
	$runner->begin('fork_on');
	ok(wait_for(30, sub { (field('/proc/virtual/220/status', 'Tasks') || 0) > 5 }), '1b: eight processes fork and exit without end');
	is(ctx_kill(220, 0, 9), 0, '1b: all of them are killed');
	is($runner->reap, 9, '1b: the init is dead');
	ok(wait_for(30, sub { !defined get_cflags(220) }), '1b: one sweep was enough: the context is gone');

	my $headless = guest(220);
	$headless->begin('first_thread_ends');
	ok(wait_for(30, sub { process_state($headless->pid) eq 'Z' }), '1b: a process lives on without its first thread');
	is(ctx_kill(220, 1, 0), 0, '1b: it is still the init');
	is(ctx_kill(220, 0, 9), 0, '1b: and can be killed');
	is($headless->reap, 9, '1b: and ends');

	# A persistent context without tasks; one without init.
	my $kept = host();
	is($kept->ctx_create(220, $ADMIN | cflags('persistent')), 220, '1b: a persistent context');
	is_errno(ctx_kill(220, 1, 9), 'ESRCH', '1b: without init there is none to kill');
	is(ctx_kill(220, -1, 9), 0, '1b: -1 is then everybody');
	is($kept->reap, 9, '1b: who ends');
	is_errno(ctx_kill(220, 0, 9), 'ESRCH', '1b: a context without a process has nobody to kill');
	is(set_cflags(220, 0, cflags('persistent')), 0, '1b: it ends');

	# Once nobody outside may administrate it.
	$init = guest(220, spares => 1);
	my $child = $init->fork_sleeper;
	is(set_cflags(220, 0, $ADMIN), 0, '1b: the host gives up the administration of a guest');
	is_errno(ctx_kill(220, $_, 9), 'EACCES', "1b: then it does not kill pid $_ of it") for 0, -1, $child;
	is_errno(ctx_kill(220, 0, 0), 'EACCES', '1b: nor asks');
	$init->ignore('INT');
	is(ctx_kill(220, 1, 9), 0, '1b: its init can be asked to end');
	is($init->pid, $init->own_pid, '1b: by SIGINT, which it ignores, while there are others');
	kill 'KILL', $child;
	$init->wait_for_child($child);
	is(ctx_kill(220, 1, 9), 0, '1b: alone it is killed');
	is($init->reap, 9, '1b: by the signal that was asked for');
	$other->quit;
}

sub ignore { $SIG{$_[0]} = 'IGNORE'; return 1 }
sub own_pid { return $$ }

# Eight processes that go on in their child and exit, again and again.
sub fork_on {
	for (1 .. 8) {
		my $pid = fork;
		next if $pid;
		while (1) {
			$pid = fork;
			Sys::leave(0) if $pid;
		}
	}
	sleep;
}

# What is compiled in, names, and the older word to create.
{
	is(sprintf('%08x', get_vci()), field('/proc/virtual/info', 'VCIKernel'), '1b: get_vci answers what /proc/virtual/info shows');
	my $older = host();
	is($older->call(word('create_context'), 224), 224, '1b: the older word creates a context');
	is(hex64(get_cflags(224)), hex64($ONE_TIME), '1b: as ctx_create without flags does');
	is(get_vhi_name(224), '', '1b: it has no name yet');
	is(set_vhi_name(224, 'one'), 0, '1b: the host names it');
	is($older->get_vhi_name(-1), 'one', '1b: which its member reads');
	is($older->set_vhi_name(-1, 'x' x 64), 0, '1b: in setup it may name itself');
	is(get_vhi_name(224), 'x' x 64, '1b: with 64 bytes');
	my $data = pack 'L a68', 0, 'y' x 68;
	is(vserver(word('set_vhi_name'), 224, \$data), 0, '1b: a name that does not end');
	is(get_vhi_name(224), 'y' x 64, '1b: ends all the same');
	for my $field (1 .. 7, 0x80000000, 0xffffffff) {
		is_errno(set_vhi_name(224, 'z', $field), 'EINVAL', "1b: there is no name $field to write");
		is_errno(get_vhi_name(224, $field), 'EINVAL', '1b: nor to read');
	}
	is(get_vhi_name(224), 'y' x 64, '1b: and nothing has changed');
	$older->quit;
	$older = member(224);
	is(get_vhi_name(224), '', '1b: the next context of that id has no name');
	$older->quit;
}

# wait_exit and ctx_stat.
{
	is_errno(wait_exit($UNUSED), 'ESRCH', '1b: there is nothing to wait for');
	my $guest = guest(222, spares => 1);
	is(join(' ', ctx_stat(222)), join(' ', map field('/proc/virtual/222/status', $_), 'UseCnt', 'Tasks'), '1b: ctx_stat counts what /proc shows');
	my $child = $guest->spawn;
	is((ctx_stat(222))[1], 2, '1b: a second task counts');
	my @waiter = map host(), 1 .. 3;
	$_->begin('wait_exit', 222) for @waiter;
	ok(wait_for(30, sub { 3 == grep process_state($_->pid) eq 'S' && waits_for_exit($_->pid), @waiter }), '1b: three wait for the end of a context');
	$guest->quit;
	is((ctx_stat(222))[1], 1, '1b: one of its tasks ends');
	is(scalar(grep waits_for_exit($_->pid), @waiter), 3, '1b: they still wait');
	$child->begin('leave_with', 3);
	for (@waiter) {
		is(join(' ', $_->finish), '0 768', '1b: it ends with its last task; who waits learns that exit code');
		is(outcome($_->get_cflags(222)), 'ESRCH', '1b: and finds it gone');
		$_->quit;
	}
	is_errno(wait_exit(222), 'ESRCH', '1b: who comes later does not wait');

	$guest = guest(222);
	my $waiter = host();
	$waiter->begin('wait_exit', 222);
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: another waits');
	kill 'KILL', $guest->pid;
	$guest->reap;
	is(join(' ', $waiter->finish), '0 9', '1b: a task that was killed tells by which signal');

	$guest = guest(222);
	$waiter->begin('interrupted_wait', 222);
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: one waits that handles a signal');
	kill 'STOP', $waiter->pid;
	ok(wait_for(30, sub { process_state($waiter->pid) eq 'T' }), '1b: it is stopped, for which there is no handler');
	kill 'CONT', $waiter->pid;
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: and waits again when it goes on');
	kill 'USR1', $waiter->pid;
	is($waiter->finish, 'EINTR ' . '00' x 8, '1b: a signal with a handler ends its waiting, and the structure is filled in');
	ok(defined get_cflags(222), '1b: and not the context');

	$waiter->begin('call', word('wait_exit'), 222, 0);
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: one waits and wants to know nothing');
	$guest->quit;
	is($waiter->finish, 0, '1b: no data is fine');

	# At a bad address: it is looked at when there is something to write.
	$guest = guest(222);
	my $other = host();
	$waiter->begin('call', word('wait_exit'), 222, $BAD_POINTER);
	$other->map_pages;
	$other->begin('cut_short', word('wait_exit'), 222, 4);
	ok(wait_for(30, sub { 2 == grep waits_for_exit($_->pid), $waiter, $other }), '1b: two wait, one with a bad pointer, one with half of what it takes');
	$guest->quit;
	is_errno($waiter->finish, 'EFAULT', '1b: EFAULT comes once the context has ended');
	is_errno($other->finish, 'EFAULT', '1b: to both');
	is_errno(get_cflags(222), 'ESRCH', '1b: which it has');
	$_->quit for $waiter, $other;
}

sub leave_with { Sys::leave($_[0] + 0) }

sub interrupted_wait {
	local $SIG{USR1} = sub { };
	my $data = "\xaa" x 8;
	return join ' ', outcome(vserver(word('wait_exit'), $_[0], \$data)), unpack 'H*', $data;
}

# Flags and capabilities of network contexts.
{
	my ($persistent, $private, $hide) = (1 << 38, 0x8, 0x2000000);
	my $netted = host();
	is($netted->net_create(303), 303, '1b: a network context is made');
	is(hex64(get_nflags(303)), '0000000406000200', '1b: its first flags');
	is(hex64((get_nflags(303))[1]), 'fffffffeffffffff', '1b: setup, which it was never in, cannot be written');
	is(set_nflags(303, 0x100, 0x100 | $hide), 0, '1b: flags are written');
	is(hex64(get_nflags(303)), '0000000404000300', '1b: by their mask');
	is(set_nflags(303, $SETUP, $SETUP), 0, '1b: setup is not set');
	is(hex64(get_nflags(303)), '0000000404000300', '1b: without an error');
	is(set_ncaps(303, 0x1100, 0x1100), 0, '1b: capabilities are written');
	is(set_ncaps(303, 0, 0x100), 0, '1b: by their mask');
	is(join(' ', map hex64($_), get_ncaps(303)), '0000000000001000 ffffffffffffffff', '1b: and read');
	like(read_file('/proc/virtnet/303/status'), qr/^NCaps:\t0000000000001000$/m, '1b: as /proc shows');
	is(set_nflags(303, $persistent, $persistent), 0, '1b: it is made persistent');
	$netted->quit;
	is((nx_info(303))[0], 303, '1b: and lives on without a task');
	is(in_child(sub { net_migrate(303) }), 0, '1b: it can be entered');
	is(set_nflags(303, 0, $persistent), 0, '1b: it stops being so');
	is_errno(nx_info(303), 'ESRCH', '1b: and is gone');

	# A member of a context in setup: its own network context, and no other.
	my $setup = member(223);
	is($setup->net_create(303), 303, '1b: a member in setup makes a network context');
	is(outcome($setup->set_nflags(300, 0, 0)), 'EPERM', "1b: it does not write another's flags");
	is($setup->set_nflags($_, $private, $private), 0, "1b: but its own ($_)") for -1, 303;
	is($setup->set_ncaps(303, 0x100, 0x100), 0, '1b: and its capabilities');
	is(outcome($setup->set_ncaps(300, 0x100, 0x100)), 'EPERM', "1b: not another's");
	is(in_child(sub { net_migrate(303) }), 'EACCES', '1b: it is private');
	is($setup->leave_setup, 0, '1b: setup ends');
	is(outcome($setup->set_nflags(-1, 0, 0)), 'ENOSYS', '1b: and with it the right to');
	is(set_nflags(303, 0, $ADMIN), 0, '1b: the host gives up the administration of it');
	is_errno(set_nflags(303, 0, 0), 'EACCES', '1b: for good');
	is(hex64(get_nflags(303)), '0000000006000208', '1b: and still reads');
	$setup->quit;
}

# Network contexts.
{
	my ($a, $b) = map host(), 1 .. 2;
	is($a->net_create(304), 304, '1b: the host makes a network context');
	is(task_nid($a->pid), 304, '1b: and is in it');
	is(task_xid($a->pid), 0, '1b: it stays in xid 0');
	is((nx_info(304))[0], 304, '1b: the network context is found');
	is_errno(vx_info(304), 'ESRCH', '1b: there is no context of that id');
	is(($a->nx_info(-1))[0], 304, '1b: its member asks for its own');
	is(bytes_of(word('nx_info'), 304, 4), '30010000' . 'aa' x 8, '1b: nx_info fills in the nid, 4 bytes');
	is($b->net_migrate(304), 0, '1b: another enters it');
	is(task_nid($b->pid), 304, '1b: and is inside');
	is(task_nid($$), 0, '1b: the others are not');
	is($b->net_migrate(1), 1, '1b: and becomes a network spectator');
	is(task_nid($b->pid), 1, '1b: with nid 1');
	is($a->ctx_create(214), 214, '1b: a member makes a context');
	is(task_nid($a->pid), 304, '1b: and stays in its network context');
	$_->quit for $a, $b;
	is_errno(nx_info(304), 'ESRCH', '1b: it ends with its last task');
	is_errno(net_create($_), 'EINVAL', "1b: net_create of $_: EINVAL") for 0, 1, 65536, -2, 50000;
	ok(in_child(sub { net_create(-1) }) >= 49152, '1b: net_create of -1 takes a dynamic id');

	# In setup nobody else makes it; private and not in setup nobody could be in it, its maker included.
	is_errno(net_create(302), 'EBUSY', '1b: one in setup: EBUSY');
	is_errno(net_create(302, $ADMIN), 'EBUSY', '1b: whatever the flags');
	is(set_nflags(302, 0, $SETUP), 0, '1b: setup ends');
	is_errno(net_create(302), 'EEXIST', '1b: then: EEXIST');
	my $private = 0x8;
	is(in_child(sub { net_create(304, $private | $ADMIN) }), 'EACCES', '1b: a network context that is private and not in setup cannot be made');
	is_errno(nx_info(304), 'ESRCH', '1b: and is not');
	is(in_child(sub { defined net_create(304, $private | $ADMIN) ? 'in' : task_nid(0) }), 0, '1b: nor is its maker in it');
	is(in_child(sub { net_create(304, $private | $ADMIN | $SETUP) }), 304, '1b: in setup it can');
	is(in_child(sub { net_create(-1, $private | $ADMIN) }), 'EACCES', '1b: nor can one with a dynamic id');
	like(in_child(sub { net_create(-1, $private | $ADMIN | $SETUP) }), qr/^\d{5}$/, '1b: which in setup can');
	my $maker = host();
	is($maker->net_create(304, $private | $ADMIN | $SETUP), 304, '1b: one that stays');
	is(in_child(sub { net_migrate(304) }), 0, '1b: in setup is entered');
	is(set_nflags(304, 0, $SETUP), 0, '1b: when that ends');
	is(in_child(sub { net_migrate(304) }), 'EACCES', '1b: it is not');
	$maker->quit;
}

# A context from its beginning to its end, as the tools take it there.
{
	my $task = host();
	my $id = $task->ctx_create(-1);
	ok(defined $id && $id >= 49152, '1b: a context with a dynamic id');
	is(hex64(get_cflags($id)), hex64($ONE_TIME), '1b: begins in setup');
	is($task->set_cflags($id, cflags('info_init'), cflags('info_init')), 0, '1b: where its member may set flags, by its id');
	is_errno(ctx_create($id), 'EBUSY', '1b: and which cannot be made again');
	is_errno(ctx_create($id == 65535 ? 49152 : $id + 1), 'EINVAL', '1b: nor any other of the dynamic ids');
	is($task->set_ccaps_v0($id, 0x344c04ff, 0, 0), 0, '1b: it takes away bcaps, all but those of a guest');
	is(hex64(get_bcaps($id)), hex64(0x344c04ff), '1b: they are gone');
	is(field('/proc/' . $task->pid . '/status', 'CapEff'), hex64((1 << 41) - 1), '1b: its own capabilities are not, in setup');
	is($task->set_cflags($id, 0, $SETUP), 0, '1b: the member ends setup');
	is(field('/proc/' . $task->pid . '/status', 'CapEff'), hex64(0x344c04ff), '1b: then they are');
	is(outcome($task->get_version), 'ENOSYS', '1b: and has no say from then on');
	is(outcome($task->set_cflags($id, 0, 0)), 'ENOSYS', '1b: in its own context either');
	is(set_cflags($id, $SETUP, $SETUP), 0, '1b: the host sets setup again');
	is(hex64(get_cflags($id)), hex64($INIT | $ADMIN | cflags('info_init')), '1b: without effect');
	is(outcome($task->get_version), 'ENOSYS', '1b: the member still has no say');

	my $waiter = host();
	$waiter->begin('wait_exit', $id);
	ok(wait_for(30, sub { waits_for_exit($waiter->pid) }), '1b: the host waits for its end');
	$task->begin('exec_init');
	ok(wait_for(30, sub { process_state($task->pid) eq 'T' }), '1b: the member executes its init, which stops');
	is(task_xid($task->pid), $id, '1b: it is in the context');
	is(field('/proc/' . $task->pid . '/status', $_), hex64(0x344c04ff), "1b: with the capabilities of that ($_)") for qw(CapPrm CapEff CapBnd);
	ok(waits_for_exit($waiter->pid), '1b: the host still waits');
	kill 'CONT', $task->pid;
	is(join(' ', $waiter->finish), '0 1280', '1b: the init exits with 5, which the host learns');
	is_errno(get_cflags($id), 'ESRCH', '1b: the context has ended with it');
	is(-e "/proc/virtual/$id" ? 1 : 0, 0, '1b: and its id is gone');
	is($task->reap, 1280, '1b: the parent of the init learns the same');
	$waiter->quit;
}

sub exec_init { exec $^X, '-e', 'kill "STOP", $$; exit 5' }

$_->quit for $guest, $unmanaged, $netted, $netted_in_setup, $unmanaged_net;
ok(settled(), '1b: every context that was made has been freed');

done_testing();
