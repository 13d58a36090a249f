# SPDX-License-Identifier: GPL-2.0-only
package VServer;
use strict;

our $VERSION = '0.1';

# The number depends on the ABI of the Perl that runs, not on the kernel's: an i386 Perl on x86_64 enters through 273.
our $SYSCALL = length(pack 'L!', 0) == 8 ? 236 : 273;

# 64-bit integers stand at multiples of 8 on x86_64 and of 4 on i386: where that makes a hole.
my $HOLE = length(pack 'L!', 0) == 8 ? 'x4' : '';

# A row a command: name, word, layout of the data (pack template; '' means none), and which way it goes: `in` to the kernel, `out` of it, `both`. A
# function below only where there is more to do than pack, call and unpack; the others follow from their rows.
our %COMMAND = map { $_->[0] => {word => $_->[1], data => $_->[2], way => $_->[3] || ''} } (
	[get_version    => 0x00000000, ''],
	[get_vci        => 0x00010000, ''],
	[create_context => 0x01010000, ''],      # the older name of ctx_create_v0
	[set_vhi_name   => 0x02010000, 'LZ65x3', 'in'], # field, name
	[get_vhi_name   => 0x02020000, 'LZ65x3', 'both'], # field, name
	[set_mapping    => 0x06010000, "ppL$HOLE", 'in'], # device, target, flags
	[unset_mapping  => 0x06020000, "ppL$HOLE", 'in'],
	[ctx_create_v0  => 0x09010000, ''],
	[ctx_create     => 0x09010001, 'Q', 'in'], # flagword
	[enter_space_v0 => 0x0A010000, ''],
	[enter_space_v1 => 0x0A010001, 'Q', 'in'], # mask
	[enter_space    => 0x0A010002, 'QL', 'in'], # mask, slot
	[cleanup_namespace => 0x0A020000, ''],
	[set_space_v0   => 0x0A030000, ''],
	[set_space_v1   => 0x0A030001, 'Q', 'in'], # mask
	[set_space      => 0x0A030002, 'QL', 'in'], # mask, slot
	[get_space_mask_v0 => 0x0A040000, 'Q', 'out'], # mask
	[ctx_migrate_v0 => 0x0B010000, ''],
	[ctx_migrate    => 0x0B010001, 'Q', 'in'], # flagword
	[ctx_kill       => 0x0C010000, 'll', 'in'], # pid, signal
	[set_sched_v2   => 0x0E010002, "l5${HOLE}Q", 'in'], # fill rate, interval, tokens, their least, their most; mask of CPUs
	[set_sched_v3   => 0x0E010003, 'Ll6', 'in'], # mask of fields; the same five, priority bias
	[set_sched_v4   => 0x0E010004, 'Ll8', 'in'], # those, CPU, bucket
	[set_sched      => 0x0E010005, 'Ll10', 'in'], # mask of fields, CPU, bucket, two fill rates, two intervals, tokens, least, most, priority bias
	[get_sched      => 0x0E020005, 'Ll10', 'both'],
	[sched_info     => 0x0E030000, 'llQQQLl', 'both'], # CPU, bucket; ms in user space, in the kernel, on hold; us of a token, bonus
	[set_prio_bias  => 0x0E040000, 'll', 'in'], # CPU, bias
	[get_prio_bias  => 0x0E050000, 'll', 'both'],
	[get_badness    => 0x14050000, 'q', 'out'], # bias
	[set_badness    => 0x14060000, 'q', 'in'], # bias
	[net_create_v0  => 0x19010000, ''],
	[net_create     => 0x19010001, 'Q', 'in'], # flagword
	[net_add        => 0x1A010000, 'SSN4N4', 'in'], # type, count, four addresses, four masks
	[net_add_ipv4_v1 => 0x1A010001, 'SSNN', 'in'], # type, flags, address, mask
	[net_add_ipv4   => 0x1A010002, 'SSNNN', 'in'], # type, flags, address, end of the range, mask
	[net_remove     => 0x1A020000, 'SSN4N4', 'in'],
	[net_rem_ipv4_v1 => 0x1A020001, 'SSNN', 'in'],
	[net_rem_ipv4   => 0x1A020002, 'SSNNN', 'in'],
	[net_add_ipv6   => 0x1A030001, 'SSLa16a16', 'in'], # type, flags, length of the prefix, address, mask
	[net_remove_ipv6 => 0x1A040001, 'SSLa16a16', 'in'],
	[net_migrate    => 0x1B010000, ''],
	[tag_migrate    => 0x23010000, ''],
	[add_dlimit     => 0x24010000, "pL$HOLE", 'in'], # path, flags
	[rem_dlimit     => 0x24020000, "pL$HOLE", 'in'],
	[set_dlimit     => 0x24050000, 'pL6', 'in'], # path; KiB used, in all; files used, in all; percent reserved; flags
	[get_dlimit     => 0x24060000, 'pL6', 'both'],
	[get_iattr      => 0x26010001, "pLLL$HOLE", 'both'], # path, tag, flags, mask
	[set_iattr      => 0x26020001, "pLLL$HOLE", 'both'],
	[fget_iattr     => 0x26030000, 'LLL', 'both'], # tag, flags, mask
	[fset_iattr     => 0x26040000, 'LLL', 'both'],
	[ctx_stat       => 0x28000000, 'LL', 'out'], # usecnt, tasks
	[rlimit_stat    => 0x28010000, 'LLQQQ', 'both'], # resource, hits, value, least, most
	[virt_stat      => 0x28030000, 'QQL5L3', 'out'], # ns of offset, of uptime; threads, running, uninterruptible, on hold, forks; three loads
	[sock_stat      => 0x28050000, 'LL3Q3', 'both'], # kind; count and bytes received, sent, failed
	[task_xid       => 0x2E010000, ''],
	[task_nid       => 0x2E020000, ''],
	[task_tag       => 0x2E030000, ''],
	[vx_info        => 0x2E050000, 'LL', 'out'], # xid, initpid
	[nx_info        => 0x2E060000, 'L', 'out'], # nid
	[wait_exit      => 0x30630000, 'll', 'out'], # reboot command, exit code
	[get_cflags     => 0x34010000, 'QQ', 'out'], # flagword, mask
	[set_cflags     => 0x34020000, 'QQ', 'in'], # flagword, mask
	[get_ccaps_v0   => 0x34030000, 'QQQ', 'out'], # bcaps, ccaps, mask of ccaps
	[get_ccaps      => 0x34030001, 'QQ', 'out'], # ccaps, mask
	[set_ccaps_v0   => 0x34040000, 'QQQ', 'in'], # bcaps to keep, ccaps, mask of ccaps
	[set_ccaps      => 0x34040001, 'QQ', 'in'], # ccaps, mask
	[get_nflags     => 0x34050000, 'QQ', 'out'], # flagword, mask
	[set_nflags     => 0x34060000, 'QQ', 'in'], # flagword, mask
	[get_ncaps      => 0x34070000, 'QQ', 'out'], # ncaps, mask
	[set_ncaps      => 0x34080000, 'QQ', 'in'], # ncaps, mask
	[get_bcaps      => 0x34090000, 'QQ', 'out'], # bcaps, mask
	[set_bcaps      => 0x340A0000, 'QQ', 'in'], # bcaps, mask
	[get_umask      => 0x340D0000, 'QQ', 'out'], # umask, mask
	[set_umask      => 0x340E0000, 'QQ', 'in'], # umask, mask
	[get_wmask      => 0x340F0000, 'QQ', 'out'], # wmask, mask
	[set_wmask      => 0x34100000, 'QQ', 'in'], # wmask, mask
	[get_space_mask => 0x36000001, 'Q', 'out'], # mask
	[get_space_default => 0x36010000, 'Q', 'out'], # mask
	[dump_history   => 0x38010000, ''],
	[read_history   => 0x38050000, 'LLL!'],  # index, count, address of the entries
	[read_monitor   => 0x38060000, 'LLL!'],
	[get_rlimit     => 0x3C010000, "L${HOLE}QQQ", 'both'], # resource, least, soft, hard
	[set_rlimit     => 0x3C020000, "L${HOLE}QQQ", 'in'],
	[get_rlimit_mask => 0x3C030000, 'LLL', 'out'], # resources that have a least, a soft, a hard limit
	[reset_hits     => 0x3C070000, ''],
	[reset_minmax   => 0x3C090000, ''],
	[new_s_context  => 0x3F010001, 'LL', 'in'], # capabilities to remove, flags to add
	[set_ipv4root   => 0x3F020003, 'NN32', 'in'], # broadcast; 16 pairs of address and mask. The id is how many count
);

# An entry of the history: place, sequence, type, context, xid, usecnt, tasks, slot or task or id.
our $ENTRY = length(pack 'L!', 0) == 8 ? 'QSSx4QLLLx4Q' : 'LSSLLLLL';
our $ENTRY_SIZE = length pack $ENTRY, (0) x 8;

# The types of entries, by number.
our @EVENT = qw(unused oops get put init set clr claim release alloc dealloc hash unhash loc lookup create);

# Context flags by the names of util-vserver. The upper half is shifted: a literal over 32 bits draws a warning.
our %CFLAG = (
	info_lock => 0x1, info_private => 0x8, info_init => 0x10, info_namespace => 0x80, virt_mem => 0x10000, virt_uptime => 0x20000, virt_load => 0x80000,
	hide_mount => 0x1000000, hide_vinfo => 0x4000000,
	state_setup => 1 << 32, state_init => 1 << 33, state_admin => 1 << 34,
	sc_helper => 1 << 36, reboot_kill => 1 << 37, persistent => 1 << 38,
);

our ($SET_INIT, $SET_REAPER) = (1, 2);

our @EXPORT = ('vserver', 'word', 'cflags', 'leave_setup', grep !/_v0$|^ctx_create|^net_create|^create_context|space_v1$/, keys %COMMAND);
push @EXPORT, qw(ctx_create net_create get_ccaps_v0 set_ccaps_v0 get_space_mask_v0);

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_ for @EXPORT;
}

sub word {
	my ($name) = @_;
	my $command = $COMMAND{$name} or die "VServer: no command is called $name\n";
	return $command->{word};
}

sub cflags {
	my $flags = 0;
	for my $name (@_) {
		die "VServer: no context flag is called $name\n" if !$CFLAG{$name};
		$flags |= $CFLAG{$name};
	}
	return $flags;
}

# Perl passes a scalar by what it holds, text by address: "+ 0" keeps an id that was read from a file a number.
sub vserver {
	my ($word, $id, $data) = @_;
	my $result = ref $data ? syscall $SYSCALL, $word + 0, $id + 0, $$data : syscall $SYSCALL, $word + 0, $id + 0, ($data || 0) + 0;
	return $result == -1 ? undef : $result;
}

sub get_version { return vserver(word('get_version'), defined $_[0] ? $_[0] : 63) }

# The field, 0 for the context's own name, comes last: there is no other yet.
sub set_vhi_name {
	my ($id, $name, $field) = @_;
	my $data = pack $COMMAND{set_vhi_name}{data}, $field || 0, $name;
	return vserver(word('set_vhi_name'), $id, \$data);
}

sub get_vhi_name {
	my ($id, $field) = @_;
	my $data = pack $COMMAND{get_vhi_name}{data}, $field || 0, '';
	defined vserver(word('get_vhi_name'), $id, \$data) or return;
	return (unpack $COMMAND{get_vhi_name}{data}, $data)[1];
}

# with_flags(COMMAND, ID [, FLAGWORD]): the version without data is another word.
sub with_flags {
	my ($name, $id, $flagword) = @_;
	return vserver(word("${name}_v0"), $id) if !defined $flagword;
	my $data = pack 'Q', $flagword;
	return vserver(word($name), $id, \$data);
}

sub ctx_create { return with_flags('ctx_create', @_) }
sub net_create { return with_flags('net_create', @_) }
sub ctx_migrate { return with_flags('ctx_migrate', @_) }

# filled(LAYOUT, FIELD...): what is not said is 0, and of a path none.
sub filled {
	my ($layout, @field) = @_;
	my $count = () = unpack $layout, "\0" x 256;
	my ($paths) = $layout =~ /^(p*)/;
	@field <= $count or die "VServer: these are more than the $count fields that there are\n";
	# Text has no 0.
	@field == $count or $layout !~ /a/ or die "VServer: these are not all of the $count fields\n";
	return map { defined $field[$_] ? $field[$_] : $_ < length $paths ? undef : 0 } 0 .. $count - 1;
}

# request(COMMAND, ID, FIELD...): the fields as the kernel leaves them.
sub request {
	my ($name, $id, @field) = @_;
	my $layout = $COMMAND{$name}{data};
	# The strings that paths point to live as long as this array.
	my @all = filled($layout, @field);
	my $data = pack $layout, @all;
	defined vserver(word($name), $id, \$data) or return;
	return unpack $layout, $data;
}

# query(COMMAND, ID): the fields that the kernel fills in; the first of them in scalar context.
sub query {
	my @field = request(@_) or return;
	return wantarray ? @field : $field[0];
}

# change(COMMAND, ID, FIELD...): what the kernel returns.
sub change {
	my ($name, $id, @field) = @_;
	my @all = filled($COMMAND{$name}{data}, @field);
	my $data = pack $COMMAND{$name}{data}, @all;
	return vserver(word($name), $id, \$data);
}

# Commands that only fill in or only read a structure differ in nothing but their row.
for my $name (keys %COMMAND) {
	my $way = $COMMAND{$name}{way};
	no strict 'refs';
	next if defined &$name || $name =~ /^(?:enter|set)_space$|^read_/;
	*$name = $way eq 'in' ? sub { return change($name, @_) }
		: $way eq 'out' ? sub { return query($name, defined $_[0] ? $_[0] : 0) }
		: $way eq 'both' ? sub { return request($name, @_) }
		: sub { return vserver(word($name), defined $_[0] ? $_[0] : 0) };
}

# enter_space(ID [, MASK [, SLOT]]), set_space likewise: by the version of the word that takes as much; the oldest, which takes
# nothing, is another word for set_space.
for my $name (qw(enter_space set_space)) {
	no strict 'refs';
	*$name = sub {
		my ($id, @field) = @_;
		return vserver(word("${name}_v0"), $id) if !@field;
		my $version = @field == 1 ? "${name}_v1" : $name;
		my $data = pack $COMMAND{$version}{data}, @field;
		return vserver(word($version), $id, \$data);
	};
}

# read_entries(COMMAND, SIZE, CPU, INDEX, COUNT): whether there are more, the index to go on with, and the bytes of each entry.
sub read_entries {
	my ($name, $size, $cpu, $index, $count) = @_;
	my $buffer = "\0" x ($size * $count);
	# The address of a string of its own: one that has just been written to shares its bytes with no other.
	substr($buffer, 0, 0) = '';
	my $data = pack $COMMAND{$name}{data}, $index, $count, unpack 'L!', pack 'p', $buffer;
	my $more = vserver(word($name), $cpu, \$data);
	defined $more or return;
	($index, $count) = unpack $COMMAND{$name}{data}, $data;
	return ($more, $index, map { substr $buffer, $_ * $size, $size } 0 .. $count - 1);
}

sub read_history {
	my ($more, $index, @entry) = read_entries('read_history', $ENTRY_SIZE, @_) or return;
	return ($more, $index, map {
		my %field;
		@field{qw(place seq type context xid usecnt tasks data)} = unpack $ENTRY, $_;
		$field{event} = $EVENT[$field{type}];
		\%field;
	} @entry);
}

sub read_monitor {
	my ($more, $index, @entry) = read_entries('read_monitor', 16, @_) or return;
	return ($more, $index, map { my %field; @field{qw(type xid data)} = unpack 'SSa12', $_; \%field } @entry);
}

sub leave_setup { return set_cflags(-1, 0, cflags('state_setup', 'state_init')) }

1;

__END__

=head1 NAME

VServer - the sys_vserver system call from pure Perl

=head1 SYNOPSIS

    use VServer;

    my $xid = ctx_create(-1);            # a new context with the next free dynamic id; the caller is inside
    leave_setup();                       # end of setup: from here on every command is ENOSYS
    exec '/bin/sh';

    my ($flagword, $mask) = get_cflags($xid) or die "get_cflags: $!\n";
    set_cflags($xid, cflags('hide_vinfo'), cflags('hide_vinfo'));

=head1 DESCRIPTION

The functions map one to one to commands of sys_vserver: 273 for an i386 Perl, 236 for an x86_64 Perl. Every function returns
undef (an empty list in list context) and sets C<$!> when the kernel refuses, and the kernel's value otherwise, which may be 0: test
with C<defined>. An id of -1 names the caller's own context. All functions are exported.

The module loads nothing but F<strict.pm> and needs a Perl with 64-bit integers (Debian's are, on i386 too).

=head1 FUNCTIONS

=over

=item get_version([ID])

The version word, 0x00020001 at this stage (C<VCIVersion> in F</proc/virtual/info>). ID is ignored; the tools send 63.

=item ctx_create(ID [, FLAGWORD])

Creates a context and moves the calling thread into it; returns its id. ID is 2 to 49151, or -1 for the next free dynamic id (49152 to
65535). Without FLAGWORD the context starts in setup (C<state_setup>, C<state_init>, C<state_admin>), and the caller gets a host name and
System V IPC of its own; with it the context starts with exactly those flags, and the caller keeps its namespaces.

Errors: EINVAL (id), EBUSY (exists and is in setup), EEXIST (exists), EAGAIN (no dynamic id is free), EACCES (the flags let nobody in),
ENOMEM.

=item ctx_migrate(ID [, FLAGWORD])

Moves the calling thread, and only it, into context ID. ID 1 makes it a spectator, which sees every context and administrates none.
FLAGWORD: C<$VServer::SET_INIT> makes the caller's process the init of the context, C<$VServer::SET_REAPER> the one that inherits its orphans.

Errors: ESRCH (no such context), EPERM (caller is not of the host), EACCES (private, or no longer administrated from outside), EFAULT (its
last task is just leaving).

=item net_create(ID [, FLAGWORD])

=item net_migrate(ID)

The same for network contexts (entering them takes no flags), whose ids (nid) are a space of their own: a task may have both, either or none.

=item task_xid([PID])

=item task_nid([PID])

The context id or network context id of a task: 0 the host, 1 a spectator. PID is a real pid; 0 or none means the caller. Error: ESRCH.

=item vx_info(ID)

(xid, pid of the context's init or 0). Error: ESRCH.

=item nx_info(ID)

(nid). Error: ESRCH.

=item get_cflags(ID)

(flagword, mask): the context's flags, and those bits that may still be written. Error: ESRCH.

=item set_cflags(ID, FLAGWORD, MASK)

The bits in MASK take the value they have in FLAGWORD. C<state_setup>, C<state_init> and C<state_admin> can be cleared once, never set. Who
clears C<state_init> of its own context becomes its init, and inherits its orphans.

Errors: ESRCH, EPERM (neither of the host nor a member, in setup, of this very context, or without CAP_SYS_RESOURCE), EACCES (the
context is no longer administrated from outside).

=item get_nflags(ID), set_nflags(ID, FLAGWORD, MASK)

The same for the flags of a network context.

=item get_bcaps(ID), set_bcaps(ID, BCAPS, MASK)

(bcaps, mask): the capabilities that count in a context, a bit each. They act at once on all of its tasks, but not while it is in setup.
A new context has 0 to 31 without CAP_SETPCAP (8). Errors as of set_cflags.

=item get_ccaps(ID), set_ccaps(ID, CCAPS, MASK), get_ncaps(ID), set_ncaps(ID, NCAPS, MASK)

(ccaps, mask) and (ncaps, mask): the context capabilities and those of a network context.

=item get_ccaps_v0(ID), set_ccaps_v0(ID, BCAPS, CCAPS, MASK)

The oldest form, (bcaps, ccaps, mask) in one: written, it keeps no bcaps but those in BCAPS, and changes the ccaps in MASK.

=item get_umask(ID), set_umask(ID, UMASK, MASK), get_wmask(ID), set_wmask(ID, WMASK, MASK)

(umask, mask): the namespaces, by the bits of clone(2), that members of a context may make without the host's CAP_SYS_ADMIN. The wmask is kept
and shown, and does nothing.

=item get_badness(ID), set_badness(ID, BIAS)

How much worse, or better, the tasks of a context look to who ends one when memory is out, in pages.

=item set_space(ID [, MASK [, SLOT]]), enter_space(ID [, MASK [, SLOT]])

Keeps the caller's namespaces of MASK in the context, in one of two slots; takes what is kept there. A MASK of 0 is all. Errors: EINVAL (a
namespace that cannot be kept, or is not; no such slot), EACCES (the context is private), EPERM (the form without MASK: something is kept
already), ENOMEM.

=item get_space_mask(), get_space_mask_v0(), get_space_default()

Which namespaces can be kept, with and without those of pids and networks; which a guest has of its own if nothing else is said.

=item cleanup_namespace()

Unmounts what the caller cannot reach. Errors: EPERM (the first mount namespace), EINVAL (its root is in another one).

=item new_s_context(ID, REMOVE_CAP, FLAGS)

The oldest way in: finds or makes a context and enters it, or with an ID of -2 changes the own one.

=item get_vci()

The configuration word of the kernel, C<VCIKernel> in F</proc/virtual/info>.

=item get_vhi_name(ID [, FIELD]), set_vhi_name(ID, NAME [, FIELD])

The name of a context, at most 64 bytes. FIELD 0 is the name that the tools give it; EINVAL for any other.

=item ctx_stat(ID)

(usecnt, tasks): references and claims, with those of the call itself.

=item ctx_kill(ID, PID, SIGNAL)

Signals processes of a context: PID 0 all, -1 all but its init, 1 its init, else the one with that real pid. SIGNAL 0 only looks.

Errors: ESRCH (no such context, or nobody to signal), EINVAL (no such signal), EPERM (caller is not of the host or has no CAP_SYS_RESOURCE),
EACCES (the context is no longer administrated from outside: then only its init can be asked, with SIGINT, to end).

=item wait_exit(ID)

Sleeps until the context has ended: (reboot command or 0, exit code of its last task as of wait(2)). Errors: ESRCH, EINTR.

=item dump_history()

Prints the history of contexts to the kernel's log. ENOSYS in a kernel without C<CONFIG_VSERVER_HISTORY>.

=item read_history(CPU, INDEX, COUNT)

(more, index, entry...): at most COUNT entries of that CPU's history from INDEX on, or from the oldest that is kept; whether there are more,
and the index to go on with. An entry is a hash: C<seq>, C<event> (C<@VServer::EVENT>), C<type> (its number), C<xid>, C<usecnt> and C<tasks>
(before the event), C<context> and C<data> (hashed addresses, as in the log; C<data> is the id that was asked for in C<loc>, C<lookup> and
C<create>), C<place> (an address in the kernel, or 0). COUNT 0 only tells the index that the next event will have.

Errors: EINVAL (no such CPU), ENOSYS (a kernel without C<CONFIG_VSERVER_HISTORY>).

=item read_monitor(CPU, INDEX, COUNT)

The same for what the scheduler did: an entry has C<type>, C<xid> and the 12 bytes of C<data>.

=item set_mapping(ID, DEVICE, TARGET, FLAGS), unset_mapping(ID, DEVICE, TARGET, FLAGS)

=item set_sched(ID, FIELD...), get_sched(ID, MASK, CPU, BUCKET), set_sched_v2(), set_sched_v3(), set_sched_v4(), sched_info(ID, CPU)

=item set_prio_bias(ID, CPU, BIAS), get_prio_bias(ID, CPU)

=item net_add(ID, FIELD...), net_remove(ID, FIELD...), net_add_ipv4(), net_rem_ipv4(), net_add_ipv6(), net_remove_ipv6(), and those with _v1

=item set_ipv4root(COUNT, BROADCAST, ADDRESS, MASK, ...)

=item tag_migrate(TAG), task_tag([PID])

=item add_dlimit(TAG, PATH), rem_dlimit(TAG, PATH), set_dlimit(TAG, PATH, FIELD...), get_dlimit(TAG, PATH)

=item get_iattr(0, PATH), set_iattr(0, PATH, TAG, FLAGS, MASK), fget_iattr(FD), fset_iattr(FD, TAG, FLAGS, MASK)

=item get_rlimit(ID, RESOURCE), set_rlimit(ID, RESOURCE, 0, SOFT, HARD), get_rlimit_mask(), rlimit_stat(ID, RESOURCE), reset_hits(ID), reset_minmax(ID)

=item virt_stat(ID), sock_stat(ID, KIND)

Words of the ids that are still to come (F<plan.json> says which has which; until then they are ENOSYS). Their fields are those of the row in
C<%VServer::COMMAND>, in its order; see L</LAYOUTS>.

=item leave_setup()

Clears C<state_setup> and C<state_init> of the caller's own context.

=item cflags(NAME...)

The flag word of these names: C<persistent>, C<hide_vinfo>, ... (C<%VServer::CFLAG>).

=item vserver(WORD, ID [, DATA])

The bare system call, for words that have no function here. DATA is a reference to a packed string, which the kernel may write to, or an
address as a number. C<word(NAME)> is the word of a name.

=back

=head1 LAYOUTS

C<%VServer::COMMAND> has for each word its number (C<word>), the layout of its structure as a template for C<pack> (C<data>) and which way that goes
(C<way>: C<in> to the kernel, C<out> of it, C<both>). The templates have

    L l   an unsigned, a signed integer of 32 bits        S     an unsigned one of 16
    Q q   the same of 64                                  L!    as wide as a pointer
    N     32 bits in network order: an IPv4 address       a16   16 bytes: an IPv6 address
    Z65   text that ends with a zero byte                 p     the address of a text: a path
    xN    N bytes that mean nothing

The kernel's structures are as a C compiler lays them out, so an integer of 64 bits stands at a multiple of 8 on x86_64, and of 4 on i386: the module
asks how wide C<L!> is, and puts C<x4> into the holes (F<$HOLE>). An i386 Perl on x86_64 has the layout of i386, for the kernel translates.

    my $data = pack $VServer::COMMAND{set_rlimit}{data}, 7, 0, 100, 100;
    vserver(word('set_rlimit'), $xid, \$data);      # what set_rlimit($xid, 7, 0, 100, 100) does

Fields that a function is not given are 0.

=head1 PERMISSION

A caller needs CAP_SYS_ADMIN in the initial user namespace, and has to be of the host, a spectator, or a member of a context
in setup. To anybody else every command is ENOSYS, as on a kernel that does not have them.

=head1 LICENCE

GPL-2.0-only

=cut
