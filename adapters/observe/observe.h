/* SPDX-License-Identifier: Apache-2.0
 *
 * What an operator sees: one log line for each event, and counters by function, event and reason. Events have no member
 * that can hold a key (roles/role.h). The IMSI is shortened unless asked otherwise. A flood of one kind is cut to some
 * lines a second, and the line after says how many were left out; counters miss none.
 */
#ifndef GODWIT_ADAPTERS_OBSERVE_H
#define GODWIT_ADAPTERS_OBSERVE_H

#include "roles/role.h"

#define GODWIT_COUNTERS_MAX 256
#define GODWIT_LINES_A_SECOND 20 /* of one function, event and reason */
#define GODWIT_LOG_LINE 1024

typedef enum godwit_log_level {
    GODWIT_LOG_ERROR,   /* our own house failed */
    GODWIT_LOG_WARNING, /* something was refused */
    GODWIT_LOG_INFO,    /* what happened */
    GODWIT_LOG_DEBUG,
    GODWIT_LOG_LEVELS
} godwit_log_level_t;

const char *godwit_log_level_name(godwit_log_level_t level); /* "error", "warning", "info", "debug" */
GODWIT_MUST_USE godwit_status_t godwit_log_level_from_name(const char *name, godwit_log_level_t *level);

/* One counter. Names are static text. */
typedef struct godwit_counter {
    const char *function, *event;
    godwit_status_t reason;
    uint64_t count;
    uint64_t second;     /* the one that `lines` counts in */
    uint32_t lines;      /* written in that second */
    uint32_t suppressed; /* left out since the last line */
} godwit_counter_t;

typedef struct godwit_observer {
    int fd; /* where lines go: 2 */
    godwit_log_level_t level;
    bool imsi_in_full, json;
    size_t counter_count;
    godwit_counter_t counters[GODWIT_COUNTERS_MAX];
} godwit_observer_t;

/* The counter of function, event and reason, made when new; the last one serves all when the table is full. */
godwit_counter_t *godwit_observe_counter(godwit_observer_t *o, const char *function, const char *event,
                                         godwit_status_t reason);
/* Counts an event of a function ("hse", "emks", "hss") and logs it. */
void godwit_observe_event(godwit_observer_t *o, uint64_t now_ms, const char *function, const godwit_event_t *event);
/* A line of the daemon's own. message is one line without keys. */
void godwit_observe_note(godwit_observer_t *o, uint64_t now_ms, godwit_log_level_t level, const char *event,
                         const char *message);
/* "00101…89", or the whole when it is to be given in full. text holds 24. */
#define GODWIT_IMSI_SHOWN 24
void godwit_observe_imsi(const godwit_observer_t *o, const godwit_imsi_t *imsi, char text[GODWIT_IMSI_SHOWN]);

#endif
