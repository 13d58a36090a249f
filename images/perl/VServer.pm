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
	[ctx_create_v0  => 0x09010000, ''],
	[ctx_create     => 0x09010001, 'Q'],     # flagword
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
);

# Context flags by the names of util-vserver. The upper half is shifted: a literal over 32 bits draws a warning.
our %CFLAG = (
	info_private => 0x8, info_init => 0x10, virt_mem => 0x10000, virt_uptime => 0x20000, virt_load => 0x80000,
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
			get_cflags set_cflags leave_setup);
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

sub vx_info { return query('vx_info', $_[0]) }
sub nx_info { return query('nx_info', $_[0]) }
sub get_cflags { return query('get_cflags', $_[0]) }

sub set_cflags {
	my ($id, $flagword, $mask) = @_;
	my $data = pack 'QQ', $flagword, $mask;
	return vserver(word('set_cflags'), $id, \$data);
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
