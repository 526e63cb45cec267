/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA in the lab (TS 33.535): a device without an anchor key runs 5G AKA with the serving network, and shows its
 * reading to an application function under K_AF. What stands for NAS, and for Ua*, are short texts of ours: the first
 * line says what it is, the second has its octets in hex.
 */
#include <stdio.h>
#include <string.h>

#include "lab/internal.h"

#define SILENCE_MS 15000 /* then the device takes the network for silent: longer than an AUSF waits */
#define RETRY_MS 3000

static const char *const heads[] = {
    [LAB_5G_REGISTER] = "5G REGISTER\n", [LAB_5G_CHALLENGE] = "5G CHALLENGE\n", [LAB_5G_RESPONSE] = "5G RESPONSE\n",
    [LAB_5G_RESYNC] = "5G RESYNC\n",     [LAB_5G_ACCEPT] = LAB_5G_ACCEPTED,     [LAB_5G_REJECT] = LAB_5G_REJECTED};

/* ---- the texts ---- */

void lab_5g_write(const lab_5g_t *said, char text[LAB_5G_TEXT])
{
    char rand[33], other[33];
    godwit_hex_encode(godwit_slice(said->rand, 16), rand);
    godwit_hex_encode(godwit_slice(said->other, 16), other);
    (void)snprintf(text, LAB_5G_TEXT, "%s%s%s", heads[said->kind], rand, other);
}

bool lab_5g_read(godwit_slice_t octets, lab_5g_t *said)
{
    uint8_t both[32];
    char text[LAB_5G_TEXT] = "";
    size_t head = 0, len = 0;
    memset(said, 0, sizeof *said);
    if (octets.len >= sizeof text) {
        return false;
    }
    memcpy(text, octets.ptr, octets.len);
    for (int kind = LAB_5G_REGISTER; kind <= LAB_5G_REJECT; kind++) {
        if (strncmp(text, heads[kind], strlen(heads[kind])) == 0) {
            said->kind = (lab_5g_kind_t)kind;
            head = strlen(heads[kind]);
        }
    }
    if (head == 0) {
        return false;
    }
    if (said->kind == LAB_5G_ACCEPT || said->kind == LAB_5G_REJECT) {
        return true;
    }
    if (godwit_hex_decode(text + head, both, sizeof both, &len) != GODWIT_OK || len != sizeof both) {
        return false;
    }
    memcpy(said->rand, both, 16);
    memcpy(said->other, both + 16, 16);
    return true;
}

/* ---- the device ---- */

static void retry(godwit_world_t *w, unsigned device, uint32_t delay_ms)
{
    (void)lab_after(w, delay_ms, LAB_SUBMIT, godwit_world_device_node(device));
}

static void send_to(godwit_world_t *w, unsigned device, unsigned node, const char *text)
{
    lab_net_send(
        w, lab_packet(GODWIT_WORLD_LEG_HTTP, godwit_world_device_node(device), node, godwit_slice_of_string(text)));
}

static void say(godwit_world_t *w, unsigned device, const lab_5g_t *said)
{
    lab_device_t *d = &w->devices[device];
    char text[LAB_5G_TEXT];
    lab_5g_write(said, text);
    d->timer_serial++;
    lab_after(w, SILENCE_MS, LAB_TIMER, godwit_world_device_node(device))->serial = d->timer_serial;
    send_to(w, device, GODWIT_WORLD_AMF, text);
}

static void give_up(godwit_world_t *w, unsigned device, const char *event)
{
    lab_device_t *d = &w->devices[device];
    lab_saw(d->events, event, GODWIT_OK);
    d->timer_serial++;
    d->akma_busy = false;
    retry(w, device, RETRY_MS);
}

static void accepted(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (godwit_akma_confirmed(&d->akma, d->nvm_next) != GODWIT_OK) {
        return; /* of an earlier life */
    }
    d->timer_serial++;
    d->nvm_next_len = GODWIT_AKMA_RECORD;
    d->storing = true;
    lab_saw(d->events, "anchored", GODWIT_OK);
    (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, godwit_world_device_node(device));
}

void lab_akma_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    memcpy(d->nvm, d->nvm_next, sizeof d->nvm);
    d->nvm_len = d->nvm_next_len;
    d->storing = false;
    d->akma_busy = false;
    retry(w, device, 0);
}

static void heard(godwit_world_t *w, unsigned device, const lab_packet_t *p)
{
    lab_device_t *d = &w->devices[device];
    lab_5g_t said;
    if (!d->akma_busy || !lab_5g_read(godwit_slice(p->octets, p->len), &said)) {
        return;
    }
    if (said.kind == LAB_5G_CHALLENGE) {
        d->card_runs++;
        d->akma_ran = said;
        lab_card_ask(w, device, LAB_USER_DEVICE, said.rand, said.other);
    } else if (said.kind == LAB_5G_ACCEPT) {
        accepted(w, device);
    } else if (said.kind == LAB_5G_REJECT) {
        give_up(w, device, "refused");
    }
}

static void card_answered(godwit_world_t *w, unsigned device, const godwit_usim_result_t *result)
{
    lab_device_t *d = &w->devices[device];
    lab_5g_t said = {.kind = LAB_5G_RESPONSE};
    lab_search_octets(w, godwit_world_device_node(device), result, sizeof *result);
    memcpy(said.rand, d->akma_ran.rand, 16);
    godwit_status_t status =
        godwit_akma_answer(&d->akma, LAB_VISITED_PLMN, d->akma_ran.rand, d->akma_ran.other, result, said.other);
    if (status == GODWIT_AUTH_RESYNC) {
        said.kind = LAB_5G_RESYNC;
        memcpy(said.other, result->auts, 14);
        d->resyncs++;
    } else if (status != GODWIT_OK) {
        give_up(w, device, "autn_refused");
        return;
    }
    say(w, device, &said);
}

/* To the door: A-KID, proof, and the reading. */
static void show(godwit_world_t *w, unsigned device, lab_reading_t *reading, const char *a_kid, const uint8_t k_af[32])
{
    uint8_t proof[LAB_PROOF];
    char hex[2 * LAB_PROOF + 1], text[sizeof LAB_AKMA_DATA + GODWIT_A_KID_MAX + sizeof hex + LAB_TEXT_MAX + 4];
    lab_prove(k_af, godwit_slice_of_string(reading->text), proof);
    godwit_hex_encode(godwit_slice(proof, sizeof proof), hex);
    (void)snprintf(text, sizeof text, LAB_AKMA_DATA "%s %s %s", a_kid, hex, reading->text);
    reading->handed_over = true;
    send_to(w, device, GODWIT_WORLD_AF, text);
}

static void submit(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_reading_t *reading = lab_next_reading(w, device);
    uint8_t k_af[32], room[GODWIT_AF_ID_MAX];
    char a_kid[GODWIT_A_KID_MAX + 1];
    if (reading == NULL || d->akma_busy) {
        return; /* when it has a key, or has not, it comes here again */
    }
    if (godwit_akma_name(&d->akma, a_kid) == GODWIT_OK &&
        godwit_akma_k_af(&d->akma, lab_af_id(room), k_af) == GODWIT_OK) {
        lab_search_octets(w, godwit_world_device_node(device), k_af, sizeof k_af);
        show(w, device, reading, a_kid, k_af);
        retry(w, device, 1);
        godwit_wipe(k_af, sizeof k_af);
        return;
    }
    d->akma_busy = true;
    say(w, device, &(lab_5g_t){.kind = LAB_5G_REGISTER});
}

bool lab_akma_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_akma_config_t config = {
        .crypto = &godwit_crypto_builtin, .imsi = d->config.imsi, .home = w->plmn, .routing_indicator = NULL};
    d->akma_busy = false;
    return godwit_akma_init(&d->akma, &config) == GODWIT_OK &&
           (d->nvm_len == 0 || godwit_akma_restore(&d->akma, godwit_slice(d->nvm, d->nvm_len)) == GODWIT_OK);
}

void lab_akma_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    switch (in->kind) {
    case LAB_PACKET:
        heard(w, device, in->packet);
        break;
    case LAB_TIMER:
        give_up(w, device, "silence");
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
    lab_watch_node(w, godwit_world_device_node(device));
}
