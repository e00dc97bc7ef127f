/* The steps that make the container's tree of mounts. All run in the child, in its own mount namespace. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel.h"
#include "paths.h"
#include "report.h"
#include "steps.h"

int step_propagation(const union arguments *a) {
    uint64_t flags = a->propagation.flags.number;
    errno = EINVAL;
    if ((flags & ~(uint64_t)(MS_REC | MS_PRIVATE | MS_SLAVE | MS_SHARED | MS_UNBINDABLE)) != 0
        || mount(NULL, a->propagation.path.text, NULL, (unsigned long)flags, NULL) != 0)
        return failed("set propagation of ", a->propagation.path.text, NULL);
    return 0;
}

static int keep_tree(struct launch *launch, uint64_t slot, int fd) {
    if (launch->slots[slot] >= 0)
        close(launch->slots[slot]);
    launch->slots[slot] = fd;
    return 0;
}

int step_open_tree(struct launch *launch, const union arguments *a) {
    int fd = sys_open_tree(AT_FDCWD, a->open_tree.path.text, TREE_CLONE | (a->open_tree.recursive.number ? WHOLE_TREE : 0));
    if (fd < 0)
        return failed("open ", a->open_tree.path.text, NULL);
    return keep_tree(launch, a->open_tree.slot.number, fd);
}

/* What is below belongs to containers: its links count from the top of it, and lead nowhere else. */
int step_open_below(struct launch *launch, const union arguments *a) {
    const char *path = a->open_below.path.text, *below = a->open_below.below.text;
    int top = open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, RESOLVE_NO_MAGICLINKS);
    int found = top < 0 ? -1 : open_at(top, below, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    int fd = found < 0 ? -1 : sys_open_tree(found, "", TREE_CLONE | EMPTY_PATH | (a->open_below.recursive.number ? WHOLE_TREE : 0));
    int error = errno;
    if (top >= 0)
        close(top);
    if (found >= 0)
        close(found);
    errno = error;
    if (fd < 0)
        return failed("open ", path, "/", below, NULL);
    return keep_tree(launch, a->open_below.slot.number, fd);
}

int step_idmap(const struct launch *launch, const union arguments *a) {
    uint64_t mapping = a->idmap.mapping.number;
    struct attributes attr = {.set = ATTR_IDMAP, .userns = (uint64_t)(mapping == 0 ? launch->user : launch->slots[mapping])};
    if (sys_mount_setattr(launch->slots[a->idmap.slot.number], a->idmap.recursive.number ? WHOLE_TREE : 0, &attr) != 0)
        return failed("map the ids of a mount", NULL);
    return 0;
}

int step_offer_tree(const struct launch *launch, const union arguments *a) {
    if (send_descriptor(launch->status, TREE_MESSAGE, launch->slots[a->offer_tree.slot.number]) != 0)
        return failed("hand over a mount", NULL);
    return 0;
}

/* This is the monitor. */
int step_attach_tree(const struct launch *launch, const union arguments *a) {
    const char *path = a->attach_tree.target.text;
    char said[sizeof failure];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {said, sizeof said};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n;
    /* A failure stays there for whoever asks why this one came to nothing. */
    do
        n = recv(launch->status, said, sizeof said, MSG_PEEK);
    while (n < 0 && errno == EINTR);
    errno = ECANCELED;
    if (n != 1 || said[0] != TREE_MESSAGE || recvmsg(launch->status, &message, MSG_CMSG_CLOEXEC) != 1)
        return failed("wait for the mount for ", path, NULL);
    int tree = received_descriptor(&message), target = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (tree < 0 || target < 0 || sys_move_mount(tree, target) != 0)
        return failed("attach a mount at ", path, NULL);
    close(target);
    return close(tree);
}

static int set_attributes(int fd, uint64_t set, uint64_t clear, bool recursive, uint64_t propagation) {
    struct attributes attr = {.set = set, .clear = clear, .propagation = propagation & ~(uint64_t)MS_REC};
    if (attr.set == 0 && attr.clear == 0 && attr.propagation == 0)
        return 0;
    return sys_mount_setattr(fd, recursive ? WHOLE_TREE : 0, &attr);
}

/* In the namespace stays the file system that the kernel began with, on which every machine's root lies. */
int empty_mounts(void) {
    int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (home < 0 || unshare(CLONE_NEWNS_) != 0)
        return -1;
    int empty = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    /* Private first, or the host would lose its root with us. */
    bool made = empty >= 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && umount2("/", MNT_DETACH) == 0;
    int error = errno;
    if (setns(home, CLONE_NEWNS_) != 0)
        _exit(125); /* nothing may be started from here */
    close(home);
    errno = error;
    return made ? empty : -1;
}

/* What a new namespace would be a copy of grows with the number of containers, whose roots are mounted on the host. */
int step_empty_mounts(struct launch *launch) {
    root_changed();
    if (launch->empty < 0)
        launch->empty = empty_mounts();
    if (launch->empty < 0 || setns(launch->empty, CLONE_NEWNS_) != 0 || unshare(CLONE_NEWNS_) != 0)
        return failed("make an empty mount namespace", NULL);
    close(launch->empty);
    launch->empty = -1;
    return 0;
}

/* As pivot_root(2) would leave it, but there is no old root: so nothing has to be detached, and no other process looked at. */
int step_root(struct launch *launch, const union arguments *a) {
    int *slot = &launch->slots[a->root.slot.number];
    int target = open_in_root("/", O_PATH, 0);
    if (target < 0 || set_attributes(*slot, 0, 0, false, MS_PRIVATE) != 0 || sys_move_mount(*slot, target) != 0)
        return failed("mount the root", NULL);
    if (fchdir(*slot) != 0 || chroot(".") != 0)
        return failed("chroot", NULL);
    root_changed();
    close(target);
    close(*slot);
    *slot = -1;
    return 0;
}

int step_chroot(const union arguments *a) {
    if (chroot(a->chroot.new_root.text) != 0 || chdir("/") != 0)
        return failed("chroot ", a->chroot.new_root.text, NULL);
    root_changed();
    return 0;
}

/* sys_fsconfig(2) takes values of at most 255 bytes, so that an overlay of many layers needs mount(2). */
enum { LONGEST_OPTION = 255 };

static int mount_classic(const union arguments *a, int target) {
    uint64_t attributes = a->mount.attributes.number;
    unsigned long flags = attributes & (ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    flags |= attributes & ATTR_NOATIME ? MS_NOATIME : attributes & ATTR_STRICTATIME ? MS_STRICTATIME : MS_RELATIME;
    flags |= attributes & ATTR_NODIRATIME ? MS_NODIRATIME : 0;
    char path[40] = "/proc/self/fd/";
    struct digits digits;
    strcat(path, decimal(target, &digits));
    return mount(a->mount.source.text, path, a->mount.type.text, flags, a->mount.options.text);
}

static bool fits_fsconfig(const char *options) {
    for (size_t length; *options != '\0'; options += length + (options[length] == ',')) {
        length = strcspn(options, ",");
        if (length > LONGEST_OPTION)
            return false;
    }
    return true;
}

/* Hands over a comma-separated list. */
static int set_options(int context, char *options) {
    while (*options != '\0') {
        char *end = options;
        while (*end != '\0' && *end != ',')
            end += *end == '\\' && end[1] != '\0' ? 2 : 1; /* "\," is part of a path */
        char *next = end + (*end == ',');
        *end = '\0';
        char *value = strchr(options, '=');
        if (value != NULL)
            *value++ = '\0';
        if (*options != '\0' && sys_fsconfig(context, value == NULL ? CONFIG_SET_FLAG : CONFIG_SET_STRING, options, value) != 0)
            return -1;
        options = next;
    }
    return 0;
}

/* Makes a file system; its detached mount, or -1 with the kernel's own words in `words`. */
static int new_mount(const char *type, const char *source, char *options, uint64_t attributes, char words[128]) {
    int context = sys_fsopen(type), mount = -1;
    if (context < 0)
        return -1;
    if (sys_fsconfig(context, CONFIG_SET_STRING, "source", *source != '\0' ? source : "none") == 0
        && set_options(context, options) == 0 && sys_fsconfig(context, CONFIG_CREATE, NULL, NULL) == 0)
        mount = sys_fsmount(context, attributes);
    int error = errno;
    ssize_t length = mount < 0 ? read(context, words, 127) : 0;
    words[length < 0 ? 0 : length] = '\0';
    close(context);
    errno = error;
    return mount;
}

int step_mount(const union arguments *a) {
    const char *path = a->mount.target.text;
    char words[128] = "";
    int target = open_at(AT_FDCWD, path, O_PATH, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (target < 0)
        return failed("open ", path, NULL);
    if (!fits_fsconfig(a->mount.options.text)) {
        if (mount_classic(a, target) == 0)
            return close(target);
    } else {
        int fd = new_mount(a->mount.type.text, a->mount.source.text, a->mount.options.text, a->mount.attributes.number, words);
        if (fd >= 0 && sys_move_mount(fd, target) == 0) {
            close(fd);
            return close(target);
        }
    }
    failed("mount ", a->mount.type.text, " on ", path, NULL);
    if (*words != '\0') /* such as "e tmpfs: Unknown parameter" */
        failed_more(" (", words + (words[1] == ' ' ? 2 : 0), ")", NULL);
    return -1;
}

int step_target(struct launch *launch, const union arguments *a) {
    const char *path = a->target.path.text;
    struct stat state;
    if (fstat(launch->slots[a->target.slot.number], &state) != 0)
        return failed("look at the mount for ", path, NULL);
    int fd = S_ISDIR(state.st_mode) ? open_directory(path, 0755) : -1;
    if (S_ISDIR(state.st_mode) ? fd < 0 : make_file(path, 0644) != 0)
        return failed("make ", path, NULL);
    return fd < 0 ? 0 : close(fd);
}

int step_tree_attributes(struct launch *launch, const union arguments *a) {
    int fd = launch->slots[a->tree_attributes.slot.number];
    if (set_attributes(fd, a->tree_attributes.set.number, a->tree_attributes.clear.number, a->tree_attributes.recursive.number != 0, 0) != 0)
        return failed("set attributes of a mount", NULL);
    return 0;
}

int step_mount_tree(struct launch *launch, const union arguments *a) {
    const char *path = a->mount_tree.target.text;
    int *slot = &launch->slots[a->mount_tree.slot.number];
    int target = open_in_root(path, O_PATH, 0);
    if (target < 0)
        return failed("open ", path, NULL);
    bool recursive = a->mount_tree.recursive.number != 0;
    if (set_attributes(*slot, a->mount_tree.set.number, a->mount_tree.clear.number, recursive, a->mount_tree.propagation.number) != 0)
        return failed("set attributes of the mount for ", path, NULL);
    if (sys_move_mount(*slot, target) != 0)
        return failed("bind on ", path, NULL);
    close(target);
    close(*slot);
    *slot = -1;
    return 0;
}

int step_remount(const union arguments *a) {
    const char *path = a->remount.target.text;
    int target = open_in_root(path, O_PATH, 0);
    if (target < 0)
        return failed("open ", path, NULL);
    if (set_attributes(target, a->remount.set.number, a->remount.clear.number, a->remount.recursive.number != 0, 0) != 0)
        return failed("remount ", path, NULL);
    return close(target);
}

int step_read_only_path(const union arguments *a) {
    const char *path = a->read_only_path.path.text;
    struct attributes attr = {.set = ATTR_RDONLY};
    int target = open_in_root(path, O_PATH, 0);
    if (target < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : failed("open ", path, NULL);
    int tree = sys_open_tree(target, "", TREE_CLONE | EMPTY_PATH | WHOLE_TREE);
    if (tree < 0 || sys_mount_setattr(tree, WHOLE_TREE, &attr) != 0 || sys_move_mount(tree, target) != 0)
        return failed("make read-only ", path, NULL);
    close(tree);
    return close(target);
}

/* Mounts `fd` at the target. Before Linux 6.15 only an attached mount can be copied: so it goes there itself the first
   time, and copies of it afterwards. */
static int attach_again(int fd, bool *attached, int target) {
    if (!*attached) {
        *attached = true;
        return sys_move_mount(fd, target);
    }
    int copy = sys_open_tree(fd, "", TREE_CLONE | EMPTY_PATH);
    if (copy < 0)
        return -1;
    int result = sys_move_mount(copy, target);
    close_keeping_errno(copy);
    return result;
}

int step_mask_path(struct launch *launch, const union arguments *a) {
    const char *path = a->mask_path.path.text;
    char words[128], options[] = "ro";
    struct stat state, null;
    int result, target = open_in_root(path, O_PATH, 0);
    if (target < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : failed("open ", path, NULL);
    if (fstat(target, &state) == 0 && S_ISDIR(state.st_mode)) {
        bool attached = launch->hidden >= 0;
        if (!attached)
            launch->hidden = new_mount("tmpfs", "tmpfs", options, ATTR_RDONLY, words);
        result = launch->hidden < 0 ? -1 : attach_again(launch->hidden, &attached, target);
    } else {
        int slot = launch->slots[0];
        errno = ENODEV;
        /* CVE-2025-31133: it must really be the null device. */
        if (fstat(slot, &null) != 0 || !S_ISCHR(null.st_mode) || null.st_rdev != makedev(1, 3))
            return failed("mask with slot 0, which is not the null device: ", path, NULL);
        result = attach_again(slot, &launch->null_attached, target);
    }
    if (result != 0)
        return failed("mask ", path, NULL);
    return close(target);
}
