/* NETLINK: addresses, routes and links, without any program to set them up. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"
#include "steps.h"

/* Waits for the kernel's answer to one message. */
static int acknowledged(int fd, uint32_t sequence, char *text, size_t size) {
    _Alignas(struct nlmsghdr) char answer[4096];
    for (;;) {
        ssize_t length = recv(fd, answer, sizeof answer, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return -1;
        struct nlmsghdr *head = (struct nlmsghdr *)(void *)answer;
        if ((size_t)length < NLMSG_LENGTH(sizeof(struct nlmsgerr)) || head->nlmsg_type != NLMSG_ERROR
            || head->nlmsg_seq != sequence)
            continue;
        int error = -((struct nlmsgerr *)NLMSG_DATA(head))->error;
        if (error == 0)
            return 0;
        /* NETLINK_CAP_ACK: attributes follow at once, without the message itself. */
        for (size_t at = NLMSG_LENGTH(sizeof(struct nlmsgerr)); head->nlmsg_flags & NLM_F_ACK_TLVS && at + 4 < (size_t)length;) {
            struct nlattr *attribute = (struct nlattr *)(void *)(answer + at);
            if (attribute->nla_len < 4 || attribute->nla_len > (size_t)length - at)
                break;
            if (attribute->nla_type == NLMSGERR_ATTR_MSG) {
                size_t part = strnlen(answer + at + 4, attribute->nla_len - 4U);
                part = part < size ? part : size - 1;
                memcpy(text, answer + at + 4, part);
                text[part] = '\0';
            }
            at += NLMSG_ALIGN(attribute->nla_len);
        }
        errno = error;
        return -1;
    }
}

int step_netlink(const struct launch *launch, const union arguments *a) {
    char *bytes = a->netlink.messages.text, text[128] = "";
    size_t length = a->netlink.messages.number;
    int32_t pid = launch->pid != 0 ? launch->pid : getpid(), one = 1;
    struct digits digits;
    errno = EINVAL;
    if (a->netlink.pid_offset.number < length) {
        if (length - a->netlink.pid_offset.number < sizeof pid)
            return failed("netlink pid_offset", NULL);
        memcpy(bytes + a->netlink.pid_offset.number, &pid, sizeof pid);
    }
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return failed("netlink socket", NULL);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one);
    struct nlmsghdr head;
    for (uint32_t number = 0; length > 0; number++) {
        errno = EINVAL;
        int result = -1;
        if (length >= sizeof head) {
            memcpy(&head, bytes, sizeof head);
            head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
            head.nlmsg_seq = number + 1;
            memcpy(bytes, &head, sizeof head);
            if (head.nlmsg_len >= sizeof head && head.nlmsg_len <= length)
                result = send(fd, bytes, head.nlmsg_len, 0) < 0 ? -1 : acknowledged(fd, number + 1, text, sizeof text);
        }
        if (result != 0) {
            failed("netlink message ", decimal(number, &digits), NULL);
            if (*text != '\0')
                failed_more(" (", text, ")", NULL);
            close(fd);
            return -1;
        }
        size_t padded = NLMSG_ALIGN((size_t)head.nlmsg_len);
        padded = padded < length ? padded : length;
        bytes += padded;
        length -= padded;
    }
    close(fd);
    return 0;
}
