/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedure device-rand (contribution 001): a device that was never heard of sends a reading: one datagram, and no
 * round trip before it. Then, with a new RAND1, the same under its temporary identity; then one of the session that
 * lives.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define PATIENCE_MS 300000
#define AGAIN_MS 30000
#define STEP_MS 5
#define AFTER_MS 3000

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    godwit_lab_report_t *report;
    size_t first;        /* octets of the first datagram since it was set to 0 */
    unsigned up, before; /* datagrams of the device that reached its server; round trips before the last of them */
    bool up_is_last;
} meter_t;

/* A datagram up, as it comes out of the access. */
static bool is_up(const godwit_world_packet_t *p)
{
    return (p->leg == GODWIT_WORLD_LEG_EMSDP && p->from == godwit_world_device_node(0)) ||
           (p->leg == GODWIT_WORLD_LEG_SGI && p->to == GODWIT_WORLD_MTC);
}

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    unsigned device = godwit_world_device_node(0);
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    if (is_up(p)) {
        m->first = m->first == 0 ? p->len : m->first;
        m->up++;
        m->before = m->report->round_trips;
    }
    m->report->messages++;
    m->report->bytes_up += p->from == device ? p->len : 0;
    m->report->bytes_down += p->to == device ? p->len : 0;
    m->report->round_trips += p->to == device && m->up_is_last;
    if (p->from == device || p->to == device) {
        m->up_is_last = p->from == device;
    }
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

bool godwit_lab_send_reading(godwit_world_t *w, godwit_lab_report_t *report)
{
    uint64_t began = godwit_world_now(w), said = began;
    uint32_t reading = godwit_world_submit(w, 0);
    report->readings_sent++;
    while (godwit_world_delivered(w, reading) == 0) {
        if (godwit_world_now(w) - began > PATIENCE_MS || godwit_world_violation(w) != NULL) {
            godwit_lab_fail(report, "a reading did not arrive");
            return false;
        }
        if (godwit_world_now(w) - said >= AGAIN_MS) {
            said = godwit_world_now(w);
            reading = godwit_world_submit(w, 0);
            report->readings_sent++;
        }
        godwit_world_run(w, STEP_MS);
    }
    return true;
}

static bool send_reading(godwit_world_t *w, meter_t *m, godwit_lab_report_t *report)
{
    m->first = 0;
    m->up = 0;
    return godwit_lab_send_reading(w, report);
}

static void renew(godwit_world_t *w)
{
    godwit_world_terminate(w, 0); /* this device has no end of a session but a new RAND1 */
    godwit_world_run(w, AFTER_MS);
}

static void run_device(godwit_world_t *w, meter_t *m, godwit_lab_report_t *report)
{
    godwit_lab_first_t *first = &report->first;
    godwit_world_run(w, w->config.access == GODWIT_WORLD_WIFI ? 0 : AFTER_MS); /* it has its bearer */
    report->round_trips = 0;
    m->up_is_last = false;
    uint64_t began = godwit_world_now(w);
    if (!send_reading(w, m, report)) {
        return;
    }
    first->measured = true;
    first->octets = m->first;
    first->datagrams = m->up;
    first->round_trips = m->before;
    first->reading_octets = strlen(w->readings[0].text);
    report->time_ms = godwit_world_now(w) - began;
    report->setup_bytes = m->first;
    report->antenna_messages = m->up;
    godwit_world_run(w, AFTER_MS);
    if (!send_reading(w, m, report)) {
        return;
    }
    report->reading_bytes = m->first;
    renew(w);
    if (send_reading(w, m, report)) {
        first->hidden_octets = m->first;
        report->arrived = true;
    }
    godwit_world_run(w, AFTER_MS);
}

void godwit_lab_run_device_rand(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    meter_t meter = {.run = run, .trace = trace, .report = report};
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.loss = run->loss;
    config.access = run->access;
    config.solution = 3;
    config.device_rand = true;
    config.profile = run->profile;
    config.watch_memory = !run->fast;
    config.wire = on_wire;
    config.context = &meter;
    godwit_world_t *w = godwit_world_new(&config);
    run_device(w, &meter, report);
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    report->suite = session == NULL ? 0 : session->current.hot.suite;
    report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    if (run->loss == 0 && report->ok && (report->first.datagrams != 1 || report->first.round_trips != 0)) {
        godwit_lab_fail(report, "the first reading took more than one datagram");
    }
    godwit_lab_close(w, report);
    godwit_world_free(w);
}
