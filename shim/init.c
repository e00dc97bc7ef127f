/*
 * The first process of a container that was asked for with --init:   cairn-init -- PROGRAM ARGUMENT...
 *
 * Runs the program as its child, passes every signal on to it, and waits for whoever is left to it, so that no zombies stay. Ends as the
 * program did: with its exit status, or 128 and the signal. It is bound into the container as /sbin/docker-init, read-only.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a fault in this very process raises, and what would only stop it. */
static const int own[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU};

/* This is the child. A group of its own that has the terminal: what is typed there reaches the program once, and not by way of us too. */
static _Noreturn void become(char **command, const sigset_t *mask) {
    setpgid(0, 0);
    (void)!tcsetpgrp(STDIN_FILENO, getpgrp());
    signal(SIGTTIN, SIG_DFL);
    signal(SIGTTOU, SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    int status = errno == ENOENT || errno == ENOTDIR ? 127 : 126;
    fprintf(stderr, "exec %s failed: %s\n", command[0], strerror(errno));
    _exit(status);
}

/* All that have ended. The exit status if the program is among them, else -1. */
static int reap(pid_t program) {
    int status, result = -1;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == program)
            result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

int main(int count, char **words) {
    char **command = words + 1 + (count > 1 && strcmp(words[1], "--") == 0);
    sigset_t all, before;
    int status = -1;
    if (count < 2 || *command == NULL) {
        fprintf(stderr, "usage: cairn-init -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&all, own[i]);
    sigprocmask(SIG_SETMASK, &all, &before);
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);

    pid_t program = fork();
    if (program == 0)
        become(command, &before);
    if (program < 0) {
        perror("fork");
        return 125;
    }
    while (status < 0) {
        int number = sigwaitinfo(&all, NULL);
        if (number == SIGCHLD)
            status = reap(program);
        else if (number > 0)
            kill(program, number);
    }
    return status;
}
