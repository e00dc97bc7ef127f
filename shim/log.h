/* The container's log in the format of Docker's json-file driver. */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>
#include <stdint.h>

enum stream { STDOUT = 1, STDERR = 2 };

/* Behind what is given to log_write so many readable bytes must follow; their values do not matter. */
enum { LOG_SLACK = 16 };

/* Opens the log; rotates when it would grow beyond max_size bytes (0: never). Attributes of up to MAX_ATTRIBUTES bytes are part of each
   record as they are. -1 and errno if it cannot be opened. */
int log_open(const char *path, uint64_t max_size, uint64_t max_files, const char *attributes);

/* Logs a batch of a stream; an unfinished line stays in memory. Never fails: what cannot be written is lost. */
void log_write(enum stream, const unsigned char *data, size_t length);

/* Logs the lines that were never finished. */
void log_end(void);

#endif
