/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access library and the SGSN, over UMTS and GERAN, with nothing between them but frames; home and GGSN
 * are the test's.
 */
#include <stdlib.h>

#include "core/wire/pco.h"
#include "tests/device/phone.h"
#include "tests/support/sgsn_world.h"

static phone_t phone;
static sgsn_world_t w;
static godwit_vector_t vector;
static bool flagged, lossy;
static uint32_t noise;
static godwit_access_kind_t kind = GODWIT_ACCESS_UMTS;

static void to_phone(void);

static int setup(void **state)
{
    (void)state;
    phone_init(&phone, kind);
    sgsn_world_init(&w);
    w.device.address = owner_address(1);
    flagged = true;
    lossy = false;
    noise = 1;
    return 0;
}

static int setup_umts(void **state)
{
    kind = GODWIT_ACCESS_UMTS;
    return setup(state);
}

/* By a USIM, Kc128 and Ki128. */
static int setup_geran(void **state)
{
    kind = GODWIT_ACCESS_GERAN;
    return setup(state);
}

/* ---- the home, the GGSN ---- */

static godwit_auth_info_answer_t home_answers(void)
{
    godwit_auth_info_answer_t a = sgsn_vector();
    uint8_t ck_ik[32];
    vector = phone_vector(flagged ? AMF_FLAGGED_UMTS : AMF_PLAIN_UMTS);
    memcpy(ck_ik, vector.ck, 16);
    memcpy(ck_ik + 16, vector.ik, 16);
    if (flagged) {
        assert_int_equal(godwit_e2m_ck_ik_prime(&godwit_crypto_builtin, ck_ik, vector.autn, ck_ik), GODWIT_OK);
    }
    a.e2m = flagged;
    memcpy(a.vector[0].rand, vector.rand, 16);
    memcpy(a.vector[0].autn, vector.autn, 16);
    memcpy(a.vector[0].xres, vector.xres, vector.xres_len);
    a.vector[0].xres_len = vector.xres_len;
    memcpy(a.vector[0].ck, ck_ik, 16);
    memcpy(a.vector[0].ik, ck_ik + 16, 16);
    return a;
}

/* Answers what the last input led to, after the device has had its frames of it. */
static void ggsn_answers(const godwit_request_t *sent)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_pco_unit_t unit = {.id = GODWIT_PCO_OPERATOR, .contents = godwit_slice_of_string("container down")};
    godwit_gtpv1_t asked;
    assert_int_equal(godwit_gtpv1_parse(sent->octets, &asked), GODWIT_OK);
    to_phone();
    w.sgsn_teid = asked.type == GODWIT_GTPV1_CREATE_REQUEST ? asked.teid_data : w.sgsn_teid;
    if (asked.type != GODWIT_GTPV1_DELETE_REQUEST) {
        assert_int_equal(godwit_pco_build(&unit, 1, &v), GODWIT_OK);
    }
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED, godwit_written(&v));
    to_phone();
}

/* ---- the air ---- */

static bool is_lost(void)
{
    noise = noise * 1664525U + 1013904223U;
    return lossy && noise >> 30 == 0; /* one of four */
}

/* Frames of the last input to the device. */
static void to_phone(void)
{
    octets_t held[8];
    size_t count = 0;
    const godwit_request_t *sent;
    while (count < 8 && (sent = sgsn_sent(&w, GODWIT_PORT_RADIO, NULL, count)) != NULL) {
        assert_true(sent->octets.len <= sizeof held[0].at);
        memcpy(held[count].at, sent->octets.ptr, sent->octets.len);
        held[count++].len = sent->octets.len;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_lost()) {
            phone_receive(&phone, octets_slice(&held[i]));
        }
    }
}

static void carry(void)
{
    while (phone.queued > 0) {
        octets_t frame = phone_take(&phone);
        if (is_lost()) {
            continue;
        }
        sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&frame));
        if (owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) > 0) {
            const godwit_auth_info_answer_t answer = home_answers();
            sgsn_answer_vector(&w, &answer);
        }
        const godwit_address_t gtp = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
        const godwit_request_t *asked = sgsn_sent(&w, GODWIT_PORT_GTPC, &gtp, 0);
        if (asked != NULL) {
            ggsn_answers(asked);
        } else {
            to_phone();
        }
    }
}

static void attach(void)
{
    phone_attach(&phone);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
}

static void activate(void)
{
    assert_int_equal(godwit_access_activate(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void expect_uplink(const char *text)
{
    phone_send(&phone, text);
    while (phone.queued > 0) {
        octets_t frame = phone_take(&phone);
        sgsn_give(&w, &w.device.address, GODWIT_PORT_RADIO, octets_slice(&frame));
        const godwit_request_t *sent = sgsn_sent(&w, GODWIT_PORT_GTPU, NULL, 0);
        if (sent != NULL) {
            godwit_gtpu_t m;
            assert_int_equal(godwit_gtpu_parse(sent->octets, &m), GODWIT_OK);
            assert_true(godwit_slice_equal(m.pdu, godwit_slice_of_string(text)));
            return;
        }
        to_phone();
    }
    fail_msg("%s did not come out at the GGSN's side", text);
}

/* ---- what they do together ---- */

static void a_device_attaches_activates_and_talks(void **state)
{
    (void)state;
    attach();
    assert_int_equal(phone.key_sets, 1);
    assert_true(w.ues[0].geran == (kind == GODWIT_ACCESS_GERAN));
    activate();
    assert_true(octets_equal(&phone.container, "container down"));
    expect_uplink("reading");
    sgsn_g_pdu(&w, w.sgsn_teid, "answer");
    to_phone();
    assert_true(octets_equal(&phone.delivered, "answer"));
}

static void it_sleeps_wakes_and_is_paged(void **state)
{
    (void)state;
    attach();
    activate();
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
        phone_carry_out(&phone);
        carry();
        assert_true(godwit_access_is_idle(&phone.access) && !w.ues[0].connected);
        if (i == 1) {
            sgsn_g_pdu(&w, w.sgsn_teid, "wake");
            to_phone(); /* the page */
            carry();
            assert_true(octets_equal(&phone.delivered, "wake"));
        } else {
            expect_uplink("reading");
        }
        assert_true(w.ues[0].connected && !godwit_access_is_idle(&phone.access));
    }
}

static void it_modifies_and_detaches(void **state)
{
    (void)state;
    attach();
    activate();
    unsigned containers = phone.containers;
    assert_int_equal(godwit_access_modify(&phone.access, godwit_slice_of_string("another"), &phone.requests),
                     GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_int_equal(phone.containers, containers + 1);
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    attach(); /* and again */
    activate();
}

static void it_detaches_out_of_idle(void **state)
{
    (void)state;
    attach();
    assert_int_equal(godwit_access_idle(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_int_equal(godwit_access_detach(&phone.access, &phone.requests), GODWIT_OK);
    phone_carry_out(&phone);
    carry();
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_DETACHED);
    assert_int_equal(w.ues[0].state, GODWIT_SGSN_DETACHED);
}

static void the_network_detaches_it(void **state)
{
    (void)state;
    attach();
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = phone.config.imsi});
    to_phone();
    carry();
    assert_int_equal(w.ues[0].state, GODWIT_SGSN_DETACHED);
}

static void a_sgsn_that_forgot_everything_is_found_out_about(void **state)
{
    (void)state;
    attach();
    activate();
    sgsn_restart(&w);
    phone_send(&phone, "reading");
    for (unsigned i = 0; i < 40 && godwit_access_state(&phone.access) == GODWIT_ACCESS_ACTIVE; i++) {
        carry();
        if (phone.timer_ms != 0) {
            phone_timer(&phone);
        } else if (godwit_access_send(&phone.access, godwit_slice_of_string("more"), &phone.requests) == GODWIT_OK) {
            phone_carry_out(&phone);
        }
    }
    carry();
    assert_int_not_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ACTIVE);
}

static void a_card_that_ignores_the_flag_does_not_get_in_and_both_say_so(void **state)
{
    (void)state;
    phone.card_holder.card.e2m = false; /* CK, IK as ever; the vector has CK', IK' */
    phone_attach(&phone);
    carry();
    assert_int_not_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
    assert_true(phone_said(&phone, "refused") || phone_said(&phone, "not_derived"));
    sgsn_expire(&w, 0);
    assert_true(owner_saw(&w.owner, "security_mode_failed", GODWIT_UNKNOWN_KEY));
}

static void a_vector_without_flag_goes_the_same_way(void **state)
{
    (void)state;
    flagged = false;
    attach();
    assert_int_equal(phone.key_sets, 0);
    activate();
    expect_uplink("reading");
}

/* Rows that wait hear their timer; the time is that of the role. */
static void let_the_network_wait(void)
{
    w.owner.now_ms += 3000;
    for (uint32_t row = 0; row < SGSN_UES; row++) {
        if (w.ues[row].waiting != GODWIT_SGSN_NOTHING && w.ues[row].waiting != GODWIT_SGSN_LINGER) {
            owner_give_timer(&w.owner, row);
            to_phone();
        }
    }
    carry();
}

/* In steps of 3 s, the network's wait; the device's own waits are longer and grow. */
static void come_in(uint32_t seed)
{
    setup(NULL);
    lossy = true;
    noise = seed;
    phone_attach(&phone);
    unsigned due = 1;
    for (unsigned i = 0; i < 100 && godwit_access_state(&phone.access) != GODWIT_ACCESS_ATTACHED; i++) {
        carry();
        let_the_network_wait();
        if (i >= due && phone.timer_ms != 0) {
            phone_timer(&phone);
            due = i + phone.timer_ms / 3000;
        } else if (godwit_access_state(&phone.access) == GODWIT_ACCESS_DETACHED) {
            phone_attach(&phone);
            due = i + 1;
        }
    }
    assert_int_equal(godwit_access_state(&phone.access), GODWIT_ACCESS_ATTACHED);
}

static void over_a_lossy_air_it_comes_in_all_the_same(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        come_in(seed * 7919);
    }
}

#define TEST(name)                                                                                                     \
    {#name "_umts", name, setup_umts, NULL, NULL},                                                                     \
    {                                                                                                                  \
#name "_geran", name, setup_geran, NULL, NULL                                                                  \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_attaches_activates_and_talks),
        TEST(it_sleeps_wakes_and_is_paged),
        TEST(it_modifies_and_detaches),
        TEST(it_detaches_out_of_idle),
        TEST(the_network_detaches_it),
        TEST(a_sgsn_that_forgot_everything_is_found_out_about),
        TEST(a_card_that_ignores_the_flag_does_not_get_in_and_both_say_so),
        TEST(a_vector_without_flag_goes_the_same_way),
        TEST(over_a_lossy_air_it_comes_in_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
