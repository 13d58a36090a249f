#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1c: what /proc tells of contexts, byte for byte, and who sees it.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Thread;

my ($SETUP, $INIT, $ADMIN) = map cflags($_), qw(state_setup state_init state_admin);
my $ONE_TIME = $SETUP | $INIT | $ADMIN;

# The number belongs to the kernel's architecture: an i386 reader on x86_64 sees 236 as well.
my $kernel_is_amd64 = read_file('/proc/sys/kernel/arch') eq "x86_64\n";
my $syscall = $kernel_is_amd64 ? 236 : 273;
my $version = (read_file('/proc/cmdline') || '') =~ /\bvserver\.version=(\w+)/ ? oct $1 : 0x00020001;

# What actors are asked to do beside the commands.
sub look { my ($path) = @_; return -e $path ? 'there' : undef }
sub numbers { my ($path) = @_; return join ' ', sort { $a <=> $b } grep /^\d+$/, list_dir($path) }
sub uptime { return (split ' ', read_file('/proc/uptime'))[0] }
# The lines of /proc/virtual/status that count contexts; 1c-proc-counts.t has the others.
sub counts { return (read_file('/proc/virtual/status') || '') =~ /\A((?:#C\w+:\t\d+\n)*)/ ? $1 : undef }
sub numeric { return sort { $a <=> $b } @_ }

# The top of the tree.
{
	my $head = sprintf "VCIVersion:\t%04x:%04x\nVCISyscall:\t%d\nVCIKernel:\t%08x\n", $version >> 16, $version & 0xffff, $syscall, vci();
	is(read_file("/proc/$_/info"), $head, "1c: /proc/$_/info") for qw(virtual virtnet);
	is($version, get_version(63), '1c: the version is the one that get_version answers');
	ok(settled(), '1c: every context that has ended is freed');
	is(counts(), "#CTotal:\t0\n#CActive:\t0\n", '1c: /proc/virtual/status without a context');
	is(read_file('/proc/virtnet/status'), "#CTotal:\t0\n#CActive:\t0\n", '1c: /proc/virtnet/status without a context');
	is(join(' ', list_dir("/proc/$_")), 'info status', "1c: /proc/$_ without a context") for qw(virtual virtnet);
	is(join(' ', grep /^virt/, list_dir('/proc')), 'virtnet virtual', '1c: both are listed in /proc');
}

my $guest = guest(42, spares => 1);
my $setup = member(43, spares => 1);
my $spectator = spectator();
my $ordinary = host();
$ordinary->drop_root(1000);

# Modes and owners.
for my $path (qw(virtual virtual/42 virtnet)) {
	my (undef, undef, $mode, undef, $uid, $gid) = stat "/proc/$path";
	is(sprintf('%06o %d %d', $mode, $uid, $gid), '040555 0 0', "1c: /proc/$path is a directory that anybody may enter and nobody change");
}
for my $path (qw(virtual/info virtual/status virtual/42/info virtual/42/status virtual/42/cvirt virtual/42/nsproxy virtual/42/nsproxy1 virtnet/info virtnet/status), "$$/vinfo", "$$/ninfo") {
	my (undef, undef, $mode, undef, $uid, $gid) = stat "/proc/$path";
	is(sprintf('%06o %d %d', $mode, $uid, $gid), '100444 0 0', "1c: /proc/$path is a file that anybody may read and nobody write");
}

# The files of a context.
{
	is(join(' ', list_dir('/proc/virtual')), '42 43 info status', '1c: /proc/virtual lists the contexts');
	is(join(' ', list_dir('/proc/virtual/42')), 'cvirt info nsproxy nsproxy1 status', '1c: /proc/virtual/42 has those files whose numbers exist');
	is(counts(), "#CTotal:\t2\n#CActive:\t2\n", '1c: /proc/virtual/status counts two');
	is((stat '/proc/virtual')[3], 4, '1c: and so does its number of links');
	is_errno(chmod(0777, '/proc/virtual/42') || undef, 'EPERM', '1c: the mode of a context cannot be changed');
	is_errno(chmod(0777, '/proc/virtual') || undef, 'EPERM', '1c: nor that of the directory of all');

	my $address = $kernel_is_amd64 ? qr/[0-9a-f]{16}/ : qr/[0-9a-f]{8}/;
	my $pid = $guest->pid;
	like(read_file('/proc/virtual/42/info'), qr/\AID:\t42\nInfo:\t$address\nInit:\t$pid\nOOM:\t0\n\z/, '1c: info of a guest');
	like(read_file('/proc/virtual/43/info'), qr/\AID:\t43\nInfo:\t$address\nInit:\t0\nOOM:\t0\n\z/, '1c: info of a context without an init');
	like(read_file('/proc/virtual/42/status'),
		qr/\AUseCnt:\t\d+\nTasks:\t1\nFlags:\t0000000400000000\nBCaps:\t00000000fffffeff\nCCaps:\t0000000000000000\nUmask:\t {15}0\nWmask:\t {15}0\nSpaces:\t0c000000 00000000\n\z/, '1c: status of a guest');
	like(read_file('/proc/virtual/43/status'),
		qr/\AUseCnt:\t\d+\nTasks:\t1\nFlags:\t0000000700000000\nBCaps:\t00000000fffffeff\nCCaps:\t0000000000000000\nUmask:\t {15}0\nWmask:\t {15}0\nSpaces:\t0c000000 00000000\n\z/, '1c: status of one in setup');
	ok(field('/proc/virtual/42/status', 'UseCnt') > field('/proc/virtual/42/status', 'Tasks'), '1c: more references than tasks: the reader holds one');
	is(set_cflags(42, cflags('virt_load') | 1 << 60, cflags('virt_load') | 1 << 60), 0, '1c: the host sets flags');
	is(field('/proc/virtual/42/status', 'Flags'), '1000000400080000', '1c: status shows them');
	is(set_cflags(42, 0, cflags('virt_load') | 1 << 60), 0, '1c: the host clears them');

	my $child = $guest->spawn;
	is(field('/proc/virtual/42/status', 'Tasks'), 2, '1c: Tasks counts a child');
	$child->quit;
	is(field('/proc/virtual/42/status', 'Tasks'), 1, '1c: and no longer once it has ended');

	# However it is read: the text is the same.
	my $whole = read_file('/proc/virtual/42/info');
	open my $file, '<', '/proc/virtual/42/info' or die "info: $!\n";
	my $piecemeal = '';
	1 while sysread $file, $piecemeal, 1, length $piecemeal;
	is($piecemeal, $whole, '1c: read byte by byte it is the same');
	sysseek $file, 5, 0;
	sysread $file, my $rest, 4096;
	is($rest, substr($whole, 5), '1c: read from the middle, too');
}

# The time of creation, in the host's uptime.
{
	my $before = uptime();
	my $young = member(44);
	my $after = uptime();
	my $text = read_file('/proc/virtual/44/cvirt');
	like($text, qr/\ABiasUptime:\t\d+\.\d\d\n\z/, '1c: cvirt');
	my $bias = field('/proc/virtual/44/cvirt', 'BiasUptime');
	ok($before <= $bias && $bias <= $after, "1c: BiasUptime ($bias) lies between the uptimes before ($before) and after ($after)");
	ok(wait_for(30, sub { uptime() > $after }), '1c: time goes on');
	is(read_file('/proc/virtual/44/cvirt'), $text, '1c: BiasUptime does not');
	ok(field('/proc/virtual/42/cvirt', 'BiasUptime') <= $bias, '1c: an older context has no later one');
	$young->quit;
}

# Who sees what: row a path; columns: host, ordinary user of the host, spectator, guest 42, member of 43 in setup.
{
	my @viewer = (
		['the host' => host()], ['an ordinary user' => $ordinary], ['a spectator' => $spectator], ['guest 42' => $guest], ['a member of 43 in setup' => $setup],
	);
	my ($yes, $no) = ('there', 'ENOENT');
	my @row = (
		['/proc/virtual/info',      ($yes) x 5],
		['/proc/virtual/status',    ($yes) x 5],
		['/proc/virtual/42',        $yes, $yes, $yes, $yes, $no],
		['/proc/virtual/42/status', $yes, $yes, $yes, $yes, $no],
		['/proc/virtual/43',        $yes, $yes, $yes, $no, $yes],
		['/proc/virtual/43/info',   $yes, $yes, $yes, $no, $yes],
		['/proc/virtual/44',        ($no) x 5],
		['/proc/virtnet/info',      ($yes) x 5],
		['/proc/virtnet/42',        ($no) x 5],
	);
	# Twice, and each after each: what one has looked up must not be what another finds.
	for my $round ('at first', 'and again') {
		for my $row (@row) {
			my ($path, @expected) = @$row;
			for my $i (0 .. $#viewer) {
				my ($who, $actor) = @{$viewer[$i]};
				is(outcome($actor->look($path)), $expected[$i], "1c: $path, $round, by $who: $expected[$i]");
			}
		}
	}
	is($_->[1]->numbers('/proc/virtual'), '42 43', "1c: $_->[0] finds all contexts listed") for @viewer[0 .. 2];
	is($guest->numbers('/proc/virtual'), '42', '1c: a guest finds itself listed, and nobody else');
	is($setup->numbers('/proc/virtual'), '43', '1c: a member in setup likewise');
	is($ordinary->read_file('/proc/virtual/42/status'), read_file('/proc/virtual/42/status'), '1c: an ordinary user reads what root reads');
	is($guest->read_file('/proc/virtual/42/info'), read_file('/proc/virtual/42/info'), '1c: a guest reads of itself what the host reads');
	is_errno($setup->read_file('/proc/virtual/42/info'), 'ENOENT', '1c: and cannot open the files of another');
	$viewer[0][1]->quit;
}

# Another instance of procfs tells the same.
{
	my $mountpoint = "/tmp/1c-proc-$$";
	mkdir $mountpoint or die "mkdir $mountpoint: $!\n";
	is($guest->mount_proc($mountpoint), 0, '1c: a guest mounts procfs once more');
	is($guest->numbers("$mountpoint/virtual"), '42', '1c: it finds only itself there');
	is_errno($guest->look("$mountpoint/virtual/43"), 'ENOENT', '1c: and nobody else by name');
	is(numbers("$mountpoint/virtual"), '42 43', '1c: the host finds both');
	is(sys('umount2', $mountpoint, 0), 0, '1c: it is unmounted');
	rmdir $mountpoint;
}

sub mount_proc {
	my ($path) = @_;
	return sys('mount', 'proc', $path, 'proc', 0, 0);
}

# What comes and goes by itself is no place to mount on: a look by one who may not see it would take the mount away.
{
	is_errno(sys('mount', 'none', '/proc/virtual/43', 'tmpfs', 0, 0), 'ENOENT', '1c: nothing can be mounted on a context');
	is(sys('mount', 'none', '/proc/virtual', 'tmpfs', 0, 0), 0, '1c: on /proc/virtual it can');
	is(sys('umount2', '/proc/virtual', 0), 0, '1c: and is taken away');
	ok(-e '/proc/virtual/43/info', '1c: the contexts are back');
}

# Who comes by a directory that somebody else has opened finds nothing in it.
{
	sysopen my $directory, '/proc/virtual/43', 0200000 or die "/proc/virtual/43: $!\n";
	$^F = fileno $directory;
	my $through = '/proc/self/fd/' . fileno $directory;
	my $late = guest(44);
	is(look("$through/info"), 'there', '1c: through an open directory the host finds a file');
	is_errno($late->look("$through/info"), 'ENOENT', '1c: a guest that has inherited it does not');
	is_errno($late->look('/proc/virtual/43'), 'ENOENT', '1c: nor by the path, while the host has it open');
	is_errno($late->look('/proc/virtual/43/info'), 'ENOENT', '1c: and what is below it');
	is(scalar(my @name = $late->list_dir($through)), 0, '1c: nor does it find anything listed');
	$late->quit;
}

# Only plain decimal names.
for my $directory (qw(virtual virtnet)) {
	is_errno(look("/proc/$directory/$_"), 'ENOENT', "1c: /proc/$directory/$_ does not exist")
		for '0', '1', '00042', '042', '99999999999', '4294967338', '18446744073709551658', '-1', '+42', '42x', '0x2a', ' 42', '65536', '41';
}
is(look('/proc/virtual/42'), 'there', '1c: /proc/virtual/42 does');

# What is said of a process.
{
	my $guest_pid = $guest->pid;
	my $host = host();
	is(read_file("/proc/$$/vinfo"), "XID:\t0\n", '1c: vinfo of a task of the host');
	is(read_file('/proc/' . $spectator->pid . '/vinfo'), "XID:\t1\n", '1c: vinfo of a spectator');
	is(read_file("/proc/$guest_pid/vinfo"), "XID:\t42\nBCaps:\t00000000fffffeff\nCCaps:\t0000000000000000\nCFlags:\t0000000400000000\nCIPid:\t$guest_pid\n",
		'1c: vinfo of a member');
	is(read_file('/proc/' . $setup->pid . '/vinfo'),
		"XID:\t43\nBCaps:\t00000000fffffeff\nCCaps:\t0000000000000000\nCFlags:\t0000000700000000\nCIPid:\t0\n", '1c: vinfo of a member of a context without an init');
	is($guest->read_file("/proc/$guest_pid/vinfo"), read_file("/proc/$guest_pid/vinfo"), '1c: a member reads the same of itself');
	is($ordinary->read_file("/proc/$guest_pid/vinfo"), read_file("/proc/$guest_pid/vinfo"), '1c: and so does an ordinary user');
	is(read_file("/proc/$_/ninfo"), "NID:\t0\n", '1c: ninfo of a task without a network context') for $$, $guest_pid;

	for my $case ([$$, 0, 'the host'], [$spectator->pid, 1, 'a spectator'], [$guest_pid, 42, 'a member'], [$setup->pid, 43, 'a member in setup']) {
		my ($pid, $xid, $who) = @$case;
		like(read_file("/proc/$pid/status"), qr/^CapAmb:\t[0-9a-f]{16}\nVxID:\t$xid\nNxID:\t0\n/m, "1c: the lines in status of $who, behind the Cap lines");
		is(read_file("/proc/$pid/task/$pid/$_"), read_file("/proc/$pid/$_"), "1c: $_ of $who is there for its thread, too") for qw(vinfo ninfo);
	}

	# Each thread has its own.
	my $tid = $host->start_thread;
	is($host->thread_call($VServer::SYSCALL, word('ctx_migrate_v0'), 42, 0), 0, '1c: a thread enters a context');
	my $task = '/proc/' . $host->pid . "/task/$tid";
	like(read_file("$task/vinfo"), qr/\AXID:\t42\n/, '1c: vinfo of the thread');
	like(read_file("$task/status"), qr/^VxID:\t42$/m, '1c: status of the thread');
	is(read_file('/proc/' . $host->pid . '/vinfo'), "XID:\t0\n", '1c: its process has not moved');
	like(read_file('/proc/' . $host->pid . '/status'), qr/^VxID:\t0$/m, "1c: nor has the process' status");
	$host->stop_thread;
	$host->quit;
}

my @threads;

sub start_thread {
	push @threads, Thread->new || die "clone: $!\n";
	return $threads[-1]->tid;
}

sub thread_call { return $threads[-1]->call(@_) }

sub stop_thread {
	pop(@threads)->quit;
	return 1;
}

# Network contexts.
{
	my ($net, $other) = map host(), 1 .. 2;
	is($net->net_create(42), 42, '1c: a network context is made');
	is($other->net_create(43, 1 << 40), 43, '1c: and another');
	is(read_file('/proc/virtnet/status'), "#CTotal:\t2\n#CActive:\t2\n", '1c: /proc/virtnet/status counts two');
	is(join(' ', list_dir('/proc/virtnet')), '42 43 info status', '1c: /proc/virtnet lists them');
	is(join(' ', list_dir('/proc/virtnet/42')), 'info status', '1c: /proc/virtnet/42 has its files');
	my $address = $kernel_is_amd64 ? qr/[0-9a-f]{16}/ : qr/[0-9a-f]{8}/;
	like(read_file('/proc/virtnet/42/info'), qr/\AID:\t42\nInfo:\t$address\n\z/, '1c: info of a network context');
	like(read_file('/proc/virtnet/42/status'), qr/\AUseCnt:\t\d+\nTasks:\t1\nFlags:\t0000000406000200\nNCaps:\t0000000000000000\n\z/,
		'1c: status of a network context');
	is(field('/proc/virtnet/43/status', 'Flags'), '0000010000000000', '1c: and of another, made with flags');
	is(read_file('/proc/' . $net->pid . '/ninfo'), "NID:\t42\nNCaps:\t0000000000000000\nNFlags:\t0000000406000200\n", '1c: ninfo of a member');
	like(read_file('/proc/' . $net->pid . '/status'), qr/^CapAmb:\t[0-9a-f]{16}\nVxID:\t0\nNxID:\t42\n/m, '1c: the lines in its status');
	is(read_file('/proc/' . $net->pid . '/vinfo'), "XID:\t0\n", '1c: vinfo of it: it is in no context');

	is($net->numbers('/proc/virtnet'), '42', '1c: a member finds only its own network context listed');
	is_errno($net->look('/proc/virtnet/43'), 'ENOENT', '1c: and cannot look up the other');
	is($net->look('/proc/virtnet/42/info'), 'there', '1c: but its own');
	is($net->numbers('/proc/virtual'), '42 43', '1c: of contexts it finds all, being in none');
	# The interface filters by nid alone, for a guest cannot reach the directory there; here that hiding is a later id's (2e).
	is($guest->numbers('/proc/virtnet'), '', '1c: a guest in no network context finds none of these');
	is_errno($guest->look('/proc/virtnet/42'), 'ENOENT', '1c: nor looks one up by its number');
	is($other->net_migrate(1), 1, '1c: one becomes a network spectator');
	is($other->numbers('/proc/virtnet'), '42', '1c: the network context that it has left is gone, the other one is seen');
	is(read_file('/proc/' . $other->pid . '/ninfo'), "NID:\t1\n", '1c: ninfo of a network spectator');
	$_->quit for $net, $other;
	is_errno(look('/proc/virtnet/42'), 'ENOENT', '1c: the last one is gone as well');
	ok(wait_for(30, sub { field('/proc/virtnet/status', '#CTotal') == 0 }), '1c: and freed');
}

# A context may hide that its tasks are in it.
{
	my $hide = cflags('hide_vinfo');
	my $pid = $guest->pid;
	my @viewer = (['the host' => host()], ['a spectator' => $spectator], ['the guest' => $guest]);
	my @path = map { ("/proc/$pid/$_", "/proc/$pid/task/$pid/$_") } qw(vinfo ninfo);
	# Open, they stay in the kernel's cache of names: what is found there is asked again, too.
	my @open = map { open my $file, '<', $_ or die "$_: $!\n"; $file } @path;
	for my $step (['before', undef, 'there'], ['with hide_vinfo', $hide, 'ENOENT'], ['without it again', 0, 'there']) {
		my ($when, $flag, $expected) = @$step;
		is(set_cflags(42, $flag, $hide), 0, "1c: the flag is written: $when") if defined $flag;
		for (@viewer) {
			my ($who, $actor) = @$_;
			is(outcome($actor->look($_)), $expected, "1c: $_, $when, by $who: $expected") for @path;
			my $lines = () = $actor->read_file("/proc/$pid/status") =~ /^(?:VxID|NxID):/mg;
			is($lines, $expected eq 'there' ? 2 : 0, "1c: lines in status, $when, by $who");
			is($actor->look('/proc/' . $setup->pid . '/vinfo'), 'there', "1c: vinfo of another context, $when, by $who: there");
		}
	}
	is(read_file('/proc/virtual/42/status') =~ /^Flags:\t0000000400000000$/m ? 1 : 0, 1, '1c: the flags are as they were');

	# Hidden is not gone: what is mounted there is there again.
	my $cover = "/tmp/1c-cover-$$";
	open my $file, '>', $cover or die "$cover: $!\n";
	syswrite $file, "covered\n";
	close $file;
	for my $path (@path) {
		my $original = read_file($path);
		is(sys('mount', $cover, $path, 'none', 4096, 0), 0, "1c: something is mounted on $path");    # MS_BIND
		is($_->[1]->read_file($path), "covered\n", "1c: $_->[0] finds that there") for @viewer;
		is(set_cflags(42, $hide, $hide), 0, '1c: the context hides it');
		is_errno($_->[1]->read_file($path), 'ENOENT', "1c: $_->[0] finds nothing") for @viewer;
		is(set_cflags(42, 0, $hide), 0, '1c: it is shown again');
		is($_->[1]->read_file($path), "covered\n", "1c: and $_->[0] finds the mount as before") for @viewer;
		is(sys('umount2', $path, 0), 0, '1c: it is unmounted');
		is(read_file($path), $original, '1c: and the file is what it was');
	}
	unlink $cover;
	$viewer[0][1]->quit;
}

# What was open when the context ended is empty, and does not keep it.
{
	my $short = guest(45);
	my %open;
	for my $name (qw(info status cvirt)) {
		open $open{$name}, '<', "/proc/virtual/45/$name" or die "45/$name: $!\n";
	}
	open my $fresh, '<', '/proc/virtual/45/info' or die "45/info: $!\n";
	ok(sysread($open{$_}, my $text, 4096), "1c: $_ of a context has contents") for sort keys %open;
	sysopen my $directory, '/proc/virtual/45', 0200000 or die "45: $!\n";    # O_DIRECTORY
	my $through = '/proc/self/fd/' . fileno $directory;
	is(join(' ', list_dir($through)), 'cvirt info nsproxy nsproxy1 status', '1c: its directory is open');
	$short->quit;
	is_errno(look('/proc/virtual/45'), 'ENOENT', '1c: a context that has ended is gone at once');
	is_errno(look("/proc/virtual/45/info"), 'ENOENT', '1c: with its files');
	for my $name (sort keys %open) {
		sysseek $open{$name}, 0, 0;
		is(sysread($open{$name}, my $text, 4096), 0, "1c: $name, kept open, is empty");
	}
	is(sysread($fresh, my $nothing, 4096), 0, '1c: and so is a file that was opened and never read');
	is(join(' ', list_dir('/proc/virtual')), '42 43 info status', '1c: it is no longer listed');
	is(field('/proc/virtual/status', '#CActive'), 2, '1c: nor counted as active');
	is_errno(look("$through/info"), 'ENOENT', '1c: through its open directory no file is found that is still open');
	%open = ();
	close $fresh;
	is_errno(look("$through/info"), 'ENOENT', '1c: nor one that is not');
	is(join(' ', list_dir($through)), '', '1c: nor is any listed');
	close $directory;
	ok(settled(), '1c: and is freed when nothing of it is open');

	# The next context with the same id is another one.
	my $again = guest(45);
	like(read_file('/proc/virtual/45/info'), qr/\AID:\t45\n/, '1c: a new context with the same id is seen');
	open my $old, '<', '/proc/virtual/45/status' or die "45/status: $!\n";
	$again->quit;
	$again = guest(45);
	is(sysread($old, my $other, 4096), 0, '1c: a file of the one before does not show the one after');
	like(read_file('/proc/virtual/45/status'), qr/^Tasks:\t1$/m, '1c: opened anew it does');
	$again->quit;
}

# Many at once: each is listed once, whoever comes or goes meanwhile, and the numbers add up.
{
	my $flags = cflags('persistent', 'state_admin');
	my @id = map 1000 + 7 * $_, 0 .. 299;
	for my $id (@id) {
		my $pid = fork;
		Sys::leave(defined ctx_create($id, $flags) ? 7 : 1) if !$pid;
		waitpid $pid, 0;
		die "context $id cannot be made\n" if $? != 7 << 8;
	}
	is(numbers('/proc/virtual'), join(' ', numeric(42, 43, @id)), '1c: three hundred contexts are listed');
	is(field('/proc/virtual/status', '#CActive'), @id + 2, '1c: and counted');
	is($guest->numbers('/proc/virtual'), '42', '1c: a guest still finds only itself listed');

	# Listed in parts: entries that stay are seen once, also when some that have been passed go.
	my (%seen, $gone);
	sysopen my $directory, '/proc/virtual', 0200000 or die "/proc/virtual: $!\n";    # O_DIRECTORY
	my $parts = 0;
	while (my @name = next_names($directory)) {
		$seen{$_}++ for @name;
		next if $parts++ != 3;
		($gone) = grep /^1\d\d\d$/, @name;
		set_cflags($gone, 0, cflags('persistent'));
	}
	ok($parts > 10, '1c: the list is read in many parts');
	is(join(' ', grep $seen{$_} != 1, sort keys %seen), '', '1c: listed in parts, each name comes once');
	is(join(' ', grep !$seen{$_}, 42, 43, @id), '', '1c: and none is missing');
	is_errno(look("/proc/virtual/$gone"), 'ENOENT', '1c: one of them has ended meanwhile');

	my $tasks = 0;
	$tasks += field("/proc/virtual/$_/status", 'Tasks') for split ' ', numbers('/proc/virtual');
	is($tasks, @id - 1 + 2, '1c: Tasks of all contexts: those that run, and one for each that is persistent');
	is(join(' ', grep { $_ ne $gone && !defined set_cflags($_, 0, cflags('persistent')) } @id), '', '1c: they stop being persistent');
	is(numbers('/proc/virtual'), '42 43', '1c: and are gone');
}

# Read while contexts come and go: a file is complete, empty or not there.
{
	pipe my $result, my $answer;
	pipe my $stop, my $open;
	my $reader = fork;
	if (!$reader) {
		close $open;
		my ($read, $strange) = (0, '');
		vec(my $set = '', fileno $stop, 1) = 1;
		until (select my $ready = $set, undef, undef, 0) {
			for my $id (grep /^\d+$/, list_dir('/proc/virtual')) {
				my $text = read_file("/proc/virtual/$id/status");
				next if !defined $text || $text eq '';
				$read++;
				$strange ||= $text if $text !~ /\AUseCnt:\t\d+\nTasks:\t\d+\nFlags:\t[0-9a-f]{16}\nBCaps:\t[0-9a-f]{16}\nCCaps:\t[0-9a-f]{16}\nUmask:\t {15}0\nWmask:\t {15}0\nSpaces:\t[0-9a-f]{8} 00000000\n\z/;
			}
		}
		syswrite $answer, "$read:$strange";
		Sys::leave(0);
	}
	my $made = 0;
	for (1 .. 200) {
		my $pid = fork;
		Sys::leave(defined ctx_create(-1) ? 7 : 1) if !$pid;
		waitpid $pid, 0;
		$made++ if $? == 7 << 8;
	}
	close $open;
	sysread $result, my $text, 4096;
	waitpid $reader, 0;
	my ($read, $strange) = split /:/, $text, 2;
	diag("$read files read meanwhile");
	is($made, 200, '1c: two hundred contexts come and go');
	ok($read > 2, '1c: and are read meanwhile');
	is($strange, '', '1c: every file that was read was complete');
}

# next_names(DIRECTORY): what one small getdents64 returns; Perl's own readdir would fetch them all at once.
sub next_names {
	my ($directory) = @_;
	my $entries = "\0" x 512;
	my $length = sys('getdents64', fileno $directory, \$entries, 512);
	die "getdents64: $!\n" if !defined $length;
	my ($at, @name) = (0);
	while ($at < $length) {
		my ($reclen, $name) = unpack "x$at x16 S x Z*", $entries;
		push @name, $name;
		$at += $reclen;
	}
	return @name;
}

$_->quit for $guest, $setup, $spectator, $ordinary;
ok(settled(), '1c: every context that was made has been freed');
is(counts(), "#CTotal:\t0\n#CActive:\t0\n", '1c: and none is counted');

done_testing();
