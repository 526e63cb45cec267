/* SPDX-License-Identifier: Apache-2.0
 *
 * A run: a world for the procedure, its devices taken through it, and what was measured.
 */
#include "lab/procedure.h"

#include <string.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define PATIENCE_MS 600000
#define ATTACHES_MAX 5
#define POLICY_ATTACHES 5
#define STEP_MS 10
#define AGAIN_MS 30000
#define AFTER_MS 2000 /* for what still is under way after the last reading */

static const char *const names[GODWIT_LAB_PROCEDURES] = {
    "attach", "access-aka", "separate-aka", "policy", "next-session", "device-rand", "gba", "akma", "trigger", "e2e"};

const char *godwit_lab_procedure_name(godwit_lab_procedure_t procedure)
{
    return names[procedure];
}

/* ---- what makes sense ---- */

static const char *check_variant(godwit_lab_run_t *run)
{
    if (run->procedure != GODWIT_LAB_ACCESS_AKA && run->procedure != GODWIT_LAB_POLICY) {
        return run->variant != 0 || run->delivery != 0 ? "only access-aka and policy have variants" : NULL;
    }
    if (run->variant == 0) {
        run->variant = 'C';
    }
    if (run->variant >= 'A' && run->variant <= 'D') {
        if (run->delivery != 0 && run->delivery != run->variant) {
            return "the delivery of variants A to D is the variant itself; --delivery is for E";
        }
        run->delivery = run->variant;
    }
    if (run->variant == '2' && run->delivery != 0 && run->delivery != 'D') {
        return "Solution 2 delivers through the EMKS (d): the EMSE learns of the device from the device alone";
    }
    if (run->delivery == 0) {
        run->delivery = run->variant == '2' ? 'D' : 'C';
    }
    return NULL;
}

const char *godwit_lab_run_check(godwit_lab_run_t *run)
{
    if (run->procedure == GODWIT_LAB_TRIGGER) {
        return godwit_lab_check_trigger(run);
    }
    if (run->procedure == GODWIT_LAB_E2E) {
        return godwit_lab_check_e2e(run);
    }
    if (run->procedure == GODWIT_LAB_GBA || run->procedure == GODWIT_LAB_AKMA) {
        return run->access != GODWIT_WORLD_WIFI ? "no access of ours is part of it: gba and akma run over wifi"
                                                : check_variant(run);
    }
    if (run->access == GODWIT_WORLD_WIFI && run->procedure != GODWIT_LAB_SEPARATE_AKA &&
        run->procedure != GODWIT_LAB_DEVICE_RAND && !run->emsdp) {
        return "without a mobile access there is no access AKA run: only separate-aka, device-rand and next-session by emsdp work over wifi";
    }
    if (run->access == GODWIT_WORLD_GERAN && run->procedure != GODWIT_LAB_NEXT_SESSION &&
        run->procedure != GODWIT_LAB_DEVICE_RAND) {
        return "over geran there is no Solution 1 to 4: Kc128 and Ki128 are made of CK and IK, and nothing else of a vector is there";
    }
    return check_variant(run);
}

/* ---- what is measured ---- */

typedef struct meter {
    const godwit_lab_run_t *run;
    godwit_lab_trace_t *trace;
    godwit_lab_report_t *report;
    bool up_is_last; /* the device has spoken last */
} meter_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meter_t *m = context;
    unsigned device = godwit_world_device_node(0);
    if (m->run->wire != NULL && !m->run->wire(m->run->context, w, p)) {
        return false;
    }
    m->report->messages++;
    if (p->from == device) {
        m->report->bytes_up += p->len;
        m->up_is_last = true;
    } else if (p->to == device) {
        m->report->bytes_down += p->len;
        m->report->round_trips += m->up_is_last;
        m->up_is_last = false;
    }
    if (m->trace != NULL) {
        godwit_lab_trace_add(m->trace, w, p);
    }
    return true;
}

static godwit_world_config_t world_for(const godwit_lab_run_t *run, meter_t *meter)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.seed = run->seed;
    config.devices = run->devices;
    config.loss = run->loss;
    config.access = run->access;
    config.delivery = run->delivery;
    config.me_derives = run->variant == 'E' || run->variant == '2';
    config.solution = run->procedure == GODWIT_LAB_ACCESS_AKA || run->procedure == GODWIT_LAB_POLICY
                          ? (uint8_t)(run->variant == '2' ? 2 : 1)
                      : run->procedure == GODWIT_LAB_ATTACH ? 0
                                                            : 3;
    config.policies = run->procedure == GODWIT_LAB_POLICY && run->policies == GODWIT_WORLD_POLICY_NONE
                          ? GODWIT_WORLD_POLICY_LAW
                          : run->policies;
    config.watch_memory = !run->fast;
    config.wire = on_wire;
    config.context = meter;
    return config;
}

/* One reading of a device and its fate. Readings are not acknowledged: the application says it again after a while, and
 * what it says then is another reading. */
typedef struct saying {
    uint32_t reading;
    uint64_t said_ms;
} saying_t;

static void say(godwit_world_t *w, unsigned device, saying_t *saying, godwit_lab_report_t *report)
{
    *saying = (saying_t){godwit_world_submit(w, device), godwit_world_now(w)};
    report->readings_sent++;
}

static bool is_there(godwit_world_t *w, unsigned device, saying_t *saying, godwit_lab_report_t *report)
{
    if (godwit_world_delivered(w, saying->reading) > 0) {
        return true;
    }
    if (godwit_world_now(w) - saying->said_ms >= AGAIN_MS) {
        say(w, device, saying, report);
    }
    return false;
}

/* A reading of everybody: true when all have arrived before patience ended. */
bool godwit_lab_round_of_readings(godwit_world_t *w, godwit_lab_report_t *report)
{
    saying_t sayings[GODWIT_WORLD_DEVICES_MAX] = {0};
    uint64_t until = godwit_world_now(w) + PATIENCE_MS;
    for (unsigned i = 0; i < w->config.devices; i++) {
        say(w, i, &sayings[i], report);
    }
    while (godwit_world_now(w) < until && godwit_world_violation(w) == NULL) {
        unsigned there = 0;
        for (unsigned i = 0; i < w->config.devices; i++) {
            there += is_there(w, i, &sayings[i], report);
        }
        if (there == w->config.devices) {
            return true;
        }
        godwit_world_run(w, STEP_MS);
    }
    return false;
}

void godwit_lab_fail(godwit_lab_report_t *report, const char *why)
{
    if (report->why[0] == '\0') {
        (void)snprintf(report->why, sizeof report->why, "%s", why);
    }
    report->ok = false;
}

static bool is_under_access_keys(godwit_world_t *w, unsigned device)
{
    const godwit_session_record_t *session = godwit_world_session(w, device);
    return session != NULL &&
           session->agreement ==
               (w->config.access == GODWIT_WORLD_EPS ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS);
}

/* A bad network can cost a device its key (a push that was spent, an answer too late): it has fallen back, which is no
 * way to stay. Its owner attaches anew. */
static bool attach_anew(godwit_world_t *w, godwit_lab_report_t *report)
{
    bool arrived = true;
    for (unsigned attaches = 0; attaches < ATTACHES_MAX && w->config.loss > 0 && arrived; attaches++) {
        bool any = false;
        for (unsigned i = 0; i < w->config.devices; i++) {
            if ((w->config.solution == 1 || w->config.solution == 2) && !is_under_access_keys(w, i)) {
                any = true;
                (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(i));
            }
        }
        if (!any) {
            break;
        }
        godwit_world_run(w, AGAIN_MS);
        arrived = godwit_lab_round_of_readings(w, report);
    }
    return arrived;
}

static void run_readings(godwit_world_t *w, godwit_lab_report_t *report)
{
    uint64_t began = godwit_world_now(w);
    bool arrived = godwit_lab_round_of_readings(w, report) && attach_anew(w, report);
    report->time_ms = godwit_world_now(w) - began;
    godwit_world_run(w, AFTER_MS);
    size_t before = report->bytes_up + report->bytes_down;
    report->setup_bytes = before;
    if (arrived) {
        arrived = godwit_lab_round_of_readings(w, report);
        godwit_world_run(w, AFTER_MS);
        report->reading_bytes = report->bytes_up + report->bytes_down - before;
        report->setup_bytes -= report->reading_bytes < before ? report->reading_bytes : 0;
    }
    report->readings_delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    report->arrived = arrived;
    if (!arrived) {
        godwit_lab_fail(report, "a reading did not arrive");
    }
}

/* Solution 4, frequency of AKA: every device leaves and comes back, and the visited network fetches a vector as often
 * as both policies say. */
static void run_attaches(godwit_world_t *w, godwit_lab_report_t *report)
{
    const godwit_lab_report_t first = *report;
    uint32_t each = w->serving_policy.access.reauthenticate_attaches;
    for (report->attaches = 1; report->attaches < POLICY_ATTACHES; report->attaches++) {
        for (unsigned i = 0; i < w->config.devices; i++) {
            (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(i));
        }
        godwit_world_run(w, AGAIN_MS);
        if (!godwit_lab_round_of_readings(w, report)) {
            godwit_lab_fail(report, "a reading did not arrive after another attach");
        }
    }
    report->messages = first.messages; /* what is measured is one attach, as in the other procedures */
    report->round_trips = first.round_trips;
    report->bytes_up = first.bytes_up;
    report->bytes_down = first.bytes_down;
    report->readings_sent = first.readings_sent;
    for (unsigned i = 0; i < w->config.devices; i++) {
        report->aka_runs = w->devices[i].vectors > report->aka_runs ? w->devices[i].vectors : report->aka_runs;
    }
    bool whole = w->config.loss == 0; /* else an attach may cost another run */
    if (each == 0 || (whole && report->aka_runs != (report->attaches + each - 1) / each)) {
        godwit_lab_fail(report, "AKA ran more or less often than the policies say");
    }
}

/* Nothing but the access: until every device has its bearer. */
static void run_attach(godwit_world_t *w, godwit_lab_report_t *report)
{
    uint64_t began = godwit_world_now(w);
    bool all = false;
    while (!all && godwit_world_now(w) - began < PATIENCE_MS && godwit_world_violation(w) == NULL) {
        godwit_world_run(w, STEP_MS);
        all = true;
        for (unsigned i = 0; i < w->config.devices; i++) {
            all = all && lab_access_ready(w, i);
        }
    }
    report->time_ms = godwit_world_now(w) - began;
    godwit_world_run(w, AFTER_MS);
    report->setup_bytes = report->bytes_up + report->bytes_down;
    if (!all) {
        godwit_lab_fail(report, "a device did not get its bearer");
    }
}

/* Solutions 1 and 2: that the readings were protected under a key of the access, not of the way back to Solution 3. */
void godwit_lab_check_agreements(godwit_world_t *w, godwit_lab_report_t *report)
{
    for (unsigned i = 0; i < w->config.devices && (w->config.solution == 1 || w->config.solution == 2); i++) {
        if (!is_under_access_keys(w, i)) {
            report->fell_back = true;
            godwit_lab_fail(report, "a device fell back to a separate AKA run");
        }
    }
}

/* Solution 4: versions went over S6a, and what both policies allow is what was used. */
static void check_policies(godwit_world_t *w, godwit_lab_report_t *report)
{
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    report->suite = session == NULL ? 0 : session->current.hot.suite;
    if (w->policy_version == 0) {
        return;
    }
    if (w->config.access != GODWIT_WORLD_WIFI && !(w->policy_asked && w->policy_answered)) {
        godwit_lab_fail(report, "no policy version in AIR or AIA");
    }
    if (report->suite != (w->config.policies == GODWIT_WORLD_POLICY_LAW ? LAB_SUITE_CLEAR : GODWIT_SUITE_DEFAULT)) {
        godwit_lab_fail(report, "another suite than the policies allow");
    }
}

void godwit_lab_close(godwit_world_t *w, godwit_lab_report_t *report)
{
    godwit_world_search(w);
    for (unsigned kind = 0; kind < GODWIT_LAB_KINDS; kind++) {
        report->custody[kind] = godwit_world_custody(w, kind);
        report->present |= (uint32_t)(kind >= GODWIT_WORLD_FUNCTIONS || w->functions[kind].present) << kind;
    }
    if (godwit_world_violation(w) != NULL) {
        report->violation = "see why";
        godwit_lab_fail(report, godwit_world_violation(w));
    }
}

/* The procedures that have a file of their own. */
static bool run_apart(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    switch (run->procedure) {
    case GODWIT_LAB_NEXT_SESSION:
        (run->emsdp ? godwit_lab_run_next_vector : godwit_lab_run_next_session)(run, trace, report);
        return true;
    case GODWIT_LAB_DEVICE_RAND:
        godwit_lab_run_device_rand(run, trace, report);
        return true;
    case GODWIT_LAB_TRIGGER:
        godwit_lab_run_trigger(run, trace, report);
        return true;
    case GODWIT_LAB_E2E:
        godwit_lab_run_e2e(run, trace, report);
        return true;
    case GODWIT_LAB_GBA:
    case GODWIT_LAB_AKMA:
        godwit_lab_run_bootstrap(run, trace, report);
        return true;
    default:
        return false;
    }
}

void godwit_lab_run(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report)
{
    meter_t meter = {.run = run, .trace = trace, .report = report};
    memset(report, 0, sizeof *report);
    report->ok = true;
    report->endpoint = run->procedure == GODWIT_LAB_ATTACH ? "-" : "E2M";
    (void)snprintf(report->nodes_modified, sizeof report->nodes_modified, "%s", godwit_lab_modified(run));
    if (run_apart(run, trace, report)) {
        return;
    }
    godwit_world_config_t config = world_for(run, &meter);
    godwit_world_t *w = godwit_world_new(&config);
    (run->procedure == GODWIT_LAB_ATTACH ? run_attach : run_readings)(w, report);
    if (run->procedure == GODWIT_LAB_POLICY && run->delivery > 'B' &&
        !run->fast) { /* A, B: a key for each AKA run, none without */
        run_attaches(w, report);
    }
    godwit_lab_check_agreements(w, report);
    check_policies(w, report);
    godwit_lab_close(w, report);
    godwit_world_free(w);
}
