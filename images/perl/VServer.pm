# SPDX-License-Identifier: GPL-2.0-only
package VServer;
use strict;

our $VERSION = '0.1';

# The number depends on the ABI of the Perl that runs, not on the kernel's: an i386 Perl on x86_64 enters through 273.
our $SYSCALL = length(pack 'L!', 0) == 8 ? 236 : 273;

# A row a command: name, word, layout of the data (pack template; '' means none). Later parts add rows here, and a
# function below only where there is more to do than pack, call and unpack.
our %COMMAND = map { $_->[0] => {word => $_->[1], data => $_->[2]} } (
	[get_version    => 0x00000000, ''],
	[get_vci        => 0x00010000, ''],
	[create_context => 0x01010000, ''],      # the older name of ctx_create_v0
	[set_vhi_name   => 0x02010000, 'LZ65x3'], # field, name
	[get_vhi_name   => 0x02020000, 'LZ65x3'], # field, name
	[ctx_create_v0  => 0x09010000, ''],
	[ctx_create     => 0x09010001, 'Q'],     # flagword
	[enter_space_v0 => 0x0A010000, ''],
	[enter_space_v1 => 0x0A010001, 'Q'],     # mask
	[enter_space    => 0x0A010002, 'QL'],    # mask, slot
	[set_space_v0   => 0x0A030000, ''],
	[set_space_v1   => 0x0A030001, 'Q'],     # mask
	[set_space      => 0x0A030002, 'QL'],    # mask, slot
	[cleanup_namespace => 0x0A020000, ''],
	[new_s_context  => 0x3F010001, 'LL'],    # capabilities to remove, flags to add
	[get_space_mask_v0 => 0x0A040000, 'Q'],  # mask
	[get_space_mask => 0x36000001, 'Q'],     # mask
	[get_space_default => 0x36010000, 'Q'],  # mask
	[ctx_migrate_v0 => 0x0B010000, ''],
	[ctx_migrate    => 0x0B010001, 'Q'],     # flagword
	[net_create_v0  => 0x19010000, ''],
	[net_create     => 0x19010001, 'Q'],     # flagword
	[net_migrate    => 0x1B010000, ''],
	[task_xid       => 0x2E010000, ''],
	[task_nid       => 0x2E020000, ''],
	[vx_info        => 0x2E050000, 'LL'],    # xid, initpid
	[nx_info        => 0x2E060000, 'L'],     # nid
	[get_cflags     => 0x34010000, 'QQ'],    # flagword, mask
	[set_cflags     => 0x34020000, 'QQ'],    # flagword, mask
	[get_ccaps_v0   => 0x34030000, 'QQQ'],   # bcaps, ccaps, mask of ccaps
	[get_ccaps      => 0x34030001, 'QQ'],    # ccaps, mask
	[set_ccaps_v0   => 0x34040000, 'QQQ'],   # bcaps to keep, ccaps, mask of ccaps
	[set_ccaps      => 0x34040001, 'QQ'],    # ccaps, mask
	[get_nflags     => 0x34050000, 'QQ'],    # flagword, mask
	[set_nflags     => 0x34060000, 'QQ'],    # flagword, mask
	[get_ncaps      => 0x34070000, 'QQ'],    # ncaps, mask
	[set_ncaps      => 0x34080000, 'QQ'],    # ncaps, mask
	[get_bcaps      => 0x34090000, 'QQ'],    # bcaps, mask
	[set_bcaps      => 0x340A0000, 'QQ'],    # bcaps, mask
	[get_umask      => 0x340D0000, 'QQ'],    # umask, mask
	[set_umask      => 0x340E0000, 'QQ'],    # umask, mask
	[get_wmask      => 0x340F0000, 'QQ'],    # wmask, mask
	[set_wmask      => 0x34100000, 'QQ'],    # wmask, mask
	[get_badness    => 0x14050000, 'q'],     # bias
	[set_badness    => 0x14060000, 'q'],     # bias
	[ctx_stat       => 0x28000000, 'LL'],    # usecnt, tasks
	[ctx_kill       => 0x0C010000, 'll'],    # pid, signal
	[wait_exit      => 0x30630000, 'll'],    # reboot command, exit code
	[dump_history   => 0x38010000, ''],
	[read_history   => 0x38050000, 'LLL!'],  # index, count, address of the entries
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

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_
		for qw(vserver word cflags get_version ctx_create ctx_migrate net_create net_migrate task_xid task_nid vx_info nx_info
			get_cflags set_cflags leave_setup get_nflags set_nflags get_ncaps set_ncaps get_bcaps set_bcaps get_ccaps set_ccaps
			get_ccaps_v0 set_ccaps_v0 get_umask set_umask get_wmask set_wmask get_badness set_badness enter_space
			set_space get_space_mask_v0 get_space_mask get_space_default
			new_s_context cleanup_namespace ctx_stat ctx_kill wait_exit get_vci get_vhi_name set_vhi_name
			dump_history read_history);
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

sub get_vci { return vserver(word('get_vci'), 0) }

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
sub net_migrate { return vserver(word('net_migrate'), $_[0]) }
sub task_xid { return vserver(word('task_xid'), defined $_[0] ? $_[0] : 0) }
sub task_nid { return vserver(word('task_nid'), defined $_[0] ? $_[0] : 0) }

# query(COMMAND, ID): the fields that the kernel fills in; the first of them in scalar context.
sub query {
	my ($name, $id) = @_;
	my $layout = $COMMAND{$name}{data};
	my $data = "\0" x length pack $layout, (0) x length $layout;
	defined vserver(word($name), $id, \$data) or return;
	my @field = unpack $layout, $data;
	return wantarray ? @field : $field[0];
}

# Commands that only fill in or only read a structure differ in nothing but their row.
for my $name (qw(vx_info nx_info ctx_stat wait_exit get_cflags get_nflags get_ncaps get_bcaps get_ccaps get_ccaps_v0
	get_umask get_wmask get_badness)) {
	no strict 'refs';
	*$name = sub { return query($name, $_[0]) };
}
for my $name (qw(set_cflags set_nflags set_ncaps set_bcaps set_ccaps set_ccaps_v0 set_umask set_wmask set_badness
	new_s_context ctx_kill)) {
	no strict 'refs';
	*$name = sub {
		my ($id, @field) = @_;
		my $data = pack $COMMAND{$name}{data}, @field;
		return vserver(word($name), $id, \$data);
	};
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

for my $name (qw(get_space_mask_v0 get_space_mask get_space_default)) {
	no strict 'refs';
	*$name = sub { return scalar query($name, 0) };
}

sub cleanup_namespace { return vserver(word('cleanup_namespace'), 0) }

sub dump_history { return vserver(word('dump_history'), 0) }

# read_history(CPU, INDEX, COUNT)
sub read_history {
	my ($cpu, $index, $count) = @_;
	my $buffer = "\0" x ($ENTRY_SIZE * $count);
	# The address of a string of its own: one that has just been written to shares its bytes with no other.
	substr($buffer, 0, 0) = '';
	my $data = pack $COMMAND{read_history}{data}, $index, $count, unpack 'L!', pack 'p', $buffer;
	my $more = vserver(word('read_history'), $cpu, \$data);
	defined $more or return;
	($index, $count) = unpack $COMMAND{read_history}{data}, $data;
	my @entry;
	for my $i (0 .. $count - 1) {
		my %field;
		@field{qw(place seq type context xid usecnt tasks data)} = unpack $ENTRY, substr $buffer, $i * $ENTRY_SIZE, $ENTRY_SIZE;
		$field{event} = $EVENT[$field{type}];
		push @entry, \%field;
	}
	return ($more, $index, @entry);
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

=item leave_setup()

Clears C<state_setup> and C<state_init> of the caller's own context.

=item cflags(NAME...)

The flag word of these names: C<persistent>, C<hide_vinfo>, ... (C<%VServer::CFLAG>).

=item vserver(WORD, ID [, DATA])

The bare system call, for words that have no function here. DATA is a reference to a packed string, which the kernel may write to, or an
address as a number. C<word(NAME)> is the word of a name.

=back

=head1 PERMISSION

A caller needs CAP_SYS_ADMIN in the initial user namespace, and has to be of the host, a spectator, or a member of a context
in setup. To anybody else every command is ENOSYS, as on a kernel that does not have them.

=head1 LICENCE

GPL-2.0-only

=cut
