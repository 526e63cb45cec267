/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedures gba (TS 33.220) and akma (TS 33.535): a device without a key bootstraps with the BSF, or runs 5G AKA
 * with its serving network, and shows its reading to a NAF or an AF; the next reading needs no new key.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define AFTER_MS 2000

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    godwit_lab_report_t *report;
    bool up_is_last;
} meter_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    unsigned device = godwit_world_device_node(0);
    bool up = p->from == device, ours = up || p->to == device;
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    m->report->messages++;
    m->report->antenna_messages += ours;
    m->report->bytes_up += up ? p->len : 0;
    m->report->bytes_down += ours && !up ? p->len : 0;
    m->report->round_trips += ours && !up && m->up_is_last;
    m->up_is_last = ours ? up : m->up_is_last;
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

void godwit_lab_run_bootstrap(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    meter_t meter = {.run = run, .trace = trace, .report = report};
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.solution = 3;
    config.gba = run->procedure == GODWIT_LAB_GBA;
    config.akma = run->procedure == GODWIT_LAB_AKMA;
    config.flavour = run->flavour;
    config.watch_memory = !run->fast;
    config.wire = on_wire;
    config.context = &meter;
    godwit_world_t *w = godwit_world_new(&config);
    uint64_t began = godwit_world_now(w);
    report->arrived = godwit_lab_send_reading(w, report);
    report->time_ms = godwit_world_now(w) - began;
    godwit_world_run(w, AFTER_MS);
    const godwit_lab_report_t first = *report;
    report->setup_bytes = report->bytes_up + report->bytes_down;
    report->aka_runs = w->devices[0].card_runs;
    report->arrived = report->arrived && godwit_lab_send_reading(w, report);
    report->reading_bytes = report->bytes_up + report->bytes_down - report->setup_bytes;
    report->antenna_messages = first.antenna_messages;
    report->round_trips = first.round_trips;
    if (report->arrived && w->devices[0].card_runs != report->aka_runs) {
        godwit_lab_fail(report, "the second reading cost another AKA run");
    }
    report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    godwit_lab_close(w, report);
    godwit_world_free(w);
}
