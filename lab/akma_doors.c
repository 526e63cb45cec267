/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands around AUSF and AAnF in the lab: the serving network, which has no role of its own here and says what TS
 * 33.501 6.1.3.2 has it say, and the application function with its door, which asks for K_AF of the A-KID that it is
 * shown. Neither keeps a key.
 */
#include <stdio.h>
#include <string.h>

#include "core/agree/akma/akma.h"
#include "lab/internal.h"

static const uint8_t ua_protocol[5] = {0x01, 0x00, 0x00, 0x00, 0x02};

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

godwit_slice_t lab_af_id(uint8_t room[GODWIT_AF_ID_MAX])
{
    size_t len = strlen(lab_host(GODWIT_WORLD_AF));
    memcpy(room, lab_host(GODWIT_WORLD_AF), len);
    memcpy(room + len, ua_protocol, sizeof ua_protocol);
    return godwit_slice(room, len + sizeof ua_protocol);
}

/* ---- the serving network ---- */

static void tell(godwit_world_t *w, unsigned device, const char *text)
{
    lab_net_send(w, lab_packet(GODWIT_WORLD_LEG_HTTP, GODWIT_WORLD_AMF, godwit_world_device_node(device),
                               godwit_slice_of_string(text)));
}

static void ask_ausf(godwit_world_t *w, unsigned device, const lab_5g_t *said)
{
    godwit_message_t m = {.kind = GODWIT_5G_AUTH_REQUEST, .to = GODWIT_FUNCTION_AUSF, .transaction = device};
    m.u.auth_5g_request.imsi = w->devices[device].config.imsi;
    m.u.auth_5g_request.serving_network = LAB_VISITED_PLMN;
    if (said->kind == LAB_5G_RESYNC) {
        m.u.auth_5g_request.resync = true;
        memcpy(m.u.auth_5g_request.rand, said->rand, 16);
        memcpy(m.u.auth_5g_request.auts, said->other, 14);
    }
    lab_send_message(w, GODWIT_WORLD_AMF, &m);
}

/* HRES* first, as a SEAF does (TS 33.501 6.1.3.2.0 step 9); then the home says whether RES* is right. */
static void confirm(godwit_world_t *w, unsigned device, const lab_5g_t *said)
{
    godwit_message_t m = {.kind = GODWIT_5G_CONFIRM, .to = GODWIT_FUNCTION_AUSF, .transaction = device};
    uint8_t hres_star[16];
    if (godwit_hxres_star(crypto, said->rand, said->other, hres_star) != GODWIT_OK ||
        memcmp(hres_star, w->devices[device].amf_hxres_star, sizeof hres_star) != 0) {
        tell(w, device, LAB_5G_REJECTED);
        return;
    }
    memcpy(m.u.confirm_5g.rand, said->rand, 16);
    memcpy(m.u.confirm_5g.res_star, said->other, 16);
    lab_send_message(w, GODWIT_WORLD_AMF, &m);
}

static void at_amf(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    lab_5g_t said;
    if (!lab_5g_read(octets, &said)) {
        return;
    }
    if (said.kind == LAB_5G_RESPONSE) {
        confirm(w, device, &said);
    } else if (said.kind == LAB_5G_REGISTER || said.kind == LAB_5G_RESYNC) {
        ask_ausf(w, device, &said);
    }
}

static void challenge(godwit_world_t *w, unsigned device, const godwit_5g_auth_answer_t *answer)
{
    char text[LAB_5G_TEXT];
    lab_5g_t said = {.kind = LAB_5G_CHALLENGE};
    if (answer->status != GODWIT_OK) {
        tell(w, device, LAB_5G_REJECTED);
        return;
    }
    memcpy(w->devices[device].amf_hxres_star, answer->hxres_star, 16);
    memcpy(said.rand, answer->rand, 16);
    memcpy(said.other, answer->autn, 16);
    lab_5g_write(&said, text);
    tell(w, device, text);
}

/* ---- the application function ---- */

static void copy_until(char *to, size_t size, const char *from, const char *stops)
{
    size_t len = strcspn(from, stops);
    len = len < size ? len : size - 1;
    memcpy(to, from, len);
    to[len] = '\0';
}

static void at_af(godwit_world_t *w, const lab_packet_t *p)
{
    char text[GODWIT_WORLD_PACKET_MAX];
    uint32_t at = w->door_count++ % LAB_DOORS;
    lab_door_t *door = &w->doors[at];
    godwit_message_t m = {.kind = GODWIT_AKMA_KEY_REQUEST, .to = GODWIT_FUNCTION_AANF, .transaction = at};
    godwit_akma_key_request_t *asked = &m.u.akma_key_request;
    const size_t head = strlen(LAB_AKMA_DATA);
    if (p->len >= sizeof text || p->len < head || memcmp(p->octets, LAB_AKMA_DATA, head) != 0) {
        return;
    }
    memcpy(text, p->octets, p->len);
    text[p->len] = '\0';
    copy_until(asked->a_kid, sizeof asked->a_kid, text + head, " ");
    const char *proof = text + head + strlen(asked->a_kid);
    proof += *proof == ' ';
    memset(door, 0, sizeof *door);
    copy_until(door->proof, sizeof door->proof, proof, " ");
    const char *reading = proof + strlen(door->proof);
    copy_until(door->text, sizeof door->text, reading + (*reading == ' '), "");
    asked->af_id_len = (uint16_t)lab_af_id(asked->af_id).len;
    lab_send_message(w, GODWIT_WORLD_AF, &m);
}

static void opened(godwit_world_t *w, const godwit_message_t *m)
{
    const godwit_akma_key_answer_t *answer = &m->u.akma_key_answer;
    lab_door_t *door = &w->doors[m->transaction % LAB_DOORS];
    uint8_t proof[LAB_PROOF];
    char hex[2 * LAB_PROOF + 1];
    if (answer->status != GODWIT_OK || door->text[0] == '\0') {
        lab_saw(w->events, "door_refused", answer->status);
        return;
    }
    lab_search_octets(w, GODWIT_WORLD_AF, answer->k_af, sizeof answer->k_af); /* as the AF holds it now */
    lab_prove(answer->k_af, godwit_slice_of_string(door->text), proof);
    godwit_hex_encode(godwit_slice(proof, sizeof proof), hex);
    if (strcmp(hex, door->proof) != 0) {
        lab_saw(w->events, "door_refused", GODWIT_AUTH_MAC_FAILURE); /* of an anchor key that was replaced since */
        return;
    }
    lab_check_plain_reading(w, &answer->imsi, godwit_slice_of_string(door->text));
    door->text[0] = '\0';
}

/* ---- what comes ---- */

void lab_akma_arrive(godwit_world_t *w, const lab_packet_t *p)
{
    if (p->to == GODWIT_WORLD_AMF) {
        at_amf(w, lab_device_of(p->from), godwit_slice(p->octets, p->len));
    } else if (p->to == GODWIT_WORLD_AF) {
        at_af(w, p);
    }
}

void lab_akma_played(godwit_world_t *w, const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_5G_AUTH_ANSWER:
        challenge(w, m->transaction, &m->u.auth_5g_answer);
        break;
    case GODWIT_5G_CONFIRM_ANSWER:
        tell(w, m->transaction, m->u.outcome == GODWIT_OK ? LAB_5G_ACCEPTED : LAB_5G_REJECTED);
        break;
    case GODWIT_AKMA_KEY_ANSWER:
        opened(w, m);
        break;
    default:
        break;
    }
}

void lab_akma_check(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *m)
{
    if (m->kind == GODWIT_HE_VECTOR_ANSWER && m->u.he_vector_answer.status == GODWIT_OK) {
        const bool eap = call->asker == GODWIT_WORLD_AAA;
        for (unsigned i = 0; i < w->config.devices; i++) {
            (eap ? lab_learn_eap : lab_learn_5g)(w, i, &m->u.he_vector_answer);
        }
        if (call->asker != GODWIT_WORLD_AUSF && !eap) {
            lab_violate(w, "K_AUSF given to who is no AUSF");
        }
    }
    if (m->kind == GODWIT_AKMA_KEY_ANSWER && m->u.akma_key_answer.status == GODWIT_OK &&
        call->asker != GODWIT_WORLD_AF) {
        lab_violate(w, "K_AF given to an application that is not entitled to it");
    }
}

/* ---- how AUSF and AAnF are configured ---- */

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

void lab_start_ausf(godwit_world_t *w)
{
    if (w->ausf == NULL) {
        w->ausf = lab_alloc(sizeof *w->ausf);
    }
    memset(w->ausf, 0, sizeof *w->ausf);
    w->ausf->crypto = crypto;
    w->ausf->home = w->plmn;
    w->ausf->networks[0].plmn = LAB_VISITED_PLMN;
    w->ausf->network_count = 1;
    w->ausf->next_transaction = (uint32_t)godwit_lab_random(&w->random);
    set_name(w->ausf->networks[0].host, lab_host(GODWIT_WORLD_AMF));
    set_name(w->ausf->local_host, lab_host(GODWIT_WORLD_AUSF));
    set_name(w->ausf->local_realm, lab_realm(GODWIT_WORLD_AUSF));
}

void lab_start_aanf(godwit_world_t *w)
{
    static const unsigned afs[2] = {GODWIT_WORLD_AF,
                                    GODWIT_WORLD_STRANGER}; /* the stranger is an AF, too: of its own name */
    memset(&w->aanf, 0, sizeof w->aanf);
    w->aanf.crypto = crypto;
    w->aanf.home = w->plmn;
    w->aanf.ausf_count = 1;
    set_name(w->aanf.ausfs[0], lab_host(GODWIT_WORLD_AUSF));
    for (size_t i = 0; i < 2; i++) {
        set_name(w->aanf.afs[i].host, lab_host(afs[i]));
        set_name(w->aanf.afs[i].fqdn, lab_host(afs[i]));
    }
    w->aanf.af_count = 2;
}
