/* What the parts of cairn-ports that carry something share. */
#ifndef PORTS_H
#define PORTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "watch.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* One bound address of one published port. */
struct binding {
    struct watch watch;
    struct binding *next;
    union address target;
    socklen_t target_length;
    int protocol;
    struct stream *streams;
    struct flow *flows;
    unsigned flow_count;
};

/* streams.c: TCP and SCTP */
void streams_accept(struct watch *watch, uint32_t events);
void streams_end(struct binding *binding);

/* datagrams.c: UDP */
void datagrams_ready(struct watch *watch, uint32_t events);
void datagrams_end(struct binding *binding);
/* Forgets clients that have been silent for long. */
void datagrams_sweep(struct binding *binding, int64_t now);

#endif
