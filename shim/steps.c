/* The steps of a plan, one function each, and the loop that walks them. No policy: what a step says is done, or it fails. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>

#include "kernel.h"
#include "log.h"
#include "paths.h"
#include "report.h"
#include "steps.h"

static int write_whole(int fd, const char *data, size_t length) {
    ssize_t written = write(fd, data, length);
    if (written >= 0 && (size_t)written != length)
        errno = EIO;
    return written >= 0 && (size_t)written == length ? 0 : -1;
}

/* ---- prepare ---- */

/* The monitor, before there is a child. */
static int step_monitor(struct launch *launch, const union arguments *a) {
    launch->stdio = (unsigned)a->monitor.stdio.number;
    launch->open_stdin = a->monitor.open_stdin.number != 0;
    launch->stdin_once = a->monitor.stdin_once.number != 0;
    launch->taps = (unsigned)a->monitor.taps.number;
    launch->rows = (unsigned short)a->monitor.rows.number;
    launch->columns = (unsigned short)a->monitor.columns.number;
    const char *path = a->monitor.directory.text;
    if (*path == '\0')
        return 0;
    launch->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (launch->directory < 0)
        return failed("open ", path, NULL);
    /* What an earlier shim left behind must not be taken for this one's. */
    unlinkat(launch->directory, "exit", 0);
    unlinkat(launch->directory, "pid", 0);
    unlinkat(launch->directory, "shim.sock", 0);

    /* Bound by a relative name, the path may be longer than a socket's address. */
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "shim.sock"};
    launch->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    int result = launch->listener < 0 || fchdir(launch->directory) != 0
                         || bind(launch->listener, (struct sockaddr *)&address, sizeof address) != 0
                         || listen(launch->listener, 64) != 0
                     ? failed("bind ", path, "/shim.sock", NULL)
                     : 0;
    umask(mask);
    return chdir("/") == 0 ? result : failed("chdir /", NULL);
}

static int step_log(const union arguments *a) {
    if (log_open(a->log.path.text, (unsigned)a->log.format.number, a->log.max_size.number, a->log.max_files.number,
                 a->log.compressed.number != 0, a->log.attributes.text)
        != 0)
        return failed("open ", a->log.path.text, NULL);
    return 0;
}

static int step_join_pid(struct launch *launch, const union arguments *a) {
    struct digits digits;
    struct process process = {.start = 0};
    pid_t pid = (pid_t)a->join_pid.pid.number;
    const char *text = decimal(pid, &digits);
    launch->joined = (int)syscall(NR_pidfd_open, pid, 0);
    if (launch->joined < 0)
        return failed("open process ", text, NULL);
    /* Only after the descriptor: if the start time is still right, the descriptor is that process. */
    errno = ESRCH;
    if (process_read(pid, &process) != 0 || process.start != a->join_pid.start_time.number) {
        errno = ESRCH;
        return failed("open process ", text, NULL);
    }
    /* This moves only children made from now on. */
    if (setns(launch->joined, CLONE_NEWPID_) != 0)
        return failed("join the pid namespace of process ", text, NULL);
    return 0;
}

/* ---- several sections ---- */

static int write_file(const char *path, const char *data, size_t length) {
    int fd = open_in_root(path, O_WRONLY | O_NOCTTY, 0);
    if (fd < 0)
        return failed("open ", path, NULL);
    if (write_whole(fd, data, length) != 0) {
        failed("write ", path, NULL);
        return close_keeping_errno(fd);
    }
    close(fd);
    return 0;
}

static int step_mkdir(const union arguments *a) {
    int fd = open_directory(a->mkdir.path.text, (mode_t)a->mkdir.mode.number);
    if (fd < 0)
        return failed("mkdir ", a->mkdir.path.text, NULL);
    close(fd);
    return 0;
}

/* ---- connect ---- */

/* The daemon makes ready what has to be there before the process runs. Without a daemon there is nobody to wait for. */
static int step_await_go(const struct launch *launch) {
    uint32_t question[2] = {ASK_GO, 0};
    if (launch->control >= 0 && recv(launch->control, question, sizeof question, MSG_WAITALL) == sizeof question
        && (question[0] != ASK_GO || question[1] != 0)) {
        errno = EPROTO;
        return failed("wait for the daemon", NULL);
    }
    return 0;
}

/* ---- inside: from here on this is the child, in its new namespaces ---- */

int open_namespace(const char *path, pid_t pid, uint64_t start) {
    struct process process = {.start = start};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* Only after the descriptor: if the start time is still right, this is that process's namespace. */
    if (fd >= 0 && pid != 0 && (process_read(pid, &process) != 0 || process.start != start)) {
        errno = ESRCH;
        return close_keeping_errno(fd);
    }
    return fd;
}

static int step_enter_path(const union arguments *a) {
    const char *path = a->enter_path.path.text;
    int fd = open_namespace(path, (pid_t)a->enter_path.pid.number, a->enter_path.start_time.number);
    root_changed();
    if (fd < 0 || setns(fd, (int)a->enter_path.namespace.number) != 0)
        return failed("join namespace ", path, NULL);
    close(fd);
    return 0;
}

static int step_unshare(const union arguments *a) {
    root_changed(); /* it leads into the mounts of the namespace that is left */
    return unshare((int)a->unshare.namespaces.number) == 0 ? 0 : failed("unshare", NULL);
}

static int step_wait_connected(const struct launch *launch) {
    char byte;
    ssize_t n;
    do
        n = recv(launch->status, &byte, 1, 0);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        return 0;
    errno = ECANCELED;
    return failed("wait for the network", NULL);
}

static int step_mkfile(const union arguments *a) {
    return make_file(a->mkfile.path.text, (mode_t)a->mkfile.mode.number) == 0 ? 0 : failed("create ", a->mkfile.path.text, NULL);
}

/* A node that is there already is fine if it is the same device. */
static int step_mknod(const union arguments *a) {
    const char *name, *path = a->mknod.path.text;
    mode_t mode = (mode_t)a->mknod.mode.number;
    struct stat state;
    dev_t device = makedev((unsigned)a->mknod.major.number, (unsigned)a->mknod.minor.number);
    int parent = open_parent(path, &name);
    mode |= mode & S_IFMT ? 0 : S_IFCHR;
    if (parent < 0)
        return failed("mknod ", path, NULL);
    if (mknodat(parent, name, mode, device) != 0
        && (errno != EEXIST || fstatat(parent, name, &state, AT_SYMLINK_NOFOLLOW) != 0
            || (state.st_mode & S_IFMT) != (mode & S_IFMT) || state.st_rdev != device))
        return failed("mknod ", path, NULL);
    uid_t uid = (uid_t)a->mknod.uid.number;
    gid_t gid = (gid_t)a->mknod.gid.number;
    if ((uid != 0 || gid != 0) && fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) != 0)
        return failed("chown ", path, NULL);
    return close(parent);
}

static int step_symlink(const union arguments *a) {
    const char *name, *path = a->symlink.path.text;
    int parent = open_parent(path, &name);
    if (parent < 0 || (symlinkat(a->symlink.target.text, parent, name) != 0 && errno != EEXIST))
        return failed("symlink ", path, NULL);
    return close(parent);
}

static int step_sysctl(const union arguments *a) {
    const char *path = a->sysctl.path.text;
    struct statfs system;
    int fd = open_at(AT_FDCWD, path, O_WRONLY | O_NOCTTY, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd < 0)
        return failed("open ", path, NULL);
    /* CVE-2025-52881: an image may have put something else in the way. */
    if (strncmp(path, "/proc/sys/", 10) != 0 || fstatfs(fd, &system) != 0 || system.f_type != PROC_MAGIC) {
        errno = EXDEV;
        return failed("this is not a sysctl: ", path, NULL);
    }
    if (write_whole(fd, a->sysctl.value.text, a->sysctl.value.number) != 0)
        return failed("write ", path, NULL);
    return close(fd);
}

/* ---- the loop ---- */

static int carry_out_step(struct launch *launch, const struct step *step) {
    const union arguments *a = &step->a;
    switch (step->op) {
    case OP_MONITOR: return step_monitor(launch, a);
    case OP_LOG: return step_log(a);
    case OP_CLONE: return clone_child(launch, a->clone.namespaces.number, a->clone.cgroup2_directory.text);
    case OP_JOIN_PID: return step_join_pid(launch, a);
    case OP_USER_NAMESPACE: return step_user_namespace(launch, a);
    case OP_USER_PATH: return step_user_path(launch, a);
    case OP_MAPPING: return step_mapping(launch, a);
    case OP_NETLINK: return step_netlink(launch, a);
    case OP_WRITE: return write_file(a->write.path.text, a->write.data.text, a->write.data.number);
    case OP_MKDIR: return step_mkdir(a);
    case OP_CGROUP_JOIN: return write_file(a->cgroup_join.tasks_file.text, "0", 1);
    case OP_UNSHARE: return step_unshare(a);
    case OP_ENTER: return step_enter(launch, a);
    case OP_ENTER_PATH: return step_enter_path(a);
    case OP_WAIT_CONNECTED: return step_wait_connected(launch);
    case OP_AWAIT_GO: return step_await_go(launch);
    case OP_PROPAGATION: return step_propagation(a);
    case OP_OPEN_TREE: return step_open_tree(launch, a);
    case OP_OPEN_BELOW: return step_open_below(launch, a);
    case OP_TARGET: return step_target(launch, a);
    case OP_TREE_ATTRIBUTES: return step_tree_attributes(launch, a);
    case OP_IDMAP: return step_idmap(launch, a);
    case OP_OFFER_TREE: return step_offer_tree(launch, a);
    case OP_ATTACH_TREE: return step_attach_tree(launch, a);
    case OP_EMPTY_MOUNTS: return step_empty_mounts(launch);
    case OP_ROOT: return step_root(launch, a);
    case OP_CHROOT: return step_chroot(a);
    case OP_MOUNT: return step_mount(a);
    case OP_MOUNT_TREE: return step_mount_tree(launch, a);
    case OP_REMOUNT: return step_remount(a);
    case OP_READ_ONLY_PATH: return step_read_only_path(a);
    case OP_MASK_PATH: return step_mask_path(launch, a);
    case OP_MKFILE: return step_mkfile(a);
    case OP_MKNOD: return step_mknod(a);
    case OP_SYMLINK: return step_symlink(a);
    case OP_CONSOLE: return step_console(launch, a);
    case OP_HOSTNAME: return sethostname(a->hostname.name.text, a->hostname.name.number) == 0 ? 0 : failed("sethostname", NULL);
    case OP_DOMAINNAME:
        return setdomainname(a->domainname.name.text, a->domainname.name.number) == 0 ? 0 : failed("setdomainname", NULL);
    case OP_SYSCTL: return step_sysctl(a);
    case OP_RLIMIT: return step_rlimit(a);
    case OP_UMASK: launch->umask = (mode_t)a->umask.mask.number & 0777; return 0;
    case OP_CHDIR: return step_chdir(a);
    case OP_NO_NEW_PRIVS: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : failed("set no_new_privs", NULL);
    case OP_SECCOMP: return step_seccomp(a);
    case OP_CREDENTIALS: return step_credentials(launch, a);
    case OP_EFFECTIVE_IDS: return step_effective_ids(launch, a);
    case OP_EXEC: return step_exec(launch, a);
    case OPS: break;
    }
    errno = ENOSYS;
    return failed("unknown step", NULL);
}

int carry_out(struct launch *launch, enum section section) {
    struct step step;
    const char *why;
    struct place before = launch->place;
    while (plan_next(&launch->plan, &launch->place, &step, &why)) {
        if (step.section != section) {
            /* The child comes here with its own copy of the place, and passes over the connect section. */
            if (step.section > section)
                break;
        } else if (carry_out_step(launch, &step) != 0) {
            failure.step = step.index;
            return -1;
        }
        before = launch->place;
    }
    launch->place = before;
    return 0;
}
