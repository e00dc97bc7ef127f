/* Opening what a path names without being led astray. All results are descriptors, or -1 and errno. */
#ifndef PATHS_H
#define PATHS_H

#include <stdint.h>
#include <sys/types.h>

/* -1, always; for `return` in the middle of a failure. */
int close_keeping_errno(int fd);

/* openat2(2) with these RESOLVE_*, and close-on-exec. */
int open_at(int at, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/* To be called after the root of this process has become another one. */
void root_changed(void);

/* Symlinks, also absolute ones, stay within the root of this process. */
int open_in_root(const char *path, uint64_t flags, uint64_t mode);

/* Opens a directory in the root, after making what is missing of it. */
int open_directory(const char *path, mode_t mode);

/* Opens (or makes) the directory in which the last name of the path stands; `*name` is that name. */
int open_parent(const char *path, const char **name);

/* Makes an empty file and missing parents in the root; one that exists is fine. 0, or -1 and errno. */
int make_file(const char *path, mode_t mode);

#endif
