/* The container's log in one of Docker's formats: a file, and old ones with a number behind its name. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream { STDOUT = 1, STDERR = 2 };

/* Behind what is given to log_write so many readable bytes must follow; their values do not matter. */
enum { LOG_SLACK = 16 };

/* Opens the log in a format LOG_...; rotates when it would grow beyond max_size bytes (0: never). Where the old files become `compressed`, which is
   others' work, they are rotated too, and rotations are told. Attributes of up to MAX_ATTRIBUTES bytes are part of each record as they are,
   where the format has them. -1 and errno if it cannot be opened. */
int log_open(const char *path, unsigned format, uint64_t max_size, uint64_t max_files, bool compressed, const char *attributes);

/* Logs a batch of a stream; an unfinished line stays in memory. Never fails: what cannot be written is lost. Whether somebody is to be told that
   the log has been rotated. */
bool log_write(enum stream, const unsigned char *data, size_t length);

/* Logs the lines that were never finished. The same. */
bool log_end(void);

#endif
