/* Descriptors that are waited for together. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Whatever is waited for begins with this. `ready` may let go of any watch, also of its own. */
struct watch {
    int fd;
    uint32_t interest;
    void (*ready)(struct watch *watch, uint32_t events);
    struct watch *next_gone;
};

/* Before all else. */
bool watch_open(void);
bool watch_start(struct watch *watch, int fd, uint32_t interest, void (*ready)(struct watch *, uint32_t));
void watch_change(struct watch *watch, uint32_t interest);
/* Closes the descriptor at once; the memory is freed once no event that was fetched already can point to it. */
void watch_end(struct watch *watch);
/* Waits once, at most so long, and tells whoever is ready. */
void watch_wait(int milliseconds);
/* Of a clock that only goes forward. */
int64_t seconds(void);

#endif
