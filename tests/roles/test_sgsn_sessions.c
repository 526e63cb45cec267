/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN's PDP contexts: towards the device by SM, towards the GGSN by GTPv1, PCOs and N-PDUs as they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/sgsn_world.h"

static sgsn_world_t w;
static sgsn_device_t *const d = &w.device;

static int setup(void **state)
{
    (void)state;
    sgsn_world_init(&w);
    sgsn_attach(&w, d);
    return 0;
}

static const godwit_sgsn_context_t *context(void)
{
    return &w.ues[0].context[0];
}

static godwit_slice_t text(const char *octets)
{
    return godwit_slice_of_string(octets);
}

/* ---- activation ---- */

static void an_activation_goes_to_the_ggsn_and_back_with_its_pco_untouched(void **state)
{
    (void)state;
    uint8_t pco[251];
    memset(pco, 0x5A, sizeof pco); /* not even well formed: it is none of our business */
    sgsn_activate_request(&w, d, godwit_slice(pco, sizeof pco));
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_CREATE_REQUEST);
    assert_int_equal(asked.pco.len, sizeof pco);
    assert_memory_equal(asked.pco.ptr, pco, sizeof pco);
    assert_true(godwit_imsi_equal(&asked.imsi, &d->imsi));
    assert_string_equal(asked.apn.text, "e2m.example");
    assert_int_equal(asked.pdp_type, GODWIT_PDP_NON_IP);
    assert_int_equal(asked.nsapi, 5);
    assert_int_equal(asked.rat, 1);
    assert_memory_equal(asked.routeing_area, "\x00\xF1\x10\x12\x34\x56", 6);
    assert_memory_equal(asked.gsn_user, w.config.ipv4, 4);
    assert_true(asked.qos.len == 13 && memcmp(asked.qos.ptr + 1, godwit_sm_qos_background, 12) == 0);
    w.sgsn_teid = asked.teid_control;
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED, godwit_slice(pco, 200));
    godwit_sm_activate_accept_t accept;
    assert_int_equal(godwit_sm_activate_accept_parse(sgsn_down_nas(&w, d, 0, GODWIT_SM_ACTIVATE_ACCEPT), &accept),
                     GODWIT_OK);
    assert_true(accept.transaction.to_originator && accept.transaction.id == 0);
    assert_int_equal(accept.pco.len, 200);
    assert_memory_equal(accept.pco.ptr, pco, 200);
    assert_int_equal(context()->ggsn_teid, GGSN_TEID);
}

static void a_repeated_activation_is_one(void **state)
{
    (void)state;
    sgsn_activate_request(&w, d, text("\x80up"));
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_CREATE_REQUEST);
    sgsn_activate_request(&w, d, text("\x80up")); /* while the GGSN thinks */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC) && sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    w.sgsn_teid = asked.teid_control;
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED,
                      text("\x80"
                           "down"));
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED,
                      text("\x80"
                           "down")); /* twice */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    sgsn_activate_request(&w, d, text("\x80up")); /* the accept was lost */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_ACTIVATE_ACCEPT);
}

static void another_activation_on_the_same_nsapi_takes_its_place(void **state)
{
    (void)state;
    sgsn_activate(&w, d);
    sgsn_activate_request(&w, d, text("\x80other"));
    (void)sgsn_asked(&w, GODWIT_GTPV1_DELETE_REQUEST);
    const godwit_address_t to = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
    godwit_gtpv1_t second;
    assert_int_equal(godwit_gtpv1_parse(sgsn_sent(&w, GODWIT_PORT_GTPC, &to, 1)->octets, &second), GODWIT_OK);
    assert_int_equal(second.type, GODWIT_GTPV1_CREATE_REQUEST);
    assert_int_not_equal(second.teid_control, w.sgsn_teid);
}

static void what_the_ggsn_refuses_the_device_hears_with_a_cause(void **state)
{
    (void)state;
    static const struct {
        uint8_t gtp, sm;
        godwit_status_t status;
    } rows[] = {
        {GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED, GODWIT_SM_CAUSE_USER_AUTHENTICATION_FAILED, GODWIT_NOT_ENTITLED},
        {GODWIT_GTPV1_CAUSE_UNKNOWN_APN, GODWIT_SM_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS},
        {GODWIT_GTPV1_CAUSE_NO_RESOURCES, GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD},
        {GODWIT_GTPV1_CAUSE_SYSTEM_FAILURE, GODWIT_SM_CAUSE_REJECTED_BY_GGSN, GODWIT_PEER_INTERNAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        godwit_sm_reject_t reject;
        sgsn_activate_request(&w, d, text("\x80up"));
        godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_CREATE_REQUEST);
        sgsn_ggsn_answers(&w, &asked, rows[i].gtp, text("\x80no"));
        assert_int_equal(godwit_sm_activate_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_SM_ACTIVATE_REJECT), &reject),
                         GODWIT_OK);
        assert_int_equal(reject.cause, rows[i].sm);
        assert_int_equal(reject.pco.len, 3);
        assert_true(owner_saw(&w.owner, "activation_refused", rows[i].status));
        assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_FREE);
    }
}

static void a_silent_ggsn_is_asked_a_few_times_and_given_up(void **state)
{
    (void)state;
    godwit_sm_reject_t reject;
    sgsn_activate_request(&w, d, text("\x80up"));
    unsigned sent = 1;
    for (unsigned i = 0; i < 10 && sgsn_is_quiet(&w, GODWIT_PORT_RADIO); i++) {
        owner_give_timer(&w.owner, w.sgsn.path.timer_base);
        sent += !sgsn_is_quiet(&w, GODWIT_PORT_GTPC);
    }
    assert_int_equal(sent, 4);
    assert_int_equal(godwit_sm_activate_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_SM_ACTIVATE_REJECT), &reject),
                     GODWIT_OK);
    assert_int_equal(reject.cause, GODWIT_SM_CAUSE_NETWORK_FAILURE);
    assert_true(owner_saw(&w.owner, "activation_refused", GODWIT_PEER_INTERNAL));
}

static void an_unknown_apn_is_refused_here(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_sm_activate_request_t m = {
        .nsapi = 5, .address = {.number = GODWIT_SM_PDP_NON_IP}, .apn = godwit_slice("\x05other", 6)};
    assert_int_equal(godwit_sm_activate_request_build(&m, &v), GODWIT_OK);
    sgsn_up_protected_nas(&w, d, &v);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_ACTIVATE_REJECT);
    assert_true(owner_saw(&w.owner, "activation_refused", GODWIT_POLICY_FORBIDS));
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
}

/* ---- modification ---- */

static void a_modification_is_an_update_at_the_ggsn(void **state)
{
    (void)state;
    godwit_sm_modify_accept_network_t accept;
    sgsn_activate(&w, d);
    sgsn_modify_request(&w, d, text("\x80new selector"));
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_UPDATE_REQUEST);
    assert_int_equal(asked.teid, GGSN_TEID);
    assert_int_equal(asked.pco.len, 13);
    assert_memory_equal(asked.pco.ptr, "\x80new selector", 13);
    sgsn_modify_request(&w, d, text("\x80new selector")); /* repeated */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED, text("\x80start"));
    assert_int_equal(
        godwit_sm_modify_accept_network_parse(sgsn_down_nas(&w, d, 0, GODWIT_SM_MODIFY_ACCEPT_NETWORK), &accept),
        GODWIT_OK);
    assert_int_equal(accept.pco.len, 6);
    assert_true(owner_saw(&w.owner, "modified", GODWIT_OK));
    sgsn_modify_request(&w, d, text("\x80new selector")); /* the accept was lost */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_MODIFY_ACCEPT_NETWORK);
    w.owner.now_ms += 60000;
    sgsn_modify_request(&w, d, text("\x80new selector")); /* a minute later it is a new one */
    (void)sgsn_asked(&w, GODWIT_GTPV1_UPDATE_REQUEST);
}

static void a_refused_modification_leaves_the_context(void **state)
{
    (void)state;
    sgsn_activate(&w, d);
    sgsn_modify_request(&w, d, text("\x80x"));
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_UPDATE_REQUEST);
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED, text(""));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_MODIFY_REJECT);
    assert_true(owner_saw(&w.owner, "modification_refused", GODWIT_NOT_ENTITLED));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_ACTIVE);
    sgsn_modify_request(&w, d, text("\x80x"));
    (void)sgsn_asked(&w, GODWIT_GTPV1_UPDATE_REQUEST);
}

static void a_ggsn_that_lost_the_context_makes_the_device_activate_anew(void **state)
{
    (void)state;
    sgsn_activate(&w, d);
    sgsn_modify_request(&w, d, text("\x80x"));
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_UPDATE_REQUEST);
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_NON_EXISTENT, text(""));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_MODIFY_REJECT);
    godwit_sm_deactivate_request_t request;
    assert_int_equal(
        godwit_sm_deactivate_request_parse(sgsn_down_nas(&w, d, 1, GODWIT_SM_DEACTIVATE_REQUEST), &request), GODWIT_OK);
    assert_int_equal(request.cause, GODWIT_SM_CAUSE_REACTIVATION);
    sgsn_activate(&w, d);
}

static void a_modification_without_a_context_is_refused(void **state)
{
    (void)state;
    sgsn_modify_request(&w, d, text("\x80x"));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_MODIFY_REJECT);
    assert_true(owner_saw(&w.owner, "modification_refused", GODWIT_UNKNOWN_SESSION));
}

/* ---- deactivation ---- */

static void deactivate_request(void)
{
    uint8_t octets[8];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_sm_deactivate_request_t m = {.cause = GODWIT_SM_CAUSE_REGULAR_DEACTIVATION};
    assert_int_equal(godwit_sm_deactivate_request_build(&m, &v), GODWIT_OK);
    sgsn_up_protected_nas(&w, d, &v);
}

static void a_deactivation_deletes_at_the_ggsn_first(void **state)
{
    (void)state;
    sgsn_activate(&w, d);
    deactivate_request();
    godwit_gtpv1_t asked = sgsn_asked(&w, GODWIT_GTPV1_DELETE_REQUEST);
    assert_int_equal(asked.teid, GGSN_TEID);
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    deactivate_request(); /* repeated */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPC));
    sgsn_ggsn_answers(&w, &asked, GODWIT_GTPV1_CAUSE_ACCEPTED, text(""));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_DEACTIVATE_ACCEPT);
    assert_true(owner_saw(&w.owner, "deactivated", GODWIT_OK));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_FREE);
    deactivate_request(); /* the accept was lost */
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_DEACTIVATE_ACCEPT);
}

static void delete_by_ggsn(uint32_t teid)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_address_t from = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV1_DELETE_REQUEST;
    m.teid = teid;
    m.sequence = 77;
    m.nsapi = 5;
    m.has = GODWIT_GTPV1_NSAPI;
    assert_int_equal(godwit_gtpv1_build(&m, &v), GODWIT_OK);
    sgsn_give(&w, &from, GODWIT_PORT_GTPC, godwit_written(&v));
}

static void the_ggsn_ends_a_context_and_the_device_is_told(void **state)
{
    (void)state;
    uint8_t octets[8];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_sm_deactivate_accept_t accept = {.transaction = {.id = 0}};
    sgsn_activate(&w, d);
    delete_by_ggsn(w.sgsn_teid);
    assert_int_equal(sgsn_asked(&w, GODWIT_GTPV1_DELETE_RESPONSE).cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_DEACTIVATE_REQUEST);
    delete_by_ggsn(w.sgsn_teid); /* repeated: the same answer, and the device is not told twice */
    assert_int_equal(sgsn_asked(&w, GODWIT_GTPV1_DELETE_RESPONSE).cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    owner_give_timer(&w.owner, 2 * SGSN_UES);
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_DEACTIVATE_REQUEST);
    assert_int_equal(godwit_sm_deactivate_accept_build(&accept, &v), GODWIT_OK);
    sgsn_up_protected_nas(&w, d, &v);
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_FREE);
    delete_by_ggsn(0x12340000);
}

static void a_delete_from_another_node_is_not_believed(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_address_t from = owner_address(200);
    godwit_gtpv1_t m;
    sgsn_activate(&w, d);
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV1_DELETE_REQUEST;
    m.teid = w.sgsn_teid;
    m.has = GODWIT_GTPV1_NSAPI;
    assert_int_equal(godwit_gtpv1_build(&m, &v), GODWIT_OK);
    sgsn_give(&w, &from, GODWIT_PORT_GTPC, godwit_written(&v));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_ACTIVE);
}

static void an_answer_with_another_teid_is_not_believed(void **state)
{
    (void)state;
    sgsn_activate_request(&w, d, text("pco"));
    const godwit_gtpv1_t request = sgsn_asked(&w, GODWIT_GTPV1_CREATE_REQUEST);
    const uint32_t ours = request.teid_control;
    w.sgsn_teid = ours ^ 0x10000;
    sgsn_ggsn_answers(&w, &request, GODWIT_GTPV1_CAUSE_ACCEPTED, text("forged"));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_CREATING);
    w.sgsn_teid = 0; /* only one that refuses may not know it */
    sgsn_ggsn_answers(&w, &request, GODWIT_GTPV1_CAUSE_ACCEPTED, text("forged"));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_CREATING);
    w.sgsn_teid = ours;
    sgsn_ggsn_answers(&w, &request, GODWIT_GTPV1_CAUSE_ACCEPTED, text("down"));
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_ACTIVE);
}

static void wake_with(uint16_t contexts)
{
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_RELEASE});
    sgsn_service_request_with(&w, d, &contexts);
    sgsn_complete_security(&w, d);
}

static void out_of_idle_both_ends_agree_about_contexts(void **state)
{
    (void)state;
    godwit_gmm_service_accept_t accept;
    sgsn_activate(&w, d);
    wake_with(1U << 5);
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO) && sgsn_is_quiet(&w, GODWIT_PORT_GTPC)); /* nothing to say */
    wake_with(1U << 5 | 1U << 6); /* of one that is not here the device hears */
    assert_int_equal(godwit_gmm_service_accept_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_SERVICE_ACCEPT), &accept),
                     GODWIT_OK);
    assert_true(accept.has_contexts && accept.contexts == 1U << 5);
    wake_with(0); /* and one that the device does not have goes */
    (void)sgsn_asked(&w, GODWIT_GTPV1_DELETE_REQUEST);
    assert_int_equal(context()->state, GODWIT_SGSN_CONTEXT_FREE);
}

/* ---- user plane ---- */

static void n_pdus_pass_both_ways(void **state)
{
    (void)state;
    sgsn_activate(&w, d);
    sgsn_up_protected(&w, d,
                      &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = text("reading")});
    const godwit_address_t to = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPU_PORT);
    const godwit_request_t *sent = sgsn_sent(&w, GODWIT_PORT_GTPU, &to, 0);
    godwit_gtpu_t m;
    assert_non_null(sent);
    assert_int_equal(godwit_gtpu_parse(sent->octets, &m), GODWIT_OK);
    assert_true(m.type == GODWIT_GTPU_G_PDU && m.teid == GGSN_TEID && m.pdu.len == 7);
    assert_memory_equal(m.pdu.ptr, "reading", 7);
    sgsn_g_pdu(&w, w.sgsn_teid, "answer");
    godwit_radio_frame_t frame = sgsn_down(&w, d, 0);
    assert_true(frame.kind == GODWIT_RADIO_N_PDU && frame.nsapi == 5 && frame.octets.len == 6);
}

static void an_n_pdu_without_its_context_goes_nowhere(void **state)
{
    (void)state;
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = text("x")});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION) && sgsn_is_quiet(&w, GODWIT_PORT_GTPU));
    sgsn_activate(&w, d);
    sgsn_up_protected(&w, d, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_N_PDU, .nsapi = 6, .octets = text("x")});
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_GTPU));
    sgsn_g_pdu(&w, w.sgsn_teid ^ 0x10000, "x"); /* almost its TEID */
    assert_true(sgsn_is_quiet(&w, GODWIT_PORT_RADIO));
    const godwit_request_t *sent = sgsn_sent(&w, GODWIT_PORT_GTPU, NULL, 0);
    godwit_gtpu_t m;
    assert_int_equal(godwit_gtpu_parse(sent->octets, &m), GODWIT_OK);
    assert_int_equal(m.type, GODWIT_GTPU_ERROR_INDICATION);
}

static void an_error_indication_ends_the_context(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_address_t from = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPU_PORT);
    godwit_gtpu_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPU_ERROR_INDICATION;
    m.error_teid = GGSN_TEID;
    memcpy(m.error_ipv4, sgsn_ggsn, 4);
    sgsn_activate(&w, d);
    assert_int_equal(godwit_gtpu_build(&m, &v), GODWIT_OK);
    sgsn_give(&w, &from, GODWIT_PORT_GTPU, godwit_written(&v));
    (void)sgsn_down_nas(&w, d, 0, GODWIT_SM_DEACTIVATE_REQUEST);
}

static void what_nobody_can_read_is_refused_and_moves_nothing(void **state)
{
    (void)state;
    static const uint8_t noise[] = {0x32, 0x11, 0, 4, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 7, 7};
    const godwit_address_t from = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
    sgsn_activate(&w, d);
    const godwit_sgsn_ue_t before = w.ues[0];
    for (size_t len = 0; len <= sizeof noise; len++) {
        sgsn_give(&w, &from, GODWIT_PORT_GTPC, godwit_slice(noise, len));
        sgsn_give(&w, &from, GODWIT_PORT_GTPU, godwit_slice(noise, len));
        sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_slice(noise, len));
    }
    assert_memory_equal(&w.ues[0], &before, sizeof before);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_activation_goes_to_the_ggsn_and_back_with_its_pco_untouched),
        TEST(a_repeated_activation_is_one),
        TEST(another_activation_on_the_same_nsapi_takes_its_place),
        TEST(what_the_ggsn_refuses_the_device_hears_with_a_cause),
        TEST(a_silent_ggsn_is_asked_a_few_times_and_given_up),
        TEST(an_unknown_apn_is_refused_here),
        TEST(a_modification_is_an_update_at_the_ggsn),
        TEST(a_refused_modification_leaves_the_context),
        TEST(a_ggsn_that_lost_the_context_makes_the_device_activate_anew),
        TEST(a_modification_without_a_context_is_refused),
        TEST(a_deactivation_deletes_at_the_ggsn_first),
        TEST(the_ggsn_ends_a_context_and_the_device_is_told),
        TEST(a_delete_from_another_node_is_not_believed),
        TEST(an_answer_with_another_teid_is_not_believed),
        TEST(out_of_idle_both_ends_agree_about_contexts),
        TEST(n_pdus_pass_both_ways),
        TEST(an_n_pdu_without_its_context_goes_nowhere),
        TEST(an_error_indication_ends_the_context),
        TEST(what_nobody_can_read_is_refused_and_moves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
