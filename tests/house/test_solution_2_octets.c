/* SPDX-License-Identifier: Apache-2.0
 *
 * Solution 2 leaves the network alone: whatever MME, S-GW, SGSN, P-GW and GGSN send while a device attaches, talks,
 * sleeps, is paged and detaches is the same, octet for octet, as in a network without Godwit that serves a device
 * without it. And Solution 1 is not: so the test sees a difference when there is one.
 */
#include "core/agree/access_aka/access_aka.h"
#include "roles/mme.h"
#include "roles/pgw.h"
#include "roles/sgsn.h"
#include "roles/sgw.h"
#include "tests/device/phone.h"
#include "tests/support/owner.h"

enum { SERVING, SGW, PGW, NODES, PHONE, SERVER };
enum { ROWS = 2, TABLE = 8, POSTS = 64, TRANSCRIPT = 32768 };
enum device { PLAIN, SOLUTION_2, SOLUTION_1 };

typedef struct post {
    int to;
    godwit_port_t port;
    godwit_address_t from, addressed;
    size_t len;
    uint8_t octets[1600];
} post_t;

typedef struct transcript {
    size_t len, datagrams;
    uint8_t octets[TRANSCRIPT];
} transcript_t;

static struct world {
    godwit_access_kind_t kind;
    uint64_t random;
    transcript_t *transcript;
    post_t queue[POSTS];
    size_t head, tail;
    struct {
        void (*step)(void *role, const godwit_input_t *in, godwit_outbox_t *out);
        void *role;
        uint8_t ipv4[4];
    } nodes[NODES];
    phone_t phone;
    godwit_address_t radio, device;
    godwit_mme_t mme;
    godwit_mme_ue_t mme_ues[ROWS];
    godwit_sgsn_t sgsn;
    godwit_sgsn_ue_t sgsn_ues[ROWS];
    godwit_sgw_t sgw;
    godwit_sgw_context_t sgw_contexts[ROWS];
    godwit_pgw_t pgw;
    godwit_pgw_context_t pgw_contexts[ROWS];
    godwit_gtp_pending_t pending[NODES][TABLE];
    godwit_gtp_answered_t answered[NODES][TABLE];
    unsigned served;
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} w;

/* ---- what is compared: port, addresses and octets of every datagram, in order ---- */

static void note(const void *octets, size_t len)
{
    assert_true(w.transcript->len + len <= TRANSCRIPT);
    memcpy(w.transcript->octets + w.transcript->len, octets, len);
    w.transcript->len += len;
}

static void post(int to, godwit_port_t port, const godwit_address_t *from, const godwit_address_t *addressed,
                 godwit_slice_t octets)
{
    uint8_t head[3] = {(uint8_t)port, (uint8_t)(octets.len >> 8), (uint8_t)octets.len};
    note(head, sizeof head);
    note(from->octets, from->len);
    note(addressed->octets, addressed->len);
    note(octets.ptr, octets.len);
    w.transcript->datagrams++;
    post_t *p = &w.queue[w.tail++ % POSTS];
    assert_true(w.tail - w.head <= POSTS && octets.len <= sizeof p->octets);
    p->to = to;
    p->port = port;
    p->from = *from;
    p->addressed = *addressed;
    p->len = octets.len;
    memcpy(p->octets, octets.ptr, octets.len);
}

/* ---- nodes ---- */

static void give(int node, godwit_input_t *in);

static void home_answers(uint32_t transaction)
{
    static godwit_message_t m;
    bool eps = w.kind == GODWIT_ACCESS_EPS;
    /* The same in each life: phone_vector would count on. */
    godwit_vector_t v =
        dut_vector(godwit_sqn_join(1000, 1, GODWIT_IND_BITS_DEFAULT), eps ? AMF_FLAGGED_EPS : AMF_FLAGGED_UMTS);
    uint8_t ck_ik[32];
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_AUTH_INFO_ANSWER;
    m.transaction = transaction;
    godwit_auth_info_answer_t *a = &m.u.auth_info_answer;
    a->kind = eps ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN;
    a->vectors = 1;
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    memcpy(a->vector[0].rand, v.rand, 16);
    memcpy(a->vector[0].autn, v.autn, 16);
    memcpy(a->vector[0].xres, v.xres, v.xres_len);
    a->vector[0].xres_len = v.xres_len;
    if (eps) {
        assert_int_equal(godwit_kasme(CRYPTO, ck_ik, w.phone.config.serving_network, v.autn, a->vector[0].kasme),
                         GODWIT_OK);
    } else {
        assert_int_equal(godwit_e2m_ck_ik_prime(CRYPTO, ck_ik, v.autn, ck_ik), GODWIT_OK);
        memcpy(a->vector[0].ck, ck_ik, 16);
        memcpy(a->vector[0].ik, ck_ik + 16, 16);
    }
    give(SERVING, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &m});
}

static int node_at(const godwit_address_t *address)
{
    for (int i = 0; i < NODES; i++) {
        if (godwit_gtp_same_node(address, w.nodes[i].ipv4)) {
            return i;
        }
    }
    fail_msg("nobody there");
    return -1;
}

static void carry_out(int node, const godwit_request_t *r, uint32_t *transaction)
{
    static const uint16_t ports[] = {[GODWIT_PORT_GTPC] = 2123, [GODWIT_PORT_GTPU] = 2152};
    if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_AUTH_INFO_REQUEST) {
        *transaction = r->message->transaction;
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_RADIO) {
        post(PHONE, r->port, &w.radio, &r->to, r->octets);
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_SGI) {
        w.device = r->from;
        w.served++;
        post(SERVER, r->port, &r->from, &r->to, r->octets);
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM) {
        godwit_address_t from = godwit_gtp_address(w.nodes[node].ipv4, ports[r->port]);
        post(node_at(&r->to), r->port, &from, &r->to, r->octets);
    }
}

static void give(int node, godwit_input_t *in)
{
    uint8_t random[64];
    uint32_t transaction = 0;
    godwit_outbox_t out = {w.requests, GODWIT_OUTBOX_REQUESTS, 0, w.arena, sizeof w.arena, 0, false};
    in->now_ms = 1000000; /* time stands still: nothing is lost, so nothing is sent twice */
    in->fetch_status = GODWIT_AGAIN;
    w.nodes[node].step(w.nodes[node].role, in, &out);
    while (godwit_outbox_is_need(&out)) {
        size_t count = out.requests[0].count;
        assert_true(count <= sizeof random);
        for (size_t i = 0; i < count; i++) {
            w.random = w.random * 6364136223846793005U + 1442695040888963407U;
            random[i] = (uint8_t)(w.random >> 56);
        }
        in->random = godwit_slice(random, count);
        godwit_outbox_reset(&out);
        w.nodes[node].step(w.nodes[node].role, in, &out);
    }
    assert_false(out.overflow);
    for (size_t i = 0; i < out.count; i++) {
        carry_out(node, &out.requests[i], &transaction);
    }
    if (transaction != 0) {
        home_answers(transaction);
    }
}

static void phone_done(void)
{
    phone_carry_out(&w.phone);
    while (w.phone.queued > 0) {
        octets_t frame = phone_take(&w.phone);
        post(SERVING, GODWIT_PORT_RADIO, &w.radio, &w.radio, octets_slice(&frame));
    }
}

/* Until nothing is under way. */
static void settle(void)
{
    phone_done();
    while (w.head < w.tail) {
        static post_t p;
        p = w.queue[w.head++ % POSTS];
        if (p.to == PHONE) {
            phone_receive(&w.phone, godwit_slice(p.octets, p.len));
            w.phone.event_count = 0;
            phone_done();
        } else if (p.to != SERVER) {
            give(p.to, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                         .port = p.port,
                                         .from = p.from,
                                         .to = p.addressed,
                                         .datagram = godwit_slice(p.octets, p.len)});
        }
    }
}

/* ---- the world ---- */

static void step_mme(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mme_step(role, in, out);
}

static void step_sgsn(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
}

static void step_sgw(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgw_step(role, in, out);
}

static void step_pgw(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_pgw_step(role, in, out);
}

static void set_node(int node, void (*step)(void *, const godwit_input_t *, godwit_outbox_t *), void *role)
{
    w.nodes[node].step = step;
    w.nodes[node].role = role;
    memcpy(w.nodes[node].ipv4, "\x0A\x00\x00", 3);
    w.nodes[node].ipv4[3] = (uint8_t)(node + 1);
}

static void start_serving(bool godwit)
{
    godwit_mme_config_t m = {.crypto = CRYPTO, .mme_group = 1, .mme_code = 1, .tac = 1};
    godwit_sgsn_config_t s = {.crypto = CRYPTO, .lac = 1, .rac = 1, .apns = 1, .e2m_aware = godwit};
    m.e2m_aware = godwit;
    m.unaware = !godwit;
    m.plmn = s.plmn = w.phone.config.serving_network;
    memcpy(m.ipv4, w.nodes[SERVING].ipv4, 4);
    memcpy(s.ipv4, w.nodes[SERVING].ipv4, 4);
    memcpy(m.sgw, w.nodes[SGW].ipv4, 4);
    memcpy(m.pgw, w.nodes[PGW].ipv4, 4);
    memcpy(s.apn[0].ggsn, w.nodes[PGW].ipv4, 4);
    assert_int_equal(
        godwit_mme_init(&w.mme, &m, w.mme_ues, ROWS, w.pending[SERVING], TABLE, w.answered[SERVING], TABLE), GODWIT_OK);
    assert_int_equal(
        godwit_sgsn_init(&w.sgsn, &s, w.sgsn_ues, ROWS, w.pending[SERVING], TABLE, w.answered[SERVING], TABLE),
        GODWIT_OK);
}

static void start_gateways(bool godwit)
{
    godwit_sgw_config_t s = {.recovery = 1};
    godwit_pgw_config_t p = {.apns = 1, .strip_container = !godwit, .home = w.phone.config.home};
    memcpy(s.ipv4, w.nodes[SGW].ipv4, 4);
    memcpy(p.ipv4, w.nodes[PGW].ipv4, 4);
    assert_int_equal(godwit_apn_from_text("e2m.example", &p.apn[0].name), GODWIT_OK);
    p.apn[0].kind = GODWIT_PGW_TUNNEL;
    p.apn[0].server = godwit_gtp_address((const uint8_t[4]){10, 9, 9, 9}, 5000);
    memcpy(p.apn[0].pool, "\x0A\x63\x00\x01", 4);
    assert_int_equal(godwit_sgw_init(&w.sgw, &s, w.sgw_contexts, ROWS, w.pending[SGW], TABLE, w.answered[SGW], TABLE),
                     GODWIT_OK);
    assert_int_equal(godwit_pgw_init(&w.pgw, &p, w.pgw_contexts, ROWS, w.pending[PGW], TABLE, w.answered[PGW], TABLE),
                     GODWIT_OK);
}

static void begin(godwit_access_kind_t kind, bool godwit, enum device device, transcript_t *transcript)
{
    memset(&w, 0, sizeof w);
    memset(transcript, 0, sizeof *transcript);
    w.kind = kind;
    w.random = 1;
    w.transcript = transcript;
    w.radio = owner_address(1);
    set_node(SERVING, kind == GODWIT_ACCESS_EPS ? step_mme : step_sgsn,
             kind == GODWIT_ACCESS_EPS ? (void *)&w.mme : (void *)&w.sgsn);
    set_node(SGW, step_sgw, &w.sgw);
    set_node(PGW, step_pgw, &w.pgw);
    phone_init(&w.phone, kind);
    w.phone.config.e2m = device == SOLUTION_1;
    w.phone.config.key_set = device == SOLUTION_2;
    phone_restart(&w.phone);
    start_serving(godwit);
    start_gateways(godwit);
}

/* ---- a life ---- */

static void up(const char *text)
{
    unsigned before = w.served;
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice_of_string(text), &w.phone.requests), GODWIT_OK);
    settle();
    assert_int_equal(w.served, before + 1);
}

static void down(const char *text)
{
    godwit_address_t server = godwit_gtp_address((const uint8_t[4]){10, 9, 9, 9}, 5000);
    post(PGW, GODWIT_PORT_SGI, &server, &w.device, godwit_slice_of_string(text));
    settle();
    assert_true(octets_equal(&w.phone.delivered, text));
}

static void ask(godwit_status_t status)
{
    assert_int_equal(status, GODWIT_OK);
    settle();
}

static void live(godwit_access_kind_t kind, bool godwit, enum device device, transcript_t *transcript)
{
    begin(kind, godwit, device, transcript);
    ask(godwit_access_attach(&w.phone.access, &w.phone.requests));
    if (kind == GODWIT_ACCESS_UMTS) {
        ask(godwit_access_activate(&w.phone.access, &w.phone.requests));
    }
    assert_int_equal(godwit_access_state(&w.phone.access), GODWIT_ACCESS_ACTIVE);
    assert_int_equal(w.phone.key_sets, device == PLAIN ? 0 : 1);
    up("first");
    down("command");
    ask(godwit_access_idle(&w.phone.access, &w.phone.requests));
    up("after sleep");
    ask(godwit_access_idle(&w.phone.access, &w.phone.requests));
    down("wake up");
    ask(godwit_access_detach(&w.phone.access, &w.phone.requests));
    assert_int_equal(godwit_access_state(&w.phone.access), GODWIT_ACCESS_DETACHED);
}

static bool same(const transcript_t *a, const transcript_t *b)
{
    return a->datagrams == b->datagrams && a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static void compare(godwit_access_kind_t kind)
{
    static transcript_t without, with, first;
    live(kind, false, PLAIN, &without);
    live(kind, true, SOLUTION_2, &with);
    assert_true(with.datagrams > 20);
    assert_true(same(&without, &with));
    live(kind, true, SOLUTION_1, &first);
    assert_false(same(&without, &first));
}

static void eps(void **state)
{
    (void)state;
    compare(GODWIT_ACCESS_EPS);
}

static void umts(void **state)
{
    (void)state;
    compare(GODWIT_ACCESS_UMTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eps),
        cmocka_unit_test(umts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
