/* Three ways in: docs/LAUNCH_PLAN.md. This file holds the launcher; what it forks goes on in launch.c. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "kernel.h"
#include "launch.h"
#include "report.h"
#include "steps.h"

extern char **environ;

static void put(int fd, const char *text) {
    (void)!write(fd, text, strlen(text));
}

static int complain(const char *what) {
    const char *why = strerror(errno);
    put(2, "cairn-shim: ");
    put(2, what);
    put(2, ": ");
    put(2, why);
    put(2, "\n");
    return 125;
}

/* CVE-2019-5736: a container may get hold of the program that made it, so that must not be the file on disk. Executes a
   sealed copy in memory, unless this already is one. */
static int move_to_sealed_copy(char **arguments) {
    enum { F_ADD_SEALS_ = 1033, F_GET_SEALS_ = 1034, ALL_SEALS = 15, SEAL_WRITE = 8, CLOEXEC_SEALING = 3, EXEC = 16 };
    struct stat state;
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0 || fstat(self, &state) != 0)
        return -1;
    int seals = fcntl(self, F_GET_SEALS_);
    if (seals >= 0 && seals & SEAL_WRITE)
        return close(self);
    int copy = (int)syscall(SYS_memfd_create, "cairn-shim", CLOEXEC_SEALING | EXEC);
    if (copy < 0) /* before Linux 6.3 */
        copy = (int)syscall(SYS_memfd_create, "cairn-shim", CLOEXEC_SEALING);
    for (off_t left = copy < 0 ? -1 : state.st_size; left != 0;) {
        ssize_t n = left < 0 ? -1 : sendfile(copy, self, NULL, (size_t)left);
        if (n <= 0)
            return -1;
        left -= n;
    }
    if (fcntl(copy, F_ADD_SEALS_, ALL_SEALS) != 0)
        return -1;
    syscall(SYS_execveat, copy, "", arguments, environ, EMPTY_PATH);
    return -1;
}

/* ---- the launcher ---- */

/* Whoever sees the socket's name can connect: it is bound aside, and renamed when it listens. */
static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    errno = ENAMETOOLONG;
    if (strlen(path) + 4 >= sizeof address.sun_path)
        return -1;
    strcat(strcpy(address.sun_path, path), ".new");
    unlink(address.sun_path);
    umask(0177);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 512) != 0
        || rename(address.sun_path, path) != 0)
        return -1;
    umask(022);
    return listener;
}

/* This is a fresh child of the launcher: it becomes the shim of one launch. */
static _Noreturn void become_shim(int connection, int empty) {
    setsid();
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    close_all_but((int[]){connection, empty}, 2);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    close(null);
    _exit(shim(connection, connection, empty, false));
}

static void launch_for(int connection, int empty) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid())) {
        /* A shim for this connection; the launcher keeps nothing of it, and the kernel reaps it. */
        pid_t pid = fork();
        if (pid == 0)
            become_shim(connection, empty);
        if (pid < 0) {
            failed("fork", NULL);
            failure.step = NO_STEP;
            struct report report = report_failure();
            report_send(&report, connection);
        }
    }
    close(connection);
}

static int serve(const char *path) {
    int listener = listen_at(path);
    char ignored[64];
    if (listener < 0)
        return complain(path);
    int empty = empty_mounts(); /* without it each launch that needs one tries again, and tells why it cannot */
    (void)!chdir("/");
    signal(SIGCHLD, SIG_IGN);
    /* A terminal's signals are the daemon's affair: it closes our standard input when it ends. */
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    struct pollfd waits[2] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    for (;;) {
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            break;
        if (waits[0].revents != 0 && read(0, ignored, sizeof ignored) <= 0)
            break;
        if (waits[1].revents == 0)
            continue;
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0)
            launch_for(connection, empty);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
            poll(NULL, 0, 10); /* the connection stays in the queue */
    }
    unlink(path);
    return 0;
}

static int run(const char *file) {
    int plan = open(file, O_RDONLY | O_CLOEXEC);
    return plan < 0 ? complain(file) : shim(-1, plan, -1, true);
}

int main(int count, char **arguments) {
    const char *command = count > 1 ? arguments[1] : "";
    struct digits digits;
    if (count == 2 && strcmp(command, "version") == 0) {
        put(1, "cairn-shim, launch plan ");
        put(1, decimal(VERSION, &digits));
        put(1, "\n");
        return 0;
    }
    if (count != 3 || (strcmp(command, "serve") != 0 && strcmp(command, "run") != 0)) {
        put(2, "usage: cairn-shim serve SOCKET | run FILE | version\n");
        return 125;
    }
    /* Whoever started this may have had anything open, or nothing at all. */
    close_between(3, ~0U, 0);
    for (int fd = 0; fd <= 2;) {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (fd > 2 || fd < 0)
            close(fd);
        else
            fcntl(fd, F_SETFD, 0);
        if (fd < 0)
            break;
    }
    if (move_to_sealed_copy(arguments) != 0)
        return complain("make a sealed copy of the program");
    prctl(PR_SET_NAME, "cairn-shim", 0, 0, 0);
    return command[0] == 's' ? serve(arguments[2]) : run(arguments[2]);
}
