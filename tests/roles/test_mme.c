/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME alone: attach, data, idle and back, paging, modification, detach, over octets on every side; and what device,
 * home and S-GW do wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/mme_world.h"

static mme_world_t w;
static mme_device_t d;

static int setup(void **state)
{
    (void)state;
    mme_world_init(&w);
    d = mme_device("001010123456789", 1);
    return 0;
}

static void assert_slice_text(godwit_slice_t s, const char *text)
{
    assert_int_equal(s.len, strlen(text));
    assert_memory_equal(s.ptr, text, s.len);
}

static void data_flows(void)
{
    uint8_t octets[64];
    godwit_esm_data_transport_t m;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("up", octets));
    assert_slice_text(mme_data_up(&w, 0), "up");
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "down");
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_DATA_TRANSPORT);
    assert_int_equal(godwit_esm_data_transport_parse(mme_plain(&d), &m), GODWIT_OK);
    assert_slice_text(m.data, "down");
    assert_int_equal(m.head.bearer, 5);
}

/* ---- attach ---- */

static void a_whole_attach_brings_a_bearer(void **state)
{
    (void)state;
    w.e2m = true;
    mme_step_request(&w, &d);
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(godwit_imsi_equal(&air->imsi, &d.imsi));
    assert_true(godwit_plmn_equal(air->visited_plmn, w.config.plmn));
    assert_int_equal(air->kind, GODWIT_VECTOR_EUTRAN);
    assert_int_equal(air->vectors, 1);
    assert_true(air->e2m_aware && air->policy_version == 3 && !air->resync);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    godwit_gtpv2_t m = mme_gtpc(&w, 0);
    assert_true(godwit_imsi_equal(&m.imsi, &d.imsi));
    assert_string_equal(m.apn.text, "e2m.example");
    assert_true(godwit_slice_equal(m.pco, godwit_slice(MME_PCO_UP, sizeof MME_PCO_UP - 1))); /* untouched */
    assert_int_equal(m.pdn_type, GODWIT_PDN_NON_IP);
    assert_memory_equal(m.pgw_control.ipv4, w.config.pgw, 4);
    assert_int_equal(m.bearer.fteid[GODWIT_CREATE_REQUEST_S11_MME].interface, GODWIT_FTEID_S11_MME_USER);
    mme_step_accept(&w, &d);
    godwit_emm_attach_accept_t accept;
    godwit_esm_activate_default_request_t bearer;
    assert_int_equal(godwit_emm_attach_accept_parse(mme_plain(&d), &accept), GODWIT_OK);
    assert_int_equal(godwit_esm_activate_default_request_parse(accept.esm, &bearer), GODWIT_OK);
    assert_int_equal(bearer.head.bearer, 5);
    assert_int_equal(bearer.head.pti, d.pti);
    assert_true(godwit_slice_equal(bearer.pco, godwit_slice(MME_PCO_DOWN, sizeof MME_PCO_DOWN - 1)));
    mme_step_complete(&w, &d);
    data_flows();
}

static void order_of_algorithms_is_policy(void **state)
{
    (void)state;
    w.config.eia_count = w.config.eea_count = 2;
    memcpy(w.config.eia_order, "\x03\x01", 2);
    memcpy(w.config.eea_order, "\x00\x02", 2); /* a country where ciphering is off: integrity stays */
    mme_world_restart(&w);
    mme_attach(&w, &d);
    assert_int_equal(d.nas.eia, 3);
    assert_int_equal(d.nas.eea, 0);
    data_flows();
    mme_device_t other = mme_device("001010000000002", 2);
    other.capability[1] = 0xE0; /* EIA0, 1, 2: the network's second */
    other.capability[0] = 0x20;
    mme_attach(&w, &other);
    assert_int_equal(other.nas.eia, 1);
    assert_int_equal(other.nas.eea, 2);
}

static void no_null_integrity_is_agreed(void **state)
{
    (void)state;
    godwit_emm_attach_reject_t m;
    uint8_t octets[32];
    d.capability[1] = 0x80; /* EIA0 alone */
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, mme_response(&d, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_REJECT);
    assert_int_equal(godwit_emm_attach_reject_parse(mme_plain(&d), &m), GODWIT_OK);
    assert_int_equal(m.cause, GODWIT_EMM_CAUSE_CAPABILITIES_MISMATCH);
    assert_true(owner_saw(&w.owner, "security_refused", GODWIT_UNSUPPORTED_SUITE));
    assert_null(mme_row(&w, &d));
    w.config.eia_count = 1;
    w.config.eia_order[0] = 0;
    assert_int_equal(godwit_mme_init(&w.mme, &w.config, w.ues, MME_ROWS, w.pending, 1, w.answered, 1),
                     GODWIT_INVALID_ARGUMENT);
}

static void an_unaware_network_says_nothing_of_godwit(void **state)
{
    (void)state;
    w.config.unaware = true;
    w.e2m = true;
    mme_world_restart(&w);
    mme_step_request(&w, &d);
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(!air->e2m_aware && air->policy_version == 0);
    mme_step_vector(&w, &d);
    assert_false(mme_row(&w, &d)->e2m);
}

static bool holds_octets(const void *memory, size_t len, uint8_t octet)
{
    const uint8_t *p = memory;
    size_t run = 0;
    for (size_t i = 0; i < len && run < 16; i++) {
        run = p[i] == octet ? run + 1 : 0;
    }
    return run == 16;
}

static void ck_and_ik_are_never_kept(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);                              /* the home sends CK and IK, which it must not */
    assert_true(holds_octets(w.ues, sizeof w.ues, 0x41)); /* KASME: the search does find keys */
    assert_false(holds_octets(w.ues, sizeof w.ues, 0xC5) || holds_octets(&w.mme, sizeof w.mme, 0xC5));
    assert_false(holds_octets(w.ues, sizeof w.ues, 0xA7) || holds_octets(&w.mme, sizeof w.mme, 0xA7));
    mme_step_response(&w, &d);
    assert_false(holds_octets(w.ues, sizeof w.ues, 0x41)); /* and KASME goes when the NAS keys are there */
    mme_step_secured(&w, &d);
    assert_false(holds_octets(w.ues, sizeof w.ues, 0x01)); /* RAND, AUTN */
}

/* ---- authentication fails ---- */

static void authentication_is_refused(godwit_status_t reason)
{
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_AUTHENTICATION_REJECT);
    assert_true(owner_saw(&w.owner, "authentication_refused", reason));
    assert_null(mme_row(&w, &d));
}

static void a_wrong_res_ends_the_attach(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d,
                 godwit_slice("\x07\x53\x08"
                              "12345678",
                              11));
    authentication_is_refused(GODWIT_NOT_ENTITLED);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice("\x07\x53\x04\x82\x82\x82\x82", 7)); /* half of it is not enough */
    authentication_is_refused(GODWIT_NOT_ENTITLED);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice("\x07\x53\x09\x83\x83\x83\x83\x83\x83\x83\x83\x83", 12)); /* nor is more */
    authentication_is_refused(GODWIT_NOT_ENTITLED);
}

static void the_device_may_refuse_the_vector(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice("\x07\x5C\x14", 3)); /* MAC failure */
    authentication_is_refused(GODWIT_AUTH_MAC_FAILURE);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice("\x07\x5C\x1A", 3)); /* non-EPS authentication unacceptable */
    authentication_is_refused(GODWIT_POLICY_FORBIDS);
}

#define SYNCH_1                                                                                                        \
    "\x07\x5C\x15\x30\x0E"                                                                                             \
    "auts-number-01"
#define SYNCH_2                                                                                                        \
    "\x07\x5C\x15\x30\x0E"                                                                                             \
    "auts-number-02"

static void a_resynchronisation_goes_to_the_home_once(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice(SYNCH_1, 19));
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(air->resync);
    assert_memory_equal(air->auts, "auts-number-01", 14);
    assert_int_equal(air->rand[0], 1);
    mme_nas_timer(&w, &d); /* the home is asked again, for the same */
    air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(air->resync && memcmp(air->auts, "auts-number-01", 14) == 0);
    mme_step_vector(&w, &d);
    assert_int_equal(d.vector, 2);
    mme_up_plain(&w, &d, godwit_slice(SYNCH_1, 19)); /* the network repeats it: nothing happens */
    assert_int_equal(w.owner.outbox.count, 0);
    mme_up_plain(&w, &d, godwit_slice(SYNCH_2, 19));
    authentication_is_refused(GODWIT_AUTH_RESYNC);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, godwit_slice("\x07\x5C\x15", 3)); /* without AUTS */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
    mme_up_plain(&w, &d, godwit_slice(SYNCH_1, 19));
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d); /* and all is well */
}

static void the_home_refuses(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t status;
        uint8_t cause;
    } cases[] = {{GODWIT_UNKNOWN_SUBSCRIBER, 8}, {GODWIT_NOT_ENTITLED, 15}, {GODWIT_AUTH_MAC_FAILURE, 17},
                 {GODWIT_POLICY_FORBIDS, 7},     {GODWIT_OVERLOAD, 22},     {GODWIT_PEER_INTERNAL, 17}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        godwit_emm_attach_reject_t m;
        mme_step_request(&w, &d);
        mme_home(&w, cases[i].status);
        assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_REJECT);
        assert_int_equal(godwit_emm_attach_reject_parse(mme_plain(&d), &m), GODWIT_OK);
        assert_int_equal(m.cause, cases[i].cause);
        assert_true(owner_saw(&w.owner, "attach_refused", cases[i].status));
        assert_null(mme_row(&w, &d));
    }
}

static void a_silent_home_is_asked_twice(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    uint32_t first = owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->transaction;
    mme_nas_timer(&w, &d);
    assert_int_not_equal(owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->transaction, first);
    mme_nas_timer(&w, &d);
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_REJECT);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_PEER_INTERNAL));
    assert_null(mme_row(&w, &d));
}

/* ---- repetition and silence ---- */

static void repeated_messages_change_nothing(void **state)
{
    (void)state;
    uint8_t octets[128], other[64];
    mme_step_request(&w, &d);
    mme_up_plain(&w, &d, mme_attach_request(&d, octets));
    assert_int_equal(w.owner.outbox.count, 0); /* the home works on it */
    mme_nas_timer(&w, &d);                     /* asked again, so that mme_home finds the request */
    mme_step_vector(&w, &d);
    mme_device_t fresh = d;
    fresh.ksi = GODWIT_EMM_KSI_NONE;
    mme_up_plain(&w, &fresh, mme_attach_request(&fresh, octets));
    assert_int_equal(mme_down(&w, &fresh, 0), GODWIT_EMM_AUTHENTICATION_REQUEST); /* the same one */
    assert_int_equal(fresh.plain[3], d.vector);
    mme_step_response(&w, &d);
    mme_up_plain(&w, &d, mme_response(&d, other));
    assert_int_equal(w.owner.outbox.count, 0);
    mme_step_secured(&w, &d);
    mme_up_plain(&w, &fresh, mme_attach_request(&fresh, octets)); /* an old frame, within its time */
    assert_int_equal(w.owner.outbox.count, 0);
    w.owner.now_ms += 60000; /* and any time later while the attach goes on, for its row goes on, too */
    mme_up_plain(&w, &fresh, mme_attach_request(&fresh, octets));
    assert_int_equal(w.owner.outbox.count, 0);
    mme_step_information(&w, &d);
    mme_device_t before = d;
    mme_step_accept(&w, &d);
    mme_up(&w, &before, GODWIT_NAS_CIPHERED, mme_information(&d, other));
    d.nas.next_up = before.nas.next_up;
    assert_int_equal(mme_gtpc_count(&w), 0);
    mme_step_complete(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x43\x00\x03\x52\x00\xC2", 7));
    assert_int_equal(w.owner.outbox.count, 0);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x5E", 2));
    assert_int_equal(w.owner.outbox.count, 0);
    data_flows();
}

static void what_is_not_answered_is_asked_again_and_given_up(void **state)
{
    (void)state;
    void (*const steps[])(mme_world_t *, mme_device_t *) = {mme_step_vector, mme_step_response, mme_step_secured, NULL};
    static const uint8_t question[] = {GODWIT_EMM_AUTHENTICATION_REQUEST, GODWIT_EMM_SECURITY_MODE_COMMAND,
                                       GODWIT_ESM_INFORMATION_REQUEST};
    for (size_t n = 0; steps[n] != NULL; n++) {
        d = mme_device("001010123456789", 1);
        w.owner.now_ms += 100000;
        mme_step_request(&w, &d);
        for (size_t i = 0; i <= n; i++) {
            steps[i](&w, &d);
        }
        for (unsigned i = 1; i < 5; i++) {
            mme_nas_timer(&w, &d);
            assert_int_equal(mme_down(&w, &d, 0), question[n]); /* it verifies: with a COUNT of its own */
        }
        mme_nas_timer(&w, &d);
        assert_true(owner_saw(&w.owner, "given_up", GODWIT_OK));
        assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
        assert_null(mme_row(&w, &d));
    }
}

static void an_attach_accept_is_sent_again_then_the_session_goes(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    for (unsigned i = 1; i < 5; i++) {
        mme_nas_timer(&w, &d);
        assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_ACCEPT);
    }
    mme_nas_timer(&w, &d);
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    assert_int_equal(mme_gtpc(&w, 0).teid, MME_SGW_TEID);
    assert_null(mme_row(&w, &d));
}

static void data_before_the_lost_completion_is_taken(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("first", octets));
    assert_true(owner_saw(&w.owner, "attached", GODWIT_OK));
    assert_slice_text(mme_data_up(&w, 0), "first");
}

/* ---- the core refuses ---- */

static void up_to_the_core(void)
{
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
}

static void assert_no_session(uint8_t cause, godwit_status_t reason)
{
    godwit_emm_attach_reject_t m;
    godwit_esm_refusal_t r;
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_REJECT);
    assert_int_equal(godwit_emm_attach_reject_parse(mme_plain(&d), &m), GODWIT_OK);
    assert_int_equal(m.cause, GODWIT_EMM_CAUSE_ESM_FAILURE);
    assert_int_equal(godwit_esm_pdn_connectivity_reject_parse(m.esm, &r), GODWIT_OK);
    assert_int_equal(r.cause, cause);
    assert_int_equal(r.head.pti, d.pti);
    assert_true(owner_saw(&w.owner, "attach_refused", reason));
    assert_null(mme_row(&w, &d));
}

static void the_gateway_refuses(void **state)
{
    (void)state;
    up_to_the_core();
    mme_sgw_created(&w, GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED); /* a container with another IMSI */
    assert_no_session(GODWIT_ESM_CAUSE_REJECTED_BY_GATEWAY, GODWIT_NOT_ENTITLED);
    d = mme_device("001010123456789", 1);
    w.owner.now_ms += 100000;
    up_to_the_core();
    mme_sgw_created(&w, GODWIT_GTPV2_CAUSE_UNKNOWN_APN);
    assert_no_session(GODWIT_ESM_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS);
}

static void a_silent_core_is_asked_n3_times(void **state)
{
    (void)state;
    up_to_the_core();
    for (unsigned i = 1; i < 4; i++) {
        owner_give_timer(&w.owner, 0x40000000);
        assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    }
    owner_give_timer(&w.owner, 0x40000000);
    assert_no_session(GODWIT_ESM_CAUSE_NETWORK_FAILURE, GODWIT_PEER_INTERNAL);
}

static void an_answer_with_another_teid_is_not_believed(void **state)
{
    (void)state;
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_step_information(&w, &d);
    godwit_gtpv2_t m, asked = mme_gtpc(&w, 0);
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_CREATE_SESSION_RESPONSE;
    m.sequence = asked.sequence;
    m.has = GODWIT_GTPV2_CAUSE;
    m.cause = GODWIT_GTPV2_CAUSE_NO_RESOURCES;
    m.teid = asked.sender.teid ^ 0x10000;
    mme_sgw(&w, &m);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(mme_row(&w, &d)->state, GODWIT_MME_CREATING);
    m.teid = 0; /* a peer that has begun anew does not know it */
    m.cause = GODWIT_GTPV2_CAUSE_NOT_FOUND;
    mme_sgw(&w, &m);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_POLICY_FORBIDS));
}

static void nobody_else_is_the_s_gw(void **state)
{
    (void)state;
    up_to_the_core();
    w.sgw.octets[3] = 9;
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_CREATE_SESSION_RESPONSE;
    m.teid = mme_row(&w, &d)->teid;
    m.sequence = 1;
    m.has = GODWIT_GTPV2_CAUSE;
    m.cause = GODWIT_GTPV2_CAUSE_NO_RESOURCES;
    mme_sgw(&w, &m);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    assert_int_equal(mme_row(&w, &d)->state, GODWIT_MME_CREATING);
}

/* ---- who may be believed ---- */

static void a_wrong_mac_and_a_replay_move_nothing(void **state)
{
    (void)state;
    uint8_t octets[64], wrapped[96];
    mme_attach(&w, &d);
    godwit_mme_ue_t before = *mme_row(&w, &d);
    godwit_writer_t writer = godwit_writer(wrapped, sizeof wrapped);
    assert_int_equal(godwit_nas_security_create(&d.nas, &godwit_crypto_builtin, GODWIT_NAS_CIPHERED,
                                                mme_data("up", octets), &writer),
                     GODWIT_OK);
    for (size_t bit = 8; bit < 8 * writer.len; bit++) {
        wrapped[bit / 8] ^= (uint8_t)(1U << bit % 8);
        mme_up_plain(&w, &d, godwit_written(&writer));
        wrapped[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
        assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
        assert_memory_equal(mme_row(&w, &d), &before, sizeof before);
    }
    mme_up_plain(&w, &d, godwit_written(&writer));
    assert_slice_text(mme_data_up(&w, 0), "up");
    before = *mme_row(&w, &d);
    mme_up_plain(&w, &d, godwit_written(&writer));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_REPLAY));
    assert_memory_equal(mme_row(&w, &d), &before, sizeof before);
}

static void plain_messages_do_not_touch_a_registered_device(void **state)
{
    (void)state;
    uint8_t octets[128];
    mme_attach(&w, &d);
    godwit_mme_ue_t before = *mme_row(&w, &d);
    const godwit_slice_t plain[] = {mme_data("forged", octets),
                                    godwit_slice("\x07\x43\x00\x03\x52\x00\xC2", 7),
                                    godwit_slice("\x07\x46", 2),
                                    godwit_slice("\x07\x5E", 2),
                                    godwit_slice("\x07\x5F\x17", 3),
                                    godwit_slice("\x07\x5C\x14", 3),
                                    godwit_slice("\x07\x53\x08"
                                                 "12345678",
                                                 11),
                                    godwit_slice("\x07\x60\x62", 3),
                                    godwit_slice("\x07", 1),
                                    godwit_slice("", 0),
                                    godwit_slice("\x07\x56\x08\x09\x10\x10\x10\x32\x54\x76\x98", 11)};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        mme_up_plain(&w, &d, plain[i]);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
        assert_true(w.owner.outbox.count > 0); /* an event says so */
        assert_memory_equal(mme_row(&w, &d), &before, sizeof before);
    }
    mme_up_plain(&w, &d, mme_detach_request(&d, 1, octets));
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_memory_equal(mme_row(&w, &d), &before, sizeof before);
    data_flows();
}

static void a_forged_attach_does_not_end_a_registration(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    w.owner.now_ms += 100000;
    mme_device_t forger = mme_device("001010123456789", 1); /* the same IMSI, the same address */
    mme_step_request(&w, &forger);
    mme_step_vector(&w, &forger);
    data_flows();
    mme_up_plain(&w, &forger,
                 godwit_slice("\x07\x53\x08"
                              "12345678",
                              11));
    assert_true(owner_saw(&w.owner, "authentication_refused", GODWIT_NOT_ENTITLED));
    data_flows();
    /* The device itself, after it lost its power: now the old registration ends. */
    mme_device_t again = mme_device("001010123456789", 1);
    uint8_t old[16];
    memcpy(old, d.nas.k_int, sizeof old);
    mme_attach(&w, &again);
    d = again;
    data_flows();
    for (size_t i = 0; i < MME_ROWS; i++) {
        assert_memory_not_equal(w.ues[i].security.k_int, old, sizeof old);
    }
}

static void a_full_table_keeps_registered_devices(void **state)
{
    (void)state;
    uint8_t octets[128];
    mme_attach(&w, &d);
    for (uint8_t n = 2; n < 2 + MME_ROWS - 1; n++) {
        mme_device_t stranger = mme_device("001010000000099", n);
        mme_step_request(&w, &stranger);
    }
    mme_device_t late = mme_device("001010000000007", 50);
    mme_up_plain(&w, &late, mme_attach_request(&late, octets));
    assert_int_equal(mme_down(&w, &late, 0), GODWIT_EMM_ATTACH_REJECT);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_OVERLOAD));
    data_flows();
    w.owner.now_ms += 30000; /* those who prove nothing make room in time */
    mme_attach(&w, &late);
    data_flows();
}

static void strangers_are_told_to_begin_anew(void **state)
{
    (void)state;
    uint8_t octets[96];
    mme_attach(&w, &d);
    mme_world_restart(&w); /* the MME lost its power */
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("up", octets));
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_RELEASE), 1);
    mme_up(&w, &d, GODWIT_NAS_PARTLY, mme_service_request(&d, "up", octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_REJECT);
    assert_int_equal(d.plain[2], GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED);
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_detach_request(&d, 1, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_ACCEPT);
    d = mme_device("001010123456789", 1);
    mme_attach(&w, &d);
    data_flows();
}

/* ---- an attach with a known context ---- */

static void reattach(godwit_nas_header_type_t type)
{
    uint8_t octets[128];
    d.has_guti = true;
    w.owner.now_ms += 100000;
    mme_up(&w, &d, type, mme_attach_request(&d, octets));
}

static void attach_after_detach(void)
{
    uint8_t octets[32];
    mme_world_restart(&w);
    d = mme_device("001010123456789", 1);
    mme_attach(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_detach_request(&d, 1, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_ACCEPT);
    mme_nas_timer(&w, &d); /* it may still be used */
    reattach(GODWIT_NAS_INTEGRITY);
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
}

static void a_known_context_is_reused_as_often_as_policy_says(void **state)
{
    (void)state;
    w.config.reauthenticate_attaches = 2;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    uint32_t m_tmsi = d.guti.m_tmsi;
    reattach(GODWIT_NAS_INTEGRITY);
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_DELETE_SESSION_REQUEST); /* the former session */
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_INFORMATION_REQUEST);
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    assert_int_not_equal(d.guti.m_tmsi, m_tmsi);
    mme_step_complete(&w, &d);
    data_flows();
    reattach(GODWIT_NAS_INTEGRITY); /* the third */
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
    data_flows(); /* the old context lives until the new one is proved */
    attach_after_detach();
}

static void another_capability_or_key_set_is_authenticated(void **state)
{
    (void)state;
    w.config.reauthenticate_attaches = 10;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    d.ksi = 4;
    reattach(GODWIT_NAS_INTEGRITY);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
    d.ksi = d.nas.ksi;
    d.capability[1] = 0x60; /* bid down, or another device: what was agreed on may not hold any more */
    reattach(GODWIT_NAS_INTEGRITY);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
    d.capability[1] = 0x70;
    reattach(GODWIT_NAS_INTEGRITY);
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
}

static void each_attach_is_authenticated_by_default(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    reattach(GODWIT_NAS_INTEGRITY);
    assert_true(
        godwit_imsi_equal(&owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request.imsi, &d.imsi));
    mme_step_vector(&w, &d);
    assert_int_equal(d.ksi, 1); /* another one than the device has */
}

static void a_guti_without_its_mac_is_asked_who_it_is(void **state)
{
    (void)state;
    uint8_t octets[128];
    w.config.reauthenticate_attaches = 10;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    mme_device_t thief = mme_device("001010000000008", 9);
    thief.has_guti = true;
    thief.guti = d.guti;
    thief.ksi = d.ksi;
    thief.nas = d.nas;
    memset(thief.nas.k_int, 0, sizeof thief.nas.k_int);
    mme_up(&w, &thief, GODWIT_NAS_INTEGRITY, mme_attach_request(&thief, octets));
    assert_int_equal(mme_down(&w, &thief, 0), GODWIT_EMM_IDENTITY_REQUEST);
    mme_up_plain(&w, &thief, godwit_slice("\x07\x56\x08\x09\x10\x10\x00\x00\x00\x00\x80", 11));
    assert_string_equal(owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request.imsi.digits,
                        "001010000000008");
    data_flows();
    reattach(GODWIT_NAS_CIPHERED); /* an initial message is not ciphered: nobody could look up whose it is */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
}

/* ---- idle ---- */

static void go_idle(void)
{
    mme_up_frame(&w, &d, GODWIT_RADIO_RELEASE, godwit_slice(NULL, 0));
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
}

static void an_idle_device_resumes_with_its_data(void **state)
{
    (void)state;
    uint8_t octets[96];
    mme_attach(&w, &d);
    go_idle();
    mme_up(&w, &d, GODWIT_NAS_PARTLY, mme_service_request(&d, "awake", octets));
    assert_slice_text(mme_data_up(&w, 0), "awake");
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_ACCEPT);
    assert_memory_equal(d.plain, "\x07\x4F\x57\x02\x20\x00", 6); /* with the status of bearer 5 */
    assert_true(owner_saw(&w.owner, "resumed", GODWIT_OK));
    data_flows();
    /* A service request that does not verify is rejected, and the context stays (TS 24.301 4.4.4.3). */
    mme_device_t forger = d;
    memset(forger.nas.k_int, 1, sizeof forger.nas.k_int);
    mme_up(&w, &forger, GODWIT_NAS_PARTLY, mme_service_request(&forger, "forged", octets));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
    data_flows();
}

static void a_repeated_service_request_is_not_rejected(void **state)
{
    (void)state;
    uint8_t octets[96], wrapped[128];
    mme_attach(&w, &d);
    go_idle();
    godwit_writer_t writer = godwit_writer(wrapped, sizeof wrapped);
    assert_int_equal(godwit_nas_security_create(&d.nas, &godwit_crypto_builtin, GODWIT_NAS_PARTLY,
                                                mme_service_request(&d, "awake", octets), &writer),
                     GODWIT_OK);
    mme_up_plain(&w, &d, godwit_written(&writer));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_ACCEPT);
    mme_up_plain(&w, &d, godwit_written(&writer));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0); /* a reject would send the device back */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_REPLAY));
    mme_device_t other = d;
    other.nas.ksi ^= 1; /* under the right keys, but says another key set */
    mme_up(&w, &other, GODWIT_NAS_PARTLY, mme_service_request(&other, "awake", octets));
    d.nas.next_up = other.nas.next_up;
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
    data_flows();
}

static void nothing_came_of_it(void)
{
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
}

static void what_belongs_to_no_bearer_or_transaction_is_refused(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_step_response(&w, &d);
    mme_step_secured(&w, &d);
    mme_device_t other = d;
    other.pti++;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_information(&other, octets));
    nothing_came_of_it();
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x43\x00\x03\x62\x00\xC2", 7)); /* bearer 6 */
    nothing_came_of_it();
    mme_step_complete(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x62\x00\xEB\x00\x02no", 7));
    nothing_came_of_it();
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_data("open", octets)); /* session management goes ciphered */
    nothing_came_of_it();
    data_flows();
}

static void data_for_an_idle_device_pages_it(void **state)
{
    (void)state;
    uint8_t octets[96];
    godwit_esm_data_transport_t m;
    mme_attach(&w, &d);
    go_idle();
    uint32_t teid = mme_row(&w, &d)->teid;
    mme_sgw_data(&w, teid, "one");
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    mme_sgw_data(&w, teid, "two");
    assert_true(owner_saw(&w.owner, "n_pdu_dropped", GODWIT_NO_SPACE));
    mme_nas_timer(&w, &d);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    mme_up(&w, &d, GODWIT_NAS_PARTLY, mme_service_request(&d, NULL, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_ACCEPT);
    assert_int_equal(mme_down(&w, &d, 1), GODWIT_ESM_DATA_TRANSPORT);
    assert_int_equal(godwit_esm_data_transport_parse(mme_plain(&d), &m), GODWIT_OK);
    assert_slice_text(m.data, "one");
    data_flows();
}

static void data_of_a_device_that_is_paged_is_its_answer(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_attach(&w, &d);
    go_idle();
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "held");
    mme_up(&w, &d, GODWIT_NAS_CIPHERED,
           mme_data("still here", octets)); /* a release that overtook it, or a forged one */
    assert_slice_text(mme_data_up(&w, 0), "still here");
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_DATA_TRANSPORT);
    mme_nas_timer(&w, &d);
    assert_int_equal(w.owner.outbox.count, 0);
    data_flows();
}

static void an_address_belongs_to_the_last_that_is_proved(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    mme_device_t next = mme_device("001010000000002", 1); /* a NAT gives the same address to another */
    w.owner.now_ms += 100000;
    mme_attach(&w, &next);
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "for the first");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "paged", GODWIT_OK));
    d = next;
    data_flows();
}

static void paging_ends(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    go_idle();
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "one");
    for (unsigned i = 1; i < 5; i++) {
        mme_nas_timer(&w, &d);
        assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    }
    mme_nas_timer(&w, &d);
    assert_true(owner_saw(&w.owner, "paging_failed", GODWIT_PEER_INTERNAL));
    assert_int_equal(mme_row(&w, &d)->held_len, 0);
    assert_int_equal(mme_row(&w, &d)->state, GODWIT_MME_REGISTERED);
}

static void the_network_releases_a_quiet_device(void **state)
{
    (void)state;
    uint8_t octets[64];
    w.config.idle_ms = 10000;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    owner_give_timer(&w.owner, 1);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_RELEASE), 1);
    assert_true(owner_saw(&w.owner, "idle", GODWIT_OK));
    uint8_t last[64];
    godwit_slice_t data = mme_data("bye", octets);
    memcpy(last, data.ptr, data.len);
    last[data.len] = 0xF1; /* release assistance: nothing more */
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice(last, data.len + 1));
    assert_slice_text(mme_data_up(&w, 0), "bye");
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_RELEASE), 1);
}

static void a_notification_of_the_s_gw_pages(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    go_idle();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION;
    m.teid = mme_row(&w, &d)->teid;
    m.sequence = 77;
    mme_sgw(&w, &m);
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE);
    assert_int_equal(mme_gtpc(&w, 0).cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    m.teid ^= 0x10000;
    m.sequence++;
    mme_sgw(&w, &m);
    assert_int_equal(mme_gtpc(&w, 0).cause, GODWIT_GTPV2_CAUSE_NOT_FOUND);
}

/* ---- modification ---- */

static godwit_gtpv2_t update_of(const godwit_gtpv2_t *command)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_UPDATE_BEARER_REQUEST;
    m.teid = mme_row(&w, &d)->teid;
    m.sequence = command->sequence;
    m.has = GODWIT_GTPV2_PTI | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR;
    m.pti = command->pti;
    m.ambr_up = m.ambr_down = 1000;
    m.bearer.ebi = 5;
    m.bearer.pco = godwit_slice(MME_PCO_DOWN, sizeof MME_PCO_DOWN - 1);
    return m;
}

static void a_modification_passes_the_pco_both_ways(void **state)
{
    (void)state;
    uint8_t octets[64];
    godwit_esm_modify_request_t q;
    mme_attach(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&d, octets));
    godwit_gtpv2_t command = mme_gtpc(&w, 0);
    assert_int_equal(command.type, GODWIT_GTPV2_BEARER_RESOURCE_COMMAND);
    assert_true((command.sequence & 0x800000) != 0 && command.pti == 2 && command.ebi == 5);
    assert_int_equal(command.teid, MME_SGW_TEID);
    assert_true(godwit_slice_equal(command.pco, godwit_slice(MME_PCO_UP, sizeof MME_PCO_UP - 1)));
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&d, octets)); /* the device asks again */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    mme_device_t other = d;
    other.pti++;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&other, octets)); /* and for another thing meanwhile */
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_RESOURCE_MODIFICATION_REJECT);
    assert_int_equal(d.plain[1], 3);
    assert_int_equal(mme_gtpc_count(&w), 0);
    godwit_gtpv2_t update = update_of(&command);
    mme_sgw(&w, &update);
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_MODIFY_REQUEST);
    assert_int_equal(godwit_esm_modify_request_parse(mme_plain(&d), &q), GODWIT_OK);
    assert_int_equal(q.head.pti, 2);
    assert_true(godwit_slice_equal(q.pco, godwit_slice(MME_PCO_DOWN, sizeof MME_PCO_DOWN - 1)));
    mme_sgw(&w, &update); /* the network repeats it */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x52\x00\xCA", 3));
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE);
    assert_int_equal(mme_gtpc(&w, 0).cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(mme_gtpc(&w, 0).sequence, command.sequence);
    assert_true(owner_saw(&w.owner, "modified", GODWIT_OK));
    mme_sgw(&w, &update); /* the answer was lost */
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE);
    d.pti++;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&d, octets)); /* and another one */
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_BEARER_RESOURCE_COMMAND);
    data_flows();
}

static void a_modification_is_refused(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_attach(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&d, octets));
    godwit_gtpv2_t command = mme_gtpc(&w, 0), m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_FAILURE;
    m.teid = mme_row(&w, &d)->teid;
    m.sequence = command.sequence;
    m.has = GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
    m.cause = GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED;
    m.ebi = 5;
    m.pti = command.pti;
    mme_sgw(&w, &m);
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_RESOURCE_MODIFICATION_REJECT);
    assert_true(owner_saw(&w.owner, "modification_refused", GODWIT_NOT_ENTITLED));
    data_flows();
    /* A device that does not answer: the core is told. */
    d.pti++;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_modification(&d, octets));
    command = mme_gtpc(&w, 0);
    godwit_gtpv2_t update = update_of(&command);
    mme_sgw(&w, &update);
    for (unsigned i = 0; i < 4; i++) {
        mme_nas_timer(&w, &d);
        assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_MODIFY_REQUEST);
    }
    mme_nas_timer(&w, &d);
    assert_int_equal(mme_gtpc(&w, 0).cause, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    data_flows();
}

/* ---- detach ---- */

static void a_device_detaches(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_attach(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_detach_request(&d, 1, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_ACCEPT);
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_detach_request(&d, 1, octets)); /* our answer was lost */
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_ACCEPT);
    assert_int_equal(mme_gtpc_count(&w), 0);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("late", octets));
    assert_true(owner_saw(&w.owner, "refused", GODWIT_WRONG_STATE));
    mme_nas_timer(&w, &d);
    assert_null(mme_row(&w, &d)); /* its keys are gone */
    d = mme_device("001010123456789", 1);
    w.owner.now_ms += 100000;
    mme_attach(&w, &d);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_detach_request(&d, 9, octets)); /* switched off: no answer */
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
}

static void drop(void)
{
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = d.imsi});
}

static void the_network_detaches(void **state)
{
    (void)state;
    uint8_t octets[96];
    mme_attach(&w, &d);
    drop();
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_REQUEST);
    assert_int_equal(d.plain[2], GODWIT_EMM_DETACH_NO_REATTACH);
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x46", 2));
    assert_int_equal(mme_gtpc(&w, 0).type, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK));
    d = mme_device("001010123456789", 1);
    w.owner.now_ms += 100000;
    mme_attach(&w, &d);
    go_idle();
    drop();
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_PAGING), 1);
    mme_up(&w, &d, GODWIT_NAS_PARTLY, mme_service_request(&d, NULL, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_SERVICE_ACCEPT);
    assert_int_equal(mme_down(&w, &d, 1), GODWIT_EMM_DETACH_REQUEST);
    for (unsigned i = 0; i < 5; i++) {
        mme_nas_timer(&w, &d);
    }
    assert_true(owner_saw(&w.owner, "detached", GODWIT_OK)); /* it never answered */
}

static void a_lost_tunnel_sends_the_device_back(void **state)
{
    (void)state;
    uint8_t octets[64];
    mme_attach(&w, &d);
    godwit_gtpu_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPU_ERROR_INDICATION;
    m.error_teid = MME_SGW_USER_TEID;
    memcpy(m.error_ipv4, w.config.sgw, 4);
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_build(&m, &writer), GODWIT_OK);
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                           .port = GODWIT_PORT_GTPU,
                                           .from = godwit_gtp_address(w.config.sgw, GODWIT_GTPU_PORT),
                                           .datagram = godwit_written(&writer)});
    assert_true(owner_saw(&w.owner, "bearer_lost", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_REQUEST);
    assert_int_equal(d.plain[2], GODWIT_EMM_DETACH_REATTACH);
}

static void the_last_count_ends_what_goes_down(void **state)
{
    (void)state;
    mme_attach(&w, &d);
    mme_row(&w, &d)->security.next_down = d.nas.next_down = 0xFFFFFF;
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "last");
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_ESM_DATA_TRANSPORT);
    mme_sgw_data(&w, mme_row(&w, &d)->teid, "none");
    assert_int_equal(mme_frames(&w, &d, GODWIT_RADIO_NAS), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_COUNT_EXHAUSTED));
}

static void keys_are_replaced_before_count_ends(void **state)
{
    (void)state;
    uint8_t octets[64];
    w.config.reauthenticate_attaches = 10;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    mme_row(&w, &d)->security.next_up = d.nas.next_up = 0xFFF100;
    mme_up(&w, &d, GODWIT_NAS_CIPHERED, mme_data("late", octets));
    assert_slice_text(mme_data_up(&w, 0), "late");
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_DETACH_REQUEST);
    assert_int_equal(d.plain[2], GODWIT_EMM_DETACH_REATTACH);
    reattach(GODWIT_NAS_INTEGRITY);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0); /* whatever policy says */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_attach_brings_a_bearer, setup),
        cmocka_unit_test_setup(order_of_algorithms_is_policy, setup),
        cmocka_unit_test_setup(no_null_integrity_is_agreed, setup),
        cmocka_unit_test_setup(an_unaware_network_says_nothing_of_godwit, setup),
        cmocka_unit_test_setup(ck_and_ik_are_never_kept, setup),
        cmocka_unit_test_setup(a_wrong_res_ends_the_attach, setup),
        cmocka_unit_test_setup(the_device_may_refuse_the_vector, setup),
        cmocka_unit_test_setup(a_resynchronisation_goes_to_the_home_once, setup),
        cmocka_unit_test_setup(the_home_refuses, setup),
        cmocka_unit_test_setup(a_silent_home_is_asked_twice, setup),
        cmocka_unit_test_setup(repeated_messages_change_nothing, setup),
        cmocka_unit_test_setup(what_is_not_answered_is_asked_again_and_given_up, setup),
        cmocka_unit_test_setup(an_attach_accept_is_sent_again_then_the_session_goes, setup),
        cmocka_unit_test_setup(data_before_the_lost_completion_is_taken, setup),
        cmocka_unit_test_setup(the_gateway_refuses, setup),
        cmocka_unit_test_setup(a_silent_core_is_asked_n3_times, setup),
        cmocka_unit_test_setup(nobody_else_is_the_s_gw, setup),
        cmocka_unit_test_setup(an_answer_with_another_teid_is_not_believed, setup),
        cmocka_unit_test_setup(a_wrong_mac_and_a_replay_move_nothing, setup),
        cmocka_unit_test_setup(plain_messages_do_not_touch_a_registered_device, setup),
        cmocka_unit_test_setup(a_forged_attach_does_not_end_a_registration, setup),
        cmocka_unit_test_setup(a_full_table_keeps_registered_devices, setup),
        cmocka_unit_test_setup(strangers_are_told_to_begin_anew, setup),
        cmocka_unit_test_setup(a_known_context_is_reused_as_often_as_policy_says, setup),
        cmocka_unit_test_setup(another_capability_or_key_set_is_authenticated, setup),
        cmocka_unit_test_setup(each_attach_is_authenticated_by_default, setup),
        cmocka_unit_test_setup(a_repeated_service_request_is_not_rejected, setup),
        cmocka_unit_test_setup(what_belongs_to_no_bearer_or_transaction_is_refused, setup),
        cmocka_unit_test_setup(a_guti_without_its_mac_is_asked_who_it_is, setup),
        cmocka_unit_test_setup(an_idle_device_resumes_with_its_data, setup),
        cmocka_unit_test_setup(data_for_an_idle_device_pages_it, setup),
        cmocka_unit_test_setup(data_of_a_device_that_is_paged_is_its_answer, setup),
        cmocka_unit_test_setup(an_address_belongs_to_the_last_that_is_proved, setup),
        cmocka_unit_test_setup(paging_ends, setup),
        cmocka_unit_test_setup(the_network_releases_a_quiet_device, setup),
        cmocka_unit_test_setup(a_notification_of_the_s_gw_pages, setup),
        cmocka_unit_test_setup(a_modification_passes_the_pco_both_ways, setup),
        cmocka_unit_test_setup(a_modification_is_refused, setup),
        cmocka_unit_test_setup(a_device_detaches, setup),
        cmocka_unit_test_setup(the_network_detaches, setup),
        cmocka_unit_test_setup(a_lost_tunnel_sends_the_device_back, setup),
        cmocka_unit_test_setup(the_last_count_ends_what_goes_down, setup),
        cmocka_unit_test_setup(keys_are_replaced_before_count_ends, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
