/*
 * killat DIRECTORY COMMAND ARG...: runs a command and watches, in all its threads, the calls by which files come, go and get durable.
 * While DIRECTORY/arm exists, each call is written to DIRECTORY/calls, and before the N-th, N being what stands in arm, the command is
 * killed as by kill -9; with 0 it is only watched. The order over all threads is the order in which the calls began.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    int number;
    const char *name;
} watched[] = {
    {SYS_rename, "rename"},     {SYS_renameat, "renameat"}, {SYS_renameat2, "renameat2"}, {SYS_fsync, "fsync"},
    {SYS_fdatasync, "fdatasync"}, {SYS_syncfs, "syncfs"},   {SYS_mkdir, "mkdir"},         {SYS_mkdirat, "mkdirat"},
    {SYS_unlink, "unlink"},     {SYS_unlinkat, "unlinkat"}, {SYS_rmdir, "rmdir"},         {SYS_symlink, "symlink"},
    {SYS_symlinkat, "symlinkat"}, {SYS_link, "link"},       {SYS_linkat, "linkat"},       {SYS_mknodat, "mknodat"},
};
enum { WATCHED = sizeof watched / sizeof watched[0] };

static void die(const char *what) {
    perror(what);
    exit(127);
}

static void filter(void) {
    struct sock_filter code[3 + 2 * WATCHED + 1];
    int n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < WATCHED; i++) {
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched[i].number, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {n, code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) die("seccomp");
}

/* -1 if nothing is armed. */
static long armed(const char *directory) {
    char path[4096];
    snprintf(path, sizeof path, "%s/arm", directory);
    FILE *file = fopen(path, "r");
    if (!file) return -1;
    long n = -1;
    if (fscanf(file, "%ld", &n) != 1) n = -1;
    fclose(file);
    return n;
}

static void note(const char *directory, long number) {
    char path[4096];
    snprintf(path, sizeof path, "%s/calls", directory);
    FILE *file = fopen(path, "a");
    if (!file) die(path);
    for (int i = 0; i < WATCHED; i++)
        if (watched[i].number == number) fprintf(file, "%s\n", watched[i].name);
    fclose(file);
}

static pid_t child;

/* Whoever ends us ends the command. */
static void forward(int number) { kill(child, number); }

int main(int count, char **words) {
    if (count < 3) return 2;
    const char *directory = words[1];
    child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) die("ptrace");
        raise(SIGSTOP);
        filter();
        execvp(words[2], words + 2);
        die(words[2]);
    }
    int status;
    if (waitpid(child, &status, 0) < 0) die("wait");
    long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, child, 0, options)) die("options");
    ptrace(PTRACE_CONT, child, 0, 0);
    signal(SIGTERM, forward);
    long calls = 0;
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) {
            if (errno == EINTR) continue;
            return 1;
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int event = status >> 16;
        int pass = 0;
        if (event == PTRACE_EVENT_SECCOMP) {
            long n = armed(directory);
            if (n >= 0) {
                struct user_regs_struct registers;
                if (!ptrace(PTRACE_GETREGS, thread, 0, &registers)) note(directory, (long)registers.orig_rax);
                if (++calls == n) {
                    kill(child, SIGKILL);
                    continue;
                }
            } else
                calls = 0;
        } else if (event == 0 && WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP)
            pass = WSTOPSIG(status);
        ptrace(PTRACE_CONT, thread, 0, pass);
    }
}
