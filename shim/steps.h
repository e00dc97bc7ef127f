/* The steps that are not in steps.c. Each is 0, or -1 with `failure` filled in. */
#ifndef STEPS_H
#define STEPS_H

#include "launch.h"

/* steps.c: opens the namespace behind a path; unless `pid` is 0 that process must still have this start time. */
int open_namespace(const char *path, pid_t pid, uint64_t start);

/* user.c */
int step_user_namespace(struct launch *launch, const union arguments *a);
int step_mapping(struct launch *launch, const union arguments *a);
int step_user_path(struct launch *launch, const union arguments *a);
int step_enter(const struct launch *launch, const union arguments *a);
int step_effective_ids(const struct launch *launch, const union arguments *a);

/* netlink.c */
int step_netlink(const struct launch *launch, const union arguments *a);

/* mounts.c: opens a new mount namespace in which nothing is mounted; -1 with errno */
int empty_mounts(void);
int step_propagation(const union arguments *a);
int step_open_tree(struct launch *launch, const union arguments *a);
int step_open_below(struct launch *launch, const union arguments *a);
int step_target(struct launch *launch, const union arguments *a);
int step_tree_attributes(struct launch *launch, const union arguments *a);
int step_idmap(const struct launch *launch, const union arguments *a);
int step_offer_tree(const struct launch *launch, const union arguments *a);
int step_attach_tree(const struct launch *launch, const union arguments *a);
int step_empty_mounts(struct launch *launch);
int step_root(struct launch *launch, const union arguments *a);
int step_chroot(const union arguments *a);
int step_mount(const union arguments *a);
int step_mount_tree(struct launch *launch, const union arguments *a);
int step_remount(const union arguments *a);
int step_read_only_path(const union arguments *a);
int step_mask_path(struct launch *launch, const union arguments *a);

/* process.c */
void give_stdio(unsigned stdio, uid_t uid, gid_t gid);
int step_console(struct launch *launch, const union arguments *a);
int step_rlimit(const union arguments *a);
int step_chdir(const union arguments *a);
int step_seccomp(const union arguments *a);
int step_credentials(const struct launch *launch, const union arguments *a);
int step_exec(const struct launch *launch, const union arguments *a);

#endif
