// SPDX-License-Identifier: GPL-2.0-only
/*
 * init: pid 1. Mounts what a shell expects, keeps the agent and a rescue shell (hvc0) running, and ends the machine
 * when asked: SIGTERM reboots, SIGUSR1 halts, SIGUSR2 powers off, as busybox' commands send them.
 * SIGABRT makes it exit, which no kernel survives: the way to see what becomes of that.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define RESPAWN_NS	200000000ull	/* at least that long between two starts */
#define GRACE_NS	500000000ull	/* between SIGTERM and SIGKILL */

static void give_agent_port(void);
static void give_rescue_terminal(void);

static struct service {
	void (*prepare)(void);	/* in its process, before exec: its descriptors */
	const char *path;
	char *argv[2];
	pid_t pid;
	unsigned long long started;
} services[] = {
	{ .prepare = give_agent_port, .path = "/sbin/agent", .argv = { "agent" } },
	{ .prepare = give_rescue_terminal, .path = "/bin/sh", .argv = { "-sh" } },
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

static char *environment[] = {
	"HOME=/root", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", "TERM=linux", "LANG=C.UTF-8", NULL,
};

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void must_mount(const char *type, const char *where, unsigned long flags, const char *data)
{
	mkdir(where, 0755);
	if (mount(type, where, type, flags, data) && errno != EBUSY)
		dprintf(2, "init: mount %s: %s\n", where, strerror(errno));
}

/*
 * The kernel starts us in its root of roots, from which pivot_root() leads nowhere: what is in it becomes a mount that hides it, the root of
 * everybody from here on, as on any machine with a disk.
 */
static void take_root(void)
{
	static const char at[] = "/mnt";

	if (mount("/", at, NULL, MS_BIND, NULL) || chdir(at) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot("."))
		dprintf(2, "init: a root of its own: %s\n", strerror(errno));
	if (chdir("/"))
		dprintf(2, "init: /: %s\n", strerror(errno));
}

static void prepare(void)
{
	take_root();
	must_mount("devtmpfs", "/dev", MS_NOSUID, "mode=755");
	must_mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	must_mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	must_mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
	must_mount("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
	must_mount("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755");
	must_mount("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
	if (sethostname("vserver", 7))
		dprintf(2, "init: set host name: %s\n", strerror(errno));
}

/* A machine without a loopback interface surprises every program that listens. */
static void start_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request)) {
		dprintf(2, "init: lo: %s\n", strerror(errno));
	} else {
		request.ifr_flags |= IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &request))
			dprintf(2, "init: start lo: %s\n", strerror(errno));
	}
	if (fd >= 0)
		close(fd);
}

/*
 * The agent's port: its console, or a virtio serial port where the machine has one. QEMU has: it drops what a console says
 * while its reader is slow, but not what a serial port does. In v86 all ports are consoles, and their serial nodes refuse.
 */
static int open_agent_port(void)
{
	int fd = open("/dev/vport0p1", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? open("/dev/hvc1", O_RDWR | O_NOCTTY | O_CLOEXEC) : fd;
}

/*
 * A console stays open and raw from here on: between two agents nothing is echoed or lost. The descriptor is never used.
 * A serial port echoes nothing, and only one may have it open.
 */
static void hold_agent_port(void)
{
	struct termios raw;
	int fd = open_agent_port();

	if (fd < 0) {
		dprintf(2, "init: the agent's port: %s\n", strerror(errno));
	} else if (tcgetattr(fd, &raw)) {
		close(fd);
	} else {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
	}
}

static void give_agent_port(void)
{
	int fd = open_agent_port();

	/* To the agent its port is a wire, not a terminal; what goes wrong it says on the kernel's console. */
	if (fd < 0 || dup2(fd, 0) < 0)
		_exit(1);
}

static void give_rescue_terminal(void)
{
	int fd = open("/dev/hvc0", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(1);
}

static void run(const struct service *service)
{
	sigset_t none;

	setsid();
	service->prepare();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/root"))
		_exit(1);
	execve(service->path, service->argv, environment);
	_exit(127);
}

/* Starts what does not run; returns ns until the next try, or 0 when everything runs. */
static unsigned long long start_services(void)
{
	unsigned long long wait = 0, now = now_ns();

	for (struct service *one = services; one < services + SERVICES; one++) {
		if (one->pid > 0)
			continue;
		if (one->started && now - one->started < RESPAWN_NS) {
			wait = RESPAWN_NS;
			continue;
		}
		one->started = now;
		one->pid = fork();
		if (one->pid == 0)
			run(one);
		if (one->pid < 0)
			wait = RESPAWN_NS;	/* no memory for it now: a fork bomb, say */
	}
	return wait;
}

/* Waits for children; false when there are none left. */
static int reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (struct service *one = services; one < services + SERVICES; one++) {
			if (one->pid == pid)
				one->pid = 0;
		}
	}
	return pid == 0;
}

static void end_machine(int how)
{
	unsigned long long until = now_ns() + GRACE_NS;
	struct timespec step = { 0, 10000000 };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	kill(-1, SIGTERM);
	kill(-1, SIGHUP);	/* shells ignore SIGTERM */
	while (reap() && now_ns() < until)
		sigtimedwait(&child, NULL, &step);
	kill(-1, SIGKILL);
	sync();
	reboot(how);
}

static void handle(int signal)
{
	switch (signal) {
	case SIGCHLD:
		reap();
		break;
	case SIGUSR1:
		end_machine(RB_HALT_SYSTEM);
		break;
	case SIGUSR2:
		end_machine(RB_POWER_OFF);
		break;
	case SIGTERM:
	case SIGINT:
		end_machine(RB_AUTOBOOT);
		break;
	case SIGABRT:
		_exit(1);
	}
}

int init_main(int argc, char **argv);
int init_main(int argc, char **argv)
{
	static const int handled[] = { SIGCHLD, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGABRT };
	sigset_t set;

	(void)argc;
	(void)argv;
	if (getpid() != 1) {
		fputs("init: only the kernel starts it, as process 1\n", stderr);
		return 2;
	}
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		sigaddset(&set, handled[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prepare();
	start_loopback();
	hold_agent_port();
	for (;;) {
		unsigned long long wait = start_services();
		struct timespec timeout = { wait / 1000000000, wait % 1000000000 };
		int signal = wait ? sigtimedwait(&set, NULL, &timeout) : sigwaitinfo(&set, NULL);

		if (signal > 0)
			handle(signal);
	}
}
