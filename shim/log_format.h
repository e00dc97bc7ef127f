/* Between the log and the formats that it can have. */
#ifndef LOG_FORMAT_H
#define LOG_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log.h"

enum {
    LINE = 16384,       /* longer lines become several records */
    RECORD_FRAME = 160, /* a record without its text and attributes, at most */
};

struct record {
    enum stream stream;
    bool newline;              /* whether its line ends with it */
    const unsigned char *text; /* LINE bytes at most, without a newline; LOG_SLACK readable bytes follow */
    size_t length;
    uint64_t time;             /* unix time, ns; later than that of the record before */
    const char *attributes;    /* as they stand in the record */
    size_t attributes_length;
};

struct format {
    /* Writes a record; where it ends. Up to LOG_SLACK bytes behind it are touched too. */
    unsigned char *(*put)(unsigned char *out, const struct record *);
    /* How many of these bytes are whole records; they begin with one. */
    size_t (*whole)(const unsigned char *bytes, size_t length);
    /* How many bytes at the end of these, which are the end of a file, belong to a record that is not whole. All of them: cannot tell. */
    size_t (*torn)(const unsigned char *bytes, size_t length);
};

extern const struct format json_format, local_format;

#endif
