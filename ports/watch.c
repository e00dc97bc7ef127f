/* What is waited for. One loop, one thread. */
#include <sys/epoll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "watch.h"

enum {
    EVENTS = 64,
};

static struct watch *gone;
static int loop;

int64_t seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

bool watch_start(struct watch *watch, int fd, uint32_t interest, void (*ready)(struct watch *, uint32_t)) {
    struct epoll_event event = {.events = interest, .data.ptr = watch};
    *watch = (struct watch){.fd = fd, .interest = interest, .ready = ready};
    return epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == 0;
}

void watch_change(struct watch *watch, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.ptr = watch};
    if (interest != watch->interest)
        epoll_ctl(loop, EPOLL_CTL_MOD, watch->fd, &event);
    watch->interest = interest;
}

void watch_end(struct watch *watch) {
    close(watch->fd);
    watch->fd = -1;
    watch->next_gone = gone;
    gone = watch;
}

bool watch_open(void) {
    loop = epoll_create1(EPOLL_CLOEXEC);
    return loop >= 0;
}

void watch_wait(int milliseconds) {
    struct epoll_event events[EVENTS];
    int n = epoll_wait(loop, events, EVENTS, milliseconds);
    for (int i = 0; i < n; i++) {
        struct watch *watch = events[i].data.ptr;
        if (watch->fd >= 0)
            watch->ready(watch, events[i].events);
    }
    while (gone != NULL) {
        struct watch *watch = gone;
        gone = watch->next_gone;
        free(watch);
    }
}
