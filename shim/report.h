/* What a shim tells: failures, frames to the daemon, and the files in the container's directory. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define NO_STEP UINT32_C(0xffffffff)
enum { FAILURE_TEXT = 248 };

/* Crosses from the child to the monitor as it is, and from there to the daemon. */
struct failure {
    uint32_t step;
    int32_t error; /* errno; 0: no system call failed, the text says it all */
    char text[FAILURE_TEXT];
};

extern struct failure failure;

/* Notes errno and the joined words (ended by NULL) in `failure`; always -1. The step is filled in by who walks the steps. */
int failed(const char *word, ...) __attribute__((sentinel));
/* Adds words to the text of the failure. */
void failed_more(const char *word, ...) __attribute__((sentinel));

/* Decimal digits of a number, at the end of the buffer. */
struct digits {
    char text[24];
};
const char *decimal(int64_t number, struct digits *);

/* A frame to the daemon, as it goes over the wire; the machine is little-endian, as the contract is. */
struct report {
    uint32_t type, length; /* of what follows */
    union {
        struct {
            int32_t child, shim;
            uint64_t start, shim_start;
        } pid;
        uint64_t started;
        struct {
            int32_t code, signal;
            uint64_t at;
        } exited;
        struct failure failed;
    };
};
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are little-endian");

/* Sends without ever blocking; what does not fit the connection's buffer is lost. */
void report_send(const struct report *, int connection);

/* The report of `failure`. */
struct report report_failure(void);

/* What /proc/PID/stat says of a process, also of a dead one that nobody reaped. */
struct process {
    bool executed;  /* has it called execve since it was forked? */
    uint64_t start; /* field 22: clock ticks after boot */
};
int process_read(pid_t, struct process *);

/* Over the status socket: one byte, and a descriptor with it. */
int send_descriptor(int socket, char what, int fd);
/* The descriptor that came with a message, or -1. */
int received_descriptor(struct msghdr *);

/* Writes a file of the numbers aside and renames it. */
void state_write(int directory, const char *name, const char *aside, const int64_t *numbers, size_t count);

uint64_t now_ns(int clock);

#endif
