/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of a device's mobile access: it attaches when power comes and again whenever the access was lost, and
 * stands between access and device library as godwit/access.h says.
 */
#include "godwit/access.h"

#include <string.h>

#include "lab/internal.h"

#define AGAIN_MS 3000 /* until the owner attaches or modifies anew */
#define APN_E2M "e2m.home.example"
#define APN_TUNNEL "iot.home.example"

unsigned lab_serving_node(const godwit_world_t *w)
{
    return w->config.access == GODWIT_WORLD_EPS ? GODWIT_WORLD_MME
           : w->config.circuit                  ? GODWIT_WORLD_MSC
                                                : GODWIT_WORLD_SGSN;
}

static void try_later(godwit_world_t *w, unsigned device, uint64_t delay_ms)
{
    (void)lab_after(w, delay_ms, LAB_ACCESS_TRY, godwit_world_device_node(device));
}

bool lab_access_ready(const godwit_world_t *w, unsigned device)
{
    const lab_device_t *d = &w->devices[device];
    return w->config.access == GODWIT_WORLD_WIFI ||
           (godwit_access_state(&d->access) == GODWIT_ACCESS_ACTIVE && !d->starting);
}

/* ---- requests ---- */

/* Gives a device input of that kind with these octets. */
static void give(godwit_world_t *w, unsigned device, lab_event_kind_t kind, godwit_slice_t octets)
{
    unsigned node = godwit_world_device_node(device);
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_EMSDP, lab_serving_node(w), node, octets);
    p->bent = w->is_bent;
    lab_device_queue(w, device, kind, p);
}

static void key_set(godwit_world_t *w, unsigned device, const godwit_access_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(room, sizeof room);
    bool again = r->kind == GODWIT_ACCESS_KEY_SET_AGAIN; /* that of a former attach, in another generation */
    godwit_status_t status =
        again ? GODWIT_OK : godwit_device_access_key_set(&d->device, r->agreement, r->rand, r->sqn, r->e2m_keyset);
    if (status == GODWIT_OK && w->config.solution == 1) {
        status = godwit_device_container(&d->device, w->plmn, w->config.selector == 2 ? 2 : 1, &out);
    }
    d->starting = w->config.solution == 1 && status == GODWIT_OK;
    if (w->config.solution == 1 &&
        godwit_access_container(&d->access, status == GODWIT_OK ? godwit_written(&out) : godwit_slice(NULL, 0),
                                &d->access_requests) != GODWIT_OK) {
        lab_violate(w, "the access refuses a container");
    }
}

static void saw(godwit_world_t *w, unsigned device, const godwit_access_request_t *r)
{
    static const char *const lost[] = {"given_up", "detached", "deactivated"};
    lab_device_t *d = &w->devices[device];
    lab_saw(d->access_events, r->name, r->reason);
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        if (strcmp(r->name, lost[i]) == 0) {
            d->starting = false;
            if (!w->config.offline) {
                try_later(w, device, AGAIN_MS);
            }
        }
    }
    if (strcmp(r->name, "attached") == 0 || strcmp(r->name, "activated") == 0 || strcmp(r->name, "connected") == 0) {
        try_later(w, device, 0);
    }
}

static void set_timer(godwit_world_t *w, unsigned device, uint32_t delay_ms)
{
    lab_device_t *d = &w->devices[device];
    d->access_timer_serial++;
    if (delay_ms > 0) {
        lab_event_t *e = lab_after(w, delay_ms, LAB_ACCESS_TIMER, godwit_world_device_node(device));
        e->serial = d->access_timer_serial;
    }
}

static void send_frame(godwit_world_t *w, unsigned device, godwit_slice_t frame)
{
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_RADIO, godwit_world_device_node(device), lab_serving_node(w), frame);
    p->source = lab_address(w->devices[device].address);
    p->destination = lab_node_address(lab_serving_node(w), 0);
    lab_check_armed(w, device);
    lab_net_send(w, p);
}

static void store(godwit_world_t *w, unsigned device, godwit_slice_t record)
{
    lab_device_t *d = &w->devices[device];
    if (record.len != sizeof d->access_nvm_next) {
        lab_violate(w, "an access stores a record of another size");
        return;
    }
    memcpy(d->access_nvm_next, record.ptr, record.len);
    d->access_storing = true;
    (void)lab_after(w, LAB_STORE_MS, LAB_ACCESS_DURABLE, godwit_world_device_node(device));
}

/* True when the list was replaced by another. */
static bool carry_out(godwit_world_t *w, unsigned device, const godwit_access_request_t *r)
{
    switch (r->kind) {
    case GODWIT_ACCESS_SEND:
        send_frame(w, device, r->octets);
        break;
    case GODWIT_ACCESS_AUTHENTICATE:
        lab_card_ask(w, device, LAB_USER_ACCESS, r->rand, r->autn);
        break;
    case GODWIT_ACCESS_TIMER:
        set_timer(w, device, r->delay_ms);
        break;
    case GODWIT_ACCESS_DELIVER:
        give(w, device, LAB_PACKET, r->octets);
        break;
    case GODWIT_ACCESS_STORE:
        store(w, device, r->octets);
        break;
    case GODWIT_ACCESS_KEY_SET:
    case GODWIT_ACCESS_KEY_SET_AGAIN:
        key_set(w, device, r);
        return w->config.solution == 1;
    case GODWIT_ACCESS_CONTAINER:
        give(w, device, LAB_BEARER, r->octets);
        break;
    case GODWIT_ACCESS_EVENT:
        saw(w, device, r);
        break;
    default:
        lab_trigger_of_access(w, device, r);
        break;
    }
    return false;
}

/* Goes on with the list until it waits for a STORE. KEY_SET is the last of its list, and gives another. */
static void go_on(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    for (unsigned lists = 0; lists < 4; lists++) {
        bool another = false;
        while (d->access_at < d->access_requests.count && !another && !d->down && !d->access_storing) {
            another = carry_out(w, device, &d->access_requests.item[d->access_at++]);
        }
        if (!another) {
            return;
        }
        d->access_at = 0;
    }
    lab_violate(w, "an access that never ends its list");
}

void lab_access_run(godwit_world_t *w, unsigned device)
{
    lab_watch_node(w, godwit_world_device_node(device));
    w->devices[device].access_at = 0;
    go_on(w, device);
}

void lab_access_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (lab_step(w, godwit_world_device_node(device))) {
        memcpy(d->access_nvm, d->access_nvm_next, sizeof d->access_nvm);
        d->access_nvm_len = sizeof d->access_nvm;
        d->access_storing = false;
        go_on(w, device);
        lab_trigger_go_on(w, device);
    }
}

/* ---- N-PDUs ---- */

static void drop_first(lab_device_t *d)
{
    lab_free(d->held[0]);
    d->held_count--;
    for (size_t i = 0; i < d->held_count; i++) {
        d->held[i] = d->held[i + 1];
    }
}

static void hold(lab_device_t *d, lab_packet_t *p)
{
    if (d->held_count == LAB_HELD) {
        drop_first(d); /* the oldest is lost, as on any link */
    }
    d->held[d->held_count++] = p;
}

/* False: not now. */
static bool send_now(godwit_world_t *w, unsigned device, godwit_slice_t n_pdu)
{
    lab_device_t *d = &w->devices[device];
    d->access_requests.count = 0;
    godwit_status_t status = godwit_access_send(&d->access, n_pdu, &d->access_requests);
    if (status == GODWIT_OK) {
        lab_access_run(w, device);
    }
    return status == GODWIT_OK || status == GODWIT_NO_SPACE;
}

static void send_held(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    while (d->held_count > 0 && send_now(w, device, godwit_slice(d->held[0]->octets, d->held[0]->len))) {
        drop_first(d);
    }
}

void lab_access_send(godwit_world_t *w, unsigned device, godwit_slice_t n_pdu)
{
    lab_device_t *d = &w->devices[device];
    d->sent_up++;
    if (d->held_count > 0 || !send_now(w, device, n_pdu)) {
        hold(d, lab_packet(GODWIT_WORLD_LEG_EMSDP, godwit_world_device_node(device), lab_serving_node(w), n_pdu));
        try_later(w, device, AGAIN_MS);
    }
}

/* ---- the owner's part ---- */

static bool modify(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_writer_t out = godwit_writer(room, sizeof room);
    d->access_requests.count = 0;
    godwit_status_t status = godwit_device_container(&d->device, w->plmn, w->config.selector == 2 ? 2 : 1, &out);
    if (status != GODWIT_OK) {
        d->wants_modify = false; /* there is no key set any more: nothing to name */
        return true;
    }
    status = godwit_access_modify(&d->access, godwit_written(&out), &d->access_requests);
    if (status == GODWIT_OK) {
        d->wants_modify = false;
        d->starting = true;
        lab_access_run(w, device);
    }
    return status == GODWIT_OK;
}

static void try_now(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    godwit_access_state_t state = godwit_access_state(&d->access);
    godwit_status_t status = GODWIT_AGAIN;
    d->access_requests.count = 0;
    if (d->trigger.on_wifi) {
        return;
    }
    if (state == GODWIT_ACCESS_DETACHED && !w->config.offline) {
        status = godwit_access_attach(&d->access, &d->access_requests);
    } else if (state == GODWIT_ACCESS_ATTACHED && w->config.access != GODWIT_WORLD_EPS &&
               w->config.carrier != GODWIT_CARRIER_SMS) {
        status = godwit_access_activate(&d->access, &d->access_requests);
    } else if (state == GODWIT_ACCESS_ACTIVE && d->wants_modify && !modify(w, device)) {
        try_later(w, device, AGAIN_MS);
    } else if (state == GODWIT_ACCESS_ACTIVE) {
        send_held(w, device);
    }
    if (status == GODWIT_OK) {
        lab_access_run(w, device);
    }
}

static void take_frame(godwit_world_t *w, unsigned device, const lab_packet_t *p)
{
    lab_device_t *d = &w->devices[device];
    if (godwit_access_receive(&d->access, godwit_slice(p->octets, p->len), &d->access_requests) != GODWIT_OK) {
        lab_violate(w, "a call of the access failed");
    }
    w->is_bent = p->bent;
    lab_access_run(w, device);
    w->is_bent = false;
}

void lab_access_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_device_t *d = &w->devices[device];
    godwit_status_t status = GODWIT_OK;
    d->access_requests.count = 0;
    switch (in->kind) {
    case LAB_PACKET:
        take_frame(w, device, in->packet);
        return;
    case LAB_ACCESS_TRY:
        try_now(w, device);
        return;
    case LAB_ACCESS_CARD:
        lab_search_octets(w, godwit_world_device_node(device), &in->result, sizeof in->result);
        status = godwit_access_usim_result(&d->access, &in->result, &d->access_requests);
        break;
    case LAB_ACCESS_TIMER:
        status = godwit_access_timer(&d->access, &d->access_requests);
        break;
    case LAB_SUBMIT:
        status = lab_offline_submit(w, device);
        break;
    case LAB_ACCESS_IDLE:
        status = godwit_access_idle(&d->access, &d->access_requests);
        break;
    default:
        status = godwit_access_detach(&d->access, &d->access_requests);
        break;
    }
    if (status == GODWIT_OK) {
        lab_access_run(w, device);
    }
}

/* ---- power ---- */

static godwit_access_config_t config_of(const godwit_world_t *w, unsigned device)
{
    return (godwit_access_config_t){
        .crypto = &godwit_crypto_builtin,
        .kind = w->config.access == GODWIT_WORLD_EPS    ? GODWIT_ACCESS_EPS
                : w->config.access == GODWIT_WORLD_UMTS ? GODWIT_ACCESS_UMTS
                                                        : GODWIT_ACCESS_GERAN,
        .imsi = w->devices[device].config.imsi,
        .serving_network = lab_serving_plmn(w),
        .home = w->plmn,
        .apn = godwit_slice_of_string(w->config.solution == 1 ? APN_E2M : APN_TUNNEL),
        .e2m = w->config.solution == 1,
        .key_set = w->config.solution == 2,
        .me_derives = (w->config.me_derives && !w->config.me_unaware) ||
                      (lab_trigger_flags(&w->config) && w->config.access == GODWIT_WORLD_EPS),
        .trigger = w->config.trigger.on,
        .trigger_number = w->config.trigger.on ? LAB_IWF_NUMBER : NULL,
        .trigger_sms = w->config.trigger.by_sms,
        .selector = w->config.selector == 2 ? 2 : 1,
        .next_session = w->config.next_session,
        .carrier = w->config.carrier,
        .circuit_switched = w->config.circuit,
        .sms_number = w->config.carrier == GODWIT_CARRIER_SMS ? LAB_SMS_NUMBER : NULL,
    };
}

void lab_access_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_access_config_t config = config_of(w, device);
    d->wants_modify = d->starting = false;
    if (godwit_access_init(&d->access, &config) != GODWIT_OK ||
        (d->access_nvm_len > 0 &&
         godwit_access_restore(&d->access, godwit_slice(d->access_nvm, d->access_nvm_len)) != GODWIT_OK)) {
        lab_violate(w, "an access does not start with what it stored");
    }
    try_later(w, device, godwit_lab_random_below(&w->random, 100));
}

void lab_access_stop(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    for (size_t i = 0; i < d->held_count; i++) {
        lab_free(d->held[i]);
    }
    d->held_count = 0;
    d->access_storing = false;
    d->access_requests.count = d->access_at = 0;
    d->access_timer_serial++;
    godwit_wipe(&d->access, sizeof d->access);
}
