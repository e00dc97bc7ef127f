/* System calls and numbers that an older libc or its headers may lack. Numbers from 424 on are the same on every machine. */
#ifndef KERNEL_H
#define KERNEL_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    NR_pidfd_send_signal = 424,
    NR_open_tree = 428,
    NR_move_mount = 429,
    NR_fsopen = 430,
    NR_fsconfig = 431,
    NR_fsmount = 432,
    NR_pidfd_open = 434,
    NR_clone3 = 435,
    NR_close_range = 436,
    NR_openat2 = 437,
    NR_mount_setattr = 442,
};

/* openat2(2) */
struct how {
    uint64_t flags, mode, resolve;
};
enum { RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_IN_ROOT = 16 };

/* clone(2) */
struct cloning {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
#define NEW_NAMESPACES UINT64_C(0x7e020080) /* CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET} */
#define CLONE_PIDFD_ UINT64_C(0x1000)
#define CLONE_INTO_CGROUP_ UINT64_C(0x200000000)
#define CLONE_NEWNS_ 0x00020000
#define CLONE_NEWPID_ 0x20000000
#define CLONE_NEWUSER_ 0x10000000
#define CLONE_NEWNET_ 0x40000000
#define CLONE_NEWUTS_ 0x04000000
#define CLONE_NEWIPC_ 0x08000000

/* sys_mount_setattr(2), sys_fsopen(2), sys_open_tree(2), sys_move_mount(2) */
struct attributes {
    uint64_t set, clear, propagation, userns;
};
enum {
    ATTR_RDONLY = 1,
    ATTR_NOSUID = 2,
    ATTR_NODEV = 4,
    ATTR_NOEXEC = 8,
    ATTR_NOATIME = 0x10,
    ATTR_STRICTATIME = 0x20,
    ATTR_NODIRATIME = 0x80,
    ATTR_IDMAP = 0x100000,
    FSOPEN_CLOEXEC_ = 1,
    FSMOUNT_CLOEXEC_ = 1,
    CONFIG_SET_FLAG = 0,
    CONFIG_SET_STRING = 1,
    CONFIG_CREATE = 6,
    TREE_CLONE = 1,
    TREE_CLOEXEC = O_CLOEXEC,
    WHOLE_TREE = 0x8000, /* AT_RECURSIVE */
    EMPTY_PATH = 0x1000, /* AT_EMPTY_PATH */
    MOVE_FROM_EMPTY = 0x4,
    MOVE_TO_EMPTY = 0x40,
};

enum { P_PIDFD_ = 3 }; /* waitid(2) */
#define NAMESPACES_HELD ((uint64_t)(CLONE_NEWNET_ | CLONE_NEWUTS_ | CLONE_NEWIPC_))

enum { PROC_MAGIC = 0x9fa0, DEVPTS_MAGIC = 0x1cd1 };

static inline int pidfd_send(int process, int signal) {
    return (int)syscall(NR_pidfd_send_signal, process, signal, NULL, 0);
}

static inline int sys_open_tree(int at, const char *path, unsigned flags) {
    return (int)syscall(NR_open_tree, at, path, flags | TREE_CLOEXEC);
}

static inline int sys_move_mount(int tree, int target) {
    return (int)syscall(NR_move_mount, tree, "", target, "", MOVE_FROM_EMPTY | MOVE_TO_EMPTY);
}

static inline int sys_mount_setattr(int mount, unsigned flags, struct attributes *attr) {
    return (int)syscall(NR_mount_setattr, mount, "", flags | EMPTY_PATH, attr, sizeof *attr);
}

static inline int sys_fsopen(const char *type) {
    return (int)syscall(NR_fsopen, type, FSOPEN_CLOEXEC_);
}

static inline int sys_fsconfig(int context, unsigned command, const char *key, const char *value) {
    return (int)syscall(NR_fsconfig, context, command, key, value, 0);
}

static inline int sys_fsmount(int context, uint64_t attributes) {
    return (int)syscall(NR_fsmount, context, FSMOUNT_CLOEXEC_, (unsigned)attributes);
}

static inline int close_between(unsigned first, unsigned last, unsigned flags) {
    return first > last ? 0 : (int)syscall(NR_close_range, first, last, flags);
}

#endif
