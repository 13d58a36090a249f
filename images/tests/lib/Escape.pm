# SPDX-License-Identifier: GPL-2.0-only
#
# Ways out of a guest, tried by root inside the guest that `vserver start` makes of no configuration, and the same by root in a plain
# chroot, which has to get out: a refusal in the guest proves nothing else.
#
#   Escape::run_all(
#   	{
#   		name => 'double chroot', reaches => 'a file of the host',
#   		stops => [['1b', 'EPERM', 'no CAP_SYS_ADMIN']],
#   		before => sub { my ($at) = @_; $at->{fact}{pid} = ... },     # outside, beforehand; also kept in $at: what the others need
#   		try => sub { my ($fact) = @_; return sys(...) },             # inside, in a process of its own; undef and $! when it is refused
#   		out => sub { my ($at, @answer) = @_; return ... },           # outside, while that process still is: whether it got out
#   		after => sub { my ($at) = @_; ... },                         # outside: as it was before
#   	},
#   );
#
# `stops` has what stops it, in the order in which the kernel looks: an id, what the guest then sees (an errno, or "inside": nothing is
# refused, and nothing outside is reached), and the rule. The first of them whose id has landed counts; before one has, it has to get out.
# An entry without `out` has to return the secret: it is in $at->{secret} alone, and in whatever `before` has put it. Then
#   in_place        by the process that has entered the guest, not by a child of it
#   in_namespace    the control is no chroot, but the root of a mount namespace
#   needs           options without which a kernel has no such way: one that lacks them is told, and the way is not tried there
package Escape;
use strict;
use Sys;
use TAP;
use VServer;
use Actor;
use Callers;
use Command;
use Guests;

# What stops a way out: this is the one place to change when an id is in the kernel. `upstream` is the kernel without contexts, `tools` what
# starts a guest and enters it.
our %LANDED = map { $_ => 1 } qw(upstream tools 1b);

our @SUBS = qw(secret_file victim struck holds outside kept changed restored climb host_file host_path write_to sh message control_message);

# What stops many of them.
our $NO_PID = ['2a', 'ESRCH', 'a process that is not inside is none'];
our @NO_PROC = (['2b', 'ENOENT', '/proc/PID of who is not inside is absent'], ['2f', 'EACCES', 'whom it may not trace it may not look into']);

my ($VDIR, $XID, $OTHER_XID) = ('/vservers/one', 100, 101);
my $LIMIT_S = 20;    # for what is inside to answer
my %ERRNO = (6 => 'ENXIO', 25 => 'ENOTTY', 26 => 'ETXTBSY', 95 => 'EOPNOTSUPP', 97 => 'EAFNOSUPPORT', 111 => 'ECONNREFUSED', 126 => 'ENOKEY');

sub import {
	my $to = caller;
	no strict 'refs';
	*{"${to}::$_"} = \&$_ for @SUBS;
	*{"${to}::NO_PID"} = \$NO_PID;
	*{"${to}::NO_PROC"} = \@NO_PROC;
}

# ---- what tables use, outside ----

sub random_text {
	open my $random, '<', '/dev/urandom' or die "/dev/urandom: $!\n";
	sysread $random, my $bytes, 8;
	return unpack 'H*', $bytes;
}

sub sh { my ($script) = @_; return system('sh', '-c', $script) == 0 || die "failed: $script\n" }

# secret_file(AT, PATH): a file of the host's with the secret.
sub secret_file {
	my ($at, $path) = @_;
	open my $file, '>', $path or die "$path: $!\n";
	syswrite $file, $at->{secret};
	chmod 0600, $path;
	return $path;
}

# victim(AT [, CONTEXT]): a process of the host, or of another guest, that others may look into as into any that has executed a program. It
# answers as long as nothing has struck it: a signal with a default, or with a handler, would end it before it could.
our $Secret;
sub victim {
	my ($at, $xid) = @_;
	my $victim = Actor->new;
	$victim->ctx_migrate($xid) if $xid;
	$victim->become_victim($at->{secret});
	$at->{victim} = $victim;
	$at->{fact}{pid} = $victim->pid;
	return $victim;
}

sub main::become_victim {
	($Secret) = @_;
	$SIG{$_} = sub { Sys::leave(7) } for qw(URG IO);
	return become_dumpable();
}
sub main::secret_at { return Sys::address($Secret) }
sub main::secret_is { return $Secret }
our $Kept;
sub main::open_unlinked { my ($path) = @_; open $Kept, '<', $path or return; unlink $path; return fileno $Kept }
sub main::go_to { return chdir $_[0] }

sub struck { my ($at) = @_; return !eval { $at->{victim}->task_xid(0); 1 } }

# outside(NAME, ARGUMENT...): a function as a spectator calls it, who alone sees the processes of all.
my $watcher;
sub outside { my ($name, @argument) = @_; return $watcher->$name(@argument) }
sub main::link_of { return readlink $_[0] }
sub main::is_folder { return -d $_[0] ? 1 : 0 }
sub main::device_of { return (stat $_[0])[6] }

# holds(AT, DEVICE): whether what has tried it has this open: a device's number, or the end of a path.
sub holds {
	my ($at, $wanted) = @_;
	for my $file (map "/proc/$at->{pid}/fd/$_", outside('list_dir', "/proc/$at->{pid}/fd")) {
		return 1 if (outside('link_of', $file) || '') =~ m{\Q$wanted\E\z} || (outside('device_of', $file) || 0) eq $wanted;
	}
	return 0;
}

sub end_of {
	my ($at) = @_;
	my $victim = delete $at->{victim} or return;
	kill KILL => $victim->pid;
	$victim->reap;
}

# kept(AT, PATH): a setting of the host's as it is; whether it has changed; and as it was.
sub kept { my ($at, $path) = @_; $at->{path} = $path; $at->{old} = read_file($path); defined $at->{old} or die "$path: $!\n"; chomp $at->{old} }
sub changed { my ($at) = @_; my $now = read_file($at->{path}); chomp $now; return $now ne $at->{old} }
sub restored { my ($at) = @_; write_file($at->{path}, "$at->{old}\n") || die "$at->{path}: $!\n" if changed($at) }

# ---- and inside ----

# climb: from a working directory outside the root to the top, and what is there.
sub climb {
	chdir '..' or return for 1 .. 20;
	chroot '.' or return;
	return host_file('');
}

# The host's secret below a folder: '' where that folder has none, for then nobody has refused anything.
sub host_file {
	my ($top) = @_;
	my $text = read_file("$top/escape/secret");
	return defined $text ? $text : $!{ENOENT} ? '' : undef;
}

# host_path(PATH): the same by way of the root of a process of the host.
our $Host;
sub host_path { return "/proc/$Host/root$_[0]" }

sub write_to { my ($path, $text) = @_; return defined write_file($path, $text) ? 1 : undef }

# message(CONTROL, DATA): a msghdr of these two strings, by reference, and what has to live as long.
sub message {
	my ($control, $data) = @_;
	my $vector = pack 'L!2', Sys::address($$data), length $$data;
	return (pack($Sys::AMD64 ? 'Q L x4 Q Q Q Q l x4' : 'L7', 0, 0, Sys::address($vector), 1, Sys::address($$control), length $$control, 0), \$vector);
}
# Of the level of sockets.
sub control_message { my ($type, $body) = @_; return pack 'L! l l a* x![L!]', $Sys::LONG + 8 + length $body, 1, $type, $body }

# ---- the places ----

my %running;

# A process in a place: requests and replies go through pipes that have names below the guest's root.
sub start_in {
	my ($place, @command) = @_;
	my %path = map { $_ => "$VDIR/escape/$place-$_" } qw(request reply);
	unlink values %path;
	system('mkfifo', values %path) and die "no pipes\n";
	my $self = {place => $place};
	# For reading and writing: neither end is waited for.
	open $self->{$_}, '+<', $path{$_} or die "$path{$_}: $!\n" for keys %path;
	$self->{pid} = fork;
	defined $self->{pid} or die "fork: $!\n";
	if (!$self->{pid}) {
		# A folder of the host's comes along, as with a careless caller.
		open my $folder, '<', '/escape' or Sys::leave(126);
		fcntl $folder, 2, 0 or Sys::leave(126);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', '/dev/null';
		open STDERR, '>>', '/run/escape-errors';
		own_root() or Sys::leave(126) if $place eq 'namespace';
		exec @command, $^X, '-I/tests/lib', '-I/tests/perl', "/tests/$0", $place or Sys::leave(127);
	}
	reply($self)->[0] eq 'ready' or die "nothing runs in the $place: " . read_file('/run/escape-errors');
	return $self;
}

sub own_root {
	defined sys('unshare', $Sys::CLONE_NEWNS) && defined sys('mount', 0, "/\0", 0, 1 << 18 | 1 << 14, 0) && chdir($VDIR) or return;    # MS_PRIVATE | MS_REC
	return defined sys('pivot_root', ".\0", ".\0") && defined sys('umount2', ".\0", 2) && chdir '/';
}

# reply(PLACE): what comes from there: a word, then values. "hung" when nothing does.
sub reply {
	my ($self) = @_;
	my $bits = '';
	vec($bits, fileno $self->{reply}, 1) = 1;
	return ['hung'] if !select $bits, undef, undef, $LIMIT_S;
	return Actor::receive_values($self->{reply}) || ['hung'];
}

sub give_up {
	my ($at) = @_;
	kill KILL => $at->{pid} if $at->{pid};
	stop($at->{self});
	delete $running{$at->{place}};
}

sub stop { my ($self) = @_; kill KILL => $self->{pid}; waitpid $self->{pid}, 0 }

my %start = (
	guest => sub { return start_in('guest', qw(vserver one exec)) },
	# What the guest has, but for the context, and in the host's mount namespace: see chroot_mounts().
	chroot => sub { return start_in('chroot', 'chroot', $VDIR) },
	# For what the kernel refuses in a chroot: the same as the root of a mount namespace.
	namespace => sub { return start_in('namespace') },
);

# A plain chroot with what the guest has mounted; its /proc/sys can be written to.
my @MOUNTS = (["--rbind $VDIR", ''], ['--bind /bin', 'bin'], ['--bind /usr/bin', 'usr/bin'], ['-t proc proc', 'proc'], ['--bind /dev/pts', 'dev/pts'], ['-t tmpfs tmpfs', 'tmp'], ['-t tmpfs tmpfs', 'run']);
sub chroot_mounts {
	sh("mount $_->[0] $VDIR/$_->[1]") for @MOUNTS;
	bins_read_only();
}
sub bins_read_only { sh("mount -o remount,bind,ro $VDIR/bin") }
sub mounts_below { return grep m{^$VDIR(?:/|\z)}, map { (split ' ')[1] } split /\n/, read_file('/proc/self/mounts') }

# What was mounted in the chroot is not left for the next.
sub unmount_others {
	my %mine = map { $_ => 1 } $VDIR, "$VDIR/share", map "$VDIR/$_->[1]", @MOUNTS;
	system 'umount', '-l', $_ for reverse grep !$mine{$_}, mounts_below();
	bins_read_only();
}

# attempt(PLACE, ENTRY, NUMBER): what came of it there, as one word: "out", an errno, "inside", or what else has happened.
sub attempt {
	my ($place, $entry, $number) = @_;
	# One that cannot be had ends the test.
	my $self = $running{$place} ||= $start{$place}->();
	my $at = {secret => random_text(), place => $place, self => $self, fact => {host => $$}};
	secret_file($at, '/escape/secret');
	my $before = $entry->{before};
	my $outcome = eval {
		$before->($at) if $before;
		Actor::send_values($self->{request}, $number, %{$at->{fact}});
		my $pid = reply($self);
		$at->{pid} = $pid->[1];
		my $reply = $pid->[0] eq 'pid' ? reply($self) : $pid;
		my ($word, $errno, @answer) = @$reply;
		my $out = $entry->{out} ? $entry->{out}->($at, @answer) : defined $answer[0] && $answer[0] eq $at->{secret};
		if ($word eq 'hung') {
			give_up($at);
		} else {
			Actor::send_values($self->{request}, 'end');
			reply($self)->[0] eq 'ended' or die "what tried it does not end\n";
		}
		# A program that was killed or hangs may have done all the same what it was to do.
		$out ? 'out' : $word ne 'answer' ? "$word: " . ($answer[0] || '') : defined $answer[0] ? 'inside' : $ERRNO{$errno} || TAP::error_name($errno);
	};
	my $died = $@;
	# It may wait for more, or be about to answer.
	give_up($at) if !defined $outcome;
	my $tidy = eval { $entry->{after}->($at) if $entry->{after}; end_of($at); unmount_others() if $place ne 'guest'; 1 };
	return defined $outcome ? $tidy ? $outcome : "$outcome, and cleaning up failed: $@" : "broken: $died";
}

sub try_both {
	my ($entry, $number) = @_;
	my @lacking = grep !kernel_config($_), @{$entry->{needs} || []};
	if (@lacking) {
		# A refusal by absence proves nothing, so there is no check at all.
		diag("not tried: $entry->{name}: this kernel is without " . join ' and ', map "CONFIG_$_", @lacking);
		return;
	}
	my $control = $entry->{in_namespace} ? 'namespace' : 'chroot';
	is(attempt($control, $entry, $number), 'out', "control: $entry->{name}: root in a $control reaches $entry->{reaches}");
	my ($rule) = grep $LANDED{$_->[0]}, @{$entry->{stops}};
	my $to_come = join ' or ', map "$_->[0] ($_->[2])", grep !$LANDED{$_->[0]}, @{$entry->{stops}};
	return is(attempt('guest', $entry, $number), $rule->[1], "$rule->[0]: $entry->{name}: the guest does not reach $entry->{reaches}: $rule->[2]") if $rule;
	is(attempt('guest', $entry, $number), 'out', "open until $to_come: $entry->{name}: the guest reaches $entry->{reaches}");
}

# ---- inside ----

# play(PLACE, ENTRY...): the life of the process in a place.
sub play {
	my ($place, @entry) = @_;
	chdir '/';
	open my $request, '<', "/escape/$place-request" or die "$place-request: $!\n";
	open my $reply, '>', "/escape/$place-reply" or die "$place-reply: $!\n";
	Actor::send_values($reply, 'ready');
	while (my $asked = Actor::receive_values($request)) {
		my ($number, %fact) = @$asked;
		my $entry = $entry[$number];
		$_ = /^-?\d+\z/ ? $_ + 0 : $_ for values %fact;
		$Host = $fact{host};
		pipe my ($answer, $answer_in) or die "pipe: $!\n";
		pipe my ($held, $holding) or die "pipe: $!\n";
		my $pid = $entry->{in_place} ? 0 : fork;
		if (!$pid) {
			$! = 0;
			my @answer = eval { $entry->{try}->(\%fact) };
			my $errno = $! + 0;
			Actor::send_values($answer_in, $@ ? ('died', 0, $@) : ('answer', $errno, @answer));
			if (!$entry->{in_place}) {
				# Until the outside has looked.
				close $holding;
				sysread $held, my $nothing, 1;
				Sys::leave(0);
			}
		}
		close $answer_in;
		Actor::send_values($reply, 'pid', $pid || $$);
		my $values = Actor::receive_values($answer) || ['died', 0, 'it was killed'];
		Actor::send_values($reply, @$values);
		Actor::receive_values($request) or last;
		close $holding;
		kill(KILL => $pid), waitpid $pid, 0 if $pid;
		Actor::send_values($reply, 'ended');
	}
	Sys::leave(0);
}

# ---- all ----

# A disk of the host's with guests, as on a machine: what is on it can be named by a number.
sub set_up {
	sh('cd /run && dd if=/dev/zero of=escape-disk bs=1M count=32 2>/dev/null && mke2fs -F escape-disk >/dev/null 2>&1 && mkdir -p /vservers /escape && mount -t ext4 -o loop escape-disk /vservers');
	run(qw(vserver one build -m busybox --context), $XID);
	run(qw(vserver two build -m busybox --context), $OTHER_XID);
	# Perl is no part of the guest; its program is in /usr/bin, which is the host's.
	sh("cd $VDIR && mkdir -p escape share && cp -a /lib* /tests . && cp -a /usr/lib usr/ && mount -t tmpfs share share && mount --make-shared share");
	run('vserver', $_, 'start') for qw(one two);
	# A session as a login makes it, with root's keys.
	defined sys('keyctl', 1, 0, 0, 0, 0) && defined sys('keyctl', 8, -4, -3, 0, 0) or die "keys: $!\n";
	$watcher = spectator();
	chroot_mounts();
}

sub tear_down {
	$watcher->quit;
	stop($_) for values %running;
	run('vserver', $_, 'stop') for qw(one two);
	%running = ();
	sh("umount -l $_") for reverse mounts_below();
	run('vserver', '--silent', $_, 'delete') for qw(one two);
	# The mounts of a namespace go after its last process.
	TAP::wait_for(30, sub { system('umount /vservers 2>/dev/null') == 0 }) or die "/vservers stays mounted\n";
	sh('rm -r /run/escape-disk /escape');
}

# run_all(ENTRY...): all of a file. The same file is run inside, with the name of the place.
sub run_all {
	my (@entry) = @_;
	return play($ARGV[0], @entry) if @ARGV;
	set_up();
	my $only = $ENV{VS_ESCAPE};    # a part of a name: for working on one
	for my $number (0 .. $#entry) {
		try_both($entry[$number], $number) if !defined $only || index($entry[$number]{name}, $only) >= 0;
	}
	tear_down();
	unlink '/run/escape-errors';
	is(traces(), '', 'nothing is left');
	done_testing();
}

1;
