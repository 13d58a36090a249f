#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1e: the history: what happened to contexts last on each CPU, printed to the log or read. What an oops leaves of it is
# scripts/check-oops.ts's to show.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;
use Kmsg;

my ($CAP_SYSLOG, $BAD_POINTER) = (34, 1);
my $CTX = 77;
my $DUMP = word('dump_history');
my $READ = word('read_history');
my $PERSISTENT = cflags('persistent');
my $SIZE = kernel_config('VSERVER_HISTORY_SIZE');
my $CPUS = grep /^cpu\d+/, split /\n/, read_file('/proc/stat');
my $OBJECT = qr/((?:[0-9a-f]{16}|[0-9a-f]{8}))\[#(-?\d+),(\d+)\.(\d+)\]/;
my $PLACE = qr/[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+/;
my @NAME = map { (/^(?:hash|unhash|loc|lookup|create)$/ ? '__' : '') . "${_}_vx_info" } @VServer::EVENT;

# What actors are asked to do beside the commands.
sub bare { my ($word, $id, $data) = @_; return vserver($word, $id, $data + 0) }
sub own_read { my ($cpu) = @_; my ($more) = read_history($cpu, 0, 1); return $more }
sub places_seen { return scalar grep $_->{place}, map history($_), 0 .. $CPUS - 1 }
sub call_socket { socket my $socket, 1, 1, 0 or return; return fileno $socket }

# history(CPU [, INDEX]): everything that is kept, or kept from INDEX on, in parts.
sub history {
	my ($cpu, $index) = @_;
	my @all;
	$index = position($cpu) - 2 ** 31 & 0xffffffff if !defined $index;
	while (1) {
		my ($more, $next, @entry) = read_history($cpu, $index, 7) or die "read_history: $!\n";
		push @all, @entry;
		return @all if !$more;
		$index = $next;
	}
}

sub position { my ($more, $index) = read_history($_[0], 0, 0) or die "read_history: $!\n"; return $index }

# The history of all CPUs in the order of its events; the 16 bits of a sequence number wrap.
sub in_order {
	my @entry = @_;
	return sort { (($a->{seq} - $b->{seq} + 0x8000) & 0xffff) - 0x8000 } @entry;
}

# recorded(CODE): what is recorded meanwhile on all CPUs.
sub recorded {
	my ($code) = @_;
	my @before = map position($_), 0 .. $CPUS - 1;
	$code->();
	return in_order(map history($_, $before[$_]), 0 .. $CPUS - 1);
}

# dumped(CODE): the lines of one dump of the history; with CODE the actor or process that asks for it.
sub dumped {
	my ($code) = @_;
	my $log = Kmsg->new;
	$code->();
	return grep /^History:|^\(#/, $log->lines;
}

# An option that is left out leaves nothing.
if (!$SIZE) {
	is_errno(vserver($DUMP, 0), 'ENOSYS', '1e: without the option dump_history is ENOSYS');
	is_errno(read_history(0, 0, 0), 'ENOSYS', '1e: and so is read_history');
	is(get_vci() & 1 << 20, 0, '1e: and the configuration word says so');
	is(get_vci(), vci(), '1e: in all its bits');
	done_testing();
	exit;
}
is(get_vci() & 1 << 20, 1 << 20, '1e: the configuration word says that there is a history');
ok($CPUS > 0, '1e: the machine has a CPU');
diag("$CPUS CPUs, $SIZE entries each");
ok(settled(), '1e: every context that has ended is freed');

# What a context goes through, from its making to its end: all of it, in order.
sub life {
	my $maker = host(spares => 1);
	$maker->ctx_create($CTX, cflags(qw(state_setup state_init state_admin)) | $PERSISTENT) or die "ctx_create: $!\n";
	$maker->leave_setup;
	get_cflags($CTX);
	$maker->call_socket;
	$maker->spawn->quit;
	$maker->quit;
	# It has been persistent from the start, and ends now.
	defined set_cflags($CTX, 0, $PERSISTENT) or die "set_cflags: $!\n";
	settled() or die "context $CTX is not freed\n";
}

{
	my @life = recorded(\&life);
	my @own = grep $_->{xid} == $CTX || $_->{data} == $CTX && $_->{event} =~ /^(?:loc|lookup|create)$/, @life;
	my %first;
	my %last;
	for my $i (0 .. $#own) {
		my $event = $own[$i]{event};
		$first{$event} = $i if !exists $first{$event};
		$last{$event} = $i;
	}
	is(join(' ', sort keys %first), 'alloc claim clr create dealloc get hash init loc lookup put release set unhash',
		'1e: every kind of event but an oops is recorded in the life of a context');
	my @order = (@first{qw(alloc loc hash create set)}, @last{qw(release unhash dealloc)});
	is(join(' ', @order), join(' ', sort { $a <=> $b } @order), '1e: alloc, loc, hash, create, set ... release, unhash, dealloc in the order of sequence');
	ok($first{claim} > $first{hash} && $first{claim} < $last{release}, '1e: a claim is taken after the hash and given back before the end');
	is($own[-1]{event}, 'dealloc', '1e: dealloc is the last of it');

	my %address = map { $_->{context} => 1 } grep $_->{context}, @own;
	is(scalar keys %address, 1, '1e: all of it is of one context');
	# The table's reference, which the hash stands for.
	my ($usecnt, $tasks) = (1, 0);
	for (@own) {
		$usecnt++ if $_->{event} =~ /^(?:get|init|set)$/ || $_->{event} eq 'lookup' && $_->{context};
		$usecnt-- if $_->{event} =~ /^(?:put|clr)$/;
		$tasks++ if $_->{event} eq 'claim';
		$tasks-- if $_->{event} eq 'release';
	}
	is("$usecnt $tasks", '0 0', '1e: references and claims that are taken are given back');
	is(join(' ', map $_->{data} ? 1 : 0, grep $_->{event} =~ /^(?:get|put|alloc|dealloc|hash|unhash)$/, @own), join(' ', (0) x grep($_->{event} =~ /^(?:get|put|alloc|dealloc|hash|unhash)$/, @own)),
		'1e: get, put, alloc, dealloc, hash and unhash have no more to tell');
	ok(!(grep !$_->{data}, grep $_->{event} =~ /^(?:init|set|clr|claim|release)$/, @own), '1e: the others have the slot or the task');
	my ($loc) = grep $_->{event} eq 'loc', @own;
	is("$loc->{context} $loc->{xid} $loc->{usecnt} $loc->{tasks} $loc->{data}", "0 0 0 0 $CTX", '1e: nobody was found under the id before');
	my ($create) = grep $_->{event} eq 'create', @own;
	is("$create->{xid} $create->{usecnt} $create->{tasks} $create->{data}", "$CTX 3 2 $CTX", '1e: what was made has the references of the table and its maker, his claim, and one of each for being persistent');

	# Counters are those before the event; the last release and the last put are of the last one.
	my ($release) = (grep $_->{event} eq 'release', @own)[-1];
	is($release->{tasks}, 1, '1e: the last release finds one claim');
	my ($dealloc) = grep $_->{event} eq 'dealloc', @own;
	is("$dealloc->{usecnt} $dealloc->{tasks}", '0 0', '1e: nothing is left at dealloc');
}

# Failures are events, too.
{
	my $guest = guest(42);
	my @event = recorded(sub { ctx_create(42); ctx_create(1); get_cflags(4242) });
	is(join(' ', map "$_->{event}:" . ($_->{event} =~ /^(?:loc|lookup|create)$/ ? $_->{data} : $_->{xid}) . ($_->{context} ? '+' : '-'), @event),
		'alloc:42+ loc:42+ dealloc:42+ create:42- create:1- lookup:4242-', '1e: creates that fail, and a lookup');
	is($event[1]{xid}, 42, '1e: loc tells what is in the way');
	$guest->quit;
}

# Two contexts at once are two addresses, and each is what /proc shows of it.
{
	my ($one, $other) = (guest(42), guest(43));
	my @event = recorded(sub { get_cflags($_) for 42, 43 });
	my %address = map { $_->{xid} => $_->{context} } @event;
	for (42, 43) {
		my ($read, $shown) = (sprintf('%x', $address{$_}), hex_of(field("/proc/virtual/$_/info", 'Info')));
		if (hashes_pointers()) { is($read, $shown, "1e: the address of $_ is hashed as in /proc") }
		else { isnt($read, $shown, "1e: the address of $_ is hashed, though /proc shows it") }
	}
	isnt($address{42}, $address{43}, '1e: and another for each');
	$_->quit for $one, $other;
}

sub hex_of { my ($text) = @_; $text =~ s/^0+//; return $text }

# read_history: index and count.
{
	my $cpu = 0;
	# More than is kept, wherever this runs.
	my $guest = guest(42);
	for (1 .. $CPUS * $SIZE) {
		get_cflags(42);
		last if $_ > $SIZE && full_everywhere();
	}
	my ($fullest) = sort { history($b) <=> history($a) } 0 .. $CPUS - 1;
	$cpu = $fullest;
	my @all = history($cpu);
	is(scalar @all, $SIZE - 2, '1e: of a CPU that has recorded more, ' . ($SIZE - 2) . ' entries are read');
	is(join(' ', map $_->{seq}, @all), join(' ', map $_->{seq}, in_order(@all)), '1e: the oldest first');
	my $end = position($cpu);
	my @case = (
		# index, count: entries, index afterwards, more
		[$end - $SIZE + 2, $SIZE - 2, $SIZE - 2, $end, 0, 'all of it'],
		[$end - $SIZE + 2, $SIZE * 2, $SIZE - 2, $end, 0, 'more than there is'],
		[$end - $SIZE, $SIZE, $SIZE - 2, $end, 0, 'from one that is not kept any more'],
		[$end - $SIZE + 2, 1, 1, $end - $SIZE + 3, 1, 'the oldest'],
		[$end - 1, 1, 1, $end, 0, 'the newest'],
		[$end - 2, 1, 1, $end - 1, 1, 'the one before'],
		[$end - 2, 5, 2, $end, 0, 'the last two'],
		[$end, 5, 0, $end, 0, 'from the end: nothing'],
		[$end, 0, 0, $end, 0, 'count 0: where the end is'],
		[12345, 0, 0, $end, 0, 'count 0, whatever the index'],
		[$end + 1, 1, 1, $end - $SIZE + 3, 1, 'from one that is not there yet: the oldest'],
		[$end - 2 ** 31, 1, 1, $end - $SIZE + 3, 1, 'from one that is long gone: the oldest'],
	);
	for my $case (@case) {
		my ($index, $count, $entries, $next, $more, $what) = @$case;
		# Whoever else lives on this CPU records nothing: no other context is in use.
		my ($got_more, $got_next, @entry) = read_history($cpu, $index & 0xffffffff, $count);
		is(join(' ', $got_more, $got_next, scalar @entry), join(' ', $more, $next & 0xffffffff, $entries), "1e: read_history: $what");
	}
	my ($more, $index, @newest) = read_history($cpu, $end - 1 & 0xffffffff, 1);
	is("$newest[0]{seq} $newest[0]{event}", "$all[-1]{seq} $all[-1]{event}", '1e: read twice it is the same');

	# Sequence numbers count all events of all CPUs, without a gap.
	my @new = recorded(sub { get_cflags(42) });
	is(join(' ', map $_->{event}, @new), 'lookup put', '1e: a query is a lookup and a put');
	is(($new[1]{seq} - $new[0]{seq}) & 0xffff, 1, '1e: one after the other');
	is(($new[1]{usecnt} - $new[0]{usecnt}), 0, '1e: with the reference that the lookup has taken');
	$guest->quit;
}

sub full_everywhere { return !grep { scalar(my @kept = history($_)) < $SIZE - 2 } 0 .. $CPUS - 1 }

# Structures: 12 bytes or 16, entries of 28 or 48, and nothing is written behind them.
{
	is($VServer::ENTRY_SIZE, $Sys::AMD64 ? 48 : 28, '1e: the size of an entry is that of the caller');
	my $cpu = (grep { history($_) > 3 } 0 .. $CPUS - 1)[0];
	my $entries = "\xaa" x (3 * $VServer::ENTRY_SIZE);
	my $end = position($cpu);
	my $data = pack('LLL!', $end - 3 & 0xffffffff, 2, Sys::address($entries)) . "\xaa" x 8;
	is(vserver($READ, $cpu, \$data), 1, '1e: two of three entries are read');
	is(unpack('H*', $data), unpack('H*', pack('LLL!', $end - 1 & 0xffffffff, 2, Sys::address($entries)) . "\xaa" x 8), '1e: index and count are updated, the address is not');
	is(substr($entries, 2 * $VServer::ENTRY_SIZE), "\xaa" x $VServer::ENTRY_SIZE, '1e: the third entry is not touched');
	my @field = unpack $VServer::ENTRY, $entries;
	ok($field[2] >= 1 && $field[2] < @VServer::EVENT, '1e: the first has a type');
	my $padding = $Sys::AMD64 ? substr($entries, 12, 4) . substr($entries, 36, 4) : '';
	is($padding, "\0" x length $padding, '1e: what is between the fields is zero');

	# Bad addresses: of the structure, and of the entries.
	is_errno(vserver($READ, $cpu, $_), 'EFAULT', "1e: a structure at $_: EFAULT") for 0, $BAD_POINTER;
	for my $address (0, $BAD_POINTER) {
		my $bad = pack 'LLL!', 0, 2, $address;
		my $before = $bad;
		is_errno(vserver($READ, $cpu, \$bad), 'EFAULT', "1e: entries at $address: EFAULT");
		is(unpack('H*', $bad), unpack('H*', $before), '1e: and index and count are as they were');
		$bad = pack 'LLL!', 0, 0, $address;
		is(vserver($READ, $cpu, \$bad), 0, '1e: with count 0 nothing is written there');
	}
	# Two pages, of which the second cannot be written: the entry that reaches into it is not.
	my $memory = "\0" x 12288;
	my $page = Sys::address($memory) + 4095 & ~4095;
	defined sys('mprotect', $page + 4096, 4096, 1) or die "mprotect: $!\n";
	$data = pack 'LLL!', $end - 3 & 0xffffffff, 3, $page + 4096 - $VServer::ENTRY_SIZE - 4;
	is_errno(vserver($READ, $cpu, \$data), 'EFAULT', '1e: entries of which the second is half out of reach: EFAULT');
	is((unpack 'LLL!', $data)[1], 3, '1e: and the count is as it was');
	defined sys('mprotect', $page + 4096, 4096, 3) or die "mprotect: $!\n";
	$data = pack 'LLL!', $end - 3 & 0xffffffff, 3, $page + 4096 - $VServer::ENTRY_SIZE - 4;
	like(vserver($READ, $cpu, \$data), qr/^[01]$/, '1e: within reach again they are read');    # 1: more has happened since
}

# CPUs.
for my $cpu ($CPUS, 64, 8192, 0x7fffffff, -1, -2) {
	is_errno(read_history($cpu, 0, 0), 'EINVAL', "1e: CPU $cpu: EINVAL");
	is_errno(vserver($READ, $cpu, $BAD_POINTER), 'EINVAL', '1e: before the structure is looked at');
}

# dump_history: a head, then a line an entry, the newest of each CPU first.
{
	my $dynamic = member(-1);
	my $guest = guest(42);
	my @line = dumped(sub { is(dump_history(), 0, '1e: the history is dumped') });
	my $head = shift @line;
	like($head, qr/\AHistory:\tSEQ: [ 0-9a-f]{8}\tNR_CPUS: $CPUS\z/, '1e: the head');
	my @odd = grep !(
		/^\(#[0-9a-f]{4},\*\d+\):$PLACE (?:get|put|alloc|dealloc|__hash|__unhash)_vx_info $OBJECT$/ ||
		/^\(#[0-9a-f]{4},\*\d+\):$PLACE (?:init|set|clr|claim|release)_vx_info $OBJECT \@[0-9a-f]{8,16}$/ ||
		/^\(#[0-9a-f]{4},\*\d+\):$PLACE __(?:loc|lookup|create)_vx_info \[#-?\d+\] -> $OBJECT$/
	), @line;
	is(join("\n", @odd), '', '1e: every line has its form');
	my %line;
	for (@line) {
		my ($seq, $cpu) = /^\(#(\w+),\*(\d+)\)/;
		push @{$line{$cpu}}, hex $seq;
	}
	for my $cpu (sort keys %line) {
		my @seq = @{$line{$cpu}};
		is(join(' ', @seq), join(' ', reverse map $_->{seq}, in_order(map { {seq => $_} } @seq)), "1e: CPU $cpu: the newest first");
		ok(@seq <= $SIZE, "1e: CPU $cpu: no more than are kept");
	}
	ok((grep @$_ == $SIZE, values %line) > 0, '1e: of a CPU that has recorded more, all that is kept is dumped');

	# Read and dumped it is the same, but for the dump's two entries more.
	for my $cpu (0 .. $CPUS - 1) {
		my @read = map as_line($_, $cpu), history($cpu);
		my @dump = reverse grep /^\(#\w+,\*$cpu\)/, @line;
		splice @dump, 0, @dump - @read;
		s/\):$PLACE /): / for @dump;
		if (!hashes_pointers()) { s/\b[0-9a-f]{16}\b/pointer/g for @dump, @read }
		is(join("\n", @dump), join("\n", @read), "1e: CPU $cpu: read_history and dump_history agree");
	}
	my @again = dumped(sub { dump_history() });
	is(join("\n", @again[1 .. $#again]), join("\n", @line), '1e: a dump adds nothing to the history');

	# And afterwards recording goes on.
	my @new = recorded(sub { get_cflags(42) });
	is(join(' ', map $_->{event}, @new), 'lookup put', '1e: after a dump recording goes on');
	$_->quit for $guest, $dynamic;
}

# as_line(ENTRY, CPU): how the log shows it, without the place.
sub as_line {
	my ($entry, $cpu) = @_;
	my $width = read_file('/proc/sys/kernel/arch') eq "x86_64\n" ? 16 : 8;
	my $object = sprintf "%0${width}x[#%d,%d.%d]", $entry->{context}, as_id($entry->{xid}), @$entry{qw(usecnt tasks)};
	my $line = sprintf '(#%04x,*%d): %s ', $entry->{seq}, $cpu, $NAME[$entry->{type}];
	return $line . '[#' . as_id($entry->{data}) . "] -> $object" if $entry->{event} =~ /^(?:loc|lookup|create)$/;
	return $line . $object . ($entry->{event} =~ /^(?:init|set|clr|claim|release)$/ ? sprintf " @%0${width}x", $entry->{data} : '');
}

# What is to become a dynamic id is -1 in the log.
sub as_id { return unpack 'l', pack 'L', $_[0] & 0xffffffff }

# Addresses of the kernel: places for whom /proc/kallsyms shows them, all others hashed.
{
	my $privileged = host();
	my $curious = host();
	$curious->drop_capability($CAP_SYSLOG);
	# Restricted, addresses are for those with CAP_SYSLOG.
	my $restricted = read_file('/proc/sys/kernel/kptr_restrict');
	write_file('/proc/sys/kernel/kptr_restrict', 1) or die "kptr_restrict: $!\n";
	ok($privileged->places_seen > 0, '1e: who may see addresses of the kernel is told the places');
	is($curious->places_seen, 0, '1e: who may not is told none');
	write_file('/proc/sys/kernel/kptr_restrict', 2) or die "kptr_restrict: $!\n";
	is($privileged->places_seen, 0, '1e: nor is anybody if nobody may');
	write_file('/proc/sys/kernel/kptr_restrict', $restricted) or die "kptr_restrict: $!\n";
	my %symbol = map { /^([0-9a-f]+) [tT] (_stext|_etext)$/ ? ($2 => hex $1) : () } split /\n/, read_file('/proc/kallsyms');
	my @place = map $_->{place}, map history($_), 0 .. $CPUS - 1;
	my ($from, $to) = @symbol{qw(_stext _etext)};
	if (!$Sys::AMD64) { $_ &= 0xffffffff for $from, $to }
	is(scalar(grep $_ < $from || $_ >= $to, @place), 0, '1e: every place is in the text of the kernel');
	my $kernel = $Sys::AMD64 ? 1 << 47 : 0xc0000000;
	my $user = read_file('/proc/sys/kernel/arch') eq "x86_64\n";
	ok(!(grep $_->{context} >> 32 || $_->{data} >> 32, map history($_), 0 .. $CPUS - 1), '1e: an address of the kernel that is hashed has 32 bits') if $user;
	$_->quit for $privileged, $curious;
}

# Who may.
{
	my $guest = guest(42);
	my $setup = member(43);
	my $spectator = spectator();
	my $ordinary = host();
	$ordinary->drop_root(1000);
	for (['the host' => host()], ['a spectator' => $spectator], ['a member in setup' => $setup]) {
		my ($who, $actor) = @$_;
		is($actor->bare($DUMP, 0, 0), 0, "1e: dump_history by $who");
		is($actor->bare($DUMP, 4711, $BAD_POINTER), 0, "1e: whatever its arguments are");
		is(outcome($actor->own_read(0)) =~ /^[01]$/ ? 'read' : 'refused', 'read', "1e: read_history by $who");
		$actor->quit if $who eq 'the host';
	}
	for (['a guest' => $guest], ['an ordinary user' => $ordinary]) {
		my ($who, $actor) = @$_;
		my $log = Kmsg->new;
		is_errno($actor->bare($DUMP, 0, 0), 'ENOSYS', "1e: dump_history by $who: ENOSYS");
		is(scalar(grep /^History:/, $log->lines), 0, '1e: nothing is dumped');
		is_errno($actor->bare($READ, 0, $BAD_POINTER), 'ENOSYS', "1e: read_history by $who: ENOSYS");
		is_errno($actor->own_read(0), 'ENOSYS', "1e: with good arguments as well");
	}
	is_errno(vserver($DUMP | 1, 0), 'ENOSYS', '1e: another version of the word is none');
	is_errno(vserver($READ | 1 << 30, 0), 'ENOSYS', '1e: nor is one with stray bits');
	$_->quit for $guest, $setup, $spectator, $ordinary;
}

# Many at once: no entry is lost or torn, however many record and read.
{
	my ($workers, $rounds) = (4, 50);
	settled() or die "a context of before is not freed\n";
	my @before = map position($_), 0 .. $CPUS - 1;
	my @worker;
	for my $id (100 .. 100 + $workers - 1) {
		my $actor = host();
		$actor->begin('live_and_die', $id, $rounds);
		push @worker, $actor;
	}
	my ($read, @strange) = (0);
	my %index = map { $_ => $before[$_] } 0 .. $CPUS - 1;
	my $reader = sub {
		for my $cpu (0 .. $CPUS - 1) {
			my ($more, $next, @entry) = read_history($cpu, $index{$cpu}, $SIZE);
			$index{$cpu} = $next;
			$read += @entry;
			push @strange, map join(' ', %$_), grep strange($_), @entry;
		}
	};
	my $done = 0;
	my @answer;
	while (@answer < @worker) {
		$reader->();
		my $waiting = $worker[@answer];
		vec(my $set = '', fileno $waiting->{lines}{reply_out}, 1) = 1;
		push @answer, scalar $waiting->finish if select $set, undef, undef, 0;
	}
	is(join(' ', @answer), join(' ', ($rounds) x $workers), '1e: contexts come and go on all CPUs at once');
	$reader->();
	my $recorded = 0;
	$recorded += position($_) - $before[$_] & 0xffffffff for 0 .. $CPUS - 1;
	diag("$recorded entries recorded, $read read meanwhile");
	ok($recorded > $workers * $rounds * 10, '1e: each of them is recorded');
	ok($read > 0, '1e: and read meanwhile');
	is(join("\n", @strange), '', '1e: no entry is torn');
	$_->quit for @worker;
}

sub live_and_die {
	my ($id, $rounds) = @_;
	my $made = 0;
	for (1 .. $rounds) {
		my $pid = fork;
		Sys::leave(defined ctx_create($id, 0) ? 7 : 1) if !$pid;
		waitpid $pid, 0;
		$made++ if $? == 7 << 8;
	}
	return $made;
}

# strange(ENTRY): what cannot be of one event.
sub strange {
	my ($entry) = @_;
	my ($event, $xid, $data) = @$entry{qw(event xid data)};
	return 1 if !defined $event || $event eq 'unused' || $event eq 'oops';
	return $data < 100 || $data > 103 || $xid && $xid != $data || !$xid != !$entry->{context} if $event =~ /^(?:loc|lookup|create)$/;
	return 1 if $xid < 100 || $xid > 103 || !$entry->{context};
	return $event =~ /^(?:init|set|clr|claim|release)$/ ? !$data : $data != 0;
}

ok(settled(), '1e: every context that was made has been freed');
done_testing();
