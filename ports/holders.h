/* Containers and the ports that are held for them. */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <stdint.h>

enum {
    ID = 64,
    ADDRESSES = 4,
};

/* One published port, as the daemon asks for it: the first of `low` to `high` that is free on all addresses, with 0 any. */
struct entry {
    uint16_t protocol, low, high, target_port;
    uint8_t target[16], target6[16]; /* of IPv4 and of IPv6 addresses; IPv4 as ::ffff:a.b.c.d; target6 may be IPv4, too */
    uint8_t addresses, unused[7];
    uint8_t address[ADDRESSES][16];
};

/* One container. */
struct holder {
    char id[ID];
    struct holder *next;
    struct binding *bindings;
};

/* All of a container's ports or none, in place of what it had. Returns -1, and else the entry that failed, with errno. */
int hold(const char id[ID], const struct entry *entries, uint32_t count, uint16_t *ports);
void drop(const char id[ID]);
const struct holder *held(void);
/* Forgets clients of UDP ports that have been silent for long. */
void sweep(int64_t now);

#endif
