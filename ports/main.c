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
#include <unistd.h>

#include "holders.h"
#include "watch.h"

enum {
    DROP = 2,
    LIST = 3,
    HOLD = 4, /* 1 was that with entries of another size */
    MAX_ENTRIES = 65536,
    SWEEP = 10, /* seconds */
    REST = 2,   /* seconds without a port and a daemon, after which this ends; a second may be cut off */
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

/* The daemon. */
struct connection {
    struct watch watch;
    size_t have, size;
    struct request *request;
};

static unsigned connections;

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
        int failed = hold(request->id, request->entries, request->count, ports);
        if (failed < 0)
            reply.length = request->count * (uint32_t)sizeof *ports;
        else
            reply = (struct reply){.error = (uint32_t)errno, .index = (uint32_t)failed};
        bool said = say(fd, &reply, sizeof reply) && say(fd, ports, reply.length);
        free(ports);
        return said;
    }
    if (request->verb == DROP)
        drop(request->id);
    else if (request->verb != LIST)
        reply.error = ENOSYS;
    else
        for (const struct holder *holder = held(); holder != NULL; holder = holder->next)
            reply.length += ID;
    bool said = say(fd, &reply, sizeof reply);
    for (const struct holder *holder = held(); said && request->verb == LIST && holder != NULL; holder = holder->next)
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
    int fd = listen_at(arguments[1]);
    if (!watch_open() || fd < 0 || !watch_start(&listener, fd, EPOLLIN, listener_ready))
        return 125;
    lay_down_rights();

    int64_t now = seconds(), swept = now, used = now;
    /* While a daemon is connected it may ask at any moment: to end then would lose its question. */
    while (held() != NULL || connections > 0 || now - used < REST) {
        watch_wait((held() != NULL || connections > 0 ? SWEEP : 1) * 1000);
        now = seconds();
        used = held() != NULL || connections > 0 ? now : used;
        if (now - swept >= SWEEP) {
            swept = now;
            sweep(now);
        }
    }
    unlink(arguments[1]);
    return 0;
}
