/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters, and what of an event becomes a line.
 */
#include "adapters/observe/observe.h"

#include <stdio.h>
#include <string.h>

#include "adapters/observe/line.h"

static const char *const level_names[GODWIT_LOG_LEVELS] = {"error", "warning", "info", "debug"};

const char *godwit_log_level_name(godwit_log_level_t level)
{
    return (unsigned)level < GODWIT_LOG_LEVELS ? level_names[level] : "error";
}

godwit_status_t godwit_log_level_from_name(const char *name, godwit_log_level_t *level)
{
    for (unsigned i = 0; i < GODWIT_LOG_LEVELS; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (godwit_log_level_t)i;
            return GODWIT_OK;
        }
    }
    return GODWIT_INVALID_ARGUMENT;
}

godwit_counter_t *godwit_observe_counter(godwit_observer_t *o, const char *function, const char *event,
                                         godwit_status_t reason)
{
    for (size_t i = 0; i < o->counter_count; i++) {
        godwit_counter_t *c = &o->counters[i];
        if (c->reason == reason && strcmp(c->event, event) == 0 && strcmp(c->function, function) == 0) {
            return c;
        }
    }
    if (o->counter_count == GODWIT_COUNTERS_MAX) {
        return &o->counters[GODWIT_COUNTERS_MAX - 1];
    }
    godwit_counter_t *made = &o->counters[o->counter_count++];
    *made = (godwit_counter_t){.function = function, .event = event, .reason = reason};
    return made;
}

/* Whether another line of this kind may be written in this second; how many were left out before it. */
static bool may_write(godwit_counter_t *c, uint64_t now_ms, uint32_t *left_out)
{
    if (c->second != now_ms / 1000) {
        c->second = now_ms / 1000;
        c->lines = 0;
    }
    if (c->lines >= GODWIT_LINES_A_SECOND) {
        c->suppressed++;
        return false;
    }
    c->lines++;
    *left_out = c->suppressed;
    c->suppressed = 0;
    return true;
}

static godwit_log_level_t level_of(godwit_status_t reason)
{
    switch (godwit_status_class(reason)) {
    case GODWIT_CLASS_OK:
        return GODWIT_LOG_INFO;
    case GODWIT_CLASS_PEER:
    case GODWIT_CLASS_LOCAL:
        return GODWIT_LOG_WARNING;
    case GODWIT_CLASS_INTERNAL:
    default:
        return GODWIT_LOG_ERROR;
    }
}

void godwit_observe_imsi(const godwit_observer_t *o, const godwit_imsi_t *imsi, char text[GODWIT_IMSI_SHOWN])
{
    if (o->imsi_in_full) {
        (void)snprintf(text, GODWIT_IMSI_SHOWN, "%s", imsi->digits);
    } else if (imsi->len > 7) {
        (void)snprintf(text, GODWIT_IMSI_SHOWN, "%.5s…%s", imsi->digits, imsi->digits + imsi->len - 2);
    } else {
        (void)snprintf(text, GODWIT_IMSI_SHOWN, "%.3s…", imsi->digits);
    }
}

void godwit_observe_event(godwit_observer_t *o, uint64_t now_ms, const char *function, const godwit_event_t *event)
{
    godwit_counter_t *counter = godwit_observe_counter(o, function, event->name, event->reason);
    godwit_log_level_t level = level_of(event->reason);
    uint32_t left_out = 0;
    char imsi[GODWIT_IMSI_SHOWN];
    counter->count++;
    if (level > o->level || !may_write(counter, now_ms, &left_out)) {
        return;
    }
    godwit_line_t line;
    godwit_line_begin(&line, o->json, now_ms, godwit_log_level_name(level));
    godwit_line_text(&line, "function", function);
    godwit_line_text(&line, "event", event->name);
    if (event->has_imsi) {
        godwit_observe_imsi(o, &event->imsi, imsi);
        godwit_line_text(&line, "imsi", imsi);
    }
    if (event->session_id != 0) {
        godwit_line_number(&line, "session", event->session_id);
    }
    if (event->trigger != 0) {
        godwit_line_number(&line, "trigger", event->trigger);
    }
    godwit_line_text(&line, "reason", godwit_status_name(event->reason));
    if (event->detail != NULL) {
        godwit_line_text(&line, "detail", event->detail);
    }
    if (left_out > 0) {
        godwit_line_number(&line, "suppressed", left_out);
    }
    godwit_line_write(&line, o->fd);
}

void godwit_observe_note(godwit_observer_t *o, uint64_t now_ms, godwit_log_level_t level, const char *event,
                         const char *message)
{
    if (level > o->level) {
        return;
    }
    godwit_line_t line;
    godwit_line_begin(&line, o->json, now_ms, godwit_log_level_name(level));
    godwit_line_text(&line, "function", "godwitd");
    godwit_line_text(&line, "event", event);
    godwit_line_text(&line, "detail", message);
    godwit_line_write(&line, o->fd);
}
