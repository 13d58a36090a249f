#!/usr/bin/perl -w
# SPDX-License-Identifier: GPL-2.0-only
#
# exec-cd and chroot-sh: what a host does to the files of a guest, which may have laid snares: links that lead out, and things that are no files.
use strict;
use TAP;
use Sys;
use Callers;
use Command;

my $TOP = '/run/guest';
system("mkdir -p $TOP/etc $TOP/deep/er && echo in >$TOP/etc/file && ln -s /etc/passwd $TOP/absolute && ln -s ../../../../etc/passwd $TOP/deep/relative"
	. " && ln -s / $TOP/deep/root && mkfifo $TOP/fifo && mkdir $TOP/etc/empty") and die "no files for the tests\n";
my $passwd = read_file('/etc/passwd');
sub there { return ['sh', '-c', "cd $TOP && exec \"\$@\"", 'sh', @_] }

# exec-cd
is_run(there(qw(exec-cd /deep/er /bin/pwd)), 0, "$TOP/deep/er\n", '', 'exec-cd: a folder with the working directory as root');
is_run(there(qw(exec-cd -- deep/er /bin/sh -c), 'pwd; exit 4'), 4, "$TOP/deep/er\n", '', 'exec-cd: --; exits as the program does');
is_run(there(qw(exec-cd ../../.. /bin/pwd)), 0, "$TOP\n", '', 'exec-cd: .. does not lead out');
is_run(there(qw(exec-cd /deep/root/deep /bin/pwd)), 0, "$TOP/deep\n", '', 'exec-cd: nor does a link');
is_run(there(qw(exec-cd /none /bin/pwd)), 255, '', "exec-cd: /none: No such file or directory\n", 'exec-cd: a folder that is not there');
is_run(there(qw(exec-cd /etc/file /bin/pwd)), 255, '', qr{\Aexec-cd: /etc/file: Not a directory}, 'exec-cd: a file');
is_run(there(qw(exec-cd /etc pwd)), 255, '', "exec-cd: pwd: the program has to be named by its whole path\n", 'exec-cd: the program is not looked for in PATH');
is_run(there(qw(exec-cd /deep deep/sh)), 255, '', qr/whole path/, 'exec-cd: nor in the folder of the guest');
is_run(there(qw(exec-cd /etc /no/such/program)), 255, '', qr{\Aexec-cd: /no/such/program: No such file}, 'exec-cd: a program that is not there');
is_run(there(qw(exec-cd /etc)), 2, '', qr/say a folder and a program/, 'exec-cd: no program');
is_run(['exec-cd'], 2, '', qr/say a folder and a program/, 'exec-cd: nothing');

# chroot-sh
is_run(there(qw(chroot-sh cat /etc/file)), 0, "in\n", '', 'chroot-sh: cat');
is_run(there(qw(chroot-sh -- cat etc/file)), 0, "in\n", '', 'chroot-sh: --, and a path without /');
is_run(there(qw(chroot-sh cat /absolute)), 1, '', qr{\Achroot-sh: /absolute: No such file}, 'chroot-sh: a link does not lead out');
is_run(there(qw(chroot-sh cat /deep/relative)), 1, '', qr{/deep/relative: No such file}, 'chroot-sh: nor does one with ..');
is_run(there(qw(chroot-sh cat /fifo)), 1, '', "chroot-sh: /fifo is no regular file\n", 'chroot-sh: nobody inside makes it wait');
is_run(there(qw(chroot-sh cat /etc)), 1, '', "chroot-sh: /etc is no regular file\n", 'chroot-sh: cat of a folder');
is_run(there(qw(chroot-sh cat /none)), 1, '', "chroot-sh: /none: No such file or directory\n", 'chroot-sh: cat of nothing');

sub with_input { return join '|', run_with_input($_[0], @{there('chroot-sh', @_[1 .. $#_])}) }
is(with_input("more\n", 'append', '/etc/file') . read_file("$TOP/etc/file"), "0||in\nmore\n", 'chroot-sh: append');
is(with_input("new\n", 'append', '/etc/new') . read_file("$TOP/etc/new"), "0||new\n", 'chroot-sh: append makes a file');
is(with_input("x\n", 'truncate', '/etc/file') . read_file("$TOP/etc/file"), "0||x\n", 'chroot-sh: truncate replaces');
is(with_input('y' x 100000, 'truncate', '/etc/file') . length read_file("$TOP/etc/file"), '0||100000', 'chroot-sh: a long one');
is((stat "$TOP/etc/new")[2] & 07777, 0644, 'chroot-sh: which others may read');
like(with_input('x', 'append', '/fifo'), qr{^1\|\|chroot-sh: /fifo}, 'chroot-sh: append to a fifo that nobody reads');
is(with_input('x', 'truncate', '/absolute') . read_file("$TOP/etc/passwd"), '0||x', 'chroot-sh: truncate over a link to /etc/passwd writes that of the guest');
is(read_file('/etc/passwd'), $passwd, 'chroot-sh: that of the host is as it was');
unlink "$TOP/etc/passwd" or die "$TOP/etc/passwd: $!\n";
like(with_input('x', 'truncate', '/etc'), qr{^1\|\|chroot-sh: /etc}, 'chroot-sh: truncate of a folder');

is_run(there(qw(chroot-sh testfile /etc/file)), 0, '', '', 'chroot-sh: testfile of a file');
is_run(there(qw(chroot-sh testfile /etc)), 1, '', '', 'chroot-sh: testfile of a folder');
is_run(there(qw(chroot-sh testfile /absolute)), 1, '', '', 'chroot-sh: testfile of a link that leads nowhere');
is_run(there(qw(chroot-sh mkdir /etc/one /etc/file /etc/two)), 1, '', qr{\Achroot-sh: make /etc/file: File exists\n\z}, 'chroot-sh: mkdir goes on after an error');
ok(-d "$TOP/etc/one" && -d "$TOP/etc/two", 'chroot-sh: and both are there');
is_run(there(qw(chroot-sh chmod 0700 /etc/one /etc/none /etc/two)), 1, '', qr{\Achroot-sh: change /etc/none: No such file}, 'chroot-sh: chmod goes on after an error');
is(join(' ', map { sprintf '%o', (stat "$TOP/etc/$_")[2] & 07777 } qw(one two)), '700 700', 'chroot-sh: and both are changed');
is_run(there(qw(chroot-sh chmod 755 /etc/one)), 0, '', '', 'chroot-sh: a mode is octal with and without a 0');
is(sprintf('%o', (stat "$TOP/etc/one")[2] & 07777), '755', 'chroot-sh: and is that');
is_run(there(qw(chroot-sh chmod 8 /etc/one)), 1, '', qr/8 is no mode/, 'chroot-sh: a mode that is not octal');
is_run(there(qw(chroot-sh chmod u+x /etc/one)), 1, '', qr/u\+x is no mode/, 'chroot-sh: a mode that is no number');
is_run(there(qw(chroot-sh chmod 010000 /etc/one)), 1, '', qr/010000 is no mode/, 'chroot-sh: a mode that is too large');
is_run(there(qw(chroot-sh rm /etc/new /etc/none /absolute)), 1, '', qr{\Achroot-sh: remove /etc/none: No such file}, 'chroot-sh: rm goes on after an error');
ok(!-e "$TOP/etc/new" && !-l "$TOP/absolute" && -e '/etc/passwd', 'chroot-sh: a link is removed, and not what it leads to');
is_run(there(qw(chroot-sh realpath /deep/root/etc/../deep /none .)), 1, "/deep\n/\n", qr{/none: No such file}, 'chroot-sh: realpath');
is_run(['chroot-sh'], 2, '', qr/say what to do/, 'chroot-sh: nothing');
is_run([qw(chroot-sh sing /etc)], 2, '', qr/there is no command sing/, 'chroot-sh: a command that it does not have');
is_run([qw(chroot-sh cat)], 2, '', qr/cat takes one file/, 'chroot-sh: no file');
is_run([qw(chroot-sh cat a b)], 2, '', qr/cat takes one file/, 'chroot-sh: two files');
is_run([qw(chroot-sh chmod 0644)], 2, '', qr/chmod takes files/, 'chroot-sh: a mode and no file');
done_testing();
