/* SPDX-License-Identifier: Apache-2.0
 *
 * Every datagram of tests/vectors/e2e-emsdp.txt: a session whose user plane ends in an EAS. Sealed here to the same
 * octets, and opened by the end that has the key; the HSE, with K_session alone, opens none of the user plane.
 */
#include "tests/emsdp/messages.h"

#define FILE_NAME "e2e-emsdp.txt"

static uint8_t keyset[32];

static void take_keyset(const kat_record_t *r, void *context)
{
    (void)context;
    memcpy(keyset, kat_hex(r, "e2m_keyset").ptr, sizeof keyset);
}

static int load(void **state)
{
    kat_each(FILE_NAME, "keyset", take_keyset, NULL);
    return messages_load(state);
}

static ends_t e2e_ends(uint32_t age, uint8_t suite, uint8_t key_id, godwit_framing_t framing)
{
    uint8_t key[32];
    assert_int_equal(godwit_k_e2e(CRYPTO, keyset, godwit_slice_of_string("eas.example"), age, key), GODWIT_OK);
    ends_t e = ends_make(key, suite, key_id, framing);
    if (framing.session_octets == 0) {
        e.device.hot.session_id = e.network.hot.session_id = 0;
    }
    return e;
}

/* ---- keys ---- */

static void use_key(const kat_record_t *r, void *context)
{
    static const uint8_t suites[] = {1, 5, 6};
    static const char *const enc[] = {"k_enc_1", "k_enc_5", "k_enc_6"}, *const mac[] = {"k_int_1", "k_int_5",
                                                                                        "k_int_6"};
    uint8_t key[32];
    (void)context;
    assert_int_equal(godwit_k_e2e(CRYPTO, keyset, kat_hex(r, "eas"), (uint32_t)kat_number(r, "age"), key), GODWIT_OK);
    kat_expect(r, "k_e2e", key, sizeof key);
    for (size_t i = 0; i < sizeof suites; i++) {
        uint8_t k_enc[16], k_int[32];
        assert_int_equal(godwit_suite_keys(CRYPTO, key, suites[i], k_enc, k_int), GODWIT_OK);
        kat_expect(r, enc[i], k_enc, sizeof k_enc);
        kat_expect(r, mac[i], k_int, godwit_suite(suites[i])->eia == 0 ? 32 : 16);
    }
}

static void keys_are_the_golden_ones(void **state)
{
    (void)state;
    assert_int_equal(kat_each(FILE_NAME, "k_e2e", use_key, NULL), 4);
}

/* ---- the conversation ---- */

static godwit_emsdp_control_t asks(uint8_t command, uint32_t age)
{
    return (godwit_emsdp_control_t){.command = command,
                                    .present = HAS(ENTERPRISE) | HAS(SERVICE_REQUEST),
                                    .enterprise = godwit_slice_of_string("eas.example"),
                                    .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                    .service_suites = 0x000F,
                                    .service_age = age};
}

static godwit_e2e_terms_t terms(uint8_t key_id, uint32_t age, uint32_t messages)
{
    return (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 1, key_id, age, 86400, messages};
}

static void expect_request(const kat_record_t *r)
{
    uint8_t buf[128];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_emsdp_control_t m = session_request(GODWIT_AGREEMENT_SEPARATE_EPS), parsed;
    const godwit_emsdp_control_t what = asks(m.command, 0);
    godwit_emsdp_header_t header;
    m.present |= what.present;
    m.enterprise = what.enterprise;
    m.service = what.service;
    m.service_suites = what.service_suites;
    assert_int_equal(godwit_emsdp_unkeyed_build(GODWIT_FRAMING_DEFAULT, 0, 0, &m, &w), GODWIT_OK);
    kat_expect(r, "request", buf, w.len);
    assert_int_equal(godwit_emsdp_unkeyed_parse(kat_hex(r, "request"), GODWIT_FRAMING_DEFAULT, &header, &parsed),
                     GODWIT_OK);
    assert_int_equal(parsed.present, m.present);
    assert_int_equal(parsed.service, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(parsed.service_suites, 0x000F);
    assert_int_equal(parsed.service_age, 0);
    assert_true(godwit_slice_equal(parsed.enterprise, m.enterprise));
}

static void expect_control(const kat_record_t *r, const char *name, ends_t *e, bool up, godwit_slice_t transcript,
                           godwit_emsdp_control_t m)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const octets_t d = seal_control(ends_from(e, up), &m, transcript);
    kat_expect(r, name, d.at, d.len);
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), kat_hex(r, name), transcript, plain, &opened),
                     GODWIT_OK);
    assert_int_equal(opened.control.present, m.present);
    assert_memory_equal(&opened.control.terms, &m.terms, sizeof m.terms);
    assert_int_equal(opened.control.service, m.service);
    assert_int_equal(opened.control.service_age, m.service_age);
    assert_true(godwit_slice_equal(opened.control.data, m.data));
    godwit_emsdp_accept(ends_to(e, up), &opened);
}

static void expect_user(const kat_record_t *r, const char *name, ends_t *e, bool up, godwit_slice_t payload)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const octets_t d = seal_user(ends_from(e, up), payload);
    kat_expect(r, name, d.at, d.len);
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), kat_hex(r, name), EMPTY, plain, &opened), GODWIT_OK);
    assert_true(godwit_slice_equal(opened.payload, payload));
    godwit_emsdp_accept(ends_to(e, up), &opened);
    /* Whoever has K_session opens it not, under whichever Key ID. */
    for (uint8_t key_id = 1; key_id <= 7; key_id++) {
        uint8_t k_session[32];
        assert_int_equal(godwit_k_session(CRYPTO, keyset, godwit_slice_of_string("hse.example"), 1, k_session),
                         GODWIT_OK);
        const ends_t hse = ends_make(k_session, 1, key_id, GODWIT_FRAMING_DEFAULT);
        assert_int_not_equal(
            godwit_emsdp_open(CRYPTO, up ? &hse.network : &hse.device, kat_hex(r, name), EMPTY, plain, &opened),
            GODWIT_OK);
    }
}

static void expect_setup(const kat_record_t *r, ends_t *control, ends_t *first)
{
    uint8_t hash[32];
    const godwit_slice_t exchange[] = {kat_hex(r, "request"), kat_hex(r, "start")};
    godwit_emsdp_control_t start = session_start(GODWIT_AGREEMENT_SEPARATE_EPS, golden.autn_8080, 1);
    start.present |= HAS(SERVICE);
    start.terms = terms(1, 1, 100);
    expect_request(r);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 1, hash), GODWIT_OK);
    expect_control(r, "start", control, false, godwit_slice(hash, 32), start);
    expect_user(r, "carried", first, true, godwit_slice(golden.reading, 20));
    const godwit_emsdp_control_t confirmation = {
        .command = GODWIT_SESSION_START_CONFIRMATION, .present = HAS(DATA), .data = kat_hex(r, "carried")};
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 2, hash), GODWIT_OK);
    expect_control(r, "confirmation", control, true, godwit_slice(hash, 32), confirmation);
}

/* A datagram that is to be acknowledged: inside a request under K_session, whose answer names it. */
static void expect_confirmation(const kat_record_t *r, ends_t *control, ends_t *second)
{
    expect_user(r, "kept", second, true, godwit_slice_of_string("keep me"));
    const godwit_slice_t kept = kat_hex(r, "kept");
    expect_control(r, "confirm", control, true, EMPTY,
                   (godwit_emsdp_control_t){
                       .command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(COUNT) | HAS(DATA), .data = kept});
    godwit_emsdp_control_t confirmed = {.command = GODWIT_MANAGE_KEYS_RESPONSE, .present = HAS(ECHO)};
    memcpy(confirmed.echo, kept.ptr + kept.len - sizeof confirmed.echo, sizeof confirmed.echo);
    expect_control(r, "confirmed", control, false, EMPTY, confirmed);
}

static void use_conversation(const kat_record_t *r, void *context)
{
    ends_t control = ends_default(1, GODWIT_FRAMING_DEFAULT), first = e2e_ends(1, 1, 1, GODWIT_FRAMING_DEFAULT),
           second = e2e_ends(2, 1, 2, GODWIT_FRAMING_DEFAULT);
    (void)context;
    expect_setup(r, &control, &first);
    expect_user(r, "up_1", &first, true, godwit_slice_of_string("reading 2"));
    expect_user(r, "down_1", &first, false, godwit_slice_of_string("valve shut"));
    expect_control(r, "manage_request", &control, false, EMPTY,
                   (godwit_emsdp_control_t){
                       .command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(SERVICE), .terms = terms(2, 2, 0)});
    expect_control(r, "manage_response", &control, true, EMPTY, bare(GODWIT_MANAGE_KEYS_RESPONSE));
    expect_user(r, "up_2", &second, true, godwit_slice_of_string("reading 3"));
    expect_user(r, "up_late", &first, true, godwit_slice_of_string("reading in flight"));
    expect_control(r, "ask", &control, true, EMPTY, asks(GODWIT_MANAGE_KEYS_REQUEST, 2));
    godwit_emsdp_control_t reject = {
        .command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = GODWIT_KEY_EXPIRED};
    const godwit_slice_t late = kat_hex(r, "up_late");
    memcpy(reject.echo, late.ptr + late.len - sizeof reject.echo, sizeof reject.echo);
    expect_control(r, "reject", &control, false, EMPTY, reject);
    expect_confirmation(r, &control, &second);
}

static void the_conversation_is_the_golden_one(void **state)
{
    (void)state;
    assert_int_equal(kat_each(FILE_NAME, "conversation", use_conversation, NULL), 1);
}

/* Session ID 1 for every S but 0, where the MAC has zero. */
static void use_framing(const kat_record_t *r, void *context)
{
    const godwit_framing_t framing = {(uint8_t)kat_number(r, "s"), (uint8_t)kat_number(r, "e")};
    ends_t e = e2e_ends(3, (uint8_t)kat_number(r, "suite"), 7, framing);
    (void)context;
    expect_user(r, "up", &e, true, godwit_slice(golden.reading, 20));
    expect_user(r, "down", &e, false, godwit_slice_of_string("thanks"));
}

static void the_user_plane_of_every_framing_and_suite_is_the_golden_one(void **state)
{
    (void)state;
    assert_int_equal(kat_each(FILE_NAME, "user_plane", use_framing, NULL), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_the_golden_ones),
        cmocka_unit_test(the_conversation_is_the_golden_one),
        cmocka_unit_test(the_user_plane_of_every_framing_and_suite_is_the_golden_one),
    };
    return cmocka_run_group_tests_name("golden_e2e", tests, load, NULL);
}
