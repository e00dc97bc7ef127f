/* cairn-ports SOCKET: holds the host's ports that containers publish, and carries what the firewall's maps do not: the loopback,
   IPv6 for containers that have IPv4 only, and the containers' own traffic to the host's ports. One per engine; it outlives the daemon, and ends when it holds
   nothing and no daemon is connected. The daemon asks over SOCKET, one `struct request` after the other, and waits for each `struct reply`. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ports.h"

enum {
    DROP = 2,
    LIST = 3,
    HOLD = 4, /* 1 was that with entries of another size */
    ID = 64,
    ADDRESSES = 4,
    MAX_ENTRIES = 65536,
    EVENTS = 64,
    RANDOM_TRIES = 128,
    QUEUE = 4096,
    SWEEP = 10, /* seconds */
    REST = 2,   /* seconds without a port and a daemon, after which this ends; a second may be cut off */
};

struct entry {
    uint16_t protocol, low, high, target_port;
    uint8_t target[16], target6[16]; /* of IPv4 and of IPv6 addresses; IPv4 as ::ffff:a.b.c.d; target6 may be IPv4, too */
    uint8_t addresses, unused[7];
    uint8_t address[ADDRESSES][16];
};

struct request {
    uint32_t verb, count;
    char id[ID];
    struct entry entries[];
};

/* `length` bytes follow: HOLD's ports, LIST's ids. */
struct reply {
    uint32_t error, index, length;
};

/* One container. */
struct holder {
    char id[ID];
    struct holder *next;
    struct binding *bindings;
};

/* The daemon. */
struct connection {
    struct watch watch;
    size_t have, size;
    struct request *request;
};

static struct holder *holders;
static unsigned connections;
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

static void drop(const char id[ID]) {
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
        binding->holder = holder;
        binding->protocol = entry->protocol;
        bool v4 = memcmp(entry->address[i], mapped, sizeof mapped) == 0;
        binding->target_length = address_of(&binding->target, v4 ? entry->target : entry->target6, entry->target_port);
        binding->next = holder->bindings;
        holder->bindings = binding;
        watch_start(&binding->watch, fds[i], EPOLLIN, entry->protocol == IPPROTO_UDP ? datagrams_ready : streams_accept);
    }
    return port;
}

/* All of a container's ports or none. */
static struct reply hold(const struct request *request, uint16_t *ports) {
    struct reply reply = {.length = request->count * (uint32_t)sizeof *ports};
    drop(request->id);
    struct holder *holder = calloc(1, sizeof *holder);
    if (holder == NULL)
        return (struct reply){.error = ENOMEM};
    memcpy(holder->id, request->id, ID);
    holder->next = holders;
    holders = holder;
    for (uint32_t i = 0; i < request->count; i++) {
        int port = hold_entry(holder, &request->entries[i]);
        if (port < 0) {
            reply = (struct reply){.error = (uint32_t)errno, .index = i};
            drop(request->id);
            break;
        }
        ports[i] = (uint16_t)port;
    }
    return reply;
}

/* ---- the daemon's requests */

static void disconnect(struct connection *connection) {
    free(connection->request);
    connection->request = NULL;
    connections--;
    watch_end(&connection->watch);
}

/* The daemon waits for each answer before it asks again, so the socket takes it at once. */
static bool say(int fd, const void *bytes, size_t length) {
    return length == 0 || send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool answer(const struct connection *connection) {
    const struct request *request = connection->request;
    int fd = connection->watch.fd;
    struct reply reply = {.error = 0};
    if (request->verb == HOLD) {
        uint16_t *ports = calloc(request->count + 1, sizeof *ports);
        if (ports == NULL)
            return false;
        reply = hold(request, ports);
        bool said = say(fd, &reply, sizeof reply) && say(fd, ports, reply.length);
        free(ports);
        return said;
    }
    if (request->verb == DROP)
        drop(request->id);
    else if (request->verb != LIST)
        reply.error = ENOSYS;
    else
        for (struct holder *holder = holders; holder != NULL; holder = holder->next)
            reply.length += ID;
    bool said = say(fd, &reply, sizeof reply);
    for (struct holder *holder = holders; said && request->verb == LIST && holder != NULL; holder = holder->next)
        said = say(fd, holder->id, ID);
    return said;
}

static void connection_ready(struct watch *watch, uint32_t events) {
    struct connection *connection = (struct connection *)watch;
    (void)events;
    ssize_t n = recv(watch->fd, (char *)connection->request + connection->have, connection->size - connection->have, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        disconnect(connection);
        return;
    }
    connection->have += (size_t)n;
    if (connection->have == sizeof(struct request) && connection->request->count > 0) {
        size_t size = sizeof(struct request) + connection->request->count * sizeof(struct entry);
        /* Of a verb that is not known neither is the size of what follows. */
        bool known = connection->request->verb == HOLD && connection->request->count <= MAX_ENTRIES;
        struct request *larger = known ? realloc(connection->request, size) : NULL;
        if (larger == NULL) {
            disconnect(connection);
            return;
        }
        connection->request = larger;
        connection->size = size;
    }
    if (connection->have == connection->size) {
        connection->have = 0;
        connection->size = sizeof(struct request);
        if (!answer(connection))
            disconnect(connection);
    }
}

static void listener_ready(struct watch *watch, uint32_t events) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    int room = 4 << 20, fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    (void)events;
    if (fd < 0)
        return;
    struct connection *connection = calloc(1, sizeof *connection);
    struct request *request = calloc(1, sizeof *request);
    if (connection == NULL || request == NULL || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0
        || (peer.uid != 0 && peer.uid != geteuid()) || !watch_start(&connection->watch, fd, EPOLLIN, connection_ready)) {
        free(connection);
        free(request);
        close(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    connection->request = request;
    connection->size = sizeof *request;
    connections++;
}

/* ---- the process */

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || strlen(path) + 4 >= sizeof address.sun_path)
        return -1;
    /* Bound aside and renamed when it listens: whoever sees the name can connect. */
    strcat(strcpy(address.sun_path, path), ".new");
    unlink(address.sun_path);
    /* A mode that is given later would leave a moment without it. */
    mode_t mask = umask(0177);
    int bound = bind(listener, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (bound != 0 || listen(listener, 16) != 0
        || rename(address.sun_path, path) != 0)
        return -1;
    return listener;
}

/* It speaks with strangers, and needs nothing of root but low ports. */
static void lay_down_rights(void) {
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{.effective = 1 << CAP_NET_BIND_SERVICE, .permitted = 1 << CAP_NET_BIND_SERVICE}};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    for (unsigned long cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    syscall(SYS_capset, &head, sets);
}

int main(int count, char **arguments) {
    static struct watch listener;
    struct rlimit files;
    if (count != 2)
        return 125;
    syscall(436 /* close_range */, 3, ~0U, 0);
    setsid(); /* the signals of the daemon's terminal or group are not for this process */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    (void)!chdir("/");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    loop = epoll_create1(EPOLL_CLOEXEC);
    int fd = listen_at(arguments[1]);
    if (loop < 0 || fd < 0 || !watch_start(&listener, fd, EPOLLIN, listener_ready))
        return 125;
    lay_down_rights();

    int64_t now = seconds(), swept = now, used = now;
    /* While a daemon is connected it may ask at any moment: to end then would lose its question. */
    while (holders != NULL || connections > 0 || now - used < REST) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(loop, events, EVENTS, (holders != NULL || connections > 0 ? SWEEP : 1) * 1000);
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
        now = seconds();
        used = holders != NULL || connections > 0 ? now : used;
        if (now - swept >= SWEEP) {
            swept = now;
            for (struct holder *holder = holders; holder != NULL; holder = holder->next)
                for (struct binding *binding = holder->bindings; binding != NULL; binding = binding->next)
                    datagrams_sweep(binding, now);
        }
    }
    unlink(arguments[1]);
    return 0;
}
