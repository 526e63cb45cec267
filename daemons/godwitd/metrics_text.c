/* SPDX-License-Identifier: Apache-2.0
 *
 * The status as text for Prometheus (exposition format 0.0.4): whole numbers that the status lists become counters and
 * gauges, and what names an entry its labels. These are names of this process and of its configuration; nothing of a
 * subscriber is among them, so that there are no more series than the configuration and the code have words for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/metrics.h"

#define MEMBERS_MAX 6

/* How a list of the status is told. */
typedef struct family {
    const char *prefix, *where;       /* "godwit_socket_", its place in the status */
    const char *labels[MEMBERS_MAX];  /* members that tell the entries apart */
    const char *gauges[MEMBERS_MAX];  /* numbers that can fall; others are counters */
    const char *omitted[MEMBERS_MAX]; /* numbers that are none of both */
} family_t;

static bool is_one_of(const char *const list[MEMBERS_MAX], const char *name)
{
    for (size_t i = 0; i < MEMBERS_MAX && list[i] != NULL; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void write_head(FILE *out, const char *name, const char *type, const char *help)
{
    (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_label(FILE *out, bool first, const char *name, const char *value)
{
    (void)fprintf(out, "%s%s=\"", first ? "{" : ",", name);
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            (void)fputs("\\n", out);
        } else {
            (void)fprintf(out, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
        }
    }
    (void)fputc('"', out);
}

static void write_labels(FILE *out, const json_t *entry, const char *const labels[MEMBERS_MAX])
{
    for (size_t i = 0; i < MEMBERS_MAX && labels[i] != NULL; i++) {
        const char *value = json_string_value(json_object_get(entry, labels[i]));
        write_label(out, i == 0, labels[i], value != NULL ? value : "");
    }
    if (labels[0] != NULL) {
        (void)fputc('}', out);
    }
}

/* Milliseconds as seconds, which Prometheus reckons with; whether as 0 or 1. */
static void write_value(FILE *out, const json_t *value, bool ms)
{
    const json_int_t number = json_is_boolean(value) ? json_is_true(value) : json_integer_value(value);
    if (ms) {
        (void)fprintf(out, " %.3f\n", (double)number / 1000);
    } else {
        (void)fprintf(out, " %lld\n", (long long)number);
    }
}

/* One member of every entry. */
static void write_metric(FILE *out, const family_t *f, const json_t *entries, const char *key)
{
    char name[96], help[160];
    const size_t len = strlen(key);
    const bool ms = len > 3 && strcmp(key + len - 3, "_ms") == 0;
    const bool gauge = is_one_of(f->gauges, key);
    (void)snprintf(name, sizeof name, "%s%.*s%s%s", f->prefix, (int)(ms ? len - 3 : len), key, ms ? "_seconds" : "",
                   gauge ? "" : "_total");
    (void)snprintf(help, sizeof help, "%s of %s (docs/control.md)", key, f->where);
    write_head(out, name, gauge ? "gauge" : "counter", help);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        (void)fputs(name, out);
        write_labels(out, entry, f->labels);
        write_value(out, json_object_get(entry, key), ms);
    }
}

static void write_family(FILE *out, const family_t *f, const json_t *entries)
{
    void *at = NULL;
    json_t *first = json_array_get(entries, 0);
    for (at = json_object_iter(first); at != NULL; at = json_object_iter_next(first, at)) {
        const json_t *value = json_object_iter_value(at);
        const char *key = json_object_iter_key(at);
        if ((json_is_integer(value) || json_is_boolean(value)) && !is_one_of(f->omitted, key)) {
            write_metric(out, f, entries, key);
        }
    }
}

/* An object of the status as the only entry. NULL, or null: there is no such thing here. */
static void write_single(FILE *out, const family_t *f, json_t *object)
{
    json_t *entries = json_is_object(object) ? json_pack("[O]", object) : NULL;
    write_family(out, f, entries);
    json_decref(entries);
}

static void write_gauge(FILE *out, const char *name, const char *help, const json_t *value)
{
    if (json_is_integer(value) || json_is_boolean(value)) {
        write_head(out, name, "gauge", help);
        (void)fputs(name, out);
        write_value(out, value, false);
    }
}

/* ---- the parts ---- */

static void write_process(FILE *out, const json_t *status, uint64_t started_ms)
{
    static const char *const version[MEMBERS_MAX] = {"version"};
    const json_t *functions = json_object_get(status, "functions");
    write_head(out, "godwit_build_info", "gauge", "The version that runs.");
    (void)fputs("godwit_build_info", out);
    write_labels(out, status, version);
    (void)fputs(" 1\n", out);
    write_head(out, "process_start_time_seconds", "gauge", "When it started, in seconds since 1970.");
    (void)fprintf(out, "process_start_time_seconds %llu\n", (unsigned long long)started_ms / 1000);
    write_head(out, "godwit_function_info", "gauge", "Functions in this process.");
    for (size_t i = 0; i < json_array_size(functions); i++) {
        (void)fputs("godwit_function_info", out);
        write_label(out, true, "function", json_string_value(json_array_get(functions, i)));
        (void)fputs("} 1\n", out);
    }
    write_gauge(out, "godwit_messages_waiting", "Messages between functions that wait.",
                json_object_get(status, "messages_waiting"));
    write_gauge(out, "godwit_timers", "Timers that run.", json_object_get(status, "timers"));
}

static void write_events(FILE *out, const json_t *status)
{
    static const char *const labels[MEMBERS_MAX] = {"function", "event", "reason"};
    const json_t *counters = json_object_get(status, "counters");
    write_head(out, "godwit_events_total", "counter",
               "Events of functions, by what happened and why; the log names them so.");
    for (size_t i = 0; i < json_array_size(counters); i++) {
        const json_t *counter = json_array_get(counters, i);
        (void)fputs("godwit_events_total", out);
        write_labels(out, counter, labels);
        write_value(out, json_object_get(counter, "count"), false);
    }
}

static void write_store(FILE *out, const json_t *status)
{
    json_t *stored = json_object_get(status, "stored");
    bool begun = false;
    for (void *at = json_object_iter(stored); at != NULL; at = json_object_iter_next(stored, at)) {
        const char *kind = json_object_iter_key(at);
        if (json_is_integer(json_object_iter_value(at)) && strcmp(kind, "damaged") != 0) {
            if (!begun) {
                write_head(out, "godwit_stored_records", "gauge", "Records in the store, by kind.");
            }
            begun = true;
            (void)fputs("godwit_stored_records", out);
            write_label(out, true, "kind", kind);
            (void)fputc('}', out);
            write_value(out, json_object_iter_value(at), false);
        }
    }
    write_gauge(out, "godwit_store_damaged_rows", "Damaged rows met since the start; see godwit store check.",
                json_object_get(stored, "damaged"));
}

static void write_links(FILE *out, const json_t *status)
{
    static const family_t sockets = {"godwit_socket_", "a socket", {"function", "door", "address"}, {NULL}, {NULL}};
    static const family_t diameter = {"godwit_diameter_", "diameter", {NULL}, {NULL}, {"port"}};
    static const family_t peers = {"godwit_diameter_peer_", "a peer of diameter", {"identity"}, {"open"}, {NULL}};
    json_t *all = json_copy(json_object_get(status, "hse"));
    if (json_array_extend(all, json_object_get(status, "access")) == 0) {
        write_family(out, &sockets, all);
    }
    json_decref(all);
    write_single(out, &diameter, json_object_get(status, "diameter"));
    write_family(out, &peers, json_object_get(json_object_get(status, "diameter"), "peers"));
    write_gauge(out, "godwit_gsup_connected", "Whether the link to the HLR stands.",
                json_object_get(status, "gsup_connected"));
}

/* A name that the operator has given; else the place in the configuration, for targets are URLs and paths, which may
 * hold what opens them. A name that is a number could be the place of another, and is told by its own place. */
static json_t *named_by_place(const json_t *destinations)
{
    json_t *all = json_deep_copy(destinations);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *one = json_array_get(all, i);
        const char *name = json_string_value(json_object_get(one, "name"));
        const bool given = name != NULL && strpbrk(name, "/:@?") == NULL && name[strspn(name, "0123456789")] != '\0';
        (void)json_object_set_new(one, "destination", given ? json_string(name) : json_sprintf("%zu", i));
    }
    return all;
}

static void write_deliveries(FILE *out, const json_t *status)
{
    static const family_t queue = {
        "godwit_queue_", "deliveries", {NULL}, {"readings", "readings_max", "octets", "octets_max"}, {NULL}};
    static const family_t destination = {"godwit_destination_",
                                         "a destination of deliveries",
                                         {"destination", "kind"},
                                         {"queued", "oldest_age_ms", "waiting"},
                                         {NULL}};
    json_t *deliveries = json_object_get(status, "deliveries");
    json_t *all = named_by_place(json_object_get(deliveries, "destinations"));
    write_single(out, &queue, deliveries);
    write_family(out, &destination, all);
    json_decref(all);
}

char *metrics_text(const json_t *status, uint64_t started_ms)
{
    static const family_t certificate = {
        "godwit_certificate_", "a certificate", {"certificate"}, {"expires_in_ms"}, {NULL}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL) {
        return NULL;
    }
    write_process(out, status, started_ms);
    write_events(out, status);
    write_store(out, status);
    write_links(out, status);
    write_deliveries(out, status);
    write_family(out, &certificate, json_object_get(status, "certificates"));
    const bool good = ferror(out) == 0 && status != NULL;
    if (fclose(out) != 0 || !good) {
        free(text);
        return NULL;
    }
    return text;
}
