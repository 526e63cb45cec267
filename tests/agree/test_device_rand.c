/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND: known answers of another implementation, the counter, the proof and the chain, and whatever must be
 * refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/kat/kat.h"
#include "tests/support/mtc_home.h"

#define CRYPTO (&godwit_crypto_builtin)
#define SERVER "meters.example"

static const uint8_t zero[32];

static godwit_imsi_t imsi(void)
{
    godwit_imsi_t one;
    assert_int_equal(godwit_imsi_from_text(MTC_IMSI, &one), GODWIT_OK);
    return one;
}

/* ---- known answers ---- */

static void check_start(const kat_record_t *r, const uint8_t k_mtc[32])
{
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    uint8_t plain[128], transcript[32];
    const godwit_slice_t request = kat_hex(r, "request");
    assert_int_equal(godwit_mtc_key(CRYPTO, k_mtc, kat_hex(r, "rand1").ptr, GODWIT_FRAMING_DEFAULT, 0x0A0B0C,
                                    GODWIT_END_DEVICE, &key),
                     GODWIT_OK);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &request, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &key, kat_hex(r, "start"), godwit_slice(transcript, 32), plain, &opened),
                     GODWIT_OK);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_TEMPORARY_IDENTITY));
    assert_memory_equal(opened.control.temporary.ptr, "\1\2\3\4\5\6\7\10", 8);
    if (godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA)) {
        assert_memory_equal(opened.control.data.ptr, "shut", 4);
    }
}

static void check_godwit1(const kat_record_t *r, void *context)
{
    const godwit_imsi_t subscriber = imsi();
    uint8_t kc_sres[24], k_mtc[32], next[32], plain[128];
    godwit_mtc_chain_t chain;
    (*(unsigned *)context)++;
    mtc_kc_sres(&subscriber, kat_hex(r, "rand1").ptr, kc_sres);
    kat_expect(r, "kc_sres", kc_sres, sizeof kc_sres);
    assert_int_equal(godwit_next_chain(CRYPTO, kc_sres, kat_hex(r, "chain").ptr, kat_hex(r, "rand1").ptr, next),
                     GODWIT_OK);
    kat_expect(r, "next_chain", next, sizeof next);
    const godwit_mtc_claim_t claim = {.datagram = kat_hex(r, "request"),
                                      .framing = GODWIT_FRAMING_DEFAULT,
                                      .server_id = godwit_slice_of_string(SERVER),
                                      .imsi = subscriber,
                                      .kc_sres = kc_sres};
    memcpy(chain.current, kat_hex(r, "chain").ptr, 32);
    memset(chain.previous, 0x99, 32);
    assert_int_equal(godwit_mtc_claim_check(CRYPTO, &claim, &chain, plain, k_mtc), GODWIT_OK);
    kat_expect(r, "k_mtc", k_mtc, sizeof k_mtc);
    kat_expect(r, "next_chain", chain.current, 32);
    kat_expect(r, "chain", chain.previous, 32);
    check_start(r, k_mtc);
}

static void check_ts33868(const kat_record_t *r, void *context)
{
    const godwit_mtc_profile_t profile = *(const godwit_mtc_profile_t *)context;
    uint8_t kc_sres[24] = {0}, res[4], k_mtc[32];
    memcpy(res, kat_hex(r, "sres").ptr, 4);
    assert_int_equal(godwit_mtc_ts33868(CRYPTO, profile, kat_hex(r, "kc").ptr, godwit_slice_of_string(SERVER),
                                        kat_hex(r, "rand1").ptr, res, k_mtc),
                     GODWIT_OK);
    kat_expect(r, "encrypted_res", res, 4);
    kat_expect(r, "k_mtc", k_mtc, 32);
    memcpy(kc_sres, kat_hex(r, "kc").ptr, 8);
    memcpy(kc_sres + 16, kat_hex(r, "sres").ptr, 4);
    const godwit_mtc_claim_t claim = {.datagram = kat_hex(r, "request"),
                                      .framing = GODWIT_FRAMING_DEFAULT,
                                      .server_id = godwit_slice_of_string(SERVER),
                                      .imsi = imsi(),
                                      .kc_sres = kc_sres};
    memset(k_mtc, 0, sizeof k_mtc);
    assert_int_equal(godwit_mtc_ts33868_check(CRYPTO, profile, &claim, k_mtc), GODWIT_OK);
    kat_expect(r, "k_mtc", k_mtc, 32);
}

static void both_implementations_agree(void **state)
{
    (void)state;
    unsigned count = 0;
    godwit_mtc_profile_t profile = GODWIT_MTC_TS33868_KC;
    kat_each("device-rand.txt", "godwit1", check_godwit1, &count);
    assert_int_equal(count, 4);
    kat_each("device-rand.txt", "ts33868_kc", check_ts33868, &profile);
    profile = GODWIT_MTC_TS33868_K_MTC;
    kat_each("device-rand.txt", "ts33868_k_mtc", check_ts33868, &profile);
}

/* ---- RAND1 and its counter ---- */

static void rand1_is_its_counter_and_what_was_drawn(void **state)
{
    (void)state;
    static const uint8_t random[10] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    uint8_t rand1[16];
    godwit_rand1_make(UINT64_C(0x010203040506), random, rand1);
    assert_memory_equal(rand1, "\1\2\3\4\5\6\11\10\7\6\5\4\3\2\1\0", 16);
    assert_true(godwit_rand1_counter(rand1) == UINT64_C(0x010203040506));
    for (uint64_t counter = 0; counter < 21; counter++) {
        godwit_rand1_make(counter, random, rand1);
        assert_int_equal(godwit_rand1_key_id(rand1), 1 + counter % 7);
    }
    godwit_rand1_make(GODWIT_MTC_COUNTER_MAX, random, rand1);
    assert_true(godwit_rand1_counter(rand1) == GODWIT_MTC_COUNTER_MAX);
}

static void the_counter_rises_and_jumps_no_further_than_it_may(void **state)
{
    (void)state;
    const uint64_t jump = GODWIT_MTC_COUNTER_JUMP;
    assert_int_equal(godwit_mtc_counter_check(0, 0), GODWIT_REPLAY); /* before first contact */
    assert_int_equal(godwit_mtc_counter_check(0, 1), GODWIT_OK);
    assert_int_equal(godwit_mtc_counter_check(0, jump), GODWIT_OK);
    assert_int_equal(godwit_mtc_counter_check(0, jump + 1), GODWIT_KEY_EXPIRED);
    assert_int_equal(godwit_mtc_counter_check(7, 7), GODWIT_REPLAY); /* RAND1 repeated */
    assert_int_equal(godwit_mtc_counter_check(7, 6), GODWIT_REPLAY); /* behind */
    assert_int_equal(godwit_mtc_counter_check(7, 8), GODWIT_OK);
    assert_int_equal(godwit_mtc_counter_check(7, 7 + jump + 1), GODWIT_KEY_EXPIRED);
    assert_int_equal(godwit_mtc_counter_check(GODWIT_MTC_COUNTER_MAX - 1, GODWIT_MTC_COUNTER_MAX), GODWIT_OK);
}

/* ---- the proof ---- */

typedef struct scene {
    mtc_hand_t hand;
    godwit_mtc_chain_t chain;
    uint8_t kc_sres[24], k_mtc[32], plain[512];
    godwit_mtc_claim_t claim;
} scene_t;

static void set(scene_t *s, uint64_t counter)
{
    mtc_hand_first(&s->hand, counter, "twenty octets, ready");
    mtc_kc_sres(&s->hand.imsi, s->hand.rand1, s->kc_sres);
    s->claim = (godwit_mtc_claim_t){.datagram = godwit_slice(s->hand.first, s->hand.first_len),
                                    .framing = s->hand.framing,
                                    .server_id = godwit_slice_of_string(MTC_SERVER),
                                    .imsi = s->hand.imsi,
                                    .kc_sres = s->kc_sres};
}

static void scene_init(scene_t *s)
{
    memset(s, 0, sizeof *s);
    mtc_hand_init(&s->hand, GODWIT_FRAMING_DEFAULT);
    set(s, 1);
}

static godwit_status_t check(scene_t *s)
{
    return godwit_mtc_claim_check(CRYPTO, &s->claim, &s->chain, s->plain, s->k_mtc);
}

static void assert_refused(scene_t *s)
{
    godwit_mtc_chain_t before = s->chain;
    godwit_status_t status = check(s);
    assert_true(status == GODWIT_MAC_FAILURE || status == GODWIT_MALFORMED);
    assert_memory_equal(&before, &s->chain, sizeof before);
    assert_memory_equal(s->k_mtc, zero, 32);
}

/* The HLR is asked with what the datagram says, as the MKEF does. */
static void a_bit_anywhere_spoils_the_proof(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    for (size_t i = 0; i < 8 * s.hand.first_len; i++) {
        godwit_mtc_first_t first;
        s.hand.first[i / 8] ^= (uint8_t)(1u << i % 8);
        if (godwit_mtc_first_peek(s.claim.datagram, s.hand.framing, &first) == GODWIT_OK) {
            s.claim.imsi = first.imsi;
            mtc_kc_sres(&first.imsi, first.rand1, s.kc_sres);
        }
        assert_refused(&s);
        s.hand.first[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    set(&s, 1);
    assert_int_equal(check(&s), GODWIT_OK);
}

static void a_datagram_cut_anywhere_or_longer_is_refused(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    for (size_t len = 0; len < s.hand.first_len; len++) {
        s.claim.datagram.len = len;
        assert_refused(&s);
    }
    s.claim.datagram.len = s.hand.first_len + 1;
    assert_refused(&s);
}

static void another_imsi_server_chain_or_sim_is_refused(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    s.claim.server_id = godwit_slice_of_string("other.example"); /* a server using another's name */
    assert_refused(&s);
    set(&s, 1);
    assert_int_equal(godwit_imsi_from_text("262019999999999", &s.claim.imsi), GODWIT_OK);
    assert_refused(&s);
    set(&s, 1);
    s.kc_sres[5] ^= 1;
    assert_refused(&s);
    set(&s, 1);
    memset(s.chain.current, 1, 32);
    memset(s.chain.previous, 2, 32);
    assert_refused(&s);
    s.claim.server_id = godwit_slice_of_string("Not.Canonical");
    assert_int_equal(check(&s), GODWIT_INVALID_ARGUMENT);
}

static void a_later_datagram_of_the_session_is_no_proof(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_RAND1;
    m.imsi = s.hand.imsi;
    memcpy(m.rand1, s.hand.rand1, 16);
    s.hand.key.cp_next_out = 1u << 11; /* its low bits are those of COUNT 0 */
    godwit_writer_t w = godwit_writer(s.hand.first, sizeof s.hand.first);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &s.hand.key, &m, godwit_slice(NULL, 0), &w), GODWIT_OK);
    s.claim.datagram.len = w.len;
    assert_refused(&s);
}

/* ---- the chain ---- */

static void the_chain_goes_on_whether_the_answer_arrived_or_not(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    for (uint64_t counter = 1; counter < 20; counter++) {
        uint8_t under[32];
        set(&s, counter);
        memcpy(under, s.hand.chain, 32);
        assert_int_equal(check(&s), GODWIT_OK);
        assert_memory_equal(s.chain.previous, under, 32);
        assert_memory_equal(s.chain.current, s.hand.next_chain, 32);
        if (counter % 3 != 0) { /* it arrived */
            memcpy(s.hand.chain, s.hand.next_chain, 32);
        }
    }
}

static void zero_is_good_until_the_device_has_shown_that_it_went_on(void **state)
{
    (void)state;
    static scene_t s;
    scene_init(&s);
    assert_int_equal(check(&s), GODWIT_OK);
    set(&s, 2); /* the answer was lost */
    assert_int_equal(check(&s), GODWIT_OK);
    memcpy(s.hand.chain, s.hand.next_chain, 32);
    set(&s, 3);
    assert_int_equal(check(&s), GODWIT_OK);
    memcpy(s.hand.chain, zero, 32);
    set(&s, 4);
    memset(s.k_mtc, 0, 32);
    assert_refused(&s);
}

/* An answer to an earlier RAND1 must not advance the device: what the MKEF has meanwhile is the successor by the later
 * one. */
static void a_device_that_took_an_earlier_answer_would_be_out_of_step(void **state)
{
    (void)state;
    static scene_t s;
    uint8_t earlier[32];
    scene_init(&s);
    assert_int_equal(check(&s), GODWIT_OK);
    memcpy(earlier, s.hand.next_chain, 32);
    set(&s, 2);
    assert_int_equal(check(&s), GODWIT_OK);
    memcpy(s.hand.chain, earlier, 32);
    set(&s, 3);
    memset(s.k_mtc, 0, 32);
    assert_refused(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_implementations_agree),
        cmocka_unit_test(rand1_is_its_counter_and_what_was_drawn),
        cmocka_unit_test(the_counter_rises_and_jumps_no_further_than_it_may),
        cmocka_unit_test(a_bit_anywhere_spoils_the_proof),
        cmocka_unit_test(a_datagram_cut_anywhere_or_longer_is_refused),
        cmocka_unit_test(another_imsi_server_chain_or_sim_is_refused),
        cmocka_unit_test(a_later_datagram_of_the_session_is_no_proof),
        cmocka_unit_test(the_chain_goes_on_whether_the_answer_arrived_or_not),
        cmocka_unit_test(zero_is_good_until_the_device_has_shown_that_it_went_on),
        cmocka_unit_test(a_device_that_took_an_earlier_answer_would_be_out_of_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
