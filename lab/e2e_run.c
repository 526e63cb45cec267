/* SPDX-License-Identifier: Apache-2.0
 *
 * The procedure e2e (contribution 004, Solution 5): devices agree a service with the EAS under keys of any solution;
 * readings go up unmodified, messages down; then the key ages, the EAS loses its state, and a datagram is late.
 */
#include <string.h>

#include "lab/e2e_run.h"
#include "lab/internal.h"

#define STEP_MS 10u
#define SECOND_MS 1000u
#define AFTER_MS 3000u
#define PATIENCE_MS 600000u
#define LIFE_S 600u
#define OVERLAP_S 120u
#define RETENTION_MS 2000000000u /* of the HSS, where it owns key sets: no age comes of one that it has forgotten */
#define READING_S 60u            /* until the next, while keys age */

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    godwit_lab_report_t *report;
    bool up_is_last;
    bool hold; /* the next packet to an endpoint is held back */
    lab_packet_t *held;
} meter_t;

/* ---- what makes sense ---- */

const char *godwit_lab_check_e2e(godwit_lab_run_t *run)
{
    godwit_lab_e2e_t *e = &run->e2e;
    e->service = e->service == GODWIT_SERVICE_NONE ? GODWIT_SERVICE_CONFIDENTIALITY : e->service;
    e->source = e->source == 0 ? '3' : e->source;
    if (run->variant != 0) {
        return "of e2e --source says which solution keys come from: 1A to 1E, 2 or 3";
    }
    if (run->access == GODWIT_WORLD_GERAN) {
        return "over geran there is no Solution 1 to 3: Kc128 and Ki128 are made of CK and IK, and nothing else of a vector is there";
    }
    if (run->access == GODWIT_WORLD_WIFI && e->source != '3') {
        return "over wifi there is no access AKA run: --source 3 alone";
    }
    if (run->access == GODWIT_WORLD_WIFI && e->roaming) {
        return "--roaming is of a mobile access: over wifi nobody serves the device";
    }
    /* The BEST PLMN of separate AKA must be one that no access node uses. */
    e->roaming = e->roaming || (e->source == '3' && run->access != GODWIT_WORLD_WIFI);
    if (run->delivery != 0 && e->source != 'E') {
        return "--delivery is of --source 1E: elsewhere it is the source itself, or there is none";
    }
    if (e->source == 'E' && run->delivery == 0) {
        run->delivery = 'C';
    } else if (e->source >= 'A' && e->source <= 'D') {
        run->delivery = e->source;
    } else if (e->source == '2') {
        run->delivery = 'D';
    }
    if (e->aka && e->source != '3') {
        return "--re-agree aka is of --source 3: key sets of sources 1 and 2 come from AKA runs of the access, and nothing in EMSDP asks for one";
    }
    return NULL;
}

godwit_world_config_t godwit_lab_e2e_world(const godwit_lab_run_t *run)
{
    const godwit_lab_e2e_t *e = &run->e2e;
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.devices = run->devices;
    config.loss = run->loss;
    config.access = run->access;
    config.delivery = run->delivery;
    config.me_derives = e->source == 'E' || e->source == '2';
    config.solution = e->source == '3' ? 3 : e->source == '2' ? 2 : 1;
    config.at_home = run->access != GODWIT_WORLD_WIFI && !e->roaming;
    config.retention_ms = RETENTION_MS;
    config.watch_memory = !run->fast;
    config.e2e = (godwit_world_e2e_t){
        .on = true, .service = e->service, .life_s = LIFE_S, .overlap_s = OVERLAP_S, .aka_every = e->aka ? 1 : 0};
    return config;
}

/* ---- what is measured ---- */

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    const unsigned device = godwit_world_device_node(0);
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    if (m->hold && lab_is_endpoint(p->to) && p->leg != GODWIT_WORLD_LEG_DIAMETER && p->leg != GODWIT_WORLD_LEG_HTTP) {
        m->hold = false;
        m->held = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
        m->held->source = p->source;
        m->held->destination = p->destination;
        return false;
    }
    m->report->messages++;
    if (p->from == device || p->to == device) {
        const bool up = p->from == device;
        *(up ? &m->report->bytes_up : &m->report->bytes_down) += p->len;
        m->report->round_trips += !up && m->up_is_last;
        m->up_is_last = up;
    }
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

static bool has_keys(const godwit_lab_run_t *run)
{
    return run->e2e.service == GODWIT_SERVICE_KEY_AGREEMENT;
}

/* ---- what is waited for ---- */

static bool all_agreed(const godwit_world_t *w)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        godwit_eas_device_t at_eas;
        const bool there = lab_e2e_at_eas(w, i, &at_eas);
        const bool same = there && lab_e2e_has_age(&at_eas, lab_e2e_age(w, i));
        godwit_eas_wipe(&at_eas);
        if (lab_e2e_age(w, i) == 0 || !same) {
            return false;
        }
    }
    return true;
}

/* Every device has its key, and the EAS has it, too. */
static bool until_agreed(godwit_world_t *w)
{
    const uint64_t began = w->now_ms;
    for (unsigned i = 0; i < w->config.devices; i++) {
        if (lab_e2e_age(w, i) == 0) {
            (void)lab_after(w, 0, LAB_SUBMIT, godwit_world_device_node(i));
        }
    }
    while (!all_agreed(w) && w->now_ms - began < PATIENCE_MS && w->violation == NULL) {
        godwit_world_run(w, STEP_MS);
    }
    return all_agreed(w);
}

/* Where the key is spent, its owner wants the next: the EAS counts from when it was agreed, the device from when it
 * took it. */
static bool export_one(godwit_world_t *w, unsigned device)
{
    const uint64_t began = w->now_ms;
    bool good = lab_e2e_export(w, device);
    while (!good && w->now_ms - began < PATIENCE_MS && w->violation == NULL) {
        (void)lab_after(w, 0, LAB_SUBMIT, godwit_world_device_node(device));
        godwit_world_run(w, AFTER_MS);
        good = lab_e2e_export(w, device);
    }
    return good;
}

/* A reading of every device, or with key agreement a key that both ends export. */
static bool once(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    if (!has_keys(run)) {
        return godwit_lab_round_of_readings(w, report);
    }
    bool good = lab_e2e_changes(w, 0) > 0 || until_agreed(w);
    for (unsigned i = 0; good && i < w->config.devices; i++) {
        good = export_one(w, i);
        report->e2e.exports += good;
    }
    return good;
}

/* ---- the parts of a run ---- */

static void measure(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    const uint64_t began = w->now_ms;
    report->arrived = once(w, run, report);
    report->time_ms = w->now_ms - began;
    godwit_world_run(w, AFTER_MS);
    const size_t before = report->bytes_up + report->bytes_down;
    report->setup_bytes = before;
    report->e2e.setup_round_trips = report->round_trips;
    if (report->arrived && !has_keys(run)) {
        report->arrived = once(w, run, report);
        godwit_world_run(w, AFTER_MS);
        report->reading_bytes = report->bytes_up + report->bytes_down - before;
        report->setup_bytes -= report->reading_bytes < before ? report->reading_bytes : 0;
    }
    if (!report->arrived) {
        godwit_lab_fail(report, has_keys(run) ? "a key was not agreed" : "a reading did not arrive");
    }
}

static void run_downlink(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    unsigned received = 0;
    for (unsigned i = 0; i < w->config.devices; i++) {
        godwit_world_submit_down(w, i, "a message");
    }
    godwit_world_run(w, AFTER_MS);
    if (!once(w, run, report)) { /* who was not awake is told when it speaks */
        godwit_lab_fail(report, "a reading did not arrive beside a message");
    }
    godwit_world_run(w, AFTER_MS);
    for (unsigned i = 0; i < w->config.devices; i++) {
        received += godwit_world_received(w, i);
    }
    report->e2e.received = received;
    if (received != w->config.devices && w->config.loss == 0) {
        godwit_lab_fail(report, "a message did not reach its device");
    }
}

/* Two lives, with a reading now and then. */
static void run_ages(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    const unsigned vectors = w->devices[0].vectors;
    bool arrived = true;
    report->e2e.age_before = lab_e2e_age(w, 0);
    report->e2e.ages_before = lab_e2e_changes(w, 0);
    for (unsigned i = 0; arrived && i < 2 * LIFE_S / READING_S; i++) {
        godwit_world_run(w, (uint64_t)READING_S * SECOND_MS);
        arrived = once(w, run, report);
    }
    report->e2e.changes = lab_e2e_changes(w, 0) - report->e2e.ages_before;
    report->aka_runs = w->devices[0].vectors - vectors;
    if (!arrived) {
        godwit_lab_fail(report, "a reading did not arrive over a change of keys");
    } else if (report->e2e.changes < 2) {
        godwit_lab_fail(report, "a key did not age");
    } else if (run->e2e.aka && report->aka_runs == 0) {
        godwit_lab_fail(report, "no AKA run, and the policy asks for one");
    }
}

/* The EAS loses everything that it knows of its devices. */
static void run_loss_of_state(godwit_world_t *w, const godwit_lab_run_t *run, godwit_lab_report_t *report)
{
    const uint32_t before = lab_e2e_changes(w, 0);
    lab_e2e_forget(w);
    const bool arrived = once(w, run, report);
    report->e2e.recovered = arrived && (has_keys(run) || lab_e2e_changes(w, 0) > before);
    if (!report->e2e.recovered) {
        godwit_lab_fail(report, "an EAS that lost its state did not take the next age");
    }
}

/* What was under way while the key changed arrives: within the overlap it is delivered, after it it is not. */
static void run_late(godwit_world_t *w, meter_t *m, godwit_lab_report_t *report, bool in_time)
{
    const uint32_t before = lab_e2e_changes(w, 0);
    const uint64_t began = w->now_ms;
    m->hold = true;
    const uint32_t reading = godwit_world_submit(w, 0);
    report->readings_sent++;
    godwit_world_run(w, AFTER_MS);
    while (lab_e2e_changes(w, 0) == before && w->now_ms - began < 2u * LIFE_S * SECOND_MS && w->violation == NULL) {
        godwit_world_run(w, (uint64_t)READING_S / 4 * SECOND_MS);
        (void)godwit_lab_round_of_readings(w, report);
    }
    godwit_world_run(w, in_time ? AFTER_MS : (uint64_t)(OVERLAP_S + 60) * SECOND_MS);
    if (m->held != NULL) {
        lab_after(w, 1, LAB_PACKET, m->held->to)->packet = m->held;
        m->held = NULL;
    }
    godwit_world_run(w, AFTER_MS);
    const bool there = godwit_world_delivered(w, reading) > 0;
    *(in_time ? &report->e2e.late_taken : &report->e2e.late_refused) = there == in_time;
    report->readings_sent -= !there;
    if (there != in_time) {
        godwit_lab_fail(report, in_time ? "a datagram under way over a change of keys was lost"
                                        : "a datagram under a key beyond its overlap was taken");
    }
}

void godwit_lab_run_e2e(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    meter_t meter = {.run = run, .trace = trace, .report = report};
    godwit_world_config_t config = godwit_lab_e2e_world(run);
    config.wire = on_wire;
    config.context = &meter;
    report->endpoint = "E2E";
    godwit_world_t *w = godwit_world_new(&config);
    measure(w, run, report);
    godwit_lab_check_agreements(w, report);
    if (report->ok && !has_keys(run)) {
        run_downlink(w, run, report);
    }
    if (report->ok && !run->e2e.short_run) {
        run_ages(w, run, report);
    }
    if (report->ok && !run->e2e.short_run && !has_keys(run)) {
        run_loss_of_state(w, run, report);
    }
    if (report->ok && !run->e2e.short_run && !has_keys(run) && run->loss == 0 && !run->e2e.aka) {
        run_late(w, &meter, report, true);
        run_late(w, &meter, report, false);
    }
    lab_free(meter.held);
    report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    report->e2e.measured = true;
    report->e2e.forwarded = w->e2e.forwarded;
    report->e2e.foreign = w->e2e.foreign;
    report->e2e.age = lab_e2e_age(w, 0);
    report->suite = w->devices[0].e2e.library.current.plane.hot.suite;
    if (report->ok && report->e2e.foreign > 0) {
        godwit_lab_fail(report, "the HSE forwarded what no device sent");
    }
    if (report->ok) {
        lab_check_e2e_end(w);
    }
    godwit_lab_close(w, report);
    godwit_world_free(w);
}
