/*
 * The probe: run as a container's process, it prints what it sees from inside, one JSON object a line.
 *
 *   probe [facts] [syscalls] [sockets]    what to print; nothing given: all of it
 *   probe lines COUNT LENGTH              print COUNT lines of LENGTH bytes, for the log
 *   probe exit STATUS | signal NUMBER     end that way
 *   probe stubborn                        ignore SIGTERM, print "ready", sleep
 *   probe tick MILLISECONDS               count, a line each
 *   probe fill PATH                       write to a file until it fails, print the errno
 *   probe echo PORT                       send back what comes to this port, over TCP and UDP; over IPv6 in capitals
 *   probe verdicts                        what the filter says of each call that stands on standard input, none of which is carried out
 *
 * It asks the kernel and compares nothing; the tests know what should be there.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void text(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void fact(const char *name, const char *value)
{
	printf("{\"fact\":\"%s\",\"value\":", name);
	text(value);
	puts("}");
}

/* Each line of a file as one fact; only lines that start with `prefix`. */
static void lines_of(const char *name, const char *path, const char *prefix)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");

	if (!file) {
		fact(name, strerror(errno));
		return;
	}
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, prefix, strlen(prefix)))
			fact(name, line);
	}
	free(line);
	fclose(file);
}

static void node(const char *name, const char *path)
{
	struct stat st;
	char link[4096];

	printf("{\"fact\":\"%s\",\"path\":", name);
	text(path);
	if (lstat(path, &st) < 0) {
		printf(",\"errno\":%d}\n", errno);
		return;
	}
	printf(",\"type\":\"%s\",\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u",
	       S_ISDIR(st.st_mode)    ? "directory"
	       : S_ISREG(st.st_mode)  ? "file"
	       : S_ISLNK(st.st_mode)  ? "link"
	       : S_ISCHR(st.st_mode)  ? "character"
	       : S_ISBLK(st.st_mode)  ? "block"
	       : S_ISFIFO(st.st_mode) ? "fifo"
				      : "socket",
	       st.st_mode & 07777, st.st_uid, st.st_gid);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		printf(",\"device\":\"%u:%u\"", major(st.st_rdev), minor(st.st_rdev));
	if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(path, link, sizeof link - 1);
		link[n < 0 ? 0 : n] = 0;
		printf(",\"target\":");
		text(link);
	}
	puts("}");
}

static void tree(const char *name, const char *path, int depth)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char child[4096];

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
		node(name, child);
		if (depth > 1 && entry->d_type == DT_DIR)
			tree(name, child, depth - 1);
	}
	closedir(dir);
}

static void links(const char *name, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char child[4096], target[4096];

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		ssize_t n;

		if (entry->d_name[0] == '.' || (!strcmp(name, "descriptor") && atoi(entry->d_name) == dirfd(dir)))
			continue;
		snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
		n = readlink(child, target, sizeof target - 1);
		if (n < 0)
			continue;
		target[n] = 0;
		printf("{\"fact\":\"%s\",\"name\":\"%s\",\"value\":", name, entry->d_name);
		text(target);
		puts("}");
	}
	closedir(dir);
}

/* What is left of a path that should be hidden or read-only. */
static void guarded(const char *path)
{
	struct stat st;
	struct statvfs fs;
	int entries = 0, readable = 0, fd, failure = 0;

	printf("{\"fact\":\"guarded\",\"path\":\"%s\"", path);
	if (stat(path, &st) < 0) {
		printf(",\"errno\":%d}\n", errno);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		DIR *dir = opendir(path);
		struct dirent *entry;
		char child[4096];

		while (dir && (entry = readdir(dir)))
			if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
				entries++;
		if (dir)
			closedir(dir);
		snprintf(child, sizeof child, "%s/cairn-probe", path);
		if (mkdir(child, 0700) == 0)
			rmdir(child);
		else
			failure = errno;
	} else {
		char byte;

		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		readable = fd >= 0 && read(fd, &byte, 1) == 1;
		if (fd >= 0)
			close(fd);
		/* Opened only: writing to the real thing could end the machine. */
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		else
			failure = errno;
	}
	printf(",\"directory\":%s,\"entries\":%d,\"readable\":%s,\"write_errno\":%d,\"read_only\":%s",
	       S_ISDIR(st.st_mode) ? "true" : "false", entries, readable ? "true" : "false", failure,
	       statvfs(path, &fs) == 0 && (fs.f_flag & ST_RDONLY) ? "true" : "false");
	if (S_ISCHR(st.st_mode))
		printf(",\"device\":\"%u:%u\"", major(st.st_rdev), minor(st.st_rdev));
	puts("}");
}

static void facts(void)
{
	static const char *const status[] = {"Umask:",  "Uid:",	   "Gid:",    "Groups:", "NSpid:",    "SigBlk:",     "SigIgn:", "CapInh:",
					     "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:"};
	static const char *const paths[] = {
		"/proc/asound",	    "/proc/acpi",	"/proc/interrupts",  "/proc/kcore",   "/proc/keys",
		"/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
		"/sys/firmware",    "/sys/devices/virtual/powercap", "/proc/bus", "/proc/fs",	      "/proc/irq",
		"/proc/sys",	    "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/sys", "/sys/fs/cgroup", "/sys/kernel"};
	char buffer[4096];
	size_t i;

	for (i = 0; i < sizeof status / sizeof *status; i++)
		lines_of("status", "/proc/self/status", status[i]);
	lines_of("mount", "/proc/self/mountinfo", "");
	lines_of("cgroup", "/proc/self/cgroup", "");
	lines_of("limit", "/proc/self/limits", "Max");
	lines_of("oom_score_adj", "/proc/self/oom_score_adj", "");
	lines_of("interface", "/proc/net/dev", "");
	lines_of("route", "/proc/net/route", "");
	links("namespace", "/proc/self/ns");
	links("descriptor", "/proc/self/fd");
	tree("device", "/dev", 2);
	for (i = 0; i < sizeof paths / sizeof *paths; i++)
		guarded(paths[i]);
	gethostname(buffer, sizeof buffer);
	fact("hostname", buffer);
	fact("cwd", getcwd(buffer, sizeof buffer) ? buffer : strerror(errno));
	printf("{\"fact\":\"ids\",\"pid\":%d,\"parent\":%d,\"session\":%d,\"group\":%d,\"dumpable\":%d}\n", getpid(), getppid(), getsid(0),
	       getpgid(0), prctl(PR_GET_DUMPABLE));
	for (char **e = environ; *e; e++)
		fact("environment", *e);
}

/*
 * Each call is made in a child of its own, with arguments that no call accepts. EPERM and ENOSYS are the filter's answers; anything else
 * shows that the call reached the kernel. Left out: what takes no arguments and does not come back, or would end the probe's host.
 */
static void syscalls(void)
{
	static const int without[] = {SYS_vfork, SYS_fork, SYS_exit, SYS_exit_group, SYS_pause, SYS_rt_sigreturn, SYS_vhangup, SYS_sync,
				      SYS_reboot, SYS_kill, SYS_tkill, SYS_restart_syscall};

	for (int number = 0; number <= 470; number++) {
		int skip = number > 334 && number < 424; /* no such numbers on x86-64 */
		int status;
		pid_t child;
		int answer[2], failure = -1;

		for (size_t i = 0; i < sizeof without / sizeof *without; i++)
			skip |= number == without[i];
		if (skip || pipe2(answer, O_CLOEXEC) < 0)
			continue;
		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(5);
			errno = 0;
			long result = syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
			failure = result == -1 ? errno : 0;
			/* The call may have closed or hidden anything; a lost answer shows as -1. */
			if (syscall(SYS_write, answer[1], &failure, sizeof failure) < 0)
				syscall(SYS_exit_group, 1);
			syscall(SYS_exit_group, 0);
		}
		close(answer[1]);
		if (read(answer[0], &failure, sizeof failure) != sizeof failure)
			failure = -1;
		close(answer[0]);
		waitpid(child, &status, 0);
		printf("{\"fact\":\"syscall\",\"number\":%d,\"errno\":%d,\"signal\":%d}\n", number, failure,
		       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	}
	/* The x32 calling convention, getpid: the filter must know more than one architecture's numbers. */
	errno = 0;
	printf("{\"fact\":\"x32\",\"errno\":%d}\n", syscall(0x40000000L | SYS_getpid) < 0 ? errno : 0);
}

static void sockets(void)
{
	for (int family = 0; family <= 45; family++) {
		int stream = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), stream_errno = stream < 0 ? errno : 0;
		int datagram = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), datagram_errno = datagram < 0 ? errno : 0;
		int raw = socket(family, SOCK_RAW | SOCK_CLOEXEC, 0), raw_errno = raw < 0 ? errno : 0;

		printf("{\"fact\":\"socket\",\"family\":%d,\"stream\":%d,\"datagram\":%d,\"raw\":%d}\n", family, stream_errno,
		       datagram_errno, raw_errno);
		close(stream);
		close(datagram);
		close(raw);
	}
}

static int lines(long count, int length)
{
	static char block[1 << 16];
	int fit = (int)sizeof block / length;

	for (int i = 0; i < fit; i++) {
		memset(block + i * length, 'x', (size_t)length - 1);
		block[(i + 1) * length - 1] = '\n';
	}
	while (count > 0) {
		size_t size = (size_t)(count < fit ? count : fit) * (size_t)length;
		for (char *at = block; size > 0;) {
			ssize_t n = write(1, at, size);
			if (n < 0)
				return 1;
			at += n;
			size -= (size_t)n;
		}
		count -= fit;
	}
	return 0;
}

static int fill(const char *path)
{
	static char block[1 << 20];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (fd >= 0 && write(fd, block, sizeof block) > 0)
		;
	printf("%d\n", errno);
	return 0;
}

static int bound(int family, int type, int port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int on = 1, s = socket(family, type, 0);

	if (family == AF_INET6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (family == AF_INET6 ? bind(s, (struct sockaddr *)&six, sizeof six) : bind(s, (struct sockaddr *)&four, sizeof four))
		return -1;
	return type == SOCK_STREAM && listen(s, 128) ? -1 : s;
}

/* What comes over IPv6 comes back in capitals. */
static void answer(char *data, ssize_t n, int family)
{
	for (ssize_t i = 0; i < n && family == AF_INET6; i++)
		data[i] = (char)toupper((unsigned char)data[i]);
}

static void echo_datagrams(int s, int family)
{
	static char data[65536];
	struct sockaddr_storage peer;

	for (;;) {
		socklen_t length = sizeof peer;
		ssize_t n = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&peer, &length);
		answer(data, n, family);
		if (n >= 0)
			sendto(s, data, (size_t)n, 0, (struct sockaddr *)&peer, length);
	}
}

static void echo_streams(int s, int family)
{
	static char data[65536];

	for (;;) {
		int connection = accept(s, NULL, NULL);
		if (connection >= 0 && fork() == 0) {
			for (ssize_t n; (n = read(connection, data, sizeof data)) > 0;) {
				answer(data, n, family);
				if (write(connection, data, (size_t)n) != n)
					break;
			}
			_exit(0);
		}
		close(connection);
	}
}

static int echo(int port)
{
	int families[] = {AF_INET, AF_INET6}, sockets[4];

	for (int i = 0; i < 4; i++) {
		sockets[i] = bound(families[i / 2], i % 2 ? SOCK_DGRAM : SOCK_STREAM, port);
		if (sockets[i] < 0)
			return 1;
	}
	puts("ready");
	fflush(stdout);
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 4; i++)
		if (i == 3 || fork() == 0) {
			if (i % 2)
				echo_datagrams(sockets[i], families[i / 2]);
			else
				echo_streams(sockets[i], families[i / 2]);
		}
	return 0;
}

/* ---- verdicts ---- */

struct question {
	char entry; /* 6: 64-bit, with the x32 bit or without; 3: the 32-bit entry */
	unsigned long number, argument[3];
	long answer;
};

enum { QUESTIONS = 1 << 16, REACHED = 3999, MARK = 0x7ec0de };

/* The sixth argument is the mark. Nothing but the answer comes back from the 32-bit entry, which has six registers and no more. */
static long call(const struct question *q)
{
	long result;

	if (q->entry == '6') {
		register long r10 __asm__("r10") = 0, r8 __asm__("r8") = 0, r9 __asm__("r9") = MARK;

		/* Were it left in its register, the child's own calls would bear the mark as well. */
		__asm__ volatile("syscall; xor %%r9d, %%r9d"
				 : "=a"(result), "+r"(r9) : "a"(q->number), "D"(q->argument[0]), "S"(q->argument[1]), "d"(q->argument[2]),
				   "r"(r10), "r"(r8) : "rcx", "r11", "memory", "cc");
		return result;
	}
	__asm__ volatile("sub $128, %%rsp; push %%rbp; movl $0x7ec0de, %%ebp; int $0x80; pop %%rbp; add $128, %%rsp"
			 : "=a"(result) : "a"(q->number), "b"(q->argument[0]), "c"(q->argument[1]), "d"(q->argument[2]), "S"(0L), "D"(0L)
			 : "r8", "r9", "r10", "r11", "memory", "cc");
	return (int)result;
}

/*
 * A filter of the child's own sends every marked call to its tracer, which skips it. The kernel asks all filters and obeys the strictest: what
 * the container's refuses is refused, and what it allows comes to the tracer.
 */
static void ask_all(struct question *questions, int count)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 56), /* low half of the sixth argument */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof code / sizeof *code, code};

	if (ptrace(PTRACE_TRACEME, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || raise(SIGSTOP)
	    || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		_exit(1);
	for (int i = 0; i < count; i++)
		questions[i].answer = call(&questions[i]);
	_exit(0);
}

static int verdicts(void)
{
	struct question *questions = mmap(NULL, QUESTIONS * sizeof *questions, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct question *q = questions;
	struct user_regs_struct registers;
	int status;
	pid_t child;

	while (q < questions + QUESTIONS
	       && scanf(" %c %lu %lu %lu %lu", &q->entry, &q->number, &q->argument[0], &q->argument[1], &q->argument[2]) == 5)
		q++;
	fflush(stdout);
	child = fork();
	if (child == 0)
		ask_all(questions, (int)(q - questions));
	waitpid(child, &status, 0);
	if (!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL))
		return 1;
	while (WIFSTOPPED(status)) {
		int signal = WSTOPSIG(status);

		if (signal == SIGTRAP && status >> 16 == PTRACE_EVENT_SECCOMP) {
			ptrace(PTRACE_GETREGS, child, 0, &registers);
			registers.orig_rax = (unsigned long)-1;
			registers.rax = (unsigned long)-REACHED;
			ptrace(PTRACE_SETREGS, child, 0, &registers);
		}
		ptrace(PTRACE_CONT, child, 0, signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
		waitpid(child, &status, 0);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return 1;
	for (struct question *at = questions; at < q; at++)
		printf("%ld\n", at->answer == -REACHED ? 0 : -at->answer);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "lines") && argc == 4)
		return lines(atol(argv[2]), atoi(argv[3]));
	if (!strcmp(verb, "exit") && argc == 3)
		return atoi(argv[2]);
	if (!strcmp(verb, "signal") && argc == 3) {
		/* As the first process of its namespace it has no default handlers; a child has. */
		int status;
		pid_t child = fork();
		if (child == 0) {
			raise(atoi(argv[2]));
			_exit(0);
		}
		waitpid(child, &status, 0);
		return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 0;
	}
	if (!strcmp(verb, "stubborn")) {
		signal(SIGTERM, SIG_IGN);
		puts("ready");
		fflush(stdout);
		for (;;)
			pause();
	}
	if (!strcmp(verb, "tick") && argc == 3) {
		for (long i = 1;; i++) {
			printf("%ld\n", i);
			fflush(stdout);
			usleep((useconds_t)atoi(argv[2]) * 1000);
		}
	}
	if (!strcmp(verb, "fill") && argc == 3)
		return fill(argv[2]);
	if (!strcmp(verb, "echo") && argc == 3)
		return echo(atoi(argv[2]));
	if (!strcmp(verb, "verdicts"))
		return verdicts();

	for (int i = argc > 1 ? 1 : 0; i < argc; i++) {
		if (argc == 1 || !strcmp(argv[i], "facts"))
			facts();
		if (argc == 1 || !strcmp(argv[i], "syscalls"))
			syscalls();
		if (argc == 1 || !strcmp(argv[i], "sockets"))
			sockets();
	}
	return 0;
}
