/* Docker's driver "local": protobuf messages, each between two copies of its length, so that they can be read from either end. A message has
   these fields: 1 source, 2 time_nano, 3 line without its newline, 4 partial, 5 partial_log_metadata (1 last, 2 id, 3 ordinal). Fields with
   the value 0, false or "" are left out, as in all of proto3. */
#include <string.h>
#include <sys/random.h>

#include "log_format.h"

enum {
    LENGTH = 4, /* in front of a message and behind it, big-endian */
    ID = 64,    /* digits of what the parts of a long line have in common */
    VARINT = 0, /* wire types */
    BYTES = 2,
};

/* By stream: the long line that is being written in parts; without one the ordinal is 0. */
static struct parts {
    uint32_t ordinal;
    unsigned char id[ID];
} parts[3];

static void put_length(unsigned char *out, size_t length) {
    for (int i = 0; i < LENGTH; i++)
        out[i] = (unsigned char)(length >> 8 * (LENGTH - 1 - i));
}

static size_t length_at(const unsigned char *in) {
    return (size_t)in[0] << 24 | (size_t)in[1] << 16 | (size_t)in[2] << 8 | in[3];
}

static unsigned char *put_varint(unsigned char *out, uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        *out++ = (unsigned char)(number | 0x80);
    *out++ = (unsigned char)number;
    return out;
}

static unsigned char *put_number(unsigned char *out, unsigned field, uint64_t number) {
    *out++ = (unsigned char)(field << 3 | VARINT);
    return put_varint(out, number);
}

static unsigned char *put_bytes(unsigned char *out, unsigned field, const void *bytes, size_t length) {
    *out++ = (unsigned char)(field << 3 | BYTES);
    out = put_varint(out, length);
    memcpy(out, bytes, length);
    return out + length;
}

static void begin_parts(struct parts *line) {
    unsigned char random[ID / 2] = {0};
    (void)!getrandom(random, sizeof random, 0);
    for (size_t i = 0; i < ID; i++)
        line->id[i] = (unsigned char)"0123456789abcdef"[random[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

static unsigned char *put_part(unsigned char *out, struct parts *line, bool last) {
    unsigned char metadata[ID + 16], *end = metadata;
    if (line->ordinal++ == 0)
        begin_parts(line);
    if (last)
        end = put_number(end, 1, 1);
    end = put_bytes(end, 2, line->id, ID);
    end = put_number(end, 3, line->ordinal);
    if (last)
        line->ordinal = 0;
    out = put_number(out, 4, 1);
    return put_bytes(out, 5, metadata, (size_t)(end - metadata));
}

static unsigned char *put_record(unsigned char *start, const struct record *record) {
    struct parts *line = &parts[record->stream];
    unsigned char *message = start + LENGTH, *out = message;
    out = put_bytes(out, 1, record->stream == STDOUT ? "stdout" : "stderr", 6);
    out = put_number(out, 2, record->time);
    if (record->length > 0)
        out = put_bytes(out, 3, record->text, record->length);
    if (!record->newline || line->ordinal > 0)
        out = put_part(out, line, record->newline);
    put_length(start, (size_t)(out - message));
    put_length(out, (size_t)(out - message));
    return out + LENGTH;
}

static size_t whole(const unsigned char *bytes, size_t length) {
    size_t at = 0;
    while (length - at >= LENGTH && length - at >= 2 * LENGTH + length_at(bytes + at))
        at += 2 * LENGTH + length_at(bytes + at);
    return at;
}

static bool ends_record(const unsigned char *bytes, size_t length) {
    static const unsigned char source[] = {1 << 3 | BYTES, 6, 's', 't', 'd'};
    size_t size = length_at(bytes + length - LENGTH);
    return size >= sizeof source && size <= length - 2 * LENGTH && length_at(bytes + length - 2 * LENGTH - size) == size
           && memcmp(bytes + length - LENGTH - size, source, sizeof source) == 0;
}

static size_t torn(const unsigned char *bytes, size_t length) {
    size_t end = length;
    while (end >= 2 * LENGTH && !ends_record(bytes, end))
        end--;
    return end < 2 * LENGTH ? length : length - end;
}

const struct format local_format = {put_record, whole, torn};
