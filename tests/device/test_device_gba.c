/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the device against headers and keys that Python made (tests/vectors/gba.txt), in each flavour; and every
 * answer that must not be believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/crypto/md5.h"
#include "godwit/gba.h"
#include "tests/kat/kat.h"
#include "tests/support/failing_crypto.h"

#define NOW UINT64_C(1795828560) /* a day before the life time of the vectors ends */
static const uint8_t dice[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

static godwit_gba_t gba;
static godwit_gba_requests_t requests;
static uint8_t record_octets[GODWIT_GBA_RECORD_MAX];
static size_t record_len;

/* A test that does the same with the records of all flavours. */
#define FOR_EACH_FLAVOUR(name, use)                                                                                    \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        (void)kat_each("gba.txt", "flow", use, NULL);                                                                  \
    }

static const godwit_gba_request_t *find(godwit_gba_request_kind_t kind)
{
    for (size_t i = 0; i < requests.count; i++) {
        if (requests.item[i].kind == kind) {
            return &requests.item[i];
        }
    }
    return NULL;
}

static const godwit_gba_request_t *need(godwit_gba_request_kind_t kind)
{
    const godwit_gba_request_t *request = find(kind);
    assert_non_null(request);
    return request;
}

static void expect_event(const char *name, godwit_status_t reason)
{
    const godwit_gba_request_t *event = need(GODWIT_GBA_EVENT);
    assert_string_equal(event->name, name);
    assert_int_equal(event->reason, reason);
}

static godwit_gba_flavour_t flavour_of(const kat_record_t *record)
{
    const char *text = kat_text(record, "flavour");
    return text[0] == 'm' ? GODWIT_GBA_ME : text[0] == 'u' ? GODWIT_GBA_U : GODWIT_GBA_SIM;
}

static godwit_gba_config_t config_of(godwit_gba_flavour_t flavour)
{
    return (godwit_gba_config_t){.crypto = &godwit_crypto_builtin,
                                 .flavour = flavour,
                                 .impi = "001010123456789@ims.mnc001.mcc001.3gppnetwork.org",
                                 .bsf = "bsf.mnc001.mcc001.pub.3gppnetwork.org",
                                 .tls = flavour == GODWIT_GBA_SIM};
}

static void answer(uint16_t code, const char *challenge, const char *info, const char *body)
{
    const godwit_gba_answer_t a = {.code = code,
                                   .www_authenticate = godwit_slice_of_string(challenge),
                                   .authentication_info = godwit_slice_of_string(info),
                                   .body = godwit_slice_of_string(body)};
    assert_int_equal(godwit_gba_answer(&gba, &a, NOW, &requests), GODWIT_OK);
}

static godwit_gba_card_result_t card_of(const kat_record_t *record, godwit_status_t status)
{
    godwit_gba_card_result_t r = {.status = status};
    godwit_slice_t res = kat_hex(record, "res");
    if (status == GODWIT_OK) {
        r.res_len = (uint8_t)res.len;
        memcpy(r.res, res.ptr, res.len);
        memcpy(r.ck, kat_hex(record, "ck").ptr, 16); /* also of a card that should not give them */
        memcpy(r.ik, kat_hex(record, "ik").ptr, 16);
        memcpy(r.kc, kat_hex(record, "kc").ptr, 8);
    }
    if (status == GODWIT_AUTH_RESYNC) {
        memcpy(r.auts, kat_hex(record, "auts").ptr, sizeof r.auts);
    }
    return r;
}

static void card(const kat_record_t *record, godwit_status_t status)
{
    godwit_gba_card_result_t result = card_of(record, status);
    assert_int_equal(godwit_gba_card_result(&gba, &result, &requests), GODWIT_OK);
}

static void begin(const kat_record_t *record)
{
    godwit_gba_config_t config = config_of(flavour_of(record));
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_OK);
    assert_int_equal(godwit_gba_bootstrap(&gba, dice, &requests), GODWIT_OK);
    assert_string_equal(need(GODWIT_GBA_GET)->uri, "/");
    assert_string_equal(need(GODWIT_GBA_GET)->authorization, kat_text(record, "first"));
}

static void until_the_card(const kat_record_t *record)
{
    begin(record);
    answer(401, kat_text(record, "challenge"), "", "");
    const godwit_gba_request_t *request = need(GODWIT_GBA_AUTHENTICATE);
    kat_expect(record, "rand", request->rand, 16);
    kat_expect(record, "autn", request->autn, 16);
}

static void until_the_response(const kat_record_t *record)
{
    until_the_card(record);
    card(record, GODWIT_OK);
    assert_string_equal(need(GODWIT_GBA_GET)->authorization, kat_text(record, "second"));
}

static void until_the_key(const kat_record_t *record)
{
    until_the_response(record);
    answer(200, "", kat_text(record, "info"), kat_text(record, "body"));
    expect_event("bootstrapped", GODWIT_OK);
    godwit_slice_t octets = need(GODWIT_GBA_STORE)->octets;
    memcpy(record_octets, octets.ptr, octets.len);
    record_len = octets.len;
}

static void expect_key(const kat_record_t *record)
{
    uint8_t ks_naf[32];
    godwit_slice_t naf_id = kat_hex(record, "naf_id");
    bool in_card = flavour_of(record) == GODWIT_GBA_U;
    assert_string_equal(godwit_gba_b_tid_of(&gba), kat_text(record, "b_tid"));
    assert_true(godwit_gba_expires_of(&gba) == kat_number(record, "expires"));
    assert_int_equal(godwit_gba_ks_naf(&gba, naf_id, NOW, ks_naf), in_card ? GODWIT_WRONG_STATE : GODWIT_OK);
    if (!in_card) {
        kat_expect(record, "ks_naf", ks_naf, sizeof ks_naf);
    }
    assert_int_equal(godwit_gba_ks_naf(&gba, naf_id, kat_number(record, "expires"), ks_naf), GODWIT_KEY_EXPIRED);
}

static void bootstraps(const kat_record_t *record, void *context)
{
    (void)context;
    until_the_key(record);
    assert_int_equal(need(GODWIT_GBA_TIMER)->delay_s, 86400 - 600);
    assert_int_equal(find(GODWIT_GBA_CARD_KEEP) != NULL, flavour_of(record) == GODWIT_GBA_U);
    expect_key(record);
    godwit_gba_config_t config = config_of(flavour_of(record)); /* and after a reboot */
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_OK);
    assert_int_equal(godwit_gba_restore(&gba, godwit_slice(record_octets, record_len)), GODWIT_OK);
    expect_key(record);
}

static void every_flavour_bootstraps_as_python_reckons(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gba.txt", "flow", bootstraps, NULL), 3);
}

static void holds_no_ks(const kat_record_t *record, void *context)
{
    (void)context;
    if (flavour_of(record) != GODWIT_GBA_U) {
        return;
    }
    until_the_key(record);
    for (size_t i = 0; i + 8 <= sizeof gba; i++) {
        assert_memory_not_equal((const uint8_t *)&gba + i, kat_hex(record, "ck").ptr, 8);
    }
}

FOR_EACH_FLAVOUR(with_gba_u_the_device_holds_no_ks, holds_no_ks)

static void resynchronises(const kat_record_t *record, void *context)
{
    (void)context;
    until_the_card(record);
    card(record, GODWIT_AUTH_RESYNC);
    if (flavour_of(record) == GODWIT_GBA_SIM) {
        expect_event("refused", GODWIT_AUTH_RESYNC); /* a SIM has no AUTS */
        return;
    }
    assert_string_equal(need(GODWIT_GBA_GET)->authorization, kat_text(record, "resync"));
    answer(401, kat_text(record, "challenge"), "", "");
    card(record, GODWIT_OK);
    assert_string_equal(need(GODWIT_GBA_GET)->authorization, kat_text(record, "second"));
}

FOR_EACH_FLAVOUR(a_stale_sqn_is_answered_with_auts, resynchronises)

static void forgets_first(const kat_record_t *record, void *context)
{
    (void)context;
    until_the_key(record);
    assert_int_equal(godwit_gba_bootstrap(&gba, dice, &requests), GODWIT_OK);
    answer(401, kat_text(record, "challenge"), "", "");
    card(record, GODWIT_OK);
    bool in_card = flavour_of(record) == GODWIT_GBA_U;
    assert_int_equal(requests.item[0].kind, in_card ? GODWIT_GBA_STORE : GODWIT_GBA_GET);
    answer(503, "", "", "");
    expect_event("refused", GODWIT_OVERLOAD);
    assert_string_equal(godwit_gba_b_tid_of(&gba), in_card ? "" : kat_text(record, "b_tid"));
}

FOR_EACH_FLAVOUR(a_key_of_before_outlives_a_bootstrapping_that_failed_but_not_in_the_card, forgets_first)

/* The record is made with the first call of the crypto backend: with GBA_U that is when the card has answered. */
static void cannot_store(const kat_record_t *record, void *context)
{
    (void)context;
    const godwit_gba_answer_t proof = {.code = 200,
                                       .authentication_info = godwit_slice_of_string(kat_text(record, "info")),
                                       .body = godwit_slice_of_string(kat_text(record, "body"))};
    until_the_response(record);
    gba.config.crypto = &failing_crypto;
    failing_crypto_at(1);
    assert_int_equal(godwit_gba_answer(&gba, &proof, NOW, &requests), GODWIT_CRYPTO_FAILED);
    assert_int_equal(requests.count, 1);
    expect_event("refused", GODWIT_CRYPTO_FAILED);
    assert_string_equal(godwit_gba_b_tid_of(&gba), "");
    if (flavour_of(record) == GODWIT_GBA_U) {
        const godwit_gba_card_result_t result = card_of(record, GODWIT_OK);
        until_the_key(record);
        assert_int_equal(godwit_gba_bootstrap(&gba, dice, &requests), GODWIT_OK);
        answer(401, kat_text(record, "challenge"), "", "");
        gba.config.crypto = &failing_crypto;
        failing_crypto_at(1);
        assert_int_equal(godwit_gba_card_result(&gba, &result, &requests), GODWIT_CRYPTO_FAILED);
        assert_int_equal(requests.count, 1);
        assert_string_equal(godwit_gba_b_tid_of(&gba), kat_text(record, "b_tid")); /* as the record has it */
    }
}

FOR_EACH_FLAVOUR(a_key_that_cannot_be_stored_is_not_taken, cannot_store)

typedef struct wrong {
    uint16_t code;
    const char *challenge, *info, *body;
    godwit_status_t reason;
} wrong_t;

static void refuses_challenges(const kat_record_t *record, void *context)
{
    (void)context;
    static const wrong_t wrong[] = {
        {401, "", "", "", GODWIT_MALFORMED},
        {401, "Basic realm=\"x\"", "", "", GODWIT_MALFORMED},
        {401,
         "Digest realm=\"bsf.mnc001.mcc001.pub.3gppnetwork.org\", nonce=\"AAAA\", qop=\"auth-int\", algorithm=AKAv1-MD5",
         "", "", GODWIT_MALFORMED},
        {401, "Digest realm=\"bsf.other.example\", nonce=\"AAAA\", qop=\"auth-int\", algorithm=AKAv1-MD5", "", "",
         GODWIT_NOT_ENTITLED},
        {401,
         "Digest realm=\"bsf.mnc001.mcc001.pub.3gppnetwork.org\", nonce=\"AAAA\", qop=\"auth\", algorithm=AKAv1-MD5",
         "", "", GODWIT_UNSUPPORTED_SUITE},
        {401, "Digest realm=\"bsf.mnc001.mcc001.pub.3gppnetwork.org\", nonce=\"AAAA\", qop=\"auth-int\", algorithm=MD5",
         "", "", GODWIT_UNSUPPORTED_SUITE},
        {200, "", "", "", GODWIT_MALFORMED}, /* a key before anybody has proved anything */
        {403, "", "", "", GODWIT_NOT_ENTITLED},
        {500, "", "", "", GODWIT_PEER_INTERNAL},
        {302, "", "", "", GODWIT_MALFORMED},
        {0, "", "", "", GODWIT_IO_FAILED},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        begin(record);
        answer(wrong[i].code, wrong[i].challenge, wrong[i].info, wrong[i].body);
        expect_event("refused", wrong[i].reason);
        assert_null(find(GODWIT_GBA_AUTHENTICATE));
    }
}

static void refuses_keys(const kat_record_t *record, void *context)
{
    (void)context;
    const char *info = kat_text(record, "info"), *body = kat_text(record, "body");
    char bent[512];
    const wrong_t wrong[] = {
        {200, "", "", body, GODWIT_MAC_FAILURE},
        {200, "", info, "", GODWIT_MAC_FAILURE},
        {200, "", "qop=auth-int, nc=00000001, cnonce=\"0123456789abcdef\"", body, GODWIT_MAC_FAILURE},
        {401, kat_text(record, "challenge"), "", "", GODWIT_AUTH_MAC_FAILURE},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        until_the_response(record);
        answer(wrong[i].code, wrong[i].challenge, wrong[i].info, wrong[i].body);
        expect_event("refused", wrong[i].reason);
        assert_string_equal(godwit_gba_b_tid_of(&gba), "");
    }
    size_t len = strlen(body);
    for (size_t i = 0; i < len; i++) { /* a body that somebody on the line changed */
        memcpy(bent, body, len + 1);
        bent[i] ^= 1;
        until_the_response(record);
        answer(200, "", info, bent);
        expect_event("refused", GODWIT_MAC_FAILURE);
    }
}

/* A BSF that knows RES, and names another run or a time that is over. */
static void refuses_bodies(const kat_record_t *record, void *context)
{
    (void)context;
    for (unsigned i = 0; i < 2; i++) {
        char body[512], text[GODWIT_HTTP_FIELD_MAX];
        uint8_t md5[16];
        godwit_digest_info_t info = {.qop = GODWIT_QOP_AUTH_INT, .nc = 1, .has_rspauth = true};
        until_the_response(record);
        memcpy(body, kat_text(record, "body"), strlen(kat_text(record, "body")) + 1);
        *(i == 0 ? strstr(body, "<btid>") + 7 : strstr(body, "2026-")) = i == 0 ? 'A' : '1';
        const godwit_slice_t octets = godwit_slice_of_string(body);
        godwit_md5(&octets, 1, md5);
        memcpy(info.cnonce, gba.authorization.cnonce, sizeof info.cnonce);
        godwit_digest_compute(&gba.authorization, godwit_slice(NULL, 0), kat_hex(record, "password"), md5,
                              info.rspauth);
        assert_int_equal(godwit_digest_info_build(&info, text), GODWIT_OK);
        answer(200, "", text, body);
        expect_event("refused", GODWIT_MALFORMED);
    }
}

static void answers_that_prove_nothing_are_refused(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "flow", refuses_challenges, NULL);
    (void)kat_each("gba.txt", "flow", refuses_keys, NULL);
    (void)kat_each("gba.txt", "flow", refuses_bodies, NULL);
}

static void runs_few(const kat_record_t *record, void *context)
{
    (void)context;
    until_the_card(record);
    card(record, GODWIT_AUTH_MAC_FAILURE);
    expect_event("refused", GODWIT_AUTH_MAC_FAILURE);
    assert_null(find(GODWIT_GBA_GET));
    begin(record);
    for (unsigned i = 0; i < GODWIT_GBA_CARD_RUNS_MAX && flavour_of(record) != GODWIT_GBA_SIM; i++) {
        answer(401, kat_text(record, "challenge"), "", "");
        card(record, GODWIT_AUTH_RESYNC);
    }
    answer(401, kat_text(record, "challenge"), "", "");
    expect_event(flavour_of(record) != GODWIT_GBA_SIM ? "refused" : "challenged",
                 flavour_of(record) != GODWIT_GBA_SIM ? GODWIT_OVERLOAD : GODWIT_OK);
}

FOR_EACH_FLAVOUR(a_false_bsf_gets_nothing_and_none_makes_the_card_run_for_ever, runs_few)

static void stale_goes_on(const kat_record_t *record, void *context)
{
    (void)context;
    char challenge[512];
    until_the_response(record);
    size_t len = strlen(kat_text(record, "challenge"));
    memcpy(challenge, kat_text(record, "challenge"), len);
    memcpy(challenge + len, ", stale=true", 13);
    answer(401, challenge, "", "");
    (void)need(GODWIT_GBA_AUTHENTICATE);
}

FOR_EACH_FLAVOUR(a_stale_nonce_is_asked_anew, stale_goes_on)

static void records(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_gba_config_t config = config_of(flavour_of(record));
    until_the_key(record);
    for (size_t i = 0; i < record_len; i++) {
        record_octets[i] ^= 0x10;
        assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_OK);
        assert_int_equal(godwit_gba_restore(&gba, godwit_slice(record_octets, record_len)), GODWIT_MALFORMED);
        assert_string_equal(godwit_gba_b_tid_of(&gba), "");
        record_octets[i] ^= 0x10;
        assert_int_equal(godwit_gba_restore(&gba, godwit_slice(record_octets, i)), GODWIT_MALFORMED);
    }
    config.impi = "001010123456780@ims.mnc001.mcc001.3gppnetwork.org";
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_OK);
    assert_int_equal(godwit_gba_restore(&gba, godwit_slice(record_octets, record_len)), GODWIT_MALFORMED);
}

FOR_EACH_FLAVOUR(a_record_that_is_damaged_or_anothers_is_none, records)

static void configurations_that_cannot_be_are_refused(void **state)
{
    (void)state;
    godwit_gba_config_t config = config_of(GODWIT_GBA_SIM);
    config.tls = false; /* TS 33.220 Annex I */
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_POLICY_FORBIDS);
    config = config_of(GODWIT_GBA_ME);
    config.bsf = "BSF.example";
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_INVALID_ARGUMENT);
    config.bsf = "bsf.example";
    config.impi = "";
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_INVALID_ARGUMENT);
    config = config_of(GODWIT_GBA_ME);
    assert_int_equal(godwit_gba_init(&gba, &config), GODWIT_OK);
    const godwit_gba_answer_t a = {.code = 200};
    const godwit_gba_card_result_t r = {.status = GODWIT_OK};
    assert_int_equal(godwit_gba_answer(&gba, &a, NOW, &requests), GODWIT_WRONG_STATE);
    assert_int_equal(godwit_gba_card_result(&gba, &r, &requests), GODWIT_WRONG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flavour_bootstraps_as_python_reckons),
        cmocka_unit_test(with_gba_u_the_device_holds_no_ks),
        cmocka_unit_test(a_stale_sqn_is_answered_with_auts),
        cmocka_unit_test(a_key_of_before_outlives_a_bootstrapping_that_failed_but_not_in_the_card),
        cmocka_unit_test(a_key_that_cannot_be_stored_is_not_taken),
        cmocka_unit_test(answers_that_prove_nothing_are_refused),
        cmocka_unit_test(a_false_bsf_gets_nothing_and_none_makes_the_card_run_for_ever),
        cmocka_unit_test(a_stale_nonce_is_asked_anew),
        cmocka_unit_test(a_record_that_is_damaged_or_anothers_is_none),
        cmocka_unit_test(configurations_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
