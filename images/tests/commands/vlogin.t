#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# vcontext --vlogin: a terminal between the caller's and the guest's.
use strict;
use TAP;
use Sys;
use VServer;
use Callers;
use Command;
use Pty;

my @LOGIN = qw(vcontext --create --silent --xid 42 --vlogin --);

# What a program sees
my $pty = Pty->new(31, 97, @LOGIN, 'sh', '-c', 'tty; stty size; cat /proc/self/vinfo; exit 7');
my $before = $pty->{modes};
ok($pty->shows(qr/^XID:\t42\r$/m), 'vlogin: a program in a context, on a terminal');
my ($inside) = $pty->{text} =~ m{^(/dev/pts/\d+)\r$}m;
isnt($inside, $pty->{path}, 'vlogin: which is not the caller\'s');
like($pty->{text}, qr/^31 97\r$/m, 'vlogin: and as large');
is($pty->ends, 7, 'vlogin: exits as the program does');
is($pty->modes, $before, 'vlogin: and leaves the caller\'s terminal as it was');

# What is typed reaches it, and nothing else is done with it: the caller's terminal is raw, so ^C is the guest's.
$pty = Pty->new(24, 80, @LOGIN, 'sh', '-c', 'trap "echo caught" INT; echo up; while :; do read line && echo "<$line>"; done');
ok($pty->shows(qr/^up\r$/m), 'vlogin: a program that reads');
isnt($pty->modes, $before, 'vlogin: the caller\'s terminal is raw meanwhile');
$pty->type("some text\r");
ok($pty->shows(qr/^<some text>\r$/m), 'vlogin: it gets what is typed');
my ($shell) = grep { /^\d+$/ && (task_xid($_) || 0) == 42 } list_dir('/proc');
# Before it sleeps in its read, a shell only notes the signal, and runs the trap after the next line.
ok(wait_for(30, sub { process_state($shell) eq 'S' }), 'vlogin: it waits for the next line');
$pty->type("\x03");
ok($pty->shows(qr/^(?:\^C)?caught\r$/m), 'vlogin: ^C interrupts it, and not vcontext');
is(task_xid($pty->{pid}), 0, 'vlogin: the one between the two is in no context');
isnt((split ' ', read_file("/proc/$shell/stat"))[5], (split ' ', read_file("/proc/$pty->{pid}/stat"))[5], 'vlogin: and in another session');

# Size
$pty->resize(50, 132);
ok(wait_for(30, sub { (run('stty', '-F', (readlink "/proc/$shell/fd/0"), 'size'))[1] eq "50 132\n" }), 'vlogin: a new size goes on to it');

# Whoever takes the one between away takes the terminal away.
kill TERM => $pty->{pid};
is($pty->ends, 143, 'vlogin: ended by a signal');
is($pty->modes, $before, 'vlogin: it leaves the caller\'s terminal as it was');
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vlogin: and the program has hung up');

# A flood, while nobody reads: nothing is lost, nor is what is typed meanwhile.
$pty = Pty->new(24, 80, @LOGIN, 'sh', '-c', 'stty -echo; echo up; seq 1 20000; read line; echo "<$line>"');
ok($pty->shows(qr/^up\r$/m), 'vlogin: a program that floods');
$pty->type("later\r");
ok($pty->shows(qr/^<later>\r$/m), 'vlogin: what is typed before it reads is not lost');
my @number = $pty->{text} =~ /^(\d+)\r$/mg;
is(join(' ', scalar @number, $number[0], $number[-1]), '20000 1 20000', 'vlogin: nor is anything that it prints');
is($pty->ends, 0, 'vlogin: and it ends');

# Somebody who stays on the terminal keeps nobody.
$pty = Pty->new(24, 80, @LOGIN, 'sh', '-c', '(trap "" HUP; sleep 1000) & echo left');
is($pty->ends, 0, 'vlogin: ends with its program, whoever is left behind');
ok($pty->shows(qr/^left\r$/m), 'vlogin: and shows what was printed last');
run(qw(vkill --xid 42 -s KILL));
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vlogin: until they are killed');

# Nor does a flood that it leaves behind, nor one that has closed its terminal and stays.
$pty = Pty->new(24, 80, @LOGIN, 'sh', '-c', '(trap "" HUP; exec yes) & exit 0');
my $ended = 0;
ok(wait_for(30, sub { $pty->more; $ended ||= waitpid($pty->{pid}, 1) == $pty->{pid} }), 'vlogin: a flood that is left behind keeps nobody');
run(qw(vkill --xid 42 -s KILL));
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vlogin: until that is killed');
$pty = Pty->new(24, 80, @LOGIN, 'sh', '-c', 'trap "" HUP; echo up; exec </dev/null >/dev/null 2>&1; while :; do sleep 1; done');
ok($pty->shows(qr/^up\r$/m), 'vlogin: a program that closes its terminal');
ok(wait_for(30, sub { $pty->modes eq $before }), 'vlogin: gives the caller\'s back');
$pty->type("\x03");
is($pty->ends, 130, 'vlogin: and ^C leaves it');
run(qw(vkill --xid 42 -s KILL));
ok(wait_for(30, sub { !-e '/proc/virtual/42' }), 'vlogin: until it is killed');

# Who enters a context that is there brings nothing of the host's with it: no terminal, and no file.
my $member = guest(42);
$pty = Pty->new(24, 80, qw(sh -c), 'exec 5</etc/passwd; exec vcontext --migrate --xid 42 --closefd --vlogin -- sh -c "ls -l /proc/self/fd; echo done"');
ok($pty->shows(qr/^done\r$/m), 'vlogin: --migrate');
unlike_text($pty->{text}, $pty->{path}, 'vlogin: the caller\'s terminal is not in there');
unlike_text($pty->{text}, '/etc/passwd', 'vlogin: nor is a file of the caller\'s');
is($pty->ends, 0, 'vlogin: and it ends');
$member->quit;
sub unlike_text {
	my ($text, $part, $title) = @_;
	ok(index($text, "$part\r") < 0, $title);
}

# Its terminal is the user's who runs there.
$pty = Pty->new(24, 80, qw(vcontext --create --silent --xid 42 --vlogin --uid 1000 -- sh -c), 'stat -c %u "$(tty)"; echo open >"$(tty)"');
ok($pty->shows(qr/^1000\r\nopen\r$/m), 'vlogin: with --uid the terminal is that user\'s') or diag($pty->{text});
is($pty->ends, 0, 'vlogin: who may open it');

# Where there is no terminal it is as without.
is_run([@LOGIN, 'sh', '-c', 'tty; exit 3'], 3, "not a tty\n", '', 'vlogin: without a terminal there is none between');
# A guest that has no /dev gets one of the host's.
system('mkdir -p /run/root && mount -t tmpfs none /run/root && mkdir /run/root/bin && cp /bin/busybox /run/root/bin/sh') and die "no root for the test\n";
$pty = Pty->new(24, 80, 'sh', '-c', 'cd /run/root && exec vcontext --create --silent --vlogin --chroot -- /bin/sh -c "test -t 0 && echo terminal; exit 4"');
ok($pty->shows(qr/^terminal\r$/m), 'vlogin: a root without /dev');
is($pty->ends, 4, 'vlogin: in which a program ends as anywhere');
system('umount /run/root');
$pty = Pty->new(24, 80, @LOGIN, '/no/such/program');
ok($pty->shows(qr{/no/such/program: No such file}), 'vlogin: a program that is not there');
is($pty->ends, 255, 'vlogin: 255');
$pty = Pty->new(24, 80, qw(vcontext --migrate --xid 43 --vlogin -- true));
ok($pty->shows(qr/enter context 43: there is no such context/), 'vlogin: a context that is not there');
is($pty->ends, 255, 'vlogin: 255 likewise');
done_testing();
