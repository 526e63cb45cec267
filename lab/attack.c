/* SPDX-License-Identifier: Apache-2.0
 *
 * Attackers as nodes of the world: a visited node that fetches vectors and plays HSE; a network that bids capabilities
 * down; a device that names another's IMSI or selector. What is defeated and what is not (docs/keys.md, agreement 07),
 * shown.
 */
#include <stdlib.h>
#include <string.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "lab/internal.h"
#include "lab/table.h"

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

/* ---- a visited node plays HSE: nothing of the device reaches the real one ---- */

static bool swallow(void *context, godwit_world_t *w, godwit_world_datagram_t *datagram)
{
    (void)w;
    if (datagram->up) {
        *(godwit_world_datagram_t *)context = *datagram;
    }
    return false;
}

/* A vector for this network, as any serving network gets it. */
static const godwit_auth_info_vector_t *fetch_vector(godwit_world_t *w, godwit_vector_kind_t kind)
{
    godwit_message_t request = {.kind = GODWIT_AUTH_INFO_REQUEST, .to = GODWIT_FUNCTION_HSS, .transaction = 1};
    request.u.auth_info_request = (godwit_auth_info_request_t){
        .imsi = lab_imsi(0), .visited_plmn = GODWIT_WORLD_VISITED, .kind = kind, .vectors = 1};
    w->access_answered = false;
    lab_send_message(w, GODWIT_WORLD_STRANGER, &request);
    godwit_world_run(w, 100);
    const godwit_auth_info_answer_t *answer = &w->access_answer.u.auth_info_answer;
    return w->access_answered && answer->status == GODWIT_OK && answer->vectors > 0 ? &answer->vector[0] : NULL;
}

/* The key of a session with the device, from all that the vector holds. */
static void forge_key(godwit_world_t *w, godwit_agreement_t agreement, const godwit_auth_info_vector_t *v,
                      godwit_emsdp_key_t *key)
{
    uint8_t keyset[32], k_session[32];
    if (agreement == GODWIT_AGREEMENT_SEPARATE_EPS) {
        must(godwit_separate_aka_keyset_from_kasme(crypto, v->kasme, v->autn, keyset));
    } else {
        must(godwit_separate_aka_keyset(crypto, agreement, v->ck, v->ik, v->autn, w->plmn, 0, keyset));
    }
    must(godwit_k_session(crypto, keyset, godwit_slice_of_string(lab_host(GODWIT_WORLD_HSE)), 1, k_session));
    must(godwit_emsdp_key_init(crypto, key, k_session, GODWIT_SUITE_DEFAULT, 1, w->config.framing, 5, 1,
                               GODWIT_END_NETWORK));
}

/* True when the device answers the forged Start with its reading. */
static bool plays_hse(godwit_world_t *w, godwit_agreement_t agreement, const godwit_world_datagram_t *heard)
{
    uint8_t start[GODWIT_EMSDP_DATAGRAM_MAX], plain[GODWIT_EMSDP_DATAGRAM_MAX], transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_writer_t out = godwit_writer(start, sizeof start);
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 100);
    const godwit_world_datagram_t request = *heard;
    bool eps = agreement == GODWIT_AGREEMENT_SEPARATE_EPS;
    const godwit_auth_info_vector_t *v = fetch_vector(w, eps ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN);
    if (v == NULL) {
        return false;
    }
    forge_key(w, agreement, v, &key);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present =
                                    1u << GODWIT_TLV_RAND | 1u << GODWIT_TLV_AUTN | 1u << GODWIT_TLV_HSE_CONFIGURATION,
                                .agreement = (uint8_t)agreement,
                                .suite = GODWIT_SUITE_DEFAULT,
                                .framing = w->config.framing,
                                .generation = 1};
    memcpy(m.rand, v->rand, 16);
    memcpy(m.autn, v->autn, 16);
    const godwit_slice_t datagrams[2] = {godwit_slice(request.octets, request.len), godwit_slice(start, 0)};
    must(godwit_emsdp_transcript(crypto, datagrams, 1, transcript));
    must(godwit_emsdp_seal_control(crypto, &key, &m, godwit_slice(transcript, sizeof transcript), &out));
    godwit_world_inject(w, 0, false, godwit_written(&out));
    godwit_world_run(w, 1000);
    const godwit_slice_t both[2] = {datagrams[0], godwit_written(&out)};
    must(godwit_emsdp_transcript(crypto, both, 2, transcript));
    return godwit_emsdp_open(crypto, &key, godwit_slice(heard->octets, heard->len),
                             godwit_slice(transcript, sizeof transcript), plain, &opened) == GODWIT_OK &&
           godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA);
}

static bool hse_is_played(godwit_agreement_t agreement)
{
    godwit_world_datagram_t heard = {0};
    godwit_world_config_t config = godwit_world_defaults();
    config.air = swallow;
    config.context = &heard;
    config.agreements = (uint8_t)(1u << (agreement - 1));
    godwit_world_t *w = godwit_world_new(&config);
    bool played = plays_hse(w, agreement, &heard);
    godwit_world_free(w);
    return played;
}

/* ---- a network that bids down: of what the device can do only ciphering without a cipher is left ---- */

static bool bid_down(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    (void)context, (void)w;
    if (p->leg == GODWIT_WORLD_LEG_RADIO && p->to == GODWIT_WORLD_MME && p->len > 16 &&
        p->octets[0] == GODWIT_RADIO_NAS && p->octets[1] == 0x07 && p->octets[2] == 0x41) {
        p->octets[14] = 0x80; /* EEA of the UE network capability, behind an IMSI of 15 digits */
    }
    if (p->leg == GODWIT_WORLD_LEG_RADIO && p->to == GODWIT_WORLD_SGSN && p->octets[0] == GODWIT_RADIO_INITIAL_NAS) {
        p->octets[1] = 1u << GODWIT_UEA0;
    }
    return true;
}

/* True when a device attaches all the same. */
static bool is_bid_down(godwit_world_access_t access)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = access;
    config.wire = bid_down;
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 120000);
    bool attached = godwit_access_state(&w->devices[0].access) == GODWIT_ACCESS_ACTIVE;
    godwit_world_free(w);
    return attached;
}

/* ---- a device that names another's IMSI, or selector, in its container ---- */

typedef struct naming {
    bool selector; /* else the IMSI */
    bool done;
} naming_t;

/* Contents: PLMN (3), version, kind, RAND (16), IMSI (8). */
#define RAND_AT 5
#define IMSI_AT 21

static bool has_container(const godwit_world_packet_t *p, size_t *contents)
{
    for (size_t i = 0; i + 3 + IMSI_AT + 8 < p->len; i++) {
        if (p->octets[i] == 0xFF && p->octets[i + 1] == 0x00 && p->octets[i + 3] == 0x00 && p->octets[i + 4] == 0xF1) {
            *contents = i + 3;
            return true;
        }
    }
    return false;
}

static const uint8_t *selector_of(const godwit_world_t *w, unsigned device)
{
    godwit_imsi_t imsi = lab_imsi(device);
    for (size_t i = 0; i < GODWIT_HSS_RETAINED_MAX; i++) {
        if (w->hss.retained[i].used && godwit_imsi_equal(&w->hss.retained[i].imsi, &imsi)) {
            return w->hss.retained[i].rand;
        }
    }
    return NULL;
}

/* The container is protected by NAS on its way: what is changed here is what device 0 might have written. */
static bool name_another(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    naming_t *n = context;
    size_t at;
    const uint8_t *rand = selector_of(w, 1);
    godwit_imsi_t own = lab_imsi(0), other = lab_imsi(1);
    uint8_t ef[8];
    godwit_imsi_to_ef(&own, ef);
    if (p->leg == GODWIT_WORLD_LEG_GTPC && p->to == GODWIT_WORLD_SGW && p->from == GODWIT_WORLD_MME &&
        has_container(p, &at) && memcmp(p->octets + at + IMSI_AT, ef, 8) == 0 && rand != NULL) {
        n->done = true;
        if (n->selector) {
            memcpy(p->octets + at + RAND_AT, rand, 16);
        } else {
            godwit_imsi_to_ef(&other, p->octets + at + IMSI_AT);
        }
    }
    return true;
}

/* True when device 0 got a key for what it named. */
static bool is_named(bool selector)
{
    naming_t n = {.selector = selector};
    godwit_world_config_t config = godwit_world_defaults();
    config.devices = 2;
    config.access = GODWIT_WORLD_EPS;
    config.solution = 1;
    config.delivery = 'C';
    config.wire = name_another;
    config.context = &n;
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 5000); /* device 1 has its vector */
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 60000);
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    bool got = !n.done || (session != NULL && session->agreement == GODWIT_AGREEMENT_ACCESS_EPS);
    godwit_world_free(w);
    return got;
}

void godwit_lab_attacks(godwit_lab_attack_t attacks[GODWIT_LAB_ATTACKS])
{
    const godwit_lab_attack_t all[GODWIT_LAB_ATTACKS] = {
        {"a visited node fetches a vector and plays HSE", "agreement 03", !hse_is_played(GODWIT_AGREEMENT_SEPARATE_EPS),
         true},
        {"a visited node fetches a vector and plays HSE", "agreement 07",
         !hse_is_played(GODWIT_AGREEMENT_SEPARATE_UMTS), false},
        {"the network bids the device's capability down", "eps", !is_bid_down(GODWIT_WORLD_EPS), true},
        {"the network bids the device's capability down", "umts", !is_bid_down(GODWIT_WORLD_UMTS), true},
        {"a device names another's IMSI in its PCO", "1C", !is_named(false), true},
        {"a device names another's selector in its PCO", "1C", !is_named(true), true},
        {"a recorded attach by a stored vector comes again", "next-session", godwit_lab_attach_is_not_replayed(), true},
        {"a thousand guesses at a stored vector", "next-session", godwit_lab_vector_is_not_guessed(), true},
        {"another server asks for K_MTC", "device-rand", godwit_lab_server_is_not_another(), true},
        {"another NAF asks for a device's Ks_NAF", "gba", godwit_lab_naf_is_not_another(), true},
        {"another AF asks for a device's K_AF", "akma", godwit_lab_af_is_not_another(), true},
        {"a recorded first datagram comes again", "device-rand", godwit_lab_first_is_not_replayed(), true},
    };
    memcpy(attacks, all, sizeof all);
}
