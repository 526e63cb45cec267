/* SPDX-License-Identifier: Apache-2.0
 *
 * The P-GW and GGSN alone: the test is its S-GW, its SGSN, its HSE, its HSS and the server of a tunnel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roles/pgw.h"
#include "tests/support/gtp_messages.h"

enum { SGW = 2, PGW = 3, SGSN = 4, HSE = 6, SERVER = 7, STRANGER = 9 };
enum { CONTEXTS = 4, PENDING = 4, ANSWERED = 8 };

typedef struct world {
    godwit_pgw_t pgw;
    godwit_pgw_config_t config;
    owner_t owner;
    godwit_pgw_context_t contexts[CONTEXTS];
    godwit_gtp_pending_t pending[PENDING];
    godwit_gtp_answered_t answered[ANSWERED];
    uint8_t pco[GODWIT_PCO_MAX];
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_pgw_step(role, in, out);
}

static void begin(void)
{
    owner_init(&w.owner, step, &w.pgw);
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_OK);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    memcpy(w.config.ipv4, "\x0A\x00\x00\x03", 4);
    assert_int_equal(godwit_plmn_from_text("001-01", &w.config.home), GODWIT_OK);
    strcpy(w.config.local_host, "pgw.home.test");
    w.config.apns = 2;
    assert_int_equal(godwit_apn_from_text("e2m", &w.config.apn[0].name), GODWIT_OK);
    w.config.apn[0].kind = GODWIT_PGW_E2M;
    w.config.apn[0].hse = gtp_node(HSE, 2152);
    strcpy(w.config.apn[0].endpoint, "hse.home.test");
    assert_int_equal(godwit_apn_from_text("tunnel", &w.config.apn[1].name), GODWIT_OK);
    w.config.apn[1].kind = GODWIT_PGW_TUNNEL;
    w.config.apn[1].server = gtp_node(SERVER, 5000);
    memcpy(w.config.apn[1].pool, "\x0A\x63\x00\x01", 4);
    begin();
    return 0;
}

/* ---- what peers say ---- */

static godwit_gtpv2_t create_session(const char *apn, godwit_slice_t pco)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_CREATE_SESSION_REQUEST;
    m.sequence = 0x100;
    m.has = GODWIT_GTPV2_IMSI | GODWIT_GTPV2_RAT | GODWIT_GTPV2_SENDER | GODWIT_GTPV2_APN | GODWIT_GTPV2_BEARER |
            GODWIT_GTPV2_PDN_TYPE | GODWIT_GTPV2_AMBR | (pco.len > 0 ? GODWIT_GTPV2_PCO : 0);
    m.imsi = owner_imsi(GTP_IMSI);
    m.rat = GODWIT_RAT_NB_IOT;
    m.pdn_type = GODWIT_PDN_NON_IP;
    m.ambr_up = 11;
    m.sender = gtp_fteid(GODWIT_FTEID_S5_SGW_CONTROL, 0x51, SGW);
    assert_int_equal(godwit_apn_from_text(apn, &m.apn), GODWIT_OK);
    m.bearer.ebi = 5;
    m.bearer.fteids = 1U << GODWIT_CREATE_REQUEST_S5_SGW;
    m.bearer.fteid[GODWIT_CREATE_REQUEST_S5_SGW] = gtp_fteid(GODWIT_FTEID_S5_SGW_USER, 0x52, SGW);
    m.pco = pco;
    return m;
}

static godwit_gtpv1_t create_pdp(const char *apn, godwit_slice_t pco)
{
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV1_CREATE_REQUEST;
    m.sequence = 0x200;
    m.has = GODWIT_GTPV1_IMSI | GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL | GODWIT_GTPV1_NSAPI |
            GODWIT_GTPV1_END_USER_ADDRESS | GODWIT_GTPV1_APN | GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER |
            GODWIT_GTPV1_QOS | (pco.len > 0 ? GODWIT_GTPV1_PCO : 0);
    m.imsi = owner_imsi(GTP_IMSI);
    m.teid_control = 0x41;
    m.teid_data = 0x42;
    m.nsapi = 5;
    m.pdp_type = GODWIT_PDP_NON_IP;
    assert_int_equal(godwit_apn_from_text(apn, &m.apn), GODWIT_OK);
    memcpy(m.gsn_control, "\x0A\x00\x00\x04", 4);
    memcpy(m.gsn_user, "\x0A\x00\x00\x04", 4);
    m.qos = godwit_slice(GTP_QOS, 4);
    m.pco = pco;
    return m;
}

static godwit_slice_t container(void)
{
    return gtp_pco(GTP_IMSI, w.pco);
}

static const godwit_bearer_t *bearer_sent(uint32_t *transaction)
{
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_BEARER, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_HSE);
    *transaction = m->transaction;
    return &m->u.bearer;
}

static void answer_bearer(uint32_t transaction, godwit_status_t status, const char *start)
{
    godwit_message_t m = {.kind = GODWIT_BEARER_ANSWER, .transaction = transaction};
    m.u.bearer_answer.status = status;
    m.u.bearer_answer.start_len = (uint8_t)strlen(start);
    memcpy(m.u.bearer_answer.start, start, strlen(start));
    owner_give_message(&w.owner, &m);
}

/* Makes the connection with a container; returns our TEID. */
static uint32_t connect_e2m(void)
{
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    (void)bearer_sent(&transaction);
    answer_bearer(transaction, GODWIT_OK, "START");
    return gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).pgw_control.teid;
}

static uint32_t connect_tunnel(void)
{
    godwit_gtpv2_t m = create_session("tunnel", container());
    gtp_give_v2(&w.owner, SGW, &m);
    return gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).pgw_control.teid;
}

/* ---- Solution 1 ---- */

static void container_goes_to_the_hse_and_its_start_comes_back(void **state)
{
    (void)state;
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0); /* the HSE comes first */
    const godwit_bearer_t *b = bearer_sent(&transaction);
    uint32_t teid = b->teid;
    assert_string_equal(b->imsi.digits, GTP_IMSI);
    assert_int_equal(b->selector.kind, GODWIT_SELECTOR_RAND);
    assert_int_equal(b->selector.octets[15], 0xA5);
    assert_int_equal(b->agreements, 1);
    assert_int_equal(b->suites, 0x0102);
    assert_int_equal(b->above_generation, 3);
    assert_int_equal(b->gateway_len, 4);
    assert_memory_equal(b->gateway, "\x0A\x00\x00\x03", 4);
    assert_false(b->modified);
    assert_false(b->released);
    assert_int_equal(b->container_len, 3 + 1 + 1 + 16 + 8 + 1 + 2 + 4);
    assert_memory_equal(b->container, w.pco + 4, b->container_len); /* 80, FF00, length */

    gtp_give_v2(&w.owner, SGW, &m); /* asked again while it waits: nothing */
    gtp_sent_nothing(&w.owner);

    answer_bearer(transaction, GODWIT_OK, "START");
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.teid, 0x51);
    assert_int_equal(r.sequence, 0x100);
    assert_int_equal(r.pgw_control.teid, teid);
    assert_int_equal(r.bearer.ebi, 5);
    assert_int_equal(r.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].teid, teid);
    assert_int_equal(r.paa_type, GODWIT_PDN_NON_IP);
    assert_int_equal(r.ambr_up, 11);
    godwit_slice_t start = gtp_start_of(r.pco);
    assert_int_equal(start.len, 5);
    assert_memory_equal(start.ptr, "START", 5);
    assert_true(owner_saw(&w.owner, "context_created", GODWIT_OK));

    gtp_give_v2(&w.owner, SGW, &m); /* the answer was lost: the same octets again, and no second question to the HSE */
    r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.pgw_control.teid, teid);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void container_in_an_epco_is_answered_in_an_epco(void **state)
{
    (void)state;
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    m.has = (m.has & ~GODWIT_GTPV2_PCO) | GODWIT_GTPV2_EPCO;
    m.epco = m.pco;
    gtp_give_v2(&w.owner, SGW, &m);
    (void)bearer_sent(&transaction);
    answer_bearer(transaction, GODWIT_OK, "START");
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.has & (GODWIT_GTPV2_PCO | GODWIT_GTPV2_EPCO), GODWIT_GTPV2_EPCO);
    assert_int_equal(gtp_start_of(r.epco).len, 5);
}

static void another_imsi_in_the_container_is_refused(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_session("e2m", gtp_pco("001010123456780", w.pco));
    gtp_give_v2(&w.owner, SGW, &m);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED);
    assert_int_equal(r.teid, 0x51);
    assert_true(owner_saw(&w.owner, "not_entitled", GODWIT_NOT_ENTITLED));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    for (size_t i = 0; i < CONTEXTS; i++) {
        assert_int_equal(w.contexts[i].state, GODWIT_PGW_FREE);
    }
    godwit_gtpv1_t p = create_pdp("e2m", m.pco);
    gtp_give_v1(&w.owner, SGSN, &p);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_CREATE_RESPONSE).cause,
                     GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED);
    assert_true(owner_saw(&w.owner, "not_entitled", GODWIT_NOT_ENTITLED));
}

static void modification_by_command_asks_the_hse_again(void **state)
{
    (void)state;
    uint32_t transaction, teid = connect_e2m();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    m.teid = teid;
    m.sequence = 0x800123;
    m.has = GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO;
    m.ebi = 5;
    m.pti = 0x21;
    m.pco = container();
    gtp_give_v2(&w.owner, SGW, &m);
    const godwit_bearer_t *b = bearer_sent(&transaction);
    assert_true(b->modified);
    assert_int_equal(b->teid, teid);
    answer_bearer(transaction, GODWIT_OK, "AGAIN");
    godwit_gtpv2_t u = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);
    assert_int_equal(u.teid, 0x51);
    assert_int_equal(u.sequence, 0x800123);
    assert_int_equal(u.pti, 0x21);
    assert_int_equal(u.bearer.ebi, 5);
    assert_int_equal(u.ambr_up, 11);
    assert_memory_equal(gtp_start_of(u.pco).ptr, "AGAIN", 5);
    uint32_t timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 1)->timer;
    owner_give_timer(&w.owner, timer);
    (void)gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_UPDATE_BEARER_REQUEST);

    godwit_gtpv2_t done;
    memset(&done, 0, sizeof done);
    done.type = GODWIT_GTPV2_UPDATE_BEARER_RESPONSE;
    done.teid = teid;
    done.sequence = 0x800123;
    done.has = GODWIT_GTPV2_CAUSE;
    done.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    gtp_give_v2(&w.owner, SGW, &done);
    owner_give_timer(&w.owner, timer);
    gtp_sent_nothing(&w.owner);

    m.sequence++;
    m.pco = gtp_pco("001010123456780", w.pco);
    gtp_give_v2(&w.owner, SGW, &m);
    godwit_gtpv2_t f = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(f.cause, GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED);
    assert_int_equal(f.sequence, 0x800124);
    assert_int_equal(f.teid, 0x51);
    assert_int_equal(f.pti, 0x21);
}

static void ggsn_creates_updates_and_deletes(void **state)
{
    (void)state;
    uint32_t transaction;
    godwit_gtpv1_t m = create_pdp("e2m", container());
    gtp_give_v1(&w.owner, SGSN, &m);
    uint32_t teid = bearer_sent(&transaction)->teid;
    answer_bearer(transaction, GODWIT_OK, "START");
    godwit_gtpv1_t r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_CREATE_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    assert_int_equal(r.teid, 0x41);
    assert_int_equal(r.teid_control, teid);
    assert_int_equal(r.teid_data, teid);
    assert_int_equal(r.pdp_type, GODWIT_PDP_NON_IP);
    assert_memory_equal(r.qos.ptr, GTP_QOS, 4);
    assert_memory_equal(gtp_start_of(r.pco).ptr, "START", 5);

    m.type = GODWIT_GTPV1_UPDATE_REQUEST;
    m.teid = teid;
    m.sequence++;
    m.teid_data = 0x43;
    m.has &= ~(GODWIT_GTPV1_IMSI | GODWIT_GTPV1_APN | GODWIT_GTPV1_END_USER_ADDRESS);
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_true(bearer_sent(&transaction)->modified);
    answer_bearer(transaction, GODWIT_OK, "AGAIN");
    r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    assert_memory_equal(gtp_start_of(r.pco).ptr, "AGAIN", 5);
    gtp_give_pdu(&w.owner, HSE, teid, "down");
    gtp_sent_pdu(&w.owner, SGSN, 0x43, "down"); /* where the SGSN wants it now */

    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV1_DELETE_REQUEST;
    m.teid = teid;
    m.sequence = 0x300;
    m.has = GODWIT_GTPV1_NSAPI;
    m.nsapi = 5;
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_DELETE_RESPONSE).cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    const godwit_bearer_t *b = bearer_sent(&transaction);
    assert_true(b->released);
    assert_int_equal(b->teid, teid);
    gtp_give_v1(&w.owner, SGSN, &m); /* its answer was lost */
    r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_DELETE_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    assert_int_equal(r.teid, 0x41);
    m.sequence++;
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_DELETE_RESPONSE).cause, GODWIT_GTPV1_CAUSE_NON_EXISTENT);
}

static void activation_goes_to_the_home_before_the_hse(void **state)
{
    (void)state;
    w.config.apn[0].notify_home = true;
    begin();
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    const godwit_message_t *a = owner_message(&w.owner, GODWIT_ACTIVATION, 0);
    assert_int_equal(a->to, GODWIT_FUNCTION_HSS);
    assert_string_equal(a->u.activation.imsi.digits, GTP_IMSI);
    assert_string_equal(a->u.activation.endpoint, "hse.home.test");
    assert_int_equal(a->u.activation.selector.octets[0], 0xA5);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
    godwit_message_t answer = {.kind = GODWIT_ACTIVATION_ANSWER, .transaction = a->transaction};
    owner_give_message(&w.owner, &answer);
    (void)bearer_sent(&transaction);
    owner_give_message(&w.owner, &answer); /* twice */
    gtp_sent_nothing(&w.owner);
    answer_bearer(transaction, GODWIT_OK, "START");
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause, 16);
}

static void silence_of_home_and_hse_is_bounded(void **state)
{
    (void)state;
    w.config.apn[0].notify_home = true;
    begin();
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    const godwit_request_t *timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0);
    assert_int_equal(timer->delay_ms, 2500);
    uint32_t number = timer->timer;
    owner_give_timer(&w.owner, number);
    assert_true(owner_saw(&w.owner, "activation_unanswered", GODWIT_PEER_INTERNAL));
    (void)bearer_sent(&transaction);
    owner_give_timer(&w.owner, number);
    assert_true(owner_saw(&w.owner, "bearer_unanswered", GODWIT_PEER_INTERNAL));
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.has & GODWIT_GTPV2_PCO, 0);
    answer_bearer(transaction, GODWIT_OK, "LATE");
    gtp_sent_nothing(&w.owner);
    owner_give_timer(&w.owner, number);
    gtp_sent_nothing(&w.owner);
}

static void refusal_of_the_hse_lets_the_connection_be(void **state)
{
    (void)state;
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    (void)bearer_sent(&transaction);
    answer_bearer(transaction, GODWIT_UNKNOWN_KEY, "");
    assert_true(owner_saw(&w.owner, "bearer_refused", GODWIT_UNKNOWN_KEY));
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.has & GODWIT_GTPV2_PCO, 0);
    gtp_give_pdu(&w.owner, SGW, r.pgw_control.teid, "separate");
    gtp_sent_pdu(&w.owner, HSE, r.pgw_control.teid, "separate"); /* Solution 3 runs over the same bearer */
}

static void gateway_without_godwit_looks_at_no_pco(void **state)
{
    (void)state;
    w.config.strip_container = true;
    begin();
    godwit_gtpv2_t m = create_session("e2m", gtp_pco("001010123456780", w.pco));
    gtp_give_v2(&w.owner, SGW, &m);
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.has & GODWIT_GTPV2_PCO, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void container_that_is_not_ours_or_broken_is_passed_over(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_session("e2m", container());
    w.pco[4] ^= 0x10; /* another PLMN's */
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause, 16);
    assert_false(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
    w.pco[4] ^= 0x10;
    w.pco[7] = 9; /* another version */
    m.sequence++;
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause, 16);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MALFORMED));
}

/* ---- the user plane ---- */

static void n_pdus_pass_between_sgw_and_hse_alone(void **state)
{
    (void)state;
    uint32_t teid = connect_e2m();
    gtp_give_pdu(&w.owner, SGW, teid, "up");
    gtp_sent_pdu(&w.owner, HSE, teid, "up");
    gtp_give_pdu(&w.owner, HSE, teid, "down");
    gtp_sent_pdu(&w.owner, SGW, 0x52, "down");
    gtp_give_pdu(&w.owner, STRANGER, teid, "x");
    gtp_sent_nothing(&w.owner);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    gtp_give_pdu(&w.owner, SGW, teid ^ 0x10000, "x"); /* of nobody: Error Indication */
    godwit_gtpu_t e;
    assert_int_equal(godwit_gtpu_parse(gtp_sent(&w.owner, GODWIT_PORT_GTPU, SGW, 0)->octets, &e), GODWIT_OK);
    assert_int_equal(e.type, GODWIT_GTPU_ERROR_INDICATION);
    assert_int_equal(e.error_teid, teid ^ 0x10000);
    assert_memory_equal(e.error_ipv4, "\x0A\x00\x00\x03", 4);
}

static void error_indication_ends_a_context_only_from_its_peer(void **state)
{
    (void)state;
    uint32_t transaction, teid = connect_e2m();
    uint8_t octets[64];
    godwit_writer_t p = godwit_writer(octets, sizeof octets);
    godwit_gtpu_t e = {.type = GODWIT_GTPU_ERROR_INDICATION, .error_teid = 0x52, .error_ipv4 = {10, 0, 0, SGW}};
    godwit_address_t stranger = gtp_node(STRANGER, 2152), sgw = gtp_node(SGW, 2152);
    assert_int_equal(godwit_gtpu_build(&e, &p), GODWIT_OK);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &stranger, godwit_written(&p));
    gtp_sent_nothing(&w.owner);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &sgw, godwit_written(&p));
    assert_true(bearer_sent(&transaction)->released);
    gtp_give_pdu(&w.owner, HSE, teid, "down");
    (void)gtp_sent(&w.owner, GODWIT_PORT_GTPU, HSE, 0); /* Error Indication */
}

static void tunnel_gives_each_device_an_address(void **state)
{
    (void)state;
    uint32_t teid = connect_tunnel();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0); /* the container means nothing here */
    gtp_give_pdu(&w.owner, SGW, teid, "up");
    const godwit_request_t *r = gtp_sent(&w.owner, GODWIT_PORT_SGI, SERVER, 0);
    assert_int_equal(r->octets.len, 2);
    assert_memory_equal(r->octets.ptr, "up", 2);
    assert_memory_equal(r->from.octets, "\x0A\x63\x00\x01\x13\x88", 6);
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM,
                         .port = GODWIT_PORT_SGI,
                         .from = gtp_node(SERVER, 5000),
                         .to = r->from,
                         .datagram = godwit_slice("down", 4)};
    owner_give(&w.owner, &in);
    gtp_sent_pdu(&w.owner, SGW, 0x52, "down");
    in.from = gtp_node(STRANGER, 5000);
    owner_give(&w.owner, &in);
    gtp_sent_nothing(&w.owner);
    in.from = gtp_node(SERVER, 5000);
    in.to.octets[3]++;
    owner_give(&w.owner, &in);
    gtp_sent_nothing(&w.owner);
}

/* ---- what is refused ---- */

static uint8_t cause_of_create(const godwit_gtpv2_t *m)
{
    gtp_give_v2(&w.owner, SGW, m);
    return gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause;
}

static void what_cannot_be_served_is_refused_with_its_cause(void **state)
{
    (void)state;
    godwit_gtpv2_t m = create_session("internet", godwit_slice(NULL, 0));
    assert_int_equal(cause_of_create(&m), GODWIT_GTPV2_CAUSE_UNKNOWN_APN);
    m = create_session("e2m", godwit_slice(NULL, 0));
    m.has &= ~GODWIT_GTPV2_IMSI;
    assert_int_equal(cause_of_create(&m), GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
    m = create_session("e2m", godwit_slice(NULL, 0));
    m.pdn_type = GODWIT_PDN_IPV4;
    assert_int_equal(cause_of_create(&m), GODWIT_GTPV2_CAUSE_TYPE_NOT_SUPPORTED);
    for (unsigned i = 0; i < CONTEXTS + 1; i++) {
        m = create_session("e2m", godwit_slice(NULL, 0));
        m.sequence = 0x500 + i;
        m.imsi.digits[14] = (char)('0' + i);
        assert_int_equal(cause_of_create(&m),
                         i < CONTEXTS ? GODWIT_GTPV2_CAUSE_ACCEPTED : GODWIT_GTPV2_CAUSE_NO_RESOURCES);
    }
}

static void same_bearer_made_anew_takes_the_place_of_the_old(void **state)
{
    (void)state;
    uint32_t transaction, teid = connect_e2m();
    godwit_gtpv2_t m = create_session("e2m", godwit_slice(NULL, 0));
    m.sequence = 0x900;
    gtp_give_v2(&w.owner, SGW, &m);
    assert_true(bearer_sent(&transaction)->released);
    uint32_t next = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).pgw_control.teid;
    assert_int_not_equal(next, teid);
    gtp_give_pdu(&w.owner, SGW, next, "up");
    gtp_sent_pdu(&w.owner, HSE, next, "up");
}

static void requests_are_taken_from_the_contexts_own_peer_alone(void **state)
{
    (void)state;
    uint32_t teid = connect_e2m();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_DELETE_SESSION_REQUEST;
    m.teid = teid;
    m.sequence = 7;
    gtp_give_v2(&w.owner, STRANGER, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, STRANGER, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NOT_FOUND);
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause, 16);
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).cause, 16);
}

static void echo_is_answered_and_nonsense_is_not(void **state)
{
    (void)state;
    godwit_address_t from = gtp_node(SGW, 2123), user = gtp_node(SGW, 2152);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from,
             godwit_slice("\x40\x01\x00\x09\x00\x00\x01\x00\x03\x00\x01\x00\x05", 13));
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_ECHO_RESPONSE).sequence, 1);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("\x32\x01\x00\x04\0\0\0\0\x00\x02\0\0", 12));
    assert_int_equal(gtp_sent_v1(&w.owner, SGW, GODWIT_GTPV1_ECHO_RESPONSE).sequence, 2);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &user, godwit_slice("\x32\x01\x00\x04\0\0\0\0\x00\x03\0\0", 12));
    (void)gtp_sent(&w.owner, GODWIT_PORT_GTPU, SGW, 0);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("\x48\x20\x00", 3));
    gtp_sent_nothing(&w.owner);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("", 0));
    gtp_sent_nothing(&w.owner);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &user, godwit_slice("\x30\xFF\x00\x09\0\0\0\0\0", 9));
    gtp_sent_nothing(&w.owner);
    /* a request whose elements cannot be read, or lack something, is answered */
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("\x48\x20\x00\x0D\0\0\0\0\0\0\x09\0\x52\0\x01\0\x08", 17));
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, 33).cause, GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice("\x48\x20\x00\x0C\0\0\0\0\0\0\x09\0\x52\0\0\0", 16));
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, 33).cause, GODWIT_GTPV2_CAUSE_INVALID_LENGTH);
}

static void configurations_that_cannot_be(void **state)
{
    (void)state;
    w.config.apn[1].server.len = 0;
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    w.config.apns = 0;
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    w.config.apns = 1;
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, 0, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(container_goes_to_the_hse_and_its_start_comes_back),
        TEST(container_in_an_epco_is_answered_in_an_epco),
        TEST(another_imsi_in_the_container_is_refused),
        TEST(modification_by_command_asks_the_hse_again),
        TEST(ggsn_creates_updates_and_deletes),
        TEST(activation_goes_to_the_home_before_the_hse),
        TEST(silence_of_home_and_hse_is_bounded),
        TEST(refusal_of_the_hse_lets_the_connection_be),
        TEST(gateway_without_godwit_looks_at_no_pco),
        TEST(container_that_is_not_ours_or_broken_is_passed_over),
        TEST(n_pdus_pass_between_sgw_and_hse_alone),
        TEST(error_indication_ends_a_context_only_from_its_peer),
        TEST(tunnel_gives_each_device_an_address),
        TEST(what_cannot_be_served_is_refused_with_its_cause),
        TEST(same_bearer_made_anew_takes_the_place_of_the_old),
        TEST(requests_are_taken_from_the_contexts_own_peer_alone),
        TEST(echo_is_answered_and_nonsense_is_not),
        TEST(configurations_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
