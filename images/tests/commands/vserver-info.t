#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vserver-info: every tag, and what it makes of a mistake.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;

system('mkdir -p /etc/vservers/web/apps/init /vservers/web && ln -s /vservers/web /etc/vservers/web/vdir && ln -s /run/web.run /etc/vservers/web/run && echo 42 >/etc/vservers/web/context'
	. ' && mkdir /etc/vservers/plain && echo "  The plain one " >/etc/vservers/plain/name') and die "no configuration for the tests\n";

sub info { return ['vserver-info', @_] }
sub is_fact {
	my ($wanted, @question) = @_;
	return is_run(info(@question), 0, "$wanted\n", '', "vserver-info: @question");
}
sub is_none {
	my (@question) = @_;
	return is_run(info(@question), 1, '', '', "vserver-info: no answer: @question");
}

# A guest that does not run
is_fact(42, 'web', 'CONTEXT');
is_none('web', 'CONTEXT', 'false');
is_none('web', 'RUNNING');
is_fact('/etc/vservers/web', 'web', 'CFGDIR');
is_fact('/etc/vservers/web', '/etc/vservers/web', 'CFGDIR');
is_fact('/etc/vservers/web/vdir', 'web', 'VDIR');
is_fact('/vservers/web', 'web', 'VDIR', '1');
is_fact('web', 'web', 'NAME');
is_fact('The plain one', 'plain', 'NAME');
is_fact('/etc/vservers/web/apps/init', 'web', 'APPDIR', 'init');
is_fact('/etc/vservers/web/apps/', 'web', 'APPDIR');
is_none('web', 'APPDIR', 'none');
is_none('plain', 'VDIR');
is_none('plain', 'CONTEXT');
is_none('nobody', 'NAME');
is_none('web/run', 'NAME');
is_none('', 'NAME');

# One that does: the file of its run says where, and the context has its name.
my $guest = guest(42);
sub run_file { open my $file, '>', '/run/web.run' or die "/run/web.run: $!\n"; print $file "42\n" }
run_file();
is_none('web', 'RUNNING');
defined set_vhi_name(42, '/etc/vservers/web') or die "set_vhi_name: $!\n";
is_fact(1, 'web', 'RUNNING');
is_fact(42, 'web', 'CONTEXT');
is_fact(42, 'web', 'CONTEXT', 'no');
is_fact(1, 42, 'RUNNING');
is_none(43, 'RUNNING');
is_fact('/etc/vservers/web', 42, 'ID');
is_fact($guest->pid, 42, 'INITPID');
is_fact($guest->pid, 'web', 'INITPID');
is_fact($guest->pid, $guest->pid, 'INITPID_PID');
is_none(43, 'INITPID');
is_fact(42, $guest->pid, 'XID');
is_fact(0, '-', 'XID');
is_fact(0, $guest->pid, 'NID');
is_none(4194303, 'XID');
is_none('x', 'XID');
is_none('-', 'TAG');
is_run(info(42, 'UTS', 'context'), 0, "/etc/vservers/web\n", '', 'vserver-info: the name of a context');
is_run(info(42, 'UTS'), 0, qr{\A/etc/vservers/web (\S+ ){6}\n\z}, '', 'vserver-info: all names of a context');
is_run(info(42, 'UTS', 'colour'), 1, '', qr/'colour' is no field/, 'vserver-info: a name that no context has');
is_none(43, 'UTS');

# The name of a guest serves where an id is asked for.
is_run([qw(vattribute --get --xid web)], 0, qr/^flags:\nstate_admin$/m, '', 'commands: --xid takes the name of a guest that runs');
is_run([qw(vattribute --get --xid :web)], 0, qr/^flags:/m, '', 'commands: and :NAME');
$guest->quit;
is_none('web', 'RUNNING');
is_run([qw(vattribute --get --xid web)], 1, '', "vattribute: the bcapabilities of 42: there is no such context\n", 'commands: of one that does not run it is the number of its configuration');

# What is of nobody
my $version = sprintf '0x%08x', get_version();
is_fact($version, '-', 'APIVER');
is_fact('aAB12', '/a.A-B_1 2', 'CANONIFY');
is_none('-', 'CANONIFY');
is_run(info('-', 'VERIFYCAP'), 0, '', '', 'vserver-info: VERIFYCAP');
is_run(info('-', 'VERIFYPROC'), 0, '', '', 'vserver-info: VERIFYPROC');
is_fact('main', 0, 'XIDTYPE');
is_fact('watch', 1, 'XIDTYPE');
is_fact('static', 2, 'XIDTYPE');
is_fact('static', 49151, 'XIDTYPE', 'main', 'static');
is_fact('dynamic', 49152, 'XIDTYPE');
is_fact('invalid', 65536, 'XIDTYPE');
is_none(2, 'XIDTYPE', 'dynamic');

# Features are what the kernel answers to, not what a version promises.
my %built = map { $_ => 1 } qw(VKILL COMPAT MIGRATE NAMESPACE VINFO VHI VWAIT VNET SPACES PERSISTENT PIVOT_ROOT PIDSPACE DYNAMIC);
for my $feature (sort(keys %built), qw(IATTR RLIMIT SCHED VSHELPER VSTAT PPTAG MEMCG)) {
	is_run(info('-', 'FEATURE', lc $feature), $built{$feature} ? 0 : 1, '', '', "vserver-info: FEATURE $feature");
}
is_run(info('-', 'FEATURE', 'nonsense'), 1, '', qr/'nonsense' is no feature/, 'vserver-info: a feature that is none');
is_run(info('-', 'FEATURE'), 1, '', qr/which feature/, 'vserver-info: no feature');

my ($exit, $out, $err) = run('vserver-info');
like($out, qr/\AVersions:\n {19}Kernel: 6\.12\.\S+\n {19}VS-API: $version\n {22}VCI: 0x[0-9a-f]{16}\n\nFeatures:\n/, 'vserver-info: without a question it prints all of that');
is((run(qw(vserver-info - SYSINFO)))[1], $out, 'vserver-info: which is SYSINFO');
is_run(info('-l'), 0, qr/\AValid tags are: CONTEXT, ID, RUNNING, VDIR, .*, TAG\n\z/, '', 'vserver-info: -l lists the tags');
is_run(info('-q', 'web', 'CFGDIR'), 0, '', '', 'vserver-info: -q prints nothing');
is_run(info('-q', 'nobody', 'CFGDIR'), 1, '', '', 'vserver-info: -q of what is not there');
is_run(info('web'), 2, '', qr/which fact of web/, 'vserver-info: no tag');
is_none('42abc', 'RUNNING');
is_run(info('web', 'COLOUR'), 1, '', qr/'COLOUR' is no tag/, 'vserver-info: a tag that is none');
is_run(info('web', 'context'), 1, '', qr/'context' is no tag/, 'vserver-info: tags are in capitals');
system('rm -rf /etc/vservers /vservers /run/web.run') and die "the configuration is left\n";
done_testing();
