#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"

struct failure failure;

static void append(const char *word, va_list words) {
    size_t used = strlen(failure.text);
    for (; word != NULL; word = va_arg(words, const char *)) {
        size_t length = strnlen(word, sizeof failure.text - 1 - used);
        memcpy(failure.text + used, word, length);
        used += length;
    }
    failure.text[used] = '\0';
}

int failed(const char *word, ...) {
    va_list words;
    failure.error = errno;
    failure.text[0] = '\0';
    va_start(words, word);
    append(word, words);
    va_end(words);
    return -1;
}

void failed_more(const char *word, ...) {
    va_list words;
    va_start(words, word);
    append(word, words);
    va_end(words);
}

const char *decimal(int64_t number, struct digits *digits) {
    char *at = digits->text + sizeof digits->text - 1;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    *at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    return at;
}

void report_send(const struct report *report, int connection) {
    (void)!send(connection, report, 8 + report->length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

struct report report_failure(void) {
    uint32_t length = (uint32_t)(sizeof failure - sizeof failure.text + strlen(failure.text));
    return (struct report){.type = REPORT_FAILED, .length = length, .failed = failure};
}

int process_read(pid_t pid, struct process *process) {
    char text[1024], path[40] = "/proc/";
    struct digits digits;
    strcat(strcat(path, decimal(pid, &digits)), "/stat");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length < 0 ? 0 : length] = '\0';

    /* proc(5): the name, field 2, may hold anything, so count from its last bracket. */
    char *at = strrchr(text, ')');
    errno = EIO;
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at, ' ');
        if (at == NULL)
            return -1;
        at++;
        uint64_t number = 0;
        for (char *digit = at; *digit >= '0' && *digit <= '9'; digit++)
            number = number * 10 + (uint64_t)(*digit - '0');
        if (field + 1 == 9)
            process->executed = (number & 0x40) == 0; /* PF_FORKNOEXEC */
        process->start = number;
    }
    return at == NULL ? -1 : 0;
}

void state_write(int directory, const char *name, const char *aside, const int64_t *numbers, size_t count) {
    char text[128] = "";
    struct digits digits;
    for (size_t i = 0; i < count; i++)
        strcat(strcat(text, decimal(numbers[i], &digits)), i + 1 < count ? " " : "\n");
    int fd = openat(directory, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    size_t length = strlen(text);
    bool written = write(fd, text, length) == (ssize_t)length;
    close(fd);
    if (written)
        renameat(directory, aside, directory, name);
    else
        unlinkat(directory, aside, 0);
}

uint64_t now_ns(int clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int send_descriptor(int socket, char what, int fd) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec data = {&what, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int received_descriptor(struct msghdr *message) {
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    int fd;
    if (head == NULL || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof fd))
        return -1;
    memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}
