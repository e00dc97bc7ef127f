/* What a shim tells: failures, frames to the daemon, and the files in the container's directory. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { NO_STEP = 0xffffffff, FAILURE_TEXT = 248 };

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

/* Appends a little-endian number to a frame. */
struct frame {
    size_t length;
    unsigned char bytes[16 + sizeof(struct failure)];
};
void frame_start(struct frame *, uint32_t type);
void frame_u32(struct frame *, uint32_t);
void frame_u64(struct frame *, uint64_t);
void frame_text(struct frame *, const char *);
/* Sends without ever blocking; false if the frame was dropped. */
bool frame_send(struct frame *, int connection);

/* What /proc/PID/stat says of a process, also of a dead one that nobody reaped. */
struct process {
    bool executed;  /* has it called execve since it was forked? */
    uint64_t start; /* field 22: clock ticks after boot */
};
int process_read(pid_t, struct process *);

/* Writes a file of the numbers aside and renames it. */
void state_write(int directory, const char *name, const char *aside, const int64_t *numbers, size_t count);

uint64_t now_ns(int clock);

#endif
