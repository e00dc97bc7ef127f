/* User namespaces: one of the container's own, or another container's, and acting with its ids. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kernel.h"
#include "paths.h"
#include "report.h"
#include "steps.h"

/* This is the holder: a process only because namespaces that belong to a user namespace can be made from inside it alone, and
   whoever goes in does not come out again. It ends when the monitor lets go of the socket, or dies. */
static _Noreturn void hold(int user, uint64_t namespaces, int socket) {
    char byte = 0;
    if (dup2(socket, 4) < 0 || (user >= 0 && dup2(user, 3) < 0))
        _exit(1);
    close_between(5, ~0U, 0);
    if (user >= 0 && (setns(3, CLONE_NEWUSER_) != 0 || unshare((int)namespaces) != 0))
        _exit(1);
    (void)!send(4, &byte, 1, MSG_NOSIGNAL);
    (void)!recv(4, &byte, 1, 0);
    _exit(0);
}

/* Starts the holder: in a new user namespace, or in one that is open. */
static pid_t start_holder(struct launch *launch, uint64_t namespaces) {
    struct cloning args = {.flags = CLONE_PIDFD_, .pidfd = (uintptr_t)&launch->holder, .exit_signal = SIGCHLD};
    int ends[2];
    char byte;
    if (launch->user < 0)
        args.flags |= CLONE_NEWUSER_ | namespaces;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return failed("make a user namespace", NULL);
    pid_t pid = (pid_t)syscall(NR_clone3, &args, sizeof args);
    if (pid == 0)
        hold(launch->user, namespaces, ends[1]);
    if (pid < 0)
        return failed("make a user namespace", NULL);
    close(ends[1]);
    launch->hold = ends[0];
    launch->held = namespaces;
    if (recv(launch->hold, &byte, 1, 0) == 1)
        return pid;
    errno = EPERM;
    return failed("enter a user namespace", NULL);
}

static const char *of_process(char path[64], const char *pid, const char *name) {
    strcpy(path, "/proc/");
    strcat(path, pid);
    return strcat(path, name);
}

/* Lets it go. */
static void end_holder(struct launch *launch) {
    close(launch->hold);
    while (waitid((idtype_t)P_PIDFD_, (id_t)launch->holder, NULL, WEXITED) != 0 && errno == EINTR)
        continue;
    close(launch->holder);
    launch->hold = launch->holder = -1;
}

static int write_ids(const char *path, const struct argument *ids) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, ids->text, ids->number) != (ssize_t)ids->number)
        return failed("write ", path, NULL);
    return close(fd);
}

/* Gives the holder's user namespace its ids; a descriptor of it. */
static int open_with_ids(pid_t holder, const struct argument *users, const struct argument *groups) {
    char path[64];
    struct digits digits;
    const char *pid = decimal(holder, &digits);
    if (write_ids(of_process(path, pid, "/uid_map"), users) != 0 || write_ids(of_process(path, pid, "/gid_map"), groups) != 0)
        return -1;
    int fd = open(of_process(path, pid, "/ns/user"), O_RDONLY | O_CLOEXEC);
    return fd < 0 ? failed("open ", path, NULL) : fd;
}

int step_user_namespace(struct launch *launch, const union arguments *a) {
    pid_t holder = start_holder(launch, a->user_namespace.namespaces.number);
    launch->user = holder < 0 ? -1 : open_with_ids(holder, &a->user_namespace.ids, &a->user_namespace.ids);
    return launch->user < 0 ? -1 : 0;
}

/* The kernel takes the ids of a mount from a user namespace. Nobody is ever in this one. */
int step_mapping(struct launch *launch, const union arguments *a) {
    pid_t holder = start_holder(launch, 0);
    int mapping = holder < 0 ? -1 : open_with_ids(holder, &a->mapping.users, &a->mapping.groups);
    if (mapping < 0)
        return -1;
    end_holder(launch);
    launch->slots[a->mapping.slot.number] = mapping;
    return 0;
}

int step_user_path(struct launch *launch, const union arguments *a) {
    const char *path = a->user_path.path.text;
    launch->user = open_namespace(path, (pid_t)a->user_path.pid.number, a->user_path.start_time.number);
    if (launch->user < 0)
        return failed("join namespace ", path, NULL);
    return start_holder(launch, a->user_path.namespaces.number) < 0 ? -1 : 0;
}

/* ---- the monitor's way through the holder's namespaces ---- */

static const struct {
    int flag;
    const char *own;
} held[HELD_NAMESPACES] = {
    {CLONE_NEWNET_, "/proc/self/ns/net"},
    {CLONE_NEWUTS_, "/proc/self/ns/uts"},
    {CLONE_NEWIPC_, "/proc/self/ns/ipc"},
};

int holder_enter(struct launch *launch, int left[HELD_NAMESPACES]) {
    for (int i = 0; i < HELD_NAMESPACES; i++) {
        left[i] = launch->held & (uint64_t)held[i].flag ? open(held[i].own, O_RDONLY | O_CLOEXEC) : -1;
        if (launch->held & (uint64_t)held[i].flag && left[i] < 0)
            return failed("open ", held[i].own, NULL);
    }
    return launch->held == 0 || setns(launch->holder, (int)launch->held) == 0 ? 0 : failed("enter new namespaces", NULL);
}

int holder_leave(struct launch *launch, const int left[HELD_NAMESPACES]) {
    for (int i = 0; i < HELD_NAMESPACES; i++)
        if (left[i] >= 0 && (setns(left[i], held[i].flag) != 0 || close(left[i]) != 0))
            return failed("return to ", held[i].own, NULL);
    if (launch->hold >= 0)
        end_holder(launch);
    return 0;
}

/* ---- inside ---- */

int step_enter(const struct launch *launch, const union arguments *a) {
    int namespaces = (int)a->enter.namespaces.number;
    root_changed();
    if (setns(launch->joined >= 0 ? launch->joined : launch->user, namespaces) != 0)
        return failed("join namespaces", NULL);
    /* Whoever was root outside has no id there until he takes one. */
    if (namespaces & CLONE_NEWUSER_ && (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0))
        return failed("become root of the user namespace", NULL);
    return 0;
}

/* The ids of the user namespace's root, as the host knows them, with all of the capabilities outside: only files of ids that are
   mapped can be made where ids are, and some sysctls ask for nothing but this id. */
int step_effective_ids(const struct launch *launch, const union arguments *a) {
    uid_t uid = (uid_t)a->effective_ids.uid.number;
    gid_t gid = (gid_t)a->effective_ids.gid.number;
    struct {
        uint32_t version;
        int pid;
    } head = {0x20080522, 0};
    struct {
        uint32_t effective, permitted, inheritable;
    } sets[2];
    /* The group, too: from inside nobody can change a file of which one id has no meaning there. */
    give_stdio(launch->stdio, uid, gid);
    if (setresgid((gid_t)-1, gid, (gid_t)-1) != 0 || setresuid((uid_t)-1, uid, (uid_t)-1) != 0)
        return failed("set effective ids", NULL);
    /* With root's id went root's capabilities. */
    if (syscall(SYS_capget, &head, sets) != 0)
        return failed("capget", NULL);
    sets[0].effective = sets[0].permitted;
    sets[1].effective = sets[1].permitted;
    return syscall(SYS_capset, &head, sets) == 0 ? 0 : failed("capset", NULL);
}
