/* What the parts of cairn-ports share. */
#ifndef PORTS_H
#define PORTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Whatever epoll watches begins with this. `ready` may let go of any watch, also of its own. */
struct watch {
    int fd;
    uint32_t interest;
    void (*ready)(struct watch *watch, uint32_t events);
    struct watch *next_gone;
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* One bound address of one published port. */
struct binding {
    struct watch watch;
    struct holder *holder;
    struct binding *next;
    union address target;
    socklen_t target_length;
    int protocol;
    struct stream *streams;
    struct flow *flows;
    unsigned flow_count;
};

bool watch_start(struct watch *watch, int fd, uint32_t interest, void (*ready)(struct watch *, uint32_t));
void watch_change(struct watch *watch, uint32_t interest);
/* Closes the descriptor at once; the memory is freed once no event that was fetched already can point to it. */
void watch_end(struct watch *watch);

/* streams.c: TCP and SCTP */
void streams_accept(struct watch *watch, uint32_t events);
void streams_end(struct binding *binding);

/* datagrams.c: UDP */
void datagrams_ready(struct watch *watch, uint32_t events);
void datagrams_end(struct binding *binding);
/* Forgets clients that have been silent for long. */
void datagrams_sweep(struct binding *binding, int64_t now);
int64_t seconds(void);

#endif
