/* Datagrams: each client gets a socket of its own towards the container, so that answers find their way back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ports.h"

enum { CLIENTS = 4096, SILENCE = 90 /* seconds */, DATAGRAM = 65536 };

struct flow {
    struct watch watch; /* towards the container */
    struct binding *binding;
    struct flow *next;
    union address client;
    /* The address that the client wrote to, as the message that answers it has to say. */
    _Alignas(struct cmsghdr) unsigned char from[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    socklen_t from_length;
    int64_t last;
};

static unsigned char datagram[DATAGRAM];

static bool same(const union address *a, const union address *b) {
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id
           && memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

/* What recvmsg said about the address, in the form that sendmsg takes. */
static void keep_address(struct flow *flow, struct msghdr *message) {
    struct cmsghdr *head = CMSG_FIRSTHDR(message), *kept = (struct cmsghdr *)flow->from;
    flow->from_length = 0;
    if (head != NULL && head->cmsg_level == IPPROTO_IP && head->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;
        memcpy(&info, CMSG_DATA(head), sizeof info);
        info.ipi_spec_dst = info.ipi_addr;
        info.ipi_ifindex = 0; /* the routes decide */
        *kept = (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
        memcpy(CMSG_DATA(kept), &info, sizeof info);
        flow->from_length = CMSG_SPACE(sizeof info);
    } else if (head != NULL && head->cmsg_level == IPPROTO_IPV6 && head->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;
        memcpy(&info, CMSG_DATA(head), sizeof info);
        if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
            info.ipi6_ifindex = 0;
        *kept = (struct cmsghdr){.cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
        memcpy(CMSG_DATA(kept), &info, sizeof info);
        flow->from_length = CMSG_SPACE(sizeof info);
    }
}

static void forget(struct flow *flow) {
    struct flow **link = &flow->binding->flows;
    while (*link != flow)
        link = &(*link)->next;
    *link = flow->next;
    flow->binding->flow_count--;
    watch_end(&flow->watch);
}

static void answer_ready(struct watch *watch, uint32_t events) {
    struct flow *flow = (struct flow *)watch;
    (void)events;
    ssize_t n = recv(watch->fd, datagram, sizeof datagram, 0);
    if (n < 0)
        return; /* the container refuses: reading has taken the error away, and the client hears nothing, as over any network */
    struct iovec data = {datagram, (size_t)n};
    struct msghdr message = {.msg_name = &flow->client, .msg_namelen = sizeof flow->client, .msg_iov = &data, .msg_iovlen = 1,
                             .msg_control = flow->from, .msg_controllen = flow->from_length};
    message.msg_namelen = flow->client.any.sa_family == AF_INET ? sizeof flow->client.v4 : sizeof flow->client.v6;
    (void)!sendmsg(flow->binding->watch.fd, &message, MSG_NOSIGNAL);
    flow->last = seconds();
}

static struct flow *flow_of(struct binding *binding, const union address *client) {
    for (struct flow **link = &binding->flows; *link != NULL; link = &(*link)->next)
        if (same(&(*link)->client, client)) {
            struct flow *found = *link;
            *link = found->next; /* to the front: who speaks will speak again */
            found->next = binding->flows;
            binding->flows = found;
            return found;
        }
    if (binding->flow_count == CLIENTS)
        return NULL;
    struct flow *flow = calloc(1, sizeof *flow);
    int fd = socket(binding->target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (flow == NULL || fd < 0 || connect(fd, &binding->target.any, binding->target_length) != 0
        || !watch_start(&flow->watch, fd, EPOLLIN, answer_ready)) {
        if (fd >= 0)
            close(fd);
        free(flow);
        return NULL;
    }
    flow->binding = binding;
    flow->client = *client;
    flow->next = binding->flows;
    binding->flows = flow;
    binding->flow_count++;
    return flow;
}

void datagrams_ready(struct watch *watch, uint32_t events) {
    struct binding *binding = (struct binding *)watch;
    union address client = {.any.sa_family = AF_UNSPEC};
    _Alignas(struct cmsghdr) unsigned char control[128];
    struct iovec data = {datagram, sizeof datagram};
    struct msghdr message = {.msg_name = &client, .msg_namelen = sizeof client, .msg_iov = &data, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    (void)events;
    ssize_t n = recvmsg(watch->fd, &message, 0);
    struct flow *flow = n < 0 ? NULL : flow_of(binding, &client);
    if (flow == NULL)
        return;
    keep_address(flow, &message);
    flow->last = seconds();
    (void)!send(flow->watch.fd, datagram, (size_t)n, MSG_NOSIGNAL);
}

void datagrams_sweep(struct binding *binding, int64_t now) {
    for (struct flow *flow = binding->flows, *next; flow != NULL; flow = next) {
        next = flow->next;
        if (now - flow->last > SILENCE)
            forget(flow);
    }
}

void datagrams_end(struct binding *binding) {
    while (binding->flows != NULL)
        forget(binding->flows);
}
