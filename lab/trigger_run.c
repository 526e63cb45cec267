/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedure trigger (contribution 002): devices get their association, where there is one, a trigger and its
 * acknowledgement; then one that comes while they are away and is there when they are back, and one that is recalled
 * meanwhile and never comes.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define PATIENCE_MS 600000
#define LOSSY_MS 60000
#define STEP_MS 10
#define AFTER_MS 3000
#define AWAY_MS 8000
#define VALIDITY_S 3600

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    godwit_lab_report_t *report;
    godwit_lab_cost_t cost; /* since it was set to 0 */
    int answers;            /* what the device says after something came down */
    bool up_is_last, down_is_last;
} meter_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    const unsigned device = godwit_world_device_node(0);
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    m->report->messages++;
    if (p->from == device || p->to == device) {
        const bool up = p->from == device;
        *(up ? &m->report->bytes_up : &m->report->bytes_down) += p->len;
        m->cost.octets += (int)p->len;
        m->cost.messages++;
        m->cost.round_trips += !up && m->up_is_last;
        m->report->round_trips += !up && m->up_is_last;
        m->answers += up && m->down_is_last;
        m->up_is_last = up;
        m->down_is_last = !up;
    }
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

/* ---- what is waited for ---- */

static bool is_associated(const godwit_world_t *w, unsigned device)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = lab_imsi(device)};
    lab_store_t *store = (lab_store_t *)(uintptr_t)&w->functions[GODWIT_WORLD_MTC_IWF].store;
    const godwit_record_t *record = lab_store_find(store, &key, true);
    const uint32_t number = godwit_trigger_association(&w->devices[device].trigger.library);
    return number != 0 && record != NULL && record->u.association.current.number == number;
}

static bool is_ready(const godwit_world_t *w, unsigned device)
{
    godwit_access_state_t state = godwit_access_state(&w->devices[device].access);
    return w->config.trigger.hop_by_hop
               ? state == GODWIT_ACCESS_ACTIVE || (w->config.circuit && state == GODWIT_ACCESS_ATTACHED)
               : is_associated(w, device);
}

static bool all_ready(const godwit_world_t *w)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        if (!is_ready(w, i)) {
            return false;
        }
    }
    return true;
}

static bool until_ready(godwit_world_t *w)
{
    const uint64_t began = w->now_ms;
    const uint64_t patience = w->config.loss > 0 ? LOSSY_MS : PATIENCE_MS;
    while (!all_ready(w) && w->now_ms - began < patience && w->violation == NULL) {
        godwit_world_run(w, STEP_MS);
    }
    const bool ready = all_ready(w);
    godwit_world_run(w, AFTER_MS);
    return ready;
}

static bool is_done(const godwit_world_t *w, uint32_t number)
{
    const lab_asked_t *asked = &w->asked[number];
    return asked->answered && (asked->status != GODWIT_TRIGGER_SUCCESS || asked->settled);
}

/* True when all that was asked for from number on has its answer and its report. */
static bool until_done(godwit_world_t *w, uint32_t first)
{
    const uint64_t began = w->now_ms;
    bool done = false;
    while (!done && w->now_ms - began < PATIENCE_MS && w->violation == NULL) {
        godwit_world_run(w, STEP_MS);
        done = true;
        for (uint32_t i = first; i < w->asked_count; i++) {
            done = done && is_done(w, i);
        }
    }
    return done;
}

/* ---- the parts of a run ---- */

static uint32_t ask_all(godwit_world_t *w, const godwit_lab_run_t *run, godwit_action_type_t action, uint32_t of)
{
    const uint32_t first = w->asked_count;
    for (unsigned i = 0; i < w->config.devices; i++) {
        (void)godwit_world_ask(
            w, &(godwit_world_ask_t){
                   .device = i, .as = run->trigger.as, .action = action, .of = of + i, .validity_s = VALIDITY_S});
    }
    return first;
}

static bool acted_once(const godwit_world_t *w, uint32_t first)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        const lab_asked_t *asked = &w->asked[first + i];
        if (asked->acted != 1 || asked->status != GODWIT_TRIGGER_SUCCESS || asked->outcome != GODWIT_OUTCOME_SUCCESS) {
            return false;
        }
    }
    return true;
}

/* Something may be lost and nobody knows, in case 1. */
static bool is_unheard(const godwit_world_t *w)
{
    return w->config.trigger.hop_by_hop && w->config.loss > 0;
}

static void move_all(godwit_world_t *w, lab_event_kind_t kind)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        (void)lab_after(w, 0, kind, godwit_world_device_node(i));
    }
}

/* A device that is idle is paged, so that the network knows when it is away. */
static void go_away(godwit_world_t *w)
{
    if (!w->devices[0].trigger.on_wifi) {
        move_all(w, LAB_ACCESS_IDLE);
        godwit_world_run(w, AFTER_MS);
    }
    for (unsigned i = 0; i < w->config.devices; i++) {
        godwit_world_part(w, godwit_world_device_node(i), GODWIT_WORLD_EVERYBODY, AWAY_MS);
    }
}

/* While they are away, one is asked for, and another is asked for and recalled. */
static void run_away(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    go_away(w);
    const uint32_t late = ask_all(w, run, GODWIT_ACTION_TRIGGER, 0);
    const uint32_t never = ask_all(w, run, GODWIT_ACTION_TRIGGER, 0);
    godwit_world_run(w, AWAY_MS / 2);
    const uint32_t recall = ask_all(w, run, GODWIT_ACTION_RECALL, never);
    const bool done = until_done(w, late);
    godwit_world_run(w, AFTER_MS);
    if (!done || !acted_once(w, late)) {
        godwit_lab_fail(report, is_unheard(w) ? "the radio lost a trigger for a device that was away, and nobody heard "
                                                "so: in case 1 no device acknowledges"
                                              : "a trigger for a device that was away did not come, or came twice");
    }
    for (unsigned i = 0; i < w->config.devices; i++) {
        const lab_asked_t *asked = &w->asked[recall + i];
        if (asked->status == GODWIT_TRIGGER_SUCCESS && asked->outcome == GODWIT_OUTCOME_SUCCESS &&
            w->asked[never + i].acted > 0) {
            godwit_lab_fail(report, "a trigger that was recalled was acted on");
        }
    }
}

static void subtract(godwit_lab_cost_t *from, const godwit_lab_cost_t *what)
{
    from->octets -= what->octets;
    from->messages -= what->messages;
    from->round_trips -= what->round_trips;
}

/* What the access alone costs: the same device in case 1. */
static godwit_lab_cost_t access_alone(const godwit_lab_run_t *run)
{
    godwit_lab_report_t ignored = {0};
    godwit_lab_run_t bare = *run;
    bare.fast = true;
    bare.wire = NULL;
    meter_t meter = {.run = &bare, .report = &ignored};
    godwit_world_config_t config = godwit_lab_trigger_world(&bare);
    config.trigger.hop_by_hop = true;
    config.wire = on_wire;
    config.context = &meter;
    godwit_world_t *w = godwit_world_new(&config);
    (void)until_ready(w);
    godwit_world_free(w);
    return meter.cost;
}

static void measure(godwit_world_t *w, meter_t *m, godwit_lab_report_t *report)
{
    godwit_lab_triggered_t *t = &report->triggered;
    const uint64_t began = w->now_ms;
    if (!until_ready(w) && w->config.loss == 0) { /* what was lost of the association a trigger asks for again */
        if (w->violation != NULL) {
            return; /* which godwit_lab_close says */
        }
        godwit_lab_fail(report,
                        w->config.trigger.hop_by_hop ? "a device is not attached" : "a device has no association");
        return;
    }
    if (m->run->access == GODWIT_WORLD_WIFI && !lab_by_eap(&w->config)) {
        move_all(w, LAB_WIFI);
        godwit_world_run(w, AFTER_MS);
    }
    report->setup_bytes = report->bytes_up + report->bytes_down;
    t->setup = m->cost;
    report->time_ms = w->now_ms - began - AFTER_MS;
    m->cost = (godwit_lab_cost_t){0};
    m->up_is_last = m->down_is_last = false;
    m->answers = 0;
    const uint32_t first = ask_all(w, m->run, GODWIT_ACTION_TRIGGER, 0);
    const bool done = until_done(w, first);
    godwit_world_run(w, AFTER_MS);
    if (!done || !acted_once(w, first)) {
        godwit_lab_fail(report, is_unheard(w) ? "the radio lost a trigger, and nobody heard so: in case 1 no device "
                                                "acknowledges, and its source was told that it came"
                                              : "a trigger did not come, or its source was told otherwise");
    }
    t->trigger = m->cost;
    t->trigger.round_trips = m->answers;
    report->reading_bytes = (size_t)m->cost.octets;
    t->association = godwit_trigger_association(&w->devices[0].trigger.library);
    t->suite = w->devices[0].trigger.library.current.suite;
    report->suite = t->suite;
    t->measured = true;
}

void godwit_lab_run_trigger(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    meter_t meter = {.run = run, .trace = trace, .report = report};
    godwit_world_config_t config = godwit_lab_trigger_world(run);
    config.wire = on_wire;
    config.context = &meter;
    report->endpoint = "MTC-IWF";
    godwit_world_t *w = godwit_world_new(&config);
    measure(w, &meter, report);
    if (report->ok && w->violation == NULL) {
        run_away(w, run, report);
    }
    for (uint32_t i = 0; i < w->asked_count; i++) {
        report->readings_sent += w->asked[i].action == GODWIT_ACTION_TRIGGER;
        report->readings_delivered += w->asked[i].acted;
    }
    report->arrived = report->ok;
    godwit_lab_close(w, report);
    godwit_world_free(w);
    if (report->triggered.measured && run->trigger.root == GODWIT_IWF_ROOT_EAP) {
        return; /* without an association there is nothing at all */
    }
    if (report->triggered.measured && run->trigger.number == 2) {
        const godwit_lab_cost_t alone = access_alone(run);
        subtract(&report->triggered.setup, &alone);
    } else {
        report->triggered.setup = (godwit_lab_cost_t){0};
    }
}
