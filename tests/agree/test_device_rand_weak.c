/* SPDX-License-Identifier: Apache-2.0
 *
 * What is weak, shown by doing it: the profile ts33868 (contribution 001 as it is written), and the first contact of
 * our own. Beside each attack stands what becomes of it where the chain, the counter and the MAC are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mtc_home.h"

#define CRYPTO (&godwit_crypto_builtin)
#define NOTHING godwit_slice(NULL, 0)
#define KNOWN_BITS 48 /* of Kc: the search is over the rest; all 64 are within reach of those who break GSM */

static const godwit_mtc_profile_t profiles[] = {GODWIT_MTC_TS33868_KC, GODWIT_MTC_TS33868_K_MTC};

/* One datagram of the profile, and what the HLR has for its RAND. */
typedef struct weak {
    godwit_imsi_t imsi;
    uint8_t rand[16];
    uint8_t kc_sres[24];
    uint8_t datagram[128];
    size_t len, res_at; /* where Encrypted RES stands */
    godwit_mtc_claim_t claim;
} weak_t;

/* Whoever has Kc and SRES for some RAND makes it: no SIM is needed. */
static void make(weak_t *v, godwit_mtc_profile_t profile, const uint8_t rand[16], const uint8_t kc[8],
                 const uint8_t sres[4], const char *reading)
{
    uint8_t k_mtc[32];
    godwit_emsdp_key_t key;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_RAND1 | 1u << GODWIT_TLV_ENCRYPTED_RES | 1u << GODWIT_TLV_DATA;
    memset(v, 0, sizeof *v);
    assert_int_equal(godwit_imsi_from_text(MTC_IMSI, &v->imsi), GODWIT_OK);
    memcpy(v->rand, rand, 16);
    memcpy(v->kc_sres, kc, 8);
    memcpy(v->kc_sres + 16, sres, 4);
    memcpy(m.encrypted_res, sres, 4);
    assert_int_equal(
        godwit_mtc_ts33868(CRYPTO, profile, kc, godwit_slice_of_string(MTC_SERVER), rand, m.encrypted_res, k_mtc),
        GODWIT_OK);
    assert_int_equal(godwit_mtc_key(CRYPTO, k_mtc, rand, GODWIT_FRAMING_DEFAULT, 0, GODWIT_END_DEVICE, &key),
                     GODWIT_OK);
    m.imsi = v->imsi;
    memcpy(m.rand1, rand, 16);
    m.data = godwit_slice_of_string(reading);
    godwit_writer_t w = godwit_writer(v->datagram, sizeof v->datagram);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &key, &m, NOTHING, &w), GODWIT_OK);
    v->len = w.len;
    v->res_at = w.len - 8 - 4;
    v->claim = (godwit_mtc_claim_t){.datagram = godwit_written(&w),
                                    .framing = GODWIT_FRAMING_DEFAULT,
                                    .server_id = godwit_slice_of_string(MTC_SERVER),
                                    .imsi = v->imsi,
                                    .kc_sres = v->kc_sres};
}

static void by_the_device(weak_t *v, godwit_mtc_profile_t profile)
{
    uint8_t rand[16], kc[8], sres[4];
    for (size_t i = 0; i < sizeof rand; i++) {
        rand[i] = (uint8_t)(17 * i + 3);
    }
    mtc_sim(rand, sres, kc);
    make(v, profile, rand, kc, sres, "20.4 m3");
}

static godwit_status_t mkef(const weak_t *v, godwit_mtc_profile_t profile, uint8_t k_mtc[32])
{
    return godwit_mtc_ts33868_check(CRYPTO, profile, &v->claim, k_mtc);
}

/* Whether the key opens the datagram, and what it says. */
static bool opens(const weak_t *v, const uint8_t k_mtc[32], const char *reading)
{
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    uint8_t plain[128];
    return godwit_mtc_first_open(CRYPTO, v->claim.datagram, v->claim.framing, k_mtc, &key, plain, &opened) ==
               GODWIT_OK &&
           opened.control.data.len == strlen(reading) && memcmp(opened.control.data.ptr, reading, strlen(reading)) == 0;
}

/* ---- RES is no proof of anything but itself ---- */

static void the_mkef_hands_out_the_key_for_a_datagram_that_was_altered(void **state)
{
    (void)state;
    weak_t v;
    uint8_t k_mtc[32];
    for (size_t p = 0; p < 2; p++) {
        by_the_device(&v, profiles[p]);
        assert_int_equal(mkef(&v, profiles[p], k_mtc), GODWIT_OK);
        assert_true(opens(&v, k_mtc, "20.4 m3"));
        v.datagram[v.res_at - 3] ^= 1;                             /* the reading */
        v.datagram[v.len - 1] ^= 1;                                /* the MAC */
        assert_int_equal(mkef(&v, profiles[p], k_mtc), GODWIT_OK); /* ours refuses: test_device_rand.c */
        assert_false(opens(&v, k_mtc, "20.4 m3"));                 /* only the server can tell, afterwards */
    }
}

/* A stream cipher without a MAC: bits flipped there are bits flipped in RES. It never makes a wrong RES right but by
 * chance: of 2^32. Each guess is one question to the MKEF. Sixteen bits are taken as known, so that the search ends. */
static void res_is_malleable_and_can_be_guessed(void **state)
{
    (void)state;
    weak_t v;
    uint8_t k_mtc[32];
    for (size_t p = 0; p < 2; p++) {
        unsigned accepted = 0;
        by_the_device(&v, profiles[p]);
        uint8_t right[4];
        memcpy(right, v.datagram + v.res_at, 4);
        for (unsigned bit = 0; bit < 32; bit++) {
            v.datagram[v.res_at + bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(mkef(&v, profiles[p], k_mtc), GODWIT_MAC_FAILURE);
            v.datagram[v.res_at + bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        /* A RES that is wrong by a known difference is put right by that difference, and no key is needed for it. */
        v.kc_sres[16] ^= 0x5A;
        v.datagram[v.res_at] ^= 0x5A;
        assert_int_equal(mkef(&v, profiles[p], k_mtc), GODWIT_OK);
        v.kc_sres[16] ^= 0x5A;
        for (unsigned guess = 0; guess < 1u << 16; guess++) {
            v.datagram[v.res_at] = right[0];
            v.datagram[v.res_at + 1] = right[1];
            godwit_store_u16(v.datagram + v.res_at + 2, (uint16_t)guess);
            accepted += mkef(&v, profiles[p], k_mtc) == GODWIT_OK;
        }
        assert_int_equal(accepted, 1);
    }
}

/* ---- 64 bits ---- */

/* From one recorded datagram, and nothing else: the MAC tells when Kc is right. */
static void kc_can_be_searched_for_and_opens_everything(void **state)
{
    (void)state;
    weak_t v;
    uint8_t kc[8], k_mtc[32];
    bool found = false;
    by_the_device(&v, GODWIT_MTC_TS33868_KC);
    memcpy(kc, v.kc_sres, KNOWN_BITS / 8);
    for (unsigned guess = 0; guess < 1u << (64 - KNOWN_BITS) && !found; guess++) {
        godwit_store_u16(kc + KNOWN_BITS / 8, (uint16_t)guess);
        assert_int_equal(godwit_k_mtc_ts33868(CRYPTO, kc, godwit_slice_of_string(MTC_SERVER), k_mtc), GODWIT_OK);
        found = opens(&v, k_mtc, "20.4 m3");
    }
    assert_true(found);
    assert_memory_equal(kc, v.kc_sres, 8);
    /* The same key serves every server whose name is known, for this RAND. */
    assert_int_equal(godwit_k_mtc_ts33868(CRYPTO, kc, godwit_slice_of_string("other.example"), k_mtc), GODWIT_OK);
}

/* ---- tuples that were harvested ---- */

/* A false base station ran the SIM on a RAND of its own, and broke Kc. Later, without the SIM: */
static void a_harvested_tuple_is_a_key_for_ever(void **state)
{
    (void)state;
    static const uint8_t rand[16] = {0xBA, 0x5E};
    weak_t forged;
    uint8_t kc[8], sres[4], k_mtc[32];
    mtc_sim(rand, sres, kc); /* months ago */
    for (size_t p = 0; p < 2; p++) {
        make(&forged, profiles[p], rand, kc, sres, "999.9 m3");
        assert_int_equal(mkef(&forged, profiles[p], k_mtc), GODWIT_OK);
        assert_true(opens(&forged, k_mtc, "999.9 m3"));
    }
    /* Ours asks the HLR with RAND1, of which RANDa and RANDb come by a one-way function: that RAND is of no use. */
    uint8_t a[16], b[16];
    assert_int_equal(godwit_device_rand_pair(CRYPTO, rand, &forged.imsi, a, b), GODWIT_OK);
    assert_memory_not_equal(a, rand, 16);
    assert_memory_not_equal(b, rand, 16);
}

static void nothing_is_fresh_at_the_mkef(void **state)
{
    (void)state;
    weak_t v;
    uint8_t first[32], again[32];
    by_the_device(&v, GODWIT_MTC_TS33868_K_MTC);
    assert_int_equal(mkef(&v, GODWIT_MTC_TS33868_K_MTC, first), GODWIT_OK);
    assert_int_equal(mkef(&v, GODWIT_MTC_TS33868_K_MTC, again), GODWIT_OK); /* whoever recorded it, whenever */
    assert_memory_equal(first, again, 32);
    assert_int_equal(godwit_mtc_counter_check(5, 5), GODWIT_REPLAY); /* ours */
}

/* ---- our own: first contact ---- */

/* The same attacker, who runs the SIM on RANDa and RANDb of a RAND1 that he chose, and breaks both Kc. */
static void first_contact_is_exposed_and_later_the_chain_stands_in_the_way(void **state)
{
    (void)state;
    mtc_home_t home;
    mtc_hand_t attacker, device;
    godwit_message_t request = {.kind = GODWIT_MTC_KEY_REQUEST};
    godwit_mtc_key_request_t *r = &request.u.mtc_key_request;
    r->session_octets = GODWIT_FRAMING_DEFAULT.session_octets;
    r->counter_octets = GODWIT_FRAMING_DEFAULT.counter_octets;
    for (unsigned met = 0; met < 2; met++) {
        mtc_home_init(&home);
        mtc_hand_init(&device, GODWIT_FRAMING_DEFAULT);
        mtc_hand_init(&attacker, GODWIT_FRAMING_DEFAULT);
        for (unsigned counter = 1; met == 1 && counter < 3;
             counter++) { /* the device came twice, and had its answers */
            mtc_hand_first(&device, counter, "genuine");
            memcpy(r->datagram, device.first, device.first_len);
            r->datagram_len = (uint16_t)device.first_len;
            assert_int_equal(mtc_home_answer(&home, &request).u.mtc_key_answer.status, GODWIT_OK);
            memcpy(device.chain, device.next_chain, 32);
        }
        mtc_hand_first(&attacker, 3, "forged");
        memcpy(r->datagram, attacker.first, attacker.first_len);
        r->datagram_len = (uint16_t)attacker.first_len;
        assert_int_equal(mtc_home_answer(&home, &request).u.mtc_key_answer.status,
                         met == 0 ? GODWIT_OK : GODWIT_MAC_FAILURE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mkef_hands_out_the_key_for_a_datagram_that_was_altered),
        cmocka_unit_test(res_is_malleable_and_can_be_guessed),
        cmocka_unit_test(kc_can_be_searched_for_and_opens_everything),
        cmocka_unit_test(a_harvested_tuple_is_a_key_for_ever),
        cmocka_unit_test(nothing_is_fresh_at_the_mkef),
        cmocka_unit_test(first_contact_is_exposed_and_later_the_chain_stands_in_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
