/* Docker's json-file: a line of JSON for each record. */
#include <string.h>
#include <time.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "log_format.h"

#define SECOND UINT64_C(1000000000)

/* The time of the last record, and the same as text, all nine digits: 2026-01-02T03:04:05.123456789Z */
static struct {
    uint64_t time;
    char text[32];
} stamp;

static void stamp_digits(size_t at, size_t count, uint64_t number) {
    while (count-- > 0) {
        stamp.text[at + count] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Not for each record: kept out of their way. */
__attribute__((noinline)) static void stamp_anew(uint64_t time) {
    struct tm utc;
    uint64_t before = stamp.time;
    stamp.time = time;
    if (time / SECOND != before / SECOND) {
        time_t seconds = (time_t)(time / SECOND);
        gmtime_r(&seconds, &utc);
        memcpy(stamp.text, "0000-00-00T00:00:00.000000000Z", 30);
        stamp_digits(0, 4, (uint64_t)utc.tm_year + 1900);
        stamp_digits(5, 2, (uint64_t)utc.tm_mon + 1);
        stamp_digits(8, 2, (uint64_t)utc.tm_mday);
        stamp_digits(11, 2, (uint64_t)utc.tm_hour);
        stamp_digits(14, 2, (uint64_t)utc.tm_min);
        stamp_digits(17, 2, (uint64_t)utc.tm_sec);
    }
    stamp_digits(20, 9, time % SECOND);
}

/* Within a batch each record is one nanosecond younger than the last. */
static void stamp_at(uint64_t time) {
    int at = 28;
    if (time == stamp.time + 1) {
        while (at > 19 && stamp.text[at] == '9')
            stamp.text[at--] = '0';
        if (at > 19) {
            stamp.text[at]++;
            stamp.time = time;
            return;
        }
    }
    stamp_anew(time);
}

/* RFC3339Nano: zeros at the end of the fraction are left out. */
static unsigned char *put_stamp(unsigned char *out) {
    size_t length = 29;
    while (stamp.text[length - 1] == '0' && length > 20)
        length--;
    if (length == 20)
        length = 19;
    memcpy(out, stamp.text, 30);
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

/* Copies 16 bytes, and says by a bit of each which of them do not stand for themselves. */
static unsigned copy_odd(unsigned char *out, const unsigned char *in) {
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)in);
    _mm_storeu_si128((__m128i *)(void *)out, bytes);
    /* Signed, all from 0x80 on is below 0x20 too; < and > differ in one bit. */
    __m128i odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8('\xfd')), _mm_set1_epi8('<')));
    return (unsigned)_mm_movemask_epi8(odd);
#else
    unsigned odd = 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned char byte = out[i] = in[i];
        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\' || byte == '&' || byte == '<' || byte == '>')
            odd |= 1U << i;
    }
    return odd;
#endif
}

static unsigned char *escape(unsigned char *out, const unsigned char *in, size_t length) {
    size_t at = 0;
    while (at < length) {
        unsigned odd;
        /* Mostly nothing is odd. What this copies beyond the end is written over. */
        while ((odd = copy_odd(out, in + at)) == 0 && length - at > 16) {
            out += 16;
            at += 16;
        }
        size_t plain = (size_t)__builtin_ctz(odd | 1U << 16);
        if (plain >= length - at)
            return out + (length - at);
        out += plain;
        at += plain;
        out = escape_one(out, in, &at, length);
    }
    return out;
}

static unsigned char *put(unsigned char *out, const char *text, size_t length) {
    memcpy(out, text, length);
    return out + length;
}

static unsigned char *put_record(unsigned char *out, const struct record *record) {
    stamp_at(record->time);
    out = put(out, "{\"log\":\"", 8);
    out = escape(out, record->text, record->length);
    if (record->newline)
        out = put(out, "\\n", 2);
    out = put(out, record->stream == STDOUT ? "\",\"stream\":\"stdout\"," : "\",\"stream\":\"stderr\",", 20);
    if (record->attributes_length > 0)
        out = put(out, record->attributes, record->attributes_length);
    out = put(out, "\"time\":\"", 8);
    out = put_stamp(out);
    return put(out, "\"}\n", 3);
}

static size_t whole(const unsigned char *bytes, size_t length) {
    while (length > 0 && bytes[length - 1] != '\n')
        length--;
    return length;
}

static size_t torn(const unsigned char *bytes, size_t length) {
    return length - whole(bytes, length);
}

const struct format json_format = {put_record, whole, torn};
