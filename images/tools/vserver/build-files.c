// SPDX-License-Identifier: GPL-2.0-only
/* The files of a guest that is built, by the methods that there are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../commands/run.h"
#include "../commands/tool.h"
#include "apart.h"
#include "build.h"

/* What a guest of busybox has of its own. */
#define BUSYBOX_FILES	"/usr/share/vserver/busybox"

int make_dir(const char *top, const char *path, mode_t mode)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	/* Whatever the umask of who builds it. */
	if (!mkdir(whole, mode) && !chmod(whole, mode))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

int make_file(const char *top, const char *path, const char *text, mode_t mode)
{
	char whole[CONFIG_PATH];
	int fd;

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd >= 0 && !write_all(fd, text, strlen(text)) && !fchmod(fd, mode) && !close(fd))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

int make_link(const char *top, const char *path, const char *target)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	if (!symlink(target, whole))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

/* Whether there is something by that name, were it a link that leads nowhere. */
static bool is_there(const char *top, const char *path, struct stat *found)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", top, path);
	return !lstat(whole, found);
}

static int make_device(const char *root, const char *path, mode_t mode, unsigned int major, unsigned int minor)
{
	char whole[CONFIG_PATH];

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	if (!mknod(whole, S_IFCHR | mode, makedev(major, minor)) && !chmod(whole, mode))
		return 0;
	tool_failed("%s", whole);
	return -1;
}

int make_missing(const char *root)
{
	static const struct { const char *path; mode_t mode; } folders[] = {
		{ "proc", 0755 }, { "tmp", 01777 }, { "dev", 0755 }, { "dev/pts", 0755 }, { "dev/shm", 0755 },
	};
	static const struct { const char *path; mode_t mode; unsigned int major, minor; } devices[] = {
		{ "dev/null", 0666, 1, 3 }, { "dev/zero", 0666, 1, 5 }, { "dev/full", 0666, 1, 7 }, { "dev/random", 0644, 1, 8 },
		{ "dev/urandom", 0644, 1, 9 }, { "dev/tty", 0666, 5, 0 },
	};
	static const struct { const char *path, *target; } links[] = { { "dev/ptmx", "pts/ptmx" }, { "dev/fd", "/proc/self/fd" }, { "dev/stdin", "fd/0" }, { "dev/stdout", "fd/1" },
							       { "dev/stderr", "fd/2" } };
	struct stat found;

	if (is_there(root, "dev", &found) && !S_ISDIR(found.st_mode))
		return tool_wrong("%s/dev: this has to be a folder", root), -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (!is_there(root, folders[i].path, &found) && make_dir(root, folders[i].path, folders[i].mode))
			return -1;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!is_there(root, devices[i].path, &found) &&
		    make_device(root, devices[i].path, devices[i].mode, devices[i].major, devices[i].minor))
			return -1;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (!is_there(root, links[i].path, &found) && make_link(root, links[i].path, links[i].target))
			return -1;
	return 0;
}

/* Host paths are bound for reading: what is shared cannot be changed from inside. */
static const char busybox_fstab[] =
	"# source    target    type    options\n"
	"/bin        /bin      none    bind,ro,nosuid,nodev\n"
	"/usr/bin    /usr/bin  none    bind,ro,nosuid,nodev\n"
	"proc        /proc     proc    nosuid,noexec\n"
	"/proc/sys   /proc/sys none    bind,ro\n"
	"/proc/sysrq-trigger /proc/sysrq-trigger none bind,ro,nofail\n"
	"devpts      /dev/pts  devpts  nosuid,noexec,gid=5,mode=620,ptmxmode=666\n"
	"tmpfs       /dev/shm  tmpfs   nosuid,size=1m,mode=1777\n"
	"tmpfs       /tmp      tmpfs   nosuid,size=4m,mode=1777\n"
	"tmpfs       /run      tmpfs   nosuid,size=1m,mode=755\n";
static const char usual_fstab[] =
	"# source    target    type    options\n"
	"proc        /proc     proc    nosuid,noexec\n"
	"/proc/sys   /proc/sys none    bind,ro\n"
	"/proc/sysrq-trigger /proc/sysrq-trigger none bind,ro,nofail\n"
	"devpts      /dev/pts  devpts  nosuid,noexec,gid=5,mode=620,ptmxmode=666\n"
	"tmpfs       /tmp      tmpfs   nosuid,size=4m,mode=1777\n";

/* A program of the host; -1, and it is said. */
static int run_program(char *const argv[])
{
	struct apart apart;
	int status;

	if (apart_fork(&apart, 0, 0))
		return -1;
	if (apart.pid == 0) {
		setsid();
		_exit(apart_take(&apart) ? tool->failure : tool_exec((char **)argv));
	}
	status = apart_wait(&apart, 0, true);
	apart_end(&apart);
	if (status)
		tool_wrong("%s exited with %d", argv[0], status);
	return status ? -1 : 0;
}

static int copy_folder(const char *from, const char *to)
{
	char all[CONFIG_PATH];
	char *const argv[] = { "cp", "-a", all, (char *)to, NULL };

	snprintf(all, sizeof(all), "%s/.", from);
	return run_program(argv);
}

static int fill_busybox(const struct request *request)
{
	static const char *const folders[] = { "bin", "sbin", "usr", "usr/bin", "usr/sbin", "home", "run", "var", "var/log", "mnt" };
	static const char *const programs[] = { "sbin/init", "sbin/syslogd", "sbin/logread", "sbin/halt", "sbin/reboot", "sbin/poweroff", "sbin/ifconfig", "sbin/ip",
						"sbin/route", "usr/sbin/crond", "usr/sbin/httpd", "usr/sbin/telnetd", "usr/sbin/chroot" };
	const char *root = request->root;

	if (copy_folder(BUSYBOX_FILES, root))
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (make_dir(root, folders[i], 0755))
			return -1;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (make_link(root, programs[i], "/bin/busybox"))
			return -1;
	return make_dir(root, "root", 0700) || make_link(root, "var/run", "../run") ? -1 : 0;
}

/* How an archive is compressed, by its first bytes: not every tar finds that out. */
static char *extract_option(const char *archive)
{
	static const struct { const char *magic; size_t length; char *option; } compressed[] = {
		{ "\x1f\x8b", 2, "-xzf" }, { "BZh", 3, "-xjf" }, { "\xfd" "7zXZ", 5, "-xJf" },
	};
	char begin[8] = "";
	int fd = open(archive, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, begin, sizeof(begin));

	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++)
		if (length >= (ssize_t)compressed[i].length && !memcmp(begin, compressed[i].magic, compressed[i].length))
			return compressed[i].option;
	return "-xf";
}

static int fill_template(const struct request *request)
{
	char *const argv[] = { "tar", extract_option(request->source), (char *)request->source, "-C", (char *)request->root, NULL };

	return run_program(argv);
}

static int fill_clone(const struct request *request)
{
	return copy_folder(request->source, request->root);
}

static const struct method methods[] = {
	{ "busybox", 0, 0, fill_busybox, busybox_fstab },
	{ "template", 't', S_IFREG, fill_template, usual_fstab },
	{ "clone", 's', S_IFDIR, fill_clone, usual_fstab },
};

const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].name, name))
			return methods + i;
	return NULL;
}
