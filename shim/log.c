#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "plan.h"
#include "report.h"

enum {
    LINE = 16384,        /* longer lines become several records */
    FRAME = 96,          /* a record without its text, at most */
    OUT = 128 * 1024,    /* more than one record of a line that is all escapes */
    SECOND = 1000000000,
};

/* Only one log per process. The large arrays cost nothing until they are used. */
static struct {
    int fd;
    char path[4096];
    uint64_t max_size, max_files;
    uint64_t size;       /* of the file */
    uint64_t time;       /* of the last record */
    char attributes[MAX_ATTRIBUTES + 1];
    size_t attributes_length;
    char stamp[32];      /* the same as text, all nine digits: 2026-01-02T03:04:05.123456789Z */
    size_t used;         /* of out */
    size_t carried[3];   /* by stream: how much of an unfinished line there is */
    unsigned char carry[3][LINE + LOG_SLACK];
    unsigned char out[OUT + LOG_SLACK];
} writer;

static void open_file(int flags) {
    struct stat state;
    writer.fd = open(writer.path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | flags, 0640);
    writer.size = writer.fd >= 0 && fstat(writer.fd, &state) == 0 ? (uint64_t)state.st_size : 0;
}

int log_open(const char *path, uint64_t max_size, uint64_t max_files, const char *attributes) {
    if (strlen(path) >= sizeof writer.path - 24) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(writer.path, path);
    strcpy(writer.attributes, attributes);
    writer.attributes_length = strlen(attributes);
    writer.max_size = max_size;
    writer.max_files = max_files;
    open_file(0);
    return writer.fd < 0 ? -1 : 0;
}

static void flush_out(void) {
    size_t done = 0;
    if (writer.fd < 0 && writer.path[0] != '\0')
        open_file(0);
    while (done < writer.used && writer.fd >= 0) {
        ssize_t n = write(writer.fd, writer.out + done, writer.used - done);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            /* The disk is full: keep whole records only. */
            size_t whole = done;
            while (whole > 0 && writer.out[whole - 1] != '\n')
                whole--;
            if (whole < done && ftruncate(writer.fd, (off_t)(writer.size + whole)) == 0)
                done = whole;
            break;
        }
    }
    writer.size += done;
    writer.used = 0;
}

/* FILE.1 is the youngest of the old ones; max_files counts FILE too. */
static void rotate(void) {
    char from[sizeof writer.path], to[sizeof writer.path];
    struct digits digits;
    close(writer.fd);
    for (uint64_t i = writer.max_files - 1; writer.max_files > 1 && i > 0; i--) {
        strcat(strcat(strcpy(to, writer.path), "."), decimal((int64_t)i, &digits));
        strcpy(from, writer.path);
        if (i > 1)
            strcat(strcat(from, "."), decimal((int64_t)i - 1, &digits));
        rename(from, to);
    }
    open_file(O_TRUNC);
}

static void stamp_digits(size_t at, size_t count, uint64_t number) {
    while (count-- > 0) {
        writer.stamp[at + count] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* One reading of the clock serves a batch; within it each record is one nanosecond younger than the last. */
static void tick(uint64_t time) {
    struct tm utc;
    uint64_t before = writer.time;
    writer.time = time > writer.time ? time : writer.time + 1;
    if (writer.time / SECOND != before / SECOND) {
        time_t seconds = (time_t)(writer.time / SECOND);
        gmtime_r(&seconds, &utc);
        memcpy(writer.stamp, "0000-00-00T00:00:00.000000000Z", 30);
        stamp_digits(0, 4, (uint64_t)utc.tm_year + 1900);
        stamp_digits(5, 2, (uint64_t)utc.tm_mon + 1);
        stamp_digits(8, 2, (uint64_t)utc.tm_mday);
        stamp_digits(11, 2, (uint64_t)utc.tm_hour);
        stamp_digits(14, 2, (uint64_t)utc.tm_min);
        stamp_digits(17, 2, (uint64_t)utc.tm_sec);
    }
    stamp_digits(20, 9, writer.time % SECOND);
}

static void tick_by_one(void) {
    int at = 28;
    while (at > 19 && writer.stamp[at] == '9')
        writer.stamp[at--] = '0';
    if (at > 19) {
        writer.stamp[at]++;
        writer.time++;
    } else {
        tick(0);
    }
}

/* RFC3339Nano: zeros at the end of the fraction are left out. */
static unsigned char *put_stamp(unsigned char *out) {
    size_t length = 29;
    while (writer.stamp[length - 1] == '0' && length > 20)
        length--;
    if (length == 20)
        length = 19;
    memcpy(out, writer.stamp, 30);
    out[length] = 'Z';
    return out + length + 1;
}

/* The length of the valid UTF-8 sequence at the start, 0 if there is none. Unicode 15, table 3-7. */
static size_t sequence(const unsigned char *in, size_t left) {
    unsigned char first = in[0];
    size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || length > left)
        return 0;
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (in[1] < low || in[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((in[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

static unsigned char *put_unicode(unsigned char *out, unsigned code) {
    static const char hex[] = "0123456789abcdef";
    *out++ = '\\';
    *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *out++ = (unsigned char)hex[code >> shift & 15];
    return out;
}

/* Writes the character at `*at`, which is not plain ASCII, and moves on behind it. */
static unsigned char *escape_one(unsigned char *out, const unsigned char *in, size_t *at, size_t length) {
    unsigned char byte = in[*at];
    size_t bytes;
    if (byte < 0x80) {
        ++*at;
        if (byte == '"' || byte == '\\' || byte == '\n' || byte == '\r') {
            *out++ = '\\';
            *out++ = byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte;
            return out;
        }
        return put_unicode(out, byte);
    }
    do {
        bytes = sequence(in + *at, length - *at);
        if (bytes == 0) {
            out = put_unicode(out, 0xfffd);
            bytes = 1;
        } else if (bytes == 3 && memcmp(in + *at, "\xe2\x80", 2) == 0 && (in[*at + 2] & 0xfe) == 0xa8) {
            out = put_unicode(out, 0x2000 + in[*at + 2] - 0x80U);
        } else {
            for (size_t i = 0; i < bytes; i++)
                *out++ = in[*at + i];
        }
        *at += bytes;
    } while (*at < length && in[*at] >= 0x80);
    return out;
}

/* How many of the next bytes, at most 16, stand for themselves; they are copied whether they do or not. */
static size_t copy_plain(unsigned char *out, const unsigned char *in, size_t left) {
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)in);
    _mm_storeu_si128((__m128i *)(void *)out, bytes);
    /* Signed, all from 0x80 on is below 0x20 too; < and > differ in one bit. */
    __m128i odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8('\xfd')), _mm_set1_epi8('<')));
    unsigned stop = (unsigned)_mm_movemask_epi8(odd) | 1U << (left < 16 ? left : 16);
    return (size_t)__builtin_ctz(stop);
#else
    size_t i = 0;
    for (; i < 16 && i < left; i++) {
        unsigned char byte = in[i];
        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\' || byte == '&' || byte == '<' || byte == '>')
            break;
        out[i] = byte;
    }
    return i;
#endif
}

static unsigned char *escape(unsigned char *out, const unsigned char *in, size_t length) {
    size_t at = 0;
    while (at < length) {
        size_t plain = copy_plain(out, in + at, length - at);
        out += plain;
        at += plain;
        if (plain < 16 && at < length)
            out = escape_one(out, in, &at, length);
    }
    return out;
}

static unsigned char *put(unsigned char *out, const char *text, size_t length) {
    memcpy(out, text, length);
    return out + length;
}

static void record(enum stream stream, const unsigned char *text, size_t length, bool newline) {
    if (OUT - writer.used < 6 * length + FRAME + writer.attributes_length)
        flush_out();
    unsigned char *start = writer.out + writer.used, *out = put(start, "{\"log\":\"", 8);
    out = escape(out, text, length);
    if (newline)
        out = put(out, "\\n", 2);
    out = put(out, stream == STDOUT ? "\",\"stream\":\"stdout\"," : "\",\"stream\":\"stderr\",", 20);
    out = put(out, writer.attributes, writer.attributes_length);
    out = put(out, "\"time\":\"", 8);
    out = put_stamp(out);
    out = put(out, "\"}\n", 3);
    tick_by_one();
    size_t size = (size_t)(out - start);
    if (writer.max_size != 0 && writer.size + writer.used != 0 && writer.size + writer.used + size > writer.max_size) {
        flush_out();
        rotate();
        memmove(writer.out, start, size);
    }
    writer.used += size;
}

void log_write(enum stream stream, const unsigned char *data, size_t length) {
    unsigned char *carry = writer.carry[stream];
    size_t carried = writer.carried[stream];
    if (writer.path[0] == '\0')
        return;
    tick(now_ns(CLOCK_REALTIME));
    while (length > 0) {
        size_t room = LINE - carried, part = length < room ? length : room;
        const unsigned char *end = memchr(data, '\n', part);
        if (end != NULL)
            part = (size_t)(end - data);
        const unsigned char *line = data;
        if (carried > 0 || (end == NULL && part < room)) {
            memcpy(carry + carried, data, part);
            line = carry;
        }
        if (end != NULL || part == room) {
            record(stream, line, carried + part, end != NULL);
            carried = 0;
        } else {
            carried += part;
        }
        part += end != NULL;
        data += part;
        length -= part;
    }
    writer.carried[stream] = carried;
    flush_out();
}

void log_end(void) {
    for (enum stream stream = STDOUT; stream <= STDERR; stream++)
        if (writer.carried[stream] > 0) {
            tick(now_ns(CLOCK_REALTIME));
            record(stream, writer.carry[stream], writer.carried[stream], false);
            writer.carried[stream] = 0;
        }
    flush_out();
}
