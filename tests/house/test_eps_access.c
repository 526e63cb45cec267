/* SPDX-License-Identifier: Apache-2.0
 *
 * A device's access library, MME, S-GW and P-GW, all of them real, over a network that delays, loses, repeats and
 * reorders every datagram by one seed: the device attaches, its N-PDUs pass both ways, it goes idle and is paged,
 * modifies, detaches, and nothing is left behind.
 */
#include "roles/mme.h"
#include "roles/pgw.h"
#include "roles/sgw.h"
#include "tests/device/phone.h"
#include "tests/support/mme_table.h"
#include "tests/support/owner.h"

enum { MME, SGW, PGW, NODES, PHONE, HOME };
enum { EVENTS = 4096, ROWS = 4, SEEDS = 400 };

typedef struct event {
    uint64_t at_ms, order;
    int to; /* 0: free, else node + 1 */
    bool is_timer;
    uint32_t timer;
    godwit_port_t port;
    godwit_address_t from, addressed;
    size_t len;
    uint8_t octets[1600];
} event_t;

typedef struct node {
    void (*step)(void *role, const godwit_input_t *in, godwit_outbox_t *out);
    void *role;
    uint8_t ipv4[4];
} node_t;

static struct world {
    uint64_t now_ms, order, random;
    unsigned loss; /* of 100 */
    event_t events[EVENTS];
    node_t nodes[NODES];
    phone_t phone;
    godwit_address_t radio;
    godwit_mme_t mme;
    godwit_mme_ue_t ues[ROWS];
    godwit_sgw_t sgw;
    godwit_sgw_context_t sgw_contexts[ROWS];
    godwit_pgw_t pgw;
    godwit_pgw_context_t pgw_contexts[ROWS];
    godwit_gtp_pending_t pending[NODES][16];
    godwit_gtp_answered_t answered[NODES][16];
    unsigned served;         /* N-PDUs that came to the server of the tunnel */
    godwit_address_t device; /* of the last of them */
    char reached[64];
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} w;

static uint64_t draw(void) /* xorshift64* */
{
    w.random ^= w.random >> 12;
    w.random ^= w.random << 25;
    w.random ^= w.random >> 27;
    return w.random * 0x2545F4914F6CDD1DU;
}

/* ---- the network ---- */

static event_t *schedule(int to, uint64_t delay_ms)
{
    for (size_t i = 0; i < EVENTS; i++) {
        event_t *e = &w.events[i];
        if (e->to == 0) {
            memset(e, 0, offsetof(event_t, octets));
            e->to = to + 1;
            e->at_ms = w.now_ms + delay_ms;
            e->order = ++w.order;
            return e;
        }
    }
    fail_msg("too many events");
    return NULL;
}

static void send_once(int to, godwit_port_t port, const godwit_address_t *from, const godwit_address_t *addressed,
                      godwit_slice_t octets)
{
    event_t *e = schedule(to, 5 + draw() % 300);
    e->port = port;
    e->from = *from;
    e->addressed = *addressed;
    e->len = octets.len;
    memcpy(e->octets, octets.ptr, octets.len);
}

static void post(int to, godwit_port_t port, const godwit_address_t *from, const godwit_address_t *addressed,
                 godwit_slice_t octets)
{
    unsigned fate = (unsigned)(draw() % 100);
    assert_true(octets.len <= sizeof w.events[0].octets);
    if (fate >= w.loss) {
        send_once(to, port, from, addressed, octets);
    }
    if (fate >= 100 - w.loss) {
        send_once(to, port, from, addressed, octets); /* twice */
    }
}

static void set_timer(int to, uint32_t timer, uint32_t delay_ms)
{
    for (size_t i = 0; i < EVENTS; i++) {
        if (w.events[i].to == to + 1 && w.events[i].is_timer && w.events[i].timer == timer) {
            w.events[i].to = 0;
        }
    }
    if (delay_ms > 0) {
        event_t *e = schedule(to, delay_ms);
        e->is_timer = true;
        e->timer = timer;
    }
}

/* ---- nodes ---- */

static int node_at(const godwit_address_t *address)
{
    for (int i = 0; i < NODES; i++) {
        if (godwit_gtp_same_node(address, w.nodes[i].ipv4)) {
            return i;
        }
    }
    return -1;
}

static void carry_out(int node, const godwit_request_t *r)
{
    static const uint16_t ports[] = {[GODWIT_PORT_GTPC] = 2123, [GODWIT_PORT_GTPU] = 2152};
    if (r->kind == GODWIT_REQUEST_TIMER) {
        set_timer(node, r->timer, r->delay_ms);
    } else if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_AUTH_INFO_REQUEST) {
        schedule(HOME, 20 + draw() % 300)->timer = r->message->transaction;
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_RADIO) {
        post(PHONE, r->port, &w.radio, &r->to, r->octets);
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_SGI) {
        w.served++;
        w.device = r->from;
        memset(w.reached, 0, sizeof w.reached);
        memcpy(w.reached, r->octets.ptr, r->octets.len < 63 ? r->octets.len : 63);
    } else if (r->kind == GODWIT_REQUEST_DATAGRAM) {
        godwit_address_t from = godwit_gtp_address(w.nodes[node].ipv4, ports[r->port]);
        int to = node_at(&r->to);
        assert_true(to >= 0);
        post(to, r->port, &from, &r->to, r->octets);
    }
}

static void give(int node, godwit_input_t *in)
{
    uint8_t random[64];
    godwit_outbox_t out = {
        .requests = w.requests, .capacity = GODWIT_OUTBOX_REQUESTS, .arena = w.arena, .arena_size = sizeof w.arena};
    in->now_ms = w.now_ms;
    in->fetch_status = GODWIT_AGAIN;
    w.nodes[node].step(w.nodes[node].role, in, &out);
    if (godwit_outbox_is_need(&out)) {
        size_t count = out.requests[0].count;
        assert_true(count <= sizeof random);
        for (size_t i = 0; i < count; i++) {
            random[i] = (uint8_t)draw();
        }
        in->random = godwit_slice(random, count);
        godwit_outbox_reset(&out);
        w.nodes[node].step(w.nodes[node].role, in, &out);
    }
    assert_false(out.overflow);
    for (size_t i = 0; i < out.count; i++) {
        carry_out(node, &out.requests[i]);
    }
}

/* A vector for the MME, flagged. */
static void home_answers(uint32_t transaction)
{
    static godwit_message_t m;
    godwit_vector_t v = phone_vector(AMF_FLAGGED_EPS);
    uint8_t ck_ik[32];
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_AUTH_INFO_ANSWER;
    m.transaction = transaction;
    godwit_auth_info_answer_t *a = &m.u.auth_info_answer;
    a->kind = GODWIT_VECTOR_EUTRAN;
    a->vectors = 1;
    a->e2m = true;
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    memcpy(a->vector[0].rand, v.rand, 16);
    memcpy(a->vector[0].autn, v.autn, 16);
    memcpy(a->vector[0].xres, v.xres, v.xres_len);
    a->vector[0].xres_len = v.xres_len;
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, w.mme.config.plmn, v.autn, a->vector[0].kasme), GODWIT_OK);
    give(MME, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &m});
}

/* What the last call of the phone led to. */
#define UNCHANGED UINT32_MAX
static void phone_done(void)
{
    while (w.phone.queued > 0) {
        octets_t frame = phone_take(&w.phone);
        post(MME, GODWIT_PORT_RADIO, &w.radio, &w.radio, octets_slice(&frame));
    }
    if (w.phone.timer_ms != UNCHANGED) {
        set_timer(PHONE, 0, w.phone.timer_ms);
    }
    w.phone.timer_ms = UNCHANGED;
    w.phone.event_count = 0;
}

static void happen(event_t *e)
{
    event_t now = *e;
    e->to = 0;
    w.now_ms = now.at_ms;
    if (now.to == HOME + 1) {
        home_answers(now.timer);
    } else if (now.to == PHONE + 1 && now.is_timer) {
        assert_int_equal(godwit_access_timer(&w.phone.access, &w.phone.requests), GODWIT_OK);
        phone_carry_out(&w.phone);
        phone_done();
    } else if (now.to == PHONE + 1) {
        phone_receive(&w.phone, godwit_slice(now.octets, now.len));
        phone_done();
    } else {
        godwit_input_t in = {.kind = now.is_timer ? GODWIT_INPUT_TIMER : GODWIT_INPUT_DATAGRAM,
                             .port = now.port,
                             .from = now.from,
                             .to = now.addressed,
                             .datagram = godwit_slice(now.octets, now.len),
                             .timer = now.timer};
        give(now.to - 1, &in);
    }
}

/* Lets time pass, until the condition holds or so long is over. */
static bool pass(uint32_t ms, bool (*until)(void))
{
    uint64_t end = w.now_ms + ms;
    while (until == NULL || !until()) {
        event_t *next = NULL;
        for (size_t i = 0; i < EVENTS; i++) {
            event_t *e = &w.events[i];
            bool sooner = e->to != 0 && (next == NULL || e->at_ms < next->at_ms ||
                                         (e->at_ms == next->at_ms && e->order < next->order));
            next = sooner ? e : next;
        }
        if (next == NULL || next->at_ms > end) {
            w.now_ms = end;
            return until != NULL && until();
        }
        happen(next);
    }
    return true;
}

/* ---- the world ---- */

static void mme_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mme_step(role, in, out);
    mme_table_check(role);
}

static void sgw_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgw_step(role, in, out);
}

static void pgw_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_pgw_step(role, in, out);
}

static void start_mme(void)
{
    godwit_mme_config_t c = {.crypto = CRYPTO, .mme_group = 1, .mme_code = 1, .tac = 1, .e2m_aware = true};
    c.plmn = w.phone.config.serving_network;
    memcpy(c.ipv4, w.nodes[MME].ipv4, 4);
    memcpy(c.sgw, w.nodes[SGW].ipv4, 4);
    memcpy(c.pgw, w.nodes[PGW].ipv4, 4);
    assert_int_equal(godwit_mme_init(&w.mme, &c, w.ues, ROWS, w.pending[MME], 16, w.answered[MME], 16), GODWIT_OK);
}

static void start_sgw(void)
{
    godwit_sgw_config_t s = {.recovery = 1};
    memcpy(s.ipv4, w.nodes[SGW].ipv4, 4);
    assert_int_equal(godwit_sgw_init(&w.sgw, &s, w.sgw_contexts, ROWS, w.pending[SGW], 16, w.answered[SGW], 16),
                     GODWIT_OK);
}

static void begin(uint64_t seed, unsigned loss)
{
    memset(&w, 0, sizeof w);
    w.random = seed * 0x9E3779B97F4A7C15U + 1;
    w.now_ms = 1000000;
    w.loss = loss;
    w.radio = owner_address(1);
    w.nodes[MME] = (node_t){mme_step, &w.mme, {10, 0, 0, 1}};
    w.nodes[SGW] = (node_t){sgw_step, &w.sgw, {10, 0, 0, 2}};
    w.nodes[PGW] = (node_t){pgw_step, &w.pgw, {10, 0, 0, 3}};
    phone_init(&w.phone, GODWIT_ACCESS_EPS);
    w.phone.timer_ms = UNCHANGED;
    start_mme();
    start_sgw();
    godwit_pgw_config_t p = {.apns = 1};
    memcpy(p.ipv4, w.nodes[PGW].ipv4, 4);
    assert_int_equal(godwit_apn_from_text("e2m.example", &p.apn[0].name), GODWIT_OK);
    p.apn[0].kind = GODWIT_PGW_TUNNEL;
    p.apn[0].server = godwit_gtp_address((const uint8_t[4]){10, 9, 9, 9}, 5000);
    memcpy(p.apn[0].pool, "\x0A\x63\x00\x01", 4);
    assert_int_equal(godwit_pgw_init(&w.pgw, &p, w.pgw_contexts, ROWS, w.pending[PGW], 16, w.answered[PGW], 16),
                     GODWIT_OK);
}

static bool is_active(void)
{
    return godwit_access_state(&w.phone.access) == GODWIT_ACCESS_ACTIVE;
}

static bool is_detached(void)
{
    return godwit_access_state(&w.phone.access) == GODWIT_ACCESS_DETACHED;
}

static void attach(void)
{
    for (unsigned n = 0; n < 10 && !is_active(); n++) {
        godwit_status_t status = godwit_access_attach(&w.phone.access, &w.phone.requests);
        assert_true(status == GODWIT_OK || status == GODWIT_AGAIN);
        phone_carry_out(&w.phone);
        phone_done();
        pass(120000, is_active);
    }
    assert_true(is_active());
}

static const char *wanted;
static bool has_reached(void)
{
    return strcmp(w.reached, wanted) == 0;
}

static bool is_delivered(void)
{
    return octets_equal(&w.phone.delivered, wanted);
}

/* The device repeats its reading until it comes through, as EMSDP would. */
static void up(const char *text)
{
    wanted = text;
    for (unsigned n = 0; n < 30 && !has_reached(); n++) {
        if (is_active()) {
            godwit_status_t status =
                godwit_access_send(&w.phone.access, godwit_slice_of_string(text), &w.phone.requests);
            assert_true(status == GODWIT_OK || status == GODWIT_AGAIN);
            phone_carry_out(&w.phone);
            phone_done();
        } else {
            attach();
        }
        pass(20000, has_reached);
    }
    assert_true(has_reached());
}

static void down(const char *text)
{
    wanted = text;
    godwit_address_t server = godwit_gtp_address((const uint8_t[4]){10, 9, 9, 9}, 5000);
    for (unsigned n = 0; n < 30 && !is_delivered(); n++) {
        send_once(PGW, GODWIT_PORT_SGI, &server, &w.device, godwit_slice_of_string(text));
        pass(20000, is_delivered);
    }
    assert_true(is_delivered());
}

static void idle(void)
{
    pass(20000, NULL);
    if (godwit_access_idle(&w.phone.access, &w.phone.requests) == GODWIT_OK) {
        phone_carry_out(&w.phone);
        phone_done();
    }
    pass(2000, NULL);
}

static unsigned containers_before;
static bool has_container(void)
{
    return w.phone.containers > containers_before;
}

static void modify(void)
{
    for (unsigned n = 0; n < 10; n++) {
        containers_before = w.phone.containers;
        if (!is_active()) {
            attach();
        }
        godwit_status_t status =
            godwit_access_modify(&w.phone.access, godwit_slice_of_string("again"), &w.phone.requests);
        phone_carry_out(&w.phone);
        phone_done();
        if (pass(60000, has_container) && status == GODWIT_OK) {
            return;
        }
    }
    fail_msg("no modification went through");
}

static void detach(void)
{
    godwit_status_t status = GODWIT_AGAIN;
    for (unsigned n = 0; n < 10 && status == GODWIT_AGAIN; n++) {
        pass(30000, NULL);
        status = godwit_access_detach(&w.phone.access, &w.phone.requests);
        phone_carry_out(&w.phone);
        phone_done();
    }
    assert_int_equal(status, GODWIT_OK);
    assert_true(pass(300000, is_detached));
}

static void nothing_is_left(void)
{
    pass(300000, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(w.ues[i].state == GODWIT_MME_FREE || w.ues[i].state == GODWIT_MME_DEREGISTERED ||
                    w.loss > 0); /* the detach may be lost for good: an implicit detach is the operator's */
        assert_true(w.loss > 0 || w.sgw_contexts[i].state == GODWIT_SGW_FREE);
        assert_true(w.loss > 0 || w.pgw_contexts[i].state == GODWIT_PGW_FREE);
    }
    for (size_t n = 0; n < NODES; n++) {
        for (size_t i = 0; i < 16; i++) {
            assert_false(w.pending[n][i].used);
        }
    }
}

static void one_life(uint64_t seed, unsigned loss)
{
    begin(seed, loss);
    attach();
    assert_true(w.phone.key_sets > 0);
    up("first");
    down("command");
    idle();
    up("after sleep");
    idle();
    down("wake up");
    modify();
    up("modified");
    detach();
    nothing_is_left();
}

static void a_quiet_network(void **state)
{
    (void)state;
    one_life(1, 0);
    assert_int_equal(w.phone.key_sets, 1);
    assert_int_equal(w.served, 3);
    assert_int_equal(w.phone.deliveries, 2);
}

/* A failure prints the seed of the world that it happened in. */
static uint64_t current_seed;
static int say_seed(void **state)
{
    (void)state;
    print_message("last seed: %u\n", (unsigned)current_seed);
    return 0;
}

static void a_bad_network(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        current_seed = seed;
        one_life(seed, (unsigned)(seed % 4) * 8);
    }
}

static void nodes_lose_their_power(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        current_seed = seed;
        begin(seed, (unsigned)(seed % 3) * 8);
        attach();
        up("first");
        if (seed % 2 == 0) {
            start_mme();
        } else {
            start_sgw();
        }
        if (seed % 4 < 2) {
            idle();
        }
        up("again");
        down("command");
        detach();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_network),
        cmocka_unit_test_teardown(a_bad_network, say_seed),
        cmocka_unit_test_teardown(nodes_lose_their_power, say_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
