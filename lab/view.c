/* SPDX-License-Identifier: Apache-2.0
 *
 * What a test asks of the world, and what it may do to it.
 */
#include <stdio.h>
#include <string.h>

#include "lab/internal.h"

uint64_t godwit_world_now(const godwit_world_t *w)
{
    return w->now_ms;
}

unsigned godwit_world_steps(const godwit_world_t *w)
{
    return w->steps;
}

void godwit_world_cut(godwit_world_t *w, unsigned step)
{
    w->cut_at = step;
    w->cut_node = -1;
}

int godwit_world_cut_node(const godwit_world_t *w)
{
    return w->cut_node;
}

void godwit_world_quiet(godwit_world_t *w)
{
    w->config.loss = w->config.repeat = w->config.core_loss = 0;
    memset(w->cuts, 0, sizeof w->cuts);
    w->config.delay_max_ms = w->config.delay_min_ms;
    w->cut_at = 0;
    for (unsigned i = 0; i < w->config.devices; i++) {
        w->devices[i].e2e.asleep_until_ms = 0;
    }
}

const char *godwit_world_violation(const godwit_world_t *w)
{
    return w->violation;
}

/* ---- readings and messages ---- */

uint32_t godwit_world_submit(godwit_world_t *w, unsigned device)
{
    if (w->reading_count == w->reading_capacity) {
        lab_violate(w, "more readings than the lab keeps");
        return 0;
    }
    uint32_t number = w->reading_count++;
    lab_reading_t *r = &w->readings[number];
    *r = (lab_reading_t){.device = device};
    (void)snprintf(r->text, sizeof r->text, w->config.device_rand ? "reading %05u of %03u" : "reading %06u of %03u ..",
                   (unsigned)number, device);
    lab_learn_text(w, device, r->text);
    (void)lab_after(w, 0, LAB_SUBMIT, godwit_world_device_node(device));
    return number;
}

unsigned godwit_world_delivered(const godwit_world_t *w, uint32_t reading)
{
    unsigned delivered = 0;
    for (uint32_t i = 0; i < w->reading_count; i++) {
        delivered += reading == GODWIT_WORLD_ALL_READINGS || reading == i ? w->readings[i].delivered : 0;
    }
    return delivered;
}

unsigned godwit_world_received(const godwit_world_t *w, unsigned device)
{
    return w->devices[device].received;
}

void godwit_world_submit_down(godwit_world_t *w, unsigned device, const char *text)
{
    char whole[LAB_TEXT_MAX + 16];
    (void)snprintf(whole, sizeof whole, "%.40s %u", text, w->messages++);
    unsigned endpoint = w->config.device_rand ? GODWIT_WORLD_MTC : GODWIT_WORLD_HSE;
    if (w->config.e2e.on) {
        endpoint = GODWIT_WORLD_EAS;
        (void)snprintf(whole, sizeof whole, "message %06u of %03u ..", w->messages, device % 1000);
        lab_learn_text(w, device, whole);
    }
    lab_event_t *e = lab_after(w, 0, LAB_DOWN, endpoint);
    e->packet =
        lab_packet(GODWIT_WORLD_LEG_EMSDP, endpoint, godwit_world_device_node(device), godwit_slice_of_string(whole));
    lab_check_message_sent(w, device, godwit_slice_of_string(whole));
}

const godwit_session_record_t *godwit_world_session(godwit_world_t *w, unsigned device)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_SESSION, .imsi = lab_imsi(device)};
    const godwit_record_t *record = lab_store_find(&w->functions[lab_endpoint_node(w)].store, &key, false);
    return record == NULL ? NULL : &record->u.session;
}

void godwit_world_terminate(godwit_world_t *w, unsigned device)
{
    (void)lab_after(w, 0, LAB_END, godwit_world_device_node(device));
}

void godwit_world_drop_session(godwit_world_t *w, unsigned device)
{
    const godwit_session_record_t *session = godwit_world_session(w, device);
    if (session != NULL) {
        lab_event_t *e = lab_after(w, 0, LAB_DROP, lab_endpoint_node(w));
        e->timer = session->session_id;
    }
}

/* ---- triggers ---- */

godwit_world_asked_t godwit_world_asked(const godwit_world_t *w, uint32_t number)
{
    const lab_asked_t *a = &w->asked[number];
    return (godwit_world_asked_t){.answered = a->answered,
                                  .status = a->status,
                                  .reports = a->reports,
                                  .outcome = a->outcome,
                                  .acted = a->acted,
                                  .refused = a->refused};
}

void godwit_world_wifi(godwit_world_t *w, unsigned device)
{
    (void)lab_after(w, 0, LAB_WIFI, godwit_world_device_node(device));
}

/* ---- the MME ---- */

godwit_status_t godwit_world_access_aka(godwit_world_t *w, unsigned device, godwit_plmn_t plmn)
{
    godwit_message_t request = {.kind = GODWIT_AUTH_INFO_REQUEST, .to = GODWIT_FUNCTION_HSS, .transaction = w->steps};
    godwit_usim_output_t out;
    lab_device_t *d = &w->devices[device];
    request.u.auth_info_request = (godwit_auth_info_request_t){
        .imsi = lab_imsi(device), .visited_plmn = plmn, .kind = GODWIT_VECTOR_EUTRAN, .vectors = 1};
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, &request);
    for (unsigned i = 0; i < 5000 && (!w->access_answered || d->card_busy || d->card_down); i++) {
        godwit_world_run(w, 1);
    }
    const godwit_auth_info_answer_t *answer = &w->access_answer.u.auth_info_answer;
    if (!w->access_answered || answer->status != GODWIT_OK || answer->vectors == 0) {
        return w->access_answered ? answer->status : GODWIT_AGAIN;
    }
    if (godwit_usim_step(&d->card, answer->vector[0].rand, answer->vector[0].autn, &out) != GODWIT_OK) {
        return GODWIT_INTERNAL;
    }
    if (out.result.status == GODWIT_OK) {
        lab_check_taken(w, device, answer->vector[0].rand, answer->vector[0].autn);
        memcpy(d->image, out.image, sizeof d->image);
    }
    return out.result.status;
}

/* ---- counters ---- */

unsigned godwit_world_card_runs(const godwit_world_t *w, unsigned device)
{
    return w->devices[device].card_runs;
}

unsigned godwit_world_vectors(const godwit_world_t *w, unsigned device)
{
    return w->devices[device].vectors;
}

unsigned godwit_world_resyncs(const godwit_world_t *w, unsigned device)
{
    return w->devices[device].resyncs;
}

static unsigned count(const lab_seen_event_t *events, const char *name, godwit_status_t reason)
{
    unsigned seen = 0;
    for (size_t i = 0; i < LAB_EVENTS_KEPT && events[i].name != NULL; i++) {
        if (events[i].reason == reason && (name == NULL || strcmp(events[i].name, name) == 0)) {
            seen += events[i].count;
        }
    }
    return seen;
}

unsigned godwit_world_device_events(const godwit_world_t *w, unsigned device, const char *name, godwit_status_t reason)
{
    return count(w->devices[device].events, name, reason);
}

unsigned godwit_world_network_events(const godwit_world_t *w, const char *name, godwit_status_t reason)
{
    return count(w->events, name, reason);
}

unsigned godwit_world_datagrams(const godwit_world_t *w, unsigned device, bool up)
{
    return up ? w->devices[device].sent_up : w->devices[device].sent_down;
}

/* ---- looking inside ---- */

godwit_device_t *godwit_world_device(godwit_world_t *w, unsigned device)
{
    return &w->devices[device].device;
}

godwit_device_config_t *godwit_world_device_config(godwit_world_t *w, unsigned device)
{
    return &w->devices[device].config;
}

godwit_usim_t *godwit_world_card(godwit_world_t *w, unsigned device)
{
    return &w->devices[device].card;
}

godwit_hse_t *godwit_world_hse(godwit_world_t *w)
{
    return &w->endpoints[0].hse;
}

godwit_hss_t *godwit_world_hss(godwit_world_t *w)
{
    return &w->hss;
}

godwit_emks_t *godwit_world_emks(godwit_world_t *w)
{
    return &w->emks;
}

godwit_subscriber_record_t *godwit_world_subscriber(godwit_world_t *w, unsigned device)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = lab_imsi(device)};
    godwit_record_t *record = lab_store_find(&w->functions[GODWIT_WORLD_HSS].store, &key, true);
    return record == NULL ? NULL : &record->u.subscriber;
}
