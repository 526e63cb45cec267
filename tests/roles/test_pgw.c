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

static void another_imsi_in_a_modification_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    uint32_t teid = connect_e2m();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    m.teid = teid;
    m.sequence = 0x800300;
    m.has = GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO;
    m.ebi = 5;
    m.pti = 0x21;
    m.pco = gtp_pco("001010123456780", w.pco);
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE).cause,
                     GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED);
    assert_true(owner_saw(&w.owner, "not_entitled", GODWIT_NOT_ENTITLED));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    gtp_give_pdu(&w.owner, SGW, teid, "up"); /* the bearer stays as it was */
    gtp_sent_pdu(&w.owner, HSE, teid, "up");
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

static void n_pdu_that_no_outbox_holds_goes_nowhere(void **state)
{
    (void)state;
    static uint8_t octets[GODWIT_OUTBOX_ARENA + 64];
    uint32_t teid = connect_tunnel();
    godwit_address_t from = gtp_node(SGW, GODWIT_GTPU_PORT);
    godwit_writer_t p = godwit_writer(octets, sizeof octets);
    static const uint8_t pdu[GODWIT_OUTBOX_ARENA + 1];
    godwit_request_t requests[2];
    _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
    godwit_outbox_t out = {.requests = requests + 1, .capacity = 1, .arena = arena, .arena_size = sizeof arena};
    memset(requests, 0xA5, sizeof requests);
    const godwit_request_t before = requests[0];
    assert_int_equal(godwit_gtpu_put_pdu(&p, teid, godwit_slice(pdu, sizeof pdu)), GODWIT_OK);
    godwit_pgw_step(
        &w.pgw,
        &(godwit_input_t){
            .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_GTPU, .from = from, .datagram = godwit_written(&p)},
        &out);
    assert_int_equal(out.count, 0);
    assert_true(out.overflow);
    assert_memory_equal(&before, requests, sizeof before); /* nothing is written before the list */
}

/* ---- what is refused ---- */

static void stranger_takes_no_bearer_and_gets_no_answer(void **state)
{
    (void)state;
    w.pgw.config.peers = (godwit_gtp_peers_t){2, {{10, 0, 0, SGW}, {10, 0, 0, SGSN}}};
    uint32_t teid = connect_e2m();
    godwit_gtpv2_t m = create_session("e2m", godwit_slice(NULL, 0)); /* the same IMSI and bearer */
    m.sequence = 0x900;
    gtp_give_v2(&w.owner, STRANGER, &m);
    gtp_sent_nothing(&w.owner);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    gtp_give_v2(&w.owner, HSE, &m); /* user plane is all that an HSE may send */
    gtp_sent_nothing(&w.owner);
    gtp_give_pdu(&w.owner, STRANGER, teid ^ 0x10000, "up");
    gtp_sent_nothing(&w.owner);
    gtp_give_pdu(&w.owner, HSE, teid, "down");
    gtp_sent_pdu(&w.owner, SGW, 0x52, "down");
}

static void teid_of_a_peer_is_told_to_nobody_else(void **state)
{
    (void)state;
    uint32_t teid = connect_tunnel();
    uint8_t octets[] = {0x48, GODWIT_GTPV2_DELETE_SESSION_REQUEST, 0, 11, 0, 0, 0, 0, 0, 0, 9, 0, 73, 0, 9};
    godwit_store_u32(octets + 4, teid);
    for (uint8_t node = SGW; node <= STRANGER; node = (uint8_t)(node + STRANGER - SGW)) {
        godwit_address_t from = gtp_node(node, GODWIT_GTPC_PORT);
        gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(octets, sizeof octets));
        assert_int_equal(gtp_sent_v2(&w.owner, node, GODWIT_GTPV2_DELETE_SESSION_RESPONSE).teid,
                         node == SGW ? 0x51 : 0);
    }
}

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
    w.config.apn[1].server = gtp_node(SERVER, 5000);
    memset(w.config.apn[1].pool, 0, 4);
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    w.config.apns = 1;
    w.config.apn[0].notify_home = true;
    w.config.apn[0].endpoint[0] = '\0'; /* whose key? */
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    w.config.apn[0].notify_home = false;
    w.config.apns = 0;
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    w.config.apns = 1;
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, 0, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, CONTEXTS, w.pending, PENDING, w.answered, 0),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, 65537, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_pgw_init(&w.pgw, &w.config, w.contexts, 0, w.pending, PENDING, w.answered, ANSWERED),
                     GODWIT_INVALID_ARGUMENT);
}

/* ---- what answers and messages say, in full ---- */

static void answers_repeat_what_was_asked_for(void **state)
{
    (void)state;
    uint32_t transaction;
    w.config.recovery = 9;
    strcpy(w.config.local_realm, "home.test");
    begin();
    godwit_gtpv2_t m = create_session("e2m", container());
    m.has |= GODWIT_GTPV2_SERVING_NETWORK;
    assert_int_equal(godwit_plmn_from_text("001-02", &m.serving_network), GODWIT_OK);
    m.ambr_down = 22;
    m.bearer.has_qos = true;
    m.bearer.qos = (godwit_bearer_qos_t){.priority = 0x3C, .qci = 9, .rates = {1, 2, 3, 0x1234567890}};
    gtp_give_v2(&w.owner, SGW, &m);
    const godwit_message_t *message = owner_message(&w.owner, GODWIT_BEARER, 0);
    assert_int_equal(message->from, GODWIT_FUNCTION_PGW);
    assert_string_equal(message->origin_host, "pgw.home.test");
    assert_string_equal(message->origin_realm, "home.test");
    assert_true(godwit_plmn_equal(message->u.bearer.serving_network, m.serving_network));
    uint32_t teid = bearer_sent(&transaction)->teid;
    answer_bearer(transaction, GODWIT_OK, "START");
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.recovery, 9);
    assert_int_equal(r.ambr_down, 22);
    assert_true(r.bearer.has_qos && r.bearer.has_cause && r.bearer.has_charging_id);
    assert_memory_equal(&r.bearer.qos, &m.bearer.qos, sizeof r.bearer.qos);
    assert_int_equal(r.bearer.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.bearer.charging_id, teid);
    assert_memory_equal(r.pgw_control.ipv4, "\x0A\x00\x00\x03", 4);
    assert_memory_equal(r.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].ipv4, "\x0A\x00\x00\x03", 4);

    godwit_gtpv1_t p = create_pdp("e2m", container());
    p.has |= GODWIT_GTPV1_ROUTEING_AREA;
    memcpy(p.routeing_area, "\x00\xF1\x20\x00\x01\x01", 6);
    p.imsi.digits[14] = '8';
    p.pco = gtp_pco(p.imsi.digits, w.pco);
    gtp_give_v1(&w.owner, SGSN, &p);
    const godwit_bearer_t *b = bearer_sent(&transaction);
    assert_memory_equal(b->serving_network.octets, "\x00\xF1\x20", 3);
    answer_bearer(transaction, GODWIT_OK, "START");
    godwit_gtpv1_t a = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_CREATE_RESPONSE);
    assert_int_equal(a.sequence, 0x200);
    assert_int_equal(a.recovery, 9);
    assert_int_equal(a.charging_id, a.teid_data);
    assert_memory_equal(a.gsn_control, "\x0A\x00\x00\x03", 4);
    assert_memory_equal(a.gsn_user, "\x0A\x00\x00\x03", 4);
    assert_int_equal(a.qos.len, 4);
}

static void each_answer_finds_its_own_context(void **state)
{
    (void)state;
    uint32_t first, second;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    (void)bearer_sent(&first);
    m.imsi.digits[14] = '8';
    m.pco = gtp_pco(m.imsi.digits, w.pco);
    m.sequence = 0x101;
    gtp_give_v2(&w.owner, SGW, &m);
    uint32_t teid = bearer_sent(&second)->teid;
    assert_int_not_equal(first, second);
    answer_bearer(second + 0x10000, GODWIT_OK, "OTHER"); /* of no question */
    gtp_sent_nothing(&w.owner);
    answer_bearer(second | 0xFF, GODWIT_OK, "OTHER"); /* of no place in the table */
    gtp_sent_nothing(&w.owner);
    answer_bearer(second, GODWIT_OK, "SECOND");
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE);
    assert_int_equal(r.sequence, 0x101);
    assert_int_equal(r.pgw_control.teid, teid);
    answer_bearer(first, GODWIT_OK, "FIRST");
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).sequence, 0x100);
    answer_bearer(first, GODWIT_OK, "FIRST");
    gtp_sent_nothing(&w.owner);
}

static void modification_without_a_container_is_answered_at_once(void **state)
{
    (void)state;
    uint32_t transaction;
    godwit_gtpv1_t m = create_pdp("e2m", godwit_slice(NULL, 0));
    gtp_give_v1(&w.owner, SGSN, &m);
    uint32_t teid = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_CREATE_RESPONSE).teid_control;
    m.type = GODWIT_GTPV1_UPDATE_REQUEST;
    m.teid = teid;
    m.sequence++;
    m.qos = godwit_slice("\x02\x1B\x93\x20\x01", 5);
    memcpy(m.gsn_user, "\x0A\x00\x00\x05", 4);
    gtp_give_v1(&w.owner, SGSN, &m);
    godwit_gtpv1_t r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE);
    assert_int_equal(r.sequence, 0x201);
    assert_int_equal(r.has & (GODWIT_GTPV1_PCO | GODWIT_GTPV1_END_USER_ADDRESS), 0);
    assert_int_equal(r.qos.len, 5);
    assert_int_equal(r.qos.ptr[3], 0x20);
    assert_true(owner_saw(&w.owner, "context_modified", GODWIT_OK));
    gtp_give_pdu(&w.owner, HSE, teid, "down");
    gtp_sent_pdu(&w.owner, 5, 0x42, "down");
    gtp_give_v1(&w.owner, SGSN, &m); /* the answer was lost */
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE).sequence, 0x201);
    assert_false(owner_saw(&w.owner, "context_modified", GODWIT_OK));

    m.sequence++;
    m.has |= GODWIT_GTPV1_PCO;
    m.pco = container();
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_false(bearer_sent(&transaction)->modified); /* the HSE has not heard of it before */
    m.sequence++;
    gtp_give_v1(&w.owner, SGSN, &m); /* one at a time */
    gtp_sent_nothing(&w.owner);
    answer_bearer(transaction, GODWIT_OK, "START");
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE).sequence, 0x202);
    m.sequence++;
    m.pco = gtp_pco("001010123456780", w.pco);
    gtp_give_v1(&w.owner, SGSN, &m);
    r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED);
    assert_int_equal(r.teid, 0x41);
    m.sequence++;
    m.nsapi = 6; /* no such context */
    gtp_give_v1(&w.owner, SGSN, &m);
    r = gtp_sent_v1(&w.owner, SGSN, GODWIT_GTPV1_UPDATE_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_NON_EXISTENT);
    assert_int_equal(r.teid, 0x41);
}

static void update_bearer_is_given_up_or_refused(void **state)
{
    (void)state;
    uint32_t teid = connect_e2m();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    m.teid = teid;
    m.has = GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
    m.ebi = 5;
    m.sequence = 0x800001;
    gtp_give_v2(&w.owner, SGW, &m);
    for (unsigned i = 0; i < 3; i++) {
        owner_give_timer(&w.owner, 0x10000);
        assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_UPDATE_BEARER_REQUEST).sequence, 0x800001);
    }
    owner_give_timer(&w.owner, 0x10000);
    assert_true(owner_saw(&w.owner, "unanswered", GODWIT_PEER_INTERNAL));
    assert_false(w.pending[0].used);

    m.sequence++;
    gtp_give_v2(&w.owner, SGW, &m);
    godwit_gtpv2_t r;
    memset(&r, 0, sizeof r);
    r.type = GODWIT_GTPV2_UPDATE_BEARER_RESPONSE;
    r.teid = teid ^ 0x10000; /* of another connection */
    r.sequence = m.sequence;
    r.has = GODWIT_GTPV2_CAUSE;
    r.cause = GODWIT_GTPV2_CAUSE_NO_RESOURCES;
    gtp_give_v2(&w.owner, SGW, &r);
    assert_true(w.pending[0].used);
    r.teid = teid;
    gtp_give_v2(&w.owner, STRANGER, &r);
    assert_true(w.pending[0].used);
    gtp_give_v2(&w.owner, SGW, &r);
    assert_false(w.pending[0].used);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_PEER_INTERNAL));
    m.sequence++;
    gtp_give_v2(&w.owner, SGW, &m);
    r.sequence = m.sequence;
    r.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    gtp_give_v2(&w.owner, SGW, &r);
    assert_false(owner_saw(&w.owner, NULL, GODWIT_PEER_INTERNAL));
    m.sequence++;
    m.ebi = 6;
    gtp_give_v2(&w.owner, SGW, &m);
    godwit_gtpv2_t f = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_BEARER_RESOURCE_FAILURE);
    assert_int_equal(f.cause, GODWIT_GTPV2_CAUSE_NOT_FOUND);
    assert_int_equal(f.ebi, 6);
}

static void end_of_a_connection_is_told_to_the_hse_and_ends_all_timers(void **state)
{
    (void)state;
    uint32_t transaction, teid = connect_e2m();
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_MODIFY_BEARER_REQUEST;
    m.teid = teid;
    m.sequence = 6;
    gtp_give_v2(&w.owner, SGW, &m); /* changes nothing here */
    godwit_gtpv2_t r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_MODIFY_BEARER_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.teid, 0x51);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    m.sequence = 0x800001;
    m.has = GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI | GODWIT_GTPV2_PCO;
    m.ebi = 5;
    m.pco = container();
    gtp_give_v2(&w.owner, SGW, &m);
    (void)bearer_sent(&transaction);
    m.type = GODWIT_GTPV2_DELETE_SESSION_REQUEST;
    m.sequence = 7;
    m.has = GODWIT_GTPV2_EBI;
    gtp_give_v2(&w.owner, SGW, &m);
    r = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_DELETE_SESSION_RESPONSE);
    assert_int_equal(r.cause, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(r.teid, 0x51);
    assert_true(owner_saw(&w.owner, "context_released", GODWIT_OK));
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 0);
    const godwit_message_t *told = owner_message(&w.owner, GODWIT_BEARER, 0);
    assert_true(told->u.bearer.released);
    assert_int_equal(told->u.bearer.teid, teid);
    assert_string_equal(told->u.bearer.imsi.digits, GTP_IMSI);
    answer_bearer(transaction, GODWIT_OK, "LATE");
    gtp_sent_nothing(&w.owner);
    godwit_gtpv2_t plain = create_session("e2m", godwit_slice(NULL, 0)); /* of which the HSE was never told */
    plain.sequence = 0x777;
    gtp_give_v2(&w.owner, SGW, &plain);
    m.teid = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).pgw_control.teid;
    m.sequence = 8;
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void refusal_of_the_home_is_told_and_the_hse_asked_all_the_same(void **state)
{
    (void)state;
    w.config.apn[0].notify_home = true;
    w.config.home_wait_ms = 700;
    w.config.hse_wait_ms = 900;
    begin();
    uint32_t transaction;
    godwit_gtpv2_t m = create_session("e2m", container());
    gtp_give_v2(&w.owner, SGW, &m);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 700);
    godwit_message_t answer = {.kind = GODWIT_ACTIVATION_ANSWER};
    answer.transaction = owner_message(&w.owner, GODWIT_ACTIVATION, 0)->transaction;
    answer.u.outcome = GODWIT_KEY_EXPIRED;
    godwit_message_t wrong = {.kind = GODWIT_BEARER_ANSWER, .transaction = answer.transaction};
    owner_give_message(&w.owner, &wrong); /* not what was asked */
    gtp_sent_nothing(&w.owner);
    owner_give_message(&w.owner, &answer);
    assert_true(owner_saw(&w.owner, "activation_refused", GODWIT_KEY_EXPIRED));
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 900);
    (void)bearer_sent(&transaction);
}

static void one_host_may_be_both_sgw_and_hse_at_different_ports(void **state)
{
    (void)state;
    w.config.apn[0].hse = gtp_node(SGW, 5152);
    begin();
    uint32_t teid = connect_e2m();
    gtp_give_pdu(&w.owner, SGW, teid, "up"); /* from port 2152 */
    assert_int_equal(godwit_load_u16(gtp_sent(&w.owner, GODWIT_PORT_GTPU, SGW, 0)->to.octets + 4), 5152);
    uint8_t octets[64];
    godwit_writer_t p = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_put_pdu(&p, teid, godwit_slice("down", 4)), GODWIT_OK);
    gtp_give(&w.owner, GODWIT_PORT_GTPU, &w.config.apn[0].hse, godwit_written(&p));
    gtp_sent_pdu(&w.owner, SGW, 0x52, "down");
}

static void second_device_of_a_tunnel_has_the_next_address(void **state)
{
    (void)state;
    w.config.apn[1].device_port = 777;
    w.config.apn[1].pool_size = 2;
    w.config.gtpu_port = 99;
    begin();
    (void)connect_tunnel();
    godwit_gtpv2_t m = create_session("tunnel", godwit_slice(NULL, 0));
    m.imsi.digits[14] = '8';
    m.sequence = 0x101;
    gtp_give_v2(&w.owner, SGW, &m);
    uint32_t teid = gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).pgw_control.teid;
    gtp_give_pdu(&w.owner, SGW, teid, "up");
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SGI, .from = gtp_node(SERVER, 5000)};
    in.to = gtp_sent(&w.owner, GODWIT_PORT_SGI, SERVER, 0)->from;
    assert_memory_equal(in.to.octets, "\x0A\x63\x00\x02\x03\x09", 6);
    in.datagram = godwit_slice("down", 4);
    owner_give(&w.owner, &in);
    assert_int_equal(godwit_load_u16(gtp_sent(&w.owner, GODWIT_PORT_GTPU, SGW, 0)->to.octets + 4), 99);
    in.datagram = godwit_slice("", 0);
    owner_give(&w.owner, &in);
    gtp_sent_nothing(&w.owner);
    m.imsi.digits[14] = '7';
    m.sequence = 0x102;
    gtp_give_v2(&w.owner, SGW, &m); /* the pool has two addresses */
    assert_int_equal(gtp_sent_v2(&w.owner, SGW, GODWIT_GTPV2_CREATE_SESSION_RESPONSE).cause,
                     GODWIT_GTPV2_CAUSE_NO_RESOURCES);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
}

static void requests_of_an_sgsn_that_lack_something(void **state)
{
    (void)state;
    godwit_gtpv1_t m = create_pdp("e2m", godwit_slice(NULL, 0));
    m.has &= ~GODWIT_GTPV1_IMSI;
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, 17).cause, GODWIT_GTPV1_CAUSE_MANDATORY_MISSING);
    uint8_t qos[GODWIT_PGW_QOS_MAX + 1] = {2};
    m = create_pdp("e2m", godwit_slice(NULL, 0));
    m.qos = godwit_slice(qos, sizeof qos);
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, 17).cause, GODWIT_GTPV1_CAUSE_MANDATORY_MISSING);
    m.qos = godwit_slice(qos, GODWIT_PGW_QOS_MAX);
    m.has &= ~GODWIT_GTPV1_END_USER_ADDRESS;
    gtp_give_v1(&w.owner, SGSN, &m);
    godwit_gtpv1_t r = gtp_sent_v1(&w.owner, SGSN, 17);
    assert_int_equal(r.cause, GODWIT_GTPV1_CAUSE_ACCEPTED);
    assert_int_equal(r.qos.len, GODWIT_PGW_QOS_MAX);
    m = create_pdp("e2m", godwit_slice(NULL, 0));
    m.sequence = 0x300;
    m.pdp_type = GODWIT_PDP_IPV4;
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, 17).cause, GODWIT_GTPV1_CAUSE_UNKNOWN_ADDRESS);
    m = create_pdp("e2m", godwit_slice(NULL, 0));
    m.has &= ~GODWIT_GTPV1_APN;
    gtp_give_v1(&w.owner, SGSN, &m);
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, 17).cause, GODWIT_GTPV1_CAUSE_UNKNOWN_APN);
    /* One that cannot be read, about a context that is there: its SGSN's TEID is known. */
    uint8_t broken[] = {0x32, 18, 0, 6, 0, 0, 0, 0, 0, 9, 0, 0, 0x30, 0};
    godwit_address_t from = gtp_node(SGSN, 2123);
    godwit_store_u32(broken + 4, r.teid_control);
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(broken, sizeof broken));
    godwit_gtpv1_t a = gtp_sent_v1(&w.owner, SGSN, 19);
    assert_int_equal(a.cause, GODWIT_GTPV1_CAUSE_INVALID_FORMAT);
    assert_int_equal(a.teid, 0x41);
    assert_int_equal(a.sequence, 9);
    broken[1] = 20;
    broken[7] ^= 1;
    gtp_give(&w.owner, GODWIT_PORT_GTPC, &from, godwit_slice(broken, sizeof broken));
    assert_int_equal(gtp_sent_v1(&w.owner, SGSN, 21).teid, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(container_goes_to_the_hse_and_its_start_comes_back),
        TEST(container_in_an_epco_is_answered_in_an_epco),
        TEST(another_imsi_in_the_container_is_refused),
        TEST(another_imsi_in_a_modification_is_refused_and_changes_nothing),
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
        TEST(n_pdu_that_no_outbox_holds_goes_nowhere),
        TEST(stranger_takes_no_bearer_and_gets_no_answer),
        TEST(teid_of_a_peer_is_told_to_nobody_else),
        TEST(what_cannot_be_served_is_refused_with_its_cause),
        TEST(same_bearer_made_anew_takes_the_place_of_the_old),
        TEST(requests_are_taken_from_the_contexts_own_peer_alone),
        TEST(echo_is_answered_and_nonsense_is_not),
        TEST(configurations_that_cannot_be),
        TEST(answers_repeat_what_was_asked_for),
        TEST(each_answer_finds_its_own_context),
        TEST(modification_without_a_container_is_answered_at_once),
        TEST(update_bearer_is_given_up_or_refused),
        TEST(end_of_a_connection_is_told_to_the_hse_and_ends_all_timers),
        TEST(refusal_of_the_home_is_told_and_the_hse_asked_all_the_same),
        TEST(one_host_may_be_both_sgw_and_hse_at_different_ports),
        TEST(second_device_of_a_tunnel_has_the_next_address),
        TEST(requests_of_an_sgsn_that_lack_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
