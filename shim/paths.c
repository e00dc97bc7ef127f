#include "paths.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"

int close_keeping_errno(int fd) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int open_at(int at, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    int fd, tries = 64;
    /* EAGAIN: somebody renamed on the way, so the kernel cannot vouch for "..". */
    do
        fd = (int)syscall(NR_openat2, at, path, &how, sizeof how);
    while (fd < 0 && (errno == EAGAIN || errno == EINTR) && --tries > 0);
    return fd;
}

/* "/" of this process, kept open over the steps: a launch resolves some two hundred paths. */
static int root = -1;

void root_changed(void) {
    if (root >= 0)
        close(root);
    root = -1;
}

int open_in_root(const char *path, uint64_t flags, uint64_t mode) {
    if (root < 0)
        root = open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, 0);
    if (root < 0)
        return -1;
    return open_at(root, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int open_directory(const char *path, mode_t mode) {
    char prefix[4096];
    size_t length = strlen(path), end = length;
    int parent = open_in_root(path, O_PATH | O_DIRECTORY, 0);
    if (parent >= 0 || errno != ENOENT)
        return parent;
    if (length >= sizeof prefix) {
        errno = ENAMETOOLONG;
        return -1;
    }
    /* Backwards to what is there, for it is mostly the last name alone that is missing. */
    memcpy(prefix, path, length);
    do {
        while (end > 0 && prefix[end - 1] == '/')
            end--;
        while (end > 0 && prefix[end - 1] != '/')
            end--;
        prefix[end] = '\0';
        parent = open_in_root(end == 0 ? "/" : prefix, O_PATH | O_DIRECTORY, 0);
    } while (parent < 0 && errno == ENOENT && end > 0);
    for (size_t start = end; parent >= 0 && start < length; start = end) {
        start += strspn(path + start, "/");
        end = start + strcspn(path + start, "/");
        if (start == end)
            break;
        memcpy(prefix, path, end);
        prefix[end] = '\0';
        bool last = path[end + strspn(path + end, "/")] == '\0';
        int next = -1;
        /* By descriptor and one name: nothing can have slipped a symlink in between. */
        if (mkdirat(parent, prefix + start, last ? mode : 0755) == 0 || errno == EEXIST)
            next = open_in_root(prefix, O_PATH | O_DIRECTORY, 0);
        close_keeping_errno(parent);
        parent = next;
    }
    return parent;
}

int open_parent(const char *path, const char **name) {
    char parent[4096];
    const char *slash = strrchr(path, '/');
    *name = slash == NULL ? path : slash + 1;
    size_t length = (size_t)(*name - path);
    if (length >= sizeof parent || **name == '\0') {
        errno = length >= sizeof parent ? ENAMETOOLONG : EINVAL;
        return -1;
    }
    memcpy(parent, path, length);
    parent[length] = '\0';
    return open_directory(length == 0 ? "/" : parent, 0755);
}

int make_file(const char *path, mode_t mode) {
    const char *name;
    int fd = open_in_root(path, O_PATH, 0);
    if (fd < 0 && errno == ENOENT) {
        int parent = open_parent(path, &name);
        if (parent < 0)
            return -1;
        close(parent);
        fd = open_in_root(path, O_RDONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode & 07777);
    }
    return fd < 0 ? -1 : close(fd);
}
