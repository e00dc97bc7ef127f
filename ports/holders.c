/* The ports that are held, and for whom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "holders.h"
#include "ports.h"

enum {
    RANDOM_TRIES = 128,
    QUEUE = 4096,
};

static struct holder *holders;

/* ---- binding */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static socklen_t address_of(union address *to, const uint8_t from[16], unsigned port) {
    memset(to, 0, sizeof *to);
    if (memcmp(from, mapped, sizeof mapped) == 0) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons((uint16_t)port);
        memcpy(&to->v4.sin_addr, from + 12, 4);
        return sizeof to->v4;
    }
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons((uint16_t)port);
    memcpy(&to->v6.sin6_addr, from, 16);
    return sizeof to->v6;
}

/* A socket that is bound, and listens if its protocol has that; -1 with errno. */
static int bound(int protocol, const union address *address, socklen_t length) {
    int on = 1, family = address->any.sa_family, type = protocol == IPPROTO_UDP ? SOCK_DGRAM : SOCK_STREAM;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0)
        return -1;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (protocol != IPPROTO_UDP)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* for ports of connections that are over */
    else if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    if (bind(fd, &address->any, length) == 0 && (protocol == IPPROTO_UDP || listen(fd, QUEUE) == 0))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* All addresses of an entry on one port. With port 0 the kernel picks it for the first, and the others take the same. Returns
   the port, or -1 with errno and nothing bound. */
static int bind_all(const struct entry *entry, unsigned port, int fds[ADDRESSES]) {
    for (unsigned i = 0; i < entry->addresses; i++) {
        union address address;
        socklen_t length = address_of(&address, entry->address[i], port);
        fds[i] = bound(entry->protocol, &address, length);
        if (fds[i] >= 0 && port == 0) {
            getsockname(fds[i], &address.any, &length);
            port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
        }
        if (fds[i] < 0) {
            int error = errno;
            while (i-- > 0)
                close(fds[i]);
            errno = error;
            return -1;
        }
    }
    return (int)port;
}

static int choose_port(const struct entry *entry, int fds[ADDRESSES]) {
    int port = -1;
    if (entry->low == 0) {
        for (int i = 0; i < RANDOM_TRIES && port < 0 && (i == 0 || errno == EADDRINUSE); i++)
            port = bind_all(entry, 0, fds);
        return port;
    }
    for (unsigned wanted = entry->low; wanted <= entry->high && port < 0; wanted++) {
        port = bind_all(entry, wanted, fds);
        if (port < 0 && errno != EADDRINUSE)
            break;
    }
    return port;
}

/* ---- holders */

static void let_go(struct holder *holder) {
    while (holder->bindings != NULL) {
        struct binding *binding = holder->bindings;
        holder->bindings = binding->next;
        streams_end(binding);
        datagrams_end(binding);
        watch_end(&binding->watch);
    }
}

void drop(const char id[ID]) {
    for (struct holder **link = &holders; *link != NULL; link = &(*link)->next)
        if (memcmp((*link)->id, id, ID) == 0) {
            struct holder *holder = *link;
            *link = holder->next;
            let_go(holder);
            free(holder);
            return;
        }
}

static int hold_entry(struct holder *holder, const struct entry *entry) {
    int fds[ADDRESSES];
    if (entry->addresses == 0 || entry->addresses > ADDRESSES) {
        errno = EINVAL;
        return -1;
    }
    int port = choose_port(entry, fds);
    for (unsigned i = 0; port >= 0 && i < entry->addresses; i++) {
        struct binding *binding = calloc(1, sizeof *binding);
        if (binding == NULL) {
            close(fds[i]);
            port = -1;
            continue;
        }
        binding->protocol = entry->protocol;
        bool v4 = memcmp(entry->address[i], mapped, sizeof mapped) == 0;
        binding->target_length = address_of(&binding->target, v4 ? entry->target : entry->target6, entry->target_port);
        binding->next = holder->bindings;
        holder->bindings = binding;
        watch_start(&binding->watch, fds[i], EPOLLIN, entry->protocol == IPPROTO_UDP ? datagrams_ready : streams_accept);
    }
    return port;
}

int hold(const char id[ID], const struct entry *entries, uint32_t count, uint16_t *ports) {
    drop(id);
    struct holder *holder = calloc(1, sizeof *holder);
    if (holder == NULL)
        return 0; /* calloc says ENOMEM */
    memcpy(holder->id, id, ID);
    holder->next = holders;
    holders = holder;
    for (uint32_t i = 0; i < count; i++) {
        int port = hold_entry(holder, &entries[i]);
        if (port < 0) {
            int error = errno;
            drop(id);
            errno = error;
            return (int)i;
        }
        ports[i] = (uint16_t)port;
    }
    return -1;
}

const struct holder *held(void) {
    return holders;
}

void sweep(int64_t now) {
    for (struct holder *holder = holders; holder != NULL; holder = holder->next)
        for (struct binding *binding = holder->bindings; binding != NULL; binding = binding->next)
            datagrams_sweep(binding, now);
}
