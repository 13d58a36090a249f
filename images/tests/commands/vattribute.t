#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vattribute and nattribute: every option; what the one sets the Perl binding reads, and the other way round; every name that a list can have.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

sub bit { return 1 << $_[0] }

# What the kernel says of 42: the values of bcaps, ccaps, flags and umask.
sub words { return map { scalar $_->(42) } \&get_bcaps, \&get_ccaps, \&get_cflags, \&get_umask }
sub network_words { return map { scalar $_->(42) } \&get_ncaps, \&get_nflags }

my $member = member(42);
defined $member->leave_setup or die "leave_setup: $!\n";
my ($bcaps, $ccaps, $flags, $umask) = words();

# --get
is_run([qw(vattribute --get --xid 42)], 0, qr/\Abcapabilities:\nCHOWN,DAC_OVERRIDE,.*SETUID,LINUX_IMMUTABLE,.*AUDIT_CONTROL,SETFCAP\nccapabilities:\n\nflags:\nstate_admin\numask:\n\n\z/, '',
	'vattribute: --get of a context as it is made');
is_run([qw(vattribute --get --xid 43)], 1, '', "vattribute: the bcapabilities of 43: there is no such context\n", 'vattribute: --get of one that is not there');
is_run([qw(vattribute --get)], 1, '', qr/of one's own context: there is no such context/, 'vattribute: --get of the host, which has none');
is_run([qw(vcontext --create --silent -- vattribute --get)], 0, qr/^flags:\nstate_setup,state_init,state_admin$/m, '', 'vattribute: --get of the own context');

# --set, one after another
is_run([qw(vattribute --xid 42 --flag hide_vinfo --ccap syslog --bcap ~mknod --umask newipc)], 0, '', '', 'vattribute: all four at once, --set not said');
is(join(' ', words()), join(' ', $bcaps & ~bit(27), $ccaps | bit(12), $flags | bit(26), bit(27)), 'vattribute: and the kernel has them');
is_run([qw(vattribute --set --xid 42 --flag), '~vxf_hide_vinfo,!!lock', '--ccap', 'VXC_RAW_ICMP,!syslog', '--bcap', 'CAP_MKNOD,~net_raw', '--umask', '~newipc,NEWUTS'], 0, '', '',
	'vattribute: prefixes, capitals, ~ and !');
is(join(' ', words()), join(' ', $bcaps & ~bit(13), bit(8), $flags | bit(0), bit(26)), 'vattribute: and the kernel has these');
is_run([qw(vattribute --set --xid 42 --flag), '^20,0x30000,~1', '--flag', '~^16', '--ccap', 'none', '--umask', '~all'], 0, '', '', 'vattribute: ^N, numbers, none, all, an option twice');
is(join(' ', words()), join(' ', $bcaps & ~bit(13), bit(8), $flags | bit(20) | bit(17), 0), 'vattribute: and the kernel has these');
is_run([qw(vattribute --get --xid 42)], 0, qr/\nccapabilities:\nraw_icmp\nflags:\nvirt_uptime,virt_time,state_admin\numask:\n\n\z/, '', 'vattribute: --get prints them');
is_run([qw(vattribute --xid 42 --flag), '~^20,~virt_uptime', qw(--ccap ~all -- sh -c), 'exit 7'], 7, '', '', 'vattribute: and runs a program, whose exit code it has');
is_run([qw(vattribute --xid 42 --flag lock -- /no/such/program)], 1, '', qr{\Avattribute: /no/such/program: No such file}, 'vattribute: a program that is not there');
defined set_cflags(42, 0, bit(0)) or die "set_cflags: $!\n";

# --secure: everywhere in the line it says what is said before does not count.
my $SECURE_BCAPS = 0xff | bit(10) | bit(18) | bit(19) | bit(26) | bit(28) | bit(29) | bit(31);
is_run([qw(vattribute --xid 42 --bcap all --secure --bcap sys_time --flag lock)], 0, '', '', 'vattribute: --secure');
is(join(' ', words()), join(' ', $SECURE_BCAPS | bit(25), bit(0) | bit(8) | bit(14), $flags | bit(25) | bit(0), 0), 'vattribute: what a guest has that nobody trusts, and what is added');
is_run([qw(vattribute --xid 42 --flag), 'default,secure'], 0, '', '', 'vattribute: default and secure are names');
is((get_cflags(42))[0] & (bit(17) | bit(36) | bit(25)), bit(17) | bit(36) | bit(25), 'vattribute: of several flags');
defined set_cflags(42, 0, bit(17) | bit(36) | bit(25) | bit(0)) or die "set_cflags: $!\n";

# Bad lists change nothing, not even what is good in them.
my @before = words();
for (['--flag', 'lock,nonsense', "'nonsense' is no context flag"], ['--bcap', 'cap_', "'cap_' is no capability"], ['--ccap', 'syslog,', "'' is no context capability"],
	['--umask', '^64', "'^64' is no namespace"], ['--flag', '-1', "'-1' is no context flag"], ['--flag', '0x1ffffffffffffffff', "is no context flag"], ['--flag', '~', "'' is no context flag"]) {
	my ($option, $list, $says) = @$_;
	is_run([qw(vattribute --xid 42 --flag hide_vinfo), $option, $list], 1, '', qr/\Avattribute: .*\Q$says\E/, "vattribute: refused: $option '$list'");
}
is(join(' ', words()), "@before", 'vattribute: and nothing was changed');
is_run([qw(vattribute --get --xid 42 --flag lock)], 2, '', qr/--get prints/, 'vattribute: --get does nothing else');
is_run([qw(vattribute --xid 42)], 2, '', qr/nothing to do/, 'vattribute: nothing to do');
is_run([qw(vattribute --set --xid 42)], 2, '', qr/nothing to do/, 'vattribute: --set alone is nothing either');
is_run([qw(vattribute --xid nobody --flag lock)], 1, '', qr/nobody is no context/, 'vattribute: a name that no guest has');
defined set_cflags(42, 0, cflags('state_admin')) or die "set_cflags: $!\n";
is_run([qw(vattribute --xid 42 --flag lock)], 1, '', qr/\Avattribute: the flags of 42: /, 'vattribute: a context that is no longer administrated from outside');
$member->quit;

# Every name of every list, both ways: the kernel gets the bit, and --get prints the first name for it.
my @capability = split ' ', 'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock
	ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap
	mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore';
my %bits = (
	flag => {0 => 'lock info_lock', 1 => 'sched info_sched', 2 => 'nproc info_nproc', 3 => 'private info_private', 4 => 'fakeinit info_init', 5 => 'hideinfo info_hideinfo',
		6 => 'ulimit info_ulimit', 7 => 'namespace info_namespace info_nspace', 8 => 'sched_hard', 9 => 'sched_prio', 10 => 'sched_pause', 16 => 'virt_mem', 17 => 'virt_uptime',
		18 => 'virt_cpu', 19 => 'virt_load', 20 => 'virt_time', 24 => 'hide_mount', 25 => 'hide_netif', 26 => 'hide_vinfo', 36 => 'sc_helper', 37 => 'reboot_kill', 38 => 'persistent',
		48 => 'fork_rss', 49 => 'prolific', 52 => 'igneg_nice', 53 => 'igneg_ionice', 60 => '^60'},
	ccap => {0 => 'set_utsname utsname', 1 => 'set_rlimit rlimit', 2 => 'fs_security', 3 => 'fs_trusted', 4 => 'tiocsti', 8 => 'raw_icmp icmp ping', 12 => 'syslog', 13 => 'oom_adjust',
		14 => 'audit_control', 16 => 'secure_mount mount', 17 => 'secure_remount remount', 18 => 'binary_mount', 19 => 'dev_mount', 20 => 'quota_ctl', 21 => 'admin_mapper',
		22 => 'admin_cloop', 24 => 'kthread', 25 => 'namespace', 63 => '^63'},
	bcap => {map { ($_ => $capability[$_]) } 0 .. $#capability},
	umask => {7 => 'newtime', 9 => 'fs', 17 => 'newns', 25 => 'newcgroup', 26 => 'newuts', 27 => 'newipc', 28 => 'newuser', 29 => 'newpid', 30 => 'newnet'},
);
my %title = (flag => 'flags', ccap => 'ccapabilities', bcap => 'bcapabilities', umask => 'umask');
my %set = (flag => \&set_cflags, ccap => \&set_ccaps, bcap => \&set_bcaps, umask => \&set_umask);
my %get = (flag => \&get_cflags, ccap => \&get_ccaps, bcap => \&get_bcaps, umask => \&get_umask);
my $HOLD = cflags('persistent');

$member = guest(42);
for my $kind (sort keys %bits) {
	my $all = 0;
	$all |= bit($_) for keys %{$bits{$kind}};
	my @wrong;
	for my $n (sort { $a <=> $b } keys %{$bits{$kind}}) {
		for my $name (split ' ', $bits{$kind}{$n}) {
			defined $set{$kind}->(42, 0, $all) or die "set $kind: $!\n";
			my ($exit) = run(qw(vattribute --xid 42), "--$kind", $name);
			push @wrong, $name if $exit || ($get{$kind}->(42))[0] & $all ^ bit($n);
		}
		my ($printed) = (run(qw(vattribute --get --xid 42)))[1] =~ /^$title{$kind}:\n(.*)$/m;
		$printed = join ',', grep $_ ne 'state_admin', split /,/, $printed;
		my ($first) = split ' ', $bits{$kind}{$n};
		push @wrong, "'$printed' for $first" if lc $printed ne $first;
	}
	is(join(', ', @wrong), '', "vattribute: every name of --$kind is its bit, and is printed");
}
$member->quit;

# nattribute
sub make_network { return net_create(42, cflags('state_admin')) }
my $holder = host();
is($holder->make_network, 42, 'nattribute: a network context');
is_run([qw(nattribute --get --nid 42)], 0, "ncapabilities:\n\nflags:\nstate_admin\n", '', 'nattribute: --get');
is_run([qw(nattribute --nid 42 --ncap raw_icmp --flag), 'hide_lback,nxf_single_ip'], 0, '', '', 'nattribute: --ncap and --flag');
is(join(' ', network_words()), join(' ', bit(8), bit(34) | bit(26) | bit(8)), 'nattribute: and the kernel has them');
is_run([qw(nattribute --set --nid 42 --ncap), '~NXC_RAW_ICMP,multicast', '--flag', '!hide_lback,~single_ip', '--', 'sh', '-c', 'exit 3'], 3, '', '', 'nattribute: --set, and a program');
is(join(' ', network_words()), join(' ', bit(12), bit(34)), 'nattribute: and the kernel has these');
is_run([qw(nattribute --nid 42 --secure)], 0, '', '', 'nattribute: --secure');
is(join(' ', network_words()), join(' ', bit(8), bit(34) | bit(25)), 'nattribute: what a guest has that nobody trusts');
is_run([qw(nattribute --nid 42 --flag), 'lock,private,lback_remap,remap_lback,lback_allow,hide_netif,sc_helper,info_lock,info_private', '--ncap', 'tun_create'], 0, '', '', 'nattribute: all names');
is_run([qw(nattribute --get --nid 42)], 0, "ncapabilities:\ntun_create,raw_icmp\nflags:\nlock,private,lback_remap,lback_allow,hide_netif,state_admin,sc_helper\n", '', 'nattribute: --get prints them');
is_run([qw(nattribute --nid 42 --flag virt_mem)], 1, '', "nattribute: 'virt_mem' is no network context flag\n", 'nattribute: a flag of contexts is none');
is_run([qw(nattribute --nid 42 --ncap x)], 1, '', "nattribute: 'x' is no network context capability\n", 'nattribute: a capability that is none');
is_run([qw(nattribute --nid 43 --flag lock)], 1, '', "nattribute: the flags of 43: there is no such context\n", 'nattribute: a network context that is not there');
is_run([qw(nattribute --nid 42)], 2, '', qr/nothing to do/, 'nattribute: nothing to do');
is_run([qw(nattribute --get --nid 42 --secure)], 2, '', qr/--get prints/, 'nattribute: --get does nothing else');
$holder->quit;
done_testing();
