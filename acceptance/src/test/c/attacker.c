/*
 * What a hostile process in a container tries; the tests judge by what it prints and by what has become of the host.
 *
 *   attacker exchange A B     swap two names for as long as it lives, so that either is the other at any moment
 *   attacker hunt             look at every other process for as long as it lives: each thing that it gets hold of is one line, once
 *   attacker descriptors      its own open descriptors, and its working directory
 *   attacker inject TEXT      type into the terminal as if the user had
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void exchange(const char *a, const char *b)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2 /* RENAME_EXCHANGE */);
}

/* ---- hunt ---- */

static void catch(const char *kind, const char *what)
{
	static char *seen[1024];
	static int count;
	char line[8192], *digits;

	/* Numbers of pipes and the like differ each time. */
	snprintf(line, sizeof line, "%s %s", kind, what);
	digits = strchr(line, '[');
	if (digits)
		strcpy(digits, "[]");
	for (int i = 0; i < count; i++)
		if (!strcmp(seen[i], line))
			return;
	if (count < 1024)
		seen[count++] = strdup(line);
	puts(line);
	fflush(stdout);
}

static void follow(const char *kind, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return;
	target[n] = 0;
	catch(kind, target);
}

/*
 * A program that runs cannot be written, so: hold on to it, wait for its end, open it again by the descriptor. The byte that is written is the
 * one that stands there.
 */
static void overwrite(const char *path)
{
	char again[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC), writable = -1;

	if (fd < 0)
		return;
	snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
	for (int i = 0; i < 2000 && writable < 0; i++) {
		writable = open(again, O_WRONLY | O_CLOEXEC);
		if (writable < 0 && errno != ETXTBSY)
			break;
		if (writable < 0)
			usleep(1000);
	}
	if (writable >= 0 && pwrite(writable, "\177", 1, 0) == 1)
		catch("overwritten", "the program that made this container");
	close(writable);
	close(fd);
}

static int entering(const char *pid)
{
	char path[300], name[64] = "";
	int fd;

	snprintf(path, sizeof path, "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, name, sizeof name - 1) <= 0)
		name[0] = 0;
	close(fd);
	return strstr(name, "cairn") != NULL;
}

static void hunt_one(const char *pid)
{
	char path[300], entry[600];
	DIR *dir;
	struct dirent *item;
	int status;

	snprintf(path, sizeof path, "/proc/%s/exe", pid);
	follow("exe", path);
	char target[4096] = "";
	if (readlink(path, target, sizeof target - 1) > 0 && strstr(target, "cairn-shim"))
		overwrite(path);
	snprintf(path, sizeof path, "/proc/%s/cwd", pid);
	follow("cwd", path);
	snprintf(path, sizeof path, "/proc/%s/root", pid);
	follow("root", path);
	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && (item = readdir(dir))) {
		snprintf(entry, sizeof entry, "%s/%s", path, item->d_name);
		follow("fd", entry);
	}
	if (dir)
		closedir(dir);
	/* Held on to while it is not the container's program yet. */
	if (entering(pid) && ptrace(PTRACE_SEIZE, atoi(pid), 0, 0) == 0) {
		if (entering(pid))
			catch("traced", "cairn-shim");
		ptrace(PTRACE_INTERRUPT, atoi(pid), 0, 0);
		waitpid(atoi(pid), &status, __WALL);
		ptrace(PTRACE_DETACH, atoi(pid), 0, 0);
	}
}

static _Noreturn void hunt(void)
{
	puts("ready");
	fflush(stdout);
	for (;;) {
		DIR *proc = opendir("/proc");
		struct dirent *item;

		while (proc && (item = readdir(proc)))
			if (item->d_name[0] >= '1' && item->d_name[0] <= '9' && atoi(item->d_name) != getpid())
				hunt_one(item->d_name);
		if (proc)
			closedir(proc);
	}
}

static int descriptors(void)
{
	char path[64], target[4096];

	for (int fd = 0; fd < 65536; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			ssize_t n;

			snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
			n = readlink(path, target, sizeof target - 1);
			target[n < 0 ? 0 : n] = 0;
			printf("%d %s\n", fd, target);
		}
	printf("cwd %s\n", getcwd(target, sizeof target) ? target : strerror(errno));
	return 0;
}

static int inject(const char *text)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC), failure = 0;

	if (terminal < 0)
		printf("no terminal: %s\n", strerror(errno));
	for (; terminal >= 0 && *text && !failure; text++)
		failure = ioctl(terminal, TIOCSTI, text) ? errno : 0;
	printf("typed: %s\n", strerror(failure));
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "exchange") && argc == 4)
		exchange(argv[2], argv[3]);
	if (!strcmp(verb, "hunt"))
		hunt();
	if (!strcmp(verb, "descriptors"))
		return descriptors();
	if (!strcmp(verb, "inject") && argc == 3)
		return inject(argv[2]);
	return 2;
}
