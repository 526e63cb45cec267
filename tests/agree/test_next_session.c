/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session: the device's record against octets that an independent program laid out, damage,
 * and the order of checks at the network.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/next_session/next_session.h"
#include "tests/kat/kat.h"

#define CRYPTO (&godwit_crypto_builtin)

static godwit_imsi_t imsi_of(const char *text)
{
    godwit_imsi_t imsi;
    assert_int_equal(godwit_imsi_from_text(text, &imsi), GODWIT_OK);
    return imsi;
}

static void take(const kat_record_t *r, const char *name, uint8_t *octets, size_t cap)
{
    const godwit_slice_t s = kat_hex(r, name);
    assert_true(s.len <= cap);
    memset(octets, 0, cap);
    if (s.len > 0) {
        memcpy(octets, s.ptr, s.len);
    }
}

static godwit_next_session_t session_of(const kat_record_t *r)
{
    godwit_next_session_t n;
    memset(&n, 0, sizeof n);
    n.domain = (godwit_next_domain_t)kat_number(r, "domain");
    n.ksi = (uint8_t)kat_number(r, "ksi");
    n.eea = (uint8_t)kat_number(r, "eea");
    n.eia = (uint8_t)kat_number(r, "eia");
    n.tmsi = (uint32_t)kat_number(r, "tmsi");
    n.capability_len = (uint8_t)kat_hex(r, "capability").len;
    n.res_len = (uint8_t)kat_hex(r, "res").len;
    take(r, "plmn", n.plmn.octets, sizeof n.plmn.octets);
    take(r, "area", n.area, sizeof n.area);
    take(r, "capability", n.capability, sizeof n.capability);
    take(r, "apn", n.apn, sizeof n.apn);
    take(r, "res", n.res, sizeof n.res);
    take(r, "root", n.root, sizeof n.root);
    return n;
}

static void golden(const kat_record_t *r, void *context)
{
    (void)context;
    const godwit_imsi_t imsi = imsi_of(kat_text(r, "imsi")), stranger = imsi_of("001010999999999");
    const godwit_next_session_t n = session_of(r);
    godwit_next_session_t back;
    static const godwit_next_session_t nothing;
    uint8_t record[GODWIT_NEXT_SESSION_RECORD];
    assert_int_equal(godwit_next_session_save(CRYPTO, &imsi, &n, record), GODWIT_OK);
    kat_expect(r, "octets", record, sizeof record);
    assert_int_equal(godwit_next_session_load(CRYPTO, &imsi, godwit_slice(record, sizeof record), &back), GODWIT_OK);
    assert_memory_equal(&back, &n, sizeof n);
    assert_int_equal(godwit_next_session_load(CRYPTO, &stranger, godwit_slice(record, sizeof record), &back),
                     GODWIT_MALFORMED);
    for (size_t bit = 0; bit < 8 * sizeof record; bit++) {
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(godwit_next_session_load(CRYPTO, &imsi, godwit_slice(record, sizeof record), &back),
                         GODWIT_MALFORMED);
        assert_memory_equal(&back, &nothing, sizeof nothing);
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sizeof record; len++) {
        assert_int_equal(godwit_next_session_load(CRYPTO, &imsi, godwit_slice(record, len), &back), GODWIT_MALFORMED);
    }
}

static void records_are_golden_and_damage_shows(void **state)
{
    (void)state;
    assert_int_equal(kat_each("next_session.txt", "record", golden, NULL), 3);
}

static void an_emptied_record_leaves_nothing(void **state)
{
    (void)state;
    const godwit_imsi_t imsi = imsi_of("001010123456789");
    godwit_next_session_t used = {
        .domain = GODWIT_NEXT_NONE, .ksi = 3, .tmsi = 7, .res_len = 8, .res = {1}, .root = {2}};
    static const godwit_next_session_t nothing;
    uint8_t a[GODWIT_NEXT_SESSION_RECORD], b[GODWIT_NEXT_SESSION_RECORD];
    assert_int_equal(godwit_next_session_save(CRYPTO, &imsi, &used, a), GODWIT_OK);
    assert_int_equal(godwit_next_session_save(CRYPTO, &imsi, &nothing, b), GODWIT_OK);
    assert_memory_equal(a, b, sizeof a);
}

static void what_cannot_be_is_not_saved(void **state)
{
    (void)state;
    const godwit_imsi_t imsi = imsi_of("001010123456789");
    const godwit_next_session_t good = {.domain = GODWIT_NEXT_EPS, .ksi = 6, .tmsi = 1, .res_len = 4};
    godwit_next_session_t bad[6] = {good, good, good, good, good, good};
    uint8_t record[GODWIT_NEXT_SESSION_RECORD];
    bad[0].ksi = 7;
    bad[1].tmsi = 0;
    bad[2].res_len = 3;
    bad[3].res_len = GODWIT_RES_MAX + 1;
    bad[4].capability_len = GODWIT_NEXT_CAPABILITY_MAX + 1;
    bad[5].domain = (godwit_next_domain_t)4;
    assert_int_equal(godwit_next_session_save(CRYPTO, &imsi, &good, record), GODWIT_OK);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(godwit_next_session_save(CRYPTO, &imsi, &bad[i], record), GODWIT_INVALID_ARGUMENT);
    }
}

static void the_key_set_identifier_goes_round(void **state)
{
    (void)state;
    for (uint8_t ksi = 0; ksi < 6; ksi++) {
        assert_int_equal(godwit_next_session_ksi(ksi), ksi + 1);
    }
    assert_int_equal(godwit_next_session_ksi(6), 0);
    assert_int_equal(godwit_next_session_ksi(7), 0); /* of none */
}

/* Each thing that is wrong, alone; and of two the one that is looked at first. */
static void the_order_of_checks(void **state)
{
    (void)state;
    const godwit_next_session_t stored = {.domain = GODWIT_NEXT_EPS,
                                          .plmn = {{0, 0xF1, 0x10}},
                                          .ksi = 2,
                                          .tmsi = 1,
                                          .capability_len = 2,
                                          .capability = {0xF0, 0x70},
                                          .res_len = 8,
                                          .res = {1, 2, 3, 4, 5, 6, 7, 8}};
    const uint8_t res[8] = {1, 2, 3, 4, 5, 6, 7, 8}, wrong[8] = {1, 2, 3, 4, 5, 6, 7, 9};
    const godwit_next_claim_t good = {.verified = true,
                                      .plmn = stored.plmn,
                                      .ksi = 2,
                                      .res = godwit_slice(res, 8),
                                      .capability = godwit_slice("\xF0\x70\0", 3),
                                      .now_ms = 99};
    const godwit_next_session_t nothing = {.domain = GODWIT_NEXT_NONE};
    godwit_next_claim_t c = good;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_OK);
    c.capability = godwit_slice("\xF0\x60", 2);
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_POLICY_FORBIDS);
    c.capability = godwit_slice("\xF0", 1);
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_POLICY_FORBIDS);
    c.plmn.octets[2] = 0x20;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_WRONG_STATE);
    c.now_ms = 100;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_KEY_EXPIRED);
    c.res = godwit_slice(wrong, 8);
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_NOT_ENTITLED);
    c.res = godwit_slice(res, 7);
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_NOT_ENTITLED);
    c.res = godwit_slice(NULL, 0);
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_NOT_ENTITLED);
    c.verified = false;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_MAC_FAILURE);
    c.ksi = 3;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_UNKNOWN_KEY);
    assert_int_equal(godwit_next_session_admit(&nothing, 100, &good), GODWIT_NOT_FOUND);
    c = good; /* RES alone authenticates nobody */
    c.verified = false;
    assert_int_equal(godwit_next_session_admit(&stored, 100, &c), GODWIT_MAC_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_golden_and_damage_shows),
        cmocka_unit_test(an_emptied_record_leaves_nothing),
        cmocka_unit_test(what_cannot_be_is_not_saved),
        cmocka_unit_test(the_key_set_identifier_goes_round),
        cmocka_unit_test(the_order_of_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
