# SPDX-License-Identifier: GPL-2.0-only
#
# The callers that the tests tell apart, and what is read of them in /proc. Everything is imported.
#
#   host               root, xid 0: an actor beside the test's process, which is one too
#   member(XID)        in context XID, which it has made and which is in setup
#   guest(XID)         the same after setup, as its init: what runs in a started guest
#   spectator          xid 1
# Each takes the options of Actor->new.
package Callers;
use strict;
use Sys;
use TAP;
use VServer;
use Actor;

our @SUBS = qw(host member guest spectator read_file write_file list_dir field settled remains process_state waits_for_exit become_dumpable exec_sleeper unshare_here fork_once drop_capability drop_root kernel_config hashes_pointers
	vci);

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_ for @SUBS;
}

sub drop_capability { return defined Sys::drop_capability(@_) ? 1 : die "capset: $!\n" }
sub drop_root { return Sys::drop_root(@_) || die "not an ordinary user: $!\n" }

sub host { return Actor->new(@_) }

sub member {
	my ($xid, @option) = @_;
	my $actor = Actor->new(@option);
	my $made = $actor->ctx_create($xid);
	die "context $xid cannot be made: $!\n" if !defined $made;
	return $actor;
}

sub guest {
	my $actor = member(@_);
	defined $actor->leave_setup or die "context $_[0] does not leave setup: $!\n";
	return $actor;
}

sub spectator {
	my $actor = Actor->new(@_);
	my $xid = $actor->ctx_migrate(1);
	defined $xid && $xid == 1 or die "no spectator: $!\n";
	return $actor;
}

# read_file(PATH): the whole contents, or undef and $!.
sub read_file {
	my ($path) = @_;
	open my $file, '<', $path or return undef;
	my $text = '';
	while (1) {
		my $n = sysread $file, $text, 65536, length $text;
		return undef if !defined $n;
		return $text if !$n;
	}
}

# write_file(PATH, TEXT): the bytes written, by one write(2) to a file that is there; undef and $! if that fails.
sub write_file {
	my ($path, $text) = @_;
	sysopen my $file, $path, 1 or return undef;
	return syswrite $file, $text;
}

# list_dir(PATH): the names but . and .., sorted; nothing and $! if that fails.
sub list_dir {
	my ($path) = @_;
	opendir my $dir, $path or return;
	return sort grep !/^\.\.?$/, readdir $dir;
}

# field(PATH, NAME): the text behind "NAME:" and a TAB or blanks; undef if the file or the line is not there.
sub field {
	my ($path, $name) = @_;
	my $text = read_file($path);
	return defined $text && $text =~ /^\Q$name\E:\s*(.*)$/m ? $1 : undef;
}

# settled: waits until every context that has ended has also been freed. Freeing comes later than the end: after a grace
# period, and when the last socket or address space lets go.
sub settled {
	return wait_for(30, sub { remains() == 0 });
}

# remains: contexts that have ended and are not freed yet.
sub remains {
	my $text = read_file('/proc/virtual/status');
	defined $text && $text =~ /^#CTotal:\t(\d+)\n#CActive:\t(\d+)$/m or die "/proc/virtual/status: no counts\n";
	return $1 - $2;
}

# process_state(PID): the state letter of /proc/PID/stat, '' when there is no such process.
sub process_state {
	my ($pid) = @_;
	my $text = read_file("/proc/$pid/stat");
	return defined $text && $text =~ /.*\) (\S)/s ? $1 : '';
}

# What a caller does to itself: lets others look into it, as a task that has executed a program does; and executes one that sleeps.
sub become_dumpable { return sys('prctl', 4, 1, 0, 0, 0) }
sub exec_sleeper { exec $^X, '-e', 'sleep' }
sub unshare_here { return sys('unshare', $_[0] + 0) }

# fork_once([FLAGS]): a child, made with these flags of clone(2), that ends at once.
sub fork_once {
	my $pid = sys('clone', $Sys::SIGCHLD | ($_[0] || 0), 0, 0, 0, 0);
	Sys::leave(0) if defined $pid && !$pid;
	return defined $pid && waitpid($pid, 0) == $pid ? 0 : undef;
}

# waits_for_exit(PID): whether the task sleeps in wait_exit.
sub waits_for_exit {
	my ($pid) = @_;
	return (read_file("/proc/$pid/syscall") || '') =~ /^\d+ 0x30630000 /;
}

my $config;

# kernel_config(NAME): the value of CONFIG_NAME in the kernel that runs, undef if it is not set.
sub kernel_config {
	my ($name) = @_;
	$config = `zcat /proc/config.gz` if !defined $config;
	die "/proc/config.gz cannot be read\n" if $config !~ /^CONFIG_VSERVER=y$/m;
	return $config =~ /^CONFIG_\Q$name\E=(.*)$/m ? $1 : undef;
}

# hashes_pointers: whether %p is hashed in what this kernel prints; with the debugging of slabs on, all kernels print addresses.
sub hashes_pointers { return !kernel_config('SLUB_DEBUG_ON') }

# vci: the configuration word that this kernel has to report: words of the oldest tools (bit 1), spaces (10), how files carry tags (24
# to 26: they do not), then a bit for each option.
sub vci {
	return 0x00000402 | (kernel_config('VSERVER_DEBUG') ? 1 << 16 : 0) | (kernel_config('VSERVER_HISTORY') ? 1 << 20 : 0);
}

1;
