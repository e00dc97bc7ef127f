#include "plan.h"

#include <string.h>

#include "kernel.h"

static uint32_t u16(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p) {
    return u16(p) | u16(p + 2) << 16;
}

const char *plan_header(struct plan *plan, const unsigned char header[PLAN_HEADER]) {
    if (u32(header) != MAGIC)
        return "this is not a launch plan";
    if (u32(header + 4) != VERSION)
        return "the launch plan has another version";
    plan->kind = u32(header + 8);
    plan->count = u32(header + 12);
    plan->size = u32(header + 16);
    if (plan->kind != KIND_RUN && plan->kind != KIND_JOIN)
        return "unknown kind of plan";
    if (plan->count > MAX_STEPS)
        return "too many steps";
    if (plan->size > MAX_PLAN)
        return "the plan is too long";
    return NULL;
}

/* Decodes one argument at the start of `bytes`; its length there, or 0 if it does not fit. */
static size_t argument(char type, unsigned char *bytes, size_t left, struct argument *out) {
    if (type == 'i') {
        if (left < 8)
            return 0;
        *out = (struct argument){.number = (uint64_t)u32(bytes) | (uint64_t)u32(bytes + 4) << 32};
        return 8;
    }
    if (left < 4)
        return 0;
    size_t length = u32(bytes);
    *out = (struct argument){.number = length, .text = (char *)bytes + 4};
    if (type == 's')
        return left - 4 > length && out->text[length] == '\0' ? 4 + length + 1 : 0;
    return left - 4 >= length && (length == 0 || out->text[length - 1] == '\0') ? 4 + length : 0;
}

bool plan_next(const struct plan *plan, struct place *place, struct step *step, const char **why) {
    size_t left = plan->size - place->at;
    unsigned char *head = plan->bytes + place->at;
    if (left == 0)
        return false;
    *why = "the step is cut off";
    if (left < 8 || left - 8 < u32(head + 4))
        return false;
    uint32_t op = u16(head), section = u16(head + 2), size = u32(head + 4);
    *why = "unknown step";
    if (op >= OPS || shapes[op].sections == 0)
        return false;
    *why = "the step may not stand in this section";
    if (section > INSIDE || !(shapes[op].sections >> section & 1))
        return false;
    *why = "an argument does not fit the step";
    size_t used = 0;
    for (size_t i = 0; shapes[op].types[i] != '\0'; i++) {
        size_t length = argument(shapes[op].types[i], head + 8 + used, size - used, &step->a.at[i]);
        if (length == 0)
            return false;
        used += length;
    }
    if (used != size)
        return false;
    *why = NULL;
    step->index = place->index++;
    step->op = (enum op)op;
    step->section = (enum section)section;
    place->at += 8 + size;
    return true;
}

/* Values that would reach beyond an array, or make no sense to any system call. */
static const char *check_values(const struct step *step) {
    const union arguments *a = &step->a;
    switch (step->op) {
    case OP_MONITOR:
        return a->monitor.stdio.number > STDIO_INHERIT || a->monitor.rows.number > UINT16_MAX
                       || a->monitor.columns.number > UINT16_MAX || a->monitor.taps.number > 32
                   ? "bad settings of the monitor"
                   : NULL;
    case OP_LOG:
        return a->log.format.number > LOG_LOCAL || a->log.max_files.number > 10000 || a->log.attributes.number > MAX_ATTRIBUTES
                   ? "bad settings of the log"
                   : NULL;
    case OP_OPEN_TREE: return a->open_tree.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_OPEN_BELOW: return a->open_below.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_USER_NAMESPACE: return a->user_namespace.namespaces.number & ~NAMESPACES_HELD ? "not to be held" : NULL;
    case OP_USER_PATH: return a->user_path.namespaces.number & ~NAMESPACES_HELD ? "not to be held" : NULL;
    case OP_MAPPING: return a->mapping.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_IDMAP: return a->idmap.slot.number >= MAX_SLOTS || a->idmap.mapping.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_OFFER_TREE: return a->offer_tree.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_EFFECTIVE_IDS:
        return a->effective_ids.uid.number >= UINT32_MAX || a->effective_ids.gid.number >= UINT32_MAX ? "bad owner" : NULL;
    case OP_TREE_ATTRIBUTES: return a->tree_attributes.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_TARGET: return a->target.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_MOUNT_TREE: return a->mount_tree.slot.number >= MAX_SLOTS ? "no such slot" : NULL;
    case OP_SECCOMP: return a->seccomp.filter.number % 8 || a->seccomp.filter.number > 4096 * 8 ? "bad filter" : NULL;
    case OP_CREDENTIALS:
        return a->credentials.groups.number % 4 || a->credentials.uid.number >= UINT32_MAX
                       || a->credentials.gid.number >= UINT32_MAX
                   ? "bad user or groups"
                   : NULL;
    case OP_EXEC: return a->exec.candidates.number == 0 || a->exec.arguments.number == 0 ? "nothing to execute" : NULL;
    default: return NULL;
    }
}

const char *plan_check(const struct plan *plan, uint32_t *index) {
    unsigned seen[OPS] = {0};
    struct place place = {0};
    struct step step = {.op = 0};
    enum section section = PREPARE;
    const char *why = NULL;

    while (plan_next(plan, &place, &step, &why)) {
        *index = step.index;
        if (step.section < section)
            return "a step of an earlier section";
        if (step.section > PREPARE && !seen[OP_CLONE])
            return "CLONE is missing";
        if (step.section == PREPARE && seen[OP_CLONE])
            return "CLONE must be the last step of its section";
        if (seen[OP_EXEC])
            return "EXEC must be the last step";
        if (step.op == OP_MAPPING && (seen[OP_USER_NAMESPACE] || seen[OP_USER_PATH]))
            return "MAPPING must come before the user namespace";
        section = step.section;
        seen[step.op]++;
        why = check_values(&step);
        if (why != NULL)
            return why;
    }
    *index = place.index;
    if (why != NULL)
        return why;
    if (place.index != plan->count)
        return "the number of steps is wrong";
    if (seen[OP_MONITOR] != 1 || !seen[OP_EXEC] || seen[OP_LOG] > 1 || seen[OP_WAIT_CONNECTED] > 1 || seen[OP_CONSOLE] > 1)
        return "a step is missing or stands there twice";
    unsigned user = seen[OP_USER_NAMESPACE] + seen[OP_USER_PATH];
    if (user > 1 || seen[OP_ATTACH_TREE] != seen[OP_OFFER_TREE] || (seen[OP_IDMAP] && !user && !seen[OP_MAPPING]))
        return "a step is missing or stands there twice";
    if (seen[OP_JOIN_PID] != (plan->kind == KIND_JOIN) || (seen[OP_ENTER] && plan->kind != KIND_JOIN && !user)
        || (user && plan->kind != KIND_RUN))
        return "the steps do not fit the kind of plan";
    return NULL;
}
