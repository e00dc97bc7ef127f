/* From a plan to two processes: the monitor, and the child that becomes the container's process. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kernel.h"
#include "launch.h"
#include "paths.h"
#include "report.h"

static int read_whole(int fd, unsigned char *bytes, size_t length) {
    errno = EPROTO;
    while (length > 0) {
        ssize_t n = read(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

static int read_plan(struct plan *plan, int fd) {
    unsigned char header[PLAN_HEADER];
    const char *why;
    if (read_whole(fd, header, sizeof header) != 0)
        return failed("read the launch plan", NULL);
    errno = EPROTO;
    why = plan_header(plan, header);
    if (why != NULL)
        return failed(why, NULL);
    plan->bytes = mmap(NULL, plan->size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (plan->bytes == MAP_FAILED || read_whole(fd, plan->bytes, plan->size) != 0)
        return failed("read the launch plan", NULL);
    errno = EPROTO;
    why = plan_check(plan, &failure.step);
    return why == NULL ? 0 : failed("launch plan: ", why, NULL);
}

/* ---- the child's stdio ---- */

static int make_pipe(int *ours, int *childs, bool input) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    *ours = ends[input];
    *childs = ends[!input];
    if (!input)
        fcntl(*ours, F_SETPIPE_SZ, 1 << 20); /* only an upper limit; refused at worst */
    return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static int make_stdio(struct launch *launch, int childs[3]) {
    if (launch->stdio == STDIO_INHERIT)
        return 0;
    for (int fd = 0; fd <= 2; fd++) {
        int *ours = fd == 0 ? &launch->input : fd == 1 ? &launch->output : &launch->errors;
        if (launch->stdio == STDIO_PIPES && (fd > 0 || launch->open_stdin)) {
            if (make_pipe(ours, &childs[fd], fd == 0) != 0)
                return -1;
        } else {
            /* A terminal comes later, from inside the container. */
            childs[fd] = open("/dev/null", O_RDWR | O_CLOEXEC);
            if (childs[fd] < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- fork ---- */

void close_all_but(const int kept[], int count) {
    for (unsigned first = 3; first != 0;) {
        unsigned next = ~0U;
        for (int i = 0; i < count; i++)
            if (kept[i] >= 0 && (unsigned)kept[i] >= first && (unsigned)kept[i] < next)
                next = (unsigned)kept[i];
        close_between(first, next == ~0U ? next : next - 1, 0);
        first = next + 1;
    }
}

/* This is the child, right after clone. Only its stdio and what the steps to come go by stay open. */
static int become_child(struct launch *launch, int status, const int stdio[3]) {
    launch->pid = 0;
    launch->status = status;
    root_changed(); /* A descriptor from before the clone leads into the mounts of the namespace that was left. */
    if (launch->stdio != STDIO_INHERIT) {
        for (int fd = 0; fd <= 2; fd++)
            if (dup2(stdio[fd], fd) < 0)
                return failed("dup2", NULL);
        setsid();
    }
    int kept[4 + MAX_SLOTS] = {status, launch->joined, launch->user, launch->empty};
    memcpy(kept + 4, launch->slots, sizeof launch->slots);
    close_all_but(kept, 4 + MAX_SLOTS);
    return 0;
}

int clone_child(struct launch *launch, uint64_t namespaces, const char *cgroup2_directory) {
    int status[2], stdio[3] = {-1, -1, -1}, cgroup = -1, left[HELD_NAMESPACES];
    struct cloning args = {.flags = CLONE_PIDFD_ | namespaces, .pidfd = (uintptr_t)&launch->process, .exit_signal = SIGCHLD};

    errno = EINVAL;
    if ((namespaces & ~NEW_NAMESPACES) != 0)
        return failed("clone", NULL);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status) != 0 || make_stdio(launch, stdio) != 0)
        return failed("make stdio", NULL);
    if (*cgroup2_directory != '\0') {
        cgroup = open(cgroup2_directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (cgroup < 0)
            return failed("open ", cgroup2_directory, NULL);
        args.flags |= CLONE_INTO_CGROUP_;
        args.cgroup = (uint64_t)cgroup;
    }
    /* The child is born in them, so that whoever goes by its pid finds them from the beginning. */
    if (holder_enter(launch, left) != 0)
        return -1;
    /* The one fork of a launch: the monitor goes on with a pid, the child with 0. */
    pid_t pid = (pid_t)syscall(NR_clone3, &args, sizeof args);
    if (pid == 0)
        return become_child(launch, status[1], stdio);
    if (pid < 0)
        failed("clone", NULL);
    if (holder_leave(launch, left) != 0 || pid < 0)
        return -1;
    launch->pid = pid;
    launch->status = status[0];
    for (int i = 0; i < MAX_SLOTS; i++)
        if (launch->slots[i] >= 0)
            close(launch->slots[i]);
    close(status[1]);
    for (int fd = 0; fd <= 2; fd++)
        if (stdio[fd] >= 0)
            close(stdio[fd]);
    if (cgroup >= 0)
        close(cgroup);
    if (launch->empty >= 0)
        close(launch->empty);
    launch->empty = -1;
    return 0;
}

/* This is the child. It ends here only if a step fails. */
static _Noreturn void run_child(struct launch *launch, int result) {
    if (result == 0)
        carry_out(launch, INSIDE);
    /* A failed send means that the monitor is gone. */
    (void)!send(launch->status, &failure, sizeof failure, MSG_NOSIGNAL);
    _exit(125);
}

/* ---- the monitor ---- */

/* If a connect step failed because the child did, the child's reason is the one to tell. */
static void prefer_childs_failure(int status) {
    struct failure reason;
    ssize_t length;
    /* ECONNRESET comes first if the child left something unread. */
    do {
        length = recv(status, &reason, sizeof reason, MSG_DONTWAIT);
        if (length == sizeof reason)
            failure = reason;
    } while (length > 0 || (length < 0 && errno == ECONNRESET));
}

int shim(int connection, int plan, int empty, bool foreground) {
    /* Too large for a stack that is to stay small, and there is only one launch in a process. */
    static struct launch launch;
    struct process process = {.start = 0};
    launch = (struct launch){.foreground = foreground, .control = connection, .directory = -1, .listener = -1, .input = -1, .output = -1,
                             .errors = -1, .status = -1, .process = -1, .pid = -1, .joined = -1, .user = -1, .empty = empty, .holder = -1, .hold = -1, .hidden = -1};
    memset(launch.slots, -1, sizeof launch.slots);
    failure.step = NO_STEP;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    launch.umask = umask(0); /* modes in the plan are meant as they stand */
    if (connection >= 0)
        monitor_adopt(connection);

    if (read_plan(&launch.plan, plan) != 0)
        return give_up(&launch);
    int result = carry_out(&launch, PREPARE);
    if (launch.pid == 0)
        run_child(&launch, result);
    if (result != 0)
        return give_up(&launch);
    if (process_read(getpid(), &process) == 0)
        launch.shim_start = process.start;
    if (process_read(launch.pid, &process) == 0)
        launch.start = process.start;
    monitor_announce(&launch);
    if (carry_out(&launch, CONNECT) != 0) {
        prefer_childs_failure(launch.status);
        return give_up(&launch);
    }
    (void)!send(launch.status, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    munmap(launch.plan.bytes, launch.plan.size + 1);
    return monitor(&launch);
}
