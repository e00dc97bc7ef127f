#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct failure failure;

static void append(const char *word, va_list words)
{
    size_t used = strlen(failure.text);
    for (; word != NULL; word = va_arg(words, const char *)) {
        size_t length = strnlen(word, sizeof failure.text - 1 - used);
        memcpy(failure.text + used, word, length);
        used += length;
    }
    failure.text[used] = '\0';
}

int failed(const char *word, ...)
{
    va_list words;
    failure.error = errno;
    failure.text[0] = '\0';
    va_start(words, word);
    append(word, words);
    va_end(words);
    return -1;
}

void failed_more(const char *word, ...)
{
    va_list words;
    va_start(words, word);
    append(word, words);
    va_end(words);
}

const char *decimal(int64_t number, struct digits *digits)
{
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

static void frame_number(struct frame *frame, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        frame->bytes[frame->length++] = (unsigned char)(number >> 8 * i);
}

void frame_start(struct frame *frame, uint32_t type)
{
    frame->length = 0;
    frame_u32(frame, type);
    frame_u32(frame, 0);
}

void frame_u32(struct frame *frame, uint32_t number)
{
    frame_number(frame, number, 4);
}

void frame_u64(struct frame *frame, uint64_t number)
{
    frame_number(frame, number, 8);
}

void frame_text(struct frame *frame, const char *text)
{
    size_t length = strnlen(text, sizeof frame->bytes - frame->length);
    memcpy(frame->bytes + frame->length, text, length);
    frame->length += length;
}

bool frame_send(struct frame *frame, int connection)
{
    size_t length = frame->length;
    frame->length = 4;
    frame_u32(frame, (uint32_t)length - 8);
    frame->length = length;
    return send(connection, frame->bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length;
}

int process_read(pid_t pid, struct process *process)
{
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

void state_write(int directory, const char *name, const char *aside, const int64_t *numbers, size_t count)
{
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

uint64_t now_ns(int clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
