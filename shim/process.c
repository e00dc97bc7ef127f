/* The steps that make the child the process that was asked for: its terminal, limits, rights, program. */
#include <errno.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>

#include "kernel.h"
#include "paths.h"
#include "report.h"
#include "steps.h"

int step_console(struct launch *launch, const union arguments *a) {
    const char *path = a->console.path.text;
    struct statfs system;
    struct stat state;
    struct winsize size = {.ws_row = launch->rows, .ws_col = launch->columns};
    int unlocked = 0;
    int master = open_at(AT_FDCWD, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (master < 0)
        return failed("open /dev/pts/ptmx", NULL);
    /* CVE-2025-52565: nothing here goes by a name that the image could have put there. */
    errno = ENODEV;
    if (launch->stdio != STDIO_PTY || fstatfs(master, &system) != 0 || system.f_type != DEVPTS_MAGIC
        || ioctl(master, TIOCSPTLCK, &unlocked) != 0)
        return failed("unlock a terminal", NULL);
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || fstat(slave, &state) != 0 || !S_ISCHR(state.st_mode) || major(state.st_rdev) - 136 > 7)
        return failed("open a terminal", NULL);
    if ((size.ws_row != 0 || size.ws_col != 0) && ioctl(master, TIOCSWINSZ, &size) != 0)
        return failed("set the size of a terminal", NULL);
    if (*path != '\0') {
        int target = make_file(path, 0600) == 0 ? open_in_root(path, O_PATH, 0) : -1;
        int tree = sys_open_tree(slave, "", TREE_CLONE | EMPTY_PATH);
        if (target < 0 || tree < 0 || sys_move_mount(tree, target) != 0)
            return failed("bind a terminal on ", path, NULL);
        close(tree);
        close(target);
    }
    if (send_descriptor(launch->status, TERMINAL_MESSAGE, master) != 0)
        return failed("hand over a terminal", NULL);
    close(master);
    if (ioctl(slave, TIOCSCTTY, 0) != 0 || dup2(slave, 0) < 0 || dup2(slave, 1) < 0 || dup2(slave, 2) < 0)
        return failed("take a terminal", NULL);
    return close(slave);
}

int step_rlimit(const union arguments *a) {
    struct digits digits;
    uint64_t limit[2] = {a->rlimit.soft.number, a->rlimit.hard.number};
    if (syscall(SYS_prlimit64, 0, a->rlimit.resource.number, limit, NULL) != 0)
        return failed("set limit ", decimal((int64_t)a->rlimit.resource.number, &digits), NULL);
    return 0;
}

int step_chdir(const union arguments *a) {
    char directory[4096];
    if (chdir(a->chdir.path.text) != 0)
        return failed("chdir ", a->chdir.path.text, NULL);
    /* CVE-2024-21626: outside of the root the kernel's answer does not start with a slash. */
    if (syscall(SYS_getcwd, directory, sizeof directory) < 0 || directory[0] != '/') {
        errno = EXDEV;
        return failed("chdir ", a->chdir.path.text, NULL);
    }
    return 0;
}

int step_seccomp(const union arguments *a) {
    struct sock_fprog program = {
        .len = (unsigned short)(a->seccomp.filter.number / sizeof(struct sock_filter)),
        .filter = (void *)a->seccomp.filter.text,
    };
    /* 1: SECCOMP_SET_MODE_FILTER */
    return syscall(SYS_seccomp, 1, a->seccomp.flags.number, &program) == 0 ? 0 : failed("seccomp", NULL);
}

/* As runc does: the user may open /dev/stdout and the like. Not his own descriptors in the foreground. */
void give_stdio(unsigned stdio, uid_t uid, gid_t gid) {
    struct stat state;
    for (int fd = 0; stdio != STDIO_INHERIT && fd <= 2; fd++)
        if (fstat(fd, &state) == 0
            && (S_ISFIFO(state.st_mode) || (S_ISCHR(state.st_mode) && major(state.st_rdev) - 136 <= 7)))
            (void)!fchown(fd, uid, gid);
}

int step_credentials(const struct launch *launch, const union arguments *a) {
    uint32_t uid = (uint32_t)a->credentials.uid.number, gid = (uint32_t)a->credentials.gid.number;
    uint64_t effective = a->credentials.effective.number, permitted = a->credentials.permitted.number;
    uint64_t inheritable = a->credentials.inheritable.number;
    give_stdio(launch->stdio, uid, (gid_t)-1);
    for (unsigned long cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        if (!(a->credentials.bounding.number >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
            return failed("drop a capability from the bounding set", NULL);
    if (uid != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return failed("keep capabilities", NULL);
    if (syscall(SYS_setgroups, a->credentials.groups.number / 4, a->credentials.groups.text) != 0)
        return failed("setgroups", NULL);
    if (syscall(SYS_setresgid, gid, gid, gid) != 0)
        return failed("setgid", NULL);
    if (syscall(SYS_setresuid, uid, uid, uid) != 0)
        return failed("setuid", NULL);
    struct {
        uint32_t version;
        int pid;
    } head = {0x20080522, 0};
    uint32_t sets[6] = {
        (uint32_t)effective,         (uint32_t)permitted,         (uint32_t)inheritable,
        (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32),
    };
    if (syscall(SYS_capset, &head, sets) != 0)
        return failed("capset", NULL);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return failed("clear ambient capabilities", NULL);
    for (unsigned long cap = 0; cap < 64; cap++)
        if (a->credentials.ambient.number >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) != 0)
            return failed("raise an ambient capability", NULL);
    return 0;
}

/* The elements of a vector as execve wants them. */
static char **elements(const struct argument *vector) {
    size_t count = 0, next = 0;
    for (size_t i = 0; i < vector->number; i++)
        count += vector->text[i] == '\0';
    char **list = calloc(count + 1, sizeof *list);
    for (size_t at = 0; list != NULL && next < count; at += strlen(vector->text + at) + 1)
        list[next++] = vector->text + at;
    return list;
}

int step_exec(const struct launch *launch, const union arguments *a) {
    char **candidates = elements(&a->exec.candidates), **arguments = elements(&a->exec.arguments);
    char **environment = elements(&a->exec.environment);
    const char *subject = NULL;
    sigset_t none;
    if (candidates == NULL || arguments == NULL || environment == NULL)
        return failed("exec", NULL);

    umask(launch->umask);
    close_between(3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal <= 64; signal++)
        sigaction(signal, &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    int remembered = 0;
    for (char **candidate = candidates; *candidate != NULL; candidate++) {
        execve(*candidate, arguments, environment);
        if (remembered != EACCES) {
            remembered = errno;
            subject = *candidate;
        }
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
            remembered = errno;
            subject = *candidate;
            break;
        }
    }
    errno = remembered;
    return failed("exec ", subject, NULL);
}
