/* SPDX-License-Identifier: Apache-2.0
 *
 * A device and its whole visited network, octets between them: device/access with a soft card, MME and S-GW or SGSN,
 * P-GW or GGSN, under one clock. Home and HSE are played by hand. One life of the device: attach, reading, answer,
 * idle, reading, page, modification, detach. Then the same life again and again, with each single frame of the radio
 * lost, or doubled; a radio that loses, doubles and reorders by chance until it heals; and serving nodes that lose
 * their memory. All of it with AKA at every attach, and with keys that serve ten; and what strangers make of those.
 */
#include "tests/device/phone.h"

#include "core/wire/e2m_container.h"
#include "roles/mme.h"
#include "roles/pgw.h"
#include "roles/sgsn.h"
#include "roles/sgw.h"
#include "tests/support/mme_table.h"
#include "tests/support/serving_tables.h"
#include "tests/support/gtp_messages.h"

enum { MME = 0, SGW, PGW, SGSN, NODES };
enum { ROWS = 4, PENDING = 16, ANSWERED = 16, EVENTS = 64, TIMERS = 32 };
enum { HSE_NODE = 20 };
enum { NOTHING = 0, LOSE, DOUBLE, BEND };
enum { COUNTS = 512 };
#define LATENCY_MS 20
#define LIFE_MS 600000

typedef struct event {
    bool used;
    uint64_t at_ms, order;
    int to; /* a node, or NODES: the device */
    godwit_port_t port;
    godwit_address_t from;
    octets_t octets;
    bool is_message;
    godwit_message_t message;
} event_t;

typedef struct timer {
    bool used;
    int node;
    uint32_t number;
    uint64_t at_ms;
} due_t;

typedef struct node {
    owner_t owner;
    godwit_gtp_pending_t pending[PENDING];
    godwit_gtp_answered_t answered[ANSWERED];
} node_t;

typedef struct world {
    uint64_t now_ms, order;
    event_t events[EVENTS];
    due_t timers[TIMERS];
    node_t nodes[NODES];
    godwit_mme_t mme;
    godwit_mme_ue_t mme_ues[ROWS];
    godwit_sgsn_t sgsn;
    godwit_sgsn_ue_t sgsn_ues[ROWS];
    godwit_sgw_t sgw;
    godwit_sgw_context_t sgw_contexts[ROWS];
    godwit_pgw_t pgw;
    godwit_pgw_context_t pgw_contexts[ROWS];
    phone_t phone;
    uint64_t phone_timer_ms; /* 0: none */
    uint16_t amf;
    unsigned vectors;
    /* The HSE. */
    unsigned bearers, readings;
    uint32_t teid;
    octets_t reading;
    /* What strangers hear, and what went up last. */
    unsigned to_strangers;
    octets_t to_stranger, last_up;
    /* COUNTs that were used, while the radio is whole. */
    bool watches;
    size_t counts;
    struct {
        unsigned vectors; /* which keys */
        int to;
        uint32_t count;
        octets_t frame;
    } used[COUNTS];
    /* The fault. */
    unsigned frames, fault_at;
    int fault;
    uint32_t chance; /* not 0: what is lost, doubled and late is drawn from it */
} world_t;

static world_t w;
static uint32_t attaches_for_aka; /* the policy of MME and SGSN */

/* ---- the nodes ---- */

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
static void sgsn_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
    sgsn_table_check(role);
}

static void begin_mme(void)
{
    godwit_mme_config_t c = {.crypto = CRYPTO,
                             .local_host = "mme.visited.example",
                             .local_realm = "visited.example",
                             .plmn = {{0x00, 0xF1, 0x10}},
                             .mme_group = 0x8001,
                             .mme_code = 1,
                             .tac = 7,
                             .reauthenticate_attaches = attaches_for_aka,
                             .e2m_aware = true,
                             .ipv4 = {10, 0, 0, MME},
                             .sgw = {10, 0, 0, SGW},
                             .pgw = {10, 0, 0, PGW}};
    assert_int_equal(
        godwit_mme_init(&w.mme, &c, w.mme_ues, ROWS, w.nodes[MME].pending, PENDING, w.nodes[MME].answered, ANSWERED),
        GODWIT_OK);
    owner_init(&w.nodes[MME].owner, mme_step, &w.mme);
}

static void begin_sgsn(void)
{
    godwit_sgsn_config_t c = {.crypto = CRYPTO,
                              .local_host = "sgsn.visited.example",
                              .local_realm = "visited.example",
                              .plmn = {{0x00, 0xF1, 0x10}},
                              .lac = 1,
                              .rac = 1,
                              .reauthenticate_attaches = attaches_for_aka,
                              .e2m_aware = true,
                              .ipv4 = {10, 0, 0, SGSN},
                              .apns = 1,
                              .apn = {{.ggsn = {10, 0, 0, PGW}}}};
    assert_int_equal(godwit_sgsn_init(&w.sgsn, &c, w.sgsn_ues, ROWS, w.nodes[SGSN].pending, PENDING,
                                      w.nodes[SGSN].answered, ANSWERED),
                     GODWIT_OK);
    owner_init(&w.nodes[SGSN].owner, sgsn_step, &w.sgsn);
}

static void begin_gateways(void)
{
    godwit_sgw_config_t s = {.ipv4 = {10, 0, 0, SGW}};
    godwit_pgw_config_t p = {.ipv4 = {10, 0, 0, PGW}, .home = {{0x00, 0xF1, 0x10}}, .apns = 1};
    p.apn[0].kind = GODWIT_PGW_E2M;
    p.apn[0].hse = gtp_node(HSE_NODE, GODWIT_GTPU_PORT);
    strcpy(p.apn[0].endpoint, "hse.example");
    strcpy(p.local_host, "pgw.home.example");
    assert_int_equal(godwit_apn_from_text("e2m.example", &p.apn[0].name), GODWIT_OK);
    assert_int_equal(godwit_sgw_init(&w.sgw, &s, w.sgw_contexts, ROWS, w.nodes[SGW].pending, PENDING,
                                     w.nodes[SGW].answered, ANSWERED),
                     GODWIT_OK);
    assert_int_equal(godwit_pgw_init(&w.pgw, &p, w.pgw_contexts, ROWS, w.nodes[PGW].pending, PENDING,
                                     w.nodes[PGW].answered, ANSWERED),
                     GODWIT_OK);
    owner_init(&w.nodes[SGW].owner, sgw_step, &w.sgw);
    owner_init(&w.nodes[PGW].owner, pgw_step, &w.pgw);
}

static void make_container(const phone_t *p, octets_t *contents)
{
    godwit_writer_t out = godwit_writer(contents->at, sizeof contents->at);
    godwit_e2m_container_t c = {.plmn = p->config.home,
                                .selector = {.kind = GODWIT_SELECTOR_RAND},
                                .imsi = p->config.imsi,
                                .agreements = (uint8_t)(p->agreement != 0 ? 1u << (p->agreement - 1) : 0u),
                                .suites = 1};
    memcpy(c.selector.octets, p->rand, 16);
    assert_int_equal(godwit_e2m_container_build(&c, &out), GODWIT_OK);
    contents->len = out.len;
}

static void begin(godwit_access_kind_t kind, bool me_derives, int fault, unsigned fault_at)
{
    memset(&w, 0, sizeof w);
    w.now_ms = 1000000;
    w.fault = fault;
    w.fault_at = fault_at;
    w.amf = kind == GODWIT_ACCESS_EPS ? AMF_FLAGGED_EPS : AMF_FLAGGED_UMTS;
    begin_mme();
    begin_sgsn();
    begin_gateways();
    phone_init(&w.phone, kind);
    w.phone.make_container = make_container;
    w.phone.card_holder.card.e2m = !me_derives;
    w.phone.config.me_derives = me_derives;
    phone_restart(&w.phone);
}

/* ---- the network between them ---- */

static event_t *schedule(int to, uint64_t delay_ms)
{
    for (size_t i = 0; i < EVENTS; i++) {
        if (!w.events[i].used) {
            memset(&w.events[i], 0, sizeof w.events[i]);
            w.events[i] = (event_t){.used = true, .at_ms = w.now_ms + delay_ms, .order = w.order++, .to = to};
            return &w.events[i];
        }
    }
    fail_msg("too many events");
    return NULL;
}

static void post(int to, godwit_port_t port, godwit_address_t from, godwit_slice_t octets)
{
    event_t *e = schedule(to, LATENCY_MS);
    e->port = port;
    e->from = from;
    assert_true(octets.len <= sizeof e->octets.at);
    memcpy(e->octets.at, octets.ptr, octets.len);
    e->octets.len = octets.len;
}

static unsigned draw(unsigned below)
{
    w.chance = w.chance * 1664525u + 1013904223u;
    return (w.chance >> 8) % below;
}

static void post_late(int to, godwit_slice_t frame)
{
    post(to, GODWIT_PORT_RADIO, owner_address(1), frame);
    if (w.chance != 0) {
        for (size_t i = 0; i < EVENTS; i++) {
            if (w.events[i].used && w.events[i].order == w.order - 1) {
                w.events[i].at_ms += draw(4) == 0 ? draw(400) : 0;
            }
        }
    }
}

/* EPS shows the lowest octet of its COUNT, the radio of UMTS all of it. The same COUNT under the same keys must be the
 * same frame. */
static void check_count(int to, godwit_slice_t frame)
{
    bool eps = w.phone.config.kind == GODWIT_ACCESS_EPS;
    bool has_count = eps ? frame.ptr[0] == GODWIT_RADIO_NAS && frame.len > 7 && frame.ptr[1] >> 4 != 0
                         : frame.ptr[0] == GODWIT_RADIO_PROTECTED || frame.ptr[0] == GODWIT_RADIO_INTEGRITY;
    if (!w.watches || !has_count) {
        return;
    }
    uint32_t count = eps ? frame.ptr[6] : godwit_load_u32(frame.ptr + 1);
    for (size_t i = 0; i < w.counts; i++) {
        if (w.used[i].vectors == w.vectors && w.used[i].to == to && w.used[i].count == count) {
            assert_true(godwit_slice_equal(octets_slice(&w.used[i].frame), frame));
            return;
        }
    }
    assert_true(w.counts < COUNTS);
    w.used[w.counts].vectors = w.vectors;
    w.used[w.counts].to = to;
    w.used[w.counts].count = count;
    memcpy(w.used[w.counts].frame.at, frame.ptr, frame.len);
    w.used[w.counts++].frame.len = frame.len;
}

/* The radio: here frames get lost and doubled. */
static void radio(int to, godwit_slice_t frame)
{
    octets_t bent;
    check_count(to, frame);
    if (to != NODES) {
        memcpy(w.last_up.at, frame.ptr, frame.len);
        w.last_up.len = frame.len;
    }
    if (w.fault == BEND && w.frames == w.fault_at) {
        memcpy(bent.at, frame.ptr, frame.len);
        bent.at[5] ^= 1; /* of the MAC */
        frame = godwit_slice(bent.at, frame.len);
    }
    bool struck = w.fault != NOTHING && w.frames == w.fault_at;
    bool lost = (struck && w.fault == LOSE) || (w.chance != 0 && draw(5) == 0);
    bool doubled = (struck && w.fault == DOUBLE) || (w.chance != 0 && draw(8) == 0);
    w.frames++;
    if (!lost) {
        post_late(to, frame);
    }
    if (!lost && doubled) {
        post_late(to, frame);
    }
}

static void to_hse(godwit_slice_t octets)
{
    godwit_gtpu_t m;
    assert_int_equal(godwit_gtpu_parse(octets, &m), GODWIT_OK);
    if (m.type == GODWIT_GTPU_G_PDU) {
        w.readings++;
        memcpy(w.reading.at, m.pdu.ptr, m.pdu.len);
        w.reading.len = m.pdu.len;
        assert_int_equal(m.teid, w.teid);
    }
}

static void answer_home(const godwit_message_t *asked, int node)
{
    event_t *e = schedule(node, LATENCY_MS);
    godwit_vector_t v = phone_vector(w.amf);
    e->is_message = true;
    e->message = (godwit_message_t){.kind = GODWIT_AUTH_INFO_ANSWER,
                                    .from = GODWIT_FUNCTION_HSS,
                                    .to = asked->from,
                                    .transaction = asked->transaction};
    godwit_auth_info_answer_t *a = &e->message.u.auth_info_answer;
    godwit_auth_info_vector_t *out = &a->vector[0];
    uint8_t ck_ik[32];
    w.vectors++;
    a->status = GODWIT_OK;
    a->kind = asked->u.auth_info_request.kind;
    a->vectors = 1;
    a->e2m = true;
    memcpy(out->rand, v.rand, 16);
    memcpy(out->autn, v.autn, 16);
    memcpy(out->xres, v.xres, v.xres_len);
    out->xres_len = v.xres_len;
    memcpy(ck_ik, v.ck, 16);
    memcpy(ck_ik + 16, v.ik, 16);
    if (a->kind == GODWIT_VECTOR_EUTRAN) {
        assert_int_equal(godwit_kasme(CRYPTO, ck_ik, w.phone.config.serving_network, v.autn, out->kasme), GODWIT_OK);
    } else {
        assert_int_equal(godwit_e2m_ck_ik_prime(CRYPTO, ck_ik, v.autn, ck_ik), GODWIT_OK);
        memcpy(out->ck, ck_ik, 16);
        memcpy(out->ik, ck_ik + 16, 16);
    }
}

static void answer_bearer(const godwit_message_t *asked)
{
    event_t *e;
    if (asked->u.bearer.released) {
        return;
    }
    w.bearers++;
    w.teid = asked->u.bearer.teid;
    assert_true(godwit_imsi_equal(&asked->u.bearer.imsi, &w.phone.config.imsi));
    assert_memory_equal(asked->u.bearer.selector.octets, w.phone.rand, 16);
    e = schedule(PGW, LATENCY_MS);
    e->is_message = true;
    e->message = (godwit_message_t){.kind = GODWIT_BEARER_ANSWER,
                                    .from = GODWIT_FUNCTION_HSE,
                                    .to = asked->from,
                                    .transaction = asked->transaction};
    e->message.u.bearer_answer.start_len = 5;
    memcpy(e->message.u.bearer_answer.start, "START", 5);
}

static void carry_message(const godwit_message_t *m, int node)
{
    if (m->kind == GODWIT_AUTH_INFO_REQUEST) {
        answer_home(m, node);
    } else if (m->kind == GODWIT_BEARER) {
        answer_bearer(m);
    }
}

static void set_timer(int node, uint32_t number, uint32_t delay_ms)
{
    due_t *place = NULL;
    for (size_t i = 0; i < TIMERS; i++) {
        due_t *t = &w.timers[i];
        if (t->used && t->node == node && t->number == number) {
            t->used = false;
        }
        place = place == NULL && !t->used ? t : place;
    }
    assert_non_null(place);
    if (delay_ms > 0) {
        *place = (due_t){.used = true, .node = node, .number = number, .at_ms = w.now_ms + delay_ms};
    }
}

static void carry_out(int node)
{
    const owner_t *o = &w.nodes[node].owner;
    const godwit_address_t device_address = owner_address(1);
    for (size_t i = 0; i < o->outbox.count; i++) {
        const godwit_request_t *r = &o->requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE) {
            carry_message(r->message, node);
        } else if (r->kind == GODWIT_REQUEST_TIMER) {
            set_timer(node, r->timer, r->delay_ms);
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_RADIO &&
                   !godwit_address_equal(&r->to, &device_address)) {
            w.to_strangers++;
            memcpy(w.to_stranger.at, r->octets.ptr, r->octets.len);
            w.to_stranger.len = r->octets.len;
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_RADIO) {
            radio(NODES, r->octets);
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM && r->to.octets[3] == HSE_NODE) {
            to_hse(r->octets);
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            uint16_t port = r->port == GODWIT_PORT_GTPC ? GODWIT_GTPC_PORT : GODWIT_GTPU_PORT;
            post(r->to.octets[3], r->port, gtp_node((uint8_t)node, port), r->octets);
        }
    }
}

/* What the device has queued goes to the one of the two that serves it. */
static void carry_phone(void)
{
    int serving = w.phone.config.kind == GODWIT_ACCESS_EPS ? MME : SGSN;
    while (w.phone.queued > 0) {
        octets_t frame = phone_take(&w.phone);
        radio(serving, octets_slice(&frame));
    }
    if (w.phone.timer_ms != UINT32_MAX) { /* it was set or cancelled */
        w.phone_timer_ms = w.phone.timer_ms == 0 ? 0 : w.now_ms + w.phone.timer_ms;
        w.phone.timer_ms = UINT32_MAX;
    }
    w.phone.event_count = 0;
}

/* ---- time ---- */

static void give_event(event_t *e)
{
    event_t now = *e;
    e->used = false;
    if (now.to == NODES) {
        phone_receive(&w.phone, octets_slice(&now.octets));
        carry_phone();
        return;
    }
    owner_t *o = &w.nodes[now.to].owner;
    o->now_ms = w.now_ms;
    if (now.is_message) {
        owner_give_message(o, &now.message);
    } else {
        owner_give(o, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                        .port = now.port,
                                        .from = now.from,
                                        .datagram = octets_slice(&now.octets)});
    }
    carry_out(now.to);
}

static event_t *next_event(void)
{
    event_t *next = NULL;
    for (size_t i = 0; i < EVENTS; i++) {
        event_t *e = &w.events[i];
        bool sooner = next == NULL || e->at_ms < next->at_ms || (e->at_ms == next->at_ms && e->order < next->order);
        next = e->used && sooner ? e : next;
    }
    return next;
}

static due_t *next_timer(void)
{
    due_t *next = NULL;
    for (size_t i = 0; i < TIMERS; i++) {
        due_t *t = &w.timers[i];
        next = t->used && (next == NULL || t->at_ms < next->at_ms) ? t : next;
    }
    return next;
}

/* The next thing that happens, unless it is later than that. */
static bool tick(uint64_t until_ms)
{
    event_t *e = next_event();
    due_t *t = next_timer();
    uint64_t at_event = e != NULL ? e->at_ms : UINT64_MAX, at_timer = t != NULL ? t->at_ms : UINT64_MAX;
    uint64_t at_phone = w.phone_timer_ms != 0 ? w.phone_timer_ms : UINT64_MAX;
    uint64_t at = at_event < at_timer ? at_event : at_timer;
    at = at < at_phone ? at : at_phone;
    if (at > until_ms) {
        w.now_ms = until_ms;
        return false;
    }
    w.now_ms = at;
    if (at == at_event) {
        give_event(e);
    } else if (at == at_phone) {
        w.phone_timer_ms = 0;
        phone_timer(&w.phone);
        carry_phone();
    } else {
        due_t due = *t;
        t->used = false;
        w.nodes[due.node].owner.now_ms = w.now_ms;
        owner_give_timer(&w.nodes[due.node].owner, due.number);
        carry_out(due.node);
    }
    return true;
}

typedef bool condition_t(void);

static bool comes(condition_t *condition, uint64_t within_ms)
{
    uint64_t until = w.now_ms + within_ms;
    while (!condition() && tick(until)) {
    }
    return condition();
}

static void settle(void)
{
    uint64_t until = w.now_ms + 60000;
    while (tick(until)) {
    }
}

/* ---- a life ---- */

static bool is_attached(void)
{
    return godwit_access_state(&w.phone.access) >= GODWIT_ACCESS_ATTACHED;
}

static bool is_active(void)
{
    return godwit_access_state(&w.phone.access) == GODWIT_ACCESS_ACTIVE && w.phone.containers > 0;
}

static bool is_detached(void)
{
    return godwit_access_state(&w.phone.access) == GODWIT_ACCESS_DETACHED;
}

static unsigned seen;
static bool has_reading(void)
{
    return w.readings > seen;
}
static bool has_delivery(void)
{
    return w.phone.deliveries > seen;
}
static bool has_container(void)
{
    return w.phone.containers > seen;
}

static void expect_start(void)
{
    godwit_plmn_t plmn;
    godwit_slice_t datagram;
    assert_int_equal(godwit_e2m_answer_parse(octets_slice(&w.phone.container), &plmn, &datagram), GODWIT_OK);
    assert_true(godwit_slice_equal(datagram, godwit_slice_of_string("START")));
}

static void come_up(void)
{
    phone_attach(&w.phone);
    carry_phone();
    assert_true(comes(is_attached, LIFE_MS));
    for (unsigned tries = 0; w.phone.config.kind == GODWIT_ACCESS_UMTS && !is_active() && tries < 3; tries++) {
        assert_int_equal(godwit_access_activate(&w.phone.access, &w.phone.requests), GODWIT_OK);
        phone_carry_out(&w.phone);
        carry_phone();
        (void)comes(is_active, 100000);
    }
    assert_true(is_active());
    assert_true(w.phone.key_sets > 0);
    expect_start();
}

/* Nobody acknowledges an N-PDU: what does not arrive is sent again by whoever misses its effect, as EMSDP or an
 * application would. */
static void read_up(const char *text)
{
    seen = w.readings;
    for (unsigned tries = 0; tries < 3 && !has_reading(); tries++) {
        phone_send(&w.phone, text);
        carry_phone();
        (void)comes(has_reading, 100000);
    }
    assert_true(has_reading());
    assert_true(octets_equal(&w.reading, text));
    settle();
    assert_true(w.fault == LOSE || w.readings == seen + 1);
}

static void send_down(const char *text)
{
    seen = w.phone.deliveries;
    for (unsigned tries = 0; tries < 3 && !has_delivery(); tries++) {
        uint8_t octets[64];
        godwit_writer_t out = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_gtpu_put_pdu(&out, w.teid, godwit_slice_of_string(text)), GODWIT_OK);
        post(PGW, GODWIT_PORT_GTPU, gtp_node(HSE_NODE, GODWIT_GTPU_PORT), godwit_written(&out));
        (void)comes(has_delivery, 100000);
    }
    assert_true(has_delivery());
    assert_true(octets_equal(&w.phone.delivered, text));
    settle();
    assert_true(w.fault == LOSE || w.phone.deliveries == seen + 1);
}

static void go_idle(void)
{
    assert_int_equal(godwit_access_idle(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    carry_phone();
    settle();
}

static void modify(void)
{
    octets_t up;
    make_container(&w.phone, &up);
    seen = w.phone.containers;
    unsigned bearers = w.bearers;
    assert_int_equal(godwit_access_modify(&w.phone.access, octets_slice(&up), &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    carry_phone();
    assert_true(comes(has_container, LIFE_MS));
    assert_true(w.bearers > bearers);
    expect_start();
    settle();
}

static bool holds(const void *memory, size_t size, const uint8_t *secret, size_t len)
{
    const uint8_t *at = memory;
    for (size_t i = 0; i + len <= size; i++) {
        if (at[i] == secret[0] && memcmp(at + i, secret, len) == 0) {
            return true;
        }
    }
    return false;
}

static void nobody_on_the_way_holds_the_key_set(void)
{
    assert_false(holds(&w.mme, sizeof w.mme, w.phone.e2m_keyset, 32));
    assert_false(holds(w.mme_ues, sizeof w.mme_ues, w.phone.e2m_keyset, 32));
    assert_false(holds(w.sgsn_ues, sizeof w.sgsn_ues, w.phone.e2m_keyset, 32));
    assert_false(holds(w.nodes, sizeof w.nodes, w.phone.e2m_keyset, 32));
    assert_false(holds(w.pgw_contexts, sizeof w.pgw_contexts, w.phone.e2m_keyset, 32));
}

static void leave(void)
{
    assert_int_equal(godwit_access_detach(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    carry_phone();
    assert_true(comes(is_detached, LIFE_MS));
    settle();
}

static void live(void)
{
    come_up();
    settle();
    read_up("reading 1");
    send_down("shut the valve");
    nobody_on_the_way_holds_the_key_set();
    go_idle();
    read_up("reading 2");
    go_idle();
    send_down("wake up");
    modify();
    go_idle();
    modify();
    read_up("reading 3");
    leave();
    come_up(); /* and it can come back */
    read_up("reading 4");
}

static void every_frame(godwit_access_kind_t kind, int fault)
{
    for (unsigned at = 0;; at++) {
        begin(kind, at % 2 != 0, fault, at);
        live();
        if (at >= w.frames) {
            assert_true(at > 20);
            return;
        }
    }
}

/* ---- bad days ---- */

/* What an owner does whenever nothing runs: attach, activate. */
static void tend(void)
{
    bool busy = w.phone_timer_ms != 0;
    if (!busy && is_detached()) {
        phone_attach(&w.phone);
    } else if (!busy && godwit_access_state(&w.phone.access) == GODWIT_ACCESS_ATTACHED &&
               godwit_access_activate(&w.phone.access, &w.phone.requests) == GODWIT_OK) {
        phone_carry_out(&w.phone);
    }
    carry_phone();
}

static void run_tended(uint64_t for_ms, condition_t *condition)
{
    uint64_t until = w.now_ms + for_ms;
    do {
        tend();
    } while ((condition == NULL || !condition()) && tick(until));
}

static void offer(const char *text)
{
    if (godwit_access_send(&w.phone.access, godwit_slice_of_string(text), &w.phone.requests) == GODWIT_OK) {
        phone_carry_out(&w.phone);
        carry_phone();
    }
}

static void call_down(void)
{
    uint8_t octets[64];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_put_pdu(&out, w.teid, godwit_slice_of_string("down")), GODWIT_OK);
    post(PGW, GODWIT_PORT_GTPU, gtp_node(HSE_NODE, GODWIT_GTPU_PORT), godwit_written(&out));
}

/* The serving nodes begin anew, with nothing. */
static void lose_memory(void)
{
    for (size_t i = 0; i < TIMERS; i++) {
        due_t *t = &w.timers[i];
        t->used = t->used && t->node != MME && t->node != SGSN;
    }
    begin_mme();
    begin_sgsn();
}

static void do_something(void)
{
    octets_t up;
    godwit_status_t status = GODWIT_OK;
    w.phone.requests.count = 0;
    switch (draw(7)) {
    case 0:
        status = godwit_access_idle(&w.phone.access, &w.phone.requests);
        break;
    case 1:
        call_down();
        break;
    case 2:
        make_container(&w.phone, &up);
        status = godwit_access_modify(&w.phone.access, octets_slice(&up), &w.phone.requests);
        break;
    case 3:
        if (draw(4) == 0) {
            lose_memory();
        }
        break;
    case 4:
        if (draw(3) == 0) {
            status = godwit_access_detach(&w.phone.access, &w.phone.requests);
        }
        break;
    default:
        offer("reading");
        break;
    }
    if (status == GODWIT_OK) {
        phone_carry_out(&w.phone);
        carry_phone();
    }
}

/* The network is whole again: a reading gets through, and an answer comes back. */
static void a_reading_gets_through(void)
{
    seen = w.readings;
    for (unsigned tries = 0; tries < 8 && !has_reading(); tries++) {
        offer("at last");
        run_tended(60000, has_reading);
    }
    assert_true(has_reading());
    run_tended(60000, NULL);
    seen = w.phone.deliveries;
    for (unsigned tries = 0; tries < 3 && !has_delivery(); tries++) {
        call_down();
        run_tended(60000, has_delivery);
    }
    assert_true(has_delivery());
}

static void bad_days(godwit_access_kind_t kind)
{
    for (uint32_t seed = 1; seed <= 700; seed++) {
        attaches_for_aka = seed % 3 == 0 ? 0 : 4;
        begin(kind, seed % 2 != 0, NOTHING, 0);
        w.chance = seed;
        for (unsigned i = 0; i < 12; i++) {
            run_tended(1 + draw(30000), NULL);
            do_something();
        }
        w.chance = 0;
        a_reading_gets_through();
        nobody_on_the_way_holds_the_key_set();
    }
    attaches_for_aka = 0;
}

static void lost_memories(godwit_access_kind_t kind)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned idle = i % 2;
        attaches_for_aka = i < 2 ? 0 : 10;
        begin(kind, false, NOTHING, 0);
        come_up();
        settle();
        if (idle != 0) {
            go_idle();
        }
        unsigned key_sets = w.phone.key_sets;
        lose_memory();
        a_reading_gets_through();
        assert_int_equal(w.phone.key_sets, key_sets + 1);
        assert_true(w.vectors >= 2);
    }
    attaches_for_aka = 0;
}

/* ---- keys that serve more than one attach (policy: AKA at every so-many-th) ---- */

static void attaches(godwit_access_kind_t kind, uint32_t for_aka, unsigned expected_vectors)
{
    attaches_for_aka = for_aka;
    begin(kind, false, NOTHING, 0);
    w.watches = true;
    for (unsigned i = 0; i < 10; i++) {
        come_up();
        settle();
        read_up("reading");
        send_down("answer");
        nobody_on_the_way_holds_the_key_set();
        leave();
    }
    assert_int_equal(w.vectors, expected_vectors);
    assert_int_equal(w.phone.card_runs, expected_vectors);
    assert_int_equal(w.phone.key_sets, expected_vectors);
    assert_int_equal(w.phone.key_sets_again, 10 - expected_vectors);
    assert_true(w.bearers >= 10);
    assert_in_range(w.counts, 90, COUNTS);
    attaches_for_aka = 0;
}

static void aka_runs_at_every_so_many_th_attach(godwit_access_kind_t kind)
{
    attaches(kind, 0, 10);
    attaches(kind, 1, 10);
    attaches(kind, 2, 5);
    attaches(kind, 5, 2);
    attaches(kind, 10, 1);
}

/* Ten hours between: longer than a row is kept for its own sake. */
static void keys_are_kept_as_long_as_they_may_serve(godwit_access_kind_t kind)
{
    attaches_for_aka = 2;
    begin(kind, false, NOTHING, 0);
    for (unsigned i = 0; i < 4; i++) {
        come_up();
        leave();
        uint64_t until = w.now_ms + 36000000;
        while (tick(until)) {
        }
    }
    assert_int_equal(w.vectors, 2);
    attaches_for_aka = 0;
}

static void attach_request_up(void)
{
    phone_attach(&w.phone);
    assert_int_equal(w.phone.queued, 1);
}

static int serving(void)
{
    return w.phone.config.kind == GODWIT_ACCESS_EPS ? MME : SGSN;
}

static void from_address(uint8_t address, const octets_t *frame)
{
    post(serving(), GODWIT_PORT_RADIO, owner_address(address), octets_slice(frame));
    settle();
}

/* A device that has attached on its keys once more, and what its request was. */
static octets_t attached_again(godwit_access_kind_t kind)
{
    attaches_for_aka = 10;
    begin(kind, false, NOTHING, 0);
    come_up();
    leave();
    attach_request_up();
    octets_t request = w.phone.queue[0];
    carry_phone();
    assert_true(comes(is_attached, LIFE_MS));
    settle();
    if (kind == GODWIT_ACCESS_UMTS) {
        assert_int_equal(godwit_access_activate(&w.phone.access, &w.phone.requests), GODWIT_OK);
        phone_carry_out(&w.phone);
        carry_phone();
        settle();
    }
    assert_true(is_active());
    assert_int_equal(w.vectors, 1);
    return request;
}

static void the_device_is_untouched(void)
{
    unsigned vectors = w.vectors;
    read_up("still here");
    send_down("so are we");
    leave();
    come_up();
    read_up("and again");
    assert_int_equal(w.vectors, vectors);
    assert_int_equal(w.phone.key_sets, 1);
    attaches_for_aka = 0;
}

/* A request that is sent twice, because it takes its time, is one attach. */
static void a_request_sent_again_is_one_attach(godwit_access_kind_t kind)
{
    attaches_for_aka = 10;
    begin(kind, false, NOTHING, 0);
    come_up();
    leave();
    attach_request_up();
    carry_phone();
    assert_true(tick(w.now_ms + LATENCY_MS)); /* the first one is there, its answer on the way */
    phone_timer(&w.phone);
    carry_phone();
    assert_true(comes(is_attached, LIFE_MS));
    settle();
    assert_int_equal(kind == GODWIT_ACCESS_EPS ? w.mme_ues[0].attaches : w.sgsn_ues[0].attaches, 2);
    assert_int_equal(w.phone.key_sets_again, 1);
    assert_int_equal(w.vectors, 1);
    attaches_for_aka = 0;
}

/* Without a detach between: the registration that there is holds until the network takes the keys again. */
static void attached_it_attaches_anew_on_its_keys(godwit_access_kind_t kind)
{
    attaches_for_aka = 10;
    begin(kind, false, NOTHING, 0);
    come_up();
    settle();
    for (unsigned i = 1; i <= 3; i++) {
        w.phone.containers = 0;
        phone_attach(&w.phone);
        carry_phone();
        settle();
        if (kind == GODWIT_ACCESS_UMTS) {
            assert_int_equal(godwit_access_activate(&w.phone.access, &w.phone.requests), GODWIT_OK);
            phone_carry_out(&w.phone);
            carry_phone();
            settle();
        }
        assert_true(is_active());
        read_up("anew");
        assert_int_equal(w.phone.key_sets_again, i);
    }
    assert_int_equal(w.vectors, 1);
    attaches_for_aka = 0;
}

/* By the stranger's own address, by the device's, and with a MAC that is wrong (EPS). */
static void an_attach_request_replayed(godwit_access_kind_t kind)
{
    octets_t request = attached_again(kind);
    uint32_t up = w.mme_ues[0].security.next_up;
    for (unsigned bent = 0; bent < 2; bent++) {
        request.at[request.len - 1] ^= (uint8_t)bent;
        from_address(1, &request);
        from_address(2, &request);
        assert_int_equal(w.mme_ues[0].security.next_up, up); /* what does not verify moves no COUNT */
    }
    assert_true(w.to_strangers > 0); /* "who are you?", or a command that he cannot answer */
    assert_int_equal(w.vectors, 1);
    the_device_is_untouched();
}

/* A stranger has heard who the device is, GUTI and KSI or P-TMSI and CKSN, and its last frame under these keys. */
static void another_names_its_keys(godwit_access_kind_t kind)
{
    octets_t request = attached_again(kind), plain = request;
    octets_t last = w.last_up;
    if (kind == GODWIT_ACCESS_EPS) { /* without its protection */
        plain.len = request.len - GODWIT_NAS_SECURITY_HEADER;
        memmove(plain.at + 1, request.at + 1 + GODWIT_NAS_SECURITY_HEADER, plain.len - 1);
    }
    from_address(2, &plain);
    assert_true(w.to_strangers > 0);
    from_address(2, &last);
    from_address(3, &plain);
    assert_int_equal(w.vectors, 1);
    the_device_is_untouched();
}

/* On its way the MAC is bent: the network asks who that is, and AKA runs; the keys of before hold until then. */
static void a_request_that_was_bent_leads_to_aka(void)
{
    attaches_for_aka = 10;
    begin(GODWIT_ACCESS_EPS, false, NOTHING, 0);
    come_up();
    leave();
    w.fault = BEND;
    w.fault_at = w.frames;
    come_up();
    read_up("reading");
    assert_int_equal(w.vectors, 2);
    assert_int_equal(w.phone.key_sets, 2);
    leave();
    come_up();
    assert_int_equal(w.vectors, 2);
    attaches_for_aka = 0;
}

static void lives_on_the_same_keys(godwit_access_kind_t kind)
{
    attaches_for_aka = 10;
    every_frame(kind, LOSE);
    every_frame(kind, DOUBLE);
    attaches_for_aka = 0;
}

#define IN_BOTH(test)                                                                                                  \
    static void test##_in_eps(void **state)                                                                            \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        test(GODWIT_ACCESS_EPS);                                                                                       \
    }                                                                                                                  \
    static void test##_in_umts(void **state)                                                                           \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        test(GODWIT_ACCESS_UMTS);                                                                                      \
    }

IN_BOTH(aka_runs_at_every_so_many_th_attach)
IN_BOTH(keys_are_kept_as_long_as_they_may_serve)
IN_BOTH(a_request_sent_again_is_one_attach)
IN_BOTH(attached_it_attaches_anew_on_its_keys)
IN_BOTH(an_attach_request_replayed)
IN_BOTH(another_names_its_keys)
IN_BOTH(lives_on_the_same_keys)

static void a_request_that_was_bent_leads_to_aka_in_eps(void **state)
{
    (void)state;
    a_request_that_was_bent_leads_to_aka();
}

static void a_life_in_eps(void **state)
{
    (void)state;
    for (int me = 0; me < 2; me++) {
        begin(GODWIT_ACCESS_EPS, me != 0, NOTHING, 0);
        live();
        assert_int_equal(w.vectors, 2);
    }
}

static void a_life_in_eps_with_any_frame_lost(void **state)
{
    (void)state;
    every_frame(GODWIT_ACCESS_EPS, LOSE);
}

static void a_life_in_eps_with_any_frame_doubled(void **state)
{
    (void)state;
    every_frame(GODWIT_ACCESS_EPS, DOUBLE);
}

static void a_life_in_umts(void **state)
{
    (void)state;
    for (int me = 0; me < 2; me++) {
        begin(GODWIT_ACCESS_UMTS, me != 0, NOTHING, 0);
        live();
        assert_int_equal(w.vectors, 2);
    }
}

static void a_life_in_umts_with_any_frame_lost(void **state)
{
    (void)state;
    every_frame(GODWIT_ACCESS_UMTS, LOSE);
}

static void a_life_in_umts_with_any_frame_doubled(void **state)
{
    (void)state;
    every_frame(GODWIT_ACCESS_UMTS, DOUBLE);
}

static void bad_days_in_eps(void **state)
{
    (void)state;
    bad_days(GODWIT_ACCESS_EPS);
}

static void bad_days_in_umts(void **state)
{
    (void)state;
    bad_days(GODWIT_ACCESS_UMTS);
}

static void a_mme_that_lost_its_memory_gets_its_device_back(void **state)
{
    (void)state;
    lost_memories(GODWIT_ACCESS_EPS);
}

static void a_sgsn_that_lost_its_memory_gets_its_device_back(void **state)
{
    (void)state;
    lost_memories(GODWIT_ACCESS_UMTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_in_eps),
        cmocka_unit_test(a_life_in_eps_with_any_frame_lost),
        cmocka_unit_test(a_life_in_eps_with_any_frame_doubled),
        cmocka_unit_test(a_life_in_umts),
        cmocka_unit_test(a_life_in_umts_with_any_frame_lost),
        cmocka_unit_test(a_life_in_umts_with_any_frame_doubled),
        cmocka_unit_test(bad_days_in_eps),
        cmocka_unit_test(bad_days_in_umts),
        cmocka_unit_test(a_mme_that_lost_its_memory_gets_its_device_back),
        cmocka_unit_test(a_sgsn_that_lost_its_memory_gets_its_device_back),
        cmocka_unit_test(aka_runs_at_every_so_many_th_attach_in_eps),
        cmocka_unit_test(aka_runs_at_every_so_many_th_attach_in_umts),
        cmocka_unit_test(keys_are_kept_as_long_as_they_may_serve_in_eps),
        cmocka_unit_test(keys_are_kept_as_long_as_they_may_serve_in_umts),
        cmocka_unit_test(a_request_sent_again_is_one_attach_in_eps),
        cmocka_unit_test(a_request_sent_again_is_one_attach_in_umts),
        cmocka_unit_test(attached_it_attaches_anew_on_its_keys_in_eps),
        cmocka_unit_test(attached_it_attaches_anew_on_its_keys_in_umts),
        cmocka_unit_test(an_attach_request_replayed_in_eps),
        cmocka_unit_test(an_attach_request_replayed_in_umts),
        cmocka_unit_test(another_names_its_keys_in_eps),
        cmocka_unit_test(another_names_its_keys_in_umts),
        cmocka_unit_test(a_request_that_was_bent_leads_to_aka_in_eps),
        cmocka_unit_test(lives_on_the_same_keys_in_eps),
        cmocka_unit_test(lives_on_the_same_keys_in_umts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
