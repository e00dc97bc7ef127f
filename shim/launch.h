/* One launch: what its steps share, from the first one to the end of the process. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

enum { HELD_NAMESPACES = 3 }; /* network, uts, ipc */

struct launch {
    struct plan plan;
    struct place place; /* behind the last step that was carried out */

    /* Settings, from MONITOR. */
    unsigned stdio;
    bool open_stdin, stdin_once;
    unsigned taps;
    unsigned short rows, columns;

    /* The monitor's. Descriptors are -1 while there is none. */
    bool foreground;
    int control; /* the launching connection */
    int directory;
    int listener;
    int input, output, errors; /* the other ends of the process's stdio; a terminal is only in `output` */
    int status;                /* towards the child; in the child: towards the monitor */
    int process;               /* pidfd of the child */
    pid_t pid;                 /* of the child; 0 in the child */
    uint64_t start, shim_start; /* start times of the child and of this process */
    mode_t umask;              /* for the process */

    int joined;              /* pidfd of JOIN_PID's process */
    int user;                /* the user namespace that the child is to enter */
    int empty;               /* a mount namespace without mounts; the launcher's, or made when it is needed */
    int holder;              /* pidfd of the process that has its other namespaces, up to CLONE */
    int hold;                /* while this is open, that process lives */
    uint64_t held;           /* which namespaces these are */
    int slots[MAX_SLOTS];    /* detached trees; user namespaces with the ids of some of them */
    bool null_attached;      /* is slot 0 mounted somewhere already? */
    int hidden;              /* the read-only tmpfs over masked directories */
};

/* Messages of one byte over the status socket, with the master of the new terminal, or a mount for the host. Anything longer is a
   struct failure. */
enum { TERMINAL_MESSAGE = 'T', TREE_MESSAGE = 'M' };

/* Carries out the steps of a section from where the last one ended; -1 and `failure` at the first that fails. */
int carry_out(struct launch *, enum section);

/* The shim: reads the plan, launches and then watches. The connection and the empty mount namespace are -1 in the foreground. The
   result is the exit status. */
int shim(int connection, int plan, int empty, bool foreground);

/* Closes all descriptors from 3 on but these; those that are -1 do not count. */
void close_all_but(const int kept[], int count);

/* CLONE: sets up stdio and forks; both processes return from it. */
int clone_child(struct launch *, uint64_t namespaces, const char *cgroup2_directory);

/* Enters the namespaces that the holder has, if there is one, and leaves them again, which ends it. */
int holder_enter(struct launch *, int left[HELD_NAMESPACES]);
int holder_leave(struct launch *, const int left[HELD_NAMESPACES]);

/* The launching connection is the first one that the monitor serves. */
void monitor_adopt(int connection);

/* Tells the daemon which processes there are. */
void monitor_announce(const struct launch *);

/* Watches the child until it is gone and everything about it is written down. The result is the exit status. */
int monitor(struct launch *);

/* Kills the child if there is one, removes the traces, tells of `failure`. The result is the exit status. */
int give_up(struct launch *);

#endif
