/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedure next-session with the carrier emsdp: no attach is involved, the vector of the following session goes
 * with the end of the one before, inside EMSDP, and the next reading is a Session Request with early data. What it
 * saves is measured against a set-up of the same device, and what the hand-over costs against an end that announces a
 * key without a vector.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define PATIENCE_MS 120000
#define STEP_MS 5
#define AFTER_MS 5000

/* Datagrams of the first device, as they come out of the access or go into it. */
typedef struct cost {
    size_t octets;
    unsigned up, down, round_trips;
    bool up_is_last;
} cost_t;

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    cost_t cost;
} meter_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    unsigned device = godwit_world_device_node(0);
    bool tunnel = p->leg == GODWIT_WORLD_LEG_SGI, emsdp = p->leg == GODWIT_WORLD_LEG_EMSDP;
    bool up = (emsdp && p->from == device) || (tunnel && p->to == GODWIT_WORLD_HSE);
    bool down = (emsdp && p->to == device) || (tunnel && p->from == GODWIT_WORLD_HSE);
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    m->cost.octets += up || down ? p->len : 0;
    m->cost.up += up;
    m->cost.down += down;
    m->cost.round_trips += up && !m->cost.up_is_last && m->cost.down > 0;
    m->cost.up_is_last = up || (!down && m->cost.up_is_last);
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

/* A reading, until it has arrived and its answers are there. */
static bool reading(godwit_world_t *w, meter_t *m, cost_t *cost, unsigned *up)
{
    uint64_t began = godwit_world_now(w);
    uint32_t number = godwit_world_submit(w, 0);
    memset(&m->cost, 0, sizeof m->cost);
    while (godwit_world_delivered(w, number) == 0) {
        if (godwit_world_now(w) - began > PATIENCE_MS || godwit_world_violation(w) != NULL) {
            return false;
        }
        godwit_world_run(w, STEP_MS);
    }
    *up = m->cost.up;
    godwit_world_run(w, AFTER_MS);
    *cost = m->cost;
    return true;
}

typedef struct measured {
    cost_t set_up, end, early;
    unsigned up, runs; /* datagrams of the device until the early reading arrived; runs of its card for it */
    bool arrived, new_key_set;
} measured_t;

static void measure(const godwit_lab_run_t *run, godwit_next_vector_t next_vector, godwit_lab_trace_t *trace,
                    godwit_lab_report_t *report, measured_t *found)
{
    meter_t meter = {.run = run, .trace = trace};
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.loss = run->loss;
    config.access = run->access;
    config.solution = 3;
    config.next_vector = next_vector;
    config.watch_memory = !run->fast;
    config.wire = on_wire;
    config.context = &meter;
    godwit_world_t *w = godwit_world_new(&config);
    memset(found, 0, sizeof *found);
    godwit_world_run(w, AFTER_MS); /* it has its bearer */
    found->arrived = reading(w, &meter, &found->set_up, &found->up);
    memset(&meter.cost, 0, sizeof meter.cost);
    godwit_world_terminate(w, 0);
    godwit_world_run(w, AFTER_MS);
    found->end = meter.cost;
    unsigned runs = godwit_world_card_runs(w, 0);
    found->arrived = found->arrived && reading(w, &meter, &found->early, &found->up);
    found->runs = godwit_world_card_runs(w, 0) - runs;
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    found->new_key_set = session != NULL && session->key_set > 1;
    if (next_vector != GODWIT_NEXT_VECTOR_NEVER) {
        report->suite = session == NULL ? 0 : session->current.hot.suite;
        report->aka_runs = found->runs;
        report->readings_sent = w->reading_count;
        report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
        godwit_lab_close(w, report);
    }
    godwit_world_free(w);
}

void godwit_lab_run_next_vector(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    measured_t with, without;
    godwit_lab_saved_t *saved = &report->saved;
    measure(run, GODWIT_NEXT_VECTOR_NEVER, NULL, report, &without);
    measure(run, GODWIT_NEXT_VECTOR_TERMINATE, trace, report, &with);
    report->arrived = with.arrived && without.arrived;
    if (!report->arrived) {
        godwit_lab_fail(report, "a reading did not arrive");
    } else if (run->loss == 0 && (!with.new_key_set || with.runs != 0)) {
        godwit_lab_fail(report, "the second session did not go by the vector of the first");
    }
    report->messages = report->antenna_messages = with.early.up + with.early.down;
    report->round_trips = with.early.round_trips;
    report->bytes_up = report->setup_bytes = with.early.octets;
    saved->measured = true;
    saved->gross_octets = (int)with.set_up.octets - (int)with.early.octets;
    saved->net_octets = saved->gross_octets - ((int)with.end.octets - (int)without.end.octets);
    saved->round_trips = (int)with.set_up.round_trips - (int)with.early.round_trips;
    saved->cycle_octets = saved->net_octets;
    saved->cycle_messages = (int)(with.set_up.up + with.set_up.down) - (int)(with.early.up + with.early.down);
    saved->with_attach = with.up == 1;
}
