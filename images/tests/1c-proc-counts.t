#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# 1c: what /proc/virtual/status counts beside contexts: the objects that hold a guest's view of the machine, and who uses those
# that the host starts from. The kernel frees some of them in its own time, so a fall is waited for.
use strict;
use TAP;
use Sys;
use VServer;
use Actor;
use Callers;

my $STATUS = '/proc/virtual/status';
my $XID = 290;
my @KIND = qw(nsproxy fs mnt uts ipc user pid);
my %FLAG = (
	fs => $Sys::CLONE_FS, mnt => $Sys::CLONE_NEWNS, uts => $Sys::CLONE_NEWUTS, ipc => $Sys::CLONE_NEWIPC, user => $Sys::CLONE_NEWUSER,
	pid => $Sys::CLONE_NEWPID);

# Limits that are set lower for a test: whatever comes of it, the next finds them as they were.
my %limit;
END { write_file($_, $limit{$_}) for keys %limit }


# counts: a number for each of @KIND.
sub counts {
	my %count;
	@count{@KIND} = split ' ', field($STATUS, '#NSProxy');
	return \%count;
}

# more(BEFORE): what has changed since, as "fs 1 uts -1", '' for nothing.
sub more {
	my ($before) = @_;
	my $now = counts();
	return join ' ', map { $now->{$_} == $before->{$_} ? () : "$_ " . ($now->{$_} - $before->{$_}) } @KIND;
}

# again(BEFORE, TITLE): all is as it was, as soon as the kernel has freed what nobody has any more.
sub again {
	my ($before, $title) = @_;
	return ok(wait_for(30, sub { more($before) eq '' }), $title) || diag(more($before));
}

# in_use: how many of each namespace tasks are in, as "mnt 2 uts 1 ...".
sub in_use {
	return join ' ', map {
		my $kind = $_;
		my %seen = map { my $to = readlink "/proc/$_/ns/$kind"; defined $to ? ($to => 1) : () } grep /^\d+$/, list_dir('/proc');
		"$kind " . keys %seen;
	} @KIND[2 .. $#KIND];
}

like(read_file($STATUS), qr/\A#CTotal:\t\d+\n#CActive:\t\d+\n#NSProxy:\t\d+\t\d+(?: \d+){5}\n#InitTask:\t\d+\t\d+ \d+\n\z/, '1c: the lines of /proc/virtual/status');
like(read_file('/proc/virtnet/status'), qr/\A#CTotal:\t\d+\n#CActive:\t\d+\n\z/, '1c: /proc/virtnet/status has the first two of them');

# A process with an fs_struct of its own, and the host's namespaces.
# What earlier tests have left is freed in the background; then each namespace that is counted is one that somebody is in. An nsproxy
# and an fs_struct are freed at once.
my ($used, $counted);
ok(wait_for(60, sub { my $count = counts(); $counted = join ' ', map "$_ $count->{$_}", @KIND[2 .. $#KIND]; $used = in_use(); remains() == 0 && $counted eq $used }),
	'1c: as many namespaces are counted as tasks are in') || diag("counted $counted, in use $used");
my $before = counts();
{
	my $host = host();
	is(more($before), 'fs 1', '1c: a process has an fs_struct of its own');
	is($host->quit, 0, '1c: it ends');
	again($before, '1c: and it is freed');
}
{
	my $host = host(spares => 1);
	my $child = $host->spawn($Sys::CLONE_FS);
	is(more($before), 'fs 1', '1c: one that shares its parent\'s has none');
	is(outcome($child->unshare_here($Sys::CLONE_FS)), 0, '1c: unless it asks for one');
	is(more($before), 'fs 2', '1c: which is counted');
	$child->quit;
	$host->quit;
	again($before, '1c: both are freed');
}

# Each kind of namespace: one more, with an nsproxy that leads to it, and none left.
for my $kind (qw(mnt uts ipc user pid)) {
	my $host = host();
	my $with = counts();
	is(outcome($host->unshare_here($FLAG{$kind})), 0, "1c: unshare of $kind");
	my $wanted = $kind eq 'user' ? 'user 1' : $kind eq 'mnt' ? 'nsproxy 1 mnt 1' : "nsproxy 1 $kind 1";
	is(more($with), $wanted, "1c: is counted as $kind");
	$host->quit;
	again($before, "1c: and $kind is freed");
}
{
	my $host = host();
	my $with = counts();
	is(outcome($host->unshare_here($FLAG{mnt} | $FLAG{uts} | $FLAG{ipc} | $FLAG{pid})), 0, '1c: unshare of all but users');
	is(more($with), 'nsproxy 1 mnt 1 uts 1 ipc 1 pid 1', '1c: has one nsproxy');
	$host->quit;
	again($before, '1c: all are freed');
}

# What is refused leaves nothing behind. The control is above: root makes each.
for my $kind (qw(mnt uts ipc pid)) {
	my $ordinary = host();
	$ordinary->drop_root(1000);
	my $with = counts();
	is_errno($ordinary->unshare_here($FLAG{$kind}), 'EPERM', "1c: an ordinary user gets no $kind of his own");
	is(more($with), '', "1c: nor is $kind counted");
	$ordinary->quit;
}
for my $kind (qw(mnt uts ipc user pid)) {
	my $limit = "/proc/sys/user/max_${kind}_namespaces";
	$limit{$limit} = read_file($limit);
	my $host = host();
	my $with = counts();
	write_file($limit, '0') or die "$limit: $!\n";
	is_errno($host->unshare_here($FLAG{$kind}), 'ENOSPC', "1c: no $kind is made above the limit");
	write_file($limit, delete $limit{$limit}) or die "$limit: $!\n";
	is(more($with), '', "1c: and $kind is not counted");
	is(outcome($host->unshare_here($FLAG{$kind})), 0, "1c: below it there is one");
	$host->quit;
	again($before, "1c: and $kind is freed");
}

# What a context keeps is there as long as the context.
{
	my $host = host();
	my $guest = guest($XID);
	my $with = counts();
	is(outcome($host->unshare_here($FLAG{uts} | $FLAG{ipc})), 0, '1c: somebody makes namespaces');
	is(outcome($host->set_space($XID, $FLAG{uts} | $FLAG{ipc}, 0)), 0, '1c: and stores them in a context');
	$host->quit;
	ok(wait_for(30, sub { counts()->{nsproxy} == $with->{nsproxy} }), '1c: he goes, and his nsproxy with him');
	is(more($with), 'fs -1 uts 1 ipc 1', '1c: they are there when he has gone, beside those that the guest runs in');
	$guest->quit;
	again($before, '1c: and go with the context');
	ok(settled(), '1c: which is freed');
}

# The host's own. Kernel threads share them all and come and go as the kernel pleases: what is compared is without them.
sub kernel_threads {
	return scalar grep { (read_file("/proc/$_/stat") || '') =~ /.*\)(?: \S+){6} (\d+)/s && $1 & 0x200000 } grep /^\d+$/, list_dir('/proc');
}

sub users { return map $_ - kernel_threads(), (split ' ', field($STATUS, '#InitTask'))[1, 2] }

sub becomes {
	my ($proxies, $users, $title) = @_;
	my @now;
	return ok(wait_for(30, sub { @now = users(); $now[0] == $proxies && $now[1] == $users }), $title) || diag("@now");
}
{
	ok((split ' ', field($STATUS, '#InitTask'))[0] > 0, '1c: the first task is in use');
	my ($proxies, $users);
	ok(wait_for(30, sub { ($proxies, $users) = users(); join(' ', users()) eq "$proxies $users" }), '1c: who uses what the first task has can be counted');
	ok($proxies > 1, '1c: the processes of the host share its nsproxy');
	my $host = host();
	becomes($proxies + 1, $users, '1c: a process of the host is one more user of it, and none of the kernel threads\' fs_struct');
	is(outcome($host->unshare_here($FLAG{uts})), 0, '1c: until it has one of its own');
	becomes($proxies, $users, '1c: then it is one less');
	$host->quit;
	$host = host();
	becomes($proxies + 1, $users, '1c: another');
	$host->quit;
	becomes($proxies, $users, '1c: ends, and is one less');
}

done_testing();
