/* SPDX-License-Identifier: Apache-2.0
 *
 * Every datagram of tests/vectors/golden-emsdp.txt: sealed here to the same octets, and opened by the other end to what
 * was put golden.
 */
#include "godwit/aka.h"
#include "tests/emsdp/messages.h"

/* ---- one datagram ------------------------------------------------------------------------------------------------ */

static void expect_unkeyed(const kat_record_t *r, const char *name, const godwit_emsdp_control_t *m,
                           uint32_t session_id, uint32_t low_count)
{
    uint8_t buf[128];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t parsed;
    assert_int_equal(godwit_emsdp_unkeyed_build(GODWIT_FRAMING_DEFAULT, session_id, low_count, m, &w), GODWIT_OK);
    kat_expect(r, name, buf, w.len);
    assert_int_equal(godwit_emsdp_unkeyed_parse(godwit_written(&w), GODWIT_FRAMING_DEFAULT, &header, &parsed),
                     GODWIT_OK);
    assert_int_equal(header.session_id, session_id);
    assert_int_equal(header.low_count, low_count);
    assert_int_equal(parsed.present, m->present);
    assert_true(!godwit_emsdp_has(m, GODWIT_TLV_IMSI) || godwit_imsi_equal(&parsed.imsi, &m->imsi));
    assert_int_equal(parsed.agreements, m->agreements);
    assert_int_equal(parsed.suites, m->suites);
    assert_true(godwit_plmn_equal(parsed.serving_network, m->serving_network));
    assert_int_equal(parsed.reason, m->reason);
    assert_memory_equal(parsed.echo, m->echo, sizeof m->echo);
    assert_memory_equal(parsed.auts, m->auts, sizeof m->auts);
}

static void expect_user(const kat_record_t *r, const char *name, ends_t *e, bool up, godwit_slice_t payload)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const uint32_t count = ends_from(e, up)->hot.up_next_out;
    const octets_t d = seal_user(ends_from(e, up), payload);
    kat_expect(r, name, d.at, d.len);
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), kat_hex(r, name), EMPTY, plain, &opened), GODWIT_OK);
    assert_true(opened.user_plane);
    assert_int_equal(opened.count, count);
    assert_true(godwit_slice_equal(opened.payload, payload));
    godwit_emsdp_accept(ends_to(e, up), &opened);
}

static void expect_text(const kat_record_t *r, const char *name, ends_t *e, bool up, const char *text)
{
    expect_user(r, name, e, up, godwit_slice_of_string(text));
}

static void expect_same_control(const godwit_emsdp_control_t *a, const godwit_emsdp_control_t *b)
{
    assert_int_equal(a->command, b->command);
    assert_int_equal(a->present, b->present);
    assert_memory_equal(a->rand, b->rand, 16);
    assert_memory_equal(a->autn, b->autn, 16);
    assert_memory_equal(a->rand1, b->rand1, 16);
    assert_memory_equal(a->echo, b->echo, sizeof a->echo);
    assert_true(godwit_slice_equal(a->data, b->data));
    assert_int_equal(a->agreement, b->agreement);
    assert_int_equal(a->suite, b->suite);
    assert_int_equal(a->reason, b->reason);
    assert_int_equal(a->key_generation, b->key_generation);
    assert_int_equal(a->key_suite, b->key_suite);
    assert_int_equal(a->key_id, b->key_id);
    assert_int_equal(a->generation,
                     godwit_emsdp_has(b, GODWIT_TLV_HSE_CONFIGURATION) && b->generation == 0 ? 1 : b->generation);
}

static void expect_control_in(const kat_record_t *r, const char *name, ends_t *e, bool up, godwit_slice_t transcript,
                              const godwit_emsdp_control_t *m)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const octets_t d = seal_control(ends_from(e, up), m, transcript);
    kat_expect(r, name, d.at, d.len);
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), kat_hex(r, name), transcript, plain, &opened),
                     GODWIT_OK);
    assert_false(opened.user_plane);
    expect_same_control(&opened.control, m);
    godwit_emsdp_accept(ends_to(e, up), &opened);
}

static void expect_control(const kat_record_t *r, const char *name, ends_t *e, bool up, godwit_emsdp_control_t m)
{
    expect_control_in(r, name, e, up, EMPTY, &m);
}

/* Transcript hash over one or two fields of the record. */
static godwit_slice_t transcript_of(const kat_record_t *r, const char *first, const char *second, uint8_t hash[32])
{
    const godwit_slice_t datagrams[] = {kat_hex(r, first), second == NULL ? EMPTY : kat_hex(r, second)};
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, datagrams, second == NULL ? 1 : 2, hash), GODWIT_OK);
    return godwit_slice(hash, 32);
}

/* Start over a request, Confirmation over both. */
static void expect_setup(const kat_record_t *r, ends_t *e, const char *names[3], const godwit_emsdp_control_t *start)
{
    uint8_t hash[32];
    godwit_emsdp_control_t peeked;
    const godwit_emsdp_control_t confirmation = with_data(GODWIT_SESSION_START_CONFIRMATION);
    assert_int_equal(godwit_emsdp_start_peek(kat_hex(r, names[1]), GODWIT_FRAMING_DEFAULT, &peeked), GODWIT_OK);
    expect_same_control(&peeked, start);
    expect_control_in(r, names[1], e, false, transcript_of(r, names[0], NULL, hash), start);
    if (names[2] != NULL) {
        expect_control_in(r, names[2], e, true, transcript_of(r, names[0], names[1], hash), &confirmation);
    }
}

/* ---- the conversation -------------------------------------------------------------------------------------------- */

static ends_t ends_of(godwit_agreement_t agreement, uint32_t generation, uint8_t key_id)
{
    uint8_t k_session[32];
    ends_k_session(agreement, generation, k_session);
    return ends_make(k_session, 1, key_id, GODWIT_FRAMING_DEFAULT);
}

static void use_conversation(const kat_record_t *r, void *context)
{
    ends_t one = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 1, 1), two = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 2, 2),
           three = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 3, 3);
    const godwit_emsdp_control_t request = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    const godwit_emsdp_control_t start = session_start(GODWIT_AGREEMENT_SEPARATE_EPS, golden.autn_8080, 1);
    const godwit_emsdp_control_t early_start = short_start(GODWIT_AGREEMENT_SEPARATE_EPS);
    uint8_t hash[32];
    (void)context;
    expect_unkeyed(r, "request", &request, 0, 0);
    expect_setup(r, &one, (const char *[]){"request", "start", "confirmation"}, &start);
    expect_text(r, "up_1", &one, true, "reading 2");
    expect_text(r, "down_1", &one, false, "valve shut");
    expect_control(r, "manage_request", &one, false, with_key(GODWIT_MANAGE_KEYS_REQUEST, 2, 2));
    expect_text(r, "down_old_key", &one, false, "still the old key");
    expect_control(r, "manage_response", &two, true, bare(GODWIT_MANAGE_KEYS_RESPONSE));
    expect_text(r, "up_2", &two, true, "reading 3");
    expect_text(r, "down_2", &two, false, "thanks");
    expect_control(r, "terminate_request", &two, true, bare(GODWIT_SESSION_TERMINATE_REQUEST));
    expect_control(r, "terminate_response", &two, false, with_key(GODWIT_SESSION_TERMINATE_RESPONSE, 3, 3));
    expect_control(r, "early_request", &three, true, with_data(GODWIT_SESSION_REQUEST));
    expect_control_in(r, "early_start", &three, false, transcript_of(r, "early_request", NULL, hash), &early_start);
    expect_text(r, "up_3", &three, true, "reading 4");
    expect_control(r, "terminate_request_down", &three, false, with_key(GODWIT_SESSION_TERMINATE_REQUEST, 4, 4));
    expect_control(r, "terminate_response_up", &three, true, bare(GODWIT_SESSION_TERMINATE_RESPONSE));
}

static void conversation_is_the_golden_one(void **state)
{
    (void)state;
    kat_each(GOLDEN, "conversation", use_conversation, NULL);
}

/* The MAC inputs that the file prints give, under CMAC with K_int, the MACs that the datagrams carry; and the
 * transcripts are ours. */
static struct {
    octets_t request, start, confirmation, up_1;
} sent;

static octets_t copy_of(godwit_slice_t s)
{
    octets_t o = {.len = s.len};
    memcpy(o.at, s.ptr, s.len);
    return o;
}

static void take_sent(const kat_record_t *r, void *context)
{
    (void)context;
    sent.request = copy_of(kat_hex(r, "request"));
    sent.start = copy_of(kat_hex(r, "start"));
    sent.confirmation = copy_of(kat_hex(r, "confirmation"));
    sent.up_1 = copy_of(kat_hex(r, "up_1"));
}

static void expect_mac(const kat_record_t *r, const char *name, const octets_t *datagram)
{
    const ends_t e = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 1, 1);
    const godwit_slice_t input = kat_hex(r, name);
    uint8_t mac[16];
    assert_int_equal(CRYPTO->aes128_cmac(e.device.hot.k_int, &input, 1, mac), GODWIT_OK);
    assert_memory_equal(mac, datagram->at + datagram->len - 8, 8);
}

static void use_mac_inputs(const kat_record_t *r, void *context)
{
    const godwit_slice_t exchange[] = {octets_slice(&sent.request), octets_slice(&sent.start)};
    uint8_t hash[32];
    (void)context;
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 1, hash), GODWIT_OK);
    kat_expect(r, "transcript_start", hash, 32);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, exchange, 2, hash), GODWIT_OK);
    kat_expect(r, "transcript_confirmation", hash, 32);
    expect_mac(r, "start", &sent.start);
    expect_mac(r, "confirmation", &sent.confirmation);
    expect_mac(r, "up_1", &sent.up_1);
}

static void mac_inputs_and_transcripts_are_the_golden_ones(void **state)
{
    (void)state;
    kat_each(GOLDEN, "conversation", take_sent, NULL);
    kat_each(GOLDEN, "mac_inputs", use_mac_inputs, NULL);
}

/* ---- the rest of the file ---------------------------------------------------------------------------------------- */

static void use_setup_07(const kat_record_t *r, void *context)
{
    ends_t e = ends_of(GODWIT_AGREEMENT_SEPARATE_UMTS, 1, 1);
    const godwit_emsdp_control_t request = session_request(GODWIT_AGREEMENT_SEPARATE_UMTS);
    const godwit_emsdp_control_t start = session_start(GODWIT_AGREEMENT_SEPARATE_UMTS, golden.autn_0000, 1);
    (void)context;
    expect_unkeyed(r, "request", &request, 0, 0);
    expect_setup(r, &e, (const char *[]){"request", "start", "confirmation"}, &start);
}

static void setup_under_agreement_07_is_the_golden_one(void **state)
{
    (void)state;
    kat_each(GOLDEN, "setup_07", use_setup_07, NULL);
}

static void use_reject(const kat_record_t *r, void *context)
{
    ends_t e = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 1, 1);
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO)};
    (void)context;
    e.device.cp_next_out = 1;
    m.reason = GODWIT_UNSUPPORTED_SUITE;
    memcpy(m.echo, "\x90\xa2\x72\xe8\xc3\x2f\x82\x7d", sizeof m.echo);
    expect_control(r, "with_mac", &e, true, m);
    m.reason = GODWIT_UNKNOWN_SESSION;
    memcpy(m.echo, "\x8e\x80\x1b\x04\xd6\xe7\xc9\x9b", sizeof m.echo);
    expect_unkeyed(r, "hint", &m, 1, 0);
}

static void rejects_are_the_golden_ones(void **state)
{
    (void)state;
    kat_each(GOLDEN, "reject", use_reject, NULL);
}

static uint8_t k_mtc[32], rand1[16];

static void take_k_mtc(const kat_record_t *r, void *context)
{
    (void)context;
    memcpy(k_mtc, kat_hex(r, "k_mtc").ptr, 32);
    memcpy(rand1, kat_hex(r, "rand1").ptr, 16);
}

static void use_device_rand(const kat_record_t *r, void *context)
{
    ends_t e = ends_make(k_mtc, 1, 2, GODWIT_FRAMING_DEFAULT);
    godwit_emsdp_control_t request = with_data(GODWIT_SESSION_REQUEST);
    const godwit_emsdp_control_t start = short_start(GODWIT_AGREEMENT_DEVICE_RAND);
    uint8_t hash[32];
    (void)context;
    request.present |= HAS(IMSI) | HAS(RAND1);
    request.imsi = golden.imsi;
    memcpy(request.rand1, rand1, 16);
    e.device.hot.session_id = e.network.hot.session_id = 0;
    expect_control(r, "request", &e, true, request);
    e.device.hot.session_id = e.network.hot.session_id = 1; /* Session Start names the session */
    expect_control_in(r, "start", &e, false, transcript_of(r, "request", NULL, hash), &start);
    expect_text(r, "up", &e, true, "reading 2");
    expect_text(r, "down", &e, false, "valve shut");
}

static void device_rand_is_the_golden_one(void **state)
{
    (void)state;
    kat_each(GOLDEN, "device_rand", take_k_mtc, NULL);
    kat_each(GOLDEN, "device_rand_datagrams", use_device_rand, NULL);
}

/* The Start after a resynchronisation is under a new vector: its keys come from K, through AUTN and KASME. */
static void k_session_of_vector(const uint8_t rand[16], const uint8_t autn[16], uint8_t k_session[32])
{
    godwit_aka_key_t key;
    godwit_vector_t v;
    uint64_t sqn;
    uint8_t ck_ik[32], kasme[32], keyset[32];
    assert_int_equal(godwit_aka_key_init(&key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(golden.k, 16),
                                         godwit_slice(golden.opc, 16), true, NULL),
                     GODWIT_OK);
    assert_int_equal(godwit_autn_consume(CRYPTO, &key, rand, autn, &sqn, &v), GODWIT_OK);
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, golden.plmn, autn, kasme), GODWIT_OK);
    assert_int_equal(godwit_e2m_keyset(CRYPTO, kasme, GODWIT_AGREEMENT_SEPARATE_EPS, godwit_slice(autn, 6), keyset),
                     GODWIT_OK);
    assert_int_equal(godwit_k_session(CRYPTO, keyset, godwit_slice_of_string("hse.example"), 1, k_session), GODWIT_OK);
}

static void expect_start_after_auts(const kat_record_t *r)
{
    godwit_emsdp_control_t peeked;
    uint8_t k_session[32];
    assert_int_equal(godwit_emsdp_start_peek(kat_hex(r, "start_auts"), GODWIT_FRAMING_DEFAULT, &peeked), GODWIT_OK);
    k_session_of_vector(peeked.rand, peeked.autn, k_session);
    ends_t e = ends_make(k_session, 1, 1, GODWIT_FRAMING_DEFAULT);
    e.device.hot.session_id = e.network.hot.session_id = 2;
    peeked.generation = 1;
    expect_setup(r, &e, (const char *[]){"request_auts", "start_auts", NULL}, &peeked);
}

static void use_attempts(const kat_record_t *r, void *context)
{
    ends_t one = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 1, 1), two = ends_of(GODWIT_AGREEMENT_SEPARATE_EPS, 2, 1);
    godwit_emsdp_control_t request = session_request(GODWIT_AGREEMENT_SEPARATE_EPS);
    const godwit_emsdp_control_t start_1 = session_start(GODWIT_AGREEMENT_SEPARATE_EPS, golden.autn_8080, 1);
    const godwit_emsdp_control_t start_2 = session_start(GODWIT_AGREEMENT_SEPARATE_EPS, golden.autn_8080, 2);
    (void)context;
    expect_unkeyed(r, "request_1", &request, 0, 1);
    expect_setup(r, &one, (const char *[]){"request_1", "start_1", NULL}, &start_1);
    expect_unkeyed(r, "request_2", &request, 0, 2);
    two.device.hot.session_id = two.network.hot.session_id = 2;
    expect_setup(r, &two, (const char *[]){"request_2", "start_2", "confirmation_2"}, &start_2);
    request.present |= HAS(AUTS);
    memcpy(request.auts, kat_hex(r, "request_auts").ptr + 29, sizeof request.auts);
    expect_unkeyed(r, "request_auts", &request, 0, 0);
    expect_start_after_auts(r);
}

static void attempts_and_resynchronisation_are_the_golden_ones(void **state)
{
    (void)state;
    kat_each(GOLDEN, "attempts", use_attempts, NULL);
}

static void use_framing(const kat_record_t *r, void *context)
{
    const godwit_framing_t framing = {(uint8_t)kat_number(r, "s"), (uint8_t)kat_number(r, "e")};
    ends_t e = ends_default((uint8_t)kat_number(r, "suite"), framing);
    (void)context;
    e.device.hot.up_next_out = 0x12345;
    e.network.hot.up_next_in = 0x12345;
    expect_user(r, "datagram", &e, true, godwit_slice(golden.reading, 20));
}

static void every_framing_and_aes_suite_is_the_golden_one(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "framing", use_framing, NULL), 26);
}

static void use_full_count(const kat_record_t *r, void *context)
{
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    (void)context;
    e.device.cp_next_out = 0x777;
    e.device.hot.up_next_out = 0x12345;
    expect_control(r, "request", &e, true,
                   (godwit_emsdp_control_t){.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(COUNT)});
    assert_int_equal(e.network.cp_next_in, 0x778);
    assert_int_equal(e.network.hot.up_next_in, 0x12345);
}

static void full_count_is_the_golden_one(void **state)
{
    (void)state;
    kat_each(GOLDEN, "full_count", use_full_count, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversation_is_the_golden_one),
        cmocka_unit_test(mac_inputs_and_transcripts_are_the_golden_ones),
        cmocka_unit_test(setup_under_agreement_07_is_the_golden_one),
        cmocka_unit_test(rejects_are_the_golden_ones),
        cmocka_unit_test(device_rand_is_the_golden_one),
        cmocka_unit_test(attempts_and_resynchronisation_are_the_golden_ones),
        cmocka_unit_test(every_framing_and_aes_suite_is_the_golden_one),
        cmocka_unit_test(full_count_is_the_golden_one),
    };
    return cmocka_run_group_tests_name("golden", tests, messages_load, NULL);
}
