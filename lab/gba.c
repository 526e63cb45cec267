/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the lab (TS 33.220): a device that bootstraps over Ub when it has no key, and shows its reading to a NAF. Ub
 * is HTTP; what stands for Ua is a door that knows Ks_NAF, as one for PSK-TLS: the B-TID, a proof under the key, and
 * the reading. TLS is left out on both.
 */
#include <stdio.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "core/wire/http.h"
#include "lab/internal.h"

#define SILENCE_MS 8000 /* then the device takes a GET for unanswered */
#define RETRY_MS 3000

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static uint64_t now_s(const godwit_world_t *w)
{
    return w->now_ms / 1000;
}

/* ---- the device: requests ---- */

static void retry(godwit_world_t *w, unsigned device, uint32_t delay_ms)
{
    (void)lab_after(w, delay_ms, LAB_SUBMIT, godwit_world_device_node(device));
}

static void send_to(godwit_world_t *w, unsigned device, unsigned node, uint32_t call, godwit_slice_t octets)
{
    lab_packet_t *p = lab_packet(GODWIT_WORLD_LEG_HTTP, godwit_world_device_node(device), node, octets);
    p->call = call;
    lab_net_send(w, p);
}

static void get(godwit_world_t *w, unsigned device, const godwit_gba_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    uint8_t octets[GODWIT_WORLD_PACKET_MAX];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    if (godwit_http_get_build(lab_host(GODWIT_WORLD_BSF), r->uri, r->authorization, &out) != GODWIT_OK) {
        lab_violate(w, "a GET that cannot be written");
        return;
    }
    d->gba_call = lab_call_by(w, godwit_world_device_node(device), GODWIT_UB_REQUEST, GODWIT_WORLD_BSF);
    d->timer_serial++;
    lab_after(w, SILENCE_MS, LAB_TIMER, godwit_world_device_node(device))->serial = d->timer_serial;
    send_to(w, device, GODWIT_WORLD_BSF, d->gba_call, godwit_written(&out));
}

static void ask_card(godwit_world_t *w, unsigned device, const godwit_gba_request_t *r)
{
    w->devices[device].card_runs++;
    if (w->config.flavour == GODWIT_GBA_SIM) {
        lab_card_ask_gsm(w, device, r->rand);
    } else {
        lab_card_ask(w, device, LAB_USER_DEVICE, r->rand, r->autn);
    }
}

static void keep_in_card(lab_device_t *d, const godwit_gba_request_t *r)
{
    godwit_usim_output_t out;
    if (!d->card_down && !d->card_busy && godwit_usim_gba_keep(&d->card, r->b_tid, r->expires_s, &out) == GODWIT_OK) {
        memcpy(d->image, out.image, sizeof d->image);
        godwit_wipe(&out, sizeof out);
    }
}

static void saw(godwit_world_t *w, unsigned device, const godwit_gba_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    bool done = strcmp(r->name, "bootstrapped") == 0;
    lab_saw(d->events, r->name, r->reason);
    d->resyncs += strcmp(r->name, "resynchronised") == 0;
    if (done || strcmp(r->name, "refused") == 0) {
        d->gba_busy = false;
        retry(w, device, done ? 0 : RETRY_MS);
    }
}

static void carry_out(godwit_world_t *w, unsigned device, const godwit_gba_request_t *r)
{
    lab_device_t *d = &w->devices[device];
    switch (r->kind) {
    case GODWIT_GBA_GET:
        get(w, device, r);
        break;
    case GODWIT_GBA_AUTHENTICATE:
        ask_card(w, device, r);
        break;
    case GODWIT_GBA_CARD_KEEP:
        keep_in_card(d, r);
        break;
    case GODWIT_GBA_STORE:
        memcpy(d->nvm_next, r->octets.ptr, r->octets.len);
        d->nvm_next_len = r->octets.len;
        d->storing = true;
        (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, godwit_world_device_node(device));
        break;
    case GODWIT_GBA_TIMER: /* it bootstraps when it needs a key */
        break;
    case GODWIT_GBA_EVENT:
        saw(w, device, r);
        break;
    }
}

static void go_on(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    while (d->gba_at < d->gba_requests.count && !d->storing && !d->down) {
        carry_out(w, device, &d->gba_requests.item[d->gba_at++]);
    }
}

static void run(godwit_world_t *w, unsigned device)
{
    lab_learn_gba(w, device);
    lab_watch_node(w, godwit_world_device_node(device));
    w->devices[device].gba_at = 0;
    go_on(w, device);
}

void lab_gba_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    memcpy(d->nvm, d->nvm_next, sizeof d->nvm);
    d->nvm_len = d->nvm_next_len;
    d->storing = false;
    go_on(w, device);
}

bool lab_gba_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (godwit_gba_impi(&d->config.imsi, w->plmn, d->impi) != GODWIT_OK) {
        return false;
    }
    const godwit_gba_config_t config = {.crypto = crypto,
                                        .flavour = w->config.flavour,
                                        .impi = d->impi,
                                        .bsf = lab_host(GODWIT_WORLD_BSF),
                                        .tls = w->config.flavour == GODWIT_GBA_SIM};
    d->gba_busy = false;
    d->gba_requests.count = d->gba_at = 0;
    return godwit_gba_init(&d->gba, &config) == GODWIT_OK &&
           (d->nvm_len == 0 || godwit_gba_restore(&d->gba, godwit_slice(d->nvm, d->nvm_len)) == GODWIT_OK);
}

/* ---- the device: inputs ---- */

static void answered(godwit_world_t *w, unsigned device, const lab_packet_t *p)
{
    lab_device_t *d = &w->devices[device];
    godwit_http_answer_t http;
    size_t used;
    godwit_gba_answer_t answer = {0};
    if (p != NULL && p->call != d->gba_call) {
        return; /* of an earlier life */
    }
    if (p != NULL && godwit_http_answer_parse(godwit_slice(p->octets, p->len), true, &http, &used) == GODWIT_OK) {
        answer.code = http.code;
        answer.www_authenticate = godwit_http_header(&http, "www-authenticate");
        answer.authentication_info = godwit_http_header(&http, "authentication-info");
        answer.body = http.body;
    }
    d->timer_serial++;
    d->gba_call = 0;
    if (godwit_gba_answer(&d->gba, &answer, now_s(w), &d->gba_requests) == GODWIT_OK) {
        run(w, device);
    }
}

static void card_answered(godwit_world_t *w, unsigned device, const godwit_usim_result_t *from)
{
    lab_device_t *d = &w->devices[device];
    godwit_gba_card_result_t to = {.status = from->status, .res_len = from->res_len};
    memcpy(to.res, from->res, sizeof to.res);
    memcpy(to.auts, from->auts, sizeof to.auts);
    if (w->config.flavour == GODWIT_GBA_SIM) { /* as card.c puts what the GSM context gives */
        memcpy(to.kc, from->ck, sizeof to.kc);
    } else {
        memcpy(to.ck, from->ck, sizeof to.ck);
        memcpy(to.ik, from->ik, sizeof to.ik);
    }
    if (godwit_gba_card_result(&d->gba, &to, &d->gba_requests) == GODWIT_OK) {
        run(w, device);
    }
    godwit_wipe(&to, sizeof to);
}

static godwit_status_t key_for_naf(godwit_world_t *w, unsigned device, uint8_t ks_naf[32])
{
    lab_device_t *d = &w->devices[device];
    uint8_t room[GODWIT_NAF_ID_MAX];
    const godwit_slice_t id = lab_naf_id(room);
    if (godwit_gba_b_tid_of(&d->gba)[0] == '\0' || godwit_gba_expires_of(&d->gba) <= now_s(w)) {
        return GODWIT_NOT_FOUND;
    }
    if (w->config.flavour != GODWIT_GBA_U) {
        return godwit_gba_ks_naf(&d->gba, id, now_s(w), ks_naf);
    }
    return d->card_down ? GODWIT_AGAIN : godwit_usim_gba_naf(&d->card, godwit_slice_of_string(d->impi), id, ks_naf);
}

/* To the door: B-TID, proof, and the reading. */
static void show(godwit_world_t *w, unsigned device, lab_reading_t *reading, const uint8_t ks_naf[32])
{
    uint8_t proof[LAB_PROOF];
    char hex[2 * LAB_PROOF + 1], text[GODWIT_B_TID_MAX + sizeof hex + LAB_TEXT_MAX + 16];
    lab_prove(ks_naf, godwit_slice_of_string(reading->text), proof);
    godwit_hex_encode(godwit_slice(proof, sizeof proof), hex);
    int len =
        snprintf(text, sizeof text, "PSK %s %s %s", godwit_gba_b_tid_of(&w->devices[device].gba), hex, reading->text);
    reading->handed_over = true;
    send_to(w, device, GODWIT_WORLD_NAF, 0, godwit_slice((const uint8_t *)text, (size_t)len));
}

static void submit(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_reading_t *reading = lab_next_reading(w, device);
    uint8_t ks_naf[32], random[8];
    if (reading == NULL || d->gba_busy) {
        return; /* when it has a key, or has not, it comes here again */
    }
    godwit_status_t status = key_for_naf(w, device, ks_naf);
    if (status == GODWIT_OK) {
        show(w, device, reading, ks_naf);
        retry(w, device, 1);
    } else if (status == GODWIT_AGAIN) {
        retry(w, device, RETRY_MS);
    } else {
        godwit_lab_random_fill(&w->random, random, sizeof random);
        d->gba_busy = true;
        if (godwit_gba_bootstrap(&d->gba, random, &d->gba_requests) == GODWIT_OK) {
            run(w, device);
        }
    }
    godwit_wipe(ks_naf, sizeof ks_naf);
}

void lab_gba_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    switch (in->kind) {
    case LAB_PACKET:
        answered(w, device, in->packet);
        break;
    case LAB_TIMER:
        answered(w, device, NULL);
        break;
    case LAB_CARD:
        card_answered(w, device, &in->result);
        break;
    case LAB_SUBMIT:
        submit(w, device);
        break;
    default:
        break;
    }
}
