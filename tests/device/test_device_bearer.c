/* SPDX-License-Identifier: Apache-2.0
 *
 * The device with the key set of an access AKA run: container up, Start down, the first reading; what the visited
 * network alters, strips or replays; the way back to separate AKA; and Solution 2, where the Session Request names the
 * key set.
 */
#include "core/wire/e2m_container.h"
#include "tests/device/dut.h"

#define EPS GODWIT_AGREEMENT_ACCESS_EPS
#define UMTS GODWIT_AGREEMENT_ACCESS_UMTS

static dut_t d;
static uint8_t rand_of_run[16], sqn_of_run[6], key_set[32];
static octets_t container, answer;
static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

static void begin(godwit_framing_t framing, uint8_t agreements)
{
    dut_init(&d);
    d.config.framing = framing;
    d.config.agreements = agreements;
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    memset(rand_of_run, 0x33, sizeof rand_of_run);
    memset(sqn_of_run, 0x44, sizeof sqn_of_run);
    memset(key_set, 0x55, sizeof key_set);
}

/* Solution 1, with separate AKA to go back to. */
static int set_up(void **state)
{
    (void)state;
    begin((godwit_framing_t){0, 1}, 2 | 4);
    return 0;
}

static void give_key_set(godwit_agreement_t agreement)
{
    assert_int_equal(godwit_device_access_key_set(&d.device, agreement, rand_of_run, sqn_of_run, key_set), GODWIT_OK);
}

static godwit_e2m_container_t make_container(void)
{
    godwit_e2m_container_t c;
    godwit_writer_t w = godwit_writer(container.at, sizeof container.at);
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, GODWIT_SELECTOR_RAND, &w), GODWIT_OK);
    container.len = w.len;
    assert_int_equal(godwit_e2m_container_parse(octets_slice(&container), &c), GODWIT_OK);
    return c;
}

typedef struct offer {
    godwit_agreement_t agreement;
    uint8_t suite, key_id;
    uint32_t generation, session_id;
} offer_t;

static offer_t offer(uint32_t generation)
{
    return (offer_t){.agreement = EPS, .suite = 1, .key_id = 1, .generation = generation};
}

/* The network's key of that generation, and its Start over what was asked, in d.start. */
static void seal_start(const offer_t *o, godwit_slice_t asked)
{
    uint8_t transcript[32];
    const godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                      .present = HAS(HSE_CONFIGURATION),
                                      .agreement = (uint8_t)o->agreement,
                                      .suite = o->suite,
                                      .framing = d.config.framing,
                                      .generation = o->generation};
    godwit_writer_t w = godwit_writer(d.start.at, sizeof d.start.at);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &asked, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &d.network, &m, godwit_slice(transcript, 32), &w), GODWIT_OK);
    d.start.len = w.len;
}

static void make_start(const offer_t *o, godwit_slice_t asked)
{
    uint8_t k_session[32];
    assert_int_equal(godwit_k_session(CRYPTO, key_set, d.config.endpoint, o->generation, k_session), GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &d.network, k_session, o->suite, o->key_id, d.config.framing,
                                           o->session_id, o->generation, GODWIT_END_NETWORK),
                     GODWIT_OK);
    seal_start(o, asked);
}

static void put_answer(godwit_slice_t datagram)
{
    godwit_writer_t w = godwit_writer(answer.at, sizeof answer.at);
    assert_int_equal(godwit_e2m_answer_build(d.config.best_plmn, datagram, &w), GODWIT_OK);
    answer.len = w.len;
}

static void give_answer(godwit_slice_t contents)
{
    assert_int_equal(godwit_device_bearer_start(&d.device, contents, d.random, &d.requests), GODWIT_OK);
    dut_store(&d);
}

static void start_with(const offer_t *o)
{
    make_start(o, octets_slice(&container));
    put_answer(octets_slice(&d.start));
    give_answer(octets_slice(&answer));
}

/* Attached: the first Start is taken. */
static void attach(void)
{
    const offer_t first = offer(1);
    give_key_set(EPS);
    (void)make_container();
    start_with(&first);
    assert_non_null(dut_event(&d, "session_started"));
}

static void expect_reading(const char *reading)
{
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d.network, dut_sent(&d, dut_sends(&d) - 1), EMPTY, plain, &opened),
                     GODWIT_OK);
    assert_true(opened.user_plane);
    assert_true(godwit_slice_equal(opened.payload, godwit_slice_of_string(reading)));
    godwit_emsdp_accept(&d.network, &opened);
}

/* A Reject without a key that echoes the last datagram sent. */
static octets_t hint(godwit_status_t reason, godwit_slice_t rejected)
{
    octets_t o;
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = reason};
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    memcpy(m.echo, rejected.ptr + rejected.len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
    assert_int_equal(godwit_emsdp_unkeyed_build(d.config.framing, 0, 0, &m, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void expect_fallback(godwit_status_t reason)
{
    const godwit_device_request_t *event = dut_event(&d, "fallback");
    assert_non_null(event);
    assert_int_equal(event->reason, reason);
    assert_null(dut_event(&d, "session_started"));
}

/* ---- end to end with an EAS ---- */

static void want_service(void)
{
    d.config.enterprise = godwit_slice_of_string("eas.example");
    d.config.e2e = &d.e2e;
    d.e2e.config.service = GODWIT_SERVICE_CONFIDENTIALITY;
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
}

static void expect_asked(unsigned index, uint32_t age)
{
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d.network, dut_sent(&d, index), EMPTY, plain, &opened), GODWIT_OK);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_SERVICE_REQUEST));
    assert_int_equal(opened.control.service_age, age);
    godwit_emsdp_accept(&d.network, &opened);
}

static void grant(uint32_t age)
{
    const godwit_emsdp_control_t m = {
        .command = GODWIT_MANAGE_KEYS_REQUEST,
        .present = HAS(SERVICE),
        .terms = {.service = GODWIT_SERVICE_CONFIDENTIALITY, .suite = 1, .key_id = (uint8_t)age, .age = age}};
    octets_t handed = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&handed));
    assert_non_null(dut_event(&d, "service_agreed"));
}

/* The datagram is for the EAS, under that age. */
static void expect_for_eas(godwit_slice_t datagram, uint32_t age, const char *reading)
{
    uint8_t k_e2e[32];
    godwit_emsdp_key_t eas;
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_k_e2e(CRYPTO, key_set, d.config.enterprise, age, k_e2e), GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &eas, k_e2e, 1, (uint8_t)age, d.config.framing,
                                           d.network.hot.session_id, age, GODWIT_END_NETWORK),
                     GODWIT_OK);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &eas, datagram, EMPTY, plain, &opened), GODWIT_OK);
    assert_true(godwit_slice_equal(opened.payload, godwit_slice_of_string(reading)));
}

static void a_service_is_asked_for_once_the_bearer_has_its_session(void **state)
{
    (void)state;
    want_service();
    attach();
    expect_asked(0, 0);
    dut_send(&d, "waits");
    assert_int_equal(dut_sends(&d), 0);
    grant(1);
    expect_for_eas(dut_sent(&d, 1), 1, "waits");
    dut_reboot(&d);
    dut_send(&d, "after a reboot");
    expect_for_eas(dut_sent(&d, 0), 1, "after a reboot");
}

static void a_reading_that_waits_for_the_bearer_then_waits_for_the_service(void **state)
{
    const offer_t first = offer(1);
    (void)state;
    want_service();
    give_key_set(EPS);
    (void)make_container();
    dut_send(&d, "waits");
    start_with(&first);
    expect_asked(0, 0);
    grant(1);
    expect_for_eas(dut_sent(&d, 1), 1, "waits");
}

/* A new generation of the same key set: the session is another, and its ages go on. */
static void ages_of_a_key_set_rise_over_its_sessions(void **state)
{
    (void)state;
    const offer_t second = {.agreement = EPS, .suite = 1, .key_id = 2, .generation = 2};
    want_service();
    attach();
    expect_asked(0, 0);
    grant(3);
    (void)make_container();
    start_with(&second);
    expect_asked(0, 3);
    const godwit_emsdp_control_t old = {
        .command = GODWIT_MANAGE_KEYS_REQUEST,
        .present = HAS(SERVICE),
        .terms = {.service = GODWIT_SERVICE_CONFIDENTIALITY, .suite = 1, .key_id = 4, .age = 3}};
    octets_t handed = dut_seal(&d, &old);
    dut_receive(&d, octets_slice(&handed));
    assert_int_equal(dut_event(&d, "refused")->reason, GODWIT_REPLAY);
    grant(4);
}

/* ---- Solution 1 ---- */

static void container_says_what_the_network_needs(void **state)
{
    (void)state;
    give_key_set(EPS);
    godwit_e2m_container_t c = make_container();
    assert_true(godwit_plmn_equal(c.plmn, d.config.best_plmn));
    assert_true(godwit_imsi_equal(&c.imsi, &d.config.imsi));
    assert_int_equal(c.selector.kind, GODWIT_SELECTOR_RAND);
    assert_memory_equal(c.selector.octets, rand_of_run, 16);
    assert_int_equal(c.agreements, 2);
    assert_int_equal(c.suites, d.config.suites);
    assert_int_equal(c.above_generation, 0);
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, GODWIT_SELECTOR_SQN, &w), GODWIT_OK);
    assert_int_equal(godwit_e2m_container_parse(godwit_written(&w), &c), GODWIT_OK);
    assert_memory_equal(c.selector.octets, sqn_of_run, 6);
}

static void container_needs_a_key_set_that_the_configuration_allows(void **state)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    (void)state;
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, 1, &w), GODWIT_WRONG_STATE);
    assert_int_equal(godwit_device_access_key_set(&d.device, UMTS, rand_of_run, sqn_of_run, key_set),
                     GODWIT_POLICY_FORBIDS);
    assert_int_equal(
        godwit_device_access_key_set(&d.device, GODWIT_AGREEMENT_SEPARATE_EPS, rand_of_run, sqn_of_run, key_set),
        GODWIT_INVALID_ARGUMENT);
    give_key_set(EPS);
    godwit_writer_t small = godwit_writer(octets, 20);
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, 1, &small), GODWIT_NO_SPACE);
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, 3, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_device_bearer_start(&d.device, EMPTY, d.random, &d.requests), GODWIT_WRONG_STATE);
}

static void a_start_makes_the_next_reading_one_datagram(void **state)
{
    (void)state;
    attach();
    assert_int_equal(dut_sends(&d), 0); /* nothing else is negotiated */
    dut_send(&d, "12.5 degrees");
    assert_int_equal(dut_sends(&d), 1);
    assert_int_equal(dut_sent(&d, 0).len, 2 + 12 + 8); /* octet 1 and one counter octet, MAC */
    expect_reading("12.5 degrees");
    octets_t down = dut_seal_user(&d, "valve shut");
    dut_receive(&d, octets_slice(&down));
    assert_true(godwit_slice_equal(dut_find(&d, GODWIT_DEVICE_DELIVER)->octets, godwit_slice_of_string("valve shut")));
}

static void a_reading_waits_for_the_start(void **state)
{
    const offer_t first = offer(1);
    (void)state;
    give_key_set(EPS);
    (void)make_container();
    dut_send(&d, "early bird");
    assert_int_equal(dut_sends(&d), 0);
    assert_null(dut_event(&d, "modify_bearer")); /* one is under way */
    start_with(&first);
    expect_reading("early bird");
    assert_non_null(dut_event(&d, "reading_sent"));
    dut_send(&d, "next");
    expect_reading("next");
}

static void a_start_is_for_the_container_that_was_sent(void **state)
{
    static const size_t parts[] = {4, 5, 21, 29, 30, 31, 35}; /* kind, selector, IMSI, agreements, suites, generation */
    const offer_t first = offer(1);
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        set_up(NULL);
        give_key_set(EPS);
        (void)make_container();
        octets_t altered = container; /* by the visited network, before it reached the gateway */
        altered.at[parts[i]] ^= 0x20;
        make_start(&first, octets_slice(&altered));
        put_answer(octets_slice(&d.start));
        give_answer(octets_slice(&answer));
        expect_fallback(GODWIT_MAC_FAILURE);
        assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    }
}

static void no_octet_of_a_start_may_be_altered(void **state)
{
    const offer_t first = offer(1);
    (void)state;
    for (size_t i = 4;; i++) { /* after PLMN and version */
        set_up(NULL);
        give_key_set(EPS);
        (void)make_container();
        make_start(&first, octets_slice(&container));
        put_answer(octets_slice(&d.start));
        if (i == answer.len) {
            break;
        }
        answer.at[i] ^= 0x01;
        give_answer(octets_slice(&answer));
        assert_non_null(dut_event(&d, "fallback"));
        assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
        assert_null(dut_find(&d, GODWIT_DEVICE_STORE));
    }
}

static void what_a_start_may_not_say(void **state)
{
    const struct {
        offer_t offer;
        godwit_status_t reason;
    } cases[] = {
        {{.agreement = UMTS, .suite = 1, .key_id = 1, .generation = 1}, GODWIT_POLICY_FORBIDS},
        {{.agreement = EPS, .suite = 7, .key_id = 1, .generation = 1}, GODWIT_UNSUPPORTED_SUITE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(NULL);
        give_key_set(EPS);
        (void)make_container();
        start_with(&cases[i].offer);
        expect_fallback(cases[i].reason);
    }
}

static void nothing_in_the_answer_is_a_clear_reason(void **state)
{
    (void)state;
    give_key_set(EPS);
    (void)make_container();
    give_answer(EMPTY); /* stripped on its way */
    expect_fallback(GODWIT_NOT_FOUND);
    (void)make_container();
    give_answer(godwit_slice_of_string("x"));
    expect_fallback(GODWIT_MALFORMED);
}

static octets_t reject_of_container(godwit_status_t reason, bool other)
{
    octets_t o;
    uint8_t digest[32];
    godwit_slice_t contents = octets_slice(&container);
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = reason};
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(CRYPTO->sha256(&contents, 1, digest), GODWIT_OK);
    memcpy(m.echo, digest, sizeof m.echo);
    m.echo[0] ^= other;
    assert_int_equal(godwit_emsdp_unkeyed_build(d.config.framing, 0, 0, &m, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void a_reject_in_the_answer_gives_its_reason(void **state)
{
    (void)state;
    give_key_set(EPS);
    (void)make_container();
    octets_t o = reject_of_container(GODWIT_KEY_EXPIRED, false);
    put_answer(octets_slice(&o));
    give_answer(octets_slice(&answer));
    expect_fallback(GODWIT_KEY_EXPIRED);
    (void)make_container();
    o = reject_of_container(GODWIT_KEY_EXPIRED, true); /* of another container */
    put_answer(octets_slice(&o));
    give_answer(octets_slice(&answer));
    expect_fallback(GODWIT_UNKNOWN_SESSION);
}

static void after_a_fallback_separate_aka_serves(void **state)
{
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    (void)state;
    give_key_set(EPS);
    (void)make_container();
    dut_send(&d, "held");
    give_answer(EMPTY);
    expect_fallback(GODWIT_NOT_FOUND);
    dut_expect_request(&d);
    start.framing = d.config.framing;
    start.session_id = 0;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string("held")));
    assert_int_equal(d.device.session.generation, 1);
    assert_false(d.device.access.is_current);
}

static void without_separate_aka_there_is_no_way_back(void **state)
{
    (void)state;
    begin((godwit_framing_t){0, 1}, 2);
    give_key_set(EPS);
    (void)make_container();
    dut_send(&d, "held");
    give_answer(EMPTY);
    assert_null(dut_event(&d, "fallback"));
    assert_int_equal(dut_event(&d, "refused")->reason, GODWIT_NOT_FOUND);
    assert_non_null(dut_event(&d, "given_up"));
    assert_int_equal(dut_sends(&d), 0);
    dut_send(&d, "another"); /* the next one tries again */
    assert_non_null(dut_event(&d, "modify_bearer"));
}

static void an_answer_that_never_comes_keeps_nobody_out(void **state)
{
    (void)state;
    begin((godwit_framing_t){0, 1}, 2);
    give_key_set(EPS);
    (void)make_container();
    dut_send(&d, "held"); /* the access lost the answer, and says nothing */
    for (int i = 0; i < 10 && dut_event(&d, "given_up") == NULL; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    }
    assert_non_null(dut_event(&d, "given_up"));
    dut_send(&d, "another");
    assert_non_null(dut_event(&d, "modify_bearer"));
}

/* ---- modification ---- */

static void a_hint_leads_to_a_modification_and_that_to_a_new_generation(void **state)
{
    const offer_t second = {.agreement = EPS, .suite = 1, .key_id = 2, .generation = 2};
    (void)state;
    attach();
    dut_send(&d, "one");
    octets_t o = hint(GODWIT_UNKNOWN_KEY, dut_sent(&d, 0));
    dut_receive(&d, octets_slice(&o));
    assert_non_null(dut_event(&d, "modify_bearer"));
    assert_non_null(dut_event(&d, "reading_uncertain"));
    dut_receive(&d, octets_slice(&o)); /* the same hint again: nothing */
    assert_null(dut_event(&d, "modify_bearer"));
    dut_send(&d, "two"); /* waits */
    assert_int_equal(dut_sends(&d), 0);
    assert_null(dut_event(&d, "modify_bearer"));
    assert_int_equal(make_container().above_generation, 1);
    start_with(&second);
    expect_reading("two");
    assert_int_equal(d.device.session.generation, 2);
}

static void a_start_of_a_generation_that_was_taken_is_refused(void **state)
{
    const offer_t second = {.agreement = EPS, .suite = 1, .key_id = 2, .generation = 2};
    const offer_t first = {.agreement = EPS, .suite = 1, .key_id = 3, .generation = 1};
    (void)state;
    attach();
    (void)make_container();
    start_with(&second);
    dut_send(&d, "under 2");
    expect_reading("under 2");
    (void)make_container();
    start_with(&first);
    expect_fallback(GODWIT_REPLAY);
    (void)make_container();
    const offer_t same = {.agreement = EPS, .suite = 1, .key_id = 4, .generation = 2};
    start_with(&same);
    expect_fallback(GODWIT_REPLAY);
    assert_int_equal(d.device.session.current.hot.up_next_out, 1); /* what lived lives, and its COUNT goes on */
}

static void a_replayed_answer_is_not_taken_twice(void **state)
{
    (void)state;
    attach();
    assert_int_equal(godwit_device_bearer_start(&d.device, octets_slice(&answer), d.random, &d.requests),
                     GODWIT_WRONG_STATE);
    (void)make_container();
    give_answer(octets_slice(&answer)); /* the answer to the container before */
    expect_fallback(GODWIT_MAC_FAILURE);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ACTIVE);
    dut_send(&d, "still there");
    expect_reading("still there");
}

static void a_key_that_the_network_has_again_goes_on_with_its_counts(void **state)
{
    const offer_t first = offer(1);
    (void)state;
    attach();
    dut_send(&d, "one");
    expect_reading("one");
    octets_t o = hint(GODWIT_UNKNOWN_KEY, dut_sent(&d, 0));
    dut_receive(&d, octets_slice(&o));
    (void)make_container();
    seal_start(&first, octets_slice(&container)); /* under the same key, the next COUNT */
    put_answer(octets_slice(&d.start));
    give_answer(octets_slice(&answer));
    assert_non_null(dut_event(&d, "session_started"));
    assert_int_equal(d.device.session.current.hot.up_next_out, 1);
    dut_send(&d, "two");
    expect_reading("two");
}

static void a_second_access_run_changes_nothing_until_its_start(void **state)
{
    const offer_t first = {.agreement = EPS, .suite = 1, .key_id = 2, .generation = 1};
    (void)state;
    attach();
    dut_send(&d, "one");
    expect_reading("one");
    rand_of_run[0]++;
    key_set[0]++;
    give_key_set(EPS);
    dut_send(&d, "two");
    expect_reading("two");
    assert_int_equal(make_container().above_generation, 0);
    start_with(&first);
    dut_send(&d, "three");
    expect_reading("three");
}

/* The network may have made a Start that never arrived, and then meets every datagram with silence. */
static void after_a_container_without_a_start_the_key_is_asked_after(void **state)
{
    (void)state;
    attach();
    (void)make_container();
    give_answer(EMPTY);
    expect_fallback(GODWIT_NOT_FOUND);
    dut_send(&d, "one");
    assert_int_equal(dut_sends(&d), 2);
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d.network, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    }
    assert_non_null(dut_event(&d, "given_up"));
    dut_send(&d, "two"); /* not under that key */
    assert_non_null(dut_event(&d, "session_requested"));
}

static void an_answer_makes_the_key_certain_again(void **state)
{
    (void)state;
    attach();
    (void)make_container();
    give_answer(EMPTY);
    dut_send(&d, "one");
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d.network, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
    godwit_emsdp_accept(&d.network, &opened);
    const godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    octets_t response = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&response));
    dut_send(&d, "two");
    assert_int_equal(dut_sends(&d), 1);
}

static void a_key_set_given_twice_keeps_its_generations(void **state)
{
    (void)state;
    attach();
    give_key_set(EPS);
    assert_int_equal(make_container().above_generation, 1);
}

static void an_owner_who_does_not_modify_is_asked_again_and_at_last_given_up(void **state)
{
    unsigned asked = 1;
    (void)state;
    attach();
    dut_send(&d, "one");
    octets_t o = hint(GODWIT_UNKNOWN_SESSION, dut_sent(&d, 0));
    dut_receive(&d, octets_slice(&o));
    dut_send(&d, "two");
    for (int i = 0; i < 10 && dut_event(&d, "fallback") == NULL; i++) {
        assert_non_null(dut_find(&d, GODWIT_DEVICE_TIMER));
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
        asked += dut_event(&d, "modify_bearer") != NULL;
    }
    expect_fallback(GODWIT_NOT_FOUND);
    assert_int_equal(asked, 4);
    assert_non_null(dut_event(&d, "session_requested"));
}

/* ---- power ---- */

static void a_reboot_goes_on_where_the_record_stands(void **state)
{
    (void)state;
    attach();
    dut_send(&d, "one");
    expect_reading("one");
    dut_reboot(&d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ACTIVE);
    dut_send(&d, "two");
    expect_reading("two");
    godwit_e2m_container_t c = make_container(); /* the selector is known still */
    assert_memory_equal(c.selector.octets, rand_of_run, 16);
    assert_int_equal(c.above_generation, 1);
    assert_int_equal(c.agreements, 2);
}

static void a_start_that_was_not_stored_is_not_remembered(void **state)
{
    const offer_t first = offer(1);
    (void)state;
    give_key_set(EPS);
    (void)make_container();
    start_with(&first);
    d.nvm_len = 0; /* power went before the STORE was durable */
    dut_reboot(&d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    assert_int_equal(d.device.access.agreement, 0);
}

static void flags_that_cannot_be_are_a_damaged_record(void **state)
{
    static const uint8_t wrong[] = {0x30, 0x28, 0x80, 0x40};
    (void)state;
    attach();
    for (size_t i = 0; i < sizeof wrong; i++) {
        uint8_t record[GODWIT_DEVICE_RECORD_MAX];
        memcpy(record, d.nvm, d.nvm_len);
        record[3] = wrong[i];
        assert_int_equal(godwit_device_restore(&d.device, godwit_slice(record, d.nvm_len)), GODWIT_MALFORMED);
        assert_int_equal(d.device.access.agreement, 0);
    }
}

/* ---- Solution 2 ---- */

static int set_up_2(void **state)
{
    (void)state;
    begin(GODWIT_FRAMING_DEFAULT, 2 | 4);
    give_key_set(EPS);
    return 0;
}

static offer_t offer_2(uint32_t generation)
{
    offer_t o = offer(generation);
    o.session_id = 7;
    return o;
}

static void the_session_request_names_the_key_set(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    const offer_t o = offer_2(3);
    (void)state;
    dut_send(&d, "by selector");
    dut_expect_request(&d);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&d.request), d.config.framing, &header, &m), GODWIT_OK);
    assert_true(godwit_emsdp_has(&m, GODWIT_TLV_RAND));
    assert_memory_equal(m.rand, rand_of_run, 16);
    assert_int_equal(m.agreements, 2 | 4);
    make_start(&o, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    assert_null(dut_find(&d, GODWIT_DEVICE_AUTHENTICATE));
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.command, GODWIT_SESSION_START_CONFIRMATION);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string("by selector")));
    assert_int_equal(d.device.session.generation, 3);
    assert_int_equal(d.card_runs, 0);
}

static void the_network_may_answer_with_separate_aka(void **state)
{
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    (void)state;
    dut_send(&d, "by the card");
    dut_expect_request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string("by the card")));
    assert_int_equal(d.card_runs, 1);
}

static void a_start_without_a_vector_needs_the_key_set(void **state)
{
    const offer_t first = offer_2(1);
    const offer_t none = {.agreement = GODWIT_AGREEMENT_SEPARATE_EPS, .suite = 1, .key_id = 1, .generation = 1};
    (void)state;
    begin(GODWIT_FRAMING_DEFAULT, 2 | 4);
    dut_send(&d, "no key set");
    dut_expect_request(&d);
    make_start(&first, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_POLICY_FORBIDS);
    make_start(&none, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_POLICY_FORBIDS);
}

static void a_generation_of_solution_2_is_not_taken_twice(void **state)
{
    const offer_t first = offer_2(1);
    (void)state;
    dut_send(&d, "one");
    dut_expect_request(&d);
    make_start(&first, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    d.device.session.flags |= 2; /* distrusted: it begins anew */
    d.random[3] = 1;
    dut_send(&d, "two");
    dut_expect_request(&d);
    make_start(&first, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_REPLAY);
}

/* Separate AKA at a time between two sessions of the access key set: neither forgets how far it was. */
static void generations_of_both_key_sets_are_remembered(void **state)
{
    const offer_t first = offer_2(1);
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    (void)state;
    dut_send(&d, "one");
    dut_expect_request(&d);
    make_start(&first, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    d.device.session.flags |= 2;
    dut_send(&d, "two");
    dut_expect_request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    d.device.session.flags |= 2;
    dut_send(&d, "three");
    dut_expect_request(&d);
    make_start(&first, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_REPLAY);
    const offer_t second = offer_2(2);
    make_start(&second, octets_slice(&d.request));
    dut_receive(&d, octets_slice(&d.start));
    assert_non_null(dut_event(&d, "session_started"));
    d.device.session.flags |= 2; /* the vector before is known no more: the card judges it again */
    dut_send(&d, "four");
    dut_expect_request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    assert_non_null(dut_find(&d, GODWIT_DEVICE_AUTHENTICATE));
    dut_run_card(&d);
    assert_null(dut_event(&d, "session_started"));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, set_up)
#define T2(test) cmocka_unit_test_setup(test, set_up_2)
    const struct CMUnitTest tests[] = {
        T(a_service_is_asked_for_once_the_bearer_has_its_session),
        T(a_reading_that_waits_for_the_bearer_then_waits_for_the_service),
        T(ages_of_a_key_set_rise_over_its_sessions),
        T(container_says_what_the_network_needs),
        T(container_needs_a_key_set_that_the_configuration_allows),
        T(a_start_makes_the_next_reading_one_datagram),
        T(a_reading_waits_for_the_start),
        T(a_start_is_for_the_container_that_was_sent),
        T(no_octet_of_a_start_may_be_altered),
        T(what_a_start_may_not_say),
        T(nothing_in_the_answer_is_a_clear_reason),
        T(a_reject_in_the_answer_gives_its_reason),
        T(after_a_fallback_separate_aka_serves),
        T(without_separate_aka_there_is_no_way_back),
        T(an_answer_that_never_comes_keeps_nobody_out),
        T(a_hint_leads_to_a_modification_and_that_to_a_new_generation),
        T(a_start_of_a_generation_that_was_taken_is_refused),
        T(a_replayed_answer_is_not_taken_twice),
        T(a_key_that_the_network_has_again_goes_on_with_its_counts),
        T(a_second_access_run_changes_nothing_until_its_start),
        T(after_a_container_without_a_start_the_key_is_asked_after),
        T(an_answer_makes_the_key_certain_again),
        T(a_key_set_given_twice_keeps_its_generations),
        T(an_owner_who_does_not_modify_is_asked_again_and_at_last_given_up),
        T(a_reboot_goes_on_where_the_record_stands),
        T(a_start_that_was_not_stored_is_not_remembered),
        T(flags_that_cannot_be_are_a_damaged_record),
        T2(the_session_request_names_the_key_set),
        T2(the_network_may_answer_with_separate_aka),
        T2(a_start_without_a_vector_needs_the_key_set),
        T2(a_generation_of_solution_2_is_not_taken_twice),
        T2(generations_of_both_key_sets_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
