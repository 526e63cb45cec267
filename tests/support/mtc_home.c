/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND for tests: SIM, MKEF and a device by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mtc_home.h"

#define CRYPTO (&godwit_crypto_builtin)
#define NOTHING godwit_slice(NULL, 0)

/* ---- the SIM ---- */

void mtc_sim(const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8])
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                                  0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
    static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                    0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};
    godwit_aka_key_t key = {.algorithm = GODWIT_ALG_MILENAGE, .k_len = 16};
    memcpy(key.k, k, sizeof k);
    memcpy(key.opc, opc, sizeof opc);
    assert_int_equal(godwit_gsm_compute(CRYPTO, &key, rand, sres, kc), GODWIT_OK);
}

void mtc_kc_sres(const godwit_imsi_t *imsi, const uint8_t rand1[16], uint8_t kc_sres[24])
{
    uint8_t a[16], b[16];
    assert_int_equal(godwit_device_rand_pair(CRYPTO, rand1, imsi, a, b), GODWIT_OK);
    mtc_sim(a, kc_sres + 16, kc_sres);
    mtc_sim(b, kc_sres + 20, kc_sres + 8);
}

/* ---- the MKEF ---- */

void mtc_home_init(mtc_home_t *home)
{
    memset(home, 0, sizeof *home);
    assert_int_equal(godwit_imsi_from_text(MTC_IMSI, &home->imsi), GODWIT_OK);
}

static godwit_status_t judge(const mtc_home_t *home, const godwit_mtc_first_t *first)
{
    if (first->by_temporary) {
        for (size_t i = 0; i < sizeof first->temporary; i++) {
            if (home->temporary == 0 || first->temporary[i] != home->temporary) {
                return GODWIT_UNKNOWN_SUBSCRIBER;
            }
        }
    } else if (!godwit_imsi_equal(&first->imsi, &home->imsi)) {
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    return home->profile != GODWIT_MTC_GODWIT1
               ? GODWIT_OK
               : godwit_mtc_counter_check(home->counter, godwit_rand1_counter(first->rand1));
}

static godwit_status_t prove(mtc_home_t *home, const godwit_mtc_claim_t *claim, const uint8_t rand1[16],
                             uint8_t k_mtc[32])
{
    uint8_t plain[GODWIT_MTC_DATAGRAM_MAX], kc_sres[24] = {0};
    godwit_mtc_claim_t with = *claim;
    with.kc_sres = kc_sres;
    if (home->profile != GODWIT_MTC_GODWIT1) {
        mtc_sim(rand1, kc_sres + 16, kc_sres);
        return godwit_mtc_ts33868_check(CRYPTO, home->profile, &with, k_mtc);
    }
    mtc_kc_sres(&home->imsi, rand1, kc_sres);
    return godwit_mtc_claim_check(CRYPTO, &with, &home->chain, plain, k_mtc);
}

godwit_message_t mtc_home_answer(mtc_home_t *home, const godwit_message_t *request)
{
    const godwit_mtc_key_request_t *r = &request->u.mtc_key_request;
    godwit_message_t m;
    godwit_mtc_first_t first;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_MTC_KEY_ANSWER;
    m.from = GODWIT_FUNCTION_MKEF;
    m.transaction = request->transaction;
    godwit_mtc_key_answer_t *answer = &m.u.mtc_key_answer;
    const godwit_mtc_claim_t claim = {.datagram = godwit_slice(r->datagram, r->datagram_len),
                                      .framing = {r->session_octets, r->counter_octets},
                                      .server_id = godwit_slice_of_string(MTC_SERVER),
                                      .imsi = home->imsi};
    answer->status = godwit_mtc_first_peek(claim.datagram, claim.framing, &first);
    if (answer->status == GODWIT_OK) {
        answer->status = judge(home, &first);
    }
    if (answer->status == GODWIT_OK) {
        answer->status = prove(home, &claim, first.rand1, answer->k_mtc);
    }
    if (answer->status == GODWIT_OK) {
        answer->imsi = home->imsi;
        memcpy(answer->server_id, MTC_SERVER, sizeof MTC_SERVER);
        home->counter = godwit_rand1_counter(first.rand1);
        if (home->profile == GODWIT_MTC_GODWIT1) {
            home->temporary = (uint8_t)(home->temporary == 0 ? MTC_TEMPORARY_FIRST : home->temporary + 1u);
            memset(answer->temporary, home->temporary, sizeof answer->temporary);
        }
    }
    return m;
}

/* ---- a device by hand ---- */

void mtc_hand_init(mtc_hand_t *hand, godwit_framing_t framing)
{
    memset(hand, 0, sizeof *hand);
    hand->framing = framing;
    assert_int_equal(godwit_imsi_from_text(MTC_IMSI, &hand->imsi), GODWIT_OK);
}

void mtc_hand_first(mtc_hand_t *hand, uint64_t counter, const char *reading)
{
    static const uint8_t random[GODWIT_RAND1_RANDOM] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint8_t kc_sres[24], k_mtc[32];
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST, .present = 1u << GODWIT_TLV_RAND1};
    godwit_rand1_make(counter, random, hand->rand1);
    mtc_kc_sres(&hand->imsi, hand->rand1, kc_sres);
    assert_int_equal(
        godwit_k_mtc(CRYPTO, kc_sres, godwit_slice_of_string(MTC_SERVER), &hand->imsi, hand->rand1, hand->chain, k_mtc),
        GODWIT_OK);
    assert_int_equal(godwit_next_chain(CRYPTO, kc_sres, hand->chain, hand->rand1, hand->next_chain), GODWIT_OK);
    assert_int_equal(godwit_mtc_key(CRYPTO, k_mtc, hand->rand1, hand->framing, 0, GODWIT_END_DEVICE, &hand->key),
                     GODWIT_OK);
    m.present |= hand->hides ? 1u << GODWIT_TLV_TEMPORARY_IDENTITY : 1u << GODWIT_TLV_IMSI;
    m.imsi = hand->imsi;
    m.temporary = godwit_slice(hand->temporary, sizeof hand->temporary);
    memcpy(m.rand1, hand->rand1, sizeof m.rand1);
    if (reading != NULL) {
        m.present |= 1u << GODWIT_TLV_DATA;
        m.data = godwit_slice_of_string(reading);
    }
    godwit_writer_t w = godwit_writer(hand->first, sizeof hand->first);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &hand->key, &m, NOTHING, &w), GODWIT_OK);
    hand->first_len = w.len;
}

void mtc_hand_start(mtc_hand_t *hand, godwit_slice_t start)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT], plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_header_t header;
    godwit_emsdp_opened_t opened;
    const godwit_slice_t first = godwit_slice(hand->first, hand->first_len);
    assert_int_equal(godwit_emsdp_peek(start, hand->framing, &header), GODWIT_OK);
    assert_int_equal(header.command, GODWIT_SESSION_START);
    assert_int_equal(header.key_id, hand->key.hot.key_id);
    hand->key.hot.session_id = header.session_id;
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &first, 1, transcript), GODWIT_OK);
    assert_int_equal(
        godwit_emsdp_open(CRYPTO, &hand->key, start, godwit_slice(transcript, sizeof transcript), plain, &opened),
        GODWIT_OK);
    assert_int_equal(opened.control.agreement, GODWIT_AGREEMENT_DEVICE_RAND);
    godwit_emsdp_accept(&hand->key, &opened);
    memcpy(hand->chain, hand->next_chain, sizeof hand->chain);
    if (godwit_emsdp_has(&opened.control, GODWIT_TLV_TEMPORARY_IDENTITY)) {
        memcpy(hand->temporary, opened.control.temporary.ptr, sizeof hand->temporary);
    }
}
