/* The reader of launch plans: docs/LAUNCH_PLAN.md. Nothing in here trusts a length. */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An argument of a step: the value of a number; or the length of the text, behind which a NUL stands. */
struct argument {
    uint64_t number;
    char *text;
};

#include "plan_ops.h"

enum { PLAN_HEADER = 20 };

struct plan {
    unsigned char *bytes; /* the steps, without the header */
    size_t size;
    uint32_t kind;
    uint32_t count;
};

struct step {
    uint32_t index;
    enum op op;
    enum section section;
    union arguments a;
};

/* A place between two steps; zeroed, it is the start. */
struct place {
    size_t at;
    uint32_t index;
};

/* Reads a header; NULL, or what is wrong with it. The steps' size is then within MAX_PLAN. */
const char *plan_header(struct plan *, const unsigned char header[PLAN_HEADER]);

/* Checks the steps that were read behind the header; NULL, or what is wrong with step `*index`. */
const char *plan_check(const struct plan *, uint32_t *index);

/* Moves on by one step; false at the end (or, before plan_check said yes, at a broken step: `*why` is then set). */
bool plan_next(const struct plan *, struct place *, struct step *, const char **why);

#endif
