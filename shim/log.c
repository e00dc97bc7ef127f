#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log_format.h"
#include "plan.h"
#include "report.h"

enum {
    OUT = 128 * 1024, /* more than one record of a line that is all escapes */
    LAST = LINE + RECORD_FRAME, /* of a file: at least one record, mostly */
};

/* Only one log per process. The large arrays cost nothing until they are used. */
static struct {
    const struct format *format;
    int fd;
    char path[4096];
    uint64_t max_size, max_files;
    bool compressed;     /* somebody makes FILE.1.gz of FILE.1 and so on, and wants to be told of rotations */
    bool rotated;        /* since that was told */
    uint64_t size;       /* of the file */
    uint64_t time;       /* of the next record, at least */
    char attributes[MAX_ATTRIBUTES + 1];
    struct record record; /* that is being written */
    size_t used;         /* of out */
    size_t carried[3];   /* by stream: how much of an unfinished line there is */
    unsigned char carry[3][LINE + LOG_SLACK];
    unsigned char out[OUT + LOG_SLACK];
} writer;

static void open_file(int flags) {
    struct stat state;
    writer.fd = open(writer.path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | flags, 0640);
    writer.size = writer.fd >= 0 && fstat(writer.fd, &state) == 0 ? (uint64_t)state.st_size : 0;
}

/* What a killed writer, or a power cut, has left of a record: whatever comes behind it would be taken for the rest. */
static void cut_torn_end(void) {
    size_t length = writer.size < LAST ? writer.size : LAST;
    if (length == 0 || pread(writer.fd, writer.out, length, (off_t)(writer.size - length)) != (ssize_t)length)
        return;
    size_t torn = writer.format->torn(writer.out, length);
    if ((torn < length || length == writer.size) && torn > 0 && ftruncate(writer.fd, (off_t)(writer.size - torn)) == 0)
        writer.size -= torn;
}

int log_open(const char *path, unsigned format, uint64_t max_size, uint64_t max_files, bool compressed, const char *attributes) {
    if (strlen(path) >= sizeof writer.path - 24) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(writer.path, path);
    strcpy(writer.attributes, attributes);
    writer.record.attributes = writer.attributes;
    writer.record.attributes_length = strlen(attributes);
    writer.format = format == LOG_LOCAL ? &local_format : &json_format;
    writer.max_size = max_size;
    writer.max_files = max_files;
    writer.compressed = compressed;
    open_file(0);
    if (writer.fd < 0)
        return -1;
    cut_torn_end();
    return 0;
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
            size_t whole = writer.format->whole(writer.out, done);
            if (whole < done && ftruncate(writer.fd, (off_t)(writer.size + whole)) == 0)
                done = whole;
            break;
        }
    }
    writer.size += done;
    writer.used = 0;
}

/* Who looks at the names of the files, or changes them, locks their directory for that moment. -1 and EWOULDBLOCK if somebody does. */
static int lock_names(void) {
    char directory[sizeof writer.path];
    strcpy(directory, writer.path);
    char *slash = strrchr(directory, '/');
    if (slash != NULL)
        slash[1] = '\0';
    int lock = open(slash == NULL ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        errno = EWOULDBLOCK;
        return -1;
    }
    return lock;
}

static const char *numbered(char *name, uint64_t number, const char *suffix) {
    struct digits digits;
    strcpy(name, writer.path);
    if (number > 0)
        strcat(strcat(strcat(name, "."), decimal((int64_t)number, &digits)), suffix);
    return name;
}

/* FILE.1 is the youngest of the old ones; max_files counts FILE too. Not while somebody reads the names, who does so for milliseconds; who
   does not let go of them does not get the disk filled. */
static void rotate(void) {
    char from[sizeof writer.path], to[sizeof writer.path];
    int lock = lock_names();
    if (lock < 0 && errno == EWOULDBLOCK && writer.size / 2 < writer.max_size)
        return;
    close(writer.fd);
    uint64_t oldest = writer.max_files > 1 ? writer.max_files - 1 : 0;
    unlink(numbered(to, oldest, ""));
    if (writer.compressed)
        unlink(numbered(to, oldest, ".gz"));
    for (uint64_t i = oldest; i > 0; i--) {
        rename(numbered(from, i - 1, ""), numbered(to, i, ""));
        if (writer.compressed && i > 1)
            rename(numbered(from, i - 1, ".gz"), numbered(to, i, ".gz"));
    }
    open_file(O_TRUNC);
    writer.rotated = writer.compressed;
    if (lock >= 0)
        close(lock);
}

/* Inline, since lines may be short. */
__attribute__((always_inline)) static inline void write_record(enum stream stream, const unsigned char *text, size_t length, bool newline) {
    struct record *record = &writer.record;
    if (OUT - writer.used < 6 * length + RECORD_FRAME + record->attributes_length)
        flush_out();
    unsigned char *start = writer.out + writer.used;
    record->stream = stream;
    record->newline = newline;
    record->text = text;
    record->length = length;
    record->time = writer.time++;
    size_t size = (size_t)(writer.format->put(start, record) - start);
    if (writer.max_size != 0 && writer.size + writer.used != 0 && writer.size + writer.used + size > writer.max_size) {
        flush_out();
        rotate();
        memmove(writer.out, start, size);
    }
    writer.used += size;
}

/* One reading of the clock serves a batch; within it each record is one nanosecond younger than the last. */
static void tick(void) {
    uint64_t now = now_ns(CLOCK_REALTIME);
    if (now > writer.time)
        writer.time = now;
}

static bool tell_rotated(void) {
    bool rotated = writer.rotated;
    writer.rotated = false;
    return rotated;
}

bool log_write(enum stream stream, const unsigned char *data, size_t length) {
    unsigned char *carry = writer.carry[stream];
    size_t carried = writer.carried[stream];
    if (writer.path[0] == '\0')
        return false;
    tick();
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
            write_record(stream, line, carried + part, end != NULL);
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
    return tell_rotated();
}

bool log_end(void) {
    for (enum stream stream = STDOUT; stream <= STDERR; stream++)
        if (writer.carried[stream] > 0) {
            tick();
            write_record(stream, writer.carry[stream], writer.carried[stream], false);
            writer.carried[stream] = 0;
        }
    flush_out();
    return tell_rotated();
}
