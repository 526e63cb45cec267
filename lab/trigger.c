/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering in the lab (contribution 002): the device's trigger library in the place of device.h, between its
 * access and an application that acts on what it is given. The record is on the device's disk, and so is what the
 * application has done; the watcher looks over its shoulder.
 */
#include <string.h>

#include "lab/internal.h"

#define ACT_MS 40     /* until the application has acted */
#define CONFIRM_MS 10 /* and until it says so */
#define MOVED_MS 200  /* to another access */
#define ROOT_INPUT (2 + 16 + 32)

static godwit_trigger_now_t now(const godwit_world_t *w, const lab_trigger_end_t *t)
{
    return (godwit_trigger_now_t){.up_ms = w->now_ms - t->since_ms,
                                  .unix_s = t->has_clock ? (uint32_t)(w->now_ms / 1000) : 0};
}

/* Gives the device an input of that kind with these octets. */
static lab_packet_t *give(godwit_world_t *w, unsigned device, lab_event_kind_t kind, godwit_slice_t octets)
{
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_A3, lab_serving_node(w), godwit_world_device_node(device), octets);
    p->bent = w->is_bent;
    lab_device_queue(w, device, kind, p);
    return p;
}

/* ---- what the access hands out ---- */

static void take_root(godwit_world_t *w, unsigned device, const godwit_access_request_t *r)
{
    uint8_t octets[ROOT_INPUT] = {(uint8_t)r->root_kind, r->root != NULL};
    memcpy(octets + 2, r->rand, 16);
    if (r->root != NULL) {
        memcpy(octets + 18, r->root, 32);
    }
    (void)give(w, device, LAB_TRIGGER_ROOT, godwit_slice(octets, sizeof octets));
    godwit_wipe(octets, sizeof octets);
}

void lab_trigger_of_access(godwit_world_t *w, unsigned device, const godwit_access_request_t *r)
{
    if (!w->config.trigger.on) {
        lab_violate(w, "an access that speaks of triggers, and nobody asked it to");
        return;
    }
    switch (r->kind) {
    case GODWIT_ACCESS_ROOT:
        take_root(w, device, r);
        break;
    case GODWIT_ACCESS_UE_KEY:
        (void)give(w, device, LAB_TRIGGER_UE_KEY, godwit_slice((const uint8_t *)r->ue_key, sizeof *r->ue_key));
        break;
    default:
        give(w, device, LAB_TRIGGER_DOWN, r->octets)->call =
            r->by_sms ? GODWIT_TRIGGER_VIA_SMS : GODWIT_TRIGGER_VIA_NAS;
        w->devices[device].last->answers = r->answers;
        break;
    }
}

/* ---- requests of the library ---- */

static void derive(godwit_world_t *w, unsigned device, uint32_t association)
{
    lab_device_t *d = &w->devices[device];
    uint8_t k_iwf[32] = {0};
    godwit_status_t status =
        d->card_down
            ? GODWIT_IO_FAILED
            : godwit_usim_k_iwf(&d->card, godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC_IWF)), association, k_iwf);
    give(w, device, LAB_TRIGGER_DERIVED, godwit_slice(k_iwf, sizeof k_iwf))->call = (uint32_t)status;
    godwit_wipe(k_iwf, sizeof k_iwf);
}

static void set_timer(godwit_world_t *w, unsigned device, uint32_t delay_ms)
{
    lab_device_t *d = &w->devices[device];
    d->timer_serial++;
    if (delay_ms > 0) {
        lab_after(w, delay_ms, LAB_TIMER, godwit_world_device_node(device))->serial = d->timer_serial;
    }
}

static void store(godwit_world_t *w, unsigned device, godwit_slice_t record)
{
    lab_device_t *d = &w->devices[device];
    memcpy(d->trigger.nvm_next, record.ptr, record.len);
    d->trigger.nvm_next_len = record.len;
    d->storing = true;
    (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, godwit_world_device_node(device));
}

static void deliver(godwit_world_t *w, unsigned device, const godwit_trigger_delivery_t *delivery)
{
    lab_event_t *e = lab_after(w, ACT_MS, LAB_TRIGGER_ACT, godwit_world_device_node(device));
    e->timer = lab_check_delivery(w, device, delivery);
    e->serial = delivery->reference;
}

static void carry_out(godwit_world_t *w, unsigned device, const godwit_trigger_request_t *r)
{
    switch (r->kind) {
    case GODWIT_TRIGGER_SEND:
        lab_trigger_send(w, device, r->octets);
        break;
    case GODWIT_TRIGGER_STORE:
        store(w, device, r->octets);
        break;
    case GODWIT_TRIGGER_DELIVER:
        deliver(w, device, &r->delivery);
        break;
    case GODWIT_TRIGGER_DERIVE:
        derive(w, device, r->association);
        break;
    case GODWIT_TRIGGER_TIMER:
        set_timer(w, device, r->delay_ms);
        break;
    case GODWIT_TRIGGER_EVENT:
        lab_saw(w->devices[device].events, r->name, r->reason);
        break;
    }
}

static bool awaits_card(const godwit_trigger_requests_t *requests)
{
    return requests->count > 0 && requests->item[requests->count - 1].kind == GODWIT_TRIGGER_DERIVE;
}

/* Neither record is durable yet: what follows it waits, and so does the other's list. */
static bool is_held_up(const lab_device_t *d)
{
    return d->storing || d->access_storing || d->down;
}

void lab_trigger_go_on(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_trigger_end_t *t = &d->trigger;
    while (t->at < t->requests.count && !is_held_up(d)) {
        carry_out(w, device, &t->requests.item[t->at++]);
    }
    if (t->answers && t->at == t->requests.count && !is_held_up(d) && !awaits_card(&t->requests)) {
        t->answers = false; /* nothing to say */
        (void)lab_trigger_send_nas(w, device, godwit_slice(NULL, 0));
    }
}

void lab_trigger_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    memcpy(d->trigger.nvm, d->trigger.nvm_next, sizeof d->trigger.nvm);
    d->trigger.nvm_len = d->trigger.nvm_next_len;
    d->storing = false;
    lab_trigger_go_on(w, device);
}

/* ---- inputs ---- */

static godwit_status_t poll_anew(godwit_world_t *w, lab_trigger_end_t *t)
{
    uint8_t random[GODWIT_TRIGGER_RANDOM];
    godwit_lab_random_fill(&w->random, random, sizeof random);
    return godwit_trigger_poll(&t->library, random, &t->requests);
}

/* What is more than a radio: the device leaves the mobile access, or comes back to it. */
static godwit_status_t change_access(godwit_world_t *w, unsigned device)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    t->on_wifi = !t->on_wifi;
    if (!t->on_wifi) {
        (void)lab_after(w, MOVED_MS, LAB_ACCESS_TRY, godwit_world_device_node(device));
        return GODWIT_OK;
    }
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(device));
    return poll_anew(w, t);
}

static godwit_status_t take_packet(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    const lab_packet_t *p = in->packet;
    const godwit_trigger_via_t via = in->kind == LAB_PACKET ? GODWIT_TRIGGER_VIA_A3 : (godwit_trigger_via_t)p->call;
    t->answers = in->answers;
    return godwit_trigger_receive(&t->library, godwit_slice(p->octets, p->len), via, now(w, t), &t->requests);
}

static godwit_status_t take_root_input(godwit_trigger_t *library, const uint8_t *octets,
                                       godwit_trigger_requests_t *requests)
{
    return godwit_trigger_root(library, (godwit_iwf_root_t)octets[0], octets[1] != 0 ? octets + 18 : NULL, octets + 2,
                               requests);
}

static godwit_status_t take_ue_key(godwit_trigger_t *library, const uint8_t *octets,
                                   godwit_trigger_requests_t *requests)
{
    godwit_iwf_key_t key;
    memcpy(&key, octets, sizeof key);
    godwit_status_t status = godwit_trigger_ue_key(library, &key, requests);
    godwit_wipe(&key, sizeof key);
    return status == GODWIT_POLICY_FORBIDS || status == GODWIT_REPLAY ? GODWIT_OK : status;
}

static godwit_status_t done(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    const uint32_t reference = godwit_load_u32(in->packet->octets);
    const godwit_a3_outcome_t outcome = (godwit_a3_outcome_t)in->packet->octets[4];
    godwit_status_t status = godwit_trigger_done(&t->library, reference, outcome, &t->requests);
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status; /* confirmed in an earlier life */
}

static godwit_status_t into_library(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    godwit_status_t status;
    switch (in->kind) {
    case LAB_PACKET:
    case LAB_TRIGGER_DOWN:
        return take_packet(w, device, in);
    case LAB_TRIGGER_ROOT:
        return take_root_input(&t->library, in->packet->octets, &t->requests);
    case LAB_TRIGGER_UE_KEY:
        return take_ue_key(&t->library, in->packet->octets, &t->requests);
    case LAB_TRIGGER_DERIVED:
        status = godwit_trigger_derived(&t->library, (godwit_status_t)in->packet->call, in->packet->octets, now(w, t),
                                        &t->requests);
        return status == GODWIT_WRONG_STATE ? GODWIT_OK : status;
    case LAB_TRIGGER_DONE:
        return done(w, device, in);
    case LAB_TRIGGER_RESUME:
        godwit_trigger_resume(&t->library, &t->requests);
        if (t->on_wifi && !lab_by_eap(&w->config)) { /* of its own: what comes again is not delivered yet */
            lab_device_queue(w, device, LAB_TRIGGER_POLL, NULL);
        }
        return GODWIT_OK;
    case LAB_TRIGGER_POLL:
        return poll_anew(w, t);
    case LAB_TRIGGER_HELD_BACK:
        lab_trigger_send_held(w, device);
        return GODWIT_OK;
    case LAB_WIFI:
        return change_access(w, device);
    case LAB_TIMER:
        return godwit_trigger_timer(&t->library, &t->requests);
    default:
        return GODWIT_OK;
    }
}

static bool brings_octets(lab_event_kind_t kind)
{
    return kind == LAB_PACKET || kind == LAB_TRIGGER_DOWN || kind == LAB_TRIGGER_ROOT || kind == LAB_TRIGGER_UE_KEY ||
           kind == LAB_TRIGGER_DERIVED || kind == LAB_TRIGGER_DONE;
}

void lab_trigger_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    const unsigned node = godwit_world_device_node(device);
    if (lab_eap_take(w, device, in) ||
        (in->kind == LAB_PACKET && !t->on_wifi)) { /* nobody is at that address any more */
        return;
    }
    if (in->packet != NULL) {
        lab_search_octets(w, node, in->packet->octets, in->packet->len);
    } else if (brings_octets(in->kind)) {
        lab_violate(w, "an input of the trigger library came without its octets");
        return;
    }
    t->requests.count = 0;
    t->at = 0;
    if (into_library(w, device, in) != GODWIT_OK) {
        lab_violate(w, "a call of the trigger library failed");
    }
    if (in->kind == LAB_PACKET && in->packet->bent) { /* what the access lets through it has checked itself */
        lab_check_bent_trigger(w, &t->requests);
    }
    lab_watch_node(w, node);
    lab_trigger_go_on(w, device);
}

/* ---- the application ---- */

void lab_trigger_acts(godwit_world_t *w, unsigned device, const lab_event_t *e)
{
    uint8_t octets[5];
    godwit_store_u32(octets, e->serial);
    octets[4] = (uint8_t)lab_check_act(w, device, e->timer);
    lab_event_t *confirms = lab_after(w, CONFIRM_MS, LAB_TRIGGER_DONE, e->node);
    confirms->packet = lab_packet(GODWIT_WORLD_LEG_A3, e->node, e->node, godwit_slice(octets, sizeof octets));
}

/* ---- power ---- */

bool lab_trigger_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_trigger_end_t *t = &d->trigger;
    const godwit_world_triggering_t *c = &w->config.trigger;
    const godwit_trigger_config_t config = {
        .crypto = &godwit_crypto_builtin,
        .imsi = d->config.imsi,
        .iwf = godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC_IWF)),
        .roots = lab_trigger_roots(w),
        .ue_key_received = c->ue_key_received,
        .accept_network = c->hop_by_hop,
        .reserve = w->config.reserve,
        .suites = c->suite_alone != 0 ? (uint16_t)(1u << (c->suite_alone - 1)) : 0,
    };
    t->requests.count = t->at = t->held_count = 0;
    t->answers = false;
    t->has_clock = !c->no_clock;
    t->since_ms = w->now_ms;
    if (lab_by_eap(&w->config)) {
        t->on_wifi = true;
        if (!lab_eap_start(w, device)) {
            return false;
        }
    }
    (void)lab_after(w, 0, LAB_TRIGGER_RESUME, godwit_world_device_node(device));
    return godwit_trigger_init(&t->library, &config) == GODWIT_OK &&
           (t->nvm_len == 0 || godwit_trigger_restore(&t->library, godwit_slice(t->nvm, t->nvm_len)) == GODWIT_OK);
}

void lab_trigger_stop(lab_trigger_end_t *t)
{
    for (size_t i = 0; i < t->held_count; i++) {
        lab_free_secret(t->held[i]);
    }
    t->held_count = 0;
    t->retrying = false;
    godwit_wipe(&t->library, sizeof t->library);
}
