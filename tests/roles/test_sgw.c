/* SPDX-License-Identifier: Apache-2.0
 *
 * The S-GW alone: the test is its MME and its P-GW.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roles/sgw.h"
#include "tests/support/gtp_messages.h"

enum { MME = 1, SGW = 2, PGW = 3, MME_USER = 5, PGW_USER = 6, STRANGER = 9 };
enum { CONTEXTS = 2, PENDING = 3, ANSWERED = 8 };

typedef struct world {
    godwit_sgw_t sgw;
    owner_t owner;
    godwit_sgw_context_t contexts[CONTEXTS];
    godwit_gtp_pending_t pending[PENDING];
    godwit_gtp_answered_t answered[ANSWERED];
    uint8_t pco[GODWIT_PCO_MAX];
    uint32_t s11, s5; /* TEIDs of the connection */
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgw_step(role, in, out);
}

static int setup(void **state)
{
    (void)state;
    godwit_sgw_config_t config = {.ipv4 = {10, 0, 0, SGW}, .recovery = 4};
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step, &w.sgw);
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_OK);
    return 0;
}

static godwit_gtpv2_t message(uint8_t type, uint32_t teid, uint32_t sequence, uint32_t has)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = type;
    m.teid = teid;
    m.sequence = sequence;
    m.has = has;
    m.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    m.ebi = m.bearer.ebi = 5;
    m.pti = 0x21;
    return m;
}

static godwit_gtpv2_t create_request(void)
{
    godwit_gtpv2_t m = message(GODWIT_GTPV2_CREATE_SESSION_REQUEST, 0, 0x100,
                               GODWIT_GTPV2_IMSI | GODWIT_GTPV2_RAT | GODWIT_GTPV2_SENDER | GODWIT_GTPV2_PGW_CONTROL |
                                   GODWIT_GTPV2_APN | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_PCO);
    m.imsi = owner_imsi(GTP_IMSI);
    m.rat = GODWIT_RAT_NB_IOT;
    m.sender = gtp_fteid(GODWIT_FTEID_S11_MME_CONTROL, 0x11, MME);
    m.pgw_control = gtp_fteid(GODWIT_FTEID_S5_PGW_CONTROL, 0, PGW);
    assert_int_equal(godwit_apn_from_text("e2m", &m.apn), GODWIT_OK);
    m.pco = gtp_pco(GTP_IMSI, w.pco);
    m.bearer.fteids = 1U << GODWIT_CREATE_REQUEST_S11_MME;
    m.bearer.fteid[GODWIT_CREATE_REQUEST_S11_MME] = gtp_fteid(GODWIT_FTEID_S11_MME_USER, 0x12, MME_USER);
    return m;
}

static godwit_gtpv2_t create_response(const godwit_gtpv2_t *request)
{
    godwit_gtpv2_t r = message(GODWIT_GTPV2_CREATE_SESSION_RESPONSE, request->sender.teid, request->sequence,
                               GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_PGW_CONTROL | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_PCO);
    r.pgw_control = gtp_fteid(GODWIT_FTEID_S5_PGW_CONTROL, 0x31, PGW);
    r.bearer.has_cause = true;
    r.bearer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    r.bearer.fteids = 1U << GODWIT_CREATE_RESPONSE_S5_PGW;
    r.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW] = gtp_fteid(GODWIT_FTEID_S5_PGW_USER, 0x32, PGW_USER);
    r.pco = godwit_slice("\x80\xFF\x00\x01Z", 5);
    return r;
}

static void connect(void)
{
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    godwit_gtpv2_t r = create_response(&q);
    w.s5 = q.sender.teid;
    gtp_give_v2(&w.owner, PGW, &r);
    w.s11 = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).sender.teid;
}

static void session_is_relayed_with_its_own_tunnels(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    assert_int_equal(q.teid, 0);
    assert_string_equal(q.imsi.digits, GTP_IMSI);
    assert_string_equal(q.apn.text, "e2m");
    assert_int_equal(q.has & GODWIT_GTPV2_PGW_CONTROL, 0);
    assert_int_equal(q.sender.interface, GODWIT_FTEID_S5_SGW_CONTROL);
    assert_memory_equal(q.sender.ipv4, "\x0A\x00\x00\x02", 4);
    assert_int_equal(q.bearer.fteids, 1U << GODWIT_CREATE_REQUEST_S5_SGW);
    assert_true(godwit_slice_equal(q.pco, m.pco)); /* untouched */
    gtp_give_v2(&w.owner, MME, &m);                /* again: the P-GW is not asked twice for it */
    gtp_sent_nothing(&w.owner);

    godwit_gtpv2_t r = create_response(&q);
    gtp_give_v2(&w.owner, PGW, &r);
    godwit_gtpv2_t a = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(a.teid, 0x11);
    assert_int_equal(a.sequence, 0x100);
    assert_int_equal(a.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(a.sender.interface, GODWIT_FTEID_S11_SGW_CONTROL);
    assert_int_equal(a.pgw_control.teid, 0x31);
    assert_int_equal(a.bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW].interface, GODWIT_FTEID_S11_SGW_USER);
    assert_int_equal(a.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].teid, 0x32);
    assert_memory_equal(a.pco.ptr, r.pco.ptr, 5);
    assert_int_not_equal(a.sender.teid, q.sender.teid);
    gtp_give_v2(&w.owner, PGW, &r); /* twice */
    gtp_sent_nothing(&w.owner);
    gtp_give_v2(&w.owner, MME, &m); /* the answer was lost */
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).sender.teid, a.sender.teid);
}

static void refusal_of_the_pgw_reaches_the_mme(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    godwit_gtpv2_t r = message(GODWIT_GTPV2_CREATE_SESSION_RESPONSE, q.sender.teid, q.sequence, GODWIT_GTPV2_CAUSE);
    r.cause = GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED;
    gtp_give_v2(&w.owner, STRANGER, &r); /* not from the P-GW that was asked */
    gtp_sent_nothing(&w.owner);
    gtp_give_v2(&w.owner, PGW, &r);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

static void silence_of_the_pgw_is_told_after_n3_requests(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    uint32_t timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer;
    for (unsigned i = 0; i < 3; i++) {
        owner_give_timer(&w.owner, timer);
        (void)gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    }
    owner_give_timer(&w.owner, timer);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
    owner_give_timer(&w.owner, timer);
    gtp_sent_nothing(&w.owner);
}

static void user_plane_passes_between_mme_and_pgw_alone(void **state)
{
    (void)state;
    connect();
    gtp_give_pdu(&w.owner, MME_USER, w.s11, "up");
    gtp_sent_pdu(&w.owner, PGW_USER, 0x32, "up");
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    gtp_sent_pdu(&w.owner, MME_USER, 0x12, "down");
    gtp_give_pdu(&w.owner, STRANGER, w.s11, "x");
    gtp_sent_nothing(&w.owner);
    gtp_give_pdu(&w.owner, MME_USER, w.s5, "x"); /* the other side's TEID */
    gtp_sent_nothing(&w.owner);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
}

static void idle_device_gets_no_data_and_its_mme_is_told_once(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t m = message(GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, w.s11, 0x101, 0);
    gtp_give_v2(&w.owner, MME, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE).cause, 16);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    godwit_gtpv2_t n = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
    assert_int_equal(n.teid, 0x11);
    assert_int_equal(n.ebi, 5);
    assert_true(owner_saw(&w.owner, "downlink_notified", GODWIT_OK));
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "more");
    gtp_sent_nothing(&w.owner);
    godwit_gtpv2_t a = message(GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE, w.s11, n.sequence, GODWIT_GTPV2_CAUSE);
    gtp_give_v2(&w.owner, MME, &a);
    w.owner.now_ms += 10001;
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "later");
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);

    m = message(GODWIT_GTPV2_MODIFY_BEARER_REQUEST, w.s11, 0x102, GODWIT_GTPV2_BEARER);
    m.bearer.fteids = 1U << GODWIT_MODIFY_REQUEST_S11_MME;
    m.bearer.fteid[GODWIT_MODIFY_REQUEST_S11_MME] = gtp_fteid(GODWIT_FTEID_S11_MME_USER, 0x13, MME_USER);
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_MODIFY_BEARER_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.bearer.fteid[GODWIT_MODIFY_RESPONSE_S11_SGW].teid, w.s11);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    gtp_sent_pdu(&w.owner, MME_USER, 0x13, "down");
}

static godwit_gtpv2_t give_command(godwit_gtpv2_t *sent)
{
    godwit_gtpv2_t m = message(GODWIT_GTPV2_BEARER_RESOURCE_COMMAND, w.s11, 0x800200,
                               GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO);
    m.pco = gtp_pco(GTP_IMSI, w.pco);
    gtp_give_v2(&w.owner, MME, &m);
    *sent = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_BEARER_RESOURCE_COMMAND);
    return m;
}

static void command_and_what_it_triggers_are_relayed(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t q, m = give_command(&q);
    assert_int_equal(q.teid, 0x31);
    assert_int_not_equal(q.sequence & 0x800000, 0);
    assert_int_equal(q.pti, 0x21);
    assert_true(godwit_slice_equal(q.pco, m.pco));
    godwit_gtpv2_t u = message(GODWIT_GTPV2_UPDATE_BEARER_REQUEST, w.s5, q.sequence,
                               GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO);
    u.pco = godwit_slice("\x80\xFF\x00\x01Z", 5);
    gtp_give_v2(&w.owner, PGW, &u);
    godwit_gtpv2_t to_mme = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);
    assert_int_equal(to_mme.teid, 0x11);
    assert_int_equal(to_mme.sequence, 0x800200); /* the number of the command (7.6) */
    assert_memory_equal(to_mme.pco.ptr, u.pco.ptr, 5);
    gtp_give_v2(&w.owner, PGW, &u);
    gtp_sent_nothing(&w.owner);
    godwit_gtpv2_t r =
        message(GODWIT_GTPV2_UPDATE_BEARER_RESPONSE, w.s11, 0x800200, GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER);
    gtp_give_v2(&w.owner, MME, &r);
    godwit_gtpv2_t to_pgw = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE);
    assert_int_equal(to_pgw.teid, 0x31);
    assert_int_equal(to_pgw.sequence, q.sequence);
    gtp_give_v2(&w.owner, PGW, &u); /* the response was lost */
    (void)gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE);
    assert_int_equal(w.contexts[0].own_command_sequence, 0);
}

static void failure_of_a_command_is_relayed(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t q, m = give_command(&q);
    godwit_gtpv2_t f = message(GODWIT_GTPV2_BEARER_RESOURCE_FAILURE, w.s5, q.sequence,
                               GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI);
    f.cause = GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED;
    gtp_give_v2(&w.owner, PGW, &f);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(r.sequence, 0x800200);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED);
    assert_true(r.cause_from_beyond);
    assert_int_equal(r.pti, 0x21);
    gtp_give_v2(&w.owner, MME, &m);
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
}

static void deletion_ends_both_sides(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t m = message(GODWIT_GTPV2_DELETE_SESSION_REQUEST, w.s11, 0x300, GODWIT_GTPV2_EBI);
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    assert_int_equal(q.teid, 0x31);
    assert_int_equal(q.ebi, 5);
    godwit_gtpv2_t r = message(GODWIT_GTPV2_DELETE_SESSION_RESPONSE, w.s5, q.sequence, GODWIT_GTPV2_CAUSE);
    gtp_give_v2(&w.owner, PGW, &r);
    godwit_gtpv2_t a = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DELETE_SESSION_RESPONSE);
    assert_int_equal(a.teid, 0x11);
    assert_int_equal(a.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
    gtp_give_pdu(&w.owner, MME_USER, w.s11, "up");
    godwit_gtpu_t e;
    assert_int_equal(godwit_gtpu_parse(gtp_sent(&w.owner, GODWIT_PORT_GTPU, MME_USER, 0)->octets, &e), GODWIT_OK);
    assert_int_equal(e.type, GODWIT_GTPU_ERROR_INDICATION);
}

static void give_error(uint8_t node, uint32_t teid)
{
    uint8_t octets[64];
    godwit_writer_t p = godwit_writer(octets, sizeof octets);
    godwit_gtpu_t e = {.type = GODWIT_GTPU_ERROR_INDICATION, .error_teid = teid, .error_ipv4 = {10, 0, 0, node}};
    godwit_address_t from = gtp_node(node, 2152);
    assert_int_equal(godwit_gtpu_build(&e, &p), GODWIT_OK);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &from, godwit_written(&p));
}

static void pgw_without_the_context_ends_it_and_the_mme_hears(void **state)
{
    (void)state;
    connect();
    give_error(STRANGER, 0x32);
    gtp_sent_nothing(&w.owner);
    give_error(PGW_USER, 0x32);
    godwit_gtpu_t e;
    assert_int_equal(godwit_gtpu_parse(gtp_sent(&w.owner, GODWIT_PORT_GTPU, MME_USER, 0)->octets, &e), GODWIT_OK);
    assert_int_equal(e.type, GODWIT_GTPU_ERROR_INDICATION);
    assert_int_equal(e.error_teid, w.s11);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

static void mme_that_began_anew_loses_the_connection(void **state)
{
    (void)state;
    connect();
    give_error(MME_USER, 0x12);
    godwit_gtpv2_t n = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
    godwit_gtpv2_t a = message(GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE, 0, n.sequence, GODWIT_GTPV2_CAUSE);
    a.cause = GODWIT_GTPV2_CAUSE_NOT_FOUND;
    gtp_give_v2(&w.owner, MME, &a);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    godwit_gtpv2_t r = message(GODWIT_GTPV2_DELETE_SESSION_RESPONSE, w.s5, q.sequence, GODWIT_GTPV2_CAUSE);
    gtp_give_v2(&w.owner, PGW, &r);
    gtp_sent_nothing(&w.owner); /* nobody asked */
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    godwit_gtpv2_t m = message(GODWIT_GTPV2_MODIFY_BEARER_REQUEST, 0x12345, 1, GODWIT_GTPV2_BEARER);
    gtp_give_v2(&w.owner, MME, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_MODIFY_BEARER_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    connect();
    m = message(GODWIT_GTPV2_DELETE_SESSION_REQUEST, w.s11, 2, GODWIT_GTPV2_EBI);
    gtp_give_v2(&w.owner, STRANGER, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, STRANGER, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    m = create_request();
    m.has &= ~GODWIT_GTPV2_PGW_CONTROL;
    m.sequence = 3;
    gtp_give_v2(&w.owner, MME, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
    for (unsigned i = 0; i < 3; i++) { /* the first of them is the connection that is there, made anew */
        m = create_request();
        m.sequence = 0x400 + i;
        m.imsi.digits[14] = (char)('9' - i);
        gtp_give_v2(&w.owner, MME, &m);
    }
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NO_RESOURCES);
}

static void answers_say_whose_they_are(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t m = message(GODWIT_GTPV2_MODIFY_BEARER_REQUEST, w.s11, 0x102, 0);
    gtp_give_v2(&w.owner, MME, &m); /* without a tunnel: it stays as it is */
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_MODIFY_BEARER_RESPONSE);
    assert_int_equal(r.teid, 0x11);
    assert_int_equal(r.sequence, 0x102);
    assert_int_equal(r.bearer.ebi, 5);
    assert_true(r.bearer.has_cause);
    assert_int_equal(r.bearer.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_false(owner_saw(&w.owner, "context_active", GODWIT_OK));
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    gtp_sent_pdu(&w.owner, MME_USER, 0x12, "down");
    gtp_give_v2(&w.owner, MME, &m); /* repeated: the same answer, whatever has come between */
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_MODIFY_BEARER_RESPONSE);

    m = message(GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, w.s11, 0x103, 0);
    gtp_give_v2(&w.owner, MME, &m);
    assert_true(owner_saw(&w.owner, "context_idle", GODWIT_OK));
    r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE);
    assert_int_equal(r.teid, 0x11);
    assert_int_equal(r.sequence, 0x103);
    gtp_give_v2(&w.owner, MME, &m);
    assert_false(owner_saw(&w.owner, "context_idle", GODWIT_OK));
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE);

    godwit_address_t from = gtp_node(MME, 2123);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from,
             godwit_slice("\x40\x01\x00\x09\x00\x00\x07\x00\x03\x00\x01\x00\x05", 13));
    r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_ECHO_RESPONSE);
    assert_int_equal(r.sequence, 7);
    assert_int_equal(r.recovery, 4);
}

/* A request of ours that nobody answers, to the end. */
static void exhaust(uint8_t node, uint8_t type)
{
    uint32_t timer = 0;
    for (size_t i = 0; owner_request(&w.owner, GODWIT_REQUEST_TIMER, i) != NULL; i++) {
        const godwit_request_t *r = owner_request(&w.owner, GODWIT_REQUEST_TIMER, i);
        timer = r->delay_ms > 0 ? r->timer : timer;
    }
    assert_true(timer != 0);
    for (unsigned i = 0; i < 3; i++) {
        owner_give_timer(&w.owner, timer);
        (void)gtp_sent_v2(&w.owner, node, type);
    }
    owner_give_timer(&w.owner, timer);
    assert_true(owner_saw(&w.owner, "unanswered", GODWIT_PEER_INTERNAL));
}

static void silence_ends_each_procedure_in_its_own_way(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t q;
    (void)give_command(&q);
    exhaust(PGW, GODWIT_GTPV2_BEARER_RESOURCE_COMMAND);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    assert_false(r.cause_from_beyond);
    assert_int_equal(r.ebi, 5);

    godwit_gtpv2_t m = message(GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, w.s11, 0x103, 0);
    gtp_give_v2(&w.owner, MME, &m);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    exhaust(MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down"); /* told again at once */
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);

    m = message(GODWIT_GTPV2_DELETE_SESSION_REQUEST, w.s11, 0x300, GODWIT_GTPV2_EBI);
    gtp_give_v2(&w.owner, MME, &m);
    gtp_give_v2(&w.owner, MME, &m); /* repeated while the P-GW is asked */
    gtp_sent_nothing(&w.owner);
    owner_give_timer(&w.owner, 0x10000); /* the notification's: it is over with the connection */
    (void)gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_DELETE_SESSION_REQUEST);
    for (unsigned i = 0; i < 3; i++) {
        owner_give_timer(&w.owner, 0x10000);
    }
    r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DELETE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.sequence, 0x300);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

static void update_that_the_mme_does_not_answer_lets_another_command_in(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t q;
    (void)give_command(&q);
    godwit_gtpv2_t second =
        message(GODWIT_GTPV2_BEARER_RESOURCE_COMMAND, w.s11, 0x800201, GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI);
    gtp_give_v2(&w.owner, MME, &second);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE).cause,
                     GODWIT_GTPV2_CAUSE_REQUEST_REJECTED);
    godwit_gtpv2_t u = message(GODWIT_GTPV2_UPDATE_BEARER_REQUEST, w.s5, q.sequence,
                               GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PTI);
    gtp_give_v2(&w.owner, PGW, &u);
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);
    exhaust(MME, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);
    second.sequence++;
    second.ebi = 6;
    gtp_give_v2(&w.owner, MME, &second);
    godwit_gtpv2_t f = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(f.cause, GODWIT_GTPV2_CAUSE_NOT_FOUND); /* not a bearer of this connection */
    assert_int_equal(f.teid, 0x11);
    assert_int_equal(f.ebi, 6);
    second.sequence++;
    second.ebi = 5;
    gtp_give_v2(&w.owner, MME, &second);
    assert_int_equal(gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_BEARER_RESOURCE_COMMAND).sender.teid, w.s5);
    u.sequence = 0x800999; /* of no command of ours */
    gtp_give_v2(&w.owner, PGW, &u);
    assert_int_equal(gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
}

static void requests_that_cannot_be_read_are_answered(void **state)
{
    (void)state;
    godwit_address_t from = gtp_node(MME, 2123);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("\x48\x20\x00\x0D\0\0\0\0\0\0\x09\0\x52\0\x01\0\x08", 17));
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
    assert_int_equal(r.sequence, 9);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
    static const uint8_t types[] = {34, 36, 68, 97, 170};
    for (size_t i = 0; i < sizeof types; i++) {
        uint8_t octets[] = {0x48, types[i], 0, 12, 0, 0, 0, 0, 0, 0, 9, 0, 0x49, 0, 0, 0};
        gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(octets, sizeof octets));
        if (types[i] == 68) {
            (void)gtp_sent_v2(&w.owner, MME, 69);
        } else {
            assert_int_equal(gtp_sent_v2(&w.owner, MME, (uint8_t)(types[i] + 1)).cause,
                             GODWIT_GTPV2_CAUSE_INVALID_LENGTH);
        }
    }
    uint8_t answer[] = {0x48, 33, 0, 12, 0, 0, 0, 0, 0, 0, 9, 0, 0x49, 0, 0, 0};
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(answer, sizeof answer));
    gtp_sent_nothing(&w.owner); /* answers are never answered */
    godwit_address_t short_from = {.len = 3, .octets = {1}};
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &short_from, godwit_slice("\x48\x20", 2));
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &short_from, godwit_slice("\x30\xFF", 2));
    assert_int_equal(w.owner.outbox.count, 0);
}

static void configurations_that_cannot_be_and_ports_that_can(void **state)
{
    (void)state;
    godwit_sgw_config_t config = {.ipv4 = {10, 0, 0, SGW}, .gtpc_port = 1, .gtpu_port = 2};
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, 0, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, 32769, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, 1, w.pending, 0, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, 1, w.pending, PENDING, w.answered, 0),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sgw_init(&w.sgw, &config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_OK);
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    assert_int_equal(godwit_load_u16(gtp_sent(&w.owner, GODWIT_PORT_GTPC, PGW, 0)->to.octets + 4), 1);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST), r = create_response(&q);
    gtp_give_v2(&w.owner, PGW, &r);
    gtp_give_pdu(&w.owner, PGW_USER, q.sender.teid, "down");
    assert_int_equal(godwit_load_u16(gtp_sent(&w.owner, GODWIT_PORT_GTPU, MME_USER, 0)->to.octets + 4), 2);
}

static void second_connection_is_another(void **state)
{
    (void)state;
    connect();
    uint32_t first_s11 = w.s11, first_s5 = w.s5;
    godwit_gtpv2_t m = create_request();
    m.imsi.digits[14] = '8';
    m.sequence = 0x101;
    m.sender.teid = 0x21;
    m.bearer.fteid[GODWIT_CREATE_REQUEST_S11_MME].teid = 0x22;
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST), r = create_response(&q);
    assert_int_not_equal(q.sender.teid, first_s5);
    assert_int_equal(q.bearer.fteid[GODWIT_CREATE_REQUEST_S5_SGW].teid, q.sender.teid);
    r.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].teid = 0x42;
    r.bearer.has_charging_id = true;
    gtp_give_v2(&w.owner, PGW, &r);
    godwit_gtpv2_t a = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(a.teid, 0x21);
    assert_int_equal(a.sequence, 0x101);
    assert_int_equal(a.recovery, 4);
    assert_false(a.bearer.has_charging_id);
    gtp_give_pdu(&w.owner, MME_USER, a.sender.teid, "up");
    gtp_sent_pdu(&w.owner, PGW_USER, 0x42, "up");
    gtp_give_pdu(&w.owner, PGW_USER, q.sender.teid, "down");
    gtp_sent_pdu(&w.owner, MME_USER, 0x22, "down");
    gtp_give_pdu(&w.owner, MME_USER, first_s11, "up");
    gtp_sent_pdu(&w.owner, PGW_USER, 0x32, "up");
    give_error(PGW_USER, 0x42);
    (void)gtp_sent(&w.owner, GODWIT_PORT_GTPU, MME_USER, 0);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_ACTIVE);
    assert_int_equal(w.contexts[1].state, GODWIT_SGW_FREE);
}

static void bearer_made_anew_takes_the_place_of_the_old(void **state)
{
    (void)state;
    connect();
    uint32_t before = w.s11;
    godwit_gtpv2_t m = create_request();
    m.sequence = 0x555;
    gtp_give_v2(&w.owner, MME, &m);
    assert_true(owner_saw(&w.owner, "context_released", GODWIT_OK));
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    assert_int_not_equal(q.sender.teid & ~GODWIT_SGW_S5, before);
    assert_int_equal(w.contexts[1].state, GODWIT_SGW_FREE);
    /* While the P-GW is asked, nothing passes and nothing else is taken. */
    gtp_give_pdu(&w.owner, MME_USER, q.sender.teid & ~GODWIT_SGW_S5, "up");
    gtp_sent_nothing(&w.owner);
    godwit_gtpv2_t d =
        message(GODWIT_GTPV2_DELETE_SESSION_REQUEST, q.sender.teid & ~GODWIT_SGW_S5, 0x556, GODWIT_GTPV2_EBI);
    gtp_give_v2(&w.owner, MME, &d);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    /* An answer that accepts and says not where the P-GW is, is none. */
    godwit_gtpv2_t r = create_response(&q);
    r.has &= ~GODWIT_GTPV2_PGW_CONTROL;
    gtp_give_v2(&w.owner, PGW, &r);
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

static void notification_that_is_refused_may_be_made_again(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t m = message(GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, w.s11, 0x101, 0);
    gtp_give_v2(&w.owner, MME, &m);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    godwit_gtpv2_t n = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
    godwit_gtpv2_t a = message(GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE, w.s11, n.sequence, GODWIT_GTPV2_CAUSE);
    a.cause = 110; /* temporarily rejected due to handover, of what it may be */
    gtp_give_v2(&w.owner, STRANGER, &a);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    gtp_sent_nothing(&w.owner);
    gtp_give_v2(&w.owner, MME, &a);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    godwit_gtpv2_t again = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
    assert_int_not_equal(again.sequence, n.sequence);
    m = message(GODWIT_GTPV2_MODIFY_BEARER_REQUEST, w.s11, 0x102, GODWIT_GTPV2_BEARER);
    m.bearer.fteids = 1U << GODWIT_MODIFY_REQUEST_S11_MME;
    m.bearer.fteid[GODWIT_MODIFY_REQUEST_S11_MME] = gtp_fteid(GODWIT_FTEID_S11_MME_USER, 0x14, 8);
    gtp_give_v2(&w.owner, MME, &m);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    gtp_sent_pdu(&w.owner, 8, 0x14, "down"); /* at the address that it says now */
    gtp_give_pdu(&w.owner, MME_USER, w.s11, "x");
    gtp_sent_nothing(&w.owner);
    m = message(GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST, w.s11, 0x103, 0);
    gtp_give_v2(&w.owner, MME, &m);
    gtp_give_pdu(&w.owner, PGW_USER, w.s5, "down");
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION);
}

static void full_table_of_requests_is_told(void **state)
{
    (void)state;
    connect();
    for (size_t i = 0; i < PENDING; i++) {
        w.pending[i].used = true;
        w.pending[i].context = 0x77770000;
    }
    godwit_gtpv2_t m =
        message(GODWIT_GTPV2_BEARER_RESOURCE_COMMAND, w.s11, 0x800200, GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI);
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t f = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(f.cause, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
    assert_int_equal(f.pti, 0x21);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    m = create_request();
    m.sequence = 0x600;
    m.imsi.digits[14] = '8';
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
    assert_int_equal(r.teid, 0x11);
    assert_int_equal(w.contexts[1].state, GODWIT_SGW_FREE);
    m = message(GODWIT_GTPV2_DELETE_SESSION_REQUEST, w.s11, 0x300, GODWIT_GTPV2_EBI);
    gtp_give_v2(&w.owner, MME, &m); /* it ends here all the same */
    assert_int_equal(gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_FREE);
}

/* ---- who may say it ---- */

static void update_is_taken_from_the_pgw_and_for_a_command_alone(void **state)
{
    (void)state;
    connect();
    godwit_gtpv2_t u = message(GODWIT_GTPV2_UPDATE_BEARER_REQUEST, w.s5, 0,
                               GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO);
    u.pco = godwit_slice("\x80\xFF\x00\x01Z", 5);
    gtp_give_v2(&w.owner, PGW, &u); /* number 0: no command has it */
    assert_int_equal(gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    godwit_gtpv2_t q;
    (void)give_command(&q);
    u.sequence = q.sequence;
    gtp_give_v2(&w.owner, STRANGER, &u);
    assert_int_equal(gtp_sent_v2(&w.owner, STRANGER, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    gtp_give_v2(&w.owner, PGW, &u);
    (void)gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);
}

static void answer_with_another_teid_is_not_believed(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_request();
    gtp_give_v2(&w.owner, MME, &m);
    godwit_gtpv2_t q = gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    godwit_gtpv2_t r = create_response(&q);
    r.teid ^= 0x10000;
    gtp_give_v2(&w.owner, PGW, &r);
    gtp_sent_nothing(&w.owner);
    r.teid = 0; /* only one that refuses may not know it */
    gtp_give_v2(&w.owner, PGW, &r);
    gtp_sent_nothing(&w.owner);
    assert_int_equal(w.contexts[0].state, GODWIT_SGW_CREATING);
    r.teid = q.sender.teid;
    gtp_give_v2(&w.owner, PGW, &r);
    w.s11 = gtp_sent_v2(&w.owner, MME, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).sender.teid;

    godwit_gtpv2_t command;
    (void)give_command(&command);
    godwit_gtpv2_t u = message(GODWIT_GTPV2_UPDATE_BEARER_REQUEST, q.sender.teid, command.sequence,
                               GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PTI);
    gtp_give_v2(&w.owner, PGW, &u);
    godwit_gtpv2_t a = message(GODWIT_GTPV2_UPDATE_BEARER_RESPONSE, w.s11 ^ 0x10000, 0x800200,
                               GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER);
    gtp_give_v2(&w.owner, MME, &a);
    gtp_sent_nothing(&w.owner);
    a.teid ^= 0x10000;
    gtp_give_v2(&w.owner, MME, &a);
    (void)gtp_sent_v2(&w.owner, PGW, GODWIT_GTPV2_UPDATE_BEARER_RESPONSE);
}

static void stranger_takes_no_bearer_and_gets_no_answer(void **state)
{
    (void)state;
    w.sgw.config.peers =
        (godwit_gtp_peers_t){4, {{10, 0, 0, MME}, {10, 0, 0, PGW}, {10, 0, 0, MME_USER}, {10, 0, 0, PGW_USER}}};
    connect();
    godwit_gtpv2_t m = create_request(); /* the same IMSI and bearer */
    m.sequence = 0x700;
    gtp_give_v2(&w.owner, STRANGER, &m);
    gtp_sent_nothing(&w.owner);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    gtp_give_pdu(&w.owner, STRANGER, 0x12345, "up"); /* no Error Indication either */
    gtp_sent_nothing(&w.owner);
    gtp_give_pdu(&w.owner, MME_USER, w.s11, "up");
    gtp_sent_pdu(&w.owner, PGW_USER, 0x32, "up");
}

static void teid_of_the_mme_is_told_to_nobody_else(void **state)
{
    (void)state;
    connect();
    for (uint8_t node = MME; node <= STRANGER; node = (uint8_t)(node + STRANGER - MME)) {
        uint8_t octets[] = {0x48, GODWIT_GTPV2_DELETE_SESSION_REQUEST, 0, 11, 0, 0, 0, 0, 0, 0, 9, 0, 73, 0, 9};
        godwit_address_t from = gtp_node(node, GODWIT_GTPC_PORT);
        godwit_store_u32(octets + 4, w.s11);
        gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(octets, sizeof octets));
        godwit_gtpv2_t r = gtp_sent_v2(&w.owner, node, GODWIT_GTPV2_DELETE_SESSION_RESPONSE);
        assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_INVALID_LENGTH);
        assert_int_equal(r.teid, node == MME ? 0x11 : 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(session_is_relayed_with_its_own_tunnels),
        TEST(refusal_of_the_pgw_reaches_the_mme),
        TEST(silence_of_the_pgw_is_told_after_n3_requests),
        TEST(user_plane_passes_between_mme_and_pgw_alone),
        TEST(idle_device_gets_no_data_and_its_mme_is_told_once),
        TEST(command_and_what_it_triggers_are_relayed),
        TEST(failure_of_a_command_is_relayed),
        TEST(deletion_ends_both_sides),
        TEST(pgw_without_the_context_ends_it_and_the_mme_hears),
        TEST(mme_that_began_anew_loses_the_connection),
        TEST(what_is_not_known_is_refused),
        TEST(answers_say_whose_they_are),
        TEST(silence_ends_each_procedure_in_its_own_way),
        TEST(update_that_the_mme_does_not_answer_lets_another_command_in),
        TEST(requests_that_cannot_be_read_are_answered),
        TEST(configurations_that_cannot_be_and_ports_that_can),
        TEST(second_connection_is_another),
        TEST(bearer_made_anew_takes_the_place_of_the_old),
        TEST(notification_that_is_refused_may_be_made_again),
        TEST(full_table_of_requests_is_told),
        TEST(update_is_taken_from_the_pgw_and_for_a_command_alone),
        TEST(answer_with_another_teid_is_not_believed),
        TEST(stranger_takes_no_bearer_and_gets_no_answer),
        TEST(teid_of_the_mme_is_told_to_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
