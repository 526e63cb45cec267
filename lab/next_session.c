/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedure next-session (contribution 000): an offline device attaches with its reading and is detached again,
 * twice; the second time by the vector that the first detach handed over. What that saves is measured against the same
 * device in the same lab without the feature.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define PATIENCE_MS 120000
#define STEP_MS 5
#define DETACH_MS 8000
#define RES_ELEMENT 10 /* octets: IEI, length, RES of 8 */

/* What one attach with its reading, and the detach after it, cost at the antenna. */
typedef struct cycle {
    bool counting, detaching, up_is_last;
    size_t octets, octets_delivered, attach, detach, authentication,
        handing; /* handing: messages that may hand over a vector */
    unsigned messages, messages_delivered, up, round_trips, round_trips_delivered, up_delivered;
} cycle_t;

typedef struct meter {
    godwit_lab_trace_t *trace;
    const godwit_lab_run_t *run;
    cycle_t cycle;
} meter_t;

/* NAS of a frame of ours: without what our radio adds. */
static size_t nas_octets(godwit_slice_t frame)
{
    godwit_radio_frame_t parsed;
    return godwit_radio_parse(frame, &parsed) == GODWIT_OK ? parsed.octets.len : 0;
}

static void classify(cycle_t *c, const godwit_world_t *w, const godwit_world_packet_t *p)
{
    uint8_t plain[GODWIT_WORLD_PACKET_MAX];
    char label[GODWIT_LAB_LABEL_MAX];
    size_t len = lab_plain_frame(w, p, plain, sizeof plain);
    godwit_slice_t shown = len > 0 ? godwit_slice(plain, len) : godwit_slice(p->octets, p->len);
    godwit_lab_label(p->leg, shown, w->config.framing, label);
    if (strstr(label, "AUTHENTICATION") != NULL) {
        c->authentication += nas_octets(shown);
    } else if (strstr(label, "ATTACH ACCEPT") != NULL || strstr(label, "UPDATING ACCEPT") != NULL ||
               strstr(label, "DETACH ACCEPT") != NULL || strcmp(label, "EMM INFORMATION") == 0 ||
               strcmp(label, "GMM INFORMATION") == 0) {
        c->handing += nas_octets(shown);
    }
}

static void count(cycle_t *c, const godwit_world_t *w, const godwit_world_packet_t *p)
{
    unsigned device = godwit_world_device_node(0);
    bool up = p->from == device;
    if (!c->counting || p->leg != GODWIT_WORLD_LEG_RADIO || (!up && p->to != device)) {
        return;
    }
    c->messages++;
    c->octets += p->len;
    *(c->detaching ? &c->detach : &c->attach) += p->len;
    c->up += up;
    c->round_trips += !up && c->up_is_last;
    c->up_is_last = up;
    classify(c, w, p);
}

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    count(&m->cycle, w, p);
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

/* Detached, with a reading: until that has arrived, and then until the device is detached again. */
static bool run_cycle(godwit_world_t *w, cycle_t *c)
{
    uint64_t began = godwit_world_now(w);
    uint32_t reading = godwit_world_submit(w, 0);
    memset(c, 0, sizeof *c);
    c->counting = true;
    while (godwit_world_delivered(w, reading) == 0) {
        if (godwit_world_now(w) - began > PATIENCE_MS || godwit_world_violation(w) != NULL) {
            return false;
        }
        godwit_world_run(w, STEP_MS);
        c->round_trips_delivered = c->round_trips;
        c->octets_delivered = c->octets;
        c->messages_delivered = c->messages;
        c->up_delivered = c->up;
    }
    godwit_world_run(w, DETACH_MS);
    c->detaching = true;
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, DETACH_MS);
    return true;
}

static godwit_world_config_t world_for(const godwit_lab_run_t *run, bool feature, meter_t *meter)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.loss = run->loss;
    config.access = run->access;
    config.carrier = run->carrier;
    config.offline = true;
    config.circuit = run->carrier == GODWIT_CARRIER_SMS && run->access == GODWIT_WORLD_GERAN;
    config.next_session = feature;
    config.watch_memory = !run->fast;
    config.wire = on_wire;
    config.context = meter;
    return config;
}

static bool is_used(const godwit_world_t *w)
{
    for (size_t i = 0; i < LAB_EVENTS_KEPT && w->devices[0].access_events[i].name != NULL; i++) {
        if (strcmp(w->devices[0].access_events[i].name, "next_used") == 0) {
            return true;
        }
    }
    return false;
}

/* The second cycle of a world of its own. */
static void measure(const godwit_lab_run_t *run, bool feature, godwit_lab_trace_t *trace, godwit_lab_report_t *report,
                    cycle_t *second)
{
    meter_t meter = {.run = run, .trace = trace};
    godwit_world_config_t config = world_for(run, feature, &meter);
    godwit_world_t *w = godwit_world_new(&config);
    bool arrived = run_cycle(w, &meter.cycle);
    unsigned vectors = w->devices[0].vectors;
    arrived = arrived && run_cycle(w, &meter.cycle);
    *second = meter.cycle;
    if (!arrived) {
        godwit_lab_fail(report, "a reading did not arrive");
    } else if (feature && run->loss == 0 && !is_used(w)) {
        godwit_lab_fail(report, "the second attach did not go by the vector of the first session");
    }
    if (feature) {
        report->arrived = arrived;
        report->aka_runs = w->devices[0].vectors - vectors;
        report->readings_sent = w->reading_count;
        report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
        godwit_lab_close(w, report);
    }
    godwit_world_free(w);
}

void godwit_lab_run_next_session(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    cycle_t with, without;
    godwit_lab_saved_t *saved = &report->saved;
    measure(run, false, NULL, report, &without);
    measure(run, true, trace, report, &with);
    report->messages = with.messages;
    report->round_trips = with.round_trips_delivered;
    report->bytes_up = with.attach;
    report->bytes_down = with.detach;
    report->setup_bytes = with.octets_delivered;
    report->antenna_messages = with.messages_delivered;
    saved->measured = true;
    saved->gross_octets = (int)without.authentication - (int)with.authentication;
    saved->net_octets = saved->gross_octets - ((int)with.handing - (int)without.handing) - RES_ELEMENT;
    saved->round_trips = (int)without.round_trips_delivered - (int)with.round_trips_delivered;
    saved->cycle_octets = (int)without.octets - (int)with.octets;
    saved->cycle_messages = (int)without.messages - (int)with.messages;
    saved->with_attach = with.up_delivered == 1;
}
