/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the devices: requests in order, STORE takes time and what follows waits for it. The application keeps
 * its readings until the device takes them; what it handed over and lost with the power is lost.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define RETRY_MS 1000 /* the application asks again after GODWIT_AGAIN */

/* ---- power ---- */

void lab_device_make(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    godwit_aka_key_t key = lab_subscriber_key(w, device);
    d->config = (godwit_device_config_t){
        .crypto = &godwit_crypto_builtin,
        .imsi = lab_imsi(device),
        .endpoint = godwit_slice_of_string(lab_host(lab_endpoint_node(w))),
        .best_plmn = w->plmn,
        .serving_network =
            w->config.access == GODWIT_WORLD_WIFI && w->policy_version == 0 ? w->plmn : lab_serving_plmn(w),
        .framing = lab_framing(w, lab_endpoint_node(w)),
        .agreements = lab_agreements(w),
        .suites = (uint16_t)(LAB_SUITES | (w->policy_version != 0 ? 1u << (LAB_SUITE_CLEAR - 1) : 0)),
        .reserve = w->config.reserve,
    };
    d->address = device;
    godwit_usim_init(&d->card, &godwit_crypto_builtin, &d->config.imsi, &key);
    if (w->config.sqn_by_time) {
        d->card.sqn.delta = 0; /* the epoch is far from a new card's 0 */
    }
    if (godwit_usim_save(&d->card, d->image) != GODWIT_OK) {
        abort();
    }
    lab_card_able(w, device);
    lab_e2e_make(w, device);
    lab_device_start(w, device);
}

void lab_device_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    d->down = false;
    bool starts = w->config.trigger.on ? lab_trigger_start(w, device)
                  : w->config.gba      ? lab_gba_start(w, device)
                  : w->config.akma     ? lab_akma_start(w, device)
                  : w->config.device_rand
                      ? lab_mtc_start(w, device)
                      : godwit_device_init(&d->device, &d->config) == GODWIT_OK &&
                            (d->nvm_len == 0 ||
                             godwit_device_restore(&d->device, godwit_slice(d->nvm, d->nvm_len)) == GODWIT_OK) &&
                            lab_e2e_start(w, device) == GODWIT_OK;
    if (!starts) {
        lab_violate(w, "a device does not start with what it stored");
    }
    lab_learn_device_keys(w, device);
    if (w->config.access != GODWIT_WORLD_WIFI) {
        lab_access_start(w, device);
    }
    for (uint32_t i = d->waiting_first; i < w->reading_count; i++) {
        if (w->readings[i].device == device && !w->readings[i].handed_over) {
            (void)lab_after(w, 0, LAB_SUBMIT, godwit_world_device_node(device));
        }
    }
}

static void free_inputs(lab_device_t *d)
{
    while (d->first != NULL) {
        lab_device_input_t *next = d->first->next;
        lab_free_secret(d->first->packet);
        lab_free_secret(d->first);
        d->first = next;
    }
    d->last = NULL;
}

void lab_device_stop(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    free_inputs(d);
    d->busy = d->storing = false;
    d->down = true;
    memset(d->asks, 0, sizeof d->asks);
    lab_access_stop(w, device);
    d->timer_serial++;
    d->incarnation++;
    godwit_wipe(&d->device, sizeof d->device);
    godwit_wipe(&d->mtc, sizeof d->mtc);
    godwit_wipe(&d->gba, sizeof d->gba);
    godwit_wipe(&d->akma, sizeof d->akma);
    lab_trigger_stop(&d->trigger);
    lab_e2e_stop(w, device);
    godwit_eap_peer_wipe(&d->eap.peer);
}

/* ---- requests ---- */

static void count_event(godwit_world_t *w, unsigned device, const godwit_device_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    lab_saw(d->events, r->name, r->reason);
    d->resyncs += r->reason == GODWIT_AUTH_RESYNC;
    if (strcmp(r->name, "fallback") == 0) { /* the key set is of no use any more: another AKA run at the next attach */
        godwit_access_renew(&d->access);
    }
    if (strcmp(r->name, "modify_bearer") == 0) {
        d->wants_modify = true;
        (void)lab_after(w, 0, LAB_ACCESS_TRY, godwit_world_device_node(device));
    }
}

static void send_up(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    if (w->config.access == GODWIT_WORLD_WIFI) {
        lab_air_send(w, device, true, NULL, lab_endpoint_node(w), octets);
    } else {
        lab_access_send(w, device, octets);
    }
}

/* False when the list must wait. */
static bool carry_out(godwit_world_t *w, unsigned device, const godwit_device_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    lab_event_t *e;
    switch (r->kind) {
    case GODWIT_DEVICE_SEND:
        lab_check_sent_up(w, device, r->octets);
        send_up(w, device, r->octets);
        break;
    case GODWIT_DEVICE_DELIVER:
        d->received++;
        lab_check_message_delivered(w, device, r->octets);
        break;
    case GODWIT_DEVICE_STORE:
        memcpy(d->nvm_next, r->octets.ptr, r->octets.len);
        d->nvm_next_len = r->octets.len;
        d->storing = true;
        (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, godwit_world_device_node(device));
        return false;
    case GODWIT_DEVICE_AUTHENTICATE:
        d->card_runs++;
        lab_card_ask(w, device, LAB_USER_DEVICE, r->rand, r->autn);
        break;
    case GODWIT_DEVICE_AUTHENTICATE_GSM:
        d->card_runs++;
        lab_card_ask_gsm(w, device, r->rand);
        break;
    case GODWIT_DEVICE_TIMER:
        d->timer_serial++;
        if (r->delay_ms > 0) {
            e = lab_after(w, r->delay_ms, LAB_TIMER, godwit_world_device_node(device));
            e->serial = d->timer_serial;
        }
        break;
    case GODWIT_DEVICE_EVENT:
        count_event(w, device, r);
        break;
    case GODWIT_DEVICE_STORE_E2E:
        lab_e2e_store(w, device, r->octets);
        return false;
    }
    return true;
}

/* ---- inputs ---- */

static void submit(godwit_world_t *w, unsigned device, const uint8_t random[4])
{
    lab_device_t *d = &w->devices[device];
    if (!lab_access_ready(w, device) || lab_e2e_sleeps(w, device)) {
        (void)lab_after(w, RETRY_MS, LAB_SUBMIT, godwit_world_device_node(device));
        return;
    }
    if (w->config.e2e.service == GODWIT_SERVICE_KEY_AGREEMENT) { /* it only wants keys */
        if (godwit_device_send(&d->device, godwit_slice(NULL, 0), random, &d->requests) == GODWIT_AGAIN) {
            (void)lab_after(w, RETRY_MS, LAB_SUBMIT, godwit_world_device_node(device));
        }
        return;
    }
    for (uint32_t i = d->waiting_first; i < w->reading_count; i++) {
        lab_reading_t *reading = &w->readings[i];
        if (reading->device != device || reading->handed_over) {
            continue;
        }
        const godwit_slice_t text = godwit_slice_of_string(reading->text);
        godwit_status_t status = w->config.device_rand ? lab_mtc_send(w, device, text)
                                                       : godwit_device_send(&d->device, text, random, &d->requests);
        reading->handed_over = status != GODWIT_AGAIN;
        if (status != GODWIT_OK && status != GODWIT_AGAIN) {
            lab_violate(w, "a device refuses a reading");
        }
        if (status == GODWIT_AGAIN) {
            (void)lab_after(w, RETRY_MS, LAB_SUBMIT, godwit_world_device_node(device));
        }
        d->waiting_first = i;
        return;
    }
}

/* What is for the device library; false: for its access. */
static bool is_for_library(const godwit_world_t *w, const lab_device_input_t *in)
{
    switch (in->kind) {
    case LAB_PACKET:
        return in->packet->leg == GODWIT_WORLD_LEG_EMSDP || in->packet->leg == GODWIT_WORLD_LEG_A3 ||
               in->packet->leg == GODWIT_WORLD_LEG_EAP || w->config.gba || w->config.akma;
    case LAB_SUBMIT:
        return !w->config.offline;
    default:
        return w->config.access == GODWIT_WORLD_WIFI || in->kind < LAB_ACCESS_CARD || in->kind > LAB_ACCESS_DETACH;
    }
}

/* What came of a datagram, or a container, that was bent. */
static void check_bent(godwit_world_t *w, const godwit_device_requests_t *requests)
{
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_device_request_t *r = &requests->item[i];
        bool believes = r->kind == GODWIT_DEVICE_DELIVER ||
                        (r->kind == GODWIT_DEVICE_EVENT && strcmp(r->name, "session_started") == 0);
        if (believes) {
            lab_violate(w, "a datagram that was bent was believed");
        }
    }
}

static godwit_status_t into_library(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_device_t *d = &w->devices[device];
    uint8_t random[4];
    godwit_status_t status = GODWIT_OK;
    godwit_lab_random_fill(&w->random, random, sizeof random);
    if (w->config.device_rand && in->kind != LAB_SUBMIT) {
        return lab_mtc_take(w, device, in);
    }
    switch (in->kind) {
    case LAB_PACKET:
        d->sent_down++;
        status =
            godwit_device_receive(&d->device, godwit_slice(in->packet->octets, in->packet->len), random, &d->requests);
        break;
    case LAB_TIMER:
        status = godwit_device_timer(&d->device, random, &d->requests);
        break;
    case LAB_CARD:
        lab_search_octets(w, godwit_world_device_node(device), &in->result, sizeof in->result);
        status = godwit_device_usim_result(&d->device, &in->result, random, &d->requests);
        status =
            status == GODWIT_WRONG_STATE ? GODWIT_OK : status; /* the set-up has ended meanwhile, without the card */
        break;
    case LAB_BEARER:
        d->starting = false;
        status = godwit_device_bearer_start(&d->device, godwit_slice(in->packet->octets, in->packet->len), random,
                                            &d->requests);
        status = status == GODWIT_WRONG_STATE ? GODWIT_OK : status; /* a late one */
        break;
    case LAB_ELAPSED:
        status = lab_e2e_elapsed(w, device);
        break;
    case LAB_END:
        status = godwit_device_terminate(&d->device, &d->requests);
        status = status == GODWIT_AGAIN || status == GODWIT_WRONG_STATE ? GODWIT_OK : status;
        break;
    default:
        submit(w, device, random);
        break;
    }
    return status;
}

static void take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_device_t *d = &w->devices[device];
    if (w->config.trigger.on) {
        lab_trigger_take(w, device, in);
        return;
    }
    if (w->config.gba) {
        lab_gba_take(w, device, in);
        return;
    }
    if (w->config.akma) {
        lab_akma_take(w, device, in);
        return;
    }
    d->requests.count = 0;
    godwit_status_t status = into_library(w, device, in);
    if (status != GODWIT_OK) {
        lab_violate(w, "a call of the device library failed");
    }
    if (in->packet != NULL && in->packet->bent) {
        check_bent(w, &d->requests);
    }
    lab_learn_device_keys(w, device);
    lab_watch_node(w, godwit_world_device_node(device));
    d->at = 0;
    d->busy = true;
}

static void free_input(lab_device_input_t *in)
{
    lab_free_secret(in->packet);
    lab_free_secret(in);
}

/* Inputs one after the other, the requests of each before the next, until one must wait, power goes, or nothing is
 * left. */
static void go_on(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    while (!d->access_storing && !d->storing && (d->busy || d->first != NULL)) {
        if (!lab_step(w, godwit_world_device_node(device))) {
            return;
        }
        if (d->busy && d->at < d->requests.count) {
            if (!carry_out(w, device, &d->requests.item[d->at])) {
                return;
            }
            d->at++;
        } else if (d->first != NULL) {
            lab_device_input_t *in = d->first;
            d->first = in->next;
            d->last = d->first == NULL ? NULL : d->last;
            if (is_for_library(w, in)) {
                take(w, device, in);
            } else {
                lab_access_take(w, device, in);
            }
            free_input(in);
        }
        d->busy = d->busy && d->at < d->requests.count;
    }
}

void lab_device_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (!lab_step(w, godwit_world_device_node(device))) {
        return;
    }
    if (w->config.gba || w->config.akma || w->config.trigger.on) {
        (w->config.trigger.on ? lab_trigger_durable : w->config.gba ? lab_gba_durable : lab_akma_durable)(w, device);
        if (!d->storing) {
            go_on(w, device);
        }
    } else {
        if (!lab_e2e_durable(w, device)) {
            memcpy(d->nvm, d->nvm_next, sizeof d->nvm);
            d->nvm_len = d->nvm_next_len;
        }
        d->at++;
        d->busy = d->at < d->requests.count;
        d->storing = false;
        go_on(w, device);
    }
}

/* The packet is the device's from now on. */
void lab_device_queue(godwit_world_t *w, unsigned device, lab_event_kind_t kind, lab_packet_t *packet)
{
    lab_device_t *d = &w->devices[device];
    lab_device_input_t *in = lab_alloc(sizeof *in);
    in->kind = kind;
    in->packet = packet;
    *(d->last == NULL ? &d->first : &d->last->next) = in;
    d->last = in;
}

void lab_device_give(godwit_world_t *w, unsigned device, lab_event_kind_t kind, lab_packet_t *packet,
                     const godwit_usim_result_t *result)
{
    lab_device_t *d = &w->devices[device];
    if (d->down) {
        lab_free(packet);
        return; /* a reading that waits is offered when power is back */
    }
    lab_e2e_tick(w, device);
    lab_device_queue(w, device, kind, packet);
    if (result != NULL) {
        d->last->result = *result;
    }
    if (!d->storing) {
        go_on(w, device);
    }
}

void lab_device_access_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_access_durable(w, device);
    if (!d->storing && !d->down) {
        go_on(w, device);
    }
}
