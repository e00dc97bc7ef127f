/* Connections: what comes in at one end goes out at the other, until both have ended. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ports.h"

enum { CHUNK = 256 * 1024 };

struct end {
    struct watch watch; /* first, so that a watch is its end */
    struct stream *stream;
    bool ended;          /* nothing more comes in here */
    unsigned char *left; /* what came in here and the other end has not taken yet */
    size_t length, sent;
};

struct stream {
    struct end client, server;
    struct binding *binding;
    struct stream *next, **link;
    bool connecting;
    int ends; /* that still stand */
};

static struct end *other(struct end *end) {
    return end == &end->stream->client ? &end->stream->server : &end->stream->client;
}

static void finish(struct stream *stream, bool abort) {
    struct linger now = {.l_onoff = 1};
    struct end *ends[] = {&stream->client, &stream->server};
    *stream->link = stream->next;
    if (stream->next != NULL)
        stream->next->link = stream->link;
    for (int i = 0; i < 2; i++) {
        if (abort)
            setsockopt(ends[i]->watch.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        free(ends[i]->left);
        ends[i]->left = NULL;
    }
    /* The client's watch is the start of the stream's memory. */
    close(stream->server.watch.fd);
    stream->server.watch.fd = -1;
    watch_end(&stream->client.watch);
}

static void change_interest(struct stream *stream) {
    struct end *ends[] = {&stream->client, &stream->server};
    for (int i = 0; i < 2; i++) {
        uint32_t interest = 0;
        if (!ends[i]->ended && ends[i]->length == 0 && !stream->connecting)
            interest |= EPOLLIN;
        if (other(ends[i])->length > 0 || (stream->connecting && ends[i] == &stream->server))
            interest |= EPOLLOUT;
        watch_change(&ends[i]->watch, interest);
    }
}

/* False if the connection is over. */
static bool deliver(struct end *from) {
    struct end *to = other(from);
    while (from->sent < from->length) {
        ssize_t n = send(to->watch.fd, from->left + from->sent, from->length - from->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        from->sent += (size_t)n;
    }
    free(from->left);
    from->left = NULL;
    from->length = from->sent = 0;
    if (from->ended)
        shutdown(to->watch.fd, SHUT_WR);
    return true;
}

/* Most chunks are taken whole by the other end; only what is not gets memory of its own. */
static bool take(struct end *from) {
    static unsigned char chunk[CHUNK];
    ssize_t n = recv(from->watch.fd, chunk, sizeof chunk, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0) {
        from->ended = true;
        shutdown(other(from)->watch.fd, SHUT_WR);
        return true;
    }
    ssize_t sent = send(other(from)->watch.fd, chunk, (size_t)n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return false;
    sent = sent < 0 ? 0 : sent;
    if (sent < n) {
        from->length = (size_t)(n - sent);
        from->left = malloc(from->length);
        if (from->left == NULL)
            return false;
        memcpy(from->left, chunk + sent, from->length);
    }
    return true;
}

static void end_ready(struct watch *watch, uint32_t events) {
    struct end *end = (struct end *)watch;
    struct stream *stream = end->stream;
    bool alive = true;
    if (end == &stream->server && stream->connecting) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        alive = error == 0;
        if (events & EPOLLOUT)
            stream->connecting = false;
    } else {
        if (other(end)->length > 0 && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
            alive = deliver(other(end));
        if (alive && !end->ended && end->length == 0 && !stream->connecting && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
            alive = take(end);
        /* Nobody is there to take what is left. */
        if (events & EPOLLERR)
            alive = false;
    }
    bool over = stream->client.ended && stream->server.ended && stream->client.length == 0 && stream->server.length == 0;
    if (!alive || over)
        finish(stream, !alive);
    else
        change_interest(stream);
}

void streams_accept(struct watch *watch, uint32_t events) {
    struct binding *binding = (struct binding *)watch;
    int on = 1, client = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    (void)events;
    if (client < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            usleep(10000); /* it stays in the queue */
        return;
    }
    int server = socket(binding->target.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, binding->protocol);
    struct stream *stream = calloc(1, sizeof *stream);
    if (server < 0 || stream == NULL
        || (connect(server, &binding->target.any, binding->target_length) != 0 && errno != EINPROGRESS)) {
        struct linger now = {.l_onoff = 1};
        setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(client);
        if (server >= 0)
            close(server);
        free(stream);
        return;
    }
    if (binding->protocol == IPPROTO_TCP) {
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        setsockopt(server, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    stream->binding = binding;
    stream->connecting = true;
    stream->client.stream = stream->server.stream = stream;
    stream->next = binding->streams;
    stream->link = &binding->streams;
    if (stream->next != NULL)
        stream->next->link = &stream->next;
    binding->streams = stream;
    bool watched = watch_start(&stream->client.watch, client, 0, end_ready);
    watched &= watch_start(&stream->server.watch, server, EPOLLOUT, end_ready);
    if (!watched)
        finish(stream, true);
}

void streams_end(struct binding *binding) {
    while (binding->streams != NULL)
        finish(binding->streams, true);
}
